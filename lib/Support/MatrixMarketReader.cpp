//===- MatrixMarketReader.cpp - a file to a matrix ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatrixMarketAssemble.h"
#include "Parallel.h"
#include "llvm/ADT/Twine.h"
#include <atomic>
#include <cstring>
#include <vector>

using namespace smash;
using namespace smash::mm;

namespace {
/// Reads one file.
class Reader {
public:
  Reader(const Text &text, const Header &header, const ReadOptions &options)
      : text(text), header(header), options(options) {}

  llvm::Expected<Matrix> run();

private:
  const Text &text;
  const Header &header;
  const ReadOptions &options;
  std::vector<Chunk> chunks;
  Buffer lastLine; ///< the last line, ended, when the file does not end it

  llvm::Error split();
  void parse();
  llvm::Error checkParsed();
  llvm::Error placeArrayEntries();
  llvm::Error explainDuplicate(Duplicate duplicate);
  void report(double share) {
    if (options.progress)
      options.progress(share);
  }

  /// Calls `fn(offset, line)` for each entry's line, until it returns false.
  template <typename Fn>
  void forEachEntryLine(Fn &&fn) {
    llvm::StringRef all = text.text();
    for (size_t at = header.bodyOffset; at < all.size();) {
      size_t end = findLineEnd(all, at);
      llvm::StringRef line = all.slice(at, end);
      if (holdsEntry(line) && !fn(at, line))
        return;
      at = skipLineEnd(all, end);
    }
  }

  /// Where the line of the entry numbered `ordinal`, from 0, starts.
  size_t offsetOfEntry(int64_t ordinal) {
    size_t offset = text.text().size();
    forEachEntryLine([&](size_t at, llvm::StringRef) {
      offset = at;
      return ordinal-- != 0;
    });
    return offset;
  }
};
} // namespace

/// Cuts the body at line starts into chunks of about one size.
llvm::Error Reader::split() {
  constexpr size_t chunkBytes = size_t(2) << 20;
  llvm::StringRef all = text.text();
  size_t begin = header.bodyOffset;
  // The parser leans on a line end behind every line.
  size_t end = all.size();
  while (end > begin && !isLineEnd(all[end - 1]))
    --end;
  while (begin < end) {
    size_t stop = end;
    if (end - begin > chunkBytes)
      stop = skipLineEnd(all, findLineEnd(all, begin + chunkBytes));
    Chunk chunk;
    chunk.lines = all.slice(begin, stop);
    chunk.offset = begin;
    chunks.push_back(std::move(chunk));
    begin = stop;
  }
  if (end == all.size())
    return llvm::Error::success();
  llvm::StringRef rest = all.drop_front(end);
  if (llvm::Error error = lastLine.resize(rest.size() + 1))
    return text.error(toString(std::move(error)));
  std::memcpy(lastLine.as<char>(), rest.data(), rest.size());
  lastLine.as<char>()[rest.size()] = '\n';
  Chunk chunk;
  chunk.lines = {lastLine.as<char>(), lastLine.size()};
  chunk.offset = end;
  chunks.push_back(std::move(chunk));
  return llvm::Error::success();
}

/// Reads all chunks, side by side when there are many. After a wrong one the
/// later ones are not read; the earlier ones always are, so that the error
/// reported is the first of the file.
void Reader::parse() {
  // What assembling takes is about a fifth of the whole.
  constexpr double shareOfParsing = 0.8;
  std::atomic<size_t> firstWrong{chunks.size()}, done{0};
  parallelForEach(chunks.size(), threadsForText(text.text().size()),
                  [&](size_t index, bool onCaller) {
                    if (index < firstWrong) {
                      parseChunk(header, chunks[index]);
                      if (chunks[index].errorOffset ||
                          chunks[index].outOfMemory) {
                        size_t seen = firstWrong;
                        while (index < seen &&
                               !firstWrong.compare_exchange_weak(seen, index))
                          ;
                      }
                    }
                    size_t finished = ++done;
                    if (onCaller)
                      report(shareOfParsing * finished / chunks.size());
                  });
}

