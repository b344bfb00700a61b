//===- CodeGeneration.cpp - from the LLVM dialect to bytes ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeGeneration.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/Transforms/IPO/DeadArgumentElimination.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/GVN.h"
#include "llvm/Transforms/Scalar/IndVarSimplify.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopDeletion.h"
#include "llvm/Transforms/Scalar/LoopIdiomRecognize.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Vectorize/LoopVectorize.h"
#include <cstdlib>
#include <cstring>
#include <mutex>

using namespace llvm;

namespace smash {
namespace detail {

ArrayRef<HostSymbol> hostSymbols() {
  static const HostSymbol symbols[] = {
      {"memcpy", reinterpret_cast<void *>(&std::memcpy)},
      {"memmove", reinterpret_cast<void *>(&std::memmove)},
      {"memset", reinterpret_cast<void *>(&std::memset)},
      {"malloc", reinterpret_cast<void *>(&std::malloc)},
      {"calloc", reinterpret_cast<void *>(&std::calloc)},
      {"realloc", reinterpret_cast<void *>(&std::realloc)},
      {"free", reinterpret_cast<void *>(&std::free)},
  };
  return symbols;
}

/// What the optimiser may assume of the C library: only what the linker will
/// find. Otherwise a loop may turn into a call of, say, strlen.
static TargetLibraryInfoImpl describeHostLibrary(const Triple &triple) {
  TargetLibraryInfoImpl library(triple);
  library.disableAllFunctions();
  for (LibFunc function :
       {LibFunc_memcpy, LibFunc_memmove, LibFunc_memset, LibFunc_malloc,
        LibFunc_calloc, LibFunc_realloc, LibFunc_free})
    library.setAvailable(function);
  return library;
}

/// `text` on one line, without white space at its ends.
static std::string toOneLine(StringRef text) {
  std::string line = text.trim().str();
  for (char &c : line)
    if (c == '\n' || c == '\r')
      c = ' ';
  return line;
}

static Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), toOneLine(message.str()));
}

/// An error of `what` with the `details` that were reported meanwhile.
static Error makeError(StringRef what, StringRef details) {
  return details.empty() ? makeError(what) : makeError(what + ": " + details);
}

static CodeGenOptLevel toCodeGenLevel(unsigned optLevel) {
  // -O3 selects no better code for kernels than -O2 does, only later.
  return optLevel == 0   ? CodeGenOptLevel::None
         : optLevel == 1 ? CodeGenOptLevel::Less
                         : CodeGenOptLevel::Default;
}

/// The features of this host's CPU, in a fixed order.
static SubtargetFeatures listHostFeatures() {
  StringMap<bool> features = sys::getHostCPUFeatures();
  std::vector<std::pair<StringRef, bool>> sorted;
  for (const auto &feature : features)
    sorted.emplace_back(feature.getKey(), feature.getValue());
  llvm::sort(sorted);
  SubtargetFeatures result;
  for (auto [name, enabled] : sorted)
    result.AddFeature(name, enabled);
  return result;
}

Expected<std::unique_ptr<TargetMachine>>
createTargetMachine(const EngineOptions &options) {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
  });

  if (options.optLevel > 3)
    return makeError("optimisation level " + Twine(options.optLevel) +
                     " is above 3");

  Triple triple(sys::getProcessTriple());
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return makeError("no code generator for this host: " + message);

  std::string cpu = options.cpu;
  SubtargetFeatures features;
  if (cpu == "native") {
    cpu = sys::getHostCPUName().str();
    features = listHostFeatures();
  } else {
    // Asked first, since a target machine answers an unknown name by printing.
    std::unique_ptr<MCSubtargetInfo> subtarget(
        target->createMCSubtargetInfo(triple, "", ""));
    if (!subtarget || !subtarget->isCPUStringValid(cpu))
      return makeError("unknown cpu '" + cpu + "' for " + triple.getArchName());
  }

  TargetOptions targetOptions;
  // One rounding for a product and another for a sum, as the IR says.
  targetOptions.AllowFPOpFusion = FPOpFusion::Strict;
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      triple, cpu, features.getString(), targetOptions, Reloc::PIC_,
      CodeModel::Small, toCodeGenLevel(options.optLevel)));
  if (!machine)
    return makeError("no target machine for " + triple.str());
  return machine;
}

