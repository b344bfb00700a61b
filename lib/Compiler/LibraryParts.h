//===- LibraryParts.h - what a library is made of ---------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_COMPILER_LIBRARYPARTS_H
#define SMASH_LIB_COMPILER_LIBRARYPARTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "smash/Compiler/Library.h"

namespace smash {

/// What C passes or gets: a CSR matrix or a plan, by a pointer to a struct, or
/// a number.
struct Parameter {
  enum Kind { Matrix, Plan, Number } kind;
  std::string name; ///< in C
  mlir::Type type;  ///< before lowering

  mlir::Type positionType() const; ///< of a matrix or a plan
  mlir::Type coordinateType() const;
  mlir::Type valueType() const; ///< of a matrix or a number
};

/// A size of a matrix argument, or a constant.
struct SizeRef {
  int64_t argument = -1; ///< -1: a constant
  int64_t dim = 0;
  int64_t constant = 0;

  bool operator==(const SizeRef &other) const {
    return argument == other.argument && dim == other.dim &&
           constant == other.constant;
  }
};

/// What becomes of a function on tensors for C: most become one entry.
struct EntryNote {
  std::string kernel; ///< the function on tensors
  std::string name;   ///< of the entry
  /// What the header says of it, one sentence or more.
  std::string comment;
  /// Whether the arrays of the only result, a matrix, are the caller's, who
  /// says how many entries they hold.
  bool fills = false;
  /// Whether the function on tensors takes these arrays, after its arguments;
  /// else they are filled from the arrays that it made.
  bool passesArrays = false;
  std::string result{}; ///< name of the only result, unless empty
  /// The function that takes the same arguments, and tells which sizes must
  /// agree; empty: the function itself.
  std::string like{};
};

/// A function that C can call.
struct Entry : EntryNote {
  std::vector<Parameter> arguments, results;
  /// Pairs of sizes that must be equal.
  std::vector<std::pair<SizeRef, SizeRef>> sizes;
};

/// Adds the functions that tell the size, and those of the two phases, of each
/// public function that is one product.
std::vector<EntryNote> addPhases(mlir::ModuleOp module);

/// The entry of a function on tensors as `note` says, or a diagnostic.
mlir::FailureOr<Entry> describeEntry(mlir::func::FuncOp function,
                                     const EntryNote &note);

/// Adds to a module in the LLVM dialect the functions that C calls, in the
/// place of those that they call; nothing else can be seen from outside.
void addEntries(mlir::ModuleOp module, llvm::ArrayRef<Entry> entries);

/// The C header.
std::string printHeader(const LibraryOptions &options,
                        const CompiledLibrary &library,
                        llvm::ArrayRef<Entry> entries);

} // namespace smash

#endif // SMASH_LIB_COMPILER_LIBRARYPARTS_H
