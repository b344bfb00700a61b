//===- Operands.cpp - the matrices to multiply ----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include "Progress.h"
#include "smash/Support/Generators.h"
#include "llvm/Support/Threading.h"

using namespace llvm;

namespace smash::driver {

static Expected<Matrix> load(StringRef source, const MultiplyOptions &options) {
  Progress progress(("reading " + source).str(), !options.quiet);
  ReadOptions readOptions;
  readOptions.zeroBased = options.zeroBased;
  readOptions.sumDuplicates = options.sumDuplicates;
  readOptions.valueType = options.valueType;
  readOptions.progress = [&](double share) { progress.update(share); };
  return loadMatrix(source, readOptions);
}

static std::string printShape(StringRef name, bool transposed,
                              const Matrix &matrix) {
  int64_t rows = transposed ? matrix.cols : matrix.rows;
  int64_t cols = transposed ? matrix.rows : matrix.cols;
  return (name + (transposed ? "^T" : "") + " is " + Twine(rows) + " x " +
          Twine(cols))
      .str();
}

/// An error unless A's columns are as many as B's rows, after the transposes.
static Error checkShapes(const Operands &operands,
                         const MultiplyOptions &options) {
  const Matrix &a = operands.a, &b = operands.second();
  auto inner = [&](bool transposeA) { return transposeA ? a.rows : a.cols; };
  auto outer = [&](bool transposeB) { return transposeB ? b.cols : b.rows; };
  if (inner(options.transposeA) == outer(options.transposeB))
    return Error::success();
  // The flag to add or to drop that would make them match.
  std::string hint;
  if (inner(options.transposeA) == outer(!options.transposeB))
    hint = options.transposeB ? "; without --transpose-b they would"
                              : "; with --transpose-b they would";
  else if (inner(!options.transposeA) == outer(options.transposeB))
    hint = options.transposeA ? "; without --transpose-a they would"
                              : "; with --transpose-a they would";
  return makeError(
      "the shapes do not match: " + printShape("A", options.transposeA, a) +
      " and " +
      printShape(operands.b ? "B" : "B, A again,", options.transposeB, b) +
      hint);
}

/// An error unless `matrix`, called `name`, is as large as C.
static Error checkShapeOfC(StringRef name, const Matrix &matrix,
                           const Operands &operands,
                           const MultiplyOptions &options) {
  const Matrix &a = operands.a, &b = operands.second();
  int64_t rows = options.transposeA ? a.cols : a.rows;
  int64_t cols = options.transposeB ? b.rows : b.cols;
  if (matrix.rows == rows && matrix.cols == cols)
    return Error::success();
  return makeError(
      "the shapes do not match: " + printShape(name, false, matrix) +
      " and C is " + Twine(rows) + " x " + Twine(cols));
}

/// Gives one operand its final value type and layout.
static Error convert(Matrix &matrix, StringRef source, ValueType valueType,
                     unsigned positionBits, unsigned coordinateBits) {
  auto converted = convertValues(std::move(matrix), valueType);
  if (converted)
    converted =
        convertIndices(std::move(*converted), positionBits, coordinateBits);
  if (!converted)
    return makeError(source + ": " + toString(converted.takeError()));
  matrix = std::move(*converted);
  return Error::success();
}

Expected<Operands> loadOperands(const MultiplyOptions &options) {
  Operands operands;
  auto a = load(options.a, options);
  if (!a)
    return a.takeError();
  operands.a = std::move(*a);
  if (options.b && *options.b != options.a) {
    auto b = load(*options.b, options);
    if (!b)
      return b.takeError();
    operands.b = std::move(*b);
  }
  if (Error error = checkShapes(operands, options))
    return std::move(error);
  for (auto [name, file, place] :
       {std::make_tuple("the mask", &options.mask, &operands.mask),
        {"what is accumulated into", &options.accumulate,
         &operands.accumulated}}) {
    if (file->empty())
      continue;
    auto matrix = load(*file, options);
    if (!matrix)
      return matrix.takeError();
    *place = std::move(*matrix);
    if (Error error = checkShapeOfC(name, **place, operands, options))
      return std::move(error);
  }

  const Matrix &first = operands.a, &second = operands.second();
  ValueType widest = std::max(first.valueType, second.valueType);
  if (operands.accumulated)
    widest = std::max(widest, operands.accumulated->valueType);
  ValueType valueType = options.valueType.value_or(widest);
  // Both operands alike, and wide enough for the coordinates of the transposes
  // and of C.
  unsigned positionBits =
      options.indexBits.value_or(narrowestIndexBits(std::max(
          {first.nnz(), second.nnz(), operands.mask ? operands.mask->nnz() : 0,
           operands.accumulated ? operands.accumulated->nnz() : 0})));
  int64_t size = std::max(first.cols, second.cols);
  if (options.transposeA)
    size = std::max(size, first.rows);
  if (options.transposeB)
    size = std::max(size, second.rows);
  unsigned coordinateBits =
      options.indexBits.value_or(narrowestIndexBits(size));
  if (coordinateBits == 32 && size > int64_t(UINT32_MAX) + 1)
    return makeError("32-bit indices cannot number " + Twine(size) +
                     " rows or columns");
  if (Error error = convert(operands.a, options.a, valueType, positionBits,
                            coordinateBits))
    return std::move(error);
  if (operands.b)
    if (Error error = convert(*operands.b, *options.b, valueType, positionBits,
                              coordinateBits))
      return std::move(error);
  // The values of a mask do not matter, and may be of any type.
  if (operands.mask)
    if (Error error =
            convert(*operands.mask, options.mask, operands.mask->valueType,
                    positionBits, coordinateBits))
      return std::move(error);
  // Its positions get the width of C's when that is known.
  if (operands.accumulated)
    if (Error error = convert(*operands.accumulated, options.accumulate,
                              valueType, positionBits, coordinateBits))
      return std::move(error);
  return operands;
}

ProductOptions describeProduct(const MultiplyOptions &options,
                               const Operands &operands,
                               const ProductStatistics &statistics) {
  ProductOptions product;
  product.valueType = operands.a.valueType;
  product.positionBits = operands.a.positionBits;
  product.coordinateBits = operands.a.coordinateBits;
  // As wide as C may need; where 32 bits were asked for, the run finds out.
  product.resultPositionBits =
      options.indexBits
          ? *options.indexBits
          : std::max(
                product.positionBits,
                narrowestIndexBits(
                    statistics.boundC +
                    (operands.accumulated ? operands.accumulated->nnz() : 0)));
  product.formatA = options.formatA;
  product.formatB = options.formatB;
  product.formatC = options.formatC;
  product.formatMask = options.formatMask;
  product.semiring = options.semiring;
  product.strategy = options.strategy;
  product.transposeA = options.transposeA;
  product.transposeB = options.transposeB;
  product.masked = !options.mask.empty();
  product.maskComplement = options.maskComplement;
  product.accumulates = !options.accumulate.empty();
  product.accumulateAdd = options.accumulateOp;
  product.sorted = options.sorted;
  product.deterministic = options.deterministic;
  product.sanitizer = options.sanitizer;
  if (options.staticShapes) {
    product.rows = statistics.rows;
    product.inner = statistics.inner;
    product.cols = statistics.cols;
  }
  return product;
}

/// Products below which one block is used unless threads were asked for. They
/// take a millisecond or two; to wake the pool, to give each block its own
/// accumulator and to merge costs a good part of that.
static constexpr int64_t kProductsWorthThreads = 200000;

int64_t chooseBlocks(const MultiplyOptions &options, int64_t products) {
  if (options.threads)
    return *options.threads / options.blockThreads;
  if (products < kProductsWorthThreads)
    return 1;
  int64_t cores = hardware_concurrency().compute_thread_count();
  return std::max<int64_t>(1, cores / options.blockThreads);
}

MaskOperand maskOf(const Operands &operands, const MultiplyOptions &options) {
  return {operands.mask ? &*operands.mask : nullptr, options.maskComplement};
}

Error layOutAccumulated(Operands &operands, const ProductOptions &product) {
  if (!operands.accumulated)
    return Error::success();
  auto converted =
      convertIndices(std::move(*operands.accumulated),
                     product.resultPositionBits, product.coordinateBits);
  if (!converted)
    return converted.takeError();
  operands.accumulated = std::move(*converted);
  return Error::success();
}

Expected<reference::Comparison>
compareWithReference(const Matrix &c, const Operands &operands,
                     const MultiplyOptions &options) {
  reference::Product expected;
  expected.semiring = options.semiring;
  expected.transposeA = options.transposeA;
  expected.transposeB = options.transposeB;
  expected.mask = operands.third();
  expected.maskComplement = options.maskComplement;
  expected.accumulated = operands.before();
  expected.accumulateAdd = options.accumulateOp;
  return reference::compare(c, operands.a, operands.second(), expected);
}

} // namespace smash::driver
