//===- InsertConversions.cpp - operands in the layout that a dataflow needs -*-
// C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_INSERTCONVERSIONS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-insert-conversions"

namespace {
struct InsertConversionsPass
    : public smash::impl::InsertConversionsBase<InsertConversionsPass> {
  using InsertConversionsBase::InsertConversionsBase;

  void runOnOperation() override {
    WalkResult walk = getOperation()->walk([&](SpGEMMOp op) {
      StrategyAttr strategy = op.getSingleStrategy();
      if (!strategy || strategy.getDataflow() != Dataflow::RowWise)
        return WalkResult::advance();
      if (op.getTransposeA() && failed(transpose(op, "a", op.getAMutable())))
        return WalkResult::interrupt();
      if (op.getTransposeB() && failed(transpose(op, "b", op.getBMutable())))
        return WalkResult::interrupt();
      op.setTransposeA(false);
      op.setTransposeB(false);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult transpose(SpGEMMOp op, StringRef name, OpOperand &operand) {
    if (!allowConversion)
      return op.emitOpError("operand ")
             << name << " of type " << operand.get().getType()
             << " must be read by columns; row_wise reads rows, and "
                "conversions are not allowed";
    OpBuilder builder(op);
    auto type = cast<RankedTensorType>(operand.get().getType());
    auto transposed = type.clone({type.getDimSize(1), type.getDimSize(0)});
    Value copy =
        TransposeOp::create(builder, op.getLoc(), transposed, operand.get());
    operand.set(copy);
    builder.setInsertionPointAfter(op);
    ReleaseOp::create(builder, op.getLoc(), copy);
    ++numTransposes;
    return success();
  }
};
} // namespace
