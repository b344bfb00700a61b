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

/// A call with as many words as there are indices.
template <size_t... I>
static void callWith(void *entry, const uintptr_t *words,
                     std::index_sequence<I...>) {
  using Entry = void (*)(decltype(uintptr_t(I))...);
  reinterpret_cast<Entry>(entry)(words[I]...);
}

/// A result, and of each operand two sizes and a pointer for each buffer: all
/// are passed as whole words.
static constexpr size_t kMaxWords = 1 + 4 * (2 + maxBuffers);

template <size_t count = 1>
static void callWords(void *entry, llvm::ArrayRef<uintptr_t> words) {
  if (words.size() == count)
    return callWith(entry, words.data(), std::make_index_sequence<count>());
  if constexpr (count < kMaxWords)
    callWords<count + 1>(entry, words);
}

void smash::callKernel(void *entry, KernelResult &c,
                       llvm::MutableArrayRef<KernelOperand> operands) {
  llvm::SmallVector<uintptr_t, kMaxWords> words = {
      reinterpret_cast<uintptr_t>(&c)};
  for (const KernelOperand &operand : operands) {
    words.push_back(uintptr_t(operand.rows));
    words.push_back(uintptr_t(operand.cols));
    for (const Descriptor &part : operand.parts)
      words.push_back(reinterpret_cast<uintptr_t>(&part));
  }
  callWords(entry, words);
}

StorageFormat smash::operandFormatOf(const StorageFormat &format,
                                     const ProductOptions &options) {
  StorageFormat result = format;
  if (!result.positionBits)
    result.positionBits = options.positionBits;
  if (!result.coordinateBits)
    result.coordinateBits = options.coordinateBits;
  return result;
}

StorageFormat smash::resultFormatOf(const ProductOptions &options) {
  StorageFormat result = operandFormatOf(options.formatC, options);
  if (!options.formatC.positionBits)
    result.positionBits = options.resultPositionBits;
  if (!options.sorted)
    result.ordered = false;
  return result;
}

bool smash::isPlain(const ProductOptions &options) {
  return options.formatA.isPlain() && options.formatB.isPlain() &&
         options.formatC.isPlain() &&
         (!options.masked || options.formatMask.isPlain());
}

StoredMatrix smash::adoptStored(const KernelResult &c,
                                const ProductOptions &options) {
  StoredMatrix result;
  result.format = resultFormatOf(options);
  result.rows = c.rows;
  result.cols = c.cols;
  result.valueType = options.valueType;
  auto bytes = listElementBytes(result.format, result.valueType);
  for (auto [part, size] : llvm::zip(c.parts, bytes))
    result.buffers.push_back(Buffer::adopt(part.allocated, part.size * size));
  return result;
}

Matrix smash::adoptResult(const KernelResult &c,
                          const ProductOptions &options) {
  StoredMatrix stored = adoptStored(c, options);
  Matrix result;
  result.rows = c.rows;
  result.cols = c.cols;
  result.valueType = options.valueType;
  result.positionBits = options.resultPositionBits;
  result.coordinateBits = options.coordinateBits;
  result.sorted = options.sorted;
  result.positions = std::move(stored.buffers[0]);
  result.coordinates = std::move(stored.buffers[1]);
  result.values = std::move(stored.buffers[2]);
  return result;
}

llvm::Expected<StoredMatrix>
smash::storeOperand(const Matrix &matrix, const StorageFormat &format,
                    const ProductOptions &options) {
  auto entries = listEntries(matrix);
  if (!entries)
    return entries.takeError();
  return store(*entries, operandFormatOf(format, options));
}

