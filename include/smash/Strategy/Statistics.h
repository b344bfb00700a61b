//===- Statistics.h - what is known of the operands ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_STRATEGY_STATISTICS_H
#define SMASH_STRATEGY_STATISTICS_H

#include "smash/Support/Matrix.h"
#include <array>

namespace mlir {
class DictionaryAttr;
class MLIRContext;
} // namespace mlir

namespace smash {

/// The rows of C by their bound: bucket 0 has those of bound 0, bucket k those
/// of a bound above 2^(k-2), up to 2^(k-1).
struct RowHistogram {
  static constexpr unsigned kBuckets = 65;
  struct Bucket {
    int64_t rows = 0;
    int64_t products = 0; ///< of all its rows
    int64_t entries = 0;  ///< of C in its rows, estimated
  };
  std::array<Bucket, kBuckets> buckets;

  /// The bucket of a row of that bound.
  static unsigned bucketOf(int64_t bound);
  /// The largest bound of bucket `k`; INT64_MAX for the last.
  static int64_t largestBound(unsigned k);
  /// One past the last bucket that has rows.
  unsigned size() const;
};

/// Counts of a product C = A * B that decide its strategy.
struct ProductStatistics {
  int64_t rows = 0, inner = 0, cols = 0;
  int64_t nnzA = 0, nnzB = 0;
  int64_t products = 0;       ///< multiplications of the row-wise product
  int64_t maxRowProducts = 0; ///< of the busiest row of C
  /// Sum over the rows of C of their bounds: min(products of the row, cols),
  /// and no more than a plain mask's row has entries.
  int64_t boundC = 0;
  /// Columns from the first to the last entry of a row of C, the mean over a
  /// sample of the rows that have products; `cols` where rows of B are not
  /// sorted.
  int64_t meanSpan = 0;
  int64_t maxRowA = 0; ///< entries of the longest row of A
  int64_t maxRowB = 0; ///< and of B, after the transposes
  int64_t nnzMask = 0; ///< entries of the mask; 0 where there is none
  /// Estimated entries of C, and one standard error of that in thousandths; see
  /// lib/Strategy/Estimate.h.
  int64_t entriesC = 0;
  int64_t errorC = 0;
  RowHistogram histogram;

  /// Products per entry of C, as estimated; 1 where there are none.
  double compressionRatio() const {
    return entriesC > 0 ? double(products) / double(entriesC) : 1;
  }
};

/// A structural mask.
struct MaskOperand {
  const Matrix *matrix = nullptr; ///< null: none
  bool complement = false;
};

/// Counts products and bounds from the operands' structure (after the
/// transposes), in time linear in the operands; an error when a count overflows
/// 64 bits, inner sizes differ, or memory runs out. The mask has C's shape.
llvm::Expected<ProductStatistics>
computeStatistics(const Matrix &a, const Matrix &b, bool transposeA,
                  bool transposeB, MaskOperand mask = {});

/// The statistics as a product's `smash.statistics`: i64 entries `rows`,
/// `inner`, `cols`, `nnz_a`, `nnz_b`, `products`, `max_row_products`,
/// `bound_c`, `mean_span`; and, which may be left out, `max_row_a`,
/// `max_row_b`, `nnz_mask`, `nnz_c`, `nnz_c_error` (in thousandths) and
/// `histogram`, an array of i64: rows, products and entries of each bucket.
mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context,
                                 const ProductStatistics &statistics);

/// The statistics that `attribute` holds, or the name of the entry that is
/// missing, unknown, negative or no i64, as an error. What is left out is
/// filled in as if all rows were alike.
llvm::Expected<ProductStatistics>
parseStatistics(mlir::DictionaryAttr attribute);

} // namespace smash

#endif // SMASH_STRATEGY_STATISTICS_H
