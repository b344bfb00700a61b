//===- MatrixTest.cpp - the container and its conversions -----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include "smash/Support/AllocationTesting.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <cstring>

using namespace smash;
using namespace smash::test;

using Entries = std::vector<Entry>;

static constexpr ValueType allTypes[] = {ValueType::I1,  ValueType::I32,
                                         ValueType::I64, ValueType::F32,
                                         ValueType::F64, ValueType::C64};

/// A matrix with just `value`, at row 1, column 2.
template <typename T>
static Matrix single(ValueType type, T value) {
  Matrix matrix = fromEntries(3, 4, type, {{1, 2, 0}});
  matrix.values.as<T>()[0] = value;
  return matrix;
}

static std::string convertError(Matrix matrix, ValueType type) {
  return errorOf(convertValues(std::move(matrix), type));
}

TEST(ValueTypes, SpellAndParse) {
  for (ValueType type : allTypes)
    EXPECT_EQ(parseValueType(spellValueType(type)), type);
  EXPECT_EQ(parseValueType("f16"), std::nullopt);
  EXPECT_EQ(parseValueType("F64"), std::nullopt);
  EXPECT_EQ(listValueTypes(), "i1, i32, i64, f32, f64, complex<f64>");
  EXPECT_EQ(sizeOfValueType(ValueType::I1), 1u);
  EXPECT_EQ(sizeOfValueType(ValueType::F32), 4u);
  EXPECT_EQ(sizeOfValueType(ValueType::C64), 16u);
}

TEST(BufferTest, AllocateMoveResize) {
  Buffer zeroed = llvm::cantFail(Buffer::allocate(100, /*zeroed=*/true));
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(zeroed.as<char>()[i], 0);
  zeroed.as<char>()[3] = 7;
  void *data = zeroed.data();
  Buffer moved = std::move(zeroed);
  EXPECT_EQ(moved.data(), data);
  // What was moved from is empty, which is what this is about.
  // NOLINTBEGIN(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_EQ(zeroed.data(), nullptr);
  EXPECT_EQ(zeroed.size(), 0u);
  // NOLINTEND(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_EQ(errorOf(moved.resize(100000)), "");
  EXPECT_EQ(moved.size(), 100000u);
  EXPECT_EQ(moved.as<char>()[3], 7);
  EXPECT_EQ(errorOf(moved.resize(0)), "");
  EXPECT_EQ(moved.data(), nullptr);
  Buffer adopted = Buffer::adopt(std::malloc(8), 8);
  EXPECT_EQ(adopted.size(), 8u);
  adopted = Buffer();
  EXPECT_EQ(adopted.size(), 0u);
  EXPECT_EQ(llvm::cantFail(Buffer::allocate(0)).data(), nullptr);
}

TEST(MakeMatrix, IsEmptyWithRoom) {
  Matrix matrix = take(makeMatrix(3, 5, 7, ValueType::F32, 32, 64));
  EXPECT_EQ(matrix.nnz(), 0);
  EXPECT_EQ(matrix.positions.size(), 16u);
  EXPECT_EQ(matrix.coordinates.size(), 56u);
  EXPECT_EQ(matrix.values.size(), 28u);
  EXPECT_EQ(matrix.bytes(), 100u);
  EXPECT_EQ(Matrix().nnz(), 0);
}

TEST(MakeMatrix, Limits) {
  auto error = [](int64_t rows, int64_t cols, int64_t nnz, unsigned positions,
                  unsigned coordinates) {
    return errorOf(
        makeMatrix(rows, cols, nnz, ValueType::F64, positions, coordinates));
  };
  EXPECT_EQ(error(-1, 2, 3, 32, 32),
            "a matrix of -1 x 2 with 3 entries has a negative size");
  EXPECT_EQ(error(1, 2, 3, 16, 32),
            "an index width of 16 bits is neither 32 nor 64");
  EXPECT_EQ(error(1, 2, int64_t(1) << 31, 32, 32),
            "2147483648 entries do not fit 32-bit positions, which hold up to "
            "2147483647");
  EXPECT_EQ(error(1, int64_t(1) << 31, 0, 32, 32),
            "2147483648 columns do not fit 32-bit coordinates, which hold up "
            "to 2147483647");
  EXPECT_EQ(error(1 << 30, 1, 0, 32, 32),
            "a matrix of 1073741824 rows needs 4294967300 bytes of row "
            "positions, over the limit of 4294967296");
  EXPECT_EQ(error(1 << 29, 1, 0, 64, 32),
            "a matrix of 536870912 rows needs 4294967304 bytes of row "
            "positions, over the limit of 4294967296");
  EXPECT_EQ(error(INT64_MAX, 1, 0, 64, 32),
            "a matrix of 9223372036854775807 rows needs 73786976294838206464 "
            "bytes of row positions, over the limit of 4294967296");
  EXPECT_EQ(error(1, 1, INT64_MAX, 64, 64),
            "9223372036854775807 entries of 8 bytes do not fit the address "
            "space");
  EXPECT_EQ(error(1, int64_t(1) << 62, 0, 32, 64), "");
}

