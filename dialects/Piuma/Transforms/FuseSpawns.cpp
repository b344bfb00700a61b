//===- FuseSpawns.cpp - barriers instead of new threads -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accesses.h"
#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"

namespace smash::piuma {
#define GEN_PASS_DEF_FUSESPAWNS
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-fuse-spawns"

namespace {
struct FuseSpawnsPass
    : public smash::piuma::impl::FuseSpawnsBase<FuseSpawnsPass> {
  void runOnOperation() override {
    TargetAttr target = requireTarget(getOperation(), getArgument());
    if (!target)
      return signalPassFailure();
    TargetModel model = target.getModel();
    SmallVector<SpawnOp> spawns;
    getOperation()->walk([&](SpawnOp spawn) { spawns.push_back(spawn); });
    // From the end: what follows a spawn is fused already.
    for (SpawnOp spawn : llvm::reverse(spawns)) {
      fuse(spawn, model);
      removeBarriers(spawn);
    }
  }

  /// Appends to `spawn` the one that follows it, if there is one.
  void fuse(SpawnOp spawn, const TargetModel &model) {
    SmallVector<Operation *> between;
    Operation *op = spawn->getNextNode();
    for (; op && !isa<SpawnOp>(op); op = op->getNextNode()) {
      if (!isPure(op) || op->getNumRegions() != 0)
        return;
      between.push_back(op);
    }
    auto next = dyn_cast_or_null<SpawnOp>(op);
    if (!next || next.getPipeline() != spawn.getPipeline())
      return;
    std::optional<int64_t> count = getConstantIntValue(spawn.getCount());
    // Threads that wait for one to end cannot meet it at a barrier.
    int64_t slots = spawn.getPipeline() == Pipeline::Multi
                        ? model.threadsPerCore()
                        : model[Parameter::StpsPerCore];
    if (!count || *count > slots ||
        getConstantIntValue(next.getCount()) != count)
      return;
    for (Operation *pure : between)
      pure->moveBefore(spawn);
    IRRewriter rewriter(spawn);
    Block &body = spawn.getBody().front();
    Block &appended = next.getBody().front();
    rewriter.setInsertionPoint(body.getTerminator());
    BarrierOp::create(rewriter, next.getLoc());
    rewriter.eraseOp(appended.getTerminator());
    rewriter.inlineBlockBefore(&appended, body.getTerminator(), spawn.getId());
    rewriter.eraseOp(next);
    ++numFused;
  }

  /// Removes barriers of `spawn` whose phases do not need them.
  void removeBarriers(SpawnOp spawn) {
    // A phase is what stands between two barriers, or the ends.
    Accesses before, after;
    BarrierOp barrier;
    auto close = [&] {
      if (!barrier)
        return;
      if (!before.isEmpty() && !after.isEmpty() &&
          before.conflictsWith(after)) {
        before = Accesses();
        return;
      }
      barrier.erase();
      ++numRemoved;
    };
    for (Operation &op : llvm::make_early_inc_range(spawn.getBody().front())) {
      auto next = dyn_cast<BarrierOp>(op);
      if (!next) {
        after.add(&op);
        continue;
      }
      close();
      before.add(after);
      after = Accesses();
      barrier = next;
    }
    close();
  }
};
} // namespace
