//===- Measure.cpp - strategies run in turns ----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Explain.h"
#include "Progress.h"
#include "Report.h"
#include "smash/Compiler/Piuma.h"
#include "smash/Runtime/Runtime.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace smash::driver {

// Rounds, unless --repeat says how many: at least three; more while they take
// no more time than this, all together.
static constexpr int64_t kFewestRounds = 3, kMostRounds = 31;
static constexpr double kRoundsMs = 600;

/// A contender that takes that many times as long as the fastest is run in the
/// first round only: how much slower it is needs no more digits.
static constexpr double kOutOfTheRace = 4;

/// What is shorter is run so often that a reading takes that long.
static constexpr double kReadingMs = 0.25;

namespace {
/// A result to compare others with.
struct Outcome {
  std::string strategy;
  int64_t nnz = 0;
  double norm = 0;
  Matrix c;
};

/// A contender in machine code.
struct Runner {
  Contender *contender;
  std::unique_ptr<CompiledProduct> product;
  std::vector<double> times;
  double firstMs = 0;
};
} // namespace

static bool isSame(const Buffer &x, const Buffer &y) {
  return x.size() == y.size() &&
         (x.size() == 0 || std::memcmp(x.data(), y.data(), x.size()) == 0);
}

/// Compares the first result with `c`: entries, where their order is the same,
/// and the norm, to rounding.
static Error compareResults(std::optional<Outcome> &first, Contender &contender,
                            Matrix c) {
  contender.nnzC = c.nnz();
  double norm = computeFrobeniusNorm(c);
  if (!first) {
    first.emplace(Outcome{contender.strategy, c.nnz(), norm, std::move(c)});
    return Error::success();
  }
  bool bothFinite = std::isfinite(norm) && std::isfinite(first->norm);
  // Half-precision values differ in the third digit by the order of additions.
  double tolerance = sizeOfValueType(c.valueType) <= 4 ? 1e-2 : 1e-9;
  bool sameNorm = bothFinite
                      ? std::fabs(norm - first->norm) <= tolerance * first->norm
                      : std::isfinite(norm) == std::isfinite(first->norm);
  bool sameEntries =
      c.nnz() == first->nnz &&
      (!c.sorted || (isSame(c.positions, first->c.positions) &&
                     isSame(c.coordinates, first->c.coordinates)));
  if (sameNorm && sameEntries)
    return Error::success();
  return makeError(
      formatv("results differ: {0} gives {1} entries of norm {2}, {3} gives "
              "{4} of norm {5}",
              contender.strategy, c.nnz(), norm, first->strategy, first->nnz,
              first->norm)
          .str());
}

static double median(std::vector<double> times) {
  llvm::sort(times);
  size_t half = times.size() / 2;
  return times.size() % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
}

static Expected<Matrix> runOnce(const CompiledProduct &product,
                                const Operands &operands) {
  return product.run(operands.a, operands.second(),
                     operands.mask ? &*operands.mask : nullptr);
}

/// Milliseconds of one product, read over `runs`.
static Expected<double> readTime(const CompiledProduct &product,
                                 const Operands &operands, int64_t runs) {
  double sum = 0;
  for (int64_t i = 0; i < runs; ++i) {
    Watch watch;
    auto c = runOnce(product, operands);
    sum += watch.read();
    if (!c)
      return c.takeError();
  }
  return sum / double(runs);
}

static Error runRounds(const ExplainOptions &options, const Operands &operands,
                       std::vector<Runner> &runners) {
  double fastest = std::numeric_limits<double>::max();
  for (const Runner &runner : runners)
    fastest = std::min(fastest, runner.firstMs);
  auto mayRun = [&](const Runner &runner, int64_t round) {
    return round == 0 || options.repeat > 0 ||
           runner.firstMs < fastest * kOutOfTheRace;
  };
  Watch watch;
  for (int64_t round = 0;; ++round) {
    if (options.repeat > 0 ? round >= options.repeat
                           : round >= kMostRounds || (round >= kFewestRounds &&
                                                      watch.read() > kRoundsMs))
      return Error::success();
    // Every other round backwards: who comes first, comes last.
    for (size_t i = 0; i < runners.size(); ++i) {
      Runner &runner = runners[round % 2 ? runners.size() - 1 - i : i];
      if (!mayRun(runner, round))
        continue;
      auto runs = int64_t(kReadingMs / std::max(runner.firstMs, 1e-4)) + 1;
      auto time = readTime(*runner.product, operands, runs);
      if (!time)
        return time.takeError();
      runner.times.push_back(*time);
    }
  }
}

static Error measureOnHost(const ExplainOptions &options,
                           ProductOptions product, const Operands &operands,
                           const ProductStatistics &statistics,
                           std::vector<Contender> &contenders,
                           std::optional<Outcome> &first) {
  smash_rt_set_threads(product.blocks * product.blockThreads);
  Compiler compiler;
  std::vector<Runner> runners;
  for (Contender &contender : contenders) {
    if (!contender.refusal.empty())
      continue;
    product.strategy = contender.strategy;
    auto compiled = compiler.compile(product, &statistics);
    if (!compiled)
      return compiled.takeError();
    Runner runner{&contender,
                  std::make_unique<CompiledProduct>(std::move(*compiled)),
                  {},
                  0};
    // Not counted: code and arrays are touched for the first time.
    Watch watch;
    auto c = runOnce(*runner.product, operands);
    runner.firstMs = watch.read();
    if (!c)
      return c.takeError();
    if (Error error = compareResults(first, contender, std::move(*c)))
      return error;
    runners.push_back(std::move(runner));
  }
  if (Error error = runRounds(options, operands, runners))
    return error;
  for (Runner &runner : runners) {
    runner.contender->measuredMs = median(runner.times);
    runner.contender->runs = int64_t(runner.times.size());
  }
  return Error::success();
}

static Error measureOnTarget(const piuma::TargetModel &target,
                             ProductOptions product, const Operands &operands,
                             const ProductStatistics &statistics,
                             std::vector<Contender> &contenders,
                             std::optional<Outcome> &first) {
  for (Contender &contender : contenders) {
    if (!contender.refusal.empty())
      continue;
    product.strategy = contender.strategy;
    auto program = Compiler().compilePiuma(product, target,
                                           PiumaRuntime::Timing, &statistics);
    if (!program)
      return program.takeError();
    auto run = program->simulate(operands.a, operands.second(),
                                 operands.mask ? &*operands.mask : nullptr);
    if (!run)
      return run.takeError();
    contender.measuredMs = run->report.timeMs;
    contender.runs = 1;
    if (Error error = compareResults(first, contender, std::move(run->c)))
      return error;
  }
  return Error::success();
}

Error measure(const ExplainOptions &options, const ProductOptions &product,
              const piuma::TargetModel *target, const Operands &operands,
              const ProductStatistics &statistics,
              std::vector<Contender> &contenders,
              std::optional<reference::Comparison> &check) {
  std::optional<Outcome> first;
  if (Error error = target ? measureOnTarget(*target, product, operands,
                                             statistics, contenders, first)
                           : measureOnHost(options, product, operands,
                                           statistics, contenders, first))
    return error;
  if (!options.check || !first)
    return Error::success();
  auto comparison = compareWithReference(first->c, operands, options);
  if (!comparison)
    return comparison.takeError();
  check = std::move(*comparison);
  return Error::success();
}

} // namespace smash::driver
