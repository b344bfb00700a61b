//===- MemoryTest.cpp - arrays and errors of the runtime ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Runtime/Runtime.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace {

constexpr int64_t mebibyte = int64_t(1) << 20;
constexpr int64_t largest = std::numeric_limits<int64_t>::max();

/// Bytes of the process that are in memory.
int64_t residentBytes() {
  int64_t total = 0, resident = 0;
  std::ifstream file("/proc/self/statm");
  EXPECT_TRUE(file >> total >> resident);
  return resident * int64_t(sysconf(_SC_PAGESIZE));
}

struct Taken {
  int32_t code;
  int64_t got = -1, limit = -1;
  Taken() { code = smash_rt_take_error(&got, &limit); }
};

/// Leaves no error and no planned failure to the next test.
class RuntimeMemory : public testing::Test {
protected:
  void SetUp() override { clear(); }
  void TearDown() override { clear(); }
  static void clear() {
    smash_rt_take_error(nullptr, nullptr);
    smash_rt_fail_allocation(0);
  }
};

} // namespace

TEST_F(RuntimeMemory, AllocatesZeroed) {
  for (int64_t count : {int64_t(1), int64_t(1000), 2 * mebibyte}) {
    auto *data = static_cast<int64_t *>(smash_rt_alloc(count, 8, 1));
    ASSERT_TRUE(data);
    int64_t sum = 0;
    for (int64_t i = 0; i != count; ++i)
      sum |= data[i];
    EXPECT_EQ(sum, 0);
    data[count - 1] = 1;
    smash_rt_free(data);
  }
  EXPECT_EQ(Taken().code, SMASH_RT_OK);
}

TEST_F(RuntimeMemory, IsAligned) {
  for (int64_t count : {int64_t(1), int64_t(100), 8 * mebibyte}) {
    void *data = smash_rt_alloc(count, 1, 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 16, 0u);
    smash_rt_free(data);
  }
}

TEST_F(RuntimeMemory, AllocatesNothing) {
  for (int32_t zeroed : {0, 1}) {
    void *data = smash_rt_alloc(0, 8, zeroed);
    EXPECT_TRUE(data);
    data = smash_rt_resize(data, 0, 8);
    EXPECT_TRUE(data);
    smash_rt_free(data);
  }
  smash_rt_free(nullptr);
  EXPECT_EQ(Taken().code, SMASH_RT_OK);
}

TEST_F(RuntimeMemory, IsCompatibleWithFree) {
  std::free(smash_rt_alloc(10, 8, 0));
  std::free(smash_rt_alloc(16 * mebibyte, 8, 1));
}

TEST_F(RuntimeMemory, RefusesOverflow) {
  EXPECT_FALSE(smash_rt_alloc(largest, 8, 0));
  Taken taken;
  EXPECT_EQ(taken.code, SMASH_RT_OUT_OF_MEMORY);
  EXPECT_EQ(taken.got, largest);
  EXPECT_EQ(taken.limit, 8);
  EXPECT_FALSE(smash_rt_alloc(-1, 8, 1));
  EXPECT_EQ(Taken().code, SMASH_RT_OUT_OF_MEMORY);
  EXPECT_FALSE(smash_rt_alloc(8, -1, 0));
  EXPECT_EQ(Taken().code, SMASH_RT_OUT_OF_MEMORY);
}

TEST_F(RuntimeMemory, RefusesMoreThanThereIs) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer's allocator ends the process";
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer's allocator ends the process";
#endif
#endif
  EXPECT_FALSE(smash_rt_alloc(largest / 8, 8, 0));
  Taken taken;
  EXPECT_EQ(taken.code, SMASH_RT_OUT_OF_MEMORY);
  EXPECT_EQ(taken.got, largest / 8);
  EXPECT_EQ(taken.limit, 8);
  void *data = smash_rt_alloc(10, 8, 0);
  static_cast<int64_t *>(data)[9] = 7;
  EXPECT_FALSE(smash_rt_resize(data, largest / 8, 8));
  EXPECT_EQ(Taken().code, SMASH_RT_OUT_OF_MEMORY);
  EXPECT_EQ(static_cast<int64_t *>(data)[9], 7);
  smash_rt_free(data);
}

TEST_F(RuntimeMemory, FailsTheAllocationAskedFor) {
  smash_rt_fail_allocation(2);
  void *first = smash_rt_alloc(1, 8, 0);
  EXPECT_TRUE(first);
  EXPECT_FALSE(smash_rt_alloc(3, 8, 1));
  Taken taken;
  EXPECT_EQ(taken.code, SMASH_RT_OUT_OF_MEMORY);
  EXPECT_EQ(taken.got, 3);
  EXPECT_EQ(taken.limit, 8);
  void *third = smash_rt_alloc(1, 8, 0);
  EXPECT_TRUE(third);
  EXPECT_EQ(smash_rt_fail_allocation(0), 3);
  EXPECT_EQ(smash_rt_fail_allocation(0), 0);
  smash_rt_free(first);
  smash_rt_free(third);
}

TEST_F(RuntimeMemory, FailsGrowthButNotShrinking) {
  auto *data = static_cast<int64_t *>(smash_rt_alloc(1000, 8, 0));
  data[0] = 5;
  smash_rt_fail_allocation(1);
  data = static_cast<int64_t *>(smash_rt_resize(data, 10, 8));
  ASSERT_TRUE(data);
  EXPECT_FALSE(smash_rt_resize(data, 100000, 8));
  EXPECT_EQ(data[0], 5);
  Taken taken;
  EXPECT_EQ(taken.code, SMASH_RT_OUT_OF_MEMORY);
  EXPECT_EQ(taken.got, 100000);
  data = static_cast<int64_t *>(smash_rt_resize(data, 100000, 8));
  ASSERT_TRUE(data);
  EXPECT_EQ(data[0], 5);
  EXPECT_EQ(smash_rt_fail_allocation(0), 2);
  smash_rt_free(data);
}

