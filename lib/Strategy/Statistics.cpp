//===- Statistics.cpp - what is known of the operands --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Strategy/Statistics.h"
#include "Estimate.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include <algorithm>
#include <limits>

using namespace llvm;
using namespace smash;

/// Rows that the mean span is taken from, about.
static constexpr int64_t kSampledRows = 1024;

static Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

unsigned RowHistogram::bucketOf(int64_t bound) {
  return bound <= 0 ? 0 : 1 + Log2_64_Ceil(uint64_t(bound));
}

int64_t RowHistogram::largestBound(unsigned k) {
  return k == 0              ? 0
         : k + 1 == kBuckets ? std::numeric_limits<int64_t>::max()
                             : int64_t(1) << (k - 1);
}

unsigned RowHistogram::size() const {
  unsigned size = kBuckets;
  while (size > 0 && buckets[size - 1].rows == 0)
    --size;
  return size;
}

/// The transpose of an operand, so that its rows are at hand. That takes as
/// long as reading the operand a few times, and less than any product of it.
static Expected<Matrix> transposeOperand(const Matrix &matrix) {
  if (uint64_t(matrix.cols) > maxRowPositionBytes / sizeof(int64_t))
    return makeError("a transposed operand of " + Twine(matrix.cols) +
                     " columns is too wide: its rows would number over " +
                     Twine(maxRowPositionBytes / sizeof(int64_t)));
  return transpose(matrix);
}

namespace {
/// Sums that notice overflow.
struct Totals {
  ProductStatistics &statistics;
  MaskOperand mask;
  RowSample sample;
  bool overflow = false;

  void addRow(int64_t row, int64_t products) {
    statistics.maxRowProducts = std::max(statistics.maxRowProducts, products);
    overflow |= __builtin_add_overflow(statistics.products, products,
                                       &statistics.products);
    int64_t bound = std::min(products, statistics.cols);
    if (mask.matrix && !mask.complement)
      bound = std::min(bound, mask.matrix->position(row + 1) -
                                  mask.matrix->position(row));
    unsigned k = RowHistogram::bucketOf(bound);
    RowHistogram::Bucket &bucket = statistics.histogram.buckets[k];
    ++bucket.rows;
    // These cannot overflow where the products of all did not.
    bucket.products = int64_t(uint64_t(bucket.products) + uint64_t(products));
    statistics.boundC = int64_t(uint64_t(statistics.boundC) + uint64_t(bound));
    sample.add(k, bucket.rows, row);
  }
};
} // namespace

/// Products of row-major A with rows of B of `lengthOf` entries.
template <typename Position, typename Coordinate, typename LengthOf>
static void countRows(const Matrix &a, LengthOf lengthOf, Totals &totals) {
  const Position *positions = a.positions.as<Position>();
  const Coordinate *coordinates = a.coordinates.as<Coordinate>();
  for (int64_t row = 0; row < a.rows && !totals.overflow; ++row) {
    int64_t products = 0;
    for (int64_t p = positions[row], end = positions[row + 1]; p < end; ++p)
      totals.overflow |= __builtin_add_overflow(
          products, lengthOf(int64_t(coordinates[p])), &products);
    totals.addRow(row, products);
  }
}

template <typename LengthOf>
static void countProducts(const Matrix &a, LengthOf lengthOf, Totals &totals) {
  visitIndexWidth(a.positionBits, [&](auto position) {
    visitIndexWidth(a.coordinateBits, [&](auto coordinate) {
      countRows<decltype(position), decltype(coordinate)>(a, lengthOf, totals);
    });
  });
}

/// The mean span of C's rows, from evenly spaced rows of A.
static int64_t sampleSpan(const Matrix &a, const Matrix &b) {
  int64_t step = std::max<int64_t>(a.rows / kSampledRows, 1);
  double sum = 0;
  int64_t sampled = 0;
  for (int64_t row = 0; row < a.rows; row += step) {
    int64_t lowest = b.cols, highest = -1;
    for (int64_t p = a.position(row), end = a.position(row + 1); p < end; ++p) {
      int64_t inner = a.coordinate(p);
      int64_t lo = b.position(inner), hi = b.position(inner + 1);
      if (lo == hi)
        continue;
      lowest = std::min(lowest, b.coordinate(lo));
      highest = std::max(highest, b.coordinate(hi - 1));
    }
    if (highest < 0)
      continue;
    sum += double(highest - lowest + 1);
    ++sampled;
  }
  return sampled ? int64_t(sum / double(sampled)) : b.cols;
}

