//===- ScratchpadLayout.h - parts of a launch's scratchpad -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_TRANSFORMS_SCRATCHPADLAYOUT_H
#define PIUMA_TRANSFORMS_SCRATCHPADLAYOUT_H

#include "Piuma/IR/Piuma.h"
#include "llvm/Support/MathExtras.h"

namespace smash::piuma {

/// Parts start where a word and an element of any type may.
inline constexpr int64_t kPartAlignment = 16;

/// The offset behind the parts of `launch`, in bytes, at which another one may
/// start.
inline int64_t nextPart(LaunchOp launch) {
  int64_t end = 0;
  launch->walk([&](ScratchpadOp part) {
    end = std::max(end, int64_t(part.getOffset()) + part.getBytes());
  });
  return int64_t(llvm::alignTo(uint64_t(end), uint64_t(kPartAlignment)));
}

} // namespace smash::piuma

#endif // PIUMA_TRANSFORMS_SCRATCHPADLAYOUT_H
