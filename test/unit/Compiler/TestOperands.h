//===- TestOperands.h - operands that can be typed and shrunk --*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Lists of entries whose values have no type yet, so that one generated pair
/// serves kernels of every type, and can be made smaller when it fails.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_COMPILER_TESTOPERANDS_H
#define SMASH_TEST_UNIT_COMPILER_TESTOPERANDS_H

#include "smash/Compiler/Compiler.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <string>
#include <vector>

namespace smash::test {

/// A value of no type yet.
struct TestValue {
  enum Kind {
    Integer,  ///< n
    Fraction, ///< n / 7 where there are fractions, else n
    Special,  ///< NaN, infinity, -0.0, the ends of an integer's range
    Huge      ///< the largest finite numbers of floats, else as Special
  };
  Kind kind = Integer;
  int32_t n = 1;
};

struct TestEntry {
  int64_t row, col;
  TestValue value;
};

/// A matrix; entries in any order until it is typed.
struct TestOperand {
  int64_t rows = 0, cols = 0;
  std::vector<TestEntry> entries;
};

struct TestPair {
  TestOperand a, b;
};

/// The operands of a kernel.
struct MatrixPair {
  Matrix a, b;
};

/// Numbers that are the same on every machine.
class TestRandom {
public:
  explicit TestRandom(uint64_t seed) : state(seed) {}
  uint64_t next();
  /// In [0, limit).
  int64_t below(int64_t limit) { return int64_t(next() % uint64_t(limit)); }
  /// In [first, last].
  int64_t between(int64_t first, int64_t last) {
    return first + below(last - first + 1);
  }

private:
  uint64_t state;
};

/// `operand` in CSR with that type and those widths; its transpose when
/// `transposed`.
Matrix typeOperand(const TestOperand &operand, ValueType type,
                   unsigned positionBits, unsigned coordinateBits,
                   bool transposed = false);

/// The operands of a product in the layout that `options` describe.
MatrixPair typePair(const TestPair &pair, const ProductOptions &options);

/// A short matrix in full, of a long one the beginning.
std::string print(const TestOperand &operand);

/// Makes `pair` smaller while `fails` holds of it: fewer entries, then plainer
/// values, then fewer rows and columns.
TestPair shrink(TestPair pair,
                llvm::function_ref<bool(const TestPair &)> fails);

/// A kind of pairs, and what kernels they can be run on.
struct TestPairKind {
  const char *name;
  /// So wide that nothing may be as long as a row of C; the bits of its
  /// coordinates.
  unsigned wide;
  TestPair (*make)(TestRandom &);
};

/// The kinds of pairs that kernels are run on.
const std::vector<TestPairKind> &listPairKinds();

/// A random `rows` x `cols` operand, about `percent` of it entries.
TestOperand makeRandom(TestRandom &random, int64_t rows, int64_t cols,
                       int64_t percent,
                       TestValue::Kind kind = TestValue::Fraction);

/// A random pair of `rows` x `inner` and `inner` x `cols`.
TestPair makeRandomPair(TestRandom &random, int64_t rows, int64_t inner,
                        int64_t cols, int64_t percent);

/// What is wrong with C's arrays: sizes, positions that fall, coordinates out
/// of range, out of order or twice in a row; "" when all is well.
std::string checkStructure(const Matrix &c, const ProductOptions &options);

/// Whether the bytes of two matrices are the same.
bool identical(const Matrix &a, const Matrix &b);

/// "" for a value, else the error's text.
template <typename T>
std::string errorOf(llvm::Expected<T> result) {
  return result ? std::string() : llvm::toString(result.takeError());
}

} // namespace smash::test

#endif // SMASH_TEST_UNIT_COMPILER_TESTOPERANDS_H
