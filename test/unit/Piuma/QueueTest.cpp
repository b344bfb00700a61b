//===- QueueTest.cpp - queues in both runtimes --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Calls.h"
#include "gtest/gtest.h"
#include <algorithm>

using namespace smash::piuma;
using namespace smash::piuma::test;

static TargetModel makeTarget() {
  TargetModel target = llvm::cantFail(TargetModel::byName("piuma-1core"));
  llvm::cantFail(target.set("queue_entries", 3));
  return target;
}

/// First in, first out, of at most three elements; a full or an empty queue
/// says so.
static void useAlone(Calls &m, int32_t bytes) {
  void *q = m.createQueue(m.scratchpad(64, 8 * bytes), 8, bytes);
  int64_t value = 7;
  EXPECT_EQ(m.pop(q, &value), 0);
  EXPECT_EQ(value, 0);
  for (int64_t i = 1; i <= 3; ++i)
    EXPECT_EQ(m.push(q, 10 * i), 1);
  EXPECT_EQ(m.push(q, 40), 0);
  EXPECT_EQ(m.pop(q, &value), 1);
  EXPECT_EQ(value, 10);
  EXPECT_EQ(m.push(q, 50), 1); // around the end
  for (int64_t expected : {20, 30, 50}) {
    EXPECT_EQ(m.pop(q, &value), 1);
    EXPECT_EQ(value, expected);
  }
  EXPECT_EQ(m.pop(q, &value), 0);
  m.destroyQueue(q);
}

/// Threads push their numbers and pop others': each is popped once.
static void shareAmongThreads(Calls &m) {
  constexpr int64_t kThreads = 8, kEach = 20;
  std::vector<int64_t> popped[kThreads];
  m.launch(1, [&](int64_t) {
    void *q = m.createQueue(m.scratchpad(0, 24), 3, 8);
    m.spawn(kThreads, [&](int64_t thread) {
      int64_t value;
      for (int64_t i = 0; i < kEach; ++i) {
        // Whoever finds the queue full takes one out.
        while (!m.push(q, thread * kEach + i))
          if (m.pop(q, &value))
            popped[thread].push_back(value);
      }
    });
    int64_t value;
    while (m.pop(q, &value))
      popped[0].push_back(value);
  });
  std::vector<int64_t> all;
  for (auto &some : popped)
    all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), size_t(kThreads * kEach));
  for (size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(all[i], int64_t(i));
}

TEST(Queue, FirstInFirstOut) {
  for (int32_t bytes : {4, 8}) {
    FunctionalCalls functional;
    functional.run(makeTarget(), [&] { useAlone(functional, bytes); });
    TimingCalls timing(makeTarget());
    timing.measure([&] { useAlone(timing, bytes); });
  }
}

TEST(Queue, EachElementIsPoppedOnce) {
  FunctionalCalls functional;
  functional.run(makeTarget(), [&] { shareAmongThreads(functional); });
  TimingCalls timing(makeTarget());
  timing.measure([&] { shareAmongThreads(timing); });
}

TEST(Queue, CostsAnAtomicOfItsFirstElement) {
  // An instruction, 10 cycles to the scratchpad and back, 4 at the bank; two
  // threads ask at once, so that the second one waits for the bank.
  auto cycles = [](int64_t threads) {
    TimingCalls m(makeTarget());
    return m.measure([&] {
      void *q = m.createQueue(m.scratchpad(0, 24), 3, 8);
      m.spawn(threads, [&](int64_t) { m.push(q, 1); });
    });
  };
  auto atomics = [](int64_t threads) {
    TimingCalls m(makeTarget());
    return m.measure([&] {
      void *at = m.scratchpad(0, 24);
      m.spawn(threads, [&](int64_t) { m.atomicAdd(at, 1, /*returns=*/true); });
    });
  };
  EXPECT_EQ(cycles(1), atomics(1));
  EXPECT_EQ(cycles(2), atomics(2));
  EXPECT_EQ(cycles(2), cycles(1) + 4);
}
