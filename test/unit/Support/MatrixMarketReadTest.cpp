//===- MatrixMarketReadTest.cpp - what files may hold ---------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <map>
#include <random>

using namespace smash;
using namespace smash::test;

using Entries = std::vector<Entry>;

static const std::string realBanner =
    "%%MatrixMarket matrix coordinate real general\n";
static const std::string integerBanner =
    "%%MatrixMarket matrix coordinate integer general\n";

static ReadOptions as(ValueType type) {
  ReadOptions options;
  options.valueType = type;
  return options;
}

static Entries read(llvm::StringRef text, const ReadOptions &options = {}) {
  Matrix matrix = take(readText(text, options));
  expectWellFormed(matrix);
  return entriesOf(matrix);
}

static std::string refusal(llvm::StringRef text,
                           const ReadOptions &options = {}) {
  return errorOf(readText(text, options));
}

static ValueType typeOf(llvm::StringRef text) {
  return take(readText(text)).valueType;
}

TEST(Read, DefaultTypes) {
  EXPECT_EQ(typeOf(realBanner + "1 1 0\n"), ValueType::F64);
  EXPECT_EQ(typeOf(integerBanner + "1 1 0\n"), ValueType::I64);
  EXPECT_EQ(typeOf("%%MatrixMarket matrix coordinate pattern general\n1 1 0"),
            ValueType::I64);
  EXPECT_EQ(typeOf("%%MatrixMarket matrix coordinate complex general\n1 1 0"),
            ValueType::C64);
  EXPECT_EQ(read("%%MatrixMarket matrix coordinate pattern general\n"
                 "2 2 2\n2 1\n1 2\n"),
            (Entries{{0, 1, 1}, {1, 0, 1}}));
}

TEST(Read, EntriesInAnyOrder) {
  EXPECT_EQ(read(realBanner + "3 3 4\n3 1 1\n1 3 2\n3 3 3\n1 1 -0.0\n"),
            (Entries{{0, 0, -0.0}, {0, 2, 2}, {2, 0, 1}, {2, 2, 3}}));
}

TEST(Read, LayoutOfLines) {
  Entries expected = {{0, 0, 1.5}, {1, 1, -2}};
  EXPECT_EQ(read(realBanner + "2 2 2\n1 1 1.5\n2 2 -2"), expected);
  EXPECT_EQ(read(realBanner + "2\t2  2 \n \t1 1\t1.5 \n\n2 2 -2\n \n"),
            expected);
  EXPECT_EQ(read(realBanner + "%c\n\n%\n2 2 2\n%late\n1 1 1.5\n%\n2 2 -2\n%"),
            expected);
  std::string text = realBanner + "%c\n2 2 2\n1 1 1.5\n\n2 2 -2\n";
  for (const char *end : {"\r\n", "\r"})
    for (bool last : {true, false}) {
      std::string other;
      for (char c : text)
        other += c == '\n' ? end : std::string(1, c);
      if (!last)
        other.resize(other.size() - strlen(end));
      EXPECT_EQ(read(other), expected);
    }
  EXPECT_EQ(refusal("%%MatrixMarket matrix coordinate real general\r%c\r2 2 2"
                    "\r1 1 1.5\r2 2 x\r"),
            "m.mtx:5: value 'x' is not a real number");
  EXPECT_EQ(refusal("%%MatrixMarket matrix coordinate real general\r\n%c\r\n"
                    "2 2 2\r\n1 1 1.5\r\n2 3 1\r\n"),
            "m.mtx:5: column 3 is outside [1, 2]");
}

