//===- LowerConversions.cpp - conversions of formats to loops -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversions.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_LOWERCONVERSIONS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-conversions"

/// Whether the format of each matrix is one that there are loops for.
static LogicalResult checkFormats(Operation *op) {
  for (Type type :
       llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes())) {
    if (!isa<RankedTensorType>(type) || getFormat(type))
      continue;
    return op->emitOpError("of type ")
           << type
           << " is not lowered yet; CSR, CSC, DCSR, DCSC, COO and BSR are";
  }
  return success();
}

namespace {
struct LowerConversionsPass
    : public smash::impl::LowerConversionsBase<LowerConversionsPass> {
  void runOnOperation() override {
    SmallVector<Operation *> found;
    WalkResult walk = getOperation()->walk([&](Operation *op) {
      if (!isa<ConvertOp, TransposeOp, CompactOp, RelabelOp, GatherRowsOp,
               UniteRowsOp, ExpandOp, ScatterOp>(op))
        return WalkResult::advance();
      found.push_back(op);
      return WalkResult(checkFormats(op));
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    for (Operation *op : found)
      lower(op);
  }

  void lower(Operation *op) {
    bool isView = isa<TransposeOp, CompactOp>(op);
    ++(isView ? numViews : numLowered);
    llvm::TypeSwitch<Operation *>(op)
        .Case<ConvertOp>(lowerConvert)
        .Case<TransposeOp>(lowerTranspose)
        .Case<CompactOp>(lowerCompact)
        .Case<RelabelOp>(lowerRelabel)
        .Case<GatherRowsOp>(lowerGatherRows)
        .Case<UniteRowsOp>(lowerUniteRows)
        .Case<ExpandOp>(lowerExpand)
        .Case<ScatterOp>(lowerScatter);
  }
};
} // namespace
