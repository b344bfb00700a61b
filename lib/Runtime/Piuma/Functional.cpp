//===- Functional.cpp - piuma programs on host threads ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "Queue.h"
#include "Symbols.h"
#include "smash/Runtime/PiumaFunctional.h"
#include "smash/Runtime/Runtime.h"
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

using namespace smash::piuma;
using namespace smash::piuma::detail;

namespace {

/// Threads that meet at barriers. Each knows its number.
class Team {
public:
  explicit Team(int64_t size) : size(size), values(size_t(size)) {}

  /// Waits for all threads of the team; false when one of them is gone.
  bool meet() {
    std::unique_lock<std::mutex> lock(mutex);
    if (gone > 0)
      return false;
    int64_t round = rounds;
    if (++arrived == size) {
      arrived = 0;
      ++rounds;
      condition.notify_all();
      return true;
    }
    condition.wait(lock, [&] { return rounds != round || gone > 0; });
    return rounds != round;
  }

  /// A thread ends. False when others wait for it at a barrier.
  bool leave() {
    std::lock_guard<std::mutex> lock(mutex);
    ++gone;
    condition.notify_all();
    return arrived == 0;
  }

  int64_t size;
  std::vector<int64_t> values; ///< of a reduction, by thread

private:
  std::mutex mutex;
  std::condition_variable condition;
  int64_t arrived = 0, rounds = 0, gone = 0;
};

struct LockedQueue {
  LockedQueue(void *data, int64_t count, int32_t bytes,
              const TargetModel &target)
      : queue(data, count, bytes, target) {}
  std::mutex mutex;
  Queue queue;
};

/// What all threads of one run share.
struct Run {
  explicit Run(const FunctionalOptions &options) : options(options) {
    int64_t bytes = options.target[Parameter::ScratchpadBytes];
    for (int64_t i = 0; i < options.target[Parameter::Cores]; ++i)
      scratchpads.emplace_back(new char[size_t(bytes)]);
  }

  void fail(int32_t code, int64_t got, int64_t limit) {
    std::lock_guard<std::mutex> lock(mutex);
    if (result.code != 0)
      return;
    result.code = code;
    result.got = got;
    result.limit = limit;
  }
  void violate(const std::string &what) {
    std::lock_guard<std::mutex> lock(mutex);
    if (result.violation.empty())
      result.violation = what;
  }

