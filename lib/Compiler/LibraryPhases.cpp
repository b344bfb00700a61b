//===- LibraryPhases.cpp - functions of the symbolic and numeric phase ----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LibraryParts.h"
#include "Smash/IR/Smash.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/RowWise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace smash;

/// The product that `function` is, and nothing else; or null.
static SpGEMMOp getOnlyProduct(func::FuncOp function) {
  if (function.isPrivate() || function.isExternal() ||
      !function.getBody().hasOneBlock())
    return {};
  SpGEMMOp product;
  for (Operation &op : function.getBody().front()) {
    if (auto found = dyn_cast<SpGEMMOp>(op)) {
      if (product)
        return {};
      product = found;
    } else if (!isa<tensor::DimOp, tensor::EmptyOp, arith::ConstantOp,
                    func::ReturnOp>(op)) {
      return {};
    }
  }
  auto isArgument = [](Value value) {
    return !value ||
           (isa<BlockArgument>(value) && isLowerableCSR(value.getType()));
  };
  if (!product || !isArgument(product.getA()) || !isArgument(product.getB()) ||
      !isArgument(product.getMask()) || !isLowerableCSR(product.getType()) ||
      !isEmptyInit(product.getC()) || product.getMaskValue() ||
      product.getReplace() || product.getAccumulateAttr())
    return {};
  auto end = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  bool isResult =
      end.getNumOperands() == 1 && end.getOperand(0) == product.getResult();
  return isResult ? product : SpGEMMOp();
}

/// How the phases of a product with `attribute` are computed: by rows, each
/// merged by one thread, which is what there is.
static StrategyAttr choosePhaseStrategy(Attribute attribute) {
  auto strategy = dyn_cast<StrategyAttr>(attribute);
  if (!strategy || strategy.getDataflow() != Dataflow::RowWise ||
      strategy.getMerge() != MergeMode::Exclusive)
    return StrategyAttr::getAuto(attribute.getContext());
  return strategy;
}

/// The type of the plan of a product that is `type`.
static PlanType getPlanType(RankedTensorType type) {
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  MLIRContext *context = type.getContext();
  auto integer = [&](unsigned bits) {
    return IntegerType::get(context, bits ? bits : 64);
  };
  return PlanType::get(context, integer(encoding.getPosWidth()),
                       integer(encoding.getCrdWidth()));
}

namespace {
/// A function of one phase, under construction.
struct PhaseBuilder {
  /// Begins `name` of `arguments` to `result`, before the end of the module.
  PhaseBuilder(func::FuncOp after, const std::string &name,
               ArrayRef<Type> arguments, Type result)
      : b(after.getLoc(), after->getContext()) {
    b.setInsertionPointAfter(after);
    function = func::FuncOp::create(
        b, name, FunctionType::get(b.getContext(), arguments, result));
    b.setInsertionPointToStart(function.addEntryBlock());
  }

  /// `value`, transposed if that is asked for; released at the end.
  Value operand(Value value, bool transposed) {
    if (!transposed)
      return value;
    auto type = cast<RankedTensorType>(value.getType());
    auto swapped = type.clone({type.getDimSize(1), type.getDimSize(0)});
    Value copy = TransposeOp::create(b, swapped, value);
    copies.push_back(copy);
    return copy;
  }

  void finish(Value result) {
    for (Value copy : copies)
      ReleaseOp::create(b, copy);
    func::ReturnOp::create(b, result);
  }

  ImplicitLocOpBuilder b;
  func::FuncOp function;
  SmallVector<Value> copies;
};
} // namespace

static func::FuncOp addSymbolic(func::FuncOp function, SpGEMMOp product,
                                const std::string &name) {
  PlanType plan = getPlanType(cast<RankedTensorType>(product.getType()));
  PhaseBuilder phase(function, name, function.getArgumentTypes(), plan);
  auto argument = [&](Value value) -> Value {
    return value ? phase.function.getArgument(
                       cast<BlockArgument>(value).getArgNumber())
                 : Value();
  };
  Value a = phase.operand(argument(product.getA()), product.getTransposeA());
  Value b = phase.operand(argument(product.getB()), product.getTransposeB());
  Value result = SpGEMMSymbolicOp::create(
      phase.b, plan, a, b, argument(product.getMask()),
      product.getMaskComplement(), choosePhaseStrategy(product.getStrategy()));
  phase.finish(result);
  return phase.function;
}

/// The sum of the bounds of C's rows, or the largest index where it is more.
static Value sumBounds(KernelBuilder &k, const RowWiseProduct &product) {
  Value zero = k.idx(0), one = k.idx(1);
  const CsrOperand &a = product.a, &b = product.b;
  return k.loop(zero, a.rows, {zero}, [&](Value row, ValueRange sum) -> Values {
    Value work =
        k.loop(k.loadIndex(a.pos, row), k.loadIndex(a.pos, k.add(row, one)),
               {zero}, [&](Value p, ValueRange work) -> Values {
                 Value inner = k.loadIndex(a.crd, p);
                 Value end = k.loadIndex(b.pos, k.add(inner, one));
                 return {k.add(work[0], k.sub(end, k.loadIndex(b.pos, inner)))};
               })[0];
    Value next = k.add(sum[0], boundOf(k, product, row, work));
    return {k.select(k.lt(next, sum[0]), k.idx(INT64_MAX), next)};
  })[0];
}

