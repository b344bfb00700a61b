//===- MatrixMarketHeader.cpp - banner, comments and size line ------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixMarketHeader.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include <charconv>

using namespace smash;
using namespace smash::mm;

llvm::StringRef mm::spellSymmetry(Symmetry symmetry) {
  switch (symmetry) {
  case Symmetry::General:
    return "general";
  case Symmetry::Symmetric:
    return "symmetric";
  case Symmetry::Skew:
    return "skew-symmetric";
  case Symmetry::Hermitian:
    return "hermitian";
  }
  llvm_unreachable("symmetry out of range");
}

namespace {
/// Reads one header, line by line.
class HeaderParser {
public:
  HeaderParser(const Text &text, const ReadOptions &options)
      : text(text), options(options) {}

  llvm::Expected<Header> run() {
    if (llvm::Error error = parseBanner())
      return std::move(error);
    if (llvm::Error error = parseComments())
      return std::move(error);
    if (llvm::Error error = parseSize())
      return std::move(error);
    chooseValueType();
    header.base = options.zeroBased ? 0 : 1;
    header.bodyOffset = next;
    return header;
  }

private:
  const Text &text;
  const ReadOptions &options;
  Header header;
  size_t lineStart = 0; ///< of the current line
  size_t next = 0;      ///< where the line after it starts
  std::optional<ValueType> graphBlasType;

  llvm::Error fail(const llvm::Twine &reason) {
    return text.errorAt(lineStart, reason);
  }

  /// Steps to the next line; false at the end of the text.
  bool nextLine(llvm::StringRef &line) {
    if (next >= text.text().size())
      return false;
    lineStart = next;
    size_t end = mm::findLineEnd(text.text(), lineStart);
    line = text.text().slice(lineStart, end);
    next = mm::skipLineEnd(text.text(), end);
    return true;
  }

  llvm::Error parseBanner();
  llvm::Error explainNoBanner(llvm::StringRef line);
  llvm::Error parseComments();
  llvm::Error parseGraphBlas(llvm::StringRef line);
  llvm::Error parseSize();
  llvm::Error parseCount(llvm::StringRef &line, const char *what,
                         int64_t &count);
  llvm::Error countArrayEntries();
  void chooseValueType();
};
} // namespace

/// What a file that has no banner is instead, where that is known.
llvm::Error HeaderParser::explainNoBanner(llvm::StringRef line) {
  llvm::StringRef start = text.text().take_front(256).ltrim();
  if (start.starts_with("version https://git-lfs.github.com/spec/"))
    return fail("this is a Git LFS pointer, not the file it stands for");
  if (start.starts_with_insensitive("<!doctype html") ||
      start.starts_with_insensitive("<html"))
    return fail("this is an HTML page, not a Matrix Market file");
  if (start.starts_with("\xef\xbb\xbf"))
    return fail("a byte order mark stands before the banner");
  return fail("expected a banner that starts with '%%MatrixMarket', not " +
              quote(line));
}

llvm::Error HeaderParser::parseBanner() {
  llvm::StringRef line;
  if (!nextLine(line))
    return text.error("the file is empty");
  llvm::StringRef rest = line;
  if (!takeWord(rest).equals_insensitive("%%MatrixMarket") ||
      !line.starts_with("%"))
    return explainNoBanner(line);
  llvm::SmallVector<llvm::StringRef, 5> words;
  for (llvm::StringRef word = takeWord(rest); !word.empty();
       word = takeWord(rest))
    words.push_back(word);
  if (words.size() != 4)
    return fail("the banner has " + llvm::Twine(words.size() + 1) +
                " words, expected 5: %%MatrixMarket, object, format, field, "
                "symmetry");
  if (!words[0].equals_insensitive("matrix"))
    return fail("object " + quote(words[0]) + " is not 'matrix'");
  if (words[1].equals_insensitive("array"))
    header.array = true;
  else if (!words[1].equals_insensitive("coordinate"))
    return fail("format " + quote(words[1]) + " is none of coordinate, array");
  if (words[2].equals_insensitive("real"))
    header.field = Field::Real;
  else if (words[2].equals_insensitive("integer"))
    header.field = Field::Integer;
  else if (words[2].equals_insensitive("pattern"))
    header.field = Field::Pattern;
  else if (words[2].equals_insensitive("complex"))
    header.field = Field::Complex;
  else
    return fail("field " + quote(words[2]) +
                " is none of real, integer, pattern, complex");
  bool known = false;
  for (Symmetry symmetry : {Symmetry::General, Symmetry::Symmetric,
                            Symmetry::Skew, Symmetry::Hermitian})
    if (words[3].equals_insensitive(spellSymmetry(symmetry))) {
      header.symmetry = symmetry;
      known = true;
    }
  if (!known)
    return fail("symmetry " + quote(words[3]) +
                " is none of general, symmetric, skew-symmetric, hermitian");
  if (header.array && header.field == Field::Pattern)
    return fail("an array file has no field 'pattern'");
  if (header.symmetry == Symmetry::Hermitian && header.field != Field::Complex)
    return fail("symmetry 'hermitian' needs the field 'complex', not " +
                quote(words[2].lower()));
  if (header.symmetry == Symmetry::Skew && header.field == Field::Pattern)
    return fail("symmetry 'skew-symmetric' needs values, which the field "
                "'pattern' has not");
  return llvm::Error::success();
}

