//===- FailingAllocations.h - runs with too little memory ------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_COMPILER_FAILINGALLOCATIONS_H
#define SMASH_TEST_UNIT_COMPILER_FAILINGALLOCATIONS_H

#include "TestOperands.h"

namespace smash::test {

/// Counts, while it lives, the arrays that the runtime library has allocated
/// for kernels and that have not been freed: those of C as well.
class LiveArrays {
public:
  LiveArrays();
  ~LiveArrays();
  int64_t count() const;
};

/// Whether arrays can be counted: not where the libraries are shared.
bool canCountArrays();

/// Runs the kernel once for each allocation that it makes, with that one
/// failing. Each time it must give an error that speaks of memory, leave
/// nothing behind, and be `right` the next time. They are `minimum` at least.
void failEachAllocation(const CompiledProduct &kernel, const Matrix &a,
                        const Matrix &b, int64_t minimum,
                        llvm::function_ref<bool(const Matrix &)> right);

} // namespace smash::test

#endif // SMASH_TEST_UNIT_COMPILER_FAILINGALLOCATIONS_H
