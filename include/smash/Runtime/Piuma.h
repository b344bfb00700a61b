//===- Piuma.h - what compiled piuma programs call -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What a compiled piuma program calls. Two libraries have these functions: one
/// runs a program on the threads of the host (PiumaFunctional.h), one on a
/// simulated machine that tells the time (PiumaTiming.h). C, so that emitted
/// objects link against either.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_RUNTIME_PIUMA_H
#define SMASH_RUNTIME_PIUMA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What an atomic, a reduction or a combining copy does to an element. The
/// first kinds are those of the dialect's atomic_kind.
enum piuma_rt_operation {
  PIUMA_RT_ADD = 0,
  PIUMA_RT_MIN = 1,
  PIUMA_RT_MAX = 2,
  PIUMA_RT_AND = 3,
  PIUMA_RT_OR = 4,
  PIUMA_RT_XOR = 5,
  PIUMA_RT_EXCHANGE = 6,
};

/// Elements as numbers: added to an operation.
enum { PIUMA_RT_FLOAT = 16 };

/// Flags of an access.
enum { PIUMA_RT_CACHED = 1 };

/// Why memory is accessed, for reports.
enum piuma_rt_purpose {
  PIUMA_RT_METADATA = 0,
  PIUMA_RT_A = 1,
  PIUMA_RT_B = 2,
  PIUMA_RT_C = 3,
  PIUMA_RT_PARTIAL = 4,
  PIUMA_RT_PURPOSES = 5,
};

/// Events of a product, for reports.
enum piuma_rt_event {
  PIUMA_RT_PRODUCT = 0,
  PIUMA_RT_PROBE = 1,
  PIUMA_RT_WINDOW = 2,
  PIUMA_RT_LARGE_ROW = 3,
  PIUMA_RT_EVENTS = 4,
};

/// What a block is at, for reports.
enum piuma_rt_phase_kind {
  PIUMA_RT_OTHER = 0,
  PIUMA_RT_DISTRIBUTION = 1,
  PIUMA_RT_HASHING = 2,
  PIUMA_RT_WRITEBACK = 3,
  PIUMA_RT_PHASES = 4,
};

/// Where threads of a spawn run, and whether they meet at barriers: flags.
enum { PIUMA_RT_MULTI = 0, PIUMA_RT_SINGLE = 1, PIUMA_RT_MEETS = 2 };

/// What a request to the DMA engine does.
enum piuma_rt_dma_kind {
  PIUMA_RT_COPY = 0,    ///< to[i * toStride] = from[i * fromStride]
  PIUMA_RT_GATHER = 1,  ///< to[i] = from[index[i]]
  PIUMA_RT_SCATTER = 2, ///< to[index[i]] = from[i]
  PIUMA_RT_FILL = 3,    ///< to[i] = the first element at from
};

/// A request to the DMA engine. Addresses are of the first elements; strides
/// are in elements.
struct piuma_rt_dma {
  int32_t kind;
  int32_t combine;     ///< an operation, or -1
  int32_t bytes;       ///< of an element
  int32_t index_bytes; ///< of an index: 1, 2, 4 or 8
  void *from;
  void *to;
  void *index;
  int64_t count;
  int64_t from_stride, to_stride;
  int64_t fill; ///< the bits that PIUMA_RT_FILL stores
};

/// Makes an access of `bytes` bytes, and returns where to make it.
void *piuma_rt_load(void *at, int64_t bytes, int32_t flags);
void *piuma_rt_store(void *at, int64_t bytes, int32_t flags);

/// memory = memory `operation` value, of 4 or 8 bytes, in one step; the old
/// bits when `returns`, else anything.
int64_t piuma_rt_atomic(void *at, int64_t value, int32_t operation,
                        int32_t bytes, int32_t returns);
int64_t piuma_rt_compare_exchange(void *at, int64_t expected, int64_t desired,
                                  int32_t bytes);

/// Memory outside scratchpads; null after recording an error.
void *piuma_rt_alloc(int64_t count, int64_t size, int32_t zeroed,
                     int32_t purpose);
void *piuma_rt_resize(void *data, int64_t count, int64_t size);
void piuma_rt_free(void *data);
/// An address in the scratchpad of this core, from where `bytes` are taken; and
/// the bytes given back.
void *piuma_rt_scratchpad(int64_t offset, int64_t bytes);
void piuma_rt_release(void *at, int64_t bytes);

/// Calls entry(context, id) for each id below `count`: blocks on the cores, or
/// threads on the pipelines of this core.
void piuma_rt_launch(void (*entry)(void *context, int64_t block), void *context,
                     int64_t count);
void piuma_rt_spawn(void (*entry)(void *context, int64_t thread), void *context,
                    int64_t count, int32_t flags);
void piuma_rt_barrier(void);
int64_t piuma_rt_reduce(int64_t value, int32_t operation, int32_t bytes);

/// Asks the DMA engine for something; a token, never 0.
int64_t piuma_rt_dma_start(const struct piuma_rt_dma *request);
void piuma_rt_wait(int64_t token);

/// A queue of `count` elements of `bytes` bytes, 4 or 8, in the memory at
/// `data`. A push tells whether there was room, a pop whether there was an
/// element.
void *piuma_rt_queue_create(void *data, int64_t count, int32_t bytes);
int32_t piuma_rt_queue_push(void *queue, int64_t value);
int32_t piuma_rt_queue_pop(void *queue, int64_t *value);
void piuma_rt_queue_destroy(void *queue);

void piuma_rt_flush(void *at, int64_t bytes);
void piuma_rt_invalidate(void *at, int64_t bytes);

void piuma_rt_fail(int32_t code, int64_t got, int64_t limit);
void piuma_rt_count(int32_t event);
void piuma_rt_enter_phase(int32_t phase);
/// A loop that calls nothing went round PIUMA_RT_ENDLESS times, and is taken
/// not to end. Does not return. For checked and simulated runs.
void piuma_rt_endless(void);
enum { PIUMA_RT_ENDLESS = 1 << 28 };
/// Names what the thread does next. The text outlives the run.
void piuma_rt_place(const char *text);

#ifdef __cplusplus
}
#endif

#endif // SMASH_RUNTIME_PIUMA_H
