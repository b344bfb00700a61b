//===- ExpandAccumulators.cpp - accumulators to loops over memory -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/ControlFlowSinkUtils.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_EXPANDACCUMULATORS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-expand-accumulators"

//===----------------------------------------------------------------------===//
// What the expansions share
//===----------------------------------------------------------------------===//

Value AccumulatorExpansion::create(KernelBuilder &k) {
  Value ok;
  state = array(k, k.mul(op.getInstances(), k.idx(kStateWords)), k.getI64Type(),
                ok, /*zeroed=*/true);
  allocate(k, ok);
  k.ifThen(ok, [&] { initialise(k); });
  return ok;
}

void AccumulatorExpansion::destroy(KernelBuilder &k) {
  for (Value array : arrays)
    k.dealloc(array);
}

Value AccumulatorExpansion::array(KernelBuilder &k, Value size, Type element,
                                  Value &ok, bool zeroed) {
  arrays.push_back(k.tryAlloc(size, element, ok, zeroed, Purpose::Partial));
  return arrays.back();
}

Value AccumulatorExpansion::stateIndex(KernelBuilder &k, Value instance,
                                       int64_t word) {
  return k.add(k.mul(instance, k.idx(kStateWords)), k.idx(word));
}

Values AccumulatorExpansion::inlineBody(KernelBuilder &k, UpsertOp upsert,
                                        Value p) {
  Block &body = upsert.getBody().front();
  IRMapping mapping;
  mapping.map(body.getArgument(0), p);
  for (Operation &nested : body.without_terminator())
    k.clone(nested, mapping);
  Values results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  return results;
}

bool AccumulatorExpansion::isFiltered(UpsertOp upsert) {
  return upsert.getBody().front().getTerminator()->getNumOperands() >
         (hasValues() ? 2u : 1u);
}

Values AccumulatorExpansion::ifKept(KernelBuilder &k, UpsertOp upsert,
                                    const Values &pair, ValueRange carried,
                                    function_ref<Values()> merge) {
  auto count = [&] {
    CountOp::create(k, Event::Product);
    return merge();
  };
  if (!isFiltered(upsert))
    return count();
  Values kept = k.ifElse(pair.back(), carried.getTypes(), count,
                         [&] { return Values(carried); });
  // What is dropped is not multiplied, nor is its factor read: the body has no
  // writes that a read could move across.
  auto branch = cast<scf::IfOp>(*std::prev(k.getInsertionPoint()));
  DominanceInfo dominance(upsert->getParentOp());
  controlFlowSink(
      &branch.getThenRegion(), dominance,
      [&](Operation *op, Region *) {
        return op->getBlock() == branch->getBlock() &&
               (isMemoryEffectFree(op) || isa<memref::LoadOp>(op));
      },
      [](Operation *op, Region *region) {
        op->moveBefore(&region->front(), region->front().begin());
      });
  return kept;
}

void AccumulatorExpansion::mergeValue(KernelBuilder &k, Value isNew, Value slot,
                                      Value value) {
  Value old = k.load(values, slot);
  Value sum = createAdd(k, k.getLoc(), monoid(), old, value);
  k.store(k.select(isNew, value, sum), values, slot);
}

void AccumulatorExpansion::appendShared(KernelBuilder &k, Value slot) {
  Value at = memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::addi,
                                         k.integer(1, k.getI64Type()), state,
                                         ValueRange{k.idx(0)});
  k.storeCast(slot, list, k.toIndex(at));
}

