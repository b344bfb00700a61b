//===- Stored.cpp - matrices of any format, from C ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handles.h"

using namespace smash;
using namespace smash::capi;
using llvm::Twine;

/// Bits of positions and coordinates where a format does not say.
static constexpr unsigned kDefaultBits = 32;

static llvm::Error fail(const char *name, const Twine &reason) {
  return llvm::createStringError(
      std::make_error_code(std::errc::invalid_argument),
      Twine(name) + " " + reason);
}

/// The format that `text` spells, with all widths.
static llvm::Expected<StorageFormat> parseFormat(const char *name,
                                                 const char *text) {
  if (!text)
    return fail(name, "has a null format");
  auto format = parseStorageFormat(text);
  if (!format)
    return fail(name, "has format '" + Twine(text) +
                          "': " + llvm::toString(format.takeError()));
  for (unsigned *bits : {&format->positionBits, &format->coordinateBits})
    if (*bits == 0)
      *bits = kDefaultBits;
  return format;
}

/// `stored` with its arrays as they are, or an error that names what cannot be.
static llvm::Expected<StoredMatrix> borrow(const char *name,
                                           const SmashStored *stored) {
  if (!stored)
    return fail(name, "is a null pointer");
  auto format = parseFormat(name, stored->format);
  if (!format)
    return format.takeError();
  if (!isValueType(stored->valueType))
    return fail(name, "has value type " + Twine(int(stored->valueType)) +
                          ", which is none of SmashValueType");
  if (stored->rows < 0 || stored->cols < 0)
    return fail(name, "is " + Twine(stored->rows) + " x " +
                          Twine(stored->cols) + ": a negative size");
  StoredMatrix matrix;
  matrix.format = *format;
  matrix.rows = stored->rows;
  matrix.cols = stored->cols;
  matrix.valueType = ValueType(stored->valueType);
  size_t arrays = listElementBytes(*format, matrix.valueType).size();
  for (size_t i = 0; i < arrays; ++i) {
    if (!stored->arrays[i] && stored->bytes[i])
      return fail(name, "has a null array " + Twine(i) + " of " +
                            Twine(stored->bytes[i]) + " bytes");
    matrix.buffers.push_back(
        Buffer::borrow(stored->arrays[i], stored->bytes[i]));
  }
  return matrix;
}

static SmashStoredMatrix *wrap(StoredMatrix matrix) {
  std::string format = spellStorageFormat(matrix.format);
  return new SmashStoredMatrix{std::move(matrix), std::move(format)};
}

SmashError *smashStoredCheck(const SmashStored *stored) {
  return guard([&]() -> SmashError * {
    auto matrix = borrow("the matrix", stored);
    if (!matrix)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, matrix.takeError());
    auto entries = listEntries(*matrix);
    if (!entries)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, entries.takeError());
    if (entries->valueType == ValueType::I1)
      for (size_t i = 0; i != entries->row.size(); ++i)
        if (entries->values.as<uint8_t>()[i] > 1)
          return makeError(
              SMASH_ERROR_INVALID_ARGUMENT,
              "entry (" + Twine(entries->row[i]) + ", " +
                  Twine(entries->col[i]) + ") has value " +
                  Twine(unsigned(entries->values.as<uint8_t>()[i])) +
                  "; an i1 is 0 or 1");
    return nullptr;
  });
}

void smashStoredMatrixGet(const SmashStoredMatrix *handle, SmashStored *view) {
  const StoredMatrix &matrix = handle->matrix;
  *view = {};
  view->format = handle->format.c_str();
  view->rows = matrix.rows;
  view->cols = matrix.cols;
  view->valueType = SmashValueType(matrix.valueType);
  for (size_t i = 0; i < matrix.buffers.size(); ++i) {
    view->arrays[i] = matrix.buffers[i].data();
    view->bytes[i] = matrix.buffers[i].size();
  }
}

void smashStoredMatrixDestroy(SmashStoredMatrix *matrix) { delete matrix; }

SmashError *smashCsrStore(const SmashCsr *csr, const char *text,
                          SmashStoredMatrix **stored) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, stored))
      return error;
    *stored = nullptr;
    auto format = parseFormat("the result", text);
    if (!format)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, format.takeError());
    auto matrix = capi::borrow("the matrix", csr);
    if (!matrix)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, matrix.takeError());
    if (llvm::Error error = checkMatrix(*matrix))
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, std::move(error));
    auto entries = listEntries(*matrix);
    if (!entries)
      return makeError(SMASH_ERROR_RUN, entries.takeError());
    auto made = store(*entries, *format);
    if (!made)
      return makeError(SMASH_ERROR_RUN, made.takeError());
    *stored = wrap(std::move(*made));
    return nullptr;
  });
}

SmashError *smashStoredToCsr(const SmashStored *stored, int positionBits,
                             int coordinateBits, SmashMatrix **csr) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, csr))
      return error;
    *csr = nullptr;
    for (int bits : {positionBits, coordinateBits})
      if (bits != 32 && bits != 64)
        return makeError(SMASH_ERROR_INVALID_ARGUMENT,
                         "indices of " + Twine(bits) + " bits; 32 or 64");
    auto matrix = borrow("the matrix", stored);
    if (!matrix)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, matrix.takeError());
    auto entries = listEntries(*matrix);
    if (!entries)
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, entries.takeError());
    auto made =
        makeMatrix(*entries, unsigned(positionBits), unsigned(coordinateBits));
    if (!made)
      return makeError(SMASH_ERROR_RUN, made.takeError());
    // Two entries at one place, or an i1 that is neither 0 nor 1.
    if (llvm::Error error = checkMatrix(*made))
      return makeError(SMASH_ERROR_INVALID_ARGUMENT, std::move(error));
    *csr = new SmashMatrix{std::move(*made)};
    return nullptr;
  });
}

SmashError *smashProductRunStored(const SmashProduct *product,
                                  const SmashStored *a, const SmashStored *b,
                                  const SmashStored *mask,
                                  SmashStoredMatrix **c) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, product, c))
      return error;
    *c = nullptr;
    StoredMatrix operands[3];
    std::pair<const char *, const SmashStored *> given[] = {
        {"A", a}, {"B", b}, {"the mask", mask}};
    for (auto [i, pair] : llvm::enumerate(given)) {
      if (i == 2 && !mask)
        break;
      if (llvm::Error error =
              borrow(pair.first, pair.second).moveInto(operands[i]))
        return makeError(SMASH_ERROR_INVALID_ARGUMENT, std::move(error));
    }
    auto made = product->product.runStored(operands[0], operands[1],
                                           mask ? &operands[2] : nullptr);
    if (!made)
      return makeError(SMASH_ERROR_RUN, made.takeError());
    *c = wrap(std::move(*made));
    return nullptr;
  });
}
