//===- PropertyTest.cpp - compiled kernels against the oracle ------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestKernels.h"
#include "TestOperands.h"
#include "gtest/gtest.h"

using namespace smash;
using namespace smash::test;

/// What is wrong with a kernel's product of `pair`, or "".
static std::string findFailure(const CompiledProduct &kernel,
                               const ProductOptions &options,
                               const TestPair &pair) {
  auto [a, b] = typePair(pair, options);
  auto c = kernel.run(a, b);
  if (!c)
    return "run: " + toString(c.takeError());
  std::string structure = checkStructure(*c, options);
  if (!structure.empty())
    return structure;
  auto comparison = reference::compare(*c, a, b, oracleFor(options));
  if (!comparison)
    return "compare: " + toString(comparison.takeError());
  if (!comparison->equal)
    return comparison->message;
  // Products are added in the oracle's order: nothing is left to rounding.
  if (isExclusive(kernel.strategy()) && !comparison->bitwise)
    return "not bit for bit: " + comparison->message;
  return "";
}

/// Runs the kernel on `pair`; on failure says so with the smallest pair that
/// fails.
static void expectRight(const CompiledProduct &kernel,
                        const ProductOptions &options, const TestPair &pair,
                        const std::string &name) {
  std::string failure = findFailure(kernel, options, pair);
  if (failure.empty())
    return;
  TestPair smallest = shrink(pair, [&](const TestPair &smaller) {
    return !findFailure(kernel, options, smaller).empty();
  });
  ADD_FAILURE() << name << "\n"
                << describe(options) << "\ncompiled as " << kernel.strategy()
                << "\n"
                << failure
                << "\nshrunk: " << findFailure(kernel, options, smallest)
                << "\nA: " << print(smallest.a) << "\nB: " << print(smallest.b);
}

/// Whether a kernel can be run on pairs of that kind at all.
static bool accepts(const CompiledProduct &kernel,
                    const ProductOptions &options, const TestPairKind &kind) {
  llvm::StringRef strategy = kernel.strategy();
  if (kind.wide != 0)
    // A dense accumulator has as many slots, a transposed B as many rows.
    return options.coordinateBits >= kind.wide && !options.transposeB &&
           !strategy.contains("dense") && !strategy.starts_with("inner");
  // Sums of huge numbers depend on their order.
  return isExclusive(strategy) || llvm::StringRef(kind.name) != "huge values";
}

/// Seeds per kernel for each kind of pair.
static constexpr uint64_t kSeeds = 3;

namespace {
class Kernels : public ::testing::TestWithParam<size_t> {};
} // namespace

