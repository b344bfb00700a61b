//===- TestKernels.cpp - the kernels that are tested ---------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestKernels.h"
#include "llvm/Support/raw_ostream.h"

using namespace smash;
using namespace smash::test;

namespace {
struct Row {
  const char *strategy;
  ValueType type;
  const char *semiring;
  bool sorted;
  struct {
    unsigned position, coordinate, resultPosition;
  } bits;
  struct {
    int64_t blocks, threads;
  } machine;
  struct {
    bool a, b;
  } transpose;
};
} // namespace

/// A covering array, not the whole product: all pairs of type and semiring,
/// and most pairs of a strategy or type with anything else.
static const Row kRows[] = {
    {"row_wise, accumulator = dense",
     ValueType::F64,
     "min_plus",
     false,
     {32, 32, 64},
     {2, 2},
     {true, true}},
    {"row_wise, accumulator = dense",
     ValueType::I32,
     "any_pair",
     true,
     {32, 32, 32},
     {2, 1},
     {false, true}},
    {"row_wise, accumulator = dense, occupancy = bitmap",
     ValueType::F32,
     "plus_pair",
     false,
     {32, 32, 64},
     {2, 1},
     {true, true}},
    {"row_wise, accumulator = dense, occupancy = bitmap",
     ValueType::I64,
     "max_plus",
     false,
     {32, 32, 32},
     {2, 2},
     {false, true}},
    {"row_wise, accumulator = dense, occupancy = bitmap",
     ValueType::C64,
     "any_pair",
     true,
     {64, 64, 64},
     {1, 1},
     {true, false}},
    {"row_wise, accumulator = hash",
     ValueType::F32,
     "plus_pair",
     false,
     {32, 32, 32},
     {2, 1},
     {true, true}},
    {"row_wise, accumulator = hash",
     ValueType::I32,
     "min_plus",
     true,
     {64, 64, 64},
     {1, 2},
     {false, false}},
    {"row_wise, accumulator = hash",
     ValueType::I1,
     "or_and",
     true,
     {32, 32, 64},
     {2, 2},
     {true, false}},
    {"row_wise, bins = [<bound 8: hash>, <bound 64: dense>, <else: dense, "
     "occupancy = bitmap>]",
     ValueType::F64,
     "any_pair",
     false,
     {64, 64, 64},
     {1, 2},
     {true, true}},
    {"row_wise, bins = [<bound 8: hash>, <bound 64: dense>, <else: dense, "
     "occupancy = bitmap>]",
     ValueType::I1,
     "or_and",
     true,
     {32, 32, 32},
     {1, 1},
     {false, true}},
    {"row_wise, bins = [<bound 4: dense>, <else: hash>], fill_limit = 100",
     ValueType::I32,
     "or_and",
     true,
     {32, 32, 32},
     {2, 2},
     {true, true}},
    {"row_wise, bins = [<bound 4: dense>, <else: hash>], fill_limit = 100",
     ValueType::I1,
     "max_times",
     false,
     {32, 32, 64},
     {1, 2},
     {true, false}},
    {"row_wise, accumulator = dense, phases = two",
     ValueType::I32,
     "max_plus",
     true,
     {32, 32, 32},
     {1, 1},
     {true, false}},
    {"row_wise, accumulator = dense, phases = two",
     ValueType::C64,
     "or_and",
     false,
     {32, 32, 64},
     {2, 1},
     {false, false}},
    {"row_wise, accumulator = dense, occupancy = bitmap, phases = two",
     ValueType::F32,
     "any_pair",
     false,
     {32, 32, 32},
     {2, 2},
     {false, false}},
    {"row_wise, accumulator = dense, occupancy = bitmap, phases = two",
     ValueType::I64,
     "or_and",
     true,
     {64, 64, 64},
     {1, 2},
     {true, true}},
    {"row_wise, accumulator = hash, phases = two",
     ValueType::I64,
     "any_pair",
     false,
     {32, 32, 64},
     {2, 2},
     {false, false}},
    {"row_wise, accumulator = hash, phases = two",
     ValueType::I32,
     "or_and",
     true,
     {64, 64, 64},
     {1, 2},
     {true, false}},
    {"row_wise, bins = [<bound 30: hash>, <else: dense>], phases = two",
     ValueType::I32,
     "plus_pair",
     true,
     {32, 32, 32},
     {2, 2},
     {false, false}},
    {"row_wise, bins = [<bound 30: hash>, <else: dense>], phases = two",
     ValueType::I1,
     "max_plus",
     false,
     {64, 64, 64},
     {2, 1},
     {true, true}},
    {"row_wise, accumulator = hash, hash_function = low_bits",
     ValueType::I64,
     "plus_pair",
     true,
     {32, 32, 64},
     {2, 1},
     {true, false}},
    {"row_wise, accumulator = hash, hash_function = low_bits",
     ValueType::C64,
     "plus_times",
     false,
     {32, 32, 32},
     {1, 2},
     {false, true}},
    {"row_wise, accumulator = hash, hash_function = high_bits, schedule = "
     "static",
     ValueType::F32,
     "plus_pair",
     false,
     {32, 32, 32},
     {1, 1},
     {false, false}},
    {"row_wise, accumulator = hash, hash_function = high_bits, schedule = "
     "static",
     ValueType::C64,
     "plus_pair",
     true,
     {64, 64, 64},
     {2, 2},
     {true, true}},
    {"row_wise, accumulator = hash, fill_limit = 100",
     ValueType::F32,
     "max_times",
     false,
     {32, 32, 32},
     {1, 1},
     {true, true}},
    {"row_wise, accumulator = hash, fill_limit = 100",
     ValueType::I64,
     "max_times",
     true,
     {32, 32, 64},
     {2, 1},
     {false, true}},
    {"row_wise, accumulator = hash, fill_limit = 1",
     ValueType::F64,
     "plus_times",
     false,
     {32, 32, 64},
     {2, 1},
     {true, false}},
    {"row_wise, accumulator = hash, fill_limit = 1",
     ValueType::I1,
     "plus_pair",
     true,
     {32, 32, 32},
     {2, 2},
     {true, true}},
    {"row_wise, accumulator = dense, schedule = static",
     ValueType::F64,
     "plus_pair",
     true,
     {64, 64, 64},
     {1, 2},
     {false, true}},
    {"row_wise, accumulator = dense, schedule = static",
     ValueType::I1,
     "any_pair",
     false,
     {32, 32, 32},
     {2, 1},
     {true, true}},
    {"row_wise, accumulator = dense, merge = atomic",
     ValueType::F32,
     "min_plus",
     true,
     {32, 32, 64},
     {2, 1},
     {true, false}},
    {"row_wise, accumulator = dense, merge = atomic",
     ValueType::I64,
     "max_plus",
     false,
     {32, 32, 32},
     {1, 2},
     {true, true}},
    {"row_wise, accumulator = dense, merge = atomic, window = rows(2)",
     ValueType::F32,
     "or_and",
     false,
     {32, 32, 32},
     {1, 2},
     {true, true}},
    {"row_wise, accumulator = dense, merge = atomic, window = rows(2)",
     ValueType::I32,
     "max_times",
     true,
     {64, 64, 64},
     {2, 2},
     {false, false}},
    {"row_wise, accumulator = dense, merge = atomic, window = rows(2)",
     ValueType::I1,
     "plus_pair",
     true,
     {32, 32, 64},
     {2, 1},
     {false, true}},
    {"row_wise, accumulator = hash, merge = atomic",
     ValueType::I64,
     "min_plus",
     false,
     {32, 32, 32},
     {1, 1},
     {false, true}},
    {"row_wise, accumulator = hash, merge = atomic",
     ValueType::I1,
     "plus_times",
     true,
     {64, 64, 64},
     {2, 1},
     {false, false}},
    {"row_wise, accumulator = hash, hash_function = low_bits, merge = atomic, "
     "window = rows(2)",
     ValueType::F32,
     "plus_times",
     true,
     {64, 64, 64},
     {2, 2},
     {false, true}},
    {"row_wise, accumulator = hash, hash_function = low_bits, merge = atomic, "
     "window = rows(2)",
     ValueType::I64,
     "any_pair",
     false,
     {32, 32, 64},
     {2, 1},
     {false, false}},
    {"row_wise, accumulator = hash, hash_function = high_bits, fill_limit = 1, "
     "merge = atomic",
     ValueType::F64,
     "or_and",
     false,
     {32, 32, 64},
     {2, 2},
     {true, false}},
    {"row_wise, accumulator = hash, hash_function = high_bits, fill_limit = 1, "
     "merge = atomic",
     ValueType::F32,
     "any_pair",
     false,
     {32, 32, 32},
     {2, 1},
     {true, true}},
    {"row_wise, accumulator = hash, hash_function = high_bits, fill_limit = 1, "
     "merge = atomic",
     ValueType::I1,
     "max_times",
     true,
     {64, 64, 64},
     {1, 2},
     {false, true}},
    {"row_wise, accumulator = hash, fill_limit = 100, schedule = static, merge "
     "= atomic",
     ValueType::F64,
     "max_times",
     true,
     {64, 64, 64},
     {1, 1},
     {false, false}},
    {"row_wise, accumulator = hash, fill_limit = 100, schedule = static, merge "
     "= atomic",
     ValueType::F32,
     "or_and",
     true,
     {32, 32, 64},
     {1, 2},
     {true, false}},
    {"row_wise, accumulator = hash, fill_limit = 100, schedule = static, merge "
     "= atomic",
     ValueType::I1,
     "min_plus",
     false,
     {32, 32, 32},
     {2, 2},
     {false, true}},
    {"smash_v1",
     ValueType::F64,
     "max_plus",
     true,
     {32, 32, 32},
     {2, 1},
     {true, false}},
    {"smash_v1",
     ValueType::I32,
     "or_and",
     false,
     {32, 32, 64},
     {1, 1},
     {false, true}},
    {"smash_v1",
     ValueType::I1,
     "max_times",
     true,
     {64, 64, 64},
     {2, 2},
     {true, true}},
    {"smash_v2",
     ValueType::I32,
     "plus_times",
     false,
     {32, 32, 64},
     {1, 1},
     {true, true}},
    {"smash_v2",
     ValueType::I1,
     "min_plus",
     true,
     {32, 32, 32},
     {1, 2},
     {true, false}},
    {"auto",
     ValueType::F32,
     "max_plus",
     false,
     {32, 32, 64},
     {1, 2},
     {false, false}},
    {"auto",
     ValueType::I64,
     "plus_times",
     true,
     {64, 64, 64},
     {2, 2},
     {true, false}},
};

