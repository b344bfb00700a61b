//===- TimingTest.cpp - mechanisms of the simulated machine -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mechanisms of the simulated machine, one at a time, with cycles that are
// derived by hand. The clock is 1 GHz: a cycle is a nanosecond. Programs are
// lambdas that call the runtime as compiled code does.
//
// A spawn costs its own instruction, 100 cycles to start its threads, and 100
// from the last thread's end to its own.
//
//===----------------------------------------------------------------------===//

#include "smash/Runtime/PiumaTiming.h"
#include "gtest/gtest.h"
#include <cstring>
#include <map>

using namespace smash::piuma;

namespace {

constexpr int64_t kSpawn = 1 + 100 + 100;

TargetModel makeTarget(
    std::initializer_list<std::pair<const char *, int64_t>> changes = {}) {
  TargetModel target = llvm::cantFail(TargetModel::byName("piuma-1core"));
  llvm::cantFail(target.set("dram_banks", 0)); // ideal, unless a test says so
  for (const auto &[key, value] : changes)
    llvm::cantFail(target.set(key, value));
  llvm::cantFail(target.check());
  return target;
}

/// A machine and what a program calls on it.
class Machine {
public:
  explicit Machine(const TargetModel &target, int64_t mostEvents = kMostEvents)
      : run(llvm::cantFail(TimingRun::create(
            {target, /*trace=*/false, /*progress=*/nullptr, mostEvents}))) {
    for (const auto &[name, address] : listTimingSymbols())
      functions[name] = address;
  }

  template <typename Function, typename... Arguments>
  auto call(const char *name, Function *, Arguments... arguments) {
    return reinterpret_cast<Function *>(functions.at(name))(arguments...);
  }
  /// A load whose value is used at once.
  void load(void *at, int64_t bytes = 8, bool cached = false) {
    startLoad(at, bytes, cached);
    use(at);
  }
  void startLoad(void *at, int64_t bytes = 8, bool cached = false) {
    call("piuma_rt_load", &piuma_rt_load, at, bytes, int32_t(cached));
  }
  void use(const void *at) {
    reinterpret_cast<void (*)(const void *)>(functions.at("piuma_rt_use"))(at);
  }
  void store(void *at) {
    call("piuma_rt_store", &piuma_rt_store, at, int64_t(8), 0);
  }
  int64_t atomicAdd(void *at, int64_t value, bool returns) {
    return call("piuma_rt_atomic", &piuma_rt_atomic, at, value,
                int32_t(PIUMA_RT_ADD), 8, int32_t(returns));
  }
  void *scratchpad(int64_t offset) {
    return call("piuma_rt_scratchpad", &piuma_rt_scratchpad, offset,
                int64_t(8));
  }
  void *dram(size_t bytes) {
    std::vector<char> zeros(bytes);
    return run->place(zeros.data(), bytes, PIUMA_RT_METADATA);
  }
  /// Instructions of one cycle each, and cycles to wait beyond that.
  void compute(int64_t instructions, int64_t stall = 0) {
    charges.issue += instructions;
    charges.stall += stall;
  }
  void spawn(int64_t count, std::function<void(int64_t)> body) {
    call("piuma_rt_spawn", &piuma_rt_spawn, callBody,
         static_cast<void *>(&body), count, int32_t(PIUMA_RT_MULTI));
  }
  void launch(int64_t count, std::function<void(int64_t)> body) {
    call("piuma_rt_launch", &piuma_rt_launch, callBody,
         static_cast<void *>(&body), count);
  }
  void barrier() { call("piuma_rt_barrier", &piuma_rt_barrier); }
  int64_t startCopy(void *from, void *to, int64_t count) {
    piuma_rt_dma request = {};
    request.kind = PIUMA_RT_COPY;
    request.combine = -1;
    request.bytes = 8;
    request.from = from;
    request.to = to;
    request.count = count;
    request.from_stride = request.to_stride = 1;
    return call("piuma_rt_dma_start", &piuma_rt_dma_start,
                static_cast<const piuma_rt_dma *>(&request));
  }
  void wait(int64_t token) { call("piuma_rt_wait", &piuma_rt_wait, token); }

  /// Cycles of the run.
  int64_t measure(std::function<void()> program) {
    llvm::Error error = run->run(program, &charges);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
    return run->report().cycles;
  }

