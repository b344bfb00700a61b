//===- CheckerMemory.cpp - memory of a checked program ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checker.h"
#include "Operations.h"
#include "smash/Runtime/Runtime.h"

using namespace smash::piuma;
using namespace smash::piuma::detail;

/// Bytes behind a buffer that are nobody's, so that what goes a little past its
/// end does not hit another one.
static constexpr int64_t kGuardBytes = 64;

/// Buffers up to that many bytes are filled with what a program will not take
/// for its own.
static constexpr int64_t kMostGarbage = 16 << 20;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

int32_t Checker::scratchpadOf(uintptr_t at, int64_t *offset) const {
  int64_t from = int64_t(at) - int64_t(uintptr_t(scratchpads.get()));
  if (from < 0 || from >= int64_t(parts.size()) * scratchpadStride)
    return -1;
  *offset = from % scratchpadStride;
  return int32_t(from / scratchpadStride);
}

/// What `at` lies in, or else what of the program's memory outside scratchpads
/// lies next to it; nothing where there is none.
std::optional<Extent> Checker::findNearest(uintptr_t at) const {
  std::optional<Extent> nearest;
  uintptr_t best = UINTPTR_MAX;
  auto consider = [&](const Extent &extent) {
    uintptr_t distance = at < extent.begin ? extent.begin - at
                         : at < extent.end ? 0
                                           : at - extent.end + 1;
    if (distance >= best)
      return;
    best = distance;
    nearest = extent;
  };
  // The last that begins at or before it, and the first behind.
  auto visit = [&](const auto &all, auto extentOf) {
    auto it = all.upper_bound(at);
    if (it != all.end())
      consider(extentOf(*it));
    if (it != all.begin())
      consider(extentOf(*std::prev(it)));
  };
  // What is read before it is written may be dropped, as a product does with
  // the old value of a slot that was free; what it is differs from seed to
  // seed.
  visit(buffers, [](const auto &entry) -> Extent {
    return {entry.first, entry.second.end, /*defined=*/true, &entry.second};
  });
  visit(operands, [](const auto &entry) -> Extent {
    return {entry.first, entry.first + uintptr_t(entry.second.bytes),
            /*defined=*/true, nullptr, &entry.second};
  });
  return nearest;
}

std::string Checker::describe(uintptr_t at) const {
  int64_t offset;
  if (int32_t core = scratchpadOf(at, &offset); core >= 0)
    return "byte " + std::to_string(offset) + " of the scratchpad of core " +
           std::to_string(core);
  auto nearest = findNearest(at);
  if (!nearest)
    return "memory that the program does not have";
  return "byte " + std::to_string(int64_t(at - nearest->begin)) + " of " +
         (nearest->buffer ? "the buffer that " +
                                std::string(nearest->buffer->madeBy) + " made"
                          : nearest->operand->name);
}

