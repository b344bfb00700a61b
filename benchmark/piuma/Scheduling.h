//===- Scheduling.h - what both scheduling kernels do -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_BENCHMARK_PIUMA_SCHEDULING_H
#define SMASH_BENCHMARK_PIUMA_SCHEDULING_H

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

/// Simulated threads, each of which waits for a time that only depends on its
/// number and on how often it did, again and again.
struct Schedule {
  int threads = 4096;
  int waits = 500;

  /// PROGRAM [THREADS [WAITS]]
  Schedule(int argc, char **argv) {
    if (argc > 1)
      threads = std::atoi(argv[1]);
    if (argc > 2)
      waits = std::atoi(argv[2]);
  }
  /// In nanoseconds, from 1 to 128.
  static int64_t delay(int thread, int wait) {
    uint64_t x = (uint64_t(thread) << 32 | uint64_t(wait)) * 0x9E3779B97F4A7C15;
    return int64_t(x >> 57) + 1;
  }
};

/// Resident bytes of this process.
inline int64_t residentBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0)
      return std::atoll(line.c_str() + 6) * 1024;
  return 0;
}

class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin = Clock::now();
};

inline void tell(const char *kernel, const Schedule &schedule, double seconds,
                 int64_t bytes, int64_t end) {
  double events = double(schedule.threads) * schedule.waits;
  std::printf("%s: %d threads, %.2f million events a second, %lld resident "
              "bytes a thread, ended at %lld ns\n",
              kernel, schedule.threads, events / seconds * 1e-6,
              (long long)(bytes / schedule.threads), (long long)end);
}

#endif // SMASH_BENCHMARK_PIUMA_SCHEDULING_H
