//===- MultiplyTest.cpp - the oracle, by hand -----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestMatrix.h"
#include <cmath>
#include <limits>

using namespace smash;
using namespace smash::reference;
using namespace smash::reference::testing;

namespace {
template <typename T>
constexpr T largest = std::numeric_limits<T>::max();
template <typename T>
constexpr T smallest = std::numeric_limits<T>::min();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double quietNaN = std::numeric_limits<double>::quiet_NaN();

std::string errorOf(llvm::Expected<Matrix> matrix) {
  if (matrix)
    return "";
  return llvm::toString(matrix.takeError());
}

template <typename T>
class ReferenceNumber : public ::testing::Test {};
using Numbers = ::testing::Types<int32_t, int64_t, float, double>;
template <typename T>
class ReferenceInteger : public ::testing::Test {};
using Integers = ::testing::Types<int32_t, int64_t>;
template <typename T>
class ReferenceReal : public ::testing::Test {};
using Reals = ::testing::Types<float, double>;
template <typename T>
class ReferenceAny : public ::testing::Test {};
using Any = ::testing::Types<bool, int32_t, int64_t, float, double, Complex>;
} // namespace

TYPED_TEST_SUITE(ReferenceNumber, Numbers);
TYPED_TEST_SUITE(ReferenceInteger, Integers);
TYPED_TEST_SUITE(ReferenceReal, Reals);
TYPED_TEST_SUITE(ReferenceAny, Any);

TYPED_TEST(ReferenceNumber, Semirings) {
  using T = TypeParam;
  // Products 2 * 4 = 8, 3 * -5 = -15, -1 * 6 = -6; sums 6, -2, 5.
  std::vector<T> x{2, 3, -1}, y{4, -5, 6};
  EXPECT_EQ(dot<T>("plus_times", x, y), T(-13));
  EXPECT_EQ(dot<T>("min_plus", x, y), T(-2));
  EXPECT_EQ(dot<T>("max_plus", x, y), T(6));
  EXPECT_EQ(dot<T>("max_times", x, y), T(8));
  EXPECT_EQ(dot<T>("or_and", x, y), T(1));
  EXPECT_EQ(dot<T>("plus_pair", x, y), T(3));
  EXPECT_EQ(dot<T>("any_pair", x, y), T(1));
}

TYPED_TEST(ReferenceAny, OrAndOfZeros) {
  using T = TypeParam;
  EXPECT_EQ(dot<T>("or_and", {T(1), T(0)}, {T(0), T(1)}), T(0));
  EXPECT_EQ(dot<T>("or_and", {T(1), T(0), T(1)}, {T(0), T(1), T(1)}), T(1));
  EXPECT_EQ(dot<T>("or_and", {T(1), T(0)}, {T(1), T(0)}), T(1));
  EXPECT_EQ(dot<T>("any_pair", {T(0), T(0)}, {T(0), T(0)}), T(1));
}

TYPED_TEST(ReferenceAny, Multiplies) {
  using T = TypeParam;
  // [1 0 1]   [1 .]   [1 1]
  // [. . .] * [. 1] = [. .]
  // [. 1 .]   [. 1]   [. 1]
  Matrix a =
      makeOf<T>(3, 3, {{0, 0, T(1)}, {0, 1, T(0)}, {0, 2, T(1)}, {2, 1, T(1)}});
  Matrix b = makeOf<T>(3, 2, {{0, 0, T(1)}, {1, 1, T(1)}, {2, 1, T(1)}});
  Matrix c = llvm::cantFail(multiply(a, b, {}));
  EXPECT_EQ(c.rows, 3);
  EXPECT_EQ(c.cols, 2);
  EXPECT_TRUE(c.sorted);
  EXPECT_EQ(entriesOf<T>(c), (std::vector<Triplet<T>>{
                                 {0, 0, T(1)}, {0, 1, T(1)}, {2, 1, T(1)}}));
}

TYPED_TEST(ReferenceAny, OneByOneAndEmpty) {
  using T = TypeParam;
  EXPECT_EQ(dot<T>("plus_times", {T(1)}, {T(1)}), T(1));
  Matrix none = makeOf<T>(1, 1, {});
  EXPECT_EQ(llvm::cantFail(multiply(none, rowOf<T>({T(1)}), {})).nnz(), 0);
  for (auto [rows, inner, cols] : std::vector<std::array<int64_t, 3>>{
           {0, 0, 0}, {0, 3, 2}, {2, 0, 3}, {2, 3, 0}}) {
    Matrix a = makeOf<T>(rows, inner, {}), b = makeOf<T>(inner, cols, {});
    Matrix c = llvm::cantFail(multiply(a, b, {}));
    EXPECT_EQ(c.rows, rows);
    EXPECT_EQ(c.cols, cols);
    EXPECT_EQ(c.nnz(), 0);
    EXPECT_EQ(c.position(rows), 0);
  }
}

