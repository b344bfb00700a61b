//===- Simulator.cpp - threads, pipelines and the run -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simulator.h"
#include "Operations.h"
#include "smash/Runtime/Runtime.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cstring>
#include <sys/mman.h>

using namespace smash::piuma;
using namespace smash::piuma::detail;

thread_local Simulator *smash::piuma::detail::current = nullptr;

/// Compiled code keeps little on the stack: sorting recurses nowhere. An odd
/// number of lines, so that what fibers have on top of theirs, which is what
/// they touch, is spread over all sets of the host's caches.
static constexpr size_t kFiberBytes = (64 << 10) - 13 * 64;
static constexpr size_t kStacksPerSlab = 64;

/// Between two calls of TimingOptions::progress: some 20 ms.
static constexpr int64_t kEventsBetweenCalls = 1 << 18;

/// Of a timeline: when there are more, two become one.
static constexpr size_t kMostIntervals = 128;
static constexpr int64_t kFirstIntervalCycles = 64;

/// Buffers start at pages, so that rows and lines do not depend on what else a
/// program allocates.
static constexpr int64_t kAlignment = 4096;

boost::context::stack_context Stacks::allocate() {
  size_t at = pool->taken++ % kStacksPerSlab;
  if (at == 0)
    pool->slabs.emplace_back(new char[kStacksPerSlab * kFiberBytes]);
  boost::context::stack_context stack;
  stack.size = kFiberBytes;
  stack.sp = pool->slabs.back().get() + (at + 1) * kFiberBytes;
  return stack;
}

Simulator::Simulator(const TimingOptions &options) : options(options) {
  report.target = options.target;
  report.bytesPerFiber = kFiberBytes;
  report.intervalCycles = kFirstIntervalCycles;
  cycle = 1000000000 / parameter(Parameter::ClockMhz);
  int64_t mtps = parameter(Parameter::MtpsPerCore);
  int64_t stps = parameter(Parameter::StpsPerCore);
  pipesPerCore = mtps + stps;
  slotsPerCore = options.target.threadsPerCore() + stps;
  cores.resize(size_t(parameter(Parameter::Cores)));
  pipes.resize(cores.size() * size_t(pipesPerCore));
  for (Core &core : cores) {
    core.scratchpadBanks.resize(size_t(parameter(Parameter::ScratchpadBanks)));
    core.channel.banks.resize(size_t(parameter(Parameter::DramBanks)));
  }
  for (Pipe &pipe : pipes)
    pipe.cache.configure(options.target);
  coreCount = Divisor(int64_t(cores.size()));
  interleave = Divisor(parameter(Parameter::InterleaveBytes));
  banks = Divisor(parameter(Parameter::ScratchpadBanks));
  bankRate = Divisor(parameter(Parameter::ScratchpadBytesPerCycle));
  // A core has some 70 events under way, most within a memory's latency.
  Time latency =
      (parameter(Parameter::DramNs) + 2 * parameter(Parameter::HopNs) + 256) *
      1000000;
  queue.configure(std::min(cycle, 8 * cycle / int64_t(cores.size())),
                  2 * latency, pipes.size());
  for (size_t core = 0; core < cores.size(); ++core) {
    for (int64_t slot = 0; slot < slotsPerCore + 1; ++slot) {
      Thread &thread = threads.emplace_back();
      thread.core = int32_t(core);
      // Thread t of a spawn is on pipeline t modulo the pipelines. The last
      // slot is the block's own, on the first single-threaded pipeline.
      int64_t multi = options.target.threadsPerCore();
      int64_t pipe = slot < multi          ? slot % mtps
                     : slot < slotsPerCore ? mtps + (slot - multi)
                                           : mtps;
      thread.pipe = int32_t(int64_t(core) * pipesPerCore + pipe);
    }
  }
  Thread &main = threads.emplace_back();
  main.pipe = int32_t(mtps);
}

Simulator::~Simulator() {
  // A fiber that is not at its end would be unwound through compiled code,
  // which has no tables for that: it is given up where it stands, and its stack
  // goes with the others.
  for (Thread &thread : threads)
    if (thread.fiber) {
      alignas(boost::context::fiber) char nowhere[sizeof(thread.fiber)];
      new (nowhere) boost::context::fiber(std::move(thread.fiber));
    }
  if (arena)
    munmap(arena, arenaBytes);
}

//===----------------------------------------------------------------------===//
// Simulated memory
//===----------------------------------------------------------------------===//

