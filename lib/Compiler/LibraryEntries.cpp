//===- LibraryEntries.cpp - functions that C calls ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LibraryParts.h"
#include "Smash/IR/Smash.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace smash;

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

static Type makeIndexType(MLIRContext *context, unsigned bits) {
  return IntegerType::get(context, bits ? bits : 64);
}

Type Parameter::positionType() const {
  if (auto plan = dyn_cast<PlanType>(type))
    return plan.getPosition();
  return makeIndexType(
      type.getContext(),
      sparse_tensor::getSparseTensorEncoding(type).getPosWidth());
}

Type Parameter::coordinateType() const {
  if (auto plan = dyn_cast<PlanType>(type))
    return plan.getCoordinate();
  return makeIndexType(
      type.getContext(),
      sparse_tensor::getSparseTensorEncoding(type).getCrdWidth());
}

Type Parameter::valueType() const {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return tensor.getElementType();
  return type;
}

/// Whether C has a type for a number of `type`.
static bool isNumber(Type type) {
  return type.isF32() || type.isF64() || type.isIndex() ||
         type.isSignlessInteger(1) || type.isSignlessInteger(8) ||
         type.isSignlessInteger(16) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(64);
}

static bool isElement(Type type) {
  auto complex = dyn_cast<ComplexType>(type);
  return isNumber(complex ? complex.getElementType() : type) && !type.isIndex();
}

static std::optional<Parameter::Kind> classify(Type type) {
  if (isLowerableCSR(type) &&
      isElement(cast<RankedTensorType>(type).getElementType()))
    return Parameter::Matrix;
  if (isa<PlanType>(type))
    return Parameter::Plan;
  if (isNumber(type))
    return Parameter::Number;
  return std::nullopt;
}

/// Whether C and C++ take `name` as that of a function.
static bool isNameInC(StringRef name) {
  static const llvm::StringSet<> keywords = {
      "auto",     "bool",     "break",    "case",   "char",     "class",
      "const",    "continue", "default",  "delete", "do",       "double",
      "else",     "enum",     "extern",   "false",  "float",    "for",
      "goto",     "if",       "inline",   "int",    "long",     "main",
      "new",      "operator", "private",  "public", "register", "restrict",
      "return",   "short",    "signed",   "sizeof", "static",   "struct",
      "switch",   "template", "this",     "throw",  "true",     "try",
      "typedef",  "union",    "unsigned", "using",  "virtual",  "void",
      "volatile", "while"};
  return !name.empty() && !llvm::isDigit(name[0]) && !keywords.contains(name) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

/// Size `dim` of the matrix `value`, if it follows from the arguments.
static std::optional<SizeRef> findSize(Value value, int64_t dim) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return std::nullopt;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner()->isEntryBlock() &&
        isa<func::FuncOp>(argument.getOwner()->getParentOp()))
      return SizeRef{int64_t(argument.getArgNumber()), dim, 0};
    return std::nullopt;
  }
  if (!type.isDynamicDim(dim))
    return SizeRef{-1, 0, type.getDimSize(dim)};
  if (auto product = value.getDefiningOp<SpGEMMOp>())
    return dim == 0 ? findSize(product.getA(), product.getTransposeA() ? 1 : 0)
                    : findSize(product.getB(), product.getTransposeB() ? 0 : 1);
  if (auto copy = value.getDefiningOp<TransposeOp>())
    return findSize(copy.getSource(), 1 - dim);
  return std::nullopt;
}

namespace {
/// Collects the pairs of sizes that a function needs equal.
class SizeRules {
public:
  explicit SizeRules(Entry &entry) : entry(entry) {}

  void equal(Value a, int64_t dimA, Value b, int64_t dimB) {
    auto first = findSize(a, dimA), second = findSize(b, dimB);
    if (first && second)
      add(*first, *second);
  }

  /// op(A) has as many columns as op(B) has rows; the mask is as large as C.
  void product(Value a, bool transposeA, Value b, bool transposeB, Value mask) {
    equal(a, transposeA ? 0 : 1, b, transposeB ? 1 : 0);
    if (!mask)
      return;
    equal(mask, 0, a, transposeA ? 1 : 0);
    equal(mask, 1, b, transposeB ? 0 : 1);
  }

  void add(SizeRef first, SizeRef second) {
    std::pair<SizeRef, SizeRef> pair(first, second);
    if (!(first == second) && !llvm::is_contained(entry.sizes, pair))
      entry.sizes.push_back(pair);
  }

private:
  Entry &entry;
};
} // namespace

