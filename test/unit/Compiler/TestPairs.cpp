//===- TestPairs.cpp - the kinds of operands that kernels are run on -----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestOperands.h"
#include <algorithm>
#include <set>

using namespace smash;
using namespace smash::test;

static TestValue drawValue(TestRandom &random, TestValue::Kind kind) {
  return {kind, int32_t(random.between(-20, 20))};
}

TestOperand smash::test::makeRandom(TestRandom &random, int64_t rows,
                                    int64_t cols, int64_t percent,
                                    TestValue::Kind kind) {
  TestOperand operand{rows, cols, {}};
  for (int64_t row = 0; row != rows; ++row)
    for (int64_t col = 0; col != cols; ++col)
      if (random.below(100) < percent)
        operand.entries.push_back({row, col, drawValue(random, kind)});
  return operand;
}

TestPair smash::test::makeRandomPair(TestRandom &random, int64_t rows,
                                     int64_t inner, int64_t cols,
                                     int64_t percent) {
  TestOperand a = makeRandom(random, rows, inner, percent);
  return {std::move(a), makeRandom(random, inner, cols, percent)};
}

/// `degree` distinct columns, multiples of `stride`, in each of `rows` rows.
static TestOperand makeStrided(TestRandom &random, int64_t rows, int64_t cols,
                               int64_t stride, int64_t degree) {
  TestOperand operand{rows, cols, {}};
  int64_t places = (cols - 1) / stride + 1;
  degree = std::min(degree, places);
  for (int64_t row = 0; row != rows; ++row) {
    std::set<int64_t> columns;
    while (int64_t(columns.size()) < degree)
      columns.insert(random.below(places) * stride);
    for (int64_t col : columns)
      operand.entries.push_back(
          {row, col, drawValue(random, TestValue::Fraction)});
  }
  return operand;
}

/// One entry in each place of row `row`, or of column `col`, of an operand.
static void fillRow(TestRandom &random, TestOperand &operand, int64_t row) {
  auto &entries = operand.entries;
  entries.erase(
      std::remove_if(entries.begin(), entries.end(),
                     [&](const TestEntry &e) { return e.row == row; }),
      entries.end());
  for (int64_t col = 0; col != operand.cols; ++col)
    entries.push_back({row, col, drawValue(random, TestValue::Fraction)});
}
static void fillColumn(TestRandom &random, TestOperand &operand, int64_t col) {
  auto &entries = operand.entries;
  entries.erase(
      std::remove_if(entries.begin(), entries.end(),
                     [&](const TestEntry &e) { return e.col == col; }),
      entries.end());
  for (int64_t row = 0; row != operand.rows; ++row)
    entries.push_back({row, col, drawValue(random, TestValue::Fraction)});
}

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

static TestPair makeNothing(TestRandom &) { return {}; }
static TestPair makeNoRows(TestRandom &random) {
  TestOperand none{0, 7, {}};
  return {none, makeRandom(random, 7, 5, 40)};
}
static TestPair makeNoInner(TestRandom &) {
  return {TestOperand{6, 0, {}}, TestOperand{0, 5, {}}};
}
static TestPair makeNoColumns(TestRandom &random) {
  return {makeRandom(random, 6, 4, 50), TestOperand{4, 0, {}}};
}
static TestPair makeNoEntries(TestRandom &) {
  return {TestOperand{9, 8, {}}, TestOperand{8, 11, {}}};
}
static TestPair makeOneByOne(TestRandom &random) {
  return makeRandomPair(random, 1, 1, 1, 100);
}

