//===- Passes.h - passes of the piuma dialect -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_TRANSFORMS_PASSES_H
#define PIUMA_TRANSFORMS_PASSES_H

#include "Piuma/IR/Piuma.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace smash::piuma {

#define GEN_PASS_DECL
#include "Piuma/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "Piuma/Transforms/Passes.h.inc"

} // namespace smash::piuma

#endif // PIUMA_TRANSFORMS_PASSES_H
