//===- Queue.h - a queue in a buffer -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_QUEUE_H
#define SMASH_LIB_RUNTIME_PIUMA_QUEUE_H

#include "Piuma/TargetModel/TargetModel.h"
#include <algorithm>
#include <cstring>

namespace smash::piuma::detail {

/// What a queue engine knows of a queue: a ring in the program's own buffer.
/// One push or pop at a time; the runtimes see to that.
class Queue {
public:
  Queue(void *data, int64_t count, int32_t bytes, const TargetModel &target)
      : bytes(bytes), data(static_cast<char *>(data)),
        capacity(std::min(count, target[Parameter::QueueEntries])) {}

  /// Appends the low bytes of `value`; false when there is no room.
  bool push(int64_t value) {
    if (size == capacity)
      return false;
    std::memcpy(slot((first + size) % capacity), &value, size_t(bytes));
    ++size;
    return true;
  }

  /// Takes the oldest element; false, and 0, when there is none.
  bool pop(int64_t *value) {
    *value = 0;
    if (size == 0)
      return false;
    std::memcpy(value, slot(first), size_t(bytes));
    first = (first + 1) % capacity;
    --size;
    return true;
  }

  /// Where the next element is taken.
  int64_t firstSlot() const { return first; }
  /// Where the next one is put.
  int64_t nextSlot() const { return capacity ? (first + size) % capacity : 0; }
  void *slot(int64_t index) const { return data + index * bytes; }

  const int32_t bytes;

private:
  char *data;
  int64_t capacity;
  int64_t first = 0, size = 0;
};

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_QUEUE_H
