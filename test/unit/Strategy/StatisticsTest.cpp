//===- StatisticsTest.cpp - what is known of the operands ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Strategy/Statistics.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include "smash/Support/AllocationTesting.h"
#include "smash/Support/Generators.h"
#include "gtest/gtest.h"
#include <array>
#include <set>

using namespace smash;

static std::string errorOf(llvm::Expected<ProductStatistics> result) {
  return result ? std::string() : llvm::toString(result.takeError());
}

static Matrix generate(const std::string &text, unsigned positionBits = 32,
                       unsigned coordinateBits = 32) {
  return llvm::cantFail(convertIndices(llvm::cantFail(generateMatrix(text)),
                                       positionBits, coordinateBits));
}

/// The columns of each row, after the transpose.
static std::vector<std::set<int64_t>> columnsOf(const Matrix &matrix,
                                                bool transposed) {
  std::vector<std::set<int64_t>> rows(transposed ? matrix.cols : matrix.rows);
  for (int64_t row = 0; row != matrix.rows; ++row)
    for (int64_t e = matrix.position(row); e != matrix.position(row + 1); ++e) {
      int64_t col = matrix.coordinate(e);
      rows[transposed ? col : row].insert(transposed ? row : col);
    }
  return rows;
}

/// The statistics counted one product at a time.
static ProductStatistics countAll(const Matrix &a, const Matrix &b,
                                  bool transposeA, bool transposeB) {
  ProductStatistics s;
  auto rowsA = columnsOf(a, transposeA), rowsB = columnsOf(b, transposeB);
  s.rows = int64_t(rowsA.size());
  s.inner = int64_t(rowsB.size());
  s.cols = transposeB ? b.rows : b.cols;
  s.nnzA = a.nnz();
  s.nnzB = b.nnz();
  int64_t spans = 0, rowsWithProducts = 0;
  for (const auto &row : rowsA) {
    int64_t products = 0;
    std::set<int64_t> found;
    for (int64_t k : row)
      for (int64_t col : rowsB[k]) {
        ++products;
        found.insert(col);
      }
    s.products += products;
    s.maxRowProducts = std::max(s.maxRowProducts, products);
    s.boundC += std::min(products, s.cols);
    if (!found.empty()) {
      spans += *found.rbegin() - *found.begin() + 1;
      ++rowsWithProducts;
    }
  }
  s.meanSpan = rowsWithProducts ? spans / rowsWithProducts : s.cols;
  return s;
}

