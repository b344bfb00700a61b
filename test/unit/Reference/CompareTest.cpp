//===- CompareTest.cpp - planted defects are found ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestMatrix.h"
#include <cmath>
#include <limits>
#include <utility>

using namespace smash;
using namespace smash::reference;
using namespace smash::reference::testing;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double quietNaN = std::numeric_limits<double>::quiet_NaN();

/// [1 2 .]   [1 . 3]   [11 4 3]
/// [. . .] * [5 2 .] = [ . . .]
/// [. . 4]   [. 7 1]   [ . 28 4]
template <typename T>
class ReferenceCompare : public ::testing::Test {
protected:
  std::vector<Triplet<T>> expected{
      {0, 0, T(11)}, {0, 1, T(4)}, {0, 2, T(3)}, {2, 1, T(28)}, {2, 2, T(4)}};

  Comparison compareWith(const Matrix &c) {
    Matrix a = makeOf<T>(3, 3, {{0, 0, T(1)}, {0, 1, T(2)}, {2, 2, T(4)}});
    Matrix b = makeOf<T>(3, 3,
                         {{0, 0, T(1)},
                          {0, 2, T(3)},
                          {1, 0, T(5)},
                          {1, 1, T(2)},
                          {2, 1, T(7)},
                          {2, 2, T(1)}});
    return llvm::cantFail(compare(c, a, b, {}));
  }
  Comparison compareWith(const std::vector<Triplet<T>> &entries,
                         bool sorted = true) {
    Matrix c = makeOf<T>(3, 3, entries);
    c.sorted = sorted;
    return compareWith(c);
  }
  /// A difference at that entry.
  void expectDiffers(const Comparison &result, int64_t row, int64_t col,
                     const std::string &message) {
    EXPECT_FALSE(result.equal);
    EXPECT_FALSE(result.bitwise);
    EXPECT_EQ(result.row, row);
    EXPECT_EQ(result.col, col);
    EXPECT_EQ(result.message, message);
  }
};
using Types = ::testing::Types<int32_t, int64_t, float, double, Complex>;

/// c against x * y, one entry.
template <typename T>
Comparison compareDot(T c, const std::vector<T> &x, const std::vector<T> &y,
                      const std::string &semiring = "plus_times") {
  Product product;
  product.semiring = semiring;
  return llvm::cantFail(
      compare(rowOf<T>({c}), rowOf<T>(x), columnOf<T>(y), product));
}

} // namespace

TYPED_TEST_SUITE(ReferenceCompare, Types);

TYPED_TEST(ReferenceCompare, AcceptsTheProduct) {
  Comparison result = this->compareWith(this->expected);
  EXPECT_TRUE(result.equal);
  EXPECT_TRUE(result.bitwise);
  EXPECT_EQ(result.error, 0);
  EXPECT_EQ(result.row, 0);
  EXPECT_EQ(result.col, 0);
  EXPECT_EQ(result.message.find("equal: worst entry (0, 0) error 0, bound "),
            0u);
}

TYPED_TEST(ReferenceCompare, AcceptsUnsorted) {
  std::swap(this->expected[0], this->expected[2]);
  EXPECT_TRUE(this->compareWith(this->expected, false).bitwise);
  this->expectDiffers(
      this->compareWith(this->expected, true), 0, 1,
      "differs: entry (0, 1) is out of order in a matrix that is said to be "
      "sorted");
}

TYPED_TEST(ReferenceCompare, FindsAWrongValue) {
  using T = TypeParam;
  this->expected[3].value = T(29);
  Comparison result = this->compareWith(this->expected);
  EXPECT_FALSE(result.equal);
  EXPECT_FALSE(result.bitwise);
  EXPECT_EQ(result.row, 2);
  EXPECT_EQ(result.col, 1);
  EXPECT_EQ(result.error, 1);
  EXPECT_EQ(result.message.find("differs: entry (2, 1) is 29"), 0u);
  EXPECT_NE(result.message.find("expected 28"), std::string::npos);
  EXPECT_NE(result.message.find("error 1 above bound"), std::string::npos);
  EXPECT_EQ(result.message.find('\n'), std::string::npos);
}