void AccumulatorExpansion::allocateShared(KernelBuilder &k, Value &ok) {
  Value capacity = op.getCapacity();
  Type key = type.getKey(), slot = slotType(k);
  if (listsSlots())
    list = array(k, capacity, slot, ok);
  keys = array(k, capacity, key, ok);
  slots = array(k, capacity, slot, ok);
  auxKeys = array(k, capacity, key, ok);
  auxSlots = array(k, capacity, slot, ok);
  if (op.getWriteback() == Writeback::Bulk)
    staged = array(k, capacity, type.getValue(), ok);
  // A window has no more rows than keys (Smash/Transforms/RowWiseKernel.cpp),
  // or is one row.
  offsets = array(k, k.add(capacity, k.idx(2)), k.getI64Type(), ok);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct ExpandAccumulatorsPass
    : public smash::impl::ExpandAccumulatorsBase<ExpandAccumulatorsPass> {
  void runOnOperation() override {
    SmallVector<CreateAccumulatorOp> creates;
    getOperation()->walk(
        [&](CreateAccumulatorOp op) { creates.push_back(op); });
    for (CreateAccumulatorOp op : creates)
      if (failed(expand(op)))
        return signalPassFailure();
    getOperation()->walk([&](SortOp op) {
      OpBuilder builder(op);
      KernelBuilder k(op.getLoc(), builder);
      buildSort(k, getOperation(),
                KeyRun{op.getKeys(), op.getSlots(), op.getBegin(), op.getEnd()},
                op.getScratchKeys(), op.getScratchSlots());
      op.erase();
    });
  }

  static std::unique_ptr<AccumulatorExpansion>
  makeForRow(CreateAccumulatorOp op, ModuleOp module) {
    switch (op.getAccumulator().getType().getKind()) {
    case AccumulatorKind::Dense:
      return makeDenseExpansion(op, module);
    case AccumulatorKind::Hash:
      return makeHashExpansion(op, module);
    case AccumulatorKind::Sort:
      return makeSortExpansion(op, module);
    case AccumulatorKind::Merge:
      return makeMergeExpansion(op, module);
    }
    llvm_unreachable("accumulator out of range");
  }

  LogicalResult expand(CreateAccumulatorOp op) {
    // The users are found through the value: it may not travel.
    SmallVector<Operation *> users(op.getAccumulator().getUsers());
    bool isBitmap =
        op.getShared() && op.getOccupancy() == Occupancy::Bitmap &&
        op.getAccumulator().getType().getKind() == AccumulatorKind::Dense;
    for (Operation *user : users)
      if ((isBitmap || op.getTable() == Table::Fragmented) &&
          isa<DrainOp, DiscardOp, GatherOp>(user))
        return user->emitOpError("takes one row; a shared accumulator with "
                                 "occupancy = bitmap or table = fragmented "
                                 "holds a window");
    for (Operation *user : users)
      if (!isa<UpsertOp, DrainOp, DrainWindowOp, DiscardOp, GatherOp,
               DestroyAccumulatorOp>(user))
        return user->emitOpError("uses an accumulator in a way that cannot be "
                                 "expanded");
    ModuleOp module = getOperation();
    std::unique_ptr<AccumulatorExpansion> expansion =
        isBitmap                             ? makeWindowBitmap(op, module)
        : op.getTable() == Table::Fragmented ? makeWindowFragments(op, module)
                                             : makeForRow(op, module);
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    op.getOk().replaceAllUsesWith(expansion->create(k));
    for (Operation *user : users) {
      builder.setInsertionPoint(user);
      KernelBuilder k(user->getLoc(), builder);
      llvm::TypeSwitch<Operation *>(user)
          .Case([&](UpsertOp upsert) { expansion->upsert(k, upsert); })
          .Case([&](DrainOp drain) {
            drain.replaceAllUsesWith(expansion->drain(k, drain));
          })
          .Case([&](DrainWindowOp drain) {
            drain.replaceAllUsesWith(expansion->drainWindow(k, drain));
          })
          .Case([&](DiscardOp discard) {
            discard.replaceAllUsesWith(expansion->discard(k, discard));
          })
          .Case([&](GatherOp gather) { expansion->gather(k, gather); })
          .Case([&](DestroyAccumulatorOp) { expansion->destroy(k); });
      user->erase();
    }
    op.erase();
    ++numExpanded;
    return success();
  }
};
} // namespace
