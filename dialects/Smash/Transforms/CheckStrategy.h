//===- CheckStrategy.h - what can be lowered -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_CHECKSTRATEGY_H
#define SMASH_TRANSFORMS_CHECKSTRATEGY_H

#include "Smash/IR/Smash.h"

namespace smash {

/// Fails, after one diagnostic with the actual value and what is lowered, when
/// the strategy, formats or clauses of a product cannot be lowered.
mlir::LogicalResult checkLowerable(SpGEMMOp op);
mlir::LogicalResult checkLowerable(SpGEMMSymbolicOp op);
mlir::LogicalResult checkLowerable(SpGEMMNumericOp op);
mlir::LogicalResult checkLowerable(UnionOp op);

/// Marks a numeric phase that writes C into the buffers of its `outs`, which
/// hold nothing, and are those of a smash.assemble for this op alone.
inline constexpr llvm::StringLiteral kInPlaceAttrName = "smash.in_place";

/// What makes the buffers that C is written into; null where C gets buffers of
/// its own.
AssembleOp getDestination(SpGEMMNumericOp op);

/// Whether `type` is a CSR tensor that kernels read: (i : dense, j :
/// compressed), positions and coordinates of 8 to 64 bits or index.
bool isLowerableCSR(mlir::Type type);

/// Whether `init` has no values to accumulate into: tensor.empty, or
/// bufferization.alloc_tensor without a copy.
bool isEmptyInit(mlir::Value init);

/// Whether a product is written to a dense C row by row: one by rows, of an
/// exclusive row-wise product. Any other is sparse first, and scattered.
bool writesDense(SpGEMMOp op);

/// Whether the rows of a CSR tensor ascend.
bool isOrdered(mlir::Type type);

} // namespace smash

#endif // SMASH_TRANSFORMS_CHECKSTRATEGY_H
