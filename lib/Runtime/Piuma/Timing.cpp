//===- Timing.cpp - piuma programs on a simulated machine ---------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "QueueEngine.h"
#include "Simulator.h"
#include "Symbols.h"
#include "smash/Runtime/PiumaTiming.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <time.h>

using namespace smash::piuma;
using namespace smash::piuma::detail;

//===----------------------------------------------------------------------===//
// What compiled code calls
//===----------------------------------------------------------------------===//

namespace {

Thread &prepare(void *at, int64_t bytes) {
  Thread &thread = *current->running;
  thread.address = current->addressOf(at);
  thread.bytes = int32_t(bytes);
  thread.cached = thread.publishes = false;
  return thread;
}

void *load(void *at, int64_t bytes, int32_t flags) {
  prepare(at, bytes).cached = flags & PIUMA_RT_CACHED;
  current->suspend(Kind::Load);
  return at;
}

void *store(void *at, int64_t bytes, int32_t flags) {
  prepare(at, bytes).cached = flags & PIUMA_RT_CACHED;
  current->suspend(Kind::Store);
  return at;
}

void use(const void *at) { current->use(current->addressOf(at)); }

// Simulated threads take turns at events only: what they do in between is one
// step.
int64_t readBits(const void *at, int32_t bytes) {
  int64_t bits = 0;
  std::memcpy(&bits, at, size_t(bytes));
  return bits;
}

int64_t atomic(void *at, int64_t value, int32_t operation, int32_t bytes,
               int32_t returns) {
  prepare(at, bytes).publishes =
      (operation & ~PIUMA_RT_FLOAT) == PIUMA_RT_EXCHANGE;
  current->suspend(returns ? Kind::Atomic : Kind::PostedAtomic);
  int64_t old = readBits(at, bytes);
  int64_t sum = operateOn(old, value, operation, bytes);
  std::memcpy(at, &sum, size_t(bytes));
  return old;
}

int64_t compareExchange(void *at, int64_t expected, int64_t desired,
                        int32_t bytes) {
  prepare(at, bytes).publishes = true;
  current->suspend(Kind::Atomic);
  int64_t old = readBits(at, bytes);
  if (old == readBits(&expected, bytes))
    std::memcpy(at, &desired, size_t(bytes));
  return old;
}

void *alloc(int64_t count, int64_t size, int32_t zeroed, int32_t purpose) {
  return current->allocate(count, size, zeroed, purpose);
}
/// Buffers only shrink, and keep their place.
void *resize(void *data, int64_t, int64_t) { return data; }
void release(void *data) { current->release(data); }
void *scratchpad(int64_t offset, int64_t) {
  return current->scratchpadOf(current->running->core, offset);
}

/// A team's job is told by the thread that waits for it, whose own job goes on
/// afterwards.
void runTeam(Kind kind, void (*entry)(void *, int64_t), void *context,
             int64_t count, int32_t flags) {
  Thread &thread = *current->running;
  auto *outerEntry = std::exchange(thread.entry, entry);
  void *outerContext = std::exchange(thread.context, context);
  thread.count = count;
  thread.pipeline = flags;
  current->suspend(kind);
  thread.entry = outerEntry;
  thread.context = outerContext;
}

void launch(void (*entry)(void *, int64_t), void *context, int64_t count) {
  runTeam(Kind::Launch, entry, context, count, 0);
}

void spawn(void (*entry)(void *, int64_t), void *context, int64_t count,
           int32_t flags) {
  runTeam(Kind::Spawn, entry, context, count, flags);
}

void barrier() {
  current->running->reduces = false;
  current->suspend(Kind::Barrier);
}

int64_t reduce(int64_t value, int32_t operation, int32_t bytes) {
  Thread &thread = *current->running;
  thread.reduces = true;
  thread.value = value;
  thread.operation = operation;
  thread.bytes = bytes;
  current->suspend(Kind::Barrier);
  return thread.value;
}

int64_t startDma(const piuma_rt_dma *request) {
  Thread &thread = *current->running;
  thread.request = request;
  current->suspend(Kind::DmaStart);
  return thread.token;
}

void wait(int64_t token) {
  current->running->token = token;
  current->suspend(Kind::DmaWait);
}

void flush(void *, int64_t) {
  // Caches write through: there is nothing to write back.
  current->running->address = 0;
  current->running->count = 0;
  current->suspend(Kind::CacheControl);
}
void invalidate(void *at, int64_t bytes) {
  prepare(at, 0).count = bytes;
  current->suspend(Kind::CacheControl);
}
void fail(int32_t code, int64_t got, int64_t limit) {
  current->fail(code, got, limit);
}
void count(int32_t event) { current->count(event); }
void enterPhase(int32_t phase) { current->enterPhase(phase); }
void giveBack(void *, int64_t) {}
void place(const char *) {}
void endless() { current->endless(); }

} // namespace

