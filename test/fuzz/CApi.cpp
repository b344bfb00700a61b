//===- CApi.cpp - fuzzes the C interface
//-----------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash-c/Smash.h"
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

static void require(bool condition) {
  if (!condition)
    std::abort();
}

/// Whether there is no error; one that is there has one line.
static bool succeeded(SmashError *error) {
  if (!error)
    return true;
  const char *message = smashErrorGetMessage(error);
  require(message && *message && !std::strchr(message, '\n'));
  smashErrorDestroy(error);
  return false;
}

namespace {
/// Bytes as numbers; zero when there are none left.
struct Input {
  const uint8_t *data;
  size_t size;

  /// From -128 to 127.
  int64_t number() { return int64_t(byte() ^ 0x80) - 0x80; }
  uint8_t byte() { return size ? (--size, *data++) : 0; }
  std::string text(size_t most) {
    std::string result;
    while (size && result.size() < most && *data != '\n')
      result.push_back(char(byte()));
    byte();
    return result;
  }
};
} // namespace

/// A format of the list, or any text.
static std::string pickFormat(Input &input) {
  static const char *const formats[] = {
      "csr",     "csc",
      "dcsr",    "dcsc",
      "coo",     "coo-by-columns,soa",
      "bsr:2x3", "bsc:3x2",
      "dense",   "csr,positions=8,coordinates=16"};
  uint8_t which = input.byte();
  if (which < sizeof(formats) / sizeof(*formats))
    return formats[which];
  return which == 255 ? input.text(32) : "csr";
}

/// Compiles a product that is described by any bytes.
static void compileAny(SmashCompiler *compiler, Input &input) {
  SmashProductOptions options;
  smashProductOptionsInit(&options);
  uint8_t flags = input.byte();
  options.valueType = SmashValueType(input.byte() % 8);
  options.positionBits = flags & 1 ? 64 : 32;
  options.coordinateBits = flags & 2 ? 64 : int(input.byte());
  options.transposeA = flags & 4;
  options.transposeB = flags & 8;
  options.masked = flags & 16;
  options.sorted = flags & 32;
  options.blocks = input.number();
  options.blockThreads = input.number();
  options.rows = input.number();
  options.deterministic = flags & 64;
  options.accumulates = flags & 128;
  std::string formatA = pickFormat(input), formatB = pickFormat(input),
              formatC = pickFormat(input), formatMask = pickFormat(input);
  options.formatA = formatA.c_str();
  options.formatB = formatB.c_str();
  options.formatC = formatC.c_str();
  options.formatMask = formatMask.c_str();
  std::string semiring = input.text(32), strategy = input.text(256),
              add = input.text(16);
  options.semiring = semiring.c_str();
  options.strategy = strategy.c_str();
  options.accumulateAdd = add.c_str();
  SmashProduct *product = nullptr;
  if (succeeded(smashCompileProduct(compiler, &options, &product)))
    smashProductDestroy(product);
}

/// Checks arrays of any bytes and, if they are a matrix, multiplies it.
static void multiplyAny(const SmashProduct *product, Input &input) {
  SmashCsr a = {};
  a.rows = input.byte() % 8;
  a.cols = input.byte() % 8;
  std::vector<uint32_t> positions(size_t(a.rows) + 1), coordinates;
  for (uint32_t &position : positions)
    position = input.byte();
  positions[0] = 0;
  for (size_t i = 0; i < positions.back(); ++i)
    coordinates.push_back(input.byte());
  std::vector<double> values(coordinates.size(), 2);
  a.entries = int64_t(coordinates.size());
  a.valueType = SMASH_F64;
  a.positionBits = a.coordinateBits = 32;
  a.positions = positions.data();
  a.coordinates = coordinates.data();
  a.values = values.data();
  if (!succeeded(smashCsrCheck(&a)))
    return;
  SmashMatrix *c = nullptr;
  if (succeeded(smashProductRun(product, &a, &a, nullptr, &c))) {
    SmashCsr view;
    smashMatrixGetCsr(c, &view);
    require(view.rows == a.rows && view.cols == a.cols);
    require(succeeded(smashCsrCheck(&view)));
    smashMatrixDestroy(c);
  }
}

/// Arrays of any bytes in a format: an error, or a matrix that is the same
/// after it was stored anew.
static void storeAny(Input &input) {
  std::string format = pickFormat(input);
  SmashStored stored = {};
  stored.format = format.c_str();
  stored.rows = input.number();
  stored.cols = input.number();
  stored.valueType = SmashValueType(input.byte() % 7);
  std::vector<uint8_t> arrays[SMASH_MAX_ARRAYS];
  for (int i = 0; i < SMASH_MAX_ARRAYS; ++i) {
    arrays[i].resize(input.byte());
    for (uint8_t &byte : arrays[i])
      byte = input.byte();
    stored.arrays[i] = arrays[i].data();
    stored.bytes[i] = arrays[i].size();
  }
  bool isRight = succeeded(smashStoredCheck(&stored));
  SmashMatrix *csr = nullptr;
  bool isMade = succeeded(smashStoredToCsr(&stored, 32, 64, &csr));
  require(isRight || !isMade);
  if (!isMade)
    return;
  SmashCsr view;
  smashMatrixGetCsr(csr, &view);
  require(succeeded(smashCsrCheck(&view)));
  SmashStoredMatrix *again = nullptr;
  if (succeeded(smashCsrStore(&view, format.c_str(), &again))) {
    SmashStored other;
    smashStoredMatrixGet(again, &other);
    require(succeeded(smashStoredCheck(&other)));
    smashStoredMatrixDestroy(again);
  }
  smashMatrixDestroy(csr);
}

/// Compiles any text as a module, and calls a function that takes one matrix.
static void compileModule(SmashCompiler *compiler, Input &input) {
  SmashModule *module = nullptr;
  if (!succeeded(smashCompileModule(compiler,
                                    reinterpret_cast<const char *>(input.data),
                                    input.size, &module)))
    return;
  static const uint32_t positions[] = {0, 1, 1}, coordinates[] = {1};
  static const double values[] = {3};
  SmashCsr a = {2, 2, 1, SMASH_F64, 32, 32, positions, coordinates, values};
  const SmashCsr *operands[] = {&a};
  SmashMatrix *result = nullptr;
  if (succeeded(smashModuleCall(module, "f", operands, 1, &result, 1)))
    smashMatrixDestroy(result);
  smashModuleDestroy(module);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static SmashCompiler *compiler = nullptr;
  static SmashProduct *product = nullptr;
  if (!compiler) {
    require(succeeded(smashCompilerCreate(&compiler)));
    SmashProductOptions options;
    smashProductOptionsInit(&options);
    require(succeeded(smashCompileProduct(compiler, &options, &product)));
  }
  Input input{data, size};
  // Few products: a compilation takes as long as thousands of the others.
  switch (input.byte()) {
  case 'p':
    compileAny(compiler, input);
    break;
  case 'i':
    compileModule(compiler, input);
    break;
  case 's':
    storeAny(input);
    break;
  default:
    multiplyAny(product, input);
  }
  return 0;
}
