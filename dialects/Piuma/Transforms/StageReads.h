//===- StageReads.h - where rows come by the DMA engine -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_TRANSFORMS_STAGEREADS_H
#define PIUMA_TRANSFORMS_STAGEREADS_H

#include "Piuma/TargetModel/TargetModel.h"

namespace smash::piuma {

/// Whether threads of `target` have elements that they read one after the other
/// brought to the scratchpad by the DMA engine. They do where caches are too
/// small for the rows that a pipeline's threads are at; elsewhere a line that
/// comes with a load is cheaper than a request.
bool stagesReads(const TargetModel &target);

/// Bytes of a core's scratchpad that this takes, at most; 0 where it does not
/// happen, or where the scratchpad has no room for it.
int64_t stagedBytes(const TargetModel &target);

} // namespace smash::piuma

#endif // PIUMA_TRANSFORMS_STAGEREADS_H
