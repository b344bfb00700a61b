//===- SortAccumulator.cpp - a list of pairs, sorted -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"

using namespace mlir;
using namespace smash;

namespace {
/// Nothing is known of the order of its pairs.
class SortExpansion : public PairListExpansion {
public:
  using PairListExpansion::PairListExpansion;

protected:
  void sortPairs(KernelBuilder &k, Value, const KeyRun &pairs) override {
    buildSort(k, module, pairs, auxKeys, pairs.slots ? auxValues : Value());
  }
};
} // namespace

std::unique_ptr<AccumulatorExpansion>
smash::makeSortExpansion(CreateAccumulatorOp op, ModuleOp module) {
  return std::make_unique<SortExpansion>(op, module);
}
