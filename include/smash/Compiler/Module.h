//===- Module.h - modules in machine code -----------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_COMPILER_MODULE_H
#define SMASH_COMPILER_MODULE_H

#include "smash/Support/Matrix.h"
#include "llvm/ADT/ArrayRef.h"
#include <memory>
#include <string>
#include <vector>

namespace smash {

/// How a module is compiled.
struct ModuleOptions {
  /// Blocks that run at once, and threads that share one block's scratchpad.
  int64_t blocks = 1;
  int64_t blockThreads = 1;
  /// The same bits for any number of threads.
  bool deterministic = false;
};

/// The public functions of a module in machine code. Safe to call from several
/// threads.
class CompiledModule {
public:
  ~CompiledModule();
  CompiledModule(CompiledModule &&) noexcept;

  /// The functions of the module, in its order.
  std::vector<std::string> functions() const;

  /// Calls `function`, from CSR matrices to CSR matrices, of the types that it
  /// has in the module; errors name what differs. The operands are read where
  /// they are; the results are new. Out of memory and overflow are errors.
  llvm::Expected<std::vector<Matrix>>
  call(llvm::StringRef function, llvm::ArrayRef<const Matrix *> operands) const;

  /// The address of `function` in MLIR's C interface (`_mlir_ciface_...`), for
  /// callers that know its signature.
  llvm::Expected<void *> lookup(llvm::StringRef function) const;

  /// CPU time from IR to machine code.
  double compileMs() const;

private:
  friend class Compiler;
  struct Implementation;
  explicit CompiledModule(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace smash

#endif // SMASH_COMPILER_MODULE_H
