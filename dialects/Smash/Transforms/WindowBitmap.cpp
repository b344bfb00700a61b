//===- WindowBitmap.cpp - a window of rows as an array ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "Smash/Transforms/TargetLowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace smash;

/// Keys of a word.
static constexpr int64_t kWordBits = 64;

/// Words that one thread drains at a time, at most: enough that few counts are
/// summed. A window of fewer words is cut into as many segments for each thread
/// that all are busy to the end.
static constexpr int64_t kSegmentWords = 32, kSegmentsOfThread = 4;

/// Segments with more entries a word, and with more than twice what a thread
/// has of the window, are shared; kFullSegments of a window, at most.
static constexpr int64_t kFullWord = 8;

namespace {
/// A window of rows as an array: a value for each row and column, and a bit
/// that says whether it is there. Threads add to both and wait for neither; a
/// sorted row comes out without a sort. Rows start at words: the window's
/// columns are padded.
class WindowBitmap : public AccumulatorExpansion {
public:
  using AccumulatorExpansion::AccumulatorExpansion;

  void upsert(KernelBuilder &k, UpsertOp upsert) override;
  Value drainWindow(KernelBuilder &k, DrainWindowOp drain) override;

protected:
  void allocate(KernelBuilder &k, Value &ok) override;
  void initialise(KernelBuilder &k) override;
  Value keyOfSlot(KernelBuilder &, Value slot) override { return slot; }
  void clearSlot(KernelBuilder &, Value) override {}

private:
  Value wordsOf(KernelBuilder &k, Value keys) {
    return k.ceildivu(keys, k.idx(kWordBits));
  }

  Value words;  ///< a bit for each key
  Value full;   ///< segments that are shared
  Value counts; ///< by segment: its entries, then where they go; and the end
};
} // namespace

void WindowBitmap::allocate(KernelBuilder &k, Value &ok) {
  Value size = wordsOf(k, op.getKeys());
  words = array(k, size, k.getI64Type(), ok, /*zeroed=*/true);
  values = array(k, op.getKeys(), type.getValue(), ok);
  // A row has at least one segment, and at least one word of them.
  counts = array(k, k.add(size, k.idx(1)), k.getI64Type(), ok);
  full = array(k, k.idx(kFullSegments), k.getI64Type(), ok);
}

void WindowBitmap::initialise(KernelBuilder &k) {
  Value identity = createIdentity(k, k.getLoc(), monoid(), type.getValue());
  k.stream(k.idx(0), op.getKeys(),
           [&](Value slot) { k.store(identity, values, slot); });
}

void WindowBitmap::upsert(KernelBuilder &k, UpsertOp upsert) {
  Type i64 = k.getI64Type();
  k.loop(upsert.getLowerBound(), upsert.getUpperBound(), [&](Value p) {
    Values pair = inlineBody(k, upsert, p);
    ifKept(k, upsert, pair, {}, [&]() -> Values {
      Value slot = k.toIndex(pair[0]);
      Value bit = k.shl(k.integer(1, i64),
                        k.cast(k.band(slot, k.idx(kWordBits - 1)), i64));
      Value word = k.shr(slot, k.idx(6));
      if (upsert.getAtomic()) {
        memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::ori, bit, words,
                                    ValueRange{word});
        AtomicUpdateOp::create(k, monoid(), values, slot, pair[1]);
        return {};
      }
      k.store(k.bor(k.load(words, word), bit), words, word);
      Value old = k.load(values, slot);
      k.store(mergeInto(k, monoid(), old, pair[1]), values, slot);
      return {};
    });
  });
}

