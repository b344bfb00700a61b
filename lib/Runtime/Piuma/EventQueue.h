//===- EventQueue.h - events in the order of simulated time -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_EVENTQUEUE_H
#define SMASH_LIB_RUNTIME_PIUMA_EVENTQUEUE_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace smash::piuma::detail {

/// Simulated time in femtoseconds: 2^63 of them are two and a half hours.
using Time = int64_t;

/// What happens when: events leave in the order of their time, and those of one
/// time in the order in which they were scheduled. Time never goes back: none
/// is scheduled before the last one that left.
///
/// A calendar: a ring of buckets of equal spans of time, each a sorted list,
/// holds the events up to a horizon, and a heap the few behind it. With about
/// one event in a bucket both ends take constant time, and touch little memory.
/// Some events have a timer, a number of their own, and can be moved: that of a
/// pipeline is whenever its threads change.
class EventQueue {
public:
  struct Event {
    Time time;
    void *what;
    uint8_t kind;
  };

  /// Buckets of about `span`, for at least `horizon`; events of `timers` can be
  /// moved.
  void configure(Time span, Time horizon, size_t timers);

  void push(Time time, uint8_t kind, void *what) {
    insert(take(), time, kind, what);
  }
  /// Schedules the event of `timer`, anew if it was scheduled already.
  void move(uint32_t timer, Time time, uint8_t kind, void *what) {
    cancel(timer);
    insert(timer, time, kind, what);
  }
  void cancel(uint32_t timer) {
    if (entries[timer].place == Place::Ring)
      unlink(timer);
    entries[timer].place = Place::None;
  }

  /// Takes the first event; false when there is none.
  bool pop(Event &event);
  /// What may come next, for a look ahead; or null.
  const void *peek(uint8_t &kind) const {
    uint32_t first = buckets[size_t(cursor) & mask].head;
    if (first == kNone)
      return nullptr;
    kind = entries[first].kind;
    return entries[first].what;
  }

private:
  static constexpr uint32_t kNone = ~uint32_t(0);
  enum class Place : uint8_t { None, Ring, Far };
  struct Entry {
    Time time = 0;
    uint64_t order = 0;
    void *what = nullptr;
    uint32_t next = kNone, previous = kNone;
    uint8_t kind = 0;
    Place place = Place::None;
  };
  struct Bucket {
    uint32_t head = kNone, tail = kNone;
  };
  /// An entry behind the horizon. One whose timer was moved since has another
  /// order than its entry.
  struct Far {
    Time time;
    uint64_t order;
    uint32_t entry;
    bool operator<(const Far &other) const { // A heap has its greatest on top.
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  uint32_t take();
  void insert(uint32_t entry, Time time, uint8_t kind, void *what);
  void link(uint32_t entry);
  void unlink(uint32_t entry);
  /// Moves the cursor to the first bucket that is not empty; false when there
  /// is none.
  bool advance();
  void dropMoved();

  unsigned shift = 0; ///< a bucket spans 2^shift
  size_t mask = 0;    ///< buckets, less one
  std::vector<Bucket> buckets;
  std::vector<uint64_t> used; ///< a bit for each bucket that is not empty
  std::vector<Entry> entries; ///< timers first
  size_t timers = 0;
  std::vector<uint32_t> free;
  std::vector<Far> far;
  Time now = 0;       ///< of the last event that left
  int64_t cursor = 0; ///< no event is in a bucket before it
  size_t inRing = 0;
  uint64_t order = 0;
};

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_EVENTQUEUE_H
