//===- MatrixMarketText.h - the text of a file ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_MATRIXMARKETTEXT_H
#define SMASH_LIB_SUPPORT_MATRIXMARKETTEXT_H

#include "smash/Support/Matrix.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace smash {
namespace mm {

/// The text of one file: mapped, or inflated when it is gzip by content.
class Text {
public:
  static llvm::Expected<Text> open(llvm::StringRef path);

  /// The whole text, as the file has it.
  llvm::StringRef text() const { return contents; }
  llvm::StringRef path() const { return filePath; }

  /// An error `FILE:LINE: reason` for the line that holds `offset`.
  llvm::Error errorAt(size_t offset, const llvm::Twine &reason) const;
  /// An error `FILE: reason`.
  llvm::Error error(const llvm::Twine &reason) const;
  /// The number, from 1, of the line that holds `offset`.
  size_t lineNumber(size_t offset) const;

private:
  std::string filePath;
  std::unique_ptr<llvm::MemoryBuffer> mapped;
  Buffer inflated;
  llvm::StringRef contents;
};

/// Lines end in LF, CR LF or CR.
inline bool isLineEnd(char c) { return c == '\n' || c == '\r'; }
inline bool isBlank(char c) { return c == ' ' || c == '\t'; }

/// The offset after the line end at `offset`, which is one or `text`'s end.
size_t skipLineEnd(llvm::StringRef text, size_t offset);

/// The offset of the next line end at or after `offset`, or `text`'s end.
size_t findLineEnd(llvm::StringRef text, size_t offset);

/// Takes the next blank-separated word off the front of `line`; empty when
/// there is none.
llvm::StringRef takeWord(llvm::StringRef &line);

/// `text` in single quotes, cut when long, with control characters and bytes
/// past ASCII escaped, so that any message stays one readable line.
std::string quote(llvm::StringRef text);

} // namespace mm
} // namespace smash

#endif // SMASH_LIB_SUPPORT_MATRIXMARKETTEXT_H
