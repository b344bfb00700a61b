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
#include "Lowering.h"
#include "ModuleImplementation.h"
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
#include "mlir/Parser/Parser.h"
#include "smash/Conversion/Passes.h"
#include "smash/Execution/HostEngine.h"
#include "smash/Runtime/Runtime.h"

using namespace mlir;
using namespace smash;

struct Compiler::Implementation {
  Implementation()
      : own(std::make_unique<MLIRContext>(makeCompilerRegistry(),
                                          MLIRContext::Threading::DISABLED)),
        context(*own) {
    context.loadAllAvailableDialects();
  }
  explicit Implementation(MLIRContext &context) : context(context) {
    context.appendDialectRegistry(makeCompilerRegistry());
    context.loadAllAvailableDialects();
  }

  /// Null where the context is somebody else's.
  std::unique_ptr<MLIRContext> own;
  MLIRContext &context;

  llvm::Expected<CompiledProduct> finish(ModuleOp module,
                                         const ProductOptions &options,
                                         std::string strategy, double startMs);
  /// Compiles the functions of `module`, which is changed.
  llvm::Expected<CompiledModule> compileModule(ModuleOp module,
                                               const ModuleOptions &options);
};

Compiler::Compiler() : implementation(std::make_unique<Implementation>()) {}
Compiler::Compiler(MLIRContext &context)
    : implementation(std::make_unique<Implementation>(context)) {}
Compiler::~Compiler() = default;

static void describeHost(const ProductOptions &options,
                         HostPipelineOptions &result) {
  result.blocks = options.blocks;
  result.threadsPerBlock = options.blockThreads;
  describeThisMachine(result);
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

static LogicalResult configure(ModuleOp module, const ProductOptions &options) {
  return runPipeline(module, [&](OpPassManager &pm) {
    HostPipelineOptions host;
    describeHost(options, host);
    buildConfigurationPipeline(pm, host);
  });
}

static LogicalResult lowerToKernel(ModuleOp module,
                                   const ProductOptions &options) {
  return runPipeline(module, [&](OpPassManager &pm) {
    HostPipelineOptions host;
    describeHost(options, host);
    buildKernelPipeline(pm, host);
  });
}

static LogicalResult lowerToLLVM(ModuleOp module) {
  return runPipeline(module,
                     [&](OpPassManager &pm) { buildKernelToLLVMPipeline(pm); });
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
  DiagnosticCollector errors(&implementation->context, !implementation->own);
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
  DiagnosticCollector errors(context, !implementation->own);
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
  engineOptions.symbols = listHostRuntime();
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
  DiagnosticCollector errors(&implementation->context, !implementation->own);
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
// Modules
//===----------------------------------------------------------------------===//

llvm::Expected<CompiledModule>
Compiler::Implementation::compileModule(ModuleOp module,
                                        const ModuleOptions &options) {
  double startMs = readCpuMs();
  auto compiled = std::make_unique<CompiledModule::Implementation>();
  compiled->describe(module);
  LogicalResult lowered = runPipeline(module, [&](OpPassManager &pm) {
    HostPipelineOptions host;
    describeThisMachine(host);
    host.blocks = options.blocks;
    host.threadsPerBlock = options.blockThreads;
    host.deterministic = options.deterministic;
    pm.addPass(createConvertLinalgToSmash());
    buildKernelPipeline(pm, host);
    buildKernelToLLVMPipeline(pm);
  });
  if (failed(lowered))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "the module cannot be lowered");
  compiled->addCalls(module);
  if (llvm::Error error = compiled->link(module))
    return std::move(error);
  compiled->compileMs = readCpuMs() - startMs;
  return CompiledModule(std::move(compiled));
}

llvm::Expected<CompiledModule>
Compiler::compileModule(ModuleOp module, const ModuleOptions &options) {
  MLIRContext *context = module.getContext();
  if (context != &implementation->context)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "the module is of another context than the compiler");
  DiagnosticCollector errors(context, !implementation->own);
  OwningOpRef<ModuleOp> copy = module.clone();
  return errors.orError(implementation->compileModule(*copy, options));
}

llvm::Expected<CompiledModule>
Compiler::compileModule(llvm::StringRef text, const ModuleOptions &options) {
  MLIRContext *context = &implementation->context;
  DiagnosticCollector errors(context, !implementation->own);
  auto module = parseSourceString<ModuleOp>(text, context);
  if (!module)
    return errors.take();
  return errors.orError(implementation->compileModule(*module, options));
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
  return runPipeline(module, [&](OpPassManager &pm) {
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
  return runPipeline(module, [&](OpPassManager &pm) {
    if (runtime == PiumaRuntime::Checking)
      pm.addPass(piuma::createMarkPlaces({"piuma"}));
    buildPiumaToLLVMPipeline(pm);
  });
}

llvm::Expected<PiumaProduct>
Compiler::compilePiuma(const ProductOptions &options,
                       const piuma::TargetModel &target, PiumaRuntime runtime,
                       const ProductStatistics *statistics) {
  DiagnosticCollector errors(&implementation->context, !implementation->own);
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
  DiagnosticCollector errors(context, !implementation->own);
  double startMs = readCpuMs();
  // What passes would bring, if they had made the program.
  DialectRegistry registry;
  registry
      .insert<arith::ArithDialect, cf::ControlFlowDialect,
              complex::ComplexDialect, math::MathDialect, memref::MemRefDialect,
              scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
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
  DiagnosticCollector errors(&implementation->context, !implementation->own);
  auto module = buildProduct(&implementation->context, options, statistics);
  if (!module || failed(lowerToPiuma(*module, options, target, stage)))
    return errors.take();
  bool isMachineCode = stage == Stage::LLVMIR || stage == Stage::Assembly;
  if ((isMachineCode || stage == Stage::LLVMDialect) &&
      failed(runPipeline(*module, buildPiumaToLLVMPipeline)))
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
