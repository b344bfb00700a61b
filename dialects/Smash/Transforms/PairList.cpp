//===- PairList.cpp - accumulators that write every pair out -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"

using namespace mlir;
using namespace smash;

void PairListExpansion::allocate(KernelBuilder &k, Value &ok) {
  Value instances = op.getInstances();
  // One more than it holds: an upsert stores first and counts afterwards, and a
  // gather puts an end behind the last.
  stride = k.add(op.getCapacity(), k.idx(1));
  Value entries = k.mulSize(instances, stride);
  keys = array(k, entries, type.getKey(), ok);
  auxKeys = array(k, entries, type.getKey(), ok);
  if (!hasValues())
    return;
  values = array(k, entries, type.getValue(), ok);
  auxValues = array(k, entries, type.getValue(), ok);
}

void PairListExpansion::upsert(KernelBuilder &k, UpsertOp upsert) {
  Value instance = upsert.getInstance();
  Value first = k.mul(instance, stride);
  Value word = stateIndex(k, instance, 0);
  Value before = k.loadIndex(state, word);
  Value after = append(k, upsert, first, before);
  k.storeCast(after, state, word);
  appended(k, instance, k.add(first, before), k.add(first, after));
}

Value PairListExpansion::append(KernelBuilder &k, UpsertOp upsert, Value first,
                                Value count) {
  auto put = [&](const Values &pair, Value at) {
    k.store(pair[0], keys, at);
    if (hasValues())
      k.store(pair[1], values, at);
  };
  Value lo = upsert.getLowerBound(), hi = upsert.getUpperBound();
  if (isFiltered(upsert))
    return k.loop(lo, hi, {count}, [&](Value p, ValueRange v) -> Values {
      Values pair = inlineBody(k, upsert, p);
      return ifKept(k, upsert, pair, v, [&]() -> Values {
        put(pair, k.add(first, v[0]));
        return {k.add(v[0], k.idx(1))};
      });
    })[0];
  Value length = k.sub(hi, lo), target = k.add(first, count);
  k.stream(k.idx(0), length, [&](Value i) {
    Values pair = inlineBody(k, upsert, k.add(lo, i));
    CountOp::create(k, Event::Product);
    put(pair, k.add(target, i));
  });
  return k.add(count, length);
}

KeyRun PairListExpansion::takeSorted(KernelBuilder &k, Value instance,
                                     bool withValues) {
  Value first = k.mul(instance, stride);
  Value word = stateIndex(k, instance, 0);
  KeyRun pairs{keys, withValues && hasValues() ? values : Value(), first,
               k.add(first, k.loadIndex(state, word))};
  sortPairs(k, instance, pairs);
  k.storeCast(k.idx(0), state, word);
  return pairs;
}

Value PairListExpansion::compress(
    KernelBuilder &k, const KeyRun &pairs,
    function_ref<void(Value, Value, Value)> write) {
  Value zero = k.idx(0), one = k.idx(1);
  auto valueAt = [&](Value i) {
    return pairs.slots ? k.load(pairs.slots, i) : Value();
  };
  auto join = [&]() -> Values {
    Value key = k.load(pairs.keys, pairs.begin), sum = valueAt(pairs.begin);
    write(zero, key, sum);
    // Without a branch: what is not the last of its key is overwritten.
    Values carried = {zero, key};
    if (sum)
      carried.push_back(sum);
    Values last =
        k.loop(k.add(pairs.begin, one), pairs.end, carried,
               [&](Value i, ValueRange v) -> Values {
                 Value key = k.load(pairs.keys, i), value = valueAt(i);
                 Value isNew = k.ne(key, v[1]);
                 Values next = {k.add(v[0], k.toIndex(isNew)), key};
                 if (value) {
                   Value sum = createAdd(k, k.getLoc(), monoid(), v[2], value);
                   next.push_back(k.select(isNew, value, sum));
                 }
                 write(next[0], key, value ? next[2] : Value());
                 return next;
               });
    return {k.add(last[0], one)};
  };
  return k.ifElse(k.lt(pairs.begin, pairs.end), k.getIndexType(), join,
                  [&]() -> Values { return {zero}; })[0];
}

Value PairListExpansion::drain(KernelBuilder &k, DrainOp drain) {
  KeyRun pairs = takeSorted(k, drain.getInstance(), /*withValues=*/true);
  return compress(k, pairs, [&](Value number, Value key, Value sum) {
    Value target = k.add(drain.getOffset(), number);
    k.storeCast(key, drain.getCoordinates(), target);
    if (sum)
      k.store(sum, drain.getValues(), target);
  });
}

Value PairListExpansion::discard(KernelBuilder &k, DiscardOp discard) {
  KeyRun pairs = takeSorted(k, discard.getInstance(), /*withValues=*/false);
  return compress(k, pairs, [](Value, Value, Value) {});
}

void PairListExpansion::gather(KernelBuilder &k, GatherOp gather) {
  KeyRun pairs = takeSorted(k, gather.getInstance(), /*withValues=*/true);
  Value one = k.idx(1);
  // An end that no key is.
  k.store(k.integer(-1, type.getKey()), keys, pairs.end);
  k.loop(
      gather.getLowerBound(), gather.getUpperBound(), {pairs.begin},
      [&](Value p, ValueRange v) -> Values {
        Value key = k.cast(k.load(gather.getCoordinates(), p), type.getKey());
        // A mask may have left keys out of the pattern.
        Value found = k.whileLoop(
            {v[0]},
            [&](ValueRange v) {
              return k.cmp(arith::CmpIPredicate::ult, k.load(keys, v[0]), key);
            },
            [&](ValueRange v) -> Values { return {k.add(v[0], one)}; })[0];
        Values sum = k.whileLoop(
            {k.add(found, one), k.load(values, found)},
            [&](ValueRange v) { return k.eq(k.load(keys, v[0]), key); },
            [&](ValueRange v) -> Values {
              Value value = k.load(values, v[0]);
              return {k.add(v[0], one),
                      createAdd(k, k.getLoc(), monoid(), v[1], value)};
            });
        k.store(sum[1], gather.getValues(), p);
        return {sum[0]};
      });
}
