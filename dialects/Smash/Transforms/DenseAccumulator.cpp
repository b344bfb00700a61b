//===- DenseAccumulator.cpp - an array of values by key -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace smash;

/// Keys whose occupancy bytes are looked at together, one bit each.
static constexpr int64_t kWordKeys = 64;

/// Runs of consecutive keys from this length on are worth a loop of their own.
static constexpr int64_t kStreamKeys = 12;

namespace {
/// Slots are keys. A byte a key says whether it is in use: a store without a
/// load, so that neighbours do not wait for each other as bits of one word
/// would.
class DenseExpansion : public AccumulatorExpansion {
public:
  using AccumulatorExpansion::AccumulatorExpansion;

  void upsert(KernelBuilder &k, UpsertOp upsert) override;
  Value drain(KernelBuilder &k, DrainOp drain) override;
  Value discard(KernelBuilder &k, DiscardOp discard) override;
  void gather(KernelBuilder &k, GatherOp gather) override;

protected:
  void allocate(KernelBuilder &k, Value &ok) override;
  void initialise(KernelBuilder &k) override;
  Value keyOfSlot(KernelBuilder &, Value slot) override { return slot; }
  bool hasAlignedRows() override { return false; }
  void clearSlot(KernelBuilder &k, Value slot) override {
    k.store(k.integer(0, k.getI8Type()), flags, slot);
  }

private:
  bool hasList() { return op.getOccupancy() == Occupancy::List; }
  bool listsSlots() override { return hasList(); }
  /// Whether free slots hold the identity of the add, so that an upsert need
  /// not ask whether its key is new: always, but where adding to the identity
  /// does not give the value itself.
  bool holdsIdentity() {
    return hasValues() && monoid() != Monoid::Or && monoid() != Monoid::Any;
  }
  /// Merges `value` into a slot, whose flag need be loaded only if `isNew` is
  /// called.
  void merge(KernelBuilder &k, Value slot, Value value,
             function_ref<Value()> isNew) {
    if (!holdsIdentity())
      return mergeValue(k, isNew(), slot, value);
    Value old = k.load(values, slot);
    k.store(createAdd(k, k.getLoc(), monoid(), old, value), values, slot);
  }
  Value identity(KernelBuilder &k) {
    return createIdentity(k, k.getLoc(), monoid(), type.getValue());
  }
  /// The first slot of an instance.
  Value base(KernelBuilder &k, Value instance) {
    return k.mul(instance, stride);
  }
  Value listBase(KernelBuilder &k, Value instance) {
    return k.mul(instance, listStride);
  }
  /// Frees the slots of an instance; how many were in use.
  Value clear(KernelBuilder &k, Value instance);
  void upsertShared(KernelBuilder &k, UpsertOp upsert);
  void upsertList(KernelBuilder &k, UpsertOp upsert);
  void upsertRange(KernelBuilder &k, UpsertOp upsert);
  /// Merges `pair` into its slot and says that it is in use.
  void mergeFlagged(KernelBuilder &k, Value slot, const Values &pair);
  /// Writes out one key and frees it.
  void emitKey(KernelBuilder &k, DrainOp drain, Value base, Value key,
               Value target);
  /// For each bit of `word` (an i64), lowest first, with what is carried.
  Value forEachBit(KernelBuilder &k, Value word, Value first, Value carried,
                   function_ref<Value(Value, Value)> body);
  /// Writes out the keys of `mask` (not 0), whose lowest bit is key `first`,
  /// from `target` on; where the next goes.
  Value emitWord(KernelBuilder &k, DrainOp drain, Value base, Value mask,
                 Value first, Value target);
  Value drainList(KernelBuilder &k, DrainOp drain);
  Value drainRange(KernelBuilder &k, DrainOp drain);
  /// Clears the flags in the range of keys seen, 64 at a time, and calls `body`
  /// with the mask of those that were set, the first key, and what is carried.
  Value walkRange(KernelBuilder &k, Value instance, Value carried,
                  function_ref<Value(Value, Value, Value)> body);
  Value walkBitmap(KernelBuilder &k, DrainOp drain, Value lowest, Value highest,
                   Value count);

  Value flags;      ///< one byte a key
  Value stride;     ///< slots of an instance, a multiple of kWordKeys
  Value listStride; ///< entries of an instance's list
  Value bits;       ///< one bit a key, for sorting a list
  Value summary;    ///< one bit a word of `bits`
};
} // namespace

