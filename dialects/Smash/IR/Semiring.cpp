//===- Semiring.cpp - what a semiring computes -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Semiring.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;

namespace smash {

bool isLegalValueType(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF64() || complex.getElementType().isF32();
  return type.isF64() || type.isF32() || type.isInteger(64) ||
         type.isInteger(32) || type.isInteger(1);
}

LogicalResult verifySemiring(function_ref<InFlightDiagnostic()> emitError,
                             SemiringAttr semiring, Type type) {
  if (!isLegalValueType(type))
    return emitError() << "value type " << type
                       << " is not lowered yet; f64, f32, i64, i32, i1 and "
                          "complex<f64> are";
  bool ordered =
      semiring.getAdd() == Monoid::Min || semiring.getAdd() == Monoid::Max;
  if (ordered && isa<ComplexType>(type))
    return emitError() << "semiring " << semiring.spelling()
                       << " needs an order, which " << type << " has not";
  return success();
}

bool readsOperands(SemiringAttr semiring) {
  return semiring.getMultiply() != Multiply::Pair;
}

namespace {
/// Builds the arithmetic of one value type.
struct Arithmetic {
  ImplicitLocOpBuilder b;
  Type type;

  Arithmetic(OpBuilder &builder, Location loc, Type type)
      : b(loc, builder), type(type) {}

  bool isFloat() const { return isa<FloatType>(type); }
  bool isBool() const { return type.isInteger(1); }

  Value constant(int64_t value) {
    if (auto complex = dyn_cast<ComplexType>(type)) {
      auto element = cast<FloatType>(complex.getElementType());
      return complex::ConstantOp::create(
          b, type,
          b.getArrayAttr({b.getFloatAttr(element, double(value)),
                          b.getFloatAttr(element, 0.0)}));
    }
    if (isFloat())
      return arith::ConstantOp::create(b, b.getFloatAttr(type, double(value)));
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
  }
  Value integer(const APInt &value) {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
  }
  Value floating(const APFloat &value) {
    return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
  }

  /// x != 0, as i1; a NaN is not zero.
  Value isNonZero(Value x) {
    if (isa<ComplexType>(type)) {
      // By parts: complex.neq has no lowering to the LLVM dialect.
      Arithmetic part(b, b.getLoc(), cast<ComplexType>(type).getElementType());
      Value re = part.isNonZero(complex::ReOp::create(b, x));
      Value im = part.isNonZero(complex::ImOp::create(b, x));
      return arith::OrIOp::create(b, re, im);
    }
    Value zero = constant(0);
    if (isFloat())
      return arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, x, zero);
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, x, zero);
  }
  /// 1 or 0 of the type.
  Value fromBool(Value flag) {
    if (isBool())
      return flag;
    return arith::SelectOp::create(b, flag, constant(1), constant(0));
  }
  Value plus(Value x, Value y) {
    if (isa<ComplexType>(type))
      return complex::AddOp::create(b, x, y);
    if (isFloat())
      return arith::AddFOp::create(b, x, y);
    return arith::AddIOp::create(b, x, y);
  }
  /// The textbook formula: complex.mul may recover from NaN, depending on how
  /// it is lowered, and then is no longer one function of the bits.
  Value timesComplex(Value x, Value y) {
    Value xr = complex::ReOp::create(b, x), xi = complex::ImOp::create(b, x);
    Value yr = complex::ReOp::create(b, y), yi = complex::ImOp::create(b, y);
    Value re = arith::SubFOp::create(b, arith::MulFOp::create(b, xr, yr),
                                     arith::MulFOp::create(b, xi, yi));
    Value im = arith::AddFOp::create(b, arith::MulFOp::create(b, xr, yi),
                                     arith::MulFOp::create(b, xi, yr));
    return complex::CreateOp::create(b, type, re, im);
  }
  Value times(Value x, Value y) {
    if (isa<ComplexType>(type))
      return timesComplex(x, y);
    if (isFloat())
      return arith::MulFOp::create(b, x, y);
    return arith::MulIOp::create(b, x, y);
  }
  Value both(Value x, Value y) {
    return fromBool(arith::AndIOp::create(b, isNonZero(x), isNonZero(y)));
  }
  Value either(Value x, Value y) {
    return fromBool(arith::OrIOp::create(b, isNonZero(x), isNonZero(y)));
  }
  Value equals(Value x, Value y) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y);
  }
  /// x + y clamped to the type's range, where `infinity` absorbs.
  Value saturatingPlus(Value x, Value y, const APInt &infinity) {
    unsigned width = infinity.getBitWidth();
    Value zero = constant(0);
    Value sum = arith::AddIOp::create(b, x, y);
    Value differs = arith::AndIOp::create(b, arith::XOrIOp::create(b, x, sum),
                                          arith::XOrIOp::create(b, y, sum));
    auto slt = arith::CmpIPredicate::slt;
    Value overflow = arith::CmpIOp::create(b, slt, differs, zero);
    Value negative = arith::CmpIOp::create(b, slt, x, zero);
    Value clamp = arith::SelectOp::create(
        b, negative, integer(APInt::getSignedMinValue(width)),
        integer(APInt::getSignedMaxValue(width)));
    Value clamped = arith::SelectOp::create(b, overflow, clamp, sum);
    Value inf = integer(infinity);
    Value infinite = arith::OrIOp::create(b, equals(x, inf), equals(y, inf));
    return arith::SelectOp::create(b, infinite, inf, clamped);
  }
};
} // namespace

