//===- TestOperands.cpp - operands that can be typed and shrunk ----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestOperands.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#include <limits>

using namespace smash;
using namespace smash::test;

uint64_t TestRandom::next() {
  // SplitMix64.
  uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

template <typename T>
static T typeReal(TestValue value) {
  using Limits = std::numeric_limits<T>;
  uint32_t n = uint32_t(value.n);
  if constexpr (std::is_same_v<T, bool>) {
    return value.n % 2 != 0;
  } else if constexpr (std::is_integral_v<T>) {
    const T specials[] = {Limits::min(),
                          Limits::max(),
                          Limits::min() + 1,
                          Limits::max() - 1,
                          T(-1),
                          T(0),
                          Limits::min() / 2,
                          Limits::max() / 2 + 1,
                          Limits::min() / 2 - 1,
                          T(1)};
    bool special =
        value.kind == TestValue::Special || value.kind == TestValue::Huge;
    return special ? specials[n % std::size(specials)] : T(value.n);
  } else {
    switch (value.kind) {
    case TestValue::Integer:
      return T(value.n);
    case TestValue::Fraction:
      return T(value.n) / T(7);
    case TestValue::Special: {
      const T specials[] = {T(0),
                            -T(0),
                            Limits::quiet_NaN(),
                            Limits::infinity(),
                            -Limits::infinity(),
                            Limits::denorm_min(),
                            -Limits::denorm_min(),
                            T(1),
                            T(-1)};
      return specials[n % std::size(specials)];
    }
    case TestValue::Huge: {
      const T huge[] = {Limits::max(), Limits::lowest(), T(2), T(-0.5),
                        Limits::min()};
      return huge[n % std::size(huge)];
    }
    }
    llvm_unreachable("kind out of range");
  }
}

template <typename T>
static T typeValue(TestValue value) {
  if constexpr (std::is_same_v<T, std::complex<double>>) {
    TestValue imaginary = value;
    imaginary.n = value.kind == TestValue::Integer ? value.n / 3
                                                   : value.n * 5 % 11 + value.n;
    return T(typeReal<double>(value), typeReal<double>(imaginary));
  } else {
    return typeReal<T>(value);
  }
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

static void storeIndex(Buffer &buffer, unsigned bits, int64_t at, int64_t x) {
  if (bits == 32)
    buffer.as<uint32_t>()[at] = uint32_t(x);
  else
    buffer.as<uint64_t>()[at] = uint64_t(x);
}

Matrix smash::test::typeOperand(const TestOperand &operand, ValueType type,
                                unsigned positionBits, unsigned coordinateBits,
                                bool transposed) {
  std::vector<TestEntry> entries = operand.entries;
  int64_t rows = operand.rows, cols = operand.cols;
  if (transposed) {
    std::swap(rows, cols);
    for (TestEntry &entry : entries)
      std::swap(entry.row, entry.col);
  }
  llvm::sort(entries, [](const TestEntry &x, const TestEntry &y) {
    return std::make_pair(x.row, x.col) < std::make_pair(y.row, y.col);
  });
  Matrix matrix = llvm::cantFail(makeMatrix(
      rows, cols, int64_t(entries.size()), type, positionBits, coordinateBits));
  visitValueType(type, [&](auto zero) {
    using T = decltype(zero);
    for (size_t e = 0; e != entries.size(); ++e) {
      storeIndex(matrix.coordinates, coordinateBits, int64_t(e),
                 entries[e].col);
      matrix.values.as<T>()[e] = typeValue<T>(entries[e].value);
    }
  });
  size_t entry = 0;
  for (int64_t row = 0; row <= rows; ++row) {
    while (entry != entries.size() && entries[entry].row < row)
      ++entry;
    storeIndex(matrix.positions, positionBits, row, int64_t(entry));
  }
  return matrix;
}

MatrixPair smash::test::typePair(const TestPair &pair,
                                 const ProductOptions &options) {
  auto type = [&](const TestOperand &operand, bool transposed) {
    return typeOperand(operand, options.valueType, options.positionBits,
                       options.coordinateBits, transposed);
  };
  return {type(pair.a, options.transposeA), type(pair.b, options.transposeB)};
}

std::string smash::test::print(const TestOperand &operand) {
  constexpr size_t most = 60;
  std::string text;
  llvm::raw_string_ostream os(text);
  os << operand.rows << " x " << operand.cols << ", " << operand.entries.size()
     << " entries:";
  const char *suffixes[] = {"", "/7", " (special)", " (huge)"};
  for (size_t e = 0; e != operand.entries.size() && e != most; ++e) {
    const TestEntry &entry = operand.entries[e];
    os << " (" << entry.row << ", " << entry.col << ") = " << entry.value.n
       << suffixes[entry.value.kind] << ";";
  }
  if (operand.entries.size() > most)
    os << " ...";
  return text;
}

bool smash::test::identical(const Matrix &a, const Matrix &b) {
  auto same = [](const Buffer &x, const Buffer &y) {
    return x.size() == y.size() &&
           (x.size() == 0 || std::memcmp(x.data(), y.data(), x.size()) == 0);
  };
  return a.rows == b.rows && a.cols == b.cols &&
         same(a.positions, b.positions) && same(a.coordinates, b.coordinates) &&
         same(a.values, b.values);
}

std::string smash::test::checkStructure(const Matrix &c,
                                        const ProductOptions &options) {
  if (c.positionBits != options.resultPositionBits ||
      c.coordinateBits != options.coordinateBits ||
      c.valueType != options.valueType || c.sorted != options.sorted)
    return "C has another layout than was asked for";
  if (c.positions.size() != size_t(c.rows + 1) * (c.positionBits / 8))
    return "C has " + std::to_string(c.positions.size()) +
           " bytes of positions";
  if (c.position(0) != 0)
    return "the first position is not 0";
  for (int64_t row = 0; row != c.rows; ++row)
    if (c.position(row + 1) < c.position(row))
      return "positions fall at row " + std::to_string(row);
  size_t nnz = size_t(c.nnz());
  if (c.coordinates.size() != nnz * (c.coordinateBits / 8) ||
      c.values.size() != nnz * sizeOfValueType(c.valueType))
    return "arrays of " + std::to_string(c.coordinates.size()) + " and " +
           std::to_string(c.values.size()) + " bytes for " +
           std::to_string(nnz) + " entries";
  std::vector<int64_t> columns;
  for (int64_t row = 0; row != c.rows; ++row) {
    columns.clear();
    for (int64_t e = c.position(row); e != c.position(row + 1); ++e)
      columns.push_back(c.coordinate(e));
    std::string where = " in row " + std::to_string(row);
    if (c.sorted && !llvm::is_sorted(columns))
      return "columns do not ascend" + where;
    llvm::sort(columns);
    if (std::adjacent_find(columns.begin(), columns.end()) != columns.end())
      return "a column stands twice" + where;
    if (!columns.empty() && (columns.front() < 0 || columns.back() >= c.cols))
      return "a column is out of range" + where;
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Shrinking
//===----------------------------------------------------------------------===//

namespace {
/// Tries smaller pairs, as often as it may.
class Shrinker {
public:
  Shrinker(TestPair pair, llvm::function_ref<bool(const TestPair &)> fails)
      : pair(std::move(pair)), fails(fails) {}

  TestPair run() {
    for (bool smaller = true; smaller && tries != 0;) {
      smaller = dropEntries(&TestPair::a);
      smaller |= dropEntries(&TestPair::b);
      smaller |= plainValues(&TestPair::a);
      smaller |= plainValues(&TestPair::b);
      smaller |= dropSizes();
    }
    return pair;
  }

private:
  bool attempt(TestPair smaller) {
    if (tries == 0)
      return false;
    --tries;
    if (!fails(smaller))
      return false;
    pair = std::move(smaller);
    return true;
  }

  /// Drops runs of entries: halves first, single ones at last.
  bool dropEntries(TestOperand TestPair::*which) {
    bool any = false;
    for (size_t size = (pair.*which).entries.size(); size != 0; size /= 2)
      for (size_t at = 0; at < (pair.*which).entries.size();) {
        TestPair smaller = pair;
        auto &entries = (smaller.*which).entries;
        entries.erase(entries.begin() + at,
                      entries.begin() + std::min(at + size, entries.size()));
        if (attempt(std::move(smaller)))
          any = true;
        else
          at += size;
      }
    return any;
  }

  bool plainValues(TestOperand TestPair::*which) {
    bool any = false;
    for (size_t e = 0; e != (pair.*which).entries.size(); ++e) {
      TestValue value = (pair.*which).entries[e].value;
      if (value.kind == TestValue::Integer && value.n == 1)
        continue;
      TestPair smaller = pair;
      (smaller.*which).entries[e].value = TestValue();
      any |= attempt(std::move(smaller));
    }
    return any;
  }

  static int64_t usedRows(const TestOperand &operand) {
    int64_t used = 0;
    for (const TestEntry &entry : operand.entries)
      used = std::max(used, entry.row + 1);
    return used;
  }
  static int64_t usedCols(const TestOperand &operand) {
    int64_t used = 0;
    for (const TestEntry &entry : operand.entries)
      used = std::max(used, entry.col + 1);
    return used;
  }

  bool dropSizes() {
    bool any = false;
    auto tryWith = [&](int64_t rows, int64_t inner, int64_t cols) {
      if (rows >= pair.a.rows && inner >= pair.b.rows && cols >= pair.b.cols)
        return;
      TestPair smaller = pair;
      smaller.a.rows = rows;
      smaller.a.cols = smaller.b.rows = inner;
      smaller.b.cols = cols;
      any |= attempt(std::move(smaller));
    };
    tryWith(usedRows(pair.a), pair.b.rows, pair.b.cols);
    tryWith(pair.a.rows, std::max(usedCols(pair.a), usedRows(pair.b)),
            pair.b.cols);
    tryWith(pair.a.rows, pair.b.rows, usedCols(pair.b));
    return any;
  }

  TestPair pair;
  llvm::function_ref<bool(const TestPair &)> fails;
  int tries = 2000;
};
} // namespace

TestPair smash::test::shrink(TestPair pair,
                             llvm::function_ref<bool(const TestPair &)> fails) {
  return Shrinker(std::move(pair), fails).run();
}