static void collectSizes(func::FuncOp function, Entry &entry) {
  SizeRules rules(entry);
  for (BlockArgument argument : function.getArguments())
    if (auto type = dyn_cast<RankedTensorType>(argument.getType()))
      for (int64_t dim : {0, 1})
        if (!type.isDynamicDim(dim))
          rules.add({int64_t(argument.getArgNumber()), dim, 0},
                    {-1, 0, type.getDimSize(dim)});
  function.walk([&](Operation *op) {
    if (auto product = dyn_cast<SpGEMMOp>(op)) {
      rules.product(product.getA(), product.getTransposeA(), product.getB(),
                    product.getTransposeB(), product.getMask());
      if (!isEmptyInit(product.getC())) {
        rules.equal(product.getC(), 0, product.getA(),
                    product.getTransposeA() ? 1 : 0);
        rules.equal(product.getC(), 1, product.getB(),
                    product.getTransposeB() ? 0 : 1);
      }
    } else if (auto symbolic = dyn_cast<SpGEMMSymbolicOp>(op)) {
      rules.product(symbolic.getA(), false, symbolic.getB(), false,
                    symbolic.getMask());
    } else if (auto numeric = dyn_cast<SpGEMMNumericOp>(op)) {
      rules.product(numeric.getA(), false, numeric.getB(),
                    numeric.getTransposeB(), Value());
    }
  });
}

/// Names for arguments: plan, mask, or letters in order.
static void nameArguments(func::FuncOp function, Entry &entry) {
  llvm::SmallDenseSet<unsigned> masks;
  function.walk([&](Operation *op) {
    Value mask;
    if (auto product = dyn_cast<SpGEMMOp>(op))
      mask = product.getMask();
    else if (auto symbolic = dyn_cast<SpGEMMSymbolicOp>(op))
      mask = symbolic.getMask();
    if (auto argument = dyn_cast_or_null<BlockArgument>(mask))
      masks.insert(argument.getArgNumber());
  });
  unsigned letter = 0, plans = 0, maskCount = 0;
  auto number = [](StringRef name, unsigned count) {
    return count == 0 ? name.str() : (name + Twine(count + 1)).str();
  };
  auto name = [&](Parameter &parameter, bool isMask) {
    if (parameter.kind == Parameter::Plan)
      parameter.name = number("plan", plans++);
    else if (isMask)
      parameter.name = number("mask", maskCount++);
    else if (letter < 26)
      parameter.name = std::string(1, char('a' + letter++));
    else
      parameter.name = number("a", letter++);
  };
  for (auto [i, parameter] : llvm::enumerate(entry.arguments))
    name(parameter, masks.contains(i));
  for (Parameter &parameter : entry.results)
    name(parameter, false);
}

/// The arrays of a matrix: positions, coordinates and values.
static constexpr unsigned kArrays = 3;

FailureOr<Entry> smash::describeEntry(func::FuncOp function,
                                      const EntryNote &note) {
  Entry entry{note, {}, {}, {}};
  if (function.isExternal())
    return function.emitError()
           << "'@" << entry.name << "' has no body to compile";
  if (!isNameInC(entry.name))
    return function.emitError()
           << "'@" << entry.name << "' is no name of a function in C";
  auto add = [&](TypeRange types, StringRef what,
                 std::vector<Parameter> &parameters) -> LogicalResult {
    for (auto [i, type] : llvm::enumerate(types)) {
      auto kind = classify(type);
      if (!kind)
        return function.emitError()
               << what << " " << i << " of '@" << entry.name << "' has type "
               << type << "; C passes matrices in CSR, plans and numbers";
      parameters.push_back({*kind, "", type});
    }
    return success();
  };
  TypeRange arguments = function.getArgumentTypes();
  if (entry.passesArrays)
    arguments = arguments.drop_back(kArrays);
  if (failed(add(arguments, "argument", entry.arguments)) ||
      failed(add(function.getResultTypes(), "result", entry.results)))
    return failure();
  if (!entry.like.empty())
    function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        function, StringAttr::get(function.getContext(), entry.like));
  nameArguments(function, entry);
  if (!entry.result.empty())
    entry.results.front().name = entry.result;
  collectSizes(function, entry);
  return entry;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

namespace {
/// Writes the function that C calls.
class EntryBuilder {
public:
  EntryBuilder(ModuleOp module, const Entry &entry, LLVM::LLVMFuncOp kernel)
      : b(kernel.getLoc(), module.getContext()), module(module), entry(entry),
        kernel(kernel), ptr(LLVM::LLVMPointerType::get(b.getContext())) {}

