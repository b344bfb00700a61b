//===- Simulate.cpp - smash simulate ------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simulate.h"
#include "Operands.h"
#include "Outputs.h"
#include "Progress.h"
#include "Report.h"
#include "smash/Compiler/Piuma.h"
#include "smash/Support/MatrixMarket.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace smash::driver {

using piuma::TargetModel;
using piuma::TimingReport;

/// The first number in which `made` differs from `asked`, with that of the
/// other; their names where there is none.
static std::string describeDifference(const TargetModel &made,
                                      const TargetModel &asked) {
  for (const piuma::ParameterInfo &info : TargetModel::parameters())
    if (made[info.parameter] != asked[info.parameter])
      return (info.key + " = " + Twine(made[info.parameter]) + ", not " +
              Twine(asked[info.parameter]))
          .str();
  return made.name() + ", not " + asked.name();
}

Expected<TargetModel> makeTarget(const SimulateOptions &options,
                                 const std::optional<TargetModel> &named) {
  auto target = named && options.target.empty()
                    ? Expected<TargetModel>(*named)
                    : TargetModel::load(options.target.empty()
                                            ? StringRef(kDefaultTarget)
                                            : StringRef(options.target));
  if (!target)
    return target.takeError();
  if (named && *named != *target)
    return makeError("'" + options.a + "' is made for " +
                     describeDifference(*named, *target) +
                     " of '--target=" + options.target +
                     "'; '--set' changes what a program names");
  for (const auto &[key, value] : options.changes)
    if (Error error = target->set(key, value))
      return std::move(error);
  if (Error error = target->check())
    return std::move(error);
  return target;
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

/// A simulated product and what there is to tell about it.
namespace {
struct Outcome {
  std::string a, b;
  std::string strategy;
  const ProductStatistics *statistics;
  int64_t nnzC = 0;
  int64_t predictedEvents = 0;
  std::optional<reference::Comparison> check;
};
} // namespace

static std::string number(double value, StringRef unit = "") {
  std::string text;
  raw_string_ostream os(text);
  os << format(value >= 100 ? "%.1f" : value >= 10 ? "%.2f" : "%.3f", value);
  if (!unit.empty())
    os << " " << unit;
  return text;
}

static std::string percent(double share) { return number(share * 100) + " %"; }

static std::string megabytes(int64_t bytes) {
  return number(double(bytes) / 1e6, "MB");
}

/// Threads by the share of the run in which they had work, in ten bars.
static void printHistogram(raw_ostream &os, const TimingReport &report) {
  constexpr int kBars = 10, kWidth = 40;
  int64_t counts[kBars] = {}, most = 1;
  for (double share : report.threadUtilization) {
    int bar = std::min(kBars - 1, std::max(0, int(share * kBars)));
    most = std::max(most, ++counts[bar]);
  }
  for (int i = 0; i < kBars; ++i) {
    if (counts[i] == 0)
      continue;
    int64_t length = (counts[i] * kWidth + most - 1) / most;
    os << "             " << right_justify(std::to_string(i * 10), 3) << " to "
       << right_justify(std::to_string(i * 10 + 10), 3) << " % busy "
       << std::string(size_t(length), '#') << " " << counts[i] << "\n";
  }
}

/// What the machine did.
static void printMachine(raw_ostream &os, const TimingReport &report) {
  auto line = [&](StringRef key) -> raw_ostream & {
    return os << left_justify(key, 13);
  };
  const TargetModel &target = report.target;
  line("machine")
      << target.name() << ", PIUMA-like with stated parameters: "
      << target[piuma::Parameter::Cores] << " x " << target.threadsPerCore()
      << " threads, DRAM " << target[piuma::Parameter::DramNs] << " ns and "
      << number(double(target[piuma::Parameter::DramMbPerSecond]) / 1e3, "GB/s")
      << " a core\n";
  line("time") << number(report.timeMs, "ms") << ", " << report.cycles
               << " cycles\n";
  line("instructions") << report.instructions << ", IPC " << number(report.ipc)
                       << "\n";
  os << "            ";
  for (const auto &[name, count] : report.instructionMix)
    if (count * 200 >= report.instructions)
      os << " " << name << " "
         << percent(double(count) / double(report.instructions));
  os << "\n";
  line("dram") << megabytes(report.dramBytesTotal()) << " ("
               << number(report.dramGbPerSecond, "GB/s") << ", "
               << percent(report.dramUtilization) << " of the peak): A "
               << megabytes(report.dramBytes[PIUMA_RT_A]) << ", B "
               << megabytes(report.dramBytes[PIUMA_RT_B]) << ", C "
               << megabytes(report.dramBytes[PIUMA_RT_C])
               << ", partial products "
               << megabytes(report.dramBytes[PIUMA_RT_PARTIAL]) << ", metadata "
               << megabytes(report.dramBytes[PIUMA_RT_METADATA]) << "\n";
  line("hits") << "cache " << percent(report.cacheHitRate()) << ", scratchpad "
               << percent(report.scratchpadHitRate)
               << " of all accesses, open rows "
               << percent(report.dramRowHitRate) << "\n";
  line("hashing") << number(report.probesPerProduct()) << " probes a product, "
                  << report.atomics << " atomics, " << report.atomicStallCycles
                  << " cycles of waits for banks, "
                  << report.events[PIUMA_RT_WINDOW] << " windows\n";
  line("dma") << report.dmaRequests << " requests, "
              << megabytes(report.dmaBytes) << "\n";
  int64_t phases = 0;
  for (int64_t cycles : report.phaseCycles)
    phases += cycles;
  auto phase = [&](int i) {
    return percent(phases ? double(report.phaseCycles[i]) / double(phases) : 0);
  };
  line("phases") << "window distribution " << phase(PIUMA_RT_DISTRIBUTION)
                 << ", hashing " << phase(PIUMA_RT_HASHING) << ", write-back "
                 << phase(PIUMA_RT_WRITEBACK) << ", other "
                 << phase(PIUMA_RT_OTHER) << " of the blocks' time\n";
  line("threads") << percent(report.threadUtilizationMean)
                  << " busy on average\n";
  printHistogram(os, report);
  line("simulation") << report.modelledEvents << " events in "
                     << number(report.hostSeconds, "s") << " of a core, "
                     << number(double(report.modelledEvents) /
                               std::max(report.hostSeconds, 1e-9) / 1e6)
                     << " million a second, " << report.bytesPerFiber
                     << " bytes a fiber\n";
}

static void printSummary(raw_ostream &os, const Outcome &outcome,
                         const TimingReport &report) {
  os << left_justify("product", 13) << outcome.a << " * " << outcome.b << ", "
     << outcome.statistics->products << " products, " << outcome.nnzC
     << " non-zeros of C\n"
     << left_justify("strategy", 13) << outcome.strategy << "\n";
  printMachine(os, report);
  if (outcome.check)
    os << left_justify("check", 13) << outcome.check->message << "\n";
}

/// The report of the machine, and what was multiplied.
static std::string printJson(const Outcome &outcome, const TimingReport &report,
                             bool withHost) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("a", json::fixUTF8(outcome.a));
    json.attribute("b", json::fixUTF8(outcome.b));
    json.attribute("strategy", outcome.strategy);
    json.attribute("nnz_c", outcome.nnzC);
    if (outcome.check)
      json.attribute("check", outcome.check->message);
    json.attribute("predicted_events", outcome.predictedEvents);
    json.attributeBegin("machine");
    json.rawValue(StringRef(report.toJson(withHost)).rtrim());
    json.attributeEnd();
  });
  os << "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

