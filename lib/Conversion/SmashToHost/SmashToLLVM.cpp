//===- SmashToLLVM.cpp - calls of the runtime library -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "smash/Conversion/Passes.h"

using namespace mlir;
using namespace smash;

namespace {

/// Declares the runtime function `name` once a module.
LLVM::LLVMFuncOp declare(OpBuilder &builder, Operation *from, StringRef name,
                         Type result, ArrayRef<Type> arguments) {
  auto module = from->getParentOfType<ModuleOp>();
  if (auto found = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return found;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(module.getBody());
  return LLVM::LLVMFuncOp::create(
      builder, module.getLoc(), name,
      LLVM::LLVMFunctionType::get(result, arguments));
}

template <typename OpTy>
struct SmashPattern : public ConvertOpToLLVMPattern<OpTy> {
  using ConvertOpToLLVMPattern<OpTy>::ConvertOpToLLVMPattern;

  Value constant(OpBuilder &b, Location loc, Type type, int64_t value) const {
    return LLVM::ConstantOp::create(b, loc, type,
                                    b.getIntegerAttr(type, value));
  }
  Value sizeOf(OpBuilder &b, Location loc, MemRefType type) const {
    Type element = this->getTypeConverter()->convertType(type.getElementType());
    Value null = LLVM::ZeroOp::create(b, loc, this->getPtrType());
    Value behind = LLVM::GEPOp::create(b, loc, this->getPtrType(), element,
                                       null, ArrayRef<LLVM::GEPArg>{1});
    return LLVM::PtrToIntOp::create(b, loc, b.getI64Type(), behind);
  }
  /// A descriptor of `size` elements at `data`.
  Value describe(OpBuilder &b, Location loc, MemRefType type, Value data,
                 Value size) const {
    MemRefDescriptor descriptor = MemRefDescriptor::poison(
        b, loc, this->getTypeConverter()->convertType(type));
    descriptor.setAllocatedPtr(b, loc, data);
    descriptor.setAlignedPtr(b, loc, data);
    descriptor.setConstantOffset(b, loc, 0);
    descriptor.setSize(b, loc, 0, size);
    descriptor.setConstantStride(b, loc, 0, 1);
    return descriptor;
  }
};

struct LowerTryAlloc : public SmashPattern<TryAllocOp> {
  using SmashPattern::SmashPattern;
  LogicalResult matchAndRewrite(TryAllocOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    Type i64 = b.getI64Type(), i32 = b.getI32Type(), ptr = getPtrType();
    LLVM::LLVMFuncOp callee =
        declare(b, op, "smash_rt_alloc", ptr, {i64, i64, i32});
    Value data =
        LLVM::CallOp::create(b, loc, callee,
                             ValueRange{adaptor.getSize(), sizeOf(b, loc, type),
                                        constant(b, loc, i32, op.getZeroed())})
            .getResult();
    Value ok = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, data,
                                    LLVM::ZeroOp::create(b, loc, ptr));
    Value size = LLVM::SelectOp::create(b, loc, ok, adaptor.getSize(),
                                        constant(b, loc, i64, 0));
    b.replaceOp(op, {describe(b, loc, type, data, size), ok});
    return success();
  }
};

struct LowerResize : public SmashPattern<ResizeOp> {
  using SmashPattern::SmashPattern;
  LogicalResult matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    Type i64 = b.getI64Type();
    LLVM::LLVMFuncOp callee = declare(b, op, "smash_rt_resize", getPtrType(),
                                      {getPtrType(), i64, i64});
    MemRefDescriptor source(adaptor.getSource());
    Value data = LLVM::CallOp::create(b, loc, callee,
                                      ValueRange{source.allocatedPtr(b, loc),
                                                 adaptor.getSize(),
                                                 sizeOf(b, loc, type)})
                     .getResult();
    b.replaceOp(op, describe(b, loc, type, data, adaptor.getSize()));
    return success();
  }
};

struct LowerForget : public SmashPattern<ForgetOp> {
  using SmashPattern::SmashPattern;
  LogicalResult matchAndRewrite(ForgetOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    Type i64 = b.getI64Type();
    LLVM::LLVMFuncOp callee = declare(b, op, "smash_rt_forget",
                                      LLVM::LLVMVoidType::get(b.getContext()),
                                      {getPtrType(), i64, i64, i64});
    MemRefDescriptor buffer(adaptor.getMemref());
    b.replaceOpWithNewOp<LLVM::CallOp>(
        op, callee,
        ValueRange{buffer.alignedPtr(b, loc), adaptor.getBegin(),
                   adaptor.getEnd(), sizeOf(b, loc, type)});
    return success();
  }
};

