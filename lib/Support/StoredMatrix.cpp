//===- StoredMatrix.cpp - a matrix in any format -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/StoredMatrix.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>
#include <cstring>
#include <numeric>

using namespace llvm;
using namespace smash;

static Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Spelling
//===----------------------------------------------------------------------===//

static bool parseBits(StringRef text, unsigned &bits) {
  return !text.getAsInteger(10, bits) &&
         (bits == 8 || bits == 16 || bits == 32 || bits == 64);
}

Expected<StorageFormat> smash::parseStorageFormat(StringRef text) {
  auto fail = [&](const Twine &what) {
    return makeError("unknown format '" + text + "': " + what);
  };
  SmallVector<StringRef> words;
  text.split(words, ',');
  auto [name, blocks] = words.front().split(':');
  StorageFormat format;
  int kind = StringSwitch<int>(name)
                 .Cases({"csr", "csc"}, StorageFormat::Compressed)
                 .Cases({"dcsr", "dcsc"}, StorageFormat::DoublyCompressed)
                 .Cases({"coo", "coo-by-columns"}, StorageFormat::Coordinate)
                 .Cases({"bsr", "bsc"}, StorageFormat::Blocked)
                 .Case("dense", StorageFormat::Dense)
                 .Default(-1);
  if (kind < 0)
    return fail("one of csr, csc, dcsr, dcsc, coo, coo-by-columns, bsr:RxC, "
                "bsc:RxC, dense");
  format.kind = StorageFormat::Kind(kind);
  format.byColumns = name == "csc" || name == "dcsc" || name == "bsc" ||
                     name == "coo-by-columns";
  if (format.kind == StorageFormat::Blocked) {
    auto [rows, cols] = blocks.split('x');
    if (rows.getAsInteger(10, format.blockRows) || format.blockRows < 1 ||
        cols.getAsInteger(10, format.blockCols) || format.blockCols < 1)
      return fail("blocks are written as in bsr:2x3");
  } else if (!blocks.empty()) {
    return fail("'" + blocks + "' is for bsr and bsc");
  }
  for (StringRef word : ArrayRef(words).drop_front()) {
    bool known = true;
    if (word == "soa" && format.kind == StorageFormat::Coordinate)
      format.separate = true;
    else if (word == "nonordered" && format.kind != StorageFormat::Dense)
      format.ordered = false;
    else if (word.consume_front("positions="))
      known = parseBits(word, format.positionBits);
    else if (word.consume_front("coordinates="))
      known = parseBits(word, format.coordinateBits);
    else
      known = false;
    if (!known)
      return fail("after the name stand soa (of coo), nonordered, "
                  "positions=BITS and coordinates=BITS, of 8, 16, 32 or 64");
  }
  return format;
}

std::string smash::spellStorageFormat(const StorageFormat &format) {
  std::string text;
  switch (format.kind) {
  case StorageFormat::Dense:
    text = "dense";
    break;
  case StorageFormat::Compressed:
    text = format.byColumns ? "csc" : "csr";
    break;
  case StorageFormat::DoublyCompressed:
    text = format.byColumns ? "dcsc" : "dcsr";
    break;
  case StorageFormat::Coordinate:
    text = format.byColumns ? "coo-by-columns" : "coo";
    break;
  case StorageFormat::Blocked:
    text = (format.byColumns ? "bsc:" : "bsr:") +
           std::to_string(format.blockRows) + "x" +
           std::to_string(format.blockCols);
    break;
  }
  if (format.separate)
    text += ",soa";
  if (!format.ordered)
    text += ",nonordered";
  if (format.positionBits)
    text += ",positions=" + std::to_string(format.positionBits);
  if (format.coordinateBits)
    text += ",coordinates=" + std::to_string(format.coordinateBits);
  return text;
}

