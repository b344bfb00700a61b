//===- Threads.c - calls on several threads, without a C++ library --------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// smash_rt_parallel for emitted objects, which may need nothing but a C
/// library and pthreads: a list of loops, and threads that are kept, each of
/// which takes the next call of a loop. The caller of a loop makes calls, too,
/// and then waits for those that others make; a thread that waits takes no call
/// of another loop. So every loop ends, nested ones included, and so it does
/// when no thread can be had.
///
//===----------------------------------------------------------------------===//

#ifndef _GNU_SOURCE
#define _GNU_SOURCE // sched_getaffinity
#endif
#include "ThreadState.h"
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

/// The most threads that are kept; further calls wait for their turn.
enum { maxWorkers = 1023 };

/// One call of smash_rt_parallel, on its caller's stack. All but the first line
/// is guarded by the pool's mutex.
typedef struct Loop {
  void (*fn)(void *context, int64_t block, int64_t thread);
  void *context;
  const smash_rt_context *memory;
  int64_t threads, calls, limit;
  int64_t next;    ///< the first call that nobody has taken
  int64_t present; ///< threads that make calls
  /// The error of the first call, in serial order, that has failed: the same
  /// one in every run, whichever thread is faster.
  smash_rt_error error;
  int64_t failedCall;
  pthread_cond_t done; ///< nobody makes calls any more
  struct Loop *following;
} Loop;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static Loop *loops;
static int64_t workers, idleWorkers;

static int64_t countCores(void) {
  cpu_set_t set;
  int64_t cores = 0;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    cores = CPU_COUNT(&set);
  return cores > 0 ? cores : 1;
}

/// Whether another thread may make calls of `loop`.
static bool wantsThread(const Loop *loop) {
  return loop->next < loop->calls && loop->present < loop->limit;
}

/// Makes call number `call`, with the thread's state set aside; returns the
/// error that the call recorded.
static smash_rt_error makeCall(const Loop *loop, int64_t call) {
  smash_rt_state *state = smash_rt_get_state();
  smash_rt_state outside = *state;
  smash_rt_state inside = {{0, 0, 0}, loop->limit, loop->limit, loop->memory};
  *state = inside;
  loop->fn(loop->context, call / loop->threads, call % loop->threads);
  smash_rt_error error = state->error;
  *state = outside;
  return error;
}

/// Makes calls of `loop` until none is left. The mutex is held before and
/// after, and not while a call runs.
static void makeCalls(Loop *loop) {
  ++loop->present;
  while (loop->next < loop->calls) {
    int64_t call = loop->next++;
    pthread_mutex_unlock(&mutex);
    smash_rt_error error = makeCall(loop, call);
    pthread_mutex_lock(&mutex);
    if (error.code != SMASH_RT_OK && call < loop->failedCall) {
      loop->failedCall = call;
      loop->error = error;
    }
  }
  if (--loop->present == 0)
    pthread_cond_signal(&loop->done);
}

static void *runWorker(void *unused) {
  (void)unused;
  pthread_mutex_lock(&mutex);
  for (;;) {
    Loop *loop = loops;
    while (loop && !wantsThread(loop))
      loop = loop->following;
    if (loop) {
      makeCalls(loop);
      continue;
    }
    ++idleWorkers;
    pthread_cond_wait(&work, &mutex);
    --idleWorkers;
  }
  return NULL;
}

/// Wakes threads for `loop`, and makes those that are lacking. A thread that
/// cannot be had is done without.
static void callWorkers(const Loop *loop) {
  int64_t wanted = loop->limit < loop->calls ? loop->limit : loop->calls;
  int64_t others = wanted - 1;
  for (int64_t i = 0; i < others && i < idleWorkers; ++i)
    pthread_cond_signal(&work);
  while (workers < loop->limit - 1 && workers < maxWorkers &&
         idleWorkers < others) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0)
      return;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attributes, runWorker, NULL);
    pthread_attr_destroy(&attributes);
    if (failed)
      return;
    ++workers;
    --others;
  }
}

static void runLoop(Loop *loop) {
  pthread_mutex_lock(&mutex);
  // Nested loops first: what waits for them waits longest.
  loop->following = loops;
  loops = loop;
  callWorkers(loop);
  makeCalls(loop);
  // Every call is taken; those that still run are waited for, out of the list.
  Loop **at = &loops;
  while (*at != loop)
    at = &(*at)->following;
  *at = loop->following;
  while (loop->present != 0)
    pthread_cond_wait(&loop->done, &mutex);
  pthread_mutex_unlock(&mutex);
}

int32_t smash_rt_parallel(void (*fn)(void *context, int64_t block,
                                     int64_t thread),
                          void *context, int64_t blocks, int64_t threads) {
  if (blocks <= 0 || threads <= 0)
    return SMASH_RT_OK;
  smash_rt_state *caller = smash_rt_get_state();
  int64_t calls;
  if (__builtin_mul_overflow(blocks, threads, &calls)) {
    smash_rt_fail(SMASH_RT_THREADS, blocks, threads);
    return SMASH_RT_THREADS;
  }
  int64_t limit = caller->threads ? caller->threads : countCores();
  if (calls == 1 || limit == 1) {
    for (int64_t block = 0; block != blocks; ++block)
      for (int64_t thread = 0; thread != threads; ++thread)
        fn(context, block, thread);
    return SMASH_RT_OK;
  }
  Loop loop = {.fn = fn,
               .context = context,
               .memory = caller->context,
               .threads = threads,
               .calls = calls,
               .limit = limit,
               .failedCall = INT64_MAX,
               .done = PTHREAD_COND_INITIALIZER};
  runLoop(&loop);
  pthread_cond_destroy(&loop.done);
  if (loop.error.code != SMASH_RT_OK)
    smash_rt_fail(loop.error.code, loop.error.got, loop.error.limit);
  return SMASH_RT_OK;
}

void smash_rt_set_threads(int64_t threads) {
  smash_rt_get_state()->threads = threads > 0 ? threads : 0;
}