struct LowerFail : public SmashPattern<FailOp> {
  using SmashPattern::SmashPattern;
  LogicalResult matchAndRewrite(FailOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Type i64 = b.getI64Type(), i32 = b.getI32Type();
    LLVM::LLVMFuncOp callee =
        declare(b, op, "smash_rt_fail", LLVM::LLVMVoidType::get(b.getContext()),
                {i32, i64, i64});
    Value code =
        constant(b, op.getLoc(), i32, static_cast<int64_t>(op.getCode()));
    b.replaceOpWithNewOp<LLVM::CallOp>(
        op, callee, ValueRange{code, adaptor.getGot(), adaptor.getLimit()});
    return success();
  }
};

struct LowerCompareExchange : public SmashPattern<CompareExchangeOp> {
  using SmashPattern::SmashPattern;
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

/// Operands travel in a struct on the caller's stack; an entry function of the
/// runtime library's type unpacks it.
struct LowerParallelCall : public SmashPattern<ParallelCallOp> {
  using SmashPattern::SmashPattern;
  LogicalResult matchAndRewrite(ParallelCallOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    MLIRContext *context = b.getContext();
    auto module = op->getParentOfType<ModuleOp>();
    Type i64 = b.getI64Type(), ptr = getPtrType();
    // As the callee takes them: descriptors in their parts.
    SmallVector<Value> arguments = getTypeConverter()->promoteOperands(
        loc, op.getArguments(), adaptor.getArguments(), b);
    SmallVector<Type> types(ValueRange(arguments).getTypes());
    Type packed = LLVM::LLVMStructType::getLiteral(context, types);
    std::string entry = (op.getCallee() + "_entry").str();
    if (!module.lookupSymbol(entry))
      makeEntry(b, op, entry, types);

    Value storage;
    {
      // In the entry block, so that a loop around does not grow the stack.
      OpBuilder::InsertionGuard guard(b);
      auto function = op->getParentOfType<FunctionOpInterface>();
      b.setInsertionPointToStart(&function.getFunctionBody().front());
      storage =
          LLVM::AllocaOp::create(b, loc, ptr, packed, constant(b, loc, i64, 1));
    }
    Value all = LLVM::PoisonOp::create(b, loc, packed);
    for (auto [i, value] : llvm::enumerate(arguments))
      all = LLVM::InsertValueOp::create(b, loc, all, value, i);
    LLVM::StoreOp::create(b, loc, all, storage);
    LLVM::LLVMFuncOp callee = declare(b, op, "smash_rt_parallel",
                                      b.getI32Type(), {ptr, ptr, i64, i64});
    Value address = LLVM::AddressOfOp::create(b, loc, ptr, entry);
    // A failure is recorded by the runtime library itself.
    LLVM::CallOp::create(b, loc, callee,
                         ValueRange{address, storage, adaptor.getBlocks(),
                                    adaptor.getThreads()});
    b.eraseOp(op);
    return success();
  }

  void makeEntry(ConversionPatternRewriter &b, ParallelCallOp op,
                 StringRef name, ArrayRef<Type> types) const {
    OpBuilder::InsertionGuard guard(b);
    Location loc = op.getLoc();
    MLIRContext *context = b.getContext();
    Type i64 = b.getI64Type(), ptr = getPtrType();
    b.setInsertionPointToEnd(op->getParentOfType<ModuleOp>().getBody());
    auto entry = LLVM::LLVMFuncOp::create(
        b, loc, name,
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                    {ptr, i64, i64}),
        LLVM::Linkage::Internal);
    Block *block = entry.addEntryBlock(b);
    b.setInsertionPointToStart(block);
    Value all = LLVM::LoadOp::create(
        b, loc, LLVM::LLVMStructType::getLiteral(context, types),
        block->getArgument(0));
    SmallVector<Value> arguments = {block->getArgument(1),
                                    block->getArgument(2)};
    for (size_t i = 0; i < types.size(); ++i)
      arguments.push_back(LLVM::ExtractValueOp::create(b, loc, all, i));
    LLVM::CallOp::create(b, loc, TypeRange(), op.getCallee(), arguments);
    LLVM::ReturnOp::create(b, loc, ValueRange());
  }
};

struct SmashToLLVMInterface : public ConvertToLLVMPatternInterface {
  using ConvertToLLVMPatternInterface::ConvertToLLVMPatternInterface;

  void loadDependentDialects(MLIRContext *context) const final {
    context->loadDialect<LLVM::LLVMDialect>();
  }
  void populateConvertToLLVMConversionPatterns(
      ConversionTarget &target, LLVMTypeConverter &converter,
      RewritePatternSet &patterns) const final {
    patterns.add<LowerTryAlloc, LowerResize, LowerForget, LowerFail,
                 LowerCompareExchange, LowerParallelCall>(converter);
  }
};
} // namespace

void smash::registerConvertSmashToLLVMInterface(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, SmashDialect *dialect) {
    dialect->addInterfaces<SmashToLLVMInterface>();
  });
}
