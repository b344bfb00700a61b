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
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "smash/Compiler/KernelCache.h"
#include "smash/Conversion/Passes.h"
#include "smash/Execution/HostEngine.h"
#include "smash/Runtime/Runtime.h"
#include "smash/Strategy/CostModel.h"
#include <dlfcn.h>
#include <sys/stat.h>

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

  /// Absent where nothing is kept.
  std::optional<KernelCache> cache;

  void keep(const CompilerOptions &options) {
    if (!options.cacheFolder.empty())
      cache.emplace(options.cacheFolder, options.cacheBytes);
  }

  /// Machine code for `module`, from the cache or from `lower` on.
  llvm::Expected<CompiledProduct>
  finish(ModuleOp module, const ProductOptions &options, double startMs,
         DiagnosticCollector &errors,
         llvm::function_ref<LogicalResult()> lower);
  /// Compiles the functions of `module`, which is changed.
  llvm::Expected<CompiledModule> compileModule(ModuleOp module,
                                               const ModuleOptions &options);
};

Compiler::Compiler(const CompilerOptions &options)
    : implementation(std::make_unique<Implementation>()) {
  implementation->keep(options);
}
Compiler::Compiler(MLIRContext &context, const CompilerOptions &options)
    : implementation(std::make_unique<Implementation>(context)) {
  implementation->keep(options);
}
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

/// Weighs the strategies of the module's product, for that machine.
static FailureOr<Explanation>
explainProduct(ModuleOp module, const HostPipelineOptions &host,
               const ProductStatistics &statistics) {
  if (failed(runPipeline(module, [&](OpPassManager &pm) {
        buildSelectionPipeline(pm, host);
      })))
    return failure();
  Explanation explanation;
  WalkResult walk = module->walk([&](SpGEMMOp op) -> WalkResult {
    FailureOr<ProductFacts> facts = collectFacts(op);
    if (failed(facts))
      return failure();
    auto candidates = rankCandidates(
        *facts, statistics, {host.deterministic, host.allowConversion});
    for (Candidate &candidate : candidates)
      explanation.candidates.push_back({candidate.strategy.spelling(),
                                        candidate.refusal,
                                        std::move(candidate.prediction)});
    StrategyAttr chosen = op.getSingleStrategy();
    explanation.chosen = chosen.spelling();
    explanation.prediction = predict(*facts, statistics, chosen);
    explanation.reason = explainChoice(candidates);
    llvm::raw_string_ostream os(explanation.machine);
    os << facts->machine;
    return success();
  });
  if (walk.wasInterrupted())
    return failure();
  return explanation;
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
  bool cached = false;
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
bool CompiledProduct::isCached() const { return implementation->cached; }

/// Which build of smash this is: an object of another may differ.
static std::string identifyBuild() {
  Dl_info info;
  struct stat status;
  std::string text;
  llvm::raw_string_ostream os(text);
  if (dladdr(reinterpret_cast<void *>(&identifyBuild), &info) &&
      stat(info.dli_fname, &status) == 0)
    os << status.st_ino << " " << status.st_size << " " << status.st_mtim.tv_sec
       << "." << status.st_mtim.tv_nsec;
  return text;
}

/// All that the machine code of `module` depends on.
static std::string makeKey(ModuleOp module, const EngineOptions &engine) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << identifyBuild() << "\n" << describeCodeGeneration(engine) << "\n";
  module->print(os);
  return text;
}

/// Nothing after the choice of a strategy may depend on the operands at hand:
/// the kernel is good for all.
static void dropStatistics(ModuleOp module) {
  module->walk([](Operation *op) { op->removeAttr(kStatisticsAttrName); });
}

/// One line about a kernel.
static std::string describeKernel(const ProductOptions &options,
                                  StringRef strategy) {
  return (Twine(options.semiring) + " on " + spellValueType(options.valueType) +
          ", " + Twine(options.coordinateBits) + "-bit indices, " +
          Twine(options.blocks) + " x " + Twine(options.blockThreads) +
          " threads, " + strategy)
      .str();
}

