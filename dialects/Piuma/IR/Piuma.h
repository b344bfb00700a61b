//===- Piuma.h - the piuma dialect -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_IR_PIUMA_H
#define PIUMA_IR_PIUMA_H

#include "Piuma/TargetModel/TargetModel.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "Piuma/IR/PiumaDialect.h.inc"

#include "Piuma/IR/PiumaEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "Piuma/IR/PiumaAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "Piuma/IR/PiumaTypes.h.inc"

#define GET_OP_CLASSES
#include "Piuma/IR/PiumaOps.h.inc"

namespace smash::piuma {
/// Holds the module's #piuma.target.
inline constexpr llvm::StringLiteral kTargetAttrName = "piuma.target";

/// The target of the module around `op`, or null.
TargetAttr getTarget(mlir::Operation *op);

/// The same for a module that the pass `argument` cannot do without: null after
/// an error.
TargetAttr requireTarget(mlir::ModuleOp module, llvm::StringRef argument);

/// Bytes of one element in memory: an i1 takes one; an index 8.
int64_t bytesOfElement(mlir::Type type);
} // namespace smash::piuma

#endif // PIUMA_IR_PIUMA_H
