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
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
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

/// The first version that merges into arrays as long as C is wide, if any; of
/// those whose entries are found in that way, if that is given.
static std::optional<size_t>
findArrays(ArrayRef<StrategyAttr> versions,
           std::optional<Occupancy> occupancy = std::nullopt) {
  for (auto [i, strategy] : llvm::enumerate(versions))
    if (strategy.getDataflow() == Dataflow::RowWise &&
        strategy.getMerge() == MergeMode::Exclusive &&
        llvm::all_of(strategy.getBins(), [&](BinAttr bin) {
          return bin.getAccumulator() == AccumulatorKind::Dense &&
                 (!occupancy || bin.getOccupancy() == *occupancy);
        }))
      return i;
  return std::nullopt;
}

/// The most products a row of C for which entries that are listed and sorted
/// take less than a search of bits or bytes that say what is there.
///
/// Random matrices of 1,000 rows with 1, 2, 3 and 5 entries in each, so with 1,
/// 4, 9 and 25 products a row, took 0.4, 0.8, 1.1 and 1.4 of the time with a
/// list; `smash explain gen:er,rows=1000,degree=2 --measure` measures the two.
static constexpr int64_t kListedProducts = 8;

/// Whether a row of C has so few products on average that they are listed. The
/// numbers of entries alone say it: to count products would take longer than to
/// form them.
static Value buildIsListed(KernelBuilder &k, SpGEMMOp op) {
  auto entries = [&](Value tensor) -> Value {
    Type element = getElementTypeOrSelf(tensor);
    Value values =
        sparse_tensor::ToValuesOp::create(k, bufferOf(element), tensor);
    return memref::DimOp::create(k, values, 0);
  };
  bool transposed = op.getTransposeA();
  Value rows = tensor::DimOp::create(k, op.getA(), transposed ? 1 : 0);
  Value inner = tensor::DimOp::create(k, op.getA(), transposed ? 0 : 1);
  // products = entries of A * entries of B / inner
  auto expected =
      arith::MulUIExtendedOp::create(k, entries(op.getA()), entries(op.getB()));
  auto limit = arith::MulUIExtendedOp::create(
      k, k.mulSize(rows, k.idx(kListedProducts)), inner);
  return k.select(
      k.eq(expected.getHigh(), limit.getHigh()),
      k.cmp(arith::CmpIPredicate::ule, expected.getLow(), limit.getLow()),
      k.cmp(arith::CmpIPredicate::ult, expected.getHigh(), limit.getHigh()));
}

/// The number of the version to run. Where C is so narrow that arrays of its
/// width fit the fastest memory, nothing merges faster, and to count would cost
/// a small product more than it takes: its width alone decides. Of arrays whose
/// entries are listed and those that are searched the numbers of entries
/// choose; a list is taken wherever it fits the scratchpad.
///
/// They decide as well where nothing can be counted (`counts` is false): else
/// the first version is run.
static Value buildChoice(KernelBuilder &k, SpGEMMOp op,
                         const ProductFacts &facts,
                         ArrayRef<StrategyAttr> versions, bool counts) {
  auto weigh = [&]() -> Values {
    return {counts ? buildWeighing(k, op, facts, versions) : k.idx(0)};
  };
  auto number = [&](size_t version) -> Values {
    return {k.idx(int64_t(version))};
  };
  std::optional<size_t> arrays = findArrays(versions);
  if (!arrays)
    return weigh()[0];
  auto listed = findArrays(versions, Occupancy::List);
  auto searched = findArrays(versions, Occupancy::Bitmap);
  Value cols = tensor::DimOp::create(k, op.getB(), op.getTransposeB() ? 0 : 1);
  auto fit = [&](double bytes) {
    double columns = bytes / double((facts.valueBytes() + 1) *
                                    facts.machine.getThreadsPerBlock());
    return k.le(cols, k.idx(int64_t(columns)));
  };
  auto ifNarrow = [&](size_t version) -> Values {
    return k.ifElse(
        fit(formulas::firstLevelBytes(facts.machine)), {k.getIndexType()},
        [&] { return number(version); }, weigh);
  };
  if (!listed || !searched)
    return ifNarrow(*arrays)[0];
  Value fits = fit(double(facts.machine.getScratchpadBytes()));
  return k.ifElse(
      k.band(fits, buildIsListed(k, op)), {k.getIndexType()},
      [&] { return number(*listed); }, [&] { return ifNarrow(*searched); })[0];
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
      auto others = llvm::make_range(versions.begin() + 1, versions.end());
      versions.erase(llvm::remove_if(others,
                                     [](StrategyAttr strategy) {
                                       return !findArrays(strategy);
                                     }),
                     versions.end());
      if (versions.size() == 1)
        return keep(op, versions.front(), refusal);
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
