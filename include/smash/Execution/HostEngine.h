//===- HostEngine.h - machine code for the host ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Turns a module in the LLVM dialect into machine code for the host: as text,
/// as an object, or loaded into the process. Knows no dialect of smash's own.
///
/// Floating-point operations are neither fused nor reordered, so that a kernel
/// gives the same bits as the IR says. Generated code may call only the symbols
/// that the caller lists and those of `listHostSymbols()`; anything else is an
/// error, never a symbol of the process that happens to have that name. None of
/// them may throw.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_EXECUTION_HOSTENGINE_H
#define SMASH_EXECUTION_HOSTENGINE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace smash {

/// What instructions cost on a machine that is simulated, so that compiled code
/// tells what it has executed: each block of instructions adds to a variable of
/// the module, int64_t[2 + kClasses], namely the instructions, their cycles
/// beyond one each, and the instructions of each class.
struct InstructionCosts {
  enum Class {
    Alu,
    Multiply,
    Divide,
    FloatAdd,
    FloatMultiply,
    FloatDivide,
    Branch
  };
  static constexpr unsigned kClasses = Branch + 1;
  std::array<int64_t, kClasses> cycles; ///< of each class, at least 1
  /// The variable, and the prefix of functions that read it: their calls, and
  /// the accesses through pointers that they return, cost nothing here.
  std::string variable;
  std::string eventPrefix;
  /// The function that returns where to load from, and one that is called with
  /// that address before what was loaded is used first, or at the end of the
  /// load's block. Both are events; empty: no such calls.
  std::string loadFunction, useFunction;
};

/// How compiled code tells that a loop does not end which calls nothing, so
/// that nobody else sees it go round.
struct LoopLimit {
  int64_t rounds;       ///< of one loop, since it was entered
  std::string function; ///< void(), which such a loop then calls
};

/// What generated code is instrumented for. Its runtime is in programs that
/// were themselves built with that sanitizer.
enum class Sanitizer : int { None, Thread, Address };

/// The sanitizer that this library was built with.
Sanitizer builtInSanitizer();

/// How machine code is made, and what it may refer to.
struct EngineOptions {
  /// 0: none. 1: the passes that pay on kernels. 2: those, and loops whose
  /// `#llvm.loop_annotation` asks for it are vectorized. 3: LLVM's -O3, which
  /// takes three times as long and measures no faster; a loop is unrolled only
  /// where its annotation asks for it.
  unsigned optLevel = 2;
  /// An LLVM CPU name, or "native": the CPU and the features of this host.
  std::string cpu = "native";
  /// What generated code may call, and where it is.
  std::vector<std::pair<std::string, void *>> symbols;
  /// LLVM bitcode that is linked in before optimisation, as far as it is
  /// referred to. What it defines is not seen from outside.
  std::vector<llvm::StringRef> support;
  /// Instruments accesses; an error of HostEngine::create unless the library
  /// was built with that sanitizer.
  Sanitizer sanitizer = Sanitizer::None;
  /// Charges instructions as they stand after optimisation (at level 0 or 1).
  std::optional<InstructionCosts> costs;
  std::optional<LoopLimit> loopLimit;
};

/// Names of the functions of the C library (memory only) that generated code
/// may refer to without being told so.
std::vector<llvm::StringRef> listHostSymbols();

// The functions below read `module` and leave it as it is, save that its
// context learns how to translate the builtin and LLVM dialects; so no other
// thread may use that context meanwhile. They are otherwise safe to call from
// several threads. Errors are one line.

/// What code is generated for: the name and the features of the CPU that
/// `options` ask for, and how it is optimised. Objects of equal modules and
/// equal descriptions are equal.
std::string describeCodeGeneration(const EngineOptions &options = {});

/// LLVM IR after optimisation, as text.
llvm::Expected<std::string> emitLLVMIR(mlir::ModuleOp module,
                                       const EngineOptions &options = {});

/// Assembly text.
llvm::Expected<std::string> emitAssembly(mlir::ModuleOp module,
                                         const EngineOptions &options = {});

/// The bytes of a relocatable, position-independent object. Its undefined
/// symbols are not checked.
llvm::Expected<std::string> emitObject(mlir::ModuleOp module,
                                       const EngineOptions &options = {});

/// Machine code in this process. It lives as long as the engine does.
class HostEngine {
public:
  /// Compiles and links `module`; an error names every symbol that the options
  /// lack.
  static llvm::Expected<std::unique_ptr<HostEngine>>
  create(mlir::ModuleOp module, const EngineOptions &options = {});

  /// Links an object that `emitObject` made with the same options. What those
  /// say of code generation is not read.
  static llvm::Expected<std::unique_ptr<HostEngine>>
  load(llvm::StringRef object, const EngineOptions &options = {});

  ~HostEngine();

  /// The address of an exported function or variable of the module.
  llvm::Expected<void *> lookup(llvm::StringRef name) const;

private:
  struct Implementation;
  explicit HostEngine(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace smash

#endif // SMASH_EXECUTION_HOSTENGINE_H
