//===- MatrixMarketParse.cpp - the entries of a file ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixMarketParse.h"
#include "MatrixMarketValue.h"
#include "ValueConversion.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>
#include <charconv>
#include <cstring>
#include <fast_float/fast_float.h>

using namespace smash;
using namespace smash::mm;

//===----------------------------------------------------------------------===//
// Explaining a wrong line: slow, and checked in reading order
//===----------------------------------------------------------------------===//

bool mm::holdsEntry(llvm::StringRef line) {
  return !line.starts_with("%") && !line.trim(" \t").empty();
}

/// Reads all of `word` as an index.
static bool parseIndexWord(llvm::StringRef word, int64_t &index) {
  auto [end, status] = std::from_chars(word.begin(), word.end(), index);
  return end == word.end() && status == std::errc();
}

static std::string explainIndex(const Header &header, const char *what,
                                llvm::StringRef word, int64_t count,
                                int64_t &index) {
  if (word.empty())
    return std::string(what) + " is missing";
  auto [end, status] = std::from_chars(word.begin(), word.end(), index);
  if (end != word.end() || status == std::errc::invalid_argument)
    return std::string(what) + " " + quote(word) + " is not an integer";
  if (status == std::errc() && index >= header.base &&
      index - header.base < count)
    return "";
  std::string reason = std::string(what) + " " + word.take_front(40).str();
  if (count == 0)
    return reason + " in a matrix that has none";
  reason += " is outside [" + std::to_string(header.base) + ", " +
            std::to_string(count - 1 + header.base) + "]";
  if (status == std::errc() && header.base == 1 && index == 0)
    reason += "; does the file count from 0?";
  return reason;
}

std::string mm::checkNegation(const Header &header, const void *value) {
  if (header.symmetry != Symmetry::Skew)
    return "";
  return visitValueType(header.valueType, [&](auto zero) -> std::string {
    using T = decltype(zero);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      T number = *static_cast<const T *>(value);
      if (number == std::numeric_limits<T>::min())
        return ("value '" + llvm::Twine(number) + "' does not fit " +
                spellValueType(header.valueType) +
                " when negated for the skew-symmetric half")
            .str();
    }
    return "";
  });
}

std::string mm::checkDiagonal(const Header &header, const void *value) {
  if (header.symmetry == Symmetry::Skew)
    return "an entry on the diagonal of a skew-symmetric matrix";
  if (header.symmetry != Symmetry::Hermitian ||
      header.valueType != ValueType::C64)
    return "";
  double imaginary = static_cast<const std::complex<double> *>(value)->imag();
  if (imaginary == 0)
    return "";
  return "imaginary part " + formatValue(imaginary) +
         " on the diagonal of a hermitian matrix";
}

std::string mm::explainLine(const Header &header, llvm::StringRef line) {
  int64_t row = 0, col = 0;
  if (!header.array) {
    if (std::string reason =
            explainIndex(header, "row", takeWord(line), header.rows, row);
        !reason.empty())
      return reason;
    if (std::string reason =
            explainIndex(header, "column", takeWord(line), header.cols, col);
        !reason.empty())
      return reason;
  }
  llvm::StringRef words[2];
  for (unsigned i = 0; i < wordsPerValue(header.field); ++i) {
    words[i] = takeWord(line);
    if (words[i].empty())
      return i == 0 ? "the value is missing" : "the imaginary part is missing";
  }
  std::complex<double> value; // the widest storage
  if (std::string reason = parseValue(header, words, &value); !reason.empty())
    return reason;
  if (llvm::StringRef word = takeWord(line); !word.empty())
    return "unexpected " + quote(word) + " after the entry";
  if (!header.array && header.symmetry != Symmetry::General) {
    if (row < col)
      return ("entry (" + llvm::Twine(row) + ", " + llvm::Twine(col) +
              ") is above the diagonal of a " + spellSymmetry(header.symmetry) +
              " matrix")
          .str();
    if (row == col)
      if (std::string reason = checkDiagonal(header, &value); !reason.empty())
        return reason;
  }
  if (std::string reason = checkNegation(header, &value); !reason.empty())
    return reason;
  return "this is not an entry";
}

