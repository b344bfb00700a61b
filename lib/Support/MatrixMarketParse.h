//===- MatrixMarketParse.h - the entries of a file ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_MATRIXMARKETPARSE_H
#define SMASH_LIB_SUPPORT_MATRIXMARKETPARSE_H

#include "MatrixMarketHeader.h"

namespace smash {
namespace mm {

/// A run of whole lines and the entries in it, in the file's order.
struct Chunk {
  /// The lines; the last one ends in a line end, unlike a file's.
  llvm::StringRef lines;
  /// Where `lines` stands in the file.
  size_t offset = 0;

  int64_t count = 0;    ///< entries read
  int64_t diagonal = 0; ///< of those, how many stand on the diagonal
  Buffer rows;          ///< uint32_t, from 0; unused for an array
  Buffer coordinates;   ///< of the matrix's coordinate width, from 0
  Buffer values;        ///< of the header's value type; empty for a pattern

  /// Where in the file the line starts at which reading stopped, if it did.
  std::optional<size_t> errorOffset;
  /// Set when memory ran out.
  bool outOfMemory = false;
};

/// Reads `chunk`'s entries; stops at the first that is wrong.
void parseChunk(const Header &header, Chunk &chunk);

/// Why `line` is not an entry of such a file.
std::string explainLine(const Header &header, llvm::StringRef line);

/// Whether `line`, without its line end, holds an entry: it is neither blank
/// nor a comment.
bool holdsEntry(llvm::StringRef line);

/// Row and column, from 0, of `line`, which holds a coordinate entry.
std::pair<int64_t, int64_t> positionOnLine(const Header &header,
                                           llvm::StringRef line);

/// The coordinate width that `header` asks for.
inline unsigned coordinateBitsOf(const Header &header) {
  return narrowestIndexBits(header.cols);
}

/// Why a value of -2^(n-1) is refused in a skew-symmetric matrix, or nothing;
/// `value` points to one of the header's type.
std::string checkNegation(const Header &header, const void *value);

/// Why a value on the diagonal is refused, or nothing.
std::string checkDiagonal(const Header &header, const void *value);

} // namespace mm
} // namespace smash

#endif // SMASH_LIB_SUPPORT_MATRIXMARKETPARSE_H
