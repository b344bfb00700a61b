//===- GeneratorKinds.cpp - what can be generated -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GeneratorKinds.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>
#include <cmath>

using namespace smash;
using namespace smash::gen;

/// The most entries, and the largest size, that a description may ask for.
static constexpr int64_t mostEntries = int64_t(1) << 40;
static constexpr int64_t mostColumns = int64_t(1) << 62;
static constexpr int64_t mostRows = int64_t(1) << 30;

llvm::Expected<Pattern> Pattern::create(int64_t rows, int64_t cols,
                                        int64_t nnz) {
  llvm::Expected<Matrix> matrix =
      makeMatrix(rows, cols, nnz, ValueType::I1, narrowestIndexBits(nnz),
                 narrowestIndexBits(cols));
  if (!matrix)
    return matrix.takeError();
  Pattern pattern;
  pattern.matrix = std::move(*matrix);
  return std::move(pattern);
}

/// How many entries a rows x cols matrix has room for, up to `mostEntries`.
static int64_t capacity(int64_t rows, int64_t cols) {
  return static_cast<int64_t>(std::min<unsigned __int128>(
      static_cast<unsigned __int128>(rows) * cols, mostEntries));
}

namespace {
struct Entry {
  int64_t row;
  int64_t col;
};

/// Distinct positions in any order, at most as many as were reserved.
class EntrySet {
public:
  static llvm::Expected<EntrySet> create(int64_t most) {
    EntrySet set;
    uint64_t slots = 16;
    while (slots < uint64_t(most) + uint64_t(most) / 2)
      slots *= 2;
    llvm::Expected<Buffer> table = Buffer::allocate(slots * sizeof(Entry));
    if (!table)
      return table.takeError();
    set.table = std::move(*table);
    set.mask = slots - 1;
    std::fill_n(set.table.as<Entry>(), slots, Entry{-1, -1});
    return std::move(set);
  }

  /// Adds a position; false when it is there already.
  bool insert(int64_t row, int64_t col) {
    Entry *entries = table.as<Entry>();
    uint64_t slot = Random::mix(Random::mix(row) + col) & mask;
    while (entries[slot].row >= 0) {
      if (entries[slot].row == row && entries[slot].col == col)
        return false;
      slot = (slot + 1) & mask;
    }
    entries[slot] = {row, col};
    ++count;
    return true;
  }

  int64_t size() const { return count; }

  /// Adds all positions to `pattern`, which has room for them.
  void drainTo(Pattern &pattern) {
    Entry *begin = table.as<Entry>(), *end = begin + mask + 1;
    end = std::remove_if(begin, end,
                         [](const Entry &entry) { return entry.row < 0; });
    std::sort(begin, end, [](const Entry &a, const Entry &b) {
      return a.row != b.row ? a.row < b.row : a.col < b.col;
    });
    for (int64_t row = 0; row < pattern.rows(); ++row) {
      for (; begin != end && begin->row == row; ++begin)
        pattern.add(begin->col);
      pattern.endRow();
    }
  }

private:
  Buffer table;
  uint64_t mask = 0;
  int64_t count = 0;
};
} // namespace

/// Calls `insert` with `count` distinct numbers below `bound`, by Floyd's
/// method: one draw each however dense the choice. `insert` returns false for
/// a number it has seen.
template <typename Insert>
static void sample(Random &random, int64_t bound, int64_t count,
                   Insert &&insert) {
  for (int64_t last = bound - count; last < bound; ++last)
    if (!insert(int64_t(random.below(last + 1))))
      insert(last);
}

/// A pattern of the `nnz` positions that `fill` puts in a set.
template <typename Fill>
static llvm::Expected<Pattern> makeFromSet(int64_t rows, int64_t cols,
                                           int64_t nnz, Fill &&fill) {
  llvm::Expected<Pattern> pattern = Pattern::create(rows, cols, nnz);
  if (!pattern)
    return pattern.takeError();
  llvm::Expected<EntrySet> set = EntrySet::create(nnz);
  if (!set)
    return set.takeError();
  if (llvm::Error error = fill(*set))
    return std::move(error);
  set->drainTo(*pattern);
  return pattern;
}