  void build();

private:
  Value integer(int64_t value, unsigned bits = 64) {
    return LLVM::ConstantOp::create(
        b, b.getIntegerType(bits),
        b.getIntegerAttr(b.getIntegerType(bits), value));
  }
  Value call(StringRef name, Type result, ValueRange arguments);
  Type structOf(const Parameter &parameter);
  Value field(Value object, const Parameter &parameter, unsigned i) {
    return LLVM::GEPOp::create(b, ptr, structOf(parameter), object,
                               ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
  }
  Value load(Value object, const Parameter &parameter, unsigned i) {
    auto type = cast<LLVM::LLVMStructType>(structOf(parameter)).getBody()[i];
    return LLVM::LoadOp::create(b, type, field(object, parameter, i));
  }
  Block *addBlock();
  void branchIfFailed(Block *failed, Block *otherwise);
  Value sizeOf(SizeRef size);
  void pushBuffer(Value data, Value size);
  void pushArgument(const Parameter &parameter, Value value);
  void storeResults(Value results);
  /// Calls `use` with each part of the results, as the kernel returns them.
  void forEachPart(Value results,
                   function_ref<void(const Parameter &, unsigned result,
                                     unsigned part, Value value)>
                       use);
  void releaseResults(Value results);
  /// The result's struct, and the number of entries that its arrays hold.
  Value filled() { return function.getArgument(2 + entry.arguments.size()); }
  Value capacity() { return function.getArgument(1 + entry.arguments.size()); }
  /// Records an error where the caller has no arrays to fill.
  void checkArrays();
  /// The entries of the matrix whose positions are there.
  Value countEntries(const Parameter &matrix, Value rows, Value positions);
  void passArrays();
  /// Fills the caller's arrays from those that the kernel made, if there is
  /// room, and releases what it made.
  void deliver(Value results);

  ImplicitLocOpBuilder b;
  ModuleOp module;
  const Entry &entry;
  LLVM::LLVMFuncOp kernel;
  LLVM::LLVMFuncOp function;
  Type ptr;
  SmallVector<Value> passed;
};
} // namespace

Value EntryBuilder::call(StringRef name, Type result, ValueRange arguments) {
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!callee) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    Type type = result ? result : LLVM::LLVMVoidType::get(b.getContext());
    callee = LLVM::LLVMFuncOp::create(
        b, name,
        LLVM::LLVMFunctionType::get(type,
                                    SmallVector<Type>(arguments.getTypes())));
  }
  auto call = LLVM::CallOp::create(b, callee, arguments);
  return result ? call.getResult() : Value();
}

/// {rows, cols, positions, coordinates, values}, or a fingerprint at the end.
Type EntryBuilder::structOf(const Parameter &parameter) {
  Type i64 = b.getI64Type();
  bool isMatrix = parameter.kind == Parameter::Matrix;
  return LLVM::LLVMStructType::getLiteral(
      b.getContext(), {i64, i64, ptr, ptr, isMatrix ? ptr : i64});
}

Block *EntryBuilder::addBlock() {
  Region &body = function.getBody();
  return &body.emplaceBlock();
}

void EntryBuilder::branchIfFailed(Block *failed, Block *otherwise) {
  Value code = call("smash_rt_failed", b.getI32Type(), {});
  Value ok =
      LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, code, integer(0, 32));
  LLVM::CondBrOp::create(b, ok, otherwise, failed);
  b.setInsertionPointToStart(otherwise);
}

/// The first argument is the context.
Value EntryBuilder::sizeOf(SizeRef size) {
  if (size.argument < 0)
    return integer(size.constant);
  return load(function.getArgument(1 + size.argument),
              entry.arguments[size.argument], size.dim);
}

/// Passes a buffer as a one-dimensional descriptor in its parts.
void EntryBuilder::pushBuffer(Value data, Value size) {
  passed.append({data, data, integer(0), size, integer(1)});
}

void EntryBuilder::pushArgument(const Parameter &parameter, Value value) {
  if (parameter.kind == Parameter::Number) {
    if (parameter.type.isInteger(1))
      value = LLVM::TruncOp::create(b, b.getI1Type(), value);
    passed.push_back(value);
    return;
  }
  Value rows = load(value, parameter, 0);
  Value positions = load(value, parameter, 2);
  Value entries = countEntries(parameter, rows, positions);
  passed.append({rows, load(value, parameter, 1)});
  pushBuffer(positions, LLVM::AddOp::create(b, rows, integer(1)));
  pushBuffer(load(value, parameter, 3), entries);
  if (parameter.kind == Parameter::Matrix)
    pushBuffer(load(value, parameter, 4), entries);
  else
    passed.push_back(load(value, parameter, 4));
}