TYPED_TEST(ReferenceCompare, FindsAMissingEntry) {
  for (size_t i = 0; i != this->expected.size(); ++i) {
    auto entries = this->expected;
    auto [row, col, value] = entries[i];
    entries.erase(entries.begin() + i);
    this->expectDiffers(this->compareWith(entries), row, col,
                        "differs: entry (" + std::to_string(row) + ", " +
                            std::to_string(col) + ") is missing");
  }
}

TYPED_TEST(ReferenceCompare, FindsAnExtraEntry) {
  using T = TypeParam;
  auto entries = this->expected;
  entries.insert(entries.begin() + 3, {1, 1, T(0)});
  this->expectDiffers(this->compareWith(entries), 1, 1,
                      "differs: entry (1, 1) is not in the product");
  entries = this->expected;
  entries.insert(entries.begin() + 3, {2, 0, T(0)});
  this->expectDiffers(this->compareWith(entries), 2, 0,
                      "differs: entry (2, 0) is not in the product");
}

TYPED_TEST(ReferenceCompare, FindsADuplicate) {
  using T = TypeParam;
  // 11 = 4 + 7, as a kernel that forgets to add would leave it.
  this->expected[0].value = T(4);
  this->expected.insert(this->expected.begin() + 1, {0, 0, T(7)});
  this->expectDiffers(this->compareWith(this->expected), 0, 0,
                      "differs: entry (0, 0) is there twice");
  this->expected = {{0, 0, T(11)}, {0, 1, T(4)},  {0, 2, T(3)},
                    {0, 2, T(3)},  {2, 1, T(28)}, {2, 2, T(4)}};
  this->expectDiffers(this->compareWith(this->expected), 0, 2,
                      "differs: entry (0, 2) is there twice");
}

TYPED_TEST(ReferenceCompare, FindsSwappedColumns) {
  std::swap(this->expected[0].col, this->expected[1].col);
  Comparison result = this->compareWith(this->expected, false);
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.row, 0);
  EXPECT_EQ(result.error, 7);
}

TYPED_TEST(ReferenceCompare, ReportsStructureBeforeValues) {
  using T = TypeParam;
  this->expected[0].value = T(1000);
  this->expected.pop_back();
  this->expectDiffers(this->compareWith(this->expected), 2, 2,
                      "differs: entry (2, 2) is missing");
}

TYPED_TEST(ReferenceCompare, FindsMalformedMatrices) {
  using T = TypeParam;
  auto message = [&](const Matrix &c) {
    Comparison result = this->compareWith(c);
    EXPECT_FALSE(result.equal);
    EXPECT_EQ(result.row, -1);
    return result.message;
  };
  EXPECT_EQ(message(makeOf<T>(3, 4, {})),
            "differs: the size is 3 x 4, expected 3 x 3");
  EXPECT_EQ(message(makeOf<bool>(3, 3, {})).substr(0, 44),
            "differs: the value type is i1, expected " +
                std::string(spellValueType(valueTypeOf<T>())).substr(0, 4));
  Matrix c = makeOf<T>(3, 3, this->expected);
  c.positions.template as<uint32_t>()[0] = 1;
  EXPECT_EQ(message(c), "differs: position 0 is 1, expected 0");
  c.positions.template as<uint32_t>()[0] = 0;
  c.positions.template as<uint32_t>()[2] = 1;
  EXPECT_EQ(message(c), "differs: position 2 is 1, less than the one before");
  c.positions.template as<uint32_t>()[2] = 3;
  c.positions.template as<uint32_t>()[3] = 6;
  EXPECT_EQ(message(c), "differs: there are fewer coordinates or values than "
                        "the 6 of the positions");
  c = makeOf<T>(3, 3, this->expected);
  c.coordinates.template as<uint32_t>()[4] = 3;
  this->expectDiffers(this->compareWith(c), 2, 3,
                      "differs: entry (2, 3) is outside the matrix");
}

TYPED_TEST(ReferenceCompare, ReadsEveryWidth) {
  using T = TypeParam;
  for (unsigned positionBits : {32, 64})
    for (unsigned coordinateBits : {32, 64})
      EXPECT_TRUE(this->compareWith(makeOf<T>(3, 3, this->expected,
                                              positionBits, coordinateBits))
                      .bitwise);
}

