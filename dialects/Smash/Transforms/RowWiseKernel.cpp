//===- RowWiseKernel.cpp - row-wise products, phase by phase --------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"

using namespace mlir;
using namespace smash;

/// Each thread merges the rows of its tile one at a time. Where all rows are
/// merged alike, the loop over them is a unit of its own, else what merges one
/// row of a bin is.
static void mergeExclusive(KernelBuilder &k, const RowWiseProduct &product,
                           const WorkPlan &plan, const Result &c,
                           const Accumulators &accumulators) {
  Value one = k.idx(1);
  Type index = k.getIndexType();
  bool alike = product.strategy.getBins().size() == 1;
  auto mergeRows = [&](Value first, Value behind, Value segment,
                       Value thread) -> Values {
    return k.loop(
        first, behind, {segment}, [&](Value row, ValueRange cursor) -> Values {
          Value bound = rowBound(k, product, plan, row);
          // An empty row is worth no call: in a hypersparse matrix most are.
          Value some = k.lt(k.loadIndex(product.a.pos, row),
                            k.loadIndex(product.a.pos, k.add(row, one)));
          auto drain = [&](unsigned bin) -> Values {
            mergeRow(k, product, accumulators, bin, thread, row, bound);
            return {DrainOp::create(k, accumulators.ofBin[bin], thread,
                                    product.orderedC, c.crd, c.val, cursor[0])};
          };
          Value count = k.ifElse(
              some, index,
              [&] {
                return alike ? drain(0)
                             : selectBin(k, product, bound, index, drain);
              },
              [&]() -> Values { return {k.idx(0)}; })[0];
          Value end = k.add(cursor[0], count);
          // Counts become positions once all are known, if they are not yet.
          k.storeCast(product.isSequential() ? end : count, c.pos,
                      k.add(row, one));
          return {end};
        });
  };
  forEachTile(k, product, plan.tiles, [&](Value tile, Value thread) {
    Value segment = k.load(plan.tileSegment, tile);
    Value first = k.load(plan.tileBegin, tile);
    Value behind = k.load(plan.tileBegin, k.add(tile, one));
    auto merge = [&] { return mergeRows(first, behind, segment, thread); };
    Value end = (alike ? k.apart(index, merge) : merge())[0];
    k.store(k.sub(end, segment), plan.tileCount, tile);
  });
}

/// The symbolic phase: counts the entries of each tile, so that C is allocated
/// as long as it is.
static void countEntries(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan) {
  RowWiseProduct pattern = product;
  pattern.element = k.getNoneType();
  pattern.semiring =
      SemiringAttr::get(k.getContext(), Monoid::Any, Multiply::Pair);
  Value zero = k.idx(0), one = k.idx(1);
  auto countTile = [&](const Accumulators &accumulators, Value tile,
                       Value thread) {
    Values count = k.loop(
        k.load(plan.tileBegin, tile), k.load(plan.tileBegin, k.add(tile, one)),
        {zero}, [&](Value row, ValueRange v) -> Values {
          Value bound = rowBound(k, pattern, plan, row);
          Value entries = selectBin(
              k, pattern, bound, k.getIndexType(), [&](unsigned bin) -> Values {
                Value accumulator = accumulators.ofBin[bin];
                mergeRow(k, pattern, accumulators, bin, thread, row, bound);
                return {DiscardOp::create(k, k.getIndexType(), accumulator,
                                          thread)};
              })[0];
          return {k.add(v[0], entries)};
        });
    k.store(count[0], plan.tileCount, tile);
  };
  k.blocks(k.idx(product.blocks()), [&](Value) {
    withAccumulators(k, pattern, plan, [&](const Accumulators &accumulators) {
      forEachTile(k, pattern, plan.tiles, [&](Value tile, Value thread) {
        countTile(accumulators, tile, thread);
      });
    });
  });
}

static Value isFine(KernelBuilder &k, const WorkPlan &plan) {
  return k.eq(k.loadIndex(plan.status, k.idx(0)), k.idx(0));
}

/// Entries that the tiles hold.
static Value sumTiles(KernelBuilder &k, const RowWiseProduct &product,
                      const WorkPlan &plan) {
  return reduce(
      k, product, plan.tiles, plan.partial,
      [&](Value tile) { return k.load(plan.tileCount, tile); },
      [&](Value a, Value b) { return k.add(a, b); });
}

/// Makes the tiles' segments as long as they have been counted to be; the sum.
static Value layOutTiles(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan) {
  forEachInParallel(k, product, plan.tiles, product.threads(), [&](Value tile) {
    k.store(k.load(plan.tileCount, tile), plan.tileSegment,
            k.add(tile, k.idx(1)));
  });
  return prefixSum(k, product, plan.tileSegment, plan.tiles, plan.partial);
}

/// Merges the rows into segments of `plan.capacity` entries in all.
static Values mergeTiles(KernelBuilder &k, const RowWiseProduct &product,
                         const WorkPlan &plan) {
  Result c;
  Value ok;
  c.pos = allocResult(k, k.add(product.a.rows, k.idx(1)), product.position, ok);
  c.crd = allocResult(k, plan.capacity, product.coordinate, ok);
  if (product.hasValues())
    c.val = allocResult(k, plan.capacity, product.element, ok);
  auto undo = [&] { freeResult(k, c); };
  auto merge = [&](const Accumulators &accumulators) {
    if (product.isAtomic())
      mergeWindows(k, product, plan, c, accumulators);
    else
      mergeExclusive(k, product, plan, c, accumulators);
  };
  auto complete = [&] {
    Value total = sumTiles(k, product, plan);
    return withinPositions(
        k, product, total,
        [&] { return finishResult(k, product, plan, c, total); }, undo);
  };
  return guarded(
      k, product, ok,
      [&] {
        k.blocks(k.idx(product.blocks()),
                 [&](Value) { withAccumulators(k, product, plan, merge); });
        return guarded(k, product, isFine(k, plan), complete, undo);
      },
      undo);
}

