//===- CompactMatrices.cpp - rows and columns that are there -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversions.h"
#include "DenseResult.h"
#include "Smash/IR/Semiring.h"
#include "Smash/Transforms/CheckStrategy.h"

using namespace mlir;
using namespace smash;

/// Columns are looked up in a map where they are at most so many for each entry
/// and element of the list.
static constexpr int64_t kMapFactor = 4;

static void replace(KernelBuilder &k, Operation *op, Value rows, Value cols,
                    ValueRange buffers) {
  Value result =
      AssembleOp::create(k, op->getResult(0).getType(), rows, cols, buffers);
  op->getResult(0).replaceAllUsesWith(result);
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

void smash::lowerTranspose(TransposeOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  OpenMatrix source = openMatrix(k, op.getSource());
  replace(k, op, source.cols, source.rows, source.buffers);
  op.erase();
}

void smash::lowerCompact(CompactOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  OpenMatrix source = openMatrix(k, op.getSource());
  Value rows = k.ifElse(
      source.isThere(k), k.getIndexType(),
      [&]() -> Values { return {k.loadIndex(source.buffers[0], k.idx(1))}; },
      [&]() -> Values { return {k.idx(0)}; })[0];
  replace(k, op, rows, source.cols, ArrayRef(source.buffers).drop_front(2));
  op.getList().replaceAllUsesWith(source.buffers[1]);
  op.erase();
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

/// Where `wanted` stands in the first `size` elements of `list`, or -1.
static Value search(KernelBuilder &k, Value list, Value size, Value wanted) {
  Value one = k.idx(1), none = k.idx(-1);
  Value place = k.whileLoop(
      {k.idx(0), size}, [&](ValueRange v) { return k.lt(v[0], v[1]); },
      [&](ValueRange v) -> Values {
        Value middle = k.add(v[0], k.shr(k.sub(v[1], v[0]), one));
        Value less =
            k.cmp(arith::CmpIPredicate::ult, k.loadIndex(list, middle), wanted);
        return {k.select(less, k.add(middle, one), v[0]),
                k.select(less, v[1], middle)};
      })[0];
  return k.ifElse(
      k.lt(place, size), k.getIndexType(),
      [&]() -> Values {
        Value found = k.eq(k.loadIndex(list, place), wanted);
        return {k.select(found, place, none)};
      },
      [&]() -> Values { return {none}; })[0];
}

void smash::lowerRelabel(RelabelOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Value zero = k.idx(0), one = k.idx(1), none = k.idx(-1);
  OpenMatrix source = openMatrix(k, op.getSource());
  Value list = op.getList(), size = op.getSize();
  Value pos = source.buffers[0], crd = source.buffers[1];
  auto elementOf = [&](unsigned i) {
    return cast<MemRefType>(source.buffers[i].getType()).getElementType();
  };
  ResultBuilder results(k, cast<RankedTensorType>(op.getType()));
  Values buffers = results.when(source.isThere(k), [&] {
    Value entries = source.bound(k);
    Value few = k.mulSize(k.add(k.add(entries, size), one), k.idx(kMapFactor));
    Value isMapped = k.le(source.cols, few);
    Value mapSize = k.select(isMapped, source.cols, zero);
    return results.allocated(
        {{k.add(source.rows, one), elementOf(0)},
         {entries, elementOf(1)},
         {entries, elementOf(2)},
         {mapSize, k.getIndexType()}},
        [&](ArrayRef<Value> made) -> Values {
          Value map = made[3];
          k.stream(zero, mapSize, [&](Value i) { k.store(none, map, i); });
          k.loop(zero, k.select(isMapped, size, zero),
                 [&](Value i) { k.store(i, map, k.loadIndex(list, i)); });
          k.storeCast(zero, made[0], zero);
          auto keep = [&](Value p, ValueRange v) -> Values {
            Value column = k.loadIndex(crd, p);
            Value place = k.ifElse(
                isMapped, k.getIndexType(),
                [&]() -> Values { return {k.load(map, column)}; },
                [&]() -> Values { return {search(k, list, size, column)}; })[0];
            Value isKept = k.ne(place, none);
            k.ifThen(isKept, [&] {
              k.storeCast(place, made[1], v[0]);
              k.store(k.load(source.values(), p), made[2], v[0]);
            });
            return {k.add(v[0], k.toIndex(isKept))};
          };
          Value kept = k.loop(zero, source.rows, {zero},
                              [&](Value row, ValueRange v) -> Values {
                                Value next = k.add(row, one);
                                Value end =
                                    k.loop(k.loadIndex(pos, row),
                                           k.loadIndex(pos, next), v, keep)[0];
                                k.storeCast(end, made[0], next);
                                return {end};
                              })[0];
          k.dealloc(map);
          return {made[0],
                  ResizeOp::create(k, made[1].getType(), made[1], kept),
                  ResizeOp::create(k, made[2].getType(), made[2], kept)};
        });
  });
  replace(k, op, source.rows, size, buffers);
  op.erase();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// Calls `body` for each row that the list names, with where its entries begin
/// and end.
static Values
forEachListed(KernelBuilder &k, const OpenMatrix &source, Value list,
              Value size, ValueRange inits,
              function_ref<Values(Value, Value, Value, ValueRange)> body) {
  Value zero = k.idx(0), one = k.idx(1);
  if (source.format.kind == FormatKind::Compressed)
    return k.loop(zero, size, inits, [&](Value i, ValueRange v) {
      Value row = k.loadIndex(list, i);
      return body(i, k.loadIndex(source.buffers[0], row),
                  k.loadIndex(source.buffers[0], k.add(row, one)), v);
    });
  // Both ascend: a cursor in what is stored, carried behind the rest.
  Value stored = k.loadIndex(source.buffers[0], one);
  Value rows = source.buffers[1], pos = source.buffers[2];
  Values carried(inits.begin(), inits.end());
  carried.push_back(zero);
  Values end = k.loop(zero, size, carried, [&](Value i, ValueRange v) {
    Value row = k.loadIndex(list, i);
    auto isLess = [&](ValueRange v) -> Value {
      return k.ifElse(
          k.lt(v[0], stored), k.getI1Type(),
          [&]() -> Values {
            return {
                k.cmp(arith::CmpIPredicate::ult, k.loadIndex(rows, v[0]), row)};
          },
          [&]() -> Values { return {k.boolean(false)}; })[0];
    };
    Value at = k.whileLoop({v.back()}, isLess, [&](ValueRange v) -> Values {
      return {k.add(v[0], one)};
    })[0];
    Values run = k.ifElse(
        k.lt(at, stored), {k.getIndexType(), k.getIndexType()},
        [&]() -> Values {
          Value isIt = k.eq(k.loadIndex(rows, at), row);
          Value lo = k.loadIndex(pos, at);
          return {lo, k.select(isIt, k.loadIndex(pos, k.add(at, one)), lo)};
        },
        [&]() -> Values { return {zero, zero}; });
    Values next = body(i, run[0], run[1], v.drop_back());
    next.push_back(at);
    return next;
  });
  end.pop_back();
  return end;
}

void smash::lowerGatherRows(GatherRowsOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Value zero = k.idx(0), one = k.idx(1);
  OpenMatrix source = openMatrix(k, op.getSource());
  auto type = cast<RankedTensorType>(op.getType());
  Value list = op.getList(), size = op.getSize();
  SmallVector<StoragePart, 5> parts = listStorage(type);
  ResultBuilder results(k, type);
  bool isDoubly = source.format.kind == FormatKind::DoublyCompressed;
  Value crd = source.buffers[isDoubly ? 3 : 1];
  Type position = parts[0].type.getElementType();
  Type coordinate = parts[1].type.getElementType();
  auto gather = [&](Value total) {
    return results.allocated(
        {{k.add(size, one), position},
         {total, coordinate},
         {total, type.getElementType()}},
        [&](ArrayRef<Value> made) -> Values {
          k.storeCast(zero, made[0], zero);
          forEachListed(
              k, source, list, size, {zero},
              [&](Value i, Value lo, Value hi, ValueRange v) -> Values {
                Value end = k.loop(lo, hi, v, [&](Value p, ValueRange v) {
                  k.storeCast(k.loadIndex(crd, p), made[1], v[0]);
                  k.store(k.load(source.values(), p), made[2], v[0]);
                  return Values{k.add(v[0], one)};
                })[0];
                k.storeCast(end, made[0], k.add(i, one));
                return {end};
              });
          return Values(made.begin(), made.end());
        });
  };
  Values buffers = results.when(source.isThere(k), [&] {
    return results.within(
        source.cols, largestSize(coordinate), ErrorCode::CoordinateOverflow,
        [&] {
          Value total = forEachListed(
              k, source, list, size, {zero},
              [&](Value, Value lo, Value hi, ValueRange v) -> Values {
                return {k.add(v[0], k.sub(hi, lo))};
              })[0];
          return results.within(total, largestPosition(position),
                                ErrorCode::PositionOverflow,
                                [&] { return gather(total); });
        });
  });
  replace(k, op, size, source.cols, buffers);
  op.erase();
}

// The two are walked together; what has come to its end is followed by no row.
void smash::lowerUniteRows(UniteRowsOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Value zero = k.idx(0), one = k.idx(1), behind = k.idx(INT64_MAX);
  Value ok;
  auto type = cast<MemRefType>(op.getList().getType());
  Value list = k.tryAlloc(k.add(op.getXSize(), op.getYSize()),
                          type.getElementType(), ok);
  auto next = [&](Value rows, Value at, Value size) {
    return k.ifElse(
        k.lt(at, size), k.getIndexType(),
        [&]() -> Values { return {k.loadIndex(rows, at)}; },
        [&]() -> Values { return {behind}; })[0];
  };
  auto unite = [&]() -> Values {
    Values end = k.whileLoop(
        {zero, zero, zero},
        [&](ValueRange v) {
          return k.bor(k.lt(v[0], op.getXSize()), k.lt(v[1], op.getYSize()));
        },
        [&](ValueRange v) -> Values {
          Value x = next(op.getX(), v[0], op.getXSize());
          Value y = next(op.getY(), v[1], op.getYSize());
          k.storeCast(k.min(x, y), list, v[2]);
          return {k.add(v[0], k.toIndex(k.le(x, y))),
                  k.add(v[1], k.toIndex(k.le(y, x))), k.add(v[2], one)};
        });
    return {end[2]};
  };
  Value size = k.ifElse(ok, k.getIndexType(), unite,
                        [&]() -> Values { return {zero}; })[0];
  op.getList().replaceAllUsesWith(list);
  op.getSize().replaceAllUsesWith(size);
  op.erase();
}

//===----------------------------------------------------------------------===//
// Expand
//===----------------------------------------------------------------------===//

namespace {
class Expansion {
public:
  Expansion(KernelBuilder &k, ExpandOp op)
      : k(k), op(op), source(openMatrix(k, op.getSource())), zero(k.idx(0)),
        one(k.idx(1)), type(cast<RankedTensorType>(op.getType())),
        isDoubly(getFormat(type)->kind == FormatKind::DoublyCompressed),
        results(k, type, [this] { freeSource({}); }) {
    for (const StoragePart &part : listStorage(type))
      elements.push_back(part.type.getElementType());
  }

  Values build();

private:
  void freeSource(ValueRange moved) {
    for (Value buffer : source.buffers)
      if (!llvm::is_contained(moved, buffer))
        k.dealloc(buffer);
  }
  Value rowOf(Value i) {
    return op.getList() ? k.loadIndex(op.getList(), i) : i;
  }
  Type coordinate() const { return elements[isDoubly ? 3 : 1]; }
  Values expand(Value entries);
  Values expandRows(Value crd);
  Values collectRows(Value crd);

  KernelBuilder &k;
  ExpandOp op;
  OpenMatrix source;
  Value zero, one;
  RankedTensorType type;
  bool isDoubly;
  SmallVector<Type, 5> elements;
  ResultBuilder results;
};
} // namespace

/// A position for each row of the result.
Values Expansion::expandRows(Value crd) {
  Value rows = op.getRows();
  return results.allocated(
      {{k.add(rows, one), elements[0], /*zeroed=*/true}},
      [&](ArrayRef<Value> made) -> Values {
        k.loop(zero, source.rows, [&](Value i) {
          Value size = k.sub(k.loadIndex(source.buffers[0], k.add(i, one)),
                             k.loadIndex(source.buffers[0], i));
          k.storeCast(size, made[0], k.add(rowOf(i), one));
        });
        k.loop(zero, rows, {zero}, [&](Value i, ValueRange v) -> Values {
          Value at = k.add(i, one);
          Value sum = k.add(v[0], k.loadIndex(made[0], at));
          k.storeCast(sum, made[0], at);
          return {sum};
        });
        freeSource({crd, source.values()});
        return {made[0], crd, source.values()};
      });
}

/// The rows that have entries.
Values Expansion::collectRows(Value crd) {
  return results.allocated(
      {{k.idx(2), elements[0]},
       {source.rows, elements[1]},
       {k.add(source.rows, one), elements[2]}},
      [&](ArrayRef<Value> made) -> Values {
        k.storeCast(zero, made[2], zero);
        Value pos = source.buffers[0];
        Value rows = k.loop(zero, source.rows, {zero},
                            [&](Value i, ValueRange v) -> Values {
                              Value end = k.loadIndex(pos, k.add(i, one));
                              Value some = k.ne(k.loadIndex(pos, i), end);
                              k.ifThen(some, [&] {
                                k.storeCast(rowOf(i), made[1], v[0]);
                                k.storeCast(end, made[2], k.add(v[0], one));
                              });
                              return {k.add(v[0], k.toIndex(some))};
                            })[0];
        k.storeCast(zero, made[0], zero);
        k.storeCast(rows, made[0], one);
        freeSource({crd, source.values()});
        return {
            made[0], ResizeOp::create(k, made[1].getType(), made[1], rows),
            ResizeOp::create(k, made[2].getType(), made[2], k.add(rows, one)),
            crd, source.values()};
      });
}

Values Expansion::expand(Value entries) {
  auto finish = [&](Value crd) {
    return isDoubly ? collectRows(crd) : expandRows(crd);
  };
  Value crd = source.buffers[1];
  if (!op.getColumns() && crd.getType() == bufferOf(coordinate()))
    return finish(crd);
  return results.allocated({{entries, coordinate()}},
                           [&](ArrayRef<Value> made) -> Values {
                             k.loop(zero, entries, [&](Value p) {
                               Value column = k.loadIndex(crd, p);
                               if (Value columns = op.getColumns())
                                 column = k.loadIndex(columns, column);
                               k.storeCast(column, made[0], p);
                             });
                             return finish(made[0]);
                           });
}

Values Expansion::build() {
  auto fits = [&](Value size, function_ref<Values()> body) {
    return results.within(size, largestSize(coordinate()),
                          ErrorCode::CoordinateOverflow, body);
  };
  return results.when(source.isThere(k), [&] {
    Value entries = source.bound(k);
    return results.within(entries, largestPosition(elements[0]),
                          ErrorCode::PositionOverflow, [&] {
                            return fits(op.getCols(), [&] {
                              if (!isDoubly)
                                return expand(entries);
                              return fits(op.getRows(),
                                          [&] { return expand(entries); });
                            });
                          });
  });
}

void smash::lowerExpand(ExpandOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Values buffers = Expansion(k, op).build();
  replace(k, op, op.getRows(), op.getCols(), buffers);
  op.erase();
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

void smash::lowerScatter(ScatterOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Value zero = k.idx(0);
  OpenMatrix source = openMatrix(k, op.getSource());
  auto type = cast<RankedTensorType>(op.getType());
  Value ok;
  DenseResult dense(k, type, op.getInit(), source.rows, source.cols, ok);
  k.ifThen(ok, [&] {
    if (dense.accumulates()) {
      k.loop(zero, source.rows, [&](Value i) {
        k.loop(zero, source.cols, [&](Value j) {
          k.store(dense.before(i, j), dense.values, dense.place(i, j));
        });
      });
    } else {
      Value nothing = createAbsent(k, op.getAdd(), type.getElementType());
      k.stream(zero, dense.size,
               [&](Value p) { k.store(nothing, dense.values, p); });
    }
    k.ifThen(source.isThere(k), [&] {
      source.forEach(k, {},
                     [&](Value i, Value j, Value p, ValueRange) -> Values {
                       if (source.format.byColumns)
                         std::swap(i, j);
                       Value at = dense.place(i, j);
                       Value x = k.load(source.values(), p);
                       // Nothing was added to what is absent: the value is the
                       // sum.
                       if (dense.accumulates())
                         x = createAdd(k, k.getLoc(), op.getAdd(),
                                       k.load(dense.values, at), x);
                       k.store(x, dense.values, at);
                       return {};
                     });
    });
  });
  op.replaceAllUsesWith(dense.assemble(ok));
  op.erase();
}
