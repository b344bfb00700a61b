//===- RowWiseResult.cpp - the arrays of C --------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"
#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"

using namespace mlir;
using namespace smash;

RowWiseProduct smash::describeProduct(KernelBuilder &k, Value a, Value b,
                                      StrategyAttr strategy,
                                      MachineAttr machine) {
  RowWiseProduct product;
  product.a = openOperand(k, a);
  product.b = openOperand(k, b);
  product.strategy = strategy;
  product.machine = machine;
  product.orderedB = isOrdered(b.getType());
  return product;
}

void smash::describeResult(RowWiseProduct &product, Type c) {
  product.element = cast<RankedTensorType>(c).getElementType();
  product.position = positionTypeOf(c);
  product.coordinate = coordinateTypeOf(c);
  product.orderedC = isOrdered(c);
}

void smash::replaceByResult(KernelBuilder &k, Operation *op, Value rows,
                            Value cols, const Result &c) {
  Value tensor = AssembleOp::create(k, op->getResult(0).getType(), rows, cols,
                                    ValueRange{c.pos, c.crd, c.val});
  op->getResult(0).replaceAllUsesWith(tensor);
  op->erase();
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

SmallVector<Type> smash::resultTypes(const RowWiseProduct &product) {
  SmallVector<Type> types = {bufferOf(product.position),
                             bufferOf(product.coordinate)};
  if (product.hasValues())
    types.push_back(bufferOf(product.element));
  return types;
}

Value smash::allocResult(KernelBuilder &k, Value size, Type element,
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

/// Gives back what stands behind `total` entries.
static Values shrinkResult(KernelBuilder &k, const Result &c, Value total) {
  Values result = {c.pos};
  for (Value buffer : {c.crd, c.val})
    if (buffer)
      result.push_back(ResizeOp::create(k, buffer.getType(), buffer, total));
  return result;
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
  return shrinkResult(k, c, total);
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

Values smash::finishResult(KernelBuilder &k, const RowWiseProduct &product,
                           const WorkPlan &plan, const Result &c, Value total) {
  if (product.isSequential()) {
    k.storeCast(k.idx(0), c.pos, k.idx(0));
    return shrinkResult(k, c, total);
  }
  prefixSum(k, product, c.pos, product.a.rows, plan.partial);
  if (product.machine.getBulkCopy() && countTiles(product) > 1)
    return copyTiles(k, product, plan, c, total);
  return moveTiles(k, plan, c, total);
}

Value smash::operandsAreThere(KernelBuilder &k, const RowWiseProduct &product) {
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
