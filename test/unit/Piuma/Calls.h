//===- Calls.h - programs that call a runtime -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_PIUMA_CALLS_H
#define SMASH_TEST_UNIT_PIUMA_CALLS_H

#include "smash/Runtime/PiumaFunctional.h"
#include "smash/Runtime/PiumaTiming.h"
#include "gtest/gtest.h"
#include <map>
#include <memory>

namespace smash::piuma::test {

/// What compiled code calls, for programs that are lambdas.
class Calls {
  template <typename Function, typename... Arguments>
  auto call(const char *name, Arguments... arguments) {
    return reinterpret_cast<Function *>(functions.at(name))(arguments...);
  }
  static const void *asVoid(const void *at) { return at; }
  static void callBody(void *body, int64_t id) {
    (*static_cast<std::function<void(int64_t)> *>(body))(id);
  }
  std::map<std::string, void *> functions;

public:
  explicit Calls(std::vector<std::pair<std::string, void *>> symbols)
      : functions(symbols.begin(), symbols.end()) {}

  /// Reads and writes an element, as compiled code does.
  template <typename T = int64_t>
  T load(const T *at, bool cached = false) {
    return *static_cast<T *>(call<decltype(piuma_rt_load)>(
        "piuma_rt_load", const_cast<void *>(asVoid(at)), int64_t(sizeof(T)),
        int32_t(cached)));
  }
  template <typename T>
  void store(T *at, T value, bool cached = false) {
    *static_cast<T *>(call<decltype(piuma_rt_store)>(
        "piuma_rt_store", static_cast<void *>(at), int64_t(sizeof(T)),
        int32_t(cached))) = value;
  }
  int64_t atomic(void *at, int64_t value, int32_t operation, bool returns) {
    return call<decltype(piuma_rt_atomic)>("piuma_rt_atomic", at, value,
                                           operation, 8, int32_t(returns));
  }
  int64_t atomicAdd(void *at, int64_t value, bool returns) {
    return atomic(at, value, PIUMA_RT_ADD, returns);
  }
  int64_t exchange(void *at, int64_t value) {
    return atomic(at, value, PIUMA_RT_EXCHANGE, true);
  }
  int64_t compareExchange(void *at, int64_t expected, int64_t desired) {
    return call<decltype(piuma_rt_compare_exchange)>(
        "piuma_rt_compare_exchange", at, expected, desired, 8);
  }
  int64_t *alloc(int64_t count, bool zeroed = false) {
    return static_cast<int64_t *>(call<decltype(piuma_rt_alloc)>(
        "piuma_rt_alloc", count, int64_t(8), int32_t(zeroed),
        int32_t(PIUMA_RT_METADATA)));
  }
  int64_t *resize(int64_t *data, int64_t count) {
    return static_cast<int64_t *>(call<decltype(piuma_rt_resize)>(
        "piuma_rt_resize", static_cast<void *>(data), count, int64_t(8)));
  }
  void free(int64_t *data) {
    call<decltype(piuma_rt_free)>("piuma_rt_free", static_cast<void *>(data));
  }
  int64_t *scratchpad(int64_t offset, int64_t bytes) {
    return static_cast<int64_t *>(call<decltype(piuma_rt_scratchpad)>(
        "piuma_rt_scratchpad", offset, bytes));
  }
  void release(void *at, int64_t bytes) {
    call<decltype(piuma_rt_release)>("piuma_rt_release", at, bytes);
  }
  void flush(void *at, int64_t bytes) {
    call<decltype(piuma_rt_flush)>("piuma_rt_flush", at, bytes);
  }
  void invalidate(void *at, int64_t bytes) {
    call<decltype(piuma_rt_invalidate)>("piuma_rt_invalidate", at, bytes);
  }
  void launch(int64_t count, std::function<void(int64_t)> body) {
    call<decltype(piuma_rt_launch)>("piuma_rt_launch", callBody,
                                    static_cast<void *>(&body), count);
  }
  void spawn(int64_t count, std::function<void(int64_t)> body,
             int32_t flags = PIUMA_RT_MULTI) {
    call<decltype(piuma_rt_spawn)>("piuma_rt_spawn", callBody,
                                   static_cast<void *>(&body), count, flags);
  }
  void barrier() { call<decltype(piuma_rt_barrier)>("piuma_rt_barrier"); }
  int64_t reduce(int64_t value, int32_t operation) {
    return call<decltype(piuma_rt_reduce)>("piuma_rt_reduce", value, operation,
                                           8);
  }
  /// A request for `count` words; -1 or an operation as `combine`.
  int64_t start(int32_t kind, void *from, void *to, int64_t count,
                int32_t combine = -1) {
    piuma_rt_dma request = {};
    request.kind = kind;
    request.combine = combine;
    request.bytes = 8;
    request.from = from;
    request.to = to;
    request.count = count;
    request.from_stride = request.to_stride = 1;
    return call<decltype(piuma_rt_dma_start)>(
        "piuma_rt_dma_start", static_cast<const piuma_rt_dma *>(&request));
  }
  void wait(int64_t token) {
    call<decltype(piuma_rt_wait)>("piuma_rt_wait", token);
  }
  void *createQueue(void *data, int64_t count, int32_t bytes) {
    return call<decltype(piuma_rt_queue_create)>("piuma_rt_queue_create", data,
                                                 count, bytes);
  }
  int32_t push(void *queue, int64_t value) {
    return call<decltype(piuma_rt_queue_push)>("piuma_rt_queue_push", queue,
                                               value);
  }
  int32_t pop(void *queue, int64_t *value) {
    return call<decltype(piuma_rt_queue_pop)>("piuma_rt_queue_pop", queue,
                                              value);
  }
  void destroyQueue(void *queue) {
    call<decltype(piuma_rt_queue_destroy)>("piuma_rt_queue_destroy", queue);
  }
  /// Names the next call.
  Calls &at(const char *text) {
    call<decltype(piuma_rt_place)>("piuma_rt_place", text);
    return *this;
  }
};

class FunctionalCalls : public Calls {
public:
  FunctionalCalls() : Calls(listFunctionalSymbols()) {}
  /// Runs `program`, which breaks no rule.
  void run(const TargetModel &target, const std::function<void()> &program,
           uint64_t seed = 0) {
    FunctionalResult result = runFunctional({target, seed}, program);
    EXPECT_EQ(result.violation, "");
    EXPECT_EQ(result.code, 0);
  }
};

class CheckingCalls : public Calls {
public:
  CheckingCalls() : Calls(listCheckingSymbols()) {}
  /// What `program` does wrong under `seed`, or "". Beside what it makes it
  /// has `operands`.
  std::string run(const TargetModel &target,
                  const std::function<void()> &program, uint64_t seed = 0,
                  int64_t mostSteps = kMostSteps,
                  std::vector<ProgramOperand> operands = {}) {
    return runChecking({target, seed, /*unjoined=*/-1, mostSteps, operands},
                       program)
        .violation;
  }
};

class TimingCalls : public Calls {
public:
  explicit TimingCalls(const TargetModel &target)
      : Calls(listTimingSymbols()),
        machine(llvm::cantFail(TimingRun::create({target, false}))) {}
  /// Cycles of the run.
  int64_t measure(const std::function<void()> &program) {
    Charges charges;
    llvm::Error error = machine->run(program, &charges);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
    return machine->report().cycles;
  }

private:
  std::unique_ptr<TimingRun> machine;
};

} // namespace smash::piuma::test

#endif // SMASH_TEST_UNIT_PIUMA_CALLS_H
