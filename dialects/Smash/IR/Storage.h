//===- Storage.h - the buffers of sparse matrices -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_STORAGE_H
#define SMASH_IR_STORAGE_H

#include "mlir/Dialect/SparseTensor/IR/SparseTensorStorageLayout.h"

namespace smash {

/// A buffer of a sparse matrix.
struct StoragePart {
  mlir::sparse_tensor::SparseTensorFieldKind kind;
  mlir::sparse_tensor::Level level; ///< of positions and coordinates
  mlir::MemRefType type;
};

/// The buffers of a tensor of that type, in the order of upstream's storage:
/// for each level positions, then coordinates (of a trailing COO region without
/// `soa` one buffer, interleaved, at its first level), then values.
llvm::SmallVector<StoragePart, 5> listStorage(mlir::RankedTensorType type);

/// Where that buffer stands among them; nothing when there is none.
std::optional<unsigned>
findStorage(mlir::RankedTensorType type,
            mlir::sparse_tensor::SparseTensorFieldKind kind,
            mlir::sparse_tensor::Level level = 0);

/// How a matrix is stored.
enum class FormatKind {
  Dense,            ///< every element
  Compressed,       ///< CSR, CSC: positions for each row (column)
  DoublyCompressed, ///< DCSR, DCSC: those rows (columns) that have entries
  Coordinate,       ///< COO: row and column of each entry
  Blocked           ///< BSR, BSC: CSR (CSC) of dense blocks
};

/// The format of a matrix, in dimensions: 0 is rows, 1 columns.
struct MatrixFormat {
  FormatKind kind = FormatKind::Compressed;
  /// The outer level goes over columns.
  bool byColumns = false;
  /// Entries stand in the order of rows (columns), then of columns (rows).
  bool ordered = true;
  /// Of Coordinate: an array for rows and one for columns, not interleaved.
  bool separate = false;
  /// Of Blocked.
  int64_t blockRows = 1, blockCols = 1;

  /// Whether memory grows with the rows (columns), whatever is stored.
  bool isDenseIn(unsigned dim) const {
    bool isOuter = (dim == 1) == byColumns;
    return kind == FormatKind::Dense ||
           ((kind == FormatKind::Compressed || kind == FormatKind::Blocked) &&
            isOuter);
  }
  /// Whether memory does not grow with rows or columns.
  bool isHypersparse() const {
    return kind == FormatKind::DoublyCompressed ||
           kind == FormatKind::Coordinate;
  }
  MatrixFormat transposed() const;
  /// "CSR", "DCSC", "COO", "BSR 2x3", "a dense matrix".
  std::string spell() const;
};

/// The format of a matrix with an encoding, or of a dense one; nothing where it
/// is none of these.
std::optional<MatrixFormat> getFormat(mlir::Type type);

/// The type of the transpose that has the same buffers.
mlir::RankedTensorType getTransposedType(mlir::RankedTensorType type);

/// A matrix of that shape and element type in CSR or DCSR (CSC or DCSC with
/// `byColumns`).
mlir::RankedTensorType makeCompressedType(llvm::ArrayRef<int64_t> shape,
                                          mlir::Type element, FormatKind kind,
                                          bool byColumns, bool ordered,
                                          unsigned posWidth, unsigned crdWidth);

/// Whether `type` is a matrix whose storage is known: with an encoding, and no
/// slice of another tensor.
bool isStoredMatrix(mlir::Type type);

} // namespace smash

#endif // SMASH_IR_STORAGE_H
