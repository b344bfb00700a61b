//===- Rows.cpp - the rows of an operand and of a product -----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rows.h"
#include "Semirings.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>
#include <map>
#include <unordered_map>

using namespace smash;
using namespace smash::reference;

llvm::Error smash::reference::makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

namespace {
enum class Semiring {
  Unknown,
  PlusTimes,
  MinPlus,
  MaxPlus,
  MaxTimes,
  OrAnd,
  PlusPair,
  AnyPair
};
} // namespace

/// A semiring with that add; which multiply it has does not matter.
static Semiring parseAdd(llvm::StringRef name) {
  return llvm::StringSwitch<Semiring>(name)
      .Case("plus", Semiring::PlusTimes)
      .Case("min", Semiring::MinPlus)
      .Case("max", Semiring::MaxPlus)
      .Case("or", Semiring::OrAnd)
      .Case("any", Semiring::AnyPair)
      .Default(Semiring::Unknown);
}

static Semiring parseSemiring(llvm::StringRef name) {
  return llvm::StringSwitch<Semiring>(name)
      .Case("plus_times", Semiring::PlusTimes)
      .Case("min_plus", Semiring::MinPlus)
      .Case("max_plus", Semiring::MaxPlus)
      .Case("max_times", Semiring::MaxTimes)
      .Case("or_and", Semiring::OrAnd)
      .Case("plus_pair", Semiring::PlusPair)
      .Case("any_pair", Semiring::AnyPair)
      .Default(Semiring::Unknown);
}

static llvm::Error checkAccumulated(const Product &product, ValueType type,
                                    int64_t rows, int64_t cols) {
  if (!product.accumulated)
    return llvm::Error::success();
  const Matrix &before = *product.accumulated;
  if (before.rows != rows || before.cols != cols)
    return makeError("the accumulated matrix is " +
                     std::to_string(before.rows) + " x " +
                     std::to_string(before.cols) + ", C is " +
                     std::to_string(rows) + " x " + std::to_string(cols));
  if (before.valueType != type)
    return makeError("the value types of the accumulated matrix and of the "
                     "operands differ: " +
                     spellValueType(before.valueType) + " and " +
                     spellValueType(type));
  if (product.accumulateAdd.empty())
    return llvm::Error::success();
  Semiring add = parseAdd(product.accumulateAdd);
  if (add == Semiring::Unknown)
    return makeError("unknown add '" + product.accumulateAdd +
                     "': expected plus, min, max, or, any");
  if (type == ValueType::C64 &&
      (add == Semiring::MinPlus || add == Semiring::MaxPlus))
    return makeError("add '" + product.accumulateAdd +
                     "' needs an order: complex numbers have no order");
  return llvm::Error::success();
}

llvm::Error smash::reference::checkProduct(const Matrix &a, const Matrix &b,
                                           const Product &product,
                                           int64_t &rows, int64_t &cols) {
  rows = product.transposeA ? a.cols : a.rows;
  cols = product.transposeB ? b.rows : b.cols;
  int64_t innerA = product.transposeA ? a.rows : a.cols;
  int64_t innerB = product.transposeB ? b.cols : b.rows;
  if (innerA != innerB)
    return makeError("the operands' inner sizes differ: " +
                     llvm::Twine(innerA) + " and " + llvm::Twine(innerB));
  if (a.valueType != b.valueType)
    return makeError(
        "the operands' value types differ: " + spellValueType(a.valueType) +
        " and " + spellValueType(b.valueType));
  if (product.mask &&
      (product.mask->rows != rows || product.mask->cols != cols))
    return makeError("the mask is " + std::to_string(product.mask->rows) +
                     " x " + std::to_string(product.mask->cols) + ", C is " +
                     std::to_string(rows) + " x " + std::to_string(cols));
  if (llvm::Error error = checkAccumulated(product, a.valueType, rows, cols))
    return error;
  switch (parseSemiring(product.semiring)) {
  case Semiring::Unknown:
    return makeError("unknown semiring '" + product.semiring +
                     "': expected plus_times, min_plus, max_plus, max_times, "
                     "or_and, plus_pair or any_pair");
  case Semiring::MinPlus:
  case Semiring::MaxPlus:
  case Semiring::MaxTimes:
    if (a.valueType == ValueType::C64)
      return makeError("semiring '" + product.semiring +
                       "' needs an order: complex numbers have no order");
    break;
  default:
    break;
  }
  return llvm::Error::success();
}

