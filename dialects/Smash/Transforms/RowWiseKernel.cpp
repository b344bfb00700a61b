//===- RowWiseKernel.cpp - merging rows and writing them back -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"

using namespace mlir;
using namespace smash;

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// The rows of a window never exceed its keys' tag: row * cols + col must stay
/// below the empty marker, all ones.
static Value tagRows(KernelBuilder &k, const RowWiseProduct &product) {
  int64_t limit =
      product.keyType().getWidth() == 32 ? int64_t(UINT32_MAX) : INT64_MAX;
  Value cols = k.max(product.b.cols, k.idx(1));
  return k.max(k.divu(k.idx(limit - 1), cols), k.idx(1));
}

/// Bytes of one key in a window's accumulator.
static int64_t slotBytes(const RowWiseProduct &product) {
  unsigned valueBits = product.element.isInteger(1)
                           ? 8
                           : product.element.getIntOrFloatBitWidth();
  int64_t tag = product.strategy.getBins().front().getAccumulator() ==
                        AccumulatorKind::Hash
                    ? product.keyType().getWidth() / 8
                    : 1;
  return valueBits / 8 + tag;
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
  int64_t slots = std::max<int64_t>(
      product.machine.getScratchpadBytes() / slotBytes(product), 2);
  WindowLimits limits;
  limits.rows = tagRows(k, product);
  if (product.strategy.getBins().front().getAccumulator() ==
      AccumulatorKind::Dense) {
    // The whole of rows x columns is laid out.
    Value cols = k.max(product.b.cols, k.idx(1));
    limits.rows =
        k.min(limits.rows, k.max(k.divu(k.idx(slots), cols), k.idx(1)));
    limits.keys = k.idx(INT64_MAX);
  } else {
    int64_t keys =
        std::max<int64_t>(slots / 100 * product.strategy.getFillLimit(), 1);
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

void smash::withAccumulators(KernelBuilder &k, const RowWiseProduct &product,
                             Value capacity, Value status,
                             function_ref<void(const Accumulators &)> body) {
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
      Value room = k.min(capacity, k.idx(largestBound(product, bin)));
      if (product.isAtomic()) {
        WindowLimits limits = windowLimits(k, product);
        keys = k.mul(limits.rows, product.b.cols);
        instances = k.idx(1);
        room = bin.getAccumulator() == AccumulatorKind::Dense
                   // Each row has an offset, even where it has no columns.
                   ? k.max(keys, limits.rows)
                   : k.max(capacity, limits.keys);
      }
      auto type = AccumulatorType::get(k.getContext(), bin.getAccumulator(),
                                       product.keyType(), product.element);
      found = CreateAccumulatorOp::create(
          k, type, k.getI1Type(), keys, room, instances, product.semiring,
          bin.getOccupancy(), product.strategy.getHashFunction(),
          product.strategy.getFillLimit(), product.isAtomic());
      ok = k.conjunction(ok, found.getOk());
      made.push_back(found);
    }
    accumulators.ofBin.push_back(found.getAccumulator());
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
        // Any block may say so: they all store the same.
        memref::AtomicRMWOp::create(k, arith::AtomicRMWKind::assign,
                                    k.integer(1, k.getI64Type()), status,
                                    ValueRange{k.idx(0)});
        return {};
      });
  for (CreateAccumulatorOp op : made)
    DestroyAccumulatorOp::create(k, op.getAccumulator());
  if (accumulators.marks)
    k.dealloc(accumulators.marks);
}

namespace {
/// The entries of the mask in one row, [begin, end).
struct MaskRow {
  Value begin, end;
  Value marks; ///< see Accumulators::marks
  Value first; ///< the first of them that are this thread's
};
} // namespace

/// Sets the marks of `row` to 1 or 0.
static void markRow(KernelBuilder &k, const RowWiseProduct &product,
                    const MaskRow &row, bool set) {
  Value mark = k.integer(set, k.getI8Type());
  k.loop(row.begin, row.end, [&](Value p) {
    Value column = k.loadIndex(product.mask->matrix.crd, p);
    k.store(mark, row.marks, k.add(row.first, column));
  });
}

static std::optional<MaskRow>
openMaskRow(KernelBuilder &k, const RowWiseProduct &product, Value row) {
  if (!product.mask)
    return std::nullopt;
  const CsrOperand &mask = product.mask->matrix;
  return MaskRow{k.loadIndex(mask.pos, row),
                 k.loadIndex(mask.pos, k.add(row, k.idx(1))), Value(), Value()};
}