  std::unique_ptr<TimingRun> run;
  Charges charges;

private:
  static void callBody(void *body, int64_t id) {
    (*static_cast<std::function<void(int64_t)> *>(body))(id);
  }
  std::map<std::string, void *> functions;
};

TEST(Timing, NothingTakesNoTime) {
  Machine m(makeTarget());
  EXPECT_EQ(m.measure([] {}), 0);
}

TEST(Timing, PointerChaseRunsAtDramLatency) {
  // A cycle to issue, 100 to come back, one load after the other.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(8000));
  EXPECT_EQ(m.measure([&] {
    for (int i = 0; i < 1000; ++i)
      m.load(data + 8 * i);
  }),
            1000 * 101);
  EXPECT_EQ(m.run->report().dramBytesTotal(), 8000);
}

TEST(Timing, AccessesAreOfEightBytes) {
  // 4 bytes cost 8; 8 that straddle a boundary cost 16.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  m.measure([&] {
    m.load(data, 4);
    m.load(data + 12, 8);
  });
  EXPECT_EQ(m.run->report().dramReadBytes, 8 + 16);
}

TEST(Timing, ScratchpadLatency) {
  Machine m(makeTarget());
  EXPECT_EQ(m.measure([&] { m.load(m.scratchpad(0)); }), 1 + 10);
}

TEST(Timing, ThreadsOfAPipelineTakeTurns) {
  // Two threads of 100 instructions on one pipeline: 200 slots.
  Machine one(makeTarget({{"mtps_per_core", 1}}));
  EXPECT_EQ(
      one.measure([&] { one.spawn(2, [&](int64_t) { one.compute(100); }); }),
      kSpawn + 200);
  // On two pipelines: 100.
  Machine two(makeTarget({{"mtps_per_core", 2}}));
  EXPECT_EQ(
      two.measure([&] { two.spawn(2, [&](int64_t) { two.compute(100); }); }),
      kSpawn + 100);
}

TEST(Timing, OneInstructionOfAThreadInFlight) {
  // 100 instructions of 4 cycles each: 400 for one thread, and for four, which
  // fill each other's gaps; eight need 800 slots.
  for (auto pair : {std::pair<int64_t, int64_t>{1, 400}, {4, 400}, {8, 800}}) {
    int64_t threads = pair.first, cycles = pair.second;
    Machine m(makeTarget({{"mtps_per_core", 1}}));
    EXPECT_EQ(m.measure([&] {
      m.spawn(threads, [&](int64_t) { m.compute(100, 300); });
    }),
              kSpawn + cycles);
  }
}

TEST(Timing, SingleThreadedPipelinesWaitAtAUse) {
  // The main thread is on one. Two loads are issued in cycles 1 and 2 and come
  // back after 101 and 102; in between 50 instructions are done. The uses wait
  // for the rest.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    m.startLoad(data);
    m.startLoad(data + 8);
    m.compute(50);
    m.use(data);
    m.use(data + 8);
    m.compute(1);
  }),
            102 + 1);
}

TEST(Timing, ALoadThatIsThereIsUsedAtOnce) {
  // 200 instructions outlast the load.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    m.startLoad(data);
    m.compute(200);
    m.use(data);
  }),
            1 + 200);
}

TEST(Timing, FewLoadsOfASingleThreadedPipelineAreInFlight) {
  // With two in flight, the third is sent when the first is back at 101, and
  // the fourth at 102, as the second is; they are back at 201 and 202.
  Machine m(makeTarget({{"stp_loads_in_flight", 2}}));
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    for (int i = 0; i < 4; ++i)
      m.startLoad(data + 8 * i);
    for (int i = 0; i < 4; ++i)
      m.use(data + 8 * i);
  }),
            202);
}

TEST(Timing, AThreadEndsWithItsLoads) {
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] { m.startLoad(data); }), 101);
}

TEST(Timing, MultiThreadedPipelinesWaitAtTheLoad) {
  // A cycle to issue and 100 to come back, twice, whatever is used when; then
  // the instructions.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    m.spawn(1, [&](int64_t) {
      m.startLoad(data);
      m.startLoad(data + 8);
      m.compute(50);
      m.use(data);
      m.use(data + 8);
    });
  }),
            kSpawn + 2 * 101 + 50);
}

