//===- Semirings.h - what plus and times mean ----------------- -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The seven semirings for every value type, written from their definition and
/// from nothing that the compiler uses.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_REFERENCE_SEMIRINGS_H
#define SMASH_LIB_REFERENCE_SEMIRINGS_H

#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

namespace smash::reference {

template <typename T>
inline constexpr bool isComplex = false;
template <typename T>
inline constexpr bool isComplex<std::complex<T>> = true;

//===----------------------------------------------------------------------===//
// Operations on values
//===----------------------------------------------------------------------===//

template <typename T>
bool isNonzero(T x) {
  return x != T();
}

/// An i1 adds modulo 2, as LLVM's `add i1` does; integers wrap.
template <typename T>
T add(T x, T y) {
  if constexpr (std::is_same_v<T, bool>)
    return x != y;
  else if constexpr (std::is_integral_v<T>)
    return T(std::make_unsigned_t<T>(x) + std::make_unsigned_t<T>(y));
  else
    return x + y;
}

/// Integers wrap. Complex numbers by the formula, without the recovery of
/// infinities that std::complex and C have: kernels do not have it either.
template <typename T>
T multiply(T x, T y) {
  if constexpr (std::is_same_v<T, bool>)
    return x && y;
  else if constexpr (std::is_integral_v<T>)
    return T(std::make_unsigned_t<T>(x) * std::make_unsigned_t<T>(y));
  else if constexpr (isComplex<T>)
    return T(x.real() * y.real() - x.imag() * y.imag(),
             x.real() * y.imag() + x.imag() * y.real());
  else
    return x * y;
}

/// Of floating-point numbers the `minimum` of IEEE 754-2019: NaN if either is,
/// and -0 is less than +0.
template <typename T>
T minimum(T x, T y) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(x) || std::isnan(y))
      return std::isnan(x) ? x : y;
    if (x == y)
      return std::signbit(x) ? x : y;
  }
  return x < y ? x : y;
}

template <typename T>
T maximum(T x, T y) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(x) || std::isnan(y))
      return std::isnan(x) ? x : y;
    if (x == y)
      return std::signbit(x) ? y : x;
  }
  return x < y ? y : x;
}

/// The sum of two integers, or the end of the range that it lies beyond.
template <typename T>
T addSaturating(T x, T y) {
  T sum;
  if (!__builtin_add_overflow(x, y, &sum))
    return sum;
  return x < 0 ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
}

/// The sum in a tropical semiring whose infinity is `infinity` if T is an
/// integer: it absorbs, and other sums saturate.
template <typename T>
T addTropical(T x, T y, T infinity) {
  if constexpr (std::is_same_v<T, bool>) {
    // 0 + 0, 0 + 1 and 1 + 1, saturating: only min_plus has 1 and max_plus has
    // 0 for its infinity.
    return x == infinity || y == infinity ? infinity : x || y;
  } else if constexpr (std::is_integral_v<T>) {
    return x == infinity || y == infinity ? infinity : addSaturating(x, y);
  } else {
    return x + y;
  }
}

//===----------------------------------------------------------------------===//
// Semirings
//===----------------------------------------------------------------------===//

/// Each has plus, times, whether it needs an order of its values, and whether
/// the order of the products changes the result of floating-point ones.
struct PlusTimes {
  static constexpr bool ordered = false, rounds = true;
  template <typename T>
  static T plus(T x, T y) {
    return add(x, y);
  }
  template <typename T>
  static T times(T x, T y) {
    return multiply(x, y);
  }
};

struct MinPlus {
  static constexpr bool ordered = true, rounds = false;
  template <typename T>
  static T plus(T x, T y) {
    return minimum(x, y);
  }
  template <typename T>
  static T times(T x, T y) {
    return addTropical(x, y, std::numeric_limits<T>::max());
  }
};

struct MaxPlus {
  static constexpr bool ordered = true, rounds = false;
  template <typename T>
  static T plus(T x, T y) {
    return maximum(x, y);
  }
  template <typename T>
  static T times(T x, T y) {
    return addTropical(x, y, std::numeric_limits<T>::min());
  }
};

struct MaxTimes {
  static constexpr bool ordered = true, rounds = false;
  template <typename T>
  static T plus(T x, T y) {
    return maximum(x, y);
  }
  template <typename T>
  static T times(T x, T y) {
    return multiply(x, y);
  }
};

struct OrAnd {
  static constexpr bool ordered = false, rounds = false;
  template <typename T>
  static T plus(T x, T y) {
    return T(isNonzero(x) || isNonzero(y));
  }
  template <typename T>
  static T times(T x, T y) {
    return T(isNonzero(x) && isNonzero(y));
  }
};

/// Counts products: modulo 2 in i1, whose sum wraps.
struct PlusPair {
  static constexpr bool ordered = false, rounds = false;
  template <typename T>
  static T plus(T x, T y) {
    return add(x, y);
  }
  template <typename T>
  static T times(T, T) {
    return T(1);
  }
};

struct AnyPair {
  static constexpr bool ordered = false, rounds = false;
  template <typename T>
  static T plus(T x, T) {
    return x;
  }
  template <typename T>
  static T times(T, T) {
    return T(1);
  }
};

} // namespace smash::reference

#endif // SMASH_LIB_REFERENCE_SEMIRINGS_H
