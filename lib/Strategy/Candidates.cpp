//===- Candidates.cpp - which strategies there are, by cost ---------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CostTotals.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace smash;

/// A second bin is code to compile: it has to save that share of the time.
static constexpr double kWorthABin = 0.04;

namespace {
/// Lists and ranks the strategies of one product.
class Ranking {
public:
  Ranking(const ProductFacts &facts, const ProductStatistics &statistics,
          const SelectionLimits &limits)
      : facts(facts), statistics(statistics), limits(limits),
        totals(facts, statistics), context(facts.machine.getContext()) {}

  SmallVector<Candidate> run() {
    for (BinAttr bin : accumulators())
      add(rowWise({bin}));
    if (auto bins = findBins(); !bins.empty())
      add(rowWise(bins));
    if (!facts.isPhase) {
      addWindows();
      add(of(Dataflow::Inner, {}, MergeMode::Exclusive));
      add(of(Dataflow::Outer, {}, MergeMode::Exclusive));
    }
    llvm::sort(candidates, [](const Candidate &x, const Candidate &y) {
      if (x.refusal.empty() != y.refusal.empty())
        return x.refusal.empty();
      if (x.prediction.ns != y.prediction.ns)
        return x.prediction.ns < y.prediction.ns;
      return x.strategy.spelling() < y.strategy.spelling();
    });
    return std::move(candidates);
  }

private:
  BinAttr bin(AccumulatorKind kind, Occupancy occupancy = Occupancy::List,
              int64_t bound = INT64_MAX) {
    return BinAttr::get(context, bound, kind, occupancy);
  }

  SmallVector<BinAttr> accumulators() {
    return {bin(AccumulatorKind::Dense, Occupancy::Bitmap),
            bin(AccumulatorKind::Dense), bin(AccumulatorKind::Hash),
            bin(AccumulatorKind::Sort), bin(AccumulatorKind::Merge)};
  }

  StrategyAttr of(Dataflow dataflow, ArrayRef<BinAttr> bins, MergeMode merge,
                  Table table = Table::Packed,
                  Writeback writeback = Writeback::Scan) {
    StrategyAttr defaults = StrategyAttr::getAuto(context);
    return StrategyAttr::get(
        context, dataflow, bins, defaults.getHashFunction(),
        defaults.getFillLimit(), defaults.getSchedule(), table, writeback,
        merge, /*window=*/0, phases(dataflow, merge));
  }
  StrategyAttr rowWise(ArrayRef<BinAttr> bins) {
    return of(Dataflow::RowWise, bins, MergeMode::Exclusive);
  }

  /// Entries of C are counted first where their bound would take over half of
  /// the memory.
  Phases phases(Dataflow dataflow, MergeMode merge) {
    int64_t entryBytes = facts.coordinateBits / 8 + facts.valueBytes();
    bool isLarge =
        statistics.boundC > facts.machine.getMemoryBytes() / 2 / entryBytes;
    return dataflow != Dataflow::Outer && merge == MergeMode::Exclusive &&
                   isLarge
               ? Phases::Two
               : Phases::One;
  }

  void addWindows() {
    if (facts.machine.getThreadsPerBlock() == 1)
      return;
    add(of(Dataflow::RowWise, {bin(AccumulatorKind::Dense, Occupancy::Bitmap)},
           MergeMode::Atomic));
    add(of(Dataflow::RowWise, {bin(AccumulatorKind::Hash)}, MergeMode::Atomic));
    add(of(Dataflow::RowWise, {bin(AccumulatorKind::Hash)}, MergeMode::Atomic,
           Table::Fragmented, Writeback::Bulk));
  }

  void add(StrategyAttr strategy) {
    candidates.push_back({strategy,
                          totals.toPrediction(totals.ofStrategy(strategy)),
                          refuse(strategy)});
  }

  /// Why an array as long as a row of C cannot be; empty where it can.
  std::string refuseDense() {
    int64_t threads =
        facts.machine.getBlocks() * facts.machine.getThreadsPerBlock();
    int64_t perKey = (1 + facts.valueBytes()) * threads, bytes;
    if (!llvm::MulOverflow(statistics.cols, perKey, bytes) &&
        bytes <= facts.machine.getMemoryBytes() / 2)
      return {};
    return llvm::formatv("arrays of {0} columns for {1} threads take over half "
                         "of the machine's memory, {2} bytes",
                         statistics.cols, threads,
                         facts.machine.getMemoryBytes());
  }

  std::string refuse(StrategyAttr strategy) {
    if (strategy.getDataflow() == Dataflow::Inner && !facts.sortedOperands)
      return "an inner product intersects sorted rows";
    if (!limits.allowConversion)
      if (std::string reason = refuseConversions(strategy); !reason.empty())
        return reason;
    if (strategy.getMerge() == MergeMode::Atomic)
      return refuseAtomic();
    for (BinAttr bin : strategy.getBins()) {
      if (bin.getAccumulator() == AccumulatorKind::Merge &&
          !facts.sortedOperands)
        return "accumulator merge merges sorted rows of b";
      if (bin.getAccumulator() != AccumulatorKind::Dense)
        continue;
      if (std::string reason = refuseDense(); !reason.empty())
        return reason;
    }
    return {};
  }

