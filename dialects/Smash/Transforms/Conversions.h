//===- Conversions.h - loops that convert formats -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the files that convert formats; not part of the interface.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_CONVERSIONS_H
#define SMASH_TRANSFORMS_CONVERSIONS_H

#include "Entries.h"
#include "SharedLoops.h"
#include <functional>

namespace smash {

/// Makes the buffers of a matrix, or empty ones where that fails: what comes
/// after sees from them that there is no matrix.
class ResultBuilder {
public:
  using Value = mlir::Value;
  template <typename T>
  using Ref = llvm::function_ref<T>;
  struct Allocation {
    Value size;
    mlir::Type element;
    bool zeroed = false;
  };

  /// `undo` is what a failure frees, wherever it happens.
  ResultBuilder(
      KernelBuilder &k, mlir::RankedTensorType type,
      std::function<void()> undo = [] {});

  /// `body`; where `condition` does not hold, `otherwise` and empty buffers.
  Values
  when(Value condition, Ref<Values()> body, Ref<void()> otherwise = [] {});
  /// `body` where `number` is at most `limit`; else the error.
  Values within(Value number, int64_t limit, ErrorCode error,
                Ref<Values()> body);
  /// `body` with new buffers, where memory suffices. A failure inside frees
  /// them, unless they are `scratch`, which `body` frees whatever happens.
  Values allocated(llvm::ArrayRef<Allocation> sizes,
                   Ref<Values(llvm::ArrayRef<Value>)> body,
                   bool scratch = false);

private:
  KernelBuilder &k;
  llvm::SmallVector<mlir::Type, 5> types;
  std::function<void()> undo;
};

/// The buffers of `source` in the format of `type`. With `take` those of the
/// source are moved or freed. `absent` is what blocks hold where the source has
/// nothing. `workers` share what is sorted by counting, in the order of one.
Values buildConversion(KernelBuilder &k, const OpenMatrix &source,
                       mlir::RankedTensorType type, bool take, Monoid absent,
                       const Workers &workers);

/// What an element that no entry was added to holds: the identity of `add`, and
/// 0.0 for a floating-point plus.
mlir::Value createAbsent(KernelBuilder &k, Monoid add, mlir::Type type);

/// The lowering of each op. Replaces it.
void lowerConvert(ConvertOp op);
void lowerTranspose(TransposeOp op);
void lowerCompact(CompactOp op);
void lowerRelabel(RelabelOp op);
void lowerGatherRows(GatherRowsOp op);
void lowerUniteRows(UniteRowsOp op);
void lowerExpand(ExpandOp op);
void lowerScatter(ScatterOp op);

} // namespace smash

#endif // SMASH_TRANSFORMS_CONVERSIONS_H
