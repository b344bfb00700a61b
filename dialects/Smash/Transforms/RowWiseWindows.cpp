//===- RowWiseWindows.cpp - rows that threads of a block merge together ---===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "RowWise.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace smash;

/// Entries of a row of B from which on the threads of a block share it: as many
/// that each has some lines of them, and so much work that others would wait
/// for it.
static int64_t longRow(const RowWiseProduct &product) {
  return std::max<int64_t>(32 * product.threads(), 128);
}

/// Long rows that a window lists, at most, at two words each; a sixteenth of
/// the scratchpad, at most.
static constexpr int64_t kListedRows = 256;

int64_t smash::longRowsOfWindow(const RowWiseProduct &product) {
  return isDenseWindow(product) && product.threads() > 1 &&
                 product.strategy.getSchedule() == Schedule::Dynamic
             ? std::min(kListedRows,
                        product.machine.getScratchpadBytes() / 16 / 16)
             : 0;
}

/// Bytes of a scratchpad that windows leave to the states of their accumulator,
/// to counters and what they list, and to what the starts of a dozen arrays are
/// rounded up by.
static int64_t windowReserve(const RowWiseProduct &product) {
  int64_t lists = 16 * longRowsOfWindow(product) +
                  (isDenseWindow(product) ? 8 * kFullSegments : 0);
  return 256 + product.threads() * kStateWords * 8 + lists;
}

bool smash::isDenseWindow(const RowWiseProduct &product) {
  return product.strategy.getBins().front().getAccumulator() ==
         AccumulatorKind::Dense;
}

/// Whether a window is an array with a bit for each key.
static bool isBitmap(const RowWiseProduct &product) {
  return isDenseWindow(product) &&
         product.strategy.getBins().front().getOccupancy() == Occupancy::Bitmap;
}

bool smash::cutsByKeys(const RowWiseProduct &product) {
  return product.isAtomic() && product.hasValues() && !isBitmap(product);
}

/// The keys of a row in a window. Rows of a bitmap start at words, and have one
/// even where C has no columns. In a hash table, which keys there are costs
/// nothing: a power of two, so that row and column are bits of a key.
Value smash::windowColumns(KernelBuilder &k, const RowWiseProduct &product) {
  if (!isDenseWindow(product)) {
    Type i64 = k.getI64Type();
    Value last = k.sub(k.max(product.b.cols, k.idx(1)), k.idx(1));
    Value zeros = math::CountLeadingZerosOp::create(k, k.cast(last, i64));
    return k.toIndex(
        k.shl(k.integer(1, i64), k.sub(k.integer(64, i64), zeros)));
  }
  if (!isBitmap(product))
    return product.b.cols;
  Value word = k.idx(64);
  Value cols = k.max(product.b.cols, k.idx(1));
  return k.mul(k.divu(k.add(cols, k.idx(63)), word), word);
}

/// The rows of a window never exceed its keys' tag: row * cols + col must stay
/// below the empty marker, all ones.
static Value tagRows(KernelBuilder &k, const RowWiseProduct &product) {
  int64_t limit =
      product.keyType().getWidth() == 32 ? int64_t(UINT32_MAX) : INT64_MAX;
  Value cols = k.max(windowColumns(k, product), k.idx(1));
  return k.max(k.divu(k.idx(limit - 1), cols), k.idx(1));
}

/// The most keys of a hash table's window, so that its arrays fit the
/// scratchpad: tags and values for each slot, of which there is a power of two;
/// for each key what draining sorts (a key and a slot, twice), an offset for
/// its row, of which there may be as many, and its value once more where a
/// window leaves as a whole.
static int64_t windowKeys(const RowWiseProduct &product) {
  int64_t tag = product.keyType().getWidth() / 8;
  int64_t value = llvm::divideCeil(product.element.getIntOrFloatBitWidth(), 8);
  bool numbered = product.strategy.getTable() == Table::Fragmented;
  int64_t slotBytes = tag + value;
  int64_t keyBytes = 2 * (tag + (numbered ? tag : 8)) + 8;
  int64_t reserve = windowReserve(product);
  if (product.strategy.getWriteback() == Writeback::Bulk)
    keyBytes += value;
  if (numbered) {
    // A slot numbers a key; threads take numbers in chunks.
    keyBytes += slotBytes;
    reserve += kInsertionChunk * product.threads() * slotBytes;
    slotBytes = tag;
  }
  int64_t fill = product.strategy.getFillLimit();
  // A little for states and counters.
  int64_t room =
      std::max<int64_t>(product.machine.getScratchpadBytes() - reserve, 1);
  int64_t slots = 2;
  while (2 * slots * slotBytes + 2 * slots * fill / 100 * keyBytes <= room)
    slots *= 2;
  return std::max<int64_t>((slots - 1) * fill / 100, 1);
}

