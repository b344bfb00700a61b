//===- WorkTest.cpp - what products execute, counted ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products that upstream's sparse compiler cannot compile, or does in quadratic
// time: here work is proportional to products and entries. Not a time is
// compared, but the instructions that a kernel executes and the bytes that it
// asks for.
//
//===----------------------------------------------------------------------===//

#include "TestOperands.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "smash/Execution/HostEngine.h"
#include "smash/Runtime/Runtime.h"
#include "smash/Support/StoredMatrix.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <map>

using namespace smash;
using namespace smash::test;

//===----------------------------------------------------------------------===//
// Kernels that count
//===----------------------------------------------------------------------===//

static int64_t allocatedBytes = 0;

static void *countingAlloc(int64_t count, int64_t size, int32_t zeroed) {
  allocatedBytes += count * size;
  return smash_rt_alloc(count, size, zeroed);
}

namespace {
using Element = std::pair<int64_t, int64_t>;
using Elements = std::map<Element, int64_t>;

struct Work {
  int64_t instructions = 0, bytes = 0;
  int64_t products = 0; ///< multiplications of values
};

/// A memref<?xT> of the C interface.
struct Part {
  void *allocated = nullptr, *aligned = nullptr;
  int64_t offset = 0, size = 0, stride = 1;
};

struct Parts {
  int64_t rows = 0, cols = 0;
  Part parts[5];
};

/// A product of f64, with 64-bit indices, whose machine code tells how many
/// instructions it has executed.
class CountingKernel {
public:
  explicit CountingKernel(ProductOptions options);
  /// C as its elements; and `work`, what that took.
  Elements run(llvm::ArrayRef<const Elements *> operands, int64_t rows,
               int64_t inner, int64_t cols, Work &work);

private:
  StorageFormat wide(StorageFormat format) const {
    format.positionBits = format.coordinateBits = 64;
    return format;
  }
  ProductOptions options;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  std::unique_ptr<HostEngine> engine;
};
} // namespace

static constexpr const char *kCounter = "smash_test_work";

CountingKernel::CountingKernel(ProductOptions asked)
    : options(std::move(asked)) {
  options.valueType = ValueType::F64;
  options.positionBits = options.coordinateBits = 64;
  options.resultPositionBits = 64;
  std::string text =
      llvm::cantFail(Compiler().emit(options, Stage::LLVMDialect));
  context.loadDialect<mlir::LLVM::LLVMDialect>();
  context.allowUnregisteredDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EngineOptions engineOptions;
  engineOptions.optLevel = 1;
  engineOptions.costs.emplace();
  engineOptions.costs->cycles.fill(1);
  engineOptions.costs->variable = kCounter;
  engineOptions.costs->eventPrefix = "smash_test_event";
  auto address = [](auto *function) {
    return reinterpret_cast<void *>(function);
  };
  engineOptions.symbols = {{"smash_rt_alloc", address(countingAlloc)},
                           {"smash_rt_resize", address(smash_rt_resize)},
                           {"smash_rt_forget", address(smash_rt_forget)},
                           {"smash_rt_free", address(smash_rt_free)},
                           {"smash_rt_parallel", address(smash_rt_parallel)},
                           {"smash_rt_fail", address(smash_rt_fail)}};
  engine = llvm::cantFail(HostEngine::create(*module, engineOptions));
}

static StoredMatrix storeElements(const Elements &elements, int64_t rows,
                                  int64_t cols, const StorageFormat &format) {
  EntryList list;
  list.rows = rows;
  list.cols = cols;
  list.valueType = ValueType::F64;
  list.values = llvm::cantFail(Buffer::allocate(elements.size() * 8));
  for (auto [i, element] : llvm::enumerate(elements)) {
    list.row.push_back(element.first.first);
    list.col.push_back(element.first.second);
    list.values.as<double>()[i] = double(element.second);
  }
  return llvm::cantFail(store(list, format));
}

/// A call with as many words as there are indices.
template <size_t... I>
static void callWith(void *entry, const uintptr_t *words,
                     std::index_sequence<I...>) {
  using Entry = void (*)(decltype(uintptr_t(I))...);
  reinterpret_cast<Entry>(entry)(words[I]...);
}

template <size_t count = 1>
static void callWords(void *entry, llvm::ArrayRef<uintptr_t> words) {
  if (words.size() == count)
    return callWith(entry, words.data(), std::make_index_sequence<count>());
  if constexpr (count < 1 + 4 * 7)
    callWords<count + 1>(entry, words);
}

