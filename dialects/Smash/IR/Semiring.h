//===- Semiring.h - what a semiring computes -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SEMIRING_H
#define SMASH_IR_SEMIRING_H

#include "Smash/IR/Smash.h"

namespace smash {

/// Fails, after one diagnostic, when `semiring` is not defined on `type` (an
/// element type of a product's tensors).
mlir::LogicalResult
verifySemiring(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
               SemiringAttr semiring, mlir::Type type);

/// Whether products and sums can be computed on `type` at all.
bool isLegalValueType(mlir::Type type);

/// a `add` b.
mlir::Value createAdd(mlir::OpBuilder &builder, mlir::Location loc, Monoid add,
                      mlir::Value a, mlir::Value b);

/// The multiply of `semiring` on one product's factors.
mlir::Value createMultiply(mlir::OpBuilder &builder, mlir::Location loc,
                           SemiringAttr semiring, mlir::Value a, mlir::Value b);

/// The value e of `type` with e `add` x = x for every x, in every bit: -0.0
/// for a floating-point plus.
mlir::Value createIdentity(mlir::OpBuilder &builder, mlir::Location loc,
                           Monoid add, mlir::Type type);

/// Whether the multiply reads its operands (pair does not).
bool readsOperands(SemiringAttr semiring);

} // namespace smash

#endif // SMASH_IR_SEMIRING_H
