//===- ReduceOperations.h - leaves out what a bug does not need -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_REDUCE_REDUCEOPERATIONS_H
#define SMASH_TOOLS_REDUCE_REDUCEOPERATIONS_H

#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace smash::reduce {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tools/smash-reduce/Passes.h.inc"

} // namespace smash::reduce

#endif // SMASH_TOOLS_REDUCE_REDUCEOPERATIONS_H
