//===- Compare.cpp - a product against the reference --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rows.h"
#include "Semirings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace smash;
using namespace smash::reference;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

constexpr double infinity = std::numeric_limits<double>::infinity();

/// `value` in the fewest digits that read back the same.
template <typename T>
static std::string print(T value) {
  if constexpr (isComplex<T>) {
    std::string imag = print(value.imag());
    return print(value.real()) + (imag[0] == '-' ? "" : "+") + imag + "i";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else {
    char text[40];
    for (int digits = 6; digits <= std::numeric_limits<T>::max_digits10;
         ++digits) {
      std::snprintf(text, sizeof(text), "%.*g", digits, double(value));
      if (T(std::strtod(text, nullptr)) == value)
        break;
    }
    return text;
  }
}

static std::string printShort(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.2g", value);
  return text;
}

/// The same bits, or both NaN: which NaN an operation gives is not defined.
template <typename T>
static bool isSame(T x, T y) {
  if constexpr (isComplex<T>)
    return isSame(x.real(), y.real()) && isSame(x.imag(), y.imag());
  else if constexpr (std::is_floating_point_v<T>)
    return (std::isnan(x) && std::isnan(y)) ||
           (x == y && std::signbit(x) == std::signbit(y));
  else
    return x == y;
}

/// |x - y|. Where y is not finite it is 0 or infinity: x must be the same.
template <typename T>
static double distance(T x, T y) {
  if constexpr (isComplex<T>) {
    return std::hypot(distance(x.real(), y.real()),
                      distance(x.imag(), y.imag()));
  } else if constexpr (std::is_floating_point_v<T>) {
    if (isSame(x, y))
      return 0;
    if (!std::isfinite(x) || !std::isfinite(y))
      return infinity;
    return std::fabs(double(x) - double(y));
  } else {
    return double(std::fabs((long double)x - (long double)y));
  }
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

namespace {

/// Compares rows of C, whose values are T, with those of the reference.
template <typename T>
class Comparer {
public:
  Comparer(const Matrix &c, bool rounds, Comparison &result)
      : c(c), rounds(rounds), result(result) {
    result.equal = result.bitwise = true;
  }

  /// Compares row `row`; false when the structure differs.
  bool compareRow(int64_t row, llvm::ArrayRef<Sum<T>> sums);

  /// Writes the verdict on the values.
  void finish();

private:
  /// An i1 is read as the byte that it is: one that is neither 0 nor 1 is a
  /// mistake to be found.
  using Stored = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

  bool differ(int64_t row, int64_t col, const llvm::Twine &what);
  void compareValue(int64_t row, const Sum<T> &sum, Stored value);

  const Matrix &c;
  bool rounds;
  Comparison &result;
  std::vector<Entry<Stored>> entries;
  double worstRatio = -1;
  std::string worstValue, worstExpected;
};

} // namespace

template <typename T>
bool Comparer<T>::differ(int64_t row, int64_t col, const llvm::Twine &what) {
  result.equal = result.bitwise = false;
  result.row = row;
  result.col = col;
  result.error = infinity;
  result.bound = 0;
  result.message = ("differs: entry (" + llvm::Twine(row) + ", " +
                    llvm::Twine(col) + ") " + what)
                       .str();
  return false;
}

template <typename T>
bool Comparer<T>::compareRow(int64_t row, llvm::ArrayRef<Sum<T>> sums) {
  entries.clear();
  bool ascending = true;
  int64_t descent = -1;
  if (c.nnz() != 0)
    for (int64_t e = c.position(row); e != c.position(row + 1); ++e) {
      int64_t col = c.coordinate(e);
      if (col < 0 || col >= c.cols)
        return differ(row, col, "is outside the matrix");
      if (ascending && !entries.empty() && col < entries.back().col) {
        ascending = false;
        descent = col;
      }
      entries.push_back({col, c.values.as<Stored>()[e]});
    }
  if (!ascending)
    llvm::sort(entries, [](const Entry<Stored> &x, const Entry<Stored> &y) {
      return x.col < y.col;
    });

  size_t at = 0;
  for (const Sum<T> &sum : sums) {
    if (at != entries.size() && entries[at].col < sum.col)
      break;
    if (at == entries.size() || entries[at].col != sum.col)
      return differ(row, sum.col, "is missing");
    compareValue(row, sum, entries[at].value);
    ++at;
  }
  if (at != entries.size()) {
    int64_t col = entries[at].col;
    bool again = at != 0 && entries[at - 1].col == col;
    return differ(row, col, again ? "is there twice" : "is not in the product");
  }
  if (c.sorted && !ascending)
    return differ(row, descent,
                  "is out of order in a matrix that is said to be sorted");
  return true;
}

template <typename T>
void Comparer<T>::compareValue(int64_t row, const Sum<T> &sum, Stored value) {
  Stored expected = sum.value;
  bool same = isSame(value, expected);
  double error = distance(value, expected);
  double bound = 0;
  if constexpr (!std::is_integral_v<T>) {
    if (rounds) {
      using Real = decltype(std::abs(T()));
      bound = double((long double)sum.products * sum.magnitude *
                     std::numeric_limits<Real>::epsilon());
      // Of an entry that an infinity or a NaN goes into: distance has judged
      // the parts that are not finite, and nothing bounds the other one.
      if (std::isnan(bound))
        bound = infinity;
    }
  }
  bool within = rounds ? error <= bound && std::isfinite(error) : same;
  double ratio = error == 0 || std::isinf(bound) ? 0 : error / bound;
  // A wrong value is worse than every right one, however small its error: -0
  // for 0 has none, and a quotient rounds to 1.
  if (!within)
    ratio =
        std::max(ratio, rounds && std::isfinite(error) ? 1 + 1e-15 : infinity);
  if (!same)
    result.bitwise = false;
  if (!within)
    result.equal = false;
  if (ratio <= worstRatio)
    return;
  worstRatio = ratio;
  result.row = row;
  result.col = sum.col;
  result.error = error;
  result.bound = bound;
  if (!within) {
    worstValue = print(value);
    worstExpected = print(expected);
  }
}

template <typename T>
void Comparer<T>::finish() {
  if (result.row < 0) {
    result.message = "equal: no entries";
    return;
  }
  std::string where = "entry (" + std::to_string(result.row) + ", " +
                      std::to_string(result.col) + ")";
  std::string error = printShort(result.error);
  std::string bound = printShort(result.bound);
  if (result.equal)
    result.message = "equal: worst " + where + " error " + error + ", bound " +
                     bound + (result.bitwise ? ", bit for bit" : "");
  else
    result.message = "differs: " + where + " is " + worstValue + ", expected " +
                     worstExpected + ", error " + error + " above bound " +
                     bound;
}

/// What is wrong with the shape or the arrays of C, or nothing.
static std::string findMalformation(const Matrix &c, ValueType type,
                                    int64_t rows, int64_t cols) {
  auto shape = [](int64_t rows, int64_t cols) {
    return std::to_string(rows) + " x " + std::to_string(cols);
  };
  if (c.rows != rows || c.cols != cols)
    return "the size is " + shape(c.rows, c.cols) + ", expected " +
           shape(rows, cols);
  if (c.valueType != type)
    return ("the value type is " + spellValueType(c.valueType) + ", expected " +
            spellValueType(type))
        .str();
  if (rows == 0 && c.positions.size() == 0)
    return "";
  if (c.positions.size() < size_t(rows + 1) * (c.positionBits / 8))
    return "there are fewer positions than rows + 1";
  if (c.position(0) != 0)
    return "position 0 is " + std::to_string(c.position(0)) + ", expected 0";
  for (int64_t row = 0; row != rows; ++row)
    if (c.position(row + 1) < c.position(row))
      return "position " + std::to_string(row + 1) + " is " +
             std::to_string(c.position(row + 1)) + ", less than the one before";
  size_t nnz = size_t(c.nnz());
  if (c.coordinates.size() / (c.coordinateBits / 8) < nnz ||
      c.values.size() / sizeOfValueType(type) < nnz)
    return "there are fewer coordinates or values than the " +
           std::to_string(nnz) + " of the positions";
  return "";
}

llvm::Expected<Comparison> smash::reference::compare(const Matrix &c,
                                                     const Matrix &a,
                                                     const Matrix &b,
                                                     const Product &product) {
  int64_t rows, cols;
  if (llvm::Error error = checkProduct(a, b, product, rows, cols))
    return std::move(error);
  Comparison result;
  std::string malformation = findMalformation(c, a.valueType, rows, cols);
  if (!malformation.empty()) {
    result.error = infinity;
    result.message = "differs: " + malformation;
    return result;
  }
  return catchOutOfMemory([&]() -> llvm::Expected<Comparison> {
    return visitValueType(a.valueType, [&](auto zero) {
      using T = decltype(zero);
      Comparer<T> comparer(c, roundsSums(product, a.valueType), result);
      bool sameStructure = true;
      forEachRow<T>(a, b, product,
                    [&](int64_t row, llvm::ArrayRef<Sum<T>> sums) {
                      sameStructure = comparer.compareRow(row, sums);
                      return sameStructure;
                    });
      if (sameStructure)
        comparer.finish();
      return result;
    });
  });
}
