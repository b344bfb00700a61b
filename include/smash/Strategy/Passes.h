//===- Passes.h - passes that decide how a product is computed -----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_STRATEGY_PASSES_H
#define SMASH_STRATEGY_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace smash {

#define GEN_PASS_DECL
#include "smash/Strategy/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "smash/Strategy/Passes.h.inc"

} // namespace smash

#endif // SMASH_STRATEGY_PASSES_H
