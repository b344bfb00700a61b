//===- RowWiseMerge.cpp - products of a row, merged -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"

using namespace mlir;
using namespace smash;

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
    int64_t listed = longRowsOfWindow(product);
    accumulators.tokens = k.tryAlloc(k.idx(listed ? 2 + 2 * listed : 1), i64,
                                     ok, /*zeroed=*/true);
    if (!isDenseWindow(product)) {
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

EntryOfA smash::openEntry(KernelBuilder &k, const RowWiseProduct &product,
                          Value entry) {
  Value inner = k.loadIndex(product.a.crd, entry);
  EntryOfA opened;
  if (product.hasValues() && readsOperands(product.semiring))
    opened.factor = k.load(product.a.val, entry);
  opened.lo = k.loadIndex(product.b.pos, inner);
  opened.hi = k.loadIndex(product.b.pos, k.add(inner, k.idx(1)));
  return opened;
}

void smash::upsertRow(KernelBuilder &k, const RowWiseProduct &product,
                      const std::optional<MaskRow> &maskRow, Value accumulator,
                      Value instance, Value bound, Value keys,
                      const EntryOfA &entry, Value keyBase, bool atomic) {
  const CsrOperand &b = product.b;
  Value factor = entry.factor;
  UpsertOp::create(
      k, accumulator, instance, bound, entry.lo, entry.hi, keys,
      product.orderedB, atomic, [&](OpBuilder &nested, Location loc, Value p) {
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
              /*keys=*/Value(), openEntry(k, product, entry),
              /*keyBase=*/Value(), /*atomic=*/false);
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
  // A lone thread takes all there is: nothing need be counted.
  Schedule schedule = countTiles(product) == 1 ? Schedule::Static
                                               : product.strategy.getSchedule();
  // Threads take tiles without waiting for each other.
  k.threads(k.idx(product.threads()), [&](Value thread) {
    WorkLoopOp::create(k, k.idx(0), tiles, schedule,
                       [&](OpBuilder &nested, Location, Value tile) {
                         // The body uses k: let it stand here meanwhile.
                         OpBuilder::InsertionGuard guard(k);
                         k.setInsertionPoint(nested.getInsertionBlock(),
                                             nested.getInsertionPoint());
                         body(tile, thread);
                       });
  });
}
