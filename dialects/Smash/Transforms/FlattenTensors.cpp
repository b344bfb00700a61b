//===- FlattenTensors.cpp - a plain buffer interface for sparse tensors -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/IR/Storage.h"
#include "Smash/Transforms/KernelBuilder.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Transforms/DialectConversion.h"

namespace smash {
#define GEN_PASS_DEF_FLATTENTENSORS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace mlir::sparse_tensor;
using namespace smash;

#define DEBUG_TYPE "smash-flatten-tensors"

namespace {
/// The parts of a flattened tensor: its sizes, then the buffers of its storage.
enum Part : unsigned { Rows, Cols, FirstBuffer };

class FlattenConverter : public TypeConverter {
public:
  explicit FlattenConverter(bool plansOnly) {
    addConversion([](Type type) { return type; });
    addConversion(
        [plansOnly](RankedTensorType type, SmallVectorImpl<Type> &parts)
            -> std::optional<LogicalResult> {
          bool isDense = type.getRank() == 2 && !type.getEncoding();
          if (plansOnly || (!isDense && !isStoredMatrix(type)))
            return std::nullopt;
          Type index = IndexType::get(type.getContext());
          parts.append({index, index});
          if (isDense) {
            parts.push_back(bufferOf(type.getElementType()));
            return success();
          }
          for (const StoragePart &part : listStorage(type))
            parts.push_back(part.type);
          return success();
        });
    addConversion(
        [](PlanType type,
           SmallVectorImpl<Type> &parts) -> std::optional<LogicalResult> {
          Type index = IndexType::get(type.getContext());
          parts.append({index, index, bufferOf(type.getPosition()),
                        bufferOf(type.getCoordinate()),
                        IntegerType::get(type.getContext(), 64)});
          return success();
        });
  }
};

/// Ops that make a tensor or a plan of its parts.
template <typename OpTy>
struct FlattenAssembly : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;
  LogicalResult
  matchAndRewrite(OpTy op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> parts;
    for (ValueRange part : adaptor.getOperands())
      parts.append(part.begin(), part.end());
    rewriter.replaceOpWithMultiple(op, {parts});
    return success();
  }
};

/// The buffer that an op reads.
static std::optional<unsigned> findBuffer(ToPositionsOp op) {
  return findStorage(cast<RankedTensorType>(op.getTensor().getType()),
                     SparseTensorFieldKind::PosMemRef, op.getLevel());
}
static std::optional<unsigned> findBuffer(ToCoordinatesOp op) {
  return findStorage(cast<RankedTensorType>(op.getTensor().getType()),
                     SparseTensorFieldKind::CrdMemRef, op.getLevel());
}
static std::optional<unsigned> findBuffer(ToCoordinatesBufferOp op) {
  auto type = cast<RankedTensorType>(op.getTensor().getType());
  return findStorage(type, SparseTensorFieldKind::CrdMemRef,
                     getSparseTensorEncoding(type).getAoSCOOStart());
}
static std::optional<unsigned> findBuffer(ToValuesOp op) {
  return findStorage(cast<RankedTensorType>(op.getTensor().getType()),
                     SparseTensorFieldKind::ValMemRef);
}

/// Ops that read one buffer.
template <typename OpTy>
struct FlattenPart : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;
  LogicalResult
  matchAndRewrite(OpTy op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    std::optional<unsigned> buffer = findBuffer(op);
    ValueRange parts = adaptor.getTensor();
    if (!buffer || FirstBuffer + *buffer >= parts.size() ||
        parts[FirstBuffer + *buffer].getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "tensor has no such buffer");
    rewriter.replaceOp(op, parts[FirstBuffer + *buffer]);
    return success();
  }
};

/// Sizes of the tensor; those of levels only where they are dimensions.
template <typename OpTy>
struct FlattenSize : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;
  LogicalResult
  matchAndRewrite(OpTy op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ValueRange source = adaptor.getSource();
    std::optional<int64_t> size = getConstantIntValue(op.getIndex());
    if (source.size() <= FirstBuffer || !size || *size > 1)
      return rewriter.notifyMatchFailure(op, "not a size of a matrix");
    if constexpr (std::is_same_v<OpTy, LvlOp>) {
      auto encoding = getSparseTensorEncoding(op.getSource().getType());
      if (!encoding.isPermutation())
        return rewriter.notifyMatchFailure(op, "levels are no dimensions");
      *size = toDim(encoding, *size);
    }
    rewriter.replaceOp(op, source[*size == 0 ? Rows : Cols]);
    return success();
  }
};

