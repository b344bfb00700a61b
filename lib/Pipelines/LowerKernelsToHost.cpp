//===- LowerKernelsToHost.cpp - kernels among other code ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "smash/Conversion/Passes.h"
#include "smash/Pipelines/Passes.h"
#include "smash/Pipelines/Pipelines.h"

namespace smash {
#define GEN_PASS_DEF_LOWERKERNELSTOHOST
#include "smash/Pipelines/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-kernels-to-host"

bool smash::holdsKernels(ModuleOp module) {
  return module
      ->walk([](Operation *op) {
        return isa_and_present<SmashDialect>(op->getDialect())
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

namespace {
struct LowerKernelsToHostPass
    : public smash::impl::LowerKernelsToHostBase<LowerKernelsToHostPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!holdsKernels(module))
      return;
    OpPassManager pm(ModuleOp::getOperationName());
    buildKernelToHostPipeline(pm);
    if (failed(runPipeline(pm, module)))
      signalPassFailure();
  }
};
} // namespace
