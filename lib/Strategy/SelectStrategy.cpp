//===- SelectStrategy.cpp - decides how each product is computed ---------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/IR/Remarks.h"
#include "smash/Strategy/CostModel.h"
#include "smash/Strategy/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_SELECTSTRATEGY
#include "smash/Strategy/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-select-strategy"

// Where only the width of C is known.

/// A row that fills at least this part of the width is found by a scan; a
/// thinner one is listed.
static constexpr int64_t kScanFraction = 64;

/// Dense accumulators are used up to this many bytes, all threads together.
static constexpr int64_t kDenseBytes = int64_t(64) << 20;

namespace {
/// A decision, and why it was made.
struct Choice {
  Dataflow dataflow = Dataflow::RowWise;
  SmallVector<BinAttr> bins;
  MergeMode merge = MergeMode::Exclusive;
  Phases phases = Phases::One;
  Table table = Table::Packed;
  Writeback writeback = Writeback::Scan;
  std::string reason;
};
} // namespace

static BinAttr makeBin(MLIRContext *context, AccumulatorKind kind,
                       Occupancy occupancy = Occupancy::List,
                       int64_t bound = INT64_MAX) {
  return BinAttr::get(context, bound, kind, occupancy);
}

/// Accumulators that suit C's width; a table where that is not known.
static SmallVector<BinAttr> chooseByWidth(const ProductFacts &facts,
                                          std::string &reason) {
  MLIRContext *context = facts.machine.getContext();
  if (!facts.cols) {
    reason = "nothing is known of the operands: a table fits any width";
    return {makeBin(context, AccumulatorKind::Hash)};
  }
  int64_t cols = *facts.cols, bytes;
  int64_t threads =
      facts.machine.getBlocks() * facts.machine.getThreadsPerBlock();
  if (llvm::MulOverflow(cols, (1 + facts.valueBytes()) * threads, bytes) ||
      bytes > kDenseBytes) {
    reason = "only the width of C is known, and arrays of it are large";
    return {makeBin(context, AccumulatorKind::Hash)};
  }
  reason = "only the width of C is known, and arrays of it are small";
  int64_t scan = cols / kScanFraction;
  BinAttr bitmap = makeBin(context, AccumulatorKind::Dense, Occupancy::Bitmap);
  // A bin more is code to compile; for such short rows it gains nothing.
  if (scan < 8)
    return {bitmap};
  return {makeBin(context, AccumulatorKind::Dense, Occupancy::List, scan),
          bitmap};
}

/// Where the operands are not known: from the width of C.
static Choice chooseWithoutStatistics(const ProductFacts &facts,
                                      StrategyAttr asked, bool deterministic) {
  Choice choice;
  choice.merge = asked.getMerge();
  choice.phases = asked.getPhases();
  bool isAuto = asked.getDataflow() == Dataflow::Auto;
  if (isAuto && !facts.isPhase && !deterministic &&
      choice.phases == Phases::One && facts.machine.getThreadsPerBlock() > 1 &&
      !isa<ComplexType>(facts.element) &&
      facts.valueBytes() >= facts.machine.getNarrowestAtomic())
    choice.merge = MergeMode::Atomic;
  // A window of rows is merged in one table.
  if (choice.merge == MergeMode::Atomic) {
    choice.bins = {makeBin(facts.machine.getContext(), AccumulatorKind::Hash)};
    choice.reason = "nothing is known of the operands: a table fits any width";
  } else {
    choice.bins = chooseByWidth(facts, choice.reason);
  }
  return choice;
}

/// The cheapest candidate that is what the program asks for.
static Choice chooseByCost(const ProductFacts &facts,
                           const ProductStatistics &statistics,
                           StrategyAttr asked, const SelectionLimits &limits) {
  SmallVector<Candidate> candidates = rankCandidates(facts, statistics, limits);
  bool isAuto = asked.getDataflow() == Dataflow::Auto;
  llvm::erase_if(candidates, [&](const Candidate &candidate) {
    StrategyAttr strategy = candidate.strategy;
    bool isAsked = isAuto || strategy.getDataflow() == asked.getDataflow();
    // Who says atomic means it; who says nothing leaves it open.
    bool isMerged = strategy.getMerge() == asked.getMerge() ||
                    (isAuto && asked.getMerge() == MergeMode::Exclusive);
    if (asked.getPhases() == Phases::Two)
      isMerged = strategy.getMerge() == MergeMode::Exclusive;
    return !isAsked || !isMerged || !candidate.refusal.empty();
  });
  if (candidates.empty())
    return chooseWithoutStatistics(facts, asked, limits.deterministic);
  StrategyAttr best = candidates.front().strategy;
  Choice choice;
  choice.dataflow = best.getDataflow();
  choice.bins.assign(best.getBins().begin(), best.getBins().end());
  choice.merge = best.getMerge();
  choice.phases = best.getPhases();
  choice.table = best.getTable();
  choice.writeback = best.getWriteback();
  choice.reason = explainChoice(candidates);
  return choice;
}

