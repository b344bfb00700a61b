//===- InsertConversions.cpp - operands in the layout a dataflow needs ----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_INSERTCONVERSIONS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-insert-conversions"

namespace {
struct InsertConversionsPass
    : public smash::impl::InsertConversionsBase<InsertConversionsPass> {
  using InsertConversionsBase::InsertConversionsBase;

  void runOnOperation() override {
    WalkResult walk = getOperation()->walk([&](SpGEMMOp op) -> WalkResult {
      StrategyAttr strategy = op.getSingleStrategy();
      // What is not lowered is said by the lowering.
      if (!strategy || op.getMaskValue() || op.getReplace())
        return WalkResult::advance();
      if (failed(splitAccumulation(
              op, op.getAccumulate().value_or(op.getSemiring().getAdd()))))
        return WalkResult::interrupt();
      op.removeAccumulateAttr();
      if (strategy.getDataflow() == Dataflow::RowWise)
        return convertToRows(op);
      if (strategy.getDataflow() == Dataflow::Inner)
        return convertToPlan(op, strategy);
      if (strategy.getDataflow() == Dataflow::Outer)
        return convertToColumnsAndRows(op);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    walk = getOperation()->walk([&](SpGEMMNumericOp op) -> WalkResult {
      return splitAccumulation(op, op.getSemiring().getAdd());
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  /// Where `op` accumulates: makes it a product that overwrites, and adds what
  /// outs holds by a union.
  template <typename Op>
  LogicalResult splitAccumulation(Op op, Monoid add) {
    Value before = op.getC();
    auto type = cast<RankedTensorType>(op.getType());
    if (isEmptyInit(before) || !isLowerableCSR(type))
      return success();
    bool sorts = !isOrdered(type);
    if (sorts && !allowConversion)
      return op.emitOpError("outs of type ")
             << type
             << " is nonordered; accumulating unites sorted rows, and "
                "conversions are not allowed";
    RankedTensorType ordered = sorts ? orderedTypeOf(type) : type;
    Location loc = op.getLoc();
    OpBuilder builder(op);
    SmallVector<Value> sizes;
    for (int64_t dim : {0, 1})
      if (type.isDynamicDim(dim))
        sizes.push_back(tensor::DimOp::create(builder, loc, before, dim));
    auto empty = [&](RankedTensorType of) -> Value {
      return tensor::EmptyOp::create(builder, loc, of, sizes);
    };
    op.getCMutable().assign(empty(ordered));
    op.getResult().setType(ordered);

    builder.setInsertionPointAfter(op);
    SmallVector<Value> made = {op.getResult()};
    if (sorts) {
      // A transposed copy is sorted: twice, and it is as it was.
      auto transposed = ordered.clone({type.getDimSize(1), type.getDimSize(0)});
      for (RankedTensorType to : {transposed, ordered}) {
        before = TransposeOp::create(builder, loc, to, before);
        made.push_back(before);
        ++numTransposes;
      }
    }
    auto sum = UnionOp::create(builder, loc, type, before, op.getResult(),
                               empty(type), add);
    op.getResult().replaceAllUsesExcept(sum.getResult(), sum);
    for (Value value : made)
      ReleaseOp::create(builder, loc, value);
    ++numUnions;
    return success();
  }

  /// The type with its rows sorted.
  static RankedTensorType orderedTypeOf(RankedTensorType type) {
    using namespace sparse_tensor;
    auto encoding = getSparseTensorEncoding(type);
    SmallVector<LevelType> levels(encoding.getLvlTypes());
    levels[1] = *buildLevelType(LevelFormat::Compressed, /*ordered=*/true,
                                /*unique=*/true);
    return type.cloneWithEncoding(SparseTensorEncodingAttr::get(
        type.getContext(), levels, encoding.getDimToLvl(),
        encoding.getLvlToDim(), encoding.getPosWidth(),
        encoding.getCrdWidth()));
  }

  /// Both operands by rows.
  LogicalResult convertToRows(SpGEMMOp op) {
    if (op.getTransposeA() && failed(transpose(op, "a", op.getAMutable(),
                                               "columns", "row_wise", "rows")))
      return failure();
    if (op.getTransposeB() && failed(transpose(op, "b", op.getBMutable(),
                                               "columns", "row_wise", "rows")))
      return failure();
    op.setTransposeA(false);
    op.setTransposeB(false);
    return success();
  }

  /// A by columns, B by rows.
  LogicalResult convertToColumnsAndRows(SpGEMMOp op) {
    if (!op.getTransposeA() && failed(transpose(op, "a", op.getAMutable(),
                                                "rows", "outer", "columns")))
      return failure();
    if (op.getTransposeB() && failed(transpose(op, "b", op.getBMutable(),
                                               "columns", "outer", "rows")))
      return failure();
    op.setTransposeA(true);
    op.setTransposeB(false);
    return success();
  }

  /// A plan, made by rows, and an inner product that fills it: A by rows, B by
  /// columns.
  LogicalResult convertToPlan(SpGEMMOp op, StrategyAttr strategy) {
    if (op.getTransposeA() && failed(transpose(op, "a", op.getAMutable(),
                                               "columns", "inner", "rows")))
      return failure();
    op.setTransposeA(false);
    Value columns = op.getB();
    // The plan needs the rows of B, its filling the columns.
    if (failed(transpose(op, "b", op.getBMutable(),
                         op.getTransposeB() ? "columns" : "rows", "inner",
                         op.getTransposeB() ? "rows, for the pattern of C"
                                            : "columns")))
      return failure();
    Value rows = op.getB();
    if (!op.getTransposeB())
      std::swap(rows, columns);

    OpBuilder builder(op);
    auto width = [&](unsigned bits) {
      return builder.getIntegerType(bits ? bits : 64);
    };
    auto encoding = sparse_tensor::getSparseTensorEncoding(op.getType());
    auto plan = PlanType::get(op.getContext(),
                              width(encoding ? encoding.getPosWidth() : 0),
                              width(encoding ? encoding.getCrdWidth() : 0));
    auto byRows = StrategyAttr::get(
        op.getContext(), Dataflow::RowWise, strategy.getBins(),
        strategy.getHashFunction(), strategy.getFillLimit(),
        strategy.getSchedule(), strategy.getTable(), strategy.getWriteback(),
        MergeMode::Exclusive, /*window=*/0, strategy.getPhases());
    auto symbolic =
        SpGEMMSymbolicOp::create(builder, op.getLoc(), plan, op.getA(), rows,
                                 op.getMask(), op.getMaskComplement(), byRows);
    if (Attribute statistics = op->getAttr(kStatisticsAttrName))
      symbolic->setAttr(kStatisticsAttrName, statistics);
    auto numeric = SpGEMMNumericOp::create(
        builder, op.getLoc(), op.getType(), symbolic.getPlan(), op.getA(),
        columns, op.getC(), /*transpose_b=*/true, op.getSemiring(), strategy);
    ReleaseOp::create(builder, op.getLoc(), symbolic.getPlan());
    op.replaceAllUsesWith(numeric.getResult());
    op.erase();
    return success();
  }

  /// Replaces an operand by its transpose, which is released after `op`.
  LogicalResult transpose(SpGEMMOp op, StringRef name, OpOperand &operand,
                          StringRef storedBy, StringRef dataflow,
                          StringRef needed) {
    if (!allowConversion)
      return op.emitOpError("operand ")
             << name << " of type " << operand.get().getType()
             << " is stored by " << storedBy << "; " << dataflow << " reads "
             << needed << ", and conversions are not allowed";
    OpBuilder builder(op);
    auto type = cast<RankedTensorType>(operand.get().getType());
    auto transposed = type.clone({type.getDimSize(1), type.getDimSize(0)});
    Value copy =
        TransposeOp::create(builder, op.getLoc(), transposed, operand.get());
    operand.set(copy);
    builder.setInsertionPointAfter(op);
    ReleaseOp::create(builder, op.getLoc(), copy);
    ++numTransposes;
    return success();
  }
};
} // namespace