/// The product by its own strategy.
static Values buildByStrategy(KernelBuilder &k, const RowWiseProduct &product) {
  auto multiply = [&](WorkPlan &plan) -> Values {
    fillWorkPlan(k, product, plan);
    if (product.strategy.getPhases() == Phases::One)
      return mergeTiles(k, product, plan);
    countEntries(k, product, plan);
    return guarded(k, product, isFine(k, plan), [&] {
      plan.capacity = layOutTiles(k, product, plan);
      return withinPositions(k, product, plan.capacity,
                             [&] { return mergeTiles(k, product, plan); });
    });
  };
  return guarded(k, product, operandsAreThere(k, product), [&] {
    return withinCoordinates(k, product, product.b.cols, [&] {
      WorkPlan plan = allocateWorkPlan(k, product);
      Values result =
          guarded(k, product, plan.ok, [&] { return multiply(plan); });
      freeWorkPlan(k, plan);
      return result;
    });
  });
}

/// The same with windows that are tables, and not arrays.
static RowWiseProduct withTable(const RowWiseProduct &product) {
  StrategyAttr strategy = product.strategy;
  MLIRContext *context = strategy.getContext();
  RowWiseProduct table = product;
  table.strategy = StrategyAttr::get(
      context, strategy.getDataflow(),
      {BinAttr::get(context, INT64_MAX, AccumulatorKind::Hash,
                    Occupancy::List)},
      HashFunction::Multiplicative, strategy.getFillLimit(),
      strategy.getSchedule(), Table::Fragmented, Writeback::Bulk,
      strategy.getMerge(), strategy.getWindow(), strategy.getPhases());
  return table;
}

Result smash::buildProduct(KernelBuilder &k, const RowWiseProduct &product) {
  if (!product.isAtomic() || !isDenseWindow(product))
    return fromValues(buildByStrategy(k, product));
  // An array in memory, as long as C is wide, would be read from end to end for
  // each row.
  Value fits = windowLimits(k, product).rowFits;
  if (std::optional<int64_t> known = getConstantIntValue(fits))
    return fromValues(
        buildByStrategy(k, *known ? product : withTable(product)));
  return fromValues(k.ifElse(
      fits, resultTypes(product), [&] { return buildByStrategy(k, product); },
      [&] { return buildByStrategy(k, withTable(product)); }));
}

//===----------------------------------------------------------------------===//
// Numeric phase
//===----------------------------------------------------------------------===//

Result smash::buildNumeric(KernelBuilder &k, const RowWiseProduct &product,
                           Result pattern,
                           const std::optional<Result> &destination) {
  Value zero = k.idx(0), one = k.idx(1);
  auto multiply = [&](WorkPlan &plan, Value entries) -> Values {
    fillWorkPlan(k, product, plan);
    Result c;
    Value ok;
    if (destination) {
      c = *destination;
      ok = k.boolean(true);
    } else {
      Value rows1 = k.add(product.a.rows, one);
      c.pos = allocResult(k, rows1, product.position, ok);
      c.crd = allocResult(k, entries, product.coordinate, ok);
      c.val = allocResult(k, entries, product.element, ok);
    }
    auto undo = [&] {
      if (!destination)
        freeResult(k, c);
    };
    auto fill = [&](const Accumulators &accumulators) {
      forEachTile(k, product, plan.tiles, [&](Value tile, Value thread) {
        k.loop(k.load(plan.tileBegin, tile),
               k.load(plan.tileBegin, k.add(tile, one)), [&](Value row) {
                 Value bound = rowBound(k, product, plan, row);
                 Value lo = k.loadIndex(pattern.pos, row);
                 Value hi = k.loadIndex(pattern.pos, k.add(row, one));
                 selectBin(k, product, bound, {}, [&](unsigned bin) -> Values {
                   Value accumulator = accumulators.ofBin[bin];
                   mergeRow(k, product, accumulators, bin, thread, row, bound);
                   GatherOp::create(k, accumulator, thread, bound, pattern.crd,
                                    c.val, lo, hi);
                   return {};
                 });
                 k.storeCast(hi, c.pos, k.add(row, one));
                 // C owns its coordinates: the plan is used again.
                 k.stream(lo, hi, [&](Value p) {
                   k.storeCast(k.load(pattern.crd, p), c.crd, p);
                 });
               });
      });
    };
    return guarded(
        k, product, ok,
        [&] {
          k.storeCast(zero, c.pos, zero);
          k.blocks(k.idx(product.blocks()),
                   [&](Value) { withAccumulators(k, product, plan, fill); });
          Value fine = k.eq(k.loadIndex(plan.status, zero), zero);
          return guarded(k, product, fine, [&] { return toValues(c); }, undo);
        },
        undo);
  };
  Value there = k.band(operandsAreThere(k, product),
                       isThere(k, pattern.pos, product.a.rows));
  Values c = guarded(k, product, there, [&]() -> Values {
    Value entries = k.loadIndex(pattern.pos, product.a.rows);
    auto run = [&] {
      WorkPlan plan = allocateWorkPlan(k, product);
      Values result =
          guarded(k, product, plan.ok, [&] { return multiply(plan, entries); });
      freeWorkPlan(k, plan);
      return result;
    };
    return withinPositions(k, product, entries, [&] {
      return withinCoordinates(k, product, product.b.cols, run);
    });
  });
  return fromValues(c);
}