TEST(Timing, ReissueSlowsALoneThread) {
  Machine m(makeTarget({{"mtps_per_core", 1}, {"reissue_cycles", 4}}));
  // The spawn's own instruction takes 4 cycles, too.
  EXPECT_EQ(m.measure([&] { m.spawn(4, [&](int64_t) { m.compute(100); }); }),
            kSpawn + 3 + 400);
}

TEST(Timing, DenseWorkIsIssueBound) {
  // 64 threads of 1,000 instructions on 4 pipelines: 16,000 cycles, and an IPC
  // of 4 but for the spawn.
  Machine m(makeTarget());
  int64_t cycles =
      m.measure([&] { m.spawn(64, [&](int64_t) { m.compute(1000); }); });
  EXPECT_EQ(cycles, kSpawn + 16000);
  EXPECT_EQ(m.run->report().instructions, 64000 + 1);
  EXPECT_NEAR(m.run->report().ipc, 4, 0.06);
}

TEST(Timing, BanksOfTheScratchpadConflict) {
  // Two loads of one bank: the second starts a cycle later.
  for (int64_t distance : {8, 16 * 8}) {
    Machine m(makeTarget());
    int64_t conflict = distance == 16 * 8;
    EXPECT_EQ(m.measure([&] {
      m.spawn(2, [&](int64_t t) { m.load(m.scratchpad(t * distance)); });
    }),
              kSpawn + 1 + conflict + 10);
    EXPECT_EQ(m.run->report().scratchpadStallCycles, conflict);
  }
}

TEST(Timing, AtomicsOfOneAddressQueue) {
  // Each holds the bank for 4 cycles: the eighth starts 28 later, and takes
  // 10 + 4.
  Machine m(makeTarget({{"mtps_per_core", 8}}));
  EXPECT_EQ(m.measure([&] {
    m.spawn(8, [&](int64_t) { m.atomicAdd(m.scratchpad(0), 1, true); });
  }),
            kSpawn + 1 + 28 + 14);
  EXPECT_EQ(m.run->report().atomics, 8);
  EXPECT_EQ(m.run->report().atomicStallCycles, 4 * (1 + 2 + 3 + 4 + 5 + 6 + 7));
}

TEST(Timing, AtomicsAddUp) {
  Machine m(makeTarget());
  int64_t sum = 0;
  m.measure([&] {
    void *at = m.scratchpad(0);
    std::memset(at, 0, 8);
    m.spawn(64, [&](int64_t t) { m.atomicAdd(at, t, t % 2); });
    std::memcpy(&sum, at, 8);
  });
  EXPECT_EQ(sum, 63 * 64 / 2);
}

TEST(Timing, StoresArePosted) {
  // Four are under way; the fifth waits for the first, of cycle 1, to be done
  // at 101, and the program's end for the fifth.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    for (int i = 0; i < 5; ++i)
      m.store(data + 8 * i);
  }),
            201);
}

TEST(Timing, CachesBringLines) {
  // A miss brings 64 bytes in 101 cycles, seven hits take 1 + 2 each.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    for (int i = 0; i < 8; ++i)
      m.load(data + 8 * i, 8, /*cached=*/true);
  }),
            101 + 7 * 3);
  EXPECT_EQ(m.run->report().dramReadBytes, 64);
  EXPECT_EQ(m.run->report().cacheHits, 7);
}

TEST(Timing, CachesForgetTheOldestLine) {
  // 16 KiB in 4 ways: lines 4 KiB apart share a set, and the fifth drives out
  // the first.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(5 * 4096));
  m.measure([&] {
    for (int i = 0; i < 5; ++i)
      m.load(data + 4096 * i, 8, true);
    m.load(data + 4096, 8, true); // there
    m.load(data, 8, true);        // not any more
  });
  EXPECT_EQ(m.run->report().cacheHits, 1);
}

TEST(Timing, AnotherRowHoldsItsBank) {
  // Rows of 1 KiB in 32 banks: addresses 32 KiB apart share a bank. The first
  // access opens its row and holds the bank for 48 ns; the other thread's waits
  // for that, a third one of the same row, too.
  Machine m(makeTarget({{"dram_banks", 32}}));
  char *data = static_cast<char *>(m.dram(64 << 10));
  EXPECT_EQ(m.measure([&] {
    m.spawn(2, [&](int64_t t) { m.load(data + t * (32 << 10)); });
  }),
            kSpawn + 1 + 48 + 100);
  EXPECT_EQ(m.run->report().dramRowHitRate, 0);
}

