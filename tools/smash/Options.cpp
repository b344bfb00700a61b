//===- Options.cpp - the command line of smash --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Flags.h"
#include "smash/Compiler/KernelCache.h"
#include "smash/Compiler/Piuma.h"
#include "smash/Execution/HostEngine.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace smash::driver {

Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

StringRef findNearest(StringRef text, ArrayRef<StringRef> candidates) {
  // A third of the letters may be wrong; with more it is another word.
  unsigned best = text.size() / 3 + 1;
  StringRef nearest;
  for (StringRef candidate : candidates) {
    unsigned distance = text.edit_distance(candidate);
    if (distance < best || (distance == best && nearest.empty())) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

namespace {

/// The most threads that make sense to ask for; a larger number is a typo.
constexpr int64_t kMaxThreads = 4096;
constexpr int64_t kMaxRepeat = 1000000;

struct StageName {
  StringRef name;
  Stage stage;
};
constexpr StageName kStages[] = {
    {"smash", Stage::Smash},    {"kernel", Stage::Kernel},
    {"piuma", Stage::Piuma},    {"llvm-dialect", Stage::LLVMDialect},
    {"llvm-ir", Stage::LLVMIR}, {"asm", Stage::Assembly}};

Error expectOneOf(StringRef flag, const Twine &legal, StringRef value) {
  return makeError("flag '" + flag + "' takes " + legal + ", not '" + value +
                   "'");
}

Expected<int64_t> parseCount(StringRef flag, StringRef value, int64_t lowest,
                             int64_t highest) {
  int64_t count;
  if (value.getAsInteger(10, count) || count < lowest || count > highest)
    return expectOneOf(
        flag, "a number from " + Twine(lowest) + " to " + Twine(highest),
        value);
  return count;
}

template <bool MultiplyOptions::*member, bool to = true>
Error setSwitch(MultiplyOptions &options, StringRef, StringRef) {
  options.*member = to;
  return Error::success();
}

template <std::string MultiplyOptions::*member>
Error setText(MultiplyOptions &options, StringRef flag, StringRef value) {
  if (value.empty())
    return makeError("flag '" + flag + "' needs a value");
  options.*member = value.str();
  return Error::success();
}

Error setThreads(MultiplyOptions &options, StringRef flag, StringRef value) {
  auto count = parseCount(flag, value, 1, kMaxThreads);
  if (!count)
    return count.takeError();
  options.threads = *count;
  return Error::success();
}

Error setBlockThreads(MultiplyOptions &options, StringRef flag,
                      StringRef value) {
  return parseCount(flag, value, 1, kMaxThreads).moveInto(options.blockThreads);
}

Error setRepeat(MultiplyOptions &options, StringRef flag, StringRef value) {
  return parseCount(flag, value, 1, kMaxRepeat).moveInto(options.repeat);
}

Error setAllocationFailure(MultiplyOptions &options, StringRef flag,
                           StringRef value) {
  return parseCount(flag, value, 1, INT64_MAX)
      .moveInto(options.injectAllocationFailure);
}

Error setValueType(MultiplyOptions &options, StringRef flag, StringRef value) {
  options.valueType = parseValueType(value);
  return options.valueType
             ? Error::success()
             : expectOneOf(flag, "one of " + Twine(listValueTypes()), value);
}

template <StorageFormat MultiplyOptions::*member>
Error setFormat(MultiplyOptions &options, StringRef flag, StringRef value) {
  auto format = parseStorageFormat(value);
  if (!format)
    return makeError("flag '" + flag + "': " + toString(format.takeError()));
  options.*member = *format;
  return Error::success();
}

Error setIndexBits(MultiplyOptions &options, StringRef flag, StringRef value) {
  if (value != "32" && value != "64")
    return expectOneOf(flag, "32 or 64", value);
  options.indexBits = value == "32" ? 32 : 64;
  return Error::success();
}

Error setDuplicates(MultiplyOptions &options, StringRef flag, StringRef value) {
  if (value != "sum" && value != "reject")
    return expectOneOf(flag, "sum or reject", value);
  options.sumDuplicates = value == "sum";
  return Error::success();
}

/// Stages up to machine code; only simulated programs are piuma programs.
template <bool hasPiuma>
Error setEmit(MultiplyOptions &options, StringRef flag, StringRef value) {
  std::string names;
  for (const StageName &stage : kStages) {
    if (stage.stage == Stage::Piuma && !hasPiuma)
      continue;
    if (value == stage.name) {
      options.emit = stage.stage;
      return Error::success();
    }
    names += (names.empty() ? "" : ", ") + stage.name.str();
  }
  return expectOneOf(flag, "one of " + Twine(names), value);
}

Error setFrom(MultiplyOptions &options, StringRef flag, StringRef value) {
  auto [stage, file] = value.split(':');
  if (stage != "smash" && stage != "kernel")
    return expectOneOf(flag, "smash or kernel, and :FILE", value);
  if (value.contains(':') && file.empty())
    return makeError("flag '" + flag + "' has no file name after the colon");
  options.from = stage == "smash" ? Stage::Smash : Stage::Kernel;
  options.fromFile = file.str();
  return Error::success();
}

SimulateOptions &simulateOptions(MultiplyOptions &options) {
  return static_cast<SimulateOptions &>(options);
}

template <std::string SimulateOptions::*member>
Error setSimulateText(MultiplyOptions &options, StringRef flag,
                      StringRef value) {
  if (value.empty())
    return makeError("flag '" + flag + "' needs a value");
  simulateOptions(options).*member = value.str();
  return Error::success();
}

template <bool SimulateOptions::*member>
Error setSimulateSwitch(MultiplyOptions &options, StringRef, StringRef) {
  simulateOptions(options).*member = true;
  return Error::success();
}

Error setCache(MultiplyOptions &options, StringRef flag, StringRef value) {
  if (value.empty())
    return makeError("flag '" + flag +
                     "' needs a folder; --no-cache uses none");
  options.cache = value.str();
  return Error::success();
}

Error setSanitizer(MultiplyOptions &options, StringRef flag, StringRef value) {
  if (value == "thread")
    options.sanitizer = Sanitizer::Thread;
  else if (value == "address")
    options.sanitizer = Sanitizer::Address;
  else
    return expectOneOf(flag, "thread or address", value);
  return Error::success();
}

Error setSeed(MultiplyOptions &options, StringRef flag, StringRef value) {
  return parseCount(flag, value, 0, INT64_MAX)
      .moveInto(simulateOptions(options).seed);
}

Error setMostEvents(MultiplyOptions &options, StringRef flag, StringRef value) {
  return parseCount(flag, value, 1, INT64_MAX)
      .moveInto(simulateOptions(options).mostEvents);
}

Error setManyEvents(MultiplyOptions &options, StringRef flag, StringRef value) {
  return parseCount(flag, value, 1, INT64_MAX)
      .moveInto(simulateOptions(options).manyEvents);
}

/// KEY=VALUE, the value a number.
Error setChange(MultiplyOptions &options, StringRef flag, StringRef text) {
  auto [key, number] = text.split('=');
  int64_t value;
  if (key.empty() || number.getAsInteger(10, value))
    return expectOneOf(flag, "KEY=NUMBER", text);
  simulateOptions(options).changes.emplace_back(key.str(), value);
  return Error::success();
}

/// KEY=VALUE,VALUE,...
Error setSweep(MultiplyOptions &options, StringRef flag, StringRef text) {
  auto [key, list] = text.split('=');
  SimulateOptions &simulate = simulateOptions(options);
  if (!simulate.sweepKey.empty())
    return makeError("flag '--sweep' is given twice; one number can be swept");
  for (StringRef item : llvm::split(list, ',')) {
    int64_t value;
    if (key.empty() || item.getAsInteger(10, value))
      return expectOneOf(flag, "KEY=NUMBER,NUMBER,...", text);
    simulate.sweepValues.push_back(value);
  }
  simulate.sweepKey = key.str();
  return Error::success();
}

/// --without
Error setWithout(MultiplyOptions &options, StringRef flag, StringRef value) {
  ArrayRef<StringLiteral> passes = listOptionalPasses();
  if (!is_contained(passes, value))
    return makeError("flag '" + flag + "': '" + value +
                     "' is no pass that can be left out; those are " +
                     join(passes, ", "));
  simulateOptions(options).withoutPasses.push_back(value.str());
  return Error::success();
}

Error setMeasure(MultiplyOptions &options, StringRef, StringRef) {
  static_cast<ExplainOptions &>(options).measure = true;
  return Error::success();
}

CompileOptions &compileOptions(MultiplyOptions &options) {
  return static_cast<CompileOptions &>(options);
}

template <std::string CompileOptions::*member>
Error setCompileText(MultiplyOptions &options, StringRef flag,
                     StringRef value) {
  if (value.empty())
    return makeError("flag '" + flag + "' needs a value");
  compileOptions(options).*member = value.str();
  return Error::success();
}

template <bool CompileOptions::*member>
Error setCompileSwitch(MultiplyOptions &options, StringRef, StringRef) {
  compileOptions(options).*member = true;
  return Error::success();
}

/// WHAT,WHAT,...
Error setEmitFiles(MultiplyOptions &options, StringRef flag, StringRef list) {
  CompileOptions &compile = compileOptions(options);
  for (StringRef item : llvm::split(list, ',')) {
    bool *member = StringSwitch<bool *>(item)
                       .Case("obj", &compile.object)
                       .Case("header", &compile.header)
                       .Case("asm", &compile.assembly)
                       .Case("llvm-ir", &compile.llvmIR)
                       .Case("shared", &compile.shared)
                       .Default(nullptr);
    if (!member)
      return expectOneOf(flag, "a list of obj, header, asm, llvm-ir and shared",
                         item);
    *member = true;
  }
  return Error::success();
}

constexpr StringRef kMachine = "The machine";
constexpr StringRef kProduct = "What is multiplied";
constexpr StringRef kMethod = "How it is multiplied";
constexpr StringRef kInput = "Reading";
constexpr StringRef kOutput = "What comes out";
constexpr StringRef kInside = "Looking inside";

using Options = MultiplyOptions;
const Flag kFlags[] = {
    {kSimulate, "--target", "NAME|FILE", kMachine,
     "piuma-1core, piuma-8core, piuma-sled, or a JSON file with every number; "
     "default: what the module of a program names, else piuma-1core",
     setSimulateText<&SimulateOptions::target>},
    {kExplain, "--target", "NAME|FILE", kMachine,
     "piuma-1core, piuma-8core, piuma-sled, or a JSON file with every number; "
     "default: the host",
     setSimulateText<&SimulateOptions::target>},
    {kSimulate | kExplain, "--set", "KEY=N", kMachine,
     "change a number of the target, such as dram_ns=200; may be repeated",
     setChange},
    {kSimulate, "--sweep", "KEY=N,N,...", kMachine,
     "run once for each value of a number, and tabulate; --report has a list "
     "then",
     setSweep},
    {kSimulate, "--without", "PASS", kMachine,
     "leave out a pass that only makes programs faster: "
     "piuma-promote-scratchpad, piuma-select-caching, piuma-stage-reads, "
     "piuma-fuse-spawns, piuma-delay-waits, piuma-carry-waits or "
     "piuma-unroll-loops; may be repeated",
     setWithout},
    {kSimulate, "--functional", "", kMachine,
     "run the program on threads of the host instead: its result, not its time",
     setSimulateSwitch<&SimulateOptions::functional>},
    {kSimulate, "--checking", "", kMachine,
     "with --functional: one step at a time, with caches that keep what they "
     "have; the first data race, missed wait, flush or invalidate, or access "
     "to what is not there is an error that names both lines of --emit=piuma",
     setSimulateSwitch<&SimulateOptions::checking>},
    {kSimulate, "--seed", "N", kMachine,
     "with --functional: which requests to the DMA engine are done late, and "
     "with --checking whose turn it is after each step",
     setSeed},
    {kSimulate, "--max-events", "N", kMachine,
     "a simulation of more events is an error (default: 10000000000), or with "
     "--checking a run of more steps (1000000000)",
     setMostEvents},

    {kAll, "--semiring", "NAME", kProduct,
     "plus_times (default), min_plus, max_plus, max_times, or_and, plus_pair "
     "or any_pair",
     setText<&Options::semiring>},
    {kAll, "--transpose-a", "", kProduct, "multiply with the transpose of A",
     setSwitch<&Options::transposeA>},
    {kAll, "--transpose-b", "", kProduct, "multiply with the transpose of B",
     setSwitch<&Options::transposeB>},
    {kProducts, "--mask", "FILE", kProduct,
     "keep only the entries of C that FILE has", setText<&Options::mask>},
    {kProducts, "--mask-complement", "", kProduct,
     "keep only those that FILE lacks", setSwitch<&Options::maskComplement>},
    {kMultiply | kSimulate, "--format-a", "FORMAT", kProduct,
     "how A is stored: csr (default), csc, dcsr, dcsc, coo, coo-by-columns, "
     "bsr:RxC or bsc:RxC; then ,soa of coo, ,nonordered, ,positions=BITS and "
     ",coordinates=BITS",
     setFormat<&Options::formatA>},
    {kMultiply | kSimulate, "--format-b", "FORMAT", kProduct, "how B is stored",
     setFormat<&Options::formatB>},
    {kMultiply | kSimulate, "--format-c", "FORMAT", kProduct,
     "how C is stored; dense, too", setFormat<&Options::formatC>},
    {kMultiply | kSimulate, "--format-mask", "FORMAT", kProduct,
     "how the mask is stored", setFormat<&Options::formatMask>},
    {kProducts, "--accumulate", "FILE", kProduct,
     "add the product to FILE, whose entries no mask touches",
     setText<&Options::accumulate>},
    {kProducts, "--accumulate-op", "OP", kProduct,
     "by plus, min, max, or, any; default: the semiring's add",
     setText<&Options::accumulateOp>},
    {kProducts, "--value-type", "TYPE", kProduct,
     "compute in TYPE; default: the wider of the operands' types",
     setValueType},
    {kCompile, "--value-type", "TYPE", kProduct,
     "compute in TYPE; default: f64", setValueType},
    {kCompile, "--masked", "", kProduct,
     "the function takes a third matrix, and keeps only the entries of C that "
     "it has",
     setCompileSwitch<&CompileOptions::masked>},
    {kCompile, "--mask-complement", "", kProduct,
     "keep only those that it lacks", setSwitch<&Options::maskComplement>},

    {kAll, "--strategy", "TEXT", kMethod,
     "what stands inside #smash.strategy<...>, such as 'row_wise, "
     "accumulator = hash'; default: auto",
     setText<&Options::strategy>},
    {kOnHost, "--threads", "N", kMethod,
     "threads; default: all cores, but one block where more do not pay",
     setThreads},
    {kCompile, "--threads", "N", kMethod,
     "threads; default: 1. More need libsmash_runtime.a and pthreads",
     setThreads},
    {kOnHost | kCompile, "--block-threads", "N", kMethod,
     "how many of them share one block's window of rows; default: 1",
     setBlockThreads},
    {kProducts, "--index-bits", "BITS", kMethod,
     "32 or 64; default: the narrowest that holds", setIndexBits},
    {kCompile, "--index-bits", "BITS", kMethod, "32 (default) or 64",
     setIndexBits},
    {kAll, "--sorted", "", kMethod,
     "the rows of C in ascending column order (default)",
     setSwitch<&Options::sorted>},
    {kAll, "--unsorted", "", kMethod, "the rows of C in any order",
     setSwitch<&Options::sorted, false>},
    {kAll, "--deterministic", "", kMethod,
     "the same bits for any number of threads",
     setSwitch<&Options::deterministic>},
    {kMultiply, "--static-shapes", "", kMethod,
     "make the shapes constants of the kernel",
     setSwitch<&Options::staticShapes>},

    {kMultiply | kCache, "--cache", "FOLDER", kMethod,
     "keep compiled kernels in FOLDER; default: $SMASH_CACHE_DIR, else "
     "smash/kernels in $XDG_CACHE_HOME or ~/.cache",
     setCache},
    {kMultiply, "--no-cache", "", kMethod,
     "compile, whatever was compiled before", setSwitch<&Options::noCache>},
    {kCompile, "--cpu", "NAME", kMethod,
     "the CPU to compile for, as LLVM names it, such as x86-64-v3; default: "
     "native, this one",
     setCompileText<&CompileOptions::cpu>},

    {kProducts, "--zero-based", "", kInput, "accept files that count from 0",
     setSwitch<&Options::zeroBased>},
    {kProducts, "--duplicates", "WHAT", kInput,
     "sum or reject (default) a second entry at one position", setDuplicates},

    {kCompile, "-o", "NAME", kOutput,
     "write NAME.o, NAME.h, ...; default: the name of the file, or product",
     setText<&Options::output>},
    {kCompile, "--emit", "WHAT,...", kOutput,
     "obj (NAME.o), header (NAME.h), asm (NAME.s), llvm-ir (NAME.ll), shared "
     "(NAME.so, linked by cc); default: obj,header",
     setEmitFiles},
    {kBoth, "-o", "FILE", kOutput, "write C, gzipped if FILE ends in .gz",
     setText<&Options::output>},
    {kProducts, "--report", "FILE", kOutput,
     "write the summary as JSON; '-' prints it instead of the summary",
     setText<&Options::report>},
    {kProducts, "--check", "", kOutput,
     "compare C with a plain product; exit status 1 on a miss",
     setSwitch<&Options::check>},
    {kSimulate, "--trace", "FILE", kOutput,
     "write the run's spans for chrome://tracing or Perfetto",
     setSimulateText<&SimulateOptions::trace>},
    {kSimulate, "--host-times", "", kOutput,
     "add to the report what differs from run to run",
     setSimulateSwitch<&SimulateOptions::hostTimes>},
    {kMultiply, "--repeat", "N", kOutput,
     "run N times and report the median time", setRepeat},
    {kExplain, "--measure", "", kOutput,
     "run all strategies in turns, and compare times and results", setMeasure},
    {kExplain, "--repeat", "N", kOutput,
     "with --measure: N rounds; default: 3 to 31, as time allows", setRepeat},
    {kAll, "--quiet", "", kOutput, "no summary and no progress bar",
     setSwitch<&Options::quiet>},

    {kMultiply, "--emit", "STAGE", kInside,
     "print the IR after STAGE and stop: smash, kernel, llvm-dialect, llvm-ir "
     "or asm",
     setEmit<false>},
    {kSimulate, "--emit", "STAGE", kInside,
     "print the IR after STAGE and stop: smash, kernel, piuma, llvm-dialect, "
     "llvm-ir or asm",
     setEmit<true>},
    {kMultiply, "--from", "STAGE[:FILE]", kInside,
     "go on from IR text at STAGE, smash or kernel, in FILE or on standard "
     "input",
     setFrom},
    {kBoth, "--sanitize", "WHAT", kInside,
     "instrument the kernel, too: thread or address, in a smash that was built "
     "with the preset tsan or asan",
     setSanitizer},
    {kAll | kCache, "--help", "", kInside, "print this",
     setSwitch<&Options::help>},
    {kAll | kCache, "-h", "", "", "", setSwitch<&Options::help>},

    // For tests: simulations of more events than that tell so.
    {kSimulate, "--many-events", "N", "", "", setManyEvents},

    // For tests: the K-th allocation of the run fails.
    {kMultiply, "--inject-allocation-failure", "K", "", "",
     setAllocationFailure},
};

Error checkThreads(const MultiplyOptions &options) {
  if (options.threads && *options.threads % options.blockThreads != 0)
    return makeError(
        "--threads=" + Twine(*options.threads) +
        " is not a multiple of --block-threads=" + Twine(options.blockThreads));
  return Error::success();
}

/// Refuses flags that contradict one another.
Error checkCombinations(const MultiplyOptions &options) {
  if (options.a.empty())
    return makeError("no matrix to multiply; see --help");
  if (options.maskComplement && options.mask.empty())
    return makeError("flag '--mask-complement' needs '--mask'");
  for (const StorageFormat *format :
       {&options.formatA, &options.formatB, &options.formatMask})
    if (format->kind == StorageFormat::Dense)
      return makeError("only C may be dense");
  // Its blocks hold elements that the product does not have.
  for (const StorageFormat *format : {&options.formatA, &options.formatB,
                                      &options.formatC, &options.formatMask})
    if (options.check && (format->kind == StorageFormat::Dense ||
                          format->kind == StorageFormat::Blocked))
      return makeError("flag '--check' compares entry by entry; " +
                       spellStorageFormat(*format) +
                       " stores more than there are");
  if (!options.accumulateOp.empty() && options.accumulate.empty())
    return makeError("flag '--accumulate-op' needs '--accumulate'");
  if (options.emit && options.from)
    return makeError("flags '--emit' and '--from' do not go together");
  if (options.emit && !options.output.empty())
    return makeError("flag '--emit' prints to standard output and runs "
                     "nothing, so there is no matrix for '-o'");
  if (options.emit && !options.report.empty())
    return makeError("flag '--emit' runs nothing, so there is nothing for "
                     "'--report'");
  if (options.emit && options.check)
    return makeError("flag '--emit' runs nothing, so there is nothing for "
                     "'--check'");
  if (options.emit && options.repeat > 1)
    return makeError("flag '--emit' runs nothing, so there is nothing for "
                     "'--repeat'");
  return checkThreads(options);
}

} // namespace

ArrayRef<Flag> listFlags() { return kFlags; }

/// Parses the flags of one command into `options`; the rest are `operands`.
static Error parseFlags(Commands command, ArrayRef<StringRef> arguments,
                        MultiplyOptions &options,
                        SmallVectorImpl<StringRef> &operands) {
  bool onlyOperands = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (onlyOperands || !argument.starts_with("-") || argument == "-") {
      operands.push_back(argument);
      continue;
    }
    if (argument == "--") {
      onlyOperands = true;
      continue;
    }
    auto [name, value] = argument.split('=');
    bool hasValue = argument.contains('=');
    const Flag *flag = find_if(kFlags, [&, &name = name](const Flag &flag) {
      return (flag.commands & command) && flag.name == name;
    });
    if (flag == std::end(kFlags)) {
      SmallVector<StringRef> names;
      for (const Flag &known : kFlags)
        if ((known.commands & command) && !known.group.empty())
          names.push_back(known.name);
      StringRef nearest = findNearest(name, names);
      return makeError(
          "unknown flag '" + name + "'" +
          (nearest.empty() ? Twine("") : "; is it '" + nearest + "'?"));
    }
    if (flag->value.empty()) {
      if (hasValue)
        return makeError("flag '" + name + "' takes no value");
    } else if (!hasValue) {
      // The value may be the next argument, unless that is a flag itself.
      bool isNext =
          i + 1 < arguments.size() &&
          (arguments[i + 1] == "-" || !arguments[i + 1].starts_with("-"));
      if (!isNext)
        return makeError("flag '" + name + "' needs a value: " + name +
                         (name.starts_with("--") ? "=" : " ") + flag->value);
      value = arguments[++i];
    }
    if (Error error = flag->apply(options, name, value))
      return error;
  }
  return Error::success();
}

/// Parses the arguments of a command that multiplies matrices.
static Error parse(Commands command, ArrayRef<StringRef> arguments,
                   MultiplyOptions &options) {
  SmallVector<StringRef, 2> operands;
  if (Error error = parseFlags(command, arguments, options, operands))
    return error;
  if (options.help)
    return Error::success();
  if (operands.size() > 2)
    return makeError("more than two matrices: '" + operands[2] +
                     "' is one too many");
  for (StringRef operand : operands)
    if (operand.empty() || operand == "-")
      return makeError("'" + operand +
                       "' names no matrix; matrices are read "
                       "from files");
  if (!operands.empty())
    options.a = operands[0].str();
  if (operands.size() > 1)
    options.b = operands[1].str();
  return checkCombinations(options);
}

Expected<MultiplyOptions> parseMultiplyOptions(ArrayRef<StringRef> arguments) {
  MultiplyOptions options;
  if (Error error = parse(kMultiply, arguments, options))
    return std::move(error);
  return options;
}

bool isProgram(const SimulateOptions &options) {
  return StringRef(options.a).ends_with(".mlir");
}

/// Refuses flags that are about a product, where there is none.
static Error checkProgramFlags(const SimulateOptions &options) {
  if (options.b)
    return makeError("'" + options.a +
                     "' is a program, which takes no "
                     "operand '" +
                     *options.b + "'");
  std::pair<StringRef, bool> flags[] = {
      {"-o", !options.output.empty()},
      {"--mask", !options.mask.empty()},
      {"--accumulate", !options.accumulate.empty()},
      {"--format-a", !options.formatA.isPlain()},
      {"--format-b", !options.formatB.isPlain()},
      {"--format-c", !options.formatC.isPlain()},
      {"--format-mask", !options.formatMask.isPlain()},
      {"--zero-based", options.zeroBased},
      {"--duplicates", options.sumDuplicates},
      {"--without", !options.withoutPasses.empty()},
      {"--value-type", options.valueType.has_value()},
      {"--index-bits", options.indexBits.has_value()},
      {"--semiring", options.semiring != "plus_times"},
      {"--strategy", options.strategy != "auto"},
      {"--transpose-a", options.transposeA},
      {"--transpose-b", options.transposeB},
      {"--unsorted", !options.sorted},
      {"--deterministic", options.deterministic},
      {"--check", options.check},
      {"--emit", options.emit.has_value()},
      {"--sweep", !options.sweepKey.empty()}};
  for (auto [flag, given] : flags)
    if (given)
      return makeError("flag '" + flag + "' is about a product, and '" +
                       options.a + "' is a program");
  return Error::success();
}

/// Refuses flags of a simulation that contradict one another.
static Error checkCombinations(const SimulateOptions &options) {
  if (isProgram(options))
    if (Error error = checkProgramFlags(options))
      return error;
  if (options.functional && !options.trace.empty())
    return makeError("flag '--functional' tells no time, so there is nothing "
                     "for '--trace'");
  if (options.functional && !options.report.empty())
    return makeError("flag '--functional' tells no time, so there is nothing "
                     "for '--report'");
  if (options.functional && options.hostTimes)
    return makeError("flag '--functional' tells no time, so there is nothing "
                     "for '--host-times'");
  if (options.emit && !options.trace.empty())
    return makeError("flag '--emit' runs nothing, so there is nothing for "
                     "'--trace'");
  if (options.emit && !options.sweepKey.empty())
    return makeError("flags '--emit' and '--sweep' do not go together: a "
                     "program is printed for one machine");
  if (!options.sweepKey.empty() && !options.output.empty())
    return makeError("flag '--sweep' runs more than once, so there is no one "
                     "matrix for '-o'");
  if (options.functional && !options.sweepKey.empty())
    return makeError("flags '--functional' and '--sweep' do not go together");
  if (options.checking && !options.functional)
    return makeError("flag '--checking' needs '--functional'");
  if (options.sanitizer != Sanitizer::None &&
      (!options.functional || options.checking))
    return makeError("flag '--sanitize' needs '--functional', and not "
                     "'--checking': only that runs on threads of the host");
  if (options.mostEvents && options.functional && !options.checking)
    return makeError("flags '--functional' and '--max-events' go together with "
                     "'--checking' only: threads of the host count no steps");
  if (options.seed && !options.functional)
    return makeError("flag '--seed' needs '--functional'");
  if (!options.sweepKey.empty() && !options.trace.empty())
    return makeError("flags '--sweep' and '--trace' do not go together");
  return Error::success();
}

Expected<SimulateOptions> parseSimulateOptions(ArrayRef<StringRef> arguments) {
  SimulateOptions options;
  if (Error error = parse(kSimulate, arguments, options))
    return std::move(error);
  if (!options.help)
    if (Error error = checkCombinations(options))
      return std::move(error);
  return options;
}

/// Refuses flags of an explanation that contradict one another.
static Error checkCombinations(const ExplainOptions &options) {
  if (options.target.empty() && !options.changes.empty())
    return makeError("flag '--set' needs '--target'");
  if (!options.target.empty() && options.threads)
    return makeError("flag '--threads' is of the host, not of '--target'");
  if (!options.target.empty() && options.blockThreads != 1)
    return makeError("flag '--block-threads' is of the host, not of "
                     "'--target'");
  if (options.check && !options.measure)
    return makeError("flag '--check' needs '--measure'");
  if (options.repeat && !options.measure)
    return makeError("flag '--repeat' needs '--measure'");
  if (options.repeat && !options.target.empty())
    return makeError("flag '--repeat' is of the host: simulated times are the "
                     "same on every run");
  return Error::success();
}

Expected<ExplainOptions> parseExplainOptions(ArrayRef<StringRef> arguments) {
  ExplainOptions options;
  options.repeat = 0;
  if (Error error = parse(kExplain, arguments, options))
    return std::move(error);
  if (!options.help)
    if (Error error = checkCombinations(options))
      return std::move(error);
  return options;
}

Expected<CacheOptions> parseCacheOptions(ArrayRef<StringRef> arguments) {
  CacheOptions options;
  SmallVector<StringRef, 1> operands;
  if (Error error = parseFlags(kCache, arguments, options, operands))
    return std::move(error);
  if (options.help)
    return options;
  auto action =
      operands.size() == 1
          ? StringSwitch<std::optional<CacheOptions::Action>>(operands[0])
                .Case("list", CacheOptions::List)
                .Case("clear", CacheOptions::Clear)
                .Case("path", CacheOptions::Path)
                .Default(std::nullopt)
          : std::nullopt;
  if (!action)
    return makeError(
        "'smash cache' does one of list, clear and path" +
        (operands.empty() ? Twine("") : ", not '" + operands.back() + "'"));
  options.action = *action;
  return options;
}

std::string chooseCacheFolder(const MultiplyOptions &options) {
  if (options.noCache)
    return "";
  return options.cache ? *options.cache : KernelCache::findFolder();
}

Expected<CompileOptions> parseCompileOptions(ArrayRef<StringRef> arguments) {
  CompileOptions options;
  SmallVector<StringRef, 1> operands;
  if (Error error = parseFlags(kCompile, arguments, options, operands))
    return std::move(error);
  if (options.help)
    return options;
  if (operands.size() > 1)
    return makeError("more than one file: '" + operands[1] +
                     "' is one too many");
  if (!operands.empty() && (operands[0].empty() || operands[0] == "-"))
    return makeError("'" + operands[0] + "' names no file");
  if (!operands.empty())
    options.a = operands[0].str();
  if (options.maskComplement && !options.masked)
    return makeError("flag '--mask-complement' needs '--masked'");
  if (Error error = checkThreads(options))
    return std::move(error);
  // What a file's functions compute stands in it.
  if (!options.a.empty())
    for (StringRef argument : arguments)
      for (StringRef flag :
           {"--semiring", "--transpose-a", "--transpose-b", "--value-type",
            "--masked", "--index-bits", "--strategy", "--sorted", "--unsorted"})
        if (argument.split('=').first == flag)
          return makeError("flag '" + flag + "' describes a product; '" +
                           options.a + "' does that already");
  if (!options.object && !options.header && !options.assembly &&
      !options.llvmIR && !options.shared)
    options.object = options.header = true;
  return options;
}

} // namespace smash::driver