//===----------------------------------------------------------------------===//
// Random kinds
//===----------------------------------------------------------------------===//

static llvm::Expected<Pattern> makeRmat(Options &options, Random &random) {
  int64_t scale = options.take("scale", 10, 0, 29);
  int64_t n = int64_t(1) << scale;
  int64_t most = capacity(n, n);
  int64_t nnz = options.take("nnz", std::min(8 * n, (most + 3) / 4), 0, most);
  double a = options.takeReal("a", 0.57, 0, 1);
  double b = options.takeReal("b", 0.19, 0, 1);
  double c = options.takeReal("c", 0.19, 0, 1);
  bool permute = options.take("permute", 1, 0, 1) != 0;
  const double ab = a + b, abc = ab + c;
  if (abc > 1)
    options.fail("a + b + c is over 1");
  if (llvm::Error error = options.finish())
    return std::move(error);

  // Renamed, so that the heavy rows do not all come first.
  llvm::Expected<Buffer> buffer = Buffer::allocate(n * sizeof(uint32_t));
  if (!buffer)
    return buffer.takeError();
  auto *names = buffer->as<uint32_t>();
  for (int64_t i = 0; i < n; ++i)
    names[i] = static_cast<uint32_t>(i);
  if (permute)
    for (int64_t i = n - 1; i > 0; --i)
      std::swap(names[i], names[random.below(i + 1)]);

  return makeFromSet(n, n, nnz, [&](EntrySet &set) -> llvm::Error {
    // Heavy corners fill up; past this the rest would take for ever.
    constexpr int64_t drawsPerEntry = 100, spareDraws = 10000;
    int64_t draws = drawsPerEntry * nnz + spareDraws, made = 0;
    for (; set.size() < nnz && made < draws; ++made) {
      int64_t row = 0, col = 0;
      for (int64_t level = 0; level < scale; ++level) {
        double u = random.unit();
        row = 2 * row + (u >= ab);
        col = 2 * col + ((u >= a && u < ab) || u >= abc);
      }
      set.insert(names[row], names[col]);
    }
    if (set.size() == nnz)
      return llvm::Error::success();
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        "only " + llvm::Twine(set.size()) + " of nnz=" + llvm::Twine(nnz) +
            " distinct positions after " + llvm::Twine(made) + " draws");
  });
}

static llvm::Error fillUniformly(EntrySet &set, Random &random, int64_t rows,
                                 int64_t cols, int64_t nnz) {
  if (static_cast<unsigned __int128>(rows) * cols <= INT64_MAX) {
    sample(random, rows * cols, nnz, [&](int64_t position) {
      return set.insert(position / cols, position % cols);
    });
    return llvm::Error::success();
  }
  // At most 2^40 of more than 2^63 positions: draws hardly ever coincide.
  while (set.size() < nnz) {
    int64_t row = random.below(rows);
    set.insert(row, random.below(cols));
  }
  return llvm::Error::success();
}

static llvm::Expected<Pattern> makeEr(Options &options, Random &random) {
  int64_t rows = options.take("rows", 1024, 0, mostRows);
  int64_t cols = options.take("cols", rows, 0, mostColumns);
  bool byCount = options.has("nnz");
  int64_t most = capacity(rows, cols);
  int64_t nnz = 0, degree = 0;
  if (byCount) {
    if (options.has("degree"))
      options.fail("nnz and degree exclude each other");
    nnz = options.take("nnz", std::nullopt, 0, most);
    options.take("degree", 0, 0, cols);
  } else {
    int64_t mostDegree = rows == 0 ? cols : std::min(cols, mostEntries / rows);
    degree =
        options.take("degree", std::min<int64_t>(8, mostDegree), 0, mostDegree);
    nnz = rows * degree;
    options.take("nnz", 0, 0, most);
  }
  if (llvm::Error error = options.finish())
    return std::move(error);
  return makeFromSet(rows, cols, nnz, [&](EntrySet &set) -> llvm::Error {
    if (byCount)
      return fillUniformly(set, random, rows, cols, nnz);
    for (int64_t row = 0; row < rows; ++row)
      sample(random, cols, degree,
             [&](int64_t col) { return set.insert(row, col); });
    return llvm::Error::success();
  });
}