TEST(Read, SpellingsOfReals) {
  for (auto [text, value] :
       {std::pair("1", 1.0),
        {"+1.5", 1.5},
        {"-.5", -0.5},
        {"5.", 5.0},
        {"1e3", 1e3},
        {"1E+3", 1e3},
        {"1.0D+00", 1.0},
        {"-2.5d-1", -0.25},
        {"+1D2", 100.0},
        {"inf", HUGE_VAL},
        {"-Inf", -HUGE_VAL},
        {"+INFINITY", HUGE_VAL},
        {"nan", double(NAN)},
        {"NaN", double(NAN)},
        {"4.9e-324", 4.9e-324},
        {"1e-400", 0.0},
        {"0.1000000000000000055511151231257827021181583404541015625", 0.1},
        {"1.7976931348623157e308", 1.7976931348623157e308}})
    EXPECT_EQ(read(realBanner + "1 1 1\n1 1 " + text + "\n"),
              (Entries{{0, 0, value}}))
        << text;
  for (const char *text : {"1,5", "0x10", "1e", "++1", "+-1", "1.0.0", "one",
                           "1_0", "--1", "1.5f", "e5", "."})
    EXPECT_EQ(refusal(realBanner + "1 1 1\n1 1 " + text + "\n"),
              "m.mtx:3: value '" + std::string(text) +
                  "' is not a real number");
  EXPECT_EQ(refusal(realBanner + "1 1 1\n1 1 1e309\n"),
            "m.mtx:3: value '1e309' does not fit f64");
}

TEST(Read, IntegerField) {
  EXPECT_EQ(read(integerBanner + "2 2 3\n1 1 -7\n1 2 +8\n2 2 007\n"),
            (Entries{{0, 0, -7}, {0, 1, 8}, {1, 1, 7}}));
  Matrix limits =
      take(readText(integerBanner + "1 2 2\n1 1 9223372036854775807\n1 2 "
                                    "-9223372036854775808\n"));
  EXPECT_EQ(limits.values.as<int64_t>()[0], INT64_MAX);
  EXPECT_EQ(limits.values.as<int64_t>()[1], INT64_MIN);
  for (const char *text : {"1.0", "-inf", "1e3", "+", "-", "0x1", "+-1"})
    EXPECT_EQ(refusal(integerBanner + "1 1 1\n1 1 " + text + "\n"),
              "m.mtx:3: value '" + std::string(text) + "' is not an integer");
  EXPECT_EQ(refusal(integerBanner + "1 1 1\n1 1 9223372036854775808\n"),
            "m.mtx:3: value '9223372036854775808' does not fit i64");
  EXPECT_EQ(
      refusal(integerBanner + "1 1 1\n1 1 2147483648\n", as(ValueType::I32)),
      "m.mtx:3: value '2147483648' does not fit i32");
  EXPECT_EQ(read(integerBanner + "1 1 1\n1 1 9223372036854775808\n",
                 as(ValueType::F64)),
            (Entries{{0, 0, 0x1p63}}));
  EXPECT_EQ(refusal(integerBanner + "1 1 1\n1 1 1.0\n", as(ValueType::F64)),
            "m.mtx:3: value '1.0' is not an integer");
}

TEST(Read, EveryFieldAsEveryType) {
  for (auto [field, one] : {std::pair("real", "1.0"),
                            {"integer", "1"},
                            {"complex", "1 0"},
                            {"pattern", ""}})
    for (ValueType type : {ValueType::I1, ValueType::I32, ValueType::I64,
                           ValueType::F32, ValueType::F64, ValueType::C64}) {
      SCOPED_TRACE(std::string(field) + " " + spellValueType(type).str());
      Matrix matrix = take(readText("%%MatrixMarket matrix coordinate " +
                                        std::string(field) +
                                        " general\n1 2 1\n1 2 " + one + "\n",
                                    as(type)));
      EXPECT_EQ(matrix.valueType, type);
      EXPECT_EQ(entriesOf(matrix), (Entries{{0, 1, 1}}));
    }
}

TEST(Read, ValuesThatDoNotFit) {
  EXPECT_EQ(refusal(realBanner + "1 1 1\n1 1 2.5\n", as(ValueType::I64)),
            "m.mtx:3: value '2.5' does not fit i64");
  EXPECT_EQ(refusal(realBanner + "1 1 1\n1 1 nan\n", as(ValueType::I32)),
            "m.mtx:3: value 'nan' does not fit i32");
  EXPECT_EQ(refusal(realBanner + "1 1 1\n1 1 1e39\n", as(ValueType::F32)),
            "m.mtx:3: value '1e39' does not fit f32");
  EXPECT_EQ(refusal("%%MatrixMarket matrix coordinate complex general\n"
                    "1 1 1\n1 1 1 2\n",
                    as(ValueType::F64)),
            "m.mtx:3: value '1 2' does not fit f64");
  // An integer keeps its digits on the way from a real field.
  Matrix exact = take(readText(realBanner + "1 1 1\n1 1 9007199254740993\n",
                               as(ValueType::I64)));
  EXPECT_EQ(exact.values.as<int64_t>()[0], 9007199254740993);
  // Rounded once, straight to f32: by way of f64 this would become 1.
  Matrix once = take(readText(
      realBanner + "1 1 1\n1 1 1.00000005960464477540\n", as(ValueType::F32)));
  EXPECT_EQ(once.values.as<float>()[0], 1.00000011920928955078125f);
}

