//===- Shadow.cpp - what is known about each word -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shadow.h"

namespace smash::piuma::detail {

/// The accesses that one of `kind` must be ordered with, as a bit for each.
static unsigned conflictsOf(AccessKind kind) {
  constexpr unsigned read = 1u << unsigned(AccessKind::Read);
  constexpr unsigned cachedRead = 1u << unsigned(AccessKind::CachedRead);
  constexpr unsigned write = 1u << unsigned(AccessKind::Write);
  constexpr unsigned atomic = 1u << unsigned(AccessKind::Atomic);
  constexpr unsigned exchange = 1u << unsigned(AccessKind::Exchange);
  switch (kind) {
  case AccessKind::Read:
    return write | atomic;
  case AccessKind::CachedRead:
    return write | atomic | exchange;
  case AccessKind::Write:
    return read | cachedRead | write | atomic | exchange;
  case AccessKind::Atomic:
    return read | cachedRead | write;
  case AccessKind::Exchange:
    return cachedRead | write;
  }
  return 0;
}

/// Whether two accesses of one element must be ordered.
static bool conflict(AccessKind a, AccessKind b) {
  return conflictsOf(a) >> unsigned(b) & 1;
}

/// Whether whatever races with an `old` access that happened before a `recent`
/// one races with that, too.
static bool supersedes(AccessKind recent, AccessKind old) {
  return (conflictsOf(old) & ~conflictsOf(recent)) == 0;
}

std::optional<Record> Word::access(const Actor &actor, AccessKind kind,
                                   uint8_t mask, const char *where) {
  std::optional<Record> race;
  size_t kept = 0;
  for (const Record &record : records) {
    bool ordered = record.actor == actor.number ||
                   actor.clock[record.actor] >= record.time;
    if (!ordered && !race && (record.mask & mask) &&
        conflict(record.kind, kind))
      race = record;
    if (ordered && !(record.mask & ~mask) && supersedes(kind, record.kind))
      continue;
    records[kept++] = record;
  }
  records.resize(kept);
  records.push_back({actor.number, actor.now(), where, mask, kind});
  return race;
}

} // namespace smash::piuma::detail
