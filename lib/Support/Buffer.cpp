//===- Buffer.cpp - memory that can fail ----------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/AllocationTesting.h"
#include "smash/Support/Matrix.h"
#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <utility>

using namespace smash;

static std::atomic<int64_t> allocationsUntilFailure{0};
static std::atomic<int64_t> live{0};

void smash::testing::failAllocation(int64_t k) { allocationsUntilFailure = k; }

bool smash::testing::allocationFailurePending() {
  return allocationsUntilFailure > 0;
}

int64_t smash::testing::liveBuffers() { return live; }

/// Whether the allocation about to be made is the one a test wants to fail.
static bool mustFail() {
  return allocationsUntilFailure.load(std::memory_order_relaxed) > 0 &&
         allocationsUntilFailure.fetch_sub(1) == 1;
}

static llvm::Error allocationError(size_t bytes) {
  return llvm::createStringError(std::errc::not_enough_memory,
                                 "cannot allocate %zu bytes", bytes);
}

Buffer::Buffer(Buffer &&other) noexcept
    : bytesData(std::exchange(other.bytesData, nullptr)),
      bytesSize(std::exchange(other.bytesSize, 0)),
      borrowed(std::exchange(other.borrowed, false)) {}

Buffer &Buffer::operator=(Buffer &&other) noexcept {
  // Through a temporary, so that the old memory goes now, not with `other`.
  Buffer taken(std::move(other));
  std::swap(bytesData, taken.bytesData);
  std::swap(bytesSize, taken.bytesSize);
  std::swap(borrowed, taken.borrowed);
  return *this;
}

Buffer::~Buffer() {
  if (!bytesData || borrowed)
    return;
  std::free(bytesData);
  --live;
}

llvm::Expected<Buffer> Buffer::allocate(size_t bytes, bool zeroed) {
  Buffer buffer;
  if (bytes == 0)
    return std::move(buffer);
  void *data = nullptr;
  if (!mustFail())
    data = zeroed ? std::calloc(bytes, 1) : std::malloc(bytes);
  if (!data)
    return allocationError(bytes);
  return adopt(data, bytes);
}

Buffer Buffer::adopt(void *data, size_t bytes) {
  Buffer buffer;
  buffer.bytesData = data;
  buffer.bytesSize = bytes;
  if (data)
    ++live;
  return buffer;
}

Buffer Buffer::borrow(const void *data, size_t bytes) {
  Buffer buffer;
  buffer.bytesData = const_cast<void *>(data);
  buffer.bytesSize = bytes;
  buffer.borrowed = true;
  return buffer;
}

void *Buffer::release() {
  assert(!borrowed && "the array is somebody else's");
  if (bytesData)
    --live;
  bytesSize = 0;
  return std::exchange(bytesData, nullptr);
}

llvm::Error Buffer::resize(size_t bytes) {
  if (bytes == bytesSize)
    return llvm::Error::success();
  if (borrowed) {
    llvm::Expected<Buffer> copy = allocate(bytes);
    if (!copy)
      return copy.takeError();
    if (size_t kept = std::min(bytes, bytesSize))
      std::memcpy(copy->bytesData, bytesData, kept);
    *this = std::move(*copy);
    return llvm::Error::success();
  }
  if (bytes == 0) {
    Buffer empty = std::move(*this);
    return llvm::Error::success();
  }
  void *data = mustFail() ? nullptr : std::realloc(bytesData, bytes);
  if (!data)
    return allocationError(bytes);
  if (!bytesData)
    ++live;
  bytesData = data;
  bytesSize = bytes;
  return llvm::Error::success();
}
