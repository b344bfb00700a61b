//===- MatrixMarketWriter.cpp - a matrix to a file ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValueConversion.h"
#include "Zlib.h"
#include "smash/Support/MatrixMarket.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <unistd.h>

using namespace smash;

static std::string reasonOf(std::error_code code) {
  std::string reason = code.message();
  if (!reason.empty())
    reason[0] = llvm::toLower(reason[0]);
  return reason;
}

namespace {
/// Bytes on their way to an open file, through zlib when compressing. The
/// first failure stays; whatever follows it is dropped.
class Sink {
public:
  explicit Sink(int file) : file(file) {}
  ~Sink() {
    if (compressing)
      deflateEnd(&stream);
  }

  llvm::Error open(bool compress);
  /// Room for `bytes` more, at most `mostReserved`; null after a failure.
  char *reserve(size_t bytes) {
    if (size_t(buffer.size() - used) < bytes)
      flush(Z_NO_FLUSH);
    return failure ? nullptr : buffer.as<char>() + used;
  }
  /// Takes what stands between the last reserve's start and `end`.
  void commit(const char *end) { used = end - buffer.as<char>(); }
  /// Writes all that is left; the reason of the first failure, if any.
  std::error_code finish() {
    flush(Z_FINISH);
    return failure;
  }

  static constexpr size_t mostReserved = 1024;

private:
  static constexpr size_t bufferBytes = size_t(1) << 20;
  int file;
  Buffer buffer, compressed;
  size_t used = 0;
  bool compressing = false;
  z_stream stream = {};
  std::error_code failure;

  void flush(int mode);
  void writeAll(const char *data, size_t size);
};
} // namespace

