//===- Compiler.cpp - options in, compiled product out --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Compiler/Compiler.h"
#include "BuildProduct.h"
#include "Smash/IR/Smash.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "smash/Execution/HostEngine.h"
#include "smash/Pipelines/Pipelines.h"
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
  registerHostDialects(registry);
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
// Running
//===----------------------------------------------------------------------===//

namespace {
/// A memref<?xT>, as the C interface passes it.
struct Descriptor {
  void *allocated = nullptr;
  void *aligned = nullptr;
  int64_t offset = 0;
  int64_t size = 0;
  int64_t stride = 1;
};

/// What the kernel returns: the parts of C.
struct KernelResult {
  int64_t rows = 0, cols = 0;
  Descriptor positions, coordinates, values;
};

/// An operand as the C interface takes it.
struct KernelOperand {
  explicit KernelOperand(const Matrix &matrix)
      : rows(matrix.rows), cols(matrix.cols),
        positions(describe(matrix.positions, matrix.positionBits / 8)),
        coordinates(describe(matrix.coordinates, matrix.coordinateBits / 8)),
        values(describe(matrix.values, sizeOfValueType(matrix.valueType))) {}

  int64_t rows, cols;
  Descriptor positions, coordinates, values;

private:
  static Descriptor describe(const Buffer &buffer, size_t bytes) {
    // Kernels do not write to their operands.
    void *data = const_cast<void *>(buffer.data());
    return {data, data, 0, int64_t(buffer.size() / bytes), 1};
  }
};
} // namespace

using KernelEntry = void (*)(KernelResult *, int64_t, int64_t, Descriptor *,
                             Descriptor *, Descriptor *, int64_t, int64_t,
                             Descriptor *, Descriptor *, Descriptor *);
using MaskedKernelEntry = void (*)(KernelResult *, int64_t, int64_t,
                                   Descriptor *, Descriptor *, Descriptor *,
                                   int64_t, int64_t, Descriptor *, Descriptor *,
                                   Descriptor *, int64_t, int64_t, Descriptor *,
                                   Descriptor *, Descriptor *);

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error checkOperand(const Twine &name, const Matrix &matrix,
                                const ProductOptions &options,
                                std::optional<int64_t> rows,
                                std::optional<int64_t> cols,
                                bool readsValues = true) {
  if (readsValues && matrix.valueType != options.valueType)
    return makeError(
        name + " has values of type " + spellValueType(matrix.valueType) +
        "; the kernel was compiled for " + spellValueType(options.valueType));
  auto checkBits = [&](const Twine &what, unsigned bits,
                       unsigned compiled) -> llvm::Error {
    if (bits == compiled)
      return llvm::Error::success();
    return makeError(name + " has " + what + " of " + Twine(bits) +
                     " bits; the kernel was compiled for " + Twine(compiled));
  };
  if (auto error =
          checkBits("positions", matrix.positionBits, options.positionBits))
    return error;
  if (auto error = checkBits("coordinates", matrix.coordinateBits,
                             options.coordinateBits))
    return error;
  size_t positions = matrix.positions.size() / (matrix.positionBits / 8);
  if (matrix.rows > 0 && positions <= size_t(matrix.rows))
    return makeError(name + " has " + Twine(positions) + " positions; " +
                     Twine(matrix.rows) + " rows need " +
                     Twine(matrix.rows + 1));
  if (!matrix.sorted)
    return makeError(name + " has rows that are not sorted; the kernel reads "
                            "sorted rows");
  if (rows.value_or(matrix.rows) != matrix.rows ||
      cols.value_or(matrix.cols) != matrix.cols)
    return makeError(name + " is " + Twine(matrix.rows) + " x " +
                     Twine(matrix.cols) + "; the kernel was compiled for " +
                     Twine(rows.value_or(matrix.rows)) + " x " +
                     Twine(cols.value_or(matrix.cols)));
  return llvm::Error::success();
}

