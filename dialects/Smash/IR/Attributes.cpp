//===- Attributes.cpp - syntax and rules of the attributes -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace smash;

#include "Smash/IR/SmashEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "Smash/IR/SmashAttributes.cpp.inc"

void SmashDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "Smash/IR/SmashAttributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Mappings
//===----------------------------------------------------------------------===//

int64_t BlockMappingAttr::getMappingId() const { return 0; }
bool BlockMappingAttr::isLinearMapping() const { return true; }
int64_t BlockMappingAttr::getRelativeIndex() const { return 0; }
int64_t ThreadMappingAttr::getMappingId() const { return 0; }
bool ThreadMappingAttr::isLinearMapping() const { return true; }
int64_t ThreadMappingAttr::getRelativeIndex() const { return 0; }

//===----------------------------------------------------------------------===//
// SemiringAttr
//===----------------------------------------------------------------------===//

std::string SemiringAttr::spelling() const {
  return (stringifyMonoid(getAdd()) + "_" + stringifyMultiply(getMultiply()))
      .str();
}

SemiringAttr SemiringAttr::fromSpelling(MLIRContext *context, StringRef text) {
  auto [add, multiply] = text.split('_');
  auto addKind = symbolizeMonoid(add);
  auto multiplyKind = symbolizeMultiply(multiply);
  if (!addKind || !multiplyKind)
    return {};
  return get(context, *addKind, *multiplyKind);
}

namespace smash {
/// Parses what stands between the brackets: a short spelling, or
/// `add = A, multiply = M`. TensorOps.cpp calls it, too.
// NOLINTNEXTLINE(misc-use-internal-linkage)
ParseResult parseSemiring(AsmParser &parser, SemiringAttr &attr) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  MLIRContext *context = parser.getContext();
  if (word != "add") {
    attr = SemiringAttr::fromSpelling(context, word);
    if (!attr)
      return parser.emitError(loc, "unknown semiring '")
             << word
             << "'; spelled ADD_MULTIPLY with add one of plus, min, "
                "max, or, any and multiply one of times, plus, and, pair";
    return success();
  }
  StringRef add, multiply;
  if (parser.parseEqual() || parser.parseKeyword(&add) || parser.parseComma() ||
      parser.parseKeyword("multiply") || parser.parseEqual() ||
      parser.parseKeyword(&multiply))
    return failure();
  auto addKind = symbolizeMonoid(add);
  if (!addKind)
    return parser.emitError(loc, "unknown add '")
           << add << "'; one of plus, min, max, or, any";
  auto multiplyKind = symbolizeMultiply(multiply);
  if (!multiplyKind)
    return parser.emitError(loc, "unknown multiply '")
           << multiply << "'; one of times, plus, and, pair";
  attr = SemiringAttr::get(context, *addKind, *multiplyKind);
  return success();
}
} // namespace smash

Attribute SemiringAttr::parse(AsmParser &parser, Type) {
  SemiringAttr attr;
  if (parser.parseLess() || parseSemiring(parser, attr) ||
      parser.parseGreater())
    return {};
  return attr;
}

void SemiringAttr::print(AsmPrinter &printer) const {
  printer << "<" << spelling() << ">";
}

//===----------------------------------------------------------------------===//
// BinAttr and StrategyAttr
//===----------------------------------------------------------------------===//

/// Parses a keyword of an enum into `value`; names the legal ones otherwise.
template <typename Enum>
static ParseResult parseEnum(AsmParser &parser, StringRef knob, Enum &value,
                             std::optional<Enum> (*symbolize)(StringRef),
                             StringRef (*stringify)(Enum), unsigned first,
                             unsigned last) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  if (auto parsed = symbolize(word)) {
    value = *parsed;
    return success();
  }
  InFlightDiagnostic diag = parser.emitError(loc, "unknown ")
                            << knob << " '" << word << "'; one of ";
  for (unsigned i = first; i <= last; ++i)
    diag << (i == first ? "" : ", ") << stringify(static_cast<Enum>(i));
  return diag;
}

