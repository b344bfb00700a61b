//===- AtomicUpdates.cpp - adds of a semiring in one atomic step -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AtomicUpdates.h"
#include "Smash/IR/Semiring.h"
#include "Smash/Transforms/KernelBuilder.h"

using namespace mlir;
using namespace smash;

/// The atomic that LLVM has for an add. Floating-point minimum and maximum are
/// not among them: LLVM's differ on NaN from arith's.
static std::optional<arith::AtomicRMWKind> nativeKind(Monoid add, Type type) {
  if (add == Monoid::Plus && isa<FloatType>(type))
    return arith::AtomicRMWKind::addf;
  if (!isa<IntegerType>(type) || type.isInteger(1))
    return std::nullopt;
  switch (add) {
  case Monoid::Plus:
    return arith::AtomicRMWKind::addi;
  case Monoid::Min:
    return arith::AtomicRMWKind::mins;
  case Monoid::Max:
    return arith::AtomicRMWKind::maxs;
  default:
    return std::nullopt;
  }
}

void smash::expandAtomicUpdate(AtomicUpdateOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  Value value = op.getValue();
  Type type = value.getType();
  if (auto kind = nativeKind(op.getAdd(), type)) {
    memref::AtomicRMWOp::create(k, *kind, value, op.getMemref(),
                                ValueRange{op.getIndex()});
    op.erase();
    return;
  }
  // An i1 is stored as a byte.
  bool isBool = type.isInteger(1);
  Type bits = k.getIntegerType(isBool ? 8 : type.getIntOrFloatBitWidth());
  auto toBits = [&](Value x) -> Value {
    if (isBool)
      return k.cast(x, bits);
    return type == bits ? x : arith::BitcastOp::create(k, bits, x).getResult();
  };
  auto fromBits = [&](Value x) -> Value {
    if (isBool)
      return k.cast(x, type);
    return type == bits ? x : arith::BitcastOp::create(k, type, x).getResult();
  };
  // The identity is the first guess: it is what stands there when the slot is
  // new, and no plain load races with the others' exchanges.
  Value guess = toBits(createIdentity(k, k.getLoc(), op.getAdd(), type));
  k.whileLoop(
      {guess, k.boolean(true)}, [&](ValueRange v) { return Value(v[1]); },
      [&](ValueRange v) -> Values {
        Value sum =
            createAdd(k, k.getLoc(), op.getAdd(), fromBits(v[0]), value);
        Value old = CompareExchangeOp::create(k, op.getMemref(), op.getIndex(),
                                              v[0], toBits(sum));
        return {old, k.ne(old, v[0])};
      });
  op.erase();
}