TEST(ConvertValues, EveryPairOfTypes) {
  for (ValueType from : allTypes)
    for (ValueType to : allTypes) {
      SCOPED_TRACE(spellValueType(from).str() + " to " +
                   spellValueType(to).str());
      Entries entries = {{0, 1, 1}, {2, 0, 0}, {2, 3, 1}};
      Matrix got = take(convertValues(fromEntries(3, 4, from, entries), to));
      EXPECT_EQ(got.valueType, to);
      EXPECT_EQ(entriesOf(got), entries);
      expectWellFormed(got);
    }
}

TEST(ConvertValues, Boundaries) {
  auto i64 = [](int64_t value) { return single(ValueType::I64, value); };
  auto f64 = [](double value) { return single(ValueType::F64, value); };
  EXPECT_EQ(convertError(i64(INT32_MAX), ValueType::I32), "");
  EXPECT_EQ(convertError(i64(INT32_MIN), ValueType::I32), "");
  EXPECT_EQ(convertError(i64(int64_t(INT32_MAX) + 1), ValueType::I32),
            "value 2147483648 of i64 at row 1, column 2 (counted from 0) does "
            "not fit i32");
  EXPECT_EQ(convertError(f64(2.5), ValueType::I64),
            "value 2.5 of f64 at row 1, column 2 (counted from 0) does not "
            "fit i64");
  EXPECT_EQ(convertError(f64(HUGE_VAL), ValueType::I32),
            "value inf of f64 at row 1, column 2 (counted from 0) does not "
            "fit i32");
  EXPECT_EQ(convertError(f64(NAN), ValueType::I64),
            "value nan of f64 at row 1, column 2 (counted from 0) does not "
            "fit i64");
  EXPECT_EQ(convertError(f64(0x1p63), ValueType::I64),
            "value 9223372036854775808 of f64 at row 1, column 2 (counted "
            "from 0) does not fit i64");
  EXPECT_EQ(convertError(f64(-0x1p63), ValueType::I64), "");
  EXPECT_EQ(convertError(f64(1e300), ValueType::F32),
            "value 1e+300 of f64 at row 1, column 2 (counted from 0) does not "
            "fit f32");
  EXPECT_EQ(convertError(f64(HUGE_VAL), ValueType::F32), "");
  EXPECT_EQ(convertError(single(ValueType::C64, std::complex<double>(1, -2)),
                         ValueType::F64),
            "value (1, -2) of complex<f64> at row 1, column 2 (counted from "
            "0) does not fit f64");
  Matrix rounded = take(convertValues(f64(0.1), ValueType::F32));
  EXPECT_EQ(rounded.values.as<float>()[0], 0.1f);
  Matrix truth = take(convertValues(f64(NAN), ValueType::I1));
  EXPECT_TRUE(truth.values.as<bool>()[0]);
  Matrix imaginary = take(convertValues(
      single(ValueType::C64, std::complex<double>(0, 1)), ValueType::I1));
  EXPECT_TRUE(imaginary.values.as<bool>()[0]);
}

TEST(ConvertIndices, ThereAndBack) {
  Matrix original = take(generateMatrix("gen:er,rows=50,cols=70,nnz=300"));
  for (unsigned positionBits : {32, 64})
    for (unsigned coordinateBits : {32, 64}) {
      Matrix copy = take(generateMatrix("gen:er,rows=50,cols=70,nnz=300"));
      Matrix there =
          take(convertIndices(std::move(copy), positionBits, coordinateBits));
      EXPECT_EQ(there.positionBits, positionBits);
      EXPECT_EQ(there.coordinateBits, coordinateBits);
      expectWellFormed(there);
      EXPECT_EQ(entriesOf(there), entriesOf(original));
      EXPECT_TRUE(
          identical(take(convertIndices(std::move(there), 32, 32)), original));
    }
}

TEST(ConvertIndices, Limits) {
  auto error = [](int64_t cols, unsigned positions, unsigned coordinates) {
    Matrix matrix = take(makeMatrix(2, cols, 0, ValueType::F64, 64, 64));
    return errorOf(convertIndices(std::move(matrix), positions, coordinates));
  };
  EXPECT_EQ(error(int64_t(1) << 31, 32, 32),
            "2147483648 columns do not fit 32-bit coordinates, which hold up "
            "to 2147483647");
  EXPECT_EQ(error(int64_t(1) << 31, 32, 64), "");
  EXPECT_EQ(error(2147483647, 32, 32), "");
  EXPECT_EQ(error(2, 8, 32), "an index width of 8 bits is neither 32 nor 64");
  // Many entries, by the last position alone.
  Matrix many = take(makeMatrix(1, 1, 0, ValueType::F64, 64, 64));
  many.positions.as<uint64_t>()[1] = uint64_t(1) << 31;
  EXPECT_EQ(errorOf(convertIndices(std::move(many), 32, 64)),
            "2147483648 entries do not fit 32-bit positions, which hold up to "
            "2147483647");
}

