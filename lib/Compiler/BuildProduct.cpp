//===- BuildProduct.cpp - the IR of a described product -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BuildProduct.h"
#include "Kernel.h"
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

/// A matrix of that shape in that format, whose widths are given.
static RankedTensorType makeTensor(Type element, std::optional<int64_t> rows,
                                   std::optional<int64_t> cols,
                                   const StorageFormat &format) {
  using namespace sparse_tensor;
  MLIRContext *context = element.getContext();
  int64_t dynamic = ShapedType::kDynamic;
  int64_t shape[] = {rows.value_or(dynamic), cols.value_or(dynamic)};
  if (format.kind == StorageFormat::Dense)
    return RankedTensorType::get(shape, element);
  auto level = [&](LevelFormat kind, bool unique = true) {
    return *buildLevelType(kind, format.ordered, unique);
  };
  LevelType dense = *buildLevelType(LevelFormat::Dense, true, true);
  LevelType compressed = level(LevelFormat::Compressed);
  SmallVector<LevelType> levels = {dense, compressed};
  AffineExpr outer = getAffineDimExpr(format.byColumns ? 1 : 0, context);
  AffineExpr inner = getAffineDimExpr(format.byColumns ? 0 : 1, context);
  SmallVector<AffineExpr> exprs = {outer, inner};
  switch (format.kind) {
  case StorageFormat::Dense:
  case StorageFormat::Compressed:
    break;
  case StorageFormat::DoublyCompressed:
    levels[0] = compressed;
    break;
  case StorageFormat::Coordinate:
    levels[0] = level(LevelFormat::Compressed, /*unique=*/false);
    levels[1] = *buildLevelType(
        LevelFormat::Singleton,
        format.separate
            ? std::vector<LevelPropNonDefault>{LevelPropNonDefault::SoA}
            : std::vector<LevelPropNonDefault>{});
    if (!format.ordered)
      levels[1] = format.separate
                      ? *buildLevelType(LevelFormat::Singleton,
                                        {LevelPropNonDefault::SoA,
                                         LevelPropNonDefault::Nonordered})
                      : level(LevelFormat::Singleton);
    break;
  case StorageFormat::Blocked: {
    int64_t first = format.byColumns ? format.blockCols : format.blockRows;
    int64_t second = format.byColumns ? format.blockRows : format.blockCols;
    exprs = {outer.floorDiv(first), inner.floorDiv(second), outer % first,
             inner % second};
    levels = {dense, compressed, dense, dense};
    break;
  }
  }
  AffineMap map = AffineMap::get(2, 0, exprs, context);
  auto encoding =
      SparseTensorEncodingAttr::get(context, levels, map, AffineMap(),
                                    format.positionBits, format.coordinateBits);
  return RankedTensorType::get(shape, element, encoding);
}

FunctionType smash::getProductType(MLIRContext *context,
                                   const ProductOptions &options) {
  Type element = parseType(spellValueType(options.valueType), context);
  bool isLegal = true;
  auto checkBits = [&](const StorageFormat &format) {
    // A Matrix has two widths.
    bool isNarrow = !isPlain(options);
    for (unsigned bits : {format.positionBits, format.coordinateBits}) {
      if (bits == 32 || bits == 64 || (isNarrow && (bits == 8 || bits == 16)))
        continue;
      if (isLegal)
        emitError(UnknownLoc::get(context))
            << "indices of " << bits << " bits; "
            << (isNarrow ? "8, 16, 32 or 64" : "32 or 64");
      isLegal = false;
    }
  };
  auto operand = [&](std::optional<int64_t> rows, std::optional<int64_t> cols,
                     bool transposed, const StorageFormat &asked) -> Type {
    if (transposed)
      std::swap(rows, cols);
    StorageFormat format = operandFormatOf(asked, options);
    checkBits(format);
    return makeTensor(element, rows, cols, format);
  };
  SmallVector<Type> operands = {
      operand(options.rows, options.inner, options.transposeA, options.formatA),
      operand(options.inner, options.cols, options.transposeB,
              options.formatB)};
  if (options.masked)
    operands.push_back(
        operand(options.rows, options.cols, false, options.formatMask));
  StorageFormat result = resultFormatOf(options);
  checkBits(result);
  if (!isLegal)
    return {};
  Type c = makeTensor(element, options.rows, options.cols, result);
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
