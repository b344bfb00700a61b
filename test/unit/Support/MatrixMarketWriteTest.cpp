//===- MatrixMarketWriteTest.cpp - files as written -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cstring>
#include <limits>
#include <random>

using namespace smash;
using namespace smash::test;

using Entries = std::vector<Entry>;

static std::string written(const Matrix &matrix) {
  TemporaryDirectory directory;
  EXPECT_EQ(errorOf(writeMatrixMarket(directory.file("c.mtx"), matrix)), "");
  EXPECT_EQ(directory.list(), std::vector<std::string>{"c.mtx"});
  return readFile(directory.file("c.mtx"));
}

TEST(Write, EachType) {
  Entries entries = {{0, 0, 1}, {0, 2, -2}, {1, 1, 0}};
  auto text = [&](ValueType type) {
    return written(fromEntries(2, 3, type, entries));
  };
  EXPECT_EQ(text(ValueType::F64),
            "%%MatrixMarket matrix coordinate real general\n"
            "2 3 3\n1 1 1\n1 3 -2\n2 2 0\n");
  EXPECT_EQ(text(ValueType::F32),
            "%%MatrixMarket matrix coordinate real general\n"
            "%%GraphBLAS type float\n"
            "2 3 3\n1 1 1\n1 3 -2\n2 2 0\n");
  EXPECT_EQ(text(ValueType::I64),
            "%%MatrixMarket matrix coordinate integer general\n"
            "2 3 3\n1 1 1\n1 3 -2\n2 2 0\n");
  EXPECT_EQ(text(ValueType::I32),
            "%%MatrixMarket matrix coordinate integer general\n"
            "%%GraphBLAS type int32_t\n"
            "2 3 3\n1 1 1\n1 3 -2\n2 2 0\n");
  EXPECT_EQ(text(ValueType::I1),
            "%%MatrixMarket matrix coordinate integer general\n"
            "%%GraphBLAS type bool\n"
            "2 3 3\n1 1 1\n1 3 1\n2 2 0\n");
  EXPECT_EQ(text(ValueType::C64),
            "%%MatrixMarket matrix coordinate complex general\n"
            "2 3 3\n1 1 1 0\n1 3 -2 0\n2 2 0 0\n");
  EXPECT_EQ(written(fromEntries(1, 2, ValueType::I1, {{0, 1, 1}})),
            "%%MatrixMarket matrix coordinate pattern general\n"
            "%%GraphBLAS type bool\n"
            "1 2 1\n1 2\n");
}

TEST(Write, EdgeShapes) {
  EXPECT_EQ(written(take(generateMatrix("gen:empty"))),
            "%%MatrixMarket matrix coordinate real general\n0 0 0\n");
  EXPECT_EQ(written(take(generateMatrix("gen:empty,rows=3,cols=2^62"))),
            "%%MatrixMarket matrix coordinate real general\n"
            "3 4611686018427387904 0\n");
}

TEST(Write, SpecialValues) {
  double inf = HUGE_VAL;
  Entries entries = {{0, 0, inf},  {0, 1, -inf},   {0, 2, NAN},
                     {0, 3, -0.0}, {0, 4, 5e-324}, {0, 5, 0.1}};
  EXPECT_EQ(written(fromEntries(1, 6, ValueType::F64, entries)),
            "%%MatrixMarket matrix coordinate real general\n1 6 6\n"
            "1 1 inf\n1 2 -inf\n1 3 nan\n1 4 -0\n1 5 5e-324\n1 6 0.1\n");
}

/// Writes `matrix` plain and compressed and expects the same bytes back.
static void expectRoundTrip(const Matrix &matrix) {
  TemporaryDirectory directory;
  for (const char *name : {"c.mtx", "c.mtx.gz"}) {
    std::string path = directory.file(name);
    ASSERT_EQ(errorOf(writeMatrixMarket(path, matrix)), "");
    EXPECT_TRUE(identical(take(readMatrixMarket(path)), matrix));
  }
  EXPECT_EQ(readFile(directory.file("c.mtx.gz")).substr(0, 2), "\x1f\x8b");
}

