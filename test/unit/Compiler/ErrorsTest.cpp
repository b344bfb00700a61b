//===- ErrorsTest.cpp - what is refused, and how it is said --------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FailingAllocations.h"
#include "TestAssertions.h"
#include "TestKernels.h"
#include "gtest/gtest.h"

using namespace smash;
using namespace smash::test;

/// A matrix with one entry in each row.
static Matrix makeDiagonal(int64_t rows, int64_t cols, ValueType type,
                           unsigned positionBits, unsigned coordinateBits) {
  TestOperand operand{rows, cols, {}};
  for (int64_t i = 0; i < std::min(rows, cols); ++i)
    operand.entries.push_back({i, i, {}});
  return typeOperand(operand, type, positionBits, coordinateBits);
}

static Matrix makeDiagonal(int64_t rows, int64_t cols) {
  return makeDiagonal(rows, cols, ValueType::F64, 32, 32);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

namespace {
class Operands : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    kernel = std::make_unique<CompiledProduct>(
        llvm::cantFail(Compiler().compile({})));
  }
  static void TearDownTestSuite() { kernel.reset(); }
  static std::string run(const Matrix &a, const Matrix &b) {
    return errorOf(kernel->run(a, b));
  }
  static std::unique_ptr<CompiledProduct> kernel;
};
std::unique_ptr<CompiledProduct> Operands::kernel;
} // namespace

TEST_F(Operands, MustHaveTheValueType) {
  Matrix right = makeDiagonal(3, 3);
  EXPECT_EQ(run(right, right), "");
  Matrix wrong = makeDiagonal(3, 3, ValueType::F32, 32, 32);
  EXPECT_EQ(run(wrong, right), "A has values of type f32; the kernel was "
                               "compiled for f64");
  EXPECT_EQ(run(right, wrong), "B has values of type f32; the kernel was "
                               "compiled for f64");
}

TEST_F(Operands, MustHaveTheWidths) {
  Matrix right = makeDiagonal(3, 3);
  Matrix positions = makeDiagonal(3, 3, ValueType::F64, 64, 32);
  EXPECT_EQ(run(positions, right), "A has positions of 64 bits; the kernel was "
                                   "compiled for 32");
  Matrix coordinates = makeDiagonal(3, 3, ValueType::F64, 32, 64);
  EXPECT_EQ(run(right, coordinates), "B has coordinates of 64 bits; the kernel "
                                     "was compiled for 32");
}

TEST_F(Operands, MustBeSorted) {
  Matrix right = makeDiagonal(3, 3), unsorted = makeDiagonal(3, 3);
  unsorted.sorted = false;
  EXPECT_EQ(run(unsorted, right), "A has rows that are not sorted; the kernel "
                                  "reads sorted rows");
  EXPECT_EQ(run(right, unsorted), "B has rows that are not sorted; the kernel "
                                  "reads sorted rows");
}

TEST_F(Operands, MustMatch) {
  EXPECT_EQ(run(makeDiagonal(3, 4), makeDiagonal(5, 2)),
            "shapes do not match: A has 4 columns, B has 5 rows");
  EXPECT_EQ(run(makeDiagonal(3, 4), makeDiagonal(4, 2)), "");
}

TEST_F(Operands, MustMatchTransposed) {
  ProductOptions options;
  options.transposeA = options.transposeB = true;
  auto transposed = llvm::cantFail(Compiler().compile(options));
  EXPECT_EQ(errorOf(transposed.run(makeDiagonal(3, 4), makeDiagonal(5, 2))),
            "shapes do not match: A has 3 rows, B has 2 columns");
  EXPECT_EQ(errorOf(transposed.run(makeDiagonal(3, 4), makeDiagonal(5, 3))),
            "");
}

TEST_F(Operands, MustHavePositions) {
  Matrix a = makeDiagonal(3, 4), none;
  none.rows = 4;
  none.cols = 2;
  EXPECT_EQ(errorOf(kernel->run(a, none)), "B has 0 positions; 4 rows need 5");
}

TEST_F(Operands, MustHaveTheMaskCompiledFor) {
  Matrix a = makeDiagonal(3, 4), b = makeDiagonal(4, 2);
  Matrix mask = makeDiagonal(3, 2), tall = makeDiagonal(4, 2);
  EXPECT_EQ(errorOf(kernel->run(a, b, &mask)),
            "there is a mask; the kernel was compiled for none");
  ProductOptions options;
  options.masked = true;
  auto masked = llvm::cantFail(Compiler().compile(options));
  EXPECT_EQ(errorOf(masked.run(a, b)),
            "there is no mask; the kernel was compiled for one");
  EXPECT_EQ(errorOf(masked.run(a, b, &tall)),
            "shapes do not match: the mask is 4 x 2, C is 3 x 2");
  EXPECT_EQ(errorOf(masked.run(a, b, &mask)), "");
  // Its values are not read.
  auto other = convertValues(makeDiagonal(3, 2), ValueType::I32);
  ASSERT_TRUE(bool(other));
  EXPECT_EQ(errorOf(masked.run(a, b, &*other)), "");
}

