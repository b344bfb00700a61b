//===- AllocationTest.cpp - kernels that run out of memory ---------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FailingAllocations.h"
#include "TestKernels.h"
#include "gtest/gtest.h"

using namespace smash;
using namespace smash::test;

namespace {
struct FailureCase {
  const char *strategy;
  int64_t blocks, threads;
  bool sorted = true, transposed = false;
  ValueType type = ValueType::F64;
  /// A plan of the work, and three arrays.
  int64_t allocations = 8;
};
} // namespace

static void failEachAllocationOf(const FailureCase &test) {
  ProductOptions options;
  options.strategy = test.strategy;
  options.blocks = test.blocks;
  options.blockThreads = test.threads;
  options.sorted = test.sorted;
  options.transposeA = options.transposeB = test.transposed;
  options.valueType = test.type;
  SCOPED_TRACE(describe(options));
  Compiler compiler;
  auto kernel = compiler.compile(options);
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  TestRandom random(3);
  // So many rows and columns that no array of the kernel fits the stack.
  MatrixPair pair =
      typePair(makeRandomPair(random, 400, 300, 300, 10), options);
  const Matrix &a = pair.a, &b = pair.b;
  auto expected = kernel->run(a, b);
  ASSERT_TRUE(bool(expected)) << toString(expected.takeError());
  auto comparison = reference::compare(*expected, a, b, oracleFor(options));
  ASSERT_TRUE(bool(comparison)) << toString(comparison.takeError());
  EXPECT_TRUE(comparison->equal) << comparison->message;
  bool exclusive = isExclusive(kernel->strategy());
  failEachAllocation(*kernel, a, b, test.allocations, [&](const Matrix &c) {
    if (exclusive)
      return identical(c, *expected);
    auto again = reference::compare(c, a, b, oracleFor(options));
    return again && again->equal;
  });
}

TEST(Allocation, DenseList) {
  // Of the plan, what one thread needs is on its stack.
  failEachAllocationOf(
      {"row_wise, accumulator = dense", 1, 1, true, false, ValueType::F64, 7});
  failEachAllocationOf({"row_wise, accumulator = dense", 2, 2});
}
TEST(Allocation, DenseBitmap) {
  const char *strategy = "row_wise, accumulator = dense, occupancy = bitmap";
  // A lone thread needs no plan: two of the accumulator, and three arrays.
  failEachAllocationOf({strategy, 1, 1, true, false, ValueType::F64, 5});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, Hash) {
  failEachAllocationOf({"row_wise, accumulator = hash", 1, 1});
  failEachAllocationOf({"row_wise, accumulator = hash", 2, 2});
}
TEST(Allocation, Unsorted) {
  failEachAllocationOf({"row_wise, accumulator = hash", 1, 1, false});
  failEachAllocationOf({"row_wise, accumulator = dense", 2, 2, false});
}
TEST(Allocation, Bins) {
  const char *strategy =
      "row_wise, bins = [<bound 8: hash>, "
      "<bound 64: dense>, <else: dense, occupancy = bitmap>]";
  failEachAllocationOf({strategy, 1, 1});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, InnerAndOuterProduct) {
  for (const char *dataflow : {"inner", "outer"}) {
    failEachAllocationOf({dataflow, 1, 1});
    failEachAllocationOf({dataflow, 2, 2});
  }
}

TEST(Allocation, SortAndMerge) {
  const char *strategy = "row_wise, bins = [<bound 8: sort>, <else: merge>]";
  failEachAllocationOf({strategy, 1, 1});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, TwoPhasesDense) {
  const char *strategy = "row_wise, accumulator = dense, phases = two";
  failEachAllocationOf({strategy, 1, 1});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, TwoPhasesHash) {
  const char *strategy = "row_wise, accumulator = hash, phases = two";
  failEachAllocationOf({strategy, 1, 1});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, AtomicDense) {
  const char *strategy = "row_wise, accumulator = dense, merge = atomic";
  failEachAllocationOf({strategy, 1, 1});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, AtomicHash) {
  const char *strategy = "row_wise, accumulator = hash, merge = atomic";
  failEachAllocationOf({strategy, 1, 1});
  failEachAllocationOf({strategy, 2, 2});
}
TEST(Allocation, Transposes) {
  failEachAllocationOf({"row_wise, accumulator = hash", 1, 1, true, true});
  failEachAllocationOf({"row_wise, accumulator = hash", 2, 2, true, true});
}
TEST(Allocation, OtherTypes) {
  const char *strategy = "row_wise, accumulator = dense";
  failEachAllocationOf({strategy, 1, 1, true, false, ValueType::I1, 7});
  failEachAllocationOf({strategy, 2, 2, true, true, ValueType::C64});
}

TEST(Allocation, AreGivenBackWhenAllGoesWell) {
  if (!canCountArrays())
    GTEST_SKIP() << "the libraries are shared";
  Compiler compiler;
  for (size_t i = 0; i < listKernels().size(); i += 3) {
    const ProductOptions &options = listKernels()[i];
    auto kernel = compiler.compile(options);
    ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
    TestRandom random(4);
    MatrixPair pair = typePair(makeRandomPair(random, 50, 40, 60, 20), options);
    LiveArrays arrays;
    {
      auto c = kernel->run(pair.a, pair.b);
      ASSERT_TRUE(bool(c)) << toString(c.takeError());
      // Positions, coordinates and values.
      EXPECT_EQ(arrays.count(), 3) << describe(options);
    }
    EXPECT_EQ(arrays.count(), 0) << describe(options);
  }
}
