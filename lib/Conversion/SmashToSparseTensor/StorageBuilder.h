//===- StorageBuilder.h - upstream's storage of sparse tensors --*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_CONVERSION_SMASHTOSPARSETENSOR_STORAGEBUILDER_H
#define SMASH_LIB_CONVERSION_SMASHTOSPARSETENSOR_STORAGEBUILDER_H

#include "Smash/IR/Smash.h"
#include "Smash/Transforms/KernelBuilder.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensorStorageLayout.h"

//
// What a sparse tensor is to upstream's two ways of storing it, made from the
// buffers that a kernel wrote.
//

namespace smash {

/// The sparse matrix that an op assembles.
class StorageBuilder {
public:
  using Value = mlir::Value;

  StorageBuilder(KernelBuilder &k, AssembleOp op)
      : k(k), type(llvm::cast<mlir::RankedTensorType>(op.getType())),
        dims({op.getRows(), op.getCols()}), buffers(op.getBuffers()) {}

  /// Why upstream has no such storage; empty when it has. Asks nothing of the
  /// builder, so that it may be called before there is one.
  static std::string whyNot(mlir::RankedTensorType type, bool runtimeLibrary);

  Value sizeOfDim(unsigned dim) const { return dims[dim]; }
  Value sizeOfLevel(unsigned level) const;
  /// The stored entries.
  Value entries() const;

  /// The buffer of `kind` that `level` is in (interleaved coordinates are in
  /// one for all levels), cut to the elements in use. Null when there is none.
  Value part(mlir::sparse_tensor::SparseTensorFieldKind kind,
             unsigned level) const;

  /// The fields of the tensor as `sparse-tensor-codegen` has them: the buffers,
  /// and a storage specifier with all sizes.
  llvm::SmallVector<Value> fields() const;

  /// Coordinates that stand in an array for each level go into one for all of
  /// them: the runtime library takes those of a COO in no other way. Where
  /// memory runs out, an error is recorded. Whether there were any.
  bool interleave();

  /// A pointer to a storage object of the runtime library with a copy of the
  /// buffers.
  Value newObject() const;

  void freeBuffers() const;

private:
  /// The elements in use of the field `kind` at `level`.
  Value length(mlir::sparse_tensor::SparseTensorFieldKind kind,
               unsigned level) const;
  /// The nodes of the tree of levels above `level`.
  Value parents(unsigned level) const;
  /// The buffer of a field, and its distance between neighbours of a level.
  std::pair<Value, unsigned>
  find(mlir::sparse_tensor::SparseTensorFieldKind kind, unsigned level) const;
  /// `values` in an array on the stack of the function.
  Value onStack(mlir::ValueRange values) const;

  KernelBuilder &k;
  mlir::RankedTensorType type;
  llvm::SmallVector<Value> dims, buffers;
};

} // namespace smash

#endif // SMASH_LIB_CONVERSION_SMASHTOSPARSETENSOR_STORAGEBUILDER_H
