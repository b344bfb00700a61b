//===- Memory.cpp - arrays of a kernel ------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Runtime/Runtime.h"
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <optional>
#include <sys/mman.h>

namespace {

constexpr size_t hugePageBytes = size_t(2) << 20;

/// The smallest array that is asked to stand on huge pages: from here on it
/// holds a whole aligned huge page wherever malloc puts it.
constexpr size_t hugePageThreshold = 2 * hugePageBytes;

/// Allocations made since smash_rt_fail_allocation, and the one that fails (0
/// for none). Two atomics, not a lock: the count alone decides which of
/// several threads meets the failure.
std::atomic<int64_t> allocationCount{0};
std::atomic<int64_t> failingAllocation{0};

/// `count * size`, at least 1 so that malloc and realloc return an array, or
/// nothing when it is not a size. PTRDIFF_MAX, which int64_t enforces, is the
/// most that malloc grants.
std::optional<size_t> bytesOf(int64_t count, int64_t size) {
  int64_t bytes;
  if (count < 0 || size < 0 || __builtin_mul_overflow(count, size, &bytes))
    return std::nullopt;
  return bytes == 0 ? 1 : size_t(bytes);
}

/// Counts an allocation; false when it is the one that must fail.
bool mayAllocate() {
  int64_t number = allocationCount.fetch_add(1, std::memory_order_relaxed) + 1;
  return number != failingAllocation.load(std::memory_order_relaxed);
}

/// Calls madvise for the whole huge pages in [begin, end), if there are any.
///
/// Advice only: a kernel that refuses loses nothing but memory or speed.
void adviseWholePages(uintptr_t begin, uintptr_t end, int advice) {
  end &= ~uintptr_t(hugePageBytes - 1);
  begin = (begin + hugePageBytes - 1) & ~uintptr_t(hugePageBytes - 1);
  if (begin < end)
    (void)madvise(reinterpret_cast<void *>(begin), end - begin, advice);
}

/// Asks for huge pages inside a large array. Where the system's default is
/// `madvise`, as it mostly is, nothing else gets them.
///
/// Kernels write large fresh arrays once, so that page faults are a good part
/// of the time: the first touch of an array took 1.8 times as long on 4 KiB
/// pages as on 2 MiB pages at 4 MiB, 2.7 at 8, 3.8 at 16 and 5 from 64 MiB to 1
/// GiB, and its release 16 to 27 times from 64 MiB on (2 cores of a virtual
/// machine); at 2 MiB and below there was no difference. Random updates of an
/// array that is already there gained 1.0 to 1.4 times. Pages that are never
/// touched stay absent: an array reserved for an upper bound and then shrunk
/// costs at most one huge page more.
///
/// Only whole huge pages are named, so that malloc's neighbours keep theirs.
void adviseHugePages(void *data, size_t bytes) {
  if (bytes < hugePageThreshold)
    return;
  uintptr_t begin = reinterpret_cast<uintptr_t>(data);
  adviseWholePages(begin, begin + bytes, MADV_HUGEPAGE);
}

} // namespace

void *smash_rt_alloc(int64_t count, int64_t size, int32_t zeroed) {
  std::optional<size_t> bytes = bytesOf(count, size);
  void *data = nullptr;
  if (bytes && mayAllocate())
    // A large calloc maps fresh pages, which the system has zeroed: it writes
    // nothing, and pages that are never touched stay absent.
    data = zeroed ? std::calloc(*bytes, 1) : std::malloc(*bytes);
  if (!data) {
    smash_rt_fail(SMASH_RT_OUT_OF_MEMORY, count, size);
    return nullptr;
  }
  adviseHugePages(data, *bytes);
  return data;
}

void *smash_rt_resize(void *data, int64_t count, int64_t size) {
  if (!data)
    return smash_rt_alloc(count, size, /*zeroed=*/0);
  std::optional<size_t> bytes = bytesOf(count, size);
  bool shrinks = bytes && *bytes <= malloc_usable_size(data);
  void *resized = nullptr;
  if (bytes && (shrinks || mayAllocate()))
    // realloc shrinks in place: by mremap, which gives the tail's pages back,
    // or by splitting the block. It grows a large array by moving its pages.
    resized = std::realloc(data, *bytes);
  if (!resized && shrinks)
    return data;
  if (!resized) {
    smash_rt_fail(SMASH_RT_OUT_OF_MEMORY, count, size);
    return nullptr;
  }
  if (!shrinks)
    adviseHugePages(resized, *bytes);
  return resized;
}

void smash_rt_forget(void *data, int64_t begin, int64_t end, int64_t size) {
  uintptr_t address = reinterpret_cast<uintptr_t>(data);
  // Huge pages: to give back a part of one would split it.
  adviseWholePages(address + begin * size, address + end * size, MADV_DONTNEED);
}

void smash_rt_free(void *data) { std::free(data); }

int64_t smash_rt_fail_allocation(int64_t k) {
  failingAllocation.store(0, std::memory_order_relaxed);
  int64_t made = allocationCount.exchange(0, std::memory_order_relaxed);
  failingAllocation.store(k, std::memory_order_relaxed);
  return made;
}