TEST(Read, Complex) {
  std::string banner = "%%MatrixMarket matrix coordinate complex general\n";
  EXPECT_EQ(read(banner + "1 2 2\n1 1 1 -2\n1 2 +1D0 inf\n"),
            (Entries{{0, 0, {1, -2}}, {0, 1, {1, HUGE_VAL}}}));
  EXPECT_EQ(refusal(banner + "1 1 1\n1 1 1\n"),
            "m.mtx:3: the imaginary part is missing");
  EXPECT_EQ(refusal(banner + "1 1 1\n1 1\n"), "m.mtx:3: the value is missing");
  EXPECT_EQ(refusal(banner + "1 1 1\n1 1 1 i\n"),
            "m.mtx:3: value 'i' is not a real number");
  EXPECT_EQ(refusal(banner + "1 1 1\n1 1 1 1e999\n"),
            "m.mtx:3: value '1e999' does not fit complex<f64>");
  EXPECT_EQ(refusal(banner + "1 1 1\n1 1 1 2 3\n"),
            "m.mtx:3: unexpected '3' after the entry");
}

TEST(Read, Symmetries) {
  auto banner = [](const char *field, const char *symmetry) {
    return "%%MatrixMarket matrix coordinate " + std::string(field) + " " +
           symmetry + "\n";
  };
  EXPECT_EQ(
      read(banner("real", "symmetric") + "3 3 4\n3 1 5\n2 2 6\n3 2 7\n1 1 8\n"),
      (Entries{
          {0, 0, 8}, {0, 2, 5}, {1, 1, 6}, {1, 2, 7}, {2, 0, 5}, {2, 1, 7}}));
  EXPECT_EQ(read(banner("integer", "skew-symmetric") + "2 2 1\n2 1 5\n"),
            (Entries{{0, 1, -5}, {1, 0, 5}}));
  EXPECT_EQ(read(banner("complex", "hermitian") + "2 2 2\n2 1 5 6\n2 2 7 0\n"),
            (Entries{{0, 1, {5, -6}}, {1, 0, {5, 6}}, {1, 1, 7}}));
  EXPECT_EQ(read(banner("complex", "skew-symmetric") + "2 2 1\n2 1 5 6\n"),
            (Entries{{0, 1, {-5, -6}}, {1, 0, {5, 6}}}));
  EXPECT_EQ(read(banner("complex", "symmetric") + "2 2 1\n2 1 5 6\n"),
            (Entries{{0, 1, {5, 6}}, {1, 0, {5, 6}}}));
  EXPECT_EQ(read(banner("pattern", "symmetric") + "2 2 1\n2 1\n"),
            (Entries{{0, 1, 1}, {1, 0, 1}}));
  EXPECT_EQ(refusal(banner("pattern", "skew-symmetric") + "2 2 1\n2 1\n"),
            "m.mtx:1: symmetry 'skew-symmetric' needs values, which the field "
            "'pattern' has not");
  EXPECT_EQ(refusal(banner("Integer", "Hermitian") + "2 2 1\n2 1 1\n"),
            "m.mtx:1: symmetry 'hermitian' needs the field 'complex', not "
            "'integer'");
  EXPECT_EQ(refusal(banner("real", "spd") + "1 1 1\n1 1 1\n"),
            "m.mtx:1: symmetry 'spd' is none of general, symmetric, "
            "skew-symmetric, hermitian");
  EXPECT_EQ(refusal(banner("real", "symmetric") + "3 3 2\n2 1 1\n1 2 1\n"),
            "m.mtx:4: entry (1, 2) is above the diagonal of a symmetric "
            "matrix");
  EXPECT_EQ(refusal(banner("integer", "skew-symmetric") +
                    "2 2 1\n2 1 -9223372036854775808\n"),
            "m.mtx:3: value '-9223372036854775808' does not fit i64 when "
            "negated for the skew-symmetric half");
}

