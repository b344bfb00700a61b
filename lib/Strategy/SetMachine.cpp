//===- SetMachine.cpp - the machine that kernels are made for ------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "smash/Strategy/Passes.h"

namespace smash {
#define GEN_PASS_DEF_SETMACHINE
#include "smash/Strategy/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

namespace {
struct SetMachinePass : public smash::impl::SetMachineBase<SetMachinePass> {
  using SetMachineBase::SetMachineBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module->hasAttr(kMachineAttrName))
      return;
    auto emitError = [&] { return module.emitError("smash-set-machine: "); };
    if (failed(MachineAttr::verify(
            emitError, blocks, threadsPerBlock, scratchpadBytes, cacheBytes,
            memoryBytes, narrowestAtomic, bulkCopy, plainUpdateCost, atomicCost,
            cacheAccessCost, memoryAccessCost, bytesPerSecond)))
      return signalPassFailure();
    module->setAttr(kMachineAttrName,
                    MachineAttr::get(&getContext(), blocks, threadsPerBlock,
                                     scratchpadBytes, cacheBytes, memoryBytes,
                                     narrowestAtomic, bulkCopy, plainUpdateCost,
                                     atomicCost, cacheAccessCost,
                                     memoryAccessCost, bytesPerSecond));
  }
};
} // namespace
