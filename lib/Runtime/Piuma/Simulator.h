//===- Simulator.h - a PIUMA-like machine in simulated time -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_SIMULATOR_H
#define SMASH_LIB_RUNTIME_PIUMA_SIMULATOR_H

#include "EventQueue.h"
#include "ModelChecks.h"
#include "Queue.h"
#include "smash/Runtime/PiumaTiming.h"
#include "llvm/ADT/ArrayRef.h"
#include <array>
#include <boost/context/fiber.hpp>
#include <boost/context/stack_context.hpp>
#include <deque>
#include <memory>
#include <vector>

namespace smash::piuma::detail {

/// A number to divide by, which mostly is a power of two.
class Divisor {
public:
  Divisor(int64_t value = 1) : value(value) {
    if ((value & (value - 1)) == 0)
      shift = __builtin_ctzll(uint64_t(value));
  }
  int64_t quotient(int64_t of) const {
    return shift >= 0 ? of >> shift : of / value;
  }
  int64_t remainder(int64_t of) const {
    return shift >= 0 ? of & (value - 1) : of % value;
  }

private:
  int64_t value;
  int shift = -1;
};

/// What a thread asks for at an event.
enum class Kind : uint8_t {
  Load,
  Store,
  Atomic,       ///< returns the old value
  PostedAtomic, ///< does not
  CacheControl,
  Spawn,
  Launch,
  Barrier,
  DmaStart,
  DmaWait,
  End,
  Use, ///< of what was loaded: an instruction's wait, and none of its own
};

/// The kinds of memory operations that a report counts.
inline constexpr const char *kOperationNames[] = {
    "load",  "store",  "atomic",  "posted_atomic", "cache_control",
    "spawn", "launch", "barrier", "dma",           "dma_wait"};

struct Team;

/// A thread of the hardware: a fiber that runs one job after another.
struct Thread {
  boost::context::fiber fiber;
  int32_t core = 0, pipe = 0;
  bool made = false;

  // The job.
  void (*entry)(void *, int64_t) = nullptr;
  void *context = nullptr;
  int64_t id = 0;
  Team *team = nullptr; ///< that the job belongs to

  // What it asks for.
  Kind kind = Kind::End;
  bool cached = false;
  /// Others may take what it stores for a sign that earlier stores are done.
  bool publishes = false;
  int32_t bytes = 0;
  int64_t address = 0; ///< simulated
  int64_t count = 0;
  int32_t pipeline = 0;
  const piuma_rt_dma *request = nullptr;
  int64_t token = 0;
  int64_t value = 0; ///< of a reduction
  bool reduces = false;
  int32_t operation = 0;

  const char *frame = nullptr; ///< where it stopped, on its stack