static llvm::Expected<Pattern> makeHypersparse(Options &options,
                                               Random &random) {
  int64_t rows = options.take("rows", 1 << 20, 0, mostRows);
  int64_t cols = options.take("cols", rows, 0, mostColumns);
  int64_t most = capacity(rows, cols);
  int64_t nnz = options.take("nnz", std::min<int64_t>(1000, most), 0, most);
  if (llvm::Error error = options.finish())
    return std::move(error);
  return makeFromSet(rows, cols, nnz, [&](EntrySet &set) {
    return fillUniformly(set, random, rows, cols, nnz);
  });
}

/// rank^skew for a skew that is a multiple of 1/2: by products and a square
/// root only, which are the same on every machine, unlike std::pow.
static double powerOfRank(double rank, int64_t halves) {
  double root = std::sqrt(rank), power = 1;
  for (int64_t i = 0; i < halves; ++i)
    power *= root;
  return power;
}

static llvm::Expected<Pattern> makePowerlaw(Options &options, Random &random) {
  int64_t rows = options.take("rows", 1024, 0, mostRows);
  int64_t cols = options.take("cols", rows, 0, mostColumns);
  int64_t mostDegree = rows == 0 ? cols : std::min(cols, mostEntries / rows);
  int64_t degree =
      options.take("degree", std::min<int64_t>(8, mostDegree), 0, mostDegree);
  constexpr llvm::StringRef skews[] = {"0", "0.5", "1", "1.5", "2", "2.5", "3"};
  int64_t halves = options.takeWord("skew", "1", skews);
  if (llvm::Error error = options.finish())
    return std::move(error);

  llvm::Expected<Buffer> buffer = Buffer::allocate(rows * sizeof(int64_t));
  if (!buffer)
    return buffer.takeError();
  auto *degrees = buffer->as<int64_t>();
  double total = 0;
  for (int64_t i = 0; i < rows; ++i)
    total += 1 / powerOfRank(double(i + 1), halves);
  int64_t nnz = 0;
  for (int64_t i = 0; i < rows; ++i) {
    double share = double(rows) * double(degree) / total;
    share /= powerOfRank(double(i + 1), halves);
    degrees[i] = share >= double(cols)
                     ? cols
                     : std::min(cols, int64_t(std::floor(share + 0.5)));
    nnz += degrees[i];
  }
  for (int64_t i = rows - 1; i > 0; --i)
    std::swap(degrees[i], degrees[random.below(i + 1)]);
  return makeFromSet(rows, cols, nnz, [&](EntrySet &set) -> llvm::Error {
    for (int64_t row = 0; row < rows; ++row)
      sample(random, cols, degrees[row],
             [&](int64_t col) { return set.insert(row, col); });
    return llvm::Error::success();
  });
}

static llvm::Expected<Pattern> makeCollide(Options &options, Random &random) {
  int64_t rows = options.take("rows", 1024, 0, mostRows);
  int64_t cols = options.take("cols", 1 << 20, 1, mostColumns);
  int64_t stride =
      options.take("stride", std::min<int64_t>(4096, cols), 1, cols);
  int64_t keys = (cols - 1) / stride + 1;
  int64_t most = std::min(keys, rows == 0 ? keys : mostEntries / rows);
  int64_t degree = options.take("degree", std::min<int64_t>(8, most), 0, most);
  if (llvm::Error error = options.finish())
    return std::move(error);
  return makeFromSet(
      rows, cols, rows * degree, [&](EntrySet &set) -> llvm::Error {
        for (int64_t row = 0; row < rows; ++row)
          sample(random, keys, degree,
                 [&](int64_t key) { return set.insert(row, key * stride); });
        return llvm::Error::success();
      });
}

