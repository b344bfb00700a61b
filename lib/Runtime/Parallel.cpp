//===- Parallel.cpp - calls on several threads ----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// smash_rt_parallel on oneTBB. Measured against threads made for each call, on
/// 2 cores: two empty calls took those 100 to 400 times as long, two calls of
/// 0.1 ms 2 to 4 times, 64 calls of 0.01 ms 1.3 times, two of 1 ms 1.1 times,
/// and a loop nested in a loop (8 x 8 calls of 0.01 ms) 2.8 times, because it
/// makes threads in each thread. A kernel has several parallel phases, which
/// take well under a millisecond for small operands, so threads must be kept;
/// and to keep them for nested loops is to write a task scheduler.
///
//===----------------------------------------------------------------------===//

#include "ThreadState.h"
#include "smash/Runtime/Runtime.h"
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <utility>

namespace {

/// One arena for each number of threads that was asked for: to make one costs
/// about ten times an empty loop, and it holds threads, not memory.
class Arenas {
public:
  /// The arena of `threads`, or of fewer if the process is limited.
  tbb::task_arena &get(int64_t threads);

private:
  void allow(size_t threads);

  std::mutex mutex;
  std::map<int64_t, std::unique_ptr<tbb::task_arena>> arenas;
  std::unique_ptr<tbb::global_control> control;
};

/// One call of smash_rt_parallel, on its caller's stack.
struct Loop {
  void (*fn)(void *context, int64_t block, int64_t thread);
  void *context;
  int64_t threads;
  int64_t calls;
  int64_t limit;
  const smash_rt_context *memory;
  std::mutex mutex;
  /// The error of the first call, in serial order, that has failed: the same
  /// one in every run, whichever thread is faster.
  smash_rt_error error;
  int64_t failedCall = std::numeric_limits<int64_t>::max();
};

} // namespace

tbb::task_arena &Arenas::get(int64_t threads) {
  std::lock_guard<std::mutex> lock(mutex);
  // oneTBB has at least 256 threads to give, and prints a warning when an arena
  // asks for more than there are.
  threads = std::min<int64_t>(threads,
                              std::max(256, tbb::info::default_concurrency()));
  auto parallelism = tbb::global_control::max_allowed_parallelism;
  if (size_t(threads) > tbb::global_control::active_value(parallelism))
    allow(size_t(threads));
  threads = std::min<int64_t>(
      threads, int64_t(tbb::global_control::active_value(parallelism)));
  std::unique_ptr<tbb::task_arena> &arena = arenas[threads];
  if (!arena)
    arena = std::make_unique<tbb::task_arena>(int(threads));
  return *arena;
}

/// Lets the process have more threads than cores, which oneTBB does only when
/// told. The smallest of all controls holds, so that the old one must go first,
/// and that a limit which the program itself has set stands.
void Arenas::allow(size_t threads) {
  control.reset();
  control = std::make_unique<tbb::global_control>(
      tbb::global_control::max_allowed_parallelism, threads);
}

#ifdef SMASH_THREAD_SANITIZER
/// What the sanitizer's runtime asks a program for. Of libtbb.so it sees only
/// the functions of the C library that it intercepts, not what orders them.
extern "C" const char *__tsan_default_suppressions() {
  return "called_from_lib:libtbb.so\n";
}
#endif

/// Never destroyed: a thread may still call when static objects go.
static Arenas &getArenas() {
  static Arenas *arenas = [] {
    auto *made = new Arenas;
    smash_rt_publish(made);
    return made;
  }();
  // The guard of the static orders the two, out of ThreadSanitizer's sight.
  smash_rt_observe(arenas);
  return *arenas;
}

/// Makes call number `call`, with the thread's state set aside: the thread may
/// be the caller's own, or one that waits inside another loop.
static void makeCall(Loop &loop, int64_t call) {
  smash_rt_state &state = *smash_rt_get_state();
  smash_rt_state inside{{}, loop.limit, loop.limit, loop.memory};
  smash_rt_state outside = std::exchange(state, inside);
  smash_rt_observe(&loop);
  loop.fn(loop.context, call / loop.threads, call % loop.threads);
  smash_rt_error error = std::exchange(state, outside).error;
  if (error.code != SMASH_RT_OK) {
    std::lock_guard<std::mutex> lock(loop.mutex);
    if (call < loop.failedCall) {
      loop.failedCall = call;
      loop.error = error;
    }
  }
  smash_rt_publish(&loop);
}

static void runInArena(Loop &loop) {
  // Isolated: a thread that waits for its inner loop takes calls of that loop
  // only. It could else start another call of the outer loop, on top of this
  // one's memory, and be late.
  tbb::this_task_arena::isolate([&] {
    // Calls are large and uneven: each is a task of its own.
    tbb::parallel_for(
        tbb::blocked_range<int64_t>(0, loop.calls, 1),
        [&](const tbb::blocked_range<int64_t> &range) {
          for (int64_t call = range.begin(); call != range.end(); ++call)
            makeCall(loop, call);
        },
        tbb::simple_partitioner());
  });
}

int32_t smash_rt_parallel(void (*fn)(void *context, int64_t block,
                                     int64_t thread),
                          void *context, int64_t blocks, int64_t threads) {
  if (blocks <= 0 || threads <= 0)
    return SMASH_RT_OK;
  smash_rt_state &caller = *smash_rt_get_state();
  int64_t calls;
  if (__builtin_mul_overflow(blocks, threads, &calls)) {
    smash_rt_fail(SMASH_RT_THREADS, blocks, threads);
    return SMASH_RT_THREADS;
  }
  if (calls == 1) {
    fn(context, 0, 0);
    return SMASH_RT_OK;
  }
  int64_t limit =
      caller.threads ? caller.threads : tbb::info::default_concurrency();
  if (limit == 1) {
    for (int64_t block = 0; block != blocks; ++block)
      for (int64_t thread = 0; thread != threads; ++thread)
        fn(context, block, thread);
    return SMASH_RT_OK;
  }

  Loop loop{fn, context, threads, calls, limit, caller.context, {}, {}};
  smash_rt_publish(&loop);
  try {
    if (caller.arenaThreads == limit)
      runInArena(loop);
    else
      getArenas().get(limit).execute([&] { runInArena(loop); });
  } catch (...) {
    // No memory for a task or an arena, or no thread.
    smash_rt_fail(SMASH_RT_THREADS, blocks, threads);
    return SMASH_RT_THREADS;
  }
  smash_rt_observe(&loop);
  if (loop.error.code != SMASH_RT_OK)
    smash_rt_fail(loop.error.code, loop.error.got, loop.error.limit);
  return SMASH_RT_OK;
}

void smash_rt_set_threads(int64_t threads) {
  smash_rt_get_state()->threads = std::max<int64_t>(threads, 0);
}