TEST(Write, RoundTripOfEveryKindAndType) {
  for (const char *kind :
       {"rmat,scale=6,nnz=300", "er,rows=30,cols=70,nnz=500",
        "poisson2d,n=6,m=9", "poisson3d,n=4", "stencil27,n=4",
        "banded,n=40,diagonals=5", "diagonal,n=9", "dense,rows=5,cols=7",
        "hypersparse,rows=1000,cols=2^62,nnz=20", "powerlaw,rows=50",
        "denserow,n=20", "densecol,n=20", "collide,rows=20",
        "empty,rows=3,cols=4"})
    for (const char *type : {"i1", "i32", "i64", "f32", "f64", "complex<f64>"})
      for (int seed : {1, 2}) {
        SCOPED_TRACE(std::string(kind) + " " + type);
        expectRoundTrip(
            take(generateMatrix("gen:" + std::string(kind) + ",type=" + type +
                                ",seed=" + std::to_string(seed))));
      }
}

TEST(Write, RoundTripOfAnyBits) {
  std::mt19937_64 random(5);
  constexpr int64_t n = 20000;
  Matrix wide = take(generateMatrix("gen:dense,rows=1,cols=20000"));
  for (int64_t i = 0; i < n; ++i) {
    auto value = llvm::bit_cast<double>(uint64_t(random()));
    wide.values.as<double>()[i] =
        std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  }
  expectRoundTrip(wide);
  Matrix narrow = take(generateMatrix("gen:dense,rows=1,cols=20000,type=f32"));
  for (int64_t i = 0; i < n; ++i) {
    auto value = llvm::bit_cast<float>(uint32_t(random()));
    narrow.values.as<float>()[i] = std::isnan(value) ? 0.0f : value;
  }
  expectRoundTrip(narrow);
  Matrix whole = take(generateMatrix("gen:dense,rows=1,cols=20000,type=i64"));
  for (int64_t i = 0; i < n; ++i)
    whole.values.as<int64_t>()[i] = int64_t(random() >> random() % 64);
  whole.values.as<int64_t>()[0] = INT64_MIN;
  whole.values.as<int64_t>()[1] = INT64_MAX;
  expectRoundTrip(whole);
}

TEST(Write, MoreThanOneBuffer) {
  expectRoundTrip(take(generateMatrix("gen:er,rows=20000,degree=8")));
}

TEST(Write, ReplacesAFile) {
  TemporaryDirectory directory;
  std::string path = directory.file("100%%.mtx");
  writeFile(path, "old");
  Matrix matrix = take(generateMatrix("gen:diagonal,n=1,values=ones"));
  EXPECT_EQ(errorOf(writeMatrixMarket(path, matrix)), "");
  EXPECT_EQ(readFile(path), "%%MatrixMarket matrix coordinate real general\n"
                            "1 1 1\n1 1 1\n");
  EXPECT_EQ(directory.list(), std::vector<std::string>{"100%%.mtx"});
}

TEST(Write, Failures) {
  TemporaryDirectory directory;
  Matrix matrix = take(generateMatrix("gen:er,rows=20000,degree=8"));
  EXPECT_EQ(errorOf(writeMatrixMarket(directory.path(), matrix)),
            directory.path() + ": cannot write: is a directory");
  std::string path = directory.file("none/c.mtx");
  EXPECT_EQ(errorOf(writeMatrixMarket(path, matrix)),
            path + ": cannot write: no such file or directory");
  EXPECT_EQ(errorOf(writeMatrixMarket("/dev/null", matrix)), "");
  if (llvm::sys::fs::exists("/dev/full"))
    EXPECT_EQ(errorOf(writeMatrixMarket("/dev/full", matrix)),
              "/dev/full: cannot write: no space left on device");
  EXPECT_TRUE(directory.list().empty());
}
