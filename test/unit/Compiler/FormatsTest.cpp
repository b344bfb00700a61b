//===- FormatsTest.cpp - products of matrices in any format ---------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestKernels.h"
#include "TestOperands.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

using namespace smash;
using namespace smash::test;

static StorageFormat formatOf(llvm::StringRef text) {
  return llvm::cantFail(parseStorageFormat(text));
}

//===----------------------------------------------------------------------===//
// Generated cases
//===----------------------------------------------------------------------===//

static const char *const kFormats[] = {"csr",
                                       "csc",
                                       "dcsr",
                                       "dcsc",
                                       "coo",
                                       "coo,soa",
                                       "coo-by-columns",
                                       "coo-by-columns,soa",
                                       "csr,nonordered",
                                       "csc,nonordered",
                                       "dcsr,nonordered",
                                       "dcsc,nonordered",
                                       "coo,nonordered",
                                       "coo,soa,nonordered",
                                       "bsr:2x3",
                                       "bsc:3x2",
                                       "bsr:1x1",
                                       "csr,positions=64,coordinates=8",
                                       "dcsc,positions=16,coordinates=16",
                                       "coo,positions=16,coordinates=64",
                                       "dcsr,positions=32,coordinates=8"};

/// An accumulator of an exclusive product; `merges` where one may take rows of
/// B as runs.
static std::string drawAccumulator(TestRandom &random, bool merges) {
  static const char *const kAccumulators[] = {
      "dense", "dense, occupancy = bitmap", "hash", "sort", "merge"};
  return kAccumulators[random.below(merges ? 5 : 4)];
}

/// A strategy with knobs at random. Threads share accumulators (`merge =
/// atomic`) only where `shares`.
static std::string drawStrategy(TestRandom &random, bool merges, bool shares) {
  auto either = [&](const char *a, const char *b) {
    return random.below(2) ? a : b;
  };
  static const char *const kHashFunctions[] = {"", ", hash_function = low_bits",
                                               ", hash_function = high_bits"};
  std::string hash = kHashFunctions[random.below(3)];
  if (random.below(3) == 0)
    hash += ", fill_limit = " + std::to_string(random.between(10, 90));
  std::string schedule = either("", ", schedule = static");
  switch (random.below(shares ? 9 : 6)) {
  case 0:
    return either("auto", "inner");
  case 1:
    return "outer";
  case 2:
  case 3:
    return "row_wise, accumulator = " + drawAccumulator(random, merges) + hash +
           schedule + either("", ", phases = two");
  case 4:
  case 5: {
    std::string bins;
    int64_t bound = 0;
    for (int64_t bin = random.below(3); bin >= 0; --bin) {
      bound += random.between(1, 12);
      bins += "<bound " + std::to_string(bound) + ": " +
              drawAccumulator(random, merges) + ">, ";
    }
    return "row_wise, bins = [" + bins +
           "<else: " + drawAccumulator(random, merges) + ">]" + hash +
           schedule + either("", ", phases = two");
  }
  case 6:
    return either("smash_v1", "smash_best") + schedule;
  case 7:
    return "row_wise, accumulator = dense, merge = atomic" + schedule;
  default:
    return std::string("row_wise, accumulator = hash, merge = atomic") + hash +
           schedule + either("", ", table = fragmented") +
           either("", ", writeback = bulk") +
           (random.below(2) ? ", window = rows(" +
                                  std::to_string(random.between(1, 9)) + ")"
                            : std::string());
  }
}

static const char *const kSemirings[] = {"plus_times", "min_plus", "max_plus",
                                         "max_times",  "or_and",   "plus_pair",
                                         "any_pair"};

static const ValueType kTypes[] = {ValueType::F64, ValueType::F32,
                                   ValueType::I64, ValueType::I32,
                                   ValueType::I1,  ValueType::C64};

namespace {
/// A product, and what is stored how.
struct FormatCase {
  ProductOptions options;
  std::string spell() const {
    return describe(options) + ", A " + spellStorageFormat(options.formatA) +
           ", B " + spellStorageFormat(options.formatB) + ", C " +
           spellStorageFormat(options.formatC) +
           (options.masked ? (options.maskComplement ? ", complement of mask "
                                                     : ", mask ") +
                                 spellStorageFormat(options.formatMask)
                           : std::string());
  }
};
} // namespace

