//===- RowWisePlanning.cpp - window distribution: how rows are divided -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"
#include "RowWise.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"

using namespace mlir;
using namespace smash;

/// Tiles per thread: enough that a thread that is done early finds more work,
/// few enough that moving the tiles together stays a stream of long copies.
static constexpr int64_t kTilesPerThread = 8;

/// Rows per item of the counting loop.
static constexpr int64_t kCountingRows = 4096;

/// The work of a tile's bound: by one thread, where there are as many tiles as
/// threads at least, else by as many that all have some.
static int64_t partsOfTile(const RowWiseProduct &product) {
  return llvm::divideCeil(product.blocks() * product.threads(),
                          countTiles(product));
}

/// Whether one thread does everything. A tile of windows is the only one, too,
/// but has the threads of a block.
static bool isSerial(const RowWiseProduct &product) {
  return countTiles(product) == 1 && product.threads() == 1;
}

static Type elementOr(unsigned width, MLIRContext *context) {
  if (width == 0)
    return IndexType::get(context);
  return IntegerType::get(context, width);
}

Type smash::positionTypeOf(Type tensor) {
  auto encoding = sparse_tensor::getSparseTensorEncoding(tensor);
  return elementOr(encoding.getPosWidth(), tensor.getContext());
}

Type smash::coordinateTypeOf(Type tensor) {
  auto encoding = sparse_tensor::getSparseTensorEncoding(tensor);
  return elementOr(encoding.getCrdWidth(), tensor.getContext());
}

CsrOperand smash::openOperand(KernelBuilder &k, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  CsrOperand operand;
  operand.rows = sizeOf(k, tensor, 0);
  operand.cols = sizeOf(k, tensor, 1);
  operand.pos = sparse_tensor::ToPositionsOp::create(
      k, bufferOf(positionTypeOf(type)), tensor, k.getIndexAttr(1));
  operand.crd = sparse_tensor::ToCoordinatesOp::create(
      k, bufferOf(coordinateTypeOf(type)), tensor, k.getIndexAttr(1));
  operand.val = sparse_tensor::ToValuesOp::create(
      k, bufferOf(type.getElementType()), tensor);
  return operand;
}

IntegerType RowWiseProduct::keyType() const {
  Type element = cast<MemRefType>(b.crd.getType()).getElementType();
  MLIRContext *context = element.getContext();
  if (element.isIndex())
    return IntegerType::get(context, 64);
  // All ones is no key, but a coordinate of a narrow type.
  unsigned width = element.getIntOrFloatBitWidth();
  return IntegerType::get(context, std::max(width, 32u));
}

int64_t smash::countTiles(const RowWiseProduct &product) {
  // A window of rows is the work of a block, not of a thread.
  bool byBlock =
      product.isAtomic() && product.strategy.getPhases() == Phases::One;
  int64_t workers = product.blocks() * (byBlock ? 1 : product.threads());
  return workers == 1 ? 1 : workers * kTilesPerThread;
}

/// Whether the bound of a row decides how it is merged: what bin it falls into,
/// or how large a table it gets. Arrays have a place for each column.
static bool tellsRowsApart(const RowWiseProduct &product) {
  ArrayRef<BinAttr> bins = product.strategy.getBins();
  return bins.size() > 1 ||
         bins.front().getAccumulator() != AccumulatorKind::Dense;
}

WorkPlan smash::allocateWorkPlan(KernelBuilder &k,
                                 const RowWiseProduct &product) {
  WorkPlan plan;
  int64_t tiles = countTiles(product);
  plan.tiles = k.idx(tiles);
  Value rows1 = k.add(product.a.rows, k.idx(1));
  Type index = k.getIndexType();
  if (!product.isSequential() || tellsRowsApart(product))
    plan.rowWork = k.tryAlloc(rows1, index, plan.ok);
  if (cutsByKeys(product))
    plan.rowBounds = k.tryAlloc(rows1, index, plan.ok);
  plan.tileBegin = k.tryAlloc(k.idx(tiles + 1), index, plan.ok);
  plan.tileSegment = k.tryAlloc(k.idx(tiles + 1), index, plan.ok);
  plan.tileCount = k.tryAlloc(k.idx(tiles), index, plan.ok, /*zeroed=*/true);
  plan.status = k.tryAlloc(k.idx(1), k.getI64Type(), plan.ok, /*zeroed=*/true);
  plan.partial = k.tryAlloc(k.idx(std::max<int64_t>(product.threads(), 2)),
                            index, plan.ok);
  if (isSerial(product))
    return plan;
  int64_t parts = tiles * partsOfTile(product);
  plan.partBound = k.tryAlloc(k.idx(parts + 1), index, plan.ok);
  plan.partLargest = k.tryAlloc(k.idx(parts), index, plan.ok);
  if (llvm::any_of(product.strategy.getBins(), keepsPairs))
    plan.partPairs = k.tryAlloc(k.idx(parts), index, plan.ok);
  return plan;
}