static llvm::Error checkOperands(const Matrix &a, const Matrix &b,
                                 const ProductOptions &options) {
  std::optional<int64_t> rowsA = options.rows, colsA = options.inner;
  std::optional<int64_t> rowsB = options.inner, colsB = options.cols;
  if (options.transposeA)
    std::swap(rowsA, colsA);
  if (options.transposeB)
    std::swap(rowsB, colsB);
  if (auto error = checkOperand("A", a, options, rowsA, colsA))
    return error;
  if (auto error = checkOperand("B", b, options, rowsB, colsB))
    return error;
  int64_t innerA = options.transposeA ? a.rows : a.cols;
  int64_t innerB = options.transposeB ? b.cols : b.rows;
  if (innerA != innerB)
    return makeError("shapes do not match: A has " + Twine(innerA) +
                     (options.transposeA ? " rows" : " columns") + ", B has " +
                     Twine(innerB) +
                     (options.transposeB ? " columns" : " rows"));
  return llvm::Error::success();
}

static llvm::Error checkMask(const Matrix *mask, const Matrix &a,
                             const Matrix &b, const ProductOptions &options) {
  if (options.masked != bool(mask))
    return makeError(mask
                         ? "there is a mask; the kernel was compiled for none"
                         : "there is no mask; the kernel was compiled for one");
  if (!mask)
    return llvm::Error::success();
  if (auto error = checkOperand("the mask", *mask, options, options.rows,
                                options.cols, /*readsValues=*/false))
    return error;
  int64_t rows = options.transposeA ? a.cols : a.rows;
  int64_t cols = options.transposeB ? b.rows : b.cols;
  if (mask->rows != rows || mask->cols != cols)
    return makeError("shapes do not match: the mask is " + Twine(mask->rows) +
                     " x " + Twine(mask->cols) + ", C is " + Twine(rows) +
                     " x " + Twine(cols));
  return llvm::Error::success();
}

/// The error that a kernel recorded.
static llvm::Error describeFailure(int32_t code, int64_t got, int64_t limit) {
  switch (code) {
  case SMASH_RT_OUT_OF_MEMORY:
    return makeError("out of memory: the kernel asked for " + Twine(got) +
                     " elements of " + Twine(limit) + " bytes");
  case SMASH_RT_POSITION_OVERFLOW:
    return makeError("C has " + Twine(got) +
                     " entries; its positions hold at most " + Twine(limit));
  case SMASH_RT_PLAN_MISMATCH:
    return makeError("the plan was made for operands of another pattern");
  case SMASH_RT_THREADS:
    return makeError("out of threads: " + Twine(got) + " blocks of " +
                     Twine(limit) + " threads could not be run");
  }
  return makeError("the kernel failed with code " + Twine(code));
}

llvm::Expected<Matrix> CompiledProduct::run(const Matrix &a, const Matrix &b,
                                            const Matrix *mask) const {
  const ProductOptions &options = implementation->options;
  if (auto error = checkOperands(a, b, options))
    return std::move(error);
  if (auto error = checkMask(mask, a, b, options))
    return std::move(error);
  KernelOperand first(a), second(b);
  KernelResult c;
  smash_rt_take_error(nullptr, nullptr); // an error of someone else's
  if (mask) {
    KernelOperand third(*mask);
    reinterpret_cast<MaskedKernelEntry>(implementation->entry)(
        &c, first.rows, first.cols, &first.positions, &first.coordinates,
        &first.values, second.rows, second.cols, &second.positions,
        &second.coordinates, &second.values, third.rows, third.cols,
        &third.positions, &third.coordinates, &third.values);
  } else {
    reinterpret_cast<KernelEntry>(implementation->entry)(
        &c, first.rows, first.cols, &first.positions, &first.coordinates,
        &first.values, second.rows, second.cols, &second.positions,
        &second.coordinates, &second.values);
  }
  int64_t got = 0, limit = 0;
  int32_t code = smash_rt_take_error(&got, &limit);
  auto adopt = [](const Descriptor &part, size_t bytes) {
    return Buffer::adopt(part.allocated, part.size * bytes);
  };
  Matrix result;
  result.rows = c.rows;
  result.cols = c.cols;
  result.valueType = options.valueType;
  result.positionBits = options.resultPositionBits;
  result.coordinateBits = options.coordinateBits;
  result.sorted = options.sorted;
  result.positions = adopt(c.positions, result.positionBits / 8);
  result.coordinates = adopt(c.coordinates, result.coordinateBits / 8);
  result.values = adopt(c.values, sizeOfValueType(result.valueType));
  if (code != SMASH_RT_OK)
    return describeFailure(code, got, limit);
  return result;
}
