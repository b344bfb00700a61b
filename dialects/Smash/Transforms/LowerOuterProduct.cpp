//===- LowerOuterProduct.cpp - products with strategy outer to kernels ----===//
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
#define GEN_PASS_DEF_LOWEROUTERPRODUCT
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-outer-product"

/// Bins of a phase at most, unless there are more threads: a cursor for each,
/// and a stream of stores.
static constexpr int64_t kMaxBins = 1024;

/// Chunks of columns at most, unless there are more threads.
static constexpr int64_t kMaxChunks = 1024;

/// Cursors at most, one for each chunk and bin: 128 MiB of them.
static constexpr int64_t kMaxCursors = int64_t(1) << 24;

/// Products that are worth a bin of their own.
static constexpr int64_t kBinProducts = 64;

namespace {
/// Builds the kernel. `product.a` is the transpose of A, by rows: its row k is
/// column k of A.
class OuterProduct {
public:
  OuterProduct(KernelBuilder &k, const RowWiseProduct &product)
      : k(k), product(product), rows(product.a.cols), one(k.idx(1)),
        zero(k.idx(0)) {}

  Result build();

private:
  void allocate();
  void free();
  Values multiply();
  void countProducts();
  Value runPhases(const Result &c);
  Value runPhase(const Result &c, Value first, Value behind, Value written);
  void cutBins(Value first, Value behind);
  void countBins(Value first, Value behind);
  void layOutBins();
  void expand(Value first, Value behind);
  void mergeBins(const Result &c, Value first);
  void mergeRow(const Result &c, Value row, Value lo, Value hi);
  void copyRows(const Result &c, Value first);

  Value load(Value array, Value at) { return k.loadIndex(array, at); }
  /// The first of `rows` rows whose products start at `target` or later.
  Value findRow(Value target);
  /// The first row of A's transpose in chunk `chunk`.
  Value findChunk(Value chunk);
  /// Calls `body` for each chunk of columns of A, on one thread of some block.
  void forEachChunk(function_ref<void(Value)> body);
  void forEachBin(function_ref<void(Value)> body);
  /// For each entry of A in the rows [first, behind) and in `chunk`: `body`
  /// with its place, its row and the entries of B that it meets.
  void forEachEntry(Value chunk, Value first, Value behind,
                    function_ref<void(Value, Value, Value, Value)> body);
  Value cursorOf(Value chunk, Value bin) {
    return k.add(k.mul(chunk, spread(k, bins)), bin);
  }
  int64_t workers() const { return product.blocks() * product.threads(); }
  /// A multiple of all threads.
  int64_t countChunks() const {
    return std::min(countTiles(product),
                    int64_t(llvm::divideCeil(kMaxChunks, workers())) *
                        workers());
  }
  /// A multiple of the threads of a block.
  int64_t maxBins() const {
    int64_t bins =
        std::min(std::max(kMaxBins, workers()), kMaxCursors / countChunks());
    return std::max<int64_t>(bins / product.threads(), 1) * product.threads();
  }
  int64_t bytesPerProduct() const;

  KernelBuilder &k;
  const RowWiseProduct &product;
  Value rows, one, zero;
  Value ok;
  Value rowWork;  ///< products of the rows before row i; rows + 1
  Value rowNext;  ///< where the next product of row i goes, in its phase
  Value rowBin;   ///< bin of row i, in its phase
  Value binBegin; ///< first row of a bin; maxBins() + 1
  Value binStart; ///< products of the bins before bin b; maxBins() + 1
  /// By chunk and bin: products, then where the next goes.
  Value cursors;
  Value partial;  ///< an index for each thread of a block
  Value bins;     ///< of the phase
  Value capacity; ///< products of the largest phase
  Value bound;    ///< entries of C at most
  // Partial products: as they come, and grouped by row.
  Value madeRows, madeKeys, madeValues, keys, values, slots, scratchSlots;
};
} // namespace

int64_t OuterProduct::bytesPerProduct() const {
  auto bytes = [](Type type) -> int64_t {
    if (auto complex = dyn_cast<ComplexType>(type))
      return complex.getElementType().getIntOrFloatBitWidth() / 4;
    return type.isIndex() ? 8
                          : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
  };
  int64_t key = product.keyType().getWidth() / 8;
  return 3 * key + 2 * bytes(product.element) + 16;
}