TEST(Read, Duplicates) {
  std::string text = realBanner + "%\n3 3 5\n2 3 1\n1 1 2\n%\n2 3 4\n3 3 0\n"
                                  "2 3 8\n";
  EXPECT_EQ(refusal(text), "m.mtx:7: entry (2, 3) already stands on line 4");
  ReadOptions sum;
  sum.sumDuplicates = true;
  EXPECT_EQ(read(text, sum), (Entries{{0, 0, 2}, {1, 2, 13}, {2, 2, 0}}));
  // An explicit zero, and a sum that cancels, are entries.
  EXPECT_EQ(read(realBanner + "1 1 2\n1 1 1\n1 1 -1\n", sum),
            (Entries{{0, 0, 0}}));
  std::string symmetric = "%%MatrixMarket matrix coordinate real symmetric\n"
                          "3 3 2\n3 1 1\n3 1 2\n";
  EXPECT_EQ(refusal(symmetric),
            "m.mtx:4: entry (3, 1) already stands on line 3");
  EXPECT_EQ(read(symmetric, sum), (Entries{{0, 2, 3}, {2, 0, 3}}));
  EXPECT_EQ(read("%%MatrixMarket matrix coordinate pattern general\n"
                 "1 1 2\n1 1\n1 1\n",
                 sum),
            (Entries{{0, 0, 1}}));
  sum.valueType = ValueType::I32;
  EXPECT_EQ(read(integerBanner + "1 1 2\n1 1 2147483647\n1 1 1\n", sum),
            (Entries{{0, 0, -2147483648.0}}));
  sum.valueType = ValueType::I1;
  EXPECT_EQ(read(integerBanner + "1 1 2\n1 1 1\n1 1 1\n", sum),
            (Entries{{0, 0, 1}}));
}

TEST(Read, ZeroBased) {
  ReadOptions options;
  options.zeroBased = true;
  EXPECT_EQ(read(realBanner + "2 2 2\n0 0 1\n1 1 2\n", options),
            (Entries{{0, 0, 1}, {1, 1, 2}}));
  EXPECT_EQ(refusal(realBanner + "2 2 1\n2 1 1\n", options),
            "m.mtx:3: row 2 is outside [0, 1]");
  EXPECT_EQ(refusal(realBanner + "2 2 1\n0 -1 1\n", options),
            "m.mtx:3: column -1 is outside [0, 1]");
  EXPECT_EQ(refusal(realBanner + "2 2 2\n0 1 1\n0 1 1\n", options),
            "m.mtx:4: entry (0, 1) already stands on line 3");
}

TEST(Read, Indices) {
  auto withEntry = [](const char *entry) {
    return refusal(realBanner + "3 4 1\n" + entry + "\n");
  };
  EXPECT_EQ(withEntry("0000000000000000000000003 00004 1"), "");
  EXPECT_EQ(withEntry("1.0 1 1"), "m.mtx:3: row '1.0' is not an integer");
  EXPECT_EQ(withEntry("1 x 1"), "m.mtx:3: column 'x' is not an integer");
  EXPECT_EQ(withEntry("+1 1 1"), "m.mtx:3: row '+1' is not an integer");
  EXPECT_EQ(withEntry("99999999999999999999 1 1"),
            "m.mtx:3: row 99999999999999999999 is outside [1, 3]");
  EXPECT_EQ(withEntry("1 18446744073709551617 1"),
            "m.mtx:3: column 18446744073709551617 is outside [1, 4]");
  EXPECT_EQ(withEntry("1"), "m.mtx:3: column is missing");
  EXPECT_EQ(refusal(realBanner + "0 4 1\n1 1 1\n"),
            "m.mtx:3: row 1 in a matrix that has none");
}

