//===- Module.cpp - modules in machine code -------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"
#include "Lowering.h"
#include "ModuleImplementation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "smash/Runtime/Runtime.h"

using namespace mlir;
using namespace smash;
using llvm::Twine;

static const std::string kCallPrefix = "smash_call_";
static const std::string kInterfacePrefix = "_mlir_ciface_";

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::string spell(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

//===----------------------------------------------------------------------===//
// What the functions take
//===----------------------------------------------------------------------===//

/// The CSR matrix that `type` is; nothing if it is something else.
static std::optional<ModuleMatrix> describeMatrix(Type type) {
  using namespace sparse_tensor;
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto encoding = getSparseTensorEncoding(type);
  if (!tensor || !encoding || tensor.getRank() != 2 || !encoding.isIdentity())
    return std::nullopt;
  ArrayRef<LevelType> levels = encoding.getLvlTypes();
  if (levels.size() != 2 || !isDenseLT(levels[0]) ||
      !isCompressedLT(levels[1]) || !isUniqueLT(levels[1]))
    return std::nullopt;
  auto valueType = parseValueType(spell(tensor.getElementType()));
  if (!valueType)
    return std::nullopt;
  // Width 0 is `index`.
  auto bits = [](unsigned width) { return width ? width : 64; };
  ModuleMatrix matrix;
  matrix.valueType = *valueType;
  matrix.positionBits = bits(encoding.getPosWidth());
  matrix.coordinateBits = bits(encoding.getCrdWidth());
  for (unsigned width : {matrix.positionBits, matrix.coordinateBits})
    if (width != 32 && width != 64)
      return std::nullopt;
  if (!tensor.isDynamicDim(0))
    matrix.rows = tensor.getDimSize(0);
  if (!tensor.isDynamicDim(1))
    matrix.cols = tensor.getDimSize(1);
  matrix.sorted = isOrderedLT(levels[1]);
  return matrix;
}

void CompiledModule::Implementation::describe(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal() || !function.isPublic())
      continue;
    ModuleFunction result;
    result.name = function.getName().str();
    auto add = [&](TypeRange types, const Twine &what,
                   std::vector<ModuleMatrix> &matrices) {
      for (auto [number, type] : llvm::enumerate(types)) {
        if (auto matrix = describeMatrix(type))
          matrices.push_back(*matrix);
        else if (result.obstacle.empty())
          result.obstacle =
              (what + " " + Twine(number) + " of '@" + result.name +
               "' has type " + spell(type) +
               "; functions of CSR matrices can be called, others looked up")
                  .str();
      }
    };
    add(function.getArgumentTypes(), "argument", result.operands);
    add(function.getResultTypes(), "result", result.results);
    if (result.obstacle.empty() && result.results.empty())
      result.obstacle = "'@" + result.name + "' returns nothing";
    function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                      UnitAttr::get(module.getContext()));
    functions.push_back(std::move(result));
  }
}

