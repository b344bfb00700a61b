//===- KernelBuilder.h - short spellings for kernels -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_KERNELBUILDER_H
#define SMASH_TRANSFORMS_KERNELBUILDER_H

#include "Smash/IR/Smash.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace smash {

using Values = llvm::SmallVector<mlir::Value, 4>;

/// Builds loop nests on buffers. Bodies are lambdas that use the same builder:
/// it stands inside the loop while they run, and behind it afterwards.
class KernelBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  template <typename T>
  using Ref = llvm::function_ref<T>;

  KernelBuilder(mlir::Location loc, mlir::OpBuilder &builder)
      : ImplicitLocOpBuilder(loc, builder) {}

  // Constants.
  Value idx(int64_t value);
  Value integer(int64_t value, mlir::Type type);
  Value boolean(bool value) { return integer(value, getI1Type()); }

  // Arithmetic on index and integers.
  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  /// a * b for a size: the largest index where that overflows, so that an
  /// allocation of so much fails. Neither is negative.
  Value mulSize(Value a, Value b);
  Value divu(Value a, Value b);
  /// a / b, upwards; a + b must not overflow.
  Value ceildivu(Value a, Value b);
  Value remu(Value a, Value b);
  Value min(Value a, Value b);
  Value max(Value a, Value b);
  Value band(Value a, Value b);
  Value bor(Value a, Value b);
  Value shl(Value a, Value b);
  Value shr(Value a, Value b);
  Value cmp(mlir::arith::CmpIPredicate predicate, Value a, Value b);
  Value lt(Value a, Value b) {
    return cmp(mlir::arith::CmpIPredicate::slt, a, b);
  }
  Value le(Value a, Value b) {
    return cmp(mlir::arith::CmpIPredicate::sle, a, b);
  }
  Value gt(Value a, Value b) {
    return cmp(mlir::arith::CmpIPredicate::sgt, a, b);
  }
  Value eq(Value a, Value b) {
    return cmp(mlir::arith::CmpIPredicate::eq, a, b);
  }
  Value ne(Value a, Value b) {
    return cmp(mlir::arith::CmpIPredicate::ne, a, b);
  }
  Value select(Value condition, Value a, Value b);
  Value logicalNot(Value flag);

  /// `value` as `type`: between index and unsigned integers of any width.
  Value cast(Value value, mlir::Type type);
  Value toIndex(Value value) { return cast(value, getIndexType()); }

  // Memory.
  Value load(Value memref, Value index);
  /// An element as an index.
  Value loadIndex(Value memref, Value index);
  void store(Value value, Value memref, Value index);
  /// Stores after a cast to the element type.
  void storeCast(Value value, Value memref, Value index);
  /// Allocates `size` elements; `ok` becomes false when that fails.
  Value tryAlloc(Value size, mlir::Type element, Value &ok, bool zeroed = false,
                 Purpose purpose = Purpose::Metadata);
  void dealloc(Value memref);

  // Control.
  void loop(Value lo, Value hi, Ref<void(Value)> body);
  void loop(Value lo, Value hi, Value step, Ref<void(Value)> body);
  /// A loop over consecutive elements whose iterations do not depend on each
  /// other: marked `smash.stream`, so that a target may use its vectors.
  void stream(Value lo, Value hi, Ref<void(Value)> body);
  Values loop(Value lo, Value hi, mlir::ValueRange inits,
              Ref<Values(Value, mlir::ValueRange)> body);
  Values loop(Value lo, Value hi, Value step, mlir::ValueRange inits,
              Ref<Values(Value, mlir::ValueRange)> body);
  /// While `condition` holds of the values, replaces them by `body`.
  Values whileLoop(mlir::ValueRange inits,
                   Ref<Value(mlir::ValueRange)> condition,
                   Ref<Values(mlir::ValueRange)> body);
  void ifThen(Value condition, Ref<void()> body);
  Values ifElse(Value condition, mlir::TypeRange types, Ref<Values()> then,
                Ref<Values()> otherwise);
  /// `body`, to be kept as a unit of its own: a target makes it a function, so
  /// that its loops have the registers to themselves.
  Values apart(mlir::TypeRange types, Ref<Values()> body);
  void blocks(Value count, Ref<void(Value)> body);
  void threads(Value count, Ref<void(Value)> body);

  /// a, if it is not null, and b.
  Value conjunction(Value a, Value b) { return a ? band(a, b) : b; }

private:
  void forall(Value count, mlir::Attribute mapping, Ref<void(Value)> body);
};

/// A memref<?xelement>.
mlir::MemRefType bufferOf(mlir::Type element);

} // namespace smash

#endif // SMASH_TRANSFORMS_KERNELBUILDER_H
