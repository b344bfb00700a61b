//===- Runtime.h - what generated code calls on the host ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A language runtime: memory, threads and errors, and nothing that multiplies,
/// merges or sorts. C, so that emitted objects link against it.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_RUNTIME_RUNTIME_H
#define SMASH_RUNTIME_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Reasons a kernel fails.
enum smash_rt_code {
  SMASH_RT_OK = 0,
  SMASH_RT_OUT_OF_MEMORY = 1, ///< got = elements asked, limit = bytes of one
  SMASH_RT_POSITION_OVERFLOW =
      2,                       ///< got = entries of C, limit = largest position
  SMASH_RT_PLAN_MISMATCH = 3,  ///< a plan used with another pattern
  SMASH_RT_THREADS = 4,        ///< a loop could not run on threads; got =
                               ///< blocks, limit = threads asked
  SMASH_RT_SHAPE_MISMATCH = 5, ///< got, limit = two sizes that must be equal
  SMASH_RT_NULL_ARGUMENT = 6,  ///< got = which argument is null, from 0
  SMASH_RT_COORDINATE_OVERFLOW =
      7, ///< got = rows or columns, limit = how many coordinates can tell apart
  SMASH_RT_CAPACITY =
      8, ///< got = entries of C, limit = those there is room for
};

/// A failure: a smash_rt_code, and what it says of the two numbers.
typedef struct smash_rt_error {
  int32_t code;
  int64_t got, limit;
} smash_rt_error;

/// Where the memory of a kernel comes from, and how many threads it may have.
/// Each of the callbacks may be null, together: then memory is malloc's. They
/// are called from any thread of a kernel, and may not throw.
typedef struct smash_rt_context {
  /// `bytes` (at least 1) aligned as malloc does, zeroed when `zeroed` is not
  /// 0; null when there are none.
  void *(*allocate)(void *user, size_t bytes, int32_t zeroed);
  /// Changes the size of an array, as realloc does. Null when it cannot, and
  /// `data` stays valid.
  void *(*resize)(void *user, void *data, size_t bytes);
  /// Takes back an array, or null.
  void (*release)(void *user, void *data);
  void *user;      ///< handed to the callbacks
  int64_t threads; ///< the most that a kernel may use; 0: all cores
} smash_rt_context;

/// `count` elements of `size` bytes from malloc (zeroed when `zeroed`), on huge
/// pages where they pay; null when the size overflows or memory runs out, in
/// which case the error is recorded with smash_rt_fail. `count` 0 gives a
/// pointer that may be freed. Aligned as malloc does: to 16 bytes, no more, so
/// that the array stays one that free() and realloc() take. Pages that are
/// never touched take no memory, so that an upper bound may be reserved.
void *smash_rt_alloc(int64_t count, int64_t size, int32_t zeroed);

/// Shrinks or grows an array of smash_rt_alloc; on failure null, the error is
/// recorded and `data` stays valid. Shrinking never fails and gives the memory
/// back, unless it is within a page of malloc's; growth is not zeroed. Null
/// `data` is allocated.
void *smash_rt_resize(void *data, int64_t count, int64_t size);

/// Says that elements [begin, end) of an array of smash_rt_alloc will be
/// written before they are read: whole pages among them are given back where
/// that pays.
void smash_rt_forget(void *data, int64_t begin, int64_t end, int64_t size);

/// Releases an array of smash_rt_alloc; null is allowed.
void smash_rt_free(void *data);

/// `bytes` from smash_rt_alloc: what malloc becomes in an emitted object.
void *smash_rt_malloc(size_t bytes);

/// Calls fn(context, block, thread) for each of blocks x threads, possibly at
/// the same time, and returns when all have returned: 0, or SMASH_RT_THREADS,
/// which is recorded too, when some calls may not have been made. A call that
/// records an error stops no other. May be called inside fn. When one thread is
/// allowed the calls are made in order, block by block. More threads than cores
/// raise the process's limit of oneTBB threads, unless the program set one.
int32_t smash_rt_parallel(void (*fn)(void *context, int64_t block,
                                     int64_t thread),
                          void *context, int64_t blocks, int64_t threads);

/// Records an error: the first of a call stands until it is taken. Per
/// calling thread for the thread that runs the kernel; a worker's error is
/// carried to the thread that called smash_rt_parallel; of several, the one
/// that comes first in serial order.
void smash_rt_fail(int32_t code, int64_t got, int64_t limit);

/// Takes the recorded error of this thread: returns its code (0 when none) and
/// clears it. The pointers may be null.
int32_t smash_rt_take_error(int64_t *got, int64_t *limit);

/// Begins a call from outside: forgets an error of someone else's, and takes
/// memory from `context` (null: malloc) until smash_rt_leave.
void smash_rt_enter(const smash_rt_context *context);

/// Ends it: stores the error that was recorded in `error`, unless that is null,
/// and returns its code.
int32_t smash_rt_leave(smash_rt_error *error);

/// The code of the recorded error, which stays; 0 when there is none.
int32_t smash_rt_failed(void);

/// Records that argument `number` is null, if it is.
void smash_rt_check_argument(const void *argument, int64_t number);

/// Records that two sizes differ, if they do.
void smash_rt_check_size(int64_t got, int64_t expected);

/// Records that `entries` are more than there is room for, if they are.
void smash_rt_check_capacity(int64_t entries, int64_t capacity);

/// Threads that smash_rt_parallel may use, for this thread's calls and those
/// nested in them; 0 = all cores that the process may use.
void smash_rt_set_threads(int64_t threads);

/// For tests: makes the k-th allocation from now (1 = the next) of any thread
/// fail, once; 0 switches it off. A growing smash_rt_resize is an allocation, a
/// shrinking one is not. Returns how many have been tried since the last call;
/// 0 the first time.
int64_t smash_rt_fail_allocation(int64_t k);

#ifdef __cplusplus
}
#endif

#endif // SMASH_RUNTIME_RUNTIME_H
