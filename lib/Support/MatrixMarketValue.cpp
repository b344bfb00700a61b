//===- MatrixMarketValue.cpp - one value of an entry ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixMarketValue.h"
#include "ValueConversion.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include <fast_float/fast_float.h>

using namespace smash;
using namespace smash::mm;

namespace {
enum class RealStatus { Good, NotReal, OutOfRange };
} // namespace

template <typename T>
static RealStatus parseRealWord(llvm::StringRef word, T &value) {
  llvm::SmallString<64> copy;
  if (word.size() > 1 && word[0] == '+' && word[1] != '-')
    word = word.drop_front();
  size_t exponent = word.find_first_of("dD");
  if (exponent != llvm::StringRef::npos) {
    copy = word;
    copy[exponent] = 'e';
    word = copy;
  }
  auto [end, status] =
      fast_float::from_chars(word.data(), word.data() + word.size(), value);
  if (end != word.end() || status == std::errc::invalid_argument)
    return RealStatus::NotReal;
  // A number, not the word `inf`: the second character decides after a sign.
  bool number = word.find_first_of("0123456789") != llvm::StringRef::npos;
  if (status != std::errc() || (number && std::isinf(value)))
    return RealStatus::OutOfRange;
  return RealStatus::Good;
}

bool mm::parseReal(llvm::StringRef word, double &value) {
  return parseRealWord(word, value) == RealStatus::Good;
}

bool mm::parseReal(llvm::StringRef word, float &value) {
  return parseRealWord(word, value) == RealStatus::Good;
}

/// The digits of an integer with its sign, or nothing when `word` is none.
static std::optional<llvm::StringRef> integerDigits(llvm::StringRef word) {
  llvm::StringRef digits = word;
  if (digits.starts_with("+") || digits.starts_with("-"))
    digits = digits.drop_front();
  if (digits.empty() || !llvm::all_of(digits, llvm::isDigit))
    return std::nullopt;
  return word.starts_with("+") ? digits : word;
}

static std::string misfit(llvm::StringRef word, const Header &header) {
  return ("value " + quote(word) + " does not fit " +
          spellValueType(header.valueType))
      .str();
}

template <typename To>
static std::string readInteger(const Header &header, llvm::StringRef word,
                               To &to) {
  std::optional<llvm::StringRef> digits = integerDigits(word);
  if (!digits)
    return "value " + quote(word) + " is not an integer";
  if constexpr (std::is_same_v<To, bool>) {
    to = digits->find_first_of("123456789") != llvm::StringRef::npos;
    return "";
  } else if constexpr (IsComplex<To>::value) {
    double real;
    if (std::string reason = readInteger(header, word, real); !reason.empty())
      return reason;
    to = To(real, 0);
    return "";
  } else if constexpr (std::is_floating_point_v<To>) {
    return parseReal(*digits, to) ? "" : misfit(word, header);
  } else {
    auto [end, status] = std::from_chars(digits->begin(), digits->end(), to);
    return status == std::errc() ? "" : misfit(word, header);
  }
}

template <typename To>
static std::string readReal(const Header &header, llvm::StringRef word,
                            To &to) {
  // An integer keeps all its digits when it is wanted as an integer.
  if constexpr (std::is_integral_v<To>)
    if (integerDigits(word))
      return readInteger(header, word, to);
  // f32 is read at once: through f64 it would be rounded twice.
  std::conditional_t<std::is_same_v<To, float>, float, double> real = 0;
  switch (parseRealWord(word, real)) {
  case RealStatus::NotReal:
    return "value " + quote(word) + " is not a real number";
  case RealStatus::OutOfRange:
    return misfit(word, header);
  case RealStatus::Good:
    break;
  }
  return convertValue(real, to) ? "" : misfit(word, header);
}

template <typename To>
static std::string readComplex(const Header &header,
                               const llvm::StringRef words[2], To &to) {
  double parts[2] = {};
  for (int i : {0, 1}) {
    RealStatus status = parseRealWord(words[i], parts[i]);
    if (status == RealStatus::NotReal)
      return "value " + quote(words[i]) + " is not a real number";
    if (status == RealStatus::OutOfRange)
      return misfit(words[i], header);
  }
  if (convertValue(std::complex<double>(parts[0], parts[1]), to))
    return "";
  return misfit((words[0] + " " + words[1]).str(), header);
}

std::string mm::parseValue(const Header &header, const llvm::StringRef words[2],
                           void *value) {
  return visitValueType(header.valueType, [&](auto zero) -> std::string {
    auto &to = *static_cast<decltype(zero) *>(value);
    switch (header.field) {
    case Field::Pattern:
      to = decltype(zero)(1);
      return "";
    case Field::Integer:
      return readInteger(header, words[0], to);
    case Field::Real:
      return readReal(header, words[0], to);
    case Field::Complex:
      return readComplex(header, words, to);
    }
    llvm_unreachable("field out of range");
  });
}
