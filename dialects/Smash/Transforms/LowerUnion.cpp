//===- LowerUnion.cpp - sums of sparse matrices to kernels -*- C++ -*-===//
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
#define GEN_PASS_DEF_LOWERUNION
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-union"

namespace {
/// Builds the kernel of one union. Rows are counted, then filled: all that
/// divides work, makes positions and fails is that of a row-wise product, whose
/// operands are `x` and `y`.
class UnionBuilder {
public:
  UnionBuilder(KernelBuilder &k, const RowWiseProduct &product, Monoid add)
      : k(k), product(product), x(product.a), y(product.b), add(add),
        tiles(k.idx(countTiles(product))) {}

  Result build();

private:
  /// Of both operands, the entries of a row that are left.
  struct Cursors {
    Value p, endX, q, endY;
  };
  Cursors open(Value row);
  /// Calls `emit` with the places of the two first entries of a row and their
  /// columns while both have one, then moves past the lower column, or both;
  /// what is left, and how many calls there were.
  std::pair<Cursors, Value>
  walk(Value row, function_ref<void(Value, Value, Value, Value, Value)> emit);
  Value countRow(Value row);
  void fillRow(Value row, Value target, const Result &c);
  /// Copies entries [begin, end) of an operand to `target`.
  void copy(const CsrOperand &from, Value begin, Value end, const Result &c,
            Value target);
  /// Calls `body` with each tile and its rows, [lo, hi).
  void forEachTileOfRows(function_ref<void(Value, Value, Value)> body);
  /// Counts the entries of each row to behind its position; their sum.
  Value countRows(const Result &c, Value tileCount, Value partial);
  Values fill(Result c, Value total);

  KernelBuilder &k;
  const RowWiseProduct &product;
  const CsrOperand &x, &y;
  Monoid add;
  Value tiles;
  Value tileBegin; ///< the first row of tile t; tiles + 1
};
} // namespace

UnionBuilder::Cursors UnionBuilder::open(Value row) {
  Value next = k.add(row, k.idx(1));
  return {k.loadIndex(x.pos, row), k.loadIndex(x.pos, next),
          k.loadIndex(y.pos, row), k.loadIndex(y.pos, next)};
}

std::pair<UnionBuilder::Cursors, Value>
UnionBuilder::walk(Value row,
                   function_ref<void(Value, Value, Value, Value, Value)> emit) {
  Cursors cursors = open(row);
  Values end = k.whileLoop(
      {cursors.p, cursors.q, k.idx(0)},
      [&](ValueRange v) {
        return k.band(k.lt(v[0], cursors.endX), k.lt(v[1], cursors.endY));
      },
      [&](ValueRange v) -> Values {
        // Moved without a branch on the columns.
        Value left = k.loadIndex(x.crd, v[0]), right = k.loadIndex(y.crd, v[1]);
        emit(v[0], v[1], left, right, v[2]);
        return {k.add(v[0], k.toIndex(k.le(left, right))),
                k.add(v[1], k.toIndex(k.le(right, left))),
                k.add(v[2], k.idx(1))};
      });
  return {Cursors{end[0], cursors.endX, end[1], cursors.endY}, end[2]};
}

Value UnionBuilder::countRow(Value row) {
  auto [left, count] = walk(row, [](Value, Value, Value, Value, Value) {});
  return k.add(count,
               k.add(k.sub(left.endX, left.p), k.sub(left.endY, left.q)));
}

void UnionBuilder::copy(const CsrOperand &from, Value begin, Value end,
                        const Result &c, Value target) {
  Value length = k.sub(end, begin);
  k.stream(k.idx(0), length, [&](Value i) {
    k.storeCast(k.load(from.crd, k.add(begin, i)), c.crd, k.add(target, i));
  });
  k.stream(k.idx(0), length, [&](Value i) {
    k.store(k.load(from.val, k.add(begin, i)), c.val, k.add(target, i));
  });
}

void UnionBuilder::fillRow(Value row, Value target, const Result &c) {
  auto [left, count] =
      walk(row, [&](Value p, Value q, Value ofX, Value ofY, Value number) {
        Value at = k.add(target, number);
        Value inX = k.le(ofX, ofY), inY = k.le(ofY, ofX);
        Value first = k.load(x.val, p), second = k.load(y.val, q);
        Value sum = createAdd(k, k.getLoc(), add, first, second);
        k.storeCast(k.select(inX, ofX, ofY), c.crd, at);
        k.store(k.select(inX, k.select(inY, sum, first), second), c.val, at);
      });
  // One of them is at its end.
  Value at = k.add(target, count);
  copy(x, left.p, left.endX, c, at);
  copy(y, left.q, left.endY, c, at);
}

