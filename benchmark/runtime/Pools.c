//===- Pools.c - what a parallel loop of a kernel costs -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints, for loops of so many calls of so much work, the best time of one
// smash_rt_parallel in microseconds. Linked with either of the two pools; run
// both in turns with benchmark/runtime/pools.
//
//===----------------------------------------------------------------------===//

#define _POSIX_C_SOURCE 200809L
#include "smash/Runtime/Runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

/* Rounds of work for one microsecond, about. */
static int64_t roundsPerMicrosecond;

static void spin(int64_t rounds) {
  volatile uint64_t sink = 1;
  int64_t i;
  for (i = 0; i < rounds; ++i)
    sink = sink * 3 + 1;
}

static void call(void *context, int64_t block, int64_t thread) {
  (void)block;
  (void)thread;
  spin(*(const int64_t *)context);
}

/* Each call is a loop itself. */
static void nested(void *context, int64_t block, int64_t thread) {
  (void)block;
  (void)thread;
  smash_rt_parallel(call, context, 8, 1);
}

/* The best of several samples of one loop. */
static double measure(void (*fn)(void *, int64_t, int64_t), int64_t calls,
                      int64_t microseconds) {
  int64_t rounds = microseconds * roundsPerMicrosecond;
  double best = 1e30;
  int sample;
  for (sample = 0; sample < 30; ++sample) {
    int repeats = microseconds ? 20 : 200, i;
    double start = now(), time;
    for (i = 0; i < repeats; ++i)
      if (smash_rt_parallel(fn, &rounds, calls, 1))
        exit(1);
    time = (now() - start) / repeats;
    if (time < best)
      best = time;
  }
  return best;
}

int main(void) {
  static const struct {
    const char *name;
    void (*fn)(void *, int64_t, int64_t);
    int64_t calls, microseconds;
  } loops[] = {{"2 calls, empty", call, 2, 0},
               {"64 calls, empty", call, 64, 0},
               {"2 calls of 10 us", call, 2, 10},
               {"64 calls of 10 us", call, 64, 10},
               {"2 calls of 100 us", call, 2, 100},
               {"8 calls of 8 calls of 10 us", nested, 8, 10}};
  double start = now();
  size_t i;
  spin(10000000);
  roundsPerMicrosecond = (int64_t)(10000000 / (now() - start)) + 1;
  for (i = 0; i < sizeof(loops) / sizeof(*loops); ++i)
    printf("%s\t%.3f\n", loops[i].name,
           measure(loops[i].fn, loops[i].calls, loops[i].microseconds));
  return 0;
}