/// Whether the mask lets an entry in column `column` (an index) of its row be.
/// Without marks, the least position in the row whose column is not less has
/// it, or none.
static Value isAllowed(KernelBuilder &k, const RowWiseProduct &product,
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
                      Value instance, Value bound, Value entry, Value keyBase,
                      bool atomic) {
  const CsrOperand &a = product.a, &b = product.b;
  Value inner = k.loadIndex(a.crd, entry);
  Value factor;
  if (product.hasValues() && readsOperands(product.semiring))
    factor = k.load(a.val, entry);
  Value lo = k.loadIndex(b.pos, inner);
  Value hi = k.loadIndex(b.pos, k.add(inner, k.idx(1)));
  UpsertOp::create(
      k, accumulator, instance, bound, lo, hi, product.orderedB, atomic,
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
              entry, /*keyBase=*/Value(), /*atomic=*/false);
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
  Value threads = k.idx(product.threads());
  Value groups = k.divu(tiles, threads);
  WorkLoopOp::create(k, k.idx(0), groups, product.strategy.getSchedule(),
                     [&](OpBuilder &nested, Location loc, Value group) {
                       KernelBuilder inner(loc, nested);
                       inner.threads(threads, [&](Value thread) {
                         // The body uses k: let it stand here meanwhile.
                         OpBuilder::InsertionGuard guard(k);
                         k.setInsertionPoint(inner.getInsertionBlock(),
                                             inner.getInsertionPoint());
                         body(k.add(k.mul(group, threads), thread), thread);
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

/// The threads of a block merge a window of rows together, atomically.
static void mergeWindows(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan, const Result &c,
                         const Accumulators &accumulators) {
  Value zero = k.idx(0), one = k.idx(1);
  Value threads = k.idx(product.threads());
  Value accumulator = accumulators.ofBin.front();
  auto buildTile = [&](Value tile) {
    WindowLimits limits = windowLimits(k, product);
    Value segment = k.load(plan.tileSegment, tile);
    Value last = k.load(plan.tileBegin, k.add(tile, one));
    Values end = k.whileLoop(
        {k.load(plan.tileBegin, tile), segment},
        [&](ValueRange v) { return k.lt(v[0], last); },
        [&](ValueRange v) -> Values {
          Value first = v[0];
          // Window distribution: as many rows as the table holds.
          EnterPhaseOp::create(k, Phase::Distribution);
          CountOp::create(k, Event::Window);
          Values window = k.whileLoop(
              {k.add(first, one), rowBound(k, product, plan, first)},
              [&](ValueRange w) {
                return k.ifElse(
                    k.lt(w[0], last), k.getI1Type(),
                    [&]() -> Values {
                      Value keys =
                          k.add(w[1], rowBound(k, product, plan, w[0]));
                      return {k.band(k.le(keys, limits.keys),
                                     k.lt(k.sub(w[0], first), limits.rows))};
                    },
                    [&]() -> Values { return {k.boolean(false)}; })[0];
              },
              [&](ValueRange w) -> Values {
                return {k.add(w[0], one),
                        k.add(w[1], rowBound(k, product, plan, w[0]))};
              });
          Value behind = window[0], bound = window[1];
          // Hashing: entry e of A goes to thread e modulo the threads.
          EnterPhaseOp::create(k, Phase::Hashing);
          k.threads(threads, [&](Value thread) {
            k.loop(first, behind, [&](Value row) {
              Value base = k.mul(k.sub(row, first), product.b.cols);
              Value begin = k.loadIndex(product.a.pos, row);
              Value end = k.loadIndex(product.a.pos, k.add(row, one));
              std::optional<MaskRow> maskRow = openMaskRow(k, product, row);
              Value skip =
                  k.remu(k.sub(k.add(thread, threads), k.remu(begin, threads)),
                         threads);
              k.loop(k.add(begin, skip), end, threads, [&](Value entry) {
                upsertRow(k, product, maskRow, accumulator, zero, bound, entry,
                          base,
                          /*atomic=*/true);
              });
            });
          });
          EnterPhaseOp::create(k, Phase::Writeback);
          Value count = DrainWindowOp::create(
              k, k.getIndexType(), accumulator, first, k.sub(behind, first),
              product.b.cols, threads, product.orderedC, c.pos, c.crd, c.val,
              v[1]);
          return {behind, k.add(v[1], count)};
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

/// The largest position that fits. Positions are unsigned, but consumers read
/// them as signed 32-bit integers as well.
static int64_t largestPosition(Type position) {
  return position.isInteger(32) ? INT32_MAX : INT64_MAX;
}

/// Counts become positions, tiles move together, what is left is given back.
static Values finish(KernelBuilder &k, const RowWiseProduct &product,
                     const WorkPlan &plan, const Result &c, Value total) {
  Value zero = k.idx(0), one = k.idx(1);
  k.storeCast(zero, c.pos, zero);
  k.loop(zero, product.a.rows, {zero}, [&](Value row, ValueRange v) -> Values {
    Value next = k.add(row, one);
    Value end = k.add(v[0], k.loadIndex(c.pos, next));
    k.storeCast(end, c.pos, next);
    return {end};
  });
  k.loop(one, plan.tiles, [&](Value tile) {
    Value from = k.load(plan.tileSegment, tile);
    Value to = k.loadIndex(c.pos, k.load(plan.tileBegin, tile));
    k.ifThen(k.ne(from, to), [&] {
      // Downwards, in ascending order: safe where the two overlap.
      Value count = k.load(plan.tileCount, tile);
      Value behind = k.add(to, count);
      for (Value buffer : {c.crd, c.val}) {
        if (!buffer)
          continue;
        k.loop(zero, count, [&](Value i) {
          k.store(k.load(buffer, k.add(from, i)), buffer, k.add(to, i));
        });
        // Else C would be in memory twice.
        ForgetOp::create(k, buffer, k.max(from, behind), k.add(from, count));
      }
    });
  });
  Values result = {c.pos};
  for (Value buffer : {c.crd, c.val})
    if (buffer)
      result.push_back(ResizeOp::create(k, buffer.getType(), buffer, total));
  return result;
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
    withAccumulators(k, pattern, plan.maxBound, plan.status,
                     [&](const Accumulators &accumulators) {
                       forEachTile(k, pattern, plan.tiles,
                                   [&](Value tile, Value thread) {
                                     countTile(accumulators, tile, thread);
                                   });
                     });
  });
}

static Value isFine(KernelBuilder &k, const WorkPlan &plan) {
  return k.eq(k.loadIndex(plan.status, k.idx(0)), k.idx(0));
}

/// Entries of C; with `layOut` tile segments become just as long as they are.
static Value sumTiles(KernelBuilder &k, const WorkPlan &plan, bool layOut) {
  Value zero = k.idx(0);
  return k.loop(zero, plan.tiles, {zero},
                [&](Value tile, ValueRange v) -> Values {
                  if (layOut)
                    k.store(v[0], plan.tileSegment, tile);
                  return {k.add(v[0], k.load(plan.tileCount, tile))};
                })[0];
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

static Value allocResult(KernelBuilder &k, Value size, Type element,
                         Value &ok) {
  return k.tryAlloc(size, element, ok, /*zeroed=*/false, Purpose::Result);
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
    Value total = sumTiles(k, plan, /*layOut=*/false);
    return withinPositions(
        k, product, total, [&] { return finish(k, product, plan, c, total); },
        undo);
  };
  return guarded(
      k, product, ok,
      [&] {
        k.blocks(k.idx(product.blocks()), [&](Value) {
          withAccumulators(k, product, plan.maxBound, plan.status, merge);
        });
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
      plan.capacity = sumTiles(k, plan, /*layOut=*/true);
      return withinPositions(k, product, plan.capacity,
                             [&] { return mergeTiles(k, product, plan); });
    });
  };
  Values c = guarded(k, product, operandsAreThere(k, product), [&]() -> Values {
    WorkPlan plan = allocateWorkPlan(k, product);
    Values result =
        guarded(k, product, plan.ok, [&] { return multiply(plan); });
    freeWorkPlan(k, plan);
    return result;
  });
  return fromValues(c);
}

//===----------------------------------------------------------------------===//
// Numeric phase
//===----------------------------------------------------------------------===//

Result smash::buildNumeric(KernelBuilder &k, const RowWiseProduct &product,
                           Result pattern) {
  Value zero = k.idx(0), one = k.idx(1);
  auto multiply = [&](WorkPlan &plan, Value entries) -> Values {
    fillWorkPlan(k, product, plan);
    Result c;
    Value ok, rows1 = k.add(product.a.rows, one);
    c.pos = allocResult(k, rows1, product.position, ok);
    c.crd = allocResult(k, entries, product.coordinate, ok);
    c.val = allocResult(k, entries, product.element, ok);
    auto undo = [&] { freeResult(k, c); };
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
          k.blocks(k.idx(product.blocks()), [&](Value) {
            withAccumulators(k, product, plan.maxBound, plan.status, fill);
          });
          Value fine = k.eq(k.loadIndex(plan.status, zero), zero);
          return guarded(k, product, fine, [&] { return toValues(c); }, undo);
        },
        undo);
  };
  Value there = k.band(operandsAreThere(k, product),
                       isThere(k, pattern.pos, product.a.rows));
  Values c = guarded(k, product, there, [&]() -> Values {
    Value entries = k.loadIndex(pattern.pos, product.a.rows);
    return withinPositions(k, product, entries, [&]() -> Values {
      WorkPlan plan = allocateWorkPlan(k, product);
      Values result =
          guarded(k, product, plan.ok, [&] { return multiply(plan, entries); });
      freeWorkPlan(k, plan);
      return result;
    });
  });
  return fromValues(c);
}