TEST(Timing, HopsToAnotherCore) {
  // Pages of 4 KiB go around the cores: the second is core 1's.
  Machine m(makeTarget({{"cores", 2}}));
  char *data = static_cast<char *>(m.dram(2 * 4096));
  // Where the buffer starts is core 0's or 1's: one of the two is remote.
  EXPECT_EQ(m.measure([&] {
    m.load(data);
    m.load(data + 4096);
  }),
            2 * 101 + 2 * 50);
  EXPECT_EQ(m.run->report().remoteAccesses, 1);
}

TEST(Timing, BarrierWaitsForTheLast) {
  // One thread arrives after 101 cycles, and both go on 100 later.
  Machine m(makeTarget());
  EXPECT_EQ(m.measure([&] {
    m.spawn(2, [&](int64_t t) {
      if (t == 0)
        m.compute(100);
      m.barrier();
    });
  }),
            kSpawn + 101 + 100);
}

TEST(Timing, LaunchesReachAllCores) {
  // Core 1 starts a hop later, and its end is told a hop later.
  Machine m(makeTarget({{"cores", 2}}));
  std::vector<int64_t> blocks;
  EXPECT_EQ(m.measure([&] {
    m.launch(5, [&](int64_t b) {
      blocks.push_back(b);
      m.compute(10);
    });
  }),
            kSpawn + 50 + 2 * 10 + 50);
  EXPECT_EQ(blocks, (std::vector<int64_t>{0, 2, 4, 1, 3}));
}

TEST(Timing, MoreThreadsThanSlots) {
  // 4 slots for 10 threads of 100 instructions, on 4 pipelines: three rounds.
  Machine m(makeTarget({{"threads_per_mtp", 1}}));
  int64_t ran = 0;
  EXPECT_EQ(m.measure([&] {
    m.spawn(10, [&](int64_t) {
      ++ran;
      m.compute(100);
    });
  }),
            kSpawn + 300);
  EXPECT_EQ(ran, 10);
}