static ParseResult parseAccumulator(AsmParser &parser, AccumulatorKind &kind) {
  return parseEnum<AccumulatorKind>(parser, "accumulator", kind,
                                    symbolizeAccumulatorKind,
                                    stringifyAccumulatorKind, 0, 3);
}
static ParseResult parseOccupancy(AsmParser &parser, Occupancy &occupancy) {
  return parseEnum<Occupancy>(parser, "occupancy", occupancy,
                              symbolizeOccupancy, stringifyOccupancy, 0, 1);
}

Attribute BinAttr::parse(AsmParser &parser, Type) {
  int64_t bound = INT64_MAX;
  AccumulatorKind kind;
  Occupancy occupancy = Occupancy::List;
  if (parser.parseLess())
    return {};
  if (failed(parser.parseOptionalKeyword("else"))) {
    SMLoc loc;
    if (parser.parseKeyword("bound") || parser.getCurrentLocation(&loc) ||
        parser.parseInteger(bound))
      return {};
    if (bound < 1 || bound == INT64_MAX) {
      parser.emitError(loc, "bound ") << bound << " of a bin is not positive";
      return {};
    }
  }
  if (parser.parseColon() || parseAccumulator(parser, kind))
    return {};
  if (succeeded(parser.parseOptionalComma()))
    if (parser.parseKeyword("occupancy") || parser.parseEqual() ||
        parseOccupancy(parser, occupancy))
      return {};
  if (parser.parseGreater())
    return {};
  return get(parser.getContext(), bound, kind, occupancy);
}

std::string BinAttr::spelling() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (getBound() == INT64_MAX)
    os << "else";
  else
    os << "bound " << getBound();
  os << ": " << stringifyAccumulatorKind(getAccumulator());
  if (getOccupancy() != Occupancy::List)
    os << ", occupancy = " << stringifyOccupancy(getOccupancy());
  return text;
}

void BinAttr::print(AsmPrinter &printer) const {
  printer << "<" << spelling() << ">";
}

namespace {
/// The knobs of a strategy while it is parsed.
struct Knobs {
  Dataflow dataflow = Dataflow::Auto;
  SmallVector<BinAttr> bins;
  HashFunction hashFunction = HashFunction::Multiplicative;
  int64_t fillLimit = 50;
  Schedule schedule = Schedule::Dynamic;
  Table table = Table::Packed;
  Writeback writeback = Writeback::Scan;
  MergeMode merge = MergeMode::Exclusive;
  int64_t window = 0;
  Phases phases = Phases::One;
};
} // namespace

/// The thesis's versions as knobs (arXiv 2105.14156; details reported,
/// unverified).
static bool applyAlias(MLIRContext *context, StringRef word, Knobs &knobs) {
  if (word != "smash_v1" && word != "smash_v2" && word != "smash_v3" &&
      word != "smash_best")
    return false;
  knobs.dataflow = Dataflow::RowWise;
  if (word == "smash_best") {
    // Ours: an array for a window, and nobody waits for an update.
    knobs.bins = {BinAttr::get(context, INT64_MAX, AccumulatorKind::Dense,
                               Occupancy::Bitmap)};
    knobs.merge = MergeMode::Atomic;
    return true;
  }
  knobs.bins = {
      BinAttr::get(context, INT64_MAX, AccumulatorKind::Hash, Occupancy::List)};
  knobs.merge = MergeMode::Atomic;
  bool first = word == "smash_v1";
  knobs.hashFunction = first ? HashFunction::HighBits : HashFunction::LowBits;
  knobs.schedule = first ? Schedule::Static : Schedule::Dynamic;
  if (word == "smash_v3") {
    knobs.table = Table::Fragmented;
    knobs.writeback = Writeback::Bulk;
  }
  return true;
}

static ParseResult parseBins(AsmParser &parser, Knobs &knobs) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() {
    auto bin = dyn_cast_or_null<BinAttr>(BinAttr::parse(parser, Type()));
    knobs.bins.push_back(bin);
    return success(bool(bin));
  });
}