static func::FuncOp addSize(func::FuncOp function, SpGEMMOp product,
                            const std::string &name) {
  Type index = IndexType::get(function.getContext());
  PhaseBuilder phase(function, name, function.getArgumentTypes(), index);
  auto argument = [&](Value value) {
    return phase.function.getArgument(
        cast<BlockArgument>(value).getArgNumber());
  };
  Value a = phase.operand(argument(product.getA()), product.getTransposeA());
  Value b = phase.operand(argument(product.getB()), product.getTransposeB());
  KernelBuilder k(phase.b.getLoc(), phase.b);
  RowWiseProduct rows;
  rows.a = openOperand(k, a);
  rows.b = openOperand(k, b);
  if (Value mask = product.getMask())
    rows.mask = StructuralMask{openOperand(k, argument(mask)),
                               product.getMaskComplement()};
  // A transposed copy that found no memory is not there.
  Value there = k.band(isThere(k, rows.a.pos, rows.a.rows),
                       isThere(k, rows.b.pos, rows.b.rows));
  Value size = k.ifElse(
      there, {index}, [&]() -> Values { return {sumBounds(k, rows)}; },
      [&]() -> Values { return {k.idx(0)}; })[0];
  phase.b.setInsertionPointAfterValue(size);
  phase.finish(size);
  return phase.function;
}

/// Takes plan, A and B, and the arrays of C.
static void addNumeric(SpGEMMOp product, func::FuncOp after,
                       const std::string &name) {
  auto type = cast<RankedTensorType>(product.getType());
  PhaseBuilder phase(after, name,
                     {getPlanType(type), product.getA().getType(),
                      product.getB().getType(), bufferOf(positionTypeOf(type)),
                      bufferOf(coordinateTypeOf(type)),
                      bufferOf(type.getElementType())},
                     type);
  Value a =
      phase.operand(phase.function.getArgument(1), product.getTransposeA());
  Value b =
      phase.operand(phase.function.getArgument(2), product.getTransposeB());
  Value rows = tensor::DimOp::create(phase.b, a, 0);
  Value cols = tensor::DimOp::create(phase.b, b, 1);
  Value init = AssembleOp::create(
      phase.b, type, rows, cols,
      ValueRange(phase.function.getArguments().take_back(3)));
  auto numeric = SpGEMMNumericOp::create(
      phase.b, type, phase.function.getArgument(0), a, b, init,
      /*transpose_b=*/false, product.getSemiring(),
      choosePhaseStrategy(product.getStrategy()));
  numeric->setAttr(kInPlaceAttrName, phase.b.getUnitAttr());
  phase.finish(numeric);
}

std::vector<EntryNote> smash::addPhases(ModuleOp module) {
  std::vector<EntryNote> notes;
  SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
  for (func::FuncOp function : functions) {
    SpGEMMOp product = getOnlyProduct(function);
    std::string name = function.getName().str();
    std::string fill = name + "_fill", size = name + "_size",
                symbolic = name + "_symbolic", numeric = name + "_numeric";
    auto isTaken = [&](StringRef other) {
      return module.lookupSymbol(other) != nullptr;
    };
    if (!product || isTaken(fill) || isTaken(size) || isTaken(symbolic) ||
        isTaken(numeric))
      continue;
    func::FuncOp first = addSize(function, product, size);
    func::FuncOp second = addSymbolic(function, product, symbolic);
    second->moveAfter(first);
    addNumeric(product, second, numeric);
    std::string room =
        " into arrays of the caller's: positions of one more than the result's "
        "rows, coordinates and values of capacity entries. More entries are an "
        "error, and so is a null array that has something to hold.";
    notes.push_back({name, name, "The product, in one go."});
    notes.push_back({name, fill,
                     "The product, in one go," + room + " " + size +
                         " tells a capacity that suffices. The result is made "
                         "in memory of the context's first."});
    notes.back().fills = true;
    notes.push_back(
        {size, size,
         "An upper bound of the entries of what " + name +
             " computes, in time linear in a: for each row the smaller of its "
             "columns and its products. Reads no value."});
    notes.back().result = "entries";
    notes.back().like = name;
    notes.push_back(
        {symbolic, symbolic,
         "The size and the pattern of what " + name +
             " computes, as a plan: it has positions[rows] entries. Reads no "
             "value."});
    notes.push_back(
        {numeric, numeric,
         "What " + name + " computes, from the plan that " + symbolic +
             " made for operands of the same patterns," + room +
             " The entries of the plan are a capacity that suffices. A plan "
             "may be used any number of times, and by several threads."});
    notes.back().fills = notes.back().passesArrays = true;
  }
  return notes;
}