Elements CountingKernel::run(llvm::ArrayRef<const Elements *> operands,
                             int64_t rows, int64_t inner, int64_t cols,
                             Work &work) {
  std::vector<StoredMatrix> stored;
  std::vector<std::vector<Part>> parts;
  auto add = [&](int64_t rows, int64_t cols, bool transposed,
                 const StorageFormat &format) {
    if (transposed)
      std::swap(rows, cols);
    stored.push_back(
        storeElements(*operands[stored.size()], rows, cols, wide(format)));
  };
  add(rows, inner, options.transposeA, options.formatA);
  add(inner, cols, options.transposeB, options.formatB);
  if (options.masked)
    add(rows, cols, false, options.formatMask);
  if (options.accumulates)
    add(rows, cols, false, options.formatC);
  Parts c;
  std::vector<uintptr_t> words = {reinterpret_cast<uintptr_t>(&c)};
  for (StoredMatrix &matrix : stored) {
    parts.emplace_back();
    for (Buffer &buffer : matrix.buffers)
      parts.back().push_back(
          {buffer.data(), buffer.data(), 0, int64_t(buffer.size() / 8), 1});
    words.push_back(uintptr_t(matrix.rows));
    words.push_back(uintptr_t(matrix.cols));
    for (Part &part : parts.back())
      words.push_back(reinterpret_cast<uintptr_t>(&part));
  }
  auto *counter =
      static_cast<int64_t *>(llvm::cantFail(engine->lookup(kCounter)));
  void *entry = llvm::cantFail(engine->lookup("_mlir_ciface_product"));
  std::fill_n(counter, 2 + InstructionCosts::kClasses, 0);
  allocatedBytes = 0;
  callWords(entry, words);
  work = {counter[0], allocatedBytes,
          counter[2 + InstructionCosts::FloatMultiply]};
  int64_t got = 0, limit = 0;
  EXPECT_EQ(smash_rt_take_error(&got, &limit), 0) << got << " " << limit;

  StoredMatrix result;
  result.format = wide(options.formatC);
  result.rows = c.rows;
  result.cols = c.cols;
  result.valueType = ValueType::F64;
  size_t count = listElementBytes(result.format, result.valueType).size();
  for (size_t i = 0; i != count; ++i)
    result.buffers.push_back(
        Buffer::adopt(c.parts[i].allocated, size_t(c.parts[i].size) * 8));
  EntryList list = llvm::cantFail(listEntries(result));
  Elements elements;
  for (size_t i = 0; i != list.row.size(); ++i)
    // Blocks and dense matrices store more than the product has.
    if (auto value = int64_t(list.values.as<double>()[i]))
      elements[{list.row[i], list.col[i]}] = value;
  return elements;
}

//===----------------------------------------------------------------------===//
// Operands, and what their product is
//===----------------------------------------------------------------------===//

static Elements transposed(const Elements &elements) {
  Elements result;
  for (auto [at, value] : elements)
    result[{at.second, at.first}] = value;
  return result;
}

/// Positive values, so that no sum is zero. Counts the products that the mask
/// allows.
static Elements multiply(const Elements &a, const Elements &b,
                         const Elements *mask, bool complement,
                         const Elements *before, int64_t &products) {
  std::map<int64_t, std::vector<std::pair<int64_t, int64_t>>> rowsOfB;
  for (auto [at, value] : b)
    rowsOfB[at.first].push_back({at.second, value});
  Elements c;
  products = 0;
  for (auto [at, value] : a)
    for (auto [column, factor] : rowsOfB[at.second])
      if (!mask || bool(mask->count({at.first, column})) != complement) {
        c[{at.first, column}] += value * factor;
        ++products;
      }
  if (before)
    for (auto [at, value] : *before)
      c[at] += value;
  return c;
}

/// Four entries or so for each of `n` rows of the side `1 << bits`.
static Elements makeElements(uint64_t seed, int64_t n, unsigned bits) {
  TestRandom random(seed);
  // Rows and columns that operands share.
  auto label = [&](int64_t i) {
    return bits ? int64_t((uint64_t(i) * 0x9E3779B97F4A7C15u) >> (64 - bits))
                : i;
  };
  Elements elements;
  for (int64_t i = 0; i != n; ++i)
    for (int entry = 0; entry != 4; ++entry)
      elements[{label(i), label(random.below(n))}] = random.between(1, 9);
  return elements;
}

