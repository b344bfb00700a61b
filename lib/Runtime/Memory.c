//===- Memory.c - arrays of a kernel --------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadState.h"
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static const size_t hugePageBytes = (size_t)2 << 20;

/// The smallest array that is asked to stand on huge pages: from here on it
/// holds a whole aligned huge page wherever malloc puts it.
static const size_t hugePageThreshold = (size_t)4 << 20;

/// The least of an array of several that glibc may map, or may give back to the
/// system when it frees them: 128 KiB together.
static const size_t returnedThreshold = (size_t)16 << 10;

/// The size of arrays from which glibc maps each anew.
static const size_t keptBytes = (size_t)16 << 20;

/// Arrays up to this size are not shrunk.
static const size_t wholeBytes = 4096;

/// Allocations made since smash_rt_fail_allocation, and the one that fails (0
/// for none). Two atomics, not a lock: the count alone decides which of
/// several threads meets the failure.
static int64_t allocationCount;
static int64_t failingAllocation;

/// Whether anybody asked for the count: an atomic add costs as much as a small
/// malloc.
static int32_t isCounting;

/// `count * size` to `bytes`, at least 1 so that malloc and realloc return an
/// array; false when it is not a size. PTRDIFF_MAX, which int64_t enforces, is
/// the most that malloc grants.
static bool countBytes(int64_t count, int64_t size, size_t *bytes) {
  int64_t product;
  if (count < 0 || size < 0 || __builtin_mul_overflow(count, size, &product))
    return false;
  *bytes = product == 0 ? 1 : (size_t)product;
  return true;
}

/// Counts an allocation; false when it is the one that must fail.
static bool mayAllocate(void) {
  if (!__atomic_load_n(&isCounting, __ATOMIC_RELAXED))
    return true;
  int64_t number = __atomic_add_fetch(&allocationCount, 1, __ATOMIC_RELAXED);
  return number != __atomic_load_n(&failingAllocation, __ATOMIC_RELAXED);
}

/// The callbacks that memory comes from; null for the C library.
static const smash_rt_context *getCallbacks(void) {
  const smash_rt_context *context = smash_rt_get_state()->context;
  return context && context->allocate ? context : NULL;
}

/// Calls madvise for the whole huge pages in [begin, end), if there are any.
///
/// Advice only: a kernel that refuses loses nothing but memory or speed.
static void adviseWholePages(uintptr_t begin, uintptr_t end, int advice) {
  end &= ~(uintptr_t)(hugePageBytes - 1);
  begin = (begin + hugePageBytes - 1) & ~(uintptr_t)(hugePageBytes - 1);
  if (begin < end)
    (void)madvise((void *)begin, end - begin, advice);
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
static void adviseHugePages(void *data, size_t bytes) {
  if (bytes < hugePageThreshold)
    return;
  uintptr_t begin = (uintptr_t)data;
  adviseWholePages(begin, begin + bytes, MADV_HUGEPAGE);
}

/// Has the C library keep the memory of arrays below keptBytes.
///
/// glibc maps a block beyond a threshold, and trims its heap beyond another, so
/// that each product would fault its pages in anew: half the time of products
/// of 10,000 to 100,000 multiplications, and a sixth of one of a million whose
/// entries are far fewer than their bound. It raises both by itself when a
/// mapped block is freed, to the block's size and to twice that; but arrays of
/// C are shrunk before they are freed, and it sees only what is left. So one
/// block that is never touched is freed, once: two maps in the life of a
/// process, which then keeps up to 32 MiB that are free. Whoever fixed the
/// thresholds (mallopt) is left alone by glibc. Larger arrays get huge pages,
/// of which few are faulted in.
static void keepFreedPages(void) {
  static int32_t isDone;
  if (__atomic_load_n(&isDone, __ATOMIC_RELAXED) ||
      __atomic_exchange_n(&isDone, 1, __ATOMIC_RELAXED))
    return;
  // A compiler may leave out the two calls of free(malloc(...)).
  void *volatile block = malloc(keptBytes);
  free(block);
}

void *smash_rt_alloc(int64_t count, int64_t size, int32_t zeroed) {
  size_t bytes = 0;
  void *data = NULL;
  const smash_rt_context *callbacks = getCallbacks();
  if (countBytes(count, size, &bytes) && mayAllocate()) {
    if (!callbacks && bytes >= returnedThreshold)
      keepFreedPages();
    if (callbacks)
      data = callbacks->allocate(callbacks->user, bytes, zeroed);
    else
      // A large calloc maps fresh pages, which the system has zeroed: it
      // writes nothing, and pages that are never touched stay absent.
      data = zeroed ? calloc(bytes, 1) : malloc(bytes);
  }
  if (!data) {
    smash_rt_fail(SMASH_RT_OUT_OF_MEMORY, count, size);
    return NULL;
  }
  if (!callbacks)
    adviseHugePages(data, bytes);
  return data;
}

void *smash_rt_malloc(size_t bytes) {
  return smash_rt_alloc(bytes > INT64_MAX ? -1 : (int64_t)bytes, 1, 0);
}

void *smash_rt_resize(void *data, int64_t count, int64_t size) {
  if (!data)
    return smash_rt_alloc(count, size, /*zeroed=*/0);
  size_t bytes = 0;
  bool isSize = countBytes(count, size, &bytes);
  const smash_rt_context *callbacks = getCallbacks();
  // Kernels shrink only. How large a caller's array is its owner knows.
  bool shrinks = isSize && (callbacks || bytes <= malloc_usable_size(data));
  // A block within a page is worth more whole than what splitting it costs.
  if (shrinks && !callbacks && malloc_usable_size(data) <= wholeBytes)
    return data;
  void *resized = NULL;
  if (isSize && callbacks)
    resized = callbacks->resize(callbacks->user, data, bytes);
  else if (isSize && (shrinks || mayAllocate()))
    // realloc shrinks in place: by mremap, which gives the tail's pages back,
    // or by splitting the block. It grows a large array by moving its pages.
    resized = realloc(data, bytes);
  if (!resized && shrinks)
    return data;
  if (!resized) {
    smash_rt_fail(SMASH_RT_OUT_OF_MEMORY, count, size);
    return NULL;
  }
  if (!shrinks)
    adviseHugePages(resized, bytes);
  return resized;
}

void smash_rt_forget(void *data, int64_t begin, int64_t end, int64_t size) {
  if (getCallbacks())
    return;
  uintptr_t address = (uintptr_t)data;
  // Huge pages: to give back a part of one would split it.
  adviseWholePages(address + (uintptr_t)(begin * size),
                   address + (uintptr_t)(end * size), MADV_DONTNEED);
}

void smash_rt_free(void *data) {
  const smash_rt_context *callbacks = getCallbacks();
  if (callbacks)
    callbacks->release(callbacks->user, data);
  else
    free(data);
}

int64_t smash_rt_fail_allocation(int64_t k) {
  __atomic_store_n(&isCounting, 1, __ATOMIC_RELAXED);
  __atomic_store_n(&failingAllocation, 0, __ATOMIC_RELAXED);
  int64_t made = __atomic_exchange_n(&allocationCount, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&failingAllocation, k, __ATOMIC_RELAXED);
  return made;
}
