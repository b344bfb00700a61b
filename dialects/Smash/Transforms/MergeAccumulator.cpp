//===- MergeAccumulator.cpp - ordered runs of pairs, merged -*- C++ -*-===//
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
/// Each upsert is an ordered run, and joins the one before it where their keys
/// ascend: a row of A that reads one row of B, or rows that follow each other,
/// needs no merge. Neighbours are merged in rounds, so that all memory is
/// streamed through log2(runs) times, without a branch on a key; a heap of
/// cursors would read each pair once, and mispredict at each.
class MergeExpansion : public PairListExpansion {
public:
  using PairListExpansion::PairListExpansion;

protected:
  void allocate(KernelBuilder &k, Value &ok) override {
    PairListExpansion::allocate(k, ok);
    // No run is empty; one more for the end of the last.
    starts =
        array(k, k.mulSize(op.getInstances(), stride), k.getIndexType(), ok);
  }
  void appended(KernelBuilder &k, Value instance, Value from,
                Value to) override {
    k.ifThen(k.lt(from, to), [&] {
      Value first = k.mul(instance, stride), one = k.idx(1);
      Value word = stateIndex(k, instance, 1);
      Value runs = k.loadIndex(state, word);
      Value isFirst = k.eq(from, first);
      Value before = k.select(isFirst, from, k.sub(from, one));
      Value descends = k.cmp(arith::CmpIPredicate::ult, k.load(keys, from),
                             k.load(keys, before));
      k.store(from, starts, k.add(first, runs));
      k.storeCast(k.add(runs, k.toIndex(k.bor(isFirst, descends))), state,
                  word);
    });
  }
  void sortPairs(KernelBuilder &k, Value instance,
                 const KeyRun &pairs) override {
    Value word = stateIndex(k, instance, 1);
    RunStarts runs{starts, k.mul(instance, stride), k.loadIndex(state, word)};
    buildRunMerge(k, module, pairs, runs, auxKeys,
                  pairs.slots ? auxValues : Value());
    k.storeCast(k.idx(0), state, word);
  }

private:
  Value starts; ///< of runs, by instance
};
} // namespace

std::unique_ptr<AccumulatorExpansion>
smash::makeMergeExpansion(CreateAccumulatorOp op, ModuleOp module) {
  return std::make_unique<MergeExpansion>(op, module);
}
