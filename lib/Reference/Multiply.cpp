//===- Multiply.cpp - the reference product as a matrix -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rows.h"
#include <algorithm>
#include <limits>

using namespace smash;
using namespace smash::reference;

/// The narrowest of 32 and 64 bits that holds `largest`.
static unsigned bitsFor(int64_t largest) {
  return largest <= int64_t(std::numeric_limits<uint32_t>::max()) ? 32 : 64;
}

static void store(Buffer &buffer, unsigned bits, int64_t i, int64_t value) {
  if (bits == 32)
    buffer.as<uint32_t>()[i] = uint32_t(value);
  else
    buffer.as<uint64_t>()[i] = uint64_t(value);
}

template <typename T>
static llvm::Expected<Matrix> multiplyOf(const Matrix &a, const Matrix &b,
                                         const Product &product, int64_t rows,
                                         int64_t cols) {
  std::vector<int64_t> starts(1, 0);
  std::vector<Entry<T>> entries;
  forEachRow<T>(a, b, product, [&](int64_t, llvm::ArrayRef<Sum<T>> sums) {
    for (const Sum<T> &sum : sums)
      entries.push_back({sum.col, sum.value});
    starts.push_back(int64_t(entries.size()));
    return true;
  });

  int64_t nnz = starts.back();
  unsigned coordinateBits = std::max(b.coordinateBits, bitsFor(cols));
  llvm::Expected<Matrix> c =
      makeMatrix(rows, cols, nnz, a.valueType, bitsFor(nnz), coordinateBits);
  if (!c)
    return c.takeError();
  for (int64_t row = 0; row <= rows; ++row)
    store(c->positions, c->positionBits, row, starts[row]);
  for (int64_t e = 0; e != nnz; ++e) {
    store(c->coordinates, c->coordinateBits, e, entries[e].col);
    c->values.as<T>()[e] = entries[e].value;
  }
  c->sorted = true;
  return c;
}

llvm::Expected<Matrix> smash::reference::multiply(const Matrix &a,
                                                  const Matrix &b,
                                                  const Product &product) {
  int64_t rows, cols;
  if (llvm::Error error = checkProduct(a, b, product, rows, cols))
    return std::move(error);
  return catchOutOfMemory([&]() -> llvm::Expected<Matrix> {
    return visitValueType(a.valueType, [&](auto zero) {
      return multiplyOf<decltype(zero)>(a, b, product, rows, cols);
    });
  });
}