const ModuleFunction *
CompiledModule::Implementation::find(StringRef name) const {
  for (const ModuleFunction &function : functions)
    if (function.name == name)
      return &function;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Machine code
//===----------------------------------------------------------------------===//

void CompiledModule::Implementation::addCalls(ModuleOp module) const {
  for (const ModuleFunction &function : functions) {
    auto callee =
        module.lookupSymbol<LLVM::LLVMFuncOp>(kInterfacePrefix + function.name);
    if (!callee || !function.obstacle.empty())
      continue;
    auto b =
        ImplicitLocOpBuilder::atBlockEnd(callee.getLoc(), module.getBody());
    auto pointer = LLVM::LLVMPointerType::get(module.getContext());
    auto nothing = LLVM::LLVMVoidType::get(module.getContext());
    auto wrapper = LLVM::LLVMFuncOp::create(
        b, kCallPrefix + function.name,
        LLVM::LLVMFunctionType::get(nothing, {pointer}));
    b.setInsertionPointToStart(wrapper.addEntryBlock(b));
    SmallVector<Value> arguments;
    for (auto [i, type] : llvm::enumerate(callee.getArgumentTypes())) {
      Value slot =
          LLVM::GEPOp::create(b, pointer, pointer, wrapper.getArgument(0),
                              ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
      Value address = LLVM::LoadOp::create(b, pointer, slot);
      arguments.push_back(LLVM::LoadOp::create(b, type, address));
    }
    LLVM::CallOp::create(b, callee, arguments);
    LLVM::ReturnOp::create(b, ValueRange());
  }
}

llvm::Error CompiledModule::Implementation::link(ModuleOp module) {
  EngineOptions options;
  options.symbols = listHostRuntime();
  if (llvm::Error error = HostEngine::create(module, options).moveInto(engine))
    return error;
  for (ModuleFunction &function : functions)
    if (function.obstacle.empty())
      if (llvm::Error error = engine->lookup(kCallPrefix + function.name)
                                  .moveInto(function.entry))
        return error;
  return llvm::Error::success();
}

CompiledModule::CompiledModule(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
CompiledModule::~CompiledModule() = default;
CompiledModule::CompiledModule(CompiledModule &&) noexcept = default;

std::vector<std::string> CompiledModule::functions() const {
  std::vector<std::string> names;
  for (const ModuleFunction &function : implementation->functions)
    names.push_back(function.name);
  return names;
}

double CompiledModule::compileMs() const { return implementation->compileMs; }

llvm::Expected<void *> CompiledModule::lookup(StringRef function) const {
  if (!implementation->find(function))
    return makeError("the module has no public function '@" + function + "'");
  return implementation->engine->lookup(kInterfacePrefix + function.str());
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

namespace {
/// A matrix among the results, which stand one behind the other.
struct MatrixResult {
  int64_t rows = 0, cols = 0;
  Descriptor parts[3];
};
} // namespace

static llvm::Error checkOperand(const Twine &name, const Matrix &matrix,
                                const ModuleMatrix &type) {
  ProductOptions options;
  options.valueType = type.valueType;
  options.positionBits = type.positionBits;
  options.coordinateBits = type.coordinateBits;
  options.sorted = type.sorted;
  return checkKernelOperand(name, matrix, options, type.rows, type.cols);
}

llvm::Expected<std::vector<Matrix>>
CompiledModule::call(StringRef name, ArrayRef<const Matrix *> operands) const {
  const ModuleFunction *function = implementation->find(name);
  if (!function)
    return makeError("the module has no public function '@" + name + "'");
  if (!function->obstacle.empty())
    return makeError(function->obstacle);
  if (operands.size() != function->operands.size())
    return makeError("'@" + name + "' takes " +
                     Twine(function->operands.size()) + " matrices, not " +
                     Twine(operands.size()));
  // Pointers to the arguments of the C interface: the results' place, then of
  // each operand its sizes and its arrays.
  std::vector<KernelOperand> arguments;
  arguments.reserve(operands.size());
  std::vector<void *> pointers;
  std::vector<MatrixResult> results(function->results.size());
  MatrixResult *place = results.data();
  pointers.push_back(static_cast<void *>(&place));
  // Descriptors go by reference: their addresses, in a place that stays.
  std::vector<std::array<Descriptor *, 3>> descriptors(operands.size());
  for (auto [i, operand] : llvm::enumerate(operands)) {
    if (!operand)
      return makeError("operand " + Twine(i) + " of '@" + name + "' is null");
    if (auto error = checkOperand("operand " + Twine(i), *operand,
                                  function->operands[i]))
      return std::move(error);
    KernelOperand &argument = arguments.emplace_back(*operand);
    for (auto [part, descriptor] : llvm::zip(argument.parts, descriptors[i]))
      descriptor = &part;
    pointers.push_back(&argument.rows);
    pointers.push_back(&argument.cols);
    for (Descriptor *&descriptor : descriptors[i])
      pointers.push_back(static_cast<void *>(&descriptor));
  }
  smash_rt_take_error(nullptr, nullptr); // an error of someone else's
  reinterpret_cast<void (*)(void **)>(function->entry)(pointers.data());
  int64_t got = 0, limit = 0;
  int32_t code = smash_rt_take_error(&got, &limit);
  std::vector<Matrix> matrices;
  for (auto [result, type] : llvm::zip_equal(results, function->results)) {
    ProductOptions options;
    options.valueType = type.valueType;
    options.resultPositionBits = type.positionBits;
    options.coordinateBits = type.coordinateBits;
    options.sorted = type.sorted;
    KernelResult c{result.rows, result.cols, {}};
    llvm::copy(result.parts, c.parts);
    matrices.push_back(adoptResult(c, options));
  }
  if (code != SMASH_RT_OK)
    return describeFailure(code, got, limit);
  return matrices;
}
