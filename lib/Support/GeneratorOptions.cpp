//===- GeneratorOptions.cpp - keys of a description -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GeneratorOptions.h"
#include "MatrixMarketValue.h"
#include "ValueConversion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include <charconv>

using namespace smash;
using namespace smash::gen;

Options::Options(llvm::StringRef description) {
  llvm::StringRef rest = description;
  rest.consume_front("gen:");
  std::tie(kindName, rest) = rest.split(',');
  while (!rest.empty() && good()) {
    llvm::StringRef item;
    std::tie(item, rest) = rest.split(',');
    // A spelling such as complex<f64> holds no comma or '='.
    auto [key, value] = item.split('=');
    if (key.empty() || value.empty())
      fail(mm::quote(item) + " is not key=value");
    for (const Pair &pair : pairs)
      if (pair.key == key)
        fail("key " + mm::quote(key) + " is given twice");
    pairs.push_back({key, value});
  }
}

void Options::fail(const llvm::Twine &why) {
  if (good())
    reason = why.str();
}

bool Options::has(llvm::StringRef key) const {
  return llvm::any_of(pairs, [&](const Pair &pair) { return pair.key == key; });
}

std::optional<llvm::StringRef> Options::find(llvm::StringRef key) {
  known.push_back(key);
  for (const Pair &pair : pairs)
    if (pair.key == key)
      return pair.value;
  return std::nullopt;
}

/// Reads N or B^E.
static bool parseInteger(llvm::StringRef text, int64_t &number) {
  auto [base, exponent] = text.split('^');
  if (!llvm::to_integer(base, number, 10))
    return false;
  if (base.size() == text.size())
    return true;
  int64_t times;
  if (!llvm::to_integer(exponent, times, 10) || times < 0 || times > 63)
    return false;
  int64_t factor = std::exchange(number, 1);
  while (times-- != 0)
    if (__builtin_mul_overflow(number, factor, &number))
      return false;
  return true;
}

int64_t Options::take(llvm::StringRef key, std::optional<int64_t> fallback,
                      int64_t low, int64_t high) {
  std::optional<llvm::StringRef> text = find(key);
  if (!text) {
    if (!fallback)
      fail("key '" + key + "' is missing");
    return fallback.value_or(low);
  }
  int64_t number;
  if (parseInteger(*text, number) && number >= low && number <= high)
    return number;
  fail(key + "=" + *text + " is not an integer in [" + llvm::Twine(low) + ", " +
       llvm::Twine(high) + "]");
  return low;
}

double Options::takeReal(llvm::StringRef key, double fallback, double low,
                         double high) {
  std::optional<llvm::StringRef> text = find(key);
  if (!text)
    return fallback;
  double number;
  if (mm::parseReal(*text, number) && number >= low && number <= high)
    return number;
  fail(key + "=" + *text + " is not a number in [" +
       llvm::Twine(formatValue(low)) + ", " + llvm::Twine(formatValue(high)) +
       "]");
  return low;
}

unsigned Options::takeWord(llvm::StringRef key, llvm::StringRef fallback,
                           llvm::ArrayRef<llvm::StringRef> words) {
  llvm::StringRef text = find(key).value_or(fallback);
  for (auto [index, word] : llvm::enumerate(words))
    if (text == word)
      return index;
  fail(key + "=" + text + " is none of " + llvm::join(words, ", "));
  return 0;
}

ValueType Options::takeType() {
  llvm::StringRef text = find("type").value_or("f64");
  if (std::optional<ValueType> type = parseValueType(text))
    return *type;
  fail("type=" + text + " is none of " + llvm::Twine(listValueTypes()));
  return ValueType::F64;
}

llvm::Error Options::finish() {
  if (good())
    for (const Pair &pair : pairs)
      if (!llvm::is_contained(known, pair.key))
        fail("unknown key " + mm::quote(pair.key) + ", expected one of " +
             llvm::join(known, ", "));
  if (good())
    return llvm::Error::success();
  return llvm::createStringError(
      std::make_error_code(std::errc::invalid_argument),
      "gen:" + kindName + ": " + reason);
}