static FormatCase drawCase(uint64_t seed) {
  TestRandom random(seed * 7919 + 17);
  auto draw = [&](const auto &list) {
    return list[size_t(random.below(int64_t(std::size(list))))];
  };
  FormatCase result;
  ProductOptions &options = result.options;
  options.semiring = draw(kSemirings);
  options.valueType = draw(kTypes);
  llvm::StringRef semiring = options.semiring;
  bool ordered = semiring.starts_with("min") || semiring.starts_with("max");
  if (options.valueType == ValueType::C64 && ordered)
    options.valueType = ValueType::F64;
  options.formatA = formatOf(draw(kFormats));
  options.formatB = formatOf(draw(kFormats));
  options.formatMask = formatOf(draw(kFormats));
  options.formatC = formatOf(random.below(8) == 0 ? "dense" : draw(kFormats));
  options.masked = random.below(3) == 0;
  options.maskComplement = options.masked && random.below(2) == 0;
  options.transposeA = random.below(3) == 0;
  options.transposeB = random.below(3) == 0;
  options.blocks = random.between(1, 3);
  options.blockThreads = random.between(1, 3);
  options.strategy =
      drawStrategy(random, options.formatA.ordered && options.formatB.ordered,
                   options.valueType != ValueType::C64);
  // Never plain: C is brought to a matrix here, not by what is tested.
  return result;
}

static StorageFormat withWidths(StorageFormat format) {
  if (!format.positionBits)
    format.positionBits = 32;
  if (!format.coordinateBits)
    format.coordinateBits = 32;
  return format;
}

/// What elements hold that stand for no entry, as bytes.
static std::vector<char> absentOf(const ProductOptions &options) {
  return visitValueType(options.valueType, [&](auto zero) {
    using T = decltype(zero);
    T value{};
    llvm::StringRef semiring = options.semiring;
    if constexpr (std::is_same_v<T, bool>) {
      value = semiring.starts_with("min");
    } else if constexpr (!std::is_same_v<T, std::complex<double>>) {
      using Limits = std::numeric_limits<T>;
      if (semiring.starts_with("min"))
        value = Limits::has_infinity ? Limits::infinity() : Limits::max();
      else if (semiring.starts_with("max"))
        value = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    }
    std::vector<char> bytes(sizeof(T));
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
  });
}

/// Drops from `c` what stands beside the product in blocks, after a look at
/// what it holds; "" or what is wrong.
static std::string dropAbsent(EntryList &c, const Matrix &pattern,
                              const ProductOptions &options) {
  std::set<std::pair<int64_t, int64_t>> places;
  for (int64_t row = 0; pattern.nnz() && row != pattern.rows; ++row)
    for (int64_t p = pattern.position(row); p != pattern.position(row + 1); ++p)
      places.insert({row, pattern.coordinate(p)});
  std::vector<char> absent = absentOf(options);
  size_t kept = 0;
  for (size_t i = 0; i != c.row.size(); ++i) {
    const char *value = c.values.as<char>() + i * absent.size();
    if (!places.count({c.row[i], c.col[i]})) {
      if (std::memcmp(value, absent.data(), absent.size()) != 0)
        return "what is absent at (" + std::to_string(c.row[i]) + ", " +
               std::to_string(c.col[i]) + ") is not the identity";
      continue;
    }
    c.row[kept] = c.row[i];
    c.col[kept] = c.col[i];
    std::memmove(c.values.as<char>() + kept * absent.size(), value,
                 absent.size());
    ++kept;
  }
  c.row.resize(kept);
  c.col.resize(kept);
  return "";
}

namespace {
/// An operand in its format, and as the oracle reads it.
struct Stored {
  StoredMatrix matrix;
  Matrix plain;
};
} // namespace

static Stored storeFor(const Matrix &matrix, const StorageFormat &format) {
  Stored result;
  result.matrix = llvm::cantFail(
      store(llvm::cantFail(listEntries(matrix)), withWidths(format)));
  // Blocks hold entries that the matrix does not have.
  result.plain = llvm::cantFail(
      makeMatrix(llvm::cantFail(listEntries(result.matrix)), 32, 32));
  return result;
}