llvm::Expected<CompiledProduct>
Compiler::compile(const ProductOptions &options,
                  const ProductStatistics *statistics) {
  DiagnosticCollector errors(&implementation->context, !implementation->own);
  double startMs = readCpuMs();
  auto module = buildProduct(&implementation->context, options, statistics);
  if (!module || failed(configure(*module, options)))
    return errors.take();
  dropStatistics(*module);
  return implementation->finish(*module, options, startMs, errors, [&] {
    return success(succeeded(lowerToKernel(*module, options)) &&
                   succeeded(lowerToLLVM(*module)));
  });
}

/// Reads a module whose function `name` is to be entered; null after an error.
static OwningOpRef<ModuleOp> parseProgram(StringRef text, StringRef name,
                                          MLIRContext *context,
                                          func::FuncOp &function,
                                          StringRef source = "") {
  auto module = parseSourceString<ModuleOp>(text, context, source);
  if (!module)
    return nullptr;
  function = module->lookupSymbol<func::FuncOp>(name);
  if (!function || function.isExternal()) {
    module->emitError() << "defines no function '@" << name << "'";
    return nullptr;
  }
  function->setAttr("llvm.emit_c_interface", UnitAttr::get(context));
  return module;
}

/// An error unless `function` takes the operands, and returns the result, that
/// `expected` does.
static LogicalResult checkType(func::FuncOp function, FunctionType expected) {
  if (function.getFunctionType() == expected)
    return success();
  return function.emitError()
         << "'@" << function.getName() << "' has type "
         << function.getFunctionType() << "; the operands need " << expected;
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
  func::FuncOp function;
  auto module = parseProgram(text, kProductFunction, context, function);
  if (!module || failed(checkType(function, expected)))
    return errors.take();
  if (from == Stage::Smash && failed(configure(*module, options)))
    return errors.take();
  if (from != Stage::Smash && from != Stage::Kernel)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "text can be compiled from the stages smash and kernel only");
  dropStatistics(*module);
  return implementation->finish(*module, options, startMs, errors, [&] {
    return success(
        (from == Stage::Kernel || succeeded(lowerToKernel(*module, options))) &&
        succeeded(lowerToLLVM(*module)));
  });
}

llvm::Expected<CompiledProduct>
Compiler::Implementation::finish(ModuleOp module, const ProductOptions &options,
                                 double startMs, DiagnosticCollector &errors,
                                 llvm::function_ref<LogicalResult()> lower) {
  EngineOptions engineOptions;
  engineOptions.sanitizer = options.sanitizer;
  engineOptions.symbols = listHostRuntime();
  auto compiled = std::make_unique<CompiledProduct::Implementation>();
  compiled->options = options;
  std::string key;
  std::optional<CachedKernel> kernel;
  if (cache) {
    key = makeKey(module, engineOptions);
    kernel = cache->find(key);
  }
  compiled->cached = kernel.has_value();
  if (!kernel) {
    kernel.emplace();
    kernel->strategy = spellStrategy(module);
    kernel->description = describeKernel(options, kernel->strategy);
    if (failed(lower()))
      return errors.take();
    if (llvm::Error error =
            emitObject(module, engineOptions).moveInto(kernel->object))
      return std::move(error);
  }
  auto engine = HostEngine::load(kernel->object, engineOptions);
  if (!engine)
    return engine.takeError();
  auto entry = (*engine)->lookup(("_mlir_ciface_" + kProductFunction).str());
  if (!entry)
    return entry.takeError();
  // Only what can be loaded; a cache that cannot be written is none.
  if (cache && !compiled->cached)
    (void)cache->store(key, *kernel);
  compiled->strategy = std::move(kernel->strategy);
  compiled->engine = std::move(*engine);
  compiled->entry = *entry;
  compiled->compileMs = readCpuMs() - startMs;
  return CompiledProduct(std::move(compiled));
}