/// The first thing wrong with the entries, in the file's order.
llvm::Error Reader::checkParsed() {
  int64_t count = 0;
  auto tooMany = [&] {
    return text.errorAt(offsetOfEntry(header.entries),
                        "an entry after the " + llvm::Twine(header.entries) +
                            (header.array ? " of the array's size"
                                          : " that the size line declares"));
  };
  for (const Chunk &chunk : chunks) {
    if (chunk.outOfMemory)
      return text.error("cannot allocate memory for the entries");
    count += chunk.count;
    bool wrong = chunk.errorOffset.has_value();
    if (count > header.entries || (wrong && count == header.entries))
      return tooMany();
    if (!wrong)
      continue;
    size_t start = *chunk.errorOffset;
    llvm::StringRef line =
        text.text().slice(start, findLineEnd(text.text(), start));
    return text.errorAt(start, explainLine(header, line));
  }
  if (count == header.entries)
    return llvm::Error::success();
  return text.errorAt(text.text().size(),
                      "the file ends after " + llvm::Twine(count) + " of " +
                          llvm::Twine(header.entries) + " entries");
}

/// Gives an array's entries their positions: columns first, and for a
/// symmetric one the lower triangle only.
llvm::Error Reader::placeArrayEntries() {
  const bool general = header.symmetry == Symmetry::General;
  const bool skew = header.symmetry == Symmetry::Skew;
  const size_t stride = sizeOfValueType(header.valueType);
  int64_t row = skew ? 1 : 0, col = 0, ordinal = 0;
  for (Chunk &chunk : chunks) {
    if (llvm::Error error = chunk.rows.resize(chunk.count * sizeof(uint32_t)))
      return text.error(toString(std::move(error)));
    if (llvm::Error error = chunk.coordinates.resize(
            chunk.count * (coordinateBitsOf(header) / 8)))
      return text.error(toString(std::move(error)));
    for (int64_t i = 0; i < chunk.count; ++i, ++ordinal) {
      chunk.rows.as<uint32_t>()[i] = static_cast<uint32_t>(row);
      visitIndexWidth(coordinateBitsOf(header), [&](auto zero) {
        using Coordinate = decltype(zero);
        chunk.coordinates.as<Coordinate>()[i] = static_cast<Coordinate>(col);
      });
      if (!general) {
        const char *value = chunk.values.as<char>() + i * stride;
        std::string reason = row == col ? checkDiagonal(header, value)
                                        : checkNegation(header, value);
        if (!reason.empty())
          return text.errorAt(offsetOfEntry(ordinal), reason);
      }
      chunk.diagonal += row == col;
      if (++row == header.rows) {
        ++col;
        row = general ? 0 : skew ? col + 1 : col;
      }
    }
  }
  return llvm::Error::success();
}

/// Names a doubled position and the first two lines that have it.
llvm::Error Reader::explainDuplicate(Duplicate duplicate) {
  int64_t row = duplicate.row, col = duplicate.col;
  // Found in the mirrored half, it stands in the file below the diagonal.
  if (header.symmetry != Symmetry::General && row < col)
    std::swap(row, col);
  size_t first = 0, second = 0;
  bool found = false;
  forEachEntryLine([&](size_t at, llvm::StringRef line) {
    if (positionOnLine(header, line) != std::pair<int64_t, int64_t>(row, col))
      return true;
    (found ? second : first) = at;
    return !std::exchange(found, true);
  });
  return text.errorAt(second, "entry (" + llvm::Twine(row + header.base) +
                                  ", " + llvm::Twine(col + header.base) +
                                  ") already stands on line " +
                                  llvm::Twine(text.lineNumber(first)));
}

llvm::Expected<Matrix> Reader::run() {
  if (llvm::Error error = split())
    return std::move(error);
  parse();
  if (llvm::Error error = checkParsed())
    return std::move(error);
  if (header.array)
    if (llvm::Error error = placeArrayEntries())
      return std::move(error);
  std::optional<Duplicate> duplicate;
  llvm::Expected<Matrix> matrix =
      assemble(header, chunks, options.sumDuplicates, duplicate);
  if (!matrix)
    return text.error(toString(matrix.takeError()));
  if (duplicate)
    return explainDuplicate(*duplicate);
  report(1);
  return matrix;
}

llvm::Expected<Matrix> smash::readMatrixMarket(llvm::StringRef path,
                                               const ReadOptions &options) {
  llvm::Expected<Text> text = Text::open(path);
  if (!text)
    return text.takeError();
  llvm::Expected<Header> header = parseHeader(*text, options);
  if (!header)
    return header.takeError();
  return Reader(*text, *header, options).run();
}
