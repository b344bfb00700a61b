//===- BuildProduct.h - the IR of a described product ---------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_COMPILER_BUILDPRODUCT_H
#define SMASH_LIB_COMPILER_BUILDPRODUCT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "smash/Compiler/Compiler.h"

namespace smash {

/// The name of the function that computes the product.
inline constexpr llvm::StringLiteral kProductFunction = "product";

/// The type of that function: from the operands (and the mask) to C. Null after
/// a diagnostic.
mlir::FunctionType getProductType(mlir::MLIRContext *context,
                                  const ProductOptions &options);

/// A module with the function, for the product that `options` describe. Null
/// after a diagnostic.
mlir::OwningOpRef<mlir::ModuleOp>
buildProduct(mlir::MLIRContext *context, const ProductOptions &options,
             const ProductStatistics *statistics);

} // namespace smash

#endif // SMASH_LIB_COMPILER_BUILDPRODUCT_H