/// A sparse matrix with one dense row or one dense column.
static llvm::Expected<Pattern> makeDenseLine(Options &options, Random &random,
                                             bool isRow) {
  int64_t n = options.take("n", 1024, 1, mostRows);
  int64_t most = std::min(n - 1, mostEntries / n);
  int64_t degree = options.take("degree", std::min<int64_t>(4, most), 0, most);
  int64_t at = options.take("at", 0, 0, n - 1);
  if (llvm::Error error = options.finish())
    return std::move(error);
  int64_t nnz = isRow ? n + (n - 1) * degree : n + n * degree;
  return makeFromSet(n, n, nnz, [&](EntrySet &set) -> llvm::Error {
    for (int64_t row = 0; row < n; ++row) {
      if (isRow && row == at) {
        for (int64_t col = 0; col < n; ++col)
          set.insert(row, col);
      } else if (isRow) {
        sample(random, n, degree,
               [&](int64_t col) { return set.insert(row, col); });
      } else {
        set.insert(row, at);
        // Of the other columns, those behind the dense one move up by one.
        sample(random, n - 1, degree,
               [&](int64_t col) { return set.insert(row, col + (col >= at)); });
      }
    }
    return llvm::Error::success();
  });
}

static llvm::Expected<Pattern> makeDenserow(Options &options, Random &random) {
  return makeDenseLine(options, random, /*isRow=*/true);
}

static llvm::Expected<Pattern> makeDensecol(Options &options, Random &random) {
  return makeDenseLine(options, random, /*isRow=*/false);
}

//===----------------------------------------------------------------------===//
// Kinds with a fixed pattern
//===----------------------------------------------------------------------===//

static llvm::Expected<Pattern> makePoisson2d(Options &options, Random &) {
  int64_t n = options.take("n", 32, 1, mostRows);
  int64_t m = options.take("m", n, 1, mostRows);
  if (llvm::Error error = options.finish())
    return std::move(error);
  llvm::Expected<Pattern> pattern =
      Pattern::create(n * m, n * m, 5 * n * m - 2 * n - 2 * m);
  if (!pattern)
    return pattern;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < m; ++j) {
      int64_t row = i * m + j;
      if (i > 0)
        pattern->add(row - m);
      if (j > 0)
        pattern->add(row - 1);
      pattern->add(row);
      if (j + 1 < m)
        pattern->add(row + 1);
      if (i + 1 < n)
        pattern->add(row + m);
      pattern->endRow();
    }
  return pattern;
}

/// A stencil on an n x n x n grid: all 27 neighbours, or those that share a
/// face.
static llvm::Expected<Pattern> makeStencil3d(Options &options, bool faces) {
  constexpr int64_t mostSide = 1024; // its cube is past the limit on rows
  int64_t n = options.take("n", 16, 1, mostSide);
  if (llvm::Error error = options.finish())
    return std::move(error);
  int64_t rows = n * n * n, pairs = 3 * n - 2;
  llvm::Expected<Pattern> pattern = Pattern::create(
      rows, rows, faces ? 7 * rows - 6 * n * n : pairs * pairs * pairs);
  if (!pattern)
    return pattern;
  auto inside = [n](int64_t i) { return i >= 0 && i < n; };
  for (int64_t row = 0; row < rows; ++row) {
    int64_t i = row / (n * n), j = row / n % n, k = row % n;
    for (int di = -1; di <= 1; ++di)
      for (int dj = -1; dj <= 1; ++dj)
        for (int dk = -1; dk <= 1; ++dk) {
          if (faces && std::abs(di) + std::abs(dj) + std::abs(dk) > 1)
            continue;
          if (inside(i + di) && inside(j + dj) && inside(k + dk))
            pattern->add(row + (di * n + dj) * n + dk);
        }
    pattern->endRow();
  }
  return pattern;
}

static llvm::Expected<Pattern> makePoisson3d(Options &options, Random &) {
  return makeStencil3d(options, /*faces=*/true);
}

static llvm::Expected<Pattern> makeStencil27(Options &options, Random &) {
  return makeStencil3d(options, /*faces=*/false);
}

