//===- TargetModel.cpp - the numbers of a machine -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/TargetModel/TargetModel.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace smash::piuma {

// Where numbers are from. "HotTiles" is Gerogiannis et al., HPCA 2024; "Hot
// Chips" the press coverage of Intel's talk at Hot Chips 2023. What is not
// published is ours: chosen, stated, to be swept.
static constexpr StringLiteral kHotTiles = "HotTiles, HPCA 2024";
static constexpr StringLiteral kHotChips = "Hot Chips 2023, press";
static constexpr StringLiteral kOurs = "ours";

static constexpr int64_t kMega = int64_t(1) << 20;

static constexpr ParameterInfo kTable[] = {
    {Parameter::Cores, "cores", "", 1, 4096, 1, "cores, each with a scratchpad",
     kHotChips},
    {Parameter::MtpsPerCore, "mtps_per_core", "", 1, 64, 4,
     "multi-threaded pipelines of a core", kHotTiles},
    {Parameter::ThreadsPerMtp, "threads_per_mtp", "", 1, 256, 16,
     "threads of a multi-threaded pipeline, issued round-robin",
     "inferred from 66 threads a core, Hot Chips 2023, press"},
    {Parameter::StpsPerCore, "stps_per_core", "", 1, 64, 2,
     "single-threaded pipelines of a core", kHotTiles},
    {Parameter::ClockMhz, "clock_mhz", "MHz", 1, 10000, 1000, "clock", kOurs},
    {Parameter::AluCycles, "alu_cycles", "cycles", 1, 100, 1,
     "latency of integer and logic instructions", kOurs},
    {Parameter::MultiplyCycles, "multiply_cycles", "cycles", 1, 100, 4,
     "latency of an integer multiply", kOurs},
    {Parameter::DivideCycles, "divide_cycles", "cycles", 1, 1000, 20,
     "latency of an integer divide", kOurs},
    {Parameter::FloatAddCycles, "float_add_cycles", "cycles", 1, 100, 4,
     "latency of a floating-point add or compare", kOurs},
    {Parameter::FloatMultiplyCycles, "float_multiply_cycles", "cycles", 1, 100,
     4, "latency of a floating-point multiply", kOurs},
    {Parameter::FloatDivideCycles, "float_divide_cycles", "cycles", 1, 1000, 20,
     "latency of a floating-point divide", kOurs},
    {Parameter::BranchCycles, "branch_cycles", "cycles", 1, 100, 2,
     "latency of a branch, a call or a return", kOurs},
    {Parameter::ReissueCycles, "reissue_cycles", "cycles", 1, 64, 1,
     "cycles between two instructions of one thread, at least", kOurs},
    {Parameter::CacheBytes, "cache_bytes", "B", 64, 16 * kMega, 16384,
     "data cache of a pipeline", kOurs},
    {Parameter::CacheLineBytes, "cache_line_bytes", "B", 8, 4096, 64,
     "line of a data cache, a power of two", kOurs},
    {Parameter::CacheWays, "cache_ways", "", 1, 64, 4,
     "associativity of a data cache", kOurs},
    {Parameter::CacheHitCycles, "cache_hit_cycles", "cycles", 1, 100, 2,
     "latency of a hit", kOurs},
    {Parameter::ScratchpadBytes, "scratchpad_bytes", "B", 4096, 1024 * kMega,
     4 * kMega, "scratchpad of a core", kHotChips},
    {Parameter::ScratchpadReserveBytes, "scratchpad_reserve_bytes", "B", 0,
     64 * kMega, 65536, "of it, kept for the system and stacks", kOurs},
    {Parameter::ScratchpadBanks, "scratchpad_banks", "", 1, 1024, 16,
     "banks, interleaved by 8 bytes", kOurs},
    {Parameter::ScratchpadCycles, "scratchpad_cycles", "cycles", 1, 1000, 10,
     "latency of a scratchpad access", kOurs},
    {Parameter::ScratchpadBytesPerCycle, "scratchpad_bytes_per_cycle", "B", 1,
     64, 8, "what a bank moves in a cycle", kOurs},
    {Parameter::AtomicCycles, "atomic_cycles", "cycles", 1, 1000, 4,
     "time that an atomic holds its bank", kOurs},
    {Parameter::DramMbPerSecond, "dram_mb_per_second", "MB/s", 1, 10000000,
     17600, "peak bandwidth of a core's memory channel", kOurs},
    {Parameter::DramNs, "dram_ns", "ns", 1, 100000, 100,
     "latency of an unloaded access", kOurs},
    {Parameter::DramAccessBytes, "dram_access_bytes", "B", 1, 4096, 8,
     "granularity of an access, a power of two", kHotChips},
    {Parameter::DramBanks, "dram_banks", "", 0, 1024, 32,
     "banks of a channel; 0: ideal, no bank is ever busy", kOurs},
    {Parameter::DramRowCycleNs, "dram_row_cycle_ns", "ns", 0, 10000, 48,
     "time that opening another row holds a bank", kOurs},
    {Parameter::DramRowBytes, "dram_row_bytes", "B", 64, 65536, 1024,
     "row of a bank, a power of two", kOurs},
    {Parameter::InterleaveBytes, "interleave_bytes", "B", 64, 1024 * kMega,
     4096,
     "consecutive bytes of the address space in one core's memory, a "
     "power of two",
     kOurs},
    {Parameter::DmaSetupCycles, "dma_setup_cycles", "cycles", 0, 100000, 50,
     "from issue to the first access of a request", kOurs},
    {Parameter::DmaQueue, "dma_queue", "", 1, 4096, 16,
     "requests that an engine queues before its core waits", kOurs},
    {Parameter::DmaAccessesInFlight, "dma_accesses_in_flight", "", 1, 65536,
     256, "8-byte accesses of an engine in flight", kOurs},
    {Parameter::DmaPieceBytes, "dma_piece_bytes", "B", 8, 4096, 64,
     "what an engine asks for at a time where elements follow each other, a "
     "power of two",
     kOurs},
    {Parameter::DmaAccessCycles, "dma_access_cycles", "cycles", 1, 1000, 1,
     "from an access of an engine to its next, at least", kOurs},
    {Parameter::QueueEntries, "queue_entries", "", 1, 1 << 30, 65536,
     "elements that a queue holds, at most", kOurs},
    {Parameter::PostedStores, "posted_stores", "", 1, 256, 4,
     "stores and non-returning atomics of a thread in flight", kOurs},
    {Parameter::StpLoadsInFlight, "stp_loads_in_flight", "", 1, 256, 4,
     "loads of a single-threaded pipeline in flight, which waits at a use",
     kOurs},
    {Parameter::BarrierCycles, "barrier_cycles", "cycles", 0, 100000, 100,
     "from the last arrival at a barrier to its release", kOurs},
    {Parameter::SpawnCycles, "spawn_cycles", "cycles", 0, 100000, 100,
     "from a spawn to the first instruction of its threads", kOurs},
    {Parameter::HopNs, "hop_ns", "ns", 0, 100000, 50,
     "to another core, one way", kOurs},
};
static_assert(std::size(kTable) == kParameters, "one row a parameter");