/// What is wrong with the kernel's product of `pair`, or "". The mask is where
/// `maskSeed` says.
static std::string findFailure(const CompiledProduct &kernel,
                               const FormatCase &test, const TestPair &pair,
                               uint64_t maskSeed) {
  const ProductOptions &options = test.options;
  MatrixPair operands = typePair(pair, options);
  Stored a = storeFor(operands.a, options.formatA);
  Stored b = storeFor(operands.b, options.formatB);
  reference::Product oracle = oracleFor(options);
  std::optional<Stored> mask;
  if (options.masked) {
    TestRandom random(maskSeed);
    TestOperand operand =
        makeRandom(random, pair.a.rows, pair.b.cols, random.between(1, 60));
    mask = storeFor(typeOperand(operand, options.valueType, 32, 32),
                    options.formatMask);
    oracle.mask = &mask->plain;
    oracle.maskComplement = options.maskComplement;
  }
  auto c = kernel.runStored(a.matrix, b.matrix, mask ? &mask->matrix : nullptr);
  if (!c)
    return "run: " + toString(c.takeError());
  auto entries = listEntries(*c);
  if (!entries)
    return "C: " + toString(entries.takeError());
  if (options.formatC.kind == StorageFormat::Blocked ||
      options.formatC.kind == StorageFormat::Dense) {
    auto pattern = reference::multiply(a.plain, b.plain, oracle);
    if (!pattern)
      return "oracle: " + toString(pattern.takeError());
    std::string wrong = dropAbsent(*entries, *pattern, options);
    if (!wrong.empty())
      return wrong;
  } else if (options.formatC.ordered) {
    bool byColumns = options.formatC.byColumns;
    const auto &outer = byColumns ? entries->col : entries->row;
    const auto &inner = byColumns ? entries->row : entries->col;
    for (size_t i = 1; i < outer.size(); ++i)
      if (std::make_pair(outer[i - 1], inner[i - 1]) >=
          std::make_pair(outer[i], inner[i]))
        return "C is out of order at entry " + std::to_string(i);
  }
  auto matrix = makeMatrix(*entries, 32, 32);
  if (!matrix)
    return "C: " + toString(matrix.takeError());
  auto comparison = reference::compare(*matrix, a.plain, b.plain, oracle);
  if (!comparison)
    return "compare: " + toString(comparison.takeError());
  if (!comparison->equal)
    return comparison->message;
  // Products are added in the order of the inner index, where one is stored:
  // the oracle's operands are sorted.
  bool ascends = options.formatA.ordered && options.formatB.ordered;
  if (isExclusive(kernel.strategy()) && ascends && !comparison->bitwise)
    return "not bit for bit: " + comparison->message;
  return "";
}

/// The same case with one thing less in it.
static std::vector<FormatCase> listSimpler(const FormatCase &test) {
  std::vector<FormatCase> simpler;
  auto with = [&](auto change) {
    FormatCase one = test;
    change(one.options);
    if (one.spell() != test.spell())
      simpler.push_back(one);
  };
  const StorageFormat plain = withWidths(StorageFormat());
  with([&](ProductOptions &o) { o.formatA = plain; });
  with([&](ProductOptions &o) { o.formatB = plain; });
  with([&](ProductOptions &o) { o.formatC = plain; });
  with([&](ProductOptions &o) { o.formatMask = plain; });
  with([](ProductOptions &o) { o.masked = o.maskComplement = false; });
  with([](ProductOptions &o) { o.maskComplement = false; });
  with([](ProductOptions &o) { o.transposeA = false; });
  with([](ProductOptions &o) { o.transposeB = false; });
  with([](ProductOptions &o) { o.blocks = 1; });
  with([](ProductOptions &o) { o.blockThreads = 1; });
  with([](ProductOptions &o) {
    o.semiring = "plus_times";
    o.valueType = ValueType::I64;
  });
  const llvm::StringRef simplest = "row_wise, accumulator = dense";
  with([&](ProductOptions &o) { o.strategy = simplest.str(); });
  // A knob less, or all from one on. The simplest has none to lose: with less
  // it would be made the simplest again, without an end.
  llvm::StringRef strategy = test.options.strategy;
  if (simplest.starts_with(strategy))
    return simpler;
  for (size_t at = strategy.rfind(", "); at != llvm::StringRef::npos;
       at = strategy.substr(0, at).rfind(", "))
    with([&](ProductOptions &o) { o.strategy = strategy.substr(0, at).str(); });
  return simpler;
}

/// Where `test` fails on `pair`: the simplest case found that does, too.
static FormatCase shrinkCase(FormatCase test, const TestPair &pair,
                             uint64_t seed) {
  auto fails = [&](const FormatCase &one) {
    auto kernel = Compiler().compile(one.options);
    // What is refused is another failure.
    if (!kernel) {
      llvm::consumeError(kernel.takeError());
      return false;
    }
    return !findFailure(*kernel, one, pair, seed).empty();
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const FormatCase &one : listSimpler(test))
      if (fails(one)) {
        test = one;
        changed = true;
        break;
      }
  }
  return test;
}

static void runCase(uint64_t seed) {
  FormatCase test = drawCase(seed);
  SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test.spell());
  if (test.options.formatA.isPlain() && test.options.formatB.isPlain() &&
      test.options.formatC.isPlain())
    test.options.formatC = formatOf("dcsr");
  Compiler compiler;
  auto kernel = compiler.compile(test.options);
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError())
                            << "\nagain: SMASH_FORMAT_CASES=" << seed << ":1";
  // Coordinates of eight bits number no more than 256 rows.
  static const char *const kinds[] = {
      "0 x 0",         "no rows",    "no inner",       "no columns",
      "no entries",    "1 x 1",      "small",          "small",
      "all dense",     "banded",     "dense row",      "dense column",
      "outer product", "mixed rows", "explicit zeros", "cancellation",
      "few specials"};
  for (const TestPairKind &kind : listPairKinds()) {
    if (llvm::none_of(kinds,
                      [&](llvm::StringRef name) { return name == kind.name; }))
      continue;
    TestRandom random(seed);
    TestPair pair = kind.make(random);
    std::string failure = findFailure(*kernel, test, pair, seed);
    if (failure.empty())
      continue;
    TestPair smallest = shrink(pair, [&](const TestPair &smaller) {
      return !findFailure(*kernel, test, smaller, seed).empty();
    });
    ADD_FAILURE() << kind.name << ", compiled as " << kernel->strategy() << "\n"
                  << failure << "\nagain: SMASH_FORMAT_CASES=" << seed << ":1"
                  << "\nsimplest: " << shrinkCase(test, smallest, seed).spell()
                  << "\nshrunk: " << findFailure(*kernel, test, smallest, seed)
                  << "\nA: " << print(smallest.a)
                  << "\nB: " << print(smallest.b);
    return;
  }
}

/// Cases from SMASH_FORMAT_CASES, FIRST:COUNT; a sample where that is not set.
TEST(Formats, AgreeWithTheOracle) {
  uint64_t first = 0, count = 90;
  if (const char *text = std::getenv("SMASH_FORMAT_CASES")) {
    auto [from, many] = llvm::StringRef(text).split(':');
    ASSERT_FALSE(from.getAsInteger(10, first) || many.getAsInteger(10, count))
        << text;
  }
  for (uint64_t seed = first; seed != first + count && !HasFailure(); ++seed)
    runCase(seed);
}

//===----------------------------------------------------------------------===//
// Hypersparse
//===----------------------------------------------------------------------===//

static EntryList makeList(int64_t rows, int64_t cols,
                          llvm::ArrayRef<std::array<int64_t, 3>> entries) {
  EntryList list;
  list.rows = rows;
  list.cols = cols;
  list.valueType = ValueType::I64;
  list.values = llvm::cantFail(Buffer::allocate(entries.size() * 8));
  for (size_t i = 0; i != entries.size(); ++i) {
    list.row.push_back(entries[i][0]);
    list.col.push_back(entries[i][1]);
    list.values.as<int64_t>()[i] = entries[i][2];
  }
  return list;
}

