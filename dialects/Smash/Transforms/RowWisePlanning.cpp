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
  int64_t workers = product.blocks() * product.threads();
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
  return plan;
}

void smash::freeWorkPlan(KernelBuilder &k, const WorkPlan &plan) {
  for (Value array : {plan.rowWork, plan.tileBegin, plan.tileSegment,
                      plan.tileCount, plan.status})
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

/// The entries that `work` products can make in row `row`, at most.
static Value boundOf(KernelBuilder &k, const RowWiseProduct &product, Value row,
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
          k.loop(lo, hi, [&](Value row) {
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

/// The first row r with rowWork[r] >= `target`.
static Value findRow(KernelBuilder &k, const RowWiseProduct &product,
                     const WorkPlan &plan, Value target) {
  Value one = k.idx(1);
  Values range = k.whileLoop(
      {k.idx(0), product.a.rows},
      [&](ValueRange v) { return k.lt(v[0], v[1]); },
      [&](ValueRange v) -> Values {
        Value middle = k.shr(k.add(v[0], v[1]), one);
        Value below = k.lt(k.load(plan.rowWork, middle), target);
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
  k.store(zero, plan.rowWork, zero);
  Values totals =
      k.loop(zero, rows, {zero, zero}, [&](Value row, ValueRange v) -> Values {
        Value next = k.add(row, one);
        Value work = k.load(plan.rowWork, next);
        Value total = k.add(v[0], work);
        k.store(total, plan.rowWork, next);
        return {total, k.max(v[1], boundOf(k, product, row, work))};
      });
  plan.maxBound = totals[1];

  // Tiles of equal work. The quotient comes first: the product could overflow.
  Value share = k.divu(totals[0], plan.tiles);
  k.loop(zero, plan.tiles, [&](Value tile) {
    Value row = findRow(k, product, plan, k.mul(share, tile));
    k.store(row, plan.tileBegin, tile);
  });
  k.store(rows, plan.tileBegin, plan.tiles);
  k.store(zero, plan.tileSegment, zero);
  Values end =
      k.loop(zero, plan.tiles, {zero}, [&](Value tile, ValueRange v) -> Values {
        Value next = k.add(tile, one);
        Values sum =
            k.loop(k.load(plan.tileBegin, tile), k.load(plan.tileBegin, next),
                   v, [&](Value row, ValueRange v) -> Values {
                     return {k.add(v[0], rowBound(k, product, plan, row))};
                   });
        k.store(sum[0], plan.tileSegment, next);
        return sum;
      });
  plan.capacity = end[0];
}