bool smash::reference::roundsSums(const Product &product, ValueType type) {
  return parseSemiring(product.semiring) == Semiring::PlusTimes &&
         (type == ValueType::F32 || type == ValueType::F64 ||
          type == ValueType::C64);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The rows of `matrix`, or of its transpose; not by way of smash::transpose,
/// which the compiler's side may use.
template <typename T>
static Rows<T> readRows(const Matrix &matrix, bool transposed) {
  Rows<T> result;
  result.cols = transposed ? matrix.rows : matrix.cols;
  int64_t rows = transposed ? matrix.cols : matrix.rows;
  int64_t nnz = matrix.nnz();
  const T *values = matrix.values.as<T>();
  result.starts.assign(rows + 1, 0);
  result.entries.resize(nnz);
  for (int64_t row = 0; row != matrix.rows && nnz != 0; ++row)
    for (int64_t e = matrix.position(row); e != matrix.position(row + 1); ++e)
      ++result.starts[(transposed ? matrix.coordinate(e) : row) + 1];
  for (int64_t row = 0; row != rows; ++row)
    result.starts[row + 1] += result.starts[row];
  std::vector<int64_t> next(result.starts.begin(), result.starts.end() - 1);
  for (int64_t row = 0; row != matrix.rows && nnz != 0; ++row)
    for (int64_t e = matrix.position(row); e != matrix.position(row + 1); ++e) {
      int64_t col = matrix.coordinate(e);
      result.entries[next[transposed ? col : row]++] = {transposed ? row : col,
                                                        values[e]};
    }
  auto byColumn = [](const Entry<T> &x, const Entry<T> &y) {
    return x.col < y.col;
  };
  for (int64_t row = 0; row != rows; ++row) {
    auto first = result.entries.begin() + result.starts[row];
    auto last = result.entries.begin() + result.starts[row + 1];
    if (!std::is_sorted(first, last, byColumn))
      std::sort(first, last, byColumn);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

namespace {

/// The map from a row's columns to its sums.
template <typename T>
class RowMap {
public:
  explicit RowMap(int64_t cols) {
    // Matrices of many columns are mostly wider than the memory that an array
    // over them should take.
    if (cols <= mostArrayCols)
      array.assign(cols, -1);
  }

  /// The sum of column `col`, and whether it is new.
  Sum<T> &find(int64_t col, bool &isNew) {
    int64_t size = int64_t(sums.size());
    int64_t number;
    if (!array.empty())
      number = array[col] < 0 ? array[col] = int32_t(size) : array[col];
    else
      number = map.try_emplace(col, size).first->second;
    isNew = number == size;
    if (isNew)
      sums.push_back({col, T(), 0, 0});
    return sums[number];
  }

  /// The sums, ascending.
  llvm::ArrayRef<Sum<T>> sort() {
    std::sort(sums.begin(), sums.end(),
              [](const Sum<T> &x, const Sum<T> &y) { return x.col < y.col; });
    return sums;
  }

  void clear() {
    if (!array.empty())
      for (const Sum<T> &sum : sums)
        array[sum.col] = -1;
    map.clear();
    sums.clear();
  }

private:
  static constexpr int64_t mostArrayCols = int64_t(1) << 24;

  std::vector<int32_t> array; ///< number in `sums`, -1 for none
  std::unordered_map<int64_t, int64_t> map;
  std::vector<Sum<T>> sums;
};

} // namespace

/// |x| as it enters the bound.
template <typename T>
static long double magnitude(T x) {
  if constexpr (isComplex<T>)
    return std::hypot((long double)x.real(), (long double)x.imag());
  else
    return std::fabs((long double)x);
}

template <typename Ring, typename T>
static void forEachRowOver(const Rows<T> &a, const Rows<T> &b,
                           RowSink<T> sink) {
  RowMap<T> map(b.cols);
  for (int64_t row = 0; row != a.rows(); ++row) {
    map.clear();
    for (const Entry<T> &left : a.row(row)) {
      for (const Entry<T> &right : b.row(left.col)) {
        T product = Ring::template times<T>(left.value, right.value);
        bool isNew;
        Sum<T> &sum = map.find(right.col, isNew);
        sum.value =
            isNew ? product : Ring::template plus<T>(sum.value, product);
        ++sum.products;
        if constexpr (Ring::rounds && !std::is_integral_v<T>)
          sum.magnitude += magnitude(left.value) * magnitude(right.value);
      }
    }
    if (!sink(row, map.sort()))
      return;
  }
}

/// Calls `run` with the ring of `semiring`, which T has.
template <typename T, typename Run>
static void dispatch(Semiring semiring, Run &&run) {
  auto runOrdered = [&]([[maybe_unused]] auto ring) {
    if constexpr (isComplex<T>)
      llvm_unreachable("checkProduct refuses an order of complex numbers");
    else
      run(ring);
  };
  switch (semiring) {
  case Semiring::PlusTimes:
    return run(PlusTimes());
  case Semiring::MinPlus:
    return runOrdered(MinPlus());
  case Semiring::MaxPlus:
    return runOrdered(MaxPlus());
  case Semiring::MaxTimes:
    return runOrdered(MaxTimes());
  case Semiring::OrAnd:
    return run(OrAnd());
  case Semiring::PlusPair:
    return run(PlusPair());
  case Semiring::AnyPair:
    return run(AnyPair());
  case Semiring::Unknown:
    break;
  }
  llvm_unreachable("checkProduct refuses an unknown semiring");
}

/// Adds the sums of a row, ascending, to the entries that it has beforehand, by
/// column.
template <typename Ring, typename T>
static void accumulateRow(const Matrix &before, int64_t row,
                          llvm::ArrayRef<Sum<T>> sums,
                          std::vector<Sum<T>> &result) {
  std::map<int64_t, Sum<T>> united;
  for (int64_t p = before.position(row), end = before.position(row + 1);
       p < end; ++p) {
    T value = before.values.as<T>()[p];
    Sum<T> &entry = united[before.coordinate(p)];
    entry = {before.coordinate(p), value, 1, 0};
    if constexpr (!std::is_integral_v<T>)
      entry.magnitude = magnitude(value);
  }
  for (const Sum<T> &sum : sums) {
    auto [at, isNew] = united.try_emplace(sum.col, sum);
    if (isNew)
      continue;
    at->second.value = Ring::template plus<T>(at->second.value, sum.value);
    at->second.products += sum.products;
    at->second.magnitude += sum.magnitude;
  }
  result.clear();
  for (const auto &[col, sum] : united)
    result.push_back(sum);
}

template <typename T>
void smash::reference::forEachRow(const Matrix &a, const Matrix &b,
                                  const Product &product, RowSink<T> sink) {
  Rows<T> left = readRows<T>(a, product.transposeA);
  Rows<T> right = readRows<T>(b, product.transposeB);
  // The whole row is computed, then filtered: nothing in common with kernels.
  std::vector<Sum<T>> kept, united;
  std::vector<int64_t> allowed;
  auto accumulate = [&](int64_t row, llvm::ArrayRef<Sum<T>> sums) {
    if (!product.accumulated)
      return sink(row, sums);
    Semiring add = product.accumulateAdd.empty()
                       ? parseSemiring(product.semiring)
                       : parseAdd(product.accumulateAdd);
    dispatch<T>(add, [&](auto ring) {
      accumulateRow<decltype(ring)>(*product.accumulated, row, sums, united);
    });
    return sink(row, united);
  };
  auto filter = [&](int64_t row, llvm::ArrayRef<Sum<T>> sums) {
    if (!product.mask)
      return accumulate(row, sums);
    kept.clear();
    allowed.clear();
    for (int64_t p = product.mask->position(row),
                 end = product.mask->position(row + 1);
         p < end; ++p)
      allowed.push_back(product.mask->coordinate(p));
    std::sort(allowed.begin(), allowed.end());
    for (const Sum<T> &sum : sums)
      if (std::binary_search(allowed.begin(), allowed.end(), sum.col) !=
          product.maskComplement)
        kept.push_back(sum);
    return accumulate(row, kept);
  };
  RowSink<T> masked = filter;
  dispatch<T>(parseSemiring(product.semiring), [&](auto ring) {
    forEachRowOver<decltype(ring)>(left, right, masked);
  });
}

#define SMASH_VALUE_TYPE(Name, Storage, Spelling)                              \
  template void smash::reference::forEachRow<Storage>(                         \
      const Matrix &, const Matrix &, const Product &, RowSink<Storage>);
#include "smash/Support/ValueTypes.def"