static Error checkResult(const Matrix &c, const Operands &operands,
                         const SimulateOptions &options, Outcome &outcome) {
  outcome.nnzC = c.nnz();
  if (!options.check)
    return Error::success();
  auto comparison = compareWithReference(c, operands, options);
  if (!comparison)
    return comparison.takeError();
  outcome.check = std::move(*comparison);
  return outcome.check->equal
             ? Error::success()
             : makeError("check failed: " + outcome.check->message);
}

/// The result on threads of the host.
static Error runFunctional(const SimulateOptions &options,
                           const TargetModel &target,
                           const ProductOptions &product,
                           const Operands &operands, Outcome &outcome) {
  auto program = Compiler().compilePiuma(
      product, target,
      options.checking ? PiumaRuntime::Checking : PiumaRuntime::Functional,
      outcome.statistics);
  if (!program)
    return program.takeError();
  outcome.strategy = program->strategy();
  auto c =
      program->run(operands.a, operands.second(), operands.third(),
                   operands.before(), uint64_t(options.seed),
                   options.mostEvents ? options.mostEvents : piuma::kMostSteps);
  if (!c)
    return c.takeError();
  if (Error error = checkResult(*c, operands, options, outcome))
    return error;
  if (!options.output.empty())
    if (Error error = writeMatrixMarket(options.output, *c))
      return error;
  if (!options.quiet) {
    outs() << left_justify("strategy", 13) << outcome.strategy << "\n"
           << left_justify("result", 13) << outcome.nnzC << " non-zeros of C, "
           << (options.checking ? "checked step by step"
                                : "on threads of the host")
           << "\n";
    if (outcome.check)
      outs() << left_justify("check", 13) << outcome.check->message << "\n";
  }
  return Error::success();
}

