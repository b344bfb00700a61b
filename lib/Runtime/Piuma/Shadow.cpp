//===- Shadow.cpp - what is known about each word -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shadow.h"

namespace smash::piuma::detail {

/// Whether two accesses of one element must be ordered.
static bool conflict(AccessKind a, AccessKind b) {
  if (a == AccessKind::Write || b == AccessKind::Write)
    return true;
  return (a == AccessKind::Atomic && b == AccessKind::CachedRead) ||
         (a == AccessKind::CachedRead && b == AccessKind::Atomic);
}

/// Whether whatever races with an `old` access that happened before a `recent`
/// one races with that, too.
static bool supersedes(AccessKind recent, AccessKind old) {
  switch (recent) {
  case AccessKind::Read:
    return old == AccessKind::Read;
  case AccessKind::CachedRead:
    return old == AccessKind::Read || old == AccessKind::CachedRead;
  case AccessKind::Atomic:
    return old == AccessKind::Read || old == AccessKind::Atomic;
  case AccessKind::Write:
    return true;
  }
  return false;
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
