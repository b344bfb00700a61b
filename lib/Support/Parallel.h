//===- Parallel.h - work shared between a few threads ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_PARALLEL_H
#define SMASH_LIB_SUPPORT_PARALLEL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstddef>

namespace smash {

/// Calls `fn(index, onCaller)` once for each index in [0, count), on up to
/// `threads` threads, the caller's included; fewer when the system refuses
/// threads. Indices are handed out in ascending order.
void parallelForEach(size_t count, unsigned threads,
                     llvm::function_ref<void(size_t, bool)> fn);

/// The threads to use for `bytes` of text: few, and none that is not worth it.
unsigned threadsForText(size_t bytes);

} // namespace smash

#endif // SMASH_LIB_SUPPORT_PARALLEL_H
