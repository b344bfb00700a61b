//===- ValueNames.cpp - how values print -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel has hundreds of values: those whose role is known print under its
// name, not under a number.
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"

using namespace mlir;
using namespace smash;

//===----------------------------------------------------------------------===//
// Tensor level
//===----------------------------------------------------------------------===//

void SpGEMMSymbolicOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getPlan(), "plan");
}

void StatisticsOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getCounts(), "statistics");
}

void TransposeOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "transposed");
}

void ConvertOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "converted");
}

void CompactOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "compact");
  setName(getList(), "list");
}

void RelabelOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "relabelled");
}

void GatherRowsOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "gathered");
}

void UniteRowsOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getList(), "list");
  setName(getSize(), "size");
}

void ExpandOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "expanded");
}

void AssembleOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "assembled");
}

void AssemblePlanOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "plan");
}

void PlanPartsOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getRows(), "rows");
  setName(getCols(), "cols");
  setName(getPositions(), "positions");
  setName(getCoordinates(), "coordinates");
  setName(getFingerprint(), "fingerprint");
}

//===----------------------------------------------------------------------===//
// Kernel level
//===----------------------------------------------------------------------===//

void TryAllocOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getMemref(), "buffer");
  setName(getOk(), "ok");
}

void ResizeOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "resized");
}

void CreateAccumulatorOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getAccumulator(), "acc");
  setName(getOk(), "ok");
}

void DrainOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getCount(), "count");
}

void DiscardOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getCount(), "count");
}

void DrainWindowOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getCount(), "count");
}

void CompareExchangeOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getOld(), "old");
}

void WorkLoopOp::getAsmBlockArgumentNames(Region &region,
                                          OpAsmSetValueNameFn setName) {
  // Invalid IR is printed too.
  if (!region.empty() && region.getNumArguments() == 1)
    setName(region.getArgument(0), "item");
}

void UpsertOp::getAsmBlockArgumentNames(Region &region,
                                        OpAsmSetValueNameFn setName) {
  if (!region.empty() && region.getNumArguments() == 1)
    setName(region.getArgument(0), "p");
}