/// What [at, at + bytes) lies in; tells when it is nothing that lives.
Extent Checker::place(uintptr_t at, int64_t bytes, const char *where) {
  uintptr_t end = at + uintptr_t(bytes);
  for (const CheckedQueue &queue : queues)
    if (queue.live && at < queue.end && end > queue.begin)
      violate(std::string(where) +
              " accesses the buffer that a queue engine "
              "has since " +
              queue.where);
  if (lastExtent.covers(at, bytes))
    return lastExtent;
  int64_t offset;
  if (int32_t core = scratchpadOf(at, &offset); core >= 0) {
    auto covers = [&](const CheckedPart &part) {
      return part.begin <= offset && offset + bytes <= part.end;
    };
    const auto &live = parts[size_t(core)];
    if (auto it = std::find_if(live.begin(), live.end(), covers);
        it != live.end()) {
      uintptr_t base = at - uintptr_t(offset);
      return lastExtent = {base + uintptr_t(it->begin),
                           base + uintptr_t(it->end), false};
    }
    const auto &gone = released[size_t(core)];
    auto it = std::find_if(gone.begin(), gone.end(), covers);
    violate(std::string(where) + " accesses " + describe(at) +
            (it != gone.end()
                 ? ", which " + std::string(it->where) + " released"
                 : ", which is in no part that lives"));
  }
  auto nearest = findNearest(at);
  if (!nearest) {
    violate(std::string(where) + " accesses " + describe(at));
    return {at, end, true};
  }
  if (!nearest->covers(at, bytes))
    violate(std::string(where) + " accesses " + describe(at) + ", which has " +
            std::to_string(nearest->end - nearest->begin));
  else if (nearest->buffer && nearest->buffer->freedBy)
    violate(std::string(where) + " accesses " + describe(at) + ", which " +
            nearest->buffer->freedBy + " freed");
  return lastExtent = *nearest;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

void Checker::access(const Actor &actor, uintptr_t at, int64_t bytes,
                     AccessKind kind, const char *where) {
  Extent extent = place(at, bytes, where);
  bool reads = kind != AccessKind::Write;
  if (extent.operand && !extent.operand->writable && kind != AccessKind::Read &&
      kind != AccessKind::CachedRead)
    violate(std::string(where) + " writes " + describe(at) +
            ", which is only to be read");
  forEachWord(at, bytes, [&](uintptr_t address, uint8_t mask) {
    Word &word = shadow[address];
    if (reads && !extent.defined && (word.defined & mask) != mask)
      violate(std::string(where) + " reads " + describe(at) +
              ", which nobody has written");
    if (kind != AccessKind::Read && kind != AccessKind::CachedRead)
      word.defined |= mask;
    auto race = word.access(actor, kind, mask, where);
    if (race)
      violate("data race on " + describe(at) + ": " + where + " and " +
              race->where + " are not ordered");
  });
}

/// What is read must be in memory, not in a cache.
void Checker::readMemory(uintptr_t at, int64_t bytes, const char *where) {
  forEachWord(at, bytes, [&](uintptr_t address, uint8_t mask) {
    const Word &word = shadow[address];
    if (word.dirty & mask)
      violate(std::string(where) + " accesses " + describe(at) +
              " in memory, where what " + word.dirtyBy +
              " put into a cache is not yet: a flush is missing");
  });
}

/// Memory changes: by whom, and when.
void Checker::writeMemory(uintptr_t at, int64_t bytes, const char *where,
                          int32_t pipe) {
  ++now;
  forEachWord(at, bytes, [&](uintptr_t address, uint8_t) {
    Word &word = shadow[address];
    word.written = now;
    word.writtenBy = where;
    word.writerPipe = pipe;
  });
}

void Checker::acquire(Actor &actor, uintptr_t at) {
  if (!(shadow[at].published >> (at % Shadow::kWordBytes) & 1))
    return;
  if (auto it = clocks.find(at); it != clocks.end())
    actor.clock.join(it->second);
}

void Checker::publish(Actor &actor, uintptr_t at, int64_t) {
  shadow[at].published |= uint8_t(1 << at % Shadow::kWordBytes);
  clocks[at].join(actor.clock);
  actor.advance();
}

void *Checker::load(void *from, int64_t bytes, bool cached) {
  step();
  uintptr_t at = uintptr_t(from);
  CheckedThread &thread = *running;
  if (!cached) {
    acquire(thread.actor, at);
    access(thread.actor, at, bytes, AccessKind::Read, thread.where);
    readMemory(at, bytes, thread.where);
    return from;
  }
  access(thread.actor, at, bytes, AccessKind::CachedRead, thread.where);
  DataCache &cache = caches[size_t(thread.pipe)];
  // One line at a time; elements on two are put together.
  char *result = nullptr;
  for (int64_t done = 0; done < bytes;) {
    uintptr_t part = at + uintptr_t(done);
    int64_t rest = std::min<int64_t>(
        bytes - done, int64_t(cache.lineBytes - part % cache.lineBytes));
    Extent extent = place(part, rest, thread.where);
    if (extent.buffer && !extent.buffer->droppedBy.count(thread.pipe) &&
        !cache.has(part, rest))
      violate(std::string(thread.where) + " reads through a cache " +
              describe(part) +
              ", of which that may have what was there before: an invalidate "
              "is missing");
    DataCache::Line &line =
        cache.fetch(part, rest, extent.begin, extent.end, now);
    forEachWord(part, rest, [&](uintptr_t address, uint8_t mask) {
      const Word &word = shadow[address];
      uint8_t own = word.dirtyPipe == thread.pipe ? word.dirty : 0;
      if ((word.dirty & mask & ~own) != 0)
        violate(std::string(thread.where) + " accesses " + describe(part) +
                ", which " + word.dirtyBy +
                " put into another pipeline's cache: a flush is missing");
      if ((mask & ~own) && word.written > line.fetched &&
          word.writerPipe != thread.pipe)
        violate(std::string(thread.where) + " reads from a cache what " +
                describe(part) + " was before " + word.writtenBy +
                ": an invalidate is missing");
    });
    char *data = cache.data(line, part);
    if (rest == bytes)
      return data;
    std::memcpy(thread.staging + done, data, size_t(rest));
    result = thread.staging;
    done += rest;
  }
  return result;
}

void *Checker::store(void *to, int64_t bytes, bool cached) {
  step();
  uintptr_t at = uintptr_t(to);
  CheckedThread &thread = *running;
  access(thread.actor, at, bytes, AccessKind::Write, thread.where);
  // What was published there is no longer.
  forEachWord(at, bytes, [&](uintptr_t address, uint8_t mask) {
    shadow[address].published &= uint8_t(~mask);
  });
  DataCache &cache = caches[size_t(thread.pipe)];
  if (!cached || !cache.isInOneLine(at, bytes)) {
    readMemory(at, bytes, thread.where);
    writeMemory(at, bytes, thread.where);
    return to;
  }
  Extent extent = place(at, bytes, thread.where);
  DataCache::Line &line = cache.fetch(at, bytes, extent.begin, extent.end, now);
  cache.soil(line, at, bytes);
  forEachWord(at, bytes, [&](uintptr_t address, uint8_t mask) {
    Word &word = shadow[address];
    word.dirty = word.dirtyPipe == thread.pipe ? word.dirty | mask : mask;
    word.dirtyPipe = thread.pipe;
    word.dirtyBy = thread.where;
  });
  return cache.data(line, at);
}

static int64_t readBits(const void *at, int32_t bytes) {
  int64_t bits = 0;
  std::memcpy(&bits, at, size_t(bytes));
  return bits;
}

int64_t Checker::atomic(void *to, int64_t value, int32_t operation,
                        int32_t bytes, bool returns) {
  step();
  uintptr_t at = uintptr_t(to);
  CheckedThread &thread = *running;
  bool exchanges = (operation & ~PIUMA_RT_FLOAT) == PIUMA_RT_EXCHANGE;
  if (exchanges && returns)
    acquire(thread.actor, at);
  access(thread.actor, at, bytes,
         exchanges ? AccessKind::Exchange : AccessKind::Atomic, thread.where);
  readMemory(at, bytes, thread.where);
  writeMemory(at, bytes, thread.where);
  int64_t old = readBits(to, bytes);
  int64_t sum = operateOn(old, value, operation, bytes);
  std::memcpy(to, &sum, size_t(bytes));
  if (exchanges)
    publish(thread.actor, at, bytes);
  return old;
}

int64_t Checker::compareExchange(void *to, int64_t expected, int64_t desired,
                                 int32_t bytes) {
  step();
  uintptr_t at = uintptr_t(to);
  CheckedThread &thread = *running;
  acquire(thread.actor, at);
  access(thread.actor, at, bytes, AccessKind::Exchange, thread.where);
  readMemory(at, bytes, thread.where);
  int64_t old = readBits(to, bytes);
  if (old == readBits(&expected, bytes)) {
    writeMemory(at, bytes, thread.where);
    std::memcpy(to, &desired, size_t(bytes));
    publish(thread.actor, at, bytes);
  }
  return old;
}

//===----------------------------------------------------------------------===//
// Buffers and parts
//===----------------------------------------------------------------------===//

void *Checker::alloc(int64_t count, int64_t size, bool zeroed) {
  step();
  int64_t bytes;
  void *data = nullptr;
  if (count >= 0 && !__builtin_mul_overflow(count, size, &bytes) &&
      bytes <= INT64_MAX - kGuardBytes)
    data = smash_rt_alloc(bytes + kGuardBytes, 1, zeroed);
  if (!data) {
    smash_rt_take_error(nullptr, nullptr);
    fail(SMASH_RT_OUT_OF_MEMORY, count, size);
    return nullptr;
  }
  if (!zeroed && bytes <= kMostGarbage)
    std::memset(data, int(0xA5 ^ (options.seed & 0xff)), size_t(bytes));
  uintptr_t begin = uintptr_t(data), end = begin + uintptr_t(bytes);
  // Of what stood there before this run, or in one of its operands' places.
  undefine(begin, end + kGuardBytes);
  buffers[begin] = {end, running->where, nullptr, {}};
  lastExtent = {1, 0, true};
  return data;
}

/// Buffers only shrink, and keep their place.
void *Checker::resize(void *data, int64_t count, int64_t size) {
  step();
  uintptr_t begin = uintptr_t(data);
  auto it = buffers.find(begin);
  if (it == buffers.end() || it->second.freedBy)
    violate(std::string(running->where) + " resizes what is no buffer");
  int64_t had = int64_t(it->second.end - begin), bytes = 0;
  if (count < 0 || __builtin_mul_overflow(count, size, &bytes) || bytes > had)
    violate(std::string(running->where) + " resizes a buffer of " +
            std::to_string(had) + " bytes to " + std::to_string(count) + " x " +
            std::to_string(size));
  uintptr_t end = begin + uintptr_t(bytes);
  forget(end, it->second.end);
  it->second.end = end;
  // It might have moved.
  it->second.droppedBy.clear();
  lastExtent = {1, 0, true};
  return data;
}

void Checker::free(void *data) {
  step();
  if (!data)
    return;
  auto it = buffers.find(uintptr_t(data));
  if (it == buffers.end())
    violate(std::string(running->where) + " frees what is no buffer");
  CheckedBuffer &buffer = it->second;
  if (buffer.freedBy)
    violate(std::string(running->where) + " frees again what " +
            buffer.freedBy + " freed");
  // Whoever accesses it must have done so before: freeing is a write.
  buffer.freedBy = running->where;
  forget(it->first, buffer.end);
  const Actor &actor = running->actor;
  shadow.forEach(it->first, buffer.end, [&](Word &word) {
    if (auto race = word.access(actor, AccessKind::Write, 0xff, running->where))
      violate("data race: " + std::string(running->where) +
              " frees a buffer that " + race->where +
              " accesses, and they are not ordered");
  });
  lastExtent = {1, 0, true};
}

void *Checker::scratchpad(int64_t offset, int64_t bytes) {
  int32_t core = running->core;
  char *base = scratchpads.get() + core * scratchpadStride;
  auto &live = parts[size_t(core)];
  int64_t end = offset + bytes;
  if (end > parameter(Parameter::ScratchpadBytes))
    violate(std::string(running->where) + " takes bytes " +
            std::to_string(offset) + " to " + std::to_string(end) +
            " of a scratchpad of " +
            std::to_string(parameter(Parameter::ScratchpadBytes)));
  // Bytes of no part that lives hold nothing.
  uintptr_t first = uintptr_t(base) + uintptr_t(offset);
  auto overlaps = [&](const CheckedPart &part) {
    return part.begin < end && part.end > offset;
  };
  if (std::none_of(live.begin(), live.end(), overlaps)) {
    undefine(first, first + uintptr_t(bytes));
    std::memset(base + offset, int(0x5A ^ (options.seed & 0xff)),
                size_t(bytes));
  }
  auto isSame = [&](const CheckedPart &part) {
    return part.begin == offset && part.end == end;
  };
  if (std::none_of(live.begin(), live.end(), isSame))
    live.push_back({offset, end, running->where});
  lastExtent = {1, 0, true};
  return base + offset;
}

void Checker::release(void *at, int64_t bytes) {
  step();
  int64_t offset = 0;
  int32_t core = scratchpadOf(uintptr_t(at), &offset);
  if (core < 0)
    violate(std::string(running->where) + " releases what is in no scratchpad");
  auto &live = parts[size_t(core)];
  auto it = std::find_if(live.begin(), live.end(), [&](const auto &part) {
    return part.begin == offset && part.end == offset + bytes;
  });
  if (it == live.end())
    violate(std::string(running->where) + " releases " +
            describe(uintptr_t(at)) + ", where no part begins that lives");
  live.erase(it);
  released[size_t(core)].push_back({offset, offset + bytes, running->where});
  lastExtent = {1, 0, true};
  const Actor &actor = running->actor;
  uintptr_t first = uintptr_t(at);
  forget(first, first + uintptr_t(bytes));
  shadow.forEach(first, first + uintptr_t(bytes), [&](Word &word) {
    if (auto race = word.access(actor, AccessKind::Write, 0xff, running->where))
      violate("data race: " + std::string(running->where) +
              " releases a part that " + race->where +
              " accesses, and they are not ordered");
  });
}

/// Nobody has written [from, to).
void Checker::undefine(uintptr_t from, uintptr_t to) {
  shadow.forEach(from, to, [](Word &word) {
    word.defined = word.published = word.dirty = 0;
    word.written = 0;
  });
}

//===----------------------------------------------------------------------===//
// Caches
//===----------------------------------------------------------------------===//

/// No cache has any of [from, to) any more, nor need write it back.
void Checker::forget(uintptr_t from, uintptr_t to) {
  for (DataCache &cache : caches)
    cache.forget(from, to);
  shadow.forEach(from, to, [](Word &word) { word.dirty = 0; });
}

void Checker::writeBack(DataCache::Line &line, uintptr_t first, uintptr_t begin,
                        uintptr_t end, const char *where, int32_t pipe) {
  for (uintptr_t at = begin; at < end; ++at) {
    if (!line.dirty[at - first])
      continue;
    line.dirty[at - first] = 0;
    *reinterpret_cast<char *>(at) = line.data[at - first];
    writeMemory(at, 1, where, pipe);
    Word &word = shadow[at];
    if (word.dirtyPipe == pipe)
      word.dirty &= uint8_t(~(1u << at % Shadow::kWordBytes));
  }
}

void Checker::flush(uintptr_t at, int64_t bytes) {
  step();
  int32_t pipe = running->pipe;
  const char *where = running->where;
  caches[size_t(pipe)].forEach(
      at, at + uintptr_t(bytes),
      [&](DataCache::Line &line, uintptr_t first, uintptr_t begin,
          uintptr_t end) { writeBack(line, first, begin, end, where, pipe); });
}

void Checker::invalidate(uintptr_t at, int64_t bytes) {
  step();
  DataCache &cache = caches[size_t(running->pipe)];
  cache.forEach(at, at + uintptr_t(bytes),
                [&](DataCache::Line &line, uintptr_t first, uintptr_t begin,
                    uintptr_t end) {
                  for (uintptr_t byte = begin; byte < end; ++byte)
                    if (line.dirty[byte - first])
                      violate(std::string(running->where) + " forgets what " +
                              shadow[byte].dirtyBy + " stored to " +
                              describe(byte) + ": a flush is missing");
                });
  cache.forget(at, at + uintptr_t(bytes));
  if (auto it = buffers.find(at);
      it != buffers.end() && at + uintptr_t(bytes) >= it->second.end)
    it->second.droppedBy.insert(running->pipe);
}

/// At the end of the program nothing may be in caches only.
void Checker::checkFlushed() {
  for (auto &[begin, buffer] : buffers) {
    if (buffer.freedBy)
      continue;
    const char *by = nullptr;
    shadow.forEach(begin, buffer.end, [&](Word &word) {
      if (word.dirty)
        by = word.dirtyBy;
    });
    if (by)
      violate("what " + std::string(by) +
              " put into a cache is not in memory when the program ends: a "
              "flush is missing");
  }
}

//===----------------------------------------------------------------------===//
// DMA
//===----------------------------------------------------------------------===//

/// Does what a request asks for, as an actor of its own.
void Checker::perform(CheckedRequest &checked) {
  checked.done = true;
  const piuma_rt_dma &request = checked.request;
  const Actor &actor = checked.actor;
  const char *where = checked.where;
  for (int64_t i = 0; i < request.count; ++i) {
    if (request.kind == PIUMA_RT_GATHER || request.kind == PIUMA_RT_SCATTER) {
      uintptr_t index =
          uintptr_t(request.index) + uintptr_t(i * request.index_bytes);
      access(actor, index, request.index_bytes, AccessKind::Read, where);
      readMemory(index, request.index_bytes, where);
      if (!result.violation.empty())
        return;
    }
    DmaElement element = elementOf(request, i);
    bool combines = element.from && request.combine >= 0;
    if (element.from) {
      access(actor, uintptr_t(element.from), request.bytes, AccessKind::Read,
             where);
      readMemory(uintptr_t(element.from), request.bytes, where);
    }
    access(actor, uintptr_t(element.to), request.bytes,
           combines ? AccessKind::Atomic : AccessKind::Write, where);
    readMemory(uintptr_t(element.to), request.bytes, where);
    writeMemory(uintptr_t(element.to), request.bytes, where);
    if (!result.violation.empty())
      return;
    piuma_rt_dma one = request;
    one.kind = element.from ? int32_t(PIUMA_RT_COPY) : int32_t(PIUMA_RT_FILL);
    one.from = const_cast<char *>(element.from);
    one.to = element.to;
    one.count = 1;
    detail::perform(one, [&](void *at, int64_t bits) {
      int64_t sum = operateOn(readBits(at, request.bytes), bits,
                              request.combine, request.bytes);
      std::memcpy(at, &sum, size_t(request.bytes));
    });
  }
}

int64_t Checker::startDma(const piuma_rt_dma &request) {
  step();
  int64_t token = ++tokens;
  CheckedRequest &checked = requests[token];
  checked.request = request;
  checked.owner = running;
  checked.where = running->where;
  startActor(checked.actor, running->actor.clock);
  running->actor.advance();
  // When it is made, when it is awaited, or some time between.
  switch (random() % 3) {
  case 0:
    perform(checked);
    break;
  case 1:
    lateRequests.push_back(token);
    break;
  default: // when it is awaited
    break;
  }
  return token;
}

void Checker::wait(int64_t token) {
  step();
  if (token == 0) // piuma.done
    return;
  auto it = requests.find(token);
  if (it == requests.end()) {
    auto before = awaited.find(token);
    violate(std::string(running->where) +
            (before == awaited.end()
                 ? " awaits a request that nobody made"
                 : " awaits again what " + std::string(before->second) +
                       " awaited"));
  }
  CheckedRequest &request = it->second;
  if (request.owner != running)
    violate(std::string(running->where) + " awaits what " + request.where +
            " asked for in another thread");
  if (!request.done)
    perform(request);
  // The thread knows the request's past, whose number is free then.
  running->actor.clock.join(request.actor.clock);
  numberTimes[request.actor.number] = request.actor.now();
  freeNumbers.push_back(request.actor.number);
  awaited[token] = running->where;
  requests.erase(it);
}

//===----------------------------------------------------------------------===//
// Queues
//===----------------------------------------------------------------------===//

void *Checker::createQueue(void *data, int64_t count, int32_t bytes) {
  step();
  if (count > 0) {
    access(running->actor, uintptr_t(data), bytes, AccessKind::Write,
           running->where);
    place(uintptr_t(data), bytes * count, running->where);
  }
  forget(uintptr_t(data), uintptr_t(data) + uintptr_t(count * bytes));
  return &queues.emplace_back(data, count, bytes, options.target,
                              running->where);
}

bool Checker::push(CheckedQueue &queue, int64_t value) {
  step();
  if (!queue.live)
    violate(std::string(running->where) + " pushes to the queue of " +
            queue.where + ", which was destroyed");
  if (!queue.ring.push(value))
    return false;
  queue.pushed.push_back(running->actor.clock);
  running->actor.advance();
  return true;
}

bool Checker::pop(CheckedQueue &queue, int64_t *value) {
  step();
  if (!queue.live)
    violate(std::string(running->where) + " pops from the queue of " +
            queue.where + ", which was destroyed");
  if (!queue.ring.pop(value))
    return false;
  running->actor.clock.join(queue.pushed.front());
  queue.pushed.pop_front();
  return true;
}

void Checker::destroyQueue(CheckedQueue &queue) {
  step();
  queue.live = false;
  undefine(queue.begin, queue.end);
}
