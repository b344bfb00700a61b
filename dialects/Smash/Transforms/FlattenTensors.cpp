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
          if (plansOnly || !isStoredMatrix(type))
            return std::nullopt;
          Type index = IndexType::get(type.getContext());
          parts.append({index, index});
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
    patterns
        .add<FlattenAssembly<smash::AssembleOp>,
             FlattenAssembly<AssemblePlanOp>, FlattenPart<ToPositionsOp>,
             FlattenPart<ToCoordinatesOp>, FlattenPart<ToCoordinatesBufferOp>,
             FlattenPart<ToValuesOp>, FlattenSize<tensor::DimOp>,
             FlattenSize<LvlOp>, FlattenPlanParts, FlattenRelease>(converter,
                                                                   context);
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
