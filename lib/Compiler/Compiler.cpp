//===- Compiler.cpp - options in, compiled product out --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Compiler/Compiler.h"
#include "BuildProduct.h"
#include "Kernel.h"
#include "Piuma/IR/Piuma.h"
#include "Piuma/Transforms/Passes.h"
#include "PiumaProduct.h"
#include "Smash/IR/Smash.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "smash/Execution/HostEngine.h"
#include "smash/Pipelines/Pipelines.h"
#include "smash/Pipelines/RegisterAll.h"
#include "smash/Runtime/Runtime.h"
#include <ctime>
#include <unistd.h>

using namespace mlir;
using namespace smash;

/// What emitted code calls, and where it is.
static std::vector<std::pair<std::string, void *>> listRuntimeSymbols() {
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

/// CPU time of this thread, in milliseconds.
static double readCpuMs() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

namespace {
/// Keeps the first error that is reported while it lives, as one line.
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(MLIRContext *context)
      : handler(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
              message.empty())
            describe(diagnostic);
          return success();
        }) {}

  llvm::Error take() {
    if (message.empty())
      message = "the compiler failed without saying why";
    return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
  }

private:
  void describe(Diagnostic &diagnostic) {
    llvm::raw_string_ostream os(message);
    if (auto at = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
      os << at.getLine() << ":" << at.getColumn() << ": ";
    std::string text = diagnostic.str();
    os << StringRef(text).split('\n').first;
  }

  std::string message;
  ScopedDiagnosticHandler handler;
};
} // namespace

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  return registry;
}

struct Compiler::Implementation {
  Implementation() : context(makeRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
  }

  MLIRContext context;

  llvm::Expected<CompiledProduct> finish(ModuleOp module,
                                         const ProductOptions &options,
                                         std::string strategy, double startMs);
};

Compiler::Compiler() : implementation(std::make_unique<Implementation>()) {}
Compiler::~Compiler() = default;

static void describeHost(const ProductOptions &options,
                         HostPipelineOptions &result) {
  result.blocks = options.blocks;
  result.threadsPerBlock = options.blockThreads;
  // What the system does not tell stays at the pipeline's default.
  if (long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0)
    result.scratchpadBytes = bytes;
  if (long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE); bytes > 0)
    result.cacheBytes = bytes;
  long pages = sysconf(_SC_PHYS_PAGES), pageBytes = sysconf(_SC_PAGESIZE);
  if (pages > 0 && pageBytes > 0)
    result.memoryBytes = int64_t(pages) * pageBytes;
  result.deterministic = options.deterministic;
}

/// The strategy of the module's product, or what to say instead.
static std::string spellStrategy(ModuleOp module) {
  std::string text;
  module->walk([&](Operation *op) {
    if (auto strategy = op->getAttrOfType<StrategyAttr>("strategy"))
      text = strategy.spelling();
  });
  return text.empty() ? "as the kernel says" : text;
}

static LogicalResult run(ModuleOp module,
                         llvm::function_ref<void(OpPassManager &)> build) {
  PassManager pm(module->getContext(), module->getName().getStringRef());
  // The first error ends the pipeline; its message says which op and why.
  build(pm);
  // Once at the end, not after each pass: that is a tenth of the time.
  pm.enableVerifier(false);
  return success(succeeded(pm.run(module)) && succeeded(verify(module)));
}

static LogicalResult configure(ModuleOp module, const ProductOptions &options) {
  return run(module, [&](OpPassManager &pm) {
    HostPipelineOptions host;
    describeHost(options, host);
    buildConfigurationPipeline(pm, host);
  });
}

static LogicalResult lowerToKernel(ModuleOp module,
                                   const ProductOptions &options) {
  return run(module, [&](OpPassManager &pm) {
    HostPipelineOptions host;
    describeHost(options, host);
    buildKernelPipeline(pm, host);
  });
}

