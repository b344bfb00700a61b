//===- Lowering.h - pipelines, run for their diagnostics --------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_COMPILER_LOWERING_H
#define SMASH_LIB_COMPILER_LOWERING_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "smash/Pipelines/Pipelines.h"
#include "llvm/Support/Error.h"
#include <string>
#include <utility>
#include <vector>

namespace smash {

/// Keeps the first error that is reported while it lives, as one line.
class DiagnosticCollector {
public:
  /// With `passOn`, whoever else listens to the context hears them, too.
  explicit DiagnosticCollector(mlir::MLIRContext *context, bool passOn = false);

  /// The error; there must be one.
  llvm::Error take();

  /// `result`, or the error that was reported on the way to none.
  template <typename T>
  llvm::Expected<T> orError(llvm::Expected<T> result) {
    if (result || message.empty())
      return result;
    llvm::consumeError(result.takeError());
    return take();
  }

private:
  std::string message;
  mlir::ScopedDiagnosticHandler handler;
};

/// What emitted code calls on the host, and where it is.
std::vector<std::pair<std::string, void *>> listHostRuntime();

/// CPU time of this thread, in milliseconds.
double readCpuMs();

/// Every dialect that a product passes through.
mlir::DialectRegistry makeCompilerRegistry();

/// Sizes of this machine's caches and memory; what the system does not tell
/// stays as it is.
void describeThisMachine(HostPipelineOptions &options);

/// Runs a pipeline, and verifies what comes out; a diagnostic says what failed.
mlir::LogicalResult
runPipeline(mlir::ModuleOp module,
            llvm::function_ref<void(mlir::OpPassManager &)> build);

} // namespace smash

#endif // SMASH_LIB_COMPILER_LOWERING_H