/// Events of the simulation, within a factor of four: so many for
/// each product and each entry of C, and for each thread, which plan together.
/// Measured on R-MAT, uniformly random, banded and grid matrices at 1 and 8
/// cores; a test measures them again. Hash tables with long probe sequences
/// cost more, which the progress shows.
static int64_t predictEvents(StringRef strategy, const Outcome &outcome,
                             const TargetModel &target) {
  struct {
    StringLiteral dataflow, merge, accumulator;
    int64_t product, entry;
  } const costs[] = {
      {"inner", "", "", 60, 20},
      {"outer", "", "", 170, 10},
      {"row_wise", "merge = atomic", "accumulator = hash", 5, 66},
      {"row_wise", "merge = atomic", "", 2, 36},
      {"", "", "", 5, 60}};
  const auto &cost = *llvm::find_if(costs, [&](const auto &cost) {
    return strategy.starts_with(cost.dataflow) &&
           strategy.contains(cost.merge) && strategy.contains(cost.accumulator);
  });
  constexpr int64_t kThread = 6000;
  return outcome.statistics->products * cost.product +
         outcome.statistics->entriesC * cost.entry +
         target[piuma::Parameter::Cores] * target.threadsPerCore() * kThread;
}

static std::string millions(int64_t events) {
  return std::to_string(events / 1'000'000) + " million events";
}

/// Says that a simulation is long, before it runs where that is foreseen, else
/// once it is; and from then on how far it is, on a terminal.
namespace {
class LongRun {
public:
  /// Of a program `predicted` and `products` are 0: nobody knows.
  LongRun(const SimulateOptions &options, StringRef what, int64_t predicted,
          int64_t products)
      : options(options), what(what.str()), products(products) {
    if (predicted > options.manyEvents)
      tell("about " + millions(predicted) + " to simulate, for " +
           std::to_string(products) + " products");
  }

  /// What the simulation calls now and then.
  void update(int64_t events, int64_t formed) {
    if (!progress && events > options.manyEvents)
      tell("more than " + millions(options.manyEvents) + " simulated" +
           (products ? ", for " + std::to_string(formed) + " of " +
                           std::to_string(products) + " products"
                     : ""));
    if (!progress)
      return;
    if (products)
      progress->update(double(formed) / double(products));
    else
      progress->update(millions(events));
  }

private:
  void tell(const std::string &text) {
    if (!options.quiet)
      errs() << "smash: " << text << "\n";
    progress.emplace("simulating " + what, !options.quiet);
  }

