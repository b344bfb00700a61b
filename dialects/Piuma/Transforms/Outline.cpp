//===- Outline.cpp - functions of launches and spawns -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/IR/SymbolTable.h"

namespace smash::piuma {
#define GEN_PASS_DEF_OUTLINE
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-outline"

namespace {
struct OutlinePass : public smash::piuma::impl::OutlineBase<OutlinePass> {
  void runOnOperation() override {
    // Spawns stand inside launches, and come first.
    SmallVector<Operation *> regions;
    getOperation()->walk([&](Operation *op) {
      if (isa<LaunchOp, SpawnOp>(op))
        regions.push_back(op);
    });
    for (Operation *op : regions)
      if (failed(outline(op)))
        return signalPassFailure();
    // Nothing is left that asks for it, and tools that do not know the dialect
    // read what comes next.
    getOperation()->removeAttr(kTargetAttrName);
  }

  LogicalResult outline(Operation *op) {
    ModuleOp module = getOperation();
    auto function = op->getParentOfType<func::FuncOp>();
    if (!function)
      return op->emitOpError("is to become a function, and stands in no "
                             "func.func");
    std::string stem =
        (function.getName() + (isa<LaunchOp>(op) ? "_block" : "_thread")).str();
    std::string name = stem;
    for (unsigned i = 0; module.lookupSymbol(name); ++i)
      name = stem + "_" + std::to_string(i);
    bool meets = false;
    op->walk(
        [&](Operation *nested) { meets |= isa<BarrierOp, ReduceOp>(nested); });
    IRRewriter rewriter(op);
    Location loc = op->getLoc();
    func::CallOp call;
    auto outlined =
        outlineSingleBlockRegion(rewriter, loc, op->getRegion(0), name, &call);
    if (failed(outlined))
      return op->emitOpError("cannot be outlined");
    outlined->setPrivate();
    PipelineAttr pipeline;
    Value count;
    if (auto spawn = dyn_cast<SpawnOp>(op)) {
      pipeline = spawn.getPipelineAttr();
      count = spawn.getCount();
    } else {
      count = cast<LaunchOp>(op).getCount();
    }
    rewriter.setInsertionPoint(op);
    CallOp::create(rewriter, loc, name, count, pipeline, meets,
                   call.getOperands().drop_front());
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace
