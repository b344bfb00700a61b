//===- SystemCScheduling.cpp - the same in SystemC -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The simulated threads of BoostScheduling.cpp as SystemC's.
//
//===----------------------------------------------------------------------===//

#define SC_INCLUDE_DYNAMIC_PROCESSES
#include "Scheduling.h"
#include <cmath>
#include <systemc>

int sc_main(int argc, char **argv) {
  Schedule schedule(argc, argv);
  int64_t before = residentBytes();
  sc_core::sc_spawn_options options;
  options.set_stack_size(64 << 10);
  for (int thread = 0; thread < schedule.threads; ++thread)
    sc_core::sc_spawn(
        [thread, &schedule] {
          for (int wait = 0; wait < schedule.waits; ++wait)
            sc_core::wait(double(Schedule::delay(thread, wait)),
                          sc_core::SC_NS);
        },
        sc_core::sc_gen_unique_name("thread"), &options);
  Stopwatch watch;
  sc_core::sc_start();
  tell("SystemC", schedule, watch.seconds(), residentBytes() - before,
       std::llround(sc_core::sc_time_stamp().to_seconds() * 1e9));
  return 0;
}