static TestPair makeSmall(TestRandom &random) {
  int64_t rows = random.between(1, 40), inner = random.between(1, 40),
          cols = random.between(1, 40);
  return makeRandomPair(random, rows, inner, cols, random.between(1, 60));
}
static TestPair makeRectangular(TestRandom &random) {
  bool flat = random.below(2) != 0;
  return flat ? makeRandomPair(random, 3, 400, 5, 20)
              : makeRandomPair(random, 300, 4, 120, 20);
}
static TestPair makeAllDense(TestRandom &random) {
  return makeRandomPair(random, random.between(1, 20), random.between(1, 20),
                        random.between(1, 80), 100);
}
static TestPair makeBanded(TestRandom &random) {
  int64_t n = random.between(20, 90), band = random.between(1, 4);
  auto makeBand = [&] {
    TestOperand operand{n, n, {}};
    for (int64_t row = 0; row != n; ++row)
      for (int64_t col = std::max<int64_t>(row - band, 0);
           col <= std::min(row + band, n - 1); ++col)
        operand.entries.push_back(
            {row, col, drawValue(random, TestValue::Fraction)});
    return operand;
  };
  TestOperand a = makeBand();
  return {std::move(a), makeBand()};
}
static TestPair makeDenseRow(TestRandom &random) {
  TestPair pair = makeRandomPair(random, 60, 60, 60, 3);
  fillRow(random, pair.a, random.below(60));
  fillRow(random, pair.b, random.below(60));
  return pair;
}
static TestPair makeDenseColumn(TestRandom &random) {
  TestPair pair = makeRandomPair(random, 60, 60, 60, 3);
  fillColumn(random, pair.a, random.below(60));
  fillColumn(random, pair.b, random.below(60));
  return pair;
}
static TestPair makeOuterProduct(TestRandom &random) {
  return makeRandomPair(random, 70, 1, 90, 90);
}
static TestPair makeInnerProduct(TestRandom &random) {
  return makeRandomPair(random, 1, 500, 1, 70);
}
static TestPair makeHypersparse(TestRandom &random) {
  auto scatter = [&](int64_t rows, int64_t cols, int64_t nnz) {
    TestOperand operand{rows, cols, {}};
    std::set<std::pair<int64_t, int64_t>> places;
    while (int64_t(places.size()) < nnz)
      places.insert({random.below(rows), random.below(cols)});
    for (auto [row, col] : places)
      operand.entries.push_back(
          {row, col, drawValue(random, TestValue::Fraction)});
    return operand;
  };
  TestOperand a = scatter(9000, 300, 200);
  return {std::move(a), scatter(300, 5000, 200)};
}
/// Row lengths from none to all: every bin takes some.
static TestPair makeMixedRows(TestRandom &random) {
  int64_t n = 150;
  auto make = [&] {
    TestOperand operand{n, n, {}};
    for (int64_t row = 0; row != n; ++row) {
      int64_t percent = row % 7 == 0 ? 0 : row % 11 == 0 ? 60 : row % 4;
      for (int64_t col = 0; col != n; ++col)
        if (random.below(100) < percent)
          operand.entries.push_back(
              {row, col, drawValue(random, TestValue::Fraction)});
    }
    return operand;
  };
  TestOperand a = make();
  return {std::move(a), make()};
}

static TestPair makeExplicitZeros(TestRandom &random) {
  TestPair pair = makeRandomPair(random, 12, 12, 12, 40);
  for (TestOperand *operand : {&pair.a, &pair.b})
    for (TestEntry &entry : operand->entries)
      if (random.below(2) != 0)
        entry.value = {TestValue::Integer, 0};
  return pair;
}
/// Rows of A that are x and -x against equal rows of B.
static TestPair makeCancellation(TestRandom &random) {
  TestPair pair{{10, 16, {}}, {16, 12, {}}};
  for (int64_t row = 0; row != 10; ++row)
    for (int64_t k = 0; k != 16; k += 2) {
      int32_t n = int32_t(random.between(1, 20));
      pair.a.entries.push_back({row, k, {TestValue::Integer, n}});
      pair.a.entries.push_back({row, k + 1, {TestValue::Integer, -n}});
    }
  for (int64_t k = 0; k != 16; k += 2)
    for (int64_t col = k % 3; col < 12; col += 3) {
      TestValue value = drawValue(random, TestValue::Integer);
      pair.b.entries.push_back({k, col, value});
      pair.b.entries.push_back({k + 1, col, value});
    }
  return pair;
}
static TestPair makeSpecials(TestRandom &random) {
  TestPair pair{makeRandom(random, 14, 6, 60, TestValue::Special), {}};
  pair.b = makeRandom(random, 6, 15, 60, TestValue::Special);
  return pair;
}
static TestPair makeFewSpecials(TestRandom &random) {
  TestPair pair = makeRandomPair(random, 20, 20, 20, 25);
  for (TestOperand *operand : {&pair.a, &pair.b})
    for (TestEntry &entry : operand->entries)
      if (random.below(8) == 0)
        entry.value.kind = TestValue::Special;
  return pair;
}
static TestPair makeHuge(TestRandom &random) {
  TestPair pair{makeRandom(random, 12, 6, 60, TestValue::Huge), {}};
  pair.b = makeRandom(random, 6, 12, 60, TestValue::Huge);
  return pair;
}