  int64_t posted = 0;        ///< stores under way
  bool waitsForPost = false; ///< for room, or for all of them
  /// On a single-threaded pipeline, addresses of loads under way.
  std::vector<int64_t> loads;
  bool waitsForLoad = false; ///< for room, for one of them, or for all
  Time began = 0, busy = 0;
};

/// The threads of a spawn, or the blocks of a launch.
struct Team {
  Thread *waiter = nullptr;
  bool isLaunch = false;
  int64_t next = 0; ///< the first id that nobody has taken (spawns)
  int64_t count = 0;
  int64_t running = 0;           ///< threads that have a job
  std::vector<Thread *> arrived; ///< at a barrier
  Time began = 0;
};

/// Tags of a set-associative cache with least-recently-used replacement.
class Cache {
public:
  void configure(const TargetModel &target);
  /// Whether the line of `address` was there; it is now, if `fill`.
  bool access(int64_t address, bool fill);
  /// The first byte of the line of `address`.
  int64_t lineOf(int64_t address) const {
    return line.quotient(address) * lineBytes;
  }
  /// Forgets the lines of [begin, end); how many were there.
  int64_t forget(int64_t begin, int64_t end);
  int64_t lineBytes = 64;

private:
  struct Way {
    int64_t line = -1;
    uint64_t used = 0;
  };
  size_t setOf(int64_t line) const {
    return size_t(sets.remainder(line)) * size_t(ways);
  }
  Divisor sets, line;
  int64_t ways = 0;
  uint64_t clock = 0;
  std::vector<Way> lines;
};

/// A pipeline. An active thread that is alone needs its instructions'
/// latencies, and issues in a share of the cycles, its demand. While the
/// demands of all exceed one slot a cycle, every thread is slower by that
/// factor: processor sharing, the fluid form of round-robin.
struct Pipe {
  struct Entry {
    int64_t finish; ///< in femtoseconds of service
    int64_t demand; ///< slots a cycle, in units of 1 / kSlot
    Thread *thread;
  };
  static constexpr int64_t kSlot = 1 << 16;
  std::vector<Entry> active;
  Time last = 0;
  int64_t service = 0; ///< femtoseconds that a thread would have had alone
  int64_t demand = 0;  ///< of all active threads
  int64_t first = INT64_MAX; ///< the least finish of active threads
  int64_t issued = 0;
  Cache cache;
};

/// A memory channel.
struct Channel {
  struct Bank {
    Time free = 0;
    int64_t row = -1;
  };
  std::vector<Bank> banks;
  Time busFree = 0;
  Time busy = 0;
};

/// An access on its way.
struct Request {
  Thread *thread = nullptr; ///< null: the DMA engine's
  int32_t from = 0, home = 0;
  int64_t address = 0;
  int32_t bytes = 0;
  bool scratchpad = false, write = false, atomic = false, posted = false;
  int32_t dma = -1;      ///< the engine's request that it is part of
  bool overlaps = false; ///< a load that its thread does not wait for
  int64_t wanted = 0;    ///< what such a load asked for: `address` is the line
  int64_t place = 0;     ///< of a DMA write that follows this read, or -1
  int32_t placeBytes = 0;
  bool buffered = false; ///< a DMA write of what was read
};

/// A request to a DMA engine.
struct DmaJob {
  piuma_rt_dma request;
  bool used = false;
  bool done = false;
  bool issuedAll = false;
  int64_t next = 0;    ///< the first element that is not under way
  int64_t indexed = 0; ///< indices that are there
  bool fetchesIndex = false;
  int64_t inFlight = 0; ///< accesses
  Thread *waiter = nullptr;
  Thread *owner = nullptr;
};

struct Engine {
  std::deque<int32_t> queue; ///< jobs, the first one is worked on
  int64_t inFlight = 0;      ///< 8-byte accesses
  int64_t buffered = 0;      ///< of what was read, being written
  bool stepping = false;     ///< a step is scheduled
  Time ready = 0;
  std::vector<Thread *> blocked; ///< threads that wait for room in the queue
};

struct Core {
  struct ScratchpadBank {
    Time free = 0, busy = 0;
  };
  std::vector<ScratchpadBank> scratchpadBanks;
  Channel channel;
  Engine engine;
  int64_t nextBlock = 0;
  int32_t phase = PIUMA_RT_OTHER;
  Time phaseSince = 0;
  bool inLaunch = false;
};

/// A part of simulated memory and what it is for.
struct Region {
  int64_t begin, end;
  int32_t purpose;
};

struct Span {
  std::string name;
  int32_t core, thread;
  Time begin, end;
};

/// Stacks of fibers, which live as long as the simulator: a fiber that is given
/// up before its end gives none back.
struct FiberStacks {
  std::vector<std::unique_ptr<char[]>> slabs;
  size_t taken = 0;
};
class Stacks {
public:
  explicit Stacks(FiberStacks &pool) : pool(&pool) {}
  boost::context::stack_context allocate();
  void deallocate(boost::context::stack_context &) noexcept {}

private:
  FiberStacks *pool;
};

class Simulator {
public:
  explicit Simulator(const TimingOptions &options);
  ~Simulator();

  bool reserve();
  void *allocate(int64_t count, int64_t size, bool zeroed, int32_t purpose);
  void release(void *data);
  llvm::Error run(const std::function<void()> &program, Charges *charges);

  // What the running thread calls.
  void suspend(Kind kind);
  Thread *running = nullptr;
  void fail(int32_t code, int64_t got, int64_t limit);
  [[noreturn]] void endless();
  /// Before the running thread uses what it loaded from `address`.
  void use(int64_t address) {
    if (!running->loads.empty()) {
      running->address = address;
      suspend(Kind::Use);
    }
  }
  void count(int32_t event) { ++report.events[event]; }
  void enterPhase(int32_t phase);
  int64_t addressOf(const void *at) const {
    return static_cast<const char *>(at) - arena;
  }
  void *scratchpadOf(int32_t core, int64_t offset) {
    return arena + core * scratchpadStride + offset;
  }

