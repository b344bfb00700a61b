//===- HashAccumulator.cpp - a table of tags and values -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace smash;

namespace {
/// Linear probing in a table whose size is a power of two. The tag of a free
/// slot is all ones, which is no key: keys are below the number of columns, or
/// below a window's limit.
class HashExpansion : public AccumulatorExpansion {
public:
  using AccumulatorExpansion::AccumulatorExpansion;

  void upsert(KernelBuilder &k, UpsertOp upsert) override;
  Value drain(KernelBuilder &k, DrainOp drain) override;
  Value discard(KernelBuilder &k, DiscardOp discard) override;
  void gather(KernelBuilder &k, GatherOp gather) override;

protected:
  void allocate(KernelBuilder &k, Value &ok) override;
  void initialise(KernelBuilder &k) override;
  Value keyOfSlot(KernelBuilder &k, Value slot) override {
    return k.loadIndex(tags, slot);
  }
  void clearSlot(KernelBuilder &k, Value slot) override {
    k.store(empty(k), tags, slot);
  }
  bool listsSlots() override { return false; }
  Value slotsFor(KernelBuilder &k, DrainWindowOp drain) override {
    return tableSize(k, drain.getBound()).slots;
  }
  void clearWindow(KernelBuilder &k, DrainWindowOp drain) override {
    Value used = slotsFor(k, drain);
    Value identity = createIdentity(k, k.getLoc(), monoid(), type.getValue());
    k.stream(k.idx(0), used, [&](Value slot) { clearSlot(k, slot); });
    k.stream(k.idx(0), used,
             [&](Value slot) { k.store(identity, values, slot); });
  }
  Value isUsed(KernelBuilder &k, Value slot) override {
    return k.ne(k.load(tags, slot), empty(k));
  }

private:
  TableSize tableSize(KernelBuilder &k, Value bound) {
    return sizeTable(k, bound, op.getFillLimit());
  }
  Value empty(KernelBuilder &k) { return k.integer(-1, type.getKey()); }
  /// Where probing for `key`, below `keys`, starts, relative to the table.
  Value firstSlot(KernelBuilder &k, Value key, const TableSize &size,
                  Value keys) {
    return hashKey(k, key, size, op.getHashFunction(),
                   keys ? keys : op.getKeys());
  }
  /// Probes until the key's slot or a free one; the slot in the arrays.
  Value probe(KernelBuilder &k, Value key, Value base, const TableSize &size,
              Value keys = Value());
  void upsertShared(KernelBuilder &k, UpsertOp upsert);
  void upsertExclusive(KernelBuilder &k, UpsertOp upsert);
  /// Frees the slots in use; how many they were.
  Value clearListed(KernelBuilder &k, Value instance);

  Value tags;       ///< by slot
  Value stride;     ///< slots of an instance
  Value listStride; ///< entries of an instance's list
};
} // namespace

TableSize smash::sizeTable(KernelBuilder &k, Value bound, int64_t fill) {
  // One slot stays free, so that a probe for a missing key ends.
  Value wanted = 100 % fill == 0
                     ? k.mul(bound, k.idx(100 / fill))
                     : k.divu(k.mul(bound, k.idx(100)), k.idx(fill));
  Type i64 = k.getI64Type();
  Value zeros = math::CountLeadingZerosOp::create(
      k, k.cast(k.max(wanted, k.idx(1)), i64));
  Value log2 = k.sub(k.integer(64, i64), zeros);
  return {log2, k.toIndex(k.shl(k.integer(1, i64), log2))};
}

void HashExpansion::allocate(KernelBuilder &k, Value &ok) {
  Value instances = op.getShared() ? k.idx(1) : op.getInstances();
  stride = tableSize(k, op.getCapacity()).slots;
  Value slots = k.mulSize(instances, stride);
  tags = array(k, slots, type.getKey(), ok);
  if (hasValues())
    values = array(k, slots, type.getValue(), ok);
  if (op.getShared()) {
    allocateShared(k, ok);
    return;
  }
  // One more than it holds: an upsert stores first and counts afterwards.
  listStride = k.add(op.getCapacity(), k.idx(1));
  Value entries = k.mulSize(instances, listStride);
  Type i64 = k.getI64Type();
  list = array(k, entries, i64, ok);
  keys = array(k, entries, type.getKey(), ok);
  auxKeys = array(k, entries, type.getKey(), ok);
  auxSlots = array(k, entries, i64, ok);
}

