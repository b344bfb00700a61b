//===- GeneratorKinds.h - what can be generated ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_GENERATORKINDS_H
#define SMASH_LIB_SUPPORT_GENERATORKINDS_H

#include "GeneratorOptions.h"

namespace smash {
namespace gen {

/// SplitMix64, by Steele, Lea and Flood: the same stream on every machine,
/// which the distributions of the standard library do not promise.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t next() { return mix(state += 0x9e3779b97f4a7c15); }
  /// Uniform in [0, bound), for bound > 0.
  uint64_t below(uint64_t bound) {
    // A 64-bit draw scaled down: the bias is under bound / 2^64.
    return uint64_t((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }
  /// Uniform in [0, 1), a multiple of 2^-53.
  double unit() { return double(next() >> 11) * 0x1p-53; }

  static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

private:
  uint64_t state;
};

/// The pattern of a matrix under construction, filled in row order.
class Pattern {
public:
  /// Starts a matrix with room for exactly `nnz` entries.
  static llvm::Expected<Pattern> create(int64_t rows, int64_t cols,
                                        int64_t nnz);

  int64_t rows() const { return matrix.rows; }
  int64_t cols() const { return matrix.cols; }

  /// Adds an entry to the current row, in ascending column order.
  void add(int64_t col) {
    if (matrix.coordinateBits == 32)
      matrix.coordinates.as<uint32_t>()[count++] = static_cast<uint32_t>(col);
    else
      matrix.coordinates.as<uint64_t>()[count++] = col;
  }
  /// Ends the current row.
  void endRow() {
    ++row;
    if (matrix.positionBits == 32)
      matrix.positions.as<uint32_t>()[row] = static_cast<uint32_t>(count);
    else
      matrix.positions.as<uint64_t>()[row] = count;
  }

  /// The finished matrix; its values, one byte each, are still to be made.
  Matrix take() { return std::move(matrix); }

private:
  Matrix matrix;
  int64_t row = 0;
  int64_t count = 0;
};

/// One kind of matrix.
struct Kind {
  llvm::StringLiteral name;
  /// Its own keys with defaults, for `--help`.
  llvm::StringLiteral keys;
  /// What it is, in a few words.
  llvm::StringLiteral summary;
  /// Reads the kind's keys and makes the pattern; checks `options.finish()`
  /// before any work.
  llvm::Expected<Pattern> (*make)(Options &options, Random &random);
  /// A stencil's value on the diagonal, its others being -1; else 0.
  int64_t center = 0;
};

/// All kinds.
llvm::ArrayRef<Kind> kinds();

} // namespace gen
} // namespace smash

#endif // SMASH_LIB_SUPPORT_GENERATORKINDS_H
