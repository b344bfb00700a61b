//===- TestUtil.cpp - for the tests of matrices and files -----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <zlib.h>

using namespace smash;
using namespace smash::test;

TemporaryDirectory::TemporaryDirectory() {
  llvm::SmallString<128> path;
  if (llvm::sys::fs::createUniqueDirectory("smash-support", path))
    llvm::report_fatal_error("cannot make a temporary directory");
  directory = path.str().str();
}

TemporaryDirectory::~TemporaryDirectory() {
  (void)llvm::sys::fs::remove_directories(directory);
}

std::string TemporaryDirectory::file(llvm::StringRef name) const {
  return directory + "/" + name.str();
}

std::vector<std::string> TemporaryDirectory::list() const {
  std::vector<std::string> names;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(directory, code), end;
       it != end && !code; it.increment(code))
    names.push_back(llvm::sys::path::filename(it->path()).str());
  std::sort(names.begin(), names.end());
  return names;
}

void test::writeFile(const std::string &path, llvm::StringRef text) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  ASSERT_FALSE(code) << path;
  stream << text;
}

std::string test::readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "cannot read " + path;
}

std::string test::gzip(llvm::StringRef text) {
  z_stream stream = {};
  EXPECT_EQ(
      deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<Bytef *>(&result[0]);
  stream.avail_out = result.size();
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

bool Entry::operator==(const Entry &other) const {
  auto same = [](double a, double b) {
    return (std::isnan(a) && std::isnan(b)) ||
           (a == b && std::signbit(a) == std::signbit(b));
  };
  return row == other.row && col == other.col &&
         same(value.real(), other.value.real()) &&
         same(value.imag(), other.value.imag());
}

std::ostream &test::operator<<(std::ostream &stream, const Entry &entry) {
  return stream << "(" << entry.row << ", " << entry.col
                << "): " << entry.value;
}

std::vector<Entry> test::entriesOf(const Matrix &matrix) {
  std::vector<Entry> entries;
  for (int64_t row = 0; row < matrix.rows; ++row)
    for (int64_t i = matrix.position(row); i < matrix.position(row + 1); ++i)
      visitValueType(matrix.valueType, [&](auto zero) {
        auto value = matrix.values.as<decltype(zero)>()[i];
        entries.push_back({row, matrix.coordinate(i), {}});
        if constexpr (std::is_same_v<decltype(zero), std::complex<double>>)
          entries.back().value = value;
        else
          entries.back().value = static_cast<double>(value);
      });
  return entries;
}

Matrix test::fromEntries(int64_t rows, int64_t cols, ValueType type,
                         const std::vector<Entry> &entries) {
  int64_t nnz = entries.size();
  Matrix matrix =
      take(makeMatrix(rows, cols, nnz, type, 32, narrowestIndexBits(cols)));
  auto *positions = matrix.positions.as<uint32_t>();
  for (const Entry &entry : entries)
    ++positions[entry.row + 1];
  for (int64_t row = 0; row < rows; ++row)
    positions[row + 1] += positions[row];
  for (int64_t i = 0; i < nnz; ++i) {
    visitIndexWidth(matrix.coordinateBits, [&](auto zero) {
      matrix.coordinates.as<decltype(zero)>()[i] = entries[i].col;
    });
    visitValueType(type, [&](auto zero) {
      auto &to = matrix.values.as<decltype(zero)>()[i];
      if constexpr (std::is_same_v<decltype(zero), std::complex<double>>)
        to = entries[i].value;
      else
        to = static_cast<decltype(zero)>(entries[i].value.real());
    });
  }
  return matrix;
}

llvm::Expected<Matrix> test::readText(llvm::StringRef text,
                                      const ReadOptions &options) {
  TemporaryDirectory directory;
  writeFile(directory.file("m.mtx"), text);
  llvm::Expected<Matrix> result =
      readMatrixMarket(directory.file("m.mtx"), options);
  if (result)
    return result;
  std::string message = toString(result.takeError());
  if (llvm::StringRef(message).starts_with(directory.path() + "/"))
    message.erase(0, directory.path().size() + 1);
  return llvm::createStringError(std::make_error_code(std::errc::io_error),
                                 message);
}

std::string test::errorOf(llvm::Expected<Matrix> result) {
  return result ? "" : toString(result.takeError());
}

std::string test::errorOf(llvm::Error error) {
  return toString(std::move(error));
}

Matrix test::take(llvm::Expected<Matrix> result) {
  if (result)
    return std::move(*result);
  std::string message = toString(result.takeError());
  ADD_FAILURE() << message;
  llvm::report_fatal_error("a test got no matrix");
}

void test::expectWellFormed(const Matrix &matrix) {
  ASSERT_EQ(matrix.positions.size(),
            size_t(matrix.rows + 1) * matrix.positionBits / 8);
  EXPECT_EQ(matrix.position(0), 0);
  EXPECT_EQ(matrix.coordinates.size(),
            size_t(matrix.nnz()) * matrix.coordinateBits / 8);
  EXPECT_EQ(matrix.values.size(),
            size_t(matrix.nnz()) * sizeOfValueType(matrix.valueType));
  EXPECT_TRUE(matrix.sorted);
  for (int64_t row = 0; row < matrix.rows; ++row) {
    ASSERT_LE(matrix.position(row), matrix.position(row + 1));
    for (int64_t i = matrix.position(row); i < matrix.position(row + 1); ++i) {
      ASSERT_GE(matrix.coordinate(i), 0);
      ASSERT_LT(matrix.coordinate(i), matrix.cols);
      if (i > matrix.position(row))
        ASSERT_LT(matrix.coordinate(i - 1), matrix.coordinate(i));
    }
  }
}

bool test::identical(const Matrix &a, const Matrix &b) {
  auto same = [](const Buffer &x, const Buffer &y) {
    return x.size() == y.size() &&
           (x.size() == 0 || std::memcmp(x.data(), y.data(), x.size()) == 0);
  };
  return a.rows == b.rows && a.cols == b.cols && a.valueType == b.valueType &&
         a.positionBits == b.positionBits &&
         a.coordinateBits == b.coordinateBits && a.sorted == b.sorted &&
         same(a.positions, b.positions) && same(a.coordinates, b.coordinates) &&
         same(a.values, b.values);
}