/// The work of the product of `n` rows on sides of `side`; 0 where it is wrong.
static Work workOf(CountingKernel &kernel, const ProductOptions &options,
                   int64_t n, unsigned bits) {
  int64_t side = bits ? int64_t(1) << bits : n;
  Elements a = makeElements(1, n, bits), b = makeElements(2, n, bits);
  Elements mask = makeElements(3, n, bits), before = makeElements(4, n, bits);
  std::vector<const Elements *> operands = {&a, &b};
  if (options.masked)
    operands.push_back(&mask);
  if (options.accumulates)
    operands.push_back(&before);
  Work work;
  Elements c = kernel.run(operands, side, side, side, work);
  int64_t products = 0;
  Elements expected =
      multiply(options.transposeA ? transposed(a) : a,
               options.transposeB ? transposed(b) : b,
               options.masked ? &mask : nullptr, options.maskComplement,
               options.accumulates ? &before : nullptr, products);
  EXPECT_EQ(c.size(), expected.size());
  EXPECT_TRUE(c == expected);
  // Of blocks, all elements are factors.
  if (options.formatA.kind != StorageFormat::Blocked) {
    EXPECT_EQ(work.products, products);
  }
  return work;
}

static StorageFormat formatOf(llvm::StringRef text) {
  return llvm::cantFail(parseStorageFormat(text));
}

namespace {
struct Row {
  const char *a, *b, *c;
  bool transposeA = false, transposeB = false;
  const char *mask = nullptr;
  bool complement = false, accumulates = false;
  const char *strategy = "auto";
};
} // namespace

static ProductOptions optionsOf(const Row &row) {
  ProductOptions options;
  options.formatA = formatOf(row.a);
  options.formatB = formatOf(row.b);
  options.formatC = formatOf(row.c);
  options.transposeA = row.transposeA;
  options.transposeB = row.transposeB;
  options.masked = row.mask;
  if (row.mask)
    options.formatMask = formatOf(row.mask);
  options.maskComplement = row.complement;
  options.accumulates = row.accumulates;
  options.strategy = row.strategy;
  return options;
}

static std::string spell(const Row &row) {
  return std::string(row.strategy) + ": " + row.a +
         (row.transposeA ? "' " : " ") + row.b + (row.transposeB ? "' " : " ") +
         row.c + (row.mask ? std::string(" mask ") + row.mask : "") +
         (row.complement ? " complement" : "") +
         (row.accumulates ? " accumulates" : "");
}

//===----------------------------------------------------------------------===//
// Tests
//===----------------------------------------------------------------------===//

/// n rows are as much work as n rows, and a little for what must be sorted.
static constexpr double kLinear = 2.3;

static double growth(int64_t from, int64_t to) {
  return double(to) / double(from);
}

TEST(Work, GrowsWithTheProducts) {
  const Row rows[] = {
      // An inner product over all pairs, upstream.
      {"csr", "csc", "csr"},
      {"csr", "csr", "csr", false, true},
      {"csr", "csr", "csr", false, true, nullptr, false, false, "inner"},
      // Each row merged with all rows.
      {"dcsr", "dcsr", "dcsr"},
      {"dcsc", "dcsc", "dcsc"},
      {"dcsr", "dcsc", "dcsr"},
      // Merged, and wrong.
      {"coo", "coo", "coo"},
      {"coo,soa", "coo,soa", "coo,soa"},
      // Not compiled.
      {"csc", "csr", "csr"},
      {"csr", "csr", "csc"},
      {"bsr:2x2", "bsr:2x2", "bsr:2x2"},
      {"csr", "csr", "csr", true},
      {"csr", "csr", "csr", false, false, nullptr, false, true},
      {"csr", "csr", "csr", false, false, "csr", true},
      // The other dataflows, driven by a mask.
      {"csr", "csr", "csr", false, false, "csr", false, false, "inner"},
      {"csr", "csr", "csr", false, false, nullptr, false, false, "outer"}};
  for (const Row &row : rows) {
    SCOPED_TRACE(spell(row));
    ProductOptions options = optionsOf(row);
    // What is chosen for a narrow C scans it, for less than this costs: its
    // growth alone would say nothing.
    bool isChosen = options.strategy == "auto";
    if (isChosen)
      options.strategy = "row_wise, accumulator = hash";
    CountingKernel kernel(options);
    Work one = workOf(kernel, options, 500, 0);
    Work two = workOf(kernel, options, 1000, 0);
    Work four = workOf(kernel, options, 2000, 0);
    EXPECT_LE(growth(one.instructions, two.instructions), kLinear);
    EXPECT_LE(growth(two.instructions, four.instructions), kLinear);
    EXPECT_LE(growth(two.bytes, four.bytes), kLinear);
    // A row has 16 products; with whole blocks 16 of 16 entries each.
    bool isBlocked = options.formatA.kind == StorageFormat::Blocked;
    EXPECT_LE(four.instructions, 2000 * 400 * (isBlocked ? 16 * 20 : 16));
    if (isChosen) {
      options.strategy = "auto";
      CountingKernel chosen(options);
      EXPECT_LE(workOf(chosen, options, 500, 0).instructions, one.instructions);
      EXPECT_LE(workOf(chosen, options, 2000, 0).instructions,
                four.instructions);
    }
  }
}

