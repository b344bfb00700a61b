//===- SetTarget.cpp - the machine of a program -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"

namespace smash::piuma {
#define GEN_PASS_DEF_SETTARGET
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

namespace {
struct SetTargetPass : public smash::piuma::impl::SetTargetBase<SetTargetPass> {
  using SetTargetBase::SetTargetBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module->hasAttr(kTargetAttrName))
      return;
    auto model = TargetModel::load(target);
    if (!model) {
      module.emitError("piuma-set-target: ")
          << llvm::toString(model.takeError());
      return signalPassFailure();
    }
    module->setAttr(kTargetAttrName, TargetAttr::get(&getContext(), *model));
  }
};
} // namespace