void DenseExpansion::allocate(KernelBuilder &k, Value &ok) {
  Value instances = op.getInstances();
  Value word = k.idx(kWordKeys);
  // At least one word, so that the bit walk has one to look at.
  stride = k.mul(k.add(k.divu(op.getKeys(), word), k.idx(1)), word);
  Value slots = k.mulSize(instances, stride);
  flags = array(k, slots, k.getI8Type(), ok, /*zeroed=*/true);
  if (hasValues())
    values = array(k, slots, type.getValue(), ok);
  if (op.getShared()) {
    allocateShared(k, ok);
    return;
  }
  if (!hasList())
    return;
  // One more than it holds: an upsert stores first and counts afterwards.
  listStride = k.add(k.min(op.getCapacity(), op.getKeys()), k.idx(1));
  Value entries = k.mulSize(instances, listStride);
  list = array(k, entries, type.getKey(), ok);
  auxKeys = array(k, entries, type.getKey(), ok);
  Value words = k.divu(stride, word);
  bits = array(k, k.mulSize(instances, words), k.getI64Type(), ok, true);
  summary = array(k, k.mulSize(instances, k.add(k.divu(words, word), k.idx(1))),
                  k.getI64Type(), ok, true);
}

void DenseExpansion::initialise(KernelBuilder &k) {
  Value zero = k.idx(0);
  if (holdsIdentity() || op.getShared()) {
    Value free = identity(k);
    k.stream(zero, k.mul(op.getInstances(), stride),
             [&](Value slot) { k.store(free, values, slot); });
  }
  if (op.getShared() || hasList())
    return;
  k.loop(zero, op.getInstances(), [&](Value instance) {
    k.storeCast(op.getKeys(), state, stateIndex(k, instance, 1));
  });
}

void DenseExpansion::upsert(KernelBuilder &k, UpsertOp upsert) {
  if (upsert.getAtomic())
    upsertShared(k, upsert);
  else if (op.getShared() || hasList())
    upsertList(k, upsert);
  else
    upsertRange(k, upsert);
}

void DenseExpansion::upsertShared(KernelBuilder &k, UpsertOp upsert) {
  k.loop(upsert.getLowerBound(), upsert.getUpperBound(), [&](Value p) {
    Values pair = inlineBody(k, upsert, p);
    ifKept(k, upsert, pair, {}, [&]() -> Values {
      Value slot = k.toIndex(pair[0]);
      Type i8 = k.getI8Type();
      Value old = CompareExchangeOp::create(k, flags, slot, k.integer(0, i8),
                                            k.integer(1, i8));
      k.ifThen(k.eq(old, k.integer(0, i8)), [&] { appendShared(k, slot); });
      AtomicUpdateOp::create(k, monoid(), values, slot, pair[1]);
      return {};
    });
  });
}

void DenseExpansion::upsertList(KernelBuilder &k, UpsertOp upsert) {
  Value instance = upsert.getInstance();
  Value first = base(k, instance);
  // A shared accumulator has one list.
  Value listFirst = op.getShared() ? k.idx(0) : listBase(k, instance);
  Value word = stateIndex(k, instance, 0);
  Values count = k.loop(
      upsert.getLowerBound(), upsert.getUpperBound(),
      {k.loadIndex(state, word)}, [&](Value p, ValueRange count) -> Values {
        Values pair = inlineBody(k, upsert, p);
        return ifKept(k, upsert, pair, count, [&]() -> Values {
          Value slot = k.add(first, k.toIndex(pair[0]));
          Type i8 = k.getI8Type();
          Value isNew = k.eq(k.load(flags, slot), k.integer(0, i8));
          if (hasValues())
            merge(k, slot, pair[1], [&] { return isNew; });
          k.store(k.integer(1, i8), flags, slot);
          // Without a branch, which on random keys would be mispredicted: what
          // is not new is overwritten by the next.
          if (op.getShared())
            k.ifThen(isNew, [&] {
              k.storeCast(pair[0], list, k.add(listFirst, count[0]));
            });
          else
            k.store(pair[0], list, k.add(listFirst, count[0]));
          return {k.add(count[0], k.toIndex(isNew))};
        });
      });
  k.storeCast(count[0], state, word);
}

void DenseExpansion::mergeFlagged(KernelBuilder &k, Value slot,
                                  const Values &pair) {
  Type i8 = k.getI8Type();
  if (hasValues())
    merge(k, slot, pair[1],
          [&] { return k.eq(k.load(flags, slot), k.integer(0, i8)); });
  k.store(k.integer(1, i8), flags, slot);
}