TEST(Transpose, MatchesTheDefinition) {
  for (ValueType type : allTypes)
    for (int seed = 0; seed < 4; ++seed) {
      std::string description =
          "gen:er,rows=40,cols=25,nnz=200,type=" + spellValueType(type).str() +
          ",seed=" + std::to_string(seed);
      Matrix matrix = take(generateMatrix(description));
      Entries expected = entriesOf(matrix);
      for (Entry &entry : expected)
        std::swap(entry.row, entry.col);
      std::sort(expected.begin(), expected.end(),
                [](const Entry &a, const Entry &b) {
                  return std::pair(a.row, a.col) < std::pair(b.row, b.col);
                });
      Matrix wide =
          take(convertIndices(take(generateMatrix(description)), 64, 64));
      for (const Matrix *source : {&matrix, &wide}) {
        Matrix got = take(transpose(*source));
        expectWellFormed(got);
        EXPECT_EQ(got.rows, 25);
        EXPECT_EQ(got.cols, 40);
        EXPECT_EQ(got.positionBits, source->positionBits);
        EXPECT_EQ(entriesOf(got), expected);
        EXPECT_TRUE(identical(take(transpose(got)), *source));
      }
    }
}

TEST(Transpose, EdgeShapes) {
  for (auto [rows, cols] : {std::pair(0, 0), {0, 5}, {5, 0}, {3, 4}}) {
    Matrix matrix = take(makeMatrix(rows, cols, 0, ValueType::F64, 32, 32));
    Matrix got = take(transpose(matrix));
    EXPECT_EQ(got.rows, cols);
    EXPECT_EQ(got.cols, rows);
    expectWellFormed(got);
  }
  Matrix wide = take(generateMatrix("gen:empty,rows=2,cols=2^40"));
  EXPECT_EQ(errorOf(transpose(wide)),
            "a matrix of 1099511627776 rows needs 4398046511108 bytes of row "
            "positions, over the limit of 4294967296");
}

TEST(BufferTest, BorrowAndRelease) {
  static const char text[] = "abc";
  Buffer borrowed = Buffer::borrow(text, 3);
  EXPECT_EQ(borrowed.data(), static_cast<const void *>(text));
  Buffer moved = std::move(borrowed);
  EXPECT_EQ(moved.data(), static_cast<const void *>(text));
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_EQ(borrowed.data(), nullptr);
  // To change its length is to have a copy.
  EXPECT_EQ(errorOf(moved.resize(5)), "");
  EXPECT_NE(moved.data(), static_cast<const void *>(text));
  EXPECT_EQ(std::memcmp(moved.data(), text, 3), 0);
  int64_t live = smash::testing::liveBuffers();
  void *released = moved.release();
  EXPECT_EQ(smash::testing::liveBuffers(), live - 1);
  EXPECT_EQ(moved.size(), 0u);
  std::free(released);
}

TEST(CheckMatrixTest, NamesTheFirstPlaceThatIsWrong) {
  auto check = [](auto change) {
    Matrix matrix =
        fromEntries(3, 4, ValueType::F64, {{0, 1, 1}, {1, 0, 2}, {1, 2, 3}});
    change(matrix);
    llvm::Error error = checkMatrix(matrix);
    return error ? llvm::toString(std::move(error)) : std::string();
  };
  auto coordinates = [](Matrix &m) { return m.coordinates.as<uint32_t>(); };
  auto positions = [](Matrix &m) { return m.positions.as<uint32_t>(); };
  EXPECT_EQ(check([](Matrix &) {}), "");
  EXPECT_EQ(check([](Matrix &m) { m.rows = -1; }),
            "a matrix of -1 x 4 has a negative size");
  EXPECT_EQ(check([](Matrix &m) { m.rows = 4; }),
            "there are 4 positions; 4 rows need 5");
  EXPECT_EQ(check([](Matrix &m) { m.coordinateBits = 16; }),
            "an index width of 16 bits is neither 32 nor 64");
  EXPECT_EQ(check([&](Matrix &m) { positions(m)[0] = 1; }),
            "the first position is 1, not 0");
  EXPECT_EQ(check([&](Matrix &m) { positions(m)[2] = 0; }),
            "row 1 ends at position 0, before it begins at 1");
  EXPECT_EQ(check([&](Matrix &m) { positions(m)[3] = 9; }),
            "row 2 ends at position 9; there are 3 coordinates and 3 values");
  EXPECT_EQ(check([&](Matrix &m) { coordinates(m)[0] = 4; }),
            "entry 0, in row 0, has column 4; there are 4 columns");
  EXPECT_EQ(check([&](Matrix &m) { coordinates(m)[2] = 0; }),
            "entry 2, in row 1, has column 0 after column 0; the columns of a "
            "row ascend");
  EXPECT_EQ(check([&](Matrix &m) {
              coordinates(m)[1] = 3;
              m.sorted = false;
            }),
            "");
  Matrix flags = fromEntries(1, 1, ValueType::I1, {{0, 0, 1}});
  flags.values.as<uint8_t>()[0] = 2;
  EXPECT_EQ(llvm::toString(checkMatrix(flags)),
            "entry 0, in row 0, has value 2; an i1 is 0 or 1");
}
