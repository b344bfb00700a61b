//===- ThreadState.h - what the runtime keeps per thread --------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// C, as all of the runtime that goes into emitted objects is.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_THREADSTATE_H
#define SMASH_LIB_RUNTIME_THREADSTATE_H

#include "smash/Runtime/Runtime.h"

/// Only smash_rt_* leaves a library that the runtime is linked into.
#define SMASH_RT_HIDDEN __attribute__((visibility("hidden")))

#ifdef __cplusplus
extern "C" {
#endif

/// What one thread carries from call to call.
typedef struct smash_rt_state {
  /// The first error since one was taken; code 0 is none.
  smash_rt_error error;
  /// The most threads that smash_rt_parallel may use; 0 is all cores.
  int64_t threads;
  /// The threads of the arena that the thread works in, inside a call of
  /// smash_rt_parallel; 0 outside.
  int64_t arenaThreads;
  /// Where memory comes from; null is the C library.
  const smash_rt_context *context;
} smash_rt_state;

SMASH_RT_HIDDEN extern __thread smash_rt_state smash_rt_thread_state;

/// The calling thread's state. Inline: each allocation looks at it.
static inline smash_rt_state *smash_rt_get_state(void) {
  return &smash_rt_thread_state;
}

/// Tells ThreadSanitizer that what happened before publish(at) happened before
/// whatever follows observe(at): oneTBB orders the two, but out of the
/// sanitizer's sight, in a library that is not instrumented. Else nothing.
SMASH_RT_HIDDEN void smash_rt_publish(void *at);
SMASH_RT_HIDDEN void smash_rt_observe(void *at);

#ifdef __cplusplus
}
#endif

#endif // SMASH_LIB_RUNTIME_THREADSTATE_H
