//===- Cache.h - smash cache ------------------------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_CACHE_H
#define SMASH_TOOLS_SMASH_CACHE_H

#include "Options.h"

namespace smash::driver {

/// Lists, clears or names the cache of kernels.
llvm::Error manageCache(const CacheOptions &options);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_CACHE_H