/// A dense matrix becomes its sizes, and its elements row by row.
struct FlattenToTensor : public OpConversionPattern<bufferization::ToTensorOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(bufferization::ToTensorOp op, OneToNOpAdaptor /*adaptor*/,
                  ConversionPatternRewriter &rewriter) const override {
    KernelBuilder k(op.getLoc(), rewriter);
    Value source = op.getBuffer();
    while (auto cast = source.getDefiningOp<memref::CastOp>())
      source = cast.getSource();
    auto view = source.getDefiningOp<memref::ReinterpretCastOp>();
    if (!view || !isRowByRow(view))
      return rewriter.notifyMatchFailure(op, "not a matrix row by row");
    SmallVector<Value> parts;
    for (OpFoldResult size : view.getMixedSizes())
      parts.push_back(getValueOrCreateConstantIndexOp(k, op.getLoc(), size));
    parts.push_back(view.getSource());
    rewriter.replaceOpWithMultiple(op, {parts});
    return success();
  }

  /// Whether `view` is a matrix whose rows stand one behind the other in an
  /// array, from its begin.
  static bool isRowByRow(memref::ReinterpretCastOp view) {
    auto array = dyn_cast<MemRefType>(view.getSource().getType());
    if (!array || array.getRank() != 1 || !array.getLayout().isIdentity() ||
        view.getType().getRank() != 2)
      return false;
    return isConstantIntValue(view.getMixedOffsets()[0], 0) &&
           view.getMixedStrides()[0] == view.getMixedSizes()[1] &&
           isConstantIntValue(view.getMixedStrides()[1], 1);
  }
};

struct FlattenToBuffer : public OpConversionPattern<bufferization::ToBufferOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(bufferization::ToBufferOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ValueRange source = adaptor.getTensor();
    auto type = dyn_cast<MemRefType>(op.getType());
    if (source.size() != FirstBuffer + 1 || !type ||
        !type.getLayout().isIdentity())
      return rewriter.notifyMatchFailure(op, "not a plain matrix");
    KernelBuilder k(op.getLoc(), rewriter);
    auto plain = MemRefType::get({ShapedType::kDynamic, ShapedType::kDynamic},
                                 type.getElementType());
    Value view = memref::ReinterpretCastOp::create(
        k, plain, source[FirstBuffer], OpFoldResult(k.getIndexAttr(0)),
        ArrayRef<OpFoldResult>{source[Rows], source[Cols]},
        ArrayRef<OpFoldResult>{source[Cols], k.getIndexAttr(1)});
    if (plain != type)
      view = memref::CastOp::create(k, type, view);
    rewriter.replaceOp(op, view);
    return success();
  }
};

/// An element of a dense matrix.
struct FlattenExtract : public OpConversionPattern<tensor::ExtractOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(tensor::ExtractOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ValueRange source = adaptor.getTensor();
    if (source.size() != FirstBuffer + 1 || op.getIndices().size() != 2)
      return rewriter.notifyMatchFailure(op, "not of a dense matrix");
    KernelBuilder k(op.getLoc(), rewriter);
    Value at =
        k.add(k.mul(op.getIndices()[0], source[Cols]), op.getIndices()[1]);
    rewriter.replaceOp(op, k.load(source[FirstBuffer], at));
    return success();
  }
};

struct FlattenPlanParts : public OpConversionPattern<PlanPartsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(PlanPartsOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getPlan());
    return success();
  }
};

struct FlattenRelease : public OpConversionPattern<ReleaseOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(ReleaseOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    for (Value part : adaptor.getValue())
      if (isa<MemRefType>(part.getType()))
        memref::DeallocOp::create(rewriter, op.getLoc(), part);
    rewriter.eraseOp(op);
    return success();
  }
};

struct FlattenTensorsPass
    : public smash::impl::FlattenTensorsBase<FlattenTensorsPass> {
  using FlattenTensorsBase::FlattenTensorsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    // The inits of products that were overwritten.
    module->walk([&](Operation *op) {
      if (!plansOnly &&
          isa<tensor::EmptyOp, bufferization::AllocTensorOp>(op) &&
          op->use_empty())
        op->erase();
    });

    FlattenConverter converter(plansOnly);
    ConversionTarget target(*context);
    RewritePatternSet patterns(context);
    auto isFlat = [&](Operation *op) {
      return converter.isLegal(op->getOperandTypes()) &&
             converter.isLegal(op->getResultTypes());
    };
    target.markUnknownOpDynamicallyLegal(isFlat);
    target.addLegalOp<ModuleOp>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
      bool flat = converter.isSignatureLegal(function.getFunctionType());
      if (!flat)
        ++numFunctions;
      return flat;
    });
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateCallOpTypeConversionPattern(patterns, converter);
    populateReturnOpTypeConversionPattern(patterns, converter);
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    patterns.add<
        FlattenAssembly<smash::AssembleOp>, FlattenAssembly<AssemblePlanOp>,
        FlattenPart<ToPositionsOp>, FlattenPart<ToCoordinatesOp>,
        FlattenPart<ToCoordinatesBufferOp>, FlattenPart<ToValuesOp>,
        FlattenSize<tensor::DimOp>, FlattenSize<LvlOp>, FlattenToTensor,
        FlattenToBuffer, FlattenExtract, FlattenPlanParts, FlattenRelease>(
        converter, context);
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
