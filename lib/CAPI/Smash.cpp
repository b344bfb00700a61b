//===- Smash.cpp - compile and run sparse products from C -----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash-c/Smash.h"
#include "Handles.h"
#include "Piuma/TargetModel/TargetModel.h"
#include "smash/Support/MatrixMarket.h"
#include <cstdlib>
#include <cstring>

using namespace smash;
using namespace smash::capi;
using llvm::Twine;

const char *smashGetVersion(void) { return SMASH_VERSION; }

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

static SmashError *memoryError() {
  // Short enough to need no memory of its own.
  static SmashError error{SMASH_ERROR_OUT_OF_MEMORY, "out of memory"};
  return &error;
}

SmashError *capi::outOfMemory() { return memoryError(); }

SmashError *capi::makeError(SmashErrorCode code, const Twine &message) {
  try {
    return new SmashError{code, message.str()};
  } catch (...) {
    return outOfMemory();
  }
}

SmashError *capi::makeError(SmashErrorCode code, llvm::Error error) {
  std::string message;
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    message = info.message();
    if (info.convertToErrorCode() == std::errc::not_enough_memory)
      code = SMASH_ERROR_OUT_OF_MEMORY;
  });
  return makeError(code, message);
}

SmashErrorCode smashErrorGetCode(const SmashError *error) {
  return error->code;
}

const char *smashErrorGetMessage(const SmashError *error) {
  return error->message.c_str();
}

void smashErrorDestroy(SmashError *error) {
  if (error != memoryError())
    delete error;
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

static_assert(unsigned(ValueType::I1) == SMASH_I1 &&
                  unsigned(ValueType::I32) == SMASH_I32 &&
                  unsigned(ValueType::I64) == SMASH_I64 &&
                  unsigned(ValueType::F32) == SMASH_F32 &&
                  unsigned(ValueType::F64) == SMASH_F64 &&
                  unsigned(ValueType::C64) == SMASH_COMPLEX_F64,
              "the C names are those of ValueTypes.def");

bool capi::isValueType(int type) {
  return type >= int(SMASH_I1) && type <= int(SMASH_COMPLEX_F64);
}

llvm::Expected<Matrix> capi::borrow(const char *name, const SmashCsr *csr) {
  auto fail = [&](const Twine &reason) {
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        Twine(name) + " " + reason);
  };
  if (!csr)
    return fail("is a null pointer");
  if (!isValueType(csr->valueType))
    return fail("has value type " + Twine(int(csr->valueType)) +
                ", which is none of SmashValueType");
  for (int bits : {csr->positionBits, csr->coordinateBits})
    if (bits != 32 && bits != 64)
      return fail("has indices of " + Twine(bits) + " bits; 32 or 64");
  if (csr->rows < 0 || csr->cols < 0 || csr->entries < 0)
    return fail("is " + Twine(csr->rows) + " x " + Twine(csr->cols) + " with " +
                Twine(csr->entries) + " entries: a negative size");
  // Room for rows + 1 positions and for complex values, in 64 bits.
  constexpr int64_t kMost = INT64_MAX / 32;
  if (csr->rows > kMost || csr->entries > kMost)
    return fail("is too large: " + Twine(csr->rows) + " rows, " +
                Twine(csr->entries) + " entries");
  if (!csr->positions || (csr->entries && (!csr->coordinates || !csr->values)))
    return fail("has a null array");
  Matrix matrix;
  matrix.rows = csr->rows;
  matrix.cols = csr->cols;
  matrix.valueType = ValueType(csr->valueType);
  matrix.positionBits = csr->positionBits;
  matrix.coordinateBits = csr->coordinateBits;
  matrix.positions =
      Buffer::borrow(csr->positions, (csr->rows + 1) * (csr->positionBits / 8));
  matrix.coordinates = Buffer::borrow(csr->coordinates,
                                      csr->entries * (csr->coordinateBits / 8));
  matrix.values = Buffer::borrow(
      csr->values, csr->entries * sizeOfValueType(matrix.valueType));
  return matrix;
}

/// The two or three operands of a product.
namespace {
struct Operands {
  Matrix a, b;
  std::optional<Matrix> mask;
  std::optional<Matrix> accumulated;
  const Matrix *maskPointer() const { return mask ? &*mask : nullptr; }
};
} // namespace