void OuterProduct::allocate() {
  Type index = k.getIndexType();
  int64_t chunks = countChunks();
  rowWork = k.tryAlloc(k.add(rows, one), k.getI64Type(), ok, /*zeroed=*/true);
  rowNext = k.tryAlloc(rows, index, ok);
  rowBin = k.tryAlloc(rows, index, ok);
  binBegin = k.tryAlloc(k.idx(maxBins() + 1), index, ok);
  binStart = k.tryAlloc(k.idx(maxBins() + 1), index, ok);
  cursors = k.tryAlloc(k.idx(chunks * spread(maxBins())), index, ok);
  partial = k.tryAlloc(k.idx(product.threads()), index, ok);
}

void OuterProduct::free() {
  for (Value array :
       {rowWork, rowNext, rowBin, binBegin, binStart, cursors, partial})
    k.dealloc(array);
}

Value OuterProduct::findRow(Value target) {
  return smash::findRow(k, rows, target,
                        [&](Value row) { return load(rowWork, row); });
}

Value OuterProduct::findChunk(Value chunk) {
  const CsrOperand &a = product.a;
  Value chunks = k.idx(countChunks());
  Value share = k.ceildivu(load(a.pos, a.rows), chunks);
  Value target = k.mul(share, chunk);
  Value found = smash::findRow(k, a.rows, target,
                               [&](Value row) { return load(a.pos, row); });
  return k.select(k.eq(chunk, chunks), a.rows, found);
}

void OuterProduct::forEachChunk(function_ref<void(Value)> body) {
  k.blocks(k.idx(product.blocks()), [&](Value) {
    forEachTile(k, product, k.idx(countChunks()), [&](Value chunk, Value) {
      k.apart({}, [&]() -> Values {
        body(chunk);
        return {};
      });
    });
  });
}

void OuterProduct::forEachBin(function_ref<void(Value)> body) {
  k.blocks(k.idx(product.blocks()), [&](Value) {
    forEachTile(k, product, bins, [&](Value bin, Value) {
      k.apart({}, [&]() -> Values {
        body(bin);
        return {};
      });
    });
  });
}

void OuterProduct::forEachEntry(
    Value chunk, Value first, Value behind,
    function_ref<void(Value, Value, Value, Value)> body) {
  const CsrOperand &a = product.a, &b = product.b;
  k.loop(findChunk(chunk), findChunk(k.add(chunk, one)), [&](Value inner) {
    Value lo = load(b.pos, inner), hi = load(b.pos, k.add(inner, one));
    k.loop(load(a.pos, inner), load(a.pos, k.add(inner, one)), [&](Value p) {
      Value row = load(a.crd, p);
      Value inside = k.band(k.le(first, row), k.lt(row, behind));
      k.ifThen(inside, [&] { body(p, row, lo, hi); });
    });
  });
}

/// rowWork[i] = products of the rows before row i; the sizes that follow.
void OuterProduct::countProducts() {
  Type i64 = k.getI64Type();
  bool alone = product.blocks() * product.threads() == 1;
  forEachChunk([&](Value chunk) {
    forEachEntry(chunk, zero, rows, [&](Value, Value row, Value lo, Value hi) {
      Value at = k.add(row, one);
      Value products = k.cast(k.sub(hi, lo), i64);
      // Chunks meet in a row of C.
      if (!alone)
        AtomicUpdateOp::create(k, Monoid::Plus, rowWork, at, products);
      else
        k.store(k.add(k.load(rowWork, at), products), rowWork, at);
    });
  });
  auto workOf = [&](Value row) { return load(rowWork, k.add(row, one)); };
  Value largest = reduce(k, product, rows, partial, workOf,
                         [&](Value a, Value b) { return k.max(a, b); });
  bound = reduce(
      k, product, rows, partial,
      [&](Value row) { return k.min(workOf(row), product.b.cols); },
      [&](Value a, Value b) { return k.add(a, b); });
  Value products = prefixSum(k, product, rowWork, rows, partial);
  int64_t budget = std::max<int64_t>(
      product.machine.getMemoryBytes() / 8 / bytesPerProduct(), 1);
  capacity = k.min(products, k.max(k.idx(budget), largest));
}