/// The passes that pay on kernels, which come without abstractions to see
/// through: a third of the time of -O2, for code as fast. Loops that ask for it
/// are vectorized.
static void addKernelPasses(ModulePassManager &passes, bool vectorize) {
  FunctionPassManager scalars;
  scalars.addPass(SROAPass(SROAOptions::ModifyCFG));
  scalars.addPass(EarlyCSEPass(/*UseMemorySSA=*/true));
  scalars.addPass(SimplifyCFGPass());
  scalars.addPass(InstCombinePass());
  passes.addPass(createModuleToFunctionPassAdaptor(std::move(scalars)));
  // Only now are the unused parts of descriptors seen to be unused.
  passes.addPass(DeadArgumentEliminationPass());
  FunctionPassManager functions;
  LoopPassManager rotation;
  rotation.addPass(LoopRotatePass());
  rotation.addPass(LICMPass(LICMOptions()));
  functions.addPass(createFunctionToLoopPassAdaptor(std::move(rotation),
                                                    /*UseMemorySSA=*/true));
  functions.addPass(SimplifyCFGPass());
  functions.addPass(InstCombinePass());
  LoopPassManager idioms;
  idioms.addPass(LoopIdiomRecognizePass());
  idioms.addPass(IndVarSimplifyPass());
  idioms.addPass(LoopDeletionPass());
  functions.addPass(createFunctionToLoopPassAdaptor(std::move(idioms)));
  functions.addPass(GVNPass());
  if (vectorize) {
    functions.addPass(LoopVectorizePass(
        LoopVectorizeOptions(/*InterleaveOnlyWhenForced=*/true,
                             /*VectorizeOnlyWhenForced=*/true)));
    functions.addPass(InstCombinePass());
  }
  functions.addPass(createFunctionToLoopPassAdaptor(LICMPass(LICMOptions()),
                                                    /*UseMemorySSA=*/true));
  functions.addPass(SimplifyCFGPass());
  passes.addPass(createModuleToFunctionPassAdaptor(std::move(functions)));
}

void smash::detail::Analyses::addFrom(PassBuilder &builder) {
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
}

static void optimize(Module &module, unsigned optLevel,
                     TargetMachine &machine) {
  detail::Analyses analyses;

  // Measured on row-wise product kernels, where inner loops are short:
  // unrolling doubles the time to compile and gains nothing on average, nor
  // does straight-line vectorisation. Loops that say so are unrolled all the
  // same.
  PipelineTuningOptions tuning;
  tuning.LoopUnrolling = false;
  tuning.SLPVectorization = false;
  PassBuilder builder(&machine, tuning);
  // Before the builder's own, which would take the whole C library as there.
  analyses.functions.registerPass([&] {
    return TargetLibraryAnalysis(
        describeHostLibrary(machine.getTargetTriple()));
  });
  analyses.addFrom(builder);

  ModulePassManager passes;
  if (optLevel == 0)
    passes = builder.buildO0DefaultPipeline(OptimizationLevel::O0);
  else if (optLevel == 3)
    passes = builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3);
  else
    addKernelPasses(passes, /*vectorize=*/optLevel == 2);
  passes.run(module, analyses.modules);
}

/// Links what `module` refers to from `support`, out of sight of others.
static Error linkSupport(Module &module, ArrayRef<StringRef> support) {
  for (StringRef bitcode : support) {
    auto part = parseBitcodeFile(MemoryBufferRef(bitcode, "support"),
                                 module.getContext());
    if (!part)
      return makeError("cannot read the runtime's bitcode: " +
                       toString(part.takeError()));
    (*part)->setTargetTriple(module.getTargetTriple());
    (*part)->setDataLayout(module.getDataLayout());
    bool failed = Linker::linkModules(
        module, std::move(*part), Linker::LinkOnlyNeeded,
        [](Module &whole, const StringSet<> &added) {
          internalizeModule(whole, [&](const GlobalValue &value) {
            return !value.hasName() || !added.contains(value.getName());
          });
        });
    if (failed)
      return makeError("cannot link the runtime's bitcode");
  }
  return Error::success();
}

