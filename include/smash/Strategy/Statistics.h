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

namespace mlir {
class DictionaryAttr;
class MLIRContext;
} // namespace mlir

namespace smash {

/// Counts of a product C = A * B that decide its strategy.
struct ProductStatistics {
  int64_t rows = 0, inner = 0, cols = 0;
  int64_t nnzA = 0, nnzB = 0;
  int64_t products = 0;       ///< multiplications of the row-wise product
  int64_t maxRowProducts = 0; ///< of the busiest row of C
  /// Sum over the rows of C of min(products of the row, cols).
  int64_t boundC = 0;
  /// Columns from the first to the last entry of a row of C, the mean over a
  /// sample of the rows that have products; `cols` where rows of A or B are not
  /// at hand (transposed, or not sorted).
  int64_t meanSpan = 0;
};

/// Counts products and bounds from the operands' structure (after the
/// transposes), in time linear in the operands; an error when a count overflows
/// 64 bits, inner sizes differ, or memory runs out.
llvm::Expected<ProductStatistics> computeStatistics(const Matrix &a,
                                                    const Matrix &b,
                                                    bool transposeA,
                                                    bool transposeB);

/// The statistics as a product's `smash.statistics`: i64 entries `rows`,
/// `inner`, `cols`, `nnz_a`, `nnz_b`, `products`, `max_row_products`,
/// `bound_c`, `mean_span`.
mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context,
                                 const ProductStatistics &statistics);

/// The statistics that `attribute` holds, or the name of the entry that is
/// missing, unknown, negative or no i64, as an error.
llvm::Expected<ProductStatistics>
parseStatistics(mlir::DictionaryAttr attribute);

} // namespace smash

#endif // SMASH_STRATEGY_STATISTICS_H