llvm::Expected<Matrix> smash::unpackResult(const StoredMatrix &c,
                                           const ProductOptions &options) {
  auto entries = listEntries(c);
  if (!entries)
    return entries.takeError();
  // A Matrix has indices of 32 or 64 bits.
  auto widen = [](unsigned bits) { return std::max(bits, 32u); };
  return makeMatrix(*entries, widen(options.resultPositionBits),
                    widen(options.coordinateBits));
}

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Error smash::refuseAccumulated(const ProductOptions &options) {
  std::string mask;
  if (options.masked)
    mask = ", the mask in " + spellStorageFormat(options.formatMask);
  return makeError("a product is added to a matrix where all are in CSR; A is "
                   "in " +
                   spellStorageFormat(options.formatA) + ", B in " +
                   spellStorageFormat(options.formatB) + ", C in " +
                   spellStorageFormat(options.formatC) + mask);
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
  if (isPlain(options)) {
    if (auto error =
            checkBits("positions", matrix.positionBits, options.positionBits))
      return error;
    if (auto error = checkBits("coordinates", matrix.coordinateBits,
                               options.coordinateBits))
      return error;
  }
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

llvm::Error smash::checkStoredOperands(const StoredMatrix &a,
                                       const StoredMatrix &b,
                                       const StoredMatrix *mask,
                                       const ProductOptions &options) {
  auto check = [&](const Twine &name, const StoredMatrix &matrix,
                   const StorageFormat &format,
                   bool readsValues = true) -> llvm::Error {
    std::string got = spellStorageFormat(matrix.format);
    std::string wanted = spellStorageFormat(operandFormatOf(format, options));
    if (got != wanted)
      return makeError(name + " is stored as " + got +
                       "; the kernel was compiled for " + wanted);
    if (readsValues && matrix.valueType != options.valueType)
      return makeError(
          name + " has values of type " + spellValueType(matrix.valueType) +
          "; the kernel was compiled for " + spellValueType(options.valueType));
    size_t buffers = listElementBytes(matrix.format, matrix.valueType).size();
    if (matrix.buffers.size() != buffers)
      return makeError(name + " has " + Twine(matrix.buffers.size()) +
                       " buffers; " + got + " is stored in " + Twine(buffers));
    return llvm::Error::success();
  };
  if (auto error = check("A", a, options.formatA))
    return error;
  if (auto error = check("B", b, options.formatB))
    return error;
  if (options.masked != bool(mask))
    return makeError(mask
                         ? "there is a mask; the kernel was compiled for none"
                         : "there is no mask; the kernel was compiled for one");
  int64_t rows = options.transposeA ? a.cols : a.rows;
  int64_t innerA = options.transposeA ? a.rows : a.cols;
  int64_t innerB = options.transposeB ? b.cols : b.rows;
  int64_t cols = options.transposeB ? b.rows : b.cols;
  if (innerA != innerB)
    return makeError("shapes do not match: A has " + Twine(innerA) +
                     (options.transposeA ? " rows" : " columns") + ", B has " +
                     Twine(innerB) +
                     (options.transposeB ? " columns" : " rows"));
  auto differs = [](std::optional<int64_t> known, int64_t size) {
    return known && *known != size;
  };
  if (differs(options.rows, rows) || differs(options.inner, innerA) ||
      differs(options.cols, cols))
    return makeError("the product is of " + Twine(rows) + " x " +
                     Twine(innerA) + " x " + Twine(cols) +
                     "; the kernel was compiled for other sizes");
  if (!mask)
    return llvm::Error::success();
  if (auto error = check("the mask", *mask, options.formatMask, false))
    return error;
  if (mask->rows != rows || mask->cols != cols)
    return makeError("shapes do not match: the mask is " + Twine(mask->rows) +
                     " x " + Twine(mask->cols) + ", C is " + Twine(rows) +
                     " x " + Twine(cols));
  return llvm::Error::success();
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
  case SMASH_RT_COORDINATE_OVERFLOW:
    return makeError("a side of " + Twine(got) +
                     " rows or columns; coordinates of its matrix tell apart " +
                     Twine(limit));
  case SMASH_RT_PLAN_MISMATCH:
    return makeError("the plan was made for operands of another pattern");
  case SMASH_RT_THREADS:
    return makeError("out of threads: " + Twine(got) + " blocks of " +
                     Twine(limit) + " threads could not be run");
  default:
    return makeError("the kernel failed with code " + Twine(code));
  }
}