/// Cuts the rows of a phase into bins with about equal products, as many as fit
/// the scratchpad each or fewer, a multiple of the threads of a block.
void OuterProduct::cutBins(Value first, Value behind) {
  int64_t threads = product.threads();
  int64_t target = std::max(
      product.machine.getScratchpadBytes() / bytesPerProduct(), kBinProducts);
  Value start = load(rowWork, first);
  Value work = k.sub(load(rowWork, behind), start);
  auto groupsOf = [&](int64_t products) {
    return k.add(k.divu(work, k.idx(products * threads)), k.idx(1));
  };
  // Some for each block, where there is enough for them.
  Value groups = k.max(groupsOf(target),
                       k.min(groupsOf(kBinProducts), k.idx(product.blocks())));
  bins = k.mul(k.min(groups, k.idx(maxBins() / threads)), k.idx(threads));
  Value share = k.ceildivu(work, bins);
  forEachInParallel(k, product, bins, threads, [&](Value bin) {
    // Not before the phase: rows without products may stand there.
    Value row = findRow(k.add(start, k.mul(share, bin)));
    row = k.min(k.max(row, first), behind);
    k.store(k.select(k.eq(bin, zero), first, row), binBegin, bin);
  });
  k.store(behind, binBegin, bins);
  forEachBin([&](Value bin) {
    k.loop(load(binBegin, bin), load(binBegin, k.add(bin, one)),
           [&](Value row) {
             k.store(bin, rowBin, row);
             k.store(k.sub(load(rowWork, row), start), rowNext, row);
           });
  });
}

void OuterProduct::countBins(Value first, Value behind) {
  forEachChunk([&](Value chunk) {
    Value begin = cursorOf(chunk, zero);
    k.stream(begin, k.add(begin, bins),
             [&](Value at) { k.store(zero, cursors, at); });
    forEachEntry(
        chunk, first, behind, [&](Value, Value row, Value lo, Value hi) {
          Value at = cursorOf(chunk, load(rowBin, row));
          k.store(k.add(k.load(cursors, at), k.sub(hi, lo)), cursors, at);
        });
  });
}

/// Bin after bin, and in a bin chunk after chunk, so that products come in the
/// order of the inner index.
void OuterProduct::layOutBins() {
  Value chunks = k.idx(countChunks());
  auto overChunks = [&](Value bin, Value before,
                        function_ref<void(Value, Value)> visit) -> Value {
    return k.loop(zero, chunks, {before},
                  [&](Value chunk, ValueRange v) -> Values {
                    Value at = cursorOf(chunk, bin);
                    Value count = k.load(cursors, at);
                    visit(at, v[0]);
                    return {k.add(v[0], count)};
                  })[0];
  };
  forEachBin([&](Value bin) {
    Value products = overChunks(bin, zero, [](Value, Value) {});
    k.store(products, binStart, k.add(bin, one));
  });
  prefixSum(k, product, binStart, bins, partial);
  forEachBin([&](Value bin) {
    overChunks(bin, k.load(binStart, bin),
               [&](Value at, Value sum) { k.store(sum, cursors, at); });
  });
}

void OuterProduct::expand(Value first, Value behind) {
  const CsrOperand &a = product.a, &b = product.b;
  forEachChunk([&](Value chunk) {
    forEachEntry(
        chunk, first, behind, [&](Value p, Value row, Value lo, Value hi) {
          bool reads = readsOperands(product.semiring);
          Value factor = reads ? k.load(a.val, p)
                               : createIdentity(k, k.getLoc(), Monoid::Or,
                                                product.element);
          Value at = cursorOf(chunk, load(rowBin, row));
          Value start = k.load(cursors, at);
          Value shift = k.sub(start, lo);
          std::optional<MaskRow> maskRow = openMaskRow(k, product, row);
          k.loop(lo, hi, [&](Value q) {
            Value to = k.add(shift, q);
            Value column = k.load(b.crd, q);
            auto make = [&] {
              CountOp::create(k, Event::Product);
              Value y = reads ? k.load(b.val, q) : factor;
              k.storeCast(row, madeRows, to);
              k.storeCast(column, madeKeys, to);
              k.store(
                  createMultiply(k, k.getLoc(), product.semiring, factor, y),
                  madeValues, to);
            };
            if (!maskRow)
              return make();
            // What the mask drops is not formed: its place has no row.
            Value allowed = isAllowed(k, product, *maskRow, k.toIndex(column));
            k.ifElse(
                allowed, {},
                [&]() -> Values {
                  make();
                  return {};
                },
                [&]() -> Values {
                  k.storeCast(rows, madeRows, to);
                  return {};
                });
          });
          k.store(k.add(start, k.sub(hi, lo)), cursors, at);
        });
  });
}

