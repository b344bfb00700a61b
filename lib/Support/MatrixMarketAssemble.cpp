//===- MatrixMarketAssemble.cpp - entries to rows -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixMarketAssemble.h"
#include "ValueConversion.h"
#include <algorithm>

using namespace smash;
using namespace smash::mm;

/// The value at (col, row) of one at (row, col).
template <typename T>
static T mirror(Symmetry symmetry, T value) {
  if constexpr (IsComplex<T>::value) {
    if (symmetry == Symmetry::Hermitian)
      return std::conj(value);
  }
  if constexpr (std::is_same_v<T, bool>)
    return value; // -1 is 1 in one bit
  else
    return symmetry == Symmetry::Skew ? T(-value) : value;
}

/// `a + b` as the value type adds: integers wrap, i1 is "or".
template <typename T>
static T add(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a || b;
  else if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::make_unsigned_t<T>(a) +
                          std::make_unsigned_t<T>(b));
  else
    return a + b;
}

namespace {
template <typename Position, typename Coordinate, typename Value>
class Assembler {
public:
  Assembler(const Header &header, llvm::MutableArrayRef<Chunk> chunks,
            Matrix &matrix)
      : header(header), chunks(chunks), matrix(matrix),
        positions(matrix.positions.as<Position>()),
        coordinates(matrix.coordinates.as<Coordinate>()),
        values(matrix.values.as<Value>()) {}

  /// Puts every entry in its row, a row's in the file's order.
  void scatter();
  /// Sorts each row; adds or reports duplicates.
  llvm::Error finishRows(bool sumDuplicates,
                         std::optional<Duplicate> &duplicate);

private:
  struct Entry {
    Coordinate coordinate;
    int64_t ordinal;
    Value value;
  };

  const Header &header;
  llvm::MutableArrayRef<Chunk> chunks;
  Matrix &matrix;
  Position *positions;
  Coordinate *coordinates;
  Value *values;
  Buffer scratch; ///< of Entry, for rows that are not in order

  void put(Position at, Coordinate coordinate, Value value) {
    coordinates[at] = coordinate;
    values[at] = value;
  }
  llvm::Error sortRow(Position begin, Position end);
};
} // namespace

template <typename Position, typename Coordinate, typename Value>
void Assembler<Position, Coordinate, Value>::scatter() {
  const bool mirrored = header.symmetry != Symmetry::General;
  // next[r] counts row r, then is where its next entry goes; when all are
  // placed that is where row r + 1 begins, so nothing is left to be moved.
  Position *next = positions + 1;
  for (const Chunk &chunk : chunks) {
    const auto *rows = chunk.rows.template as<uint32_t>();
    const auto *cols = chunk.coordinates.template as<Coordinate>();
    for (int64_t i = 0; i < chunk.count; ++i) {
      ++next[rows[i]];
      if (mirrored && rows[i] != cols[i])
        ++next[cols[i]];
    }
  }
  Position running = 0;
  for (int64_t row = 0; row < matrix.rows; ++row) {
    Position count = next[row];
    next[row] = running;
    running += count;
  }
  const bool pattern = header.field == Field::Pattern;
  for (Chunk &chunk : chunks) {
    const auto *rows = chunk.rows.template as<uint32_t>();
    const auto *cols = chunk.coordinates.template as<Coordinate>();
    const auto *from = chunk.values.template as<Value>();
    for (int64_t i = 0; i < chunk.count; ++i) {
      Value value = pattern ? Value(1) : from[i];
      put(next[rows[i]]++, cols[i], value);
      if (mirrored && rows[i] != cols[i])
        put(next[cols[i]]++, Coordinate(rows[i]),
            mirror(header.symmetry, value));
    }
    // Text and entries need not stand in memory together with all of C.
    Buffer freed[] = {std::move(chunk.rows), std::move(chunk.coordinates),
                      std::move(chunk.values)};
  }
}

