//===- Estimate.cpp - how many entries C will have -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Estimate.h"
#include "CostFormulas.h"
#include "llvm/ADT/ArrayRef.h"
#include <cmath>
#include <memory>

using namespace smash;

/// Products that are looked at for the estimate: a 128th of all, so that it is
/// cheap, and so many at least that few rows make one.
static constexpr int64_t kBudgetShare = 128, kLowestBudget = 2048;

/// The standard error of a bucket's compression where it is not known, as a
/// share: of one row, and of a formula.
static constexpr double kErrorOfOneRow = 0.2, kErrorOfFormula = 0.6;

double RowSample::uniform() {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double(state >> 11) + 0.5) / double(uint64_t(1) << 53);
}

// Li's algorithm L (ACM TOMS 20(4), 1994): after the reservoir is full, the
// rows that enter it are skipped to.
void RowSample::accept(unsigned bucket, int64_t number, int64_t row) {
  int64_t *rows = &kept[bucket * kRowsPerBucket];
  if (count[bucket] < kRowsPerBucket) {
    rows[count[bucket]++] = row;
    if (count[bucket] < kRowsPerBucket) {
      skip[bucket] = number + 1;
      return;
    }
    weight[bucket] = 1;
  } else {
    rows[int64_t(uniform() * double(kRowsPerBucket))] = row;
  }
  weight[bucket] *= std::exp(std::log(uniform()) / double(kRowsPerBucket));
  double next = std::log(uniform()) / std::log1p(-weight[bucket]);
  // Further than any row is: never again.
  skip[bucket] = next < 1e18 ? number + int64_t(next) + 1 : -1;
}

double smash::expectEntries(double products, double span) {
  return formulas::expectEntries<double>(products, span);
}

namespace {
/// Counts different columns, of not too many.
class ColumnCounter {
public:
  explicit ColumnCounter(int64_t cols)
      : cols(cols), words(new uint64_t[kWords]) {}

  /// Whether a row of so many products can be counted.
  bool canCount(int64_t products) const {
    return isBitmap() || products <= kWords / 2;
  }

  void start(int64_t products) {
    used = isBitmap() ? (cols + 63) / 64
                      : int64_t(llvm::PowerOf2Ceil(
                            uint64_t(std::max<int64_t>(2 * products, 2))));
    std::fill_n(words.get(), used, isBitmap() ? 0 : kFree);
    shift = 64 - llvm::Log2_64(uint64_t(used));
    number = 0;
  }

  /// Columns that are not all to be counted have `isCounted`.
  template <typename Coordinate, typename Predicate>
  void add(const Coordinate *columns, int64_t count, Predicate isCounted) {
    if (isBitmap()) {
      for (int64_t i = 0; i < count; ++i)
        words[columns[i] / 64] |= uint64_t(isCounted(columns[i]))
                                  << columns[i] % 64;
      return;
    }
    for (int64_t i = 0; i < count; ++i)
      if (isCounted(columns[i]))
        insert(columns[i]);
  }

  int64_t count() const {
    if (!isBitmap())
      return number;
    int64_t bits = 0;
    for (int64_t i = 0; i < used; ++i)
      bits += llvm::popcount(words[i]);
    return bits;
  }

private:
  static constexpr int64_t kWords = 8192;
  static constexpr uint64_t kFree = ~uint64_t(0);
  bool isBitmap() const { return cols <= 64 * kWords; }

  void insert(uint64_t column) {
    uint64_t slot = column * 0x9e3779b97f4a7c15 >> shift;
    while (words[slot] != column && words[slot] != kFree)
      slot = (slot + 1) & uint64_t(used - 1);
    number += words[slot] == kFree;
    words[slot] = column;
  }

  int64_t cols, used = 0, number = 0;
  unsigned shift = 0;
  std::unique_ptr<uint64_t[]> words;
};

/// What was counted of a bucket's rows.
struct Counted {
  int64_t rows = 0, products = 0, entries = 0;
  double squares = 0; ///< of entries per product
  double ratios = 0;  ///< their sum
};
} // namespace

/// Whether the mask lets an entry be.
static bool isAllowed(const MaskOperand &mask, int64_t row, int64_t column) {
  int64_t lo = mask.matrix->position(row), hi = mask.matrix->position(row + 1);
  while (lo < hi) {
    int64_t middle = lo + (hi - lo) / 2;
    if (mask.matrix->coordinate(middle) < column)
      lo = middle + 1;
    else
      hi = middle;
  }
  bool there = lo < mask.matrix->position(row + 1) &&
               mask.matrix->coordinate(lo) == column;
  return there != mask.complement;
}

/// Counts the columns of row `row` of C.
template <typename Coordinate>
static void countRow(const Matrix &a, const Matrix &b, const MaskOperand &mask,
                     int64_t row, ColumnCounter &counter) {
  const Coordinate *columns = b.coordinates.as<Coordinate>();
  for (int64_t p = a.position(row), end = a.position(row + 1); p < end; ++p) {
    int64_t k = a.coordinate(p);
    int64_t begin = b.position(k), count = b.position(k + 1) - begin;
    if (mask.matrix)
      counter.add(columns + begin, count, [&](uint64_t column) {
        return isAllowed(mask, row, int64_t(column));
      });
    else
      counter.add(columns + begin, count, [](uint64_t) { return true; });
  }
}

