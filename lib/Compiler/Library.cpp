//===- Library.cpp - products compiled ahead of time ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Compiler/Library.h"
#include "BuildProduct.h"
#include "LibraryParts.h"
#include "Lowering.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Parser/Parser.h"
#include "smash/Conversion/Passes.h"
#include "smash/Execution/HostEngine.h"
#include "smash/Runtime/KernelSupport.h"

using namespace mlir;
using namespace smash;

static void describeHost(const LibraryOptions &options,
                         HostPipelineOptions &host) {
  host.blocks = options.blocks;
  host.threadsPerBlock = options.blockThreads;
  host.deterministic = options.deterministic;
  // Another machine's caches are not known: the pipeline's defaults stand.
  if (options.cpu == "native")
    describeThisMachine(host);
}

/// The entries of the public functions, in order; or a diagnostic.
static FailureOr<std::vector<Entry>>
describeEntries(ModuleOp module, ArrayRef<EntryNote> notes) {
  std::vector<Entry> entries;
  for (auto function : module.getOps<func::FuncOp>()) {
    function->removeAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName());
    if (function.isPrivate())
      continue;
    std::string name = function.getName().str();
    SmallVector<EntryNote> ofFunction;
    for (const EntryNote &note : notes)
      if (note.kernel == name)
        ofFunction.push_back(note);
    if (ofFunction.empty())
      ofFunction.push_back({name, name, "What '@" + name + "' computes."});
    for (const EntryNote &note : ofFunction) {
      FailureOr<Entry> entry = describeEntry(function, note);
      if (failed(entry))
        return failure();
      entries.push_back(std::move(*entry));
    }
  }
  if (entries.empty()) {
    module->emitError() << "there is no public function to compile";
    return failure();
  }
  return entries;
}

/// Whether an undefined symbol of the module is the thread pool's.
static bool callsThreads(ModuleOp module) {
  return module.lookupSymbol("smash_rt_parallel") != nullptr;
}

static llvm::Error emit(ModuleOp module, const LibraryOptions &options,
                        CompiledLibrary &library) {
  EngineOptions engine;
  engine.cpu = options.cpu;
  if (!library.needsRuntime)
    for (const EmbeddedFile &file : listKernelSupport())
      engine.support.emplace_back(reinterpret_cast<const char *>(file.data),
                                  file.size);
  auto take = [&](auto emitter, std::string &result) {
    return emitter(module, engine).moveInto(result);
  };
  // Each asks for the machine, so that a wrong name is found without any.
  if (options.object || !(options.assembly || options.llvmIR))
    if (llvm::Error error = take(emitObject, library.object))
      return error;
  if (options.assembly)
    if (llvm::Error error = take(emitAssembly, library.assembly))
      return error;
  if (options.llvmIR)
    if (llvm::Error error = take(emitLLVMIR, library.llvmIR))
      return error;
  return llvm::Error::success();
}

/// Compiles `module`, which `errors` listens to.
static llvm::Expected<CompiledLibrary> compile(ModuleOp module,
                                               const LibraryOptions &options,
                                               DiagnosticCollector &errors,
                                               double startMs) {
  if (failed(runPipeline(module, [](OpPassManager &pm) {
        pm.addPass(createConvertLinalgToSmash());
      })))
    return errors.take();
  std::vector<EntryNote> notes = addPhases(module);
  FailureOr<std::vector<Entry>> entries = describeEntries(module, notes);
  if (failed(entries))
    return errors.take();
  HostPipelineOptions host;
  describeHost(options, host);
  if (failed(runPipeline(
          module, [&](OpPassManager &pm) { buildToHostPipeline(pm, host); })))
    return errors.take();

  CompiledLibrary library;
  library.needsRuntime = callsThreads(module);
  library.linkCommand = "gcc -std=c99 -Wall -Wextra -pedantic -Werror main.c " +
                        options.name + ".o ";
  if (library.needsRuntime) {
    EmbeddedFile archive = getObjectRuntime();
    library.runtime.assign(reinterpret_cast<const char *>(archive.data),
                           archive.size);
  }
  if (library.needsRuntime)
    library.linkCommand += "libsmash_runtime.a -pthread ";
  library.linkCommand += "-o main";
  addEntries(module, *entries);
  if (llvm::Error error = emit(module, options, library))
    return std::move(error);
  library.header = printHeader(options, library, *entries);
  for (const Entry &entry : *entries)
    library.functions.push_back(entry.name);
  library.compileMs = readCpuMs() - startMs;
  return library;
}

llvm::Expected<CompiledLibrary>
smash::compileLibrary(const LibraryOptions &options, llvm::StringRef text) {
  double startMs = readCpuMs();
  MLIRContext context(makeCompilerRegistry(), MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  DiagnosticCollector errors(&context);
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return errors.take();
  return compile(*module, options, errors, startMs);
}

llvm::Expected<CompiledLibrary>
smash::compileLibrary(const LibraryOptions &options,
                      const ProductOptions &product, llvm::StringRef function) {
  double startMs = readCpuMs();
  MLIRContext context(makeCompilerRegistry(), MLIRContext::Threading::DISABLED);
  DiagnosticCollector errors(&context);
  context.loadAllAvailableDialects();
  auto module = buildProduct(&context, product, /*statistics=*/nullptr);
  if (!module)
    return errors.take();
  module->lookupSymbol<func::FuncOp>(kProductFunction).setSymName(function);
  return compile(*module, options, errors, startMs);
}