std::vector<size_t> smash::listElementBytes(const StorageFormat &format,
                                            ValueType valueType) {
  size_t position = format.positionBits / 8;
  size_t coordinate = format.coordinateBits / 8;
  size_t value = sizeOfValueType(valueType);
  switch (format.kind) {
  case StorageFormat::Dense:
    return {value};
  case StorageFormat::Compressed:
  case StorageFormat::Blocked:
    return {position, coordinate, value};
  case StorageFormat::DoublyCompressed:
    return {position, coordinate, position, coordinate, value};
  case StorageFormat::Coordinate:
    if (format.separate)
      return {position, coordinate, coordinate, value};
    return {position, coordinate, value};
  }
  llvm_unreachable("format out of range");
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

Expected<EntryList> smash::listEntries(const Matrix &matrix) {
  EntryList list;
  list.rows = matrix.rows;
  list.cols = matrix.cols;
  list.valueType = matrix.valueType;
  for (int64_t row = 0; matrix.nnz() && row != matrix.rows; ++row)
    for (int64_t p = matrix.position(row); p != matrix.position(row + 1); ++p) {
      list.row.push_back(row);
      list.col.push_back(matrix.coordinate(p));
    }
  size_t bytes = list.row.size() * sizeOfValueType(matrix.valueType);
  auto values = Buffer::allocate(bytes);
  if (!values)
    return values.takeError();
  if (bytes)
    std::memcpy(values->data(), matrix.values.data(), bytes);
  list.values = std::move(*values);
  return list;
}

/// Element `at` of an array of unsigned integers.
static int64_t readIndex(const Buffer &buffer, unsigned bits, int64_t at) {
  switch (bits) {
  case 8:
    return buffer.as<uint8_t>()[at];
  case 16:
    return buffer.as<uint16_t>()[at];
  case 32:
    return buffer.as<uint32_t>()[at];
  default:
    return int64_t(buffer.as<uint64_t>()[at]);
  }
}

static void writeIndex(Buffer &buffer, unsigned bits, int64_t at,
                       int64_t value) {
  switch (bits) {
  case 8:
    buffer.as<uint8_t>()[at] = uint8_t(value);
    break;
  case 16:
    buffer.as<uint16_t>()[at] = uint16_t(value);
    break;
  case 32:
    buffer.as<uint32_t>()[at] = uint32_t(value);
    break;
  default:
    buffer.as<uint64_t>()[at] = uint64_t(value);
  }
}

namespace {
/// Reads a matrix; what is out of bounds ends the reading with an error.
class Reader {
public:
  explicit Reader(const StoredMatrix &matrix)
      : matrix(matrix), format(matrix.format),
        bytes(listElementBytes(format, matrix.valueType)) {}

  Expected<EntryList> read();

private:
  int64_t index(unsigned buffer, unsigned bits, int64_t at) {
    int64_t size = int64_t(matrix.buffers[buffer].size() / bytes[buffer]);
    if (at < 0 || at >= size) {
      if (problem.empty())
        problem = ("buffer " + Twine(buffer) + " of " +
                   spellStorageFormat(format) + " has " + Twine(size) +
                   " elements; element " + Twine(at) + " is read")
                      .str();
      return 0;
    }
    return readIndex(matrix.buffers[buffer], bits, at);
  }
  int64_t position(unsigned buffer, int64_t at) {
    return index(buffer, format.positionBits, at);
  }
  int64_t coordinate(unsigned buffer, int64_t at) {
    return index(buffer, format.coordinateBits, at);
  }
  void add(int64_t outer, int64_t inner, int64_t place) {
    int64_t row = format.byColumns ? inner : outer;
    int64_t col = format.byColumns ? outer : inner;
    bool inside =
        row >= 0 && row < matrix.rows && col >= 0 && col < matrix.cols;
    int64_t size = int64_t(matrix.buffers.back().size() / bytes.back());
    if (!inside || place < 0 || place >= size) {
      if (problem.empty())
        problem =
            ("entry (" + Twine(row) + ", " + Twine(col) + ") at " +
             Twine(place) + " of a " + Twine(matrix.rows) + " x " +
             Twine(matrix.cols) + " matrix in " + spellStorageFormat(format) +
             " with " + Twine(size) + " values")
                .str();
      return;
    }
    list.row.push_back(row);
    list.col.push_back(col);
    places.push_back(place);
  }
  void readBlocks();

  const StoredMatrix &matrix;
  const StorageFormat &format;
  std::vector<size_t> bytes;
  std::string problem;
  EntryList list;
  std::vector<int64_t> places;
};
} // namespace

void Reader::readBlocks() {
  int64_t outer = format.byColumns ? matrix.cols : matrix.rows;
  int64_t inner = format.byColumns ? matrix.rows : matrix.cols;
  int64_t outerBlock = format.byColumns ? format.blockCols : format.blockRows;
  int64_t innerBlock = format.byColumns ? format.blockRows : format.blockCols;
  for (int64_t i = 0; i < outer && problem.empty(); i += outerBlock)
    for (int64_t at = position(0, i / outerBlock),
                 end = position(0, i / outerBlock + 1);
         at < end && problem.empty(); ++at) {
      int64_t j = coordinate(1, at) * innerBlock;
      if (j >= inner)
        add(i, j, 0);
      for (int64_t x = 0; x != outerBlock && i + x < outer; ++x)
        for (int64_t y = 0; y != innerBlock && j + y < inner; ++y)
          add(i + x, j + y, (at * outerBlock + x) * innerBlock + y);
    }
}

Expected<EntryList> Reader::read() {
  if (matrix.buffers.size() != bytes.size())
    return makeError(spellStorageFormat(format) + " has " +
                     Twine(bytes.size()) + " buffers; not " +
                     Twine(matrix.buffers.size()));
  list.rows = matrix.rows;
  list.cols = matrix.cols;
  list.valueType = matrix.valueType;
  int64_t outer = format.byColumns ? matrix.cols : matrix.rows;
  auto run = [&](unsigned pos, unsigned crd, int64_t at, int64_t major) {
    for (int64_t p = position(pos, at), end = position(pos, at + 1);
         p < end && problem.empty(); ++p)
      add(major, coordinate(crd, p), p);
  };
  switch (format.kind) {
  case StorageFormat::Dense:
    for (int64_t i = 0; i != matrix.rows && problem.empty(); ++i)
      for (int64_t j = 0; j != matrix.cols && problem.empty(); ++j)
        add(i, j, i * matrix.cols + j);
    break;
  case StorageFormat::Compressed:
    for (int64_t i = 0; i != outer && problem.empty(); ++i)
      run(0, 1, i, i);
    break;
  case StorageFormat::DoublyCompressed:
    for (int64_t at = position(0, 0), end = position(0, 1);
         at < end && problem.empty(); ++at)
      run(2, 3, at, coordinate(1, at));
    break;
  case StorageFormat::Coordinate:
    for (int64_t p = position(0, 0), end = position(0, 1);
         p < end && problem.empty(); ++p) {
      if (format.separate)
        add(coordinate(1, p), coordinate(2, p), p);
      else
        add(coordinate(1, 2 * p), coordinate(1, 2 * p + 1), p);
    }
    break;
  case StorageFormat::Blocked:
    readBlocks();
    break;
  }
  if (!problem.empty())
    return makeError(problem);
  size_t size = sizeOfValueType(matrix.valueType);
  auto values = Buffer::allocate(places.size() * size);
  if (!values)
    return values.takeError();
  for (size_t i = 0; i != places.size(); ++i)
    std::memcpy(values->as<char>() + i * size,
                matrix.buffers.back().as<char>() + size_t(places[i]) * size,
                size);
  list.values = std::move(*values);
  return std::move(list);
}

Expected<EntryList> smash::listEntries(const StoredMatrix &matrix) {
  return Reader(matrix).read();
}

//===----------------------------------------------------------------------===//
// Storing
//===----------------------------------------------------------------------===//

namespace {
class Writer {
public:
  Writer(const EntryList &entries, const StorageFormat &format,
         const void *absent)
      : entries(entries), absent(absent),
        outer(format.byColumns ? entries.col : entries.row),
        inner(format.byColumns ? entries.row : entries.col),
        outerSize(format.byColumns ? entries.cols : entries.rows),
        valueSize(sizeOfValueType(entries.valueType)) {
    result.format = format;
    result.rows = entries.rows;
    result.cols = entries.cols;
    result.valueType = entries.valueType;
    order.resize(entries.row.size());
    std::iota(order.begin(), order.end(), size_t(0));
  }

  Expected<StoredMatrix> write();

private:
  void sort();
  void writeRuns();
  void writeCoordinates();
  void writeBlocks();
  void writeDense();
  Buffer &add(size_t bytes, bool zeroed = false) {
    auto buffer = Buffer::allocate(bytes, zeroed);
    if (!buffer) {
      error = joinErrors(std::move(error), buffer.takeError());
      result.buffers.emplace_back();
    } else {
      result.buffers.push_back(std::move(*buffer));
    }
    return result.buffers.back();
  }
  void addIndices(ArrayRef<int64_t> indices, unsigned bits, StringRef what) {
    int64_t limit = bits >= 63 ? INT64_MAX : (int64_t(1) << bits) - 1;
    Buffer &buffer = add(indices.size() * (bits / 8));
    for (size_t i = 0; i != indices.size() && buffer.data(); ++i) {
      if (indices[i] > limit) {
        error = joinErrors(std::move(error),
                           makeError(what + " " + Twine(indices[i]) +
                                     " exceeds " + Twine(bits) + " bits"));
        return;
      }
      writeIndex(buffer, bits, int64_t(i), indices[i]);
    }
  }
  void addPositions(ArrayRef<int64_t> positions) {
    addIndices(positions, result.format.positionBits, "position");
  }
  void addCoordinates(ArrayRef<int64_t> coordinates) {
    addIndices(coordinates, result.format.coordinateBits, "coordinate");
  }
  void addValues() {
    Buffer &buffer = add(order.size() * valueSize);
    for (size_t i = 0; i != order.size() && buffer.data(); ++i)
      copyValue(buffer, int64_t(i), order[i]);
  }
  void copyValue(Buffer &buffer, int64_t to, size_t from) {
    std::memcpy(buffer.as<char>() + size_t(to) * valueSize,
                entries.values.as<char>() + from * valueSize, valueSize);
  }
  void fill(Buffer &buffer) {
    for (size_t at = 0; absent && buffer.data() && at < buffer.size();
         at += valueSize)
      std::memcpy(buffer.as<char>() + at, absent, valueSize);
  }

  const EntryList &entries;
  const void *absent;
  const std::vector<int64_t> &outer, &inner;
  int64_t outerSize;
  size_t valueSize;
  StoredMatrix result;
  std::vector<size_t> order; ///< entries as they are stored
  Error error = Error::success();
};
} // namespace

void Writer::sort() {
  bool byRuns = result.format.kind == StorageFormat::Compressed ||
                result.format.kind == StorageFormat::Blocked;
  bool ordered = result.format.ordered;
  std::sort(order.begin(), order.end(), [&](size_t x, size_t y) {
    if (outer[x] != outer[y])
      return ordered || byRuns ? outer[x] < outer[y] : outer[x] > outer[y];
    return ordered ? inner[x] < inner[y] : inner[x] > inner[y];
  });
}

/// Compressed and doubly compressed.
void Writer::writeRuns() {
  bool isDoubly = result.format.kind == StorageFormat::DoublyCompressed;
  std::vector<int64_t> positions = {0}, stored, coordinates;
  for (size_t i = 0; i != order.size(); ++i) {
    int64_t at = outer[order[i]];
    if (!isDoubly)
      positions.resize(size_t(at) + 1, int64_t(i));
    else if (stored.empty() || stored.back() != at) {
      if (!stored.empty())
        positions.push_back(int64_t(i));
      stored.push_back(at);
    }
    coordinates.push_back(inner[order[i]]);
  }
  if (isDoubly) {
    if (!stored.empty())
      positions.push_back(int64_t(order.size()));
    addPositions({0, int64_t(stored.size())});
    addCoordinates(stored);
  } else {
    positions.resize(size_t(outerSize) + 1, int64_t(order.size()));
  }
  addPositions(positions);
  addCoordinates(coordinates);
  addValues();
}

void Writer::writeCoordinates() {
  std::vector<int64_t> first, second;
  for (size_t i : order) {
    first.push_back(outer[i]);
    (result.format.separate ? second : first).push_back(inner[i]);
  }
  addPositions({0, int64_t(order.size())});
  addCoordinates(first);
  if (result.format.separate)
    addCoordinates(second);
  addValues();
}

void Writer::writeBlocks() {
  const StorageFormat &format = result.format;
  int64_t outerBlock = format.byColumns ? format.blockCols : format.blockRows;
  int64_t innerBlock = format.byColumns ? format.blockRows : format.blockCols;
  using Place = std::pair<int64_t, int64_t>;
  std::vector<Place> blocks;
  for (size_t i : order)
    blocks.push_back({outer[i] / outerBlock, inner[i] / innerBlock});
  auto isBefore = [&](const Place &x, const Place &y) {
    if (x.first != y.first)
      return x.first < y.first;
    return format.ordered ? x.second < y.second : x.second > y.second;
  };
  std::sort(blocks.begin(), blocks.end(), isBefore);
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  std::vector<int64_t> positions, coordinates;
  for (size_t i = 0; i != blocks.size(); ++i) {
    positions.resize(size_t(blocks[i].first) + 1, int64_t(i));
    coordinates.push_back(blocks[i].second);
  }
  positions.resize(size_t((outerSize + outerBlock - 1) / outerBlock) + 1,
                   int64_t(blocks.size()));
  positions[0] = 0;
  addPositions(positions);
  addCoordinates(coordinates);
  Buffer &values =
      add(blocks.size() * size_t(outerBlock * innerBlock) * valueSize, true);
  fill(values);
  for (size_t i : order) {
    Place place{outer[i] / outerBlock, inner[i] / innerBlock};
    int64_t at =
        std::lower_bound(blocks.begin(), blocks.end(), place, isBefore) -
        blocks.begin();
    if (values.data())
      copyValue(values,
                (at * outerBlock + outer[i] % outerBlock) * innerBlock +
                    inner[i] % innerBlock,
                i);
  }
}

void Writer::writeDense() {
  Buffer &values =
      add(size_t(entries.rows) * size_t(entries.cols) * valueSize, true);
  fill(values);
  for (size_t i : order)
    if (values.data())
      copyValue(values, entries.row[i] * entries.cols + entries.col[i], i);
}

Expected<StoredMatrix> Writer::write() {
  sort();
  switch (result.format.kind) {
  case StorageFormat::Dense:
    writeDense();
    break;
  case StorageFormat::Compressed:
  case StorageFormat::DoublyCompressed:
    writeRuns();
    break;
  case StorageFormat::Coordinate:
    writeCoordinates();
    break;
  case StorageFormat::Blocked:
    writeBlocks();
    break;
  }
  if (error)
    return std::move(error);
  return std::move(result);
}

Expected<StoredMatrix> smash::store(const EntryList &entries,
                                    const StorageFormat &format,
                                    const void *absent) {
  return Writer(entries, format, absent).write();
}

Expected<Matrix> smash::makeMatrix(const EntryList &entries,
                                   unsigned positionBits,
                                   unsigned coordinateBits) {
  StorageFormat csr;
  csr.positionBits = positionBits;
  csr.coordinateBits = coordinateBits;
  auto stored = store(entries, csr);
  if (!stored)
    return stored.takeError();
  Matrix matrix;
  matrix.rows = entries.rows;
  matrix.cols = entries.cols;
  matrix.valueType = entries.valueType;
  matrix.positionBits = positionBits;
  matrix.coordinateBits = coordinateBits;
  matrix.positions = std::move(stored->buffers[0]);
  matrix.coordinates = std::move(stored->buffers[1]);
  matrix.values = std::move(stored->buffers[2]);
  return matrix;
}
