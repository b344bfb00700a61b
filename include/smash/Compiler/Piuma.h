//===- Piuma.h - products on a PIUMA-like machine -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_COMPILER_PIUMA_H
#define SMASH_COMPILER_PIUMA_H

#include "smash/Compiler/Compiler.h"
#include "smash/Runtime/PiumaFunctional.h"
#include "smash/Runtime/PiumaTiming.h"

namespace smash {

/// Passes that only make programs faster: what ProductOptions::withoutPasses
/// may name.
llvm::ArrayRef<llvm::StringLiteral> listOptionalPasses();

/// Where a compiled piuma program can run.
enum class PiumaRuntime {
  Functional, ///< on threads of the host: its result
  Checking,   ///< one step at a time: its result, and what it does wrong
  Timing      ///< on a simulated machine: its result and its time
};

/// What is wanted of a simulated run, beside its report.
struct SimulateRunOptions {
  bool trace = false;
  /// As piuma::TimingOptions has it.
  std::function<void(int64_t events, int64_t products)> progress;
  int64_t mostEvents = piuma::kMostEvents;
};

/// What a simulated run gave.
struct SimulatedRun {
  Matrix c;
  piuma::TimingReport report;
  std::string trace; ///< empty unless asked for
};

/// What a checked run gave.
struct CheckedRun {
  Matrix c;
  std::string violation; ///< what the program does wrong; C is empty then
  int64_t bodies = 0;    ///< of spawns and launches that were run
};

/// A piuma program in machine code, for one of the runtimes.
class PiumaProduct {
public:
  ~PiumaProduct();
  PiumaProduct(PiumaProduct &&) noexcept;

  /// C = A * B on host threads, with real atomics, or checked; a program that
  /// breaks the rules of the machine is an error. Runs with different seeds do
  /// requests to the DMA engine at different times. A checked run of more than
  /// `mostSteps` steps is an error. Thread-safe.
  llvm::Expected<Matrix> run(const Matrix &a, const Matrix &b,
                             const Matrix *mask = nullptr,
                             const Matrix *accumulated = nullptr,
                             uint64_t seed = 0,
                             int64_t mostSteps = piuma::kMostSteps) const;

  /// As `run`, checked. `unjoined`: see piuma::CheckingOptions.
  llvm::Expected<CheckedRun> check(const Matrix &a, const Matrix &b,
                                   const Matrix *mask = nullptr,
                                   const Matrix *accumulated = nullptr,
                                   uint64_t seed = 0, int64_t unjoined = -1,
                                   int64_t mostSteps = piuma::kMostSteps) const;

  /// C = A * B on the simulated machine. One run of a program at a time.
  llvm::Expected<SimulatedRun>
  simulate(const Matrix &a, const Matrix &b, const Matrix *mask = nullptr,
           const Matrix *accumulated = nullptr,
           const SimulateRunOptions &options = {}) const;

  const std::string &strategy() const;
  double compileMs() const;

private:
  friend class Compiler;
  struct Implementation;
  explicit PiumaProduct(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

/// A piuma program without operands in machine code, for one of the runtimes.
class PiumaProgram {
public:
  ~PiumaProgram();
  PiumaProgram(PiumaProgram &&) noexcept;

  /// Runs it as PiumaProduct::run() does; what it returns, as text, empty where
  /// it returns nothing.
  llvm::Expected<std::string> run(uint64_t seed = 0,
                                  int64_t mostSteps = piuma::kMostSteps) const;

  /// What a run on the simulated machine gave.
  struct Simulated {
    std::string result; ///< as run() tells it
    piuma::TimingReport report;
    std::string trace; ///< empty unless asked for
  };
  /// Runs it as PiumaProduct::simulate() does.
  llvm::Expected<Simulated>
  simulate(const SimulateRunOptions &options = {}) const;

private:
  friend class Compiler;
  struct Implementation;
  explicit PiumaProgram(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

} // namespace smash

#endif // SMASH_COMPILER_PIUMA_H
