//===- Accesses.cpp - what memory ops touch -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accesses.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
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

/// What `buffer` may be: where its casts start from and, where branches yield
/// it, what each of them does.
static void collectRoots(Value buffer, llvm::SetVector<Value> &roots) {
  buffer = rootOf(buffer);
  while (auto resize = buffer.getDefiningOp<ResizeOp>())
    buffer = rootOf(resize.getSource());
  auto branch = buffer.getDefiningOp<scf::IfOp>();
  if (!branch) {
    roots.insert(buffer);
    return;
  }
  unsigned result = cast<OpResult>(buffer).getResultNumber();
  for (Region &region : branch->getRegions())
    collectRoots(region.front().getTerminator()->getOperand(result), roots);
}

/// The same of what comes from no branch.
static bool rootsMayOverlap(Value a, Value b) {
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

bool smash::piuma::mayOverlap(Value a, Value b) {
  llvm::SetVector<Value> rootsOfA, rootsOfB;
  collectRoots(a, rootsOfA);
  collectRoots(b, rootsOfB);
  return llvm::any_of(rootsOfA, [&](Value x) {
    return llvm::any_of(rootsOfB,
                        [&](Value y) { return rootsMayOverlap(x, y); });
  });
}

void Accesses::add(const Accesses &other) {
  reads.insert_range(other.reads);
  writes.insert_range(other.writes);
  orders |= other.orders;
  isUnknown |= other.isUnknown;
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
      .Case<WaitOp, ReduceOp, FailOp>([&](auto) { orders = true; })
      .Case<FreeOp, ReleaseOp>(
          [&](auto end) { writes.insert(end.getMemref()); })
      // Forgetting what is cached changes no memory, but reads what is there
      // from then on.
      .Case([&](InvalidateOp invalidate) {
        reads.insert(invalidate.getMemref());
      })
      // A function reaches what it is given.
      .Case([&](func::CallOp call) {
        orders = true;
        for (Value operand : call.getOperands())
          if (isa<MemRefType>(operand.getType())) {
            reads.insert(operand);
            writes.insert(operand);
          } else if (!operand.getType().isIntOrIndexOrFloat()) {
            isUnknown = true;
          }
      })
      // Told to reports only, or the name of memory.
      .Case<CountOp, EnterPhaseOp, AllocOp, ScratchpadOp>([](auto) {})
      .Default([&](Operation *other) {
        // Regions are walked below; the ops that have them order nothing by
        // themselves, but for a spawn, whose end is a barrier of its threads
        // and nobody else.
        if (other->hasTrait<OpTrait::HasRecursiveMemoryEffects>())
          return;
        isUnknown |= !isMemoryEffectFree(other);
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

bool Accesses::mayWrite(Value buffer) const {
  return isUnknown || llvm::any_of(writes, [&](Value written) {
           return mayOverlap(written, buffer);
         });
}

bool Accesses::conflictsWith(const Accesses &other) const {
  if (orders || other.orders || isUnknown || other.isUnknown)
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
