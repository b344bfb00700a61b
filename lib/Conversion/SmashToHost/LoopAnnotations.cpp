//===- LoopAnnotations.cpp - loop annotations where LLVM reads them -------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "smash/Conversion/Passes.h"

namespace smash {
#define GEN_PASS_DEF_ATTACHLOOPANNOTATIONS
#include "smash/Conversion/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

namespace {
struct AttachLoopAnnotationsPass
    : public smash::impl::AttachLoopAnnotationsBase<AttachLoopAnnotationsPass> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      auto attach = [&](auto branch) {
        if (auto annotation = dyn_cast_or_null<LLVM::LoopAnnotationAttr>(
                op->removeDiscardableAttr("llvm.loop_annotation")))
          branch.setLoopAnnotationAttr(annotation);
      };
      if (auto branch = dyn_cast<LLVM::BrOp>(op))
        attach(branch);
      else if (auto branch = dyn_cast<LLVM::CondBrOp>(op))
        attach(branch);
    });
  }
};
} // namespace
