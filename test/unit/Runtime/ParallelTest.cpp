//===- ParallelTest.cpp - loops of the runtime ----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Runtime/Runtime.h"
#include "gtest/gtest.h"
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// smash_rt_parallel with a C++ function.
template <typename Fn>
int32_t parallel(int64_t blocks, int64_t threads, Fn fn) {
  return smash_rt_parallel(
      [](void *context, int64_t block, int64_t thread) {
        (*static_cast<Fn *>(context))(block, thread);
      },
      &fn, blocks, threads);
}

/// Runs each test with a number of threads; this machine may have fewer cores.
class RuntimeParallel : public testing::TestWithParam<int64_t> {
protected:
  void SetUp() override {
    smash_rt_take_error(nullptr, nullptr);
    smash_rt_set_threads(GetParam());
  }
  void TearDown() override {
    EXPECT_EQ(smash_rt_take_error(nullptr, nullptr), SMASH_RT_OK);
    smash_rt_set_threads(0);
  }
};

} // namespace

INSTANTIATE_TEST_SUITE_P(Threads, RuntimeParallel,
                         testing::Values(0, 1, 2, 4, 7));

TEST_P(RuntimeParallel, MakesEachCallOnce) {
  for (auto [blocks, threads] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {1, 4}, {5, 1}, {3, 4}, {100, 7}, {1, 1000}}) {
    // Plain integers, written once each and read afterwards: ThreadSanitizer
    // checks that the loop orders the two.
    std::vector<int> calls(blocks * threads);
    EXPECT_EQ(parallel(blocks, threads,
                       [&, threads = threads](int64_t block, int64_t thread) {
                         ++calls[block * threads + thread];
                       }),
              SMASH_RT_OK);
    EXPECT_EQ(calls, std::vector<int>(blocks * threads, 1));
  }
}

TEST_P(RuntimeParallel, MakesNoCallOfNone) {
  auto never = [](int64_t, int64_t) { ADD_FAILURE(); };
  EXPECT_EQ(parallel(0, 4, never), SMASH_RT_OK);
  EXPECT_EQ(parallel(4, 0, never), SMASH_RT_OK);
  EXPECT_EQ(parallel(-1, 4, never), SMASH_RT_OK);
  EXPECT_EQ(parallel(-2, -2, never), SMASH_RT_OK);
}

TEST_P(RuntimeParallel, RefusesTooManyCalls) {
  auto never = [](int64_t, int64_t) { ADD_FAILURE(); };
  EXPECT_EQ(parallel(INT64_MAX, 2, never), SMASH_RT_THREADS);
  int64_t got, limit;
  EXPECT_EQ(smash_rt_take_error(&got, &limit), SMASH_RT_THREADS);
  EXPECT_EQ(got, INT64_MAX);
  EXPECT_EQ(limit, 2);
}

TEST_P(RuntimeParallel, Nests) {
  std::vector<int64_t> sums(8);
  EXPECT_EQ(parallel(8, 1,
                     [&](int64_t outer, int64_t) {
                       std::vector<int64_t> parts(6 * 2);
                       parallel(6, 2, [&](int64_t block, int64_t thread) {
                         int64_t part = 0;
                         std::vector<int64_t> ones(3);
                         parallel(1, 3,
                                  [&](int64_t, int64_t i) { ones[i] = 1; });
                         for (int64_t one : ones)
                           part += one;
                         parts[block * 2 + thread] = part;
                       });
                       for (int64_t part : parts)
                         sums[outer] += part;
                     }),
            SMASH_RT_OK);
  EXPECT_EQ(sums, std::vector<int64_t>(8, 36));
}

TEST_P(RuntimeParallel, CarriesTheFirstErrorInSerialOrder) {
  for (int repeat = 0; repeat != 20; ++repeat) {
    std::atomic<int> calls{0};
    EXPECT_EQ(parallel(10, 10,
                       [&](int64_t block, int64_t thread) {
                         ++calls;
                         if (block * 10 + thread >= 42)
                           smash_rt_fail(SMASH_RT_POSITION_OVERFLOW,
                                         block * 10 + thread, 7);
                       }),
              SMASH_RT_OK);
    EXPECT_EQ(calls, 100);
    int64_t got, limit;
    EXPECT_EQ(smash_rt_take_error(&got, &limit), SMASH_RT_POSITION_OVERFLOW);
    EXPECT_EQ(got, 42);
    EXPECT_EQ(limit, 7);
  }
}