std::vector<std::pair<std::string, void *>> smash::piuma::listTimingSymbols() {
  auto symbols = listSymbols({load,
                              store,
                              atomic,
                              compareExchange,
                              alloc,
                              resize,
                              release,
                              scratchpad,
                              giveBack,
                              launch,
                              spawn,
                              barrier,
                              reduce,
                              startDma,
                              wait,
                              createTimedQueue,
                              pushTimed,
                              popTimed,
                              destroyTimedQueue,
                              flush,
                              invalidate,
                              fail,
                              count,
                              enterPhase,
                              place,
                              endless});
  symbols.emplace_back(kUseFunction.str(), reinterpret_cast<void *>(use));
  return symbols;
}

llvm::ArrayRef<InstructionClassInfo> smash::piuma::instructionClasses() {
  static const InstructionClassInfo classes[] = {
      {"alu", Parameter::AluCycles},
      {"multiply", Parameter::MultiplyCycles},
      {"divide", Parameter::DivideCycles},
      {"float_add", Parameter::FloatAddCycles},
      {"float_multiply", Parameter::FloatMultiplyCycles},
      {"float_divide", Parameter::FloatDivideCycles},
      {"branch", Parameter::BranchCycles}};
  static_assert(std::size(classes) == std::size(Charges().executed));
  return classes;
}

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

RunTotals Simulator::totals(Time end) const {
  RunTotals totals;
  totals.end = end;
  for (const Core &core : cores) {
    totals.channelBusy = std::max(totals.channelBusy, core.channel.busy);
    for (const Core::ScratchpadBank &bank : core.scratchpadBanks)
      totals.scratchpadBusy = std::max(totals.scratchpadBusy, bank.busy);
  }
  for (const Pipe &pipe : pipes)
    totals.issued = std::max(totals.issued, pipe.issued);
  totals.issuedLimit = end / cycle + 1;
  totals.posted = mostPosted;
  totals.postedLimit = parameter(Parameter::PostedStores);
  totals.loads = mostLoads;
  totals.loadsLimit = parameter(Parameter::StpLoadsInFlight);
  totals.dma = mostDma;
  totals.dmaLimit = parameter(Parameter::DmaAccessesInFlight);
  totals.requestsInFlight = int64_t(requestPool.size() - freeRequests.size());
  for (const DmaJob &job : jobs)
    totals.notAwaited += job.used;
  totals.sentBytes = sentBytes;
  totals.channelBytes = busBytes;
  totals.purposeBytes = report.dramBytesTotal();
  totals.readBytes = report.dramReadBytes;
  totals.writtenBytes = report.dramWriteBytes;
  return totals;
}

