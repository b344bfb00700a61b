//===- BoostScheduling.cpp - fibers and a heap -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The scheduling kernel of lib/Runtime/Piuma by itself: a fiber for each
// simulated thread, and a heap of events. Beside SystemCScheduling.cpp.
//
//===----------------------------------------------------------------------===//

#include "Scheduling.h"
#include <boost/context/fiber.hpp>
#include <queue>
#include <tuple>
#include <vector>

namespace context = boost::context;

int main(int argc, char **argv) {
  Schedule schedule(argc, argv);
  struct Event {
    int64_t time, order;
    int thread;
    bool operator>(const Event &other) const {
      return std::tie(time, order) > std::tie(other.time, other.order);
    }
  };
  std::priority_queue<Event, std::vector<Event>, std::greater<Event>> queue;
  std::vector<context::fiber> fibers;
  context::fiber scheduler;
  int64_t now = 0, order = 0, before = residentBytes();
  for (int thread = 0; thread < schedule.threads; ++thread) {
    fibers.emplace_back(
        std::allocator_arg, context::fixedsize_stack(64 << 10),
        [&, thread](context::fiber &&caller) {
          scheduler = std::move(caller);
          for (int wait = 0; wait < schedule.waits; ++wait) {
            queue.push({now + Schedule::delay(thread, wait), order++, thread});
            scheduler = std::move(scheduler).resume();
          }
          return std::move(scheduler);
        });
    queue.push({0, order++, thread});
  }
  Stopwatch watch;
  while (!queue.empty()) {
    Event event = queue.top();
    queue.pop();
    now = event.time;
    context::fiber &fiber = fibers[size_t(event.thread)];
    fiber = std::move(fiber).resume();
  }
  tell("Boost.Context", schedule, watch.seconds(), residentBytes() - before,
       now);
}