/// What is counted is the same; what is estimated has a test of its own.
static void expectSame(const ProductStatistics &x, const ProductStatistics &y) {
  EXPECT_EQ(x.rows, y.rows);
  EXPECT_EQ(x.inner, y.inner);
  EXPECT_EQ(x.cols, y.cols);
  EXPECT_EQ(x.nnzA, y.nnzA);
  EXPECT_EQ(x.nnzB, y.nnzB);
  EXPECT_EQ(x.products, y.products);
  EXPECT_EQ(x.maxRowProducts, y.maxRowProducts);
  EXPECT_EQ(x.boundC, y.boundC);
  EXPECT_EQ(x.meanSpan, y.meanSpan);
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

TEST(Statistics, OfASmallProduct) {
  // A: rows 0 and 1 full, row 2 empty. B: row 0 full, row 1 one entry.
  Matrix a = generate("gen:dense,rows=2,cols=2");
  Matrix b = generate("gen:denserow,n=4,degree=1,at=0");
  Matrix wide = generate("gen:dense,rows=2,cols=5");
  ProductStatistics s =
      llvm::cantFail(computeStatistics(a, wide, false, false));
  EXPECT_EQ(s.rows, 2);
  EXPECT_EQ(s.inner, 2);
  EXPECT_EQ(s.cols, 5);
  EXPECT_EQ(s.nnzA, 4);
  EXPECT_EQ(s.nnzB, 10);
  EXPECT_EQ(s.products, 20);
  EXPECT_EQ(s.maxRowProducts, 10);
  EXPECT_EQ(s.boundC, 10); // not 20: a row has 5 columns
  EXPECT_EQ(s.meanSpan, 5);
  expectSame(llvm::cantFail(computeStatistics(b, b, false, false)),
             countAll(b, b, false, false));
}

TEST(Statistics, AreCountedAfterTheTransposes) {
  for (auto bits : {std::make_pair(32, 32), {32, 64}, {64, 32}, {64, 64}})
    for (bool transposeA : {false, true})
      for (bool transposeB : {false, true})
        for (int seed = 1; seed != 6; ++seed) {
          auto describe = [&](int rows, int cols, int number) {
            return "gen:er,rows=" + std::to_string(rows) +
                   ",cols=" + std::to_string(cols) +
                   ",degree=" + std::to_string(seed) +
                   ",seed=" + std::to_string(number);
          };
          Matrix a = generate(
              describe(transposeA ? 30 : 20, transposeA ? 20 : 30, seed),
              bits.first, bits.second);
          Matrix b = generate(
              describe(transposeB ? 15 : 30, transposeB ? 30 : 15, seed + 50),
              bits.first, bits.second);
          SCOPED_TRACE(seed);
          auto s = computeStatistics(a, b, transposeA, transposeB);
          ASSERT_TRUE(bool(s)) << toString(s.takeError());
          expectSame(*s, countAll(a, b, transposeA, transposeB));
        }
}

TEST(Statistics, OfOperandsOfDifferentWidths) {
  Matrix a = generate("gen:powerlaw,rows=60,degree=4", 64, 32);
  Matrix b = generate("gen:rmat,scale=6", 32, 64);
  Matrix square = generate("gen:powerlaw,rows=64,degree=4", 64, 32);
  expectSame(llvm::cantFail(computeStatistics(square, b, false, false)),
             countAll(square, b, false, false));
  EXPECT_NE(errorOf(computeStatistics(a, b, false, false)), "");
}

TEST(Statistics, OfNothing) {
  for (auto [rows, inner, cols] : {std::array<int, 3>{0, 0, 0},
                                   {0, 3, 4},
                                   {3, 0, 4},
                                   {3, 4, 0},
                                   {3, 4, 5}})
    for (bool transposeA : {false, true})
      for (bool transposeB : {false, true}) {
        auto empty = [](int64_t rows, int64_t cols, bool transposed) {
          if (transposed)
            std::swap(rows, cols);
          return llvm::cantFail(
              makeMatrix(rows, cols, 0, ValueType::F64, 32, 32));
        };
        Matrix a = empty(rows, inner, transposeA);
        Matrix b = empty(inner, cols, transposeB);
        auto s = computeStatistics(a, b, transposeA, transposeB);
        ASSERT_TRUE(bool(s)) << toString(s.takeError());
        EXPECT_EQ(s->rows, rows);
        EXPECT_EQ(s->inner, inner);
        EXPECT_EQ(s->cols, cols);
        EXPECT_EQ(
            s->products + s->maxRowProducts + s->boundC + s->nnzA + s->nnzB, 0);
        EXPECT_EQ(s->meanSpan, cols);
      }
}

TEST(Statistics, SpanIsThatOfTheRows) {
  // Row i of the square of a tridiagonal matrix spans 5 columns, less at the
  // ends: 3, 4, 5 x 96, 4, 3.
  Matrix band = generate("gen:banded,n=100,diagonals=3");
  EXPECT_EQ(
      llvm::cantFail(computeStatistics(band, band, false, false)).meanSpan, 4);
  // The mean over a sample is that of all where all are alike.
  Matrix diagonal = generate("gen:diagonal,n=5000");
  EXPECT_EQ(llvm::cantFail(computeStatistics(diagonal, diagonal, false, false))
                .meanSpan,
            1);
  // Whatever is transposed: a band is its own transpose.
  EXPECT_EQ(llvm::cantFail(computeStatistics(band, band, true, false)).meanSpan,
            4);
  EXPECT_EQ(llvm::cantFail(computeStatistics(band, band, false, true)).meanSpan,
            4);
  Matrix unsorted = generate("gen:banded,n=100,diagonals=3");
  unsorted.sorted = false;
  EXPECT_EQ(
      llvm::cantFail(computeStatistics(band, unsorted, false, false)).meanSpan,
      100);
}

TEST(Statistics, OfVeryManyColumns) {
  Matrix a = generate("gen:diagonal,n=50");
  Matrix b = generate("gen:hypersparse,rows=50,cols=4611686018427387904,nnz=90",
                      32, 64);
  ProductStatistics s = llvm::cantFail(computeStatistics(a, b, false, false));
  EXPECT_EQ(s.cols, int64_t(1) << 62);
  EXPECT_EQ(s.products, 90);
  EXPECT_EQ(s.boundC, 90);
  EXPECT_GT(s.meanSpan, 0);
  EXPECT_LE(s.meanSpan, s.cols);
}

//===----------------------------------------------------------------------===//
// The histogram and the estimate of C
//===----------------------------------------------------------------------===//

TEST(RowHistogram, BucketsEndAtPowersOfTwo) {
  EXPECT_EQ(RowHistogram::bucketOf(0), 0u);
  EXPECT_EQ(RowHistogram::largestBound(0), 0);
  for (unsigned k = 1; k + 1 < RowHistogram::kBuckets; ++k) {
    int64_t highest = RowHistogram::largestBound(k);
    EXPECT_EQ(RowHistogram::bucketOf(highest), k);
    EXPECT_EQ(RowHistogram::bucketOf(highest + 1), k + 1);
  }
  EXPECT_EQ(RowHistogram::bucketOf(INT64_MAX), RowHistogram::kBuckets - 1);
  EXPECT_EQ(RowHistogram::largestBound(RowHistogram::kBuckets - 1), INT64_MAX);
}

/// The exact entries of C.
static int64_t countEntriesOfC(const Matrix &a, const Matrix &b,
                               const Matrix *mask = nullptr,
                               bool complement = false) {
  auto rowsA = columnsOf(a, false), rowsB = columnsOf(b, false);
  auto rowsM = mask ? columnsOf(*mask, false)
                    : std::vector<std::set<int64_t>>(rowsA.size());
  int64_t entries = 0;
  for (size_t i = 0; i < rowsA.size(); ++i) {
    std::set<int64_t> found;
    for (int64_t k : rowsA[i])
      found.insert(rowsB[k].begin(), rowsB[k].end());
    for (int64_t col : found)
      entries += !mask || (rowsM[i].count(col) != 0) != complement;
  }
  return entries;
}

TEST(Estimate, IsExactWhereAllRowsAreCounted) {
  // Buckets of up to 16 rows are counted as a whole.
  for (const char *text : {"gen:er,rows=15,degree=3", "gen:dense,rows=9,cols=9",
                           "gen:diagonal,n=16"}) {
    Matrix a = generate(text);
    ProductStatistics s = llvm::cantFail(computeStatistics(a, a, false, false));
    EXPECT_EQ(s.entriesC, countEntriesOfC(a, a)) << text;
    EXPECT_EQ(s.errorC, 0) << text;
    int64_t rows = 0, products = 0;
    for (const RowHistogram::Bucket &bucket : s.histogram.buckets) {
      rows += bucket.rows;
      products += bucket.products;
    }
    EXPECT_EQ(rows, s.rows);
    EXPECT_EQ(products, s.products);
  }
}

TEST(Estimate, IsWithinItsError) {
  // Seeded, so that it holds on every run; half of the products of an R-MAT
  // matrix are in a few rows.
  for (const char *text :
       {"gen:er,rows=3000,degree=8", "gen:rmat,scale=10,nnz=8000",
        "gen:banded,n=3000,diagonals=9", "gen:powerlaw,rows=2000,degree=4",
        "gen:poisson2d,n=50"}) {
    Matrix a = generate(text);
    ProductStatistics s = llvm::cantFail(computeStatistics(a, a, false, false));
    double exact = double(countEntriesOfC(a, a));
    double error = std::abs(double(s.entriesC) / exact - 1);
    EXPECT_LE(error, std::max(3e-3 * double(s.errorC), 0.02)) << text;
    EXPECT_LE(s.errorC, 200) << text;
  }
}

TEST(Estimate, OfTransposedOperands) {
  // Those of A * A' are what A and its transpose have, to the entry: rows of
  // what is transposed are counted, not guessed at.
  for (const char *text :
       {"gen:er,rows=15,degree=3,cols=40", "gen:rmat,scale=10,nnz=8000",
        "gen:powerlaw,rows=2000,degree=4", "gen:denserow,n=300,degree=3"}) {
    Matrix a = generate(text);
    Matrix t = llvm::cantFail(transpose(a));
    ProductStatistics s = llvm::cantFail(computeStatistics(a, a, false, true));
    ProductStatistics stored =
        llvm::cantFail(computeStatistics(a, t, false, false));
    expectSame(s, stored);
    EXPECT_EQ(s.entriesC, stored.entriesC) << text;
    EXPECT_EQ(s.errorC, stored.errorC) << text;
    double exact = double(countEntriesOfC(a, t));
    double error = std::abs(double(s.entriesC) / exact - 1);
    EXPECT_LE(error, std::max(3e-3 * double(s.errorC), 0.02)) << text;
    EXPECT_LE(s.errorC, 200) << text;
    ProductStatistics first =
        llvm::cantFail(computeStatistics(a, a, true, false));
    ProductStatistics storedFirst =
        llvm::cantFail(computeStatistics(t, a, false, false));
    expectSame(first, storedFirst);
    EXPECT_EQ(first.entriesC, storedFirst.entriesC) << text;
  }
}

TEST(Estimate, OfMaskedProducts) {
  Matrix a = generate("gen:er,rows=14,degree=4");
  Matrix mask = generate("gen:er,rows=14,degree=5,seed=9");
  for (bool complement : {false, true}) {
    ProductStatistics s = llvm::cantFail(
        computeStatistics(a, a, false, false, {&mask, complement}));
    EXPECT_EQ(s.nnzMask, mask.nnz());
    EXPECT_EQ(s.entriesC, countEntriesOfC(a, a, &mask, complement));
    // A row has no more entries than a plain mask's.
    int64_t bound = 0;
    for (int64_t row = 0; row < a.rows; ++row) {
      int64_t products = 0;
      for (int64_t p = a.position(row); p < a.position(row + 1); ++p)
        products +=
            a.position(a.coordinate(p) + 1) - a.position(a.coordinate(p));
      int64_t most =
          complement ? a.cols : mask.position(row + 1) - mask.position(row);
      bound += std::min({products, a.cols, most});
    }
    EXPECT_EQ(s.boundC, bound);
  }
}

TEST(Estimate, OfVeryWideRows) {
  // Too wide for a bit each: columns are hashed.
  Matrix a = generate("gen:dense,rows=3,cols=40");
  Matrix b = generate(
      "gen:hypersparse,rows=40,cols=4611686018427387904,nnz=300", 32, 64);
  ProductStatistics s = llvm::cantFail(computeStatistics(a, b, false, false));
  EXPECT_EQ(s.entriesC, countEntriesOfC(a, b));
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(Statistics, RefuseShapesThatDoNotMatch) {
  Matrix a = generate("gen:er,rows=3,cols=4,degree=2");
  Matrix b = generate("gen:er,rows=5,cols=6,degree=2");
  EXPECT_EQ(errorOf(computeStatistics(a, b, false, false)),
            "shapes do not match: A is 3 x 4, B is 5 x 6");
  EXPECT_EQ(errorOf(computeStatistics(a, b, true, false)),
            "shapes do not match: A is 4 x 3 (transposed), B is 5 x 6");
  EXPECT_EQ(errorOf(computeStatistics(a, b, false, true)),
            "shapes do not match: A is 3 x 4, B is 6 x 5 (transposed)");
  // The sizes that match as they are do not when transposed.
  EXPECT_EQ(errorOf(computeStatistics(a, a, true, false)), "");
  EXPECT_NE(errorOf(computeStatistics(a, a, true, true)), "");
}

/// A matrix that says that its rows have `length` entries each, and has none.
static Matrix makeLengths(int64_t rows, int64_t length) {
  Matrix matrix = llvm::cantFail(makeMatrix(rows, 8, 0, ValueType::I1, 64, 64));
  for (int64_t row = 0; row <= rows; ++row)
    matrix.positions.as<uint64_t>()[row] = uint64_t(row * length);
  return matrix;
}

TEST(Statistics, RefuseCountsThatOverflow) {
  const std::string message =
      "the number of products overflows 64 bits: over 9223372036854775807";
  Matrix b = makeLengths(1, int64_t(1) << 62);
  // Over all rows: 3 x 2^62, and 2 x 2^62 = 2^63, one too many.
  for (int rows : {3, 2}) {
    Matrix column = generate("gen:dense,cols=1,rows=" + std::to_string(rows));
    EXPECT_EQ(errorOf(computeStatistics(column, b, false, false)), message);
    Matrix row = generate("gen:dense,rows=1,cols=" + std::to_string(rows));
    EXPECT_EQ(errorOf(computeStatistics(row, b, true, false)), message);
  }
  // One row alone cannot: its products are at most the entries of B.
}

TEST(Statistics, RefuseTransposesThatAreTooWide) {
  Matrix wide =
      generate("gen:hypersparse,rows=4,cols=1099511627776,nnz=3", 32, 64);
  Matrix square = generate("gen:diagonal,n=4");
  const std::string message = "a transposed operand of 1099511627776 columns "
                              "is too wide: its rows would number over "
                              "536870912";
  EXPECT_EQ(errorOf(computeStatistics(wide, square, true, false)), message);
  EXPECT_EQ(errorOf(computeStatistics(wide, wide, false, true)), message);
  EXPECT_EQ(errorOf(computeStatistics(square, wide, false, false)), "");
}

TEST(Statistics, RefuseWhenMemoryRunsOut) {
  Matrix a = generate("gen:er,rows=20");
  int64_t before = smash::testing::liveBuffers();
  struct {
    bool a, b;
    int allocations;
  } cases[] = {
      {false, false, 0}, {true, false, 3}, {false, true, 3}, {true, true, 6}};
  for (auto transpose : cases)
    for (int k = 1; k <= transpose.allocations + 1; ++k) {
      smash::testing::failAllocation(k);
      std::string error =
          errorOf(computeStatistics(a, a, transpose.a, transpose.b));
      smash::testing::failAllocation(0);
      EXPECT_EQ(error.find("cannot allocate") != std::string::npos,
                k <= transpose.allocations)
          << k << ": " << error;
      EXPECT_EQ(smash::testing::liveBuffers(), before);
    }
}

//===----------------------------------------------------------------------===//
// As an attribute
//===----------------------------------------------------------------------===//

namespace {
class StatisticsAttribute : public ::testing::Test {
protected:
  StatisticsAttribute() {
    int64_t number = 11;
    for (int64_t *member :
         {&statistics.rows, &statistics.inner, &statistics.cols,
          &statistics.nnzA, &statistics.nnzB, &statistics.products,
          &statistics.maxRowProducts, &statistics.boundC, &statistics.meanSpan,
          &statistics.maxRowA, &statistics.maxRowB, &statistics.nnzMask,
          &statistics.entriesC, &statistics.errorC})
      *member = number++;
    statistics.histogram.buckets[0] = {1, 0, 0};
    statistics.histogram.buckets[3] = {2, 7, 6};
  }

  /// The entries that every attribute has.
  static bool isNeeded(llvm::StringRef name) {
    return llvm::is_contained<llvm::StringRef>(
        {"rows", "inner", "cols", "nnz_a", "nnz_b", "products",
         "max_row_products", "bound_c", "mean_span"},
        name);
  }

  std::string parse(const std::string &text) {
    auto attribute = llvm::dyn_cast_or_null<mlir::DictionaryAttr>(
        mlir::parseAttribute(text, &context));
    if (!attribute)
      return "no dictionary";
    return errorOf(parseStatistics(attribute));
  }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  ProductStatistics statistics;
};
} // namespace

TEST_F(StatisticsAttribute, Prints) {
  std::string text;
  llvm::raw_string_ostream(text) << toAttribute(&context, statistics);
  EXPECT_EQ(text,
            "{bound_c = 18 : i64, cols = 13 : i64, "
            "histogram = array<i64: 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 7, 6>, "
            "inner = 12 : i64, max_row_a = 20 : i64, max_row_b = 21 : i64, "
            "max_row_products = 17 : i64, mean_span = 19 : i64, "
            "nnz_a = 14 : i64, nnz_b = 15 : i64, nnz_c = 23 : i64, "
            "nnz_c_error = 24 : i64, nnz_mask = 22 : i64, "
            "products = 16 : i64, rows = 11 : i64}");
}

TEST_F(StatisticsAttribute, ParsesWhatItPrints) {
  for (int64_t products : {int64_t(0), INT64_MAX}) {
    statistics.products = products;
    std::string text;
    llvm::raw_string_ostream(text) << toAttribute(&context, statistics);
    auto attribute = llvm::dyn_cast_or_null<mlir::DictionaryAttr>(
        mlir::parseAttribute(text, &context));
    ASSERT_TRUE(attribute);
    expectSame(llvm::cantFail(parseStatistics(attribute)), statistics);
  }
}

TEST_F(StatisticsAttribute, NamesWhatIsMissing) {
  mlir::DictionaryAttr whole = toAttribute(&context, statistics);
  for (mlir::NamedAttribute left : whole) {
    mlir::NamedAttrList entries(whole);
    entries.erase(left.getName());
    EXPECT_EQ(errorOf(parseStatistics(entries.getDictionary(&context))),
              isNeeded(left.getName())
                  ? "entry '" + left.getName().str() + "' is missing"
                  : "");
  }
  EXPECT_EQ(parse("{}"), "entry 'rows' is missing");
}

TEST_F(StatisticsAttribute, NamesWhatIsNoCount) {
  mlir::DictionaryAttr whole = toAttribute(&context, statistics);
  mlir::Builder builder(&context);
  for (mlir::NamedAttribute wrong : whole)
    for (mlir::Attribute value :
         {mlir::Attribute(builder.getI64IntegerAttr(-1)),
          mlir::Attribute(builder.getI64IntegerAttr(INT64_MIN)),
          mlir::Attribute(builder.getI32IntegerAttr(5)),
          mlir::Attribute(builder.getIndexAttr(5)),
          mlir::Attribute(builder.getF64FloatAttr(5)),
          mlir::Attribute(builder.getStringAttr("5")),
          mlir::Attribute(builder.getUnitAttr())}) {
      if (wrong.getName() == "histogram")
        continue;
      mlir::NamedAttrList entries(whole);
      entries.set(wrong.getName(), value);
      EXPECT_EQ(errorOf(parseStatistics(entries.getDictionary(&context))),
                "entry '" + wrong.getName().str() +
                    "' must be an i64 that is not negative");
    }
}

TEST_F(StatisticsAttribute, NamesAHistogramThatIsNone) {
  mlir::DictionaryAttr whole = toAttribute(&context, statistics);
  mlir::Builder builder(&context);
  llvm::SmallVector<int64_t> tooLong(3 * 66, 1);
  for (mlir::Attribute value :
       {mlir::Attribute(builder.getI64IntegerAttr(1)),
        mlir::Attribute(builder.getDenseI64ArrayAttr({1, 2})),
        mlir::Attribute(builder.getDenseI64ArrayAttr({1, 2, -3})),
        mlir::Attribute(builder.getDenseI64ArrayAttr(tooLong)),
        mlir::Attribute(builder.getDenseI32ArrayAttr({1, 2, 3}))}) {
    mlir::NamedAttrList entries(whole);
    entries.set("histogram", value);
    EXPECT_EQ(errorOf(parseStatistics(entries.getDictionary(&context))),
              "entry 'histogram' must be an array of i64 that are not "
              "negative: rows, products and entries of up to 65 buckets");
  }
}

// Ten rows of four products each in a width of 100: what is left out is filled
// in as if all rows were alike.
TEST_F(StatisticsAttribute, FillsInWhatIsLeftOut) {
  auto attribute = llvm::cast<mlir::DictionaryAttr>(mlir::parseAttribute(
      "{rows = 10 : i64, inner = 20 : i64, cols = 100 : i64, nnz_a = 20 : i64,"
      " nnz_b = 40 : i64, products = 40 : i64, max_row_products = 6 : i64,"
      " bound_c = 40 : i64, mean_span = 100 : i64}",
      &context));
  ProductStatistics s = llvm::cantFail(parseStatistics(attribute));
  const RowHistogram::Bucket &bucket = s.histogram.buckets[3];
  EXPECT_EQ(bucket.rows, 10);
  EXPECT_EQ(bucket.products, 40);
  EXPECT_EQ(s.histogram.size(), 4u);
  EXPECT_EQ(s.entriesC, bucket.entries);
  // 100 * (1 - exp(-0.04)) = 3.92 a row.
  EXPECT_EQ(s.entriesC, 39);
}

TEST_F(StatisticsAttribute, NamesWhatIsUnknown) {
  mlir::NamedAttrList entries(toAttribute(&context, statistics));
  entries.set("colour", mlir::Builder(&context).getI64IntegerAttr(3));
  EXPECT_EQ(errorOf(parseStatistics(entries.getDictionary(&context))),
            "unknown entry 'colour'");
}