void smash::freeWorkPlan(KernelBuilder &k, const WorkPlan &plan) {
  for (Value array :
       {plan.rowWork, plan.rowBounds, plan.tileBegin, plan.tileSegment,
        plan.tileCount, plan.status, plan.partial, plan.partBound,
        plan.partLargest, plan.partPairs})
    if (array)
      k.dealloc(array);
}

/// Entries of row `row` of a plain mask; null when there is none.
static Value maskLength(KernelBuilder &k, const RowWiseProduct &product,
                        Value row) {
  if (!product.mask || product.mask->complement)
    return {};
  const CsrOperand &mask = product.mask->matrix;
  return k.sub(k.loadIndex(mask.pos, k.add(row, k.idx(1))),
               k.loadIndex(mask.pos, row));
}

Value smash::boundOf(KernelBuilder &k, const RowWiseProduct &product, Value row,
                     Value work) {
  Value bound = k.min(work, product.b.cols);
  Value allowed = maskLength(k, product, row);
  return allowed ? k.min(bound, allowed) : bound;
}

Value smash::rowBound(KernelBuilder &k, const RowWiseProduct &product,
                      const WorkPlan &plan, Value row) {
  if (!plan.rowWork)
    return product.b.cols;
  Value work = k.sub(k.load(plan.rowWork, k.add(row, k.idx(1))),
                     k.load(plan.rowWork, row));
  return boundOf(k, product, row, work);
}

namespace {
/// Of rows [lo, hi).
struct RowTotals {
  Value bounds;  ///< their sum
  Value largest; ///< the largest of them
  Value pairs;   ///< the most products of a row whose pairs are kept, or null
};
} // namespace

/// Whether a row of `bound` falls into a bin whose pairs are kept; null where
/// no bin's are.
static Value isKept(KernelBuilder &k, const RowWiseProduct &product,
                    Value bound) {
  ArrayRef<BinAttr> bins = product.strategy.getBins();
  if (!llvm::any_of(bins, keepsPairs))
    return {};
  Value kept = k.boolean(keepsPairs(bins.back()));
  for (BinAttr bin : llvm::reverse(bins.drop_back()))
    kept = k.select(k.le(bound, k.idx(bin.getBound())),
                    k.boolean(keepsPairs(bin)), kept);
  return kept;
}

static RowTotals totalRows(KernelBuilder &k, const RowWiseProduct &product,
                           const WorkPlan &plan, Value lo, Value hi) {
  Value zero = k.idx(0), one = k.idx(1);
  bool keeps = llvm::any_of(product.strategy.getBins(), keepsPairs);
  Values carried = {k.load(plan.rowWork, lo), zero, zero};
  if (keeps)
    carried.push_back(zero);
  // One load a row: the products before it are known.
  Values totals =
      k.loop(lo, hi, carried, [&](Value row, ValueRange v) -> Values {
        Value behind = k.load(plan.rowWork, k.add(row, one));
        Value work = k.sub(behind, v[0]);
        Value bound = boundOf(k, product, row, work);
        Values next = {behind, k.add(v[1], bound), k.max(v[2], bound)};
        if (keeps)
          next.push_back(
              k.max(v[3], k.select(isKept(k, product, bound), work, zero)));
        return next;
      });
  return {totals[1], totals[2], keeps ? totals[3] : Value()};
}

/// The products of row `row`, as far as a mask leaves any.
static Value countRow(KernelBuilder &k, const RowWiseProduct &product,
                      Value row) {
  const CsrOperand &a = product.a, &b = product.b;
  Value one = k.idx(1), zero = k.idx(0);
  Value begin = k.loadIndex(a.pos, row);
  Value end = k.loadIndex(a.pos, k.add(row, one));
  // A row without allowed entries is no work.
  if (Value allowed = maskLength(k, product, row))
    end = k.select(k.ne(allowed, zero), end, begin);
  return k.loop(begin, end, {zero}, [&](Value p, ValueRange sum) -> Values {
    Value inner = k.loadIndex(a.crd, p);
    Value from = k.loadIndex(b.pos, inner);
    Value to = k.loadIndex(b.pos, k.add(inner, one));
    return {k.add(sum[0], k.sub(to, from))};
  })[0];
}

