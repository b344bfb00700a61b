//===- DelayWaits.cpp - requests in the background -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Accesses.h"
#include "Piuma/Transforms/Passes.h"

namespace smash::piuma {
#define GEN_PASS_DEF_DELAYWAITS
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-delay-waits"

namespace {
struct DelayWaitsPass
    : public smash::piuma::impl::DelayWaitsBase<DelayWaitsPass> {
  void runOnOperation() override {
    SmallVector<WaitOp> waits;
    getOperation()->walk([&](WaitOp wait) { waits.push_back(wait); });
    // From the end, so that none stands in the way of another.
    for (WaitOp wait : llvm::reverse(waits))
      delay(wait);
  }

  void delay(WaitOp wait) {
    Accesses requests;
    for (Value token : wait.getTokens()) {
      // A token that came from elsewhere is of who knows what.
      Operation *request = token.getDefiningOp();
      if (!request || request->getBlock() != wait->getBlock())
        return;
      requests.add(request);
    }
    Operation *end = wait->getNextNode();
    bool passed = false;
    for (; end && !end->hasTrait<OpTrait::IsTerminator>();
         end = end->getNextNode()) {
      if (isa<WaitOp>(end))
        continue;
      // What is waited for stays with its phase.
      if (isa<EnterPhaseOp>(end))
        break;
      Accesses next;
      next.add(end);
      if (requests.conflictsWith(next))
        break;
      // Constants and indices alone are no gain.
      passed |= !isMemoryEffectFree(end);
    }
    // Without an end the block is a module's, say, which no thread runs.
    if (!passed || !end)
      return;
    // Waits stay in their order.
    while (isa<WaitOp>(end->getPrevNode()))
      end = end->getPrevNode();
    wait->moveBefore(end);
    ++numDelayed;
  }
};
} // namespace
