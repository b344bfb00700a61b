//===- SelectStrategy.cpp - decides how each product is computed ---------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "smash/Strategy/Passes.h"
#include "smash/Strategy/Statistics.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_SELECTSTRATEGY
#include "smash/Strategy/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-select-strategy"

/// A row that fills at least this part of its span is found by a scan of the
/// span; a thinner one is listed. One scanned byte costs about a 64th of one
/// listed and sorted key.
static constexpr int64_t kScanFraction = 64;

/// Dense accumulators are used up to this many bytes, all threads together,
/// whatever C's size; beyond it, while they take no more than C's bound does.
static constexpr int64_t kDenseBytes = int64_t(64) << 20;

/// Bytes of a value, or 0 for a pattern.
static int64_t sizeOf(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * sizeOf(complex.getElementType());
  return element.isIntOrFloat()
             ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8)
             : 0;
}

namespace {
/// What a decision is made from.
struct Facts {
  MachineAttr machine;
  Type element;
  int64_t entryBytes;              ///< of C: a coordinate and a value
  std::optional<int64_t> cols;     ///< of C
  std::optional<int64_t> boundC;   ///< entries of C at most
  std::optional<int64_t> maxBound; ///< entries of a row of C at most
  std::optional<int64_t> span;     ///< columns between a row's ends, mean
};
} // namespace

/// Accumulators for rows of C, by the bound of a row.
static SmallVector<BinAttr> selectBins(MLIRContext *context,
                                       const Facts &facts) {
  auto bin = [&](int64_t bound, AccumulatorKind kind,
                 Occupancy occupancy = Occupancy::List) {
    return BinAttr::get(context, bound, kind, occupancy);
  };
  SmallVector<BinAttr> hash = {bin(INT64_MAX, AccumulatorKind::Hash)};
  if (!facts.cols)
    return hash;
  int64_t cols = *facts.cols;
  int64_t threads =
      facts.machine.getBlocks() * facts.machine.getThreadsPerBlock();
  int64_t keyBytes = 1 + sizeOf(facts.element), bytes;
  if (llvm::MulOverflow(cols, keyBytes * threads, bytes))
    return hash;
  // The accumulator is cleared once: that should not be what takes the time.
  if (bytes > kDenseBytes &&
      (!facts.boundC || bytes / keyBytes > *facts.boundC))
    return hash;
  int64_t scan = facts.span.value_or(cols) / kScanFraction;
  auto bitmap = bin(INT64_MAX, AccumulatorKind::Dense, Occupancy::Bitmap);
  // A bin more is code to compile; for such short rows it gains nothing.
  if (scan < 8)
    return {bitmap};
  if (facts.maxBound && *facts.maxBound <= scan)
    return {bin(INT64_MAX, AccumulatorKind::Dense)};
  return {bin(scan, AccumulatorKind::Dense), bitmap};
}

namespace {
struct SelectStrategyPass
    : public smash::impl::SelectStrategyBase<SelectStrategyPass> {
  using SelectStrategyBase::SelectStrategyBase;

  void runOnOperation() override {
    WalkResult walk = getOperation()->walk([&](Operation *op) -> WalkResult {
      return llvm::TypeSwitch<Operation *, LogicalResult>(op)
          .Case<SpGEMMOp>([&](SpGEMMOp product) {
            return select(product, product.getTransposeB(),
                          /*mayBeAtomic=*/true);
          })
          .Case<SpGEMMSymbolicOp, SpGEMMNumericOp>([&](auto product) {
            return select(product, false, /*mayBeAtomic=*/false);
          })
          .Default(success());
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  template <typename OpTy>
  FailureOr<Facts> collect(OpTy op, bool transposeB) {
    Facts facts;
    facts.machine = getMachine(op);
    if (!facts.machine)
      return failure();
    auto b = cast<RankedTensorType>(op.getB().getType());
    facts.element = isa<SpGEMMSymbolicOp>(op.getOperation())
                        ? NoneType::get(&getContext())
                        : b.getElementType();
    unsigned coordinateBits =
        sparse_tensor::getSparseTensorEncoding(b).getCrdWidth();
    facts.entryBytes =
        (coordinateBits ? coordinateBits : 64) / 8 + sizeOf(facts.element);
    int64_t cols = b.getDimSize(transposeB ? 0 : 1);
    if (!ShapedType::isDynamic(cols))
      facts.cols = cols;
    auto attribute =
        op->template getAttrOfType<DictionaryAttr>(kStatisticsAttrName);
    if (!attribute)
      return facts;
    auto statistics = parseStatistics(attribute);
    if (!statistics)
      return op.emitOpError("attribute '")
             << kStatisticsAttrName
             << "': " << llvm::toString(statistics.takeError());
    facts.cols = statistics->cols;
    facts.boundC = statistics->boundC;
    facts.maxBound = std::min(statistics->maxRowProducts, statistics->cols);
    facts.span = statistics->meanSpan;
    return facts;
  }

  template <typename OpTy>
  LogicalResult select(OpTy op, bool transposeB, bool mayBeAtomic) {
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
    FailureOr<Facts> facts = collect(op, transposeB);
    if (failed(facts))
      return failure();
    SmallVector<BinAttr> bins(asked.getBins());
    MergeMode merge = asked.getMerge();
    Phases phases = asked.getPhases();
    if (isAuto && facts->boundC &&
        *facts->boundC >
            facts->machine.getMemoryBytes() / 2 / facts->entryBytes)
      phases = Phases::Two;
    if (isAuto && mayBeAtomic && !deterministic && phases == Phases::One &&
        facts->machine.getThreadsPerBlock() > 1 &&
        !isa<ComplexType>(facts->element) &&
        sizeOf(facts->element) >= facts->machine.getNarrowestAtomic())
      merge = MergeMode::Atomic;
    // A window of rows is merged in one table.
    if (bins.empty() && merge == MergeMode::Atomic)
      bins = {BinAttr::get(&getContext(), INT64_MAX, AccumulatorKind::Hash,
                           Occupancy::List)};
    if (bins.empty())
      bins = selectBins(&getContext(), *facts);
    op.setStrategyAttr(StrategyAttr::get(
        &getContext(), Dataflow::RowWise, bins, asked.getHashFunction(),
        asked.getFillLimit(), asked.getSchedule(), asked.getTable(),
        asked.getWriteback(), merge, asked.getWindow(), phases));
    ++numSelected;
    return success();
  }
};
} // namespace
