//===- Checker.h - a program one step at a time -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_CHECKER_H
#define SMASH_LIB_RUNTIME_PIUMA_CHECKER_H

#include "DataCache.h"
#include "Queue.h"
#include "Shadow.h"
#include "smash/Runtime/Piuma.h"
#include "smash/Runtime/PiumaFunctional.h"
#include <boost/context/fiber.hpp>
#include <boost/context/stack_context.hpp>
#include <deque>
#include <list>
#include <set>

namespace smash::piuma::detail {

struct CheckedTeam;

/// Stacks of fibers, used again when a fiber ends. They live as long as the
/// checker: a fiber that is given up before its end gives none back.
struct StackPool {
  std::vector<std::unique_ptr<char[]>> all;
  std::vector<boost::context::stack_context> free;
};
/// What makes the pool an allocator of Boost.Context.
struct PooledStacks {
  boost::context::stack_context allocate();
  void deallocate(boost::context::stack_context &stack) noexcept {
    pool->free.push_back(stack);
  }
  StackPool *pool;
};

/// A thread of the program: a fiber.
struct CheckedThread {
  Actor actor;
  std::function<void()> body;
  boost::context::fiber fiber;
  int32_t core = 0, pipe = 0;
  int64_t id = 0;
  CheckedTeam *team = nullptr;
  const char *where = "an access"; ///< what it does
  bool ended = false;
  int64_t value = 0; ///< of a reduction
  char staging[64];  ///< what it loads from two lines
};

/// The threads of a spawn, or the cores of a launch.
struct CheckedTeam {
  void (*entry)(void *, int64_t) = nullptr;
  void *context = nullptr;
  CheckedThread *waiter = nullptr;
  bool isLaunch = false, joins = true;
  int32_t flags = 0;
  int64_t count = 0, next = 0, running = 0;
  VectorClock before, after;     ///< of the waiter; of all that have ended
  std::vector<uint32_t> numbers; ///< of actors
  std::vector<CheckedThread *> arrived;
  bool someEnded = false;
};

/// A request to the DMA engine.
struct CheckedRequest {
  piuma_rt_dma request;
  Actor actor;
  CheckedThread *owner;
  const char *where;
  bool done = false, late = false;
};

/// Memory that the program was given.
struct CheckedBuffer {
  uintptr_t end;
  const char *madeBy, *freedBy = nullptr;
  /// The pipelines whose caches have nothing of what was there before.
  std::set<int32_t> droppedBy;
};

/// What an access may reach.
struct Extent {
  uintptr_t begin, end;
  bool defined; ///< may be read before anyone writes it
  const CheckedBuffer *buffer = nullptr;   ///< that the program allocated
  const ProgramOperand *operand = nullptr; ///< that it was given

  bool covers(uintptr_t at, int64_t bytes) const {
    return at >= begin && at <= end && uintptr_t(bytes) <= end - at;
  }
};

/// Bytes of a scratchpad.
struct CheckedPart {
  int64_t begin, end;
  const char *where;
};

struct CheckedQueue {
  CheckedQueue(void *data, int64_t count, int32_t bytes,
               const TargetModel &target, const char *where)
      : ring(data, count, bytes, target), begin(uintptr_t(data)),
        end(begin + uintptr_t(count * bytes)), where(where) {}
  Queue ring;
  uintptr_t begin, end;
  const char *where;
  bool live = true;
  std::deque<VectorClock> pushed; ///< by element
};

/// Runs a program on fibers, and notes who accesses what.
class Checker {
public:
  explicit Checker(const CheckingOptions &options);
  ~Checker();

  CheckingResult run(const std::function<void()> &program);

