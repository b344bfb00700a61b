//===- TestMatrix.h - small matrices from lists --------------- -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_REFERENCE_TESTMATRIX_H
#define SMASH_TEST_UNIT_REFERENCE_TESTMATRIX_H

#include "smash/Reference/Reference.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <vector>

namespace smash::reference::testing {

using Complex = std::complex<double>;

template <typename T>
ValueType valueTypeOf() {
#define SMASH_VALUE_TYPE(Name, Storage, Spelling)                              \
  if (std::is_same_v<T, Storage>)                                              \
    return ValueType::Name;
#include "smash/Support/ValueTypes.def"
  llvm_unreachable("no value type");
}

template <typename T>
struct Triplet {
  int64_t row, col;
  T value;
};

/// A matrix of `entries`, whose rows ascend; columns in the order given.
template <typename T>
Matrix makeOf(int64_t rows, int64_t cols,
              const std::vector<Triplet<T>> &entries,
              unsigned positionBits = 32, unsigned coordinateBits = 32) {
  Matrix matrix = llvm::cantFail(makeMatrix(rows, cols, int64_t(entries.size()),
                                            valueTypeOf<T>(), positionBits,
                                            coordinateBits));
  std::vector<int64_t> positions(rows + 1, 0);
  for (size_t e = 0; e != entries.size(); ++e) {
    ++positions[entries[e].row + 1];
    if (coordinateBits == 32)
      matrix.coordinates.as<uint32_t>()[e] = uint32_t(entries[e].col);
    else
      matrix.coordinates.as<uint64_t>()[e] = uint64_t(entries[e].col);
    matrix.values.as<T>()[e] = entries[e].value;
  }
  for (int64_t row = 0; row <= rows; ++row) {
    if (row != 0)
      positions[row] += positions[row - 1];
    if (positionBits == 32)
      matrix.positions.as<uint32_t>()[row] = uint32_t(positions[row]);
    else
      matrix.positions.as<uint64_t>()[row] = uint64_t(positions[row]);
  }
  return matrix;
}

/// A row [x0 x1 ...], or a column, with every entry stored.
template <typename T>
Matrix rowOf(const std::vector<T> &values) {
  std::vector<Triplet<T>> entries;
  for (size_t i = 0; i != values.size(); ++i)
    entries.push_back({0, int64_t(i), values[i]});
  return makeOf<T>(1, int64_t(values.size()), entries);
}
template <typename T>
Matrix columnOf(const std::vector<T> &values) {
  std::vector<Triplet<T>> entries;
  for (size_t i = 0; i != values.size(); ++i)
    entries.push_back({int64_t(i), 0, values[i]});
  return makeOf<T>(int64_t(values.size()), 1, entries);
}

/// The one value of a row times a column.
template <typename T>
T dot(const std::string &semiring, const std::vector<T> &x,
      const std::vector<T> &y) {
  Product product;
  product.semiring = semiring;
  Matrix c = llvm::cantFail(multiply(rowOf(x), columnOf(y), product));
  EXPECT_EQ(c.nnz(), 1);
  return c.values.as<T>()[0];
}

template <typename T>
std::vector<Triplet<T>> entriesOf(const Matrix &matrix) {
  EXPECT_EQ(matrix.valueType, valueTypeOf<T>());
  std::vector<Triplet<T>> entries;
  for (int64_t row = 0; row != matrix.rows; ++row)
    for (int64_t e = matrix.position(row); e != matrix.position(row + 1); ++e)
      entries.push_back({row, matrix.coordinate(e), matrix.values.as<T>()[e]});
  return entries;
}

template <typename T>
bool operator==(const Triplet<T> &x, const Triplet<T> &y) {
  return x.row == y.row && x.col == y.col && x.value == y.value;
}

} // namespace smash::reference::testing

#endif // SMASH_TEST_UNIT_REFERENCE_TESTMATRIX_H