static int64_t longestRow(const Matrix &matrix) {
  int64_t longest = 0;
  visitIndexWidth(matrix.positionBits, [&](auto width) {
    const auto *positions = matrix.positions.as<decltype(width)>();
    for (int64_t row = 0; row < matrix.rows; ++row)
      longest = std::max(longest,
                         int64_t(positions[row + 1]) - int64_t(positions[row]));
  });
  return longest;
}

/// Those of A * B as they are stored.
static Expected<ProductStatistics>
computeStored(const Matrix &a, const Matrix &b, MaskOperand mask) {
  ProductStatistics statistics;
  statistics.rows = a.rows;
  statistics.inner = a.cols;
  statistics.cols = b.cols;
  statistics.nnzA = a.nnz();
  statistics.nnzB = b.nnz();
  statistics.nnzMask = mask.matrix ? mask.matrix->nnz() : 0;
  statistics.maxRowA = longestRow(a);
  statistics.maxRowB = longestRow(b);
  Totals totals{statistics, mask, {}};
  visitIndexWidth(b.positionBits, [&](auto width) {
    const auto *positions = b.positions.as<decltype(width)>();
    countProducts(
        a,
        [=](int64_t k) {
          return int64_t(positions[k + 1]) - int64_t(positions[k]);
        },
        totals);
  });
  if (totals.overflow)
    return makeError("the number of products overflows 64 bits: over " +
                     Twine(std::numeric_limits<int64_t>::max()));
  statistics.meanSpan = b.sorted ? sampleSpan(a, b) : statistics.cols;
  estimateEntries(a, b, mask, totals.sample, statistics);
  return statistics;
}

Expected<ProductStatistics>
smash::computeStatistics(const Matrix &a, const Matrix &b, bool transposeA,
                         bool transposeB, MaskOperand mask) {
  auto shapeOf = [](const Matrix &matrix, bool transposed) {
    return transposed ? std::make_pair(matrix.cols, matrix.rows)
                      : std::make_pair(matrix.rows, matrix.cols);
  };
  auto [rows, inner] = shapeOf(a, transposeA);
  auto [innerB, cols] = shapeOf(b, transposeB);
  if (inner != innerB)
    return makeError("shapes do not match: A is " + Twine(rows) + " x " +
                     Twine(inner) + (transposeA ? " (transposed)" : "") +
                     ", B is " + Twine(innerB) + " x " + Twine(cols) +
                     (transposeB ? " (transposed)" : ""));
  Matrix transposed[2];
  const Matrix *operands[2] = {&a, &b};
  const bool isTransposed[2] = {transposeA, transposeB};
  for (int i = 0; i < 2; ++i) {
    if (!isTransposed[i])
      continue;
    auto made = transposeOperand(*operands[i]);
    if (!made)
      return made.takeError();
    transposed[i] = std::move(*made);
    operands[i] = &transposed[i];
  }
  return computeStored(*operands[0], *operands[1], mask);
}

/// The entries of the attribute, in its order.
static constexpr std::pair<const char *, int64_t ProductStatistics::*>
    kEntries[] = {{"rows", &ProductStatistics::rows},
                  {"inner", &ProductStatistics::inner},
                  {"cols", &ProductStatistics::cols},
                  {"nnz_a", &ProductStatistics::nnzA},
                  {"nnz_b", &ProductStatistics::nnzB},
                  {"products", &ProductStatistics::products},
                  {"max_row_products", &ProductStatistics::maxRowProducts},
                  {"bound_c", &ProductStatistics::boundC},
                  {"mean_span", &ProductStatistics::meanSpan}};
/// Those that may be left out.
static constexpr std::pair<const char *, int64_t ProductStatistics::*>
    kFurtherEntries[] = {{"max_row_a", &ProductStatistics::maxRowA},
                         {"max_row_b", &ProductStatistics::maxRowB},
                         {"nnz_mask", &ProductStatistics::nnzMask},
                         {"nnz_c", &ProductStatistics::entriesC},
                         {"nnz_c_error", &ProductStatistics::errorC}};
static constexpr const char *kHistogram = "histogram";

