//===- Checker.cpp - threads of a checked program -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checker.h"
#include "Operations.h"
#include "Symbols.h"
#include "smash/Runtime/Runtime.h"
#include <cstdlib>

using namespace smash::piuma;
using namespace smash::piuma::detail;

thread_local Checker *smash::piuma::detail::checker = nullptr;

/// Frames of compiled code and of the checker: pages that are not touched cost
/// nothing.
static constexpr size_t kStackBytes = 256 << 10;

/// Threads of a spawn beyond that many share their pasts: what races among them
/// only is not found.
static constexpr int64_t kMostActors = 1024;

boost::context::stack_context PooledStacks::allocate() {
  boost::context::stack_context stack;
  if (!pool->free.empty()) {
    stack = pool->free.back();
    pool->free.pop_back();
    return stack;
  }
  pool->all.emplace_back(new char[kStackBytes]);
  stack.size = kStackBytes;
  stack.sp = pool->all.back().get() + kStackBytes;
  return stack;
}

Checker::Checker(const CheckingOptions &options)
    : options(options),
      randomState(options.seed * 0x9E3779B97F4A7C15 + 0x243F6A8885A308D3) {
  pipesPerCore =
      parameter(Parameter::MtpsPerCore) + parameter(Parameter::StpsPerCore);
  int64_t cores = parameter(Parameter::Cores);
  for (int64_t i = 0; i < cores * pipesPerCore; ++i)
    caches.emplace_back(parameter(Parameter::CacheLineBytes));
  constexpr int64_t kAlignment = 64;
  scratchpadStride = (parameter(Parameter::ScratchpadBytes) + kAlignment - 1) /
                     kAlignment * kAlignment;
  scratchpads.reset(new char[size_t(cores * scratchpadStride)]);
  parts.resize(size_t(cores));
  released.resize(size_t(cores));
  // An operand may be given twice, as in A * A.
  for (const ProgramOperand &operand : options.operands) {
    auto [it, isNew] = operands.try_emplace(uintptr_t(operand.data), operand);
    if (!isNew && it->second.bytes < operand.bytes)
      it->second = operand;
  }
}

Checker::~Checker() {
  // A fiber that is not at its end would be unwound through compiled code,
  // which has no tables for that: it is given up where it stands.
  for (CheckedThread &thread : threads)
    if (thread.fiber) {
      alignas(boost::context::fiber) char nowhere[sizeof(thread.fiber)];
      new (nowhere) boost::context::fiber(std::move(thread.fiber));
    }
  if (scheduler) {
    alignas(boost::context::fiber) char nowhere[sizeof(scheduler)];
    new (nowhere) boost::context::fiber(std::move(scheduler));
  }
  // What a program was given and did not free is its caller's, unless it was
  // stopped. What it freed was kept, so that nothing stands there meanwhile.
  for (auto &[begin, buffer] : buffers)
    if (buffer.freedBy || !finished)
      smash_rt_free(reinterpret_cast<void *>(begin));
}

uint64_t Checker::random() {
  randomState ^= randomState << 13;
  randomState ^= randomState >> 7;
  randomState ^= randomState << 17;
  return randomState * 0x2545F4914F6CDD1D >> 32;
}

//===----------------------------------------------------------------------===//
// Actors
//===----------------------------------------------------------------------===//

uint32_t Checker::takeNumber(const VectorClock &past) {
  for (size_t i = freeNumbers.size(); i-- > 0;) {
    uint32_t number = freeNumbers[i];
    if (past[number] < numberTimes[number])
      continue;
    freeNumbers.erase(freeNumbers.begin() + ptrdiff_t(i));
    return number;
  }
  numberTimes.push_back(0);
  return uint32_t(numberTimes.size() - 1);
}