static Counted countBucket(const Matrix &a, const Matrix &b,
                           const MaskOperand &mask,
                           llvm::ArrayRef<int64_t> rows, int64_t budget,
                           ColumnCounter &counter) {
  Counted counted;
  for (int64_t row : rows) {
    int64_t products = 0;
    int64_t begin = a.position(row), end = a.position(row + 1);
    for (int64_t p = begin; p < end; ++p) {
      int64_t k = a.coordinate(p);
      products += b.position(k + 1) - b.position(k);
    }
    if (products > budget || !counter.canCount(products))
      continue;
    budget -= products;
    counter.start(products);
    visitIndexWidth(b.coordinateBits, [&](auto coordinate) {
      countRow<decltype(coordinate)>(a, b, mask, row, counter);
    });
    double ratio =
        double(counter.count()) / double(std::max<int64_t>(products, 1));
    ++counted.rows;
    counted.products += products;
    counted.entries += counter.count();
    counted.ratios += ratio;
    counted.squares += ratio * ratio;
  }
  return counted;
}

static int64_t toCount(double number) {
  return number < 0x1p62 ? std::llround(number) : int64_t(1) << 62;
}

/// Sets entries and error of the whole from those of the buckets.
static void finish(ProductStatistics &statistics, double variance) {
  double entries = 0;
  for (RowHistogram::Bucket &bucket : statistics.histogram.buckets)
    entries += double(bucket.entries);
  statistics.entriesC = toCount(entries);
  statistics.errorC =
      entries > 0 ? int64_t(std::llround(1e3 * std::sqrt(variance) / entries))
                  : 0;
}

/// Entries of a bucket that no row was counted of.
static double expectBucket(const ProductStatistics &statistics, unsigned k) {
  const RowHistogram::Bucket &bucket = statistics.histogram.buckets[k];
  if (bucket.rows == 0 || bucket.products == 0)
    return 0;
  double rows = double(bucket.rows);
  double entries = rows * expectEntries(double(bucket.products) / rows,
                                        double(statistics.meanSpan));
  return std::min(entries, rows * double(RowHistogram::largestBound(k)));
}

/// Entries of the bucket from those of its counted rows. Where these have fewer
/// products than the others have (the longest rows do not fit the budget), more
/// would fall on the same columns: on as many as explain what was counted.
static double extrapolate(const Counted &counted,
                          const RowHistogram::Bucket &bucket, int64_t cols) {
  double rows = double(counted.rows);
  double products = double(counted.products) / rows;
  double entries = double(counted.entries) / rows;
  double mean = double(bucket.products) / double(bucket.rows);
  if (mean <= products || entries >= products)
    return double(bucket.products) * (entries / products);
  double low = entries, high = double(cols);
  for (int i = 0; i < 40; ++i) {
    double middle = (low + high) / 2;
    (expectEntries(products, middle) < entries ? low : high) = middle;
  }
  return double(bucket.rows) * expectEntries(mean, high);
}

void smash::estimateEntries(const Matrix &a, const Matrix &b,
                            const MaskOperand &mask, const RowSample &sample,
                            ProductStatistics &statistics) {
  ColumnCounter counter(statistics.cols);
  double budget =
      double(std::max(statistics.products / kBudgetShare, kLowestBudget));
  double variance = 0;
  for (unsigned k = 1; k < RowHistogram::kBuckets; ++k) {
    RowHistogram::Bucket &bucket = statistics.histogram.buckets[k];
    if (bucket.products == 0)
      continue;
    double share = double(bucket.products) / double(statistics.products);
    Counted counted = countBucket(a, b, mask, sample.rows(k),
                                  int64_t(budget * (share + 0.1)), counter);
    double entries, error;
    if (counted.products == 0) {
      entries = expectBucket(statistics, k);
      error = kErrorOfFormula;
    } else {
      double n = double(counted.rows), mean = counted.ratios / n;
      entries = extrapolate(counted, bucket, statistics.cols);
      error = kErrorOfOneRow;
      if (counted.rows > 1 && mean > 0)
        error = std::sqrt(std::max(counted.squares / n - mean * mean, 0.0) /
                          (n - 1)) /
                mean;
      // A bucket that was counted as a whole has no error.
      error *= std::sqrt(1 - std::min(1.0, n / double(bucket.rows)));
    }
    bucket.entries = toCount(entries);
    variance += (entries * error) * (entries * error);
  }
  finish(statistics, variance);
}

void smash::expectEntries(ProductStatistics &statistics) {
  double variance = 0;
  for (unsigned k = 1; k < RowHistogram::kBuckets; ++k) {
    double entries = expectBucket(statistics, k);
    statistics.histogram.buckets[k].entries = toCount(entries);
    variance += entries * kErrorOfFormula * entries * kErrorOfFormula;
  }
  finish(statistics, variance);
}
