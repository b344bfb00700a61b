//===- LowerInnerProduct.cpp - products with strategy inner to kernels ----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_LOWERINNERPRODUCT
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-inner-product"

/// Where one side of an intersection is this many times longer, each entry of
/// the shorter is searched for in it.
static constexpr int64_t kSearchRatio = 16;

namespace {
/// A run of entries, ascending by coordinate.
struct Run {
  Value crd, val, begin, end;
};

/// Sums products of entries with equal coordinates, in ascending order.
class Intersection {
public:
  Intersection(KernelBuilder &k, const RowWiseProduct &product, Run row,
               Run column)
      : k(k), product(product), row(row), column(column) {}

  /// The sum; undefined where the runs have no coordinate in common, which a
  /// pattern of C rules out.
  Value build() {
    Value rowSize = k.sub(row.end, row.begin);
    Value columnSize = k.sub(column.end, column.begin);
    Value ratio = k.idx(kSearchRatio);
    Type type = product.element;
    return k.ifElse(
        k.lt(k.mul(columnSize, ratio), rowSize), type,
        [&]() -> Values { return {search(column, row, true)}; },
        [&]() -> Values {
          return k.ifElse(
              k.lt(k.mul(rowSize, ratio), columnSize), type,
              [&]() -> Values { return {search(row, column, false)}; },
              [&]() -> Values { return {merge()}; });
        })[0];
  }

private:
  Value coordinate(const Run &run, Value at) {
    return k.loadIndex(run.crd, at);
  }
  /// Adds the product of the entries at `p` in the row and `q` in the column to
  /// what is carried: the sum, and whether there is one.
  Values addProduct(Value p, Value q, Value sum, Value some) {
    CountOp::create(k, Event::Product);
    bool reads = readsOperands(product.semiring);
    Value x = reads ? k.load(row.val, p) : identity();
    Value y = reads ? k.load(column.val, q) : x;
    Value term = createMultiply(k, k.getLoc(), product.semiring, x, y);
    Value next = createAdd(k, k.getLoc(), product.semiring.getAdd(), sum, term);
    return {k.select(some, next, term), k.boolean(true)};
  }
  Value identity() {
    return createIdentity(k, k.getLoc(), Monoid::Or, product.element);
  }

  /// Two cursors, moved without a branch.
  Value merge() {
    Values end = k.whileLoop(
        {row.begin, column.begin, identity(), k.boolean(false)},
        [&](ValueRange v) {
          return k.band(k.lt(v[0], row.end), k.lt(v[1], column.end));
        },
        [&](ValueRange v) -> Values {
          Value left = coordinate(row, v[0]), right = coordinate(column, v[1]);
          Values sum = k.ifElse(
              k.eq(left, right), {product.element, k.getI1Type()},
              [&] { return addProduct(v[0], v[1], v[2], v[3]); },
              [&]() -> Values { return {v[2], v[3]}; });
          return {k.add(v[0], k.toIndex(k.le(left, right))),
                  k.add(v[1], k.toIndex(k.le(right, left))), sum[0], sum[1]};
        });
    return end[2];
  }

  /// Looks up each entry of `few` among those of `many` not yet passed.
  Value search(const Run &few, const Run &many, bool rowIsMany) {
    Values end =
        k.loop(few.begin, few.end, {many.begin, identity(), k.boolean(false)},
               [&](Value at, ValueRange v) -> Values {
                 Value wanted = coordinate(few, at);
                 Value found = lowerBound(many, v[0], wanted);
                 Value there = k.ifElse(
                     k.lt(found, many.end), k.getI1Type(),
                     [&]() -> Values {
                       return {k.eq(coordinate(many, found), wanted)};
                     },
                     [&]() -> Values { return {k.boolean(false)}; })[0];
                 Values sum = k.ifElse(
                     there, {product.element, k.getI1Type()},
                     [&] {
                       return rowIsMany ? addProduct(found, at, v[1], v[2])
                                        : addProduct(at, found, v[1], v[2]);
                     },
                     [&]() -> Values { return {v[1], v[2]}; });
                 return {found, sum[0], sum[1]};
               });
    return end[1];
  }

  /// The first entry from `begin` on whose coordinate is at least `wanted`.
  Value lowerBound(const Run &run, Value begin, Value wanted) {
    return k.whileLoop(
        {begin, run.end}, [&](ValueRange v) { return k.lt(v[0], v[1]); },
        [&](ValueRange v) -> Values {
          Value middle = k.shr(k.add(v[0], v[1]), k.idx(1));
          Value below = k.lt(coordinate(run, middle), wanted);
          return {k.select(below, k.add(middle, k.idx(1)), v[0]),
                  k.select(below, v[1], middle)};
        })[0];
  }

  KernelBuilder &k;
  const RowWiseProduct &product;
  Run row, column;
};
} // namespace

/// The first row whose entries start at `target` or later.
static Value findRow(KernelBuilder &k, const RowWiseProduct &product,
                     const Result &pattern, Value target) {
  return k.whileLoop(
      {k.idx(0), product.a.rows},
      [&](ValueRange v) { return k.lt(v[0], v[1]); },
      [&](ValueRange v) -> Values {
        Value middle = k.shr(k.add(v[0], v[1]), k.idx(1));
        Value below = k.lt(k.loadIndex(pattern.pos, middle), target);
        return {k.select(below, k.add(middle, k.idx(1)), v[0]),
                k.select(below, v[1], middle)};
      })[0];
}

