//===- Options.cpp - the command line of smash --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "Piuma/TargetModel/TargetModel.h"
#include "smash/Support/Generators.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Format.h"
#include "llvm/TargetParser/Host.h"

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

/// Which commands have a flag.
enum Commands : unsigned { kMultiply = 1, kSimulate = 2, kBoth = 3 };

/// One flag: how it is spelled, told about and obeyed.
struct Flag {
  unsigned commands;
  StringRef name;
  /// What stands for the value in the help; empty when it takes none.
  StringRef value;
  /// The group of the help; empty hides the flag.
  StringRef group;
  StringRef help;
  Error (*apply)(MultiplyOptions &, StringRef flag, StringRef value);
};

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

Error setSeed(MultiplyOptions &options, StringRef flag, StringRef value) {
  return parseCount(flag, value, 0, INT64_MAX)
      .moveInto(simulateOptions(options).seed);
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

constexpr StringRef kMachine = "The machine";
constexpr StringRef kProduct = "What is multiplied";
constexpr StringRef kMethod = "How it is multiplied";
constexpr StringRef kInput = "Reading";
constexpr StringRef kOutput = "What comes out";
constexpr StringRef kInside = "Looking inside";

using Options = MultiplyOptions;
const Flag kFlags[] = {
    {kSimulate, "--target", "NAME|FILE", kMachine,
     "piuma-1core (default), piuma-8core, piuma-sled, or a JSON file with "
     "every number",
     setSimulateText<&SimulateOptions::target>},
    {kSimulate, "--set", "KEY=N", kMachine,
     "change a number of the target, such as dram_ns=200; may be repeated",
     setChange},
    {kSimulate, "--sweep", "KEY=N,N,...", kMachine,
     "run once for each value of a number, and tabulate", setSweep},
    {kSimulate, "--functional", "", kMachine,
     "run the program on threads of the host instead: its result, not its time",
     setSimulateSwitch<&SimulateOptions::functional>},
    {kSimulate, "--seed", "N", kMachine,
     "with --functional: which requests to the DMA engine are done late",
     setSeed},

    {kBoth, "--semiring", "NAME", kProduct,
     "plus_times (default), min_plus, max_plus, max_times, or_and, plus_pair "
     "or any_pair",
     setText<&Options::semiring>},
    {kBoth, "--transpose-a", "", kProduct, "multiply with the transpose of A",
     setSwitch<&Options::transposeA>},
    {kBoth, "--transpose-b", "", kProduct, "multiply with the transpose of B",
     setSwitch<&Options::transposeB>},
    {kBoth, "--mask", "FILE", kProduct,
     "keep only the entries of C that FILE has", setText<&Options::mask>},
    {kBoth, "--mask-complement", "", kProduct,
     "keep only those that FILE lacks", setSwitch<&Options::maskComplement>},
    {kMultiply, "--format-a", "FORMAT", kProduct,
     "how A is stored: csr (default), csc, dcsr, dcsc, coo, coo-by-columns, "
     "bsr:RxC or bsc:RxC; then ,soa of coo, ,nonordered, ,positions=BITS and "
     ",coordinates=BITS",
     setFormat<&Options::formatA>},
    {kMultiply, "--format-b", "FORMAT", kProduct, "how B is stored",
     setFormat<&Options::formatB>},
    {kMultiply, "--format-c", "FORMAT", kProduct, "how C is stored; dense, too",
     setFormat<&Options::formatC>},
    {kMultiply, "--format-mask", "FORMAT", kProduct, "how the mask is stored",
     setFormat<&Options::formatMask>},
    {kBoth, "--value-type", "TYPE", kProduct,
     "compute in TYPE; default: the wider of the operands' types",
     setValueType},

    {kBoth, "--strategy", "TEXT", kMethod,
     "what stands inside #smash.strategy<...>, such as 'row_wise, "
     "accumulator = hash'; default: auto",
     setText<&Options::strategy>},
    {kMultiply, "--threads", "N", kMethod,
     "threads; default: all cores, but one block where more do not pay",
     setThreads},
    {kMultiply, "--block-threads", "N", kMethod,
     "how many of them share one block's window of rows; default: 1",
     setBlockThreads},
    {kBoth, "--index-bits", "BITS", kMethod,
     "32 or 64; default: the narrowest that holds", setIndexBits},
    {kBoth, "--sorted", "", kMethod,
     "the rows of C in ascending column order (default)",
     setSwitch<&Options::sorted>},
    {kBoth, "--unsorted", "", kMethod, "the rows of C in any order",
     setSwitch<&Options::sorted, false>},
    {kBoth, "--deterministic", "", kMethod,
     "the same bits for any number of threads",
     setSwitch<&Options::deterministic>},
    {kMultiply, "--static-shapes", "", kMethod,
     "make the shapes constants of the kernel",
     setSwitch<&Options::staticShapes>},

    {kBoth, "--zero-based", "", kInput, "accept files that count from 0",
     setSwitch<&Options::zeroBased>},
    {kBoth, "--duplicates", "WHAT", kInput,
     "sum or reject (default) a second entry at one position", setDuplicates},

    {kBoth, "-o", "FILE", kOutput, "write C, gzipped if FILE ends in .gz",
     setText<&Options::output>},
    {kBoth, "--report", "FILE", kOutput,
     "write the summary as JSON; '-' prints it instead of the summary",
     setText<&Options::report>},
    {kBoth, "--check", "", kOutput,
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
    {kBoth, "--quiet", "", kOutput, "no summary and no progress bar",
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
    {kBoth, "--help", "", kInside, "print this", setSwitch<&Options::help>},
    {kBoth, "-h", "", "", "", setSwitch<&Options::help>},

    // For tests: the K-th allocation of the run fails.
    {kMultiply, "--inject-allocation-failure", "K", "", "",
     setAllocationFailure},
};

/// Appends `text` to a column that starts at `indent`, broken into lines.
void printWrapped(raw_ostream &os, StringRef text, size_t indent) {
  constexpr size_t kWidth = 80;
  size_t column = indent;
  for (StringRef word : llvm::split(text, ' ')) {
    if (column != indent && column + 1 + word.size() >= kWidth) {
      os << "\n" << std::string(indent, ' ');
      column = indent;
    }
    if (column != indent) {
      os << ' ';
      ++column;
    }
    os << word;
    column += word.size();
  }
  os << "\n";
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
  if (options.emit && options.from)
    return makeError("flags '--emit' and '--from' do not go together");
  if (options.emit && !options.output.empty())
    return makeError("flag '--emit' prints to standard output and runs "
                     "nothing, so there is no matrix for '-o'");
  if (options.emit && !options.report.empty())
    return makeError("flag '--emit' runs nothing, so there is nothing for "
                     "'--report'");
  if (options.threads && *options.threads % options.blockThreads != 0)
    return makeError(
        "--threads=" + Twine(*options.threads) +
        " is not a multiple of --block-threads=" + Twine(options.blockThreads));
  return Error::success();
}

} // namespace

/// Parses the arguments of one command into `options`.
static Error parse(Commands command, ArrayRef<StringRef> arguments,
                   MultiplyOptions &options) {
  SmallVector<StringRef, 2> operands;
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

/// Refuses flags of a simulation that contradict one another.
static Error checkCombinations(const SimulateOptions &options) {
  if (options.functional && !options.trace.empty())
    return makeError("flag '--functional' tells no time, so there is nothing "
                     "for '--trace'");
  if (options.functional && !options.report.empty())
    return makeError("flag '--functional' tells no time, so there is nothing "
                     "for '--report'");
  if (options.functional && !options.sweepKey.empty())
    return makeError("flags '--functional' and '--sweep' do not go together");
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

void printVersion(raw_ostream &os) {
  os << "smash " SMASH_VERSION " with LLVM " LLVM_VERSION_STRING ", for "
     << sys::getProcessTriple() << ", " << sys::getHostCPUName() << "\n";
}

void printHelp(raw_ostream &os) {
  os << R"(smash: a compiler for products of sparse matrices

Usage: smash COMMAND ...

Commands:
  multiply A [B]    compile a kernel for C = A*B, run it and tell about it
  simulate A [B]    run it on a PIUMA-like machine with stated parameters
  explain           (not there yet)
  compile           (not there yet)

  smash COMMAND --help    the flags of a command, and examples
  smash --version         versions of smash and of LLVM, and the host's CPU
)";
}

static void printFlags(raw_ostream &os, Commands command) {
  StringRef group;
  for (const Flag &flag : kFlags) {
    if (flag.group.empty() || !(flag.commands & command))
      continue;
    if (flag.group != group)
      os << "\n" << flag.group << ":\n";
    group = flag.group;
    std::string spelling = flag.name.str();
    if (!flag.value.empty())
      spelling += (flag.name.starts_with("--") ? "=" : " ") + flag.value.str();
    constexpr size_t kColumn = 24;
    os << "  " << left_justify(spelling, kColumn - 2);
    if (spelling.size() + 3 > kColumn)
      os << "\n" << std::string(kColumn, ' ');
    printWrapped(os, flag.help, kColumn);
  }
}

static void printGenerators(raw_ostream &os) {
  os << "\nTypes: " << listValueTypes() << "\n";
  os << R"(
Generators stand wherever a matrix file may:
)";
  std::string generators = listGenerators();
  for (StringRef line : llvm::split(StringRef(generators).rtrim('\n'), '\n'))
    os << "  " << line << "\n";
}

void printSimulateHelp(raw_ostream &os) {
  os << R"(smash simulate: C = A*B on a PIUMA-like machine with stated parameters

Usage: smash simulate A [B] [FLAGS]

Compiles a piuma program, runs it on a simulated machine, and tells how long
that took there, and why. No number of the machine is measured: some are
published, the others are ours, and all can be set. The report is the same on
every run.
)";
  printFlags(os, kSimulate);
  os << "\nNumbers of a target, and those of piuma-1core:\n";
  for (const piuma::ParameterInfo &info : piuma::TargetModel::parameters()) {
    std::string value = std::to_string(info.value);
    if (!info.unit.empty())
      value += " " + info.unit.str();
    os << "  " << left_justify(info.key, 28) << left_justify(value, 15);
    printWrapped(os, (info.meaning + " (" + info.source + ")").str(), 45);
  }
  printGenerators(os);
  os << R"(
Examples:
  smash simulate A.mtx --strategy=smash_v2 --check
  smash simulate A.mtx --target=piuma-8core --report=r.json --trace=t.json
  smash simulate A.mtx --set=dram_ns=200 --set=atomic_cycles=8
  smash simulate A.mtx --sweep=dram_ns=45,100,200,400
  smash simulate A.mtx --emit=piuma > program.mlir

Exit status: 0, or 1 when something failed; then one line says what and no
file is written.
)";
}

void printMultiplyHelp(raw_ostream &os) {
  os << R"(smash multiply: C = A*B, with a kernel compiled for just this product

Usage: smash multiply A [B] [FLAGS]

A and B are Matrix Market files, plain or gzipped, or generators; B is A again
when it is left out. Prints a summary: shapes, counts, times and the strategy.
)";
  printFlags(os, kMultiply);
  printGenerators(os);
  os << R"(
Examples:
  smash multiply A.mtx -o C.mtx --check           C = A*A, written and checked
  smash multiply A.mtx --transpose-b              C = A*A^T
  smash multiply A.mtx --semiring=min_plus --threads=2 --repeat=5
  smash multiply A.mtx --strategy='row_wise, accumulator = hash'
  smash multiply A.mtx --emit=kernel > kernel.mlir
  smash multiply A.mtx --from=kernel:kernel.mlir  run the kernel of that text
  smash multiply A.mtx --report=- | python3 -m json.tool

Exit status: 0, or 1 when something failed; then one line says what and no
file is written.
)";
}

} // namespace smash::driver
