//===- DenseResult.h - dense matrices that loops write -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the files that write dense matrices; not part of the interface.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_DENSERESULT_H
#define SMASH_TRANSFORMS_DENSERESULT_H

#include "Smash/Transforms/KernelBuilder.h"

namespace smash {

/// A dense matrix in memory of its own, without an encoding or with two dense
/// levels, and what it starts from.
class DenseResult {
public:
  using Value = mlir::Value;

  /// Allocates a `rows` x `cols` matrix of `type`; `ok` becomes false where
  /// that fails. `init` is the tensor that it starts from; one without values
  /// (`isEmptyInit`) is not read.
  DenseResult(KernelBuilder &k, mlir::RankedTensorType type, Value init,
              Value rows, Value cols, Value &ok);

  /// Whether it starts from values.
  bool accumulates() const { return bool(init); }
  /// Where element (i, j) stands in `values`.
  Value place(Value i, Value j);
  /// Element (i, j) of what it starts from.
  Value before(Value i, Value j);

  /// The matrix as a tensor. Where `ok` does not hold, an error has been
  /// recorded, and it has no elements.
  Value assemble(Value ok);

  Value values; ///< the elements, one line behind the other
  Value size;   ///< how many

private:
  KernelBuilder &k;
  mlir::RankedTensorType type;
  Value init; ///< its elements; null where it has no values
  Value rows, cols;
  bool byColumns;
};

} // namespace smash

#endif // SMASH_TRANSFORMS_DENSERESULT_H
