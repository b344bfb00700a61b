//===- Entries.h - entries of matrices in any format -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the files that convert formats; not part of the interface.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_ENTRIES_H
#define SMASH_TRANSFORMS_ENTRIES_H

#include "Smash/IR/Storage.h"
#include "Smash/Transforms/KernelBuilder.h"

namespace smash {

/// The body of a loop over entries: it gets the outer and the inner coordinate
/// of an entry (row and column, or the other way round in a format by columns),
/// the place of its value, and what is carried.
using EntryBody = llvm::function_ref<Values(mlir::Value, mlir::Value,
                                            mlir::Value, mlir::ValueRange)>;

/// A matrix whose buffers are read.
struct OpenMatrix {
  MatrixFormat format;
  mlir::RankedTensorType type;
  mlir::Value rows, cols;
  Values buffers; ///< as listStorage lists them

  /// Sizes and block sizes of the outer and the inner dimension.
  mlir::Value outer() const { return format.byColumns ? cols : rows; }
  mlir::Value inner() const { return format.byColumns ? rows : cols; }
  int64_t outerBlock() const {
    return format.byColumns ? format.blockCols : format.blockRows;
  }
  int64_t innerBlock() const {
    return format.byColumns ? format.blockRows : format.blockCols;
  }
  mlir::Value values() const { return buffers.back(); }

  /// Whether the buffers are there: a product that failed leaves none.
  mlir::Value isThere(KernelBuilder &k) const;
  /// Stored entries at most: all, but for what blocks have beyond the matrix.
  mlir::Value bound(KernelBuilder &k) const;
  /// Loops over the entries in the order of the storage.
  Values forEach(KernelBuilder &k, mlir::ValueRange inits,
                 EntryBody body) const;
  /// Whether each place below bound() is an entry's, in the order of the
  /// storage, so that a part of them can be named.
  bool isNumbered() const;
  /// The same for the places [lo, hi). Of a numbered format.
  Values forEachOf(KernelBuilder &k, mlir::Value lo, mlir::Value hi,
                   mlir::ValueRange inits, EntryBody body) const;

private:
  /// The coordinates of place `p`. Of a format with one for each entry.
  std::pair<mlir::Value, mlir::Value> at(KernelBuilder &k, mlir::Value p) const;
};

/// Reads the parts of `tensor`, whose format is known.
OpenMatrix openMatrix(KernelBuilder &k, mlir::Value tensor);

/// Size `dim` of `tensor`, a constant where it is one.
mlir::Value sizeOf(KernelBuilder &k, mlir::Value tensor, int64_t dim);

/// The most entries that positions of that type number. They are unsigned, but
/// consumers read those of 32 bits as signed as well.
int64_t largestPosition(mlir::Type position);

/// The most rows or columns that coordinates of that type tell apart. Of 32
/// bits one less: all ones marks what is free in a table.
int64_t largestSize(mlir::Type coordinate);

} // namespace smash

#endif // SMASH_TRANSFORMS_ENTRIES_H