void UnionBuilder::forEachTileOfRows(
    function_ref<void(Value, Value, Value)> body) {
  k.blocks(k.idx(product.blocks()), [&](Value) {
    forEachTile(k, product, tiles, [&](Value tile, Value) {
      k.apart({}, [&]() -> Values {
        body(tile, k.load(tileBegin, tile),
             k.load(tileBegin, k.add(tile, k.idx(1))));
        return {};
      });
    });
  });
}

Value UnionBuilder::countRows(const Result &c, Value tileCount, Value partial) {
  Value zero = k.idx(0), one = k.idx(1);
  forEachTileOfRows([&](Value tile, Value lo, Value hi) {
    Values sum = k.loop(lo, hi, {zero}, [&](Value row, ValueRange v) -> Values {
      Value count = countRow(row);
      k.storeCast(count, c.pos, k.add(row, one));
      return {k.add(v[0], count)};
    });
    k.store(sum[0], tileCount, tile);
  });
  return reduce(
      k, product, tiles, partial,
      [&](Value tile) { return k.load(tileCount, tile); },
      [&](Value a, Value b) { return k.add(a, b); });
}

Values UnionBuilder::fill(Result c, Value total) {
  Value ok;
  c.crd = k.tryAlloc(total, product.coordinate, ok, /*zeroed=*/false,
                     Purpose::Result);
  c.val =
      k.tryAlloc(total, product.element, ok, /*zeroed=*/false, Purpose::Result);
  return guarded(
      k, product, ok,
      [&] {
        forEachTileOfRows([&](Value, Value lo, Value hi) {
          k.loop(lo, hi,
                 [&](Value row) { fillRow(row, k.loadIndex(c.pos, row), c); });
        });
        return toValues(c);
      },
      [&] { freeResult(k, c); });
}

Result UnionBuilder::build() {
  Value one = k.idx(1), rows = x.rows;
  auto unite = [&]() -> Values {
    Result c;
    Value ok;
    Type index = k.getIndexType();
    c.pos = k.tryAlloc(k.add(rows, one), product.position, ok,
                       /*zeroed=*/false, Purpose::Result);
    tileBegin = k.tryAlloc(k.add(tiles, one), index, ok);
    Value tileCount = k.tryAlloc(tiles, index, ok);
    Value partial = k.tryAlloc(k.idx(product.threads()), index, ok);
    auto undo = [&] { k.dealloc(c.pos); };
    Values result = guarded(
        k, product, ok,
        [&]() -> Values {
          auto before = [&](Value row) {
            return k.add(k.loadIndex(x.pos, row), k.loadIndex(y.pos, row));
          };
          Value share = k.ceildivu(before(rows), tiles);
          forEachInParallel(
              k, product, tiles, product.threads(), [&](Value tile) {
                k.store(findRow(k, rows, k.mul(share, tile), before), tileBegin,
                        tile);
              });
          k.store(rows, tileBegin, tiles);
          Value total = countRows(c, tileCount, partial);
          return withinPositions(
              k, product, total,
              [&] {
                prefixSum(k, product, c.pos, rows, partial);
                return fill(c, total);
              },
              undo);
        },
        undo);
    for (Value array : {tileBegin, tileCount, partial})
      k.dealloc(array);
    return result;
  };
  Value there = k.band(isThere(k, x.pos, rows), isThere(k, y.pos, rows));
  return fromValues(guarded(k, product, there, unite));
}

namespace {
struct LowerUnionPass : public smash::impl::LowerUnionBase<LowerUnionPass> {
  void runOnOperation() override {
    SmallVector<UnionOp> unions;
    WalkResult walk = getOperation()->walk([&](UnionOp op) -> WalkResult {
      unions.push_back(op);
      return checkLowerable(op);
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    for (UnionOp op : unions)
      if (failed(lower(op)))
        return signalPassFailure();
  }

  LogicalResult lower(UnionOp op) {
    MachineAttr machine = getMachine(op);
    if (!machine)
      return failure();
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    RowWiseProduct product;
    product.a = openOperand(k, op.getX());
    product.b = openOperand(k, op.getY());
    product.strategy = StrategyAttr::getAuto(&getContext());
    product.machine = machine;
    Type c = op.getType();
    product.element = cast<RankedTensorType>(c).getElementType();
    product.position = positionTypeOf(c);
    product.coordinate = coordinateTypeOf(c);
    Result result = UnionBuilder(k, product, op.getAdd()).build();
    Value tensor =
        AssembleOp::create(k, c, product.a.rows, product.a.cols,
                           ValueRange{result.pos, result.crd, result.val});
    op.replaceAllUsesWith(tensor);
    op.erase();
    ++numLowered;
    return success();
  }
};
} // namespace
