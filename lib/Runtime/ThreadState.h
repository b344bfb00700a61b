//===- ThreadState.h - what the runtime keeps per thread --------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_THREADSTATE_H
#define SMASH_LIB_RUNTIME_THREADSTATE_H

#include <cstdint>

/// Only smash_rt_* leaves a library that the runtime is linked into.
#define SMASH_RT_HIDDEN __attribute__((visibility("hidden")))

namespace smash::runtime {

/// A recorded error; code 0 is none.
struct ErrorRecord {
  int32_t code = 0;
  int64_t got = 0;
  int64_t limit = 0;
};

/// What one thread carries from call to call.
struct ThreadState {
  ErrorRecord error;
  /// The most threads that smash_rt_parallel may use; 0 is all cores.
  int64_t threads = 0;
  /// The threads of the arena that the thread works in, inside a call of
  /// smash_rt_parallel; 0 outside.
  int64_t arenaThreads = 0;
};

/// The calling thread's state.
SMASH_RT_HIDDEN ThreadState &threadState();

/// Tells ThreadSanitizer that what happened before publish(at) happened before
/// whatever follows observe(at): oneTBB orders the two, but out of the
/// sanitizer's sight, in a library that is not instrumented. Else nothing.
SMASH_RT_HIDDEN void publish(void *at);
SMASH_RT_HIDDEN void observe(void *at);

} // namespace smash::runtime

#endif // SMASH_LIB_RUNTIME_THREADSTATE_H