const std::vector<ProductOptions> &smash::test::listKernels() {
  static const std::vector<ProductOptions> kernels = [] {
    std::vector<ProductOptions> list;
    for (const Row &row : kRows) {
      ProductOptions options;
      options.strategy = row.strategy;
      options.valueType = row.type;
      options.semiring = row.semiring;
      options.sorted = row.sorted;
      options.positionBits = row.bits.position;
      options.coordinateBits = row.bits.coordinate;
      options.resultPositionBits = row.bits.resultPosition;
      options.blocks = row.machine.blocks;
      options.blockThreads = row.machine.threads;
      options.transposeA = row.transpose.a;
      options.transposeB = row.transpose.b;
      list.push_back(options);
    }
    return list;
  }();
  return kernels;
}

std::string smash::test::describe(const ProductOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "strategy '" << options.strategy << "', "
     << spellValueType(options.valueType) << ", " << options.semiring << ", "
     << options.positionBits << "/" << options.coordinateBits << "/"
     << options.resultPositionBits << " bits, machine " << options.blocks
     << " x " << options.blockThreads << (options.sorted ? "" : ", unsorted")
     << (options.transposeA ? ", A transposed" : "")
     << (options.transposeB ? ", B transposed" : "");
  return text;
}

bool smash::test::isExclusive(llvm::StringRef strategy) {
  return !strategy.contains("merge = atomic");
}

reference::Product smash::test::oracleFor(const ProductOptions &options) {
  reference::Product product;
  product.semiring = options.semiring;
  product.transposeA = options.transposeA;
  product.transposeB = options.transposeB;
  return product;
}
