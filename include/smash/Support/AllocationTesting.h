//===- AllocationTesting.h - allocations that fail on demand --*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Hooks for tests of out-of-memory paths. Not for production code.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_SUPPORT_ALLOCATIONTESTING_H
#define SMASH_SUPPORT_ALLOCATIONTESTING_H

#include <cstdint>

namespace smash {
namespace testing {

/// Makes the `k`-th allocation of a `Buffer` from now on fail, counted from 1
/// over all threads; 0 turns this off. Only one fails.
void failAllocation(int64_t k);

/// True while an allocation that `failAllocation` asked to fail is still to
/// come.
bool allocationFailurePending();

/// How many `Buffer`s hold memory now.
int64_t liveBuffers();

} // namespace testing
} // namespace smash

#endif // SMASH_SUPPORT_ALLOCATIONTESTING_H