TEST(Read, Banner) {
  EXPECT_EQ(refusal("%%MatrixMarket matrix coordinate real\n1 1 0\n"),
            "m.mtx:1: the banner has 4 words, expected 5: %%MatrixMarket, "
            "object, format, field, symmetry");
  EXPECT_EQ(refusal("%%MatrixMarket matrix coordinate real general x\n1 1 0\n"),
            "m.mtx:1: the banner has 6 words, expected 5: %%MatrixMarket, "
            "object, format, field, symmetry");
  EXPECT_EQ(refusal("1 1 1\n1 1 1\n"),
            "m.mtx:1: expected a banner that starts with '%%MatrixMarket', "
            "not '1 1 1'");
  EXPECT_EQ(refusal("\n" + realBanner + "1 1 0\n"),
            "m.mtx:1: expected a banner that starts with '%%MatrixMarket', "
            "not ''");
  EXPECT_EQ(refusal("version https://git-lfs.github.com/spec/v1\noid "
                    "sha256:00\nsize 5\n"),
            "m.mtx:1: this is a Git LFS pointer, not the file it stands for");
  for (const char *html : {"<!DOCTYPE html><html>", "\n <html lang=\"en\">"})
    EXPECT_EQ(refusal(html),
              "m.mtx:1: this is an HTML page, not a Matrix Market file");
  EXPECT_EQ(refusal("%%MatrixMarket matrix array pattern general\n1 1\n"),
            "m.mtx:1: an array file has no field 'pattern'");
  EXPECT_EQ(refusal(std::string("\x01\x02\xff \0x", 6)),
            "m.mtx:1: expected a banner that starts with '%%MatrixMarket', "
            "not '\\x01\\x02\\xff \\x00x'");
}

TEST(Read, SizeLine) {
  auto withSize = [](const char *size) {
    return refusal(realBanner + size + "\n");
  };
  EXPECT_EQ(withSize("1 1"),
            "m.mtx:2: the size line lacks the number of entries");
  EXPECT_EQ(withSize("1"),
            "m.mtx:2: the size line lacks the number of columns");
  EXPECT_EQ(withSize("1 1 0 0"),
            "m.mtx:2: unexpected '0' after the size line's 3 numbers");
  EXPECT_EQ(withSize("1 1.0 0"),
            "m.mtx:2: '1.0' in the size line is not the number of columns");
  EXPECT_EQ(withSize("1 9223372036854775808 0"),
            "m.mtx:2: the number of columns is over 9223372036854775807: "
            "9223372036854775808");
  EXPECT_EQ(withSize("1 -9223372036854775809 0"),
            "m.mtx:2: the number of columns is negative: "
            "-9223372036854775809");
  EXPECT_EQ(withSize("1 1 9223372036854775807"),
            "m.mtx:2: the file ends after 0 of 9223372036854775807 entries");
  EXPECT_EQ(withSize("9223372036854775807 1 0"),
            "m.mtx:2: a matrix of 9223372036854775807 rows needs "
            "36893488147419103232 bytes of row positions, over the limit of "
            "4294967296");
  EXPECT_EQ(withSize("1 9223372036854775807 0"), "");
  EXPECT_EQ(refusal("%%MatrixMarket matrix array real general\n2 2 4\n"),
            "m.mtx:2: unexpected '4' after the size line's 2 numbers");
}

TEST(Read, IndexWidths) {
  Matrix narrow = take(readText(realBanner + "1 2147483647 1\n"
                                             "1 2147483647 5\n"));
  EXPECT_EQ(narrow.coordinateBits, 32u);
  EXPECT_EQ(narrow.positionBits, 32u);
  EXPECT_EQ(entriesOf(narrow), (Entries{{0, 2147483646, 5}}));
  Matrix wide = take(readText(realBanner + "2 1099511627776 2\n"
                                           "1 1099511627776 3\n2 1 4\n"));
  EXPECT_EQ(wide.coordinateBits, 64u);
  EXPECT_EQ(wide.positionBits, 32u);
  EXPECT_EQ(entriesOf(wide), (Entries{{0, 1099511627775, 3}, {1, 0, 4}}));
}