static ParseResult parseKnob(AsmParser &parser, StringRef knob, SMLoc loc,
                             Knobs &knobs) {
  MLIRContext *context = parser.getContext();
  if (parser.parseEqual())
    return failure();
  if (knob == "accumulator") {
    AccumulatorKind kind;
    if (parseAccumulator(parser, kind))
      return failure();
    knobs.bins = {BinAttr::get(context, INT64_MAX, kind, Occupancy::List)};
    return success();
  }
  if (knob == "occupancy") {
    Occupancy occupancy;
    if (parseOccupancy(parser, occupancy))
      return failure();
    if (knobs.bins.size() != 1 ||
        knobs.bins[0].getAccumulator() != AccumulatorKind::Dense)
      return parser.emitError(loc, "occupancy follows 'accumulator = dense'");
    knobs.bins = {
        BinAttr::get(context, INT64_MAX, AccumulatorKind::Dense, occupancy)};
    return success();
  }
  if (knob == "bins")
    return parseBins(parser, knobs);
  if (knob == "hash_function")
    return parseEnum<HashFunction>(parser, knob, knobs.hashFunction,
                                   symbolizeHashFunction, stringifyHashFunction,
                                   0, 2);
  if (knob == "fill_limit")
    return parser.parseInteger(knobs.fillLimit);
  if (knob == "schedule")
    return parseEnum<Schedule>(parser, knob, knobs.schedule, symbolizeSchedule,
                               stringifySchedule, 0, 1);
  if (knob == "table")
    return parseEnum<Table>(parser, knob, knobs.table, symbolizeTable,
                            stringifyTable, 0, 1);
  if (knob == "writeback")
    return parseEnum<Writeback>(parser, knob, knobs.writeback,
                                symbolizeWriteback, stringifyWriteback, 0, 1);
  if (knob == "merge")
    return parseEnum<MergeMode>(parser, knob, knobs.merge, symbolizeMergeMode,
                                stringifyMergeMode, 0, 1);
  if (knob == "phases")
    return parseEnum<Phases>(parser, knob, knobs.phases, symbolizePhases,
                             stringifyPhases, 1, 2);
  if (knob == "window") {
    if (succeeded(parser.parseOptionalKeyword("fit"))) {
      knobs.window = 0;
      return success();
    }
    SMLoc at = parser.getCurrentLocation();
    if (parser.parseKeyword("rows") || parser.parseLParen() ||
        parser.parseInteger(knobs.window) || parser.parseRParen())
      return failure();
    if (knobs.window < 1)
      return parser.emitError(at, "window of ")
             << knobs.window << " rows is not positive";
    return success();
  }
  return parser.emitError(loc, "unknown knob '")
         << knob
         << "' of a strategy; one of accumulator, occupancy, bins, "
            "hash_function, fill_limit, schedule, table, writeback, merge, "
            "window, phases";
}

namespace smash {
/// Parses what stands between the brackets of a strategy. TensorOps.cpp calls
/// it, too.
// NOLINTNEXTLINE(misc-use-internal-linkage)
ParseResult parseStrategyBody(AsmParser &parser, StrategyAttr &attr) {
  Knobs knobs;
  MLIRContext *context = parser.getContext();
  SMLoc start = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  if (!applyAlias(context, word, knobs)) {
    auto dataflow = symbolizeDataflow(word);
    if (!dataflow)
      return parser.emitError(start, "unknown dataflow '")
             << word
             << "'; one of auto, inner, outer, row_wise, smash_v1, "
                "smash_v2, smash_v3, smash_best";
    knobs.dataflow = *dataflow;
  }
  SmallVector<StringRef> seen;
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc loc = parser.getCurrentLocation();
    StringRef knob;
    if (parser.parseKeyword(&knob))
      return failure();
    if (llvm::is_contained(seen, knob))
      return parser.emitError(loc, "knob '") << knob << "' is given twice";
    seen.push_back(knob);
    if (parseKnob(parser, knob, loc, knobs))
      return failure();
  }
  attr = StrategyAttr::getChecked(
      [&] { return parser.emitError(start); }, context, knobs.dataflow,
      knobs.bins, knobs.hashFunction, knobs.fillLimit, knobs.schedule,
      knobs.table, knobs.writeback, knobs.merge, knobs.window, knobs.phases);
  return success(bool(attr));
}
} // namespace smash

