//===- MatrixMarket.h - read and write Matrix Market files ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_SUPPORT_MATRIXMARKET_H
#define SMASH_SUPPORT_MATRIXMARKET_H

#include "smash/Support/Matrix.h"
#include <functional>

namespace smash {

/// How a Matrix Market file is read.
struct ReadOptions {
  /// Accept files whose indices count from 0.
  bool zeroBased = false;
  /// Add the values of entries at one position (with the `+` of the value
  /// type; pattern entries stay 1); otherwise a second entry is an error.
  bool sumDuplicates = false;
  /// Values as this type; by default the file's own: a `%%GraphBLAS type`
  /// line decides, else real is f64, integer and pattern are i64, complex is
  /// complex<f64>.
  std::optional<ValueType> valueType;
  /// Called now and then with the share of the work done, in [0, 1].
  std::function<void(double)> progress;
};

/// Reads a Matrix Market file, plain or gzip by content, to CSR with sorted
/// rows, symmetry expanded, in the narrowest widths that hold. Errors read
/// `FILE:LINE: reason`, one line.
llvm::Expected<Matrix> readMatrixMarket(llvm::StringRef path,
                                        const ReadOptions &options = {});

/// Writes `matrix` as `coordinate general`, 1-based, in row order, with the
/// field of its value type (i1 is written as `pattern` when every stored value
/// is true, else `integer`), gzip-compressed when `path` ends in `.gz`. Values
/// read back bit for bit. Writes beside `path` and renames, so that a failure
/// leaves no partial file.
llvm::Error writeMatrixMarket(llvm::StringRef path, const Matrix &matrix);

} // namespace smash

#endif // SMASH_SUPPORT_MATRIXMARKET_H
