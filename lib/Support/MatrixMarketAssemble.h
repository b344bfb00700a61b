//===- MatrixMarketAssemble.h - entries to rows ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_MATRIXMARKETASSEMBLE_H
#define SMASH_LIB_SUPPORT_MATRIXMARKETASSEMBLE_H

#include "MatrixMarketParse.h"
#include "llvm/ADT/ArrayRef.h"

namespace smash {
namespace mm {

/// A position, from 0, that more than one entry has.
struct Duplicate {
  int64_t row;
  int64_t col;
};

/// The matrix of all `chunks`' entries: symmetry expanded, rows sorted. The
/// chunks' arrays are freed on the way. Entries at one position are added when
/// `sumDuplicates`; otherwise the first such position by rows is put in
/// `duplicate` and the matrix is of no use.
llvm::Expected<Matrix> assemble(const Header &header,
                                llvm::MutableArrayRef<Chunk> chunks,
                                bool sumDuplicates,
                                std::optional<Duplicate> &duplicate);

} // namespace mm
} // namespace smash

#endif // SMASH_LIB_SUPPORT_MATRIXMARKETASSEMBLE_H
