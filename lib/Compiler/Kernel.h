//===- Kernel.h - calls of compiled kernels -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_COMPILER_KERNEL_H
#define SMASH_LIB_COMPILER_KERNEL_H

#include "smash/Compiler/Compiler.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

//
// Calls of compiled kernels: operands in, C out, errors told.
//

namespace smash {

/// A memref<?xT>, as the C interface passes it.
struct Descriptor {
  void *allocated = nullptr;
  void *aligned = nullptr;
  int64_t offset = 0;
  int64_t size = 0;
  int64_t stride = 1;
};

/// The most buffers of a format.
constexpr unsigned maxBuffers = 5;

/// What the kernel returns: the parts of C.
struct KernelResult {
  int64_t rows = 0, cols = 0;
  Descriptor parts[maxBuffers];
};

/// An operand as the C interface takes it.
struct KernelOperand {
  explicit KernelOperand(const Matrix &matrix)
      : rows(matrix.rows), cols(matrix.cols) {
    add(matrix.positions, matrix.positionBits / 8);
    add(matrix.coordinates, matrix.coordinateBits / 8);
    add(matrix.values, sizeOfValueType(matrix.valueType));
  }
  explicit KernelOperand(const StoredMatrix &matrix)
      : rows(matrix.rows), cols(matrix.cols) {
    auto bytes = listElementBytes(matrix.format, matrix.valueType);
    for (auto [buffer, size] : llvm::zip(matrix.buffers, bytes))
      add(buffer, size);
  }

  int64_t rows, cols;
  llvm::SmallVector<Descriptor, maxBuffers> parts;

private:
  void add(const Buffer &buffer, size_t bytes) {
    // Kernels do not write to their operands.
    void *data = const_cast<void *>(buffer.data());
    parts.push_back({data, data, 0, int64_t(buffer.size() / bytes), 1});
  }
};

/// The format of C with its widths, and those of operands.
StorageFormat resultFormatOf(const ProductOptions &options);
StorageFormat operandFormatOf(const StorageFormat &format,
                              const ProductOptions &options);

/// Whether operands and result are Matrices as they are.
bool isPlain(const ProductOptions &options);

/// That a product of matrices in other formats is not added to a Matrix.
llvm::Error refuseAccumulated(const ProductOptions &options);

/// The matrix in the format of an operand.
llvm::Expected<StoredMatrix> storeOperand(const Matrix &matrix,
                                          const StorageFormat &format,
                                          const ProductOptions &options);

/// `c` in CSR.
llvm::Expected<Matrix> unpackResult(const StoredMatrix &c,
                                    const ProductOptions &options);

/// Whether `matrix`, called `name`, has the layout of the options and that
/// shape; else what differs.
llvm::Error checkKernelOperand(const llvm::Twine &name, const Matrix &matrix,
                               const ProductOptions &options,
                               std::optional<int64_t> rows,
                               std::optional<int64_t> cols,
                               bool readsValues = true,
                               bool readsSorted = true);

/// Whether a kernel for `options` takes these operands; else what differs.
llvm::Error checkKernelOperands(const Matrix &a, const Matrix &b,
                                const Matrix *mask, const Matrix *accumulated,
                                const ProductOptions &options);

/// Whether it takes these.
llvm::Error checkStoredOperands(const StoredMatrix &a, const StoredMatrix &b,
                                const StoredMatrix *mask,
                                const ProductOptions &options);

/// Calls the kernel at `entry`, which takes two to four operands.
void callKernel(void *entry, KernelResult &c,
                llvm::MutableArrayRef<KernelOperand> operands);

/// C, from arrays of malloc that it owns from now on.
StoredMatrix adoptStored(const KernelResult &c, const ProductOptions &options);

/// The same where C is a Matrix.
Matrix adoptResult(const KernelResult &c, const ProductOptions &options);

/// The error that a kernel recorded.
llvm::Error describeFailure(int32_t code, int64_t got, int64_t limit);

} // namespace smash

#endif // SMASH_LIB_COMPILER_KERNEL_H
