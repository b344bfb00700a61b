//===- Assembly.cpp - tensors and plans made of their buffers -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/IR/Storage.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::sparse_tensor;
using namespace smash;

LogicalResult smash::AssembleOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!isStoredMatrix(type))
    return emitOpError("of type ")
           << type << ", which is no matrix with a storage of its own";
  SmallVector<StoragePart, 5> parts = listStorage(type);
  if (parts.size() != getBuffers().size())
    return emitOpError("has ") << getBuffers().size() << " buffers; " << type
                               << " is stored in " << parts.size();
  for (auto [index, part, buffer] : llvm::enumerate(parts, getBuffers()))
    if (part.type != buffer.getType())
      return emitOpError("buffer ")
             << index << " is " << buffer.getType() << "; that of " << type
             << " is " << part.type;
  return success();
}

//===----------------------------------------------------------------------===//
// Reads of what was just assembled
//===----------------------------------------------------------------------===//

/// The buffer of `tensor` if it is assembled here, and of type `type`.
static Value findBuffer(Value tensor, SparseTensorFieldKind kind, Level level,
                        Type type) {
  auto assembly = tensor.getDefiningOp<smash::AssembleOp>();
  if (!assembly)
    return {};
  auto place =
      findStorage(cast<RankedTensorType>(tensor.getType()), kind, level);
  if (!place || assembly.getBuffers()[*place].getType() != type)
    return {};
  return assembly.getBuffers()[*place];
}

static Value findBuffer(ToPositionsOp op) {
  return findBuffer(op.getTensor(), SparseTensorFieldKind::PosMemRef,
                    op.getLevel(), op.getType());
}
static Value findBuffer(ToCoordinatesOp op) {
  return findBuffer(op.getTensor(), SparseTensorFieldKind::CrdMemRef,
                    op.getLevel(), op.getType());
}
static Value findBuffer(ToCoordinatesBufferOp op) {
  Level start =
      getSparseTensorEncoding(op.getTensor().getType()).getAoSCOOStart();
  return findBuffer(op.getTensor(), SparseTensorFieldKind::CrdMemRef, start,
                    op.getType());
}
static Value findBuffer(ToValuesOp op) {
  return findBuffer(op.getTensor(), SparseTensorFieldKind::ValMemRef, 0,
                    op.getType());
}

namespace {
template <typename OpTy>
struct FoldPart : public OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Value buffer = findBuffer(op);
    if (!buffer)
      return rewriter.notifyMatchFailure(op, "not of an assembled tensor");
    rewriter.replaceOp(op, buffer);
    return success();
  }
};

struct FoldSize : public OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::DimOp op,
                                PatternRewriter &rewriter) const override {
    auto assembly = op.getSource().getDefiningOp<smash::AssembleOp>();
    std::optional<int64_t> dim = op.getConstantIndex();
    if (!assembly || !dim || *dim > 1)
      return rewriter.notifyMatchFailure(op, "not of an assembled tensor");
    rewriter.replaceOp(op, *dim == 0 ? assembly.getRows() : assembly.getCols());
    return success();
  }
};

/// What is assembled and released is freed.
struct FoldRelease : public OpRewritePattern<ReleaseOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReleaseOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> buffers;
    if (auto tensor = op.getValue().getDefiningOp<smash::AssembleOp>())
      buffers.append(tensor.getBuffers().begin(), tensor.getBuffers().end());
    else if (auto plan = op.getValue().getDefiningOp<AssemblePlanOp>())
      buffers = {plan.getPositions(), plan.getCoordinates()};
    else
      return rewriter.notifyMatchFailure(op, "not assembled here");
    for (Value buffer : buffers)
      memref::DeallocOp::create(rewriter, op.getLoc(), buffer);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void smash::AssembleOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                    MLIRContext *context) {
  patterns.add<FoldPart<ToPositionsOp>, FoldPart<ToCoordinatesOp>,
               FoldPart<ToCoordinatesBufferOp>, FoldPart<ToValuesOp>, FoldSize,
               FoldRelease>(context);
}

LogicalResult PlanPartsOp::fold(FoldAdaptor,
                                SmallVectorImpl<OpFoldResult> &to) {
  auto assembly = getPlan().getDefiningOp<AssemblePlanOp>();
  if (!assembly ||
      assembly.getPositions().getType() != getPositions().getType() ||
      assembly.getCoordinates().getType() != getCoordinates().getType())
    return failure();
  to.assign({assembly.getRows(), assembly.getCols(), assembly.getPositions(),
             assembly.getCoordinates(), assembly.getFingerprint()});
  return success();
}