TEST(Read, Arrays) {
  auto banner = [](const char *field, const char *symmetry) {
    return "%%MatrixMarket matrix array " + std::string(field) + " " +
           symmetry + "\n";
  };
  EXPECT_EQ(
      read(banner("integer", "general") + "2 3\n1\n0\n3\n%\n4\n\n5\n6\n"),
      (Entries{
          {0, 0, 1}, {0, 1, 3}, {0, 2, 5}, {1, 0, 0}, {1, 1, 4}, {1, 2, 6}}));
  EXPECT_EQ(read(banner("real", "symmetric") + "2 2\n1\n2\n3"),
            (Entries{{0, 0, 1}, {0, 1, 2}, {1, 0, 2}, {1, 1, 3}}));
  EXPECT_EQ(read(banner("real", "skew-symmetric") + "3 3\n1\n2\n3\n"),
            (Entries{{0, 1, -1},
                     {0, 2, -2},
                     {1, 0, 1},
                     {1, 2, -3},
                     {2, 0, 2},
                     {2, 1, 3}}));
  EXPECT_EQ(read(banner("complex", "hermitian") + "2 2\n1 0\n2 3\n4 0\n"),
            (Entries{{0, 0, 1}, {0, 1, {2, -3}}, {1, 0, {2, 3}}, {1, 1, 4}}));
  EXPECT_EQ(read(banner("real", "general") + "0 5\n"), Entries{});
  EXPECT_EQ(read(banner("real", "skew-symmetric") + "1 1\n"), Entries{});
  EXPECT_EQ(read(banner("real", "skew-symmetric") + "0 0\n"), Entries{});
  EXPECT_EQ(refusal(banner("complex", "hermitian") + "2 2\n1 0\n2 3\n\n4 1\n"),
            "m.mtx:6: imaginary part 1 on the diagonal of a hermitian matrix");
  EXPECT_EQ(refusal(banner("integer", "skew-symmetric") +
                    "2 2\n-9223372036854775808\n"),
            "m.mtx:3: value '-9223372036854775808' does not fit i64 when "
            "negated for the skew-symmetric half");
  EXPECT_EQ(refusal(banner("real", "general") + "1 2\n1\n"),
            "m.mtx:3: the file ends after 1 of 2 entries");
  EXPECT_EQ(refusal(banner("real", "general") + "1 1\n1\n2\n"),
            "m.mtx:4: an entry after the 1 of the array's size");
  EXPECT_EQ(refusal(banner("real", "general") + "1 2\n1 2\n"),
            "m.mtx:3: unexpected '2' after the entry");
  EXPECT_EQ(
      refusal(banner("real", "general") + "1000000 9223372036854775807\n"),
      "m.mtx:2: an array of 1000000 x 9223372036854775807 has more than "
      "9223372036854775807 entries");
}

TEST(Read, GraphBlasTypes) {
  auto type = [](const char *name) {
    return typeOf(integerBanner + "%%GraphBLAS type " + name +
                  "\n%\n1 1 1\n1 1 1\n");
  };
  EXPECT_EQ(type("bool"), ValueType::I1);
  EXPECT_EQ(type("int8_t"), ValueType::I32);
  EXPECT_EQ(type("int16_t"), ValueType::I32);
  EXPECT_EQ(type("int32_t"), ValueType::I32);
  EXPECT_EQ(type("int64_t"), ValueType::I64);
  EXPECT_EQ(type("uint8_t"), ValueType::I32);
  EXPECT_EQ(type("uint16_t"), ValueType::I32);
  EXPECT_EQ(type("uint32_t"), ValueType::I64);
  EXPECT_EQ(type("int32"), ValueType::I32);
  EXPECT_EQ(type("float"), ValueType::F32);
  EXPECT_EQ(type("double"), ValueType::F64);
  EXPECT_EQ(type("float complex"), ValueType::C64);
  EXPECT_EQ(type("double _Complex"), ValueType::C64);
  EXPECT_EQ(refusal(integerBanner + "%%GraphBLAS type uint64_t\n1 1 0\n"),
            "m.mtx:2: no value type holds the GraphBLAS type 'uint64_t'");
  EXPECT_EQ(refusal(integerBanner + "%%GraphBLAS type\n1 1 0\n"),
            "m.mtx:2: no value type holds the GraphBLAS type ''");
  EXPECT_EQ(refusal(integerBanner + "%%GraphBLAS type float\n"
                                    "%%GraphBLAS type bool\n1 1 0\n"),
            "m.mtx:3: a second '%%GraphBLAS type' line");
  EXPECT_EQ(typeOf(integerBanner + "%%GraphBLAS comment\n1 1 0\n"),
            ValueType::I64);
  // A real type lets an integer field hold what integers cannot.
  std::string infinite = integerBanner + "%%GraphBLAS type float\n"
                                         "1 2 2\n1 1 -inf\n1 2 3\n";
  EXPECT_EQ(typeOf(infinite), ValueType::F32);
  EXPECT_EQ(read(infinite), (Entries{{0, 0, -HUGE_VAL}, {0, 1, 3}}));
  // The caller's choice goes before the file's.
  EXPECT_EQ(take(readText(infinite, as(ValueType::F64))).valueType,
            ValueType::F64);
  EXPECT_EQ(refusal(infinite, as(ValueType::I32)),
            "m.mtx:4: value '-inf' does not fit i32");
  EXPECT_EQ(refusal(integerBanner + "%%GraphBLAS type int32_t\n1 1 1\n"
                                    "1 1 1.0\n"),
            "m.mtx:4: value '1.0' is not an integer");
}

