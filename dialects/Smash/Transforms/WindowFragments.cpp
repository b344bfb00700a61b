//===- WindowFragments.cpp - a hash table in fragments ------------------===//
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
/// A window's hash table in fragments: a slot holds the number of a key, and
/// keys and values stand in arrays in order of insertion, so that a drain reads
/// these from end to end. Threads take numbers in chunks.
///
/// A number's key is written before the slot is claimed for it, so that whoever
/// reads the slot finds the key. The number of an attempt that found its key
/// there already serves the next one. The free slot and the key of a number
/// that was never used are all ones.
class WindowFragments : public AccumulatorExpansion {
public:
  using AccumulatorExpansion::AccumulatorExpansion;

  void upsert(KernelBuilder &k, UpsertOp upsert) override;

protected:
  void allocate(KernelBuilder &k, Value &ok) override;
  void initialise(KernelBuilder &k) override;
  Value keyOfSlot(KernelBuilder &k, Value number) override {
    return k.loadIndex(inserted, number);
  }
  void clearSlot(KernelBuilder &, Value) override {}
  bool listsSlots() override { return false; }
  /// Slots are numbers, which the table holds as keys.
  Type slotType(KernelBuilder &) override { return type.getKey(); }
  Value slotsFor(KernelBuilder &k, DrainWindowOp) override {
    return k.loadIndex(state, counterWord(k));
  }
  Value isUsed(KernelBuilder &k, Value number) override {
    return k.ne(k.load(inserted, number), none(k));
  }
  bool clearsInBulk() override { return true; }
  void closeWindow(KernelBuilder &k, DrainWindowOp drain) override;
  void clearWindow(KernelBuilder &k, DrainWindowOp drain) override;

private:
  /// Words of a thread's state: [next, end) of its chunk.
  enum Word { Next = 1, End = 2 };
  Value none(KernelBuilder &k) { return k.integer(-1, type.getKey()); }
  /// The shared counter stands in the first instance's first word.
  Value counterWord(KernelBuilder &k) { return k.idx(0); }
  TableSize tableSize(KernelBuilder &k, Value bound) {
    return sizeTable(k, bound, op.getFillLimit());
  }
  /// A chunk of numbers, where [next, end) is empty.
  Values refill(KernelBuilder &k, Value next, Value end);

  Value table;    ///< numbers by slot
  Value inserted; ///< keys by number
  Value room;     ///< numbers
};
} // namespace

void WindowFragments::allocate(KernelBuilder &k, Value &ok) {
  // Each thread's last chunk may be unused, but for one number.
  room = k.add(op.getCapacity(),
               k.mulSize(op.getInstances(), k.idx(kInsertionChunk)));
  table = array(k, tableSize(k, op.getCapacity()).slots, type.getKey(), ok);
  inserted = array(k, room, type.getKey(), ok);
  values = array(k, room, type.getValue(), ok);
  allocateShared(k, ok);
}

void WindowFragments::initialise(KernelBuilder &k) {
  Value identity = createIdentity(k, k.getLoc(), monoid(), type.getValue());
  k.stream(k.idx(0), tableSize(k, op.getCapacity()).slots,
           [&](Value slot) { k.store(none(k), table, slot); });
  k.stream(k.idx(0), room,
           [&](Value number) { k.store(identity, values, number); });
}

Values WindowFragments::refill(KernelBuilder &k, Value next, Value end) {
  Type index = k.getIndexType();
  return k.ifElse(
      k.lt(next, end), {index, index}, [&]() -> Values { return {next, end}; },
      [&]() -> Values {
        Value chunk = k.idx(kInsertionChunk);
        Value taken = k.toIndex(memref::AtomicRMWOp::create(
            k, arith::AtomicRMWKind::addi, k.cast(chunk, k.getI64Type()), state,
            ValueRange{counterWord(k)}));
        return {taken, k.add(taken, chunk)};
      });
}

void WindowFragments::upsert(KernelBuilder &k, UpsertOp upsert) {
  TableSize size = tableSize(k, upsert.getBound());
  Value mask = k.sub(size.slots, k.idx(1));
  Value keys = upsert.getKeys() ? upsert.getKeys() : op.getKeys();
  Value nextWord = stateIndex(k, upsert.getInstance(), Next);
  Value endWord = stateIndex(k, upsert.getInstance(), End);
  Values chunk =
      k.loop(upsert.getLowerBound(), upsert.getUpperBound(),
             {k.loadIndex(state, nextWord), k.loadIndex(state, endWord)},
             [&](Value p, ValueRange chunk) -> Values {
               Values pair = inlineBody(k, upsert, p);
               return ifKept(k, upsert, pair, chunk, [&]() -> Values {
                 Value key = pair[0];
                 Values own = refill(k, chunk[0], chunk[1]);
                 Value number = k.cast(own[0], type.getKey());
                 k.store(key, inserted, own[0]);
                 // Carried: the slot, whether to go on, and the number that is
                 // found.
                 Values found = k.whileLoop(
                     {hashKey(k, key, size, op.getHashFunction(), keys),
                      k.boolean(true), number},
                     [&](ValueRange v) { return Value(v[1]); },
                     [&](ValueRange v) -> Values {
                       CountOp::create(k, Event::Probe);
                       Value old = CompareExchangeOp::create(k, table, v[0],
                                                             none(k), number);
                       Value isNew = k.eq(old, none(k));
                       Value holder = k.select(isNew, number, old);
                       Value other = k.load(inserted, k.toIndex(holder));
                       Value taken = k.ne(other, key);
                       Value slot = k.band(k.add(v[0], k.idx(1)), mask);
                       return {k.select(taken, slot, v[0]), taken, holder};
                     });
                 AtomicUpdateOp::create(k, monoid(), values,
                                        k.toIndex(found[2]), pair[1]);
                 Value used = k.toIndex(k.eq(found[2], number));
                 return {k.add(own[0], used), own[1]};
               });
             });
  k.storeCast(chunk[0], state, nextWord);
  k.storeCast(chunk[1], state, endWord);
}

void WindowFragments::closeWindow(KernelBuilder &k, DrainWindowOp drain) {
  // Keys are found by number from now on.
  Value zero = k.idx(0);
  k.stream(zero, tableSize(k, drain.getBound()).slots,
           [&](Value slot) { k.store(none(k), table, slot); });
  // Numbers that nobody used hold no keys.
  k.threads(drain.getThreads(), [&](Value thread) {
    Value nextWord = stateIndex(k, thread, Next);
    Value endWord = stateIndex(k, thread, End);
    k.loop(k.loadIndex(state, nextWord), k.loadIndex(state, endWord),
           [&](Value number) { k.store(none(k), inserted, number); });
    k.storeCast(zero, state, nextWord);
    k.storeCast(zero, state, endWord);
  });
}

void WindowFragments::clearWindow(KernelBuilder &k, DrainWindowOp drain) {
  Value zero = k.idx(0);
  Value numbers = slotsFor(k, drain);
  Value identity = createIdentity(k, k.getLoc(), monoid(), type.getValue());
  k.stream(zero, numbers,
           [&](Value number) { k.store(identity, values, number); });
  k.storeCast(zero, state, counterWord(k));
}

std::unique_ptr<AccumulatorExpansion>
smash::makeWindowFragments(CreateAccumulatorOp op, ModuleOp module) {
  return std::make_unique<WindowFragments>(op, module);
}
