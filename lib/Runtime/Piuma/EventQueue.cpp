//===- EventQueue.cpp - events in the order of simulated time -----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EventQueue.h"
#include <algorithm>

using namespace smash::piuma::detail;

void EventQueue::configure(Time span, Time horizon, size_t timerCount) {
  shift = 0;
  while (shift < 40 && (Time(2) << shift) <= span)
    ++shift;
  size_t count = 64;
  while (count < (size_t(1) << 20) && Time(count) << shift < horizon)
    count *= 2;
  mask = count - 1;
  buckets.assign(count, Bucket());
  used.assign(count / 64, 0);
  timers = timerCount;
  entries.assign(timers, Entry());
  free.clear();
  far.clear();
  now = cursor = 0;
  inRing = 0;
  order = 0;
}

uint32_t EventQueue::take() {
  if (free.empty()) {
    entries.emplace_back();
    return uint32_t(entries.size() - 1);
  }
  uint32_t entry = free.back();
  free.pop_back();
  return entry;
}

void EventQueue::insert(uint32_t index, Time time, uint8_t kind, void *what) {
  Entry &entry = entries[index];
  entry.time = time;
  entry.order = order++;
  entry.what = what;
  entry.kind = kind;
  int64_t bucket = time >> shift, first = now >> shift;
  if (bucket - first <= int64_t(mask)) {
    // Within the horizon, one place of the ring is one span of time.
    cursor = inRing == 0 ? bucket : std::min(std::max(cursor, first), bucket);
    return link(index);
  }
  entry.place = Place::Far;
  far.push_back({time, entry.order, index});
  std::push_heap(far.begin(), far.end());
}

void EventQueue::link(uint32_t index) {
  Entry &entry = entries[index];
  entry.place = Place::Ring;
  ++inRing;
  size_t at = size_t(entry.time >> shift) & mask;
  Bucket &bucket = buckets[at];
  // Behind all that are not later: it is the last one that was scheduled.
  uint32_t before = bucket.tail;
  while (before != kNone && entries[before].time > entry.time)
    before = entries[before].previous;
  entry.previous = before;
  if (before == kNone) {
    entry.next = bucket.head;
    bucket.head = index;
    used[at / 64] |= uint64_t(1) << (at % 64);
  } else {
    entry.next = entries[before].next;
    entries[before].next = index;
  }
  (entry.next == kNone ? bucket.tail : entries[entry.next].previous) = index;
}

void EventQueue::unlink(uint32_t index) {
  Entry &entry = entries[index];
  --inRing;
  size_t at = size_t(entry.time >> shift) & mask;
  Bucket &bucket = buckets[at];
  (entry.previous == kNone ? bucket.head : entries[entry.previous].next) =
      entry.next;
  (entry.next == kNone ? bucket.tail : entries[entry.next].previous) =
      entry.previous;
  if (bucket.head == kNone)
    used[at / 64] &= ~(uint64_t(1) << (at % 64));
}

bool EventQueue::advance() {
  if (inRing == 0)
    return false;
  size_t at = size_t(cursor) & mask, word = at / 64;
  uint64_t bits = used[word] >> (at % 64);
  if (bits) {
    cursor += __builtin_ctzll(bits);
    return true;
  }
  cursor += int64_t(64 - at % 64);
  for (;;) {
    word = (word + 1) & (used.size() - 1);
    if (used[word]) {
      cursor += __builtin_ctzll(used[word]);
      return true;
    }
    cursor += 64;
  }
}

void EventQueue::dropMoved() {
  auto isMoved = [&](const Far &entry) {
    return entries[entry.entry].place != Place::Far ||
           entries[entry.entry].order != entry.order;
  };
  while (!far.empty() && isMoved(far.front())) {
    std::pop_heap(far.begin(), far.end());
    far.pop_back();
  }
}

bool EventQueue::pop(Event &event) {
  uint32_t first = advance() ? buckets[size_t(cursor) & mask].head : kNone;
  if (!far.empty()) {
    dropMoved();
    if (!far.empty()) {
      const Far &top = far.front();
      if (first == kNone || top.time < entries[first].time ||
          (top.time == entries[first].time &&
           top.order < entries[first].order)) {
        first = top.entry;
        std::pop_heap(far.begin(), far.end());
        far.pop_back();
      }
    }
  }
  if (first == kNone)
    return false;
  Entry &entry = entries[first];
  if (entry.place == Place::Ring)
    unlink(first);
  entry.place = Place::None;
  now = entry.time;
  event = {entry.time, entry.what, entry.kind};
  if (first >= timers)
    free.push_back(first);
  advance();
  return true;
}