/// Fills C's rows, tiles of equal numbers of entries; `product.b` is B by
/// columns.
static void fillTiles(KernelBuilder &k, const RowWiseProduct &product,
                      const Result &pattern, const Result &c, Value entries) {
  const CsrOperand &a = product.a, &b = product.b;
  Value one = k.idx(1);
  int64_t tileCount = countTiles(product);
  Value tiles = k.idx(tileCount), share = k.divu(entries, tiles);
  auto boundary = [&](Value tile) {
    return k.select(k.eq(tile, tiles), a.rows,
                    findRow(k, product, pattern, k.mul(share, tile)));
  };
  auto fillRow = [&](Value row) {
    Value begin = k.loadIndex(a.pos, row);
    Value end = k.loadIndex(a.pos, k.add(row, one));
    Value lo = k.loadIndex(pattern.pos, row);
    Value hi = k.loadIndex(pattern.pos, k.add(row, one));
    k.loop(lo, hi, [&](Value p) {
      Value column = k.loadIndex(pattern.crd, p);
      Run ofRow{a.crd, a.val, begin, end};
      Run ofColumn{b.crd, b.val, k.loadIndex(b.pos, column),
                   k.loadIndex(b.pos, k.add(column, one))};
      Intersection both(k, product, ofRow, ofColumn);
      k.store(both.build(), c.val, p);
      k.storeCast(column, c.crd, p);
    });
    k.storeCast(hi, c.pos, k.add(row, one));
  };
  k.blocks(k.idx(product.blocks()), [&](Value) {
    forEachTile(k, product, tiles, [&](Value tile, Value) {
      k.apart({}, [&]() -> Values {
        k.loop(boundary(tile), boundary(k.add(tile, one)), fillRow);
        return {};
      });
    });
  });
}

static Result buildInnerProduct(KernelBuilder &k, const RowWiseProduct &product,
                                const Result &pattern) {
  auto fill = [&](Value entries) {
    Result c;
    Value ok;
    c.pos = k.tryAlloc(k.add(product.a.rows, k.idx(1)), product.position, ok);
    c.crd = k.tryAlloc(entries, product.coordinate, ok);
    c.val = k.tryAlloc(entries, product.element, ok);
    return guarded(
        k, product, ok,
        [&] {
          k.storeCast(k.idx(0), c.pos, k.idx(0));
          fillTiles(k, product, pattern, c, entries);
          return toValues(c);
        },
        [&] { freeResult(k, c); });
  };
  Value there = k.band(k.band(isThere(k, product.a.pos, product.a.rows),
                              isThere(k, product.b.pos, product.b.rows)),
                       isThere(k, pattern.pos, product.a.rows));
  return fromValues(guarded(k, product, there, [&] {
    Value entries = k.loadIndex(pattern.pos, product.a.rows);
    return withinPositions(k, product, entries, [&] {
      return withinCoordinates(k, product, product.b.rows,
                               [&] { return fill(entries); });
    });
  }));
}

namespace {
struct LowerInnerProductPass
    : public smash::impl::LowerInnerProductBase<LowerInnerProductPass> {
  void runOnOperation() override {
    SmallVector<SpGEMMNumericOp> products;
    WalkResult walk = getOperation()->walk([&](Operation *op) -> WalkResult {
      if (auto product = dyn_cast<SpGEMMOp>(op); product && isInner(product))
        return checkLowerable(product);
      auto product = dyn_cast<SpGEMMNumericOp>(op);
      if (!product || !isInner(product))
        return WalkResult::advance();
      products.push_back(product);
      return checkLowerable(product);
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    for (SpGEMMNumericOp op : products)
      if (failed(lower(op)))
        return signalPassFailure();
  }

  template <typename OpTy>
  static bool isInner(OpTy op) {
    auto strategy = dyn_cast<StrategyAttr>(op.getStrategy());
    return strategy && strategy.getDataflow() == Dataflow::Inner;
  }

  LogicalResult lower(SpGEMMNumericOp op) {
    MachineAttr machine = getMachine(op);
    if (!machine)
      return failure();
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    RowWiseProduct product;
    product.a = openOperand(k, op.getA());
    product.b = openOperand(k, op.getB());
    product.strategy = cast<StrategyAttr>(op.getStrategy());
    product.machine = machine;
    product.semiring = op.getSemiring();
    Type c = op.getType();
    product.element = cast<RankedTensorType>(c).getElementType();
    product.position = positionTypeOf(c);
    product.coordinate = coordinateTypeOf(c);
    Result pattern =
        openPlan(k, op.getPlan(),
                 fingerprint(k, product.a, product.b, /*transposedB=*/true));
    Result result = buildInnerProduct(k, product, pattern);
    Value tensor =
        AssembleOp::create(k, c, product.a.rows, product.b.rows,
                           ValueRange{result.pos, result.crd, result.val});
    op.replaceAllUsesWith(tensor);
    op.erase();
    ++numLowered;
    return success();
  }
};
} // namespace
