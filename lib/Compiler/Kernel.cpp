//===- Kernel.cpp - calls of compiled kernels ---------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"
#include "smash/Runtime/Runtime.h"
#include "llvm/ADT/Twine.h"

using namespace smash;
using llvm::Twine;

/// Calls the kernel with `arguments` and the parts of `rest`.
template <typename... Arguments>
static void callWith(void *entry, KernelResult &c,
                     llvm::MutableArrayRef<KernelOperand> rest,
                     Arguments... arguments) {
  constexpr size_t kMostOperands = 4, kParts = 5;
  if (rest.empty())
    return reinterpret_cast<void (*)(KernelResult *, Arguments...)>(entry)(
        &c, arguments...);
  if constexpr (sizeof...(Arguments) < kMostOperands * kParts) {
    KernelOperand &next = rest.front();
    return callWith(entry, c, rest.drop_front(), arguments..., next.rows,
                    next.cols, &next.positions, &next.coordinates,
                    &next.values);
  }
  llvm_unreachable("a kernel takes four operands at most");
}

void smash::callKernel(void *entry, KernelResult &c,
                       llvm::MutableArrayRef<KernelOperand> operands) {
  callWith(entry, c, operands);
}

Matrix smash::adoptResult(const KernelResult &c,
                          const ProductOptions &options) {
  auto adopt = [](const Descriptor &part, size_t bytes) {
    return Buffer::adopt(part.allocated, part.size * bytes);
  };
  Matrix result;
  result.rows = c.rows;
  result.cols = c.cols;
  result.valueType = options.valueType;
  result.positionBits = options.resultPositionBits;
  result.coordinateBits = options.coordinateBits;
  result.sorted = options.sorted;
  result.positions = adopt(c.positions, result.positionBits / 8);
  result.coordinates = adopt(c.coordinates, result.coordinateBits / 8);
  result.values = adopt(c.values, sizeOfValueType(result.valueType));
  return result;
}

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Error smash::checkKernelOperand(const Twine &name, const Matrix &matrix,
                                      const ProductOptions &options,
                                      std::optional<int64_t> rows,
                                      std::optional<int64_t> cols,
                                      bool readsValues, bool readsSorted) {
  if (readsValues && matrix.valueType != options.valueType)
    return makeError(
        name + " has values of type " + spellValueType(matrix.valueType) +
        "; the kernel was compiled for " + spellValueType(options.valueType));
  auto checkBits = [&](const Twine &what, unsigned bits,
                       unsigned compiled) -> llvm::Error {
    if (bits == compiled)
      return llvm::Error::success();
    return makeError(name + " has " + what + " of " + Twine(bits) +
                     " bits; the kernel was compiled for " + Twine(compiled));
  };
  if (auto error =
          checkBits("positions", matrix.positionBits, options.positionBits))
    return error;
  if (auto error = checkBits("coordinates", matrix.coordinateBits,
                             options.coordinateBits))
    return error;
  size_t positions = matrix.positions.size() / (matrix.positionBits / 8);
  if (matrix.rows > 0 && positions <= size_t(matrix.rows))
    return makeError(name + " has " + Twine(positions) + " positions; " +
                     Twine(matrix.rows) + " rows need " +
                     Twine(matrix.rows + 1));
  if (readsSorted && !matrix.sorted)
    return makeError(name + " has rows that are not sorted; the kernel reads "
                            "sorted rows");
  if (rows.value_or(matrix.rows) != matrix.rows ||
      cols.value_or(matrix.cols) != matrix.cols)
    return makeError(name + " is " + Twine(matrix.rows) + " x " +
                     Twine(matrix.cols) + "; the kernel was compiled for " +
                     Twine(rows.value_or(matrix.rows)) + " x " +
                     Twine(cols.value_or(matrix.cols)));
  return llvm::Error::success();
}

static llvm::Error checkPair(const Matrix &a, const Matrix &b,
                             const ProductOptions &options) {
  std::optional<int64_t> rowsA = options.rows, colsA = options.inner;
  std::optional<int64_t> rowsB = options.inner, colsB = options.cols;
  if (options.transposeA)
    std::swap(rowsA, colsA);
  if (options.transposeB)
    std::swap(rowsB, colsB);
  if (auto error = checkKernelOperand("A", a, options, rowsA, colsA))
    return error;
  if (auto error = checkKernelOperand("B", b, options, rowsB, colsB))
    return error;
  int64_t innerA = options.transposeA ? a.rows : a.cols;
  int64_t innerB = options.transposeB ? b.cols : b.rows;
  if (innerA != innerB)
    return makeError("shapes do not match: A has " + Twine(innerA) +
                     (options.transposeA ? " rows" : " columns") + ", B has " +
                     Twine(innerB) +
                     (options.transposeB ? " columns" : " rows"));
  return llvm::Error::success();
}

/// That `matrix`, a `name`, is there exactly if the kernel takes it, and as
/// large as C.
static llvm::Error checkShapedLikeC(const Twine &name, const Matrix *matrix,
                                    bool taken, const Matrix &a,
                                    const Matrix &b,
                                    const ProductOptions &options) {
  if (taken != bool(matrix))
    return makeError(
        matrix ? "there is a " + name + "; the kernel was compiled for none"
               : "there is no " + name + "; the kernel was compiled for one");
  if (!matrix)
    return llvm::Error::success();
  int64_t rows = options.transposeA ? a.cols : a.rows;
  int64_t cols = options.transposeB ? b.rows : b.cols;
  if (matrix->rows != rows || matrix->cols != cols)
    return makeError("shapes do not match: the " + name + " is " +
                     Twine(matrix->rows) + " x " + Twine(matrix->cols) +
                     ", C is " + Twine(rows) + " x " + Twine(cols));
  return llvm::Error::success();
}

llvm::Error smash::checkKernelOperands(const Matrix &a, const Matrix &b,
                                       const Matrix *mask,
                                       const Matrix *accumulated,
                                       const ProductOptions &options) {
  if (auto error = checkPair(a, b, options))
    return error;
  if (mask)
    if (auto error =
            checkKernelOperand("the mask", *mask, options, options.rows,
                               options.cols, /*readsValues=*/false))
      return error;
  if (auto error =
          checkShapedLikeC("mask", mask, options.masked, a, b, options))
    return error;
  if (accumulated) {
    ProductOptions layout = options;
    layout.positionBits = options.resultPositionBits;
    if (auto error =
            checkKernelOperand("the matrix to accumulate into", *accumulated,
                               layout, options.rows, options.cols,
                               /*readsValues=*/true,
                               /*readsSorted=*/options.sorted))
      return error;
  }
  return checkShapedLikeC("matrix to accumulate into", accumulated,
                          options.accumulates, a, b, options);
}

llvm::Error smash::describeFailure(int32_t code, int64_t got, int64_t limit) {
  switch (code) {
  case SMASH_RT_OUT_OF_MEMORY:
    return llvm::createStringError(
        std::make_error_code(std::errc::not_enough_memory),
        "out of memory: the kernel asked for " + Twine(got) + " elements of " +
            Twine(limit) + " bytes");
  case SMASH_RT_POSITION_OVERFLOW:
    return makeError("C has " + Twine(got) +
                     " entries; its positions hold at most " + Twine(limit));
  case SMASH_RT_PLAN_MISMATCH:
    return makeError("the plan was made for operands of another pattern");
  case SMASH_RT_THREADS:
    return makeError("out of threads: " + Twine(got) + " blocks of " +
                     Twine(limit) + " threads could not be run");
  }
  return makeError("the kernel failed with code " + Twine(code));
}
