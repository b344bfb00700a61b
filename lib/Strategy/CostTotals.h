//===- CostTotals.h - the formulas over a histogram -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_COSTTOTALS_H
#define SMASH_LIB_STRATEGY_COSTTOTALS_H

#include "CostFormulas.h"
#include "smash/Strategy/CostModel.h"

namespace smash {

formulas::Layout layoutOf(const ProductFacts &facts);

/// The formulas, summed over the buckets of known statistics.
class CostTotals {
public:
  CostTotals(const ProductFacts &facts, const ProductStatistics &statistics);

  /// Of the rows of one bucket, in the accumulator of `bin`.
  TermCounts<double> ofBucket(unsigned k, BinAttr bin, MergeMode merge) const;
  /// Of a row-wise product with those bins.
  TermCounts<double> ofRows(llvm::ArrayRef<BinAttr> bins,
                            MergeMode merge) const;
  /// Of a strategy that names its accumulators.
  TermCounts<double> ofStrategy(StrategyAttr strategy) const;

  double time(const TermCounts<double> &terms) const {
    return formulas.time(terms);
  }
  Prediction toPrediction(const TermCounts<double> &terms) const;

  static formulas::Operands<double>
  operandsOf(const ProductStatistics &statistics);

private:
  formulas::Group<double> group(unsigned k) const;

  const ProductStatistics &statistics;
  formulas::Formulas<double> formulas;
};

} // namespace smash

#endif // SMASH_LIB_STRATEGY_COSTTOTALS_H
