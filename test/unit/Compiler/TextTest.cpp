//===- TextTest.cpp - kernels from IR text -------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FailingAllocations.h"
#include "TestAssertions.h"
#include "TestKernels.h"
#include "smash/Support/AllocationTesting.h"
#include "gtest/gtest.h"

using namespace smash;
using namespace smash::test;

static const char *const kHeader = R"(#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!matrix = tensor<?x?xf64, #CSR>
)";

/// A function `product` with that body, in which %init is an empty C.
static std::string makeProduct(const std::string &body) {
  return kHeader + (R"(
func.func @product(%a: !matrix, %b: !matrix) -> !matrix {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !matrix
  %n = tensor.dim %b, %c1 : !matrix
  %init = tensor.empty(%m, %n) : !matrix
)" + body + "}\n");
}

static llvm::Expected<CompiledProduct> compileText(const std::string &text) {
  return Compiler().compileText({}, Stage::Smash, text);
}

//===----------------------------------------------------------------------===//
// What is refused
//===----------------------------------------------------------------------===//

/// The error's text, which must be one line.
static std::string refuse(const std::string &text, Stage stage = Stage::Smash) {
  std::string error = errorOf(Compiler().compileText({}, stage, text));
  EXPECT_NE(error, "");
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  return error;
}

TEST(Text, ParseErrorsHaveLineAndColumn) {
  EXPECT_TRUE(
      startsWith(refuse("module {\n  func.func @product( {\n}\n"), "2:22: "));
  EXPECT_TRUE(startsWith(refuse("no ir"), "1:1: "));
  EXPECT_TRUE(startsWith(refuse(kHeader + std::string("func.func @product() {\n"
                                                      "  smash.nonsense\n}\n")),
                         "6:3: "));
}

