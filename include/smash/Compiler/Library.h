//===- Library.h - products compiled ahead of time --------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Functions on sparse tensors as an object and a C header, for programs on
/// machines where no compiler is.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_COMPILER_LIBRARY_H
#define SMASH_COMPILER_LIBRARY_H

#include "smash/Compiler/Compiler.h"

namespace smash {

/// What is compiled, and for whom.
struct LibraryOptions {
  /// Names the files in the header's text: NAME.o, NAME.h.
  std::string name;
  /// An LLVM CPU name, or "native": this host. Strategies are chosen for this
  /// host's caches if native, else for those of a common machine.
  std::string cpu = "native";
  /// Blocks that run at once, and threads that share one block's scratchpad.
  /// More than one thread in all needs the runtime library.
  int64_t blocks = 1;
  int64_t blockThreads = 1;
  /// The same bits for any number of threads.
  bool deterministic = false;
  /// What is made of it.
  bool object = true;
  bool assembly = false;
  bool llvmIR = false;
};

/// Functions that C can call.
struct CompiledLibrary {
  std::string object;   ///< the bytes of a relocatable object, or empty
  std::string assembly; ///< text, or empty
  std::string llvmIR;   ///< text, or empty
  std::string header;   ///< C99 and C++
  /// The command that builds a program, main.c, with the object.
  std::string linkCommand;
  /// The exported functions, in order.
  std::vector<std::string> functions;
  /// Whether the object refers to libsmash_runtime.a and pthreads; then the
  /// bytes of that archive, which goes beside the object.
  bool needsRuntime = false;
  std::string runtime;
  double compileMs = 0; ///< CPU time
};

/// Compiles each public function of the module `text`, which stands before
/// `smash-select-strategy`. They take and return CSR matrices, plans and
/// numbers. A function that is one product gets `NAME_fill`, `NAME_size`,
/// `NAME_symbolic` and `NAME_numeric`, too. Errors are one line, with the place
/// in the text.
llvm::Expected<CompiledLibrary> compileLibrary(const LibraryOptions &options,
                                               llvm::StringRef text);

/// Compiles the described product as the function `function`. The options'
/// blocks and threads are those of `options`.
llvm::Expected<CompiledLibrary> compileLibrary(const LibraryOptions &options,
                                               const ProductOptions &product,
                                               llvm::StringRef function);

} // namespace smash

#endif // SMASH_COMPILER_LIBRARY_H