/// A mask spares the products that it does not allow, whatever computes them.
TEST(Work, OfMasksIsWhatTheyAllow) {
  for (const char *strategy :
       {"inner", "outer", "row_wise, accumulator = dense",
        "row_wise, accumulator = dense, occupancy = bitmap",
        "row_wise, accumulator = hash", "row_wise, accumulator = sort",
        "row_wise, accumulator = merge",
        "row_wise, bins = [<bound 4: sort>, <bound 12: hash>, <else: dense>]",
        "row_wise, accumulator = hash, phases = two", "smash_v1", "smash_v3",
        "smash_best", "row_wise, accumulator = dense, merge = atomic"})
    for (bool complement : {false, true})
      for (const char *c : {"csr", "dense"}) {
        Row row = {"csr", "csr",      c,     false,   false,
                   "csr", complement, false, strategy};
        SCOPED_TRACE(spell(row));
        ProductOptions options = optionsOf(row);
        // So few rows that a good part of what there is falls on the mask.
        CountingKernel kernel(options);
        workOf(kernel, options, 24, 0);
      }
}

/// What is quadratic is seen to be.
TEST(Work, OfADenseResultIsQuadratic) {
  ProductOptions options = optionsOf({"csr", "csr", "dense"});
  CountingKernel kernel(options);
  Work one = workOf(kernel, options, 500, 0);
  Work two = workOf(kernel, options, 1000, 0);
  EXPECT_GE(growth(one.instructions, two.instructions), 3);
  EXPECT_GE(growth(one.bytes, two.bytes), 3.5);
}

/// Nothing depends on how many rows, columns or inner indices there are.
TEST(Work, OfHypersparseMatricesIsThatOfTheirEntries) {
  const Row rows[] = {
      {"dcsr", "dcsr", "dcsr"},
      {"dcsc", "dcsc", "dcsc"},
      {"coo", "coo", "coo"},
      {"coo,soa", "dcsc", "coo-by-columns"},
      {"dcsr", "coo", "dcsc", true, true},
      {"dcsr", "dcsr", "dcsr", false, false, "dcsr"},
      {"coo", "dcsr", "dcsr", false, false, "coo", true},
      {"dcsr", "dcsr", "dcsr", false, false, nullptr, false, true},
      {"coo", "coo", "coo", false, false, nullptr, false, true},
      {"dcsr", "dcsc", "dcsc", false, false, "coo", false, true},
      {"dcsr", "dcsr", "dcsr,nonordered", false, false, nullptr, false, true},
      {"dcsr", "dcsr", "coo", false, false, nullptr, false, true, "inner"},
      {"coo", "dcsc", "dcsr", false, false, "dcsr", true, true, "outer"},
      {"dcsr", "dcsr", "dcsr", false, false, nullptr, false, false,
       "smash_v3"}};
  for (const Row &row : rows) {
    SCOPED_TRACE(spell(row));
    ProductOptions options = optionsOf(row);
    CountingKernel kernel(options);
    Work narrow = workOf(kernel, options, 300, 24);
    Work wide = workOf(kernel, options, 300, 40);
    Work twice = workOf(kernel, options, 600, 40);
    // A window holds fewer rows where their keys need more bits.
    EXPECT_NEAR(growth(narrow.instructions, wide.instructions), 1, 0.25);
    EXPECT_NEAR(growth(narrow.bytes, wide.bytes), 1, 0.1);
    EXPECT_LE(growth(wide.instructions, twice.instructions), kLinear);
    EXPECT_LE(growth(wide.bytes, twice.bytes), kLinear);
  }
}
