//===- BuildProduct.cpp - the IR of a described product -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BuildProduct.h"
#include "Smash/IR/Semiring.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace smash;

/// A CSR tensor of that shape; rows in any order unless `sorted`.
static RankedTensorType makeCsr(Type element, std::optional<int64_t> rows,
                                std::optional<int64_t> cols,
                                unsigned positionBits, unsigned coordinateBits,
                                bool sorted = true) {
  using namespace sparse_tensor;
  auto dense = *buildLevelType(LevelFormat::Dense, true, true);
  auto compressed = *buildLevelType(LevelFormat::Compressed, sorted, true);
  MLIRContext *context = element.getContext();
  AffineMap map = AffineMap::getMultiDimIdentityMap(2, context);
  auto encoding = SparseTensorEncodingAttr::get(
      context, {dense, compressed}, map, map, positionBits, coordinateBits);
  int64_t dynamic = ShapedType::kDynamic;
  return RankedTensorType::get({rows.value_or(dynamic), cols.value_or(dynamic)},
                               element, encoding);
}

FunctionType smash::getProductType(MLIRContext *context,
                                   const ProductOptions &options) {
  Type element = parseType(spellValueType(options.valueType), context);
  unsigned position = options.positionBits, coordinate = options.coordinateBits;
  for (unsigned bits : {position, coordinate, options.resultPositionBits})
    if (bits != 32 && bits != 64) {
      emitError(UnknownLoc::get(context))
          << "indices of " << bits << " bits; 32 or 64";
      return {};
    }
  auto operand = [&](std::optional<int64_t> rows, std::optional<int64_t> cols,
                     bool transposed) -> Type {
    if (transposed)
      std::swap(rows, cols);
    return makeCsr(element, rows, cols, position, coordinate);
  };
  SmallVector<Type> operands = {
      operand(options.rows, options.inner, options.transposeA),
      operand(options.inner, options.cols, options.transposeB)};
  if (options.masked)
    operands.push_back(operand(options.rows, options.cols, false));
  Type c = makeCsr(element, options.rows, options.cols,
                   options.resultPositionBits, coordinate, options.sorted);
  if (options.accumulates)
    operands.push_back(c);
  return FunctionType::get(context, operands, c);
}

OwningOpRef<ModuleOp> smash::buildProduct(MLIRContext *context,
                                          const ProductOptions &options,
                                          const ProductStatistics *statistics) {
  Location loc = UnknownLoc::get(context);
  FunctionType type = getProductType(context, options);
  if (!type)
    return {};
  SemiringAttr semiring = SemiringAttr::fromSpelling(context, options.semiring);
  if (!semiring) {
    emitError(loc) << "unknown semiring '" << options.semiring
                   << "'; spelled ADD_MULTIPLY with add one of plus, min, max, "
                      "or, any and multiply one of times, plus, and, pair";
    return {};
  }
  StrategyAttr strategy = StrategyAttr::fromText(loc, options.strategy);
  if (!strategy)
    return {};
  MonoidAttr accumulate;
  if (!options.accumulateAdd.empty()) {
    auto add = symbolizeMonoid(options.accumulateAdd);
    if (!add) {
      emitError(loc) << "unknown add '" << options.accumulateAdd
                     << "'; one of plus, min, max, or, any";
      return {};
    }
    accumulate = MonoidAttr::get(context, *add);
  }
  auto c = cast<RankedTensorType>(type.getResult(0));
  auto emit = [&] { return emitError(loc); };
  if (failed(verifySemiring(emit, semiring, c.getElementType())))
    return {};

  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  ImplicitLocOpBuilder b =
      ImplicitLocOpBuilder::atBlockEnd(loc, module->getBody());
  auto function = func::FuncOp::create(b, kProductFunction, type);
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                    b.getUnitAttr());
  b.setInsertionPointToStart(function.addEntryBlock());
  SmallVector<Value> sizes;
  if (c.isDynamicDim(0))
    sizes.push_back(tensor::DimOp::create(b, function.getArgument(0),
                                          options.transposeA ? 1 : 0));
  if (c.isDynamicDim(1))
    sizes.push_back(tensor::DimOp::create(b, function.getArgument(1),
                                          options.transposeB ? 0 : 1));
  Value init = options.accumulates
                   ? Value(function.getArguments().back())
                   : Value(tensor::EmptyOp::create(b, c, sizes));
  auto product = SpGEMMOp::create(
      b, c, function.getArgument(0), function.getArgument(1), init,
      options.masked ? function.getArgument(2) : Value(),
      options.maskComplement, /*mask_value=*/false, /*replace=*/false,
      accumulate, options.transposeA, options.transposeB, semiring, strategy);
  if (statistics)
    product->setAttr(kStatisticsAttrName, toAttribute(context, *statistics));
  func::ReturnOp::create(b, product.getResult());
  if (failed(verify(*module)))
    return {};
  return module;
}