llvm::Error Sink::open(bool compress) {
  if (llvm::Error error = buffer.resize(bufferBytes))
    return error;
  if (!compress)
    return llvm::Error::success();
  if (llvm::Error error = compressed.resize(bufferBytes))
    return error;
  constexpr int level = 3; // digits gain little from higher ones
  constexpr int gzipFraming = 15 + 16, memory = 8;
  allocateThroughBuffers(stream);
  if (deflateInit2(&stream, level, Z_DEFLATED, gzipFraming, memory,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return llvm::createStringError(
        std::make_error_code(std::errc::not_enough_memory),
        "cannot allocate memory for zlib");
  compressing = true;
  return llvm::Error::success();
}

void Sink::writeAll(const char *data, size_t size) {
  while (size != 0 && !failure) {
    constexpr size_t mostAtOnce = size_t(1) << 30; // systems cap one write
    ssize_t written = ::write(file, data, std::min(size, mostAtOnce));
    if (written < 0) {
      if (errno != EINTR)
        failure = std::error_code(errno, std::generic_category());
      continue;
    }
    data += written;
    size -= written;
  }
}

void Sink::flush(int mode) {
  if (!compressing) {
    writeAll(buffer.as<char>(), used);
  } else if (!failure) {
    stream.next_in = buffer.as<Bytef>();
    stream.avail_in = static_cast<uInt>(used);
    do {
      stream.next_out = compressed.as<Bytef>();
      stream.avail_out = bufferBytes;
      deflate(&stream, mode);
      writeAll(compressed.as<char>(), bufferBytes - stream.avail_out);
    } while (stream.avail_out == 0 && !failure);
  }
  used = 0;
}

/// The banner's field, and the line that says the value type where the field
/// alone reads back as another one.
static std::pair<llvm::StringRef, llvm::StringRef>
describeValues(const Matrix &matrix) {
  switch (matrix.valueType) {
  case ValueType::I1: {
    const bool *values = matrix.values.as<bool>();
    bool all = std::all_of(values, values + matrix.nnz(),
                           [](bool value) { return value; });
    return {all ? "pattern" : "integer", "%%GraphBLAS type bool\n"};
  }
  case ValueType::I32:
    return {"integer", "%%GraphBLAS type int32_t\n"};
  case ValueType::I64:
    return {"integer", ""};
  case ValueType::F32:
    return {"real", "%%GraphBLAS type float\n"};
  case ValueType::F64:
    return {"real", ""};
  case ValueType::C64:
    return {"complex", ""};
  }
  llvm_unreachable("value type out of range");
}

static char *formatCount(char *out, int64_t count) {
  return std::to_chars(out, out + 24, count).ptr;
}

template <typename T>
static char *formatField(char *out, T value) {
  if constexpr (IsComplex<T>::value) {
    out = formatReal(out, value.real());
    *out++ = ' ';
    return formatReal(out, value.imag());
  } else if constexpr (std::is_floating_point_v<T>) {
    return formatReal(out, value);
  } else {
    return formatCount(out, value);
  }
}

/// Writes the whole of `matrix`; whether that failed, `sink` knows.
static void writeTo(Sink &sink, const Matrix &matrix) {
  auto [field, typeLine] = describeValues(matrix);
  char *out = sink.reserve(Sink::mostReserved);
  if (!out)
    return;
  auto append = [&](llvm::StringRef text) {
    std::memcpy(out, text.data(), text.size());
    out += text.size();
  };
  append("%%MatrixMarket matrix coordinate ");
  append(field);
  append(" general\n");
  append(typeLine);
  out = formatCount(out, matrix.rows);
  *out++ = ' ';
  out = formatCount(out, matrix.cols);
  *out++ = ' ';
  out = formatCount(out, matrix.nnz());
  *out++ = '\n';
  sink.commit(out);

  const bool pattern = field == "pattern";
  visitValueType(matrix.valueType, [&](auto zero) {
    const auto *values = matrix.values.as<decltype(zero)>();
    for (int64_t row = 0; row < matrix.rows; ++row) {
      char rowText[24];
      char *rowEnd = formatCount(rowText, row + 1);
      *rowEnd++ = ' ';
      for (int64_t entry = matrix.position(row), end = matrix.position(row + 1);
           entry < end; ++entry) {
        constexpr size_t longestLine = 128;
        if (!(out = sink.reserve(longestLine)))
          return;
        append(llvm::StringRef(rowText, rowEnd - rowText));
        out = formatCount(out, matrix.coordinate(entry) + 1);
        if (!pattern) {
          *out++ = ' ';
          out = formatField(out, values[entry]);
        }
        *out++ = '\n';
        sink.commit(out);
      }
    }
  });
}

/// Writes `matrix` to the open `file`; the reason of a failure, or nothing.
static std::string writeToFile(int file, const Matrix &matrix, bool compress) {
  Sink sink(file);
  if (llvm::Error error = sink.open(compress))
    return toString(std::move(error));
  writeTo(sink, matrix);
  if (std::error_code code = sink.finish())
    return "cannot write: " + reasonOf(code);
  return "";
}

/// Creates a new file in `path`'s directory. Not with llvm::sys::fs::TempFile:
/// it sets signal handlers, which are the program's, not a library's.
static std::error_code createBeside(llvm::StringRef path, std::string &name,
                                    int &file) {
  static std::atomic<unsigned> serial{0};
  std::error_code code;
  do {
    name =
        (path + ".tmp-" + llvm::Twine(::getpid()) + "-" + llvm::Twine(serial++))
            .str();
    code = llvm::sys::fs::openFileForWrite(name, file,
                                           llvm::sys::fs::CD_CreateNew);
  } while (code == std::errc::file_exists);
  return code;
}

llvm::Error smash::writeMatrixMarket(llvm::StringRef path,
                                     const Matrix &matrix) {
  auto fail = [&](const llvm::Twine &reason) {
    return llvm::createStringError(std::make_error_code(std::errc::io_error),
                                   llvm::Twine(path) + ": " + reason);
  };
  const bool compress = path.ends_with(".gz");
  llvm::sys::fs::file_status status;
  bool exists = !llvm::sys::fs::status(path, status);
  if (exists && llvm::sys::fs::is_directory(status))
    return fail("cannot write: is a directory");
  // A device or a pipe is written to, not replaced.
  if (exists && !llvm::sys::fs::is_regular_file(status)) {
    int file;
    if (std::error_code code = llvm::sys::fs::openFileForWrite(
            path, file, llvm::sys::fs::CD_OpenExisting))
      return fail("cannot write: " + reasonOf(code));
    std::string reason = writeToFile(file, matrix, compress);
    ::close(file);
    return reason.empty() ? llvm::Error::success() : fail(reason);
  }

  std::string temporary;
  int file;
  if (std::error_code code = createBeside(path, temporary, file))
    return fail("cannot write: " + reasonOf(code));
  std::string reason = writeToFile(file, matrix, compress);
  // Some systems report a full disk only here.
  if (::close(file) != 0 && reason.empty())
    reason = "cannot write: " + reasonOf({errno, std::generic_category()});
  if (reason.empty())
    if (std::error_code code = llvm::sys::fs::rename(temporary, path))
      reason = "cannot write: " + reasonOf(code);
  if (reason.empty())
    return llvm::Error::success();
  (void)llvm::sys::fs::remove(temporary);
  return fail(reason);
}