static constexpr StringLiteral kNames[] = {"piuma-1core", "piuma-8core",
                                           "piuma-sled"};

static Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

ArrayRef<ParameterInfo> TargetModel::parameters() { return kTable; }
ArrayRef<StringLiteral> TargetModel::names() { return kNames; }

static const ParameterInfo *find(StringRef key) {
  for (const ParameterInfo &info : kTable)
    if (info.key == key)
      return &info;
  return nullptr;
}

static Error unknownKey(StringRef key) {
  StringRef nearest;
  unsigned best = key.size() / 3 + 2;
  for (const ParameterInfo &info : kTable)
    if (unsigned distance = key.edit_distance(info.key); distance < best) {
      best = distance;
      nearest = info.key;
    }
  return makeError("a target has no number '" + key + "'" +
                   (nearest.empty() ? Twine() : "; is it '" + nearest + "'?"));
}

Error TargetModel::set(StringRef key, int64_t value) {
  const ParameterInfo *info = find(key);
  if (!info)
    return unknownKey(key);
  if (value < info->lowest || value > info->highest)
    return makeError("target number " + key + " is " + Twine(value) +
                     "; it must lie between " + Twine(info->lowest) + " and " +
                     Twine(info->highest) +
                     (info->unit.empty() ? Twine() : " " + info->unit));
  values[unsigned(info->parameter)] = value;
  return Error::success();
}

Expected<int64_t> TargetModel::get(StringRef key) const {
  if (const ParameterInfo *info = find(key))
    return get(info->parameter);
  return unknownKey(key);
}

