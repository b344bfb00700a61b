//===- GeneratorsTest.cpp - matrices from descriptions --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include <gtest/gtest.h>
#include <set>

using namespace smash;
using namespace smash::test;

static Matrix make(const std::string &text) {
  Matrix matrix = take(generateMatrix("gen:" + text));
  expectWellFormed(matrix);
  return matrix;
}

static std::string refusal(const std::string &text) {
  return errorOf(generateMatrix(text));
}

/// Multiplications of the matrix by itself.
static int64_t products(const Matrix &matrix) {
  int64_t sum = 0;
  for (int64_t i = 0; i < matrix.nnz(); ++i) {
    int64_t row = matrix.coordinate(i);
    sum += matrix.position(row + 1) - matrix.position(row);
  }
  return sum;
}

static int64_t length(const Matrix &matrix, int64_t row) {
  return matrix.position(row + 1) - matrix.position(row);
}

TEST(Generators, Shapes) {
  struct {
    const char *text;
    int64_t rows, cols, nnz;
  } cases[] = {
      {"rmat,scale=8,nnz=1000", 256, 256, 1000},
      {"rmat,scale=0", 1, 1, 1},
      {"rmat", 1024, 1024, 8192},
      {"er,rows=10,cols=20,nnz=200", 10, 20, 200},
      {"er,rows=10,cols=20,degree=3", 10, 20, 30},
      {"er,rows=0", 0, 0, 0},
      {"er,rows=5,cols=2^62,nnz=50", 5, int64_t(1) << 62, 50},
      {"poisson2d,n=5,m=7", 35, 35, 151},
      {"poisson2d,n=1", 1, 1, 1},
      {"poisson3d,n=3", 27, 27, 135},
      {"stencil27,n=3", 27, 27, 343},
      {"stencil27,n=1", 1, 1, 1},
      {"banded,n=10,diagonals=3", 10, 10, 28},
      {"banded,n=10,diagonals=4", 10, 10, 36},
      {"banded,n=3,diagonals=5", 3, 3, 9},
      {"diagonal,n=7", 7, 7, 7},
      {"dense,rows=4,cols=6", 4, 6, 24},
      {"dense,rows=0,cols=6", 0, 6, 0},
      {"hypersparse,rows=2^20,cols=2^62,nnz=33", 1 << 20, int64_t(1) << 62, 33},
      {"denserow,n=50,degree=2,at=7", 50, 50, 148},
      {"densecol,n=50,degree=2,at=49", 50, 50, 150},
      {"denserow,n=1", 1, 1, 1},
      {"collide,rows=30,cols=2^16,stride=2^12,degree=16", 30, 1 << 16, 480},
      {"empty,rows=3,cols=5", 3, 5, 0},
      {"empty", 0, 0, 0},
  };
  for (auto &test : cases) {
    SCOPED_TRACE(test.text);
    Matrix matrix = make(test.text);
    EXPECT_EQ(matrix.rows, test.rows);
    EXPECT_EQ(matrix.cols, test.cols);
    EXPECT_EQ(matrix.nnz(), test.nnz);
    EXPECT_EQ(matrix.coordinateBits, test.cols <= INT32_MAX ? 32u : 64u);
  }
}

/// The sizes of the synthetic matrices that peers were measured with.
TEST(Generators, MeasuredMatrices) {
  Matrix rmat = make("rmat,scale=14,nnz=254211");
  EXPECT_EQ(rmat.rows, 16384);
  EXPECT_EQ(products(rmat), 64587208); // 64.1 M for the peers' own draw
  EXPECT_EQ(products(make("er,rows=2^17,degree=8")), int64_t(1) << 23);
  EXPECT_EQ(products(make("poisson2d,n=1000")), 24964008);
  EXPECT_EQ(products(make("stencil27,n=48")), 75151448);
  EXPECT_EQ(products(make("banded,n=200000,diagonals=33")), 217785040);
}

TEST(Generators, SameTextSameMatrix) {
  for (const char *text : {"rmat,scale=8", "er,rows=99", "powerlaw",
                           "hypersparse,cols=2^62", "collide", "denserow"}) {
    SCOPED_TRACE(text);
    Matrix first = make(text);
    EXPECT_TRUE(identical(first, make(text)));
    EXPECT_TRUE(identical(first, make(std::string(text) + ",seed=1")));
    EXPECT_FALSE(identical(first, make(std::string(text) + ",seed=2")));
  }
}