TEST_P(RuntimeParallel, CarriesErrorsThroughNesting) {
  parallel(4, 1, [&](int64_t outer, int64_t) {
    parallel(4, 2, [&](int64_t block, int64_t thread) {
      if (outer >= 2 && block == 3 && thread == 1)
        smash_rt_fail(SMASH_RT_OUT_OF_MEMORY, outer, block);
    });
  });
  int64_t got, limit;
  EXPECT_EQ(smash_rt_take_error(&got, &limit), SMASH_RT_OUT_OF_MEMORY);
  EXPECT_EQ(got, 2);
  EXPECT_EQ(limit, 3);
}

TEST_P(RuntimeParallel, KeepsAnEarlierError) {
  smash_rt_fail(SMASH_RT_PLAN_MISMATCH, 1, 2);
  parallel(4, 4, [&](int64_t, int64_t) {
    smash_rt_fail(SMASH_RT_OUT_OF_MEMORY, 3, 4);
  });
  EXPECT_EQ(smash_rt_take_error(nullptr, nullptr), SMASH_RT_PLAN_MISMATCH);
  // And leaves none behind in a thread that another loop uses.
  parallel(16, 4, [&](int64_t, int64_t) {
    EXPECT_EQ(smash_rt_take_error(nullptr, nullptr), SMASH_RT_OK);
  });
}

TEST_P(RuntimeParallel, KeepsToItsThreads) {
  if (GetParam() == 0)
    return;
  std::mutex mutex;
  std::set<std::thread::id> seen;
  // Long enough for every thread to come and take a call.
  for (int repeat = 0; repeat != 20 && int64_t(seen.size()) != GetParam();
       ++repeat)
    parallel(1, 4 * GetParam(), [&](int64_t, int64_t) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      std::lock_guard<std::mutex> lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
  EXPECT_EQ(int64_t(seen.size()), GetParam());
}

TEST(RuntimeThreads, OneThreadGoesInOrder) {
  smash_rt_set_threads(1);
  std::vector<int64_t> order;
  std::thread::id self = std::this_thread::get_id();
  parallel(5, 3, [&](int64_t block, int64_t thread) {
    EXPECT_EQ(std::this_thread::get_id(), self);
    order.push_back(block * 3 + thread);
  });
  smash_rt_set_threads(0);
  ASSERT_EQ(order.size(), 15u);
  for (size_t i = 0; i != order.size(); ++i)
    EXPECT_EQ(order[i], int64_t(i));
}

TEST(RuntimeThreads, TheLimitReachesNestedLoops) {
  smash_rt_set_threads(4);
  // A limit that a call sets holds for its own loops, and ends with it.
  parallel(8, 1, [&](int64_t, int64_t) {
    smash_rt_set_threads(1);
    std::thread::id self = std::this_thread::get_id();
    parallel(8, 1, [&](int64_t, int64_t) {
      EXPECT_EQ(std::this_thread::get_id(), self);
    });
  });
  smash_rt_set_threads(0);
}

TEST(RuntimeThreads, AcceptsAnyLimit) {
  for (int64_t limit : {int64_t(-3), int64_t(64), INT64_MAX}) {
    smash_rt_set_threads(limit);
    std::atomic<int> calls{0};
    EXPECT_EQ(parallel(2, 50, [&](int64_t, int64_t) { ++calls; }), SMASH_RT_OK);
    EXPECT_EQ(calls, 100);
  }
  smash_rt_set_threads(0);
}

TEST(RuntimeThreads, TwoCallersAtOnce) {
  // Each with errors of its own, in one arena and in two.
  for (int64_t otherLimit : {4, 3}) {
    auto work = [](int64_t limit, int64_t mark) {
      smash_rt_set_threads(limit);
      for (int repeat = 0; repeat != 50; ++repeat) {
        std::vector<int64_t> seen(40);
        EXPECT_EQ(parallel(10, 4,
                           [&](int64_t block, int64_t thread) {
                             seen[block * 4 + thread] = mark;
                             if (block == 5)
                               smash_rt_fail(SMASH_RT_PLAN_MISMATCH, mark, 0);
                             parallel(1, 3, [&](int64_t, int64_t) {});
                           }),
                  SMASH_RT_OK);
        EXPECT_EQ(seen, std::vector<int64_t>(40, mark));
        int64_t got;
        EXPECT_EQ(smash_rt_take_error(&got, nullptr), SMASH_RT_PLAN_MISMATCH);
        EXPECT_EQ(got, mark);
      }
    };
    std::thread other(work, otherLimit, 1);
    std::thread another(work, 4, 2);
    other.join();
    another.join();
  }
}
