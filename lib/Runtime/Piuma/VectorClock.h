//===- VectorClock.h - what happened before what -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_VECTORCLOCK_H
#define SMASH_LIB_RUNTIME_PIUMA_VECTORCLOCK_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace smash::piuma::detail {

/// How much of each actor's past an actor knows: what actor s did at its time t
/// happened before whatever an actor does whose clock says t or more for s.
class VectorClock {
public:
  uint32_t operator[](size_t actor) const {
    return actor < times.size() ? times[actor] : 0;
  }
  void set(size_t actor, uint32_t time) {
    if (actor >= times.size())
      times.resize(actor + 1);
    times[actor] = time;
  }
  /// Knows from now on what `other` knows, too.
  void join(const VectorClock &other) {
    if (other.times.size() > times.size())
      times.resize(other.times.size());
    for (size_t i = 0; i < other.times.size(); ++i)
      if (other.times[i] > times[i])
        times[i] = other.times[i];
  }

private:
  std::vector<uint32_t> times;
};

/// Someone who accesses memory: a thread, a block, or a request to the DMA
/// engine. Numbers of actors are used again once everybody who goes on knows
/// all of their past; their times go on.
struct Actor {
  uint32_t number = 0;
  VectorClock clock;

  uint32_t now() const { return clock[number]; }
  /// What it does from now on, nobody who knows its past knows.
  void advance() { clock.set(number, now() + 1); }
};

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_VECTORCLOCK_H