static llvm::Expected<Operands>
borrowOperands(const SmashCsr *a, const SmashCsr *b, const SmashCsr *mask,
               const SmashCsr *accumulated = nullptr) {
  Operands operands;
  if (llvm::Error error = borrow("A", a).moveInto(operands.a))
    return std::move(error);
  if (llvm::Error error = borrow("B", b).moveInto(operands.b))
    return std::move(error);
  if (mask)
    if (llvm::Error error = borrow("the mask", mask).moveInto(operands.mask))
      return std::move(error);
  if (accumulated)
    if (llvm::Error error = borrow("the matrix to accumulate into", accumulated)
                                .moveInto(operands.accumulated))
      return std::move(error);
  return std::move(operands);
}

SmashError *smashCsrCheck(const SmashCsr *csr) {
  return guard([&]() -> SmashError * {
    auto matrix = borrow("the matrix", csr);
    if (!matrix)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, matrix.takeError());
    if (llvm::Error error = checkMatrix(*matrix))
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, std::move(error));
    if (matrix->nnz() != csr->entries)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT,
                       "the positions end at " + Twine(matrix->nnz()) +
                           "; there are " + Twine(csr->entries) + " entries");
    return nullptr;
  });
}

void smashMatrixGetCsr(const SmashMatrix *handle, SmashCsr *view) {
  const Matrix &matrix = handle->matrix;
  view->rows = matrix.rows;
  view->cols = matrix.cols;
  view->entries = matrix.nnz();
  view->valueType = SmashValueType(matrix.valueType);
  view->positionBits = int(matrix.positionBits);
  view->coordinateBits = int(matrix.coordinateBits);
  view->positions = matrix.positions.data();
  view->coordinates = matrix.coordinates.data();
  view->values = matrix.values.data();
}

void smashMatrixRelease(SmashMatrix *matrix, void **positions,
                        void **coordinates, void **values) {
  *positions = matrix->matrix.positions.release();
  *coordinates = matrix->matrix.coordinates.release();
  *values = matrix->matrix.values.release();
  delete matrix;
}

void smashMatrixDestroy(SmashMatrix *matrix) { delete matrix; }

SmashError *smashMatrixRead(const char *path, SmashMatrix **matrix) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, path, matrix))
      return error;
    *matrix = nullptr;
    return give(readMatrixMarket(path), SMASH_ERROR_FILE, matrix);
  });
}

SmashError *smashCsrWrite(const SmashCsr *csr, const char *path) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, path))
      return error;
    auto matrix = borrow("the matrix", csr);
    if (!matrix)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, matrix.takeError());
    // A writer takes on trust what a kernel does.
    if (llvm::Error error = checkMatrix(*matrix))
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, std::move(error));
    if (llvm::Error error = writeMatrixMarket(path, *matrix))
      return makeError(SMASH_ERROR_FILE, std::move(error));
    return nullptr;
  });
}

//===----------------------------------------------------------------------===//
// Compilers and products
//===----------------------------------------------------------------------===//

SmashError *smashCompilerCreate(SmashCompiler **compiler) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, compiler))
      return error;
    *compiler = nullptr;
    *compiler = new SmashCompiler();
    return nullptr;
  });
}

SmashError *smashCompilerCreateCached(const char *folder, uint64_t bytes,
                                      SmashCompiler **compiler) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, folder, compiler))
      return error;
    *compiler = nullptr;
    CompilerOptions options;
    options.cacheFolder = folder;
    options.cacheBytes = bytes;
    *compiler = new SmashCompiler(options);
    return nullptr;
  });
}

void smashCompilerDestroy(SmashCompiler *compiler) { delete compiler; }

void smashProductOptionsInit(SmashProductOptions *options) {
  const ProductOptions defaults;
  *options = {};
  options->size = sizeof(SmashProductOptions);
  options->valueType = SmashValueType(defaults.valueType);
  options->positionBits = int(defaults.positionBits);
  options->coordinateBits = int(defaults.coordinateBits);
  options->resultPositionBits = int(defaults.resultPositionBits);
  options->semiring = "plus_times";
  options->strategy = "auto";
  options->sorted = defaults.sorted;
  options->blocks = defaults.blocks;
  options->blockThreads = defaults.blockThreads;
  options->rows = options->inner = options->cols = -1;
  options->accumulateAdd = "";
  options->formatA = options->formatB = options->formatC = options->formatMask =
      "csr";
}