TEST_F(RuntimeMemory, FailsOnceAcrossThreads) {
  smash_rt_fail_allocation(50);
  std::atomic<int> failures{0};
  auto allocate = [&] {
    for (int i = 0; i != 50; ++i) {
      void *data = smash_rt_alloc(1, 8, 0);
      failures += data == nullptr;
      smash_rt_free(data);
    }
    failures += Taken().code == SMASH_RT_OUT_OF_MEMORY;
  };
  std::thread other(allocate);
  allocate();
  other.join();
  EXPECT_EQ(failures, 2); // One null, seen by the one thread that met it.
  EXPECT_EQ(smash_rt_fail_allocation(0), 100);
}

TEST_F(RuntimeMemory, ResizeKeepsContents) {
  for (int64_t count : {int64_t(1000), 4 * mebibyte}) {
    auto *data = static_cast<int64_t *>(smash_rt_alloc(count, 8, 0));
    ASSERT_TRUE(data);
    for (int64_t i = 0; i != count; ++i)
      data[i] = i;
    for (int64_t size : {count / 2, count / 3, count * 2, count / 4}) {
      data = static_cast<int64_t *>(smash_rt_resize(data, size, 8));
      ASSERT_TRUE(data);
      int64_t wrong = 0;
      for (int64_t i = 0; i != std::min(size, count / 3); ++i)
        wrong += data[i] != i;
      EXPECT_EQ(wrong, 0);
    }
    smash_rt_free(data);
  }
  void *data = smash_rt_resize(nullptr, 10, 8);
  EXPECT_TRUE(data);
  smash_rt_free(data);
}

TEST_F(RuntimeMemory, ReservesWithoutUsing) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer's shadow memory counts as well";
#endif
#endif
  for (int32_t zeroed : {0, 1}) {
    int64_t before = residentBytes();
    int64_t count = 1024 * mebibyte;
    auto *data = static_cast<char *>(smash_rt_alloc(count, 1, zeroed));
    ASSERT_TRUE(data);
    for (int64_t i = 0; i < 10 * mebibyte; i += 4096)
      data[i] = 1;
    // 10 MiB touched, and at most a huge page on either side of them.
    EXPECT_LE(residentBytes() - before, 16 * mebibyte);
    auto *shrunk = static_cast<char *>(smash_rt_resize(data, mebibyte, 1));
    EXPECT_EQ(shrunk, data);
    EXPECT_LE(residentBytes() - before, 4 * mebibyte);
    smash_rt_free(shrunk);
  }
}

// A product after the other: the pages of C's arrays are not faulted in anew.
TEST_F(RuntimeMemory, KeepsFreedPages) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer's malloc decides";
#endif
#endif
  auto faults = [] {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return int64_t(usage.ru_minflt);
  };
  auto product = [&](int64_t count) {
    void *arrays[2];
    for (void *&array : arrays) {
      array = smash_rt_alloc(count, 1, /*zeroed=*/0);
      ASSERT_TRUE(array);
      std::fill_n(static_cast<volatile char *>(array), count, char(1));
    }
    for (void *&array : arrays)
      array = smash_rt_resize(array, count / 4, 1);
    for (void *array : arrays)
      smash_rt_free(array);
  };
  // Two that glibc would trim together, one that it would map, and one that
  // would be mapped if its own size were the threshold.
  for (int64_t count : {96 * mebibyte / 1024, mebibyte, 12 * mebibyte}) {
    product(count);
    int64_t before = faults();
    for (int i = 0; i < 8; ++i)
      product(count);
    int64_t pages = 8 * 2 * count / 4096; // that are touched
    EXPECT_LE(faults() - before, pages / 8) << count << " bytes";
  }
}

TEST_F(RuntimeMemory, ForgetGivesPagesBack) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer's shadow memory counts as well";
#endif
#endif
  int64_t before = residentBytes();
  int64_t count = 64 * mebibyte / 8;
  auto *data = static_cast<int64_t *>(smash_rt_alloc(count, 8, /*zeroed=*/0));
  ASSERT_TRUE(data);
  for (int64_t i = 0; i < count; ++i)
    data[i] = i;
  EXPECT_GE(residentBytes() - before, 60 * mebibyte);
  int64_t begin = 1000, end = count - 1000;
  smash_rt_forget(data, begin, end, 8);
  // Up to a huge page at either end stays.
  EXPECT_LE(residentBytes() - before, 8 * mebibyte);
  for (int64_t i = 0; i < count; ++i)
    if (i < begin || i >= end) {
      ASSERT_EQ(data[i], i);
    }
  smash_rt_forget(data, 0, 0, 8); // nothing
  smash_rt_free(data);
}

TEST_F(RuntimeMemory, KeepsTheFirstError) {
  smash_rt_fail(SMASH_RT_POSITION_OVERFLOW, 10, 5);
  smash_rt_fail(SMASH_RT_PLAN_MISMATCH, 1, 2);
  std::thread([] { EXPECT_EQ(Taken().code, SMASH_RT_OK); }).join();
  Taken taken;
  EXPECT_EQ(taken.code, SMASH_RT_POSITION_OVERFLOW);
  EXPECT_EQ(taken.got, 10);
  EXPECT_EQ(taken.limit, 5);
  Taken none;
  EXPECT_EQ(none.code, SMASH_RT_OK);
  EXPECT_EQ(none.got, 0);
  EXPECT_EQ(smash_rt_take_error(nullptr, nullptr), SMASH_RT_OK);
}
