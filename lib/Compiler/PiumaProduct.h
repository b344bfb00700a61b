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

/// Machine code for one of the runtimes.
struct PiumaCode {
  PiumaCode(const piuma::TargetModel &target, PiumaRuntime runtime)
      : target(target), runtime(runtime) {}

  /// Makes machine code of a module in the LLVM dialect, to be entered at the C
  /// interface of `function`.
  llvm::Error link(mlir::ModuleOp module, llvm::StringRef function,
                   Sanitizer sanitizer = Sanitizer::None);

  /// Calls `program` on host threads, or checked.
  llvm::Error run(uint64_t seed, int64_t mostSteps,
                  const std::function<void()> &program) const;
  /// Calls `program` on `machine`.
  llvm::Error simulate(piuma::TimingRun &machine,
                       const std::function<void()> &program) const;

  piuma::TargetModel target;
  PiumaRuntime runtime;
  std::unique_ptr<HostEngine> engine;
  void *entry = nullptr;
  /// What instrumented code writes; null in the functional runtime.
  piuma::Charges *charges = nullptr;
};

struct PiumaProduct::Implementation : PiumaCode {
  Implementation(const ProductOptions &options,
                 const piuma::TargetModel &target, PiumaRuntime runtime,
                 std::string strategy)
      : PiumaCode(target, runtime), options(options),
        strategy(std::move(strategy)) {}

  ProductOptions options;
  std::string strategy;
  double compileMs = 0;
};

/// The function that a program starts with.
inline constexpr llvm::StringLiteral kProgramFunction = "main";

struct PiumaProgram::Implementation : PiumaCode {
  using PiumaCode::PiumaCode;

  /// Calls the function; what it returns, as text.
  std::string call() const;

  mlir::Type result; ///< null: none
};

} // namespace smash

#endif // SMASH_LIB_COMPILER_PIUMAPRODUCT_H
