//===- ThreadState.c - the error a thread has recorded --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadState.h"
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define SMASH_TSAN(Statement) Statement
#endif
#endif
#ifndef SMASH_TSAN
#define SMASH_TSAN(Statement) (void)at
#endif

__thread smash_rt_state smash_rt_thread_state;

void smash_rt_publish(void *at) { SMASH_TSAN(__tsan_release(at)); }

void smash_rt_observe(void *at) { SMASH_TSAN(__tsan_acquire(at)); }

void smash_rt_fail(int32_t code, int64_t got, int64_t limit) {
  smash_rt_error *error = &smash_rt_thread_state.error;
  // The first error is the cause; later ones are mostly its consequences.
  if (error->code == SMASH_RT_OK) {
    error->code = code;
    error->got = got;
    error->limit = limit;
  }
}

int32_t smash_rt_take_error(int64_t *got, int64_t *limit) {
  smash_rt_error taken = smash_rt_thread_state.error;
  smash_rt_thread_state.error = (smash_rt_error){0, 0, 0};
  if (got)
    *got = taken.got;
  if (limit)
    *limit = taken.limit;
  return taken.code;
}

void smash_rt_enter(const smash_rt_context *context) {
  smash_rt_thread_state.error = (smash_rt_error){0, 0, 0};
  smash_rt_thread_state.context = context;
  smash_rt_thread_state.threads = context ? context->threads : 0;
}

int32_t smash_rt_failed(void) { return smash_rt_thread_state.error.code; }

void smash_rt_check_argument(const void *argument, int64_t number) {
  if (!argument)
    smash_rt_fail(SMASH_RT_NULL_ARGUMENT, number, 0);
}

void smash_rt_check_size(int64_t got, int64_t expected) {
  if (got != expected)
    smash_rt_fail(SMASH_RT_SHAPE_MISMATCH, got, expected);
}

void smash_rt_check_capacity(int64_t entries, int64_t capacity) {
  if (entries > capacity)
    smash_rt_fail(SMASH_RT_CAPACITY, entries, capacity);
}

int32_t smash_rt_leave(smash_rt_error *error) {
  smash_rt_error taken = smash_rt_thread_state.error;
  smash_rt_thread_state.error = (smash_rt_error){0, 0, 0};
  smash_rt_thread_state.context = NULL;
  smash_rt_thread_state.threads = 0;
  if (error)
    *error = taken;
  return taken.code;
}
