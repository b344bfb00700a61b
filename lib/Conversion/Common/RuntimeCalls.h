//===- RuntimeCalls.h - calls of a runtime library -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_CONVERSION_COMMON_RUNTIMECALLS_H
#define SMASH_LIB_CONVERSION_COMMON_RUNTIMECALLS_H

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

//
// What the conversions to the LLVM dialect share: calls of a runtime library.
//

namespace smash {

/// Calls the runtime function `name`, which is declared once a module; its
/// result, or null when `result` is.
mlir::Value callRuntime(mlir::OpBuilder &b, mlir::Operation *at,
                        llvm::StringRef name, mlir::Type result,
                        mlir::ValueRange arguments);

/// The bytes from one element of a buffer to the next, as an i64.
mlir::Value bytesBetweenElements(mlir::OpBuilder &b, mlir::Location loc,
                                 const mlir::LLVMTypeConverter &converter,
                                 mlir::MemRefType type);

/// A descriptor of `size` elements at `data`.
mlir::Value describeBuffer(mlir::OpBuilder &b, mlir::Location loc,
                           const mlir::LLVMTypeConverter &converter,
                           mlir::MemRefType type, mlir::Value data,
                           mlir::Value size);

/// A function as the runtime library calls it, and what it needs.
struct PackedCall {
  mlir::Value entry;   ///< of a function of (context, ids...)
  mlir::Value context; ///< a struct of the arguments on the caller's stack
};

/// Packs a call of `callee`(ids..., arguments...) with `ids` leading i64 that
/// the runtime library fills in. The entry is made once a callee.
PackedCall packCall(mlir::ConversionPatternRewriter &b,
                    const mlir::LLVMTypeConverter &converter,
                    mlir::Operation *op, llvm::StringRef callee, unsigned ids,
                    mlir::ValueRange arguments, mlir::ValueRange converted);

/// A pattern that makes calls of a runtime library.
template <typename OpTy>
struct RuntimePattern : public mlir::ConvertOpToLLVMPattern<OpTy> {
  using mlir::ConvertOpToLLVMPattern<OpTy>::ConvertOpToLLVMPattern;

  mlir::Value constant(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type,
                       int64_t value) const {
    return mlir::LLVM::ConstantOp::create(b, loc, type,
                                          b.getIntegerAttr(type, value));
  }
  mlir::Value sizeOf(mlir::OpBuilder &b, mlir::Location loc,
                     mlir::MemRefType type) const {
    return bytesBetweenElements(b, loc, *this->getTypeConverter(), type);
  }
  mlir::Value describe(mlir::OpBuilder &b, mlir::Location loc,
                       mlir::MemRefType type, mlir::Value data,
                       mlir::Value size) const {
    return describeBuffer(b, loc, *this->getTypeConverter(), type, data, size);
  }
};

} // namespace smash

#endif // SMASH_LIB_CONVERSION_COMMON_RUNTIMECALLS_H
