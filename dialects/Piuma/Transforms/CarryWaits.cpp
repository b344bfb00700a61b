//===- CarryWaits.cpp - requests under way while threads work -----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accesses.h"
#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace smash::piuma {
#define GEN_PASS_DEF_CARRYWAITS
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-carry-waits"

/// Whether `op` runs in the thread of a launch, not in one of its spawns.
static bool isOfBlock(Operation *op) {
  for (Operation *at = op->getParentOp(); at; at = at->getParentOp()) {
    if (isa<LaunchOp>(at))
      return true;
    if (isa<SpawnOp>(at))
      return false;
  }
  return false;
}

static bool hasSpawn(Operation *op) {
  return op->walk([](SpawnOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// The loop whose body `block` is, if it is one that can carry a token.
static Operation *loopAround(Block *block) {
  Operation *parent = block->getParentOp();
  if (isa<scf::ForOp>(parent))
    return parent;
  auto loop = dyn_cast<scf::WhileOp>(parent);
  return loop && loop.getAfterBody() == block ? loop : nullptr;
}

namespace {
/// A request that is under way, and what must not meet it.
struct Request {
  Accesses accesses{/*ofBlock=*/true};

  bool conflictsWith(Operation *op) const {
    Accesses other(/*ofBlock=*/true);
    other.add(op);
    return accesses.conflictsWith(other);
  }
  /// The first op of [from, end of its block) that must come after the wait;
  /// the last where none does: the terminator, unless the block has none.
  Operation *stopOf(Operation *from) const {
    Operation *last = &from->getBlock()->back();
    while (from != last && (isa<WaitOp>(from) || !conflictsWith(from)))
      from = from->getNextNode();
    return from;
  }
  /// Whether threads would work before a wait that goes on from `from`.
  bool isWorthIt(Operation *from, bool carried = false) const {
    if (!from)
      return false;
    Operation *stop = stopOf(from);
    for (; from != stop; from = from->getNextNode())
      if (hasSpawn(from))
        return true;
    if (auto branch = dyn_cast<scf::IfOp>(stop))
      return llvm::any_of(branch->getRegions(), [&](Region &region) {
        return !region.empty() && isWorthIt(&region.front().front(), carried);
      });
    if (carried || !stop->hasTrait<OpTrait::IsTerminator>())
      return false;
    Block *block = stop->getBlock();
    if (loopAround(block))
      return isWorthIt(&block->front(), /*carried=*/true);
    auto branch = dyn_cast<scf::IfOp>(block->getParentOp());
    return branch && isWorthIt(branch->getNextNode());
  }
};

struct CarryWaitsPass
    : public smash::piuma::impl::CarryWaitsBase<CarryWaitsPass> {
  void runOnOperation() override {
    SmallVector<WaitOp> waits;
    getOperation()->walk([&](WaitOp wait) {
      if (isOfBlock(wait) && wait.getTokens().size() == 1)
        waits.push_back(wait);
    });
    for (WaitOp wait : waits) {
      Value token = wait.getTokens()[0];
      Operation *made = token.getDefiningOp();
      if (!made || isa<DoneOp>(made) || made->getNumResults() != 1 ||
          made->getBlock() != wait->getBlock())
        continue;
      Request request;
      request.accesses.add(made);
      if (!request.accesses.hasScratchpad())
        continue;
      Operation *next = wait->getNextNode();
      if (!request.isWorthIt(next))
        continue;
      wait.erase();
      sink(request, token, next);
      ++numMoved;
    }
  }

  void await(Value token, Operation *before) {
    OpBuilder b(before);
    WaitOp::create(b, token.getLoc(), token);
  }

  /// Awaits `token` where a thread that goes on from `from` comes to what must
  /// not be before, at the latest at the end of the block.
  void place(const Request &request, Value token, Operation *from) {
    Operation *stop = request.stopOf(from);
    auto branch = dyn_cast<scf::IfOp>(stop);
    if (!branch || !request.isWorthIt(stop, /*carried=*/true))
      return await(token, stop);
    Region &otherwise = branch.getElseRegion();
    if (otherwise.empty()) {
      OpBuilder b(&otherwise);
      b.createBlock(&otherwise);
      scf::YieldOp::create(b, branch.getLoc());
    }
    for (Region &region : branch->getRegions())
      place(request, token, &region.front().front());
  }

  /// Awaits `token` as late as can be, from `from` on, behind the branch and
  /// around the loop that end there, too.
  void sink(const Request &request, Value token, Operation *from) {
    Operation *stop = request.stopOf(from);
    Block *block = stop->getBlock();
    if (!stop->hasTrait<OpTrait::IsTerminator>() || !request.isWorthIt(stop))
      return place(request, token, from);
    if (auto branch = dyn_cast<scf::IfOp>(block->getParentOp())) {
      scf::IfOp wider = yieldToken(branch, block, token);
      return sink(request, wider->getResults().back(), wider->getNextNode());
    }
    Operation *loop = loopAround(block);
    Operation *wider = isa<scf::ForOp>(loop)
                           ? carryToken(cast<scf::ForOp>(loop), token)
                           : carryToken(cast<scf::WhileOp>(loop), token);
    Value before = block->getArguments().back();
    place(request, before, &block->front());
    ++numCarried;
    sink(request, wider->getResults().back(), wider->getNextNode());
  }

  /// `op` with one more result, and its regions.
  template <typename OpTy, typename... Args>
  static OpTy widen(OpTy op, Type added, Args &&...args) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    SmallVector<Type> types(op->getResultTypes());
    types.push_back(added);
    auto wider = OpTy::create(b, types, std::forward<Args>(args)...);
    wider->setAttrs(op->getAttrs());
    for (auto [to, from] :
         llvm::zip_equal(wider->getRegions(), op->getRegions()))
      to.takeBody(from);
    op->replaceAllUsesWith(wider->getResults().drop_back());
    op->erase();
    return wider;
  }

  static Value makeDone(Operation *before) {
    OpBuilder b(before);
    return DoneOp::create(b, before->getLoc(), TokenType::get(b.getContext()));
  }

  /// The branch also yields `token`, which is made in `block`; the other one
  /// has nothing to wait for.
  static scf::IfOp yieldToken(scf::IfOp branch, Block *block, Value token) {
    scf::IfOp wider = widen(branch, token.getType(), branch.getCondition());
    Region &otherwise = wider.getElseRegion();
    if (otherwise.empty()) {
      OpBuilder b(&otherwise);
      b.createBlock(&otherwise);
      scf::YieldOp::create(b, wider.getLoc());
    }
    for (Region &region : wider->getRegions()) {
      Operation *yield = region.front().getTerminator();
      Value yielded = &region.front() == block ? token : makeDone(yield);
      yield->insertOperands(yield->getNumOperands(), yielded);
    }
    return wider;
  }

  static Operation *carryToken(scf::ForOp loop, Value token) {
    SmallVector<Value> inits(loop.getInitArgs());
    inits.push_back(makeDone(loop));
    ImplicitLocOpBuilder b(loop.getLoc(), loop);
    auto wider = scf::ForOp::create(
        b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), inits);
    wider->setAttrs(loop->getAttrs());
    wider.getRegion().takeBody(loop.getRegion());
    wider.getBody()->addArgument(token.getType(), token.getLoc());
    Operation *yield = wider.getBody()->getTerminator();
    yield->insertOperands(yield->getNumOperands(), token);
    loop->replaceAllUsesWith(wider->getResults().drop_back());
    loop->erase();
    return wider;
  }

  static Operation *carryToken(scf::WhileOp loop, Value token) {
    SmallVector<Value> inits(loop.getInits());
    inits.push_back(makeDone(loop));
    scf::WhileOp wider = widen(loop, token.getType(), ValueRange(inits));
    Value before =
        wider.getBeforeBody()->addArgument(token.getType(), token.getLoc());
    Operation *condition = wider.getBeforeBody()->getTerminator();
    condition->insertOperands(condition->getNumOperands(), before);
    wider.getAfterBody()->addArgument(token.getType(), token.getLoc());
    Operation *yield = wider.getAfterBody()->getTerminator();
    yield->insertOperands(yield->getNumOperands(), token);
    return wider;
  }
};
} // namespace
