//===- Matrix.h - a sparse matrix in compressed rows ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The matrix container that files, generators, the compiler's entry points and
/// the oracle exchange: compressed sparse rows (CSR) with typed values and
/// 32- or 64-bit positions and coordinates.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_SUPPORT_MATRIX_H
#define SMASH_SUPPORT_MATRIX_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ErrorHandling.h"
#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace smash {

/// The type of a matrix's stored values.
enum class ValueType : uint8_t {
#define SMASH_VALUE_TYPE(Name, Storage, Spelling) Name,
#include "smash/Support/ValueTypes.def"
};

/// The MLIR spelling of `type`, such as "f64" or "complex<f64>".
llvm::StringRef spellValueType(ValueType type);

/// The value type spelled `text`, or nothing.
std::optional<ValueType> parseValueType(llvm::StringRef text);

/// All spellings, comma separated, for diagnostics and `--help`.
std::string listValueTypes();

/// Bytes of one stored value.
size_t sizeOfValueType(ValueType type);

/// Calls `fn` with a value-initialised object of the storage type of `type`.
template <typename Fn>
decltype(auto) visitValueType(ValueType type, Fn &&fn) {
  switch (type) {
#define SMASH_VALUE_TYPE(Name, Storage, Spelling)                              \
  case ValueType::Name:                                                        \
    return fn(Storage{});
#include "smash/Support/ValueTypes.def"
  }
  llvm_unreachable("value type out of range");
}

/// Calls `fn` with a value-initialised unsigned integer of `bits`, 32 or 64.
template <typename Fn>
decltype(auto) visitIndexWidth(unsigned bits, Fn &&fn) {
  return bits == 32 ? fn(uint32_t{}) : fn(uint64_t{});
}

/// The largest position or coordinate that 32 bits are chosen for: indices are
/// unsigned, but a consumer that reads them as signed still sees them right.
constexpr int64_t maxNarrowIndex = INT32_MAX;

/// The most bytes that the row positions of one matrix may take: 4 GiB.
constexpr uint64_t maxRowPositionBytes = uint64_t(4) << 30;

/// The narrowest index width, 32 or 64 bits, that holds [0, largest].
inline unsigned narrowestIndexBits(int64_t largest) {
  return largest <= maxNarrowIndex ? 32 : 64;
}

/// An owning array of bytes from `malloc`, so that a compiled kernel's result
/// can be adopted without a copy; or one that is borrowed from its owner, to be
/// read only.
class Buffer {
public:
  Buffer() = default;
  Buffer(Buffer &&other) noexcept;
  Buffer &operator=(Buffer &&other) noexcept;
  ~Buffer();

  /// `bytes` bytes, zeroed when `zeroed`; fails when memory does.
  static llvm::Expected<Buffer> allocate(size_t bytes, bool zeroed = false);

  /// Takes over `data`, which `malloc` returned (or null).
  static Buffer adopt(void *data, size_t bytes);

  /// Reads `data`, which somebody else owns and keeps alive.
  static Buffer borrow(const void *data, size_t bytes);

  /// Gives the array up to the caller, who frees it with free(); null for one
  /// of no bytes. Not for a borrowed one.
  void *release();

  /// Makes the buffer `bytes` long; bytes up to the shorter length stay, new
  /// ones are uninitialised. On failure the buffer is as it was. A borrowed one
  /// becomes a copy.
  llvm::Error resize(size_t bytes);

  void *data() { return bytesData; }
  const void *data() const { return bytesData; }
  size_t size() const { return bytesSize; }
  template <typename T>
  T *as() {
    return static_cast<T *>(bytesData);
  }
  template <typename T>
  const T *as() const {
    return static_cast<const T *>(bytesData);
  }

private:
  void *bytesData = nullptr;
  size_t bytesSize = 0;
  bool borrowed = false;
};

/// A `rows` x `cols` matrix in CSR. Row i's entries are those numbered
/// [position(i), position(i + 1)); every coordinate is in [0, cols). An
/// explicit zero is an entry. Coordinates within a row are distinct, and
/// ascending when `sorted`.
struct Matrix {
  int64_t rows = 0;
  int64_t cols = 0;
  ValueType valueType = ValueType::F64;
  /// Width of a position and of a coordinate: 32 or 64 bits, unsigned.
  unsigned positionBits = 32;
  unsigned coordinateBits = 32;
  bool sorted = true;
  Buffer positions;   ///< rows + 1 of positionBits
  Buffer coordinates; ///< nnz() of coordinateBits
  Buffer values;      ///< nnz() of valueType

  int64_t position(int64_t row) const {
    return positionBits == 32 ? int64_t(positions.as<uint32_t>()[row])
                              : int64_t(positions.as<uint64_t>()[row]);
  }
  int64_t coordinate(int64_t entry) const {
    return coordinateBits == 32 ? int64_t(coordinates.as<uint32_t>()[entry])
                                : int64_t(coordinates.as<uint64_t>()[entry]);
  }
  /// Number of stored entries.
  int64_t nnz() const { return positions.size() == 0 ? 0 : position(rows); }
  /// Bytes of the three arrays.
  size_t bytes() const {
    return positions.size() + coordinates.size() + values.size();
  }
};

/// An empty matrix of that shape and layout, with room for `nnz` entries; every
/// count still zero. Fails when memory does, when a size is negative or does
/// not fit, and when the row positions would take over `maxRowPositionBytes`.
llvm::Expected<Matrix> makeMatrix(int64_t rows, int64_t cols, int64_t nnz,
                                  ValueType valueType, unsigned positionBits,
                                  unsigned coordinateBits);

/// Whether `matrix` is what compiled kernels take on trust: arrays of the right
/// lengths, positions that ascend from 0, coordinates in range and, where it
/// says `sorted`, ascending strictly within each row; else the first place that
/// is wrong. Reads all of its positions and coordinates.
llvm::Error checkMatrix(const Matrix &matrix);

/// `matrix` with its values as `valueType`. Integers and reals widen; f64
/// rounds to f32; anything becomes i1 as "not zero". A value that the new type
/// cannot hold (a fraction or an infinity in an integer, an integer out of
/// range, a complex number in a real type) is an error that names the entry,
/// the value and the type.
llvm::Expected<Matrix> convertValues(Matrix matrix, ValueType valueType);

/// `matrix` with the given widths, or an error that names the count or the
/// size that does not fit.
llvm::Expected<Matrix> convertIndices(Matrix matrix, unsigned positionBits,
                                      unsigned coordinateBits);

/// The transpose, sorted.
llvm::Expected<Matrix> transpose(const Matrix &matrix);

} // namespace smash

#endif // SMASH_SUPPORT_MATRIX_H
