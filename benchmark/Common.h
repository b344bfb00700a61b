//===- Common.h - what the benchmarks share ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A contender multiplies two CSR matrices; every contender on a matrix is
/// registered with Google Benchmark, which interleaves them. What is timed is
/// the product, from operands in the library's own form to C in memory, and
/// the release of C.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_BENCHMARK_COMMON_H
#define SMASH_BENCHMARK_COMMON_H

#include "smash/Support/Matrix.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace smash::bench {

/// C = A * B on f64, with 32-bit positions and coordinates, sorted operands.
/// B is A when A is square, else its transpose.
struct Problem {
  std::string source; ///< a file or a generator
  Matrix a;
  Matrix transposed; ///< empty when A is square
  int64_t products = 0;

  const Matrix &b() const { return a.rows == a.cols ? a : transposed; }
};

/// Loads `source`, exits with a line on standard error when that fails: this
/// is a program of benchmarks, not a library.
std::unique_ptr<Problem> loadProblem(const std::string &source);

/// What C is, to compare contenders with each other.
struct Outcome {
  int64_t nnz = 0;
  double norm = 0; ///< Frobenius
  bool sorted = false;
  std::string error; ///< not empty: the contender cannot do this product
};

/// Figures of a C in compressed rows.
template <typename Position, typename Coordinate>
Outcome describe(int64_t rows, const Position *positions,
                 const Coordinate *coordinates, const double *values);

/// One way to multiply, ready to run.
struct Contender {
  std::string library;
  bool sorted = true;
  /// Multiplies and releases C; what is timed.
  std::function<void()> run;
  /// Multiplies once and looks at C.
  std::function<Outcome()> inspect;
};

/// Registers `contender` as `LIBRARY/sorted|unsorted/SOURCE`, after one run
/// that is not timed and whose outcome becomes the counters `nnz` and `norm`.
/// One whose rows are not in order although they should be is an error.
void registerContender(const Problem &problem, Contender contender);

/// Runs what is registered; the rest of the arguments are Google Benchmark's.
int runBenchmarks(int argc, char **argv);

/// Splits the arguments: those that start with `--` stay in `argv`, the rest
/// are sources.
std::vector<std::string> takeSources(int &argc, char **argv);

// The peers that were found (CMakeLists.txt).
void addEigen(const Problem &problem, std::vector<Contender> &contenders);
void addCXSparse(const Problem &problem, std::vector<Contender> &contenders);

template <typename Position, typename Coordinate>
Outcome describe(int64_t rows, const Position *positions,
                 const Coordinate *coordinates, const double *values) {
  Outcome outcome;
  outcome.nnz = int64_t(positions[rows]);
  outcome.sorted = true;
  // Two sums, as the norm of a large C would drown its small entries.
  for (int64_t row = 0; row < rows; ++row) {
    double square = 0;
    for (int64_t at = int64_t(positions[row]); at < int64_t(positions[row + 1]);
         ++at) {
      if (at > int64_t(positions[row]) &&
          coordinates[at] <= coordinates[at - 1])
        outcome.sorted = false;
      square += values[at] * values[at];
    }
    outcome.norm += square;
  }
  outcome.norm = __builtin_sqrt(outcome.norm);
  return outcome;
}

} // namespace smash::bench

#endif // SMASH_BENCHMARK_COMMON_H