/// 2^40 rows, columns and inner: what grows with any of them does not fit.
TEST(Hypersparse, TakesMemoryByEntries) {
  const int64_t n = int64_t(1) << 40;
  EntryList a = makeList(
      n, n,
      {{{5, n - 1, 2}}, {{n / 2, 7, 3}}, {{n / 2, n / 3, 4}}, {{n - 1, 7, 5}}});
  EntryList b = makeList(
      n, n, {{{7, n - 2, 10}}, {{7, 3, 100}}, {{n / 3, 3, 7}}, {{9, 9, 9}}});
  const std::map<std::pair<int64_t, int64_t>, int64_t> expected = {
      {{n / 2, n - 2}, 30},
      {{n / 2, 3}, 328},
      {{n - 1, n - 2}, 50},
      {{n - 1, 3}, 500}};
  for (const char *strategy : {"auto", "inner", "outer", "smash_v3"})
    for (auto [formatA, formatB, formatC] :
         {std::array{"dcsr", "dcsr", "dcsr"},
          {"dcsc", "coo", "dcsc"},
          {"coo", "dcsc", "coo,soa"},
          {"coo-by-columns", "dcsr", "dcsc"}}) {
      SCOPED_TRACE(std::string(strategy) + ": " + formatA + " " + formatB +
                   " " + formatC);
      ProductOptions options;
      options.valueType = ValueType::I64;
      options.strategy = strategy;
      options.positionBits = options.coordinateBits = 64;
      options.resultPositionBits = 64;
      options.formatA = formatOf(formatA);
      options.formatB = formatOf(formatB);
      options.formatC = formatOf(formatC);
      Compiler compiler;
      auto kernel = compiler.compile(options);
      ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
      auto wide = [](StorageFormat format) {
        format.positionBits = format.coordinateBits = 64;
        return format;
      };
      auto c =
          kernel->runStored(llvm::cantFail(store(a, wide(options.formatA))),
                            llvm::cantFail(store(b, wide(options.formatB))));
      ASSERT_TRUE(bool(c)) << toString(c.takeError());
      size_t bytes = 0;
      for (const Buffer &buffer : c->buffers)
        bytes += buffer.size();
      EXPECT_LE(bytes, 512u);
      EntryList entries = llvm::cantFail(listEntries(*c));
      std::map<std::pair<int64_t, int64_t>, int64_t> found;
      for (size_t i = 0; i != entries.row.size(); ++i)
        found[{entries.row[i], entries.col[i]}] =
            entries.values.as<int64_t>()[i];
      EXPECT_EQ(entries.row.size(), 4u);
      EXPECT_EQ(found, expected);
    }
}

//===----------------------------------------------------------------------===//
// What does not fit
//===----------------------------------------------------------------------===//

static std::string multiplyInto(const char *format, int64_t n) {
  ProductOptions options;
  options.valueType = ValueType::I64;
  options.strategy = "row_wise, accumulator = hash";
  options.formatC = formatOf(format);
  Compiler compiler;
  auto kernel = compiler.compile(options);
  if (!kernel)
    return toString(kernel.takeError());
  std::vector<std::array<int64_t, 3>> row, column;
  for (int64_t i = 0; i != n; ++i) {
    column.push_back({i, 0, 1});
    row.push_back({0, i, 1});
  }
  StorageFormat csr = withWidths(StorageFormat());
  return errorOf(
      kernel->runStored(llvm::cantFail(store(makeList(n, 1, column), csr)),
                        llvm::cantFail(store(makeList(1, n, row), csr))));
}

TEST(Widths, AreErrorsWithBothNumbers) {
  EXPECT_EQ(multiplyInto("csr,positions=8", 15), "");
  EXPECT_EQ(multiplyInto("csr,positions=8", 16),
            "C has 256 entries; its positions hold at most 255");
  EXPECT_EQ(multiplyInto("csr,positions=16,coordinates=8", 255), "");
  EXPECT_EQ(multiplyInto("dcsr,coordinates=8", 256), "");
  EXPECT_EQ(multiplyInto("coo,coordinates=8", 257),
            "a side of 257 rows or columns; coordinates of its matrix tell "
            "apart 256");
  EXPECT_EQ(multiplyInto("bsr:2x2,coordinates=8", 257), "");
}