Value EntryBuilder::countEntries(const Parameter &matrix, Value rows,
                                 Value positions) {
  Value at = LLVM::GEPOp::create(b, ptr, matrix.positionType(), positions,
                                 ArrayRef<LLVM::GEPArg>{rows});
  Value entries = LLVM::LoadOp::create(b, matrix.positionType(), at);
  if (entries.getType() != b.getI64Type())
    entries = LLVM::ZExtOp::create(b, b.getI64Type(), entries);
  return entries;
}

void EntryBuilder::checkArrays() {
  const Parameter &result = entry.results.front();
  Value positions = load(filled(), result, 2);
  // Without entries there need not be arrays of them.
  Value none =
      LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::sle, capacity(), integer(0));
  for (unsigned part = 2; part < 2 + kArrays; ++part) {
    Value array = load(filled(), result, part);
    if (part > 2)
      array = LLVM::SelectOp::create(b, none, positions, array);
    call("smash_rt_check_argument", Type(),
         {array, integer(2 + entry.arguments.size())});
  }
}

/// The plan, which is first, tells the size: there must be room before the
/// kernel writes.
void EntryBuilder::passArrays() {
  const Parameter &plan = entry.arguments.front();
  const Parameter &result = entry.results.front();
  Value object = function.getArgument(1);
  Value rows = load(object, plan, 0);
  Value entries = countEntries(plan, rows, load(object, plan, 2));
  call("smash_rt_check_capacity", Type(), {entries, capacity()});
  pushBuffer(load(filled(), result, 2),
             LLVM::AddOp::create(b, rows, integer(1)));
  pushBuffer(load(filled(), result, 3), entries);
  pushBuffer(load(filled(), result, 4), entries);
}

void EntryBuilder::deliver(Value results) {
  const Parameter &result = entry.results.front();
  SmallVector<Value, 5> made;
  forEachPart(results, [&](const Parameter &, unsigned, unsigned, Value value) {
    made.push_back(value);
  });
  Value rows = made[0], entries = countEntries(result, rows, made[2]);
  call("smash_rt_check_capacity", Type(), {entries, capacity()});
  Block *copy = addBlock(), *release = addBlock(), *end = addBlock();
  branchIfFailed(release, copy);
  // Types of the elements, by array.
  Type types[kArrays] = {result.positionType(), result.coordinateType(),
                         result.valueType()};
  for (unsigned i = 0; i < kArrays; ++i) {
    Type type = types[i];
    if (auto complex = dyn_cast<ComplexType>(type))
      type = LLVM::LLVMArrayType::get(complex.getElementType(), 2);
    Value count =
        i == 0 ? LLVM::AddOp::create(b, rows, integer(1)).getResult() : entries;
    // The address of the element after the last of an array at 0.
    Value null = LLVM::ZeroOp::create(b, ptr);
    Value bytes = LLVM::PtrToIntOp::create(
        b, b.getI64Type(),
        LLVM::GEPOp::create(b, ptr, type, null, ArrayRef<LLVM::GEPArg>{count}));
    LLVM::MemcpyOp::create(b, load(filled(), result, 2 + i), made[2 + i], bytes,
                           /*isVolatile=*/false);
  }
  for (unsigned i = 0; i < 2; ++i)
    LLVM::StoreOp::create(b, made[i], field(filled(), result, i));
  LLVM::BrOp::create(b, ValueRange(), release);
  b.setInsertionPointToStart(release);
  releaseResults(results);
  LLVM::BrOp::create(b, ValueRange(), end);
  b.setInsertionPointToStart(end);
}

void EntryBuilder::forEachPart(
    Value results,
    function_ref<void(const Parameter &, unsigned, unsigned, Value)> use) {
  int64_t at = 0;
  int64_t count = 0;
  for (const Parameter &result : entry.results)
    count += result.kind == Parameter::Number ? 1 : 5;
  for (auto [i, result] : llvm::enumerate(entry.results))
    for (unsigned part = 0, parts = result.kind == Parameter::Number ? 1 : 5;
         part < parts; ++part) {
      Value value =
          count == 1 ? results
                     : LLVM::ExtractValueOp::create(b, results, at).getResult();
      ++at;
      // A buffer's descriptor: its first part is what was allocated.
      if (isa<LLVM::LLVMStructType>(value.getType()))
        value = LLVM::ExtractValueOp::create(b, value, 0);
      use(result, i, part, value);
    }
}

