//===- StrategyTerms.h - the formulas of a whole strategy -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_STRATEGYTERMS_H
#define SMASH_LIB_STRATEGY_STRATEGYTERMS_H

#include "CostFormulas.h"
#include "smash/Strategy/Statistics.h"

namespace smash::formulas {

/// The accumulator of a pattern that is made row by row where the strategy,
/// an inner product, names none: selection gives it its own.
inline llvm::SmallVector<BinAttr> binsOf(StrategyAttr strategy) {
  llvm::SmallVector<BinAttr> bins(strategy.getBins());
  if (bins.empty() && strategy.getDataflow() == Dataflow::Inner)
    bins.push_back(BinAttr::get(strategy.getContext(), INT64_MAX,
                                AccumulatorKind::Dense, Occupancy::Bitmap));
  return bins;
}

/// Whether rows of bucket `k` fall into `bin`, by a bound in its middle.
inline bool isInBin(unsigned k, BinAttr bin) {
  int64_t middle = RowHistogram::largestBound(k) / 4 * 3;
  return std::max<int64_t>(middle, 1) <= bin.getBound();
}

/// How often each row is merged.
inline int passesOf(StrategyAttr strategy) {
  return strategy.getPhases() == Phases::Two ? 2 : 1;
}

/// Adds what rows of C cost whose accumulator, where the strategy has one, is
/// that of `bin`.
template <typename N>
void addRows(const Formulas<N> &formulas, StrategyAttr strategy, BinAttr bin,
             const Group<N> &group, TermCounts<N> &terms) {
  if (strategy.getDataflow() == Dataflow::Outer)
    return formulas.addOuter(terms, group);
  for (int pass = 0; pass < passesOf(strategy); ++pass) {
    if (strategy.getMerge() == MergeMode::Atomic)
      formulas.addWindow(terms, bin.getAccumulator(), group);
    else
      formulas.addExclusive(terms, bin.getAccumulator(), bin.getOccupancy(),
                            group);
  }
  if (strategy.getDataflow() == Dataflow::Inner)
    formulas.addInner(terms, group);
}

/// Adds what does not depend on how products are spread over rows.
template <typename N>
void addFixed(const Formulas<N> &formulas, StrategyAttr strategy,
              TermCounts<N> &terms) {
  if (strategy.getDataflow() == Dataflow::Outer)
    return formulas.addOuterFixed(terms);
  llvm::SmallVector<AccumulatorKind> kinds;
  for (BinAttr bin : binsOf(strategy))
    if (!llvm::is_contained(kinds, bin.getAccumulator()))
      kinds.push_back(bin.getAccumulator());
  for (int pass = 0; pass < passesOf(strategy); ++pass) {
    if (strategy.getMerge() == MergeMode::Exclusive)
      for (AccumulatorKind kind : kinds)
        formulas.addAccumulator(terms, kind);
    formulas.addRowWise(terms, strategy.getMerge());
  }
  if (strategy.getDataflow() == Dataflow::Inner)
    formulas.addInnerFixed(terms);
}

} // namespace smash::formulas

#endif // SMASH_LIB_STRATEGY_STRATEGYTERMS_H