void Simulator::finishReport(Time end) {
  double seconds = double(end) * 1e-15;
  report.timeMs = seconds * 1e3;
  report.cycles = end / cycle;
  if (report.cycles > 0)
    report.ipc = double(report.instructions) / double(report.cycles);
  for (size_t i = 0; i < std::size(charges->executed); ++i)
    report.instructionMix.emplace_back(instructionClasses()[i].name.str(),
                                       charges->executed[i]);
  for (size_t i = 0; i < std::size(kOperationNames); ++i)
    report.instructionMix.emplace_back(kOperationNames[i], operations[i]);
  Time busy = 0;
  for (Core &core : cores)
    busy += core.channel.busy;
  if (finished && violation.empty())
    violation = findViolation(totals(end));
  if (end > 0) {
    report.dramUtilization =
        double(busy) / (double(end) * double(cores.size()));
    report.dramGbPerSecond = double(busBytes) / seconds * 1e-9;
  }
  if (dramAccesses > 0)
    report.dramRowHitRate = double(rowHits) / double(dramAccesses);
  if (allAccesses > 0)
    report.scratchpadHitRate = double(scratchpadAccesses) / double(allAccesses);
  report.scratchpadStallCycles = scratchpadStall / cycle;
  report.atomicStallCycles = atomicStall / cycle;
  for (size_t i = 0; i < std::size(phaseTime); ++i)
    report.phaseCycles[i] = phaseTime[i] / cycle;
  int64_t multi = options.target.threadsPerCore();
  double sum = 0;
  for (size_t core = 0; core < cores.size(); ++core)
    for (int64_t i = 0; i < multi; ++i) {
      const Thread &thread =
          threads[core * size_t(slotsPerCore + 1) + size_t(i)];
      double share = end > 0 ? double(thread.busy) / double(end) : 0;
      report.threadUtilization.push_back(share);
      sum += share;
    }
  report.threadUtilizationMean = sum / double(report.threadUtilization.size());
}

int64_t TimingReport::dramBytesTotal() const {
  int64_t sum = 0;
  for (int64_t bytes : dramBytes)
    sum += bytes;
  return sum;
}

double TimingReport::cacheHitRate() const {
  return cacheAccesses ? double(cacheHits) / double(cacheAccesses) : 0;
}

double TimingReport::probesPerProduct() const {
  int64_t products = events[PIUMA_RT_PRODUCT];
  return products ? double(events[PIUMA_RT_PROBE]) / double(products) : 0;
}

std::string TimingReport::toJson(bool withHost) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream out(os, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("time_ms", timeMs);
    out.attribute("cycles", cycles);
    out.attribute("ipc", ipc);
    out.attribute("instructions", instructions);
    out.attributeObject("instruction_mix", [&] {
      for (const auto &[name, count] : instructionMix)
        out.attribute(name, count);
    });
    out.attribute("dram_bytes", dramBytesTotal());
    out.attributeObject("dram_bytes_by_cause", [&] {
      out.attribute("a", dramBytes[PIUMA_RT_A]);
      out.attribute("b", dramBytes[PIUMA_RT_B]);
      out.attribute("c", dramBytes[PIUMA_RT_C]);
      out.attribute("partial_products", dramBytes[PIUMA_RT_PARTIAL]);
      out.attribute("metadata", dramBytes[PIUMA_RT_METADATA]);
    });
    out.attribute("dram_read_bytes", dramReadBytes);
    out.attribute("dram_write_bytes", dramWriteBytes);
    out.attribute("dram_gb_per_second", dramGbPerSecond);
    out.attribute("dram_utilization", dramUtilization);
    out.attribute("dram_row_hit_rate", dramRowHitRate);
    out.attribute("cache_hit_rate", cacheHitRate());
    out.attribute("cache_accesses", cacheAccesses);
    out.attribute("scratchpad_hit_rate", scratchpadHitRate);
    out.attribute("scratchpad_accesses", scratchpadAccesses);
    out.attribute("scratchpad_stall_cycles", scratchpadStallCycles);
    out.attribute("remote_accesses", remoteAccesses);
    out.attribute("atomics", atomics);
    out.attribute("atomic_stall_cycles", atomicStallCycles);
    out.attribute("dma_requests", dmaRequests);
    out.attribute("dma_bytes", dmaBytes);
    out.attribute("products", events[PIUMA_RT_PRODUCT]);
    out.attribute("probes", events[PIUMA_RT_PROBE]);
    out.attribute("probes_per_product", probesPerProduct());
    out.attribute("windows", events[PIUMA_RT_WINDOW]);
    out.attribute("large_rows", events[PIUMA_RT_LARGE_ROW]);
    out.attributeObject("phase_cycles", [&] {
      out.attribute("distribution", phaseCycles[PIUMA_RT_DISTRIBUTION]);
      out.attribute("hashing", phaseCycles[PIUMA_RT_HASHING]);
      out.attribute("writeback", phaseCycles[PIUMA_RT_WRITEBACK]);
      out.attribute("other", phaseCycles[PIUMA_RT_OTHER]);
    });
    out.attribute("thread_utilization_mean", threadUtilizationMean);
    out.attributeArray("thread_utilization", [&] {
      for (double share : threadUtilization)
        out.value(share);
    });
    out.attributeObject("timeline", [&] {
      out.attribute("interval_cycles", intervalCycles);
      out.attributeArray("instructions", [&] {
        for (const Interval &interval : timeline)
          out.value(interval.instructions);
      });
      out.attributeArray("dram_bytes", [&] {
        for (const Interval &interval : timeline)
          out.value(interval.dramBytes);
      });
    });
    out.attribute("modelled_events", modelledEvents);
    out.attribute("bytes_per_fiber", bytesPerFiber);
    if (withHost)
      out.attribute("host_seconds", hostSeconds);
    out.attributeBegin("target");
    out.rawValue(llvm::StringRef(target.toJson()).rtrim());
    out.attributeEnd();
  });
  os << "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

