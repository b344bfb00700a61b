//===- MemorySystem.cpp - caches, scratchpads and channels --------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simulator.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace smash::piuma;
using namespace smash::piuma::detail;

static constexpr Time kNanosecond = 1000000;

//===----------------------------------------------------------------------===//
// Caches
//===----------------------------------------------------------------------===//

void Cache::configure(const TargetModel &target) {
  lineBytes = target[Parameter::CacheLineBytes];
  ways = target[Parameter::CacheWays];
  int64_t count = target[Parameter::CacheBytes] / (lineBytes * ways);
  sets = Divisor(count);
  line = Divisor(lineBytes);
  lines.assign(size_t(count * ways), Way());
}

bool Cache::access(int64_t address, bool fill) {
  int64_t wanted = line.quotient(address);
  size_t first = setOf(wanted);
  Way *oldest = &lines[first];
  ++clock;
  for (size_t i = first; i < first + size_t(ways); ++i) {
    if (lines[i].line == wanted) {
      lines[i].used = clock;
      return true;
    }
    if (lines[i].used < oldest->used)
      oldest = &lines[i];
  }
  if (fill)
    *oldest = {wanted, clock};
  return false;
}

int64_t Cache::forget(int64_t begin, int64_t end) {
  int64_t count = 0;
  for (Way &way : lines)
    if (way.line >= 0 && (way.line + 1) * lineBytes > begin &&
        way.line * lineBytes < end) {
      way = Way();
      ++count;
    }
  return count;
}

//===----------------------------------------------------------------------===//
// Accesses of threads
//===----------------------------------------------------------------------===//

void Simulator::access(Thread &thread) {
  bool write = thread.kind != Kind::Load;
  bool posted = thread.kind == Kind::Store || thread.kind == Kind::PostedAtomic;
  if (posted && thread.posted >= parameter(Parameter::PostedStores)) {
    thread.waitsForPost = true;
    return;
  }
  bool overlaps = thread.kind == Kind::Load && isSingle(thread);
  if (overlaps &&
      int64_t(thread.loads.size()) >= parameter(Parameter::StpLoadsInFlight)) {
    thread.waitsForLoad = true;
    return;
  }
  ++allAccesses;
  scratchpadAccesses += thread.address < heapBegin;
  Request request;
  request.thread = &thread;
  request.from = thread.core;
  request.address = thread.address;
  request.bytes = thread.bytes;
  request.write = write;
  request.posted = posted;
  request.atomic =
      thread.kind == Kind::Atomic || thread.kind == Kind::PostedAtomic;
  request.overlaps = overlaps;
  request.wanted = thread.address;
  if (request.atomic)
    ++report.atomics;
  if (overlaps) {
    thread.loads.push_back(thread.address);
    mostLoads = std::max(mostLoads, int64_t(thread.loads.size()));
  }
  if (thread.cached && thread.address >= heapBegin) {
    Cache &cache = pipes[size_t(thread.pipe)].cache;
    // An element may lie on several lines: those that are missing, and what
    // lies between them, come at once.
    int64_t first = INT64_MAX, last = 0;
    for (int64_t line = cache.lineOf(thread.address);
         line < thread.address + thread.bytes; line += cache.lineBytes)
      if (!cache.access(line, /*fill=*/!write)) {
        first = std::min(first, line);
        last = line + cache.lineBytes;
      }
    if (!write) {
      bool hit = last == 0;
      ++report.cacheAccesses;
      report.cacheHits += hit;
      if (hit) {
        Time ready = now + cycles(parameter(Parameter::CacheHitCycles));
        if (!overlaps)
          return schedule(ready, Event::Resume, &thread);
        schedule(ready, Event::Done, keep(request));
        return resume(thread);
      }
      request.address = first;
      request.bytes = int32_t(last - first);
    }
  }
  send(request);
  if (!violation.empty())
    return;
  if (posted)
    mostPosted = std::max(mostPosted, ++thread.posted);
  if (posted || overlaps)
    resume(thread);
}

void Simulator::postDone(Thread &thread) {
  --thread.posted;
  if (!thread.waitsForPost)
    return;
  bool wantsAll = thread.publishes || (thread.kind != Kind::Store &&
                                       thread.kind != Kind::PostedAtomic);
  if (wantsAll && thread.posted > 0)
    return;
  thread.waitsForPost = false;
  if (!thread.waitsForLoad)
    perform(thread);
}

void Simulator::loadDone(Thread &thread, int64_t address) {
  thread.loads.erase(llvm::find(thread.loads, address));
  if (!thread.waitsForLoad ||
      (thread.kind == Kind::Use
           ? llvm::is_contained(thread.loads, thread.address)
           : thread.kind != Kind::Load && !thread.loads.empty()))
    return;
  thread.waitsForLoad = false;
  if (!thread.waitsForPost)
    perform(thread);
}

//===----------------------------------------------------------------------===//
// Memories
//===----------------------------------------------------------------------===//

Request *Simulator::keep(const Request &request) {
  Request *stored;
  if (freeRequests.empty()) {
    requestPool.push_back(std::make_unique<Request>());
    stored = requestPool.back().get();
  } else {
    stored = freeRequests.back();
    freeRequests.pop_back();
  }
  *stored = request;
  return stored;
}

