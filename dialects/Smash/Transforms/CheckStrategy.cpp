//===- CheckStrategy.cpp - what can be lowered -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/IR/Storage.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace smash;

bool smash::isLowerableCSR(Type type) {
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!encoding || !tensor || tensor.getRank() != 2 ||
      encoding.getLvlRank() != 2 || !encoding.isIdentity() ||
      encoding.isSlice())
    return false;
  auto legalWidth = [](unsigned width) {
    return width == 0 || width == 8 || width == 16 || width == 32 ||
           width == 64;
  };
  sparse_tensor::LevelType rows = encoding.getLvlType(0);
  sparse_tensor::LevelType cols = encoding.getLvlType(1);
  return sparse_tensor::isDenseLT(rows) &&
         sparse_tensor::isCompressedLT(cols) &&
         sparse_tensor::isUniqueLT(cols) &&
         legalWidth(encoding.getPosWidth()) &&
         legalWidth(encoding.getCrdWidth());
}

bool smash::isOrdered(Type type) {
  return sparse_tensor::isOrderedLT(
      sparse_tensor::getSparseTensorEncoding(type).getLvlType(1));
}

bool smash::writesDense(SpGEMMOp op) {
  StrategyAttr strategy = op.getSingleStrategy();
  auto format = getFormat(op.getType());
  return strategy && strategy.getDataflow() == Dataflow::RowWise &&
         strategy.getMerge() == MergeMode::Exclusive && format &&
         format->kind == FormatKind::Dense && !format->byColumns;
}

static LogicalResult checkFormat(Operation *op, StringRef name, Type type) {
  if (isLowerableCSR(type))
    return success();
  return op->emitOpError("operand ")
         << name << " of type " << type
         << " is not lowered yet; CSR is, and what smash-insert-conversions "
            "brings to it: CSC, DCSR, DCSC, COO, BSR and a dense c";
}

/// The rules of `strategy` that no format or machine enters into.
static LogicalResult checkKnobs(Operation *op, Attribute attr, Type element,
                                StrategyAttr &strategy) {
  strategy = dyn_cast<StrategyAttr>(attr);
  if (!strategy)
    return op->emitOpError("has a list of candidate strategies: run "
                           "smash-version-strategies before lowering");
  Dataflow dataflow = strategy.getDataflow();
  if (dataflow == Dataflow::Auto)
    return op->emitOpError("has strategy auto: run smash-select-strategy "
                           "before lowering");
  if (dataflow != Dataflow::RowWise) {
    if (strategy.getMerge() == MergeMode::Atomic)
      return op->emitOpError("dataflow ")
             << stringifyDataflow(dataflow)
             << " shares no accumulator: merge = atomic is for row_wise";
    return success();
  }
  if (strategy.getBins().empty())
    return op->emitOpError("strategy ")
           << strategy.spelling()
           << " names no accumulator: run smash-select-strategy before "
              "lowering";
  bool isTable =
      strategy.getMerge() == MergeMode::Atomic &&
      strategy.getBins().front().getAccumulator() == AccumulatorKind::Hash;
  if (!isTable && strategy.getTable() != Table::Packed)
    return op->emitOpError("table = fragmented is a layout of a window's hash "
                           "table; it needs accumulator = hash and merge = "
                           "atomic");
  if (!isTable && strategy.getWriteback() != Writeback::Scan)
    return op->emitOpError("writeback = bulk writes back a window's hash "
                           "table; it needs accumulator = hash and merge = "
                           "atomic");
  if (strategy.getMerge() == MergeMode::Atomic) {
    AccumulatorKind kind = strategy.getBins().front().getAccumulator();
    if (kind != AccumulatorKind::Dense && kind != AccumulatorKind::Hash)
      return op->emitOpError("merge = atomic shares an accumulator of a window "
                             "of rows, dense or hash; not ")
             << stringifyAccumulatorKind(kind);
    if (isa<ComplexType>(element))
      return op->emitOpError("merge = atomic has no atomic add for ")
             << element << "; merge = exclusive needs none";
  }
  return success();
}

/// A row-wise product with accumulator merge takes rows of B as they are.
static LogicalResult checkRuns(Operation *op, StrategyAttr strategy, Value b) {
  bool merges = llvm::any_of(strategy.getBins(), [](BinAttr bin) {
    return bin.getAccumulator() == AccumulatorKind::Merge;
  });
  if (!merges || isOrdered(b.getType()))
    return success();
  return op->emitOpError("accumulator merge merges ordered rows of b; ")
         << b.getType() << " is nonordered, which accumulator sort takes";
}

bool smash::isEmptyInit(Value init) {
  if (init.getDefiningOp<tensor::EmptyOp>())
    return true;
  auto alloc = init.getDefiningOp<bufferization::AllocTensorOp>();
  return alloc && !alloc.getCopy();
}

static LogicalResult checkInit(Operation *op, Value init) {
  if (isEmptyInit(init))
    return success();
  return op->emitOpError("accumulates into outs, which takes a smash.union: "
                         "run smash-insert-conversions before lowering");
}

static LogicalResult checkMask(Operation *op, Value mask) {
  if (failed(checkFormat(op, "mask", mask.getType())))
    return failure();
  if (!isOrdered(mask.getType()))
    return op->emitOpError("a mask is searched, and must be ordered; ")
           << mask.getType() << " is nonordered";
  return success();
}

