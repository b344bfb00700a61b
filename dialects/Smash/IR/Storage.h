//===- Storage.h - the buffers of sparse matrices -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_STORAGE_H
#define SMASH_IR_STORAGE_H

#include "mlir/Dialect/SparseTensor/IR/SparseTensorStorageLayout.h"

namespace smash {

/// A buffer of a sparse matrix.
struct StoragePart {
  mlir::sparse_tensor::SparseTensorFieldKind kind;
  mlir::sparse_tensor::Level level; ///< of positions and coordinates
  mlir::MemRefType type;
};

/// The buffers of a tensor of that type, in the order of upstream's storage:
/// for each level positions, then coordinates (of a trailing COO region without
/// `soa` one buffer, interleaved, at its first level), then values.
llvm::SmallVector<StoragePart, 5> listStorage(mlir::RankedTensorType type);

/// Where that buffer stands among them; nothing when there is none.
std::optional<unsigned>
findStorage(mlir::RankedTensorType type,
            mlir::sparse_tensor::SparseTensorFieldKind kind,
            mlir::sparse_tensor::Level level = 0);

/// Whether `type` is a matrix whose storage is known: with an encoding, and no
/// slice of another tensor.
bool isStoredMatrix(mlir::Type type);

} // namespace smash

#endif // SMASH_IR_STORAGE_H
