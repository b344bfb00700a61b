//===- ModelChecksTest.cpp - the model's checks can fail ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelChecks.h"
#include "gtest/gtest.h"

using namespace smash::piuma::detail;

namespace {

/// Of a run in which everything is at its limit.
RunTotals makeTotals() {
  RunTotals totals;
  totals.end = totals.channelBusy = totals.scratchpadBusy = 1000;
  totals.issued = totals.issuedLimit = 10;
  totals.posted = totals.postedLimit = 4;
  totals.loads = totals.loadsLimit = 4;
  totals.dma = totals.dmaLimit = 256;
  totals.sentBytes = totals.channelBytes = totals.purposeBytes = 24;
  totals.readBytes = 16;
  totals.writtenBytes = 8;
  return totals;
}

TEST(ModelChecks, LimitsMayBeReached) {
  EXPECT_EQ(findViolation(makeTotals()), "");
}

TEST(ModelChecks, EveryCounterIsCompared) {
  const std::pair<int64_t RunTotals::*, const char *> cases[] = {
      {&RunTotals::channelBusy, "a memory channel was busy for longer"},
      {&RunTotals::scratchpadBusy, "a bank of a scratchpad was busy for"},
      {&RunTotals::issued, "a pipeline issued more than one"},
      {&RunTotals::posted, "a thread had too many stores in flight: 5, of 4"},
      {&RunTotals::loads, "a thread had too many loads in flight"},
      {&RunTotals::dma, "a dma engine had too many accesses in flight"},
      {&RunTotals::notAwaited, "requests to dma engines that nobody awaited"},
      {&RunTotals::requestsInFlight, "accesses are under way when"},
      {&RunTotals::sentBytes, "bytes on the channels are not those that were "
                              "sent: 24, of 25"},
      {&RunTotals::channelBytes, "bytes on the channels are not those that"},
      {&RunTotals::purposeBytes, "bytes on the channels are not those of the"},
      {&RunTotals::readBytes, "bytes on the channels are not those of the"},
      {&RunTotals::writtenBytes, "bytes on the channels are not those of the"},
  };
  for (const auto &[counter, message] : cases) {
    RunTotals totals = makeTotals();
    totals.*counter += 1;
    std::string found = findViolation(totals);
    EXPECT_NE(found.find(message), std::string::npos) << found;
  }
}

} // namespace