bool Simulator::reserve() {
  scratchpadStride = (parameter(Parameter::ScratchpadBytes) + kAlignment - 1) /
                     kAlignment * kAlignment;
  stride = Divisor(scratchpadStride);
  // Address space only: pages come when they are touched. What is simulated is
  // an offset into it, so that nothing depends on where it lies.
  for (int bits = 44; bits >= 34; bits -= 2) {
    size_t bytes = size_t(1) << bits;
    void *data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED)
      continue;
    arena = static_cast<char *>(data);
    arenaBytes = bytes;
    heapBegin = int64_t(cores.size()) * scratchpadStride;
    int64_t interleave = parameter(Parameter::InterleaveBytes);
    heapBegin = (heapBegin + interleave - 1) / interleave * interleave;
    heapEnd = heapBegin;
    return heapBegin < int64_t(bytes);
  }
  return false;
}

void *Simulator::allocate(int64_t count, int64_t size, bool zeroed,
                          int32_t purpose) {
  int64_t bytes;
  if (count < 0 || __builtin_mul_overflow(count, size, &bytes) ||
      bytes > int64_t(arenaBytes) - heapEnd - kAlignment) {
    fail(SMASH_RT_OUT_OF_MEMORY, count, size);
    return nullptr;
  }
  (void)zeroed; // Pages are zero when they come, and none is used twice.
  int64_t begin = heapEnd;
  heapEnd +=
      (std::max<int64_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  regions.push_back({begin, heapEnd, purpose});
  return arena + begin;
}

void Simulator::release(void *data) {
  if (!data)
    return;
  int64_t address = addressOf(data);
  auto it = std::lower_bound(
      regions.begin(), regions.end(), address,
      [](const Region &region, int64_t at) { return region.begin < at; });
  if (it != regions.end() && it->begin == address)
    madvise(arena + it->begin, size_t(it->end - it->begin), MADV_DONTNEED);
}

int32_t Simulator::purposeOf(int64_t address) {
  if (lastRegion < regions.size() && address >= regions[lastRegion].begin &&
      address < regions[lastRegion].end)
    return regions[lastRegion].purpose;
  auto it = std::upper_bound(
      regions.begin(), regions.end(), address,
      [](int64_t at, const Region &region) { return at < region.begin; });
  if (it == regions.begin())
    return PIUMA_RT_METADATA;
  lastRegion = size_t(it - regions.begin()) - 1;
  return regions[lastRegion].purpose;
}

//===----------------------------------------------------------------------===//
// Threads and pipelines
//===----------------------------------------------------------------------===//

void Simulator::make(Thread &thread) {
  thread.made = true;
  thread.fiber =
      boost::context::fiber(std::allocator_arg, Stacks(stackPool),
                            [this, &thread](boost::context::fiber &&from) {
                              scheduler = std::move(from);
                              while (!finished) {
                                thread.entry(thread.context, thread.id);
                                suspend(Kind::End);
                              }
                              return std::move(scheduler);
                            });
}

void Simulator::resume(Thread &thread) {
  last = running = &thread;
  thread.fiber = std::move(thread.fiber).resume();
  running = nullptr;
  // It stopped at its next event, behind what it executed since the last one.
  if (!finished)
    issue(thread);
}

void Simulator::suspend(Kind kind) {
  running->kind = kind;
  running->frame = static_cast<const char *>(__builtin_frame_address(0));
  scheduler = std::move(scheduler).resume();
}

/// What a thread gets of `time` while all want `demand` slots a cycle.
static int64_t served(Time time, int64_t demand) {
  constexpr int64_t kSlot = Pipe::kSlot;
  if (demand <= kSlot)
    return time;
  if (time < INT64_MAX / kSlot)
    return int64_t(uint64_t(time) * kSlot / uint64_t(demand));
  return int64_t(__int128(time) * kSlot / demand);
}

/// The time in which it gets `service`.
static Time timeFor(int64_t service, int64_t demand) {
  constexpr int64_t kSlot = Pipe::kSlot;
  if (demand <= kSlot)
    return service;
  return int64_t((__int128(service) * demand + kSlot - 1) / kSlot);
}

void Simulator::advance(Pipe &pipe) {
  if (!pipe.active.empty())
    pipe.service += served(now - pipe.last, pipe.demand);
  pipe.last = now;
}

void Simulator::scheduleDeparture(Pipe &pipe) {
  if (pipe.active.empty())
    return;
  int64_t rest = std::max<int64_t>(pipe.first - pipe.service, 0);
  queue.move(uint32_t(&pipe - pipes.data()), now + timeFor(rest, pipe.demand),
             uint8_t(Event::Pipe), &pipe);
}

void Simulator::issue(Thread &thread) {
  int64_t slots = charges->issue, stall = charges->stall;
  charges->issue = charges->stall = 0;
  // The end of a thread is no instruction, and a use is part of one.
  if (thread.kind < Kind::End) {
    ++slots;
    ++operations[size_t(thread.kind)];
  }
  report.instructions += slots;
  interval().instructions += slots;
  Pipe &pipe = pipes[size_t(thread.pipe)];
  pipe.issued += slots;
  if (slots == 0)
    return perform(thread);
  int64_t alone = slots * parameter(Parameter::ReissueCycles) + stall;
  int64_t demand = slots * Pipe::kSlot / alone;
  advance(pipe);
  int64_t finish = pipe.service + cycles(alone);
  pipe.active.push_back({finish, demand, &thread});
  pipe.first = std::min(pipe.first, finish);
  pipe.demand += demand;
  scheduleDeparture(pipe);
}

void Simulator::depart(Pipe &pipe) {
  advance(pipe);
  // Usually one; the order of arrival decides between several.
  Thread *done[8];
  size_t count = 0;
  auto keep = pipe.active.begin();
  pipe.first = INT64_MAX;
  for (const Pipe::Entry &entry : pipe.active)
    if (entry.finish <= pipe.service && count < std::size(done)) {
      done[count++] = entry.thread;
      pipe.demand -= entry.demand;
    } else {
      pipe.first = std::min(pipe.first, entry.finish);
      *keep++ = entry;
    }
  pipe.active.erase(keep, pipe.active.end());
  scheduleDeparture(pipe);
  for (size_t i = 0; i < count; ++i)
    perform(*done[i]);
}

void Simulator::perform(Thread &thread) {
  switch (thread.kind) {
  case Kind::Atomic:
  case Kind::PostedAtomic:
    if (thread.publishes && thread.posted > 0) {
      thread.waitsForPost = true;
      return;
    }
    return access(thread);
  case Kind::Load:
  case Kind::Store:
    return access(thread);
  case Kind::CacheControl: {
    int64_t lines = pipes[size_t(thread.pipe)].cache.forget(
        thread.address, thread.address + thread.count);
    return schedule(now + cycles(lines), Event::Resume, &thread);
  }
  case Kind::Spawn:
    return begin(teams.emplace_back(), thread, /*isLaunch=*/false);
  case Kind::Launch:
    return begin(teams.emplace_back(), thread, /*isLaunch=*/true);
  case Kind::Barrier:
    return meet(thread);
  case Kind::DmaStart:
    if (thread.posted > 0) {
      thread.waitsForPost = true;
      return;
    }
    return startDma(thread);
  case Kind::DmaWait:
    return waitDma(thread);
  case Kind::End:
    return end(thread);
  case Kind::Use:
    if (llvm::is_contained(thread.loads, thread.address)) {
      thread.waitsForLoad = true;
      return;
    }
    return resume(thread);
  }
}

bool Simulator::waitsForAll(Thread &thread) {
  thread.waitsForPost = thread.posted > 0;
  thread.waitsForLoad = !thread.loads.empty();
  return thread.waitsForPost || thread.waitsForLoad;
}

std::vector<Thread *> Simulator::threadsOf(int32_t core, int32_t pipeline) {
  size_t first = size_t(core) * size_t(slotsPerCore + 1);
  size_t multi = size_t(options.target.threadsPerCore());
  size_t begin = pipeline & PIUMA_RT_SINGLE ? first + multi : first;
  size_t end =
      pipeline & PIUMA_RT_SINGLE ? first + size_t(slotsPerCore) : first + multi;
  std::vector<Thread *> all;
  for (size_t i = begin; i < end; ++i)
    all.push_back(&threads[i]);
  return all;
}

void Simulator::start(Thread &thread, Team &team, int64_t id) {
  thread.entry = team.waiter->entry;
  thread.context = team.waiter->context;
  thread.id = id;
  thread.team = &team;
  ++team.running;
}

void Simulator::begin(Team &team, Thread &waiter, bool isLaunch) {
  team.waiter = &waiter;
  team.isLaunch = isLaunch;
  team.count = waiter.count;
  team.began = now;
  Time soon = now + cycles(parameter(Parameter::SpawnCycles));
  Time hop = parameter(Parameter::HopNs) * 1000000;
  // The job of a team is told by its waiter, whose own stays with its fiber.
  if (isLaunch) {
    int64_t count = std::min<int64_t>(team.count, int64_t(cores.size()));
    for (int64_t core = 0; core < count; ++core) {
      Thread &master = threads[size_t(core + 1) * size_t(slotsPerCore + 1) - 1];
      cores[size_t(core)].nextBlock = core;
      cores[size_t(core)].inLaunch = true;
      cores[size_t(core)].phase = PIUMA_RT_OTHER;
      cores[size_t(core)].phaseSince = soon + (core == 0 ? 0 : hop);
      start(master, team, core);
      schedule(soon + (core == 0 ? 0 : hop), Event::Resume, &master);
    }
  } else {
    for (Thread *thread : threadsOf(waiter.core, waiter.pipeline)) {
      if (team.next >= team.count)
        break;
      start(*thread, team, team.next++);
      schedule(soon, Event::Resume, thread);
    }
  }
  if (team.running == 0)
    schedule(soon, Event::Resume, &waiter);
}

void Simulator::end(Thread &thread) {
  if (waitsForAll(thread))
    return;
  thread.busy += now - thread.began;
  Team *team = thread.team;
  if (!team) { // The program is over.
    finished = true;
    return;
  }
  --team->running;
  Time done = now + cycles(parameter(Parameter::BarrierCycles));
  if (team->isLaunch) {
    Core &core = cores[size_t(thread.core)];
    int64_t next = thread.id + int64_t(cores.size());
    if (next < team->count) {
      start(thread, *team, next);
      return schedule(now, Event::Resume, &thread);
    }
    closePhase(core);
    core.inLaunch = false;
    addSpan("block", thread.core, -1, team->began, now);
    if (team->running == 0) {
      Time hop = thread.core == 0 ? 0 : parameter(Parameter::HopNs) * 1000000;
      schedule(done + hop, Event::Resume, team->waiter);
    }
    return;
  }
  if (team->next < team->count) {
    start(thread, *team, team->next++);
    return schedule(now, Event::Resume, &thread);
  }
  if (team->running == int64_t(team->arrived.size()) &&
      !team->arrived.empty()) {
    violation = "a thread ended while others waited for it at a barrier";
    return;
  }
  if (team->running == 0) {
    addSpan("threads", thread.core, 0, team->began, now);
    schedule(done, Event::Resume, team->waiter);
  }
}

void Simulator::meet(Thread &thread) {
  if (waitsForAll(thread))
    return;
  Team *team = thread.team;
  if (!team || team->isLaunch) {
    violation = "a barrier outside a spawn";
    return;
  }
  team->arrived.push_back(&thread);
  if (int64_t(team->arrived.size()) < team->count)
    return;
  if (thread.reduces) {
    auto byId = [](const Thread *a, const Thread *b) { return a->id < b->id; };
    std::sort(team->arrived.begin(), team->arrived.end(), byId);
    int64_t sum = team->arrived[0]->value;
    for (size_t i = 1; i < team->arrived.size(); ++i)
      sum = operateOn(sum, team->arrived[i]->value, thread.operation,
                      thread.bytes);
    for (Thread *other : team->arrived)
      other->value = sum;
  }
  Time release = now + cycles(parameter(Parameter::BarrierCycles));
  for (Thread *other : team->arrived)
    schedule(release, Event::Resume, other);
  team->arrived.clear();
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

void Simulator::fail(int32_t errorCode, int64_t errorGot, int64_t errorLimit) {
  if (code != 0)
    return;
  code = errorCode;
  got = errorGot;
  limit = errorLimit;
}

/// Where the thread that ran last is.
std::string Simulator::describeLast() const {
  std::string text = "at cycle " + std::to_string(now / cycle) + " ";
  if (!last->team)
    text += "the main thread";
  else if (last->team->isLaunch)
    text += "block " + std::to_string(last->id);
  else
    text += "thread " + std::to_string(last->id) + " of core " +
            std::to_string(last->core);
  if (last->kind < Kind::End)
    text += std::string(", at '") + kOperationNames[size_t(last->kind)] + "'";
  return text;
}

void Simulator::endless() {
  violation = "a loop goes round " + std::to_string(PIUMA_RT_ENDLESS) +
              " times without an event, " + describeLast();
  while (true)
    suspend(Kind::Use);
}

static const char *const kPhaseNames[] = {"other", "distribution", "hashing",
                                          "writeback"};

void Simulator::closePhase(Core &core) {
  phaseTime[core.phase] += now - core.phaseSince;
  addSpan(kPhaseNames[core.phase], coreOf(core), -1, core.phaseSince, now);
  core.phaseSince = now;
}

void Simulator::enterPhase(int32_t phase) {
  Core &core = cores[size_t(running->core)];
  if (!core.inLaunch || core.phase == phase)
    return;
  closePhase(core);
  core.phase = phase;
}

void Simulator::nextInterval() {
  auto &timeline = report.timeline;
  if (timeline.size() == kMostIntervals) {
    for (size_t i = 0; i < kMostIntervals / 2; ++i)
      timeline[i] = {timeline[2 * i].instructions +
                         timeline[2 * i + 1].instructions,
                     timeline[2 * i].dramBytes + timeline[2 * i + 1].dramBytes};
    timeline.resize(kMostIntervals / 2);
    report.intervalCycles *= 2;
  }
  timeline.emplace_back();
  intervalEnd = int64_t(timeline.size()) * cycles(report.intervalCycles);
}

void Simulator::addSpan(std::string name, int32_t core, int32_t thread,
                        Time begin, Time end) {
  if (options.trace && end > begin)
    spans.push_back({std::move(name), core, thread, begin, end});
}

//===----------------------------------------------------------------------===//
// The run
//===----------------------------------------------------------------------===//

namespace {
/// The main thread's job.
void callProgram(void *context, int64_t) {
  (*static_cast<const std::function<void()> *>(context))();
}
} // namespace

/// Thousands of threads are in no near cache: fetches what the next events will
/// look at. At 128 cores that is worth a factor of 1.2 to 1.5.
void Simulator::prefetch() const {
  uint8_t kind = 0;
  const void *what = queue.peek(kind);
  if (!what)
    return;
  __builtin_prefetch(what);
  const Thread *thread = nullptr;
  if (Event(kind) == Event::Resume)
    thread = static_cast<const Thread *>(what);
  else if (Event(kind) == Event::Done)
    thread = static_cast<const Request *>(what)->thread;
  if (!thread || !thread->frame)
    return;
  for (int line = -2; line < 8; ++line)
    __builtin_prefetch(thread->frame + 64 * line);
}

llvm::Error Simulator::run(const std::function<void()> &program,
                           Charges *instrumented) {
  Simulator *outer = current;
  current = this;
  charges = instrumented ? instrumented : &none;
  *charges = Charges();
  Thread &main = threads.back();
  main.entry = callProgram;
  main.context = const_cast<std::function<void()> *>(&program);
  schedule(0, Event::Resume, &main);
  EventQueue::Event entry;
  while (!finished && violation.empty() && queue.pop(entry)) {
    prefetch();
    if (entry.time < now)
      violation = "an event before its cause";
    now = entry.time;
    if (report.modelledEvents >= options.mostEvents) {
      violation = "it does not end within " +
                  std::to_string(options.mostEvents) + " events, " +
                  describeLast();
      break;
    }
    if (++report.modelledEvents % kEventsBetweenCalls == 0 && options.progress)
      options.progress(report.modelledEvents, report.events[PIUMA_RT_PRODUCT]);
    switch (Event(entry.kind)) {
    case Event::Pipe:
      depart(*static_cast<Pipe *>(entry.what));
      break;
    case Event::Resume: {
      auto &thread = *static_cast<Thread *>(entry.what);
      if (!thread.made)
        make(thread);
      if (thread.kind == Kind::End)
        thread.began = now;
      resume(thread);
      break;
    }
    case Event::Arrive:
      arrive(static_cast<Request *>(entry.what));
      break;
    case Event::Bus:
      useBus(static_cast<Request *>(entry.what));
      break;
    case Event::Done:
      finish(static_cast<Request *>(entry.what));
      break;
    case Event::Step: {
      auto &core = *static_cast<Core *>(entry.what);
      core.engine.stepping = false;
      step(core);
      break;
    }
    }
  }
  bool stuck = !finished && violation.empty();
  if (finished) {
    // Every fiber leaves its loop, so that it can be destroyed.
    for (Thread &thread : threads)
      if (thread.fiber)
        thread.fiber = std::move(thread.fiber).resume();
  }
  current = outer;
  finishReport(now);
  auto makeError = [](const std::string &text) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
  };
  if (stuck)
    return makeError("the simulated program waits for ever, at a barrier or "
                     "for a request that nobody made");
  if (!violation.empty())
    return makeError("the simulated program is wrong: " + violation);
  return llvm::Error::success();
}
