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
  /// Keeps the entries of C where this matrix has one or, with
  /// `maskComplement`, has none; all of them when null. Its values do not
  /// matter. As large as C.
  const Matrix *mask = nullptr;
  bool maskComplement = false;
  /// What C holds beforehand, as large as C: an entry of it comes before the
  /// sum of the products, and stays where there is none, whatever the mask
  /// says. Null: nothing.
  const Matrix *accumulated = nullptr;
  /// By which add: plus, min, max, or, any; the semiring's when empty.
  std::string accumulateAdd;
};

/// C = A * B over the semiring, rows sorted. Structure is symbolic: an entry
/// stands wherever at least one product does, whatever its value. Products of
/// an entry are added in ascending order of the inner index, the first one
/// taken as it is. No multiply-add is fused; complex products are the plain
/// formula. Integers wrap; those of min_plus and max_plus saturate, and the
/// largest, or the smallest, is an infinity that absorbs. An i1 is 0 or 1, adds
/// modulo 2 (so plus_pair gives the parity), and has min = and, max = or.
/// Floating-point min and max are `minimum` and `maximum` of IEEE 754-2019.
/// Errors: sizes or value types that do not match, a semiring that is unknown
/// or that orders complex numbers, no memory. C's coordinates are as wide as
/// B's, or 64 bits where they must be; its positions as narrow as possible.
llvm::Expected<Matrix> multiply(const Matrix &a, const Matrix &b,
                                const Product &product);

/// What a comparison found. Rows and columns count from 0.
struct Comparison {
  bool equal = false;         ///< within the bound everywhere, same structure
  bool bitwise = false;       ///< bit for bit, except that NaN equals NaN
  int64_t row = -1, col = -1; ///< the worst entry, -1 when there is none
  /// At the worst entry, |c - reference|; infinity where only one of them has
  /// an entry, or only one is finite.
  double error = 0, bound = 0;
  std::string message; ///< one line: the verdict and the worst entry
};

/// Compares `c` with the product of `a` and `b`. Integers, booleans and the
/// semirings that do not round must agree bit for bit; floating-point
/// plus_times within (products of the entry) * eps * sum|a||b|, and where the
/// reference is NaN or infinite `c` must be the same. NaN equals NaN. `c` may
/// be unsorted where it says so. The worst entry is the first difference in
/// structure if there is one, else the one of the largest error / bound. Fails
/// as multiply does; a malformed `c` is a difference, not an error. Takes
/// memory for the operands and one row.
llvm::Expected<Comparison> compare(const Matrix &c, const Matrix &a,
                                   const Matrix &b, const Product &product);

} // namespace smash::reference

#endif // SMASH_REFERENCE_REFERENCE_H