static llvm::Expected<Pattern> makeBanded(Options &options, Random &) {
  int64_t n = options.take("n", 1024, 1, mostRows);
  int64_t most = std::min(2 * n - 1, mostEntries / n);
  int64_t diagonals =
      options.take("diagonals", std::min<int64_t>(33, most), 1, most);
  if (llvm::Error error = options.finish())
    return std::move(error);
  int64_t below = diagonals / 2, above = diagonals - 1 - below;
  int64_t nnz =
      n * diagonals - below * (below + 1) / 2 - above * (above + 1) / 2;
  llvm::Expected<Pattern> pattern = Pattern::create(n, n, nnz);
  if (!pattern)
    return pattern;
  for (int64_t row = 0; row < n; ++row) {
    for (int64_t col = std::max<int64_t>(0, row - below),
                 end = std::min(n, row + above + 1);
         col < end; ++col)
      pattern->add(col);
    pattern->endRow();
  }
  return pattern;
}

static llvm::Expected<Pattern> makeDiagonal(Options &options, Random &) {
  int64_t n = options.take("n", 1024, 0, mostRows);
  if (llvm::Error error = options.finish())
    return std::move(error);
  llvm::Expected<Pattern> pattern = Pattern::create(n, n, n);
  if (!pattern)
    return pattern;
  for (int64_t row = 0; row < n; ++row) {
    pattern->add(row);
    pattern->endRow();
  }
  return pattern;
}

static llvm::Expected<Pattern> makeDense(Options &options, Random &) {
  int64_t rows = options.take("rows", 64, 0, mostRows);
  int64_t cols =
      options.take("cols", rows, 0, mostEntries / std::max<int64_t>(rows, 1));
  if (llvm::Error error = options.finish())
    return std::move(error);
  llvm::Expected<Pattern> pattern = Pattern::create(rows, cols, rows * cols);
  if (!pattern)
    return pattern;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t col = 0; col < cols; ++col)
      pattern->add(col);
    pattern->endRow();
  }
  return pattern;
}

static llvm::Expected<Pattern> makeEmpty(Options &options, Random &) {
  int64_t rows = options.take("rows", 0, 0, mostRows);
  int64_t cols = options.take("cols", rows, 0, mostColumns);
  if (llvm::Error error = options.finish())
    return std::move(error);
  return Pattern::create(rows, cols, 0);
}

llvm::ArrayRef<Kind> gen::kinds() {
  static constexpr Kind all[] = {
      {"rmat", "scale=10,nnz=8*2^scale,a=0.57,b=0.19,c=0.19,permute=1",
       "R-MAT graph of 2^scale nodes, exactly nnz distinct edges", makeRmat},
      {"er", "rows=1024,cols=ROWS,degree=8|nnz=...",
       "uniform random, degree in each row or nnz in all", makeEr},
      {"poisson2d", "n=32,m=N", "5-point stencil on n x m", makePoisson2d, 4},
      {"poisson3d", "n=16", "7-point stencil on n x n x n", makePoisson3d, 6},
      {"stencil27", "n=16", "27-point stencil on n x n x n", makeStencil27, 26},
      {"banded", "n=1024,diagonals=33", "adjacent full diagonals", makeBanded},
      {"diagonal", "n=1024", "one full diagonal", makeDiagonal},
      {"dense", "rows=64,cols=ROWS", "every position", makeDense},
      {"hypersparse", "rows=2^20,cols=ROWS,nnz=1000",
       "few entries, up to 2^62 columns", makeHypersparse},
      {"powerlaw", "rows=1024,cols=ROWS,degree=8,skew=1",
       "row lengths as 1/rank^skew, about degree in the mean", makePowerlaw},
      {"denserow", "n=1024,degree=4,at=0", "uniform random, one row full",
       makeDenserow},
      {"densecol", "n=1024,degree=4,at=0", "uniform random, one column full",
       makeDensecol},
      {"collide", "rows=1024,cols=2^20,stride=4096,degree=8",
       "columns all multiples of stride, to collide in a hash table",
       makeCollide},
      {"empty", "rows=0,cols=ROWS", "no entries", makeEmpty},
  };
  return all;
}
