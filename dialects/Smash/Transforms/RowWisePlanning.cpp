//===- RowWisePlanning.cpp - window distribution: how rows are divided -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace smash;

/// Tiles per thread: enough that a thread that is done early finds more work,
/// few enough that moving the tiles together stays a stream of long copies.
static constexpr int64_t kTilesPerThread = 8;

/// Rows per item of the counting loop.
static constexpr int64_t kCountingRows = 4096;

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
  auto size = [&](int64_t dim) -> Value {
    if (!type.isDynamicDim(dim))
      return k.idx(type.getDimSize(dim));
    return tensor::DimOp::create(k, tensor, dim);
  };
  CsrOperand operand;
  operand.rows = size(0);
  operand.cols = size(1);
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
  return cast<IntegerType>(element);
}

int64_t smash::countTiles(const RowWiseProduct &product) {
  // A window of rows is the work of a block, not of a thread.
  bool byBlock =
      product.isAtomic() && product.strategy.getPhases() == Phases::One;
  int64_t workers = product.blocks() * (byBlock ? 1 : product.threads());
  return workers == 1 ? 1 : workers * kTilesPerThread;
}

WorkPlan smash::allocateWorkPlan(KernelBuilder &k,
                                 const RowWiseProduct &product) {
  WorkPlan plan;
  int64_t tiles = countTiles(product);
  plan.tiles = k.idx(tiles);
  Value rows1 = k.add(product.a.rows, k.idx(1));
  Type index = k.getIndexType();
  plan.rowWork = k.tryAlloc(rows1, index, plan.ok);
  plan.tileBegin = k.tryAlloc(k.idx(tiles + 1), index, plan.ok);
  plan.tileSegment = k.tryAlloc(k.idx(tiles + 1), index, plan.ok);
  plan.tileCount = k.tryAlloc(k.idx(tiles), index, plan.ok, /*zeroed=*/true);
  plan.status = k.tryAlloc(k.idx(1), k.getI64Type(), plan.ok, /*zeroed=*/true);
  plan.partial = k.tryAlloc(k.idx(3 * product.threads()), index, plan.ok);
  return plan;
}

void smash::freeWorkPlan(KernelBuilder &k, const WorkPlan &plan) {
  for (Value array : {plan.rowWork, plan.tileBegin, plan.tileSegment,
                      plan.tileCount, plan.status, plan.partial})
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
  Value work = k.sub(k.load(plan.rowWork, k.add(row, k.idx(1))),
                     k.load(plan.rowWork, row));
  return boundOf(k, product, row, work);
}

void smash::forEachOfThread(KernelBuilder &k, const RowWiseProduct &product,
                            Value lo, Value hi,
                            function_ref<void(Value)> body) {
  if (product.threads() == 1)
    return k.loop(lo, hi, body);
  Value threads = k.idx(product.threads());
  k.threads(threads, [&](Value thread) {
    k.loop(k.add(lo, thread), hi, threads, body);
  });
}

