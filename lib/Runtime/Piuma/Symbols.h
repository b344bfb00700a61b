//===- Symbols.h - a runtime by its symbols -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_SYMBOLS_H
#define SMASH_LIB_RUNTIME_PIUMA_SYMBOLS_H

#include "smash/Runtime/Piuma.h"
#include <string>
#include <utility>
#include <vector>

namespace smash::piuma::detail {

/// One implementation of smash/Runtime/Piuma.h, in its order.
struct Interface {
  decltype(&piuma_rt_load) load;
  decltype(&piuma_rt_store) store;
  decltype(&piuma_rt_atomic) atomic;
  decltype(&piuma_rt_compare_exchange) compareExchange;
  decltype(&piuma_rt_alloc) alloc;
  decltype(&piuma_rt_resize) resize;
  decltype(&piuma_rt_free) free;
  decltype(&piuma_rt_scratchpad) scratchpad;
  decltype(&piuma_rt_release) release;
  decltype(&piuma_rt_launch) launch;
  decltype(&piuma_rt_spawn) spawn;
  decltype(&piuma_rt_barrier) barrier;
  decltype(&piuma_rt_reduce) reduce;
  decltype(&piuma_rt_dma_start) startDma;
  decltype(&piuma_rt_wait) wait;
  decltype(&piuma_rt_queue_create) queueCreate;
  decltype(&piuma_rt_queue_push) queuePush;
  decltype(&piuma_rt_queue_pop) queuePop;
  decltype(&piuma_rt_queue_destroy) queueDestroy;
  decltype(&piuma_rt_flush) flush;
  decltype(&piuma_rt_invalidate) invalidate;
  decltype(&piuma_rt_fail) fail;
  decltype(&piuma_rt_count) count;
  decltype(&piuma_rt_enter_phase) enterPhase;
  decltype(&piuma_rt_place) place;
  decltype(&piuma_rt_endless) endless;
};

/// Its functions by the names that compiled code calls.
inline std::vector<std::pair<std::string, void *>>
listSymbols(const Interface &functions) {
  auto address = [](auto *function) {
    return reinterpret_cast<void *>(function);
  };
  return {{"piuma_rt_load", address(functions.load)},
          {"piuma_rt_store", address(functions.store)},
          {"piuma_rt_atomic", address(functions.atomic)},
          {"piuma_rt_compare_exchange", address(functions.compareExchange)},
          {"piuma_rt_alloc", address(functions.alloc)},
          {"piuma_rt_resize", address(functions.resize)},
          {"piuma_rt_free", address(functions.free)},
          {"piuma_rt_scratchpad", address(functions.scratchpad)},
          {"piuma_rt_release", address(functions.release)},
          {"piuma_rt_launch", address(functions.launch)},
          {"piuma_rt_spawn", address(functions.spawn)},
          {"piuma_rt_barrier", address(functions.barrier)},
          {"piuma_rt_reduce", address(functions.reduce)},
          {"piuma_rt_dma_start", address(functions.startDma)},
          {"piuma_rt_wait", address(functions.wait)},
          {"piuma_rt_queue_create", address(functions.queueCreate)},
          {"piuma_rt_queue_push", address(functions.queuePush)},
          {"piuma_rt_queue_pop", address(functions.queuePop)},
          {"piuma_rt_queue_destroy", address(functions.queueDestroy)},
          {"piuma_rt_flush", address(functions.flush)},
          {"piuma_rt_invalidate", address(functions.invalidate)},
          {"piuma_rt_fail", address(functions.fail)},
          {"piuma_rt_count", address(functions.count)},
          {"piuma_rt_enter_phase", address(functions.enterPhase)},
          {"piuma_rt_place", address(functions.place)},
          {"piuma_rt_endless", address(functions.endless)}};
}

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_SYMBOLS_H