/// Adds up what is equal in a sorted row, into the place that its products were
/// made in; the number of entries goes to the row's position.
void OuterProduct::mergeRow(const Result &c, Value row, Value lo, Value hi) {
  SortOp::create(k, keys, slots, lo, hi, madeKeys, scratchSlots);
  Values end = k.loop(lo, hi, {lo}, [&](Value i, ValueRange v) -> Values {
    Value key = k.load(keys, i);
    Value value = k.load(values, load(slots, i));
    Value last = k.sub(v[0], one);
    Value isNew = k.ifElse(
        k.eq(i, lo), k.getI1Type(),
        [&]() -> Values { return {k.boolean(true)}; },
        [&]() -> Values { return {k.ne(key, k.load(madeKeys, last))}; })[0];
    return k.ifElse(
        isNew, k.getIndexType(),
        [&]() -> Values {
          k.store(key, madeKeys, v[0]);
          k.store(value, madeValues, v[0]);
          return {k.add(v[0], one)};
        },
        [&]() -> Values {
          Value sum = createAdd(k, k.getLoc(), product.semiring.getAdd(),
                                k.load(madeValues, last), value);
          k.store(sum, madeValues, last);
          return {v[0]};
        });
  });
  k.storeCast(k.sub(end[0], lo), c.pos, k.add(row, one));
}

void OuterProduct::mergeBins(const Result &c, Value first) {
  Value start = load(rowWork, first);
  forEachBin([&](Value bin) {
    Value begin = load(binBegin, bin), end = load(binBegin, k.add(bin, one));
    Value lo = k.sub(load(rowWork, begin), start);
    Value hi = k.sub(load(rowWork, end), start);
    k.loop(lo, hi, [&](Value i) {
      Value row = load(madeRows, i);
      auto group = [&] {
        Value to = load(rowNext, row);
        k.store(k.load(madeKeys, i), keys, to);
        k.store(k.load(madeValues, i), values, to);
        k.storeCast(to, slots, to);
        k.store(k.add(to, one), rowNext, row);
      };
      if (product.mask)
        k.ifThen(k.ne(row, rows), group);
      else
        group();
    });
    k.loop(begin, end, [&](Value row) {
      mergeRow(c, row, k.sub(load(rowWork, row), start), load(rowNext, row));
    });
  });
}

void OuterProduct::copyRows(const Result &c, Value first) {
  Value start = load(rowWork, first);
  forEachBin([&](Value bin) {
    k.loop(load(binBegin, bin), load(binBegin, k.add(bin, one)),
           [&](Value row) {
             Value to = load(c.pos, row), end = load(c.pos, k.add(row, one));
             Value from = k.sub(load(rowWork, row), start);
             k.loop(zero, k.sub(end, to), [&](Value i) {
               Value source = k.add(from, i), target = k.add(to, i);
               k.storeCast(k.load(madeKeys, source), c.crd, target);
               k.store(k.load(madeValues, source), c.val, target);
             });
           });
  });
}

Value OuterProduct::runPhase(const Result &c, Value first, Value behind,
                             Value written) {
  cutBins(first, behind);
  countBins(first, behind);
  layOutBins();
  expand(first, behind);
  mergeBins(c, first);
  Value total = prefixSum(k, product, c.pos, first, behind, written, partial);
  copyRows(c, first);
  return total;
}