/// Says that all rows are one tile.
static void makeOneTile(KernelBuilder &k, const RowWiseProduct &product,
                        WorkPlan &plan, const RowTotals &totals) {
  Value zero = k.idx(0), one = k.idx(1);
  k.store(zero, plan.tileBegin, zero);
  k.store(product.a.rows, plan.tileBegin, one);
  k.store(zero, plan.tileSegment, zero);
  k.store(totals.bounds, plan.tileSegment, one);
  plan.capacity = totals.bounds;
  plan.maxBound = totals.largest;
  plan.maxPairs = totals.pairs ? totals.pairs : zero;
}

/// The bounds of all rows, in one walk that keeps none.
static RowTotals sumBounds(KernelBuilder &k, const RowWiseProduct &product,
                           const WorkPlan &plan) {
  Value zero = k.idx(0), one = k.idx(1);
  k.blocks(one, [&](Value) {
    Values totals = k.loop(zero, product.a.rows, {zero, zero},
                           [&](Value row, ValueRange v) -> Values {
                             Value bound = boundOf(k, product, row,
                                                   countRow(k, product, row));
                             return {k.add(v[0], bound), k.max(v[1], bound)};
                           });
    k.store(totals[0], plan.partial, zero);
    k.store(totals[1], plan.partial, one);
  });
  return {k.load(plan.partial, zero), k.load(plan.partial, one), Value()};
}

/// rowBounds[i + 1] = bound of row i.
static void boundRows(KernelBuilder &k, const RowWiseProduct &product,
                      const WorkPlan &plan) {
  forEachInParallel(k, product, product.a.rows, kCountingRows, [&](Value row) {
    k.store(rowBound(k, product, plan, row), plan.rowBounds,
            k.add(row, k.idx(1)));
  });
}

void smash::fillWorkPlan(KernelBuilder &k, const RowWiseProduct &product,
                         WorkPlan &plan) {
  if (!plan.rowWork)
    return makeOneTile(k, product, plan, sumBounds(k, product, plan));
  Value zero = k.idx(0), one = k.idx(1);
  Value rows = product.a.rows;
  forEachInParallel(k, product, rows, kCountingRows, [&](Value row) {
    k.store(countRow(k, product, row), plan.rowWork, k.add(row, one));
  });
  Value products = prefixSum(k, product, plan.rowWork, rows, plan.partial);
  if (plan.rowBounds) {
    boundRows(k, product, plan);
    prefixSum(k, product, plan.rowBounds, rows, plan.partial);
  }
  if (isSerial(product))
    return makeOneTile(k, product, plan,
                       totalRows(k, product, plan, zero, rows));

  // Tiles of equal work, upwards: the last may be empty, and fewer products
  // than tiles are not all of one. The quotient comes first: the product could
  // overflow.
  Value share = k.ceildivu(products, plan.tiles);
  forEachInParallel(k, product, plan.tiles, product.threads(), [&](Value tile) {
    Value row = findRow(k, rows, k.mul(share, tile),
                        [&](Value row) { return k.load(plan.rowWork, row); });
    k.store(row, plan.tileBegin, tile);
  });
  k.store(rows, plan.tileBegin, plan.tiles);

  // The tiles' bounds, of as many rows at a time that all threads have some.
  int64_t partCount = partsOfTile(product);
  Value parts = k.idx(partCount), all = k.idx(countTiles(product) * partCount);
  bool keeps = llvm::any_of(product.strategy.getBins(), keepsPairs);
  forEachInParallel(k, product, all, product.threads(), [&](Value number) {
    Value tile = k.divu(number, parts), part = k.remu(number, parts);
    Value lo = k.load(plan.tileBegin, tile);
    Value hi = k.load(plan.tileBegin, k.add(tile, one));
    Value rowsOfPart = k.ceildivu(k.sub(hi, lo), parts);
    Value first = k.min(k.add(lo, k.mul(part, rowsOfPart)), hi);
    RowTotals totals =
        totalRows(k, product, plan, first, k.min(k.add(first, rowsOfPart), hi));
    k.store(totals.bounds, plan.partBound, k.add(number, one));
    k.store(totals.largest, plan.partLargest, number);
    if (keeps)
      k.store(totals.pairs, plan.partPairs, number);
  });
  plan.capacity = prefixSum(k, product, plan.partBound, all, plan.partial);
  forEachInParallel(k, product, k.add(plan.tiles, one), product.threads(),
                    [&](Value tile) {
                      k.store(k.load(plan.partBound, k.mul(tile, parts)),
                              plan.tileSegment, tile);
                    });
  auto largestOf = [&](Value numbers) {
    return reduce(
        k, product, all, plan.partial,
        [&](Value number) { return k.load(numbers, number); },
        [&](Value a, Value b) { return k.max(a, b); });
  };
  plan.maxBound = largestOf(plan.partLargest);
  plan.maxPairs = keeps ? largestOf(plan.partPairs) : zero;
}
