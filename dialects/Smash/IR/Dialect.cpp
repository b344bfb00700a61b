//===- Dialect.cpp - registration of the smash dialect -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Common/VersionedBytecode.h"
#include "Smash/IR/Smash.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace smash;

#include "Smash/IR/SmashDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "Smash/IR/SmashTypes.cpp.inc"

namespace {
/// Every op may be inlined anywhere: none refers to its function.
struct SmashInlinerInterface : public DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return true;
  }
};

/// Statistics are what a strategy is chosen by, and nothing else: those of a
/// version that counted other things are forgotten.
struct SmashBytecode : public VersionedBytecode<SmashDialect> {
  using VersionedBytecode::VersionedBytecode;
  LogicalResult
  upgradeFromVersion(Operation *top,
                     const DialectVersion &version) const override {
    if (static_cast<const BytecodeVersion &>(version).number < 2)
      top->walk([](Operation *op) { op->removeAttr(kStatisticsAttrName); });
    return success();
  }
};
} // namespace

void SmashDialect::initialize() {
  registerAttributes();
  addTypes<
#define GET_TYPEDEF_LIST
#include "Smash/IR/SmashTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Smash/IR/SmashOps.cpp.inc"
      >();
  addInterfaces<SmashInlinerInterface, SmashBytecode>();
}

LogicalResult SmashDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attr) {
  if (attr.getName() == kMachineAttrName && !isa<MachineAttr>(attr.getValue()))
    return op->emitOpError("attribute '")
           << kMachineAttrName << "' must be a #smash.machine, not "
           << attr.getValue();
  if (attr.getName() == kStatisticsAttrName &&
      !isa<DictionaryAttr>(attr.getValue()))
    return op->emitOpError("attribute '")
           << kStatisticsAttrName << "' must be a dictionary, not "
           << attr.getValue();
  return success();
}
