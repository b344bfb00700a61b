//===- MatrixMarketValue.h - one value of an entry ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_MATRIXMARKETVALUE_H
#define SMASH_LIB_SUPPORT_MATRIXMARKETVALUE_H

#include "MatrixMarketHeader.h"

namespace smash {
namespace mm {

/// The words of an entry's value: none, one, or two for a complex number.
inline unsigned wordsPerValue(Field field) {
  return field == Field::Pattern ? 0 : field == Field::Complex ? 2 : 1;
}

/// Reads the value in `words` as `header.valueType` into `value`, which has
/// room for any storage type. Returns why that fails, or nothing. Every value
/// can be read this way; the parser has short cuts for the common ones.
std::string parseValue(const Header &header, const llvm::StringRef words[2],
                       void *value);

/// Reads all of `word` as a real number, with a leading `+` and with Fortran's
/// `D` exponent too; false when it is none, or finite but out of range.
bool parseReal(llvm::StringRef word, double &value);
bool parseReal(llvm::StringRef word, float &value);

} // namespace mm
} // namespace smash

#endif // SMASH_LIB_SUPPORT_MATRIXMARKETVALUE_H