/// A `%%GraphBLAS type` line decides the value type; other `%%GraphBLAS` lines
/// are comments, as for LAGraph.
llvm::Error HeaderParser::parseGraphBlas(llvm::StringRef line) {
  llvm::StringRef rest = line;
  takeWord(rest);
  if (!takeWord(rest).equals_insensitive("type"))
    return llvm::Error::success();
  if (graphBlasType)
    return fail("a second '%%GraphBLAS type' line");
  llvm::StringRef name = rest.trim(" \t");
  static constexpr struct {
    llvm::StringLiteral name;
    ValueType type;
  } types[] = {
      // Each as the narrowest type here that holds all its values.
      {"bool", ValueType::I1},
      {"int8", ValueType::I32},
      {"int16", ValueType::I32},
      {"int32", ValueType::I32},
      {"int64", ValueType::I64},
      {"uint8", ValueType::I32},
      {"uint16", ValueType::I32},
      {"uint32", ValueType::I64},
      {"float", ValueType::F32},
      {"double", ValueType::F64},
      {"float complex", ValueType::C64},
      {"float _complex", ValueType::C64},
      {"double complex", ValueType::C64},
      {"double _complex", ValueType::C64},
  };
  std::string plain = name.lower();
  if (llvm::StringRef(plain).contains("int") &&
      llvm::StringRef(plain).ends_with("_t"))
    plain.resize(plain.size() - 2);
  for (const auto &[known, type] : types)
    if (plain == known) {
      graphBlasType = type;
      return llvm::Error::success();
    }
  return fail("no value type holds the GraphBLAS type " + quote(name));
}

llvm::Error HeaderParser::parseComments() {
  llvm::StringRef line;
  size_t bannerStart = lineStart;
  while (nextLine(line)) {
    if (line.starts_with("%")) {
      llvm::StringRef rest = line;
      if (takeWord(rest).equals_insensitive("%%GraphBLAS"))
        if (llvm::Error error = parseGraphBlas(line))
          return error;
      continue;
    }
    if (line.trim(" \t").empty())
      continue;
    next = lineStart; // the size line: read it again
    return llvm::Error::success();
  }
  lineStart = std::max(bannerStart, lineStart);
  return fail("the file ends before the size line");
}

llvm::Error HeaderParser::parseCount(llvm::StringRef &line, const char *what,
                                     int64_t &count) {
  llvm::StringRef word = takeWord(line);
  if (word.empty())
    return fail(llvm::Twine("the size line lacks ") + what);
  auto [end, status] = std::from_chars(word.begin(), word.end(), count);
  if (end != word.end() || status == std::errc::invalid_argument)
    return fail(quote(word) + " in the size line is not " + what);
  if (word.starts_with("-"))
    return fail(llvm::Twine(what) + " is negative: " + word);
  if (status != std::errc())
    return fail(llvm::Twine(what) + " is over " + llvm::Twine(INT64_MAX) +
                ": " + word.take_front(40));
  return llvm::Error::success();
}

llvm::Error HeaderParser::parseSize() {
  llvm::StringRef line;
  nextLine(line);
  if (llvm::Error error = parseCount(line, "the number of rows", header.rows))
    return error;
  if (llvm::Error error =
          parseCount(line, "the number of columns", header.cols))
    return error;
  if (!header.array)
    if (llvm::Error error =
            parseCount(line, "the number of entries", header.entries))
      return error;
  if (llvm::StringRef word = takeWord(line); !word.empty())
    return fail("unexpected " + quote(word) + " after the size line's " +
                (header.array ? "2" : "3") + " numbers");
  if (header.symmetry != Symmetry::General && header.rows != header.cols)
    return fail("a " + spellSymmetry(header.symmetry) +
                " matrix is square, not " + llvm::Twine(header.rows) + " x " +
                llvm::Twine(header.cols));
  // What makeMatrix would refuse, before any work.
  if (uint64_t(header.rows) + 1 > maxRowPositionBytes / sizeof(uint32_t)) {
    llvm::Expected<Matrix> refused =
        makeMatrix(header.rows, 0, 0, ValueType::I1, 32, 32);
    assert(!refused && "too many rows were accepted");
    return fail(toString(refused.takeError()));
  }
  return header.array ? countArrayEntries() : llvm::Error::success();
}

llvm::Error HeaderParser::countArrayEntries() {
  using Wide = unsigned __int128;
  Wide rows = header.rows, entries = rows * header.cols;
  if (header.symmetry == Symmetry::Skew)
    entries = rows == 0 ? 0 : rows * (rows - 1) / 2;
  else if (header.symmetry != Symmetry::General)
    entries = rows * (rows + 1) / 2;
  if (entries > INT64_MAX)
    return fail("an array of " + llvm::Twine(header.rows) + " x " +
                llvm::Twine(header.cols) + " has more than " +
                llvm::Twine(INT64_MAX) + " entries");
  header.entries = int64_t(entries);
  return llvm::Error::success();
}

void HeaderParser::chooseValueType() {
  switch (header.field) {
  case Field::Real:
    header.valueType = ValueType::F64;
    break;
  case Field::Integer:
  case Field::Pattern:
    header.valueType = ValueType::I64;
    break;
  case Field::Complex:
    header.valueType = ValueType::C64;
    break;
  }
  if (graphBlasType) {
    header.valueType = *graphBlasType;
    bool real = *graphBlasType == ValueType::F32 ||
                *graphBlasType == ValueType::F64 ||
                *graphBlasType == ValueType::C64;
    if (real && header.field == Field::Integer)
      header.field = Field::Real;
  }
  if (options.valueType)
    header.valueType = *options.valueType;
}

llvm::Expected<Header> mm::parseHeader(const Text &text,
                                       const ReadOptions &options) {
  return HeaderParser(text, options).run();
}