static LogicalResult lowerToLLVM(ModuleOp module) {
  return run(module, [&](OpPassManager &pm) { buildKernelToLLVMPipeline(pm); });
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

struct CompiledProduct::Implementation {
  ProductOptions options;
  std::string strategy;
  double compileMs = 0;
  std::unique_ptr<HostEngine> engine;
  void *entry = nullptr;
};

CompiledProduct::CompiledProduct(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
CompiledProduct::~CompiledProduct() = default;
CompiledProduct::CompiledProduct(CompiledProduct &&) noexcept = default;

const std::string &CompiledProduct::strategy() const {
  return implementation->strategy;
}
double CompiledProduct::compileMs() const { return implementation->compileMs; }

llvm::Expected<CompiledProduct>
Compiler::compile(const ProductOptions &options,
                  const ProductStatistics *statistics) {
  DiagnosticCollector errors(&implementation->context);
  double startMs = readCpuMs();
  auto module = buildProduct(&implementation->context, options, statistics);
  if (!module || failed(configure(*module, options)))
    return errors.take();
  std::string strategy = spellStrategy(*module);
  if (failed(lowerToKernel(*module, options)) || failed(lowerToLLVM(*module)))
    return errors.take();
  return implementation->finish(*module, options, std::move(strategy), startMs);
}

llvm::Expected<CompiledProduct>
Compiler::compileText(const ProductOptions &options, Stage from,
                      llvm::StringRef text) {
  MLIRContext *context = &implementation->context;
  DiagnosticCollector errors(context);
  double startMs = readCpuMs();
  FunctionType expected = getProductType(context, options);
  if (!expected)
    return errors.take();
  auto module = parseSourceString<ModuleOp>(text, context);
  if (!module)
    return errors.take();
  auto function = module->lookupSymbol<func::FuncOp>(kProductFunction);
  if (!function || function.isExternal()) {
    module->emitError() << "defines no function '@" << kProductFunction << "'";
    return errors.take();
  }
  if (function.getFunctionType() != expected) {
    function.emitError() << "'@" << kProductFunction << "' has type "
                         << function.getFunctionType() << "; the operands need "
                         << expected;
    return errors.take();
  }
  function->setAttr("llvm.emit_c_interface", UnitAttr::get(context));
  if (from == Stage::Smash && failed(configure(*module, options)))
    return errors.take();
  std::string strategy = spellStrategy(*module);
  if (from == Stage::Smash && failed(lowerToKernel(*module, options)))
    return errors.take();
  if (from != Stage::Smash && from != Stage::Kernel)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "text can be compiled from the stages smash and kernel only");
  if (failed(lowerToLLVM(*module)))
    return errors.take();
  return implementation->finish(*module, options, std::move(strategy), startMs);
}

llvm::Expected<CompiledProduct>
Compiler::Implementation::finish(ModuleOp module, const ProductOptions &options,
                                 std::string strategy, double startMs) {
  EngineOptions engineOptions;
  engineOptions.symbols = listRuntimeSymbols();
  auto engine = HostEngine::create(module, engineOptions);
  if (!engine)
    return engine.takeError();
  auto entry = (*engine)->lookup(("_mlir_ciface_" + kProductFunction).str());
  if (!entry)
    return entry.takeError();
  auto compiled = std::make_unique<CompiledProduct::Implementation>();
  compiled->options = options;
  compiled->strategy = std::move(strategy);
  compiled->engine = std::move(*engine);
  compiled->entry = *entry;
  compiled->compileMs = readCpuMs() - startMs;
  return CompiledProduct(std::move(compiled));
}

llvm::Expected<std::string>
Compiler::emit(const ProductOptions &options, Stage stage,
               const ProductStatistics *statistics) {
  DiagnosticCollector errors(&implementation->context);
  auto module = buildProduct(&implementation->context, options, statistics);
  if (!module)
    return errors.take();
  LogicalResult lowered = stage == Stage::Smash
                              ? configure(*module, options)
                              : lowerToKernel(*module, options);
  if (succeeded(lowered) && stage != Stage::Smash && stage != Stage::Kernel)
    lowered = lowerToLLVM(*module);
  if (failed(lowered))
    return errors.take();
  if (stage == Stage::LLVMIR)
    return emitLLVMIR(*module);
  if (stage == Stage::Assembly)
    return emitAssembly(*module);
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text;
}

//===----------------------------------------------------------------------===//
// PIUMA
//===----------------------------------------------------------------------===//

/// Lowers a product to the piuma dialect, or as far as `stage`.
static LogicalResult lowerToPiuma(ModuleOp module,
                                  const ProductOptions &options,
                                  const piuma::TargetModel &target,
                                  Stage stage) {
  HostPipelineOptions machine;
  describeBlocks(target, machine);
  machine.deterministic = options.deterministic;
  machine.memoryBytes = int64_t(1) << 40;
  module->setAttr(piuma::kTargetAttrName,
                  piuma::TargetAttr::get(module.getContext(), target));
  return run(module, [&](OpPassManager &pm) {
    if (stage == Stage::Smash)
      return buildConfigurationPipeline(pm, machine);
    buildKernelPipeline(pm, machine);
    if (stage != Stage::Kernel)
      buildKernelToPiumaPipeline(pm);
  });
}

/// Lowers a piuma program; one that is to be checked says where it is, by the
/// lines of what emitPiuma prints.
static LogicalResult lowerPiumaToLLVM(ModuleOp module, PiumaRuntime runtime) {
  return run(module, [&](OpPassManager &pm) {
    if (runtime == PiumaRuntime::Checking)
      pm.addPass(piuma::createMarkPlaces({"piuma"}));
    buildPiumaToLLVMPipeline(pm);
  });
}

llvm::Expected<PiumaProduct>
Compiler::compilePiuma(const ProductOptions &options,
                       const piuma::TargetModel &target, PiumaRuntime runtime,
                       const ProductStatistics *statistics) {
  DiagnosticCollector errors(&implementation->context);
  double startMs = readCpuMs();
  auto module = buildProduct(&implementation->context, options, statistics);
  if (!module || failed(lowerToPiuma(*module, options, target, Stage::Smash)))
    return errors.take();
  std::string strategy = spellStrategy(*module);
  if (failed(lowerToPiuma(*module, options, target, Stage::Piuma)) ||
      failed(lowerPiumaToLLVM(*module, runtime)))
    return errors.take();
  auto compiled = std::make_unique<PiumaProduct::Implementation>(
      options, target, runtime, std::move(strategy));
  if (llvm::Error error = compiled->link(*module))
    return std::move(error);
  compiled->compileMs = readCpuMs() - startMs;
  return PiumaProduct(std::move(compiled));
}

llvm::Expected<PiumaProduct>
Compiler::compilePiumaText(const ProductOptions &options,
                           const piuma::TargetModel &target,
                           PiumaRuntime runtime, llvm::StringRef text) {
  MLIRContext *context = &implementation->context;
  DiagnosticCollector errors(context);
  double startMs = readCpuMs();
  // What passes would bring, if they had made the program.
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect,
                  complex::ComplexDialect, math::MathDialect,
                  memref::MemRefDialect, scf::SCFDialect, ub::UBDialect,
                  vector::VectorDialect>();
  context->appendDialectRegistry(registry);
  context->loadAllAvailableDialects();
  auto module = parseSourceString<ModuleOp>(text, context);
  if (!module)
    return errors.take();
  auto function = module->lookupSymbol<func::FuncOp>(kProductFunction);
  if (!function || function.isExternal()) {
    module->emitError() << "defines no function '@" << kProductFunction << "'";
    return errors.take();
  }
  // A function that takes other things would be called with these.
  auto original = buildProduct(context, options, nullptr);
  if (!original ||
      failed(lowerToPiuma(*original, options, target, Stage::Piuma)))
    return errors.take();
  auto expected =
      original->lookupSymbol<func::FuncOp>(kProductFunction).getFunctionType();
  if (function.getFunctionType() != expected) {
    function.emitError() << "'@" << kProductFunction << "' has type "
                         << function.getFunctionType() << "; the operands need "
                         << expected;
    return errors.take();
  }
  piuma::TargetAttr asked = piuma::TargetAttr::get(context, target);
  if (piuma::TargetAttr made = piuma::getTarget(*module); made != asked) {
    auto error = module->emitError("the program is made for ");
    if (made)
      error << made;
    else
      error << "no target";
    error << ", and is to run on " << asked;
    return errors.take();
  }
  function->setAttr("llvm.emit_c_interface", UnitAttr::get(context));
  if (failed(lowerPiumaToLLVM(*module, runtime)))
    return errors.take();
  auto compiled = std::make_unique<PiumaProduct::Implementation>(
      options, target, runtime, "as the program says");
  if (llvm::Error error = compiled->link(*module))
    return std::move(error);
  compiled->compileMs = readCpuMs() - startMs;
  return PiumaProduct(std::move(compiled));
}

llvm::Expected<std::string>
Compiler::emitPiuma(const ProductOptions &options,
                    const piuma::TargetModel &target, Stage stage,
                    const ProductStatistics *statistics) {
  DiagnosticCollector errors(&implementation->context);
  auto module = buildProduct(&implementation->context, options, statistics);
  if (!module || failed(lowerToPiuma(*module, options, target, stage)))
    return errors.take();
  bool isMachineCode = stage == Stage::LLVMIR || stage == Stage::Assembly;
  if ((isMachineCode || stage == Stage::LLVMDialect) &&
      failed(run(*module, buildPiumaToLLVMPipeline)))
    return errors.take();
  if (isMachineCode) {
    EngineOptions engine = describePiumaEngine(target, PiumaRuntime::Timing);
    return stage == Stage::LLVMIR ? emitLLVMIR(*module, engine)
                                  : emitAssembly(*module, engine);
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

llvm::Expected<Matrix> CompiledProduct::run(const Matrix &a, const Matrix &b,
                                            const Matrix *mask) const {
  const ProductOptions &options = implementation->options;
  if (auto error = checkKernelOperands(a, b, mask, options))
    return std::move(error);
  KernelOperand first(a), second(b);
  KernelResult c;
  smash_rt_take_error(nullptr, nullptr); // an error of someone else's
  if (mask) {
    KernelOperand third(*mask);
    callKernel(implementation->entry, c, first, second, &third);
  } else {
    callKernel(implementation->entry, c, first, second, nullptr);
  }
  int64_t got = 0, limit = 0;
  int32_t code = smash_rt_take_error(&got, &limit);
  Matrix result = adoptResult(c, options);
  if (code != SMASH_RT_OK)
    return describeFailure(code, got, limit);
  return result;
}