TYPED_TEST(ReferenceAny, Transposes) {
  using T = TypeParam;
  Matrix a = makeOf<T>(2, 3, {{0, 1, T(1)}, {1, 0, T(1)}, {1, 2, T(0)}});
  Matrix at = makeOf<T>(3, 2, {{0, 1, T(1)}, {1, 0, T(1)}, {2, 1, T(0)}});
  Matrix b = makeOf<T>(3, 2, {{0, 0, T(1)}, {2, 0, T(1)}, {2, 1, T(1)}});
  Matrix bt = makeOf<T>(2, 3, {{0, 0, T(1)}, {0, 2, T(1)}, {1, 2, T(1)}});
  // Row 0 of A meets the empty row 1 of B.
  std::vector<Triplet<T>> expected{{1, 0, T(1)}, {1, 1, T(0)}};
  EXPECT_EQ(entriesOf<T>(llvm::cantFail(multiply(a, b, {}))), expected);
  EXPECT_EQ(entriesOf<T>(
                llvm::cantFail(multiply(at, b, {"plus_times", true, false}))),
            expected);
  EXPECT_EQ(entriesOf<T>(
                llvm::cantFail(multiply(a, bt, {"plus_times", false, true}))),
            expected);
  EXPECT_EQ(entriesOf<T>(
                llvm::cantFail(multiply(at, bt, {"plus_times", true, true}))),
            expected);
}

TEST(ReferenceBoolean, Semirings) {
  using V = std::vector<bool>;
  for (bool x : {false, true})
    for (bool y : {false, true}) {
      // One product: times alone.
      EXPECT_EQ(dot<bool>("plus_times", V{x}, V{y}), x && y);
      EXPECT_EQ(dot<bool>("min_plus", V{x}, V{y}), x || y);
      EXPECT_EQ(dot<bool>("max_plus", V{x}, V{y}), x && y);
      EXPECT_EQ(dot<bool>("max_times", V{x}, V{y}), x && y);
      EXPECT_EQ(dot<bool>("or_and", V{x}, V{y}), x && y);
      EXPECT_EQ(dot<bool>("plus_pair", V{x}, V{y}), true);
      EXPECT_EQ(dot<bool>("any_pair", V{x}, V{y}), true);
      // Two products, x and y: plus. In min_plus 0 is the one of times.
      EXPECT_EQ(dot<bool>("plus_times", V{x, y}, V{true, true}), x != y);
      EXPECT_EQ(dot<bool>("min_plus", V{x, y}, V{false, false}), x && y);
      EXPECT_EQ(dot<bool>("max_plus", V{x, y}, V{true, true}), x || y);
      EXPECT_EQ(dot<bool>("max_times", V{x, y}, V{true, true}), x || y);
      EXPECT_EQ(dot<bool>("or_and", V{x, y}, V{true, true}), x || y);
      // The parity of the products.
      EXPECT_EQ(dot<bool>("plus_pair", V{x, y}, V{true, true}), false);
      EXPECT_EQ(dot<bool>("plus_pair", V{x, y, x}, V{x, x, y}), true);
      EXPECT_EQ(dot<bool>("any_pair", V{x, y}, V{x, x}), true);
    }
}

TYPED_TEST(ReferenceInteger, Wraps) {
  using T = TypeParam;
  EXPECT_EQ(dot<T>("plus_times", {largest<T>, 1}, {1, 1}), smallest<T>);
  EXPECT_EQ(dot<T>("plus_times", {largest<T>}, {2}), T(-2));
  EXPECT_EQ(dot<T>("plus_times", {smallest<T>}, {-1}), smallest<T>);
  EXPECT_EQ(dot<T>("max_times", {largest<T>, -3}, {2, 1}), T(-2));
}

TYPED_TEST(ReferenceInteger, Saturates) {
  using T = TypeParam;
  constexpr T top = largest<T>, bottom = smallest<T>;
  // The largest absorbs in min_plus, even with the smallest.
  EXPECT_EQ(dot<T>("min_plus", {top}, {-5}), top);
  EXPECT_EQ(dot<T>("min_plus", {bottom}, {top}), top);
  EXPECT_EQ(dot<T>("min_plus", {top - 1}, {2}), top);
  EXPECT_EQ(dot<T>("min_plus", {bottom}, {-1}), bottom);
  EXPECT_EQ(dot<T>("min_plus", {bottom}, {1}), T(bottom + 1));
  EXPECT_EQ(dot<T>("min_plus", {top, 3}, {-5, 4}), T(7));
  // The smallest does in max_plus.
  EXPECT_EQ(dot<T>("max_plus", {bottom}, {5}), bottom);
  EXPECT_EQ(dot<T>("max_plus", {top}, {bottom}), bottom);
  EXPECT_EQ(dot<T>("max_plus", {bottom + 1}, {-2}), bottom);
  EXPECT_EQ(dot<T>("max_plus", {top}, {1}), top);
  EXPECT_EQ(dot<T>("max_plus", {top}, {-1}), T(top - 1));
  EXPECT_EQ(dot<T>("max_plus", {bottom, 3}, {5, 4}), T(7));
}