  TimingOptions options;
  TimingReport report;
  std::vector<std::unique_ptr<Queue>> queues;
  std::vector<Span> spans;
  int32_t code = 0;
  int64_t got = 0, limit = 0;

private:
  enum class Event : uint8_t { Pipe, Resume, Arrive, Bus, Done, Step };

  void schedule(Time time, Event event, void *what) {
    queue.push(time, uint8_t(event), what);
  }
  Time cycles(int64_t count) const { return count * cycle; }
  int64_t parameter(Parameter p) const { return options.target[p]; }

  // Threads and pipelines.
  void make(Thread &thread);
  void resume(Thread &thread);
  void issue(Thread &thread);
  void advance(Pipe &pipe);
  void scheduleDeparture(Pipe &pipe);
  void depart(Pipe &pipe);
  void perform(Thread &thread);
  void start(Thread &thread, Team &team, int64_t id);
  void begin(Team &team, Thread &waiter, bool isLaunch);
  void end(Thread &thread);
  void meet(Thread &thread);
  std::vector<Thread *> threadsOf(int32_t core, int32_t pipeline);

  // Memory.
  void access(Thread &thread);
  void send(Request request);
  Request *keep(const Request &request);
  int64_t channelBytes(const Request &request) const;
  void arrive(Request *request);
  void useBus(Request *request);
  void finish(Request *request);
  void respond(Request *request, Time done);
  int32_t purposeOf(int64_t address);
  void postDone(Thread &thread);
  void loadDone(Thread &thread, int64_t address);
  bool isSingle(const Thread &thread) const {
    return thread.pipe % pipesPerCore >= parameter(Parameter::MtpsPerCore);
  }
  /// Whether stores or loads of `thread` are under way, which it then waits
  /// for.
  bool waitsForAll(Thread &thread);

  // DMA.
  void startDma(Thread &thread);
  void waitDma(Thread &thread);
  void step(Core &core);
  void scheduleStep(Core &core, Time time);
  void dmaDone(Request *request);
  void finishJob(int32_t job, int32_t core);
  int32_t coreOf(const Core &core) const { return int32_t(&core - &cores[0]); }

  void addSpan(std::string name, int32_t core, int32_t thread, Time begin,
               Time end);
  void closePhase(Core &core);
  /// The interval of the timeline that is now.
  TimingReport::Interval &interval() {
    while (now >= intervalEnd)
      nextInterval();
    return report.timeline.back();
  }
  void nextInterval();
  std::string describeLast() const;
  void finishReport(Time end);
  RunTotals totals(Time end) const;

  Time now = 0, cycle = 0;
  Time intervalEnd = 0;
  EventQueue queue; ///< the timers are those of pipelines
  void prefetch() const;
  Charges *charges = nullptr;
  Charges none;

  char *arena = nullptr;
  size_t arenaBytes = 0;
  int64_t scratchpadStride = 0, heapBegin = 0, heapEnd = 0;
  std::vector<Region> regions;
  size_t lastRegion = 0;

  std::vector<Core> cores;
  std::vector<Pipe> pipes;
  FiberStacks stackPool;
  std::deque<Thread> threads; ///< pipes x slots, then masters, then main
  std::deque<Team> teams;
  std::vector<std::unique_ptr<Request>> requestPool;
  std::vector<Request *> freeRequests;
  std::deque<DmaJob> jobs;
  std::vector<int32_t> freeJobs;
  boost::context::fiber scheduler;

  int64_t pipesPerCore = 0, slotsPerCore = 0;
  Divisor coreCount, interleave, stride, banks, bankRate;
  int64_t operations[10] = {};
  int64_t rowHits = 0, dramAccesses = 0;
  int64_t allAccesses = 0, scratchpadAccesses = 0; ///< of threads
  Time scratchpadStall = 0, atomicStall = 0;
  Time phaseTime[PIUMA_RT_PHASES] = {};
  /// For the model's own checks: see RunTotals.
  int64_t sentBytes = 0, busBytes = 0;
  int64_t mostPosted = 0, mostLoads = 0, mostDma = 0;
  const Thread *last = nullptr; ///< that ran
  std::string violation;
  bool finished = false;
};

/// The simulator whose program this host thread runs.
extern thread_local Simulator *current;

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_SIMULATOR_H
