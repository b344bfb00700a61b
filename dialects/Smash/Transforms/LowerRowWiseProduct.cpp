//===- LowerRowWiseProduct.cpp - row-wise products to kernels -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensorType.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_LOWERROWWISEPRODUCT
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-row-wise-product"

/// Whether this pass lowers a product with that strategy.
static bool isRowWise(Attribute attr) {
  auto strategy = dyn_cast<StrategyAttr>(attr);
  // Whatever is neither another dataflow's nor ours gets our diagnostic.
  return !strategy || strategy.getDataflow() == Dataflow::RowWise ||
         strategy.getDataflow() == Dataflow::Auto;
}

template <typename OpTy>
static RowWiseProduct describe(KernelBuilder &k, OpTy op, MachineAttr machine) {
  return describeProduct(k, op.getA(), op.getB(),
                         cast<StrategyAttr>(op.getStrategy()), machine);
}

namespace {
struct LowerRowWiseProductPass
    : public smash::impl::LowerRowWiseProductBase<LowerRowWiseProductPass> {
  void runOnOperation() override {
    SmallVector<Operation *> products;
    WalkResult walk = getOperation()->walk([&](Operation *op) {
      LogicalResult legal = success();
      bool found = false;
      llvm::TypeSwitch<Operation *>(op)
          .Case<SpGEMMOp, SpGEMMSymbolicOp, SpGEMMNumericOp>([&](auto product) {
            found = isRowWise(product.getStrategy());
            if (found)
              legal = checkLowerable(product);
          });
      if (found)
        products.push_back(op);
      return failed(legal) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    for (Operation *op : products)
      if (failed(lower(op)))
        return signalPassFailure();
  }

  LogicalResult lower(Operation *op) {
    MachineAttr machine = getMachine(op);
    if (!machine)
      return failure();
    OpBuilder builder(op);
    KernelBuilder k(op->getLoc(), builder);
    llvm::TypeSwitch<Operation *>(op)
        .Case<SpGEMMOp>([&](SpGEMMOp op) { lowerProduct(k, op, machine); })
        .Case<SpGEMMSymbolicOp>(
            [&](SpGEMMSymbolicOp op) { lowerSymbolic(k, op, machine); })
        .Case<SpGEMMNumericOp>(
            [&](SpGEMMNumericOp op) { lowerNumeric(k, op, machine); });
    ++numLowered;
    return success();
  }

  void lowerProduct(KernelBuilder &k, SpGEMMOp op, MachineAttr machine) {
    RowWiseProduct product = describe(k, op, machine);
    product.semiring = op.getSemiring();
    if (Value mask = op.getMask())
      product.mask =
          StructuralMask{openOperand(k, mask), op.getMaskComplement()};
    if (writesDense(op)) {
      auto type = cast<RankedTensorType>(op.getType());
      Monoid accumulate =
          op.getAccumulate().value_or(op.getSemiring().getAdd());
      op.replaceAllUsesWith(
          buildDenseProduct(k, product, op.getC(), type, accumulate));
      op->erase();
      return;
    }
    describeResult(product, op.getType());
    replaceByResult(k, op, product.a.rows, product.b.cols,
                    buildProduct(k, product));
  }

  void lowerSymbolic(KernelBuilder &k, SpGEMMSymbolicOp op,
                     MachineAttr machine) {
    RowWiseProduct product = describe(k, op, machine);
    product.semiring =
        SemiringAttr::get(&getContext(), Monoid::Any, Multiply::Pair);
    product.element = k.getNoneType();
    if (Value mask = op.getMask())
      product.mask =
          StructuralMask{openOperand(k, mask), op.getMaskComplement()};
    product.position = op.getType().getPosition();
    product.coordinate = op.getType().getCoordinate();
    Result c = buildProduct(k, product);
    Value plan = AssemblePlanOp::create(k, op.getType(), product.a.rows,
                                        product.b.cols, c.pos, c.crd,
                                        fingerprint(k, product.a, product.b));
    op.replaceAllUsesWith(plan);
    op.erase();
  }

  void lowerNumeric(KernelBuilder &k, SpGEMMNumericOp op, MachineAttr machine) {
    RowWiseProduct product = describe(k, op, machine);
    product.semiring = op.getSemiring();
    describeResult(product, op.getType());
    Result pattern =
        openPlan(k, op.getPlan(), fingerprint(k, product.a, product.b));
    std::optional<Result> destination;
    AssembleOp init = getDestination(op);
    if (init) {
      OperandRange buffers = init.getBuffers();
      destination = Result{buffers[0], buffers[1], buffers[2]};
    }
    replaceByResult(k, op, product.a.rows, product.b.cols,
                    buildNumeric(k, product, pattern, destination));
    if (init)
      init.erase();
  }
};
} // namespace
