//===- LowerInnerProduct.cpp - products with strategy inner to kernels ----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
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

/// A row of A is put in a table from this many entries on, where it has at
/// least this many entries of C to serve.
static constexpr int64_t kTableEntries = 8;
static constexpr int64_t kTableColumns = 4;

/// Percent of a table's slots in use, at most: nearly every probe ends at once.
static constexpr int64_t kTableFill = 25;

namespace {
/// A run of entries, ascending by coordinate.
struct Run {
  Value crd, val, begin, end;
};

/// The places of a row's entries by coordinate: linear probing, as in a hash
/// accumulator; the tag of a free slot is all ones.
class RowTable {
public:
  /// Room for rows of `longest` entries, one for each thread of the block.
  RowTable(KernelBuilder &k, const RowWiseProduct &product, Value longest,
           Value &ok);
  void free(KernelBuilder &k);

  /// From here on this is the table of `thread`, for `row`.
  void open(KernelBuilder &k, Value thread, const Run &row);
  /// Empties the table and puts the row in.
  void fill(KernelBuilder &k, const Run &row);
  /// Calls `found` with the place of the entry of the row in the table that has
  /// `coordinate`, or `missed`.
  Values find(KernelBuilder &k, Value coordinate, TypeRange types,
              function_ref<Values(Value)> found, function_ref<Values()> missed);

private:
  /// The slot of `key`, or the free one where it would stand.
  Value probe(KernelBuilder &k, Value key);

  IntegerType type; ///< of a coordinate
  Value tags, places, stride;
  // Of the row in it.
  Value base, begin;
  TableSize size;
};

/// Sums products of entries with equal coordinates, in ascending order.
class Intersection {
public:
  /// `table` holds the row where `hasTable`.
  Intersection(KernelBuilder &k, const RowWiseProduct &product, Run row,
               Run column, RowTable &table, Value hasTable)
      : k(k), product(product), row(row), column(column), table(table),
        hasTable(hasTable) {}