/// Calls `use` with the optimised LLVM IR of `module`. What either of the two
/// infrastructures reports meanwhile becomes the error's message.
static Error withOptimizedModule(mlir::ModuleOp module,
                                 const EngineOptions &options,
                                 TargetMachine &machine,
                                 function_ref<Error(Module &)> use) {
  mlir::MLIRContext &mlirContext = *module.getContext();
  mlir::registerBuiltinDialectTranslation(mlirContext);
  mlir::registerLLVMDialectTranslation(mlirContext);

  LLVMContext context;
  // LLVM's own handler prints, and exits on an error.
  std::string details;
  context.setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *info, void *text) {
        if (info->getSeverity() != DS_Error)
          return;
        raw_string_ostream os(*static_cast<std::string *>(text));
        DiagnosticPrinterRawOStream printer(os);
        info->print(printer);
        os << ' ';
      },
      &details);

  std::unique_ptr<Module> translated;
  {
    mlir::ScopedDiagnosticHandler handler(
        &mlirContext, [&](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
            return mlir::success();
          details += diagnostic.str() + " ";
          return mlir::success();
        });
    translated = mlir::translateModuleToLLVMIR(module, context, "kernel");
  }
  if (!translated)
    return makeError("cannot translate the module to llvm ir", details);

  translated->setTargetTriple(machine.getTargetTriple());
  translated->setDataLayout(machine.createDataLayout());
  if (Error error = linkSupport(*translated, options.support))
    return error;
  // Nothing that a kernel calls throws: no unwind tables to emit and register.
  for (Function &function : *translated)
    function.setDoesNotThrow();

  optimize(*translated, options.optLevel, machine);
  if (options.sanitizer != Sanitizer::None)
    instrument(*translated, options.sanitizer, machine);
  if (options.costs)
    chargeInstructions(*translated, *options.costs);
  if (options.loopLimit)
    watchLoops(*translated, *options.loopLimit);
  if (Error error = use(*translated))
    return error;
  if (!details.empty())
    return makeError("cannot generate code", details);
  return Error::success();
}

Expected<SmallVector<char, 0>> generateCode(mlir::ModuleOp module,
                                            const EngineOptions &options,
                                            TargetMachine &machine,
                                            CodeGenFileType fileType) {
  SmallVector<char, 0> bytes;
  Error error = withOptimizedModule(
      module, options, machine, [&](Module &optimized) -> Error {
        raw_svector_ostream os(bytes);
        legacy::PassManager passes;
        passes.add(new TargetLibraryInfoWrapperPass(
            describeHostLibrary(machine.getTargetTriple())));
        if (machine.addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr,
                                        fileType, /*DisableVerify=*/true))
          return makeError("this host's code generator emits no such file");
        passes.run(optimized);
        return Error::success();
      });
  if (error)
    return std::move(error);
  return bytes;
}

/// Code as a string, for the functions that hand it to a caller.
static Expected<std::string> emitCode(mlir::ModuleOp module,
                                      const EngineOptions &options,
                                      CodeGenFileType fileType) {
  auto machine = createTargetMachine(options);
  if (!machine)
    return machine.takeError();
  auto bytes = generateCode(module, options, **machine, fileType);
  if (!bytes)
    return bytes.takeError();
  return std::string(bytes->begin(), bytes->end());
}

} // namespace detail

std::string describeCodeGeneration(const EngineOptions &options) {
  std::string text;
  raw_string_ostream os(text);
  os << "llvm " << LLVM_VERSION_STRING << " -O" << options.optLevel << " "
     << sys::getProcessTriple() << " ";
  if (options.cpu == "native")
    os << sys::getHostCPUName() << " "
       << detail::listHostFeatures().getString();
  else
    os << options.cpu;
  if (options.sanitizer != Sanitizer::None)
    os << (options.sanitizer == Sanitizer::Thread ? " for threads"
                                                  : " for addresses");
  return text;
}

std::vector<StringRef> listHostSymbols() {
  std::vector<StringRef> names;
  for (const detail::HostSymbol &symbol : detail::hostSymbols())
    names.push_back(symbol.name);
  return names;
}

Expected<std::string> emitLLVMIR(mlir::ModuleOp module,
                                 const EngineOptions &options) {
  auto machine = detail::createTargetMachine(options);
  if (!machine)
    return machine.takeError();
  std::string text;
  if (Error error = detail::withOptimizedModule(
          module, options, **machine, [&](Module &optimized) -> Error {
            raw_string_ostream os(text);
            optimized.print(os, /*AAW=*/nullptr);
            return Error::success();
          }))
    return std::move(error);
  return text;
}

Expected<std::string> emitAssembly(mlir::ModuleOp module,
                                   const EngineOptions &options) {
  return detail::emitCode(module, options, CodeGenFileType::AssemblyFile);
}

Expected<std::string> emitObject(mlir::ModuleOp module,
                                 const EngineOptions &options) {
  return detail::emitCode(module, options, CodeGenFileType::ObjectFile);
}

} // namespace smash
