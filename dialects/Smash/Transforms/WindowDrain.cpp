//===- WindowDrain.cpp - a window of rows in order ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Draining a table that the threads of a block share: a counting sort by
// buckets of neighbouring columns, in which all threads take part whatever the
// lengths of rows.
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace smash;

/// Columns of a bucket whose keys are put in order by the bits of one word,
/// as log2: counting bits tells how many are below one.
static constexpr int64_t kWordLog2 = 6;

/// Buckets that a thread sorts at a time: enough that where the first begins
/// is looked up rarely, few enough that dense rows are shared.
static constexpr int64_t kBucketsAtOnce = 16;

namespace {
/// One drain of a window.
class WindowDrain {
public:
  WindowDrain(KernelBuilder &k, DrainWindowOp drain, bool aligned)
      : k(k), threads(drain.getThreads()), rows(drain.getRows()),
        columns(k.max(drain.getColumns(), k.idx(1))), aligned(aligned),
        ordered(drain.getOrdered()) {
    if (aligned)
      log2 = k.toIndex(math::CountTrailingZerosOp::create(
          k, k.cast(columns, k.getI64Type())));
  }

  Value rowOf(Value key) {
    return aligned ? k.shr(key, log2) : k.divu(key, columns);
  }
  Value columnOf(Value key) {
    return aligned ? k.band(key, k.sub(columns, k.idx(1)))
                   : k.remu(key, columns);
  }
  Value bucketOf(Value key) {
    if (!ordered)
      return rowOf(key);
    if (aligned)
      return k.shr(key, shift);
    return k.add(k.mul(rowOf(key), perRow), k.shr(columnOf(key), shift));
  }

  void cutBuckets(Value bound);

  KernelBuilder &k;
  Value threads, rows, columns;
  bool aligned, ordered;
  Value log2;                 ///< of the columns, where they are a power of two
  Value shift, perRow, count; ///< columns of a bucket as log2; buckets
};
} // namespace

/// As many buckets as `bound` keys or rows at most, each within one row.
void WindowDrain::cutBuckets(Value bound) {
  Value one = k.idx(1);
  if (!ordered) {
    perRow = one;
    count = rows;
    return;
  }
  // With q = (columns - 1) / most, a bucket of 2^(bits of q) > q columns makes
  // at most `most` of a row.
  Type i64 = k.getI64Type();
  Value most = k.max(k.divu(bound, k.max(rows, one)), one);
  Value last = k.sub(columns, one);
  Value zeros =
      math::CountLeadingZerosOp::create(k, k.cast(k.divu(last, most), i64));
  shift = k.max(k.toIndex(k.sub(k.integer(64, i64), zeros)), k.idx(kWordLog2));
  if (aligned)
    shift = k.min(shift, log2);
  perRow = k.add(k.shr(last, shift), one);
  count = k.mul(rows, perRow);
}

Value AccumulatorExpansion::sumShared(KernelBuilder &k, Value threads,
                                      Value counts, Value count) {
  // Each thread a run, one thread the threads' sums.
  Value zero = k.idx(0), one = k.idx(1);
  Value run = k.divu(k.add(count, k.sub(threads, one)), threads);
  auto sumOf = [&](Value thread) { return stateIndex(k, thread, kSumWord); };
  auto forEachOf = [&](Value thread, Value start,
                       function_ref<Value(Value, Value)> body) {
    Value lo = k.min(k.mul(thread, run), count);
    Value hi = k.min(k.add(lo, run), count);
    return k.loop(lo, hi, {start}, [&](Value i, ValueRange v) -> Values {
      return {body(i, v[0])};
    })[0];
  };
  k.threads(threads, [&](Value thread) {
    Value sum = forEachOf(thread, zero, [&](Value i, Value sum) {
      return k.add(sum, k.loadIndex(counts, i));
    });
    k.storeCast(sum, state, sumOf(thread));
  });
  Value total =
      k.loop(zero, threads, {zero}, [&](Value thread, ValueRange v) -> Values {
        Value sum = k.loadIndex(state, sumOf(thread));
        k.storeCast(v[0], state, sumOf(thread));
        return {k.add(v[0], sum)};
      })[0];
  k.storeCast(total, counts, count);
  k.threads(threads, [&](Value thread) {
    Value start = k.loadIndex(state, sumOf(thread));
    forEachOf(thread, start, [&](Value i, Value start) {
      Value here = k.loadIndex(counts, i);
      k.storeCast(start, counts, i);
      return k.add(start, here);
    });
  });
  return total;
}

