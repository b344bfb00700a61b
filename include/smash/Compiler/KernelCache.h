//===- KernelCache.h - compiled kernels on disk -----------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A folder of kernels, each in a file of its own, that any number of processes
/// share without locks. A file appears under its name when it is whole; what is
/// damaged, of another version or of another user is not used. Nothing here is
/// an error of the program: without a cache, kernels are compiled.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_COMPILER_KERNELCACHE_H
#define SMASH_COMPILER_KERNELCACHE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Chrono.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace smash {

/// A kernel in machine code, and what is told about it.
struct CachedKernel {
  std::string strategy;    ///< as CompiledProduct::strategy
  std::string description; ///< one line, for `smash cache list`
  std::string object;      ///< the bytes of a relocatable object
};

class KernelCache {
public:
  static constexpr uint64_t kDefaultBytes = uint64_t(256) << 20;

  /// The cache in `folder`, which is made when something is stored. Files are
  /// deleted, the longest unused first, when all together exceed `maxBytes`.
  explicit KernelCache(std::string folder, uint64_t maxBytes = kDefaultBytes)
      : folder(std::move(folder)), maxBytes(maxBytes) {}

  /// The kernel that was stored under `key`, whole and ours; marks it as used.
  std::optional<CachedKernel> find(llvm::StringRef key) const;

  /// Stores a kernel; false when that was not possible (no folder, a full
  /// disk), which leaves nothing behind.
  bool store(llvm::StringRef key, const CachedKernel &kernel) const;

  struct Entry {
    std::string name; ///< of the file
    std::string description;
    uint64_t bytes = 0;
    llvm::sys::TimePoint<> used;
  };
  /// What is there, the most recently used first; damaged files are left out.
  llvm::Expected<std::vector<Entry>> list() const;

  /// Deletes every kernel; how many there were.
  llvm::Expected<uint64_t> clear() const;

  /// $SMASH_CACHE_DIR where it is set (empty: no cache), else smash/kernels in
  /// $XDG_CACHE_HOME or ~/.cache; empty where none of these is known.
  static std::string findFolder();

private:
  std::string pathOf(llvm::StringRef key) const;
  void evict() const;

  std::string folder;
  uint64_t maxBytes;
};

} // namespace smash

#endif // SMASH_COMPILER_KERNELCACHE_H
