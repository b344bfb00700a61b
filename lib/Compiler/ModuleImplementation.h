//===- ModuleImplementation.h - modules in machine code ---------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_COMPILER_MODULEIMPLEMENTATION_H
#define SMASH_LIB_COMPILER_MODULEIMPLEMENTATION_H

#include "mlir/IR/BuiltinOps.h"
#include "smash/Compiler/Module.h"
#include "smash/Execution/HostEngine.h"

namespace smash {

/// A CSR matrix as a function takes or gives it.
struct ModuleMatrix {
  ValueType valueType = ValueType::F64;
  unsigned positionBits = 32, coordinateBits = 32;
  std::optional<int64_t> rows, cols;
  bool sorted = true;
};

/// A public function of a module.
struct ModuleFunction {
  std::string name;
  std::vector<ModuleMatrix> operands, results;
  /// Why it cannot be called with matrices; empty when it can.
  std::string obstacle;
  void *entry = nullptr;
};

struct CompiledModule::Implementation {
  /// Notes the public functions of a module of products, and asks for their C
  /// interfaces.
  void describe(mlir::ModuleOp module);
  /// Adds to the lowered module, for each function, one that takes an array of
  /// pointers to its arguments.
  void addCalls(mlir::ModuleOp module) const;
  /// Makes machine code of it.
  llvm::Error link(mlir::ModuleOp module);

  const ModuleFunction *find(llvm::StringRef name) const;

  std::vector<ModuleFunction> functions;
  std::unique_ptr<HostEngine> engine;
  double compileMs = 0;
};

} // namespace smash

#endif // SMASH_LIB_COMPILER_MODULEIMPLEMENTATION_H
