//===- CheckStrategies.cpp - products that cannot be lowered -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/Transforms/CheckStrategy.h"
#include "smash/Strategy/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_CHECKSTRATEGIES
#include "smash/Strategy/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

namespace {
struct CheckStrategiesPass
    : public smash::impl::CheckStrategiesBase<CheckStrategiesPass> {
  void runOnOperation() override {
    WalkResult walk = getOperation()->walk([](Operation *op) -> WalkResult {
      return llvm::TypeSwitch<Operation *, LogicalResult>(op)
          .Case<SpGEMMOp, SpGEMMSymbolicOp, SpGEMMNumericOp, UnionOp>(
              [](auto product) { return checkLowerable(product); })
          .Default(success());
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
