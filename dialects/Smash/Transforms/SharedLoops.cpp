//===- SharedLoops.cpp - loops and sums that threads share -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedLoops.h"

using namespace mlir;
using namespace smash;

void smash::forEachOfThread(KernelBuilder &k, const Workers &workers, Value lo,
                            Value hi, function_ref<void(Value)> body) {
  if (workers.threads == 1)
    return k.loop(lo, hi, body);
  Value threads = k.idx(workers.threads);
  k.threads(threads, [&](Value thread) {
    k.loop(k.add(lo, thread), hi, threads, body);
  });
}

void smash::forEachInParallel(KernelBuilder &k, const Workers &workers,
                              Value count, int64_t most,
                              function_ref<void(Value)> body) {
  Value step = k.idx(most);
  if (workers.blocks > 1 && most > 1)
    step =
        k.min(step, k.max(k.ceildivu(count, k.idx(workers.blocks)), k.idx(1)));
  Value items = k.ceildivu(count, step);
  k.blocks(k.idx(workers.blocks), [&](Value) {
    WorkLoopOp::create(k, k.idx(0), items, Schedule::Static,
                       [&](OpBuilder &nested, Location, Value item) {
                         // The body uses k: let it stand here meanwhile.
                         OpBuilder::InsertionGuard guard(k);
                         k.setInsertionPoint(nested.getInsertionBlock(),
                                             nested.getInsertionPoint());
                         Value lo = k.mul(item, step);
                         Value hi = k.min(k.add(lo, step), count);
                         forEachOfThread(k, workers, lo, hi, body);
                       });
  });
}

namespace {
/// What thread `thread` of a block has of [first, behind): a run of numbers, so
/// that it reads memory in order.
struct Shares {
  Shares(KernelBuilder &k, const Workers &workers, Value first, Value behind)
      : k(k), first(first), behind(behind) {
    length = k.ceildivu(k.sub(behind, first), k.idx(workers.threads));
  }
  std::pair<Value, Value> of(Value thread) {
    Value lo = k.min(k.add(first, k.mul(thread, length)), behind);
    return {lo, k.min(k.add(lo, length), behind)};
  }
  KernelBuilder &k;
  Value first, behind, length;
};
} // namespace

Value smash::reduce(KernelBuilder &k, const Workers &workers, Value count,
                    Value partial, function_ref<Value(Value)> of,
                    function_ref<Value(Value, Value)> combine) {
  Value zero = k.idx(0);
  auto over = [&](Value lo, Value hi, function_ref<Value(Value)> of) {
    return k.loop(lo, hi, {zero}, [&](Value i, ValueRange v) -> Values {
      return {combine(v[0], of(i))};
    })[0];
  };
  if (workers.threads == 1)
    return over(zero, count, of);
  Value threads = k.idx(workers.threads);
  Shares shares(k, workers, zero, count);
  k.blocks(k.idx(1), [&](Value) {
    k.threads(threads, [&](Value thread) {
      auto [lo, hi] = shares.of(thread);
      k.store(over(lo, hi, of), partial, thread);
    });
  });
  return over(zero, threads,
              [&](Value thread) { return k.load(partial, thread); });
}

Value smash::prefixSum(KernelBuilder &k, const Workers &workers, Value counts,
                       Value first, Value behind, Value before, Value partial) {
  Value zero = k.idx(0), one = k.idx(1);
  auto sumFrom = [&](Value lo, Value hi, Value before) -> Value {
    return k.loop(lo, hi, {before}, [&](Value row, ValueRange v) -> Values {
      Value next = k.add(row, one);
      Value sum = k.add(v[0], k.loadIndex(counts, next));
      k.storeCast(sum, counts, next);
      return {sum};
    })[0];
  };
  if (workers.threads == 1)
    return sumFrom(first, behind, before);
  // Each thread sums its share; then it adds what stands before.
  Value threads = k.idx(workers.threads);
  Shares shares(k, workers, first, behind);
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

Value smash::prefixSum(KernelBuilder &k, const Workers &workers, Value counts,
                       Value rows, Value partial) {
  Value zero = k.idx(0);
  k.storeCast(zero, counts, zero);
  return prefixSum(k, workers, counts, zero, rows, zero, partial);
}

/// Indices in a KiB.
static constexpr int64_t kSpread = 128;

int64_t smash::spread(int64_t size) {
  return (int64_t(llvm::divideCeil(size, kSpread)) | 1) * kSpread;
}

Value smash::spread(KernelBuilder &k, Value size) {
  Value unit = k.idx(kSpread);
  return k.mulSize(k.bor(k.ceildivu(size, unit), k.idx(1)), unit);
}

Value smash::findRow(KernelBuilder &k, Value rows, Value target,
                     function_ref<Value(Value)> before) {
  Value one = k.idx(1);
  Values range = k.whileLoop(
      {k.idx(0), rows}, [&](ValueRange v) { return k.lt(v[0], v[1]); },
      [&](ValueRange v) -> Values {
        Value middle = k.shr(k.add(v[0], v[1]), one);
        Value below = k.lt(before(middle), target);
        return {k.select(below, k.add(middle, one), v[0]),
                k.select(below, v[1], middle)};
      });
  return range[0];
}