Value createAdd(OpBuilder &builder, Location loc, Monoid add, Value x,
                Value y) {
  Arithmetic a(builder, loc, x.getType());
  switch (add) {
  case Monoid::Plus:
    return a.plus(x, y);
  case Monoid::Min:
    if (a.isFloat())
      return arith::MinimumFOp::create(a.b, x, y);
    if (a.isBool())
      return arith::AndIOp::create(a.b, x, y);
    return arith::MinSIOp::create(a.b, x, y);
  case Monoid::Max:
    if (a.isFloat())
      return arith::MaximumFOp::create(a.b, x, y);
    if (a.isBool())
      return arith::OrIOp::create(a.b, x, y);
    return arith::MaxSIOp::create(a.b, x, y);
  case Monoid::Or:
    return a.either(x, y);
  case Monoid::Any:
    return x;
  }
  llvm_unreachable("monoid out of range");
}

Value createMultiply(OpBuilder &builder, Location loc, SemiringAttr semiring,
                     Value x, Value y) {
  Arithmetic a(builder, loc, x.getType());
  switch (semiring.getMultiply()) {
  case Multiply::Times:
    return a.times(x, y);
  case Multiply::Plus: {
    bool isMin = semiring.getAdd() == Monoid::Min;
    bool isMax = semiring.getAdd() == Monoid::Max;
    if (!isa<IntegerType>(a.type) || (!isMin && !isMax))
      return a.plus(x, y);
    // On {0, 1} the saturating sum with infinity 1 is or, with -infinity 0 and.
    if (a.isBool())
      return isMin ? Value(arith::OrIOp::create(a.b, x, y))
                   : Value(arith::AndIOp::create(a.b, x, y));
    unsigned width = a.type.getIntOrFloatBitWidth();
    return a.saturatingPlus(x, y,
                            isMin ? APInt::getSignedMaxValue(width)
                                  : APInt::getSignedMinValue(width));
  }
  case Multiply::And:
    return a.both(x, y);
  case Multiply::Pair:
    return a.constant(1);
  }
  llvm_unreachable("multiply out of range");
}

Value createIdentity(OpBuilder &builder, Location loc, Monoid add, Type type) {
  Arithmetic a(builder, loc, type);
  if (add == Monoid::Or || add == Monoid::Any)
    return a.constant(0);
  if (auto complex = dyn_cast<ComplexType>(type)) {
    auto element = cast<FloatType>(complex.getElementType());
    Attribute zero = a.b.getFloatAttr(
        element, APFloat::getZero(element.getFloatSemantics(), true));
    return complex::ConstantOp::create(a.b, type,
                                       a.b.getArrayAttr({zero, zero}));
  }
  if (auto floating = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    if (add == Monoid::Plus)
      return a.floating(APFloat::getZero(semantics, /*Negative=*/true));
    return a.floating(APFloat::getInf(semantics, add == Monoid::Max));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  if (add == Monoid::Plus || a.isBool())
    return a.constant(add == Monoid::Min ? 1 : 0);
  return a.integer(add == Monoid::Min ? APInt::getSignedMaxValue(width)
                                      : APInt::getSignedMinValue(width));
}

} // namespace smash
