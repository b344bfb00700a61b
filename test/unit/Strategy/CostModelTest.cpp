//===- CostModelTest.cpp - formulas on two number types -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Strategy/CostModel.h"
#include "CostTotals.h"
#include "IRNumber.h"
#include "StrategyTerms.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OwningOpRef.h"
#include "smash/Support/Generators.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace smash;
using formulas::Formulas;
using formulas::Group;
using formulas::Operands;

namespace {
class CostModel : public ::testing::Test {
protected:
  CostModel() {
    context.loadDialect<SmashDialect, arith::ArithDialect>();
    facts.element = Float64Type::get(&context);
    facts.positionBits = facts.coordinateBits = 32;
    setMachine(1, 1);
  }

  void setMachine(int64_t blocks, int64_t threads) {
    std::string text = "#smash.machine<blocks = " + std::to_string(blocks) +
                       ", threads_per_block = " + std::to_string(threads) +
                       ", scratchpad_bytes = 65536, cache_bytes = 1048576, "
                       "memory_bytes = 17179869184>";
    facts.machine = cast<MachineAttr>(parseAttribute(text, &context));
  }

  StrategyAttr strategy(StringRef text) {
    return StrategyAttr::fromText(UnknownLoc::get(&context), text);
  }

  ProductStatistics count(const std::string &text) {
    Matrix a = llvm::cantFail(generateMatrix(text));
    return llvm::cantFail(computeStatistics(a, a, false, false));
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  ProductFacts facts;
};
} // namespace

/// The time of all rows in one group.
template <typename N>
static N timeOf(StrategyAttr strategy, const ProductFacts &facts,
                const Operands<N> &operands, const Group<N> &group) {
  Formulas<N> formulas(operands, layoutOf(facts), facts.machine);
  TermCounts<N> terms{};
  formulas::addFixed(formulas, strategy, terms);
  SmallVector<BinAttr> bins = formulas::binsOf(strategy);
  formulas::addRows(formulas, strategy, bins.empty() ? BinAttr() : bins.back(),
                    group, terms);
  return formulas.time(terms);
}

TEST_F(CostModel, IsTheSameOnNumbersAndAsCode) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  ImplicitLocOpBuilder b =
      ImplicitLocOpBuilder::atBlockEnd(module->getLoc(), module->getBody());
  auto code = [&](double x) {
    return IRNumber(b, arith::ConstantOp::create(b, b.getF64FloatAttr(x)));
  };
  for (int64_t threads : {1, 4})
    for (bool isWide : {false, true})
      for (const char *text :
           {"row_wise, accumulator = dense",
            "row_wise, accumulator = dense, occupancy = bitmap",
            "row_wise, accumulator = hash",
            "row_wise, accumulator = hash, phases = two",
            "row_wise, accumulator = sort", "row_wise, accumulator = merge",
            "row_wise, accumulator = hash, merge = atomic",
            "row_wise, accumulator = dense, occupancy = bitmap, merge = atomic",
            "inner", "outer"}) {
        setMachine(2, threads);
        double cols = isWide ? 1e8 : 5000;
        double numbers[] = {4000,   3000,   cols,     21000, 33000,
                            240000, 190000, cols / 3, 0};
        Operands<double> known{numbers[0], numbers[1], numbers[2],
                               numbers[3], numbers[4], numbers[5],
                               numbers[6], numbers[7], numbers[8]};
        Operands<IRNumber> computed{
            code(numbers[0]), code(numbers[1]), code(numbers[2]),
            code(numbers[3]), code(numbers[4]), code(numbers[5]),
            code(numbers[6]), code(numbers[7]), code(numbers[8])};
        double expected = timeOf<double>(strategy(text), facts, known,
                                         {4000, 240000, 190000, 6});
        IRNumber time =
            timeOf<IRNumber>(strategy(text), facts, computed,
                             {code(4000), code(240000), code(190000), code(6)});
        // Code on constants folds to a constant.
        FloatAttr folded;
        ASSERT_TRUE(matchPattern(time.value(b), m_Constant(&folded))) << text;
        EXPECT_GT(expected, 0) << text;
        EXPECT_NEAR(folded.getValueAsDouble() / expected, 1, 1e-12) << text;
      }
}

TEST_F(CostModel, LogarithmIsNear) {
  for (double x : {1.0, 1.5, 2.0, 3.0, 1000.0, 1e12})
    EXPECT_NEAR(formulas::approximateLog2(x), std::log2(x), 0.09) << x;
  EXPECT_EQ(formulas::approximateLog2(0), 0);
}

TEST_F(CostModel, PartsAddUp) {
  ProductStatistics statistics = count("gen:rmat,scale=9,nnz=4000");
  for (Candidate &candidate : rankCandidates(facts, statistics, {})) {
    double sum = 0;
    for (const CostPart &part : candidate.prediction.parts)
      sum += part.ns;
    EXPECT_GT(sum, 0);
    EXPECT_NEAR(sum / candidate.prediction.ns, 1, 1e-9);
  }
}

TEST_F(CostModel, RanksByCostWhatMayBe) {
  setMachine(1, 8);
  ProductStatistics statistics = count("gen:er,rows=300,degree=5");
  auto candidates = rankCandidates(facts, statistics, {});
  for (size_t i = 1; i < candidates.size(); ++i)
    EXPECT_LE(candidates[i - 1].prediction.ns, candidates[i].prediction.ns);
  auto isRefused = [](const std::vector<Candidate> &list, StringRef part) {
    for (const Candidate &candidate : list)
      if (StringRef(candidate.strategy.spelling()).contains(part) &&
          candidate.refusal.empty())
        return false;
    return true;
  };
  auto rank = [&](const SelectionLimits &limits) {
    auto ranked = rankCandidates(facts, statistics, limits);
    return std::vector<Candidate>(ranked.begin(), ranked.end());
  };
  EXPECT_FALSE(isRefused(rank({}), "atomic"));
  EXPECT_TRUE(isRefused(rank({/*deterministic=*/true, true}), "atomic"));
  EXPECT_TRUE(isRefused(rank({false, /*allowConversion=*/false}), "outer"));
  EXPECT_TRUE(isRefused(rank({false, false}), "inner"));
  EXPECT_FALSE(isRefused(rank({false, false}), "row_wise"));
  facts.element = ComplexType::get(Float64Type::get(&context));
  EXPECT_TRUE(isRefused(rank({}), "atomic"));
  facts.sortedOperands = false;
  EXPECT_TRUE(isRefused(rank({}), "inner"));
}

// A bin more pays where short rows are scattered, and long ones full.
TEST_F(CostModel, SplitsRowsIntoBinsThatPay) {
  auto binned = [&](const ProductStatistics &statistics) {
    for (Candidate &candidate : rankCandidates(facts, statistics, {}))
      if (candidate.strategy.getBins().size() > 1)
        return candidate.strategy.spelling();
    return std::string();
  };
  ProductStatistics s;
  s.rows = s.inner = s.cols = 64000;
  s.nnzA = s.nnzB = 192000;
  s.products = 1856000;
  s.boundC = s.products;
  s.entriesC = 1300000;
  s.meanSpan = 10000;
  s.histogram.buckets[4] = {62000, 496000, 400000};
  s.histogram.buckets[10] = {2000, 1360000, 900000};
  std::string bins = binned(s);
  EXPECT_NE(bins.find("<bound 8: "), std::string::npos) << bins;
  EXPECT_NE(bins.find("<else: dense, occupancy = bitmap>"), std::string::npos)
      << bins;
  s.meanSpan = 30;
  EXPECT_EQ(binned(s), "");
}
