//===- VersionStrategies.cpp - choices that are left to run time ----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CostFormulas.h"
#include "RunTimeCosts.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "smash/Strategy/Passes.h"

namespace smash {
#define GEN_PASS_DEF_VERSIONSTRATEGIES
#include "smash/Strategy/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-version-strategies"

/// Clones of a product: each is code to compile.
static constexpr size_t kMostVersions = 4;

/// Why no code can count what decides between versions of `op`; empty where it
/// can.
static std::string refuseStatistics(SpGEMMOp op) {
  if (op.getTransposeA() || op.getTransposeB())
    return "an operand is transposed";
  for (Value operand : {op.getA(), op.getB()})
    if (!isLowerableCSR(operand.getType()))
      return "an operand is not CSR with 32-bit, 64-bit or index positions and "
             "coordinates";
  return {};
}

/// The number of the version that takes the least time by what is counted at
/// run time, as an index; the first where nothing could be counted.
static Value buildWeighing(KernelBuilder &k, SpGEMMOp op,
                           const ProductFacts &facts,
                           ArrayRef<StrategyAttr> versions) {
  Value statistics =
      StatisticsOp::create(k, bufferOf(k.getI64Type()), op.getA(), op.getB());
  Value size = memref::DimOp::create(k, statistics, 0);
  Value choice = k.ifElse(
      k.gt(size, k.idx(0)), {k.getIndexType()},
      [&]() -> Values {
        SmallVector<Value> times = buildTimes(k, facts, statistics, versions);
        Value best = k.idx(0), least = times.front();
        for (size_t i = 1; i < times.size(); ++i) {
          Value less = arith::CmpFOp::create(k, arith::CmpFPredicate::OLT,
                                             times[i], least);
          best = k.select(less, k.idx(int64_t(i)), best);
          least = k.select(less, times[i], least);
        }
        return {best};
      },
      [&]() -> Values { return {k.idx(0)}; })[0];
  k.dealloc(statistics);
  return choice;
}

/// The first version that merges into arrays as long as C is wide, if any.
static std::optional<size_t> findArrays(ArrayRef<StrategyAttr> versions) {
  for (auto [i, strategy] : llvm::enumerate(versions))
    if (strategy.getDataflow() == Dataflow::RowWise &&
        strategy.getMerge() == MergeMode::Exclusive &&
        llvm::all_of(strategy.getBins(), [](BinAttr bin) {
          return bin.getAccumulator() == AccumulatorKind::Dense;
        }))
      return i;
  return std::nullopt;
}

/// The number of the version to run. Where C is so narrow that arrays of its
/// width fit the fastest memory, nothing merges faster, and to count would cost
/// a small product more than it takes: its width alone decides.
///
/// It decides as well where nothing can be counted (`counts` is false): else
/// the first version is run.
static Value buildChoice(KernelBuilder &k, SpGEMMOp op,
                         const ProductFacts &facts,
                         ArrayRef<StrategyAttr> versions, bool counts) {
  std::optional<size_t> arrays = findArrays(versions);
  auto weigh = [&]() -> Values {
    return {counts ? buildWeighing(k, op, facts, versions) : k.idx(0)};
  };
  if (!arrays)
    return weigh()[0];
  double columns =
      formulas::firstLevelBytes(facts.machine) /
      double((facts.valueBytes() + 1) * facts.machine.getThreadsPerBlock());
  Value cols = tensor::DimOp::create(k, op.getB(), op.getTransposeB() ? 0 : 1);
  return k.ifElse(
      k.le(cols, k.idx(int64_t(columns))), {k.getIndexType()},
      [&]() -> Values { return {k.idx(int64_t(*arrays))}; }, weigh)[0];
}

namespace {
struct VersionStrategiesPass
    : public smash::impl::VersionStrategiesBase<VersionStrategiesPass> {
  void runOnOperation() override {
    SmallVector<SpGEMMOp> products;
    getOperation()->walk([&](SpGEMMOp op) {
      if (isa<ArrayAttr>(op.getStrategy()))
        products.push_back(op);
    });
    for (SpGEMMOp op : products)
      if (failed(version(op)))
        return signalPassFailure();
  }

  LogicalResult version(SpGEMMOp op) {
    SmallVector<StrategyAttr> versions;
    for (Attribute attribute : cast<ArrayAttr>(op.getStrategy())) {
      auto strategy = cast<StrategyAttr>(attribute);
      bool isWhole = strategy.getDataflow() != Dataflow::Auto &&
                     (strategy.getDataflow() != Dataflow::RowWise ||
                      !strategy.getBins().empty());
      if (!isWhole)
        return op.emitOpError("candidate strategy ")
               << strategy.spelling()
               << " names no accumulator: each needs one to be weighed";
      if (!llvm::is_contained(versions, strategy))
        versions.push_back(strategy);
    }
    if (versions.size() > kMostVersions)
      return op.emitOpError("has ")
             << versions.size() << " candidate strategies; at most "
             << kMostVersions << " become versions";
    if (versions.size() == 1)
      return keep(op, versions.front(), "there is one candidate");
    std::string refusal = refuseStatistics(op);
    if (!refusal.empty() && !op->hasAttr(kStatisticsAttrName)) {
      // Its width is what is left to tell.
      std::optional<size_t> arrays = findArrays(versions);
      if (!arrays || *arrays == 0)
        return keep(op, versions.front(), refusal);
      versions = {versions.front(), versions[*arrays]};
    }
    FailureOr<ProductFacts> facts = collectFacts(op);
    if (failed(facts))
      return failure();
    if (auto attribute = op->getAttrOfType<DictionaryAttr>(kStatisticsAttrName))
      return decide(op, versions, *facts, attribute);
    clone(op, versions, *facts, /*counts=*/refusal.empty());
    return success();
  }

  LogicalResult keep(SpGEMMOp op, StrategyAttr strategy, StringRef reason) {
    op.setStrategyAttr(strategy);
    remark::missed(op.getLoc(), remarkOptions())
        << ("computed as " + strategy.spelling())
        << remark::reason("{0}", reason);
    return success();
  }

  /// What is known now need not be computed later.
  LogicalResult decide(SpGEMMOp op, ArrayRef<StrategyAttr> versions,
                       const ProductFacts &facts, DictionaryAttr attribute) {
    auto statistics = parseStatistics(attribute);
    if (!statistics)
      return op.emitOpError("attribute '")
             << kStatisticsAttrName
             << "': " << llvm::toString(statistics.takeError());
    StrategyAttr best;
    double least = 0;
    for (StrategyAttr strategy : versions) {
      double time = predict(facts, *statistics, strategy).ns;
      if (best && time >= least)
        continue;
      best = strategy;
      least = time;
    }
    op.setStrategyAttr(best);
    remark::passed(op.getLoc(), remarkOptions())
        << ("computed as " + best.spelling())
        << remark::reason("the cheapest of the candidates, by its statistics");
    return success();
  }

  void clone(SpGEMMOp op, ArrayRef<StrategyAttr> versions,
             const ProductFacts &facts, bool counts) {
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    Value choice = buildChoice(k, op, facts, versions, counts);
    SmallVector<int64_t> cases;
    for (size_t i = 1; i < versions.size(); ++i)
      cases.push_back(int64_t(i));
    auto choose = scf::IndexSwitchOp::create(k, op->getResultTypes(), choice,
                                             cases, cases.size());
    auto fill = [&](Region &region, StrategyAttr strategy) {
      OpBuilder::InsertionGuard guard(k);
      k.createBlock(&region);
      auto product = cast<SpGEMMOp>(k.clone(*op));
      product.setStrategyAttr(strategy);
      scf::YieldOp::create(k, product.getResult());
    };
    fill(choose.getDefaultRegion(), versions.front());
    for (auto [region, strategy] :
         llvm::zip(choose.getCaseRegions(), versions.drop_front()))
      fill(region, strategy);
    op.replaceAllUsesWith(choose.getResult(0));
    ++numVersioned;
    numVersions += versions.size();
    std::string names;
    for (StrategyAttr strategy : versions)
      names += (names.empty() ? "" : " | ") + strategy.spelling();
    remark::passed(op.getLoc(), remarkOptions())
        << ("chosen at run time among " + names)
        << remark::reason("the operands are not known before");
    op.erase();
  }

  static remark::RemarkOpts remarkOptions() {
    return remark::RemarkOpts::name("Versions").category(DEBUG_TYPE);
  }
};
} // namespace
