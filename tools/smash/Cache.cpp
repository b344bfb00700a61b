//===- Cache.cpp - smash cache --------------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Cache.h"
#include "smash/Compiler/KernelCache.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace smash::driver {

static Error list(const KernelCache &cache) {
  auto entries = cache.list();
  if (!entries)
    return entries.takeError();
  uint64_t bytes = 0;
  for (const KernelCache::Entry &entry : *entries) {
    bytes += entry.bytes;
    outs() << StringRef(entry.name).take_front(12) << "  "
           << formatv("{0:%Y-%m-%d %H:%M}", entry.used) << "  "
           << format("%7.1f", double(entry.bytes) / 1024) << " KiB  "
           << entry.description << "\n";
  }
  outs() << entries->size()
         << (entries->size() == 1 ? " kernel, " : " kernels, ")
         << format("%.1f", double(bytes) / 1024) << " KiB\n";
  return Error::success();
}

Error manageCache(const CacheOptions &options) {
  std::string folder = chooseCacheFolder(options);
  if (folder.empty())
    return makeError("there is no cache: $SMASH_CACHE_DIR is empty, or no home "
                     "folder is known; --cache=FOLDER names one");
  KernelCache cache(folder);
  switch (options.action) {
  case CacheOptions::List:
    return list(cache);
  case CacheOptions::Path:
    outs() << folder << "\n";
    return Error::success();
  case CacheOptions::Clear:
    auto count = cache.clear();
    if (!count)
      return count.takeError();
    outs() << *count << (*count == 1 ? " kernel" : " kernels") << " deleted\n";
    return Error::success();
  }
  llvm_unreachable("all actions are there");
}

} // namespace smash::driver