TYPED_TEST(ReferenceReal, NaNAndSignedZeros) {
  using T = TypeParam;
  T quiet = T(quietNaN), inf = T(infinite);
  EXPECT_TRUE(std::isnan(dot<T>("min_plus", {quiet, 1}, {1, 1})));
  EXPECT_TRUE(std::isnan(dot<T>("min_plus", {1, quiet}, {1, 1})));
  EXPECT_TRUE(std::isnan(dot<T>("max_plus", {1, quiet}, {1, 1})));
  EXPECT_TRUE(std::isnan(dot<T>("max_times", {1, quiet}, {1, 1})));
  EXPECT_TRUE(std::isnan(dot<T>("plus_times", {inf, -inf}, {1, 1})));
  EXPECT_TRUE(std::isnan(dot<T>("plus_times", {inf}, {0})));
  EXPECT_EQ(dot<T>("or_and", {quiet}, {1}), T(1));
  EXPECT_EQ(dot<T>("min_plus", {inf, 3}, {1, 4}), T(7));
  EXPECT_EQ(dot<T>("min_plus", {inf}, {1}), inf);
  EXPECT_EQ(dot<T>("max_plus", {-inf, 3}, {1, 4}), T(7));
  // -0 + -0 = -0 and 0 + 0 = 0, in either order.
  for (bool swap : {false, true}) {
    std::vector<T> zeros{swap ? T(0) : -T(0), swap ? -T(0) : T(0)};
    EXPECT_TRUE(std::signbit(dot<T>("min_plus", zeros, zeros)));
    EXPECT_FALSE(std::signbit(dot<T>("max_plus", zeros, zeros)));
    EXPECT_FALSE(std::signbit(dot<T>("max_times", zeros, {1, 1})));
    EXPECT_FALSE(std::signbit(dot<T>("plus_times", zeros, {1, 1})));
  }
  // The first product is taken as it is, not added to 0.
  EXPECT_TRUE(std::signbit(dot<T>("plus_times", {-T(0)}, {1})));
}

TYPED_TEST(ReferenceReal, AddsInAscendingOrder) {
  using T = TypeParam;
  // (1 + tiny) + tiny loses both; tiny + tiny + 1 would not.
  T tiny = std::numeric_limits<T>::epsilon() / 2;
  EXPECT_EQ(dot<T>("plus_times", {1, tiny, tiny}, {1, 1, 1}), T(1));
  EXPECT_GT(dot<T>("plus_times", {tiny, tiny, 1}, {1, 1, 1}), T(1));
  // Also of a row of A that is not sorted.
  Matrix a = makeOf<T>(1, 3, {{0, 2, tiny}, {0, 1, tiny}, {0, 0, 1}});
  a.sorted = false;
  Matrix c = llvm::cantFail(multiply(a, columnOf<T>({1, 1, 1}), {}));
  EXPECT_EQ(c.values.as<T>()[0], T(1));
}

TYPED_TEST(ReferenceReal, FusesNothing) {
  using T = TypeParam;
  // (1 + e)^2 - (1 + 2 e) is 0 rounded twice, and e^2 fused.
  T e = std::numeric_limits<T>::epsilon();
  EXPECT_EQ(dot<T>("plus_times", {-1 - 2 * e, 1 + e}, {1, 1 + e}), T(0));
}

TEST(ReferenceComplex, Semirings) {
  // (1 + 2i) (3 - i) = 5 + 5i, i * i = -1.
  std::vector<Complex> x{{1, 2}, {0, 1}}, y{{3, -1}, {0, 1}};
  EXPECT_EQ(dot<Complex>("plus_times", x, y), Complex(4, 5));
  EXPECT_EQ(dot<Complex>("or_and", x, y), Complex(1, 0));
  EXPECT_EQ(dot<Complex>("plus_pair", x, y), Complex(2, 0));
  EXPECT_EQ(dot<Complex>("any_pair", x, y), Complex(1, 0));
}

TEST(ReferenceComplex, RecoversNoInfinity) {
  // std::complex gives an infinity; the plain formula, inf - NaN.
  Complex c = dot<Complex>("plus_times", {{infinite, quietNaN}}, {{1, 1}});
  EXPECT_TRUE(std::isnan(c.real()));
  EXPECT_TRUE(std::isnan(c.imag()));
}