TEST(Timing, DmaSetUpAndCopy) {
  // One instruction, 50 cycles of set-up, 64 bytes in 100 ns from memory and in
  // 10 to the scratchpad.
  Machine m(makeTarget());
  int64_t values[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  void *from = m.run->place(values, sizeof(values), PIUMA_RT_B);
  int64_t copy[8] = {};
  EXPECT_EQ(m.measure([&] {
    void *to = m.scratchpad(0);
    m.wait(m.startCopy(from, to, 8));
    std::memcpy(copy, to, sizeof(copy));
  }),
            1 + 50 + 100 + 10);
  EXPECT_EQ(0, std::memcmp(values, copy, sizeof(copy)));
}

TEST(Timing, DmaWorksInTheBackground) {
  // 1,000 instructions hide it.
  Machine m(makeTarget());
  void *from = m.dram(64);
  EXPECT_EQ(m.measure([&] {
    int64_t token = m.startCopy(from, m.scratchpad(0), 8);
    m.compute(1000);
    m.wait(token);
  }),
            1 + 1000 + 1);
}

/// A request; strides in elements, `index` for a gather or a scatter.
struct DmaRequest {
  int32_t kind = PIUMA_RT_COPY, combine = -1, bytes = 8;
  int64_t fromStride = 1, toStride = 1;
  void *index = nullptr;
};

/// Cycles of one request for `count` elements from `from` to `to`.
int64_t measureDma(Machine &m, const DmaRequest &wanted, void *from, void *to,
                   int64_t count) {
  return m.measure([&] {
    piuma_rt_dma request = {};
    request.kind = wanted.kind;
    request.combine = wanted.combine;
    request.bytes = wanted.bytes;
    request.from = from;
    request.to = to ? to : m.scratchpad(0);
    request.count = count;
    request.from_stride = wanted.fromStride;
    request.to_stride = wanted.toStride;
    request.index = wanted.index;
    request.index_bytes = 8;
    m.wait(m.call("piuma_rt_dma_start", &piuma_rt_dma_start,
                  static_cast<const piuma_rt_dma *>(&request)));
  });
}

TEST(Timing, DmaFills) {
  // 512 bytes in 8 pieces of 64, one a cycle: the last leaves after 1 + 50 + 7,
  // and holds its 8 banks for a cycle within the 10 that it takes.
  Machine m(makeTarget());
  EXPECT_EQ(measureDma(m, {PIUMA_RT_FILL}, nullptr, nullptr, 64),
            1 + 50 + 7 + 10);
  EXPECT_EQ(m.run->report().dmaBytes, 512);
  EXPECT_EQ(m.run->report().scratchpadAccesses, 8);
  // None of them is a thread's.
  EXPECT_EQ(m.run->report().scratchpadHitRate, 0);
}

TEST(Timing, DmaWithStridesGoesElementByElement) {
  // 8 elements, one a cycle: the last leaves after 1 + 50 + 7, is there 100
  // later, and written in 10 more. The same at 3 cycles an access.
  for (int64_t apart : {1, 3}) {
    Machine m(makeTarget({{"dma_access_cycles", apart}}));
    void *from = m.dram(1 << 12);
    EXPECT_EQ(measureDma(m, {PIUMA_RT_COPY, -1, 8, 2, 1}, from, nullptr, 8),
              1 + 50 + 7 * apart + 100 + 10);
  }
}

TEST(Timing, DmaGathersBehindItsIndices) {
  // Indices come first, in one piece of 64 bytes, at 1 + 50 + 100; then as for
  // strides. A scatter of what is in memory is the same the other way round.
  for (int32_t kind : {PIUMA_RT_GATHER, PIUMA_RT_SCATTER}) {
    Machine m(makeTarget());
    int64_t indices[8] = {7, 6, 5, 4, 3, 2, 1, 0};
    void *at = m.run->place(indices, sizeof(indices), PIUMA_RT_METADATA);
    void *from = m.dram(64);
    DmaRequest request{kind};
    request.index = at;
    EXPECT_EQ(measureDma(m, request, from, nullptr, 8),
              1 + 50 + 100 + 7 + 100 + 10);
  }
}

TEST(Timing, DmaCombinesWhereItWrites) {
  // 8 atomics of 4 cycles on banks of their own: 10 + 4 instead of 10.
  Machine m(makeTarget());
  void *from = m.dram(64);
  EXPECT_EQ(measureDma(m, {PIUMA_RT_COPY, PIUMA_RT_ADD}, from, nullptr, 8),
            1 + 50 + 100 + 14);
}

TEST(Timing, DmaKeepsToItsAccessesInFlight) {
  // With one 8-byte access in flight an element comes every 110 cycles: 100 to
  // read it, and 10 until it is out of the engine's buffer; with four, four do.
  for (int64_t accesses : {1, 4}) {
    Machine m(makeTarget({{"dma_accesses_in_flight", accesses}}));
    void *from = m.dram(1 << 12);
    int64_t cycles = measureDma(m, {}, from, nullptr, 256);
    EXPECT_EQ(cycles, 1 + 50 + 256 / accesses * 110) << accesses;
  }
  // All kinds end, however few.
  for (int32_t kind :
       {PIUMA_RT_COPY, PIUMA_RT_FILL, PIUMA_RT_GATHER, PIUMA_RT_SCATTER})
    for (int64_t accesses : {1, 4, 7}) {
      Machine m(makeTarget({{"dma_accesses_in_flight", accesses}}));
      int64_t indices[16] = {3};
      DmaRequest request{kind};
      request.index = m.run->place(indices, sizeof(indices), PIUMA_RT_METADATA);
      void *from = m.dram(16 * 8);
      EXPECT_GT(measureDma(m, request, from, nullptr, 16), 1 + 50)
          << kind << ", " << accesses;
    }
}

TEST(Timing, DmaPiecesAreANumberOfTheTarget) {
  // 64 bytes in 8-byte pieces: one a cycle.
  Machine m(makeTarget({{"dma_piece_bytes", 8}}));
  void *from = m.dram(64);
  EXPECT_EQ(measureDma(m, {}, from, nullptr, 8), 1 + 50 + 7 + 100 + 10);
}

TEST(Timing, AFullDmaQueueHoldsItsThread) {
  // One request is queued at a time: each fill of 8 bytes leaves after its 50
  // cycles of set-up, so that the fourth starts when the third has left.
  Machine m(makeTarget({{"dma_queue", 1}}));
  int64_t started = 0;
  m.measure([&] {
    int64_t tokens[4];
    for (int64_t &token : tokens)
      token = m.startCopy(m.scratchpad(0), m.scratchpad(64), 1);
    started = m.run->report().modelledEvents;
    for (int64_t token : tokens)
      m.wait(token);
  });
  EXPECT_GT(started, 0);
  // 1 to issue, 4 x 50 of set-up, and 10 + 10 for the last copy; and the wait,
  // which is there already.
  EXPECT_EQ(m.run->report().cycles, 1 + 4 * 50 + 10 + 10);
}

TEST(Timing, BandwidthIsACost) {
  // 1,760 MB/s: 8 bytes hold the channel for 4.5 ns. 16 threads share the slots
  // of a pipeline, and their loads leave after 16 cycles; the last has 63
  // before it.
  Machine m(makeTarget({{"dram_mb_per_second", 1760}}));
  char *data = static_cast<char *>(m.dram(64 * 8));
  EXPECT_EQ(
      m.measure([&] { m.spawn(64, [&](int64_t t) { m.load(data + 8 * t); }); }),
      kSpawn + 16 + 63 * 8000 / 1760 + 100);
  // What takes longer to move than memory takes to answer is there when it was
  // moved: 64 bytes at 8 MB/s in 8 us.
  Machine slow(makeTarget({{"dram_mb_per_second", 8}}));
  char *line = static_cast<char *>(slow.dram(64));
  EXPECT_EQ(slow.measure([&] { slow.load(line, 8, /*cached=*/true); }),
            1 + 8000);
  EXPECT_NEAR(slow.run->report().dramUtilization, 1, 0.001);
}

TEST(Timing, AccessesAreOfTheTargetsGranularity) {
  // 8 bytes cost 32, and 64 where they straddle.
  Machine m(makeTarget({{"dram_access_bytes", 32}}));
  char *data = static_cast<char *>(m.dram(128));
  m.measure([&] {
    m.load(data);
    m.load(data + 28, 8);
  });
  EXPECT_EQ(m.run->report().dramReadBytes, 32 + 64);
}

TEST(Timing, AtomicsOfMemory) {
  // 100 and the atomic's own 4; on another core's memory two hops more. They
  // read and write.
  Machine m(makeTarget({{"cores", 2}, {"atomic_cycles", 7}}));
  char *data = static_cast<char *>(m.dram(2 * 4096));
  EXPECT_EQ(m.measure([&] {
    m.atomicAdd(data, 1, true);
    m.atomicAdd(data + 4096, 1, true);
  }),
            2 * (1 + 100 + 7) + 2 * 50);
  EXPECT_EQ(m.run->report().dramReadBytes, 16);
  EXPECT_EQ(m.run->report().dramWriteBytes, 16);
}

TEST(Timing, ExchangesWaitForEarlierStores) {
  // The store is done after 101 cycles; the exchange starts then, and takes
  // 10 + 4. An add waits for nothing: it is issued in cycle 2, and the end
  // waits for the store.
  for (bool exchanges : {true, false}) {
    Machine m(makeTarget());
    char *data = static_cast<char *>(m.dram(8));
    EXPECT_EQ(m.measure([&] {
      m.store(data);
      if (exchanges)
        m.call("piuma_rt_compare_exchange", &piuma_rt_compare_exchange,
               m.scratchpad(0), int64_t(0), int64_t(1), 8);
      else
        m.atomicAdd(m.scratchpad(0), 1, true);
    }),
              exchanges ? 101 + 14 : 101);
  }
}

TEST(Timing, RequestsWaitForEarlierStores) {
  // As an exchange does: then 50 of set-up, 100 and 10.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    m.store(data);
    m.wait(m.startCopy(data, m.scratchpad(0), 1));
  }),
            101 + 50 + 100 + 10);
}