WindowLimits smash::windowLimits(KernelBuilder &k,
                                 const RowWiseProduct &product) {
  WindowLimits limits;
  limits.rows = tagRows(k, product);
  if (isDenseWindow(product)) {
    // The whole of rows x columns is laid out: a value, and a byte or a bit,
    // which has a share in a count, too.
    Value cols = k.max(windowColumns(k, product), k.idx(1));
    int64_t value =
        llvm::divideCeil(product.element.getIntOrFloatBitWidth(), 8);
    int64_t bits = 8 * value + (isBitmap(product) ? 2 : 8);
    int64_t room = std::max<int64_t>(
        product.machine.getScratchpadBytes() - windowReserve(product), 1);
    int64_t slots = std::max<int64_t>(room / bits * 8, 2);
    limits.rows =
        k.min(limits.rows, k.max(k.divu(k.idx(slots), cols), k.idx(1)));
    limits.keys = k.idx(INT64_MAX);
    limits.rowFits = k.le(cols, k.idx(slots));
  } else {
    int64_t keys = windowKeys(product);
    limits.keys = k.idx(keys);
    // A row costs an offset even when it is empty.
    limits.rows = k.min(limits.rows, k.idx(keys));
  }
  if (int64_t window = product.strategy.getWindow())
    limits.rows = k.min(limits.rows, k.idx(window));
  return limits;
}

namespace {
/// Rows [first, behind) of C, with at most `bound` entries.
struct Window {
  Value first, behind, bound;
};
} // namespace

/// As many rows from `first` on, and below `last`, as a window may hold; at
/// least one. They are searched for: a load a row, by one thread, while all
/// others wait, would be more than what an overlapped write-back saves.
static Window cutWindow(KernelBuilder &k, const RowWiseProduct &product,
                        const WorkPlan &plan, Value first, Value last) {
  Value one = k.idx(1);
  WindowLimits limits = windowLimits(k, product);
  Value end = k.min(last, k.add(first, limits.rows));
  if (!plan.rowBounds) {
    Value rows = k.sub(end, first);
    return {first, end, k.mul(rows, windowColumns(k, product))};
  }
  Value before = k.load(plan.rowBounds, first);
  if (!isDenseWindow(product)) {
    // One row further than fits.
    Value beyond =
        findRow(k, k.add(k.sub(end, first), one),
                k.add(k.add(before, limits.keys), one), [&](Value row) {
                  return k.load(plan.rowBounds, k.add(first, row));
                });
    end = k.add(first, k.max(k.sub(beyond, one), one));
  }
  return {first, end, k.sub(k.load(plan.rowBounds, end), before)};
}

