//===- QueueEngine.h - queues in simulated time -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_QUEUEENGINE_H
#define SMASH_LIB_RUNTIME_PIUMA_QUEUEENGINE_H

#include <cstdint>

namespace smash::piuma::detail {

// What compiled code calls in the timing runtime: see smash/Runtime/Piuma.h.
void *createTimedQueue(void *data, int64_t count, int32_t bytes);
int32_t pushTimed(void *queue, int64_t value);
int32_t popTimed(void *queue, int64_t *value);
void destroyTimedQueue(void *queue);

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_QUEUEENGINE_H
