//===- Report.h - what smash tells about a product ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_REPORT_H
#define SMASH_TOOLS_SMASH_REPORT_H

#include "smash/Compiler/Compiler.h"
#include "smash/Reference/Reference.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace smash::driver {

/// A stop watch, in milliseconds.
class Watch {
public:
  double read() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start)
        .count();
  }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
};

/// Everything there is to tell about one product. Times are in milliseconds.
struct Report {
  std::string a, b;       ///< where the operands come from
  std::string mask;       ///< and the mask; empty when there is none
  std::string accumulate; ///< and what C is added to; empty for nothing
  int64_t rowsA = 0, colsA = 0, rowsB = 0, colsB = 0;
  int64_t nnzC = 0;
  ProductOptions options;
  ProductStatistics statistics;
  std::string strategy;
  int64_t repeat = 1;
  double readMs = 0;       ///< reading and converting the operands
  double statisticsMs = 0; ///< counting products
  double compileMs = 0;    ///< CPU time from IR to machine code
  bool cached = false;     ///< the kernel was compiled before
  double runMs = 0;        ///< median of the runs
  double minRunMs = 0;
  double writeMs = 0;
  double frobeniusNorm = 0;
  double peakRssMiB = 0;
  std::string output; ///< the file that C was written to, or empty
  std::optional<reference::Comparison> check;

  int64_t threads() const { return options.blocks * options.blockThreads; }
  /// Products per entry of C; nothing when C is empty.
  std::optional<double> compressionRatio() const;
  /// Millions of products a second.
  double rate() const;
};

/// The square root of the sum of the squared moduli of the entries; a true i1
/// is a one. Does not overflow on the way; NaN when there is one.
double computeFrobeniusNorm(const Matrix &matrix);

/// The most memory that this process has had, in MiB.
double measurePeakRss();

/// `number` with separators between thousands.
std::string printCount(int64_t number);
/// Three or four significant digits, without an exponent.
std::string printNumber(double number);
/// A time with its unit.
std::string printTime(double ms);

/// A few aligned lines for people.
void printSummary(llvm::raw_ostream &os, const Report &report);

/// The same as JSON, with stable names.
void printJson(llvm::raw_ostream &os, const Report &report);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_REPORT_H