Value AccumulatorExpansion::drainWindow(KernelBuilder &k, DrainWindowOp drain) {
  Value zero = k.idx(0), one = k.idx(1);
  Type i64 = k.getI64Type();
  Value threads = drain.getThreads(), rows = drain.getRows();
  Value stateWord = stateIndex(k, zero, 0);
  Value listed = listsSlots() ? k.loadIndex(state, stateWord) : Value();
  // Calls `body` for the slots in use, by all threads.
  auto forEachSlot = [&](function_ref<void(Value)> body) {
    k.threads(threads, [&](Value thread) {
      if (listed)
        return k.loop(thread, listed, threads,
                      [&](Value i) { body(k.loadIndex(list, i)); });
      k.loop(thread, slotsFor(k, drain), threads, [&](Value slot) {
        k.ifThen(isUsed(k, slot), [&] { body(slot); });
      });
    });
  };
  auto fetchAdd = [&](Value index) -> Value {
    return memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::addi,
                                       k.integer(1, i64), offsets,
                                       ValueRange{index});
  };

  WindowDrain window(k, drain, hasAlignedRows());
  window.cutBuckets(drain.getBound());
  closeWindow(k, drain);
  // Count the keys of each bucket.
  k.stream(zero, window.count,
           [&](Value b) { k.store(k.integer(0, i64), offsets, b); });
  forEachSlot(
      [&](Value slot) { fetchAdd(window.bucketOf(keyOfSlot(k, slot))); });
  Value total = sumShared(k, threads, offsets, window.count);
  bool bulk = op.getWriteback() == Writeback::Bulk;
  // Group the slots by bucket; afterwards offsets[b] is where bucket b ends.
  forEachSlot([&](Value slot) {
    Value key = keyOfSlot(k, slot);
    Value at = k.toIndex(fetchAdd(window.bucketOf(key)));
    Value column = window.columnOf(key);
    if (bulk && !drain.getOrdered()) {
      k.storeCast(column, auxKeys, at);
      k.store(k.load(values, slot), staged, at);
      return;
    }
    k.storeCast(column, keys, at);
    k.storeCast(slot, slots, at);
  });
  // Rows are as long as their buckets, whose ends are known now.
  k.threads(threads, [&](Value thread) {
    k.loop(thread, rows, threads, [&](Value row) {
      Value first = k.mul(row, window.perRow);
      Value before = k.loadIndex(offsets, k.max(k.sub(first, one), zero));
      Value begin = k.select(k.eq(row, zero), zero, before);
      Value end = k.loadIndex(offsets, k.sub(k.add(first, window.perRow), one));
      k.storeCast(k.sub(end, begin), drain.getPositions(),
                  k.add(k.add(drain.getFirstRow(), row), one));
    });
  });

  // Sort each bucket, write out, clear. In bulk, C's entries are laid out in
  // the scratchpad and leave as a whole: the copies come last, so that the
  // table is free for the next window while they are made.
  bool clears = !bulk && !clearsInBulk();
  Value none = createIdentity(k, k.getLoc(), monoid(), type.getValue());
  auto emit = [&](Value at, Value column, Value slot) {
    if (bulk) {
      k.store(column, auxKeys, at);
      k.store(k.load(values, slot), staged, at);
      return;
    }
    Value target = k.add(drain.getOffset(), at);
    k.storeCast(column, drain.getCoordinates(), target);
    k.store(k.load(values, slot), drain.getValues(), target);
    if (!clears)
      return;
    k.store(none, values, slot);
    clearSlot(k, slot);
  };
  auto emitInPlace = [&](Value i) {
    emit(i, k.load(keys, i), k.loadIndex(slots, i));
  };
  auto forEachBucket = [&](function_ref<void(Value, Value)> body) {
    Value atOnce = k.idx(kBucketsAtOnce);
    Value groups =
        k.divu(k.add(window.count, k.idx(kBucketsAtOnce - 1)), atOnce);
    k.threads(threads, [&](Value thread) {
      k.loop(thread, groups, threads, [&](Value group) {
        Value lo = k.mul(group, atOnce);
        Value hi = k.min(k.add(lo, atOnce), window.count);
        Value begin = k.ifElse(
            k.eq(lo, zero), k.getIndexType(),
            [&]() -> Values { return {zero}; },
            [&]() -> Values {
              return {k.loadIndex(offsets, k.sub(lo, one))};
            })[0];
        k.loop(lo, hi, {begin}, [&](Value b, ValueRange v) -> Values {
          Value end = k.loadIndex(offsets, b);
          body(v[0], end);
          return {end};
        });
      });
    });
  };
  auto sortByWord = [&](Value begin, Value end) {
    auto bitOf = [&](Value column) {
      Value place = k.band(k.cast(column, i64), k.integer(63, i64));
      return k.shl(k.integer(1, i64), place);
    };
    k.ifThen(k.lt(begin, end), [&] {
      Value word = k.loop(begin, end, {k.integer(0, i64)},
                          [&](Value i, ValueRange v) -> Values {
                            return {k.bor(v[0], bitOf(k.load(keys, i)))};
                          })[0];
      k.loop(begin, end, [&](Value i) {
        Value column = k.load(keys, i);
        Value below = k.band(word, k.sub(bitOf(column), k.integer(1, i64)));
        Value rank = k.toIndex(math::CtPopOp::create(k, below));
        emit(k.add(begin, rank), column, k.loadIndex(slots, i));
      });
    });
  };
  auto sortByKey = [&](Value begin, Value end) {
    k.ifThen(k.lt(k.add(begin, one), end), [&] {
      buildSort(k, module, KeyRun{keys, slots, begin, end}, auxKeys, auxSlots);
    });
    k.loop(begin, end, emitInPlace);
  };
  if (drain.getOrdered())
    k.ifElse(
        k.le(window.shift, k.idx(kWordLog2)), {},
        [&]() -> Values {
          forEachBucket(sortByWord);
          return {};
        },
        [&]() -> Values {
          forEachBucket(sortByKey);
          return {};
        });
  else if (!bulk)
    k.threads(threads, [&](Value thread) {
      k.loop(thread, total, threads, emitInPlace);
    });
  if (!clears)
    clearWindow(k, drain);
  if (listsSlots())
    k.store(k.integer(0, i64), state, stateWord);
  if (bulk) {
    k.stream(zero, total, [&](Value i) {
      k.storeCast(k.load(auxKeys, i), drain.getCoordinates(),
                  k.add(drain.getOffset(), i));
    });
    k.stream(zero, total, [&](Value i) {
      k.store(k.load(staged, i), drain.getValues(),
              k.add(drain.getOffset(), i));
    });
  }
  return total;
}