void HashExpansion::initialise(KernelBuilder &k) {
  Value slots = op.getShared() ? stride : k.mul(op.getInstances(), stride);
  k.stream(k.idx(0), slots, [&](Value slot) { clearSlot(k, slot); });
  if (!op.getShared() || !hasValues())
    return;
  Value identity = createIdentity(k, k.getLoc(), monoid(), type.getValue());
  k.stream(k.idx(0), slots,
           [&](Value slot) { k.store(identity, values, slot); });
}

Value smash::hashKey(KernelBuilder &k, Value key, const TableSize &size,
                     HashFunction function, Value keys) {
  Type i64 = k.getI64Type();
  Value wide = k.cast(key, i64);
  Value mask = k.sub(k.cast(size.slots, i64), k.integer(1, i64));
  switch (function) {
  case HashFunction::Multiplicative: {
    // Fibonacci hashing (Knuth, TAOCP vol. 3, 6.4): 2^64 / golden ratio.
    Value product = k.mul(wide, k.integer(0x9E3779B97F4A7C15, i64));
    return k.toIndex(k.shr(product, k.sub(k.integer(64, i64), size.log2)));
  }
  case HashFunction::LowBits:
    return k.toIndex(k.band(wide, mask));
  case HashFunction::HighBits: {
    // The high bits of a key below `keys`, as far as there are that many.
    Value width =
        k.sub(k.integer(64, i64),
              math::CountLeadingZerosOp::create(k, k.cast(keys, i64)));
    Value zero = k.integer(0, i64);
    Value shift = k.max(k.sub(width, size.log2), zero);
    return k.toIndex(k.band(k.shr(wide, shift), mask));
  }
  }
  llvm_unreachable("hash function out of range");
}

Value HashExpansion::probe(KernelBuilder &k, Value key, Value base,
                           const TableSize &size, Value keys) {
  Value mask = k.sub(size.slots, k.idx(1));
  Values found = k.whileLoop(
      {firstSlot(k, key, size, keys)},
      [&](ValueRange v) {
        CountOp::create(k, Event::Probe);
        Value tag = k.load(tags, k.add(base, v[0]));
        return k.band(k.ne(tag, key), k.ne(tag, empty(k)));
      },
      [&](ValueRange v) -> Values {
        return {k.band(k.add(v[0], k.idx(1)), mask)};
      });
  return k.add(base, found[0]);
}

void HashExpansion::upsert(KernelBuilder &k, UpsertOp upsert) {
  if (upsert.getAtomic())
    upsertShared(k, upsert);
  else
    upsertExclusive(k, upsert);
}

void HashExpansion::upsertShared(KernelBuilder &k, UpsertOp upsert) {
  TableSize size = tableSize(k, upsert.getBound());
  Value mask = k.sub(size.slots, k.idx(1));
  k.loop(upsert.getLowerBound(), upsert.getUpperBound(), [&](Value p) {
    Values pair = inlineBody(k, upsert, p);
    ifKept(k, upsert, pair, {}, [&]() -> Values {
      Value key = pair[0];
      // Claims the first slot that is free, or that has the key already.
      Values claimed = k.whileLoop(
          {firstSlot(k, key, size, upsert.getKeys()), k.boolean(true)},
          [&](ValueRange v) { return Value(v[1]); },
          [&](ValueRange v) -> Values {
            CountOp::create(k, Event::Probe);
            Value old = CompareExchangeOp::create(k, tags, v[0], empty(k), key);
            Value isNew = k.eq(old, empty(k));
            Value taken = k.band(k.logicalNot(isNew), k.ne(old, key));
            Value next = k.band(k.add(v[0], k.idx(1)), mask);
            return {k.select(taken, next, v[0]), taken};
          });
      AtomicUpdateOp::create(k, monoid(), values, claimed[0], pair[1]);
      return {};
    });
  });
}