  // What the running thread calls: see smash/Runtime/Piuma.h.
  void *load(void *at, int64_t bytes, bool cached);
  void *store(void *at, int64_t bytes, bool cached);
  int64_t atomic(void *at, int64_t value, int32_t operation, int32_t bytes,
                 bool returns);
  int64_t compareExchange(void *at, int64_t expected, int64_t desired,
                          int32_t bytes);
  void *alloc(int64_t count, int64_t size, bool zeroed);
  void *resize(void *data, int64_t count, int64_t size);
  void free(void *data);
  void *scratchpad(int64_t offset, int64_t bytes);
  void release(void *at, int64_t bytes);
  void runTeam(void (*entry)(void *, int64_t), void *context, int64_t count,
               int32_t flags, bool isLaunch);
  void barrier();
  int64_t reduce(int64_t value, int32_t operation, int32_t bytes);
  int64_t startDma(const piuma_rt_dma &request);
  void wait(int64_t token);
  void *createQueue(void *data, int64_t count, int32_t bytes);
  bool push(CheckedQueue &queue, int64_t value);
  bool pop(CheckedQueue &queue, int64_t *value);
  void destroyQueue(CheckedQueue &queue);
  void flush(uintptr_t at, int64_t bytes);
  void invalidate(uintptr_t at, int64_t bytes);
  void fail(int32_t code, int64_t got, int64_t limit);
  [[noreturn]] void endless();
  void namePlace(const char *text) { running->where = text; }

private:
  int64_t parameter(Parameter p) const { return options.target[p]; }
  uint64_t random();

  // Threads.
  uint32_t takeNumber(const VectorClock &past);
  void startActor(Actor &actor, const VectorClock &past);
  CheckedThread &makeThread(CheckedTeam *team, int32_t core, int32_t pipe);
  void makeFiber(CheckedThread &thread, std::function<void()> body);
  void work(CheckedThread &thread);
  void endThread(CheckedThread &thread);
  void step();
  void sleep();
  [[noreturn]] void stop();
  void violate(const std::string &what);
  void meet(CheckedThread &thread);

  // Memory.
  int32_t scratchpadOf(uintptr_t at, int64_t *offset) const;
  std::optional<Extent> findNearest(uintptr_t at) const;
  std::string describe(uintptr_t at) const;
  Extent place(uintptr_t at, int64_t bytes, const char *where);
  void access(const Actor &actor, uintptr_t at, int64_t bytes, AccessKind kind,
              const char *where);
  void readMemory(uintptr_t at, int64_t bytes, const char *where);
  void writeMemory(uintptr_t at, int64_t bytes, const char *where,
                   int32_t pipe = -1);
  void acquire(Actor &actor, uintptr_t at);
  void publish(Actor &actor, uintptr_t at, int64_t bytes);
  void forget(uintptr_t from, uintptr_t to);
  void undefine(uintptr_t from, uintptr_t to);
  void writeBack(DataCache::Line &line, uintptr_t first, uintptr_t begin,
                 uintptr_t end, const char *where, int32_t pipe);
  void checkFlushed();

  // DMA.
  void perform(CheckedRequest &request);

  CheckingOptions options;
  CheckingResult result;
  uint64_t randomState;
  uint64_t now = 1; ///< counts changes of memory
  int64_t quantum = 1;

  StackPool stacks;
  std::list<CheckedThread> threads;
  std::vector<std::unique_ptr<CheckedTeam>> teams;
  std::vector<CheckedThread *> runnable;
  CheckedThread *running = nullptr;
  boost::context::fiber scheduler;
  bool finished = false;
  std::vector<uint32_t> freeNumbers, numberTimes;
  std::vector<void *> bodies; ///< entries, in the order of their first run

  Shadow shadow;
  std::map<uintptr_t, CheckedBuffer> buffers; ///< by where they begin
  std::map<uintptr_t, ProgramOperand> operands;
  Extent lastExtent = {1, 0, true};
  std::unordered_map<uintptr_t, VectorClock> clocks; ///< of what was published
  std::vector<DataCache> caches;
  int64_t pipesPerCore = 0;
  std::unique_ptr<char[]> scratchpads;
  int64_t scratchpadStride = 0;
  std::vector<std::vector<CheckedPart>> parts, released; ///< by core

  std::map<int64_t, CheckedRequest> requests;
  std::vector<int64_t> lateRequests;
  std::map<int64_t, const char *> awaited;
  int64_t tokens = 0;
  std::list<CheckedQueue> queues;
};

/// The checker whose program this host thread runs.
extern thread_local Checker *checker;

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_CHECKER_H
