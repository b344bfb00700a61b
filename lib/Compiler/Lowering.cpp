//===- Lowering.cpp - pipelines, run for their diagnostics ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "smash/Pipelines/RegisterAll.h"
#include "smash/Runtime/Runtime.h"
#include <ctime>
#include <unistd.h>

using namespace mlir;
using namespace smash;

/// `diagnostic` as one line, after the place where that is a file's.
static std::string describe(Diagnostic &diagnostic) {
  std::string message;
  llvm::raw_string_ostream os(message);
  if (auto at = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
    os << at.getLine() << ":" << at.getColumn() << ": ";
  std::string text = diagnostic.str();
  os << StringRef(text).split('\n').first;
  return message;
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context, bool passOn)
    : handler(context, [this, passOn](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
            message.empty())
          message = describe(diagnostic);
        return success(!passOn);
      }) {}

llvm::Error DiagnosticCollector::take() {
  if (message.empty())
    message = "the compiler failed without saying why";
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

std::vector<std::pair<std::string, void *>> smash::listHostRuntime() {
  auto address = [](auto *function) {
    return reinterpret_cast<void *>(function);
  };
  return {{"smash_rt_alloc", address(smash_rt_alloc)},
          {"smash_rt_resize", address(smash_rt_resize)},
          {"smash_rt_forget", address(smash_rt_forget)},
          {"smash_rt_free", address(smash_rt_free)},
          {"smash_rt_parallel", address(smash_rt_parallel)},
          {"smash_rt_fail", address(smash_rt_fail)}};
}

double smash::readCpuMs() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

DialectRegistry smash::makeCompilerRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  return registry;
}

void smash::describeThisMachine(HostPipelineOptions &options) {
  if (long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0)
    options.scratchpadBytes = bytes;
  if (long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE); bytes > 0)
    options.cacheBytes = bytes;
  long pages = sysconf(_SC_PHYS_PAGES), pageBytes = sysconf(_SC_PAGESIZE);
  if (pages > 0 && pageBytes > 0)
    options.memoryBytes = int64_t(pages) * pageBytes;
}

LogicalResult
smash::runPipeline(ModuleOp module,
                   llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(module->getContext(), module->getName().getStringRef());
  // The first error ends the pipeline; its message says which op and why.
  build(pm);
  // Once at the end, not after each pass: that is a tenth of the time.
  pm.enableVerifier(false);
  return success(succeeded(pm.run(module)) && succeeded(verify(module)));
}