std::pair<int64_t, int64_t> mm::positionOnLine(const Header &header,
                                               llvm::StringRef line) {
  int64_t row = 0, col = 0;
  parseIndexWord(takeWord(line), row);
  parseIndexWord(takeWord(line), col);
  return {row - header.base, col - header.base};
}

//===----------------------------------------------------------------------===//
// Reading entries fast
//===----------------------------------------------------------------------===//

namespace {
/// The ways to read a value: a short cut, or `parseValue` for all others.
enum class Shortcut { None, F64, F32, I64, C64, Any };
} // namespace

static Shortcut chooseShortcut(const Header &header) {
  switch (header.field) {
  case Field::Pattern:
    return Shortcut::None;
  case Field::Real:
    if (header.valueType == ValueType::F64)
      return Shortcut::F64;
    if (header.valueType == ValueType::F32)
      return Shortcut::F32;
    return Shortcut::Any;
  case Field::Integer:
    return header.valueType == ValueType::I64 ? Shortcut::I64 : Shortcut::Any;
  case Field::Complex:
    return header.valueType == ValueType::C64 ? Shortcut::C64 : Shortcut::Any;
  }
  llvm_unreachable("field out of range");
}

static const char *skipBlanks(const char *p) {
  while (isBlank(*p))
    ++p;
  return p;
}

static bool endsWord(char c) { return isBlank(c) || isLineEnd(c); }

static const char *findWordEnd(const char *p) {
  while (!endsWord(*p))
    ++p;
  return p;
}

/// Reads an index at `p` and the blanks around it; null when it is wrong. The
/// line end that follows stops every loop.
static const char *readIndex(const char *p, uint64_t base, uint64_t count,
                             uint64_t &index) {
  p = skipBlanks(p);
  const char *start = p;
  uint64_t number = 0;
  for (unsigned digit; (digit = unsigned(*p) - '0') < 10; ++p)
    number = number * 10 + digit;
  constexpr ptrdiff_t safeDigits = 18; // below 2^63 whatever they are
  if (p - start > safeDigits || p == start) {
    int64_t slow;
    p = findWordEnd(start);
    if (!parseIndexWord(llvm::StringRef(start, p - start), slow) || slow < 0)
      return nullptr;
    number = slow;
  }
  if (!endsWord(*p))
    return nullptr;
  index = number - base; // wraps past any count when below base
  return index < count ? p : nullptr;
}

template <typename T>
static const char *readReal(const char *p, const char *end, T &value) {
  p = skipBlanks(p);
  auto [stop, status] = fast_float::from_chars(p, end, value);
  if (status == std::errc() && endsWord(*stop) && !std::isinf(value))
    return stop;
  stop = findWordEnd(p);
  return parseReal(llvm::StringRef(p, stop - p), value) ? stop : nullptr;
}

/// Reads the value at `p` into `value`; null when it is wrong.
template <Shortcut shortcut>
static const char *readValue(const Header &header, const char *p,
                             const char *end, void *value) {
  if constexpr (shortcut == Shortcut::None) {
    return p;
  } else if constexpr (shortcut == Shortcut::F64) {
    return readReal(p, end, *static_cast<double *>(value));
  } else if constexpr (shortcut == Shortcut::F32) {
    return readReal(p, end, *static_cast<float *>(value));
  } else if constexpr (shortcut == Shortcut::C64) {
    auto *parts = static_cast<double *>(value);
    p = readReal(p, end, parts[0]);
    return p ? readReal(p, end, parts[1]) : nullptr;
  } else {
    p = skipBlanks(p);
    if constexpr (shortcut == Shortcut::I64) {
      auto [stop, status] =
          std::from_chars(p, end, *static_cast<int64_t *>(value));
      if (status == std::errc() && endsWord(*stop))
        return stop;
    }
    llvm::StringRef words[2];
    for (unsigned i = 0; i < wordsPerValue(header.field); ++i) {
      p = skipBlanks(p);
      const char *stop = findWordEnd(p);
      words[i] = llvm::StringRef(p, stop - p);
      p = stop;
    }
    return parseValue(header, words, value).empty() ? p : nullptr;
  }
}

/// Whether a symmetric file may hold this entry.
static bool symmetryAllows(const Header &header, uint64_t row, uint64_t col,
                           const void *value) {
  if (row < col)
    return false;
  if (row == col && !checkDiagonal(header, value).empty())
    return false;
  return header.symmetry != Symmetry::Skew ||
         checkNegation(header, value).empty();
}

