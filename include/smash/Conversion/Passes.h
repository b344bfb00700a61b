//===- Passes.h - conversions between dialects -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_CONVERSION_PASSES_H
#define SMASH_CONVERSION_PASSES_H

#include "Piuma/IR/Piuma.h"
#include "Smash/IR/Smash.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace smash {

#define GEN_PASS_DECL
#include "smash/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "smash/Conversion/Passes.h.inc"

/// Lets `convert-to-llvm` lower what `convert-smash-to-host` leaves.
void registerConvertSmashToLLVMInterface(mlir::DialectRegistry &registry);

/// Lets `convert-to-llvm` lower piuma programs that are outlined.
void registerConvertPiumaToLLVMInterface(mlir::DialectRegistry &registry);

} // namespace smash

#endif // SMASH_CONVERSION_PASSES_H
