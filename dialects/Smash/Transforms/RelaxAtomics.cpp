//===- RelaxAtomics.cpp - remove atomics that have no one to race with -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace smash {
#define GEN_PASS_DEF_RELAXATOMICS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-relax-atomics"

static bool isMappedTo(scf::ForallOp loop, bool thread) {
  ArrayAttr mapping = loop.getMappingAttr();
  if (!mapping || mapping.size() != 1)
    return false;
  return thread ? isa<ThreadMappingAttr>(mapping[0])
                : isa<BlockMappingAttr>(mapping[0]);
}

/// Whether every loop over threads or blocks between `op` and the op that made
/// its accumulator has one iteration: then one thread at a time gets here with
/// that accumulator.
static bool isExclusive(UpsertOp op) {
  Operation *create = op.getAccumulator().getDefiningOp();
  if (!create)
    return false;
  for (auto loop = op->getParentOfType<scf::ForallOp>(); loop;
       loop = loop->getParentOfType<scf::ForallOp>()) {
    if (loop->isAncestor(create))
      return true;
    if (!isMappedTo(loop, true) && !isMappedTo(loop, false))
      return false;
    for (OpFoldResult size : loop.getMixedUpperBound())
      if (getConstantIntValue(size) != 1)
        return false;
  }
  return true;
}

namespace {
struct RelaxAtomicsPass
    : public smash::impl::RelaxAtomicsBase<RelaxAtomicsPass> {
  void runOnOperation() override {
    getOperation()->walk([&](CreateAccumulatorOp create) {
      if (!create.getShared())
        return;
      for (Operation *user : create.getAccumulator().getUsers()) {
        auto upsert = dyn_cast<UpsertOp>(user);
        if (!upsert || !upsert.getAtomic() || !isExclusive(upsert))
          continue;
        upsert.setAtomic(false);
        ++numRelaxed;
      }
    });
  }
};
} // namespace