TEST(Text, VerificationErrorsHaveLineAndColumn) {
  std::string error = refuse(makeProduct(R"(
  %c = smash.spgemm ins(%a, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(plus_times) strategy(row_wise, accumulator = sort, merge = atomic)
  return %c : !matrix
)"));
  EXPECT_TRUE(startsWith(error, "13:8: "));
  EXPECT_TRUE(contains(error, "dense or hash; not sort"));
  error = refuse(makeProduct(R"(
  %c = smash.spgemm ins(%a, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(plus_power)
  return %c : !matrix
)"));
  EXPECT_TRUE(startsWith(error, "14:14: "));
  EXPECT_TRUE(contains(error, "unknown semiring 'plus_power'"));
}

TEST(Text, NeedsTheFunction) {
  EXPECT_TRUE(contains(refuse(""), "defines no function '@product'"));
  EXPECT_TRUE(contains(refuse("func.func @other() { return }"),
                       "defines no function '@product'"));
  EXPECT_TRUE(contains(
      refuse(kHeader + std::string("func.func private @product(!matrix,"
                                   " !matrix) -> !matrix")),
      "defines no function '@product'"));
}

TEST(Text, NeedsTheFunctionsType) {
  std::string error = refuse("\nfunc.func @product() { return }");
  EXPECT_TRUE(startsWith(error, "2:1: '@product' has type '() -> ()'"));
  EXPECT_TRUE(contains(error, "the operands need"));
  // The text is for f64; the options ask for f32.
  ProductOptions options;
  options.valueType = ValueType::F32;
  std::string text = llvm::cantFail(Compiler().emit({}, Stage::Smash));
  EXPECT_TRUE(
      contains(errorOf(Compiler().compileText(options, Stage::Smash, text)),
               "tensor<?x?xf32"));
  EXPECT_EQ(errorOf(Compiler().compileText({}, Stage::Smash, text)), "");
}

TEST(Text, StartsAtSmashOrKernel) {
  std::string text = llvm::cantFail(Compiler().emit({}, Stage::Smash));
  for (Stage stage : {Stage::LLVMDialect, Stage::LLVMIR, Stage::Assembly})
    EXPECT_EQ(refuse(text, stage), "text can be compiled from the stages "
                                   "smash and kernel only");
}

//===----------------------------------------------------------------------===//
// What was emitted
//===----------------------------------------------------------------------===//

TEST(Text, CompilesWhatWasEmitted) {
  Compiler compiler;
  TestRandom random(8);
  TestPair pair = makeRandomPair(random, 30, 40, 50, 20);
  for (size_t i = 0; i < listKernels().size(); i += 5) {
    const ProductOptions &options = listKernels()[i];
    SCOPED_TRACE(describe(options));
    auto [a, b] = typePair(pair, options);
    for (Stage stage : {Stage::Smash, Stage::Kernel}) {
      auto text = compiler.emit(options, stage);
      ASSERT_TRUE(bool(text)) << toString(text.takeError());
      auto kernel = compiler.compileText(options, stage, *text);
      ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
      auto c = kernel->run(a, b);
      ASSERT_TRUE(bool(c)) << toString(c.takeError());
      auto comparison = reference::compare(*c, a, b, oracleFor(options));
      ASSERT_TRUE(bool(comparison)) << toString(comparison.takeError());
      EXPECT_TRUE(comparison->equal) << comparison->message;
    }
  }
}

TEST(Text, EmitsEveryStage) {
  Compiler compiler;
  std::pair<Stage, const char *> stages[] = {
      {Stage::Smash, "smash.spgemm"},
      {Stage::Kernel, "smash.work_loop"},
      {Stage::LLVMDialect, "llvm.func @_mlir_ciface_product"},
      {Stage::LLVMIR, "define void @_mlir_ciface_product"},
      {Stage::Assembly, "_mlir_ciface_product:"}};
  for (auto [stage, expected] : stages) {
    auto text = compiler.emit({}, stage);
    ASSERT_TRUE(bool(text)) << toString(text.takeError());
    EXPECT_TRUE(contains(*text, expected));
  }
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

/// A plan, used for a product by min_plus and then one by plus_times, which is
/// returned.
static std::string makePlannedTwice(const std::string &strategy) {
  std::string text = makeProduct(R"(
  %plan = smash.spgemm_symbolic ins(%a, %b : !matrix, !matrix)
    strategy(STRATEGY) : !smash.plan<i32, i32>
  %first = smash.spgemm_numeric plan(%plan : !smash.plan<i32, i32>)
    ins(%a, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(min_plus) strategy(STRATEGY)
  %second = smash.spgemm_numeric plan(%plan : !smash.plan<i32, i32>)
    ins(%a, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(plus_times) strategy(STRATEGY)
  smash.release %first : !matrix
  smash.release %plan : !smash.plan<i32, i32>
  return %second : !matrix
)");
  const std::string word = "STRATEGY";
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos;)
    text.replace(at, word.size(), strategy);
  return text;
}

static const char *const kPlanStrategies[] = {
    "row_wise, accumulator = dense",
    "row_wise, accumulator = dense, occupancy = bitmap",
    "row_wise, accumulator = hash",
    "row_wise, bins = [<bound 20: hash>, <else: dense>]",
    "row_wise, accumulator = sort",
    "row_wise, bins = [<bound 4: sort>, <bound 20: hash>, <else: merge>]",
    "auto"};

TEST(Plans, AreUsedTwice) {
  for (const char *strategy : kPlanStrategies)
    for (int64_t machine : {1, 2}) {
      SCOPED_TRACE(strategy);
      ProductOptions options;
      options.blocks = options.blockThreads = machine;
      auto kernel = Compiler().compileText(options, Stage::Smash,
                                           makePlannedTwice(strategy));
      ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
      for (const TestPairKind &kind : listPairKinds()) {
        if (kind.wide != 0)
          continue;
        SCOPED_TRACE(kind.name);
        TestRandom random(6);
        auto [a, b] = typePair(kind.make(random), options);
        auto c = kernel->run(a, b);
        ASSERT_TRUE(bool(c)) << toString(c.takeError());
        EXPECT_EQ(checkStructure(*c, options), "");
        auto comparison = reference::compare(*c, a, b, {});
        ASSERT_TRUE(bool(comparison)) << toString(comparison.takeError());
        EXPECT_TRUE(comparison->bitwise) << comparison->message;
      }
    }
}

TEST(Plans, SurviveFailingAllocations) {
  for (const char *strategy :
       {"row_wise, accumulator = dense", "row_wise, accumulator = hash"}) {
    SCOPED_TRACE(strategy);
    auto kernel = compileText(makePlannedTwice(strategy));
    ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
    TestRandom random(2);
    MatrixPair pair = typePair(makeRandomPair(random, 40, 30, 50, 20), {});
    const Matrix &a = pair.a, &b = pair.b;
    failEachAllocation(*kernel, a, b, /*minimum=*/8, [&](const Matrix &c) {
      auto comparison = reference::compare(c, a, b, {});
      return comparison && comparison->bitwise;
    });
  }
}

TEST(Plans, KeepWhatAMaskLeaves) {
  for (std::string strategy : kPlanStrategies)
    for (bool complement : {false, true}) {
      SCOPED_TRACE(strategy + (complement ? ", complement" : ""));
      auto kernel = compileText(makeProduct(
          "%plan = smash.spgemm_symbolic ins(%a, %b : !matrix, !matrix) "
          "mask(%a" +
          std::string(complement ? " complement" : "") +
          " : !matrix) strategy(" + strategy + R"() : !smash.plan<i32, i32>
  %c = smash.spgemm_numeric plan(%plan : !smash.plan<i32, i32>)
    ins(%a, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(plus_times) strategy()" +
          strategy + R"()
  smash.release %plan : !smash.plan<i32, i32>
  return %c : !matrix
)"));
      ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
      TestRandom random(8);
      auto [a, b] = typePair(makeRandomPair(random, 40, 40, 40, 25), {});
      auto c = kernel->run(a, b);
      ASSERT_TRUE(bool(c)) << toString(c.takeError());
      reference::Product product;
      product.mask = &a;
      product.maskComplement = complement;
      auto comparison = reference::compare(*c, a, b, product);
      ASSERT_TRUE(bool(comparison)) << toString(comparison.takeError());
      EXPECT_TRUE(comparison->bitwise) << comparison->message;
    }
}

/// A + A * B, the product in a plan.
static const char *const kPlannedSum = R"(
  %plan = smash.spgemm_symbolic ins(%a, %b : !matrix, !matrix)
    strategy(row_wise, accumulator = sort) : !smash.plan<i32, i32>
  %c = smash.spgemm_numeric plan(%plan : !smash.plan<i32, i32>)
    ins(%a, %b : !matrix, !matrix) outs(%a : !matrix)
    semiring(plus_times) strategy(row_wise, accumulator = merge)
  smash.release %plan : !smash.plan<i32, i32>
  return %c : !matrix
)";

TEST(Plans, Accumulate) {
  auto kernel = compileText(makeProduct(kPlannedSum));
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  TestRandom random(12);
  auto [a, b] = typePair(makeRandomPair(random, 30, 30, 30, 20), {});
  auto same = [&, &a = a, &b = b](const Matrix &c) {
    reference::Product product;
    product.accumulated = &a;
    auto comparison = reference::compare(c, a, b, product);
    return comparison && comparison->bitwise;
  };
  auto c = kernel->run(a, b);
  ASSERT_TRUE(bool(c)) << toString(c.takeError());
  EXPECT_TRUE(same(*c));
  failEachAllocation(*kernel, a, b, /*minimum=*/8, same);
}

/// A plan for A * A, used for B * B.
static const char *const kOtherOperands = R"(
  %plan = smash.spgemm_symbolic ins(%a, %a : !matrix, !matrix)
    strategy(row_wise, accumulator = dense) : !smash.plan<i32, i32>
  %c = smash.spgemm_numeric plan(%plan : !smash.plan<i32, i32>)
    ins(%b, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(plus_times) strategy(row_wise, accumulator = dense)
  smash.release %plan : !smash.plan<i32, i32>
  return %c : !matrix
)";

TEST(Plans, AreForOnePattern) {
  auto kernel = compileText(makeProduct(kOtherOperands));
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  TestRandom random(9);
  TestOperand first = makeRandom(random, 30, 30, 20);
  TestOperand values = first;
  for (TestEntry &entry : values.entries)
    entry.value.n += 3;
  TestOperand fewer = first, other = first;
  fewer.entries.pop_back();
  // As many entries in every row, the first one in another column.
  ASSERT_GT(other.entries.front().col, 0);
  --other.entries.front().col;
  auto type = [](const TestOperand &operand) {
    return typeOperand(operand, ValueType::F64, 32, 32);
  };
  Matrix a = type(first);

  // The same pattern, other values.
  Matrix b = type(values);
  auto c = kernel->run(a, b);
  ASSERT_TRUE(bool(c)) << toString(c.takeError());
  auto comparison = reference::compare(*c, b, b, {});
  ASSERT_TRUE(bool(comparison)) << toString(comparison.takeError());
  EXPECT_TRUE(comparison->bitwise) << comparison->message;

  Matrix another = type(makeRandom(random, 30, 30, 20));
  Matrix without = type(fewer), moved = type(other);
  int64_t before = smash::testing::liveBuffers();
  for (const Matrix *wrong : {&another, &without, &moved})
    for (bool swapped : {false, true}) {
      LiveArrays arrays;
      EXPECT_EQ(
          errorOf(swapped ? kernel->run(*wrong, a) : kernel->run(a, *wrong)),
          "the plan was made for operands of another pattern");
      EXPECT_EQ(arrays.count(), 0);
      EXPECT_EQ(smash::testing::liveBuffers(), before);
    }

  // The next run is right again.
  EXPECT_EQ(errorOf(kernel->run(a, b)), "");
}

/// A product of products: what is between is freed by the text.
TEST(Plans, ChainOfProducts) {
  auto kernel = compileText(makeProduct(R"(
  %first = smash.spgemm ins(%a, %b : !matrix, !matrix) outs(%init : !matrix)
    semiring(plus_times)
  %second = smash.spgemm ins(%first, %b : !matrix, !matrix)
    outs(%init : !matrix) semiring(plus_times)
  smash.release %first : !matrix
  return %second : !matrix
)"));
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  TestRandom random(10);
  MatrixPair pair = typePair(makeRandomPair(random, 300, 300, 300, 5), {});
  const Matrix &a = pair.a, &b = pair.b;
  Matrix first = llvm::cantFail(reference::multiply(a, b, {}));
  auto isRight = [&](const Matrix &c) {
    auto comparison = reference::compare(c, first, b, {});
    return comparison && comparison->bitwise;
  };
  auto c = kernel->run(a, b);
  ASSERT_TRUE(bool(c)) << toString(c.takeError());
  EXPECT_TRUE(isRight(*c));
  failEachAllocation(*kernel, a, b, /*minimum=*/8, isRight);
}