  /// The sum; undefined where the runs have no coordinate in common, which a
  /// pattern of C rules out.
  Value build() {
    Value rowSize = k.sub(row.end, row.begin);
    Value columnSize = k.sub(column.end, column.begin);
    Value ratio = k.idx(kSearchRatio);
    Type type = product.element;
    auto choose = [&](Value condition, function_ref<Value()> yes,
                      function_ref<Value()> no) -> Value {
      return k.ifElse(
          condition, type, [&]() -> Values { return {yes()}; },
          [&]() -> Values { return {no()}; })[0];
    };
    auto shorterColumn = [&] {
      return choose(
          k.lt(k.mul(columnSize, ratio), rowSize),
          [&] { return search(column, row, true); }, [&] { return merge(); });
    };
    return choose(
        k.lt(k.mul(rowSize, ratio), columnSize),
        [&] { return search(row, column, false); },
        [&] {
          return choose(hasTable, [&] { return lookUp(); }, shorterColumn);
        });
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

  /// Looks up each entry of the column in the row's table.
  Value lookUp() {
    Type flag = k.getI1Type();
    Values end = k.loop(
        column.begin, column.end, {identity(), k.boolean(false)},
        [&](Value at, ValueRange v) -> Values {
          return table.find(
              k, coordinate(column, at), {product.element, flag},
              [&](Value place) { return addProduct(place, at, v[0], v[1]); },
              [&]() -> Values { return {v[0], v[1]}; });
        });
    return end[0];
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
  RowTable &table;
  Value hasTable;
};
} // namespace

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

RowTable::RowTable(KernelBuilder &k, const RowWiseProduct &product,
                   Value longest, Value &ok)
    : type(product.keyType()) {
  stride = sizeTable(k, longest, kTableFill).slots;
  Value slots = k.mulSize(k.idx(product.threads()), stride);
  tags = k.tryAlloc(slots, type, ok, /*zeroed=*/false, Purpose::Partial);
  places = k.tryAlloc(slots, type, ok, /*zeroed=*/false, Purpose::Partial);
}

void RowTable::free(KernelBuilder &k) {
  k.dealloc(tags);
  k.dealloc(places);
}

Value RowTable::probe(KernelBuilder &k, Value key) {
  Value mask = k.sub(size.slots, k.idx(1)), empty = k.integer(-1, type);
  Value first =
      hashKey(k, key, size, HashFunction::Multiplicative, /*keys=*/Value());
  Values found = k.whileLoop(
      {first},
      [&](ValueRange v) {
        CountOp::create(k, Event::Probe);
        Value tag = k.load(tags, k.add(base, v[0]));
        return k.band(k.ne(tag, key), k.ne(tag, empty));
      },
      [&](ValueRange v) -> Values {
        return {k.band(k.add(v[0], k.idx(1)), mask)};
      });
  return k.add(base, found[0]);
}

void RowTable::open(KernelBuilder &k, Value thread, const Run &row) {
  base = k.mul(thread, stride);
  begin = row.begin;
  size = sizeTable(k, k.sub(row.end, row.begin), kTableFill);
}

void RowTable::fill(KernelBuilder &k, const Run &row) {
  k.stream(k.idx(0), size.slots, [&](Value slot) {
    k.store(k.integer(-1, type), tags, k.add(base, slot));
  });
  k.loop(row.begin, row.end, [&](Value p) {
    Value key = k.cast(k.load(row.crd, p), type);
    Value slot = probe(k, key);
    k.store(key, tags, slot);
    k.storeCast(k.sub(p, begin), places, slot);
  });
}

Values RowTable::find(KernelBuilder &k, Value coordinate, TypeRange types,
                      function_ref<Values(Value)> found,
                      function_ref<Values()> missed) {
  Value key = k.cast(coordinate, type);
  Value slot = probe(k, key);
  return k.ifElse(
      k.eq(k.load(tags, slot), key), types,
      [&] { return found(k.add(begin, k.loadIndex(places, slot))); }, missed);
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

/// Fills C's rows, tiles of equal numbers of entries; `product.b` is B by
/// columns. `longest` is the length of A's longest row; `status` is stored to
/// where memory runs out.
static void fillTiles(KernelBuilder &k, const RowWiseProduct &product,
                      const Result &pattern, const Result &c, Value entries,
                      Value longest, Value status) {
  const CsrOperand &a = product.a, &b = product.b;
  Value one = k.idx(1);
  int64_t tileCount = countTiles(product);
  Value tiles = k.idx(tileCount), share = k.ceildivu(entries, tiles);
  auto boundary = [&](Value tile) {
    auto before = [&](Value row) { return k.loadIndex(pattern.pos, row); };
    return k.select(k.eq(tile, tiles), a.rows,
                    findRow(k, a.rows, k.mul(share, tile), before));
  };
  auto fillRow = [&](RowTable &table, Value thread, Value row) {
    Value next = k.add(row, one);
    Run ofRow{a.crd, a.val, k.loadIndex(a.pos, row), k.loadIndex(a.pos, next)};
    Value lo = k.loadIndex(pattern.pos, row);
    Value hi = k.loadIndex(pattern.pos, next);
    // What putting it in costs must come back.
    Value hasTable =
        k.band(k.le(k.idx(kTableEntries), k.sub(ofRow.end, ofRow.begin)),
               k.le(k.idx(kTableColumns), k.sub(hi, lo)));
    table.open(k, thread, ofRow);
    k.ifThen(hasTable, [&] { table.fill(k, ofRow); });
    k.loop(lo, hi, [&](Value p) {
      Value column = k.loadIndex(pattern.crd, p);
      Run ofColumn{b.crd, b.val, k.loadIndex(b.pos, column),
                   k.loadIndex(b.pos, k.add(column, one))};
      Intersection both(k, product, ofRow, ofColumn, table, hasTable);
      k.store(both.build(), c.val, p);
      k.storeCast(column, c.crd, p);
    });
    k.storeCast(hi, c.pos, next);
  };
  k.blocks(k.idx(product.blocks()), [&](Value) {
    Value ok;
    RowTable table(k, product, longest, ok);
    k.ifElse(
        ok, {},
        [&]() -> Values {
          forEachTile(k, product, tiles, [&](Value tile, Value thread) {
            k.apart({}, [&]() -> Values {
              k.loop(boundary(tile), boundary(k.add(tile, one)),
                     [&](Value row) { fillRow(table, thread, row); });
              return {};
            });
          });
          return {};
        },
        [&]() -> Values {
          markFailed(k, status);
          return {};
        });
    table.free(k);
  });
}

/// The length of the longest row.
static Value longestRow(KernelBuilder &k, const RowWiseProduct &product,
                        const CsrOperand &operand, Value partial) {
  return reduce(
      k, product, operand.rows, partial,
      [&](Value row) {
        return k.sub(k.loadIndex(operand.pos, k.add(row, k.idx(1))),
                     k.loadIndex(operand.pos, row));
      },
      [&](Value a, Value b) { return k.max(a, b); });
}

static Result buildInnerProduct(KernelBuilder &k, const RowWiseProduct &product,
                                const Result &pattern) {
  Value zero = k.idx(0);
  auto fill = [&](Value entries) {
    Result c;
    Value ok;
    c.pos =
        allocResult(k, k.add(product.a.rows, k.idx(1)), product.position, ok);
    c.crd = allocResult(k, entries, product.coordinate, ok);
    c.val = allocResult(k, entries, product.element, ok);
    Value status = k.tryAlloc(k.idx(1), k.getI64Type(), ok, /*zeroed=*/true);
    Value partial = k.tryAlloc(k.idx(product.threads()), k.getIndexType(), ok);
    auto undo = [&] { freeResult(k, c); };
    Values result = guarded(
        k, product, ok,
        [&] {
          k.storeCast(zero, c.pos, zero);
          Value longest = longestRow(k, product, product.a, partial);
          fillTiles(k, product, pattern, c, entries, longest, status);
          Value fine = k.eq(k.loadIndex(status, zero), zero);
          return guarded(k, product, fine, [&] { return toValues(c); }, undo);
        },
        undo);
    k.dealloc(status);
    k.dealloc(partial);
    return result;
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
    RowWiseProduct product = describeProduct(
        k, op.getA(), op.getB(), cast<StrategyAttr>(op.getStrategy()), machine);
    product.semiring = op.getSemiring();
    describeResult(product, op.getType());
    Result pattern = isPlannedInSight(op)
                         ? openPlan(k, op.getPlan())
                         : openPlan(k, op.getPlan(),
                                    fingerprint(k, product.a, product.b,
                                                /*transposedB=*/true));
    replaceByResult(k, op, product.a.rows, product.b.rows,
                    buildInnerProduct(k, product, pattern));
    ++numLowered;
    return success();
  }
};
} // namespace
