//===- Handles.h - what the C handles are -----------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_CAPI_HANDLES_H
#define SMASH_LIB_CAPI_HANDLES_H

#include "smash-c/Smash.h"
#include "smash/Compiler/Compiler.h"
#include "smash/Compiler/Piuma.h"
#include <new>
#include <string>
#include <utility>

struct SmashError {
  SmashErrorCode code;
  std::string message;
};
struct SmashMatrix {
  smash::Matrix matrix;
};
struct SmashStoredMatrix {
  smash::StoredMatrix matrix;
  std::string format;
};
struct SmashCompiler {
  explicit SmashCompiler(const smash::CompilerOptions &options = {})
      : compiler(options) {}
  explicit SmashCompiler(mlir::MLIRContext &context) : compiler(context) {}
  smash::Compiler compiler;
};
struct SmashProduct {
  smash::CompiledProduct product;
};
struct SmashModule {
  smash::CompiledModule module;
};
struct SmashSimulation {
  smash::PiumaProduct product;
};

namespace smash::capi {

SmashError *makeError(SmashErrorCode code, const llvm::Twine &message);
/// The error as a handle, with `code` unless it says that memory ran out.
SmashError *makeError(SmashErrorCode code, llvm::Error error);
/// Needs no memory.
SmashError *outOfMemory();

/// `csr` with its arrays as they are, or an error that names what cannot be.
llvm::Expected<smash::Matrix> borrow(const char *name, const SmashCsr *csr);

/// Whether `type` is one of SmashValueType.
bool isValueType(int type);

/// Calls `body`, which makes an error or null; nothing that it throws crosses
/// the C interface.
template <typename Body>
SmashError *guard(Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return outOfMemory();
  } catch (...) {
    return makeError(SMASH_ERROR_RUN, "an exception of an unknown kind");
  }
}

/// Puts what was made into a handle of the caller's.
template <typename Handle, typename T>
SmashError *give(llvm::Expected<T> made, SmashErrorCode code, Handle **handle) {
  if (!made)
    return makeError(code, made.takeError());
  *handle = new Handle{std::move(*made)};
  return nullptr;
}

/// An error if any of the pointers is null.
template <typename... Pointers>
SmashError *checkPointers(const char *function, Pointers... pointers) {
  if ((... && (pointers != nullptr)))
    return nullptr;
  return makeError(SMASH_ERROR_INVALID_ARGUMENT,
                   std::string(function) + " was given a null pointer");
}

} // namespace smash::capi

#endif // SMASH_LIB_CAPI_HANDLES_H
