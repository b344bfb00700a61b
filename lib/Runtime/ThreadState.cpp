//===- ThreadState.cpp - the error a thread has recorded ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadState.h"
#include "smash/Runtime/Runtime.h"

#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define SMASH_TSAN(Statement) Statement
#else
#define SMASH_TSAN(Statement)
#endif

using namespace smash::runtime;

ThreadState &smash::runtime::threadState() {
  static thread_local ThreadState state;
  return state;
}

void smash::runtime::publish([[maybe_unused]] void *at) {
  SMASH_TSAN(__tsan_release(at));
}

void smash::runtime::observe([[maybe_unused]] void *at) {
  SMASH_TSAN(__tsan_acquire(at));
}

void smash_rt_fail(int32_t code, int64_t got, int64_t limit) {
  ErrorRecord &error = threadState().error;
  // The first error is the cause; later ones are mostly its consequences.
  if (error.code == SMASH_RT_OK)
    error = {code, got, limit};
}

int32_t smash_rt_take_error(int64_t *got, int64_t *limit) {
  ErrorRecord &error = threadState().error;
  ErrorRecord taken = error;
  error = ErrorRecord();
  if (got)
    *got = taken.got;
  if (limit)
    *limit = taken.limit;
  return taken.code;
}