void HashExpansion::upsertExclusive(KernelBuilder &k, UpsertOp upsert) {
  TableSize size = tableSize(k, upsert.getBound());
  Value instance = upsert.getInstance();
  Value base = op.getShared() ? k.idx(0) : k.mul(instance, stride);
  if (op.getShared()) {
    k.loop(upsert.getLowerBound(), upsert.getUpperBound(), [&](Value p) {
      Values pair = inlineBody(k, upsert, p);
      ifKept(k, upsert, pair, {}, [&]() -> Values {
        Value slot = probe(k, pair[0], base, size, upsert.getKeys());
        Value isNew = k.eq(k.load(tags, slot), empty(k));
        k.store(pair[0], tags, slot);
        mergeValue(k, isNew, slot, pair[1]);
        return {};
      });
    });
    return;
  }
  Value listFirst = k.mul(instance, listStride);
  Value word = stateIndex(k, instance, 0);
  Values count = k.loop(
      upsert.getLowerBound(), upsert.getUpperBound(),
      {k.loadIndex(state, word)}, [&](Value p, ValueRange count) -> Values {
        Values pair = inlineBody(k, upsert, p);
        return ifKept(k, upsert, pair, count, [&]() -> Values {
          Value slot = probe(k, pair[0], base, size);
          Value isNew = k.eq(k.load(tags, slot), empty(k));
          k.store(pair[0], tags, slot);
          if (hasValues())
            mergeValue(k, isNew, slot, pair[1]);
          k.storeCast(slot, list, k.add(listFirst, count[0]));
          return {k.add(count[0], k.toIndex(isNew))};
        });
      });
  k.storeCast(count[0], state, word);
}

Value HashExpansion::drain(KernelBuilder &k, DrainOp drain) {
  Value instance = drain.getInstance();
  Value listFirst = k.mul(instance, listStride);
  Value zero = k.idx(0);
  Value word = stateIndex(k, instance, 0);
  Value count = k.loadIndex(state, word);
  Value listEnd = k.add(listFirst, count);
  k.loop(listFirst, listEnd, [&](Value i) {
    k.store(k.load(tags, k.loadIndex(list, i)), keys, i);
  });
  if (drain.getOrdered())
    buildSort(k, module, KeyRun{keys, list, listFirst, listEnd}, auxKeys,
              auxSlots);
  k.loop(zero, count, [&](Value i) {
    Value from = k.add(listFirst, i), target = k.add(drain.getOffset(), i);
    Value slot = k.loadIndex(list, from);
    k.storeCast(k.load(keys, from), drain.getCoordinates(), target);
    if (hasValues())
      k.store(k.load(values, slot), drain.getValues(), target);
    clearSlot(k, slot);
  });
  k.storeCast(zero, state, word);
  return count;
}

Value HashExpansion::discard(KernelBuilder &k, DiscardOp discard) {
  return clearListed(k, discard.getInstance());
}

Value HashExpansion::clearListed(KernelBuilder &k, Value instance) {
  Value listFirst = k.mul(instance, listStride);
  Value word = stateIndex(k, instance, 0);
  Value count = k.loadIndex(state, word);
  k.loop(listFirst, k.add(listFirst, count),
         [&](Value i) { clearSlot(k, k.loadIndex(list, i)); });
  k.storeCast(k.idx(0), state, word);
  return count;
}

void HashExpansion::gather(KernelBuilder &k, GatherOp gather) {
  Value instance = gather.getInstance();
  Value base = k.mul(instance, stride);
  TableSize size = tableSize(k, gather.getBound());
  k.loop(gather.getLowerBound(), gather.getUpperBound(), [&](Value p) {
    Value key = k.cast(k.load(gather.getCoordinates(), p), type.getKey());
    k.store(k.load(values, probe(k, key, base, size)), gather.getValues(), p);
  });
  // Only now: a slot freed earlier would break the probe of a later key.
  clearListed(k, instance);
}

std::unique_ptr<AccumulatorExpansion>
smash::makeHashExpansion(CreateAccumulatorOp op, ModuleOp module) {
  return std::make_unique<HashExpansion>(op, module);
}
