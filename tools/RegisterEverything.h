//===- RegisterEverything.h - what the tools on IR know ---------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_REGISTEREVERYTHING_H
#define SMASH_TOOLS_REGISTEREVERYTHING_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "smash/Pipelines/RegisterAll.h"

namespace smash {

/// Upstream's dialects and smash's, with what they attach to one another.
inline void registerEveryDialect(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  smash::registerAllDialects(registry);
  smash::registerAllExtensions(registry);
}

/// The same, and all passes and pipelines.
inline void registerEverything(mlir::DialectRegistry &registry) {
  mlir::registerAllPasses();
  smash::registerAllPasses();
  smash::registerAllPipelines();
  registerEveryDialect(registry);
}

} // namespace smash

#endif // SMASH_TOOLS_REGISTEREVERYTHING_H
