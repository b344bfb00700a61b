//===- QueueEngine.cpp - queues in simulated time -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The engine at the memory that holds a queue keeps the cursors with the first
/// element: a push or a pop is a returning atomic there, so that those of one
/// queue wait for each other at that bank.
///
//===----------------------------------------------------------------------===//

#include "QueueEngine.h"
#include "Queue.h"
#include "Simulator.h"

namespace smash::piuma::detail {

void *createTimedQueue(void *data, int64_t count, int32_t bytes) {
  return current->queues
      .emplace_back(
          std::make_unique<Queue>(data, count, bytes, current->options.target))
      .get();
}

/// Waits until the engine has done what the thread asks `queue` for.
static void visit(const Queue &queue) {
  Thread &thread = *current->running;
  thread.address = current->addressOf(queue.slot(0));
  thread.bytes = queue.bytes;
  thread.cached = false;
  // A push tells that what its thread stored before is there.
  thread.publishes = true;
  current->suspend(Kind::Atomic);
}

int32_t pushTimed(void *queue, int64_t value) {
  auto *ring = static_cast<Queue *>(queue);
  visit(*ring);
  return ring->push(value);
}

int32_t popTimed(void *queue, int64_t *value) {
  auto *ring = static_cast<Queue *>(queue);
  visit(*ring);
  return ring->pop(value);
}

void destroyTimedQueue(void *) {
  // The simulator keeps its queues until it ends.
}

} // namespace smash::piuma::detail
