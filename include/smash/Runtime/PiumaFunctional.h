//===- PiumaFunctional.h - piuma programs on host threads -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Runs a compiled piuma program on the threads of the host, with real atomics:
/// for its result, not for its time.
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

/// The functions of smash/Runtime/Piuma.h, by name.
std::vector<std::pair<std::string, void *>> listFunctionalSymbols();

/// Calls `program`, which calls compiled code, as the program's main thread.
/// Several runs may go on at once on different threads.
FunctionalResult runFunctional(const FunctionalOptions &options,
                               const std::function<void()> &program);

} // namespace smash::piuma

#endif // SMASH_RUNTIME_PIUMAFUNCTIONAL_H
