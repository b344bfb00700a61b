//===- ValueConversion.h - between value types ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_VALUECONVERSION_H
#define SMASH_LIB_SUPPORT_VALUECONVERSION_H

#include <charconv>
#include <cmath>
#include <complex>
#include <limits>
#include <string>
#include <type_traits>

namespace smash {

template <typename T>
struct IsComplex : std::false_type {};
template <typename T>
struct IsComplex<std::complex<T>> : std::true_type {};

/// Sets `to` to `from`; false when `To` cannot hold it. Reals round to a
/// narrower real, but a finite one never becomes infinite.
template <typename To, typename From>
bool convertValue(From from, To &to) {
  if constexpr (std::is_same_v<To, From>) {
    to = from;
    return true;
  } else if constexpr (std::is_same_v<To, bool>) {
    to = from != From{};
    return true;
  } else if constexpr (IsComplex<From>::value) {
    return from.imag() == 0 && convertValue(from.real(), to);
  } else if constexpr (IsComplex<To>::value) {
    to = To(static_cast<typename To::value_type>(from), 0);
    return true;
  } else if constexpr (std::is_integral_v<To> && std::is_integral_v<From>) {
    to = static_cast<To>(from);
    return static_cast<From>(to) == from;
  } else if constexpr (std::is_integral_v<To>) {
    // -min is a power of two, so exact in any real type.
    const From bound = -static_cast<From>(std::numeric_limits<To>::min());
    if (!(from >= -bound && from < bound) || std::trunc(from) != from)
      return false;
    to = static_cast<To>(from);
    return true;
  } else {
    to = static_cast<To>(from);
    if constexpr (std::is_floating_point_v<From>)
      return !std::isinf(to) || std::isinf(from);
    return true;
  }
}

/// Writes `value` at `out` in the fewest digits that read back the same;
/// returns the end. At most 32 characters.
template <typename T>
char *formatReal(char *out, T value) {
  if (std::isnan(value)) {
    out[0] = 'n', out[1] = 'a', out[2] = 'n';
    return out + 3;
  }
  return std::to_chars(out, out + 32, value).ptr;
}

/// `value` as text for a message.
template <typename T>
std::string formatValue(T value) {
  char text[80];
  char *end = text;
  if constexpr (IsComplex<T>::value) {
    *end++ = '(';
    end = formatReal(end, value.real());
    *end++ = ',';
    *end++ = ' ';
    end = formatReal(end, value.imag());
    *end++ = ')';
  } else if constexpr (std::is_floating_point_v<T>) {
    end = formatReal(end, value);
  } else {
    end = std::to_chars(text, text + 32, static_cast<int64_t>(value)).ptr;
  }
  return std::string(text, end);
}

} // namespace smash

#endif // SMASH_LIB_SUPPORT_VALUECONVERSION_H
