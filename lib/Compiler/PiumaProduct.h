//===- PiumaProduct.h - piuma programs in machine code -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_COMPILER_PIUMAPRODUCT_H
#define SMASH_LIB_COMPILER_PIUMAPRODUCT_H

#include "mlir/IR/BuiltinOps.h"
#include "smash/Compiler/Piuma.h"
#include "smash/Execution/HostEngine.h"

namespace smash {

/// How machine code for one of the runtimes is made.
EngineOptions describePiumaEngine(const piuma::TargetModel &target,
                                  PiumaRuntime runtime);

struct PiumaProduct::Implementation {
  Implementation(const ProductOptions &options,
                 const piuma::TargetModel &target, PiumaRuntime runtime,
                 std::string strategy)
      : options(options), target(target), runtime(runtime),
        strategy(std::move(strategy)) {}

  /// Makes machine code of a module in the LLVM dialect.
  llvm::Error link(mlir::ModuleOp module);

  ProductOptions options;
  piuma::TargetModel target;
  PiumaRuntime runtime;
  std::string strategy;
  double compileMs = 0;
  std::unique_ptr<HostEngine> engine;
  void *entry = nullptr;
  /// What instrumented code writes; null in the functional runtime.
  piuma::Charges *charges = nullptr;
};

} // namespace smash

#endif // SMASH_LIB_COMPILER_PIUMAPRODUCT_H