TEST(Timing, ForgettingCostsACycleALine) {
  // Two of the three lines are of the buffer that is forgotten: 1 + 2. The
  // third is a hit afterwards.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(3 * 64));
  EXPECT_EQ(m.measure([&] {
    for (int i = 0; i < 3; ++i)
      m.load(data + 64 * i, 8, /*cached=*/true);
    m.call("piuma_rt_invalidate", &piuma_rt_invalidate,
           static_cast<void *>(data), int64_t(128));
    m.load(data + 128, 8, /*cached=*/true);
  }),
            3 * 101 + 1 + 2 + 1 + 2);
  EXPECT_EQ(m.run->report().cacheHits, 1);
}

TEST(Timing, AnElementOnSeveralLines) {
  // 16 bytes on two lines of 8: both come at once.
  Machine m(makeTarget({{"cache_line_bytes", 8}}));
  char *data = static_cast<char *>(m.dram(64));
  EXPECT_EQ(m.measure([&] {
    m.load(data, 16, /*cached=*/true);
    m.load(data + 8, 8, /*cached=*/true);
  }),
            101 + 1 + 2);
  EXPECT_EQ(m.run->report().dramReadBytes, 16);
}

TEST(Timing, BanksMoveTheirBytesACycle) {
  // 8 bytes at 2 a cycle hold the bank for 4: the second load of it starts 4
  // later.
  Machine m(makeTarget({{"scratchpad_bytes_per_cycle", 2}}));
  EXPECT_EQ(
      m.measure([&] { m.spawn(2, [&](int64_t) { m.load(m.scratchpad(0)); }); }),
      kSpawn + 1 + 4 + 10);
}