void DenseExpansion::upsertRange(KernelBuilder &k, UpsertOp upsert) {
  Value instance = upsert.getInstance();
  Value first = base(k, instance);
  Value low = stateIndex(k, instance, 1), high = stateIndex(k, instance, 2);
  Value lo = upsert.getLowerBound(), hi = upsert.getUpperBound();
  Value lowest = k.loadIndex(state, low), behind = k.loadIndex(state, high);
  auto widen = [&](Value lowest, Value behind, Value from, Value to) -> Values {
    return {k.min(lowest, from), k.max(behind, k.add(to, k.idx(1)))};
  };
  if (!upsert.getOrdered() || isFiltered(upsert)) {
    Values range = k.loop(
        lo, hi, {lowest, behind}, [&](Value p, ValueRange range) -> Values {
          Values pair = inlineBody(k, upsert, p);
          return ifKept(k, upsert, pair, range, [&]() -> Values {
            Value key = k.toIndex(pair[0]);
            mergeFlagged(k, k.add(first, key), pair);
            return widen(range[0], range[1], key, key);
          });
        });
    k.storeCast(range[0], state, low);
    k.storeCast(range[1], state, high);
    return;
  }
  k.ifThen(k.lt(lo, hi), [&] {
    // The ends of an ordered run are its range.
    Value last = k.sub(hi, k.idx(1));
    Value from = k.toIndex(inlineBody(k, upsert, lo)[0]);
    Value to = k.toIndex(inlineBody(k, upsert, last)[0]);
    Values range = widen(lowest, behind, from, to);
    k.storeCast(range[0], state, low);
    k.storeCast(range[1], state, high);
    // A run without gaps needs none of its keys: a stream, which vectorizes.
    Value length = k.sub(hi, lo);
    Value isDense = k.band(k.eq(k.sub(to, from), k.sub(last, lo)),
                           k.le(k.idx(kStreamKeys), length));
    k.ifElse(
        isDense, {},
        [&]() -> Values {
          Value target = k.add(first, from);
          k.stream(k.idx(0), length, [&](Value i) {
            Values pair = inlineBody(k, upsert, k.add(lo, i));
            CountOp::create(k, Event::Product);
            mergeFlagged(k, k.add(target, i), pair);
          });
          return {};
        },
        [&]() -> Values {
          k.loop(lo, hi, [&](Value p) {
            Values pair = inlineBody(k, upsert, p);
            CountOp::create(k, Event::Product);
            mergeFlagged(k, k.add(first, k.toIndex(pair[0])), pair);
          });
          return {};
        });
  });
}

void DenseExpansion::emitKey(KernelBuilder &k, DrainOp drain, Value base,
                             Value key, Value target) {
  Value slot = k.add(base, key);
  k.storeCast(key, drain.getCoordinates(), target);
  if (hasValues())
    k.store(k.load(values, slot), drain.getValues(), target);
  if (holdsIdentity())
    k.store(identity(k), values, slot);
}

Value DenseExpansion::forEachBit(KernelBuilder &k, Value word, Value first,
                                 Value carried,
                                 function_ref<Value(Value, Value)> body) {
  Type i64 = k.getI64Type();
  Values end = k.whileLoop(
      {word, carried},
      [&](ValueRange v) { return k.ne(v[0], k.integer(0, i64)); },
      [&](ValueRange v) -> Values {
        Value bit = math::CountTrailingZerosOp::create(k, v[0]);
        Value next = body(k.add(first, k.toIndex(bit)), v[1]);
        // Clears the lowest bit.
        return {k.band(v[0], k.sub(v[0], k.integer(1, i64))), next};
      });
  return end[1];
}

Value DenseExpansion::emitWord(KernelBuilder &k, DrainOp drain, Value base,
                               Value mask, Value first, Value target) {
  Type i64 = k.getI64Type();
  Value count = k.toIndex(math::CtPopOp::create(k, mask));
  Value skipped = math::CountTrailingZerosOp::create(k, mask);
  // A run without gaps, shifted down, is one less than a power of two.
  Value run = k.shr(mask, skipped);
  Value gaps = k.band(run, k.add(run, k.integer(1, i64)));
  Value isRun =
      k.band(k.eq(gaps, k.integer(0, i64)), k.le(k.idx(kStreamKeys), count));
  return k.ifElse(
      isRun, k.getIndexType(),
      [&]() -> Values {
        Value from = k.add(first, k.toIndex(skipped));
        k.stream(k.idx(0), count, [&](Value i) {
          emitKey(k, drain, base, k.add(from, i), k.add(target, i));
        });
        return {k.add(target, count)};
      },
      [&]() -> Values {
        return {
            forEachBit(k, mask, first, target, [&](Value key, Value target) {
              emitKey(k, drain, base, key, target);
              return k.add(target, k.idx(1));
            })};
      })[0];
}