template <typename Position, typename Coordinate, typename Value>
llvm::Error Assembler<Position, Coordinate, Value>::sortRow(Position begin,
                                                            Position end) {
  size_t count = end - begin;
  if (scratch.size() < count * sizeof(Entry))
    if (llvm::Error error = scratch.resize(count * sizeof(Entry)))
      return error;
  Entry *entries = scratch.as<Entry>();
  for (size_t i = 0; i < count; ++i)
    entries[i] = {coordinates[begin + i], int64_t(i), values[begin + i]};
  // By file order among equals, so that sums do not depend on the sort.
  std::sort(entries, entries + count, [](const Entry &a, const Entry &b) {
    return a.coordinate != b.coordinate ? a.coordinate < b.coordinate
                                        : a.ordinal < b.ordinal;
  });
  for (size_t i = 0; i < count; ++i)
    put(begin + i, entries[i].coordinate, entries[i].value);
  return llvm::Error::success();
}

template <typename Position, typename Coordinate, typename Value>
llvm::Error Assembler<Position, Coordinate, Value>::finishRows(
    bool sumDuplicates, std::optional<Duplicate> &duplicate) {
  const bool pattern = header.field == Field::Pattern;
  Position out = 0; // where the next entry goes, behind those added away
  for (int64_t row = 0; row < matrix.rows; ++row) {
    const Position begin = positions[row], end = positions[row + 1];
    bool ascending = true, descends = false;
    for (Position i = begin + 1; i < end; ++i) {
      ascending &= coordinates[i - 1] < coordinates[i];
      descends |= coordinates[i - 1] > coordinates[i];
    }
    if (descends)
      if (llvm::Error error = sortRow(begin, end))
        return error;
    positions[row] = out;
    if (ascending && out == begin) {
      out = end;
      continue;
    }
    for (Position i = begin; i < end; ++i) {
      bool again = i != begin && coordinates[i] == coordinates[out - 1];
      if (!again) {
        put(out++, coordinates[i], values[i]);
      } else if (!sumDuplicates) {
        duplicate = Duplicate{row, int64_t(coordinates[i])};
        return llvm::Error::success();
      } else if (!pattern) {
        values[out - 1] = add(values[out - 1], values[i]);
      }
    }
  }
  positions[matrix.rows] = out;
  if (llvm::Error error = matrix.coordinates.resize(out * sizeof(Coordinate)))
    return error;
  return matrix.values.resize(out * sizeof(Value));
}

llvm::Expected<Matrix> mm::assemble(const Header &header,
                                    llvm::MutableArrayRef<Chunk> chunks,
                                    bool sumDuplicates,
                                    std::optional<Duplicate> &duplicate) {
  int64_t nnz = 0;
  for (const Chunk &chunk : chunks)
    nnz += header.symmetry == Symmetry::General
               ? chunk.count
               : 2 * chunk.count - chunk.diagonal;
  llvm::Expected<Matrix> matrix =
      makeMatrix(header.rows, header.cols, nnz, header.valueType,
                 narrowestIndexBits(nnz), coordinateBitsOf(header));
  if (!matrix)
    return matrix.takeError();
  // Positions that nobody touches take no memory.
  if (nnz == 0)
    return matrix;
  llvm::Error error = llvm::Error::success();
  visitIndexWidth(matrix->positionBits, [&](auto position) {
    visitIndexWidth(matrix->coordinateBits, [&](auto coordinate) {
      visitValueType(header.valueType, [&](auto value) {
        llvm::cantFail(std::move(error));
        Assembler<decltype(position), decltype(coordinate), decltype(value)>
            assembler(header, chunks, *matrix);
        assembler.scatter();
        error = assembler.finishRows(sumDuplicates, duplicate);
      });
    });
  });
  if (error)
    return std::move(error);
  // Sums can bring a count back under the narrow limit.
  if (narrowestIndexBits(matrix->nnz()) != matrix->positionBits)
    return convertIndices(std::move(*matrix), 32, matrix->coordinateBits);
  return matrix;
}
