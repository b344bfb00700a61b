//===- Storage.cpp - the buffers of sparse matrices -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Storage.h"

using namespace mlir;
using namespace mlir::sparse_tensor;
using namespace smash;

SmallVector<StoragePart, 5> smash::listStorage(RankedTensorType type) {
  SmallVector<StoragePart, 5> parts;
  foreachFieldAndTypeInSparseTensor(
      SparseTensorType(type),
      [&](Type field, FieldIndex, SparseTensorFieldKind kind, Level level,
          LevelType) {
        if (kind != SparseTensorFieldKind::StorageSpec)
          parts.push_back({kind, level, cast<MemRefType>(field)});
        return true;
      });
  return parts;
}

std::optional<unsigned> smash::findStorage(RankedTensorType type,
                                           SparseTensorFieldKind kind,
                                           Level level) {
  SmallVector<StoragePart, 5> parts = listStorage(type);
  for (auto [index, part] : llvm::enumerate(parts))
    if (part.kind == kind &&
        (kind == SparseTensorFieldKind::ValMemRef || part.level == level))
      return index;
  return std::nullopt;
}

bool smash::isStoredMatrix(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto encoding = getSparseTensorEncoding(type);
  return tensor && encoding && tensor.getRank() == 2 && !encoding.isSlice() &&
         encoding.getBatchLvlRank() == 0;
}
