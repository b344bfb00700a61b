//===- PiumaTiming.h - piuma programs on a simulated machine -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Runs a compiled piuma program on a PIUMA-like machine with stated
/// parameters, and tells how long that took, and why. Execution-driven: the
/// program is native code, each of its threads a fiber, and every access,
/// atomic, request and barrier an event in simulated time. The same program and
/// data give the same report, to the byte.
///
/// What is modelled: threads of a pipeline share its issue slots (processor
/// sharing, the fluid form of round-robin), one instruction of a thread in
/// flight; single-threaded pipelines wait where a load's value is used, with a
/// few loads in flight; scratchpad banks; memory channels
/// with banks, open rows, bandwidth and access granularity; atomics that hold
/// their bank; caches of a pipeline; posted stores; DMA engines; hops;
/// barriers. What is not: instruction fetch, address translation, contention in
/// the network, refresh.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_RUNTIME_PIUMATIMING_H
#define SMASH_RUNTIME_PIUMATIMING_H

#include "Piuma/TargetModel/TargetModel.h"
#include "smash/Runtime/Piuma.h"
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace smash::piuma {

/// How instrumented code tells what it executed: since the last event, slots to
/// issue and further cycles to wait; and counts of instructions by class, in
/// the order of `instructionClasses()`.
struct Charges {
  int64_t issue = 0;
  int64_t stall = 0;
  int64_t executed[7] = {};
};

/// What instrumented code calls with the address of a load before it uses what
/// it loaded: void(const void *).
inline constexpr llvm::StringLiteral kUseFunction = "piuma_rt_use";

/// One class of instructions whose cost is charged by instrumented code.
struct InstructionClassInfo {
  llvm::StringLiteral name;
  Parameter cycles;
};
llvm::ArrayRef<InstructionClassInfo> instructionClasses();

/// Counters of one run. Times are in simulated seconds unless they say cycles.
struct TimingReport {
  TargetModel target;
  double timeMs = 0;
  int64_t cycles = 0;
  double ipc = 0; ///< instructions a cycle, of all pipelines
  int64_t instructions = 0;
  /// By name, in a fixed order: classes of instructions, then kinds of memory
  /// operations.
  std::vector<std::pair<std::string, int64_t>> instructionMix;
  int64_t dramBytes[PIUMA_RT_PURPOSES] = {};
  int64_t dramReadBytes = 0, dramWriteBytes = 0;
  double dramUtilization = 0; ///< busy share of the channels' time
  double dramGbPerSecond = 0; ///< over all channels
  double dramRowHitRate = 0;  ///< of accesses
  int64_t cacheAccesses = 0, cacheHits = 0;
  int64_t scratchpadAccesses = 0;    ///< of threads and engines
  double scratchpadHitRate = 0;      ///< of threads' accesses, to scratchpads
  int64_t scratchpadStallCycles = 0; ///< waits for a bank
  int64_t atomics = 0;
  int64_t atomicStallCycles = 0; ///< waits of atomics for a bank
  int64_t dmaRequests = 0, dmaBytes = 0;
  int64_t events[PIUMA_RT_EVENTS] = {};
  int64_t phaseCycles[PIUMA_RT_PHASES] = {}; ///< of all blocks
  int64_t remoteAccesses = 0;
  /// For each thread of the multi-threaded pipelines, the share of the run in
  /// which it had work.
  std::vector<double> threadUtilization;
  double threadUtilizationMean = 0;
  /// What was done in each of the run's intervals, of equal lengths.
  struct Interval {
    int64_t instructions = 0, dramBytes = 0;
  };
  int64_t intervalCycles = 0;
  std::vector<Interval> timeline;
  int64_t modelledEvents = 0;
  /// What the run took of a core of the host, where others may compute, too;
  /// not part of the JSON unless asked for.
  double hostSeconds = 0;
  int64_t bytesPerFiber = 0;

  int64_t dramBytesTotal() const;
  double cacheHitRate() const;
  double probesPerProduct() const;

  /// The same under stable names. `withHost` adds what differs from run to run.
  std::string toJson(bool withHost = false) const;
};

/// A run of more events is an error, unless its options say otherwise: some
/// half an hour of a core.
inline constexpr int64_t kMostEvents = 10'000'000'000;

struct TimingOptions {
  TargetModel target;
  /// Records spans for `TimingRun::trace()`.
  bool trace = false;
  /// Called now and then with the events that were handled and the products
  /// that were formed so far.
  std::function<void(int64_t events, int64_t products)> progress = nullptr;
  int64_t mostEvents = kMostEvents;
};

/// A machine, with memory of its own, for one run of a program.
class TimingRun {
public:
  /// An error when the host has no room for the simulated address space.
  static llvm::Expected<std::unique_ptr<TimingRun>>
  create(const TimingOptions &options);
  ~TimingRun();

  /// Copies an operand to simulated memory; null when there is no more room.
  void *place(const void *data, size_t bytes, piuma_rt_purpose purpose);

  /// Calls `program`, which calls compiled code, as the program's main thread.
  /// `charges` is what that code writes, or null when it is not instrumented.
  /// An error when the program waits for ever, or does not end, or when the
  /// model's own checks fail. Once per machine.
  llvm::Error run(const std::function<void()> &program, Charges *charges);

  /// The error that the program recorded, if any.
  int32_t takeError(int64_t *got, int64_t *limit);

  const TimingReport &report() const;
  /// Spans of blocks, phases and spawns, for chrome://tracing and Perfetto.
  std::string trace() const;

private:
  struct Implementation;
  explicit TimingRun(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

/// The functions of smash/Runtime/Piuma.h and `kUseFunction`, by name.
std::vector<std::pair<std::string, void *>> listTimingSymbols();

} // namespace smash::piuma

#endif // SMASH_RUNTIME_PIUMATIMING_H