/// Fixed for good: measurements name a matrix by its description.
TEST(Generators, FirstEntriesAreFixed) {
  using Entries = std::vector<Entry>;
  EXPECT_EQ(entriesOf(make("er,rows=2,cols=1000,degree=2,values=integers")),
            (Entries{{0, 372, 2}, {0, 748, 7}, {1, 437, -7}, {1, 954, -5}}));
  EXPECT_EQ(entriesOf(make("rmat,scale=10,nnz=3,values=dyadic")),
            (Entries{{230, 310, 1.375}, {310, 937, 5.625}, {580, 216, -6}}));
}

TEST(Generators, Stencils) {
  auto check = [](const char *text, double center, bool zeroSums) {
    SCOPED_TRACE(text);
    Matrix matrix = make(text);
    for (const Entry &entry : entriesOf(matrix))
      EXPECT_EQ(entry.value.real(), entry.row == entry.col ? center : -1);
    Matrix mirrored = take(transpose(matrix));
    EXPECT_TRUE(identical(matrix, mirrored));
    if (zeroSums) {
      double sum = 0;
      int64_t middle = matrix.rows / 2;
      for (int64_t i = matrix.position(middle); i < matrix.position(middle + 1);
           ++i)
        sum += matrix.values.as<double>()[i];
      EXPECT_EQ(sum, 0);
    }
  };
  check("poisson2d,n=5", 4, true);
  check("poisson2d,n=3,m=8", 4, false);
  check("poisson3d,n=3", 6, true);
  check("stencil27,n=3", 26, true);
}

TEST(Generators, Structure) {
  Matrix er = make("er,rows=100,degree=5");
  for (int64_t row = 0; row < 100; ++row)
    EXPECT_EQ(length(er, row), 5);
  Matrix row = make("denserow,n=30,degree=2,at=4");
  for (int64_t r = 0; r < 30; ++r)
    EXPECT_EQ(length(row, r), r == 4 ? 30 : 2);
  Matrix col = take(transpose(make("densecol,n=30,degree=2,at=29")));
  EXPECT_EQ(length(col, 29), 30);
  Matrix collide = make("collide,rows=50,cols=100000,stride=1024,degree=7");
  for (int64_t i = 0; i < collide.nnz(); ++i)
    EXPECT_EQ(collide.coordinate(i) % 1024, 0);
  Matrix power = make("powerlaw,rows=1000,degree=8,skew=1");
  int64_t longest = 0;
  for (int64_t r = 0; r < 1000; ++r)
    longest = std::max(longest, length(power, r));
  EXPECT_GT(longest, 900);
  EXPECT_NEAR(double(power.nnz()), 8000, 800);
  Matrix flat = make("powerlaw,rows=1000,degree=8,skew=0");
  EXPECT_EQ(flat.nnz(), 8000);
  Matrix heavy = make("rmat,scale=10,permute=0");
  EXPECT_GT(length(heavy, 0), 100);
}

TEST(Generators, Values) {
  auto all = [](const std::string &text, auto &&legal) {
    SCOPED_TRACE(text);
    std::set<double> seen;
    for (const Entry &entry : entriesOf(make("dense,rows=40," + text))) {
      EXPECT_TRUE(legal(entry.value.real())) << entry;
      seen.insert(entry.value.real());
    }
    return seen.size();
  };
  EXPECT_EQ(all("values=ones", [](double x) { return x == 1; }), 1u);
  EXPECT_EQ(
      all("values=integers",
          [](double x) { return x == int(x) && std::abs(x) <= 9 && x != 0; }),
      18u);
  EXPECT_EQ(all("values=dyadic",
                [](double x) {
                  return 8 * x == int(8 * x) && std::abs(x) <= 8 && x != 0;
                }),
            128u);
  EXPECT_GT(all("values=uniform", [](double x) { return x >= -1 && x < 1; }),
            1000u);
  EXPECT_EQ(make("diagonal,n=3,type=i1").valueType, ValueType::I1);
  EXPECT_EQ(make("diagonal,n=3,type=complex<f64>").valueType, ValueType::C64);
  // The values do not depend on the type but for its rounding.
  EXPECT_EQ(entriesOf(make("er,values=integers,type=f32")),
            entriesOf(make("er,values=integers,type=i64")));
}

