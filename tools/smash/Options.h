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
  std::string fromFile; ///< empty: standard input
  int64_t injectAllocationFailure = 0;
  bool help = false;
};

/// What `smash simulate` was asked for. What only `smash multiply` offers stays
/// at its default.
struct SimulateOptions : MultiplyOptions {
  std::string target = "piuma-1core";
  std::string trace; ///< empty: none
  /// Numbers of the target to change, in order.
  std::vector<std::pair<std::string, int64_t>> changes;
  /// A number of the target that takes each of the values in turn.
  std::string sweepKey;
  std::vector<int64_t> sweepValues;
  bool functional = false;
  bool hostTimes = false;
  int64_t seed = 0;
};

/// Parses what follows `smash multiply`. Errors are one line.
llvm::Expected<MultiplyOptions>
parseMultiplyOptions(llvm::ArrayRef<llvm::StringRef> arguments);

/// Parses what follows `smash simulate`. Errors are one line.
llvm::Expected<SimulateOptions>
parseSimulateOptions(llvm::ArrayRef<llvm::StringRef> arguments);

void printHelp(llvm::raw_ostream &os);
void printMultiplyHelp(llvm::raw_ostream &os);
void printSimulateHelp(llvm::raw_ostream &os);
void printVersion(llvm::raw_ostream &os);

/// The candidate that `text` is most likely a misspelling of, or nothing.
llvm::StringRef findNearest(llvm::StringRef text,
                            llvm::ArrayRef<llvm::StringRef> candidates);

/// An error of that message.
llvm::Error makeError(const llvm::Twine &message);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_OPTIONS_H
