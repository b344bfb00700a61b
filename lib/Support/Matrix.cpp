//===- Matrix.cpp - a sparse matrix in compressed rows --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/Matrix.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>

using namespace smash;

llvm::StringRef smash::spellValueType(ValueType type) {
  switch (type) {
#define SMASH_VALUE_TYPE(Name, Storage, Spelling)                              \
  case ValueType::Name:                                                        \
    return Spelling;
#include "smash/Support/ValueTypes.def"
  }
  llvm_unreachable("value type out of range");
}

std::optional<ValueType> smash::parseValueType(llvm::StringRef text) {
#define SMASH_VALUE_TYPE(Name, Storage, Spelling)                              \
  if (text == Spelling)                                                        \
    return ValueType::Name;
#include "smash/Support/ValueTypes.def"
  return std::nullopt;
}

std::string smash::listValueTypes() {
  std::string list;
#define SMASH_VALUE_TYPE(Name, Storage, Spelling)                              \
  list += list.empty() ? Spelling : ", " Spelling;
#include "smash/Support/ValueTypes.def"
  return list;
}

size_t smash::sizeOfValueType(ValueType type) {
  return visitValueType(type, [](auto zero) { return sizeof(zero); });
}

llvm::Expected<Matrix> smash::makeMatrix(int64_t rows, int64_t cols,
                                         int64_t nnz, ValueType valueType,
                                         unsigned positionBits,
                                         unsigned coordinateBits) {
  auto fail = [](const llvm::Twine &reason) {
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument), reason);
  };
  if (rows < 0 || cols < 0 || nnz < 0)
    return fail("a matrix of " + llvm::Twine(rows) + " x " + llvm::Twine(cols) +
                " with " + llvm::Twine(nnz) + " entries has a negative size");
  for (unsigned bits : {positionBits, coordinateBits})
    if (bits != 32 && bits != 64)
      return fail("an index width of " + llvm::Twine(bits) +
                  " bits is neither 32 nor 64");
  if (positionBits == 32 && nnz > maxNarrowIndex)
    return fail(llvm::Twine(nnz) + " entries do not fit 32-bit positions, " +
                "which hold up to " + llvm::Twine(maxNarrowIndex));
  if (coordinateBits == 32 && cols > maxNarrowIndex)
    return fail(llvm::Twine(cols) + " columns do not fit 32-bit coordinates, " +
                "which hold up to " + llvm::Twine(maxNarrowIndex));

  size_t positionSize = positionBits / 8;
  // In 128 bits, as rows + 1 positions of 8 bytes can pass 2^64.
  unsigned __int128 positionBytes =
      (static_cast<unsigned __int128>(rows) + 1) * positionSize;
  if (positionBytes > maxRowPositionBytes) {
    llvm::SmallString<40> digits;
    for (unsigned __int128 rest = positionBytes; rest; rest /= 10)
      digits.insert(digits.begin(), char('0' + int(rest % 10)));
    return fail("a matrix of " + llvm::Twine(rows) + " rows needs " + digits +
                " bytes of row positions, over the limit of " +
                llvm::Twine(maxRowPositionBytes));
  }
  size_t valueSize = sizeOfValueType(valueType);
  size_t widest = std::max<size_t>(valueSize, coordinateBits / 8);
  if (uint64_t(nnz) > SIZE_MAX / widest)
    return fail(llvm::Twine(nnz) + " entries of " + llvm::Twine(widest) +
                " bytes do not fit the address space");

  Matrix matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  matrix.valueType = valueType;
  matrix.positionBits = positionBits;
  matrix.coordinateBits = coordinateBits;
  auto allocateInto = [](Buffer &buffer, size_t bytes,
                         bool zeroed) -> llvm::Error {
    llvm::Expected<Buffer> allocated = Buffer::allocate(bytes, zeroed);
    if (!allocated)
      return allocated.takeError();
    buffer = std::move(*allocated);
    return llvm::Error::success();
  };
  if (llvm::Error error = allocateInto(matrix.positions, size_t(positionBytes),
                                       /*zeroed=*/true))
    return std::move(error);
  if (llvm::Error error =
          allocateInto(matrix.coordinates, nnz * size_t(coordinateBits / 8),
                       /*zeroed=*/false))
    return std::move(error);
  if (llvm::Error error =
          allocateInto(matrix.values, nnz * valueSize, /*zeroed=*/false))
    return std::move(error);
  return std::move(matrix);
}