namespace {
struct SelectStrategyPass
    : public smash::impl::SelectStrategyBase<SelectStrategyPass> {
  using SelectStrategyBase::SelectStrategyBase;

  void runOnOperation() override {
    if (versions < 1 || versions > 4) {
      getOperation()->emitError("smash-select-strategy: versions ")
          << int64_t(versions) << " is not between 1 and 4";
      return signalPassFailure();
    }
    WalkResult walk = getOperation()->walk([&](Operation *op) -> WalkResult {
      return llvm::TypeSwitch<Operation *, LogicalResult>(op)
          .Case<SpGEMMOp, SpGEMMSymbolicOp, SpGEMMNumericOp>(
              [&](auto product) { return select(product); })
          .Default(success());
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  template <typename OpTy>
  LogicalResult select(OpTy op) {
    auto asked = dyn_cast<StrategyAttr>(op.getStrategy());
    if (!asked) // candidates: not for this pass to reduce
      return success();
    if (deterministic && asked.getMerge() == MergeMode::Atomic)
      return op.emitOpError("merge = atomic adds in any order; deterministic "
                            "needs merge = exclusive");
    bool isAuto = asked.getDataflow() == Dataflow::Auto;
    bool isRowWise = isAuto || asked.getDataflow() == Dataflow::RowWise;
    if (!isRowWise || (!isAuto && !asked.getBins().empty()))
      return success();
    FailureOr<ProductFacts> facts = collectFacts(op);
    if (failed(facts))
      return failure();
    auto attribute =
        op->template getAttrOfType<DictionaryAttr>(kStatisticsAttrName);
    Choice choice;
    if (attribute) {
      auto statistics = parseStatistics(attribute);
      if (!statistics)
        return op.emitOpError("attribute '")
               << kStatisticsAttrName
               << "': " << llvm::toString(statistics.takeError());
      choice = chooseByCost(*facts, *statistics, asked,
                            {deterministic, allowConversion});
    } else {
      choice = chooseWithoutStatistics(*facts, asked, deterministic);
    }
    if (auto product = dyn_cast<SpGEMMOp>(op.getOperation());
        product && !attribute && isAuto && isOpen(*facts, choice)) {
      postpone(product, asked);
      return success();
    }
    apply(op, asked, choice);
    return success();
  }

  /// Whether what the operands turn out to be can change the choice much: a
  /// table is up to five times as slow as an array.
  bool isOpen(const ProductFacts &facts, const Choice &choice) {
    return versions > 1 && !facts.cols && choice.merge == MergeMode::Exclusive;
  }

  /// Writes candidates, first the one that suits any operands.
  void postpone(SpGEMMOp op, StrategyAttr asked) {
    MLIRContext *context = &getContext();
    Choice bins[] = {{}, {}, {}, {}};
    bins[0].bins = {makeBin(context, AccumulatorKind::Hash)};
    bins[1].bins = {
        makeBin(context, AccumulatorKind::Dense, Occupancy::Bitmap)};
    bins[2].bins = {makeBin(context, AccumulatorKind::Dense)};
    bins[3].dataflow = Dataflow::Outer;
    SmallVector<Attribute> candidates;
    for (Choice &choice : MutableArrayRef(bins).take_front(
             size_t(std::min<int64_t>(versions, 4))))
      candidates.push_back(write(asked, choice));
    op.setStrategyAttr(ArrayAttr::get(context, candidates));
    ++numSelected;
    remark::passed(op.getLoc(),
                   remark::RemarkOpts::name("Strategy").category(DEBUG_TYPE))
        << (llvm::Twine(candidates.size()) + " candidates").str()
        << remark::reason("nothing is known of the operands before run time");
  }

  /// The choice; knobs that the program sets stay as they are.
  StrategyAttr write(StrategyAttr asked, const Choice &choice) {
    bool hasTable = asked.getTable() != Table::Packed;
    bool hasWriteback = asked.getWriteback() != Writeback::Scan;
    return StrategyAttr::get(
        &getContext(), choice.dataflow, choice.bins, asked.getHashFunction(),
        asked.getFillLimit(), asked.getSchedule(),
        hasTable ? asked.getTable() : choice.table,
        hasWriteback ? asked.getWriteback() : choice.writeback, choice.merge,
        choice.merge == MergeMode::Atomic ? asked.getWindow() : 0,
        asked.getPhases() == Phases::Two ? Phases::Two : choice.phases);
  }

  template <typename OpTy>
  void apply(OpTy op, StrategyAttr asked, const Choice &choice) {
    StrategyAttr strategy = write(asked, choice);
    op.setStrategyAttr(strategy);
    ++numSelected;
    remark::passed(op.getLoc(),
                   remark::RemarkOpts::name("Strategy").category(DEBUG_TYPE))
        << ("computed as " + strategy.spelling())
        << remark::reason("{0}", choice.reason);
  }
};
} // namespace
