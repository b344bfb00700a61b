//===- LowerRowWiseProduct.cpp - products with strategy row_wise to kernels -*-
// C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
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

static bool isOrdered(Type tensor) {
  return sparse_tensor::isOrderedLT(
      sparse_tensor::getSparseTensorEncoding(tensor).getLvlType(1));
}

/// Whether this pass lowers a product with that strategy.
static bool isRowWise(Attribute attr) {
  auto strategy = dyn_cast<StrategyAttr>(attr);
  // Whatever is neither another dataflow's nor ours gets our diagnostic.
  return !strategy || strategy.getDataflow() == Dataflow::RowWise ||
         strategy.getDataflow() == Dataflow::Auto;
}

template <typename OpTy>
static RowWiseProduct describe(KernelBuilder &k, OpTy op, MachineAttr machine) {
  RowWiseProduct product;
  product.a = openOperand(k, op.getA());
  product.b = openOperand(k, op.getB());
  product.strategy = cast<StrategyAttr>(op.getStrategy());
  product.machine = machine;
  product.orderedB = isOrdered(op.getB().getType());
  return product;
}

/// A fingerprint of the operands' patterns: a polynomial over their positions
/// and coordinates, modulo 2^64. Any change of one number changes it; that two
/// different patterns agree is as likely as a 64-bit hash collision.
static Value fingerprint(KernelBuilder &k, const RowWiseProduct &product) {
  Type i64 = k.getI64Type();
  Value factor = k.integer(0x9E3779B97F4A7C15, i64);
  Value hash = k.integer(0, i64);
  auto mix = [&](Value hash, Value number) {
    return k.add(k.mul(hash, factor),
                 k.add(k.cast(number, i64), k.integer(1, i64)));
  };
  auto mixArray = [&](Value array, Value size) {
    hash = k.loop(k.idx(0), size, {hash}, [&](Value i, ValueRange v) -> Values {
      return {mix(v[0], k.loadIndex(array, i))};
    })[0];
  };
  for (const CsrOperand *operand : {&product.a, &product.b}) {
    hash = mix(mix(hash, operand->rows), operand->cols);
    Value size = memref::DimOp::create(k, operand->pos, 0);
    // A failed product has left nothing to read.
    Value there = k.gt(size, operand->rows);
    Value positions = k.select(there, k.add(operand->rows, k.idx(1)), k.idx(0));
    mixArray(operand->pos, positions);
    Value entries = k.ifElse(
        there, k.getIndexType(),
        [&]() -> Values { return {k.loadIndex(operand->pos, operand->rows)}; },
        [&]() -> Values { return {k.idx(0)}; })[0];
    mixArray(operand->crd, entries);
  }
  return hash;
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

  void describeResult(RowWiseProduct &product, Type c) {
    product.element = cast<RankedTensorType>(c).getElementType();
    product.position = positionTypeOf(c);
    product.coordinate = coordinateTypeOf(c);
    product.orderedC = isOrdered(c);
  }

  void assemble(KernelBuilder &k, Operation *op, const RowWiseProduct &product,
                const Result &c) {
    Value tensor =
        AssembleOp::create(k, op->getResult(0).getType(), product.a.rows,
                           product.b.cols, c.pos, c.crd, c.val);
    op->getResult(0).replaceAllUsesWith(tensor);
    op->erase();
  }

  void lowerProduct(KernelBuilder &k, SpGEMMOp op, MachineAttr machine) {
    RowWiseProduct product = describe(k, op, machine);
    product.semiring = op.getSemiring();
    describeResult(product, op.getType());
    assemble(k, op, product, buildProduct(k, product));
  }

  void lowerSymbolic(KernelBuilder &k, SpGEMMSymbolicOp op,
                     MachineAttr machine) {
    RowWiseProduct product = describe(k, op, machine);
    product.semiring =
        SemiringAttr::get(&getContext(), Monoid::Any, Multiply::Pair);
    product.element = k.getNoneType();
    product.position = op.getType().getPosition();
    product.coordinate = op.getType().getCoordinate();
    Result c = buildProduct(k, product);
    Value plan =
        AssemblePlanOp::create(k, op.getType(), product.a.rows, product.b.cols,
                               c.pos, c.crd, fingerprint(k, product));
    op.replaceAllUsesWith(plan);
    op.erase();
  }

  void lowerNumeric(KernelBuilder &k, SpGEMMNumericOp op, MachineAttr machine) {
    RowWiseProduct product = describe(k, op, machine);
    product.semiring = op.getSemiring();
    describeResult(product, op.getType());
    PlanType plan = op.getPlan().getType();
    auto parts = PlanPartsOp::create(
        k, k.getIndexType(), k.getIndexType(), bufferOf(plan.getPosition()),
        bufferOf(plan.getCoordinate()), k.getI64Type(), op.getPlan());
    // A plan for other operands is an error, and reads like a failed operand:
    // the pattern is taken as empty.
    Value actual = fingerprint(k, product);
    Value fits = k.eq(actual, parts.getFingerprint());
    Values pattern = k.ifElse(
        fits,
        {parts.getPositions().getType(), parts.getCoordinates().getType()},
        [&]() -> Values {
          return {parts.getPositions(), parts.getCoordinates()};
        },
        [&]() -> Values {
          FailOp::create(k, ErrorCode::PlanMismatch, k.toIndex(actual),
                         k.toIndex(parts.getFingerprint()));
          auto empty = [&](Value buffer) -> Value {
            Value view = memref::SubViewOp::create(
                k, buffer, ArrayRef<OpFoldResult>{k.getIndexAttr(0)},
                ArrayRef<OpFoldResult>{OpFoldResult(k.idx(0))},
                ArrayRef<OpFoldResult>{k.getIndexAttr(1)});
            return memref::CastOp::create(k, buffer.getType(), view);
          };
          return {empty(parts.getPositions()), empty(parts.getCoordinates())};
        });
    assemble(k, op, product,
             buildNumeric(k, product, Result{pattern[0], pattern[1], Value()}));
  }
};
} // namespace
