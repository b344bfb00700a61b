//===- Shadow.h - what is known about each word -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_SHADOW_H
#define SMASH_LIB_RUNTIME_PIUMA_SHADOW_H

#include "VectorClock.h"
#include <array>
#include <memory>
#include <optional>
#include <unordered_map>

namespace smash::piuma::detail {

/// How memory is accessed.
enum class AccessKind : uint8_t {
  Read,       ///< sees whole elements: may meet an exchange
  CachedRead, ///< may see an old one
  Write,
  Atomic,
  Exchange, ///< an atomic one, of compare-and-exchange, too
};

/// An access that some later one may race with.
struct Record {
  uint32_t actor;
  uint32_t time;
  const char *where;
  uint8_t mask; ///< of the word's bytes
  AccessKind kind;
};

/// Eight bytes at a multiple of eight, whose masks have a bit for each byte.
struct Word {
  /// The first record that `actor`'s access races with. The access itself is
  /// recorded; what it makes superfluous is dropped.
  std::optional<Record> access(const Actor &actor, AccessKind kind,
                               uint8_t mask, const char *where);

  std::vector<Record> records;
  uint8_t defined = 0;   ///< written since the memory was given out
  uint8_t published = 0; ///< a clock is kept for an element that begins here
  uint8_t dirty = 0;     ///< newer in the cache of `dirtyPipe` than in memory
  int32_t dirtyPipe = -1;
  int32_t writerPipe = -1; ///< whose cache wrote memory last; -1: no cache
  uint64_t written = 0;    ///< when memory last changed
  const char *dirtyBy = nullptr;
  const char *writtenBy = nullptr;
};

/// The words of all memory, made when they are asked for.
class Shadow {
public:
  static constexpr uintptr_t kWordBytes = 8;

  Word &operator[](uintptr_t address) {
    uintptr_t word = address / kWordBytes;
    uintptr_t number = word / kWords;
    if (number != lastNumber) {
      std::unique_ptr<Page> &page = pages[number];
      if (!page)
        page = std::make_unique<Page>();
      lastNumber = number;
      last = page.get();
    }
    return (*last)[word % kWords];
  }

  /// Calls `use`(word) for the words of [begin, end) that were asked for.
  template <typename Use>
  void forEach(uintptr_t begin, uintptr_t end, Use use) {
    constexpr uintptr_t kPageBytes = kWords * kWordBytes;
    for (uintptr_t at = begin; at < end;) {
      uintptr_t behind = std::min(end, (at / kPageBytes + 1) * kPageBytes);
      if (auto it = pages.find(at / kPageBytes); it != pages.end())
        for (uintptr_t word = at / kWordBytes;
             word < (behind + kWordBytes - 1) / kWordBytes; ++word)
          use((*it->second)[word % kWords]);
      at = behind;
    }
  }

private:
  static constexpr uintptr_t kWords = 512;
  using Page = std::array<Word, kWords>;
  std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages;
  uintptr_t lastNumber = UINTPTR_MAX;
  Page *last = nullptr;
};

/// Calls `use`(address of the word, mask, first byte) for the words of
/// [at, at + bytes).
template <typename Use>
void forEachWord(uintptr_t at, int64_t bytes, Use use) {
  uintptr_t end = at + uintptr_t(bytes);
  while (at < end) {
    uintptr_t word = at / Shadow::kWordBytes * Shadow::kWordBytes;
    uintptr_t behind = std::min(end, word + Shadow::kWordBytes);
    unsigned first = unsigned(at - word), count = unsigned(behind - at);
    use(word, uint8_t(((1u << count) - 1) << first));
    at = behind;
  }
}

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_SHADOW_H