TEST(Timing, InterleavingIsANumberOfTheTarget) {
  // Every 64 bytes another core's: of eight such pieces four are remote.
  Machine m(makeTarget({{"cores", 2}, {"interleave_bytes", 64}}));
  char *data = static_cast<char *>(m.dram(512));
  m.measure([&] {
    for (int i = 0; i < 8; ++i)
      m.load(data + 64 * i);
  });
  EXPECT_EQ(m.run->report().remoteAccesses, 4);
}

TEST(Timing, ReductionsCostABarrier) {
  Machine m(makeTarget());
  int64_t sum = 0;
  EXPECT_EQ(m.measure([&] {
    m.spawn(8, [&](int64_t t) {
      sum = m.call("piuma_rt_reduce", &piuma_rt_reduce, t,
                   int32_t(PIUMA_RT_ADD), 8);
    });
  }),
            kSpawn + 2 + 100);
  EXPECT_EQ(sum, 28);
}

TEST(Timing, ARequestThatNobodyAwaitsIsAnError) {
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(64));
  llvm::Error error =
      m.run->run([&] { m.startCopy(data, m.scratchpad(0), 1); }, &m.charges);
  EXPECT_EQ(llvm::toString(std::move(error)),
            "the simulated program is wrong: the program ends with 1 requests "
            "to dma engines that nobody awaited");
}

/// Simulated bandwidth, in GB/s, of a copy of 1 MiB to the scratchpad.
double measureStream(int64_t ns, int64_t accesses) {
  Machine m(
      makeTarget({{"dram_ns", ns}, {"dma_accesses_in_flight", accesses}}));
  void *from = m.dram(1 << 20);
  m.measure([&] { m.wait(m.startCopy(from, m.scratchpad(0), 1 << 17)); });
  return m.run->report().dramGbPerSecond;
}

TEST(Timing, DmaStreamLandsOnTheLaw) {
  // min(bandwidth, bytes in flight / latency), within 5 %.
  for (int64_t ns : {45, 100, 200, 400})
    for (int64_t accesses : {64, 256, 1024}) {
      double law = std::min(17.6, double(accesses) * 8 / double(ns));
      EXPECT_NEAR(measureStream(ns, accesses), law, 0.05 * law)
          << ns << " ns, " << accesses << " accesses";
    }
}

TEST(Timing, DemandLoadsLandOnTheLaw) {
  // 64 threads with one 8-byte load in flight each: min(bandwidth, 64 * 8 B /
  // (latency + issue)), within 3 %. Sixteen threads share a pipeline, but one
  // issues while the others wait.
  for (int64_t ns : {45, 100, 200, 400}) {
    Machine m(makeTarget({{"dram_ns", ns}}));
    constexpr int64_t kLoads = 2000;
    char *data = static_cast<char *>(m.dram(64 * kLoads * 8));
    m.measure([&] {
      m.spawn(64, [&](int64_t t) {
        for (int64_t i = 0; i < kLoads; ++i)
          m.load(data + (i * 64 + t) * 8);
      });
    });
    double law = std::min(17.6, 64 * 8 / double(ns + 1));
    EXPECT_NEAR(m.run->report().dramGbPerSecond, law, 0.03 * law) << ns;
  }
}

