//===- MatrixMarketHeader.h - banner, comments and size line ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_MATRIXMARKETHEADER_H
#define SMASH_LIB_SUPPORT_MATRIXMARKETHEADER_H

#include "MatrixMarketText.h"
#include "smash/Support/MatrixMarket.h"

namespace smash {
namespace mm {

enum class Field : uint8_t { Real, Integer, Pattern, Complex };
enum class Symmetry : uint8_t { General, Symmetric, Skew, Hermitian };

/// What stands before the entries.
struct Header {
  bool array = false;
  /// How values are written. An integer field under a `%%GraphBLAS type` line
  /// that names a real type counts as real, since it may hold `inf`.
  Field field = Field::Real;
  Symmetry symmetry = Symmetry::General;
  int64_t rows = 0;
  int64_t cols = 0;
  /// Stored entries: declared by a coordinate file, implied by an array's size.
  int64_t entries = 0;
  /// The type to read values as.
  ValueType valueType = ValueType::F64;
  /// The number of the first row and of the first column.
  int64_t base = 1;
  /// Where the line after the size line starts.
  size_t bodyOffset = 0;
};

llvm::StringRef spellSymmetry(Symmetry symmetry);

/// Reads the header of `text`.
llvm::Expected<Header> parseHeader(const Text &text,
                                   const ReadOptions &options);

} // namespace mm
} // namespace smash

#endif // SMASH_LIB_SUPPORT_MATRIXMARKETHEADER_H
