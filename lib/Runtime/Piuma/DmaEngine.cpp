//===- DmaEngine.cpp - copies in the background -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "Simulator.h"
#include <algorithm>

using namespace smash::piuma;
using namespace smash::piuma::detail;

/// Eight-byte accesses of `bytes`.
static int64_t accessesOf(int64_t bytes) {
  return std::max<int64_t>((bytes + 7) / 8, 1);
}

void Simulator::startDma(Thread &thread) {
  Engine &engine = cores[size_t(thread.core)].engine;
  if (int64_t(engine.queue.size()) >= parameter(Parameter::DmaQueue)) {
    engine.blocked.push_back(&thread);
    return;
  }
  int32_t index;
  if (freeJobs.empty()) {
    index = int32_t(jobs.size());
    jobs.emplace_back();
  } else {
    index = freeJobs.back();
    freeJobs.pop_back();
  }
  DmaJob &job = jobs[size_t(index)];
  job = DmaJob();
  job.used = true;
  job.request = *thread.request;
  job.owner = &thread;
  ++report.dmaRequests;
  thread.token = index + 1;
  Core &core = cores[size_t(thread.core)];
  bool idle = engine.queue.empty();
  engine.queue.push_back(index);
  if (idle)
    engine.ready = now + cycles(parameter(Parameter::DmaSetupCycles));
  scheduleStep(core, std::max(now, engine.ready));
  resume(thread);
}

void Simulator::waitDma(Thread &thread) {
  if (thread.token == 0) // piuma.done
    return resume(thread);
  int64_t index = thread.token - 1;
  if (index < 0 || index >= int64_t(jobs.size()) || !jobs[size_t(index)].used) {
    violation = "a request to the dma engine was awaited twice";
    return;
  }
  DmaJob &job = jobs[size_t(index)];
  if (!job.done) {
    job.waiter = &thread;
    return;
  }
  job.used = false;
  freeJobs.push_back(int32_t(index));
  resume(thread);
}

void Simulator::scheduleStep(Core &core, Time time) {
  if (core.engine.stepping)
    return;
  core.engine.stepping = true;
  schedule(time, Event::Step, &core);
}

void Simulator::step(Core &core) {
  Engine &engine = core.engine;
  if (engine.queue.empty())
    return;
  int32_t index = engine.queue.front();
  DmaJob &job = jobs[size_t(index)];
  const piuma_rt_dma &request = job.request;
  int64_t bytes = request.bytes;
  int64_t most = parameter(Parameter::DmaAccessesInFlight);
  // Whatever is larger than the engine may have in flight goes alone.
  auto isTooMuch = [&](int64_t moved) {
    return engine.inFlight > 0 && engine.inFlight + accessesOf(moved) > most;
  };
  int64_t piece = std::min(parameter(Parameter::DmaPieceBytes), 8 * most);

  if (job.next < request.count) {
    Request access;
    access.from = coreOf(core);
    access.dma = index;
    access.place = -1;
    bool indexed =
        request.kind == PIUMA_RT_GATHER || request.kind == PIUMA_RT_SCATTER;
    if (indexed && job.next == job.indexed) {
      // The next indices come first.
      if (job.fetchesIndex)
        return;
      int64_t count =
          std::min(request.count - job.indexed,
                   std::max<int64_t>(piece / request.index_bytes, 1));
      access.address =
          addressOf(request.index) + job.indexed * request.index_bytes;
      access.bytes = int32_t(count * request.index_bytes);
      access.placeBytes = -int32_t(count);
      if (isTooMuch(access.bytes))
        return;
      job.fetchesIndex = true;
    } else {
      DmaElement first = elementOf(request, job.next);
      int64_t count = 1;
      bool run = (request.kind == PIUMA_RT_COPY && request.from_stride == 1 &&
                  request.to_stride == 1) ||
                 request.kind == PIUMA_RT_FILL;
      if (run) {
        // Up to the next boundary of a piece at the destination.
        int64_t to = addressOf(first.to);
        int64_t room = piece - to % piece;
        count = std::min(request.count - job.next,
                         std::max<int64_t>(room / bytes, 1));
      }
      int64_t moved = count * bytes;
      if (isTooMuch(moved))
        return;
      // What was read waits in a buffer of as many accesses to be written.
      if (first.from && engine.buffered > 0 &&
          engine.buffered + accessesOf(moved) > most)
        return;
      job.next += count;
      report.dmaBytes += moved;
      access.bytes = int32_t(moved);
      if (first.from) {
        access.address = addressOf(first.from);
        access.place = addressOf(first.to);
        access.placeBytes = int32_t(moved);
      } else {
        access.address = addressOf(first.to);
        access.write = true;
      }
    }
    ++job.inFlight;
    if (engine.inFlight > 0)
      mostDma = std::max(mostDma, engine.inFlight + accessesOf(access.bytes));
    engine.inFlight += accessesOf(access.bytes);
    send(access);
  }
  if (job.next >= request.count) {
    engine.queue.pop_front();
    job.issuedAll = true;
    if (job.inFlight == 0)
      finishJob(index, coreOf(core));
    engine.ready = now + cycles(parameter(Parameter::DmaSetupCycles));
    if (!engine.queue.empty())
      scheduleStep(core, engine.ready);
    if (!engine.blocked.empty()) {
      Thread *thread = engine.blocked.front();
      engine.blocked.erase(engine.blocked.begin());
      startDma(*thread);
    }
    return;
  }
  scheduleStep(core, now + cycles(parameter(Parameter::DmaAccessCycles)));
}

void Simulator::dmaDone(Request *done) {
  Request request = *done;
  Core &core = cores[size_t(request.from)];
  DmaJob &job = jobs[size_t(request.dma)];
  if (request.place >= 0) {
    // Read: now it is written, from the engine's buffer.
    core.engine.inFlight -= accessesOf(request.bytes);
    scheduleStep(core, std::max(now, core.engine.ready));
    Request write = request;
    write.address = request.place;
    write.place = -1;
    write.write = true;
    write.buffered = true;
    core.engine.buffered += accessesOf(write.bytes);
    write.atomic = job.request.combine >= 0;
    return send(write);
  }
  if (!request.write && request.placeBytes < 0) {
    job.indexed -= request.placeBytes;
    job.fetchesIndex = false;
  }
  (request.buffered ? core.engine.buffered : core.engine.inFlight) -=
      accessesOf(request.bytes);
  --job.inFlight;
  if (job.issuedAll && job.inFlight == 0)
    finishJob(request.dma, request.from);
  if (!core.engine.queue.empty())
    scheduleStep(core, std::max(now, core.engine.ready));
}

void Simulator::finishJob(int32_t index, int32_t) {
  DmaJob &job = jobs[size_t(index)];
  // The data move when the last of them is there.
  smash::piuma::detail::perform(job.request, [&](void *at, int64_t bits) {
    int64_t old = 0;
    std::memcpy(&old, at, size_t(job.request.bytes));
    old = operateOn(old, bits, job.request.combine, job.request.bytes);
    std::memcpy(at, &old, size_t(job.request.bytes));
  });
  job.done = true;
  if (!job.waiter)
    return;
  Thread *waiter = job.waiter;
  job.used = false;
  freeJobs.push_back(index);
  schedule(now, Event::Resume, waiter);
}
