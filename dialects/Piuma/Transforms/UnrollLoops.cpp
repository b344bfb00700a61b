//===- UnrollLoops.cpp - fewer instructions an iteration ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace smash::piuma {
#define GEN_PASS_DEF_UNROLLLOOPS
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-unroll-loops"

/// Whether `value` grows by as much as the loop's variable from one iteration
/// to the next.
static bool followsVariable(scf::ForOp loop, Value value) {
  if (value == loop.getInductionVar())
    return true;
  auto sum = value.getDefiningOp<arith::AddIOp>();
  if (!sum || sum->getBlock() != loop.getBody())
    return false;
  auto isFixed = [&](Value part) { return loop.isDefinedOutsideOfLoop(part); };
  return (isFixed(sum.getLhs()) && followsVariable(loop, sum.getRhs())) ||
         (isFixed(sum.getRhs()) && followsVariable(loop, sum.getLhs()));
}

namespace {
struct UnrollLoopsPass
    : public smash::piuma::impl::UnrollLoopsBase<UnrollLoopsPass> {
  using UnrollLoopsBase::UnrollLoopsBase;

  void runOnOperation() override {
    if (factor < 2 || factor > 64) {
      getOperation().emitError("factor of ")
          << getArgument() << " is " << factor.getValue()
          << ", not within 2 to 64";
      return signalPassFailure();
    }
    SmallVector<scf::ForOp> loops;
    getOperation()->walk([&](scf::ForOp loop) {
      if (canUnroll(loop))
        loops.push_back(loop);
    });
    for (scf::ForOp loop : loops)
      unroll(loop);
  }

  bool canUnroll(scf::ForOp loop) {
    if (!loop->getParentOfType<SpawnOp>() ||
        !isConstantIntValue(loop.getStep(), 1) || loop.getUnsignedCmp() ||
        !loop.getInductionVar().getType().isIndex())
      return false;
    int64_t size = 0;
    WalkResult walk = loop.getBody()->walk([&](Operation *op) {
      if (isa<scf::ForOp, BarrierOp, ReduceOp>(op) || ++size > most)
        return WalkResult::interrupt();
      return WalkResult::advance();
    });
    return !walk.wasInterrupted();
  }

  /// [lo, hi) becomes [lo, middle) in steps of `factor`, and the rest.
  void unroll(scf::ForOp loop) {
    ImplicitLocOpBuilder b(loop.getLoc(), loop);
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(b, value);
    };
    Value lo = loop.getLowerBound(), hi = loop.getUpperBound();
    Value count = arith::MaxSIOp::create(b, arith::SubIOp::create(b, hi, lo),
                                         constant(0));
    Value rest =
        llvm::isPowerOf2_64(uint64_t(factor))
            ? arith::AndIOp::create(b, count, constant(factor - 1)).getResult()
            : arith::RemUIOp::create(b, count, constant(factor)).getResult();
    Value whole = arith::SubIOp::create(b, count, rest);
    Value middle = arith::AddIOp::create(b, lo, whole);
    SmallVector<Value> offsets;
    for (int64_t i = 1; i < factor; ++i)
      offsets.push_back(constant(i));
    auto several = scf::ForOp::create(
        b, lo, middle, constant(factor), loop.getInitArgs(),
        [&](OpBuilder &nested, Location, Value variable, ValueRange carried) {
          IRMapping first;
          first.map(loop.getInductionVar(), variable);
          first.map(loop.getRegionIterArgs(), carried);
          SmallVector<Value> values = copy(nested, loop, first);
          for (Value offset : offsets) {
            IRMapping next;
            next.map(loop.getRegionIterArgs(), values);
            values = copy(nested, loop, next, &first, offset);
          }
          scf::YieldOp::create(nested, loop.getLoc(), values);
        });
    loop.getLowerBoundMutable().assign(middle);
    loop.getInitArgsMutable().assign(several.getResults());
    ++numUnrolled;
  }

  /// Copies the body; what it yields. What follows the variable is, with
  /// `offset`, that of the `first` copy and so much more.
  static SmallVector<Value> copy(OpBuilder &b, scf::ForOp loop,
                                 IRMapping &mapping, IRMapping *first = nullptr,
                                 Value offset = Value()) {
    auto shift = [&](Value value) {
      mapping.map(value, arith::AddIOp::create(b, loop.getLoc(),
                                               first->lookup(value), offset));
    };
    if (first)
      shift(loop.getInductionVar());
    for (Operation &op : loop.getBody()->without_terminator()) {
      if (first && isa<arith::AddIOp>(op) &&
          followsVariable(loop, op.getResult(0)))
        shift(op.getResult(0));
      else
        b.clone(op, mapping);
    }
    SmallVector<Value> yielded;
    for (Value value : loop.getBody()->getTerminator()->getOperands())
      yielded.push_back(mapping.lookupOrDefault(value));
    return yielded;
  }
};
} // namespace