TEST(Timing, TheTimelineSumsUp) {
  // Enough that intervals are merged more than once.
  Machine m(makeTarget());
  char *data = static_cast<char *>(m.dram(8000));
  m.measure([&] {
    for (int i = 0; i < 1000; ++i) {
      m.compute(20);
      m.load(data + 8 * i);
    }
  });
  const TimingReport &report = m.run->report();
  int64_t instructions = 0, bytes = 0;
  for (const TimingReport::Interval &interval : report.timeline) {
    // 21 instructions and 8 bytes in 121 cycles.
    EXPECT_LE(interval.instructions, 21 * (report.intervalCycles / 121 + 1));
    instructions += interval.instructions;
    bytes += interval.dramBytes;
  }
  EXPECT_EQ(instructions, report.instructions);
  EXPECT_EQ(bytes, 8000);
  int64_t length = int64_t(report.timeline.size()) * report.intervalCycles;
  EXPECT_GE(length, report.cycles - report.intervalCycles);
  EXPECT_LE(length, report.cycles + report.intervalCycles);
}

TEST(Timing, TheReportIsTheSameOnEveryRun) {
  auto report = [] {
    Machine m(makeTarget({{"cores", 2}, {"dram_banks", 32}}));
    char *data = static_cast<char *>(m.dram(1 << 20));
    m.measure([&] {
      m.launch(4, [&](int64_t b) {
        m.spawn(64, [&](int64_t t) {
          for (int64_t i = 0; i < 50; ++i) {
            m.load(data + ((b * 7919 + t * 104729 + i * 1299709) % 100000) * 8);
            m.atomicAdd(m.scratchpad(8 * (i % 16)), 1, i % 2);
            m.compute(i % 5);
          }
        });
      });
    });
    return m.run->report().toJson();
  };
  std::string first = report();
  EXPECT_EQ(first, report());
  EXPECT_NE(first.find("\"time_ms\""), std::string::npos);
}

TEST(Timing, AThreadThatMissesABarrierIsFound) {
  Machine m(makeTarget());
  llvm::Error error = m.run->run(
      [&] {
        m.spawn(2, [&](int64_t t) {
          if (t == 0)
            m.barrier();
          else
            m.compute(1000);
        });
      },
      &m.charges);
  EXPECT_EQ(llvm::toString(std::move(error)),
            "the simulated program is wrong: a thread ended while others "
            "waited for it at a barrier");
}

TEST(Timing, AProgramEnds) {
  // A flag that nobody sets. A round is an issue and a load of 100 ns, so that
  // 1000 events, two or three a round, are some 400 rounds of 101 cycles.
  Machine m(makeTarget(), /*mostEvents=*/1000);
  auto *flag = static_cast<int64_t *>(m.dram(8));
  llvm::Error error = m.run->run(
      [&] {
        m.launch(1, [&](int64_t) {
          m.spawn(1, [&](int64_t) {
            do
              m.load(flag);
            while (*flag == 0);
          });
        });
      },
      &m.charges);
  std::string text = llvm::toString(std::move(error));
  EXPECT_EQ(text.find("the simulated program is wrong: it does not end within "
                      "1000 events, at cycle "),
            0u)
      << text;
  EXPECT_NE(text.find(" thread 0 of core 0, at 'load'"), std::string::npos)
      << text;
}

TEST(Timing, ThreadsThatWaitForEverAreFound) {
  // 65 threads at a barrier, of which 64 have a place: the last one never
  // starts.
  Machine m(makeTarget());
  llvm::Error error = m.run->run(
      [&] { m.spawn(65, [&](int64_t) { m.barrier(); }); }, &m.charges);
  EXPECT_EQ(llvm::toString(std::move(error)),
            "the simulated program waits for ever, at a barrier or for a "
            "request that nobody made");
}

TEST(Timing, ASecondWaitIsFound) {
  Machine m(makeTarget());
  void *from = m.dram(64);
  llvm::Error error = m.run->run(
      [&] {
        int64_t token = m.startCopy(from, m.scratchpad(0), 8);
        m.wait(token);
        m.wait(token);
      },
      &m.charges);
  EXPECT_EQ(llvm::toString(std::move(error)),
            "the simulated program is wrong: a request to the dma engine was "
            "awaited twice");
}

} // namespace
