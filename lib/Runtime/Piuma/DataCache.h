//===- DataCache.h - a cache that holds data -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_DATACACHE_H
#define SMASH_LIB_RUNTIME_PIUMA_DATACACHE_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

namespace smash::piuma::detail {

/// The write-back cache of a pipeline, as large as it likes to be: it never
/// forgets a line on its own, so that a missing flush or invalidate shows.
class DataCache {
public:
  struct Line {
    uint64_t fetched = 0; ///< when memory was read
    std::vector<char> data;
    std::vector<uint8_t> valid, dirty; ///< by byte, 0 or 1
  };

  explicit DataCache(int64_t lineBytes) : lineBytes(uintptr_t(lineBytes)) {}

  /// Whether [at, at + bytes) lies in one line.
  bool isInOneLine(uintptr_t at, int64_t bytes) const {
    return at / lineBytes == (at + uintptr_t(bytes) - 1) / lineBytes;
  }

  /// Whether all of [at, at + bytes), which lie in one line, are there.
  bool has(uintptr_t at, int64_t bytes) const {
    auto it = lines.find(at / lineBytes * lineBytes);
    if (it == lines.end())
      return false;
    auto first = it->second.valid.begin() + std::ptrdiff_t(at % lineBytes);
    return std::find(first, first + bytes, 0) == first + bytes;
  }

  /// The line of `at`, which holds [at, at + bytes) from now on. What it lacks
  /// is read from memory, as far as [begin, end) may be read; `now` is when.
  Line &fetch(uintptr_t at, int64_t bytes, uintptr_t begin, uintptr_t end,
              uint64_t now) {
    uintptr_t first = at / lineBytes * lineBytes;
    auto [it, isNew] = lines.try_emplace(first);
    Line &line = it->second;
    if (isNew) {
      line.fetched = now;
      line.data.resize(lineBytes);
      line.valid.resize(lineBytes);
      line.dirty.resize(lineBytes);
      read(line, first, std::max(begin, first),
           std::min(end, first + lineBytes));
    }
    read(line, first, at, at + uintptr_t(bytes));
    return line;
  }

  /// Where the line has the byte at `at`.
  char *data(Line &line, uintptr_t at) const {
    return line.data.data() + at % lineBytes;
  }
  /// Marks bytes as newer than memory.
  void soil(Line &line, uintptr_t at, int64_t bytes) const {
    std::memset(line.dirty.data() + at % lineBytes, 1, size_t(bytes));
  }

  /// Calls `use`(line, address of its first byte, begin, end) for the lines
  /// that meet [from, to), with the part of it that each one has.
  template <typename Use>
  void forEach(uintptr_t from, uintptr_t to, Use use) {
    for (auto it = lines.lower_bound(from / lineBytes * lineBytes);
         it != lines.end() && it->first < to; ++it)
      use(it->second, it->first, std::max(from, it->first),
          std::min(to, it->first + lineBytes));
  }

  /// Forgets the bytes of [from, to).
  void forget(uintptr_t from, uintptr_t to) {
    forEach(from, to,
            [](Line &line, uintptr_t first, uintptr_t begin, uintptr_t end) {
              for (uintptr_t at = begin; at < end; ++at)
                line.valid[at - first] = line.dirty[at - first] = 0;
            });
    // A line without bytes is read anew.
    for (auto it = lines.lower_bound(from / lineBytes * lineBytes);
         it != lines.end() && it->first < to;) {
      const auto &valid = it->second.valid;
      bool isEmpty = std::find(valid.begin(), valid.end(), 1) == valid.end();
      it = isEmpty ? lines.erase(it) : std::next(it);
    }
  }

  const uintptr_t lineBytes;

private:
  void read(Line &line, uintptr_t first, uintptr_t begin, uintptr_t end) {
    for (uintptr_t at = begin; at < end; ++at)
      if (!line.valid[at - first]) {
        line.valid[at - first] = 1;
        line.data[at - first] = *reinterpret_cast<const char *>(at);
      }
  }

  std::map<uintptr_t, Line> lines; ///< by the address of the first byte
};

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_DATACACHE_H