LogicalResult smash::checkLowerable(SpGEMMOp op) {
  StrategyAttr strategy;
  Type element = cast<RankedTensorType>(op.getA().getType()).getElementType();
  if (failed(checkKnobs(op, op.getStrategy(), element, strategy)) ||
      failed(checkFormat(op, "a", op.getA().getType())) ||
      failed(checkFormat(op, "b", op.getB().getType())) ||
      (!writesDense(op) && failed(checkFormat(op, "c", op.getC().getType()))))
    return failure();
  if (Value mask = op.getMask()) {
    if (failed(checkMask(op, mask)))
      return failure();
    if (op.getMaskValue())
      return op.emitOpError("a mask by value is not lowered yet; by structure "
                            "is");
    if (op.getReplace())
      return op.emitOpError("replace is not lowered yet");
  }
  if (strategy.getDataflow() == Dataflow::Inner)
    return op.emitOpError("an inner product fills a plan: run "
                          "smash-insert-conversions before lowering");
  if (strategy.getDataflow() == Dataflow::Outer) {
    if (!op.getTransposeA() || op.getTransposeB())
      return op.emitOpError(
          "an outer product reads a by columns and b by rows: "
          "run smash-insert-conversions before lowering");
    return checkInit(op, op.getC());
  }
  if (op.getTransposeA() || op.getTransposeB())
    return op.emitOpError("a row-wise product reads both operands by rows: run "
                          "smash-insert-conversions before lowering");
  if (failed(checkRuns(op, strategy, op.getB())))
    return failure();
  return writesDense(op) ? success() : checkInit(op, op.getC());
}

LogicalResult smash::checkLowerable(SpGEMMSymbolicOp op) {
  StrategyAttr strategy;
  Type element = cast<RankedTensorType>(op.getA().getType()).getElementType();
  if (failed(checkKnobs(op, op.getStrategy(), element, strategy)) ||
      failed(checkFormat(op, "a", op.getA().getType())) ||
      failed(checkFormat(op, "b", op.getB().getType())))
    return failure();
  if (Value mask = op.getMask(); mask && failed(checkMask(op, mask)))
    return failure();
  if (strategy.getDataflow() != Dataflow::RowWise)
    return op.emitOpError("a symbolic phase is row_wise; not ")
           << stringifyDataflow(strategy.getDataflow());
  if (strategy.getMerge() == MergeMode::Atomic)
    return op.emitOpError("a symbolic phase merges exclusively; not with "
                          "merge = atomic");
  return checkRuns(op, strategy, op.getB());
}

LogicalResult smash::checkLowerable(SpGEMMNumericOp op) {
  StrategyAttr strategy;
  Type element = cast<RankedTensorType>(op.getA().getType()).getElementType();
  if (failed(checkKnobs(op, op.getStrategy(), element, strategy)) ||
      failed(checkFormat(op, "a", op.getA().getType())) ||
      failed(checkFormat(op, "b", op.getB().getType())) ||
      failed(checkFormat(op, "c", op.getC().getType())))
    return failure();
  if (strategy.getDataflow() == Dataflow::Outer)
    return op.emitOpError("a numeric phase is row_wise or inner; not outer");
  bool isInner = strategy.getDataflow() == Dataflow::Inner;
  if (isInner != op.getTransposeB())
    return op.emitOpError()
           << (isInner ? "an inner product reads the columns of b, and has "
                         "transpose_b"
                       : "a row-wise product reads the rows of b, and has no "
                         "transpose_b");
  for (Value operand : {op.getA(), op.getB()})
    if (isInner && !isOrdered(operand.getType()))
      return op.emitOpError("an inner product intersects sorted rows; ")
             << operand.getType() << " is nonordered";
  if (strategy.getMerge() == MergeMode::Atomic)
    return op.emitOpError("a numeric phase merges exclusively; not with "
                          "merge = atomic");
  if (!isInner && failed(checkRuns(op, strategy, op.getB())))
    return failure();
  if (op->hasAttr(kInPlaceAttrName)) {
    if (isInner)
      return op.emitOpError(
                 "an inner product makes buffers of its own, and has "
                 "no ")
             << kInPlaceAttrName;
    if (!getDestination(op))
      return op.emitOpError()
             << kInPlaceAttrName
             << " needs an outs that smash.assemble makes for this op alone";
    return success();
  }
  return checkInit(op, op.getC());
}

AssembleOp smash::getDestination(SpGEMMNumericOp op) {
  auto init = op.getC().getDefiningOp<AssembleOp>();
  bool isOurs = op->hasAttr(kInPlaceAttrName) && init && init->hasOneUse();
  return isOurs ? init : AssembleOp();
}

LogicalResult smash::checkLowerable(UnionOp op) {
  for (auto [name, operand] :
       {std::make_pair("x", op.getX()), std::make_pair("y", op.getY())}) {
    if (failed(checkFormat(op, name, operand.getType())))
      return failure();
    if (!isOrdered(operand.getType()))
      return op.emitOpError("unites sorted rows; ")
             << operand.getType() << " is nonordered";
  }
  if (failed(checkFormat(op, "c", op.getC().getType())))
    return failure();
  if (!isEmptyInit(op.getC()))
    return op.emitOpError("overwrites outs, which must be tensor.empty or "
                          "bufferization.alloc_tensor");
  return success();
}
