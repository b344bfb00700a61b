//===- RowWiseKernel.cpp - merging rows and writing them back -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"
#include "Expansion.h"
#include "RowWise.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace smash;

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// Bytes of a scratchpad that windows leave to counters and states.
static constexpr int64_t kWindowReserve = 1024;

static bool isDense(const RowWiseProduct &product) {
  return product.strategy.getBins().front().getAccumulator() ==
         AccumulatorKind::Dense;
}

/// Whether a window is an array with a bit for each key.
static bool isBitmap(const RowWiseProduct &product) {
  return isDense(product) &&
         product.strategy.getBins().front().getOccupancy() == Occupancy::Bitmap;
}

/// The keys of a row in a window. Rows of a bitmap start at words, and have one
/// even where C has no columns. In a hash table, which keys there are costs
/// nothing: a power of two, so that row and column are bits of a key.
static Value windowColumns(KernelBuilder &k, const RowWiseProduct &product) {
  if (!isDense(product)) {
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
/// for each key what draining sorts (a key and a slot, twice), and an offset
/// for its row, of which there may be as many.
static int64_t windowKeys(const RowWiseProduct &product) {
  int64_t tag = product.keyType().getWidth() / 8;
  int64_t value = llvm::divideCeil(product.element.getIntOrFloatBitWidth(), 8);
  int64_t slotBytes = tag + value, keyBytes = 2 * (tag + 8) + 8;
  int64_t reserve = kWindowReserve;
  if (product.strategy.getTable() == Table::Fragmented) {
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

namespace {
/// What a window may hold.
struct WindowLimits {
  Value rows; ///< rows at most, at least 1
  Value keys; ///< sum of row bounds at most, unless it is one row
};
} // namespace

static WindowLimits windowLimits(KernelBuilder &k,
                                 const RowWiseProduct &product) {
  WindowLimits limits;
  limits.rows = tagRows(k, product);
  if (isDense(product)) {
    // The whole of rows x columns is laid out: a value, and a byte or a bit,
    // which has a share in a count, too.
    Value cols = k.max(windowColumns(k, product), k.idx(1));
    int64_t value =
        llvm::divideCeil(product.element.getIntOrFloatBitWidth(), 8);
    int64_t bits = 8 * value + (isBitmap(product) ? 2 : 8);
    int64_t room = std::max<int64_t>(
        product.machine.getScratchpadBytes() - kWindowReserve, 1);
    int64_t slots = std::max<int64_t>(room / bits * 8, 2);
    limits.rows =
        k.min(limits.rows, k.max(k.divu(k.idx(slots), cols), k.idx(1)));
    limits.keys = k.idx(INT64_MAX);
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

/// The largest bound among the bins that share an accumulator with `bin`.
static int64_t largestBound(const RowWiseProduct &product, BinAttr bin) {
  int64_t largest = 0;
  for (BinAttr other : product.strategy.getBins())
    if (other.getAccumulator() == bin.getAccumulator() &&
        other.getOccupancy() == bin.getOccupancy())
      largest = std::max(largest, other.getBound());
  return largest;
}

/// Whether the rows of the mask are marked: where accumulators take a slot for
/// each column anyway, a byte more costs little, and saves the search. Threads
/// that share a window of rows would need the marks of all its rows.
static bool marksMask(const RowWiseProduct &product) {
  return product.mask && !product.isAtomic() &&
         llvm::all_of(product.strategy.getBins(), [](BinAttr bin) {
           return bin.getAccumulator() == AccumulatorKind::Dense;
         });
}

void smash::markFailed(KernelBuilder &k, Value status) {
  memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::assign,
                              k.integer(1, k.getI64Type()), status,
                              ValueRange{k.idx(0)});
}

bool smash::keepsPairs(BinAttr bin) {
  return bin.getAccumulator() == AccumulatorKind::Sort ||
         bin.getAccumulator() == AccumulatorKind::Merge;
}

void smash::withAccumulators(KernelBuilder &k, const RowWiseProduct &product,
                             const WorkPlan &plan,
                             function_ref<void(const Accumulators &)> body) {
  Table table = product.strategy.getTable();
  Writeback writeback = product.strategy.getWriteback();
  Accumulators accumulators;
  SmallVector<CreateAccumulatorOp> made;
  Value ok;
  for (BinAttr bin : product.strategy.getBins()) {
    // Bins of one kind share an accumulator: a row is drained before the next.
    CreateAccumulatorOp found;
    for (CreateAccumulatorOp op : made)
      if (op.getAccumulator().getType().getKind() == bin.getAccumulator() &&
          op.getOccupancy() == bin.getOccupancy())
        found = op;
    if (!found) {
      Value keys = product.b.cols, instances = k.idx(product.threads());
      Value room = keepsPairs(bin) ? plan.maxPairs
                                   : k.min(plan.maxBound,
                                           k.idx(largestBound(product, bin)));
      if (product.isAtomic()) {
        WindowLimits limits = windowLimits(k, product);
        keys = k.mul(limits.rows, windowColumns(k, product));
        room = bin.getAccumulator() == AccumulatorKind::Dense
                   // Each row has an offset, even where it has no columns.
                   ? k.max(keys, limits.rows)
                   : limits.keys;
      }
      auto type = AccumulatorType::get(k.getContext(), bin.getAccumulator(),
                                       product.keyType(), product.element);
      found = CreateAccumulatorOp::create(
          k, type, k.getI1Type(), keys, room, instances, product.semiring,
          bin.getOccupancy(), product.strategy.getHashFunction(),
          product.strategy.getFillLimit(), product.isAtomic(), table,
          writeback);
      ok = k.conjunction(ok, found.getOk());
      made.push_back(found);
    }
    accumulators.ofBin.push_back(found.getAccumulator());
  }
  if (product.isAtomic()) {
    Type i64 = k.getI64Type();
    accumulators.tokens = k.tryAlloc(k.idx(1), i64, ok, /*zeroed=*/true);
    if (!isDense(product)) {
      // What no window holds has a table of its own, where memory is large; it
      // is tiny where there is no such row.
      WindowLimits limits = windowLimits(k, product);
      Value needed =
          k.select(k.gt(plan.maxBound, limits.keys), plan.maxBound, k.idx(1));
      auto large = CreateAccumulatorOp::create(
          k, made.front().getAccumulator().getType(), k.getI1Type(),
          product.b.cols, needed, k.idx(product.threads()), product.semiring,
          made.front().getOccupancy(), product.strategy.getHashFunction(),
          product.strategy.getFillLimit(), /*shared=*/true, table, writeback);
      ok = k.conjunction(ok, large.getOk());
      made.push_back(large);
      accumulators.large = large.getAccumulator();
    }
  }
  if (marksMask(product))
    accumulators.marks =
        k.tryAlloc(k.mulSize(k.idx(product.threads()), product.b.cols),
                   k.getI8Type(), ok, /*zeroed=*/true);
  k.ifElse(
      ok, {},
      [&]() -> Values {
        body(accumulators);
        return {};
      },
      [&]() -> Values {
        markFailed(k, plan.status);
        return {};
      });
  for (CreateAccumulatorOp op : made)
    DestroyAccumulatorOp::create(k, op.getAccumulator());
  for (Value array : {accumulators.marks, accumulators.tokens})
    if (array)
      k.dealloc(array);
}

/// Sets the marks of `row` to 1 or 0.
static void markRow(KernelBuilder &k, const RowWiseProduct &product,
                    const MaskRow &row, bool set) {
  Value mark = k.integer(set, k.getI8Type());
  k.loop(row.begin, row.end, [&](Value p) {
    Value column = k.loadIndex(product.mask->matrix.crd, p);
    k.store(mark, row.marks, k.add(row.first, column));
  });
}

std::optional<MaskRow>
smash::openMaskRow(KernelBuilder &k, const RowWiseProduct &product, Value row) {
  if (!product.mask)
    return std::nullopt;
  const CsrOperand &mask = product.mask->matrix;
  return MaskRow{k.loadIndex(mask.pos, row),
                 k.loadIndex(mask.pos, k.add(row, k.idx(1))), Value(), Value()};
}

// Without marks, the least position in the row whose column is not less has
// it, or none.
Value smash::isAllowed(KernelBuilder &k, const RowWiseProduct &product,
                       const MaskRow &row, Value column) {
  const CsrOperand &mask = product.mask->matrix;
  Value one = k.idx(1);
  if (row.marks) {
    Value mark = k.load(row.marks, k.add(row.first, column));
    Value zero = k.integer(0, k.getI8Type());
    return product.mask->complement ? k.eq(mark, zero) : k.ne(mark, zero);
  }
  Values place = k.whileLoop(
      {row.begin, row.end}, [&](ValueRange v) { return k.lt(v[0], v[1]); },
      [&](ValueRange v) -> Values {
        Value middle = k.add(v[0], k.shr(k.sub(v[1], v[0]), one));
        Value less = k.lt(k.loadIndex(mask.crd, middle), column);
        return {k.select(less, k.add(middle, one), v[0]),
                k.select(less, v[1], middle)};
      });
  Value found = k.ifElse(
      k.lt(place[0], row.end), k.getI1Type(),
      [&]() -> Values {
        return {k.eq(k.loadIndex(mask.crd, place[0]), column)};
      },
      [&]() -> Values { return {k.boolean(false)}; })[0];
  return product.mask->complement ? k.logicalNot(found) : found;
}

/// The region of an upsert for one entry of A: key and value of each product.
static void upsertRow(KernelBuilder &k, const RowWiseProduct &product,
                      const std::optional<MaskRow> &maskRow, Value accumulator,
                      Value instance, Value bound, Value keys, Value entry,
                      Value keyBase, bool atomic) {
  const CsrOperand &a = product.a, &b = product.b;
  Value inner = k.loadIndex(a.crd, entry);
  Value factor;
  if (product.hasValues() && readsOperands(product.semiring))
    factor = k.load(a.val, entry);
  Value lo = k.loadIndex(b.pos, inner);
  Value hi = k.loadIndex(b.pos, k.add(inner, k.idx(1)));
  UpsertOp::create(
      k, accumulator, instance, bound, lo, hi, keys, product.orderedB, atomic,
      [&](OpBuilder &nested, Location loc, Value p) {
        KernelBuilder k(loc, nested);
        Value key = k.load(b.crd, p);
        Value allowed =
            maskRow ? isAllowed(k, product, *maskRow, k.toIndex(key)) : Value();
        if (keyBase)
          key = k.add(keyBase, k.toIndex(key));
        Values yielded = {k.cast(key, product.keyType())};
        if (product.hasValues()) {
          Value x = factor, y = x ? k.load(b.val, p) : Value();
          if (!x) // The multiply reads neither.
            x = y = createIdentity(k, loc, Monoid::Or, product.element);
          yielded.push_back(createMultiply(k, loc, product.semiring, x, y));
        }
        if (allowed)
          yielded.push_back(allowed);
        YieldOp::create(k, ValueRange(yielded));
      });
}

void smash::mergeRow(KernelBuilder &k, const RowWiseProduct &product,
                     const Accumulators &accumulators, unsigned bin,
                     Value instance, Value row, Value bound) {
  Value begin = k.loadIndex(product.a.pos, row);
  Value end = k.loadIndex(product.a.pos, k.add(row, k.idx(1)));
  std::optional<MaskRow> maskRow = openMaskRow(k, product, row);
  // A row without allowed entries is no work.
  if (maskRow && !product.mask->complement)
    end = k.select(k.lt(maskRow->begin, maskRow->end), end, begin);
  if (accumulators.marks) {
    maskRow->marks = accumulators.marks;
    maskRow->first = k.mul(instance, product.b.cols);
    markRow(k, product, *maskRow, true);
  }
  k.loop(begin, end, [&](Value entry) {
    upsertRow(k, product, maskRow, accumulators.ofBin[bin], instance, bound,
              /*keys=*/Value(), entry, /*keyBase=*/Value(), /*atomic=*/false);
  });
  if (accumulators.marks)
    markRow(k, product, *maskRow, false);
}

static Values selectBinFrom(KernelBuilder &k, const RowWiseProduct &product,
                            unsigned first, Value bound, TypeRange types,
                            function_ref<Values(unsigned)> body) {
  ArrayRef<BinAttr> bins = product.strategy.getBins();
  if (first + 1 == bins.size())
    return body(first);
  Value inside = k.le(bound, k.idx(bins[first].getBound()));
  return k.ifElse(
      inside, types, [&] { return body(first); },
      [&] { return selectBinFrom(k, product, first + 1, bound, types, body); });
}

Values smash::selectBin(KernelBuilder &k, const RowWiseProduct &product,
                        Value bound, TypeRange types,
                        function_ref<Values(unsigned)> body) {
  return selectBinFrom(k, product, 0, bound, types, [&](unsigned bin) {
    return k.apart(types, [&] { return body(bin); });
  });
}

void smash::forEachTile(KernelBuilder &k, const RowWiseProduct &product,
                        Value tiles, function_ref<void(Value, Value)> body) {
  // Threads take tiles without waiting for each other.
  k.threads(k.idx(product.threads()), [&](Value thread) {
    WorkLoopOp::create(k, k.idx(0), tiles, product.strategy.getSchedule(),
                       [&](OpBuilder &nested, Location, Value tile) {
                         // The body uses k: let it stand here meanwhile.
                         OpBuilder::InsertionGuard guard(k);
                         k.setInsertionPoint(nested.getInsertionBlock(),
                                             nested.getInsertionPoint());
                         body(tile, thread);
                       });
  });
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Each thread merges the rows of its tile one at a time.
static void mergeExclusive(KernelBuilder &k, const RowWiseProduct &product,
                           const WorkPlan &plan, const Result &c,
                           const Accumulators &accumulators) {
  Value one = k.idx(1);
  forEachTile(k, product, plan.tiles, [&](Value tile, Value thread) {
    Value segment = k.load(plan.tileSegment, tile);
    Values end = k.loop(
        k.load(plan.tileBegin, tile), k.load(plan.tileBegin, k.add(tile, one)),
        {segment}, [&](Value row, ValueRange cursor) -> Values {
          Value bound = rowBound(k, product, plan, row);
          Values count = selectBin(
              k, product, bound, k.getIndexType(), [&](unsigned bin) -> Values {
                Value accumulator = accumulators.ofBin[bin];
                mergeRow(k, product, accumulators, bin, thread, row, bound);
                return {DrainOp::create(k, accumulator, thread,
                                        product.orderedC, c.crd, c.val,
                                        cursor[0])};
              });
          k.storeCast(count[0], c.pos, k.add(row, one));
          return {k.add(cursor[0], count[0])};
        });
    k.store(k.sub(end[0], segment), plan.tileCount, tile);
  });
}

namespace {
/// Rows [first, behind) of C, with at most `bound` entries.
struct Window {
  Value first, behind, bound;
};
} // namespace

/// As many rows from `first` on, and below `last`, as a window may hold; at
/// least one.
static Window cutWindow(KernelBuilder &k, const RowWiseProduct &product,
                        const WorkPlan &plan, Value first, Value last) {
  Value one = k.idx(1);
  WindowLimits limits = windowLimits(k, product);
  Value end = k.min(last, k.add(first, limits.rows));
  // Carried: the row, the bound of all before it, the products before it, and
  // whether it fits. One load a row.
  auto next = [&](Value row, Value bound, Value before) -> Values {
    Value behind = k.load(plan.rowWork, k.add(row, one));
    Value sum = k.add(bound, boundOf(k, product, row, k.sub(behind, before)));
    return {k.add(row, one), sum, behind};
  };
  Values start = next(first, k.idx(0), k.load(plan.rowWork, first));
  Values window = k.whileLoop(
      {start[0], start[1], start[2], k.lt(start[0], end)},
      [&](ValueRange v) { return Value(v[3]); },
      [&](ValueRange v) -> Values {
        Values wider = next(v[0], v[1], v[2]);
        Value fits = k.le(wider[1], limits.keys);
        auto choose = [&](Value a, Value b) { return k.select(fits, a, b); };
        return {choose(wider[0], v[0]), choose(wider[1], v[1]),
                choose(wider[2], v[2]), k.band(fits, k.lt(wider[0], end))};
      });
  return {first, window[0], window[1]};
}

/// Merges the entries of A that stand in a window's rows, each by the thread
/// that takes it: entry e by thread e modulo the threads, or, with a dynamic
/// schedule, the next one by whoever is done with its last.
static void hashWindow(KernelBuilder &k, const RowWiseProduct &product,
                       const Window &window, Value accumulator, Value tokens) {
  Value zero = k.idx(0), one = k.idx(1);
  Value threads = k.idx(product.threads());
  Value keys =
      k.mul(k.sub(window.behind, window.first), windowColumns(k, product));
  auto merge = [&](Value thread, Value row, Value entry,
                   const std::optional<MaskRow> &maskRow) {
    Value base = k.mul(k.sub(row, window.first), windowColumns(k, product));
    upsertRow(k, product, maskRow, accumulator, thread, window.bound, keys,
              entry, base, /*atomic=*/true);
  };
  if (product.strategy.getSchedule() == Schedule::Static) {
    k.threads(threads, [&](Value thread) {
      k.loop(window.first, window.behind, [&](Value row) {
        Value begin = k.loadIndex(product.a.pos, row);
        Value end = k.loadIndex(product.a.pos, k.add(row, one));
        std::optional<MaskRow> maskRow = openMaskRow(k, product, row);
        Value skip = k.remu(
            k.sub(k.add(thread, threads), k.remu(begin, threads)), threads);
        k.loop(k.add(begin, skip), end, threads,
               [&](Value entry) { merge(thread, row, entry, maskRow); });
      });
    });
    return;
  }
  Type i64 = k.getI64Type();
  Value firstEntry = k.loadIndex(product.a.pos, window.first);
  Value lastEntry = k.loadIndex(product.a.pos, window.behind);
  k.storeCast(firstEntry, tokens, zero);
  k.threads(threads, [&](Value thread) {
    auto take = [&]() -> Value {
      return k.toIndex(memref::AtomicRMWOp::create(
          k, arith::AtomicRMWKind::addi, k.integer(1, i64), tokens,
          ValueRange{zero}));
    };
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
          merge(thread, at[0], v[0], openMaskRow(k, product, at[0]));
          return {take(), at[0], at[1]};
        });
  });
}

/// The threads of a block merge a window of rows together, atomically.
static void mergeWindows(KernelBuilder &k, const RowWiseProduct &product,
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

static Value emptyBuffer(KernelBuilder &k, Type element) {
  Value ok;
  return k.tryAlloc(k.idx(0), element, ok);
}

static Result emptyResult(KernelBuilder &k, const RowWiseProduct &product) {
  Result result;
  result.pos = emptyBuffer(k, product.position);
  result.crd = emptyBuffer(k, product.coordinate);
  if (product.hasValues())
    result.val = emptyBuffer(k, product.element);
  return result;
}

Values smash::toValues(const Result &result) {
  Values values = {result.pos, result.crd};
  if (result.val)
    values.push_back(result.val);
  return values;
}

Result smash::fromValues(const Values &values) {
  Result result{values[0], values[1], Value()};
  if (values.size() == 3)
    result.val = values[2];
  return result;
}

void smash::freeResult(KernelBuilder &k, const Result &result) {
  for (Value buffer : toValues(result))
    k.dealloc(buffer);
}

static SmallVector<Type> resultTypes(const RowWiseProduct &product) {
  SmallVector<Type> types = {bufferOf(product.position),
                             bufferOf(product.coordinate)};
  if (product.hasValues())
    types.push_back(bufferOf(product.element));
  return types;
}

static Value allocResult(KernelBuilder &k, Value size, Type element,
                         Value &ok) {
  return k.tryAlloc(size, element, ok, /*zeroed=*/false, Purpose::Result);
}

/// Where tile `tile` stands in C, and where it was written.
namespace {
struct TileMove {
  Value from, to, count;
};
} // namespace

static TileMove moveOf(KernelBuilder &k, const WorkPlan &plan, const Result &c,
                       Value tile) {
  return {k.load(plan.tileSegment, tile),
          k.loadIndex(c.pos, k.load(plan.tileBegin, tile)),
          k.load(plan.tileCount, tile)};
}

/// Moves the tiles together within their arrays, and gives back the rest.
static Values moveTiles(KernelBuilder &k, const WorkPlan &plan, const Result &c,
                        Value total) {
  Value zero = k.idx(0);
  k.loop(k.idx(1), plan.tiles, [&](Value tile) {
    TileMove move = moveOf(k, plan, c, tile);
    k.ifThen(k.ne(move.from, move.to), [&] {
      // Downwards, in ascending order: safe where the two overlap.
      Value behind = k.add(move.to, move.count);
      for (Value buffer : {c.crd, c.val}) {
        if (!buffer)
          continue;
        k.loop(zero, move.count, [&](Value i) {
          k.store(k.load(buffer, k.add(move.from, i)), buffer,
                  k.add(move.to, i));
        });
        // Else C would be in memory twice.
        ForgetOp::create(k, buffer, k.max(move.from, behind),
                         k.add(move.from, move.count));
      }
    });
  });
  Values result = {c.pos};
  for (Value buffer : {c.crd, c.val})
    if (buffer)
      result.push_back(ResizeOp::create(k, buffer.getType(), buffer, total));
  return result;
}

/// Copies the tiles to arrays of C's size: threads at once, and in bulk.
static Values copyTiles(KernelBuilder &k, const RowWiseProduct &product,
                        const WorkPlan &plan, const Result &c, Value total) {
  Result copy;
  Value ok;
  copy.pos = c.pos;
  copy.crd = allocResult(k, total, product.coordinate, ok);
  if (product.hasValues())
    copy.val = allocResult(k, total, product.element, ok);
  auto freeParts = [&](const Result &of) {
    k.dealloc(of.crd);
    if (of.val)
      k.dealloc(of.val);
  };
  return guarded(
      k, product, ok,
      [&]() -> Values {
        forEachInParallel(k, product, plan.tiles, product.threads(),
                          [&](Value tile) {
                            TileMove move = moveOf(k, plan, c, tile);
                            auto moveArray = [&](Value from, Value to) {
                              k.stream(k.idx(0), move.count, [&](Value i) {
                                k.store(k.load(from, k.add(move.from, i)), to,
                                        k.add(move.to, i));
                              });
                            };
                            // An empty transfer would be set up as any other.
                            k.ifThen(k.ne(move.count, k.idx(0)), [&] {
                              moveArray(c.crd, copy.crd);
                              if (c.val)
                                moveArray(c.val, copy.val);
                            });
                          });
        freeParts(c);
        return toValues(copy);
      },
      [&] {
        freeResult(k, c);
        freeParts(copy);
      });
}

/// Counts become positions, and tiles stand one behind the other.
static Values finish(KernelBuilder &k, const RowWiseProduct &product,
                     const WorkPlan &plan, const Result &c, Value total) {
  prefixSum(k, product, c.pos, product.a.rows, plan.partial);
  if (product.machine.getBulkCopy() && countTiles(product) > 1)
    return copyTiles(k, product, plan, c, total);
  return moveTiles(k, plan, c, total);
}

/// Whether the operands' positions are there: a product before this one that
/// failed leaves empty buffers.
static Value operandsAreThere(KernelBuilder &k, const RowWiseProduct &product) {
  Value there = k.band(isThere(k, product.a.pos, product.a.rows),
                       isThere(k, product.b.pos, product.b.rows));
  if (product.mask)
    there = k.band(there, isThere(k, product.mask->matrix.pos, product.a.rows));
  return there;
}

Value smash::isThere(KernelBuilder &k, Value positions, Value rows) {
  return k.gt(memref::DimOp::create(k, positions, 0), rows);
}

Values smash::guarded(KernelBuilder &k, const RowWiseProduct &product, Value ok,
                      function_ref<Values()> body, function_ref<void()> undo) {
  return k.ifElse(ok, resultTypes(product), body, [&] {
    undo();
    return toValues(emptyResult(k, product));
  });
}

/// The symbolic phase: counts the entries of each tile, so that C is allocated
/// as long as it is.
static void countEntries(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan) {
  RowWiseProduct pattern = product;
  pattern.element = k.getNoneType();
  pattern.semiring =
      SemiringAttr::get(k.getContext(), Monoid::Any, Multiply::Pair);
  Value zero = k.idx(0), one = k.idx(1);
  auto countTile = [&](const Accumulators &accumulators, Value tile,
                       Value thread) {
    Values count = k.loop(
        k.load(plan.tileBegin, tile), k.load(plan.tileBegin, k.add(tile, one)),
        {zero}, [&](Value row, ValueRange v) -> Values {
          Value bound = rowBound(k, pattern, plan, row);
          Value entries = selectBin(
              k, pattern, bound, k.getIndexType(), [&](unsigned bin) -> Values {
                Value accumulator = accumulators.ofBin[bin];
                mergeRow(k, pattern, accumulators, bin, thread, row, bound);
                return {DiscardOp::create(k, k.getIndexType(), accumulator,
                                          thread)};
              })[0];
          return {k.add(v[0], entries)};
        });
    k.store(count[0], plan.tileCount, tile);
  };
  k.blocks(k.idx(product.blocks()), [&](Value) {
    withAccumulators(k, pattern, plan, [&](const Accumulators &accumulators) {
      forEachTile(k, pattern, plan.tiles, [&](Value tile, Value thread) {
        countTile(accumulators, tile, thread);
      });
    });
  });
}

static Value isFine(KernelBuilder &k, const WorkPlan &plan) {
  return k.eq(k.loadIndex(plan.status, k.idx(0)), k.idx(0));
}

/// Entries that the tiles hold.
static Value sumTiles(KernelBuilder &k, const RowWiseProduct &product,
                      const WorkPlan &plan) {
  return reduce(
      k, product, plan.tiles, plan.partial,
      [&](Value tile) { return k.load(plan.tileCount, tile); },
      [&](Value a, Value b) { return k.add(a, b); });
}

/// Makes the tiles' segments as long as they have been counted to be; the sum.
static Value layOutTiles(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan) {
  forEachInParallel(k, product, plan.tiles, product.threads(), [&](Value tile) {
    k.store(k.load(plan.tileCount, tile), plan.tileSegment,
            k.add(tile, k.idx(1)));
  });
  return prefixSum(k, product, plan.tileSegment, plan.tiles, plan.partial);
}

Values smash::withinPositions(KernelBuilder &k, const RowWiseProduct &product,
                              Value total, function_ref<Values()> body,
                              function_ref<void()> undo) {
  Value limit = k.idx(largestPosition(product.position));
  return guarded(k, product, k.le(total, limit), body, [&] {
    FailOp::create(k, ErrorCode::PositionOverflow, total, limit);
    undo();
  });
}

Values smash::withinCoordinates(KernelBuilder &k, const RowWiseProduct &product,
                                Value cols, function_ref<Values()> body) {
  int64_t limit =
      std::min(largestSize(product.coordinate), largestSize(product.keyType()));
  std::optional<int64_t> known = getConstantIntValue(cols);
  if (limit == INT64_MAX || (known && *known <= limit))
    return body();
  return guarded(k, product, k.le(cols, k.idx(limit)), body, [&] {
    FailOp::create(k, ErrorCode::CoordinateOverflow, cols, k.idx(limit));
  });
}

/// Merges the rows into segments of `plan.capacity` entries in all.
static Values mergeTiles(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan) {
  Result c;
  Value ok;
  c.pos = allocResult(k, k.add(product.a.rows, k.idx(1)), product.position, ok);
  c.crd = allocResult(k, plan.capacity, product.coordinate, ok);
  if (product.hasValues())
    c.val = allocResult(k, plan.capacity, product.element, ok);
  auto undo = [&] { freeResult(k, c); };
  auto merge = [&](const Accumulators &accumulators) {
    if (product.isAtomic())
      mergeWindows(k, product, plan, c, accumulators);
    else
      mergeExclusive(k, product, plan, c, accumulators);
  };
  auto complete = [&] {
    Value total = sumTiles(k, product, plan);
    return withinPositions(
        k, product, total, [&] { return finish(k, product, plan, c, total); },
        undo);
  };
  return guarded(
      k, product, ok,
      [&] {
        k.blocks(k.idx(product.blocks()),
                 [&](Value) { withAccumulators(k, product, plan, merge); });
        return guarded(k, product, isFine(k, plan), complete, undo);
      },
      undo);
}

Result smash::buildProduct(KernelBuilder &k, const RowWiseProduct &product) {
  auto multiply = [&](WorkPlan &plan) -> Values {
    fillWorkPlan(k, product, plan);
    if (product.strategy.getPhases() == Phases::One)
      return mergeTiles(k, product, plan);
    countEntries(k, product, plan);
    return guarded(k, product, isFine(k, plan), [&] {
      plan.capacity = layOutTiles(k, product, plan);
      return withinPositions(k, product, plan.capacity,
                             [&] { return mergeTiles(k, product, plan); });
    });
  };
  Values c = guarded(k, product, operandsAreThere(k, product), [&] {
    return withinCoordinates(k, product, product.b.cols, [&] {
      WorkPlan plan = allocateWorkPlan(k, product);
      Values result =
          guarded(k, product, plan.ok, [&] { return multiply(plan); });
      freeWorkPlan(k, plan);
      return result;
    });
  });
  return fromValues(c);
}

//===----------------------------------------------------------------------===//
// Numeric phase
//===----------------------------------------------------------------------===//

Result smash::buildNumeric(KernelBuilder &k, const RowWiseProduct &product,
                           Result pattern,
                           const std::optional<Result> &destination) {
  Value zero = k.idx(0), one = k.idx(1);
  auto multiply = [&](WorkPlan &plan, Value entries) -> Values {
    fillWorkPlan(k, product, plan);
    Result c;
    Value ok;
    if (destination) {
      c = *destination;
      ok = k.boolean(true);
    } else {
      Value rows1 = k.add(product.a.rows, one);
      c.pos = allocResult(k, rows1, product.position, ok);
      c.crd = allocResult(k, entries, product.coordinate, ok);
      c.val = allocResult(k, entries, product.element, ok);
    }
    auto undo = [&] {
      if (!destination)
        freeResult(k, c);
    };
    auto fill = [&](const Accumulators &accumulators) {
      forEachTile(k, product, plan.tiles, [&](Value tile, Value thread) {
        k.loop(k.load(plan.tileBegin, tile),
               k.load(plan.tileBegin, k.add(tile, one)), [&](Value row) {
                 Value bound = rowBound(k, product, plan, row);
                 Value lo = k.loadIndex(pattern.pos, row);
                 Value hi = k.loadIndex(pattern.pos, k.add(row, one));
                 selectBin(k, product, bound, {}, [&](unsigned bin) -> Values {
                   Value accumulator = accumulators.ofBin[bin];
                   mergeRow(k, product, accumulators, bin, thread, row, bound);
                   GatherOp::create(k, accumulator, thread, bound, pattern.crd,
                                    c.val, lo, hi);
                   return {};
                 });
                 k.storeCast(hi, c.pos, k.add(row, one));
                 // C owns its coordinates: the plan is used again.
                 k.stream(lo, hi, [&](Value p) {
                   k.storeCast(k.load(pattern.crd, p), c.crd, p);
                 });
               });
      });
    };
    return guarded(
        k, product, ok,
        [&] {
          k.storeCast(zero, c.pos, zero);
          k.blocks(k.idx(product.blocks()),
                   [&](Value) { withAccumulators(k, product, plan, fill); });
          Value fine = k.eq(k.loadIndex(plan.status, zero), zero);
          return guarded(k, product, fine, [&] { return toValues(c); }, undo);
        },
        undo);
  };
  Value there = k.band(operandsAreThere(k, product),
                       isThere(k, pattern.pos, product.a.rows));
  Values c = guarded(k, product, there, [&]() -> Values {
    Value entries = k.loadIndex(pattern.pos, product.a.rows);
    auto run = [&] {
      WorkPlan plan = allocateWorkPlan(k, product);
      Values result =
          guarded(k, product, plan.ok, [&] { return multiply(plan, entries); });
      freeWorkPlan(k, plan);
      return result;
    };
    return withinPositions(k, product, entries, [&] {
      return withinCoordinates(k, product, product.b.cols, run);
    });
  });
  return fromValues(c);
}