void Checker::startActor(Actor &actor, const VectorClock &past) {
  actor.number = takeNumber(past);
  actor.clock = past;
  actor.clock.set(actor.number, numberTimes[actor.number] + 1);
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

CheckedThread &Checker::makeThread(CheckedTeam *team, int32_t core,
                                   int32_t pipe) {
  CheckedThread &thread = threads.emplace_back();
  thread.team = team;
  thread.core = core;
  thread.pipe = int32_t(core * pipesPerCore) + pipe;
  return thread;
}

void Checker::makeFiber(CheckedThread &thread, std::function<void()> body) {
  // Not on the fiber's stack, which is not unwound where the fiber is given up.
  thread.body = std::move(body);
  thread.fiber =
      boost::context::fiber(std::allocator_arg, PooledStacks{&stacks},
                            [this, &thread](boost::context::fiber &&from) {
                              scheduler = std::move(from);
                              thread.body();
                              thread.ended = true;
                              return std::move(scheduler);
                            });
  runnable.push_back(&thread);
}

/// The running thread waits for its next turn.
void Checker::step() {
  if (++result.steps > options.mostSteps)
    violate("it does not end within " + std::to_string(options.mostSteps) +
            " steps, the last of them " + running->where);
  if (--quantum > 0)
    return;
  runnable.push_back(running);
  scheduler = std::move(scheduler).resume();
}

/// The running thread waits until someone makes it runnable.
void Checker::sleep() { scheduler = std::move(scheduler).resume(); }

void Checker::stop() {
  while (true)
    sleep();
}

void Checker::violate(const std::string &what) {
  if (result.violation.empty())
    result.violation = what;
  if (running)
    stop();
}

void Checker::endless() {
  violate("a loop behind " + std::string(running->where) + " goes round " +
          std::to_string(PIUMA_RT_ENDLESS) + " times without an access");
  stop();
}

void Checker::fail(int32_t code, int64_t got, int64_t limit) {
  if (result.code == 0) {
    result.code = code;
    result.got = got;
    result.limit = limit;
  }
}

/// A thread ends: its requests must have been awaited.
void Checker::endThread(CheckedThread &thread) {
  for (auto &[token, request] : requests)
    if (request.owner == &thread)
      violate("the request that " + std::string(request.where) +
              " makes is not awaited before its thread ends");
}

/// The life of a thread of a team: one job after the other.
void Checker::work(CheckedThread &thread) {
  CheckedTeam &team = *thread.team;
  int64_t stride = parameter(Parameter::Cores);
  while (true) {
    team.entry(team.context, thread.id);
    endThread(thread);
    thread.where = "the end of a thread";
    if (team.isLaunch) {
      // Blocks of a core follow each other, and leave it no scratchpad.
      released[size_t(thread.core)].clear();
      parts[size_t(thread.core)].clear();
      thread.id += stride;
      if (thread.id >= team.count)
        break;
      continue;
    }
    team.someEnded = true;
    if (!team.arrived.empty())
      violate("a thread ends while " + std::string(team.arrived[0]->where) +
              " waits for it");
    team.after.join(thread.actor.clock);
    if (team.next >= team.count)
      break;
    // The next thread on this slot knows nothing of this one.
    numberTimes[thread.actor.number] = thread.actor.now();
    thread.id = team.next++;
    if (thread.id < kMostActors) {
      startActor(thread.actor, team.before);
      team.numbers.push_back(thread.actor.number);
    } else {
      thread.actor.clock = team.before;
      thread.actor.clock.set(thread.actor.number,
                             ++numberTimes[thread.actor.number]);
    }
  }
  team.after.join(thread.actor.clock);
  numberTimes[thread.actor.number] = thread.actor.now();
  if (--team.running == 0)
    runnable.push_back(team.waiter);
}

void Checker::runTeam(void (*entry)(void *, int64_t), void *context,
                      int64_t count, int32_t flags, bool isLaunch) {
  step();
  if (count <= 0)
    return;
  auto *body = reinterpret_cast<void *>(entry);
  auto known = std::find(bodies.begin(), bodies.end(), body);
  int64_t number = known - bodies.begin();
  if (known == bodies.end())
    bodies.push_back(body);

  CheckedThread &waiter = *running;
  bool single = flags & PIUMA_RT_SINGLE;
  int64_t multi = parameter(Parameter::MtpsPerCore);
  int64_t pipes = single ? parameter(Parameter::StpsPerCore) : multi;
  int64_t slots = isLaunch ? parameter(Parameter::Cores)
                  : single ? pipes
                           : options.target.threadsPerCore();
  if (!isLaunch && (flags & PIUMA_RT_MEETS) && count > slots)
    violate(std::string(waiter.where) + " makes " + std::to_string(count) +
            " threads with barriers on a core that has " +
            std::to_string(slots));
  CheckedTeam &team = *teams.emplace_back(std::make_unique<CheckedTeam>());
  team.entry = entry;
  team.context = context;
  team.waiter = &waiter;
  team.isLaunch = isLaunch;
  team.joins = number != options.unjoined;
  team.flags = flags;
  team.count = count;
  team.before = waiter.actor.clock;
  waiter.actor.advance();
  team.running = std::min(count, slots);
  team.next = team.running;
  for (int64_t i = 0; i < team.running; ++i) {
    CheckedThread &thread =
        isLaunch ? makeThread(&team, int32_t(i), int32_t(multi))
                 : makeThread(&team, waiter.core,
                              int32_t(single ? multi + i % pipes : i % pipes));
    thread.id = i;
    startActor(thread.actor, team.before);
    team.numbers.push_back(thread.actor.number);
    makeFiber(thread, [this, &thread] { work(thread); });
  }
  sleep();
  // Whoever goes on knows all that the team did, and its numbers are free.
  if (!team.joins)
    return;
  waiter.actor.clock.join(team.after);
  for (size_t i = 0; i < numberTimes.size(); ++i)
    numberTimes[i] = std::max(numberTimes[i], waiter.actor.clock[i]);
  freeNumbers.insert(freeNumbers.end(), team.numbers.begin(),
                     team.numbers.end());
  threads.remove_if(
      [&](const CheckedThread &thread) { return thread.team == &team; });
  team.after = team.before = VectorClock();
}

/// Waits at a barrier; the last one to arrive lets all go on.
void Checker::meet(CheckedThread &thread) {
  CheckedTeam &team = *thread.team;
  if (team.someEnded)
    violate("a thread ended while " + std::string(thread.where) +
            " waits for it");
  team.arrived.push_back(&thread);
  if (int64_t(team.arrived.size()) < team.count)
    return sleep();
  VectorClock all;
  for (CheckedThread *other : team.arrived)
    all.join(other->actor.clock);
  for (CheckedThread *other : team.arrived) {
    other->actor.clock = all;
    other->actor.advance();
    if (other != &thread)
      runnable.push_back(other);
  }
  team.arrived.clear();
}

void Checker::barrier() {
  step();
  if (running->team && !running->team->isLaunch)
    meet(*running);
}

int64_t Checker::reduce(int64_t value, int32_t operation, int32_t bytes) {
  step();
  CheckedThread &thread = *running;
  if (!thread.team || thread.team->isLaunch)
    return value;
  // By the threads' numbers. The values stand in the threads until all have
  // combined them.
  thread.value = value;
  CheckedTeam &team = *thread.team;
  meet(thread);
  std::vector<int64_t> values(size_t(team.count));
  for (CheckedThread &other : threads)
    if (other.team == &team)
      values[size_t(other.id)] = other.value;
  int64_t sum = values[0];
  for (size_t i = 1; i < values.size(); ++i)
    sum = operateOn(sum, values[i], operation, bytes);
  meet(thread);
  return sum;
}

CheckingResult Checker::run(const std::function<void()> &program) {
  Checker *outer = std::exchange(checker, this);
  CheckedThread &main =
      makeThread(nullptr, 0, int32_t(parameter(Parameter::MtpsPerCore)));
  startActor(main.actor, VectorClock());
  makeFiber(main, [&] {
    program();
    endThread(main);
    main.where = "the end of the program";
    checkFlushed();
  });
  while (!runnable.empty() && result.violation.empty()) {
    if (!lateRequests.empty() && random() % 4 == 0) {
      size_t which = random() % lateRequests.size();
      int64_t token = lateRequests[which];
      lateRequests.erase(lateRequests.begin() + ptrdiff_t(which));
      if (auto it = requests.find(token); it != requests.end())
        perform(it->second);
      continue;
    }
    size_t which = random() % runnable.size();
    running = std::exchange(runnable[which], runnable.back());
    runnable.pop_back();
    quantum = int64_t(1 + random() % 16);
    running->fiber = std::move(running->fiber).resume();
    if (running == &main && main.ended)
      break;
    running = nullptr;
  }
  running = nullptr;
  finished = main.ended && result.violation.empty();
  if (!main.ended && result.violation.empty())
    result.violation =
        "the program waits for ever, at a barrier that not all threads reach";
  checker = outer;
  result.bodies = int64_t(bodies.size());
  return result;
}

//===----------------------------------------------------------------------===//
// What compiled code calls
//===----------------------------------------------------------------------===//

namespace {

void *load(void *at, int64_t bytes, int32_t flags) {
  return checker->load(at, bytes, flags & PIUMA_RT_CACHED);
}
void *store(void *at, int64_t bytes, int32_t flags) {
  return checker->store(at, bytes, flags & PIUMA_RT_CACHED);
}
int64_t atomic(void *at, int64_t value, int32_t operation, int32_t bytes,
               int32_t returns) {
  return checker->atomic(at, value, operation, bytes, returns);
}
int64_t compareExchange(void *at, int64_t expected, int64_t desired,
                        int32_t bytes) {
  return checker->compareExchange(at, expected, desired, bytes);
}
void *alloc(int64_t count, int64_t size, int32_t zeroed, int32_t) {
  return checker->alloc(count, size, zeroed);
}
void *resize(void *data, int64_t count, int64_t size) {
  return checker->resize(data, count, size);
}
void freeBuffer(void *data) { checker->free(data); }
void *scratchpad(int64_t offset, int64_t bytes) {
  return checker->scratchpad(offset, bytes);
}
void releasePart(void *at, int64_t bytes) { checker->release(at, bytes); }
void launch(void (*entry)(void *, int64_t), void *context, int64_t count) {
  checker->runTeam(entry, context, count, 0, /*isLaunch=*/true);
}
void spawn(void (*entry)(void *, int64_t), void *context, int64_t count,
           int32_t flags) {
  checker->runTeam(entry, context, count, flags, /*isLaunch=*/false);
}
void barrier() { checker->barrier(); }
int64_t reduce(int64_t value, int32_t operation, int32_t bytes) {
  return checker->reduce(value, operation, bytes);
}
int64_t startDma(const piuma_rt_dma *request) {
  return checker->startDma(*request);
}
void wait(int64_t token) { checker->wait(token); }
void *createQueue(void *data, int64_t count, int32_t bytes) {
  return checker->createQueue(data, count, bytes);
}
int32_t push(void *queue, int64_t value) {
  return checker->push(*static_cast<CheckedQueue *>(queue), value);
}
int32_t pop(void *queue, int64_t *value) {
  return checker->pop(*static_cast<CheckedQueue *>(queue), value);
}
void destroyQueue(void *queue) {
  checker->destroyQueue(*static_cast<CheckedQueue *>(queue));
}
void flush(void *at, int64_t bytes) { checker->flush(uintptr_t(at), bytes); }
void invalidate(void *at, int64_t bytes) {
  checker->invalidate(uintptr_t(at), bytes);
}
void fail(int32_t code, int64_t got, int64_t limit) {
  checker->fail(code, got, limit);
}
void count(int32_t) {}
void enterPhase(int32_t) {}
void namePlace(const char *text) { checker->namePlace(text); }
void endless() { checker->endless(); }

} // namespace

std::vector<std::pair<std::string, void *>>
smash::piuma::listCheckingSymbols() {
  return listSymbols({load,        store,    atomic,       compareExchange,
                      alloc,       resize,   freeBuffer,   scratchpad,
                      releasePart, launch,   spawn,        barrier,
                      reduce,      startDma, wait,         createQueue,
                      push,        pop,      destroyQueue, flush,
                      invalidate,  fail,     count,        enterPhase,
                      namePlace,   endless});
}

CheckingResult smash::piuma::runChecking(const CheckingOptions &options,
                                         const std::function<void()> &program) {
  smash_rt_take_error(nullptr, nullptr); // an error of someone else's
  Checker run(options);
  return run.run(program);
}