TEST(ReferenceCompareValues, HoldsTheBound) {
  // Two products: the bound is 2 * eps * (1 * 1 + 1 * 0.5).
  double eps = std::numeric_limits<double>::epsilon();
  double bound = 2 * eps * 1.5;
  Comparison result = compareDot<double>(1.5 + bound, {1, 1}, {1, 0.5});
  EXPECT_TRUE(result.equal);
  EXPECT_FALSE(result.bitwise);
  EXPECT_EQ(result.error, bound);
  EXPECT_EQ(result.bound, bound);
  EXPECT_EQ(result.message,
            "equal: worst entry (0, 0) error 6.7e-16, bound 6.7e-16");
  result = compareDot<double>(std::nextafter(1.5 + bound, 2), {1, 1}, {1, 0.5});
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.message.find("differs: entry (0, 0) is 1.50000000000000"),
            0u);
  // Cancellation: of the sum of magnitudes, not of the result.
  EXPECT_TRUE(compareDot<double>(4 * eps, {1, 1}, {1, -1}).equal);
  EXPECT_FALSE(compareDot<double>(4.1 * eps, {1, 1}, {1, -1}).equal);

  float epsF = std::numeric_limits<float>::epsilon();
  EXPECT_TRUE(compareDot<float>(1.5f + 3 * epsF, {1, 1}, {1, 0.5f}).equal);
  EXPECT_FALSE(compareDot<float>(1.5f + 4 * epsF, {1, 1}, {1, 0.5f}).equal);

  // |3 + 4i| + |-3 - 4i| = 10.
  std::vector<Complex> x{{3, 4}, {3, 4}}, y{1, -1};
  EXPECT_TRUE(compareDot<Complex>({0, 20 * eps}, x, y).equal);
  EXPECT_TRUE(compareDot<Complex>({12 * eps, -16 * eps}, x, y).equal);
  EXPECT_FALSE(compareDot<Complex>({0, 20.1 * eps}, x, y).equal);
}

TEST(ReferenceCompareValues, FindsTheWorstRatio) {
  double eps = std::numeric_limits<double>::epsilon();
  // Errors 4 eps of a bound 8 eps, eps of a bound eps, none.
  Matrix a = rowOf<double>({1});
  Matrix b = rowOf<double>({8, 1, 2});
  Comparison result = llvm::cantFail(
      compare(rowOf<double>({8 + 8 * eps, 1 + eps, 2}), a, b, {}));
  EXPECT_TRUE(result.equal);
  EXPECT_EQ(result.col, 0);
  result = llvm::cantFail(compare(rowOf<double>({8, 1 + eps, 2}), a, b, {}));
  EXPECT_EQ(result.col, 1);
  EXPECT_EQ(result.error, eps);
  result = llvm::cantFail(
      compare(rowOf<double>({8 + 16 * eps, 1 + 3 * eps, 2}), a, b, {}));
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.col, 1);
}

TEST(ReferenceCompareValues, NaNAndInfinity) {
  EXPECT_TRUE(compareDot<double>(quietNaN, {infinite}, {0}).bitwise);
  EXPECT_TRUE(compareDot<double>(-quietNaN, {quietNaN}, {1}).bitwise);
  EXPECT_FALSE(compareDot<double>(1, {quietNaN}, {1}).equal);
  EXPECT_FALSE(compareDot<double>(quietNaN, {1}, {1}).equal);
  EXPECT_FALSE(compareDot<double>(infinite, {1}, {1}).equal);
  EXPECT_FALSE(compareDot<double>(quietNaN, {infinite}, {1}).equal);
  EXPECT_TRUE(compareDot<double>(infinite, {infinite}, {1}).bitwise);
  EXPECT_FALSE(compareDot<double>(-infinite, {infinite}, {1}).equal);
  EXPECT_FALSE(compareDot<double>(1e308, {infinite}, {1}).equal);
  Comparison result = compareDot<double>(1, {quietNaN}, {1});
  EXPECT_EQ(result.error, infinite);
  EXPECT_EQ(result.message.find("differs: entry (0, 0) is 1, expected nan"),
            0u);
  // The real part of inf * (1 + 0i) is inf, the imaginary one NaN.
  EXPECT_TRUE(compareDot<Complex>({infinite, quietNaN}, {infinite}, {1}).equal);
  EXPECT_FALSE(compareDot<Complex>({infinite, 0}, {infinite}, {1}).equal);
}

