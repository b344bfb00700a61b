//===- Estimate.h - how many entries C will have -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The entries of C are estimated from some of its rows, counted exactly. Rows
/// are put into the buckets of the histogram as they are counted; each bucket
/// keeps a uniform sample of its rows (a reservoir), of which as many are
/// counted as a budget of products allows. A bucket's entries are its products
/// times entries per product of its sample. The error that is told is one
/// standard error of that, from the scatter within the samples.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_ESTIMATE_H
#define SMASH_LIB_STRATEGY_ESTIMATE_H

#include "smash/Strategy/Statistics.h"

namespace smash {

/// A uniform sample of the rows of each bucket.
class RowSample {
public:
  static constexpr int64_t kRowsPerBucket = 16;

  RowSample() { skip.fill(1); }

  /// Row `row` is the `number`-th of its bucket, counted from one.
  void add(unsigned bucket, int64_t number, int64_t row) {
    if (number == skip[bucket])
      accept(bucket, number, row);
  }

  llvm::ArrayRef<int64_t> rows(unsigned bucket) const {
    return {&kept[bucket * kRowsPerBucket],
            size_t(std::min(count[bucket], kRowsPerBucket))};
  }

private:
  void accept(unsigned bucket, int64_t number, int64_t row);
  double uniform();

  std::array<int64_t, RowHistogram::kBuckets> skip, count{};
  std::array<double, RowHistogram::kBuckets> weight{};
  std::array<int64_t, RowHistogram::kBuckets * kRowsPerBucket> kept;
  uint64_t state = 0x9e3779b97f4a7c15;
};

/// Entries that `products` products make in a row of `span` columns, if they
/// fall where they like: span * (1 - exp(-products / span)), with the
/// exponential as a fraction that run-time code can afford.
double expectEntries(double products, double span);

/// Fills in the entries of C, in all and by bucket, from rows of A and B that
/// stand in CSR.
void estimateEntries(const Matrix &a, const Matrix &b, const MaskOperand &mask,
                     const RowSample &sample, ProductStatistics &statistics);

/// The same without rows to look at: by `expectEntries`.
void expectEntries(ProductStatistics &statistics);

} // namespace smash

#endif // SMASH_LIB_STRATEGY_ESTIMATE_H