Value smash::prefixSum(KernelBuilder &k, const RowWiseProduct &product,
                       Value counts, Value rows, Value partial) {
  Value zero = k.idx(0), one = k.idx(1);
  k.storeCast(zero, counts, zero);
  auto sumFrom = [&](Value lo, Value hi, Value before) -> Value {
    return k.loop(lo, hi, {before}, [&](Value row, ValueRange v) -> Values {
      Value next = k.add(row, one);
      Value sum = k.add(v[0], k.loadIndex(counts, next));
      k.storeCast(sum, counts, next);
      return {sum};
    })[0];
  };
  if (product.threads() == 1)
    return sumFrom(zero, rows, zero);
  // Each thread sums its part; then it adds what stands before.
  Value threads = k.idx(product.threads());
  Value share = k.divu(k.add(rows, k.idx(product.threads() - 1)), threads);
  auto part = [&](Value thread) {
    Value lo = k.min(k.mul(thread, share), rows);
    return std::make_pair(lo, k.min(k.add(lo, share), rows));
  };
  k.blocks(one, [&](Value) {
    k.threads(threads, [&](Value thread) {
      auto [lo, hi] = part(thread);
      k.store(sumFrom(lo, hi, zero), partial, thread);
    });
    k.threads(threads, [&](Value thread) {
      Value before = k.loop(zero, thread, {zero},
                            [&](Value other, ValueRange v) -> Values {
                              return {k.add(v[0], k.load(partial, other))};
                            })[0];
      auto [lo, hi] = part(thread);
      k.ifThen(k.ne(before, zero), [&, lo = lo, hi = hi] {
        k.loop(lo, hi, [&](Value row) {
          Value next = k.add(row, one);
          k.storeCast(k.add(before, k.loadIndex(counts, next)), counts, next);
        });
      });
    });
  });
  return k.loadIndex(counts, rows);
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

/// rowWork[i + 1] = products of row i, as far as a mask leaves any.
static void countProducts(KernelBuilder &k, const RowWiseProduct &product,
                          const WorkPlan &plan) {
  const CsrOperand &a = product.a, &b = product.b;
  Value one = k.idx(1), zero = k.idx(0);
  Value step = k.idx(kCountingRows);
  Value items = k.divu(k.add(a.rows, k.idx(kCountingRows - 1)), step);
  k.blocks(k.idx(product.blocks()), [&](Value) {
    WorkLoopOp::create(
        k, zero, items, Schedule::Static,
        [&](OpBuilder &nested, Location loc, Value item) {
          KernelBuilder k(loc, nested);
          Value lo = k.mul(item, step);
          Value hi = k.min(k.add(lo, step), a.rows);
          forEachOfThread(k, product, lo, hi, [&](Value row) {
            Value begin = k.loadIndex(a.pos, row);
            Value end = k.loadIndex(a.pos, k.add(row, one));
            // A row without allowed entries is no work.
            if (Value allowed = maskLength(k, product, row))
              end = k.select(k.ne(allowed, zero), end, begin);
            Values sum = k.loop(
                begin, end, {zero}, [&](Value p, ValueRange sum) -> Values {
                  Value inner = k.loadIndex(a.crd, p);
                  Value from = k.loadIndex(b.pos, inner);
                  Value to = k.loadIndex(b.pos, k.add(inner, one));
                  return {k.add(sum[0], k.sub(to, from))};
                });
            k.store(sum[0], plan.rowWork, k.add(row, one));
          });
        });
  });
}

Value smash::findRow(KernelBuilder &k, Value rows, Value target,
                     function_ref<Value(Value)> before) {
  Value one = k.idx(1);
  Values range = k.whileLoop(
      {k.idx(0), rows}, [&](ValueRange v) { return k.lt(v[0], v[1]); },
      [&](ValueRange v) -> Values {
        Value middle = k.shr(k.add(v[0], v[1]), one);
        Value below = k.lt(before(middle), target);
        return {k.select(below, k.add(middle, one), v[0]),
                k.select(below, v[1], middle)};
      });
  return range[0];
}

void smash::fillWorkPlan(KernelBuilder &k, const RowWiseProduct &product,
                         WorkPlan &plan) {
  countProducts(k, product, plan);
  Value zero = k.idx(0), one = k.idx(1);
  Value rows = product.a.rows;
  Value products = prefixSum(k, product, plan.rowWork, rows, plan.partial);

  // Tiles of equal work. The quotient comes first: the product could overflow.
  Value share = k.divu(products, plan.tiles);
  k.loop(zero, plan.tiles, [&](Value tile) {
    Value row = findRow(k, rows, k.mul(share, tile),
                        [&](Value row) { return k.load(plan.rowWork, row); });
    k.store(row, plan.tileBegin, tile);
  });
  k.store(rows, plan.tileBegin, plan.tiles);
  // The tiles' bounds, by all threads of a block where it has several: rows of
  // a tile in as many parts.
  Value threads = k.idx(product.threads());
  auto totalTile = [&](Value tile, Value thread) -> RowTotals {
    Value lo = k.load(plan.tileBegin, tile);
    Value hi = k.load(plan.tileBegin, k.add(tile, one));
    if (product.threads() == 1)
      return totalRows(k, product, plan, lo, hi);
    Value part = k.divu(k.add(k.sub(hi, lo), k.sub(threads, one)), threads);
    Value first = k.min(k.add(lo, k.mul(thread, part)), hi);
    return totalRows(k, product, plan, first, k.min(k.add(first, part), hi));
  };
  // A total of each thread of a block stands behind those of the one before.
  auto partial = [&](int64_t number, Value thread) {
    return k.add(k.idx(number * product.threads()), thread);
  };
  auto totalByThreads = [&](Value tile) -> RowTotals {
    bool keeps = false;
    k.blocks(one, [&](Value) {
      k.threads(threads, [&](Value thread) {
        RowTotals part = totalTile(tile, thread);
        keeps = part.pairs != nullptr;
        k.store(part.bounds, plan.partial, partial(0, thread));
        k.store(part.largest, plan.partial, partial(1, thread));
        if (keeps)
          k.store(part.pairs, plan.partial, partial(2, thread));
      });
    });
    Values carried = {zero, zero};
    if (keeps)
      carried.push_back(zero);
    Values all = k.loop(
        zero, threads, carried, [&](Value thread, ValueRange v) -> Values {
          auto of = [&](int64_t number) {
            return k.load(plan.partial, partial(number, thread));
          };
          Values next = {k.add(v[0], of(0)), k.max(v[1], of(1))};
          if (keeps)
            next.push_back(k.max(v[2], of(2)));
          return next;
        });
    return {all[0], all[1], keeps ? all[2] : Value()};
  };
  k.store(zero, plan.tileSegment, zero);
  Values end =
      k.loop(zero, plan.tiles, {zero, zero, zero},
             [&](Value tile, ValueRange v) -> Values {
               RowTotals totals = product.threads() == 1 ? totalTile(tile, zero)
                                                         : totalByThreads(tile);
               Value sum = k.add(v[0], totals.bounds);
               k.store(sum, plan.tileSegment, k.add(tile, one));
               return {sum, k.max(v[1], totals.largest),
                       totals.pairs ? k.max(v[2], totals.pairs) : v[2]};
             });
  plan.capacity = end[0];
  plan.maxBound = end[1];
  plan.maxPairs = end[2];
}