  std::string refuseConversions(StrategyAttr strategy) {
    auto refuse = [](StringRef name, StringRef needed) {
      return ("operand " + name + " would have to be stored by " + needed +
              ", and conversions are not allowed")
          .str();
    };
    switch (strategy.getDataflow()) {
    case Dataflow::Outer:
      if (!facts.transposeA)
        return refuse("a", "columns");
      return facts.transposeB ? refuse("b", "rows") : std::string();
    case Dataflow::Inner:
      return facts.transposeA ? refuse("a", "rows")
                              : refuse("b", "rows and by columns");
    default:
      if (facts.transposeA)
        return refuse("a", "rows");
      return facts.transposeB ? refuse("b", "rows") : std::string();
    }
  }

  std::string refuseAtomic() {
    if (limits.deterministic)
      return "merge = atomic adds in any order";
    if (phases(Dataflow::RowWise, MergeMode::Exclusive) == Phases::Two)
      return "C has to be counted first, which is done exclusively";
    if (isa<ComplexType>(facts.element) ||
        facts.valueBytes() < facts.machine.getNarrowestAtomic())
      return "the machine has no atomic add of the values";
    return {};
  }

  /// Two bins that pay, or none: the first for rows up to some bound.
  SmallVector<BinAttr> findBins() {
    SmallVector<BinAttr> kinds;
    for (BinAttr bin : accumulators())
      if (refuse(rowWise({bin})).empty())
        kinds.push_back(bin);
    unsigned size = statistics.histogram.size();
    if (size < 3)
      return {};
    // Time of the rows in the buckets before k.
    SmallVector<SmallVector<double>> before(kinds.size());
    for (auto [kind, sums] : llvm::zip(kinds, before)) {
      sums.push_back(0);
      for (unsigned k = 0; k < size; ++k)
        sums.push_back(sums.back() + totals.timeOfBucket(k, kind));
    }
    auto timeOf = [&](ArrayRef<BinAttr> bins) {
      return totals.time(
          totals.ofStrategy(of(Dataflow::RowWise, bins, MergeMode::Exclusive)));
    };
    double best = std::numeric_limits<double>::max();
    for (BinAttr kind : kinds)
      best = std::min(best, timeOf({kind}));
    SmallVector<BinAttr> found;
    best *= 1 - kWorthABin;
    for (size_t i = 0; i < kinds.size(); ++i)
      for (size_t j = 0; j < kinds.size(); ++j) {
        if (i == j)
          continue;
        BinAttr low = kinds[i], high = kinds[j];
        auto bins = [&](unsigned k) -> SmallVector<BinAttr> {
          return {bin(low.getAccumulator(), low.getOccupancy(),
                      RowHistogram::largestBound(k - 1)),
                  high};
        };
        // What is the same for every bound.
        double rest =
            timeOf(bins(2)) - before[i][2] - before[j][size] + before[j][2];
        for (unsigned k = 2; k < size; ++k) {
          double time = before[i][k] + before[j][size] - before[j][k] + rest;
          if (time >= best)
            continue;
          best = time;
          found = bins(k);
        }
      }
    return found;
  }

  const ProductFacts &facts;
  const ProductStatistics &statistics;
  SelectionLimits limits;
  CostTotals totals;
  MLIRContext *context;
  SmallVector<Candidate> candidates;
};
} // namespace

SmallVector<Candidate>
smash::rankCandidates(const ProductFacts &facts,
                      const ProductStatistics &statistics,
                      const SelectionLimits &limits) {
  return Ranking(facts, statistics, limits).run();
}

static std::string spellTime(double ns) {
  if (ns >= 1e6)
    return llvm::formatv("{0:F2} ms", ns / 1e6);
  return llvm::formatv("{0:F1} us", ns / 1e3);
}

/// The part of `slow` that most of its time beyond `fast` goes to.
static const CostPart *worstPart(const Prediction &slow,
                                 const Prediction &fast) {
  const CostPart *worst = nullptr;
  double most = 0;
  for (const CostPart &part : slow.parts) {
    double ns = part.ns;
    for (const CostPart &other : fast.parts)
      if (other.key == part.key)
        ns -= other.ns;
    if (ns > most) {
      most = ns;
      worst = &part;
    }
  }
  return worst;
}

std::string smash::explainChoice(ArrayRef<Candidate> candidates) {
  if (candidates.empty() || !candidates.front().refusal.empty())
    return "no strategy may be chosen";
  const Candidate &best = candidates.front();
  std::string text = "predicted " + spellTime(best.prediction.ns);
  if (candidates.size() == 1 || !candidates[1].refusal.empty())
    return text + "; nothing else may be chosen";
  const Candidate &second = candidates[1];
  text += "; next, at " + spellTime(second.prediction.ns) + ", is " +
          second.strategy.spelling();
  if (const CostPart *part = worstPart(second.prediction, best.prediction))
    text +=
        ", which needs " + spellTime(part->ns) + " for " + part->meaning.str();
  return text;
}