void Simulator::send(Request request) {
  auto isMemory = [&](int64_t address, int64_t bytes) {
    int64_t scratchpads = int64_t(cores.size()) * scratchpadStride;
    return ((address >= 0 && address < scratchpads) ||
            (address >= heapBegin && address < heapEnd)) &&
           bytes <= heapEnd - address;
  };
  // What a thread asks for, not the rest of its line; and where the engine
  // will write what it reads.
  bool isLegal = request.dma < 0
                     ? isMemory(request.wanted, request.thread->bytes)
                     : isMemory(request.address, request.bytes) &&
                           (request.write || request.placeBytes <= 0 ||
                            isMemory(request.place, request.placeBytes));
  if (!isLegal) {
    violation = "an access to what is in no buffer and no scratchpad, " +
                describeLast();
    return;
  }
  request.scratchpad = request.address < heapBegin;
  if (request.scratchpad) {
    request.home = int32_t(stride.quotient(request.address));
    ++report.scratchpadAccesses;
  } else {
    request.home = int32_t(
        coreCount.remainder(interleave.quotient(request.address - heapBegin)));
    sentBytes += channelBytes(request);
  }
  Request *stored = keep(request);
  if (request.home == request.from)
    return arrive(stored);
  ++report.remoteAccesses;
  schedule(now + parameter(Parameter::HopNs) * kNanosecond, Event::Arrive,
           stored);
}

/// What `request` moves over its channel, in whole accesses.
int64_t Simulator::channelBytes(const Request &request) const {
  int64_t granule = parameter(Parameter::DramAccessBytes);
  int64_t begin = request.address / granule * granule;
  int64_t end =
      (request.address + request.bytes + granule - 1) / granule * granule;
  // An atomic reads and writes.
  return request.atomic ? 2 * (end - begin) : end - begin;
}

void Simulator::respond(Request *request, Time done) {
  if (request->home != request->from)
    done += parameter(Parameter::HopNs) * kNanosecond;
  schedule(done, Event::Done, request);
}

void Simulator::arrive(Request *request) {
  Core &core = cores[size_t(request->home)];
  if (request->scratchpad) {
    Time latency = cycles(parameter(Parameter::ScratchpadCycles));
    Time hold = cycles(bankRate.quotient(std::min(request->bytes, 8) - 1) + 1);
    if (request->atomic) {
      hold = std::max(hold, cycles(parameter(Parameter::AtomicCycles)));
      latency += cycles(parameter(Parameter::AtomicCycles));
    }
    // Each word is in a bank of its own; the last one is waited for.
    Time last = now;
    int64_t end = request->address + request->bytes;
    for (int64_t word = request->address / 8; word * 8 < end; ++word) {
      auto &bank = core.scratchpadBanks[size_t(banks.remainder(word))];
      Time start = std::max(now, bank.free);
      bank.free = start + hold;
      bank.busy += hold;
      last = std::max(last, start);
    }
    scratchpadStall += last - now;
    if (request->atomic)
      atomicStall += last - now;
    return respond(request, last + latency);
  }
  ++dramAccesses;
  if (core.channel.banks.empty()) {
    ++rowHits;
    return useBus(request);
  }
  // The part of the address space that this core has, without gaps.
  int64_t offset = request->address - heapBegin;
  int64_t local = coreCount.quotient(interleave.quotient(offset)) *
                      parameter(Parameter::InterleaveBytes) +
                  interleave.remainder(offset);
  int64_t row = local / parameter(Parameter::DramRowBytes);
  auto &rows = core.channel.banks;
  Channel::Bank &bank = rows[size_t(row) % rows.size()];
  Time ready = std::max(now, bank.free);
  if (request->atomic)
    atomicStall += ready - now;
  if (bank.row == row) {
    ++rowHits;
    bank.free = ready;
  } else {
    bank.row = row;
    bank.free = ready + parameter(Parameter::DramRowCycleNs) * kNanosecond;
  }
  if (request->atomic)
    bank.free =
        std::max(bank.free, ready + cycles(parameter(Parameter::AtomicCycles)));
  if (ready > now)
    return schedule(ready, Event::Bus, request);
  useBus(request);
}

void Simulator::useBus(Request *request) {
  Channel &channel = cores[size_t(request->home)].channel;
  int64_t bytes = channelBytes(*request);
  Time hold = bytes * 1000000000 / parameter(Parameter::DramMbPerSecond);
  Time start = std::max(now, channel.busFree);
  channel.busFree = start + hold;
  channel.busy += hold;
  report.dramBytes[purposeOf(request->address)] += bytes;
  if (request->atomic) {
    report.dramReadBytes += bytes / 2;
    report.dramWriteBytes += bytes / 2;
  } else {
    (request->write ? report.dramWriteBytes : report.dramReadBytes) += bytes;
  }
  busBytes += bytes;
  interval().dramBytes += bytes;
  Time latency = parameter(Parameter::DramNs) * kNanosecond;
  if (request->atomic)
    latency += cycles(parameter(Parameter::AtomicCycles));
  // Not before the channel has moved it.
  respond(request, start + std::max(latency, hold));
}

void Simulator::finish(Request *request) {
  freeRequests.push_back(request);
  if (request->dma >= 0)
    return dmaDone(request);
  if (request->posted)
    return postDone(*request->thread);
  if (request->overlaps)
    return loadDone(*request->thread, request->wanted);
  resume(*request->thread);
}
