//===- KernelBuilder.cpp - short spellings for kernels -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/Transforms/KernelBuilder.h"

using namespace mlir;
using namespace smash;

MemRefType smash::bufferOf(Type element) {
  return MemRefType::get({ShapedType::kDynamic}, element);
}

Value KernelBuilder::idx(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value KernelBuilder::integer(int64_t value, Type type) {
  return arith::ConstantOp::create(*this, getIntegerAttr(type, value));
}
Value KernelBuilder::add(Value a, Value b) {
  return createOrFold<arith::AddIOp>(a, b);
}
Value KernelBuilder::sub(Value a, Value b) {
  return createOrFold<arith::SubIOp>(a, b);
}
Value KernelBuilder::mul(Value a, Value b) {
  return createOrFold<arith::MulIOp>(a, b);
}
Value KernelBuilder::mulSize(Value a, Value b) {
  if (getConstantIntValue(a) == 1)
    return b;
  Value most = idx(INT64_MAX);
  Value fits = le(b, divu(most, max(a, idx(1))));
  return select(fits, mul(a, b), most);
}
Value KernelBuilder::divu(Value a, Value b) {
  return createOrFold<arith::DivUIOp>(a, b);
}
Value KernelBuilder::ceildivu(Value a, Value b) {
  return divu(add(a, sub(b, idx(1))), b);
}
Value KernelBuilder::remu(Value a, Value b) {
  return createOrFold<arith::RemUIOp>(a, b);
}
Value KernelBuilder::min(Value a, Value b) {
  return createOrFold<arith::MinSIOp>(a, b);
}
Value KernelBuilder::max(Value a, Value b) {
  return createOrFold<arith::MaxSIOp>(a, b);
}
Value KernelBuilder::band(Value a, Value b) {
  return createOrFold<arith::AndIOp>(a, b);
}
Value KernelBuilder::bor(Value a, Value b) {
  return createOrFold<arith::OrIOp>(a, b);
}
Value KernelBuilder::shl(Value a, Value b) {
  return createOrFold<arith::ShLIOp>(a, b);
}
Value KernelBuilder::shr(Value a, Value b) {
  return createOrFold<arith::ShRUIOp>(a, b);
}
Value KernelBuilder::cmp(arith::CmpIPredicate predicate, Value a, Value b) {
  return createOrFold<arith::CmpIOp>(predicate, a, b);
}
Value KernelBuilder::select(Value condition, Value a, Value b) {
  return createOrFold<arith::SelectOp>(condition, a, b);
}
Value KernelBuilder::logicalNot(Value flag) {
  return createOrFold<arith::XOrIOp>(flag, boolean(true));
}

Value KernelBuilder::cast(Value value, Type type) {
  Type from = value.getType();
  if (from == type)
    return value;
  if (from.isIndex() || type.isIndex())
    return createOrFold<arith::IndexCastUIOp>(type, value);
  if (from.getIntOrFloatBitWidth() < type.getIntOrFloatBitWidth())
    return createOrFold<arith::ExtUIOp>(type, value);
  return createOrFold<arith::TruncIOp>(type, value);
}

Value KernelBuilder::load(Value memref, Value index) {
  return memref::LoadOp::create(*this, memref, ValueRange{index});
}
Value KernelBuilder::loadIndex(Value memref, Value index) {
  return toIndex(load(memref, index));
}
void KernelBuilder::store(Value value, Value memref, Value index) {
  memref::StoreOp::create(*this, value, memref, ValueRange{index});
}
void KernelBuilder::storeCast(Value value, Value memref, Value index) {
  Type element = mlir::cast<MemRefType>(memref.getType()).getElementType();
  store(cast(value, element), memref, index);
}

Value KernelBuilder::tryAlloc(Value size, Type element, Value &ok, bool zeroed,
                              Purpose purpose) {
  auto op = TryAllocOp::create(*this, bufferOf(element), getI1Type(), size,
                               zeroed, purpose);
  ok = conjunction(ok, op.getOk());
  return op.getMemref();
}
void KernelBuilder::dealloc(Value memref) {
  memref::DeallocOp::create(*this, memref);
}

void KernelBuilder::loop(Value lo, Value hi, Ref<void(Value)> body) {
  loop(lo, hi, idx(1), body);
}
void KernelBuilder::loop(Value lo, Value hi, Value step,
                         Ref<void(Value)> body) {
  auto op = scf::ForOp::create(*this, lo, hi, step);
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.getBody());
  body(op.getInductionVar());
}
void KernelBuilder::stream(Value lo, Value hi, Ref<void(Value)> body) {
  auto op = scf::ForOp::create(*this, lo, hi, idx(1));
  op->setAttr(kStreamAttrName, getUnitAttr());
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.getBody());
  body(op.getInductionVar());
}
Values KernelBuilder::loop(Value lo, Value hi, ValueRange inits,
                           Ref<Values(Value, ValueRange)> body) {
  return loop(lo, hi, idx(1), inits, body);
}

