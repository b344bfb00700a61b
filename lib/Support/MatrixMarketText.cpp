//===- MatrixMarketText.cpp - the text of a file --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixMarketText.h"
#include "Zlib.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>

using namespace smash;
using namespace smash::mm;

size_t mm::skipLineEnd(llvm::StringRef text, size_t offset) {
  if (offset >= text.size())
    return text.size();
  bool crlf = text[offset] == '\r' && offset + 1 < text.size() &&
              text[offset + 1] == '\n';
  return offset + (crlf ? 2 : 1);
}

size_t mm::findLineEnd(llvm::StringRef text, size_t offset) {
  while (offset < text.size() && !isLineEnd(text[offset]))
    ++offset;
  return offset;
}

llvm::StringRef mm::takeWord(llvm::StringRef &line) {
  line = line.drop_while(isBlank);
  llvm::StringRef word = line.take_until(isBlank);
  line = line.drop_front(word.size());
  return word;
}

std::string mm::quote(llvm::StringRef text) {
  constexpr size_t mostCharacters = 40;
  std::string quoted = "'";
  for (char c : text.take_front(mostCharacters)) {
    if (llvm::isPrint(c))
      quoted += c;
    else
      quoted += "\\x" + llvm::utohexstr(uint8_t(c), /*LowerCase=*/true,
                                        /*Width=*/2);
  }
  return quoted + (text.size() > mostCharacters ? "...'" : "'");
}

size_t Text::lineNumber(size_t offset) const {
  size_t line = 1;
  for (size_t at = 0;; ++line) {
    at = skipLineEnd(contents, findLineEnd(contents, at));
    if (at > offset || at >= contents.size())
      return line;
  }
}

llvm::Error Text::errorAt(size_t offset, const llvm::Twine &reason) const {
  return llvm::createStringError(
      std::make_error_code(std::errc::invalid_argument),
      llvm::Twine(filePath) + ":" + llvm::Twine(lineNumber(offset)) + ": " +
          reason);
}

llvm::Error Text::error(const llvm::Twine &reason) const {
  return llvm::createStringError(
      std::make_error_code(std::errc::invalid_argument),
      llvm::Twine(filePath) + ": " + reason);
}

namespace {
/// Inflates all members of a gzip file.
class Inflater {
public:
  explicit Inflater(llvm::StringRef data) : rest(data) {
    allocateThroughBuffers(stream);
  }
  ~Inflater() {
    if (started)
      inflateEnd(&stream);
  }

  /// The reason of a failure, or nothing. `output` holds `size` bytes.
  std::string run() {
    // Only a start: what the trailer says of the length is not to be trusted.
    constexpr size_t startBytes = size_t(64) << 10, startRatio = 4;
    if (llvm::Error error =
            output.resize(startBytes + startRatio * rest.size()))
      return toString(std::move(error));
    constexpr int gzipOnly = 15 + 16; // the widest window, gzip framing
    if (inflateInit2(&stream, gzipOnly) != Z_OK)
      return "cannot allocate memory for zlib";
    started = true;
    while (true) {
      if (std::string reason = inflateMember(); !reason.empty())
        return reason;
      if (rest.empty())
        return "";
      if (!rest.starts_with("\x1f\x8b"))
        return (llvm::Twine(rest.size()) + " bytes after the gzip stream")
            .str();
      inflateReset(&stream);
    }
  }

  Buffer output;
  size_t size = 0;

private:
  std::string inflateMember() {
    constexpr size_t mostAtOnce = size_t(1) << 30; // zlib counts in uInt
    while (true) {
      if (size == output.size())
        if (llvm::Error error = output.resize(2 * size))
          return toString(std::move(error));
      uInt in = std::min(rest.size(), mostAtOnce);
      uInt out = std::min(output.size() - size, mostAtOnce);
      stream.next_in =
          reinterpret_cast<Bytef *>(const_cast<char *>(rest.data()));
      stream.avail_in = in;
      stream.next_out = output.as<Bytef>() + size;
      stream.avail_out = out;
      int status = inflate(&stream, Z_NO_FLUSH);
      rest = rest.drop_front(in - stream.avail_in);
      size += out - stream.avail_out;
      if (status == Z_STREAM_END)
        return "";
      if (status == Z_MEM_ERROR)
        return "cannot allocate memory for zlib";
      // All input taken and still room for output: there is no more.
      if (status == Z_BUF_ERROR ||
          (status == Z_OK && rest.empty() && stream.avail_out != 0))
        return "truncated gzip stream";
      if (status != Z_OK)
        return std::string("broken gzip stream: ") +
               (stream.msg ? stream.msg : zError(status));
    }
  }

  llvm::StringRef rest;
  z_stream stream = {};
  bool started = false;
};
} // namespace

llvm::Expected<Text> Text::open(llvm::StringRef path) {
  Text result;
  result.filePath = path.str();
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file) {
    std::string reason = file.getError().message();
    if (!reason.empty())
      reason[0] = llvm::toLower(reason[0]);
    return result.error("cannot read: " + llvm::Twine(reason));
  }
  result.mapped = std::move(*file);
  result.contents = result.mapped->getBuffer();
  if (!result.contents.starts_with("\x1f\x8b"))
    return std::move(result);

  Inflater inflater(result.contents);
  if (std::string reason = inflater.run(); !reason.empty())
    return result.error(reason);
  result.inflated = std::move(inflater.output);
  result.contents = {result.inflated.as<char>(), inflater.size};
  result.mapped.reset();
  return std::move(result);
}
