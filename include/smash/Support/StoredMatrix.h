//===- StoredMatrix.h - a matrix in any format -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Matrices in the formats that compiled products read and write, and what
/// brings them there and back: entry by entry, sharing nothing with kernels.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_SUPPORT_STOREDMATRIX_H
#define SMASH_SUPPORT_STOREDMATRIX_H

#include "smash/Support/Matrix.h"
#include <vector>

namespace smash {

/// How a matrix is stored. The buffers are those of MLIR's sparse tensors.
struct StorageFormat {
  enum Kind {
    Dense,            ///< values row by row
    Compressed,       ///< CSR, CSC: positions, coordinates
    DoublyCompressed, ///< DCSR, DCSC: those of rows, then those of columns
    Coordinate,       ///< COO: two positions, coordinates
    Blocked           ///< BSR, BSC: CSR of dense blocks
  };
  Kind kind = Compressed;
  bool byColumns = false; ///< CSC, DCSC, COO by columns, BSC
  bool separate = false;  ///< of COO: rows and columns in arrays of their own
  bool ordered = true;    ///< entries ascend, by rows or columns
  int64_t blockRows = 1, blockCols = 1; ///< of Blocked, at least 1
  /// Bits of a position and of a coordinate: 8, 16, 32 or 64, unsigned; 0 where
  /// those of the product are meant.
  unsigned positionBits = 0, coordinateBits = 0;

  /// Whether it is sorted CSR, which a Matrix is.
  bool isPlain() const {
    return kind == Compressed && !byColumns && ordered && positionBits == 0 &&
           coordinateBits == 0;
  }
};

/// The format that `text` spells: csr, csc, dcsr, dcsc, coo, coo-by-columns,
/// bsr:RxC, bsc:RxC or dense, then `,` and any of `soa`, `nonordered`,
/// `positions=BITS` and `coordinates=BITS`. The error says what is wrong.
llvm::Expected<StorageFormat> parseStorageFormat(llvm::StringRef text);

/// The reverse.
std::string spellStorageFormat(const StorageFormat &format);

/// Bytes of an element of each buffer, in order.
std::vector<size_t> listElementBytes(const StorageFormat &format,
                                     ValueType valueType);

/// A matrix in a format whose widths are given.
struct StoredMatrix {
  StorageFormat format;
  int64_t rows = 0, cols = 0;
  ValueType valueType = ValueType::F64;
  /// For each level its positions, then its coordinates (of COO without
  /// `separate` row and column of an entry side by side), values last.
  std::vector<Buffer> buffers;
};

/// The entries of a matrix, in any order.
struct EntryList {
  int64_t rows = 0, cols = 0;
  ValueType valueType = ValueType::F64;
  std::vector<int64_t> row, col;
  Buffer values; ///< one for each
};

/// The entries of a matrix, row by row.
llvm::Expected<EntryList> listEntries(const Matrix &matrix);

/// The stored entries: of blocks and dense matrices every element that stands
/// in the matrix. Positions and coordinates out of bounds are errors.
llvm::Expected<EntryList> listEntries(const StoredMatrix &matrix);

/// The entries in that format, whose widths are given; what blocks and dense
/// matrices have beside them holds the bytes of `absent`, or zeros. Where
/// `format` is not ordered they stand in descending order. An error where
/// memory runs out or a width does not suffice.
llvm::Expected<StoredMatrix> store(const EntryList &entries,
                                   const StorageFormat &format,
                                   const void *absent = nullptr);

/// The entries in CSR, sorted. No two may be at one place.
llvm::Expected<Matrix> makeMatrix(const EntryList &entries,
                                  unsigned positionBits,
                                  unsigned coordinateBits);

} // namespace smash

#endif // SMASH_SUPPORT_STOREDMATRIX_H