struct TimingRun::Implementation {
  explicit Implementation(const TimingOptions &options) : simulator(options) {}
  Simulator simulator;
};

/// What this thread has computed.
static double threadSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

TimingRun::TimingRun(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
TimingRun::~TimingRun() = default;

llvm::Expected<std::unique_ptr<TimingRun>>
TimingRun::create(const TimingOptions &options) {
  if (llvm::Error error = options.target.check())
    return std::move(error);
  auto implementation = std::make_unique<Implementation>(options);
  if (!implementation->simulator.reserve())
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "out of memory: no room for the simulated address space");
  return std::unique_ptr<TimingRun>(new TimingRun(std::move(implementation)));
}

void *TimingRun::place(const void *data, size_t bytes,
                       piuma_rt_purpose purpose) {
  void *placed = implementation->simulator.allocate(int64_t(bytes), 1, false,
                                                    int32_t(purpose));
  if (placed && bytes)
    std::memcpy(placed, data, bytes);
  return placed;
}

llvm::Error TimingRun::run(const std::function<void()> &program,
                           Charges *charges) {
  double begin = threadSeconds();
  llvm::Error error = implementation->simulator.run(program, charges);
  implementation->simulator.report.hostSeconds = threadSeconds() - begin;
  return error;
}

int32_t TimingRun::takeError(int64_t *got, int64_t *limit) {
  Simulator &simulator = implementation->simulator;
  *got = simulator.got;
  *limit = simulator.limit;
  int32_t code = simulator.code;
  simulator.code = 0;
  return code;
}

const TimingReport &TimingRun::report() const {
  return implementation->simulator.report;
}

std::string TimingRun::trace() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream out(os);
  out.object([&] {
    out.attribute("displayTimeUnit", "ns");
    out.attributeArray("traceEvents", [&] {
      for (const Span &span : implementation->simulator.spans)
        out.object([&] {
          out.attribute("name", span.name);
          out.attribute("ph", "X");
          out.attribute("ts", double(span.begin) * 1e-9);
          out.attribute("dur", double(span.end - span.begin) * 1e-9);
          out.attribute("pid", span.core);
          out.attribute("tid", span.thread + 1);
        });
      // How busy pipelines and memory were, as counters.
      const TimingReport &report = implementation->simulator.report;
      double length = double(report.intervalCycles) * 1e6 /
                      double(report.target[Parameter::ClockMhz]) * 1e-6;
      for (size_t i = 0; i < report.timeline.size(); ++i)
        out.object([&] {
          const TimingReport::Interval &interval = report.timeline[i];
          out.attribute("name", "machine");
          out.attribute("ph", "C");
          out.attribute("ts", double(i) * length);
          out.attribute("pid", 0);
          out.attributeObject("args", [&] {
            out.attribute("ipc", double(interval.instructions) /
                                     double(report.intervalCycles));
            out.attribute("dram_gb_per_second",
                          double(interval.dramBytes) / length * 1e-3);
          });
        });
    });
  });
  os << "\n";
  return text;
}
