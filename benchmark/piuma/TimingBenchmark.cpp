//===- TimingBenchmark.cpp - events a second of the simulation -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// How many events of a simulated machine a core of the host handles, at 1, 8
// and 128 simulated cores of 64 threads. Each thread does what a product does
// most: loads from memory and from the scratchpad, a few instructions, an
// atomic that returns nothing.
//
//===----------------------------------------------------------------------===//

#include "benchmark/benchmark.h"
#include "smash/Runtime/PiumaTiming.h"
#include <map>

using namespace smash::piuma;

namespace {

template <typename Function>
Function *find(const std::map<std::string, void *> &functions, const char *name,
               Function *) {
  return reinterpret_cast<Function *>(functions.at(name));
}
#define FIND(NAME) find(functions, #NAME, &NAME)

struct Work {
  decltype(&piuma_rt_load) load;
  decltype(&piuma_rt_atomic) atomic;
  decltype(&piuma_rt_spawn) spawn;
  decltype(&piuma_rt_scratchpad) scratchpad;
  Charges *charges;
  char *data;
  int64_t rounds, threads;

  static void thread(void *context, int64_t id) {
    auto &work = *static_cast<Work *>(context);
    char *local = static_cast<char *>(work.scratchpad(0, 1 << 18));
    uint64_t x = uint64_t(id) * 0x9E3779B97F4A7C15;
    for (int64_t i = 0; i < work.rounds; ++i) {
      x = x * 6364136223846793005 + 1442695040888963407;
      work.charges->issue += 4;
      work.load(work.data + (x >> 44) * 8, 8, 0);
      work.charges->issue += 3;
      work.load(local + (x >> 50) * 8, 8, 0);
      work.charges->issue += 5;
      work.atomic(local + (x >> 49) * 8, 1, PIUMA_RT_ADD, 8, 0);
    }
  }
  static void block(void *context, int64_t) {
    auto &work = *static_cast<Work *>(context);
    work.spawn(thread, context, work.threads, PIUMA_RT_MULTI);
  }
};

void simulate(benchmark::State &state) {
  TargetModel target = llvm::cantFail(TargetModel::byName("piuma-1core"));
  llvm::cantFail(target.set("cores", state.range(0)));
  std::map<std::string, void *> functions;
  for (const auto &[name, address] : listTimingSymbols())
    functions[name] = address;
  int64_t events = 0, fiber = 0;
  for (auto _ : state) {
    auto run = llvm::cantFail(TimingRun::create({target, false}));
    Charges charges;
    std::vector<char> zeros(size_t(8) << 20);
    Work work{
        FIND(piuma_rt_load),
        FIND(piuma_rt_atomic),
        FIND(piuma_rt_spawn),
        FIND(piuma_rt_scratchpad),
        &charges,
        static_cast<char *>(run->place(zeros.data(), zeros.size(), PIUMA_RT_A)),
        (int64_t(1) << 20) / (64 * state.range(0)),
        target.threadsPerCore()};
    auto launch = FIND(piuma_rt_launch);
    llvm::cantFail(run->run([&] { launch(Work::block, &work, state.range(0)); },
                            &charges));
    events += run->report().modelledEvents;
    fiber = run->report().bytesPerFiber;
  }
  state.SetItemsProcessed(events);
  state.counters["bytes_per_fiber"] = double(fiber);
}
BENCHMARK(simulate)->Arg(1)->Arg(8)->Arg(128)->ArgName("cores")->Unit(
    benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