  const SimulateOptions &options;
  std::string what;
  int64_t products;
  std::optional<Progress> progress; ///< since it was told
};
} // namespace

/// One run on the simulated machine.
static Expected<SimulatedRun> runTiming(const SimulateOptions &options,
                                        const TargetModel &target,
                                        const ProductOptions &product,
                                        const Operands &operands,
                                        Outcome &outcome) {
  auto program = Compiler().compilePiuma(product, target, PiumaRuntime::Timing,
                                         outcome.statistics);
  if (!program)
    return program.takeError();
  outcome.strategy = program->strategy();
  outcome.predictedEvents = predictEvents(outcome.strategy, outcome, target);
  LongRun length(options, outcome.a, outcome.predictedEvents,
                 outcome.statistics->products);
  SimulateRunOptions wanted;
  wanted.trace = !options.trace.empty();
  if (options.mostEvents)
    wanted.mostEvents = options.mostEvents;
  wanted.progress = [&](int64_t events, int64_t formed) {
    length.update(events, formed);
  };
  auto run = program->simulate(operands.a, operands.second(), operands.third(),
                               operands.before(), wanted);
  if (!run)
    return run.takeError();
  if (Error error = checkResult(run->c, operands, options, outcome))
    return std::move(error);
  return run;
}

/// `target` with each value of the number that is swept, all of them legal.
static Expected<std::vector<TargetModel>>
makeSweep(const SimulateOptions &options, const TargetModel &target) {
  std::vector<TargetModel> targets;
  for (int64_t value : options.sweepValues) {
    TargetModel &changed = targets.emplace_back(target);
    if (Error error = changed.set(options.sweepKey, value))
      return std::move(error);
    if (Error error = changed.check())
      return std::move(error);
    if (Error error = changed.checkScratchpad())
      return std::move(error);
  }
  return targets;
}

/// A run on each of `targets`, as a table or, where the report takes its place,
/// as JSON.
static Error sweep(const SimulateOptions &options,
                   ArrayRef<TargetModel> targets, const ProductOptions &product,
                   const Operands &operands, Outcome &outcome) {
  std::string reports = "[";
  bool hasTable = !options.quiet && options.report != "-";
  if (hasTable)
    outs() << left_justify(options.sweepKey, 28)
           << "time_ms        ipc    dram_utilization  probes_per_product\n";
  for (const TargetModel &target : targets) {
    auto run = runTiming(options, target, product, operands, outcome);
    if (!run)
      return run.takeError();
    if (hasTable)
      outs() << left_justify(
                    std::to_string(cantFail(target.get(options.sweepKey))), 28)
             << left_justify(number(run->report.timeMs), 15)
             << left_justify(number(run->report.ipc), 7)
             << left_justify(percent(run->report.dramUtilization), 18)
             << number(run->report.probesPerProduct()) << "\n";
    reports += (reports.size() > 1 ? ",\n" : "\n") +
               printJson(outcome, run->report, options.hostTimes);
  }
  reports += "]\n";
  if (options.report.empty())
    return Error::success();
  if (options.report == "-") {
    outs() << reports;
    return Error::success();
  }
  return writeText(options.report, reports);
}