TEST(ReferenceComplex, HasNoOrder) {
  for (const char *name : {"min_plus", "max_plus", "max_times"}) {
    Product product;
    product.semiring = name;
    EXPECT_EQ(
        errorOf(multiply(rowOf<Complex>({1}), rowOf<Complex>({1}), product)),
        std::string("semiring '") + name +
            "' needs an order: complex numbers have no order");
  }
}

TYPED_TEST(ReferenceNumber, CancellationKeepsStructure) {
  using T = TypeParam;
  Matrix c = llvm::cantFail(
      multiply(rowOf<T>({3, -3}), columnOf<T>({5, 5}), Product()));
  EXPECT_EQ(entriesOf<T>(c), (std::vector<Triplet<T>>{{0, 0, T(0)}}));
}

TEST(ReferenceMultiply, WideColumnsAndWidths) {
  // Too many columns for an array over them.
  int64_t cols = int64_t(1) << 40;
  Matrix a = rowOf<double>({2, 3});
  Matrix b = makeOf<double>(
      2, cols, {{0, 5, 1}, {0, cols - 1, 1}, {1, 5, 10}, {1, 9, 1}}, 64, 64);
  Matrix c = llvm::cantFail(multiply(a, b, {}));
  EXPECT_EQ(c.coordinateBits, 64u);
  EXPECT_EQ(c.positionBits, 32u);
  EXPECT_EQ(
      entriesOf<double>(c),
      (std::vector<Triplet<double>>{{0, 5, 32}, {0, 9, 3}, {0, cols - 1, 2}}));
  // As wide as B's, where they need not be; and A's do not matter.
  Matrix wide = makeOf<double>(2, 1, {{0, 0, 1}}, 32, 64);
  EXPECT_EQ(llvm::cantFail(multiply(a, wide, {})).coordinateBits, 64u);
  Matrix wideA = makeOf<double>(1, 2, {{0, 0, 1}}, 64, 64);
  Matrix narrow = makeOf<double>(2, 1, {{0, 0, 1}});
  EXPECT_EQ(llvm::cantFail(multiply(wideA, narrow, {})).coordinateBits, 32u);
}

TEST(ReferenceMultiply, Accumulates) {
  // [1 2] * [[3 0] [4 5]] = [11 10], whose second entry the mask drops.
  Matrix a = rowOf<double>({1, 2});
  Matrix b = makeOf<double>(2, 3, {{0, 0, 3}, {1, 0, 4}, {1, 1, 5}});
  Matrix before = makeOf<double>(1, 3, {{0, 2, 7}, {0, 0, 100}, {0, 1, 8}});
  Matrix mask = makeOf<double>(1, 3, {{0, 0, 0}});
  Product product;
  product.accumulated = &before;
  auto triplets = [&] {
    return entriesOf<double>(llvm::cantFail(multiply(a, b, product)));
  };
  using Triplets = std::vector<Triplet<double>>;
  EXPECT_EQ(triplets(), (Triplets{{0, 0, 111}, {0, 1, 18}, {0, 2, 7}}));
  product.accumulateAdd = "min";
  EXPECT_EQ(triplets(), (Triplets{{0, 0, 11}, {0, 1, 8}, {0, 2, 7}}));
  product.accumulateAdd = "any";
  EXPECT_EQ(triplets(), (Triplets{{0, 0, 100}, {0, 1, 8}, {0, 2, 7}}));
  product.accumulateAdd = "";
  product.mask = &mask;
  EXPECT_EQ(triplets(), (Triplets{{0, 0, 111}, {0, 1, 8}, {0, 2, 7}}));
  product.accumulateAdd = "times";
  EXPECT_EQ(errorOf(multiply(a, b, product)),
            "unknown add 'times': expected plus, min, max, or, any");
  Matrix narrow = rowOf<double>({1, 2});
  product.accumulated = &narrow;
  EXPECT_EQ(errorOf(multiply(a, b, product)),
            "the accumulated matrix is 1 x 2, C is 1 x 3");
}

TEST(ReferenceMultiply, Errors) {
  Matrix a = rowOf<double>({1, 2});
  EXPECT_EQ(errorOf(multiply(a, a, {})),
            "the operands' inner sizes differ: 2 and 1");
  EXPECT_EQ(errorOf(multiply(a, a, {"plus_times", true, true})),
            "the operands' inner sizes differ: 1 and 2");
  EXPECT_EQ(errorOf(multiply(a, columnOf<float>({1, 2}), {})),
            "the operands' value types differ: f64 and f32");
  EXPECT_EQ(errorOf(multiply(a, columnOf<double>({1, 2}), {"plus", {}, {}})),
            "unknown semiring 'plus': expected plus_times, min_plus, max_plus, "
            "max_times, or_and, plus_pair or any_pair");
}
