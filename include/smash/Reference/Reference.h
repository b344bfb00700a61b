//===- Reference.h - the oracle: a plain map-based product ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// An independent answer to compare with. Shares no code with the compiler;
/// only `--check` and the tests may link it (utils/check-layers.py).
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_REFERENCE_REFERENCE_H
#define SMASH_REFERENCE_REFERENCE_H

#include "smash/Support/Matrix.h"

namespace smash::reference {

/// What is multiplied, besides the operands.
struct Product {
  /// A named semiring: plus_times, min_plus, max_plus, max_times, or_and,
  /// plus_pair or any_pair.
  std::string semiring = "plus_times";
  bool transposeA = false;
  bool transposeB = false;
};

/// C = A * B over the semiring, rows sorted. Structure is symbolic: an entry
/// stands wherever at least one product does, whatever its value. Products of
/// an entry are added in ascending order of the inner index, the first one
/// taken as it is.
llvm::Expected<Matrix> multiply(const Matrix &a, const Matrix &b,
                                const Product &product);

/// What a comparison found.
struct Comparison {
  bool equal = false;         ///< within the bound everywhere, same structure
  bool bitwise = false;       ///< bit for bit
  int64_t row = -1, col = -1; ///< the worst entry, -1 when C is empty
  double error = 0, bound = 0; ///< at the worst entry, |c - reference|
  std::string message;        ///< one line: the verdict and the worst entry
};

/// Compares `c` with the product of `a` and `b`. Integers, booleans and the
/// semirings that do not round must agree bit for bit; floating-point
/// plus_times within (products of the entry) * eps * sum|a||b|. NaN equals
/// NaN. `c` may be unsorted.
llvm::Expected<Comparison> compare(const Matrix &c, const Matrix &a,
                                   const Matrix &b, const Product &product);

} // namespace smash::reference

#endif // SMASH_REFERENCE_REFERENCE_H