Error TargetModel::check() const {
  for (Parameter parameter :
       {Parameter::CacheLineBytes, Parameter::DramAccessBytes,
        Parameter::DramRowBytes, Parameter::InterleaveBytes,
        Parameter::DmaPieceBytes})
    if (int64_t value = get(parameter); value & (value - 1))
      return makeError("target number " + kTable[unsigned(parameter)].key +
                       " is " + Twine(value) + "; it must be a power of two");
  auto atMost = [&](Parameter small, Parameter large) -> Error {
    if (get(small) <= get(large))
      return Error::success();
    return makeError("target number " + kTable[unsigned(small)].key + " is " +
                     Twine(get(small)) + "; it must be at most " +
                     kTable[unsigned(large)].key + ", " + Twine(get(large)));
  };
  if (Error error =
          atMost(Parameter::ScratchpadReserveBytes, Parameter::ScratchpadBytes))
    return error;
  if (Error error =
          atMost(Parameter::CacheLineBytes, Parameter::InterleaveBytes))
    return error;
  if (Error error = atMost(Parameter::DramAccessBytes, Parameter::DramRowBytes))
    return error;
  if (get(Parameter::CacheBytes) %
      (get(Parameter::CacheLineBytes) * get(Parameter::CacheWays)))
    return makeError(
        "target number cache_bytes is " + Twine(get(Parameter::CacheBytes)) +
        "; it must be a multiple of cache_line_bytes x "
        "cache_ways, " +
        Twine(get(Parameter::CacheLineBytes) * get(Parameter::CacheWays)));
  return Error::success();
}

Error TargetModel::checkScratchpad() const {
  if (usableScratchpadBytes() > 0)
    return Error::success();
  return makeError("target number scratchpad_reserve_bytes is " +
                   Twine(get(Parameter::ScratchpadReserveBytes)) +
                   "; for a product it must be less than scratchpad_bytes, " +
                   Twine(get(Parameter::ScratchpadBytes)));
}

Expected<TargetModel> TargetModel::byName(StringRef name) {
  TargetModel model;
  model.targetName = name.str();
  for (const ParameterInfo &info : kTable)
    model.values[unsigned(info.parameter)] = info.value;
  if (name == "piuma-1core")
    return model;
  if (name == "piuma-8core") { // a chip
    model.values[unsigned(Parameter::Cores)] = 8;
    return model;
  }
  if (name == "piuma-sled") { // 16 chips
    model.values[unsigned(Parameter::Cores)] = 128;
    return model;
  }
  return makeError("unknown target '" + name +
                   "'; one of piuma-1core, piuma-8core, piuma-sled, or a file "
                   "that ends in .json");
}

/// The first key that the outermost object of `text`, which is JSON, has twice;
/// the parser keeps one of the two.
static std::optional<std::string> findRepeatedKey(StringRef text) {
  StringSet<> keys;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[')
      ++depth;
    if (text[i] == '}' || text[i] == ']')
      --depth;
    if (text[i] != '"')
      continue;
    size_t begin = i++;
    for (; text[i] != '"'; ++i)
      if (text[i] == '\\')
        ++i;
    if (depth != 1 || !text.substr(i + 1).ltrim().starts_with(":"))
      continue;
    // Spelt in another way it is the same key.
    auto key = cantFail(json::parse(text.slice(begin, i + 1)));
    if (!keys.insert(*key.getAsString()).second)
      return key.getAsString()->str();
  }
  return std::nullopt;
}

Expected<TargetModel> TargetModel::fromJson(StringRef text) {
  auto parsed = json::parse(text);
  if (!parsed)
    return parsed.takeError();
  const json::Object *object = parsed->getAsObject();
  if (!object)
    return makeError("a target is a JSON object");
  if (auto key = findRepeatedKey(text))
    return makeError("a target has the key '" + *key + "' twice");
  TargetModel model;
  std::optional<StringRef> name = object->getString("name");
  if (!name || name->empty())
    return makeError("a target needs a 'name', a string");
  model.targetName = name->str();
  for (const auto &entry : *object) {
    StringRef key = entry.first;
    if (key == "name")
      continue;
    if (!find(key))
      return unknownKey(key);
    std::optional<int64_t> value = entry.second.getAsInteger();
    if (!value)
      return makeError("target number " + key + " is not an integer");
    if (Error error = model.set(key, *value))
      return std::move(error);
  }
  for (const ParameterInfo &info : kTable)
    if (!object->get(info.key))
      return makeError("a target needs the number '" + info.key +
                       "': " + info.meaning);
  if (Error error = model.check())
    return std::move(error);
  return model;
}

Expected<TargetModel> TargetModel::load(StringRef text) {
  if (!text.ends_with(".json"))
    return byName(text);
  auto buffer = MemoryBuffer::getFile(text, /*IsText=*/true);
  if (std::error_code code = buffer.getError())
    return makeError("cannot read '" + text +
                     "': " + StringRef(code.message()).lower());
  auto model = fromJson((*buffer)->getBuffer());
  if (!model)
    return makeError(text + ": " + toString(model.takeError()));
  return model;
}

std::string TargetModel::toJson() const {
  std::string text;
  raw_string_ostream os(text);
  json::OStream out(os, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("name", targetName);
    for (const ParameterInfo &info : kTable)
      out.attribute(info.key, get(info.parameter));
  });
  os << "\n";
  return text;
}

} // namespace smash::piuma