/// Merges the entries of A that stand in a window's rows, each by the thread
/// that takes it: entry e by thread e modulo the threads, or, with a dynamic
/// schedule, the next one by whoever is done with its last. Those that meet
/// long rows of B are listed, and shared at the end.
static void hashWindow(KernelBuilder &k, const RowWiseProduct &product,
                       const Window &window, Value accumulator, Value tokens) {
  Value zero = k.idx(0), one = k.idx(1);
  Value threads = k.idx(product.threads());
  Value keys =
      k.mul(k.sub(window.behind, window.first), windowColumns(k, product));
  auto merge = [&](Value thread, Value row,
                   const std::optional<MaskRow> &maskRow,
                   function_ref<EntryOfA()> open) {
    Value base = k.mul(k.sub(row, window.first), windowColumns(k, product));
    upsertRow(k, product, maskRow, accumulator, thread, window.bound, keys,
              open(), base, /*atomic=*/true);
  };
  if (product.strategy.getSchedule() == Schedule::Static) {
    k.threads(threads, [&](Value thread) {
      k.loop(window.first, window.behind, [&](Value row) {
        Value begin = k.loadIndex(product.a.pos, row);
        Value end = k.loadIndex(product.a.pos, k.add(row, one));
        std::optional<MaskRow> maskRow = openMaskRow(k, product, row);
        Value skip = k.remu(
            k.sub(k.add(thread, threads), k.remu(begin, threads)), threads);
        k.loop(k.add(begin, skip), end, threads, [&](Value entry) {
          merge(thread, row, maskRow,
                [&] { return openEntry(k, product, entry); });
        });
      });
    });
    return;
  }
  Type i64 = k.getI64Type();
  Value firstEntry = k.loadIndex(product.a.pos, window.first);
  Value lastEntry = k.loadIndex(product.a.pos, window.behind);
  k.storeCast(firstEntry, tokens, zero);
  auto fetchAdd = [&](Value index) -> Value {
    return k.toIndex(memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::addi,
                                                 k.integer(1, i64), tokens,
                                                 ValueRange{index}));
  };
  Value most = k.idx(longRowsOfWindow(product));
  bool shares = longRowsOfWindow(product) > 0;
  auto placeOf = [&](Value number) {
    return k.add(k.mul(number, k.idx(2)), k.idx(2));
  };
  if (shares)
    k.store(k.integer(0, i64), tokens, one);
  /// What is left of `entry` for the thread that took it: nothing, where it is
  /// on the list.
  auto keep = [&](EntryOfA entry, Value row, Value number) -> EntryOfA {
    if (!shares)
      return entry;
    entry.hi = k.ifElse(
        k.lt(k.sub(entry.hi, entry.lo), k.idx(longRow(product))),
        k.getIndexType(), [&]() -> Values { return {entry.hi}; },
        [&]() -> Values {
          Value listed = fetchAdd(one);
          return k.ifElse(
              k.lt(listed, most), k.getIndexType(),
              [&]() -> Values {
                k.storeCast(number, tokens, placeOf(listed));
                k.storeCast(row, tokens, k.add(placeOf(listed), one));
                return {entry.lo};
              },
              [&]() -> Values { return {entry.hi}; });
        })[0];
    return entry;
  };
  k.threads(threads, [&](Value thread) {
    auto take = [&] { return fetchAdd(zero); };
    // Entries ascend, so that the row of one is found from that of the last.
    Value second = k.add(window.first, one);
    k.whileLoop(
        {take(), window.first, k.loadIndex(product.a.pos, second)},
        [&](ValueRange v) { return k.lt(v[0], lastEntry); },
        [&](ValueRange v) -> Values {
          Values at = k.whileLoop(
              {v[1], v[2]}, [&](ValueRange r) { return k.le(r[1], v[0]); },
              [&](ValueRange r) -> Values {
                Value row = k.add(r[0], one);
                return {row, k.loadIndex(product.a.pos, k.add(row, one))};
              });
          merge(thread, at[0], openMaskRow(k, product, at[0]),
                [&] { return keep(openEntry(k, product, v[0]), at[0], v[0]); });
          return {take(), at[0], at[1]};
        });
  });
  if (!shares)
    return;
  Value listed = k.min(k.loadIndex(tokens, one), most);
  k.ifThen(k.gt(listed, zero), [&] {
    k.threads(threads, [&](Value thread) {
      k.loop(zero, listed, [&](Value number) {
        Value place = placeOf(number);
        EntryOfA entry = openEntry(k, product, k.loadIndex(tokens, place));
        Value row = k.loadIndex(tokens, k.add(place, one));
        Value share = k.ceildivu(k.sub(entry.hi, entry.lo), threads);
        Value lo = k.min(k.add(entry.lo, k.mul(share, thread)), entry.hi);
        entry.hi = k.min(k.add(lo, share), entry.hi);
        entry.lo = lo;
        merge(thread, row, openMaskRow(k, product, row), [&] { return entry; });
      });
    });
  });
}

void smash::mergeWindows(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan, const Result &c,
                         const Accumulators &accumulators) {
  Value zero = k.idx(0), one = k.idx(1);
  Value threads = k.idx(product.threads());
  auto mergeWindow = [&](const Window &window, Value accumulator,
                         Value target) -> Value {
    EnterPhaseOp::create(k, Phase::Hashing);
    hashWindow(k, product, window, accumulator, accumulators.tokens);
    EnterPhaseOp::create(k, Phase::Writeback);
    Value rows = k.sub(window.behind, window.first);
    return DrainWindowOp::create(k, k.getIndexType(), accumulator, window.first,
                                 rows, windowColumns(k, product), window.bound,
                                 threads, product.orderedC, c.pos, c.crd, c.val,
                                 target);
  };
  auto buildTile = [&](Value tile) {
    Value segment = k.load(plan.tileSegment, tile);
    Value last = k.load(plan.tileBegin, k.add(tile, one));
    Values end = k.whileLoop(
        {k.load(plan.tileBegin, tile), segment},
        [&](ValueRange v) { return k.lt(v[0], last); },
        [&](ValueRange v) -> Values {
          EnterPhaseOp::create(k, Phase::Distribution);
          CountOp::create(k, Event::Window);
          Window window = cutWindow(k, product, plan, v[0], last);
          Value small = accumulators.ofBin.front();
          auto inWindow = [&]() -> Values {
            return {mergeWindow(window, small, v[1])};
          };
          auto alone = [&]() -> Values {
            CountOp::create(k, Event::LargeRow);
            return {mergeWindow(window, accumulators.large, v[1])};
          };
          Value count =
              accumulators.large
                  ? k.ifElse(k.le(window.bound, windowLimits(k, product).keys),
                             k.getIndexType(), inWindow, alone)[0]
                  : inWindow()[0];
          EnterPhaseOp::create(k, Phase::Other);
          return {window.behind, k.add(v[1], count)};
        });
    k.store(k.sub(end[1], segment), plan.tileCount, tile);
  };
  WorkLoopOp::create(k, zero, plan.tiles, product.strategy.getSchedule(),
                     [&](OpBuilder &nested, Location, Value tile) {
                       OpBuilder::InsertionGuard guard(k);
                       k.setInsertionPoint(nested.getInsertionBlock(),
                                           nested.getInsertionPoint());
                       buildTile(tile);
                     });
}