TEST(ReferenceCompareValues, SignOfZero) {
  // In the bound, but not the same bits.
  Comparison result = compareDot<double>(-0.0, {0}, {1});
  EXPECT_TRUE(result.equal);
  EXPECT_FALSE(result.bitwise);
  // Nothing rounds here.
  result = compareDot<double>(-0.0, {0}, {1}, "max_times");
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.message,
            "differs: entry (0, 0) is -0, expected 0, error 0 above bound 0");
  // A bound of 0 holds.
  EXPECT_FALSE(compareDot<double>(5e-324, {0}, {1}).equal);
}

TEST(ReferenceCompareValues, SemiringsThatDoNotRound) {
  double sum = 0.1 + 0.2;
  for (const char *name : {"min_plus", "max_plus"}) {
    EXPECT_TRUE(compareDot<double>(sum, {0.1}, {0.2}, name).bitwise);
    EXPECT_FALSE(compareDot<double>(0.3, {0.1}, {0.2}, name).equal);
    EXPECT_TRUE(compareDot<double>(quietNaN, {quietNaN}, {0.2}, name).bitwise);
  }
  EXPECT_TRUE(compareDot<double>(2, {7, 7}, {7, 7}, "plus_pair").bitwise);
  EXPECT_FALSE(
      compareDot<double>(2.0000000000000004, {7, 7}, {7, 7}, "plus_pair")
          .equal);
  EXPECT_FALSE(compareDot<double>(2, {7, 7}, {7, 7}, "any_pair").equal);
  EXPECT_TRUE(compareDot<Complex>(1, {7, 7}, {7, 7}, "any_pair").bitwise);
  EXPECT_FALSE(compareDot<Complex>({1, 1}, {7, 7}, {7, 7}, "any_pair").equal);
  EXPECT_FALSE(
      compareDot<int64_t>((int64_t(1) << 60) + 1, {1 << 30}, {1 << 30}).equal);
}

TEST(ReferenceCompareValues, Booleans) {
  EXPECT_TRUE(compareDot<bool>(true, {true}, {true}, "or_and").bitwise);
  EXPECT_FALSE(compareDot<bool>(false, {true}, {true}, "or_and").equal);
  // A byte that is not 0 or 1.
  Matrix one = rowOf<bool>({true}), c = rowOf<bool>({true});
  c.values.as<uint8_t>()[0] = 3;
  Comparison result =
      llvm::cantFail(compare(c, one, one, {"or_and", false, false}));
  EXPECT_EQ(result.message,
            "differs: entry (0, 0) is 3, expected 1, error 2 above bound 0");
}

TEST(ReferenceCompareValues, EmptyAndErrors) {
  Matrix none = makeOf<double>(2, 2, {});
  Comparison result = llvm::cantFail(compare(none, none, none, {}));
  EXPECT_TRUE(result.equal);
  EXPECT_TRUE(result.bitwise);
  EXPECT_EQ(result.row, -1);
  EXPECT_EQ(result.message, "equal: no entries");
  Matrix nothing = makeOf<double>(0, 0, {});
  EXPECT_TRUE(llvm::cantFail(compare(Matrix(), nothing, nothing, {})).equal);
  auto failed = compare(none, none, rowOf<double>({1}), {});
  ASSERT_FALSE(bool(failed));
  EXPECT_EQ(llvm::toString(failed.takeError()),
            "the operands' inner sizes differ: 2 and 1");
}

TEST(ReferenceCompareValues, TransposesAndMultiplyAgree) {
  Matrix a = makeOf<float>(2, 3, {{0, 1, 0.1f}, {1, 0, 0.7f}, {1, 2, 0.3f}});
  for (auto [transposeA, transposeB] :
       std::vector<std::pair<bool, bool>>{{true, false}, {false, true}}) {
    Product product{"plus_times", transposeA, transposeB};
    Matrix c = llvm::cantFail(multiply(a, a, product));
    EXPECT_EQ(c.rows, transposeA ? 3 : 2);
    EXPECT_TRUE(llvm::cantFail(compare(c, a, a, product)).bitwise);
  }
}
