//===- Operations.h - operations on bits -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_RUNTIME_PIUMA_OPERATIONS_H
#define SMASH_LIB_RUNTIME_PIUMA_OPERATIONS_H

#include "smash/Runtime/Piuma.h"
#include <cmath>
#include <cstring>
#include <type_traits>

//
// Operations on the bits of numbers, the same in both runtimes.
//

namespace smash::piuma::detail {

template <typename To, typename From>
To bitsAs(From from) {
  To to = 0;
  static_assert(sizeof(To) <= sizeof(From));
  std::memcpy(&to, &from, sizeof(To));
  return to;
}

/// Like arith.minimumf and maximumf: NaN if either is, and -0 below +0.
template <typename T>
T pickFloat(T a, T b, bool least) {
  if (std::isnan(a) || std::isnan(b))
    return a + b;
  if (a == b)
    return std::signbit(a) == least ? a : b;
  return (a < b) == least ? a : b;
}

template <typename T>
T operateOnFloats(T a, T b, int32_t operation) {
  switch (operation) {
  case PIUMA_RT_ADD:
    return a + b;
  case PIUMA_RT_MIN:
  case PIUMA_RT_MAX:
    return pickFloat(a, b, operation == PIUMA_RT_MIN);
  default: // an exchange
    return b;
  }
}

template <typename T>
T operateOnIntegers(T a, T b, int32_t operation) {
  using Unsigned = std::make_unsigned_t<T>;
  switch (operation) {
  case PIUMA_RT_ADD:
    return T(Unsigned(a) + Unsigned(b));
  case PIUMA_RT_MIN:
    return a < b ? a : b;
  case PIUMA_RT_MAX:
    return a < b ? b : a;
  case PIUMA_RT_AND:
    return a & b;
  case PIUMA_RT_OR:
    return a | b;
  case PIUMA_RT_XOR:
    return a ^ b;
  default: // an exchange
    return b;
  }
}

/// a `operation` b, on numbers of sizeof(Bits) bytes.
template <typename Bits>
Bits operate(Bits a, Bits b, int32_t operation) {
  using Float = std::conditional_t<sizeof(Bits) == 8, double, float>;
  if (operation & PIUMA_RT_FLOAT)
    return bitsAs<Bits>(operateOnFloats(bitsAs<Float>(a), bitsAs<Float>(b),
                                        operation & ~PIUMA_RT_FLOAT));
  return operateOnIntegers(a, b, operation);
}

inline int64_t operateOn(int64_t a, int64_t b, int32_t operation,
                         int32_t bytes) {
  return bytes == 8 ? operate<int64_t>(a, b, operation)
                    : int64_t(uint32_t(
                          operate<int32_t>(int32_t(a), int32_t(b), operation)));
}

/// The element that `index` holds.
inline int64_t readIndex(const void *index, int64_t at, int32_t bytes) {
  const char *from = static_cast<const char *>(index) + at * bytes;
  uint64_t value = 0;
  std::memcpy(&value, from, size_t(bytes));
  return int64_t(value);
}

/// Where a request reads and writes its i-th element; `from` is null for a
/// fill.
struct DmaElement {
  const char *from;
  char *to;
};
inline DmaElement elementOf(const piuma_rt_dma &request, int64_t i) {
  const char *from = static_cast<const char *>(request.from);
  char *to = static_cast<char *>(request.to);
  int64_t bytes = request.bytes;
  switch (request.kind) {
  case PIUMA_RT_COPY:
    return {from + i * request.from_stride * bytes,
            to + i * request.to_stride * bytes};
  case PIUMA_RT_GATHER:
    return {from + readIndex(request.index, i, request.index_bytes) * bytes,
            to + i * bytes};
  case PIUMA_RT_SCATTER:
    return {from + i * bytes,
            to + readIndex(request.index, i, request.index_bytes) * bytes};
  default: // a fill
    return {nullptr, to + i * bytes};
  }
}

/// Does what `request` says, one element after the other; `combine`(at, bits)
/// combines in one step.
template <typename Combine>
void perform(const piuma_rt_dma &request, Combine combine) {
  for (int64_t i = 0; i < request.count; ++i) {
    DmaElement element = elementOf(request, i);
    if (!element.from) {
      std::memcpy(element.to, &request.fill, size_t(request.bytes));
    } else if (request.combine >= 0) {
      int64_t bits = 0;
      std::memcpy(&bits, element.from, size_t(request.bytes));
      combine(element.to, bits);
    } else {
      std::memmove(element.to, element.from, size_t(request.bytes));
    }
  }
}

} // namespace smash::piuma::detail

#endif // SMASH_LIB_RUNTIME_PIUMA_OPERATIONS_H