/// The options as the compiler takes them.
static llvm::Expected<ProductOptions>
convertOptions(const SmashProductOptions *given) {
  auto fail = [](const Twine &reason) {
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument), reason);
  };
  // A caller that was compiled earlier knows fewer options, not more.
  SmashProductOptions options;
  smashProductOptionsInit(&options);
  if (given->size < offsetof(SmashProductOptions, blocks) ||
      given->size > sizeof(SmashProductOptions))
    return fail("the options have " + Twine(given->size) +
                " bytes; this library knows " +
                Twine(sizeof(SmashProductOptions)) +
                ": were they made by smashProductOptionsInit?");
  std::memcpy(&options, given, given->size);
  if (!isValueType(options.valueType))
    return fail("the options have value type " + Twine(int(options.valueType)) +
                ", which is none of SmashValueType");
  for (const char *text :
       {options.semiring, options.strategy, options.accumulateAdd,
        options.formatA, options.formatB, options.formatC, options.formatMask})
    if (!text)
      return fail("the options have a null text");
  if (options.blocks < 1 || options.blockThreads < 1)
    return fail("the options have " + Twine(options.blocks) + " blocks of " +
                Twine(options.blockThreads) + " threads; at least 1");
  ProductOptions result;
  result.valueType = ValueType(options.valueType);
  result.positionBits = unsigned(options.positionBits);
  result.coordinateBits = unsigned(options.coordinateBits);
  result.resultPositionBits = unsigned(options.resultPositionBits);
  result.semiring = options.semiring;
  result.strategy = options.strategy;
  result.transposeA = options.transposeA;
  result.transposeB = options.transposeB;
  result.masked = options.masked;
  result.maskComplement = options.maskComplement;
  result.sorted = options.sorted;
  result.deterministic = options.deterministic;
  result.blocks = options.blocks;
  result.blockThreads = options.blockThreads;
  if (options.rows >= 0)
    result.rows = options.rows;
  if (options.inner >= 0)
    result.inner = options.inner;
  if (options.cols >= 0)
    result.cols = options.cols;
  result.accumulates = options.accumulates;
  result.accumulateAdd = options.accumulateAdd;
  for (auto [text, format] :
       {std::make_pair(options.formatA, &result.formatA),
        std::make_pair(options.formatB, &result.formatB),
        std::make_pair(options.formatC, &result.formatC),
        std::make_pair(options.formatMask, &result.formatMask)}) {
    auto parsed = parseStorageFormat(text);
    if (!parsed)
      return fail("the options have format '" + Twine(text) +
                  "': " + llvm::toString(parsed.takeError()));
    *format = *parsed;
  }
  return result;
}

SmashError *smashCompileProduct(SmashCompiler *compiler,
                                const SmashProductOptions *options,
                                SmashProduct **product) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, compiler, options, product))
      return error;
    *product = nullptr;
    auto converted = convertOptions(options);
    if (!converted)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, converted.takeError());
    return give(compiler->compiler.compile(*converted), SMASH_ERROR_COMPILATION,
                product);
  });
}

void smashProductDestroy(SmashProduct *product) { delete product; }

const char *smashProductGetStrategy(const SmashProduct *product) {
  return product->product.strategy().c_str();
}

int smashProductIsCached(const SmashProduct *product) {
  return product->product.isCached();
}

SmashError *smashProductRun(const SmashProduct *product, const SmashCsr *a,
                            const SmashCsr *b, const SmashCsr *mask,
                            SmashMatrix **c) {
  return smashProductAccumulate(product, a, b, mask, /*accumulated=*/nullptr,
                                c);
}

