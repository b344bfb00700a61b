//===- Parallel.cpp - work shared between a few threads -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parallel.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <atomic>
#include <pthread.h>
#include <thread>

using namespace smash;

namespace {
struct Work {
  size_t count;
  llvm::function_ref<void(size_t, bool)> fn;
  std::atomic<size_t> next{0};

  void run(bool onCaller) {
    for (size_t index; (index = next.fetch_add(1)) < count;)
      fn(index, onCaller);
  }
};
} // namespace

void smash::parallelForEach(size_t count, unsigned threads,
                            llvm::function_ref<void(size_t, bool)> fn) {
  Work work{count, fn};
  // Not std::thread: without exceptions its constructor cannot report that the
  // system refuses a thread, and the work gets done without it.
  llvm::SmallVector<pthread_t, 8> started;
  for (size_t i = 1; i < std::min<size_t>(threads, count); ++i) {
    pthread_t thread;
    auto body = [](void *argument) -> void * {
      static_cast<Work *>(argument)->run(/*onCaller=*/false);
      return nullptr;
    };
    if (pthread_create(&thread, nullptr, body, &work) != 0)
      break;
    started.push_back(thread);
  }
  work.run(/*onCaller=*/true);
  for (pthread_t thread : started)
    pthread_join(thread, nullptr);
}

unsigned smash::threadsForText(size_t bytes) {
  // Parsing is bound by memory long before many cores; a thread costs about as
  // much to start as 100 KiB cost to parse.
  constexpr unsigned mostThreads = 8;
  constexpr size_t bytesPerThread = size_t(4) << 20;
  unsigned threads = std::min(std::thread::hardware_concurrency(), mostThreads);
  return std::max<size_t>(1, std::min<size_t>(threads, bytes / bytesPerThread));
}