Value DenseExpansion::drain(KernelBuilder &k, DrainOp drain) {
  return hasList() ? drainList(k, drain) : drainRange(k, drain);
}

Value DenseExpansion::walkRange(KernelBuilder &k, Value instance, Value carried,
                                function_ref<Value(Value, Value, Value)> body) {
  Value first = base(k, instance);
  Value low = stateIndex(k, instance, 1), high = stateIndex(k, instance, 2);
  Value behind = k.loadIndex(state, high);
  Value step = k.idx(kWordKeys);
  Value begin = k.mul(k.divu(k.loadIndex(state, low), step), step);
  Type i8 = k.getI8Type();
  auto bytes = VectorType::get({kWordKeys}, i8);
  auto one = VectorType::get({1}, k.getI64Type());
  Value zeros = arith::ConstantOp::create(
      k, DenseElementsAttr::get(bytes, k.getIntegerAttr(i8, 0)));
  Value words = k.divu(
      k.add(k.sub(k.max(behind, begin), begin), k.idx(kWordKeys - 1)), step);
  Values end =
      k.loop(k.idx(0), words, {carried}, [&](Value w, ValueRange v) -> Values {
        Value key = k.add(begin, k.mul(w, step));
        Value slot = k.add(first, key);
        Value loaded =
            vector::LoadOp::create(k, bytes, flags, ValueRange{slot});
        Value used =
            arith::CmpIOp::create(k, arith::CmpIPredicate::ne, loaded, zeros);
        Value mask = vector::ExtractOp::create(
            k, vector::BitCastOp::create(k, one, used), 0);
        Value some = k.ne(mask, k.integer(0, k.getI64Type()));
        return k.ifElse(
            some, carried.getType(),
            [&]() -> Values {
              vector::StoreOp::create(k, zeros, flags, ValueRange{slot});
              return {body(mask, key, v[0])};
            },
            [&]() -> Values { return {v[0]}; });
      });
  k.storeCast(op.getKeys(), state, low);
  k.storeCast(k.idx(0), state, high);
  return end[0];
}

Value DenseExpansion::drainRange(KernelBuilder &k, DrainOp drain) {
  Value instance = drain.getInstance();
  Value first = base(k, instance);
  Value end = walkRange(k, instance, drain.getOffset(),
                        [&](Value mask, Value key, Value target) {
                          return emitWord(k, drain, first, mask, key, target);
                        });
  return k.sub(end, drain.getOffset());
}

Value DenseExpansion::discard(KernelBuilder &k, DiscardOp discard) {
  return clear(k, discard.getInstance());
}

Value DenseExpansion::clear(KernelBuilder &k, Value instance) {
  Value first = base(k, instance);
  auto free = [&](Value key) {
    Value slot = k.add(first, key);
    if (holdsIdentity())
      k.store(identity(k), values, slot);
    k.store(k.integer(0, k.getI8Type()), flags, slot);
  };
  if (hasList()) {
    Value listFirst = listBase(k, instance);
    Value word = stateIndex(k, instance, 0);
    Value count = k.loadIndex(state, word);
    k.loop(listFirst, k.add(listFirst, count),
           [&](Value i) { free(k.loadIndex(list, i)); });
    k.storeCast(k.idx(0), state, word);
    return count;
  }
  return walkRange(
      k, instance, k.idx(0), [&](Value mask, Value key, Value count) {
        if (holdsIdentity())
          forEachBit(k, mask, key, count, [&](Value key, Value count) {
            free(key);
            return count;
          });
        return k.add(count, k.toIndex(math::CtPopOp::create(k, mask)));
      });
}

