//===- SmashToLLVM.cpp - calls of the runtime library -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Common/RuntimeCalls.h"
#include "Smash/IR/Smash.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "smash/Conversion/Passes.h"

using namespace mlir;
using namespace smash;

namespace {

struct LowerTryAlloc : public RuntimePattern<TryAllocOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(TryAllocOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    Type i64 = b.getI64Type(), i32 = b.getI32Type(), ptr = getPtrType();
    Value data = callRuntime(b, op, "smash_rt_alloc", ptr,
                             {adaptor.getSize(), sizeOf(b, loc, type),
                              constant(b, loc, i32, op.getZeroed())});
    Value ok = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, data,
                                    LLVM::ZeroOp::create(b, loc, ptr));
    Value size = LLVM::SelectOp::create(b, loc, ok, adaptor.getSize(),
                                        constant(b, loc, i64, 0));
    b.replaceOp(op, {describe(b, loc, type, data, size), ok});
    return success();
  }
};

struct LowerResize : public RuntimePattern<ResizeOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    MemRefDescriptor source(adaptor.getSource());
    Value data = callRuntime(
        b, op, "smash_rt_resize", getPtrType(),
        {source.allocatedPtr(b, loc), adaptor.getSize(), sizeOf(b, loc, type)});
    b.replaceOp(op, describe(b, loc, type, data, adaptor.getSize()));
    return success();
  }
};

struct LowerForget : public RuntimePattern<ForgetOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(ForgetOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    MemRefDescriptor buffer(adaptor.getMemref());
    callRuntime(b, op, "smash_rt_forget", Type(),
                {buffer.alignedPtr(b, loc), adaptor.getBegin(),
                 adaptor.getEnd(), sizeOf(b, loc, type)});
    b.eraseOp(op);
    return success();
  }
};

struct LowerFail : public RuntimePattern<FailOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(FailOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Value code = constant(b, op.getLoc(), b.getI32Type(),
                          static_cast<int64_t>(op.getCode()));
    callRuntime(b, op, "smash_rt_fail", Type(),
                {code, adaptor.getGot(), adaptor.getLimit()});
    b.eraseOp(op);
    return success();
  }
};

struct LowerTakeError : public RuntimePattern<TakeErrorOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(TakeErrorOp op, OpAdaptor,
                                ConversionPatternRewriter &b) const override {
    Value null = LLVM::ZeroOp::create(b, op.getLoc(), getPtrType());
    b.replaceOp(op, callRuntime(b, op, "smash_rt_take_error", b.getI32Type(),
                                {null, null}));
    return success();
  }
};

struct LowerCompareExchange : public RuntimePattern<CompareExchangeOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(CompareExchangeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    Value address = getStridedElementPtr(b, loc, type, adaptor.getMemref(),
                                         {adaptor.getIndex()});
    auto ordering = LLVM::AtomicOrdering::seq_cst;
    Value pair =
        LLVM::AtomicCmpXchgOp::create(b, loc, address, adaptor.getExpected(),
                                      adaptor.getDesired(), ordering, ordering);
    b.replaceOpWithNewOp<LLVM::ExtractValueOp>(op, pair, 0);
    return success();
  }
};

struct LowerParallelCall : public RuntimePattern<ParallelCallOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(ParallelCallOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    PackedCall call =
        packCall(b, *getTypeConverter(), op, op.getCallee(), /*ids=*/2,
                 op.getArguments(), adaptor.getArguments());
    // A failure is recorded by the runtime library itself.
    callRuntime(
        b, op, "smash_rt_parallel", b.getI32Type(),
        {call.entry, call.context, adaptor.getBlocks(), adaptor.getThreads()});
    b.eraseOp(op);
    return success();
  }
};

struct SmashToLLVMInterface : public ConvertToLLVMPatternInterface {
  using ConvertToLLVMPatternInterface::ConvertToLLVMPatternInterface;

  void loadDependentDialects(MLIRContext *context) const final {
    context->loadDialect<LLVM::LLVMDialect>();
  }
  void populateConvertToLLVMConversionPatterns(
      ConversionTarget & /*target*/, LLVMTypeConverter &converter,
      RewritePatternSet &patterns) const final {
    patterns.add<LowerTryAlloc, LowerResize, LowerForget, LowerFail,
                 LowerTakeError, LowerCompareExchange, LowerParallelCall>(
        converter);
  }
};
} // namespace

void smash::registerConvertSmashToLLVMInterface(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, SmashDialect *dialect) {
    dialect->addInterfaces<SmashToLLVMInterface>();
  });
}
