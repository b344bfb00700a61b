//===- Convert.cpp - other types, widths and orders -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValueConversion.h"
#include "smash/Support/Matrix.h"
#include "llvm/ADT/Twine.h"

using namespace smash;

/// The row that holds `entry`, for messages only.
static int64_t rowOfEntry(const Matrix &matrix, int64_t entry) {
  int64_t low = 0, high = matrix.rows;
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    (matrix.position(middle) <= entry ? low : high) = middle;
  }
  return low;
}

llvm::Expected<Matrix> smash::convertValues(Matrix matrix,
                                            ValueType valueType) {
  if (matrix.valueType == valueType)
    return std::move(matrix);
  int64_t nnz = matrix.nnz();
  llvm::Expected<Buffer> converted =
      Buffer::allocate(nnz * sizeOfValueType(valueType));
  if (!converted)
    return converted.takeError();

  // The first entry that does not fit, with its value as text.
  int64_t misfit = -1;
  std::string misfitText;
  visitValueType(matrix.valueType, [&](auto fromZero) {
    visitValueType(valueType, [&](auto toZero) {
      const auto *from = matrix.values.as<decltype(fromZero)>();
      auto *to = converted->as<decltype(toZero)>();
      for (int64_t entry = 0; entry < nnz; ++entry) {
        if (convertValue(from[entry], to[entry]))
          continue;
        misfit = entry;
        misfitText = formatValue(from[entry]);
        return;
      }
    });
  });
  if (misfit >= 0)
    return llvm::createStringError(
        std::make_error_code(std::errc::result_out_of_range),
        "value " + llvm::Twine(misfitText) + " of " +
            spellValueType(matrix.valueType) + " at row " +
            llvm::Twine(rowOfEntry(matrix, misfit)) + ", column " +
            llvm::Twine(matrix.coordinate(misfit)) +
            " (counted from 0) does not fit " + spellValueType(valueType));
  matrix.valueType = valueType;
  matrix.values = std::move(*converted);
  return std::move(matrix);
}

/// Replaces `buffer`, `count` indices of `fromBits`, by indices of `toBits`.
static llvm::Error convertIndexArray(Buffer &buffer, int64_t count,
                                     unsigned fromBits, unsigned toBits) {
  if (fromBits == toBits)
    return llvm::Error::success();
  llvm::Expected<Buffer> converted = Buffer::allocate(count * (toBits / 8));
  if (!converted)
    return converted.takeError();
  visitIndexWidth(fromBits, [&](auto fromZero) {
    visitIndexWidth(toBits, [&](auto toZero) {
      const auto *from = buffer.as<decltype(fromZero)>();
      auto *to = converted->as<decltype(toZero)>();
      for (int64_t i = 0; i < count; ++i)
        to[i] = static_cast<decltype(toZero)>(from[i]);
    });
  });
  buffer = std::move(*converted);
  return llvm::Error::success();
}

llvm::Expected<Matrix> smash::convertIndices(Matrix matrix,
                                             unsigned positionBits,
                                             unsigned coordinateBits) {
  int64_t nnz = matrix.nnz();
  // Every limit is checked where a matrix of the new layout is made; nothing
  // of the old one is touched before.
  llvm::Expected<Matrix> shape = makeMatrix(0, matrix.cols, 0, matrix.valueType,
                                            positionBits, coordinateBits);
  if (!shape)
    return shape.takeError();
  if (positionBits == 32 && nnz > maxNarrowIndex)
    return llvm::createStringError(
        std::make_error_code(std::errc::result_out_of_range),
        llvm::Twine(nnz) + " entries do not fit 32-bit positions, which " +
            "hold up to " + llvm::Twine(maxNarrowIndex));
  if ((uint64_t(matrix.rows) + 1) * (positionBits / 8) > maxRowPositionBytes)
    return llvm::createStringError(
        std::make_error_code(std::errc::result_out_of_range),
        "a matrix of " + llvm::Twine(matrix.rows) + " rows needs " +
            llvm::Twine((uint64_t(matrix.rows) + 1) * (positionBits / 8)) +
            " bytes of row positions, over the limit of " +
            llvm::Twine(maxRowPositionBytes));
  if (llvm::Error error = convertIndexArray(matrix.positions, matrix.rows + 1,
                                            matrix.positionBits, positionBits))
    return std::move(error);
  matrix.positionBits = positionBits;
  if (llvm::Error error = convertIndexArray(
          matrix.coordinates, nnz, matrix.coordinateBits, coordinateBits))
    return std::move(error);
  matrix.coordinateBits = coordinateBits;
  return std::move(matrix);
}

/// Scatters `matrix` by column into `result`, whose positions are zero.
template <typename Position, typename From, typename To, typename Value>
static void scatterByColumn(const Matrix &matrix, Matrix &result) {
  const From *coordinates = matrix.coordinates.as<From>();
  const Value *values = matrix.values.as<Value>();
  // next[c] is where column c's next entry goes; it ends where c + 1 begins.
  Position *next = result.positions.as<Position>() + 1;
  int64_t nnz = matrix.nnz();
  for (int64_t entry = 0; entry < nnz; ++entry)
    ++next[coordinates[entry]];
  Position running = 0;
  for (int64_t col = 0; col < matrix.cols; ++col) {
    Position count = next[col];
    next[col] = running;
    running += count;
  }
  To *toCoordinates = result.coordinates.as<To>();
  Value *toValues = result.values.as<Value>();
  for (int64_t row = 0; row < matrix.rows; ++row)
    for (int64_t entry = matrix.position(row), end = matrix.position(row + 1);
         entry < end; ++entry) {
      Position at = next[coordinates[entry]]++;
      toCoordinates[at] = static_cast<To>(row);
      toValues[at] = values[entry];
    }
}

llvm::Expected<Matrix> smash::transpose(const Matrix &matrix) {
  unsigned coordinateBits =
      std::max(matrix.coordinateBits, narrowestIndexBits(matrix.rows));
  llvm::Expected<Matrix> result =
      makeMatrix(matrix.cols, matrix.rows, matrix.nnz(), matrix.valueType,
                 matrix.positionBits, coordinateBits);
  if (!result)
    return result.takeError();
  if (matrix.nnz() == 0)
    return result;
  visitValueType(matrix.valueType, [&](auto value) {
    visitIndexWidth(matrix.positionBits, [&](auto position) {
      visitIndexWidth(matrix.coordinateBits, [&](auto from) {
        visitIndexWidth(coordinateBits, [&](auto to) {
          scatterByColumn<decltype(position), decltype(from), decltype(to),
                          decltype(value)>(matrix, *result);
        });
      });
    });
  });
  return result;
}
