//===- FailingAllocations.cpp - runs with too little memory --------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FailingAllocations.h"
#include "smash/Runtime/Runtime.h"
#include "smash/Support/AllocationTesting.h"
#include "gtest/gtest.h"
#include <malloc.h>

using namespace smash;
using namespace smash::test;

int64_t smash::test::countBytesInUse() {
  struct mallinfo2 info = mallinfo2();
  return int64_t(info.uordblks) + int64_t(info.hblkhd);
}

/// Runs the kernel with its k-th allocation failing; the error's text. What it
/// tried is added to `tried`.
static std::string runWithFailure(const CompiledProduct &kernel,
                                  const Matrix &a, const Matrix &b, int64_t k,
                                  int64_t &tried) {
  smash_rt_fail_allocation(k);
  std::string error = errorOf(kernel.run(a, b));
  tried = smash_rt_fail_allocation(0);
  return error;
}

/// Fails one allocation after the other; how many there were.
static int64_t sweep(const CompiledProduct &kernel, const Matrix &a,
                     const Matrix &b,
                     llvm::function_ref<bool(const Matrix &)> right) {
  int64_t before = smash::testing::liveBuffers();
  for (int64_t k = 1; k != 500; ++k) {
    int64_t tried = 0;
    std::string error = runWithFailure(kernel, a, b, k, tried);
    EXPECT_EQ(smash::testing::liveBuffers(), before) << "allocation " << k;
    if (error.empty()) {
      // A run that went well met no failure: it made fewer allocations.
      EXPECT_EQ(tried, k - 1);
      return k - 1;
    }
    EXPECT_NE(error.find("out of memory"), std::string::npos) << error;
    EXPECT_GE(tried, k) << "an error without a failure: " << error;
    auto c = kernel.run(a, b);
    if (!c)
      ADD_FAILURE() << "after allocation " << k
                    << " failed: " << toString(c.takeError());
    else
      EXPECT_TRUE(right(*c)) << "after allocation " << k << " failed";
  }
  ADD_FAILURE() << "no end of allocations";
  return 0;
}

void smash::test::failEachAllocation(
    const CompiledProduct &kernel, bool serial, const Matrix &a,
    const Matrix &b, llvm::function_ref<bool(const Matrix &)> right) {
  int64_t made = sweep(kernel, a, b, right);
  // A product needs a plan of its work, and three arrays.
  EXPECT_GE(made, 8);
  int64_t before = countBytesInUse();
  EXPECT_EQ(sweep(kernel, a, b, right), made);
  // What malloc keeps at hand for each thread counts as in use: only on one
  // thread is it the same after each sweep.
  if (serial)
    EXPECT_EQ(countBytesInUse(), before);
}
