//===- SelectCaching.cpp - accesses through caches ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accesses.h"
#include "Piuma/Transforms/Passes.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/MapVector.h"

namespace smash::piuma {
#define GEN_PASS_DEF_SELECTCACHING
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-select-caching"

/// Whether every use of `buffer` reads it, so that its caller's data stay as
/// they are while the program runs.
static bool isOnlyRead(Value buffer) {
  return llvm::all_of(buffer.getUsers(), [&](Operation *user) {
    if (isa<LoadOp, memref::DimOp>(user))
      return true;
    if (auto copy = dyn_cast<DmaCopyOp>(user))
      return copy.getDestination() != buffer;
    if (auto gather = dyn_cast<DmaGatherOp>(user))
      return gather.getDestination() != buffer;
    return false;
  });
}

/// Whether `load` is one of many that a thread of `launch` does, of a buffer
/// that is made before.
static bool isWorthIt(LoadOp load, LaunchOp launch) {
  auto spawn = load->getParentOfType<SpawnOp>();
  auto loop = load->getParentOfType<LoopLikeOpInterface>();
  return spawn && loop && spawn->isProperAncestor(loop) &&
         load.getCaching() == Caching::Uncached &&
         !launch.getRegion().isAncestor(load.getMemref().getParentRegion());
}

namespace {
struct SelectCachingPass
    : public smash::piuma::impl::SelectCachingBase<SelectCachingPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isPrivate() || function.isExternal())
        continue;
      for (Value argument : function.getArguments())
        if (isa<MemRefType>(argument.getType()) && isOnlyRead(argument))
          for (Operation *user : argument.getUsers())
            if (auto load = dyn_cast<LoadOp>(user))
              makeCached(load);
      function.walk([&](LaunchOp launch) { cacheWhatIsSettled(launch); });
    }
  }

  void makeCached(LoadOp load) {
    load.setCaching(Caching::Cached);
    ++numCached;
  }

  /// What nobody writes while a launch runs is read through caches, once each
  /// thread has dropped what they had from before.
  void cacheWhatIsSettled(LaunchOp launch) {
    llvm::MapVector<Value, SmallVector<LoadOp>> loads;
    launch->walk([&](LoadOp load) {
      if (isWorthIt(load, launch))
        loads[load.getMemref()].push_back(load);
    });
    Accesses accesses;
    accesses.add(launch);
    for (auto &[buffer, loadsOfIt] : loads) {
      if (accesses.mayWrite(buffer))
        continue;
      llvm::SetVector<SpawnOp> spawns;
      for (LoadOp load : loadsOfIt) {
        makeCached(load);
        spawns.insert(load->getParentOfType<SpawnOp>());
      }
      for (SpawnOp spawn : spawns) {
        auto b = OpBuilder::atBlockBegin(&spawn.getBody().front());
        InvalidateOp::create(b, spawn.getLoc(), buffer);
        ++numInvalidates;
      }
    }
  }
};
} // namespace