Attribute StrategyAttr::parse(AsmParser &parser, Type) {
  StrategyAttr attr;
  if (parser.parseLess() || parseStrategyBody(parser, attr) ||
      parser.parseGreater())
    return {};
  return attr;
}

std::string StrategyAttr::spelling() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << stringifyDataflow(getDataflow());
  ArrayRef<BinAttr> bins = getBins();
  if (bins.size() == 1) {
    os << ", accumulator = "
       << stringifyAccumulatorKind(bins[0].getAccumulator());
    if (bins[0].getOccupancy() != Occupancy::List)
      os << ", occupancy = " << stringifyOccupancy(bins[0].getOccupancy());
  } else if (!bins.empty()) {
    os << ", bins = [";
    llvm::interleaveComma(
        bins, os, [&](BinAttr bin) { os << "<" << bin.spelling() << ">"; });
    os << "]";
  }
  if (getHashFunction() != HashFunction::Multiplicative)
    os << ", hash_function = " << stringifyHashFunction(getHashFunction());
  if (getFillLimit() != 50)
    os << ", fill_limit = " << getFillLimit();
  if (getSchedule() != Schedule::Dynamic)
    os << ", schedule = " << stringifySchedule(getSchedule());
  if (getTable() != Table::Packed)
    os << ", table = " << stringifyTable(getTable());
  if (getWriteback() != Writeback::Scan)
    os << ", writeback = " << stringifyWriteback(getWriteback());
  if (getMerge() != MergeMode::Exclusive)
    os << ", merge = " << stringifyMergeMode(getMerge());
  if (getWindow() != 0)
    os << ", window = rows(" << getWindow() << ")";
  if (getPhases() != Phases::One)
    os << ", phases = " << stringifyPhases(getPhases());
  return text;
}

void StrategyAttr::print(AsmPrinter &printer) const {
  printer << "<" << spelling() << ">";
}

StrategyAttr StrategyAttr::getAuto(MLIRContext *context) {
  Knobs knobs;
  return get(context, knobs.dataflow, knobs.bins, knobs.hashFunction,
             knobs.fillLimit, knobs.schedule, knobs.table, knobs.writeback,
             knobs.merge, knobs.window, knobs.phases);
}

StrategyAttr StrategyAttr::fromText(Location loc, StringRef text) {
  MLIRContext *context = loc.getContext();
  std::string whole = ("#smash.strategy<" + text + ">").str();
  // The parser reports at its own buffer; say it where the user wrote it.
  std::string message;
  StrategyAttr attr;
  {
    ScopedDiagnosticHandler handler(context, [&](Diagnostic &diag) {
      if (message.empty())
        message = diag.str();
      return success();
    });
    size_t read = 0;
    auto parsed = parseAttribute(whole, context, Type(), &read,
                                 /*isKnownNullTerminated=*/true);
    if (parsed && read == whole.size())
      attr = dyn_cast<StrategyAttr>(parsed);
    else if (message.empty())
      message = "unexpected text after the last knob";
  }
  if (!attr)
    emitError(loc) << "strategy '" << text << "': " << message;
  return attr;
}

