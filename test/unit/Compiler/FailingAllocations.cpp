//===- FailingAllocations.cpp - runs with too little memory --------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FailingAllocations.h"
#include "smash/Runtime/Runtime.h"
#include "smash/Support/AllocationTesting.h"
#include "gtest/gtest.h"
#include <atomic>
#include <mutex>
#include <set>

using namespace smash;
using namespace smash::test;

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

static std::mutex liveMutex;
static std::set<void *> live;
static std::atomic<bool> isCounting{false};

[[maybe_unused]] static void replaceArray(void *old, void *made) {
  if (!isCounting)
    return;
  std::lock_guard<std::mutex> lock(liveMutex);
  live.erase(old);
  if (made)
    live.insert(made);
}

#ifdef SMASH_WRAP_ALLOCATIONS
// The linker has these called in place of the real ones (--wrap in
// CMakeLists.txt). Kernels call free, and so do matrices.
extern "C" {
void *__real_smash_rt_alloc(int64_t count, int64_t size, int32_t zeroed);
void *__real_smash_rt_resize(void *data, int64_t count, int64_t size);
void __real_free(void *data);

void *__wrap_smash_rt_alloc(int64_t count, int64_t size, int32_t zeroed) {
  void *made = __real_smash_rt_alloc(count, size, zeroed);
  replaceArray(nullptr, made);
  return made;
}
void *__wrap_smash_rt_resize(void *data, int64_t count, int64_t size) {
  void *made = __real_smash_rt_resize(data, count, size);
  if (made)
    replaceArray(data, made);
  return made;
}
void __wrap_free(void *data) {
  replaceArray(data, nullptr);
  __real_free(data);
}
}
#endif

bool smash::test::canCountArrays() {
#ifdef SMASH_WRAP_ALLOCATIONS
  return true;
#else
  return false;
#endif
}

LiveArrays::LiveArrays() {
  std::lock_guard<std::mutex> lock(liveMutex);
  live.clear();
  isCounting = true;
}
LiveArrays::~LiveArrays() { isCounting = false; }
int64_t LiveArrays::count() const {
  std::lock_guard<std::mutex> lock(liveMutex);
  return int64_t(live.size());
}

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

/// Runs the kernel with its k-th allocation failing; the error's text. What it
/// tried is told in `tried`.
static std::string runWithFailure(const CompiledProduct &kernel,
                                  const Matrix &a, const Matrix &b, int64_t k,
                                  int64_t &tried) {
  LiveArrays arrays;
  smash_rt_fail_allocation(k);
  std::string error = errorOf(kernel.run(a, b));
  tried = smash_rt_fail_allocation(0);
  EXPECT_EQ(arrays.count(), 0) << "allocation " << k;
  return error;
}

void smash::test::failEachAllocation(
    const CompiledProduct &kernel, const Matrix &a, const Matrix &b,
    int64_t minimum, llvm::function_ref<bool(const Matrix &)> right) {
  int64_t before = smash::testing::liveBuffers();
  for (int64_t k = 1; k != 500; ++k) {
    int64_t tried = 0;
    std::string error = runWithFailure(kernel, a, b, k, tried);
    EXPECT_EQ(smash::testing::liveBuffers(), before) << "allocation " << k;
    if (error.empty()) {
      // A run that went well met no failure: it made fewer allocations.
      EXPECT_EQ(tried, k - 1);
      EXPECT_GE(tried, minimum);
      return;
    }
    EXPECT_NE(error.find("out of memory"), std::string::npos) << error;
    EXPECT_GE(tried, k) << "an error without a failure: " << error;
    auto c = kernel.run(a, b);
    if (!c)
      ADD_FAILURE() << "after allocation " << k
                    << " failed: " << toString(c.takeError());
    else
      EXPECT_TRUE(right(*c)) << "after allocation " << k << " failed";
  }
  ADD_FAILURE() << "no end of allocations";
}