Values KernelBuilder::loop(Value lo, Value hi, Value step, ValueRange inits,
                           Ref<Values(Value, ValueRange)> body) {
  auto op = scf::ForOp::create(*this, lo, hi, step, inits);
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.getBody());
  Values carried = body(op.getInductionVar(), op.getRegionIterArgs());
  // Where nothing is carried the builder has put the terminator there.
  if (!inits.empty())
    scf::YieldOp::create(*this, carried);
  return Values(op.getResults());
}

Values KernelBuilder::whileLoop(ValueRange inits,
                                Ref<Value(ValueRange)> condition,
                                Ref<Values(ValueRange)> body) {
  auto op = scf::WhileOp::create(*this, inits.getTypes(), inits);
  InsertionGuard guard(*this);
  SmallVector<Location> locs(inits.size(), getLoc());
  Block *before = createBlock(&op.getBefore(), {}, inits.getTypes(), locs);
  scf::ConditionOp::create(*this, condition(before->getArguments()),
                           before->getArguments());
  Block *after = createBlock(&op.getAfter(), {}, inits.getTypes(), locs);
  scf::YieldOp::create(*this, body(after->getArguments()));
  return Values(op.getResults());
}

void KernelBuilder::ifThen(Value condition, Ref<void()> body) {
  auto op = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.thenBlock());
  body();
}

Values KernelBuilder::ifElse(Value condition, TypeRange types,
                             Ref<Values()> then, Ref<Values()> otherwise) {
  auto op = scf::IfOp::create(*this, types, condition, /*withElseRegion=*/true);
  InsertionGuard guard(*this);
  auto fill = [&](Block *block, Ref<Values()> body) {
    setInsertionPointToStart(block);
    Values results = body();
    if (types.empty())
      return; // The builder has put the terminator there.
    scf::YieldOp::create(*this, results);
  };
  fill(op.thenBlock(), then);
  fill(op.elseBlock(), otherwise);
  return Values(op.getResults());
}

void KernelBuilder::forall(Value count, Attribute mapping,
                           Ref<void(Value)> body) {
  auto op =
      scf::ForallOp::create(*this, getAsOpFoldResult(ValueRange{count}),
                            /*outputs=*/ValueRange(), getArrayAttr({mapping}));
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.getBody());
  body(op.getInductionVar(0));
}
Values KernelBuilder::apart(TypeRange types, Ref<Values()> body) {
  auto op = scf::ExecuteRegionOp::create(*this, types, /*no_inline=*/true);
  InsertionGuard guard(*this);
  setInsertionPointToStart(&op.getRegion().emplaceBlock());
  Values results = body();
  scf::YieldOp::create(*this, results);
  return Values(op.getResults());
}
void KernelBuilder::blocks(Value count, Ref<void(Value)> body) {
  forall(count, BlockMappingAttr::get(getContext()), body);
}
void KernelBuilder::threads(Value count, Ref<void(Value)> body) {
  forall(count, ThreadMappingAttr::get(getContext()), body);
}