/// Entries of C.
Value OuterProduct::runPhases(const Result &c) {
  k.storeCast(zero, c.pos, zero);
  return k.whileLoop(
      {zero, zero}, [&](ValueRange v) { return k.lt(v[0], rows); },
      [&](ValueRange v) -> Values {
        // As many rows as fit the buffers: at least one does.
        Value limit = k.add(load(rowWork, v[0]), k.add(capacity, one));
        Value behind = k.max(k.sub(findRow(limit), one), k.add(v[0], one));
        Value last = k.lt(load(rowWork, rows), limit);
        behind = k.select(last, rows, behind);
        return {behind, runPhase(c, v[0], behind, v[1])};
      })[1];
}

Values OuterProduct::multiply() {
  countProducts();
  Value enough;
  IntegerType key = product.keyType();
  // One more than there are marks what a mask drops.
  Type row = cast<MemRefType>(product.a.crd.getType()).getElementType();
  if (!row.isIndex() && row.getIntOrFloatBitWidth() < 64)
    row = row.isInteger(32) ? row : k.getI32Type();
  auto made = [&](Type element) {
    return k.tryAlloc(capacity, element, enough, /*zeroed=*/false,
                      Purpose::Partial);
  };
  madeRows = made(row);
  madeKeys = made(key);
  madeValues = made(product.element);
  keys = made(key);
  values = made(product.element);
  slots = made(k.getI64Type());
  scratchSlots = made(k.getI64Type());
  Result c;
  c.pos = allocResult(k, k.add(rows, one), product.position, enough);
  c.crd = allocResult(k, bound, product.coordinate, enough);
  c.val = allocResult(k, bound, product.element, enough);
  auto undo = [&] { freeResult(k, c); };
  Values result = guarded(
      k, product, enough,
      [&] {
        Value total = runPhases(c);
        return withinPositions(
            k, product, total,
            [&]() -> Values {
              return {c.pos, ResizeOp::create(k, c.crd.getType(), c.crd, total),
                      ResizeOp::create(k, c.val.getType(), c.val, total)};
            },
            undo);
      },
      undo);
  for (Value array :
       {madeRows, madeKeys, madeValues, keys, values, slots, scratchSlots})
    k.dealloc(array);
  return result;
}

Result OuterProduct::build() {
  Value there = k.band(isThere(k, product.a.pos, product.a.rows),
                       isThere(k, product.b.pos, product.b.rows));
  if (product.mask)
    there = k.band(there, isThere(k, product.mask->matrix.pos, rows));
  return fromValues(guarded(k, product, there, [&] {
    return withinCoordinates(k, product, product.b.cols, [&] {
      allocate();
      Values result = guarded(k, product, ok, [&] { return multiply(); });
      free();
      return result;
    });
  }));
}

namespace {
struct LowerOuterProductPass
    : public smash::impl::LowerOuterProductBase<LowerOuterProductPass> {
  void runOnOperation() override {
    SmallVector<SpGEMMOp> products;
    WalkResult walk = getOperation()->walk([&](Operation *op) -> WalkResult {
      if (auto product = dyn_cast<SpGEMMNumericOp>(op);
          product && isOuter(product))
        return checkLowerable(product);
      auto product = dyn_cast<SpGEMMOp>(op);
      if (!product || !isOuter(product))
        return WalkResult::advance();
      products.push_back(product);
      return checkLowerable(product);
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    for (SpGEMMOp op : products)
      if (failed(lower(op)))
        return signalPassFailure();
  }

  template <typename OpTy>
  static bool isOuter(OpTy op) {
    auto strategy = dyn_cast<StrategyAttr>(op.getStrategy());
    return strategy && strategy.getDataflow() == Dataflow::Outer;
  }

  LogicalResult lower(SpGEMMOp op) {
    MachineAttr machine = getMachine(op);
    if (!machine)
      return failure();
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    RowWiseProduct product = describeProduct(
        k, op.getA(), op.getB(), cast<StrategyAttr>(op.getStrategy()), machine);
    product.semiring = op.getSemiring();
    if (Value mask = op.getMask())
      product.mask =
          StructuralMask{openOperand(k, mask), op.getMaskComplement()};
    describeResult(product, op.getType());
    replaceByResult(k, op, product.a.cols, product.b.cols,
                    OuterProduct(k, product).build());
    ++numLowered;
    return success();
  }
};
} // namespace
