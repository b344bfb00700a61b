//===- Smash.h - the smash dialect: attributes, types, ops -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SMASH_H
#define SMASH_IR_SMASH_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/SCF/IR/DeviceMappingInterface.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "Smash/IR/SmashDialect.h.inc"

#include "Smash/IR/SmashEnums.h.inc"

namespace smash {
/// Whether `attr` is a strategy, or a non-empty list of strategies.
bool isStrategyOrCandidates(mlir::Attribute attr);

/// The name of the module attribute that holds the machine.
inline constexpr llvm::StringLiteral kMachineAttrName = "smash.machine";
/// The name of the attribute of a product that holds what is known of its
/// operands: a dictionary of integers (see Strategy/Statistics.h).
inline constexpr llvm::StringLiteral kStatisticsAttrName = "smash.statistics";
/// The name of the unit attribute of an scf.for whose iterations touch
/// consecutive elements and do not depend on each other.
inline constexpr llvm::StringLiteral kStreamAttrName = "smash.stream";

/// Where a number stands in the buffer of smash.statistics.
enum class StatisticsField : int64_t {
  Rows,
  Inner,
  Cols,
  NnzA,
  NnzB,
  Products,
  MeanSpan
};
/// Behind those, rows and products of each bucket of a histogram: bucket 0 has
/// the rows of C of bound 0, bucket k those of a bound above 2^(k-2), up to
/// 2^(k-1).
inline constexpr int64_t kStatisticsBucketsAt =
    int64_t(StatisticsField::MeanSpan) + 1;
inline constexpr int64_t kStatisticsBuckets = 65;
inline constexpr int64_t kStatisticsSize =
    kStatisticsBucketsAt + 2 * kStatisticsBuckets;
} // namespace smash

#define GET_ATTRDEF_CLASSES
#include "Smash/IR/SmashAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "Smash/IR/SmashTypes.h.inc"

#define GET_OP_CLASSES
#include "Smash/IR/SmashOps.h.inc"

namespace smash {
/// The machine that a module around `op` names; null where none does.
MachineAttr findMachine(mlir::Operation *op);

/// The same, or null after a diagnostic that says what is missing.
MachineAttr getMachine(mlir::Operation *op);
} // namespace smash

#endif // SMASH_IR_SMASH_H
