//===- LowerStatistics.cpp - counting what decides a strategy -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_LOWERSTATISTICS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-statistics"

/// Rows that the mean span is taken from, about.
static constexpr int64_t kSampledRows = 1024;

namespace {
/// Builds the counting of one product's statistics.
class Counting {
public:
  Counting(KernelBuilder &k, StatisticsOp op)
      : k(k), a(openOperand(k, op.getA())), b(openOperand(k, op.getB())),
        orderedB(isOrdered(op.getB().getType())) {}

  /// The buffer; empty where memory does not suffice, zeros where an operand is
  /// what is left of a product that failed.
  Value run() {
    Value ok;
    Value buffer = k.tryAlloc(k.idx(kStatisticsSize), k.getI64Type(), ok,
                              /*zeroed=*/true);
    Value there = k.band(isThere(k, a.pos, a.rows), isThere(k, b.pos, b.rows));
    k.ifThen(k.band(ok, there), [&] { fill(buffer); });
    return buffer;
  }

private:
  void set(Value buffer, StatisticsField field, Value value) {
    k.storeCast(value, buffer, k.idx(int64_t(field)));
  }

  /// One more than the place of the highest bit of bound - 1; 0 of 0.
  Value bucketOf(Value bound) {
    Value i64 = k.cast(k.sub(k.max(bound, k.idx(1)), k.idx(1)), k.getI64Type());
    Value zeros = math::CountLeadingZerosOp::create(k, i64);
    Value bucket = k.sub(k.idx(65), k.toIndex(zeros));
    return k.select(k.eq(bound, k.idx(0)), k.idx(0), bucket);
  }

  void increase(Value buffer, Value at, Value by) {
    k.storeCast(k.add(k.loadIndex(buffer, at), by), buffer, at);
  }

  /// [begin, end) of a row.
  std::pair<Value, Value> rowOf(const CsrOperand &matrix, Value row) {
    return {k.loadIndex(matrix.pos, row),
            k.loadIndex(matrix.pos, k.add(row, k.idx(1)))};
  }

  void fill(Value buffer) {
    Value zero = k.idx(0), one = k.idx(1);
    set(buffer, StatisticsField::Rows, a.rows);
    set(buffer, StatisticsField::Inner, a.cols);
    set(buffer, StatisticsField::Cols, b.cols);
    set(buffer, StatisticsField::NnzA, k.loadIndex(a.pos, a.rows));
    set(buffer, StatisticsField::NnzB, k.loadIndex(b.pos, b.rows));
    Value products =
        k.loop(zero, a.rows, {zero}, [&](Value row, ValueRange sums) -> Values {
          auto [begin, end] = rowOf(a, row);
          Value ofRow = k.loop(
              begin, end, {zero}, [&](Value p, ValueRange sum) -> Values {
                auto [lo, hi] = rowOf(b, k.loadIndex(a.crd, p));
                return {k.add(sum[0], k.sub(hi, lo))};
              })[0];
          Value at = k.add(k.mul(bucketOf(k.min(ofRow, b.cols)), k.idx(2)),
                           k.idx(kStatisticsBucketsAt));
          increase(buffer, at, one);
          increase(buffer, k.add(at, one), ofRow);
          return {k.add(sums[0], ofRow)};
        })[0];
    set(buffer, StatisticsField::Products, products);
    set(buffer, StatisticsField::MeanSpan, orderedB ? meanSpan() : b.cols);
  }

  /// Columns from the first to the last of a row of C, the mean over evenly
  /// spaced rows that have some.
  Value meanSpan() {
    Value zero = k.idx(0), one = k.idx(1);
    Value step = k.max(k.divu(a.rows, k.idx(kSampledRows)), one);
    Value samples = k.divu(k.add(a.rows, k.sub(step, one)), step);
    Values sums = k.loop(
        zero, samples, {zero, zero}, [&](Value sample, ValueRange v) -> Values {
          auto [begin, end] = rowOf(a, k.mul(sample, step));
          Values ends = k.loop(
              begin, end, {b.cols, zero}, [&](Value p, ValueRange v) -> Values {
                std::pair<Value, Value> row = rowOf(b, k.loadIndex(a.crd, p));
                Value lo = row.first, hi = row.second;
                return k.ifElse(
                    k.lt(lo, hi), {k.getIndexType(), k.getIndexType()},
                    [&]() -> Values {
                      Value last = k.loadIndex(b.crd, k.sub(hi, one));
                      return {k.min(v[0], k.loadIndex(b.crd, lo)),
                              k.max(v[1], k.add(last, one))};
                    },
                    [&]() -> Values { return {v[0], v[1]}; });
              });
          // A sum of spans overflows where that of products would.
          Value span = k.max(k.sub(ends[1], ends[0]), zero);
          Value found = k.select(k.gt(span, zero), one, zero);
          return {k.add(v[0], span), k.add(v[1], found)};
        });
    return k.select(k.gt(sums[1], zero), k.divu(sums[0], k.max(sums[1], one)),
                    b.cols);
  }

  KernelBuilder &k;
  CsrOperand a, b;
  bool orderedB;
};

struct LowerStatisticsPass
    : public smash::impl::LowerStatisticsBase<LowerStatisticsPass> {
  void runOnOperation() override {
    WalkResult walk = getOperation()->walk([&](StatisticsOp op) {
      for (Type type : {op.getA().getType(), op.getB().getType()})
        if (!isLowerableCSR(type)) {
          op.emitOpError("of an operand of type ")
              << type
              << " is not lowered yet; CSR with 32-bit, 64-bit or index "
                 "positions and coordinates is";
          return WalkResult::interrupt();
        }
      OpBuilder builder(op);
      KernelBuilder k(op.getLoc(), builder);
      Value buffer = Counting(k, op).run();
      op.replaceAllUsesWith(buffer);
      op.erase();
      ++numLowered;
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