Value WindowBitmap::drainWindow(KernelBuilder &k, DrainWindowOp drain) {
  Value one = k.idx(1);
  Type i64 = k.getI64Type();
  Value threads = drain.getThreads(), rows = drain.getRows();
  // Without columns there are no words; a row has a segment all the same.
  Value rowWords = wordsOf(k, drain.getColumns());
  Value share =
      k.divu(k.mul(rows, rowWords), k.mul(threads, k.idx(kSegmentsOfThread)));
  // A power of two, and no less: an odd one would leave a few words over.
  Value log2 = k.sub(k.integer(64, i64),
                     math::CountLeadingZerosOp::create(
                         k, k.cast(k.sub(k.max(share, one), one), i64)));
  Value length =
      k.min(k.toIndex(k.shl(k.integer(1, i64), log2)), k.idx(kSegmentWords));
  Value rowSegments = k.max(k.ceildivu(rowWords, length), one);
  Value segments = k.mul(rows, rowSegments);
  /// The words of a segment, and where its row starts.
  auto forEachWord = [&](Value segment, ValueRange inits,
                         function_ref<Values(Value, Value, ValueRange)> body) {
    Value row = k.divu(segment, rowSegments);
    Value first = k.mul(row, rowWords);
    Value lo = k.mul(k.sub(segment, k.mul(row, rowSegments)), length);
    Value hi = k.min(k.add(lo, length), rowWords);
    return k.loop(lo, hi, inits, [&](Value word, ValueRange v) -> Values {
      return body(k.add(first, word), word, v);
    });
  };
  // Count.
  k.threads(threads, [&](Value thread) {
    k.loop(thread, segments, threads, [&](Value segment) {
      Values count = forEachWord(segment, {k.integer(0, i64)},
                                 [&](Value at, Value, ValueRange v) -> Values {
                                   Value bits = math::CtPopOp::create(
                                       k, k.load(words, at));
                                   return {k.add(v[0], bits)};
                                 });
      k.store(count[0], counts, segment);
    });
  });
  // Where a segment's entries go, and how many a row has.
  Value total = sumShared(k, threads, counts, segments);
  k.threads(threads, [&](Value thread) {
    k.loop(thread, rows, threads, [&](Value row) {
      Value first = k.mul(row, rowSegments);
      Value begin = k.loadIndex(counts, first);
      Value end = k.loadIndex(counts, k.add(first, rowSegments));
      k.storeCast(k.sub(end, begin), drain.getPositions(),
                  k.add(k.add(drain.getFirstRow(), row), one));
    });
  });
  // Write out, and leave values as they were at first. Segments are as full as
  // their columns are: the next one goes to whoever is done with the last, and
  // the fullest are left for the end, when all threads share their words.
  Value zero = k.idx(0);
  auto fetchAdd = [&](Value counter) -> Value {
    return k.toIndex(memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::addi,
                                                 k.integer(1, i64), state,
                                                 ValueRange{counter}));
  };
  Value taken = stateIndex(k, zero, 0), listed = stateIndex(k, zero, 1);
  k.store(k.integer(0, i64), state, taken);
  k.store(k.integer(0, i64), state, listed);
  Value most = k.idx(kFullSegments);
  Value manyEntries = k.max(k.mul(length, k.idx(kFullWord)),
                            k.divu(k.mul(total, k.idx(2)), threads));
  Value none = k.integer(0, i64);
  /// Writes the entries of word `word` of a row to `to` and on; behind them.
  auto writeWord = [&](Value at, Value word, Value to, bool clears) -> Value {
    Value identity = createIdentity(k, k.getLoc(), monoid(), type.getValue());
    Value bits = k.load(words, at);
    auto write = [&]() -> Values {
      if (clears)
        k.store(none, words, at);
      Value column = k.mul(word, k.idx(kWordBits));
      Value slot = k.mul(at, k.idx(kWordBits));
      Values end = k.whileLoop(
          {bits, to}, [&](ValueRange w) { return k.ne(w[0], none); },
          [&](ValueRange w) -> Values {
            Value bit = k.toIndex(math::CountTrailingZerosOp::create(k, w[0]));
            Value from = k.add(slot, bit);
            k.storeCast(k.add(column, bit), drain.getCoordinates(), w[1]);
            k.store(k.load(values, from), drain.getValues(), w[1]);
            k.store(identity, values, from);
            // Without its lowest bit.
            Value rest = k.band(w[0], k.sub(w[0], k.integer(1, i64)));
            return {rest, k.add(w[1], one)};
          });
      return {end[1]};
    };
    // Most words are empty where C is sparse.
    return k.ifElse(k.ne(bits, none), k.getIndexType(), write,
                    [&]() -> Values { return {to}; })[0];
  };
  auto startOf = [&](Value segment) {
    return k.add(drain.getOffset(), k.loadIndex(counts, segment));
  };
  k.threads(threads, [&](Value) {
    k.whileLoop(
        {fetchAdd(taken)}, [&](ValueRange v) { return k.lt(v[0], segments); },
        [&](ValueRange v) -> Values {
          Value segment = v[0];
          Value start = startOf(segment);
          Value end = startOf(k.add(segment, one));
          Value isFull = k.gt(k.sub(end, start), manyEntries);
          Value left = k.ifElse(
              isFull, k.getI1Type(),
              [&]() -> Values {
                Value number = fetchAdd(listed);
                Value fits = k.lt(number, most);
                k.ifThen(fits, [&] { k.storeCast(segment, full, number); });
                return {k.logicalNot(fits)};
              },
              [&]() -> Values { return {k.boolean(true)}; })[0];
          k.ifThen(left, [&] {
            forEachWord(segment, {start},
                        [&](Value at, Value word, ValueRange v) -> Values {
                          return {writeWord(at, word, v[0], /*clears=*/true)};
                        });
          });
          return {fetchAdd(taken)};
        });
  });
  Value shared = k.min(k.loadIndex(state, listed), most);
  /// Calls `body` for the words of full segments, shared among all threads.
  auto forEachShared =
      [&](function_ref<void(Value, Value, Value, Value)> body) {
        k.threads(threads, [&](Value thread) {
          k.loop(thread, k.mul(shared, length), threads, [&](Value item) {
            Value number = k.divu(item, length);
            Value segment = k.loadIndex(full, number);
            Value row = k.divu(segment, rowSegments);
            Value lo = k.mul(k.sub(segment, k.mul(row, rowSegments)), length);
            Value word = k.add(lo, k.sub(item, k.mul(number, length)));
            k.ifThen(k.lt(word, rowWords),
                     [&] { body(segment, k.mul(row, rowWords), lo, word); });
          });
        });
      };
  k.ifThen(k.gt(shared, zero), [&] {
    forEachShared([&](Value segment, Value first, Value lo, Value word) {
      // Behind the entries of the words before it, which stay for that.
      Value before =
          k.loop(lo, word, {none}, [&](Value other, ValueRange v) -> Values {
            Value bits = k.load(words, k.add(first, other));
            return {k.add(v[0], math::CtPopOp::create(k, bits))};
          })[0];
      writeWord(k.add(first, word), word,
                k.add(startOf(segment), k.toIndex(before)), /*clears=*/false);
    });
    forEachShared([&](Value, Value first, Value, Value word) {
      k.store(none, words, k.add(first, word));
    });
  });
  return total;
}

std::unique_ptr<AccumulatorExpansion>
smash::makeWindowBitmap(CreateAccumulatorOp op, ModuleOp module) {
  return std::make_unique<WindowBitmap>(op, module);
}
