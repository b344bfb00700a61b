//===- Options.h - the command line of smash ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_OPTIONS_H
#define SMASH_TOOLS_SMASH_OPTIONS_H

#include "smash/Compiler/Compiler.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <utility>
#include <vector>

namespace smash::driver {

/// What `smash multiply` was asked for.
struct MultiplyOptions {
  std::string a;
  std::optional<std::string> b; ///< A again when absent
  std::string output;           ///< empty: C is not written
  std::string report;           ///< empty: none; "-": standard output
  std::string mask;             ///< empty: none
  std::string accumulate;       ///< empty: nothing
  std::string accumulateOp;     ///< empty: the semiring's add
  std::optional<int64_t> threads;
  int64_t blockThreads = 1;
  int64_t repeat = 1;
  std::optional<ValueType> valueType;
  std::optional<unsigned> indexBits;
  StorageFormat formatA, formatB, formatC, formatMask;
  std::string semiring = "plus_times";
  std::string strategy = "auto";
  bool maskComplement = false;
  bool transposeA = false;
  bool transposeB = false;
  bool sorted = true;
  bool deterministic = false;
  bool staticShapes = false;
  bool zeroBased = false;
  bool sumDuplicates = false;
  bool check = false;
  bool quiet = false;
  std::optional<Stage> emit;
  std::optional<Stage> from;
  std::string fromFile;             ///< empty: standard input
  std::optional<std::string> cache; ///< the folder; absent: the user's
  bool noCache = false;
  int64_t injectAllocationFailure = 0;
  Sanitizer sanitizer{};
  bool help = false;
};

/// What `smash simulate` was asked for. What only `smash multiply` offers stays
/// at its default.
struct SimulateOptions : MultiplyOptions {
  std::string target; ///< empty: the program's, or else kDefaultTarget
  std::string trace;  ///< empty: none
  /// Numbers of the target to change, in order.
  std::vector<std::pair<std::string, int64_t>> changes;
  /// A number of the target that takes each of the values in turn.
  std::string sweepKey;
  std::vector<int64_t> sweepValues;
  std::vector<std::string> withoutPasses;
  bool functional = false;
  bool checking = false;
  bool hostTimes = false;
  int64_t seed = 0;
  int64_t mostEvents = 0; ///< 0: the default of the runtime
  /// Simulations of more events tell so.
  int64_t manyEvents = 100'000'000;
};

/// The target of a simulation that nobody names one for.
inline constexpr llvm::StringLiteral kDefaultTarget = "piuma-1core";

/// Whether the first operand is a piuma program, and not a matrix.
bool isProgram(const SimulateOptions &options);

/// What `smash explain` was asked for: of a simulation, the target and changes
/// of it; an empty target is the host. `repeat` is 0 unless it was asked for.
struct ExplainOptions : SimulateOptions {
  bool measure = false;
};

/// What `smash compile` was asked for. `a` is the file of functions, empty when
/// flags describe the product; `output` is the name of the files.
struct CompileOptions : MultiplyOptions {
  std::string cpu = "native";
  bool masked = false;
  bool object = false, header = false, assembly = false, llvmIR = false,
       shared = false;
};

/// What `smash cache` was asked for.
struct CacheOptions : MultiplyOptions {
  enum Action { List, Clear, Path } action = List;
};

/// Parses what follows `smash cache`. Errors are one line.
llvm::Expected<CacheOptions>
parseCacheOptions(llvm::ArrayRef<llvm::StringRef> arguments);

/// The folder of compiled kernels, or empty for none.
std::string chooseCacheFolder(const MultiplyOptions &options);

/// Parses what follows `smash multiply`. Errors are one line.
llvm::Expected<MultiplyOptions>
parseMultiplyOptions(llvm::ArrayRef<llvm::StringRef> arguments);

/// Parses what follows `smash simulate`. Errors are one line.
llvm::Expected<SimulateOptions>
parseSimulateOptions(llvm::ArrayRef<llvm::StringRef> arguments);

/// Parses what follows `smash explain`. Errors are one line.
llvm::Expected<ExplainOptions>
parseExplainOptions(llvm::ArrayRef<llvm::StringRef> arguments);
/// Parses what follows `smash compile`. Errors are one line.
llvm::Expected<CompileOptions>
parseCompileOptions(llvm::ArrayRef<llvm::StringRef> arguments);

void printHelp(llvm::raw_ostream &os);
void printMultiplyHelp(llvm::raw_ostream &os);
void printSimulateHelp(llvm::raw_ostream &os);
void printExplainHelp(llvm::raw_ostream &os);
void printCompileHelp(llvm::raw_ostream &os);
void printCacheHelp(llvm::raw_ostream &os);
void printVersion(llvm::raw_ostream &os);

/// The candidate that `text` is most likely a misspelling of, or nothing.
llvm::StringRef findNearest(llvm::StringRef text,
                            llvm::ArrayRef<llvm::StringRef> candidates);

/// An error of that message.
llvm::Error makeError(const llvm::Twine &message);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_OPTIONS_H
