//===- SharedLoops.cpp - loops and sums that threads share -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"

using namespace mlir;
using namespace smash;

void smash::forEachOfThread(KernelBuilder &k, const RowWiseProduct &product,
                            Value lo, Value hi,
                            function_ref<void(Value)> body) {
  if (product.threads() == 1)
    return k.loop(lo, hi, body);
  Value threads = k.idx(product.threads());
  k.threads(threads, [&](Value thread) {
    k.loop(k.add(lo, thread), hi, threads, body);
  });
}

void smash::forEachInParallel(KernelBuilder &k, const RowWiseProduct &product,
                              Value count, int64_t step,
                              function_ref<void(Value)> body) {
  Value items = k.ceildivu(count, k.idx(step));
  k.blocks(k.idx(product.blocks()), [&](Value) {
    WorkLoopOp::create(k, k.idx(0), items, Schedule::Static,
                       [&](OpBuilder &nested, Location, Value item) {
                         // The body uses k: let it stand here meanwhile.
                         OpBuilder::InsertionGuard guard(k);
                         k.setInsertionPoint(nested.getInsertionBlock(),
                                             nested.getInsertionPoint());
                         Value lo = k.mul(item, k.idx(step));
                         Value hi = k.min(k.add(lo, k.idx(step)), count);
                         forEachOfThread(k, product, lo, hi, body);
                       });
  });
}

namespace {
/// What thread `thread` of a block has of [first, behind): a run of numbers, so
/// that it reads memory in order.
struct Shares {
  Shares(KernelBuilder &k, const RowWiseProduct &product, Value first,
         Value behind)
      : k(k), first(first), behind(behind) {
    length = k.ceildivu(k.sub(behind, first), k.idx(product.threads()));
  }
  std::pair<Value, Value> of(Value thread) {
    Value lo = k.min(k.add(first, k.mul(thread, length)), behind);
    return {lo, k.min(k.add(lo, length), behind)};
  }
  KernelBuilder &k;
  Value first, behind, length;
};
} // namespace

Value smash::reduce(KernelBuilder &k, const RowWiseProduct &product,
                    Value count, Value partial, function_ref<Value(Value)> of,
                    function_ref<Value(Value, Value)> combine) {
  Value zero = k.idx(0);
  auto over = [&](Value lo, Value hi, function_ref<Value(Value)> of) {
    return k.loop(lo, hi, {zero}, [&](Value i, ValueRange v) -> Values {
      return {combine(v[0], of(i))};
    })[0];
  };
  if (product.threads() == 1)
    return over(zero, count, of);
  Value threads = k.idx(product.threads());
  Shares shares(k, product, zero, count);
  k.blocks(k.idx(1), [&](Value) {
    k.threads(threads, [&](Value thread) {
      auto [lo, hi] = shares.of(thread);
      k.store(over(lo, hi, of), partial, thread);
    });
  });
  return over(zero, threads,
              [&](Value thread) { return k.load(partial, thread); });
}

Value smash::prefixSum(KernelBuilder &k, const RowWiseProduct &product,
                       Value counts, Value first, Value behind, Value before,
                       Value partial) {
  Value zero = k.idx(0), one = k.idx(1);
  auto sumFrom = [&](Value lo, Value hi, Value before) -> Value {
    return k.loop(lo, hi, {before}, [&](Value row, ValueRange v) -> Values {
      Value next = k.add(row, one);
      Value sum = k.add(v[0], k.loadIndex(counts, next));
      k.storeCast(sum, counts, next);
      return {sum};
    })[0];
  };
  if (product.threads() == 1)
    return sumFrom(first, behind, before);
  // Each thread sums its share; then it adds what stands before.
  Value threads = k.idx(product.threads());
  Shares shares(k, product, first, behind);
  auto sumOfThreads = [&](Value count) {
    return k.loop(zero, count, {before},
                  [&](Value thread, ValueRange v) -> Values {
                    return {k.add(v[0], k.load(partial, thread))};
                  })[0];
  };
  k.blocks(one, [&](Value) {
    k.threads(threads, [&](Value thread) {
      auto [lo, hi] = shares.of(thread);
      k.store(sumFrom(lo, hi, zero), partial, thread);
    });
    k.threads(threads, [&](Value thread) {
      Value sum = sumOfThreads(thread);
      auto [lo, hi] = shares.of(thread);
      k.ifThen(k.ne(sum, zero), [&, lo = lo, hi = hi] {
        k.loop(lo, hi, [&](Value row) {
          Value next = k.add(row, one);
          k.storeCast(k.add(sum, k.loadIndex(counts, next)), counts, next);
        });
      });
    });
  });
  return sumOfThreads(threads);
}

Value smash::prefixSum(KernelBuilder &k, const RowWiseProduct &product,
                       Value counts, Value rows, Value partial) {
  Value zero = k.idx(0);
  k.storeCast(zero, counts, zero);
  return prefixSum(k, product, counts, zero, rows, zero, partial);
}
