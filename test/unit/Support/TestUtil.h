//===- TestUtil.h - for the tests of matrices and files ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_SUPPORT_TESTUTIL_H
#define SMASH_TEST_UNIT_SUPPORT_TESTUTIL_H

#include "smash/Support/Generators.h"
#include <complex>
#include <ostream>
#include <vector>

namespace smash {
namespace test {

/// A directory that goes with the object.
class TemporaryDirectory {
public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  /// The path of `name` in it.
  std::string file(llvm::StringRef name) const;
  /// The names of the files in it, sorted.
  std::vector<std::string> list() const;
  const std::string &path() const { return directory; }

private:
  std::string directory;
};

void writeFile(const std::string &path, llvm::StringRef text);
std::string readFile(const std::string &path);
/// `text` compressed as one gzip member.
std::string gzip(llvm::StringRef text);

/// One entry, its value widened.
struct Entry {
  int64_t row;
  int64_t col;
  std::complex<double> value;
  bool operator==(const Entry &other) const;
};
std::ostream &operator<<(std::ostream &stream, const Entry &entry);

/// All entries in storage order.
std::vector<Entry> entriesOf(const Matrix &matrix);

/// A matrix of these entries, which are sorted by row, then column.
Matrix fromEntries(int64_t rows, int64_t cols, ValueType type,
                   const std::vector<Entry> &entries);

/// Reads `text` as a file called `m.mtx`; errors start with that name alone.
llvm::Expected<Matrix> readText(llvm::StringRef text,
                                const ReadOptions &options = {});

/// "" for a value, else the error's text.
std::string errorOf(llvm::Expected<Matrix> result);
std::string errorOf(llvm::Error error);

/// The value; the test stops when there is none.
Matrix take(llvm::Expected<Matrix> result);

/// Checks what the description of `Matrix` promises.
void expectWellFormed(const Matrix &matrix);

/// Whether all bytes of two matrices are the same.
bool identical(const Matrix &a, const Matrix &b);

} // namespace test
} // namespace smash

#endif // SMASH_TEST_UNIT_SUPPORT_TESTUTIL_H
