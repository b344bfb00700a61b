//===- ModelChecks.h - what holds of every simulated run -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_MODELCHECKS_H
#define SMASH_LIB_RUNTIME_PIUMA_MODELCHECKS_H

#include <cstdint>
#include <string>

namespace smash::piuma::detail {

/// Counters of a run, each kept elsewhere than what it is compared with. Times
/// are in femtoseconds.
struct RunTotals {
  int64_t end = 0; ///< of the run

  // No resource was used for longer than the run, nor beyond its limit.
  int64_t channelBusy = 0, scratchpadBusy = 0; ///< of the busiest
  int64_t issued = 0, issuedLimit = 0; ///< by the busiest pipeline; cycles
  int64_t posted = 0, postedLimit = 0; ///< stores of one thread in flight
  int64_t loads = 0, loadsLimit = 0;   ///< of one single-threaded pipeline
  int64_t dma = 0, dmaLimit = 0;       ///< accesses of one engine in flight

  // Everything that was sent arrived, once, and was told to somebody.
  int64_t notAwaited = 0; ///< requests to dma engines
  int64_t requestsInFlight = 0;
  int64_t sentBytes = 0;    ///< counted where accesses leave for memory
  int64_t channelBytes = 0; ///< counted where channels move them
  int64_t purposeBytes = 0; ///< by what they are for
  int64_t readBytes = 0, writtenBytes = 0;
};

/// What does not hold, or "".
inline std::string findViolation(const RunTotals &totals) {
  auto exceeds = [](const char *what, int64_t value, int64_t limit) {
    return std::string(what) + ": " + std::to_string(value) + ", of " +
           std::to_string(limit);
  };
  if (totals.channelBusy > totals.end)
    return exceeds("a memory channel was busy for longer than the run, in fs",
                   totals.channelBusy, totals.end);
  if (totals.scratchpadBusy > totals.end)
    return exceeds("a bank of a scratchpad was busy for longer than the run, "
                   "in fs",
                   totals.scratchpadBusy, totals.end);
  if (totals.issued > totals.issuedLimit)
    return exceeds("a pipeline issued more than one instruction a cycle",
                   totals.issued, totals.issuedLimit);
  if (totals.posted > totals.postedLimit)
    return exceeds("a thread had too many stores in flight", totals.posted,
                   totals.postedLimit);
  if (totals.loads > totals.loadsLimit)
    return exceeds("a thread had too many loads in flight", totals.loads,
                   totals.loadsLimit);
  if (totals.dma > totals.dmaLimit)
    return exceeds("a dma engine had too many accesses in flight", totals.dma,
                   totals.dmaLimit);
  if (totals.notAwaited != 0)
    return "the program ends with " + std::to_string(totals.notAwaited) +
           " requests to dma engines that nobody awaited";
  if (totals.requestsInFlight != 0)
    return std::to_string(totals.requestsInFlight) +
           " accesses are under way when the program ends";
  if (totals.channelBytes != totals.sentBytes)
    return exceeds("bytes on the channels are not those that were sent",
                   totals.channelBytes, totals.sentBytes);
  if (totals.purposeBytes != totals.channelBytes ||
      totals.readBytes + totals.writtenBytes != totals.channelBytes)
    return exceeds("bytes on the channels are not those of the causes",
                   totals.purposeBytes, totals.channelBytes);
  return "";
}

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_MODELCHECKS_H