/// Columns that agree in their low bits.
static TestPair makeCollisions(TestRandom &random) {
  int64_t stride = int64_t(1) << random.between(6, 12);
  TestOperand a = makeRandom(random, 9, 20, 40);
  return {std::move(a), makeStrided(random, 20, 1 << 17, stride, 8)};
}
/// Columns that agree in their high bits, at the far end of a wide matrix.
static TestPair makeFarColumns(TestRandom &random) {
  TestOperand a = makeRandom(random, 9, 20, 40);
  TestOperand b = makeStrided(random, 20, 300, 1, 9);
  b.cols = 1 << 18;
  for (TestEntry &entry : b.entries)
    entry.col += b.cols - 300;
  return {std::move(a), std::move(b)};
}
/// Rows of C of more than 24 entries, found out of order.
static TestPair makeLongRows(TestRandom &random) {
  TestOperand a = makeRandom(random, 5, 12, 50);
  return {std::move(a),
          makeStrided(random, 12, 2000, 1, random.between(5, 60))};
}
/// Rows of C of more than 4096 entries.
static TestPair makeVeryLongRows(TestRandom &random) {
  TestOperand a = makeRandom(random, 2, 3, 100);
  return {std::move(a), makeStrided(random, 3, 6000, 1, 3500)};
}

static TestPair makeWide(TestRandom &random, int64_t cols, int64_t stride) {
  TestOperand a = makeRandom(random, 7, 20, 40);
  TestOperand b = makeStrided(random, 20, cols, stride, 9);
  b.entries.push_back({0, cols - 1, {}}); // no multiple of a stride over 1
  return {std::move(a), std::move(b)};
}
/// Two rows are all that 32-bit keys of a window number.
static TestPair makeWide31(TestRandom &random) {
  return makeWide(random, (int64_t(1) << 31) - 1,
                  int64_t(1) << random.between(10, 27));
}
static TestPair makeWide40(TestRandom &random) {
  return makeWide(random, int64_t(1) << 40,
                  int64_t(1) << random.between(24, 35));
}
static TestPair makeWide62(TestRandom &random) {
  return makeWide(random, int64_t(1) << 62,
                  int64_t(1) << random.between(32, 58));
}
static TestPair makeWideAnywhere(TestRandom &random) {
  return makeWide(random, (int64_t(1) << 62) - random.below(1000), 3);
}

const std::vector<TestPairKind> &smash::test::listPairKinds() {
  static const std::vector<TestPairKind> kinds = {
      {"0 x 0", 0, makeNothing},
      {"no rows", 0, makeNoRows},
      {"no inner", 0, makeNoInner},
      {"no columns", 0, makeNoColumns},
      {"no entries", 0, makeNoEntries},
      {"1 x 1", 0, makeOneByOne},
      {"small", 0, makeSmall},
      {"rectangular", 0, makeRectangular},
      {"all dense", 0, makeAllDense},
      {"banded", 0, makeBanded},
      {"dense row", 0, makeDenseRow},
      {"dense column", 0, makeDenseColumn},
      {"outer product", 0, makeOuterProduct},
      {"inner product", 0, makeInnerProduct},
      {"hypersparse", 0, makeHypersparse},
      {"mixed rows", 0, makeMixedRows},
      {"explicit zeros", 0, makeExplicitZeros},
      {"cancellation", 0, makeCancellation},
      {"specials", 0, makeSpecials},
      {"few specials", 0, makeFewSpecials},
      {"huge values", 0, makeHuge},
      {"collisions", 0, makeCollisions},
      {"far columns", 0, makeFarColumns},
      {"long rows", 0, makeLongRows},
      {"very long rows", 0, makeVeryLongRows},
      {"2^31 - 1 columns", 32, makeWide31},
      {"2^40 columns", 64, makeWide40},
      {"2^62 columns", 64, makeWide62},
      {"about 2^62 columns", 64, makeWideAnywhere},
  };
  return kinds;
}