LogicalResult StrategyAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   Dataflow dataflow, ArrayRef<BinAttr> bins,
                                   HashFunction, int64_t fillLimit, Schedule,
                                   Table, Writeback, MergeMode merge,
                                   int64_t window, Phases phases) {
  if (fillLimit < 1 || fillLimit > 100)
    return emitError() << "fill_limit " << fillLimit
                       << " is not between 1 and 100 percent";
  if (window < 0)
    return emitError() << "window of " << window << " rows is not positive";
  if (dataflow == Dataflow::Auto && !bins.empty())
    return emitError() << "an auto strategy chooses its accumulators itself";
  int64_t last = 0;
  for (BinAttr bin : bins) {
    if (bin.getBound() <= last)
      return emitError() << "bound " << bin.getBound()
                         << " of a bin does not "
                            "exceed the one before it, "
                         << last;
    last = bin.getBound();
    if (bin.getOccupancy() != Occupancy::List &&
        bin.getAccumulator() != AccumulatorKind::Dense)
      return emitError() << "occupancy = "
                         << stringifyOccupancy(bin.getOccupancy())
                         << " needs a dense accumulator, not "
                         << stringifyAccumulatorKind(bin.getAccumulator());
  }
  if (!bins.empty() && last != INT64_MAX)
    return emitError() << "bins are not exhaustive: the last must be "
                          "<else: ...>, not <bound "
                       << last << ": ...>";
  if (merge == MergeMode::Exclusive && window != 0)
    return emitError() << "window = rows(" << window
                       << ") needs merge = atomic; exclusive rows are merged "
                          "one at a time";
  if (merge == MergeMode::Atomic && bins.size() > 1)
    return emitError() << "merge = atomic shares one table for a window of "
                          "rows; "
                       << bins.size() << " bins cannot";
  if (merge == MergeMode::Atomic && phases == Phases::Two)
    return emitError() << "phases = two merges exclusively; not with merge = "
                          "atomic";
  return success();
}

bool smash::isStrategyOrCandidates(Attribute attr) {
  if (isa<StrategyAttr>(attr))
    return true;
  auto list = dyn_cast<ArrayAttr>(attr);
  return list && !list.empty() &&
         llvm::all_of(list, [](Attribute a) { return isa<StrategyAttr>(a); });
}

//===----------------------------------------------------------------------===//
// MachineAttr
//===----------------------------------------------------------------------===//

LogicalResult MachineAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t blocks, int64_t threadsPerBlock,
                                  int64_t scratchpadBytes, int64_t cacheBytes,
                                  int64_t memoryBytes, int64_t narrowestAtomic,
                                  int64_t bulkCopy, int64_t plainUpdateCost,
                                  int64_t atomicCost, int64_t cacheAccessCost,
                                  int64_t memoryAccessCost,
                                  int64_t bytesPerSecond) {
  if (bulkCopy != 0 && bulkCopy != 1)
    return emitError() << "bulk_copy " << bulkCopy << " is neither 0 nor 1";
  auto positive = [&](StringRef name, int64_t value) -> LogicalResult {
    if (value >= 1)
      return success();
    return emitError() << name << " " << value << " is not positive";
  };
  return success(succeeded(positive("blocks", blocks)) &&
                 succeeded(positive("threads_per_block", threadsPerBlock)) &&
                 succeeded(positive("scratchpad_bytes", scratchpadBytes)) &&
                 succeeded(positive("cache_bytes", cacheBytes)) &&
                 succeeded(positive("memory_bytes", memoryBytes)) &&
                 succeeded(positive("narrowest_atomic", narrowestAtomic)) &&
                 succeeded(positive("plain_update_cost", plainUpdateCost)) &&
                 succeeded(positive("atomic_cost", atomicCost)) &&
                 succeeded(positive("cache_access_cost", cacheAccessCost)) &&
                 succeeded(positive("memory_access_cost", memoryAccessCost)) &&
                 succeeded(positive("bytes_per_second", bytesPerSecond)));
}

MachineAttr smash::findMachine(Operation *op) {
  for (Operation *at = op; at; at = at->getParentOp())
    if (auto machine = at->getAttrOfType<MachineAttr>(kMachineAttrName))
      return machine;
  return {};
}

MachineAttr smash::getMachine(Operation *op) {
  if (MachineAttr machine = findMachine(op))
    return machine;
  op->emitOpError("needs a machine: no module around it has the attribute '")
      << kMachineAttrName << " = #smash.machine<...>'";
  return {};
}
