//===- IRNumber.h - arithmetic that becomes IR -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_IRNUMBER_H
#define SMASH_LIB_STRATEGY_IRNUMBER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace smash {

/// An f64 that code computes; operations on it make more code, folded where
/// operands are constants. Null is zero, for which there is no code at all.
class IRNumber {
public:
  IRNumber() = default;
  IRNumber(mlir::ImplicitLocOpBuilder &builder, mlir::Value value)
      : builder(&builder), number(value) {}

  /// The f64; a constant where it is null.
  mlir::Value value(mlir::ImplicitLocOpBuilder &b) const {
    return number ? number : constantOf(b, 0);
  }

  IRNumber operator+(IRNumber other) const {
    if (!number)
      return other;
    return other.number ? make<mlir::arith::AddFOp>(other.number) : *this;
  }
  IRNumber operator-(IRNumber other) const {
    return other.number ? make<mlir::arith::SubFOp>(other.number) : *this;
  }
  IRNumber operator*(IRNumber other) const {
    if (!number || !other.number)
      return {};
    return make<mlir::arith::MulFOp>(other.number);
  }
  IRNumber operator/(IRNumber other) const {
    return number ? make<mlir::arith::DivFOp>(other.number) : *this;
  }
  IRNumber operator+(double other) const { return *this + constant(other); }
  IRNumber operator-(double other) const { return *this - constant(other); }
  IRNumber operator*(double other) const {
    return number ? *this * constant(other) : *this;
  }
  IRNumber operator/(double other) const {
    return number ? *this / constant(other) : *this;
  }

  /// A constant beside this number, which must not be null.
  IRNumber constant(double value) const {
    assert(builder && "no code to stand beside");
    return {*builder, constantOf(*builder, value)};
  }

  template <typename OpTy>
  IRNumber make(mlir::Value other) const {
    assert(builder && "an operation on null");
    return {*builder, builder->createOrFold<OpTy>(number, other)};
  }

  mlir::ImplicitLocOpBuilder *codeBuilder() const { return builder; }

private:
  static mlir::Value constantOf(mlir::ImplicitLocOpBuilder &b, double value) {
    return mlir::arith::ConstantOp::create(b, b.getF64FloatAttr(value));
  }

  mlir::ImplicitLocOpBuilder *builder = nullptr;
  mlir::Value number;
};

// What the formulas call (CostFormulas.h).

/// `OpTy` of two numbers of which one may be null.
template <typename OpTy>
IRNumber combine(IRNumber a, IRNumber b) {
  mlir::ImplicitLocOpBuilder *builder =
      a.codeBuilder() ? a.codeBuilder() : b.codeBuilder();
  if (!builder)
    return {};
  return {*builder,
          builder->createOrFold<OpTy>(a.value(*builder), b.value(*builder))};
}
inline IRNumber minimum(IRNumber a, IRNumber b) {
  return combine<mlir::arith::MinimumFOp>(a, b);
}
inline IRNumber maximum(IRNumber a, IRNumber b) {
  return combine<mlir::arith::MaximumFOp>(a, b);
}
inline IRNumber minimum(IRNumber a, double b) {
  return minimum(a, a.constant(b));
}
inline IRNumber maximum(IRNumber a, double b) {
  return maximum(a, a.constant(b));
}

/// As that of doubles: the bits of an f64 are its logarithm, nearly.
inline IRNumber approximateLog2(IRNumber x) {
  mlir::ImplicitLocOpBuilder &b = *x.codeBuilder();
  mlir::Value bits =
      b.createOrFold<mlir::arith::BitcastOp>(b.getI64Type(), x.value(b));
  mlir::Value number =
      b.createOrFold<mlir::arith::SIToFPOp>(b.getF64Type(), bits);
  return maximum(IRNumber(b, number) / 0x1p52 - 1023.0, 0.0);
}

} // namespace smash

#endif // SMASH_LIB_STRATEGY_IRNUMBER_H