/// Sorts a long list by its bits: sets one a key, and one a word of 64 keys,
/// then reads them in order. Linear in the keys and a 4096th of their range.
Value DenseExpansion::walkBitmap(KernelBuilder &k, DrainOp drain, Value lowest,
                                 Value highest, Value count) {
  Type i64 = k.getI64Type();
  Value instance = drain.getInstance();
  Value first = base(k, instance), listFirst = listBase(k, instance);
  Value word = k.idx(kWordKeys);
  Value words = k.divu(stride, word);
  Value bitsFirst = k.mul(instance, words);
  Value summaryFirst = k.mul(instance, k.add(k.divu(words, word), k.idx(1)));
  auto setBit = [&](Value array, Value first, Value index) {
    Value at = k.add(first, k.divu(index, word));
    Value bit = k.shl(k.integer(1, i64), k.cast(k.remu(index, word), i64));
    k.store(k.bor(k.load(array, at), bit), array, at);
  };
  k.loop(k.idx(0), count, [&](Value i) {
    Value key = k.loadIndex(list, k.add(listFirst, i));
    setBit(bits, bitsFirst, key);
    setBit(summary, summaryFirst, k.divu(key, word));
  });
  Value lo = k.divu(lowest, k.idx(kWordKeys * kWordKeys));
  Value hi = k.divu(highest, k.idx(kWordKeys * kWordKeys));
  Value zero = k.integer(0, i64), zero8 = k.integer(0, k.getI8Type());
  Values end = k.loop(
      lo, k.add(hi, k.idx(1)), {drain.getOffset()},
      [&](Value s, ValueRange v) -> Values {
        Value at = k.add(summaryFirst, s);
        Value used = k.load(summary, at);
        k.store(zero, summary, at);
        return {forEachBit(
            k, used, k.mul(s, word), v[0], [&](Value w, Value target) {
              Value at = k.add(bitsFirst, w);
              Value keys = k.load(bits, at);
              k.store(zero, bits, at);
              return forEachBit(k, keys, k.mul(w, word), target,
                                [&](Value key, Value target) {
                                  emitKey(k, drain, first, key, target);
                                  k.store(zero8, flags, k.add(first, key));
                                  return k.add(target, k.idx(1));
                                });
            })};
      });
  return end[0];
}

Value DenseExpansion::drainList(KernelBuilder &k, DrainOp drain) {
  Value instance = drain.getInstance();
  Value first = base(k, instance), listFirst = listBase(k, instance);
  Value zero = k.idx(0), one = k.idx(1);
  Value word = stateIndex(k, instance, 0);
  Value count = k.loadIndex(state, word);
  Value listEnd = k.add(listFirst, count);
  KeyRun run{list, Value(), listFirst, listEnd};
  Type index = k.getIndexType();
  auto writeList = [&] {
    k.loop(zero, count, [&](Value i) {
      Value key = k.loadIndex(list, k.add(listFirst, i));
      emitKey(k, drain, first, key, k.add(drain.getOffset(), i));
      k.store(k.integer(0, k.getI8Type()), flags, k.add(first, key));
    });
  };
  if (!drain.getOrdered()) {
    writeList();
  } else {
    // Short: by insertion. In order already: as it is. Spread over a range that
    // is wide for its length: by merging. Else by the bitmap.
    Values walk = k.ifElse(
        k.le(count, k.idx(kInsertionLimit)), {k.getI1Type(), index, index},
        [&]() -> Values {
          buildInsertionSort(k, module, run);
          return {k.boolean(false), zero, zero};
        },
        [&]() -> Values {
          Value start = k.loadIndex(list, listFirst);
          Values seen =
              k.loop(k.add(listFirst, one), listEnd,
                     {start, start, start, k.boolean(true)},
                     [&](Value i, ValueRange v) -> Values {
                       Value key = k.loadIndex(list, i);
                       return {key, k.min(v[1], key), k.max(v[2], key),
                               k.band(v[3], k.lt(v[0], key))};
                     });
          Value lowest = seen[1], highest = seen[2];
          Value spans =
              k.divu(k.sub(highest, lowest), k.idx(kWordKeys * kWordKeys));
          Value wide = k.gt(spans, k.mul(count, k.idx(2)));
          Value merges = k.band(wide, k.logicalNot(seen[3]));
          k.ifThen(merges,
                   [&] { buildSort(k, module, run, auxKeys, Value()); });
          return {k.logicalNot(k.bor(seen[3], wide)), lowest, highest};
        });
    k.ifElse(
        walk[0], {},
        [&]() -> Values {
          walkBitmap(k, drain, walk[1], walk[2], count);
          return {};
        },
        [&]() -> Values {
          writeList();
          return {};
        });
  }
  k.storeCast(zero, state, word);
  return count;
}

void DenseExpansion::gather(KernelBuilder &k, GatherOp gather) {
  Value instance = gather.getInstance();
  Value first = base(k, instance);
  k.loop(gather.getLowerBound(), gather.getUpperBound(), [&](Value p) {
    Value slot = k.add(first, k.loadIndex(gather.getCoordinates(), p));
    k.store(k.load(values, slot), gather.getValues(), p);
  });
  // All of it: a mask may have left keys out of the pattern.
  clear(k, instance);
}

std::unique_ptr<AccumulatorExpansion>
smash::makeDenseExpansion(CreateAccumulatorOp op, ModuleOp module) {
  return std::make_unique<DenseExpansion>(op, module);
}
