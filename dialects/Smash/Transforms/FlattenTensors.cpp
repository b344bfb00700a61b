//===- FlattenTensors.cpp - a plain buffer interface for sparse tensors -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
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
using namespace smash;

#define DEBUG_TYPE "smash-flatten-tensors"

namespace {
/// Where the parts of a flattened CSR tensor stand. A plan has a fingerprint in
/// the place of the values.
enum Part : unsigned { Rows, Cols, Positions, Coordinates, Entries };

class FlattenConverter : public TypeConverter {
public:
  FlattenConverter() {
    addConversion([](Type type) { return type; });
    addConversion(
        [](RankedTensorType type,
           SmallVectorImpl<Type> &parts) -> std::optional<LogicalResult> {
          if (!isLowerableCSR(type))
            return std::nullopt;
          Type index = IndexType::get(type.getContext());
          parts.append({index, index, bufferOf(positionTypeOf(type)),
                        bufferOf(coordinateTypeOf(type)),
                        bufferOf(type.getElementType())});
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

/// Ops that read one part.
template <typename OpTy, Part part>
struct FlattenPart : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;
  LogicalResult
  matchAndRewrite(OpTy op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (adaptor.getTensor().size() != 5)
      return rewriter.notifyMatchFailure(op, "tensor is not flattened");
    rewriter.replaceOp(op, adaptor.getTensor()[part]);
    return success();
  }
};

template <typename OpTy>
struct FlattenSize : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;
  LogicalResult
  matchAndRewrite(OpTy op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ValueRange source = adaptor.getSource();
    std::optional<int64_t> dim = getConstantIntValue(op.getIndex());
    if (source.size() != 5 || !dim || *dim > 1)
      return rewriter.notifyMatchFailure(op, "not a size of a CSR tensor");
    rewriter.replaceOp(op, source[*dim == 0 ? Rows : Cols]);
    return success();
  }
};

struct FlattenNumberOfEntries
    : public OpConversionPattern<sparse_tensor::NumberOfEntriesOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(sparse_tensor::NumberOfEntriesOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ValueRange parts = adaptor.getTensor();
    if (parts.size() != 5)
      return rewriter.notifyMatchFailure(op, "tensor is not flattened");
    KernelBuilder k(op.getLoc(), rewriter);
    rewriter.replaceOp(op, k.loadIndex(parts[Positions], parts[Rows]));
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
  void runOnOperation() override {
    ModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    // The inits of products that were overwritten.
    module->walk([](Operation *op) {
      if (isa<tensor::EmptyOp, bufferization::AllocTensorOp>(op) &&
          op->use_empty())
        op->erase();
    });

    FlattenConverter converter;
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
    using namespace sparse_tensor;
    patterns.add<FlattenAssembly<smash::AssembleOp>,
                 FlattenAssembly<AssemblePlanOp>,
                 FlattenPart<ToPositionsOp, Positions>,
                 FlattenPart<ToCoordinatesOp, Coordinates>,
                 FlattenPart<ToValuesOp, Entries>, FlattenSize<tensor::DimOp>,
                 FlattenSize<LvlOp>, FlattenNumberOfEntries, FlattenPlanParts,
                 FlattenRelease>(converter, context);
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