TEST_P(Kernels, AgreeWithTheOracle) {
  const ProductOptions &options = listKernels()[GetParam()];
  Compiler compiler;
  auto kernel = compiler.compile(options);
  ASSERT_TRUE(bool(kernel))
      << describe(options) << ": " << toString(kernel.takeError());
  for (const TestPairKind &kind : listPairKinds()) {
    if (!accepts(*kernel, options, kind))
      continue;
    for (uint64_t seed = 0; seed != kSeeds; ++seed) {
      TestRandom random(GetParam() * 1000 + seed);
      expectRight(*kernel, options, kind.make(random),
                  std::string(kind.name) + ", seed " +
                      std::to_string(GetParam() * 1000 + seed));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Compiled, Kernels,
                         ::testing::Range<size_t>(0, listKernels().size()));

/// The seven semirings, a value type at a time, are all in the list.
TEST(KernelList, MeetsEveryTypeWithEverySemiring) {
  size_t found = 0;
  for (ValueType type : {ValueType::F64, ValueType::F32, ValueType::I64,
                         ValueType::I32, ValueType::I1, ValueType::C64})
    for (const char *semiring :
         {"plus_times", "min_plus", "max_plus", "max_times", "or_and",
          "plus_pair", "any_pair"})
      for (const ProductOptions &options : listKernels())
        if (options.valueType == type && options.semiring == semiring) {
          ++found;
          break;
        }
  EXPECT_EQ(found, 6u * 7u - 3u); // complex numbers have no order
}

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

/// C += A * B agrees with the oracle on random operands and a random C, some
/// rows and columns of which the product has nothing for.
static void expectAccumulates(ProductOptions options) {
  options.accumulates = true;
  SCOPED_TRACE(describe(options) + " accumulate " + options.accumulateAdd);
  auto kernel = Compiler().compile(options);
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  for (uint64_t seed = 0; seed != 12; ++seed) {
    SCOPED_TRACE(seed);
    TestRandom random(seed);
    int64_t rows = random.below(40), inner = random.below(30);
    int64_t cols = random.below(50), percent = random.below(30);
    TestPair pair = makeRandomPair(random, rows, inner, cols, percent);
    auto [a, b] = typePair(pair, options);
    auto make = [&](unsigned positionBits) {
      return typeOperand(makeRandom(random, rows, cols, random.below(40)),
                         options.valueType, positionBits,
                         options.coordinateBits);
    };
    Matrix before = make(options.resultPositionBits);
    Matrix mask = make(options.positionBits);
    reference::Product product = oracleFor(options);
    product.accumulated = &before;
    product.accumulateAdd = options.accumulateAdd;
    product.mask = options.masked ? &mask : nullptr;
    product.maskComplement = options.maskComplement;
    auto c = kernel->run(a, b, product.mask, &before);
    ASSERT_TRUE(bool(c)) << toString(c.takeError());
    EXPECT_EQ(checkStructure(*c, options), "");
    auto comparison = reference::compare(*c, a, b, product);
    ASSERT_TRUE(bool(comparison)) << toString(comparison.takeError());
    EXPECT_TRUE(comparison->equal) << comparison->message;
    if (isExclusive(kernel->strategy())) {
      EXPECT_TRUE(comparison->bitwise) << comparison->message;
    }
  }
}

TEST(Accumulation, AgreesWithTheOracle) {
  struct {
    const char *strategy, *semiring, *add;
    ValueType type;
    bool sorted = true, masked = false, complement = false;
    int64_t machine = 1;
    unsigned bits = 32;
  } rows[] = {
      {"row_wise, accumulator = dense", "plus_times", "", ValueType::F64},
      {"row_wise, accumulator = merge", "plus_times", "min", ValueType::F32,
       true, true, false, 2},
      {"row_wise, accumulator = sort, phases = two", "min_plus", "",
       ValueType::I32, false, true, true, 1, 64},
      {"smash_v2", "plus_times", "plus", ValueType::I64, true, false, false, 2},
      {"inner", "plus_times", "", ValueType::C64, true, true, true, 2, 64},
      {"inner", "max_times", "any", ValueType::I64, false},
      {"outer", "or_and", "", ValueType::I1, true, true},
      {"outer", "any_pair", "max", ValueType::F64, false, false, false, 2},
      {"auto", "plus_pair", "or", ValueType::I32}};
  for (const auto &row : rows) {
    ProductOptions options;
    options.strategy = row.strategy;
    options.semiring = row.semiring;
    options.accumulateAdd = row.add;
    options.valueType = row.type;
    options.sorted = row.sorted;
    options.masked = row.masked;
    options.maskComplement = row.complement;
    options.blocks = options.blockThreads = row.machine;
    options.positionBits = options.coordinateBits = row.bits;
    options.resultPositionBits = 64;
    expectAccumulates(options);
  }
}

TEST(Accumulation, RefusesWhatDoesNotFit) {
  ProductOptions options;
  options.accumulates = true;
  auto kernel = llvm::cantFail(Compiler().compile(options));
  auto plain = llvm::cantFail(Compiler().compile({}));
  TestRandom random(1);
  auto make = [&](int64_t rows, int64_t cols, ValueType type) {
    return typeOperand(makeRandom(random, rows, cols, 50), type, 32, 32);
  };
  Matrix a = make(3, 3, ValueType::F64), wide = make(3, 4, ValueType::F64);
  Matrix integers = make(3, 3, ValueType::I32);
  EXPECT_EQ(errorOf(plain.run(a, a, nullptr, &a)),
            "there is a matrix to accumulate into; the kernel was compiled for "
            "none");
  EXPECT_EQ(errorOf(kernel.run(a, a)),
            "there is no matrix to accumulate into; the kernel was compiled "
            "for one");
  EXPECT_EQ(errorOf(kernel.run(a, a, nullptr, &wide)),
            "shapes do not match: the matrix to accumulate into is 3 x 4, C is "
            "3 x 3");
  EXPECT_EQ(errorOf(kernel.run(a, a, nullptr, &integers)),
            "the matrix to accumulate into has values of type i32; the kernel "
            "was compiled for f64");
  options.accumulateAdd = "times";
  EXPECT_EQ(errorOf(Compiler().compile(options)),
            "unknown add 'times'; one of plus, min, max, or, any");
  options.accumulateAdd = "min";
  options.valueType = ValueType::C64;
  EXPECT_NE(errorOf(Compiler().compile(options)).find("needs an order"),
            std::string::npos);
}

//===----------------------------------------------------------------------===//
// Machines
//===----------------------------------------------------------------------===//

/// Any number of blocks and threads gives the same bytes.
static void expectSameBytes(ProductOptions options) {
  Compiler compiler;
  std::vector<CompiledProduct> kernels;
  for (auto [blocks, threads] :
       {std::make_pair(1, 1), {2, 1}, {1, 2}, {2, 2}, {3, 4}}) {
    options.blocks = blocks;
    options.blockThreads = threads;
    auto kernel = compiler.compile(options);
    ASSERT_TRUE(bool(kernel))
        << describe(options) << ": " << toString(kernel.takeError());
    EXPECT_TRUE(isExclusive(kernel->strategy())) << kernel->strategy();
    kernels.push_back(std::move(*kernel));
  }
  for (const TestPairKind &kind : listPairKinds()) {
    if (!accepts(kernels.front(), options, kind))
      continue;
    SCOPED_TRACE(kind.name);
    TestRandom random(11);
    auto [a, b] = typePair(kind.make(random), options);
    auto expected = kernels.front().run(a, b);
    ASSERT_TRUE(bool(expected)) << toString(expected.takeError());
    for (size_t i = 1; i != kernels.size(); ++i) {
      auto c = kernels[i].run(a, b);
      ASSERT_TRUE(bool(c)) << toString(c.takeError());
      EXPECT_TRUE(identical(*expected, *c)) << "machine " << i;
    }
  }
}

TEST(Machines, GiveTheSameBytesDense) {
  ProductOptions options;
  options.strategy = "row_wise, bins = [<bound 16: dense>, "
                     "<else: dense, occupancy = bitmap>]";
  expectSameBytes(options);
}

TEST(Machines, GiveTheSameBytesUnsortedHash) {
  ProductOptions options;
  options.strategy = "row_wise, accumulator = hash, schedule = static";
  options.sorted = false;
  options.coordinateBits = 64;
  expectSameBytes(options);
}

TEST(Machines, GiveTheSameBytesOfAllAccumulators) {
  ProductOptions options;
  options.strategy = "row_wise, bins = [<bound 6: sort>, <bound 20: merge>, "
                     "<bound 60: hash>, <else: dense>]";
  expectSameBytes(options);
}

TEST(Machines, GiveTheSameBytesInTwoPhases) {
  ProductOptions options;
  options.strategy = "row_wise, bins = [<bound 16: dense>, <else: hash>], "
                     "phases = two";
  options.valueType = ValueType::F32;
  expectSameBytes(options);
}

TEST(Machines, GiveTheSameBytesWhenDeterministic) {
  ProductOptions options;
  options.deterministic = true;
  expectSameBytes(options);
}

//===----------------------------------------------------------------------===//
// Constants of the kernel
//===----------------------------------------------------------------------===//

TEST(StaticShapes, AgreeWithTheOracle) {
  struct {
    int64_t rows, inner, cols;
    const char *strategy;
  } shapes[] = {{17, 23, 31, "row_wise, accumulator = dense"},
                {40, 3, 9, "row_wise, accumulator = hash, phases = two"},
                {12, 30, 200, "smash_v2"},
                {1, 64, 1, "row_wise, accumulator = hash"},
                {6, 7, 0, "auto"},
                {30, 20, 10, "row_wise, accumulator = sort"},
                {15, 25, 35, "row_wise, accumulator = merge, phases = two"},
                {9, 11, 13, "inner"},
                {21, 5, 34, "outer"}};
  Compiler compiler;
  for (auto shape : shapes) {
    ProductOptions options;
    options.strategy = shape.strategy;
    options.rows = shape.rows;
    options.inner = shape.inner;
    options.cols = shape.cols;
    options.blocks = 2;
    options.transposeA = shape.rows == 17;
    auto kernel = compiler.compile(options);
    ASSERT_TRUE(bool(kernel))
        << describe(options) << ": " << toString(kernel.takeError());
    for (uint64_t seed = 0; seed != 10; ++seed) {
      TestRandom random(seed);
      expectRight(*kernel, options,
                  makeRandomPair(random, shape.rows, shape.inner, shape.cols,
                                 int64_t(seed) * 10),
                  "static shape, seed " + std::to_string(seed));
    }
  }
}

/// Statistics choose the strategy, never the answer.
TEST(Statistics, ChangeNoAnswer) {
  Compiler compiler;
  ProductOptions options;
  for (const TestPairKind &kind : listPairKinds()) {
    if (kind.wide != 0)
      continue;
    TestRandom random(5);
    TestPair pair = kind.make(random);
    auto [a, b] = typePair(pair, options);
    ProductStatistics statistics =
        llvm::cantFail(computeStatistics(a, b, false, false));
    auto kernel = compiler.compile(options, &statistics);
    ASSERT_TRUE(bool(kernel))
        << kind.name << ": " << toString(kernel.takeError());
    expectRight(*kernel, options, pair, kind.name);
  }
}
