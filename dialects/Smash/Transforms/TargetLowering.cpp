//===- TargetLowering.cpp - what conversions to targets share -----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/Transforms/TargetLowering.h"
#include "Smash/IR/Semiring.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace smash;

template <typename MappingAttr>
static bool isMappedTo(scf::ForallOp loop) {
  ArrayAttr mapping = loop.getMappingAttr();
  return mapping && mapping.size() == 1 && isa<MappingAttr>(mapping[0]);
}

bool smash::isOverBlocks(scf::ForallOp loop) {
  return isMappedTo<BlockMappingAttr>(loop);
}

bool smash::isOverThreads(scf::ForallOp loop) {
  return isMappedTo<ThreadMappingAttr>(loop);
}

Value smash::countOf(KernelBuilder &k, scf::ForallOp loop) {
  return getValueOrCreateConstantIndexOp(k, k.getLoc(),
                                         loop.getMixedUpperBound()[0]);
}

LogicalResult smash::checkExpanded(ModuleOp module, StringRef pass) {
  WalkResult walk = module->walk([&](Operation *op) {
    if (!isa<CreateAccumulatorOp, UpsertOp, DrainOp, DrainWindowOp, DiscardOp,
             GatherOp, SortOp>(op))
      return WalkResult::advance();
    op->emitOpError("is still there: run smash-expand-accumulators before ")
        << pass;
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

static void inlineBody(KernelBuilder &k, WorkLoopOp op, Value item) {
  IRMapping mapping;
  mapping.map(op.getInductionVar(), item);
  for (Operation &nested : op.getBody().front().without_terminator())
    k.clone(nested, mapping);
}

void smash::expandWorkLoops(
    scf::ForallOp blockLoop,
    function_ref<Value(KernelBuilder &, scf::ForallOp)> makeCounter) {
  SmallVector<WorkLoopOp> loops;
  blockLoop->walk([&](WorkLoopOp op) { loops.push_back(op); });
  for (WorkLoopOp op : loops) {
    OpBuilder outside(blockLoop);
    KernelBuilder before(op.getLoc(), outside);
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    // Workers are blocks, or their threads.
    Value worker = blockLoop.getInductionVar(0);
    Value workers = countOf(before, blockLoop);
    if (auto threadLoop = op->getParentOfType<scf::ForallOp>();
        threadLoop != blockLoop) {
      Value threads = getValueOrCreateConstantIndexOp(
          k, k.getLoc(), threadLoop.getMixedUpperBound()[0]);
      worker = k.add(k.mul(worker, threads), threadLoop.getInductionVar(0));
      workers = k.mul(workers, threads);
    }
    bool alone = getConstantIntValue(workers) == 1;
    if (alone || op.getSchedule() == Schedule::Static) {
      Value lo = op.getLowerBound(), step = k.idx(1);
      if (!alone) {
        lo = k.add(lo, worker);
        step = workers;
      }
      k.loop(lo, op.getUpperBound(), step,
             [&](Value item) { inlineBody(k, op, item); });
    } else {
      Value counter = makeCounter(before, blockLoop);
      Type i64 = k.getI64Type();
      auto next = [&]() -> Value {
        Value taken = memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::addi,
                                                  k.integer(1, i64), counter,
                                                  ValueRange{k.idx(0)});
        return k.add(op.getLowerBound(), k.toIndex(taken));
      };
      k.whileLoop(
          {next()},
          [&](ValueRange v) { return k.lt(v[0], op.getUpperBound()); },
          [&](ValueRange v) -> Values {
            inlineBody(k, op, v[0]);
            return {next()};
          });
    }
    op.erase();
  }
}

Value smash::mergeInto(KernelBuilder &k, Monoid add, Value old, Value value) {
  // An `any` takes either: what stands there first is nobody's value.
  if (add == Monoid::Any)
    return value;
  return createAdd(k, k.getLoc(), add, old, value);
}

void smash::expandAtomicUpdate(AtomicUpdateOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Value value = op.getValue();
  Type type = value.getType();
  // An i1 is stored as a byte.
  bool isBool = type.isInteger(1);
  Type bits = k.getIntegerType(isBool ? 8 : type.getIntOrFloatBitWidth());
  auto toBits = [&](Value x) -> Value {
    if (isBool)
      return k.cast(x, bits);
    return type == bits ? x : arith::BitcastOp::create(k, bits, x).getResult();
  };
  auto fromBits = [&](Value x) -> Value {
    if (isBool)
      return k.cast(x, type);
    return type == bits ? x : arith::BitcastOp::create(k, type, x).getResult();
  };
  // The identity is the first guess: it is what stands there when the slot is
  // new, and no plain load races with the others' exchanges.
  Value guess = toBits(createIdentity(k, k.getLoc(), op.getAdd(), type));
  k.whileLoop(
      {guess, k.boolean(true)}, [&](ValueRange v) { return Value(v[1]); },
      [&](ValueRange v) -> Values {
        Value sum = mergeInto(k, op.getAdd(), fromBits(v[0]), value);
        Value old = CompareExchangeOp::create(k, op.getMemref(), op.getIndex(),
                                              v[0], toBits(sum));
        return {old, k.ne(old, v[0])};
      });
  op.erase();
}