  FunctionalOptions options;
  std::vector<std::unique_ptr<char[]>> scratchpads;
  std::vector<std::unique_ptr<LockedQueue>> queues;
  std::mutex mutex;
  FunctionalResult result;
  std::atomic<int64_t> tokens{0};
  std::atomic<int64_t> pending{0};
};

/// Where a host thread is in a run.
struct Place {
  Run *run = nullptr;
  int64_t core = 0;
  int64_t thread = 0;
  Team *team = nullptr;
  /// Requests of this thread that nobody has awaited: those to be done at the
  /// wait have something to do.
  std::unordered_map<int64_t, std::unique_ptr<piuma_rt_dma>> requests;
};

thread_local Place place;

/// Runs `body` at another place, and checks what it leaves behind.
template <typename Body>
void runAt(Run &run, int64_t core, int64_t thread, Team *team, Body body) {
  Place outer = std::move(place);
  place = Place();
  place.run = &run;
  place.core = core;
  place.thread = thread;
  place.team = team;
  body();
  if (!place.requests.empty())
    run.violate(std::to_string(place.requests.size()) +
                " requests to the dma engine were not awaited by the thread "
                "that made them");
  place = std::move(outer);
}

template <typename T>
int64_t updateAtomically(void *at, int64_t value, int32_t operation) {
  T *memory = static_cast<T *>(at);
  if (operation == PIUMA_RT_ADD)
    return __atomic_fetch_add(memory, T(value), __ATOMIC_SEQ_CST);
  if (operation == PIUMA_RT_EXCHANGE ||
      operation == (PIUMA_RT_EXCHANGE | PIUMA_RT_FLOAT))
    return __atomic_exchange_n(memory, T(value), __ATOMIC_SEQ_CST);
  T old = __atomic_load_n(memory, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(
      memory, &old, operate<T>(old, T(value), operation),
      /*weak=*/true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
  }
  return old;
}

int64_t atomicUpdate(void *at, int64_t value, int32_t operation,
                     int32_t bytes) {
  return bytes == 8 ? updateAtomically<int64_t>(at, value, operation)
                    : int64_t(uint32_t(
                          updateAtomically<int32_t>(at, value, operation)));
}

void performRequest(const piuma_rt_dma &request) {
  perform(request, [&](void *at, int64_t bits) {
    atomicUpdate(at, bits, request.combine, request.bytes);
  });
}

// The interface.

void *load(void *at, int64_t, int32_t) { return at; }
void *store(void *at, int64_t, int32_t) { return at; }

int64_t atomic(void *at, int64_t value, int32_t operation, int32_t bytes,
               int32_t) {
  return atomicUpdate(at, value, operation, bytes);
}

int64_t compareExchange(void *at, int64_t expected, int64_t desired,
                        int32_t bytes) {
  if (bytes == 8) {
    __atomic_compare_exchange_n(static_cast<int64_t *>(at), &expected, desired,
                                false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
  }
  int32_t narrow = int32_t(expected);
  __atomic_compare_exchange_n(static_cast<int32_t *>(at), &narrow,
                              int32_t(desired), false, __ATOMIC_SEQ_CST,
                              __ATOMIC_SEQ_CST);
  return uint32_t(narrow);
}

/// Hands an error that the host's runtime recorded to the run.
void forwardError() {
  int64_t got = 0, limit = 0;
  if (int32_t code = smash_rt_take_error(&got, &limit))
    place.run->fail(code, got, limit);
}

void *alloc(int64_t count, int64_t size, int32_t zeroed, int32_t) {
  void *data = smash_rt_alloc(count, size, zeroed);
  if (!data)
    forwardError();
  return data;
}
void *resize(void *data, int64_t count, int64_t size) {
  return smash_rt_resize(data, count, size);
}
void release(void *data) { smash_rt_free(data); }

void *scratchpad(int64_t offset, int64_t) {
  return place.run->scratchpads[size_t(place.core)].get() + offset;
}

void launch(void (*entry)(void *, int64_t), void *context, int64_t count) {
  Run &run = *place.run;
  int64_t cores = run.options.target[Parameter::Cores];
  auto runCore = [&](int64_t core) {
    for (int64_t block = core; block < count; block += cores)
      runAt(run, core, /*thread=*/0, /*team=*/nullptr,
            [&] { entry(context, block); });
  };
  std::vector<std::thread> threads;
  for (int64_t core = 1; core < std::min(cores, count); ++core)
    threads.emplace_back([&, core] {
      runCore(core);
      forwardError();
    });
  runCore(0);
  for (std::thread &thread : threads)
    thread.join();
}

/// The threads of a spawn that meet each other: a host thread each.
void spawnTeam(void (*entry)(void *, int64_t), void *context, int64_t count) {
  Run &run = *place.run;
  int64_t core = place.core;
  int64_t most = run.options.target.threadsPerCore();
  if (count > most) {
    run.violate("a barrier of " + std::to_string(count) +
                " threads on a core that has " + std::to_string(most));
    return;
  }
  Team team(count);
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      runAt(run, core, i, &team, [&] { entry(context, i); });
      if (!team.leave())
        run.violate("a thread ended while others waited for it at a barrier");
    });
  for (std::thread &thread : threads)
    thread.join();
}

/// A spawn as one call of smash_rt_parallel sees it.
struct Spawned {
  Run *run;
  int64_t core;
  void (*entry)(void *, int64_t);
  void *context;
};

void runSpawned(void *context, int64_t, int64_t thread) {
  auto *spawned = static_cast<Spawned *>(context);
  runAt(*spawned->run, spawned->core, thread, nullptr,
        [&] { spawned->entry(spawned->context, thread); });
}

void spawn(void (*entry)(void *, int64_t), void *context, int64_t count,
           int32_t flags) {
  if (flags & PIUMA_RT_MEETS)
    return spawnTeam(entry, context, count);
  Spawned spawned{place.run, place.core, entry, context};
  if (smash_rt_parallel(runSpawned, &spawned, 1, count))
    forwardError();
}

void barrier() {
  if (place.team && !place.team->meet())
    place.run->violate("a thread waits at a barrier that another one of its "
                       "spawn has passed by");
}

int64_t reduce(int64_t value, int32_t operation, int32_t bytes) {
  Team *team = place.team;
  if (!team)
    return value;
  team->values[size_t(place.thread)] = value;
  barrier();
  int64_t sum = team->values[0];
  for (size_t i = 1; i < team->values.size(); ++i)
    sum = operateOn(sum, team->values[i], operation, bytes);
  barrier(); // before anybody writes the next one's values
  return sum;
}

/// Whether the request with that token is done when it is made.
bool isDoneAtOnce(uint64_t seed, int64_t token) {
  uint64_t x = (uint64_t(token) + seed) * 0x9E3779B97F4A7C15;
  return (x ^ (x >> 31)) & 1;
}

int64_t startDma(const piuma_rt_dma *request) {
  Run &run = *place.run;
  int64_t token = ++run.tokens;
  if (isDoneAtOnce(run.options.seed, token)) {
    performRequest(*request);
    place.requests.emplace(token, nullptr);
  } else {
    place.requests.emplace(token, std::make_unique<piuma_rt_dma>(*request));
  }
  return token;
}

void wait(int64_t token) {
  if (token == 0) // piuma.done
    return;
  auto it = place.requests.find(token);
  if (it == place.requests.end()) {
    place.run->violate("a request to the dma engine was awaited twice, or by "
                       "another thread than made it");
    return;
  }
  if (it->second)
    performRequest(*it->second);
  place.requests.erase(it);
}

void *createQueue(void *data, int64_t count, int32_t bytes) {
  Run &run = *place.run;
  std::lock_guard<std::mutex> lock(run.mutex);
  return run.queues
      .emplace_back(
          std::make_unique<LockedQueue>(data, count, bytes, run.options.target))
      .get();
}
int32_t push(void *queue, int64_t value) {
  auto *locked = static_cast<LockedQueue *>(queue);
  std::lock_guard<std::mutex> lock(locked->mutex);
  return locked->queue.push(value);
}
int32_t pop(void *queue, int64_t *value) {
  auto *locked = static_cast<LockedQueue *>(queue);
  std::lock_guard<std::mutex> lock(locked->mutex);
  return locked->queue.pop(value);
}
void destroyQueue(void *) {} // they end with the run

void flush(void *, int64_t) {}
void invalidate(void *, int64_t) {}
void fail(int32_t code, int64_t got, int64_t limit) {
  place.run->fail(code, got, limit);
}
void count(int32_t) {}
void enterPhase(int32_t) {}
void giveBack(void *, int64_t) {}
void namePlace(const char *) {}
void endless() {} // not called: a thread of the host cannot be given up

} // namespace

std::vector<std::pair<std::string, void *>>
smash::piuma::listFunctionalSymbols() {
  return listSymbols({load,       store,    atomic,       compareExchange,
                      alloc,      resize,   release,      scratchpad,
                      giveBack,   launch,   spawn,        barrier,
                      reduce,     startDma, wait,         createQueue,
                      push,       pop,      destroyQueue, flush,
                      invalidate, fail,     count,        enterPhase,
                      namePlace,  endless});
}

FunctionalResult
smash::piuma::runFunctional(const FunctionalOptions &options,
                            const std::function<void()> &program) {
  Run run(options);
  smash_rt_take_error(nullptr, nullptr); // an error of someone else's
  runAt(run, /*core=*/0, /*thread=*/0, /*team=*/nullptr, program);
  return run.result;
}