llvm::Expected<Explanation>
Compiler::explain(const ProductOptions &options,
                  const ProductStatistics &statistics) {
  DiagnosticCollector errors(&implementation->context);
  auto module = buildProduct(&implementation->context, options, &statistics);
  if (!module)
    return errors.take();
  HostPipelineOptions host;
  describeHost(options, host);
  auto explanation = explainProduct(*module, host, statistics);
  if (failed(explanation))
    return errors.take();
  return std::move(*explanation);
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

llvm::ArrayRef<llvm::StringLiteral> smash::listOptionalPasses() {
  return listOptionalPiumaPasses();
}

/// Describes the machine; an error of `module` where no product can run on it.
static LogicalResult describePiuma(ModuleOp module,
                                   const ProductOptions &options,
                                   const piuma::TargetModel &target,
                                   HostPipelineOptions &machine) {
  if (llvm::Error error = target.checkScratchpad())
    return module.emitError(llvm::toString(std::move(error)));
  describeBlocks(target, machine);
  machine.deterministic = options.deterministic;
  machine.memoryBytes = int64_t(1) << 40;
  return success();
}

llvm::Expected<Explanation>
Compiler::explainPiuma(const ProductOptions &options,
                       const piuma::TargetModel &target,
                       const ProductStatistics &statistics) {
  DiagnosticCollector errors(&implementation->context);
  auto module = buildProduct(&implementation->context, options, &statistics);
  HostPipelineOptions machine;
  if (!module || failed(describePiuma(*module, options, target, machine)))
    return errors.take();
  auto explanation = explainProduct(*module, machine, statistics);
  if (failed(explanation))
    return errors.take();
  return std::move(*explanation);
}

/// Lowers a product to the piuma dialect, or as far as `stage`.
static LogicalResult lowerToPiuma(ModuleOp module,
                                  const ProductOptions &options,
                                  const piuma::TargetModel &target,
                                  Stage stage) {
  HostPipelineOptions machine;
  if (failed(describePiuma(module, options, target, machine)))
    return failure();
  module->setAttr(piuma::kTargetAttrName,
                  piuma::TargetAttr::get(module.getContext(), target));
  return runPipeline(module, [&](OpPassManager &pm) {
    if (stage == Stage::Smash)
      return buildConfigurationPipeline(pm, machine);
    buildKernelPipeline(pm, machine);
    if (stage != Stage::Kernel)
      buildKernelToPiumaPipeline(pm, options.withoutPasses);
  });
}

/// Lowers a piuma program by `build`; one that is to be checked says where it
/// is, by `lines` as piuma-mark-places takes it.
static LogicalResult
lowerPiumaToLLVM(ModuleOp module, PiumaRuntime runtime, StringRef lines,
                 llvm::function_ref<void(OpPassManager &)> build) {
  return runPipeline(module, [&](OpPassManager &pm) {
    if (runtime == PiumaRuntime::Checking)
      pm.addPass(piuma::createMarkPlaces({lines.str()}));
    build(pm);
  });
}

/// The same for a product's program, as text that emitPiuma prints has it.
static LogicalResult lowerPiumaToLLVM(ModuleOp module,
                                      const ProductOptions &options,
                                      PiumaRuntime runtime) {
  return lowerPiumaToLLVM(module, runtime, "piuma", [&](OpPassManager &pm) {
    buildPiumaProductToLLVMPipeline(pm, options.withoutPasses);
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
      failed(lowerPiumaToLLVM(*module, options, runtime)))
    return errors.take();
  auto compiled = std::make_unique<PiumaProduct::Implementation>(
      options, target, runtime, std::move(strategy));
  if (llvm::Error error =
          compiled->link(*module, kProductFunction, options.sanitizer))
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
  func::FuncOp function;
  auto module = parseProgram(text, kProductFunction, context, function);
  if (!module)
    return errors.take();
  // A function that takes other things would be called with these.
  auto original = buildProduct(context, options, nullptr);
  if (!original ||
      failed(lowerToPiuma(*original, options, target, Stage::Piuma)))
    return errors.take();
  auto expected = original->lookupSymbol<func::FuncOp>(kProductFunction);
  if (failed(checkType(function, expected.getFunctionType())))
    return errors.take();
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
  if (failed(lowerPiumaToLLVM(*module, options, runtime)))
    return errors.take();
  auto compiled = std::make_unique<PiumaProduct::Implementation>(
      options, target, runtime, "as the program says");
  if (llvm::Error error =
          compiled->link(*module, kProductFunction, options.sanitizer))
    return std::move(error);
  compiled->compileMs = readCpuMs() - startMs;
  return PiumaProduct(std::move(compiled));
}

llvm::Expected<std::optional<piuma::TargetModel>>
Compiler::findPiumaTarget(StringRef text) {
  MLIRContext *context = &implementation->context;
  DiagnosticCollector errors(context);
  auto module = parseSourceString<ModuleOp>(text, context, "program");
  if (!module)
    return errors.take();
  if (piuma::TargetAttr target = piuma::getTarget(*module))
    return target.getModel();
  return std::nullopt;
}

llvm::Expected<PiumaProgram>
Compiler::compilePiumaProgram(StringRef text, const piuma::TargetModel &target,
                              PiumaRuntime runtime, Sanitizer sanitizer) {
  MLIRContext *context = &implementation->context;
  DiagnosticCollector errors(context);
  func::FuncOp function;
  auto module =
      parseProgram(text, kProgramFunction, context, function, "program");
  if (!module)
    return errors.take();
  FunctionType type = function.getFunctionType();
  auto isNumber = [](Type type) {
    return type.isIndex() || type.isInteger(64) || type.isF32() || type.isF64();
  };
  if (type.getNumInputs() != 0 || type.getNumResults() > 1 ||
      !llvm::all_of(type.getResults(), isNumber)) {
    function.emitError() << "'@" << kProgramFunction << "' has type " << type
                         << "; it must take nothing, and return nothing or one "
                            "index, i64, f32 or f64";
    return errors.take();
  }
  (*module)->setAttr(piuma::kTargetAttrName,
                     piuma::TargetAttr::get(context, target));
  auto compiled =
      std::make_unique<PiumaProgram::Implementation>(target, runtime);
  if (type.getNumResults())
    compiled->result = type.getResult(0);
  // What was right for the machine that the text names may not be for this one.
  if (failed(verify(*module)) ||
      failed(lowerPiumaToLLVM(*module, runtime, /*lines=*/"",
                              buildPiumaToLLVMPipeline)))
    return errors.take();
  if (llvm::Error error = compiled->link(*module, kProgramFunction, sanitizer))
    return std::move(error);
  return PiumaProgram(std::move(compiled));
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
      failed(lowerPiumaToLLVM(*module, options, PiumaRuntime::Timing)))
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

/// Calls the kernel at `entry`; its error, or success.
static llvm::Error call(void *entry, KernelResult &c,
                        llvm::MutableArrayRef<KernelOperand> operands) {
  smash_rt_take_error(nullptr, nullptr); // an error of someone else's
  callKernel(entry, c, operands);
  int64_t got = 0, limit = 0;
  int32_t code = smash_rt_take_error(&got, &limit);
  return code == SMASH_RT_OK ? llvm::Error::success()
                             : describeFailure(code, got, limit);
}

llvm::Expected<StoredMatrix>
CompiledProduct::runStored(const StoredMatrix &a, const StoredMatrix &b,
                           const StoredMatrix *mask) const {
  const ProductOptions &options = implementation->options;
  if (auto error = checkStoredOperands(a, b, mask, options))
    return std::move(error);
  llvm::SmallVector<KernelOperand, 4> operands;
  for (const StoredMatrix *matrix : {&a, &b, mask})
    if (matrix)
      operands.emplace_back(*matrix);
  KernelResult c;
  llvm::Error error = call(implementation->entry, c, operands);
  StoredMatrix result = adoptStored(c, options);
  if (error)
    return std::move(error);
  return result;
}

llvm::Expected<Matrix> CompiledProduct::run(const Matrix &a, const Matrix &b,
                                            const Matrix *mask,
                                            const Matrix *accumulated) const {
  const ProductOptions &options = implementation->options;
  if (auto error = checkKernelOperands(a, b, mask, accumulated, options))
    return std::move(error);
  if (!isPlain(options)) {
    if (accumulated)
      return refuseAccumulated(options);
    auto first = storeOperand(a, options.formatA, options);
    if (!first)
      return first.takeError();
    auto second = storeOperand(b, options.formatB, options);
    if (!second)
      return second.takeError();
    StoredMatrix third;
    if (mask)
      if (auto error =
              storeOperand(*mask, options.formatMask, options).moveInto(third))
        return std::move(error);
    auto c = runStored(*first, *second, mask ? &third : nullptr);
    if (!c)
      return c.takeError();
    return unpackResult(*c, options);
  }
  llvm::SmallVector<KernelOperand, 4> operands;
  for (const Matrix *matrix : {&a, &b, mask, accumulated})
    if (matrix)
      operands.emplace_back(*matrix);
  KernelResult c;
  llvm::Error error = call(implementation->entry, c, operands);
  Matrix result = adoptResult(c, options);
  if (error)
    return std::move(error);
  return result;
}
