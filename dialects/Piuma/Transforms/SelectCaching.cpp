//===- SelectCaching.cpp - accesses through caches ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"

namespace smash::piuma {
#define GEN_PASS_DEF_SELECTCACHING
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-select-caching"

/// Whether every use of `buffer` reads it, so that its caller's data stay as
/// they are while the program runs.
static bool isOnlyRead(Value buffer) {
  return llvm::all_of(buffer.getUsers(), [&](Operation *user) {
    if (isa<LoadOp, memref::DimOp>(user))
      return true;
    if (auto copy = dyn_cast<DmaCopyOp>(user))
      return copy.getDestination() != buffer;
    if (auto gather = dyn_cast<DmaGatherOp>(user))
      return gather.getDestination() != buffer;
    return false;
  });
}

namespace {
struct SelectCachingPass
    : public smash::piuma::impl::SelectCachingBase<SelectCachingPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isPrivate() || function.isExternal())
        continue;
      for (Value argument : function.getArguments())
        if (isa<MemRefType>(argument.getType()) && isOnlyRead(argument))
          for (Operation *user : argument.getUsers())
            if (auto load = dyn_cast<LoadOp>(user)) {
              load.setCaching(Caching::Cached);
              ++numCached;
            }
    }
  }
};
} // namespace
