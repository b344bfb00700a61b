//===- VerifySynchronization.cpp - what is surely not ordered -----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Dominance.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace smash::piuma {
#define GEN_PASS_DEF_VERIFYSYNCHRONIZATION
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-verify-synchronization"

//===----------------------------------------------------------------------===//
// What ops do to buffers
//===----------------------------------------------------------------------===//

/// The buffer that `value` is another type of.
static Value rootOf(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<memref::CastOp, memref::MemorySpaceCastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

namespace {
/// Elements of a buffer that an op accesses: `count` from `first` on, or one
/// where there is no count.
struct Access {
  Operation *op;
  Value buffer; ///< a root
  Value first, count;
  bool writes;
  bool cached = false;
};
} // namespace

static SmallVector<Access, 2> accessesOf(Operation *op) {
  auto one = [&](Value buffer, Value index, bool writes, bool cached = false) {
    return Access{op, rootOf(buffer), index, Value(), writes, cached};
  };
  return llvm::TypeSwitch<Operation *, SmallVector<Access, 2>>(op)
      .Case([&](LoadOp load) -> SmallVector<Access, 2> {
        return {one(load.getMemref(), load.getIndex(), false,
                    load.getCaching() == Caching::Cached)};
      })
      .Case([&](StoreOp store) -> SmallVector<Access, 2> {
        return {one(store.getMemref(), store.getIndex(), true,
                    store.getCaching() == Caching::Cached)};
      })
      .Case<AtomicOp, CompareExchangeOp>(
          [&](auto atomic) -> SmallVector<Access, 2> {
            return {one(atomic.getMemref(), atomic.getIndex(), true)};
          })
      .Case([&](DmaCopyOp copy) -> SmallVector<Access, 2> {
        // Of a copy with strides only the first element is told.
        Value count = copy.getFromStride() ? Value() : copy.getCount();
        return {{op, rootOf(copy.getSource()), copy.getFrom(), count, false},
                {op, rootOf(copy.getDestination()), copy.getTo(), count, true}};
      })
      .Case([&](DmaGatherOp gather) -> SmallVector<Access, 2> {
        return {{op, rootOf(gather.getIndices()), gather.getFirst(),
                 gather.getCount(), false},
                {op, rootOf(gather.getDestination()), gather.getAt(),
                 gather.getCount(), true}};
      })
      .Case([&](DmaScatterOp scatter) -> SmallVector<Access, 2> {
        return {{op, rootOf(scatter.getIndices()), scatter.getFirst(),
                 scatter.getCount(), false},
                {op, rootOf(scatter.getSource()), scatter.getAt(),
                 scatter.getCount(), false}};
      })
      .Case([&](DmaFillOp fill) -> SmallVector<Access, 2> {
        return {{op, rootOf(fill.getDestination()), fill.getTo(),
                 fill.getCount(), true}};
      })
      .Default([](Operation *) { return SmallVector<Access, 2>(); });
}

/// The buffer that `op` ends the life of, or null.
static Value endedBy(Operation *op) {
  if (auto free = dyn_cast<FreeOp>(op))
    return rootOf(free.getMemref());
  if (auto release = dyn_cast<ReleaseOp>(op))
    return rootOf(release.getMemref());
  if (auto resize = dyn_cast<ResizeOp>(op))
    return rootOf(resize.getSource());
  return {};
}

static bool isARequest(Operation *op) {
  return isa<DmaCopyOp, DmaGatherOp, DmaScatterOp, DmaFillOp>(op);
}

/// Whether a request makes no access at all, as far as can be seen.
static bool mayBeEmpty(Operation *request) {
  Value count = llvm::TypeSwitch<Operation *, Value>(request)
                    .Case<DmaCopyOp, DmaGatherOp, DmaScatterOp, DmaFillOp>(
                        [](auto dma) { return dma.getCount(); })
                    .Default([](Operation *) { return Value(); });
  std::optional<int64_t> known = getConstantIntValue(count);
  return !known || *known <= 0;
}

/// Behind `count` elements from `first` on; the last number where there is
/// none.
static int64_t endOf(int64_t first, int64_t count) {
  int64_t end;
  return llvm::AddOverflow(first, count, end) ? INT64_MAX : end;
}

/// Whether two accesses surely meet in an element, if both are made.
static bool overlap(const Access &a, const Access &b) {
  if (a.buffer != b.buffer)
    return false;
  if (a.first == b.first)
    return true;
  std::optional<int64_t> first = getConstantIntValue(a.first);
  std::optional<int64_t> second = getConstantIntValue(b.first);
  auto countOf = [](const Access &access) {
    return access.count ? getConstantIntValue(access.count) : 1;
  };
  std::optional<int64_t> firstCount = countOf(a), secondCount = countOf(b);
  if (!first || !second || !firstCount || !secondCount)
    return false;
  return *first < endOf(*second, *secondCount) &&
         *second < endOf(*first, *firstCount);
}

/// What runs `op`: a spawn, a launch, or the function.
static Operation *threadOf(Operation *op) {
  for (Operation *at = op->getParentOp(); at; at = at->getParentOp())
    if (isa<SpawnOp, LaunchOp, FunctionOpInterface>(at))
      return at;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct VerifySynchronizationPass
    : public smash::piuma::impl::VerifySynchronizationBase<
          VerifySynchronizationPass> {
  void runOnOperation() override {
    dominance = &getAnalysis<DominanceInfo>();
    getOperation()->walk([&](Operation *op) {
      for (Value result : op->getResults())
        if (isARequest(op))
          checkToken(op, result);
      if (isa<BarrierOp, ReduceOp>(op))
        checkBarrier(op);
      if (Value buffer = endedBy(op))
        checkEnd(op, buffer);
      if (auto launch = dyn_cast<LaunchOp>(op))
        checkCaches(launch);
    });
    if (hasFailed)
      signalPassFailure();
    markAllAnalysesPreserved();
  }

  void report(Operation *op, const Twine &what, Operation *other,
              const Twine &note) {
    InFlightDiagnostic diagnostic = op->emitOpError(what);
    if (other)
      diagnostic.attachNote(other->getLoc()) << note;
    hasFailed = true;
  }

  void checkToken(Operation *request, Value token);
  void checkUnderWay(Operation *request, Operation *wait);
  void checkBarrier(Operation *barrier);
  void checkEnd(Operation *end, Value buffer);
  void checkCaches(LaunchOp launch);
  void checkStale(ArrayRef<Access> accesses, ArrayRef<Operation *> invalidates);
  void checkFlushed(ArrayRef<Access> accesses, ArrayRef<Operation *> flushes);
  bool dependsOn(Value value, Value id);

  DominanceInfo *dominance = nullptr;
  DenseMap<Value, bool> dependent; ///< on the thread's number
  bool hasFailed = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

static bool awaits(Operation *op, Value token) {
  return isa<WaitOp>(op) && llvm::is_contained(op->getOperands(), token);
}

/// Whether every way through `block` awaits `token`.
static bool awaitsAlways(Block &block, Value token) {
  return llvm::any_of(block, [&](Operation &op) {
    if (awaits(&op, token))
      return true;
    if (auto branch = dyn_cast<scf::IfOp>(op))
      return branch.elseBlock() && awaitsAlways(*branch.thenBlock(), token) &&
             awaitsAlways(*branch.elseBlock(), token);
    return false;
  });
}

void VerifySynchronizationPass::checkToken(Operation *request, Value token) {
  ++numRequests;
  SmallVector<Operation *> waits;
  bool escapes = false;
  for (OpOperand &use : token.getUses()) {
    Operation *user = use.getOwner();
    if (!isa<WaitOp>(user))
      escapes = true; // into a loop, or out of a branch
    else if (llvm::is_contained(waits, user))
      return report(user, "awaits a request twice", request, "made here");
    else
      waits.push_back(user);
  }
  if (waits.empty() && !escapes)
    return report(request, "makes a request that is never awaited", nullptr,
                  "");
  for (Operation *wait : waits) {
    if (threadOf(wait) != threadOf(request))
      return report(wait, "awaits a request of another thread", request,
                    "made here");
    for (Operation *again : waits)
      if (dominance->properlyDominates(wait, again))
        return report(again, "awaits a request again", wait,
                      "awaited before here");
  }
  Block *block = request->getBlock();
  for (Operation *wait : waits)
    if (wait->getBlock() == block)
      return checkUnderWay(request, wait);
  if (!escapes && block->getParent()->hasOneBlock() &&
      !awaitsAlways(*block, token))
    report(request, "makes a request that is not awaited on every way",
           waits.front(), "awaited here, which may run never or again");
}

/// Between a request and its wait nobody accesses what it writes, nor writes
/// what it reads.
void VerifySynchronizationPass::checkUnderWay(Operation *request,
                                              Operation *wait) {
  SmallVector<Access, 2> moved = accessesOf(request);
  bool combines = request->hasAttr("combine");
  auto checkOne = [&](Operation *op) {
    for (const Access &part : moved)
      if (Value ended = endedBy(op); ended && ended == part.buffer)
        report(op, "ends the life of a buffer that a request still uses",
               request, "made here, and not yet awaited");
    if (mayBeEmpty(request))
      return;
    SmallVector<Access, 2> accesses = accessesOf(op);
    bool isRequest = isARequest(op);
    if (isRequest && mayBeEmpty(op))
      return;
    for (const Access &access : accesses)
      for (const Access &part : moved) {
        if (!overlap(access, part) || (!access.writes && !part.writes))
          continue;
        bool isAtomic = isa<AtomicOp, CompareExchangeOp>(op) ||
                        (isRequest && op->hasAttr("combine"));
        if (part.writes && combines && access.writes && isAtomic)
          continue;
        return report(op,
                      Twine("accesses what a request ") +
                          (part.writes ? "writes" : "reads") +
                          ", before that is awaited",
                      request, "made here");
      }
  };
  for (Operation *op = request->getNextNode(); op && op != wait;
       op = op->getNextNode())
    op->walk(checkOne);
}

//===----------------------------------------------------------------------===//
// Barriers and lives
//===----------------------------------------------------------------------===//

/// Whether `value` is computed from a thread's number alone, or with others.
/// What comes from memory may be the same for all threads.
bool VerifySynchronizationPass::dependsOn(Value value, Value id) {
  if (value == id)
    return true;
  auto [it, isNew] = dependent.try_emplace(value, false);
  if (!isNew)
    return it->second;
  bool result = false;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (loop && argument == loop.getInductionVar())
      result =
          dependsOn(loop.getLowerBound(), id) || dependsOn(loop.getStep(), id);
  } else if (Operation *op = value.getDefiningOp();
             op->getNumRegions() == 0 && isMemoryEffectFree(op)) {
    result = llvm::any_of(op->getOperands(), [&](Value operand) {
      return dependsOn(operand, id);
    });
  }
  dependent[value] = result;
  return result;
}

void VerifySynchronizationPass::checkBarrier(Operation *barrier) {
  ++numBarriers;
  auto spawn = barrier->getParentOfType<SpawnOp>();
  if (!spawn)
    return;
  for (Operation *at = barrier->getParentOp(); at != spawn;
       at = at->getParentOp()) {
    bool diverges = false;
    if (auto branch = dyn_cast<scf::IfOp>(at))
      diverges = dependsOn(branch.getCondition(), spawn.getId());
    else if (auto loop = dyn_cast<scf::ForOp>(at))
      diverges = llvm::any_of(
          ValueRange{loop.getLowerBound(), loop.getUpperBound(),
                     loop.getStep()},
          [&](Value bound) { return dependsOn(bound, spawn.getId()); });
    if (diverges)
      return report(barrier,
                    "stands where not all threads of its spawn come by", at,
                    "this depends on the thread's number");
  }
}

void VerifySynchronizationPass::checkEnd(Operation *end, Value buffer) {
  SmallVector<Value> names = {buffer};
  while (!names.empty()) {
    Value name = names.pop_back_val();
    for (Operation *user : name.getUsers()) {
      if (isa<memref::CastOp, memref::MemorySpaceCastOp>(user))
        names.push_back(user->getResult(0));
      if (user == end || isa<memref::DimOp>(user) ||
          !dominance->properlyDominates(end, user))
        continue;
      if (isa<memref::CastOp, memref::MemorySpaceCastOp>(user))
        continue;
      if (endedBy(user) == buffer)
        report(user, "ends the life of a buffer again", end, "ended here");
      else
        report(user, "uses a buffer whose life has ended", end, "ended here");
    }
  }
}

//===----------------------------------------------------------------------===//
// Caches
//===----------------------------------------------------------------------===//

/// Whether a loop in the launch has `op`.
static bool isInLoop(Operation *op) {
  for (Operation *at = op->getParentOp(); at && !isa<LaunchOp>(at);
       at = at->getParentOp())
    if (isa<LoopLikeOpInterface>(at))
      return true;
  return false;
}

/// Whether `a` may run before `b` in one block of the launch: it stands before
/// it, or some loop has both.
static bool mayPrecede(Operation *a, Operation *b) {
  for (Operation *at = a; at && !isa<LaunchOp>(at); at = at->getParentOp()) {
    Operation *other = at->getBlock()->findAncestorOpInBlock(*b);
    if (!other)
      continue;
    if (other == at)
      return isa<LoopLikeOpInterface>(at) || isInLoop(at);
    return at->isBeforeInBlock(other) || isInLoop(at);
  }
  return false;
}

/// A cached load, a change of memory, and a cached load: the second one needs
/// an invalidate.
void VerifySynchronizationPass::checkStale(ArrayRef<Access> accesses,
                                           ArrayRef<Operation *> invalidates) {
  for (const Access &load : accesses) {
    if (!load.cached || load.writes)
      continue;
    if (llvm::any_of(invalidates, [&](Operation *invalidate) {
          return threadOf(invalidate) == threadOf(load.op) &&
                 dominance->properlyDominates(invalidate, load.op);
        }))
      continue;
    for (const Access &write : accesses) {
      if (!write.writes || write.cached || !mayPrecede(write.op, load.op))
        continue;
      auto readsBefore = [&](const Access &before) {
        return before.cached && !before.writes &&
               mayPrecede(before.op, write.op);
      };
      if (llvm::none_of(accesses, readsBefore))
        continue;
      report(load.op,
             "reads through a cache what the launch has changed since it was "
             "cached, without an invalidate",
             write.op, "changed here");
      return;
    }
  }
}

/// What is stored through a cache and read outside of the thread needs a flush.
void VerifySynchronizationPass::checkFlushed(ArrayRef<Access> accesses,
                                             ArrayRef<Operation *> flushes) {
  for (const Access &store : accesses) {
    if (!store.cached || !store.writes)
      continue;
    if (llvm::any_of(flushes, [&](Operation *flush) {
          return threadOf(flush) == threadOf(store.op);
        }))
      continue;
    for (const Access &read : accesses) {
      bool readsMemory = !read.writes || !isa<StoreOp>(read.op);
      if (!readsMemory || threadOf(read.op) == threadOf(store.op) ||
          !mayPrecede(store.op, read.op))
        continue;
      report(store.op,
             "stores through a cache what others read, and no flush follows",
             read.op, "read here");
      return;
    }
  }
}

void VerifySynchronizationPass::checkCaches(LaunchOp launch) {
  struct Uses {
    SmallVector<Access> accesses;
    SmallVector<Operation *> flushes, invalidates;
    bool cached = false;
  };
  llvm::MapVector<Value, Uses> buffers;
  launch->walk([&](Operation *op) {
    for (const Access &access : accessesOf(op)) {
      Uses &uses = buffers[access.buffer];
      uses.accesses.push_back(access);
      uses.cached |= access.cached;
    }
    if (auto flush = dyn_cast<FlushOp>(op))
      buffers[rootOf(flush.getMemref())].flushes.push_back(op);
    if (auto invalidate = dyn_cast<InvalidateOp>(op))
      buffers[rootOf(invalidate.getMemref())].invalidates.push_back(op);
    // What a gather reads and a scatter writes is anywhere in the buffer.
    if (auto gather = dyn_cast<DmaGatherOp>(op))
      buffers[rootOf(gather.getSource())].accesses.push_back(
          {op, rootOf(gather.getSource()), Value(), Value(), false});
    if (auto scatter = dyn_cast<DmaScatterOp>(op))
      buffers[rootOf(scatter.getDestination())].accesses.push_back(
          {op, rootOf(scatter.getDestination()), Value(), Value(), true});
  });
  for (auto &[buffer, uses] : buffers) {
    if (!uses.cached)
      continue;
    checkStale(uses.accesses, uses.invalidates);
    checkFlushed(uses.accesses, uses.flushes);
  }
}