template <Shortcut shortcut, typename Coordinate>
static void parseLines(const Header &header, Chunk &chunk) {
  const char *const begin = chunk.lines.begin(), *const end = chunk.lines.end();
  const bool array = header.array;
  const bool general = header.symmetry == Symmetry::General;
  const uint64_t base = header.base, rows = header.rows, cols = header.cols;
  const size_t stride = sizeOfValueType(header.valueType);
  auto *toRow = chunk.rows.as<uint32_t>();
  auto *toCol = chunk.coordinates.as<Coordinate>();
  char *toValue = chunk.values.as<char>();
  int64_t diagonal = 0, count = 0;

  const char *p = begin;
  const char *lineStart = begin;
  auto stop = [&](bool wrong) {
    chunk.count = count;
    chunk.diagonal = diagonal;
    if (wrong)
      chunk.errorOffset = chunk.offset + (lineStart - begin);
  };
  while (p < end) {
    lineStart = p;
    if (*p == '%') {
      while (!isLineEnd(*p))
        ++p;
    } else if (p = skipBlanks(p); !isLineEnd(*p)) {
      uint64_t row = 0, col = 0;
      if (!array) {
        if (!(p = readIndex(p, base, rows, row)) ||
            !(p = readIndex(p, base, cols, col)))
          return stop(/*wrong=*/true);
      }
      if (!(p = readValue<shortcut>(header, p, end, toValue)))
        return stop(/*wrong=*/true);
      p = skipBlanks(p);
      if (!isLineEnd(*p))
        return stop(/*wrong=*/true);
      if (!array) {
        if (!general && !symmetryAllows(header, row, col, toValue))
          return stop(/*wrong=*/true);
        toRow[count] = static_cast<uint32_t>(row);
        toCol[count] = static_cast<Coordinate>(col);
        diagonal += row == col;
      }
      if constexpr (shortcut != Shortcut::None)
        toValue += stride;
      ++count;
    }
    p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
  }
  stop(/*wrong=*/false);
}

/// At least as many as there are lines; CR LF may count twice.
static size_t countLineEnds(llvm::StringRef lines) {
  size_t feeds = std::count(lines.begin(), lines.end(), '\n');
  size_t returns = std::count(lines.begin(), lines.end(), '\r');
  return feeds + returns;
}

/// Allocates `bytes` in `buffer`; false when that fails.
static bool allocateInto(Buffer &buffer, size_t bytes) {
  llvm::Expected<Buffer> allocated = Buffer::allocate(bytes);
  if (!allocated) {
    llvm::consumeError(allocated.takeError());
    return false;
  }
  buffer = std::move(*allocated);
  return true;
}

void mm::parseChunk(const Header &header, Chunk &chunk) {
  // As much memory as the lines can fill, whatever the header declares.
  size_t most = countLineEnds(chunk.lines);
  unsigned coordinateBytes = coordinateBitsOf(header) / 8;
  Shortcut shortcut = chooseShortcut(header);
  size_t valueBytes =
      shortcut == Shortcut::None ? 0 : sizeOfValueType(header.valueType);
  if (!allocateInto(chunk.rows, header.array ? 0 : most * sizeof(uint32_t)) ||
      !allocateInto(chunk.coordinates,
                    header.array ? 0 : most * coordinateBytes) ||
      !allocateInto(chunk.values, most * valueBytes)) {
    chunk.outOfMemory = true;
    return;
  }
  visitIndexWidth(coordinateBytes * 8, [&](auto coordinate) {
    using Coordinate = decltype(coordinate);
    switch (shortcut) {
    case Shortcut::None:
      return parseLines<Shortcut::None, Coordinate>(header, chunk);
    case Shortcut::F64:
      return parseLines<Shortcut::F64, Coordinate>(header, chunk);
    case Shortcut::F32:
      return parseLines<Shortcut::F32, Coordinate>(header, chunk);
    case Shortcut::I64:
      return parseLines<Shortcut::I64, Coordinate>(header, chunk);
    case Shortcut::C64:
      return parseLines<Shortcut::C64, Coordinate>(header, chunk);
    case Shortcut::Any:
      return parseLines<Shortcut::Any, Coordinate>(header, chunk);
    }
  });
}