void EntryBuilder::storeResults(Value results) {
  unsigned first = 1 + entry.arguments.size() + entry.fills;
  forEachPart(results, [&](const Parameter &result, unsigned i, unsigned part,
                           Value value) {
    Value target = function.getArgument(first + i);
    if (result.kind != Parameter::Number)
      target = field(target, result, part);
    else if (result.type.isInteger(1))
      value = LLVM::ZExtOp::create(b, b.getI8Type(), value);
    LLVM::StoreOp::create(b, value, target);
  });
}

void EntryBuilder::releaseResults(Value results) {
  forEachPart(results, [&](const Parameter &result, unsigned, unsigned part,
                           Value value) {
    if (value.getType() != ptr)
      return;
    if (entry.passesArrays) {
      Value given = load(filled(), result, part);
      Value isGiven =
          LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, value, given);
      value = LLVM::SelectOp::create(b, isGiven, LLVM::ZeroOp::create(b, ptr),
                                     value);
    }
    call("smash_rt_free", Type(), value);
  });
}

void EntryBuilder::build() {
  SmallVector<Type> types = {ptr};
  for (const Parameter &argument : entry.arguments)
    types.push_back(argument.kind != Parameter::Number ? ptr
                    : argument.type.isInteger(1)       ? b.getI8Type()
                    : argument.type.isIndex()          ? b.getI64Type()
                                                       : argument.type);
  if (entry.fills)
    types.push_back(b.getI64Type());
  types.append(entry.results.size() + 1, ptr);
  b.setInsertionPointToEnd(module.getBody());
  function = LLVM::LLVMFuncOp::create(
      b, entry.name, LLVM::LLVMFunctionType::get(b.getI32Type(), types));
  b.setInsertionPointToStart(function.addEntryBlock(b));
  Block *sizes = addBlock(), *compute = addBlock(), *release = addBlock(),
        *store = addBlock(), *end = addBlock();

  auto arguments = function.getArguments();
  call("smash_rt_enter", Type(), arguments.front());
  for (auto argument : arguments.drop_front().drop_back())
    if (argument.getType() == ptr)
      call("smash_rt_check_argument", Type(),
           {argument, integer(argument.getArgNumber())});
  branchIfFailed(end, sizes);
  for (auto [first, second] : entry.sizes)
    call("smash_rt_check_size", Type(), {sizeOf(first), sizeOf(second)});
  if (entry.fills)
    checkArrays();
  branchIfFailed(end, compute);
  for (auto [i, argument] : llvm::enumerate(entry.arguments))
    pushArgument(argument, arguments[1 + i]);
  if (entry.passesArrays) {
    passArrays();
    branchIfFailed(end, addBlock());
  }
  auto run = LLVM::CallOp::create(b, kernel, passed);
  Value results = entry.results.empty() ? Value() : run.getResult();
  branchIfFailed(release, store);
  if (entry.fills && !entry.passesArrays)
    deliver(results);
  else
    storeResults(results);
  LLVM::BrOp::create(b, ValueRange(), end);
  b.setInsertionPointToStart(release);
  releaseResults(results);
  LLVM::BrOp::create(b, ValueRange(), end);
  b.setInsertionPointToStart(end);
  Value code = call("smash_rt_leave", b.getI32Type(), arguments.back());
  LLVM::ReturnOp::create(b, code);
}

/// Gives the external function `name` the name of the runtime's, which obeys
/// the caller's callbacks.
static void renameRuntime(ModuleOp module, StringRef name, StringRef runtime) {
  auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!function || !function.isExternal())
    return;
  (void)SymbolTable::replaceAllSymbolUses(
      function, StringAttr::get(module.getContext(), runtime), module);
  function.setSymName(runtime);
}

void smash::addEntries(ModuleOp module, ArrayRef<Entry> entries) {
  renameRuntime(module, "malloc", "smash_rt_malloc");
  renameRuntime(module, "free", "smash_rt_free");
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (!function.isExternal())
      function.setLinkage(LLVM::Linkage::Internal);
  auto nameOf = [](const Entry &entry) {
    return entry.kernel + ".kernel"; // no name in C
  };
  for (const Entry &entry : entries) {
    auto kernel = module.lookupSymbol<LLVM::LLVMFuncOp>(entry.kernel);
    if (!kernel)
      continue; // another entry's, too
    (void)SymbolTable::replaceAllSymbolUses(
        kernel, StringAttr::get(module.getContext(), nameOf(entry)), module);
    kernel.setSymName(nameOf(entry));
  }
  for (const Entry &entry : entries)
    EntryBuilder(module, entry,
                 module.lookupSymbol<LLVM::LLVMFuncOp>(nameOf(entry)))
        .build();
}
