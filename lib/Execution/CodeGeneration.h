//===- CodeGeneration.h - from the LLVM dialect to bytes ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_EXECUTION_CODEGENERATION_H
#define SMASH_LIB_EXECUTION_CODEGENERATION_H

#include "smash/Execution/HostEngine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Target/TargetMachine.h"

namespace smash::detail {

/// A function of the C library that generated code may call.
struct HostSymbol {
  llvm::StringRef name;
  void *address;
};

/// The reviewed list. The optimiser and the linker both read it, so that the
/// one never makes a call that the other refuses.
llvm::ArrayRef<HostSymbol> hostSymbols();

/// The machine that `options` asks for.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const EngineOptions &options);

/// Optimised code for `machine`, in the form of `fileType`.
llvm::Expected<llvm::SmallVector<char, 0>>
generateCode(mlir::ModuleOp module, const EngineOptions &options,
             llvm::TargetMachine &machine, llvm::CodeGenFileType fileType);

/// The analyses of LLVM's passes.
struct Analyses {
  /// Makes those of `builder` known, behind what is there.
  void addFrom(llvm::PassBuilder &builder);

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
};

/// Instruments the functions of `module`.
void instrument(llvm::Module &module, Sanitizer sanitizer,
                llvm::TargetMachine &machine);

/// Makes `module` tell what it executes; see InstructionCosts.
void chargeInstructions(llvm::Module &module, const InstructionCosts &costs);

/// Makes loops of `module` tell when they do not end; see LoopLimit.
void watchLoops(llvm::Module &module, const LoopLimit &limit);

} // namespace smash::detail

#endif // SMASH_LIB_EXECUTION_CODEGENERATION_H
