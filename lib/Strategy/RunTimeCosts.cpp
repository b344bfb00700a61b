//===- RunTimeCosts.cpp - the cost model as code --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunTimeCosts.h"
#include "CostTotals.h"
#include "IRNumber.h"
#include "StrategyTerms.h"

using namespace mlir;
using namespace smash;
using formulas::Formulas;
using formulas::Group;
using formulas::Operands;

static_assert(kStatisticsSize ==
              kStatisticsBucketsAt + 2 * int64_t(RowHistogram::kBuckets));

namespace {
/// Reads the buffer of a smash.statistics.
class Reader {
public:
  Reader(KernelBuilder &k, Value buffer) : k(k), buffer(buffer) {}

  IRNumber at(Value index) {
    Value count = k.load(buffer, index);
    return {k, arith::SIToFPOp::create(k, k.getF64Type(), count)};
  }
  IRNumber field(StatisticsField field) { return at(k.idx(int64_t(field))); }

  Operands<IRNumber> operands() {
    Operands<IRNumber> o;
    o.rows = field(StatisticsField::Rows);
    o.inner = field(StatisticsField::Inner);
    o.cols = field(StatisticsField::Cols);
    o.nnzA = field(StatisticsField::NnzA);
    o.nnzB = field(StatisticsField::NnzB);
    o.products = field(StatisticsField::Products);
    o.span = field(StatisticsField::MeanSpan);
    return o;
  }

  Group<IRNumber> group(Value bucket, IRNumber span) {
    Value first = k.add(k.mul(bucket, k.idx(2)), k.idx(kStatisticsBucketsAt));
    Group<IRNumber> g;
    g.rows = at(first);
    g.products = at(k.add(first, k.idx(1)));
    IRNumber perRow = g.products / maximum(g.rows, 1.0);
    g.entries = g.rows * formulas::expectEntries(perRow, span);
    // Bucket k has bounds of up to 2^(k - 1).
    Value log =
        k.cast(k.max(k.sub(bucket, k.idx(1)), k.idx(0)), k.getI64Type());
    g.logBound = {k, arith::SIToFPOp::create(k, k.getF64Type(), log)};
    return g;
  }

private:
  KernelBuilder &k;
  Value buffer;
};
} // namespace

/// One past the last bucket whose rows fall into `bin`.
static int64_t lastBucketOf(BinAttr bin) {
  unsigned k = 0;
  while (k < RowHistogram::kBuckets && formulas::isInBin(k, bin))
    ++k;
  return int64_t(k);
}

/// The time of the rows of one bucket.
static Value buildRowTime(KernelBuilder &k, const Formulas<IRNumber> &formulas,
                          StrategyAttr strategy, Value bucket,
                          const Group<IRNumber> &group) {
  auto timeOf = [&](BinAttr bin) {
    TermCounts<IRNumber> terms{};
    formulas::addRows(formulas, strategy, bin, group, terms);
    return formulas.time(terms).value(k);
  };
  SmallVector<BinAttr> bins = formulas::binsOf(strategy);
  if (bins.empty())
    return timeOf(BinAttr());
  Value time = timeOf(bins.back());
  for (BinAttr bin : llvm::reverse(ArrayRef(bins).drop_back()))
    time = k.select(k.lt(bucket, k.idx(lastBucketOf(bin))), timeOf(bin), time);
  return time;
}

SmallVector<Value> smash::buildTimes(KernelBuilder &k,
                                     const ProductFacts &facts,
                                     Value statistics,
                                     ArrayRef<StrategyAttr> strategies) {
  Reader reader(k, statistics);
  Operands<IRNumber> operands = reader.operands();
  Value zero = k.idx(0), buckets = k.idx(RowHistogram::kBuckets);
  auto number = [&](Value value) { return IRNumber(k, value); };
  Value none = arith::ConstantOp::create(k, k.getF64FloatAttr(0));
  operands.entries = number(k.loop(
      zero, buckets, {none}, [&](Value bucket, ValueRange sum) -> Values {
        Group<IRNumber> group = reader.group(bucket, operands.span);
        return {(number(sum[0]) + group.entries).value(k)};
      })[0]);
  Formulas<IRNumber> formulas(operands, layoutOf(facts), facts.machine);
  SmallVector<Value> fixed;
  for (StrategyAttr strategy : strategies) {
    TermCounts<IRNumber> terms{};
    formulas::addFixed(formulas, strategy, terms);
    fixed.push_back(formulas.time(terms).value(k));
  }
  Values times = k.loop(
      zero, buckets, fixed, [&](Value bucket, ValueRange sums) -> Values {
        Group<IRNumber> group = reader.group(bucket, operands.span);
        Values next;
        for (auto [strategy, sum] : llvm::zip(strategies, sums)) {
          Value time = buildRowTime(k, formulas, strategy, bucket, group);
          next.push_back((number(sum) + number(time)).value(k));
        }
        return next;
      });
  return SmallVector<Value>(times.begin(), times.end());
}