TEST(Generators, Errors) {
  std::string kinds = "rmat, er, poisson2d, poisson3d, stencil27, banded, "
                      "diagonal, dense, hypersparse, powerlaw, denserow, "
                      "densecol, collide, empty";
  EXPECT_EQ(refusal("gen:rnat,scale=3"),
            "gen: unknown kind 'rnat', expected one of " + kinds);
  EXPECT_EQ(refusal("gen:"), "gen: unknown kind '', expected one of " + kinds);
  EXPECT_EQ(refusal("gen:rmat,scale=30"),
            "gen:rmat: scale=30 is not an integer in [0, 29]");
  EXPECT_EQ(refusal("gen:rmat,scale=x"),
            "gen:rmat: scale=x is not an integer in [0, 29]");
  EXPECT_EQ(refusal("gen:rmat,a=2"), "gen:rmat: a=2 is not a number in [0, 1]");
  EXPECT_EQ(refusal("gen:rmat,a=0.9,b=0.2"), "gen:rmat: a + b + c is over 1");
  EXPECT_EQ(refusal("gen:rmat,scale=2,nnz=17"),
            "gen:rmat: nnz=17 is not an integer in [0, 16]");
  EXPECT_EQ(refusal("gen:rmat,scale=2,nnz=16,a=1,b=0,c=0"),
            "gen:rmat: only 1 of nnz=16 distinct positions after 11600 draws");
  EXPECT_EQ(refusal("gen:er,columns=5"),
            "gen:er: unknown key 'columns', expected one of seed, type, "
            "values, rows, cols, degree, nnz");
  EXPECT_EQ(refusal("gen:er,nnz=5,degree=2"),
            "gen:er: nnz and degree exclude each other");
  EXPECT_EQ(refusal("gen:er,rows=5,rows=5"),
            "gen:er: key 'rows' is given twice");
  EXPECT_EQ(refusal("gen:er,rows"), "gen:er: 'rows' is not key=value");
  EXPECT_EQ(refusal("gen:er,rows="), "gen:er: 'rows=' is not key=value");
  EXPECT_EQ(refusal("gen:er,rows=2^64"),
            "gen:er: rows=2^64 is not an integer in [0, 1073741824]");
  EXPECT_EQ(refusal("gen:er,rows=4,degree=5"),
            "gen:er: degree=5 is not an integer in [0, 4]");
  EXPECT_EQ(refusal("gen:er,type=f16"),
            "gen:er: type=f16 is none of i1, i32, i64, f32, f64, complex<f64>");
  EXPECT_EQ(refusal("gen:er,values=twos"),
            "gen:er: values=twos is none of ones, uniform, integers, dyadic");
  EXPECT_EQ(refusal("gen:poisson2d,values=twos"),
            "gen:poisson2d: values=twos is none of ones, uniform, integers, "
            "dyadic, stencil");
  EXPECT_EQ(refusal("gen:er,type=i32,values=uniform"),
            "gen:er: values=uniform are fractions, which type=i32 does not "
            "hold");
  EXPECT_EQ(refusal("gen:er,seed=-1"),
            "gen:er: seed=-1 is not an integer in [0, 9223372036854775807]");
  EXPECT_EQ(refusal("gen:diagonal,n=2^30"),
            "gen:diagonal: a matrix of 1073741824 rows needs 4294967300 bytes "
            "of row positions, over the limit of 4294967296");
  EXPECT_EQ(refusal("gen:collide,cols=100,stride=10,degree=11"),
            "gen:collide: degree=11 is not an integer in [0, 10]");
  EXPECT_EQ(refusal("gen:powerlaw,skew=0.7"),
            "gen:powerlaw: skew=0.7 is none of 0, 0.5, 1, 1.5, 2, 2.5, 3");
}

TEST(Generators, ListNamesEveryKind) {
  std::string list = listGenerators();
  EXPECT_NE(list.find("gen:rmat,scale=10,nnz=8*2^scale"), std::string::npos);
  EXPECT_NE(list.find("gen:empty,"), std::string::npos);
  EXPECT_NE(list.find("values=ones|uniform|integers|dyadic"),
            std::string::npos);
}

TEST(LoadMatrix, GeneratesOrReads) {
  ReadOptions options;
  options.valueType = ValueType::I64;
  double last = 0;
  options.progress = [&](double share) { last = share; };
  Matrix matrix = take(loadMatrix("gen:poisson2d,n=3", options));
  EXPECT_EQ(matrix.valueType, ValueType::I64);
  EXPECT_EQ(last, 1);
  EXPECT_EQ(errorOf(loadMatrix("gen:diagonal,n=1,values=uniform", options))
                .substr(0, 41),
            "gen:diagonal,n=1,values=uniform: value 0.");
  TemporaryDirectory directory;
  std::string path = directory.file("a.mtx");
  ASSERT_EQ(errorOf(writeMatrixMarket(path, matrix)), "");
  EXPECT_TRUE(identical(take(loadMatrix(path)), matrix));
  EXPECT_EQ(errorOf(loadMatrix(directory.file("b"))),
            directory.file("b") + ": cannot read: no such file or directory");
}