SmashError *smashProductAccumulate(const SmashProduct *product,
                                   const SmashCsr *a, const SmashCsr *b,
                                   const SmashCsr *mask,
                                   const SmashCsr *accumulated,
                                   SmashMatrix **c) {
  return guard([&]() -> SmashError * {
    if (auto *error = checkPointers("a run of a product", product, c))
      return error;
    *c = nullptr;
    auto operands = borrowOperands(a, b, mask, accumulated);
    if (!operands)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, operands.takeError());
    const auto &added = operands->accumulated;
    return give(product->product.run(operands->a, operands->b,
                                     operands->maskPointer(),
                                     added ? &*added : nullptr),
                SMASH_ERROR_RUN, c);
  });
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

SmashError *smashCompileModule(SmashCompiler *compiler, const char *text,
                               size_t length, SmashModule **module) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, compiler, text, module))
      return error;
    *module = nullptr;
    // The parser reads the byte after the end.
    std::string terminated(text, length);
    return give(compiler->compiler.compileModule(terminated),
                SMASH_ERROR_COMPILATION, module);
  });
}

void smashModuleDestroy(SmashModule *module) { delete module; }

SmashError *smashModuleCall(const SmashModule *module, const char *function,
                            const SmashCsr *const *operands,
                            size_t operandCount, SmashMatrix **results,
                            size_t resultCount) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, module, function))
      return error;
    if ((operandCount && !operands) || (resultCount && !results))
      return makeError(SMASH_ERROR_INVALID_ARGUMENT,
                       Twine(caller) + " was given a null pointer");
    std::fill_n(results, resultCount, nullptr);
    std::vector<Matrix> matrices(operandCount);
    std::vector<const Matrix *> pointers;
    for (size_t i = 0; i < operandCount; ++i) {
      if (llvm::Error error =
              borrow(("operand " + std::to_string(i)).c_str(), operands[i])
                  .moveInto(matrices[i]))
        return makeError(SMASH_ERROR_INVALID_ARGUMENT, std::move(error));
      pointers.push_back(&matrices[i]);
    }
    auto made = module->module.call(function, pointers);
    if (!made)
      return makeError(SMASH_ERROR_RUN, made.takeError());
    if (made->size() != resultCount)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT,
                       "'@" + Twine(function) + "' gives " +
                           Twine(made->size()) + " matrices, not " +
                           Twine(resultCount));
    for (size_t i = 0; i < resultCount; ++i)
      results[i] = new SmashMatrix{std::move((*made)[i])};
    return nullptr;
  });
}

//===----------------------------------------------------------------------===//
// Simulated runs
//===----------------------------------------------------------------------===//

SmashError *smashCompileSimulation(SmashCompiler *compiler,
                                   const SmashProductOptions *options,
                                   const char *target,
                                   SmashSimulation **simulation) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error =
            checkPointers(caller, compiler, options, target, simulation))
      return error;
    *simulation = nullptr;
    auto converted = convertOptions(options);
    if (!converted)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, converted.takeError());
    auto model = piuma::TargetModel::load(target);
    if (!model)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, model.takeError());
    return give(compiler->compiler.compilePiuma(*converted, *model,
                                                PiumaRuntime::Timing),
                SMASH_ERROR_COMPILATION, simulation);
  });
}

void smashSimulationDestroy(SmashSimulation *simulation) { delete simulation; }

SmashError *smashSimulationRun(const SmashSimulation *simulation,
                               const SmashCsr *a, const SmashCsr *b,
                               const SmashCsr *mask, SmashMatrix **c,
                               SmashReport *report, char **json) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, simulation, c))
      return error;
    *c = nullptr;
    if (json)
      *json = nullptr;
    auto operands = borrowOperands(a, b, mask);
    if (!operands)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, operands.takeError());
    auto run = simulation->product.simulate(operands->a, operands->b,
                                            operands->maskPointer());
    if (!run)
      return makeError(SMASH_ERROR_RUN, run.takeError());
    const piuma::TimingReport &told = run->report;
    if (json) {
      *json = strdup(told.toJson().c_str());
      if (!*json)
        return outOfMemory();
    }
    if (report)
      *report = {told.timeMs,        told.cycles,         told.instructions,
                 told.dramReadBytes, told.dramWriteBytes, told.dramUtilization};
    *c = new SmashMatrix{std::move(run->c)};
    return nullptr;
  });
}