mlir::DictionaryAttr smash::toAttribute(mlir::MLIRContext *context,
                                        const ProductStatistics &statistics) {
  mlir::Builder builder(context);
  SmallVector<mlir::NamedAttribute> entries;
  for (auto [name, member] : kEntries)
    entries.push_back(builder.getNamedAttr(
        name, builder.getI64IntegerAttr(statistics.*member)));
  for (auto [name, member] : kFurtherEntries)
    entries.push_back(builder.getNamedAttr(
        name, builder.getI64IntegerAttr(statistics.*member)));
  SmallVector<int64_t> histogram;
  for (unsigned k = 0; k < statistics.histogram.size(); ++k) {
    const RowHistogram::Bucket &bucket = statistics.histogram.buckets[k];
    histogram.append({bucket.rows, bucket.products, bucket.entries});
  }
  entries.push_back(builder.getNamedAttr(
      kHistogram, builder.getDenseI64ArrayAttr(histogram)));
  return builder.getDictionaryAttr(entries);
}

/// Fills in the histogram as if all rows were alike, and the entries.
static void assumeAlike(ProductStatistics &statistics) {
  if (statistics.rows > 0) {
    int64_t mean = statistics.boundC / statistics.rows +
                   (statistics.boundC % statistics.rows != 0);
    RowHistogram::Bucket &bucket =
        statistics.histogram.buckets[RowHistogram::bucketOf(mean)];
    bucket.rows = statistics.rows;
    bucket.products = statistics.products;
  }
  expectEntries(statistics);
}

static Error parseHistogram(mlir::Attribute attribute,
                            RowHistogram &histogram) {
  auto array = dyn_cast<mlir::DenseI64ArrayAttr>(attribute);
  if (!array || array.size() % 3 != 0 ||
      array.size() > 3 * int64_t(RowHistogram::kBuckets) ||
      any_of(array.asArrayRef(), [](int64_t n) { return n < 0; }))
    return makeError(Twine("entry '") + kHistogram +
                     "' must be an array of i64 that are not negative: rows, "
                     "products and entries of up to " +
                     Twine(RowHistogram::kBuckets) + " buckets");
  for (int64_t k = 0; k < array.size() / 3; ++k)
    histogram.buckets[k] = {array[3 * k], array[3 * k + 1], array[3 * k + 2]};
  return Error::success();
}

static Error parseEntry(StringRef name, mlir::Attribute entry, int64_t &value) {
  auto integer = dyn_cast<mlir::IntegerAttr>(entry);
  if (!integer || !integer.getType().isInteger(64) || integer.getInt() < 0)
    return makeError("entry '" + name +
                     "' must be an i64 that is not negative");
  value = integer.getInt();
  return Error::success();
}

Expected<ProductStatistics>
smash::parseStatistics(mlir::DictionaryAttr attribute) {
  ProductStatistics statistics;
  for (auto [name, member] : kEntries) {
    mlir::Attribute entry = attribute.get(name);
    if (!entry)
      return makeError(Twine("entry '") + name + "' is missing");
    if (Error error = parseEntry(name, entry, statistics.*member))
      return std::move(error);
  }
  for (mlir::NamedAttribute entry : attribute) {
    auto isNamed = [&](auto known) { return entry.getName() == known.first; };
    if (any_of(kEntries, isNamed) || entry.getName() == kHistogram)
      continue;
    const auto *known = find_if(kFurtherEntries, isNamed);
    if (known == std::end(kFurtherEntries))
      return makeError("unknown entry '" + entry.getName().str() + "'");
    if (Error error = parseEntry(known->first, entry.getValue(),
                                 statistics.*(known->second)))
      return std::move(error);
  }
  mlir::Attribute histogram = attribute.get(kHistogram);
  if (!histogram) {
    int64_t entries = statistics.entriesC, error = statistics.errorC;
    assumeAlike(statistics);
    if (attribute.get("nnz_c")) {
      statistics.entriesC = entries;
      statistics.errorC = error;
    }
    return statistics;
  }
  if (Error error = parseHistogram(histogram, statistics.histogram))
    return std::move(error);
  if (!attribute.get("nnz_c"))
    for (const RowHistogram::Bucket &bucket : statistics.histogram.buckets)
      statistics.entriesC += bucket.entries;
  return statistics;
}
