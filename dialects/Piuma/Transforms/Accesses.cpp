//===- Accesses.cpp - what memory ops touch -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accesses.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace smash::piuma;

static Value rootOf(Value buffer) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  return buffer;
}

bool smash::piuma::mayOverlap(Value a, Value b) {
  a = rootOf(a);
  b = rootOf(b);
  if (a == b)
    return true;
  auto partA = a.getDefiningOp<ScratchpadOp>();
  auto partB = b.getDefiningOp<ScratchpadOp>();
  if (partA && partB) {
    int64_t beginA = partA.getOffset(), beginB = partB.getOffset();
    return beginA < beginB + partB.getBytes() &&
           beginB < beginA + partA.getBytes();
  }
  // What a program allocates is nobody else's; a part of a scratchpad is no
  // memory. Values that came through control flow may be any of them.
  auto isOwn = [](Value value) {
    return value.getDefiningOp<AllocOp>() ||
           value.getDefiningOp<ScratchpadOp>();
  };
  auto isArgument = [](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument &&
           isa<FunctionOpInterface>(argument.getOwner()->getParentOp());
  };
  return !(isOwn(a) && (isOwn(b) || isArgument(b))) &&
         !(isArgument(a) && isOwn(b));
}

void Accesses::add(const Accesses &other) {
  reads.insert_range(other.reads);
  writes.insert_range(other.writes);
  orders |= other.orders;
}

void Accesses::add(Operation *op) {
  auto update = [&](Value memref) {
    orders |= !ofBlock || !rootOf(memref).getDefiningOp<ScratchpadOp>();
    reads.insert(memref);
    writes.insert(memref);
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](LoadOp load) { reads.insert(load.getMemref()); })
      .Case([&](StoreOp store) { writes.insert(store.getMemref()); })
      .Case([&](DmaFillOp fill) { writes.insert(fill.getDestination()); })
      .Case([&](DmaCopyOp copy) {
        reads.insert(copy.getSource());
        writes.insert(copy.getDestination());
      })
      .Case<DmaGatherOp, DmaScatterOp>([&](auto indexed) {
        reads.insert(indexed.getSource());
        reads.insert(indexed.getIndices());
        writes.insert(indexed.getDestination());
      })
      .Case<AtomicOp, CompareExchangeOp>(
          [&](auto atomic) { update(atomic.getMemref()); })
      .Case([&](BarrierOp barrier) {
        orders |= !ofBlock || !barrier->getParentOfType<SpawnOp>();
      })
      .Case<FreeOp, ReleaseOp>(
          [&](auto end) { writes.insert(end.getMemref()); })
      // Told to reports only, or new memory.
      .Case<CountOp, EnterPhaseOp, AllocOp>([](auto) {})
      .Default([&](Operation *other) {
        // Regions are walked below; the ops that have them order nothing by
        // themselves, but for a spawn, whose end is a barrier of its threads
        // and nobody else.
        if (other->hasTrait<OpTrait::HasRecursiveMemoryEffects>())
          return;
        orders |= !isMemoryEffectFree(other);
      });
  for (Region &region : op->getRegions())
    for (Operation &nested : region.getOps())
      add(&nested);
}

bool Accesses::hasScratchpad() const {
  auto isPart = [](Value buffer) {
    return rootOf(buffer).getDefiningOp<ScratchpadOp>() != nullptr;
  };
  return llvm::any_of(reads, isPart) || llvm::any_of(writes, isPart);
}

bool Accesses::conflictsWith(const Accesses &other) const {
  if (orders || other.orders)
    return true;
  auto meet = [](const llvm::SetVector<Value> &a,
                 const llvm::SetVector<Value> &b) {
    return llvm::any_of(a, [&](Value x) {
      return llvm::any_of(b, [&](Value y) { return mayOverlap(x, y); });
    });
  };
  return meet(writes, other.writes) || meet(writes, other.reads) ||
         meet(reads, other.writes);
}
