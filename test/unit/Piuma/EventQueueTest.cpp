//===- EventQueueTest.cpp - events in the order of simulated time -------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EventQueue.h"
#include "gtest/gtest.h"
#include <map>
#include <random>
#include <tuple>

using namespace smash::piuma::detail;

namespace {

/// The same in a map, by time and by the order of scheduling.
class Model {
public:
  void push(Time time, uint8_t kind) { events[{time, order++}] = {kind, -1}; }
  void cancel(int timer) {
    for (auto it = events.begin(); it != events.end(); ++it)
      if (it->second.second == timer) {
        events.erase(it);
        return;
      }
  }
  void move(int timer, Time time, uint8_t kind) {
    cancel(timer);
    events[{time, order++}] = {kind, timer};
  }
  bool pop(Time &time, uint8_t &kind) {
    if (events.empty())
      return false;
    time = events.begin()->first.first;
    kind = events.begin()->second.first;
    events.erase(events.begin());
    return true;
  }

private:
  std::map<std::pair<Time, uint64_t>, std::pair<uint8_t, int>> events;
  uint64_t order = 0;
};

/// Schedules, moves and takes at random; times are up to `furthest` away.
void compare(Time span, Time horizon, Time furthest, unsigned seed) {
  constexpr int kTimers = 5;
  EventQueue queue;
  queue.configure(span, horizon, kTimers);
  Model model;
  std::mt19937_64 random(seed);
  Time now = 0;
  uint8_t kind = 0;
  for (int step = 0; step < 20000; ++step) {
    // Many at one time, and some far away.
    Time reach = random() % 8 == 0 ? furthest : furthest / 64 + 1;
    Time time =
        now + (random() % 4 == 0 ? 0 : Time(random() % uint64_t(reach)));
    switch (random() % 8) {
    case 0:
    case 1:
    case 2:
      queue.push(time, ++kind, nullptr);
      model.push(time, kind);
      break;
    case 3:
    case 4: {
      auto timer = uint32_t(random() % kTimers);
      queue.move(timer, time, ++kind, nullptr);
      model.move(int(timer), time, kind);
      break;
    }
    case 5: {
      auto timer = uint32_t(random() % kTimers);
      queue.cancel(timer);
      model.cancel(int(timer));
      break;
    }
    default: {
      EventQueue::Event event;
      Time expected = 0;
      uint8_t expectedKind = 0;
      bool any = model.pop(expected, expectedKind);
      ASSERT_EQ(queue.pop(event), any) << "step " << step;
      if (!any)
        break;
      ASSERT_EQ(event.time, expected) << "step " << step;
      ASSERT_EQ(event.kind, expectedKind) << "step " << step;
      now = event.time;
    }
    }
  }
}

TEST(EventQueue, EventsLeaveInOrder) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    compare(/*span=*/1, /*horizon=*/64, /*furthest=*/4096, seed);
    compare(/*span=*/100, /*horizon=*/10000, /*furthest=*/9000, seed);
    compare(/*span=*/1 << 20, /*horizon=*/1 << 29, /*furthest=*/1 << 30, seed);
    // All in one bucket, and nearly all behind the horizon.
    compare(/*span=*/1 << 20, /*horizon=*/1 << 26, /*furthest=*/1000, seed);
    compare(/*span=*/1, /*horizon=*/1, /*furthest=*/Time(1) << 40, seed);
  }
}

TEST(EventQueue, EventsOfOneTimeLeaveAsTheyCame) {
  EventQueue queue;
  queue.configure(16, 1024, 0);
  int events[1000];
  for (int &event : events)
    queue.push(7, 0, &event);
  EventQueue::Event event;
  for (int &expected : events) {
    ASSERT_TRUE(queue.pop(event));
    ASSERT_EQ(event.what, &expected);
  }
  EXPECT_FALSE(queue.pop(event));
}

} // namespace