/// A piuma program in IR text, instead of a product.
static Error simulateProgram(const SimulateOptions &options) {
  auto buffer = MemoryBuffer::getFile(options.a, /*IsText=*/true);
  if (!buffer)
    return makeError(options.a + ": " + buffer.getError().message());
  auto runtime = options.checking     ? PiumaRuntime::Checking
                 : options.functional ? PiumaRuntime::Functional
                                      : PiumaRuntime::Timing;
  Compiler compiler;
  auto named = compiler.findPiumaTarget((*buffer)->getBuffer());
  if (!named)
    return makeError(options.a + ": " + toString(named.takeError()));
  auto target = makeTarget(options, *named);
  if (!target)
    return target.takeError();
  auto program = compiler.compilePiumaProgram((*buffer)->getBuffer(), *target,
                                              runtime, options.sanitizer);
  if (!program)
    return makeError(options.a + ": " + toString(program.takeError()));
  auto tell = [&](StringRef result) {
    if (!result.empty())
      outs() << left_justify("result", 13) << result << "\n";
  };
  if (options.functional) {
    auto result = program->run(uint64_t(options.seed), options.mostEvents
                                                           ? options.mostEvents
                                                           : piuma::kMostSteps);
    if (!result)
      return result.takeError();
    if (!options.quiet)
      tell(*result);
    return Error::success();
  }
  LongRun length(options, options.a, /*predicted=*/0, /*products=*/0);
  SimulateRunOptions wanted;
  wanted.trace = !options.trace.empty();
  if (options.mostEvents)
    wanted.mostEvents = options.mostEvents;
  wanted.progress = [&](int64_t events, int64_t formed) {
    length.update(events, formed);
  };
  auto run = program->simulate(wanted);
  if (!run)
    return run.takeError();
  if (!options.trace.empty())
    if (Error error = writeText(options.trace, run->trace))
      return error;
  std::string report;
  raw_string_ostream os(report);
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("program", json::fixUTF8(options.a));
    if (!run->result.empty())
      json.attribute("result", run->result);
    json.attributeBegin("machine");
    json.rawValue(StringRef(run->report.toJson(options.hostTimes)).rtrim());
    json.attributeEnd();
  });
  os << "\n";
  if (options.report == "-") {
    outs() << report;
    return Error::success();
  }
  if (!options.report.empty())
    if (Error error = writeText(options.report, report))
      return error;
  if (!options.quiet) {
    outs() << left_justify("program", 13) << options.a << "\n";
    tell(run->result);
    printMachine(outs(), run->report);
  }
  return Error::success();
}

Error simulate(const SimulateOptions &options) {
  if (Error error = checkOutputs({{"-o", options.output, /*replaced=*/true},
                                  {"--report", options.report},
                                  {"--trace", options.trace}}))
    return error;
  if (isProgram(options))
    return simulateProgram(options);
  auto target = makeTarget(options);
  if (!target)
    return target.takeError();
  auto targets = makeSweep(options, *target);
  if (!targets)
    return targets.takeError();
  auto operands = loadOperands(options);
  if (!operands)
    return operands.takeError();
  auto statistics =
      computeStatistics(operands->a, operands->second(), options.transposeA,
                        options.transposeB, maskOf(*operands, options));
  if (!statistics)
    return statistics.takeError();
  ProductOptions product = describeProduct(options, *operands, *statistics);
  if (Error error = layOutAccumulated(*operands, product))
    return error;
  // Only buffers of known sizes can be laid out in scratchpads.
  product.withoutPasses = options.withoutPasses;
  product.rows = statistics->rows;
  product.inner = statistics->inner;
  product.cols = statistics->cols;
  if (options.emit) {
    auto text =
        Compiler().emitPiuma(product, *target, *options.emit, &*statistics);
    if (!text)
      return text.takeError();
    outs() << *text;
    return Error::success();
  }
  Outcome outcome;
  outcome.a = options.a;
  outcome.b = options.b.value_or(options.a);
  outcome.statistics = &*statistics;
  if (options.functional)
    return runFunctional(options, *target, product, *operands, outcome);
  if (!options.sweepKey.empty())
    return sweep(options, *targets, product, *operands, outcome);
  auto run = runTiming(options, *target, product, *operands, outcome);
  if (!run)
    return run.takeError();
  if (!options.output.empty())
    if (Error error = writeMatrixMarket(options.output, run->c))
      return error;
  if (!options.trace.empty())
    if (Error error = writeText(options.trace, run->trace))
      return error;
  std::string report = printJson(outcome, run->report, options.hostTimes);
  if (options.report == "-") {
    outs() << report;
    return Error::success();
  }
  if (!options.report.empty())
    if (Error error = writeText(options.report, report))
      return error;
  if (!options.quiet)
    printSummary(outs(), outcome, run->report);
  return Error::success();
}

} // namespace smash::driver
