//===- RowWiseDense.cpp - row-wise products into a dense C -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversions.h"
#include "DenseResult.h"
#include "RowWise.h"

using namespace mlir;
using namespace smash;

// What the byte of a column says while its row is merged.
static constexpr int64_t kTouched = 1; ///< a product was added to it
static constexpr int64_t kInMask = 2;  ///< the mask has an entry there

namespace {
/// A row of C is its own accumulator: an element starts as the identity of the
/// add, and takes what it was before, or what stands for nothing, when the row
/// is done.
class DenseProduct {
public:
  DenseProduct(KernelBuilder &k, const RowWiseProduct &product, Value init,
               RankedTensorType type, Monoid accumulate)
      : k(k), product(product), a(product.a), b(product.b),
        add(product.semiring.getAdd()), accumulate(accumulate),
        element(type.getElementType()), byte(k.getI8Type()),
        c(k, type, init, a.rows, b.cols, ok) {}

  Value build();

private:
  void cutTiles(Value tiles, Value tileBegin);
  void multiplyRow(Value row, Value instance);
  void merge(Value row, Value marksFirst, Value factor, Value p);
  void finishRow(Value row, Value marksFirst);
  Value isSet(Value mark, int64_t bit) {
    return k.ne(k.band(mark, k.integer(bit, byte)), k.integer(0, byte));
  }

  KernelBuilder &k;
  const RowWiseProduct &product;
  const CsrOperand &a, &b;
  Monoid add, accumulate;
  Type element, byte;
  Value ok;
  DenseResult c;
  Value marks; ///< for each thread a byte a column, all 0 between rows
};
} // namespace

/// Tiles of about equal work: a row costs its elements, and for each entry of A
/// the entries of a row of B.
void DenseProduct::cutTiles(Value tiles, Value tileBegin) {
  Value entriesB = k.loadIndex(b.pos, b.rows);
  Value mean = k.add(k.divu(entriesB, k.max(b.rows, k.idx(1))), k.idx(1));
  auto before = [&](Value row) {
    return k.add(k.mul(k.loadIndex(a.pos, row), mean), k.mul(row, b.cols));
  };
  Value share = k.divu(before(a.rows), tiles);
  k.loop(k.idx(0), tiles, [&](Value tile) {
    k.store(findRow(k, a.rows, k.mul(share, tile), before), tileBegin, tile);
  });
  k.store(a.rows, tileBegin, tiles);
}

/// The product of one entry of A, and entry `p` of B.
void DenseProduct::merge(Value row, Value marksFirst, Value factor, Value p) {
  Value column = k.loadIndex(b.crd, p);
  Value at = k.add(marksFirst, column), place = c.place(row, column);
  auto update = [&](Value mark) {
    Value x = factor, y = x ? k.load(b.val, p) : Value();
    if (!x) // The multiply reads neither.
      x = y = createIdentity(k, k.getLoc(), Monoid::Or, element);
    Value term = createMultiply(k, k.getLoc(), product.semiring, x, y);
    Value old = k.load(c.values, place);
    Value sum = createAdd(k, k.getLoc(), add, old, term);
    // To add to their identity does not give the value itself.
    if (add == Monoid::Or || add == Monoid::Any)
      sum = k.select(isSet(mark, kTouched), sum, term);
    k.store(sum, c.values, place);
    k.store(mark ? k.bor(mark, k.integer(kTouched, byte))
                 : k.integer(kTouched, byte),
            marks, at);
  };
  if (!product.mask) {
    bool asks = add == Monoid::Or || add == Monoid::Any;
    update(asks ? k.load(marks, at) : Value());
    return;
  }
  Value mark = k.load(marks, at), allowed = isSet(mark, kInMask);
  if (product.mask->complement)
    allowed = k.logicalNot(allowed);
  k.ifThen(allowed, [&] { update(mark); });
}

void DenseProduct::finishRow(Value row, Value marksFirst) {
  Value nothing = createAbsent(k, add, element);
  k.stream(k.idx(0), b.cols, [&](Value column) {
    Value at = k.add(marksFirst, column), place = c.place(row, column);
    Value touched = isSet(k.load(marks, at), kTouched);
    Value sum = k.load(c.values, place), otherwise = nothing;
    if (c.accumulates()) {
      otherwise = c.before(row, column);
      sum = createAdd(k, k.getLoc(), accumulate, otherwise, sum);
    }
    k.store(k.select(touched, sum, otherwise), c.values, place);
    k.store(k.integer(0, byte), marks, at);
  });
}

void DenseProduct::multiplyRow(Value row, Value instance) {
  Value zero = k.idx(0), one = k.idx(1);
  Value marksFirst = k.mul(instance, b.cols);
  Value identity = createIdentity(k, k.getLoc(), add, element);
  k.stream(zero, b.cols, [&](Value column) {
    k.store(identity, c.values, c.place(row, column));
  });
  Value begin = k.loadIndex(a.pos, row);
  Value end = k.loadIndex(a.pos, k.add(row, one));
  if (std::optional<MaskRow> mask = openMaskRow(k, product, row)) {
    k.loop(mask->begin, mask->end, [&](Value p) {
      Value column = k.loadIndex(product.mask->matrix.crd, p);
      k.store(k.integer(kInMask, byte), marks, k.add(marksFirst, column));
    });
    // A row without allowed entries is no work.
    if (!product.mask->complement)
      end = k.select(k.lt(mask->begin, mask->end), end, begin);
  }
  k.loop(begin, end, [&](Value entry) {
    Value inner = k.loadIndex(a.crd, entry), factor;
    if (readsOperands(product.semiring))
      factor = k.load(a.val, entry);
    k.loop(k.loadIndex(b.pos, inner), k.loadIndex(b.pos, k.add(inner, one)),
           [&](Value p) { merge(row, marksFirst, factor, p); });
  });
  finishRow(row, marksFirst);
}

Value DenseProduct::build() {
  Value one = k.idx(1), tiles = k.idx(countTiles(product));
  Value threads = k.idx(product.threads());
  marks = k.tryAlloc(
      k.mulSize(k.idx(product.blocks() * product.threads()), b.cols), byte, ok,
      /*zeroed=*/true);
  Value tileBegin = k.tryAlloc(k.add(tiles, one), k.getIndexType(), ok);
  Value runs = k.band(ok, operandsAreThere(k, product));
  k.ifThen(runs, [&] {
    cutTiles(tiles, tileBegin);
    k.blocks(k.idx(product.blocks()), [&](Value block) {
      forEachTile(k, product, tiles, [&](Value tile, Value thread) {
        Value instance = k.add(k.mul(block, threads), thread);
        k.loop(k.load(tileBegin, tile), k.load(tileBegin, k.add(tile, one)),
               [&](Value row) {
                 k.apart({}, [&]() -> Values {
                   multiplyRow(row, instance);
                   return {};
                 });
               });
      });
    });
  });
  k.dealloc(marks);
  k.dealloc(tileBegin);
  return c.assemble(runs);
}

Value smash::buildDenseProduct(KernelBuilder &k, const RowWiseProduct &product,
                               Value init, RankedTensorType type,
                               Monoid accumulate) {
  return DenseProduct(k, product, init, type, accumulate).build();
}
