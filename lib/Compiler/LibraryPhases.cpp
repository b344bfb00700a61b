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

static void addNumeric(func::FuncOp function, SpGEMMOp product,
                       func::FuncOp after, const std::string &name) {
  auto type = cast<RankedTensorType>(product.getType());
  PhaseBuilder phase(
      after, name,
      {getPlanType(type), product.getA().getType(), product.getB().getType()},
      type);
  Value a =
      phase.operand(phase.function.getArgument(1), product.getTransposeA());
  Value b =
      phase.operand(phase.function.getArgument(2), product.getTransposeB());
  SmallVector<Value> sizes;
  for (auto [dim, of] : llvm::enumerate(ArrayRef<Value>{a, b}))
    if (type.isDynamicDim(dim))
      sizes.push_back(tensor::DimOp::create(phase.b, of, dim));
  Value init = tensor::EmptyOp::create(phase.b, type, sizes);
  Value result = SpGEMMNumericOp::create(
      phase.b, type, phase.function.getArgument(0), a, b, init,
      /*transpose_b=*/false, product.getSemiring(),
      choosePhaseStrategy(product.getStrategy()));
  phase.finish(result);
}

std::vector<std::pair<std::string, std::string>>
smash::addPhases(ModuleOp module) {
  std::vector<std::pair<std::string, std::string>> comments;
  SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
  for (func::FuncOp function : functions) {
    SpGEMMOp product = getOnlyProduct(function);
    std::string name = function.getName().str();
    std::string symbolic = name + "_symbolic", numeric = name + "_numeric";
    if (!product || module.lookupSymbol(symbolic) ||
        module.lookupSymbol(numeric))
      continue;
    func::FuncOp first = addSymbolic(function, product, symbolic);
    addNumeric(function, product, first, numeric);
    comments.push_back({name, "The product, in one go."});
    comments.push_back(
        {symbolic, "The size and the pattern of what " + name +
                       " computes, as a plan: it has positions[rows] entries. "
                       "Reads no value."});
    comments.push_back(
        {numeric, "What " + name + " computes, from the plan that " + symbolic +
                      " made for operands of the same patterns; a plan may be "
                      "used any number of times, and by several threads."});
  }
  return comments;
}
