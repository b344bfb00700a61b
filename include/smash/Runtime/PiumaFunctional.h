//===- PiumaFunctional.h - piuma programs on host threads -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Runs a compiled piuma program for its result, not for its time: on the
/// threads of the host, with real atomics; or checked, one step at a time.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_RUNTIME_PIUMAFUNCTIONAL_H
#define SMASH_RUNTIME_PIUMAFUNCTIONAL_H

#include "Piuma/TargetModel/TargetModel.h"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace smash::piuma {

/// How a program is run.
struct FunctionalOptions {
  TargetModel target;
  /// Chooses which requests to the DMA engine are done when they are made, and
  /// which when they are awaited: both are legal, so that a program that gives
  /// another answer under another seed lacks a wait.
  uint64_t seed = 0;
};

/// How a run ended.
struct FunctionalResult {
  /// A code of smash_rt_code, and its two numbers.
  int32_t code = 0;
  int64_t got = 0, limit = 0;
  /// What the program did wrong, such as a request that nobody awaited; empty
  /// when nothing was found.
  std::string violation;
};

/// A checked run of more steps is a violation, unless its options say
/// otherwise.
inline constexpr int64_t kMostSteps = 1'000'000'000;

/// Memory that a program is given from outside.
struct ProgramOperand {
  const void *data;
  int64_t bytes;
  std::string name; ///< in what is told of it, such as "A"
  bool writable = false;
};

/// How a program is checked.
struct CheckingOptions {
  TargetModel target;
  /// Chooses whose turn it is after each step, and when each request to the DMA
  /// engine is done. The same seed gives the same run.
  uint64_t seed = 0;
  /// For tests of the checks: the end of the spawn or launch with this number,
  /// counted by bodies in the order of their first run, orders nothing.
  int64_t unjoined = -1;
  /// A program of more steps is one that does not end.
  int64_t mostSteps = kMostSteps;
  /// All that the program may reach without having made it. They outlive the
  /// run.
  std::vector<ProgramOperand> operands;
};

/// How a checked run ended.
struct CheckingResult : FunctionalResult {
  /// Bodies of spawns and launches that were run.
  int64_t bodies = 0;
  /// Steps of the program.
  int64_t steps = 0;
};

/// The functions of smash/Runtime/Piuma.h, by name.
std::vector<std::pair<std::string, void *>> listFunctionalSymbols();

/// Calls `program`, which calls compiled code, as the program's main thread.
/// Several runs may go on at once on different threads.
FunctionalResult runFunctional(const FunctionalOptions &options,
                               const std::function<void()> &program);

/// The same for checked runs.
std::vector<std::pair<std::string, void *>> listCheckingSymbols();

/// As runFunctional, on one host thread, whose turn it is chosen by the seed.
/// Each pipeline has a write-back cache that keeps what it has. Ends at the
/// first of these, which `violation` tells with both places (piuma_rt_place):
/// - two accesses of an element that nothing orders (piuma.td says what does);
/// - a request that is not awaited, or twice, or by another thread;
/// - a read of what a cache has not written back, or from a cache of what
///   memory has newer: a flush or an invalidate is missing;
/// - a read of a part of a scratchpad that was given out and never written;
/// - an access to anything but a buffer, a part of a scratchpad that lives, or
///   an operand; to what a queue engine has; a write to an operand that is not
///   writable. An access that misses what it was meant for and hits another of
///   these is not told apart;
/// - a barrier that a thread passes by, or a program that waits for ever, or
///   does not end.
CheckingResult runChecking(const CheckingOptions &options,
                           const std::function<void()> &program);

} // namespace smash::piuma

#endif // SMASH_RUNTIME_PIUMAFUNCTIONAL_H