TEST(Read, FirstErrorOfTheFileWins) {
  EXPECT_EQ(refusal(realBanner + "2 2 2\n1 1 x\n1 9 y\n"),
            "m.mtx:3: value 'x' is not a real number");
  EXPECT_EQ(refusal(realBanner + "2 2 1\n1 1 1\nrubbish\n"),
            "m.mtx:4: an entry after the 1 that the size line declares");
  EXPECT_EQ(refusal(realBanner + "1 1 1\n1 1 " + std::string(60, 'z') + "\n"),
            "m.mtx:3: value '" + std::string(40, 'z') +
                "...' is not a real number");
}

TEST(Read, FilesThatCannotBeRead) {
  TemporaryDirectory directory;
  EXPECT_EQ(errorOf(readMatrixMarket(directory.file("none.mtx"))),
            directory.file("none.mtx") +
                ": cannot read: no such file or directory");
  EXPECT_EQ(errorOf(readMatrixMarket(directory.path())),
            directory.path() + ": cannot read: is a directory");
}

TEST(Read, Gzip) {
  std::string text = realBanner + "2 2 2\n1 1 1.5\n2 2 -2\n";
  Entries expected = {{0, 0, 1.5}, {1, 1, -2}};
  std::string packed = gzip(text);
  EXPECT_EQ(read(packed), expected); // whatever it is called
  EXPECT_EQ(read(gzip(text.substr(0, 60)) + gzip(text.substr(60))), expected);
  for (size_t size :
       {size_t(3), size_t(12), packed.size() / 2, packed.size() - 1})
    EXPECT_EQ(refusal(llvm::StringRef(packed).take_front(size)),
              "m.mtx: truncated gzip stream")
        << size;
  std::string broken = packed;
  broken[packed.size() - 6] ^= 1; // of the check sum
  EXPECT_EQ(refusal(broken), "m.mtx: broken gzip stream: incorrect data check");
  EXPECT_EQ(refusal(packed + "tail"), "m.mtx: 4 bytes after the gzip stream");
  EXPECT_EQ(refusal(gzip("")), "m.mtx: the file is empty");
}

TEST(Read, GzipOfHighRatio) {
  // Grows the output many times over.
  std::string text =
      realBanner + "1 1 1\n" + std::string(3 << 20, '\n') + "1 1 1\n";
  EXPECT_EQ(read(gzip(text)), (Entries{{0, 0, 1}}));
}