TEST_F(Operands, MustHaveConstantSizes) {
  ProductOptions options;
  options.rows = 3;
  options.cols = 2;
  options.transposeB = true;
  auto fixed = llvm::cantFail(Compiler().compile(options));
  EXPECT_EQ(errorOf(fixed.run(makeDiagonal(3, 7), makeDiagonal(2, 7))), "");
  EXPECT_EQ(errorOf(fixed.run(makeDiagonal(4, 7), makeDiagonal(2, 7))),
            "A is 4 x 7; the kernel was compiled for 3 x 7");
  EXPECT_EQ(errorOf(fixed.run(makeDiagonal(3, 7), makeDiagonal(1, 7))),
            "B is 1 x 7; the kernel was compiled for 2 x 7");
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static std::string compileWith(llvm::function_ref<void(ProductOptions &)> set) {
  ProductOptions options;
  set(options);
  std::string error = errorOf(Compiler().compile(options));
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  return error;
}
static std::string compileStrategy(const char *text) {
  return compileWith([&](ProductOptions &options) { options.strategy = text; });
}

TEST(Options, RefuseUnknownSemirings) {
  auto compile = [](const char *text) {
    return compileWith(
        [&](ProductOptions &options) { options.semiring = text; });
  };
  EXPECT_TRUE(contains(compile("times_plus"), "unknown semiring 'times_plus'"));
  EXPECT_TRUE(contains(compile(""), "unknown semiring ''"));
  EXPECT_TRUE(contains(compile("plus"), "unknown semiring 'plus'"));
  EXPECT_TRUE(contains(compile("plus_times_more"), "unknown semiring"));
  EXPECT_EQ(compile("min_times"), "");
}

TEST(Options, RefuseToOrderComplexNumbers) {
  for (const char *semiring : {"min_plus", "max_plus", "max_times"})
    EXPECT_TRUE(contains(compileWith([&](ProductOptions &options) {
                           options.valueType = ValueType::C64;
                           options.semiring = semiring;
                         }),
                         "needs an order, which 'complex<f64>' has not"));
}

TEST(Options, RefuseUnknownStrategies) {
  EXPECT_TRUE(contains(compileStrategy("gustavson"),
                       "unknown dataflow 'gustavson'; one of auto"));
  EXPECT_TRUE(contains(compileStrategy("row_wise, accumulator = heap"),
                       "unknown accumulator 'heap'; one of dense, hash"));
  EXPECT_TRUE(contains(compileStrategy("row_wise, colour = red"),
                       "unknown knob 'colour'"));
  EXPECT_TRUE(contains(compileStrategy("row_wise, fill_limit = 0"),
                       "fill_limit 0 is not between 1 and 100"));
  EXPECT_NE(compileStrategy("row_wise> , other<"), "");
  EXPECT_NE(compileStrategy(""), "");
}

TEST(Options, RefuseKnobsOfOtherAccumulators) {
  for (const char *text : {"row_wise, accumulator = sort, merge = atomic",
                           "row_wise, accumulator = merge, merge = atomic"})
    EXPECT_TRUE(contains(compileStrategy(text), "dense or hash; not ")) << text;
  for (const char *text :
       {"row_wise, accumulator = hash, table = fragmented",
        "row_wise, accumulator = hash, writeback = bulk",
        "row_wise, accumulator = dense, merge = atomic, writeback = bulk"})
    EXPECT_TRUE(contains(compileStrategy(text), "it needs accumulator = hash "
                                                "and merge = atomic"))
        << text;
}

TEST(Options, RefuseContradictions) {
  EXPECT_TRUE(
      contains(compileStrategy("row_wise, accumulator = hash, merge = atomic, "
                               "phases = two"),
               "phases = two merges exclusively"));
  EXPECT_TRUE(contains(compileStrategy("row_wise, accumulator = hash, "
                                       "window = rows(2)"),
                       "needs merge = atomic"));
  EXPECT_TRUE(contains(compileWith([](ProductOptions &options) {
                         options.deterministic = true;
                         options.strategy = "smash_v2";
                       }),
                       "deterministic needs merge = exclusive"));
  EXPECT_TRUE(contains(compileWith([](ProductOptions &options) {
                         options.valueType = ValueType::C64;
                         options.strategy = "smash_v2";
                       }),
                       "no atomic add for 'complex<f64>'"));
}

TEST(Options, RefuseOtherWidths) {
  EXPECT_TRUE(contains(
      compileWith([](ProductOptions &options) { options.positionBits = 16; }),
      "indices of 16 bits; 32 or 64"));
  EXPECT_TRUE(contains(
      compileWith([](ProductOptions &options) { options.coordinateBits = 8; }),
      "indices of 8 bits"));
  EXPECT_TRUE(contains(compileWith([](ProductOptions &options) {
                         options.resultPositionBits = 0;
                       }),
                       "indices of 0 bits"));
}

TEST(Options, RefuseMachinesWithoutThreads) {
  EXPECT_TRUE(
      contains(compileWith([](ProductOptions &options) { options.blocks = 0; }),
               "blocks 0 is not positive"));
  EXPECT_TRUE(contains(
      compileWith([](ProductOptions &options) { options.blockThreads = -1; }),
      "threads_per_block -1 is not positive"));
}

TEST(Options, LeaveTheCompilerUsable) {
  Compiler compiler;
  ProductOptions bad;
  bad.strategy = "row_wise, accumulator = sort, merge = atomic";
  EXPECT_NE(errorOf(compiler.compile(bad)), "");
  EXPECT_NE(errorOf(compiler.emit(bad, Stage::Kernel)), "");
  auto kernel = compiler.compile({});
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  EXPECT_EQ(errorOf(kernel->run(makeDiagonal(2, 2), makeDiagonal(2, 2))), "");
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

/// Every entry of a `rows` x `cols` matrix.
static Matrix makeFull(int64_t rows, int64_t cols, ValueType type) {
  Matrix matrix =
      llvm::cantFail(makeMatrix(rows, cols, rows * cols, type, 32, 32));
  for (int64_t row = 0; row <= rows; ++row)
    matrix.positions.as<uint32_t>()[row] = uint32_t(row * cols);
  for (int64_t e = 0; e != rows * cols; ++e)
    matrix.coordinates.as<uint32_t>()[e] = uint32_t(e % cols);
  return matrix;
}

/// More entries than 32-bit positions hold. In two phases they are counted
/// before there is memory for them.
TEST(Positions, RefuseMoreThanTheyHold) {
  ProductOptions options;
  options.valueType = ValueType::I1;
  options.strategy =
      "row_wise, accumulator = dense, occupancy = bitmap, phases = two";
  auto kernel = llvm::cantFail(Compiler().compile(options));
  constexpr int64_t side = 46341; // 46341^2 = 2^31 + 4633
  LiveArrays arrays;
  EXPECT_EQ(errorOf(kernel.run(makeFull(side, 1, ValueType::I1),
                               makeFull(1, side, ValueType::I1))),
            "C has 2147488281 entries; its positions hold at most 2147483647");
  EXPECT_EQ(arrays.count(), 0);
}

/// A kernel whose positions hold 100 entries, so that one phase shows what it
/// does with more, in little memory.
TEST(Positions, RefuseAfterOnePhase) {
  for (const char *strategy :
       {"row_wise, accumulator = dense", "row_wise, accumulator = hash",
        "row_wise, accumulator = hash, merge = atomic",
        "row_wise, accumulator = dense, phases = two"})
    for (int64_t blocks : {1, 2}) {
      SCOPED_TRACE(strategy);
      Compiler compiler;
      ProductOptions options;
      options.strategy = strategy;
      options.blocks = options.blockThreads = blocks;
      std::string text = llvm::cantFail(compiler.emit(options, Stage::Kernel));
      const std::string limit = "constant 2147483647 : index";
      size_t at = text.find(limit);
      ASSERT_NE(at, std::string::npos);
      text.replace(at, limit.size(), "constant 100 : index");
      ASSERT_EQ(text.find(limit), std::string::npos);
      auto kernel = compiler.compileText(options, Stage::Kernel, text);
      ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
      Matrix column = makeFull(101, 1, ValueType::F64);
      Matrix one = makeFull(1, 1, ValueType::F64);
      {
        LiveArrays arrays;
        EXPECT_EQ(errorOf(kernel->run(column, one)),
                  "C has 101 entries; its positions hold at most 100");
        EXPECT_EQ(arrays.count(), 0);
      }
      // The next run knows nothing of it.
      Matrix row = makeFull(1, 100, ValueType::F64);
      auto c = kernel->run(one, row);
      ASSERT_TRUE(bool(c)) << toString(c.takeError());
      EXPECT_EQ(c->nnz(), 100);
    }
}

TEST(Positions, MayBeWiderThanTheOperands) {
  ProductOptions options;
  options.resultPositionBits = 64;
  auto kernel = llvm::cantFail(Compiler().compile(options));
  Matrix a = makeFull(4, 5, ValueType::F64), b = makeFull(5, 6, ValueType::F64);
  for (Matrix *matrix : {&a, &b})
    for (int64_t e = 0; e != matrix->nnz(); ++e)
      matrix->values.as<double>()[e] = double(e);
  auto c = kernel.run(a, b);
  ASSERT_TRUE(bool(c)) << toString(c.takeError());
  EXPECT_EQ(checkStructure(*c, options), "");
  EXPECT_EQ(c->positionBits, 64u);
  EXPECT_TRUE(
      llvm::cantFail(reference::compare(*c, a, b, oracleFor(options))).bitwise);
}
