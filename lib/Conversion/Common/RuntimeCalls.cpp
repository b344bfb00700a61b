//===- RuntimeCalls.cpp - calls of a runtime library --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeCalls.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace smash;

static Value constant(OpBuilder &b, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getI64Type(),
                                  b.getI64IntegerAttr(value));
}

Value smash::callRuntime(OpBuilder &b, Operation *at, StringRef name,
                         Type result, ValueRange arguments) {
  auto module = at->getParentOfType<ModuleOp>();
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!callee) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    Type type = result ? result : LLVM::LLVMVoidType::get(b.getContext());
    callee = LLVM::LLVMFuncOp::create(
        b, module.getLoc(), name,
        LLVM::LLVMFunctionType::get(type,
                                    SmallVector<Type>(arguments.getTypes())));
  }
  auto call = LLVM::CallOp::create(b, at->getLoc(), callee, arguments);
  return result ? call.getResult() : Value();
}

Value smash::bytesBetweenElements(OpBuilder &b, Location loc,
                                  const LLVMTypeConverter &converter,
                                  MemRefType type) {
  Type element = converter.convertType(type.getElementType());
  Type ptr = LLVM::LLVMPointerType::get(b.getContext());
  Value null = LLVM::ZeroOp::create(b, loc, ptr);
  Value behind = LLVM::GEPOp::create(b, loc, ptr, element, null,
                                     ArrayRef<LLVM::GEPArg>{1});
  return LLVM::PtrToIntOp::create(b, loc, b.getI64Type(), behind);
}

Value smash::describeBuffer(OpBuilder &b, Location loc,
                            const LLVMTypeConverter &converter, MemRefType type,
                            Value data, Value size) {
  MemRefDescriptor descriptor =
      MemRefDescriptor::poison(b, loc, converter.convertType(type));
  descriptor.setAllocatedPtr(b, loc, data);
  descriptor.setAlignedPtr(b, loc, data);
  descriptor.setConstantOffset(b, loc, 0);
  descriptor.setSize(b, loc, 0, size);
  descriptor.setConstantStride(b, loc, 0, 1);
  return descriptor;
}

/// A function of (context, ids...) that unpacks the context for `callee`.
static void makeEntry(OpBuilder &b, Operation *op, StringRef name,
                      StringRef callee, unsigned ids, ArrayRef<Type> types) {
  OpBuilder::InsertionGuard guard(b);
  Location loc = op->getLoc();
  MLIRContext *context = b.getContext();
  SmallVector<Type> leading(ids + 1, b.getI64Type());
  leading[0] = LLVM::LLVMPointerType::get(context);
  b.setInsertionPointToEnd(op->getParentOfType<ModuleOp>().getBody());
  auto entry = LLVM::LLVMFuncOp::create(
      b, loc, name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), leading),
      LLVM::Linkage::Internal);
  Block *block = entry.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  Value all = LLVM::LoadOp::create(
      b, loc, LLVM::LLVMStructType::getLiteral(context, types),
      block->getArgument(0));
  SmallVector<Value> arguments(block->getArguments().drop_front());
  for (size_t i = 0; i < types.size(); ++i)
    arguments.push_back(LLVM::ExtractValueOp::create(b, loc, all, i));
  LLVM::CallOp::create(b, loc, TypeRange(), callee, arguments);
  LLVM::ReturnOp::create(b, loc, ValueRange());
}

PackedCall smash::packCall(ConversionPatternRewriter &b,
                           const LLVMTypeConverter &converter, Operation *op,
                           StringRef callee, unsigned ids, ValueRange arguments,
                           ValueRange converted) {
  Location loc = op->getLoc();
  Type ptr = LLVM::LLVMPointerType::get(b.getContext());
  // As the callee takes them: descriptors in their parts.
  SmallVector<Value> parts =
      converter.promoteOperands(loc, arguments, converted, b);
  SmallVector<Type> types(ValueRange(parts).getTypes());
  Type packed = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
  std::string entry = (callee + "_entry").str();
  if (!op->getParentOfType<ModuleOp>().lookupSymbol(entry))
    makeEntry(b, op, entry, callee, ids, types);

  Value storage;
  {
    // In the entry block, so that a loop around does not grow the stack.
    OpBuilder::InsertionGuard guard(b);
    if (auto function = op->getParentOfType<FunctionOpInterface>())
      b.setInsertionPointToStart(&function.getFunctionBody().front());
    storage = LLVM::AllocaOp::create(b, loc, ptr, packed, constant(b, loc, 1));
  }
  Value all = LLVM::PoisonOp::create(b, loc, packed);
  for (auto [i, value] : llvm::enumerate(parts))
    all = LLVM::InsertValueOp::create(b, loc, all, value, i);
  LLVM::StoreOp::create(b, loc, all, storage);
  return {LLVM::AddressOfOp::create(b, loc, ptr, entry), storage};
}