TEST(Read, ProgressRisesToOne) {
  std::vector<double> shares;
  ReadOptions options;
  options.progress = [&](double share) { shares.push_back(share); };
  read(realBanner + "1 1 1\n1 1 1\n", options);
  ASSERT_FALSE(shares.empty());
  EXPECT_TRUE(llvm::is_sorted(shares));
  EXPECT_GE(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
}

/// A file of several chunks and threads, with a line broken on request.
static std::string manyLines(int64_t entries, int64_t brokenEntry = -1) {
  std::string text =
      realBanner + "1000 1000000 " + std::to_string(entries) + "\n";
  for (int64_t i = 0; i < entries; ++i)
    text += std::to_string(i % 1000 + 1) + " " + std::to_string(i / 1000 + 1) +
            " " + (i == brokenEntry ? "bad" : std::to_string(i)) + "\n";
  return text;
}

TEST(Read, ManyChunks) {
  constexpr int64_t entries = 1000000;
  ReadOptions options;
  double last = 0;
  options.progress = [&](double share) {
    EXPECT_GE(share, last);
    last = share;
  };
  Matrix matrix = take(readText(manyLines(entries), options));
  expectWellFormed(matrix);
  ASSERT_EQ(matrix.nnz(), entries);
  bool right = true;
  for (int64_t row = 0; row < 1000; ++row)
    for (int64_t i = matrix.position(row); i < matrix.position(row + 1); ++i)
      right &= matrix.values.as<double>()[i] ==
               double(matrix.coordinate(i) * 1000 + row);
  EXPECT_TRUE(right);
  EXPECT_EQ(last, 1);
  EXPECT_TRUE(identical(matrix, take(readText(manyLines(entries)))));
}

TEST(Read, ErrorsInManyChunks) {
  constexpr int64_t entries = 1000000;
  EXPECT_EQ(refusal(manyLines(entries, 777777)),
            "m.mtx:777780: value 'bad' is not a real number");
  std::string text = manyLines(entries, 900000);
  // One more, in an earlier chunk: it is the one to be named.
  size_t broken = text.find('\n', text.size() / 4) + 1;
  text[broken] = '#';
  auto line = std::count(text.begin(), text.begin() + broken, '\n') + 1;
  std::string where = "m.mtx:" + std::to_string(line) + ": row '#";
  EXPECT_EQ(refusal(text).substr(0, where.size()), where);
  std::string more = manyLines(entries) + "1 1 5\n";
  EXPECT_EQ(refusal(more), "m.mtx:1000003: an entry after the 1000000 that "
                           "the size line declares");
}

/// Writes random entries in a random layout, and expects just them back.
TEST(Read, RandomMatrices) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    auto below = [&](uint64_t bound) { return int64_t(random() % bound); };
    const char *symmetry = (const char *[]){
        "general", "symmetric", "skew-symmetric", "hermitian"}[below(4)];
    const bool general = symmetry[0] == 'g', skew = symmetry[1] == 'k',
               hermitian = symmetry[0] == 'h';
    int64_t rows = 1 + below(12), cols = general ? 1 + below(12) : rows;
    const char *end = (const char *[]){"\n", "\r\n", "\r"}[below(3)];
    const bool zeroBased = below(2), duplicates = below(4) == 0;
    std::map<std::pair<int64_t, int64_t>, std::complex<double>> expected;
    std::vector<std::string> lines;
    for (int64_t tries = below(60); tries-- != 0;) {
      int64_t row = below(rows), col = below(cols);
      if (!general && row < col)
        std::swap(row, col);
      if ((skew && row == col) || (!duplicates && expected.count({row, col})))
        continue;
      // Halves of small integers add without rounding, in any order.
      std::complex<double> value(
          (below(41) - 20) / 2.0,
          row == col && hermitian ? 0 : (below(41) - 20) / 2.0);
      std::complex<double> mirrored = hermitian ? std::conj(value)
                                      : skew    ? -value
                                                : value;
      auto add = [&](int64_t r, int64_t c, std::complex<double> v) {
        auto [it, isNew] = expected.insert({{r, c}, v});
        if (!isNew)
          it->second += v;
      };
      add(row, col, value);
      if (!general && row != col)
        add(col, row, mirrored);
      char line[128];
      snprintf(line, sizeof(line), "%s%lld%s%lld %.17g\t%g",
               below(3) ? "" : " ", (long long)row + !zeroBased,
               below(2) ? " " : "\t ", (long long)col + !zeroBased,
               value.real(), value.imag());
      lines.push_back(line);
    }
    std::string text = "%%MatrixMarket matrix coordinate complex ";
    text += symmetry + std::string(end) + std::to_string(rows) + " " +
            std::to_string(cols) + " " + std::to_string(lines.size());
    for (const std::string &line : lines) {
      text += end + line;
      if (below(8) == 0)
        text += end + std::string(below(2) ? "% a comment" : "  ");
    }
    if (below(2))
      text += end;
    ReadOptions options;
    options.zeroBased = zeroBased;
    options.sumDuplicates = duplicates;
    Entries want;
    for (auto &[position, value] : expected)
      want.push_back({position.first, position.second, value});
    Entries got = read(below(4) ? text : gzip(text), options);
    // Zero's sign depends on how a sum or a mirror comes by it.
    for (Entries *entries : {&want, &got})
      for (Entry &entry : *entries)
        entry.value += 0.0;
    EXPECT_EQ(got, want) << text;
  }
}
