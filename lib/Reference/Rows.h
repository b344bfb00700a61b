//===- Rows.h - the rows of an operand and of a product ------- -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_REFERENCE_ROWS_H
#define SMASH_LIB_REFERENCE_ROWS_H

#include "smash/Reference/Reference.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <new>
#include <vector>

namespace smash::reference {

/// An entry of a row.
template <typename T>
struct Entry {
  int64_t col;
  T value;
};

/// An operand: entries by row, ascending.
template <typename T>
struct Rows {
  int64_t cols = 0;
  std::vector<int64_t> starts; ///< rows + 1
  std::vector<Entry<T>> entries;

  int64_t rows() const { return int64_t(starts.size()) - 1; }
  llvm::ArrayRef<Entry<T>> row(int64_t i) const {
    return llvm::ArrayRef<Entry<T>>(entries).slice(starts[i],
                                                   starts[i + 1] - starts[i]);
  }
};

/// An entry of a product.
template <typename T>
struct Sum {
  int64_t col;
  T value;
  int64_t products; ///< how many were added
  /// Sum of |a||b|: wider than any value, so that it does not overflow before
  /// they do. Only of floating-point plus_times.
  long double magnitude;
};

/// Takes row `row` of the product, ascending, each column once; false ends the
/// product.
template <typename T>
using RowSink =
    llvm::function_ref<bool(int64_t row, llvm::ArrayRef<Sum<T>> sums)>;

/// Whether `product` can be made of the operands: same value type, inner sizes
/// that agree, a known semiring that the type has. `rows` and `cols` are the
/// product's.
llvm::Error checkProduct(const Matrix &a, const Matrix &b,
                         const Product &product, int64_t &rows, int64_t &cols);

/// Calls `sink` for each row of the product, of values T, that checkProduct
/// accepts.
template <typename T>
void forEachRow(const Matrix &a, const Matrix &b, const Product &product,
                RowSink<T> sink);

/// Whether results of the semiring depend on the order of the sums and are
/// compared with a bound.
bool roundsSums(const Product &product, ValueType type);

llvm::Error makeError(const llvm::Twine &message);

/// `fn()`, with an error when memory runs out.
template <typename Fn>
auto catchOutOfMemory(Fn &&fn) -> decltype(fn()) {
  try {
    return fn();
  } catch (const std::bad_alloc &) {
    return makeError("the reference product ran out of memory");
  }
}

} // namespace smash::reference

#endif // SMASH_LIB_REFERENCE_ROWS_H
