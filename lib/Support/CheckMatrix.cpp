//===- CheckMatrix.cpp - what kernels take on trust -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/Matrix.h"
#include "llvm/ADT/Twine.h"

using namespace smash;
using llvm::Twine;

template <typename... Parts>
static llvm::Error makeError(const Parts &...parts) {
  return llvm::createStringError(
      std::make_error_code(std::errc::invalid_argument),
      (Twine() + ... + parts));
}

/// The arrays have the lengths that the sizes ask for.
static llvm::Error checkLengths(const Matrix &matrix) {
  if (matrix.rows < 0 || matrix.cols < 0)
    return makeError("a matrix of ", Twine(matrix.rows), " x ",
                     Twine(matrix.cols), " has a negative size");
  for (unsigned bits : {matrix.positionBits, matrix.coordinateBits})
    if (bits != 32 && bits != 64)
      return makeError("an index width of ", Twine(bits),
                       " bits is neither 32 nor 64");
  size_t positions = matrix.positions.size() / (matrix.positionBits / 8);
  if (positions <= size_t(matrix.rows))
    return makeError("there are ", Twine(positions), " positions; ",
                     Twine(matrix.rows), " rows need ",
                     Twine(uint64_t(matrix.rows) + 1));
  return llvm::Error::success();
}

/// Rows are one after the other, and their entries are there.
static llvm::Error checkPositions(const Matrix &matrix) {
  if (matrix.position(0) != 0)
    return makeError("the first position is ", Twine(matrix.position(0)),
                     ", not 0");
  int64_t coordinates = matrix.coordinates.size() / (matrix.coordinateBits / 8);
  int64_t values = matrix.values.size() / sizeOfValueType(matrix.valueType);
  for (int64_t row = 0; row < matrix.rows; ++row) {
    int64_t begin = matrix.position(row), end = matrix.position(row + 1);
    if (end < begin)
      return makeError("row ", Twine(row), " ends at position ", Twine(end),
                       ", before it begins at ", Twine(begin));
    if (end > std::min(coordinates, values))
      return makeError("row ", Twine(row), " ends at position ", Twine(end),
                       "; there are ", Twine(coordinates), " coordinates and ",
                       Twine(values), " values");
  }
  return llvm::Error::success();
}

static llvm::Error checkEntries(const Matrix &matrix) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    int64_t last = -1;
    for (int64_t entry = matrix.position(row), end = matrix.position(row + 1);
         entry < end; ++entry) {
      int64_t column = matrix.coordinate(entry);
      if (column < 0 || column >= matrix.cols)
        return makeError("entry ", Twine(entry), ", in row ", Twine(row),
                         ", has column ", Twine(uint64_t(column)),
                         "; there are ", Twine(matrix.cols), " columns");
      if (matrix.sorted && column <= last)
        return makeError("entry ", Twine(entry), ", in row ", Twine(row),
                         ", has column ", Twine(column), " after column ",
                         Twine(last), "; the columns of a row ascend");
      last = column;
      // Any other byte would be undefined behaviour where a kernel reads it.
      if (matrix.valueType == ValueType::I1 &&
          matrix.values.as<uint8_t>()[entry] > 1)
        return makeError("entry ", Twine(entry), ", in row ", Twine(row),
                         ", has value ",
                         Twine(unsigned(matrix.values.as<uint8_t>()[entry])),
                         "; an i1 is 0 or 1");
    }
  }
  return llvm::Error::success();
}

llvm::Error smash::checkMatrix(const Matrix &matrix) {
  if (auto error = checkLengths(matrix))
    return error;
  if (auto error = checkPositions(matrix))
    return error;
  return checkEntries(matrix);
}
