//===- KernelOps.cpp - kernels on buffers -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace smash;

//===----------------------------------------------------------------------===//
// TryAllocOp
//===----------------------------------------------------------------------===//

void TryAllocOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(),
                       cast<OpResult>(getMemref()),
                       SideEffects::DefaultResource::get());
  // A failure is recorded.
  effects.emplace_back(MemoryEffects::Write::get(),
                       SideEffects::DefaultResource::get());
}

LogicalResult TryAllocOp::verify() {
  auto type = cast<MemRefType>(getMemref().getType());
  if (type.getRank() != 1 || !type.isDynamicDim(0) ||
      !type.getLayout().isIdentity())
    return emitOpError("allocates one dynamic dimension, not ") << type;
  return success();
}

//===----------------------------------------------------------------------===//
// WorkLoopOp
//===----------------------------------------------------------------------===//

void WorkLoopOp::build(OpBuilder &builder, OperationState &state, Value lower,
                       Value upper, Schedule schedule,
                       function_ref<void(OpBuilder &, Location, Value)> body) {
  state.addOperands({lower, upper});
  state.addAttribute(getScheduleAttrName(state.name),
                     ScheduleAttr::get(builder.getContext(), schedule));
  OpBuilder::InsertionGuard guard(builder);
  Region *region = state.addRegion();
  Block *block =
      builder.createBlock(region, {}, builder.getIndexType(), state.location);
  body(builder, state.location, block->getArgument(0));
  ensureTerminator(*region, builder, state.location);
}

SmallVector<Region *> WorkLoopOp::getLoopRegions() { return {&getRegion()}; }

ParseResult WorkLoopOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::Argument item;
  OpAsmParser::UnresolvedOperand lower, upper;
  Type index = parser.getBuilder().getIndexType();
  item.type = index;
  StringRef word;
  SMLoc loc;
  if (parser.parseLParen() || parser.parseArgument(item) ||
      parser.parseRParen() || parser.parseEqual() ||
      parser.parseOperand(lower) || parser.parseKeyword("to") ||
      parser.parseOperand(upper) || parser.parseKeyword("schedule") ||
      parser.parseLParen() || parser.getCurrentLocation(&loc) ||
      parser.parseKeyword(&word) || parser.parseRParen())
    return failure();
  auto schedule = symbolizeSchedule(word);
  if (!schedule)
    return parser.emitError(loc, "unknown schedule '")
           << word << "'; one of dynamic, static";
  result.addAttribute(getScheduleAttrName(result.name),
                      ScheduleAttr::get(parser.getContext(), *schedule));
  Region *body = result.addRegion();
  if (parser.resolveOperand(lower, index, result.operands) ||
      parser.resolveOperand(upper, index, result.operands) ||
      parser.parseRegion(*body, item) ||
      parser.parseOptionalAttrDict(result.attributes))
    return failure();
  ensureTerminator(*body, parser.getBuilder(), result.location);
  return success();
}

void WorkLoopOp::print(OpAsmPrinter &printer) {
  printer << " (" << getInductionVar() << ") = " << getLowerBound() << " to "
          << getUpperBound() << " schedule(" << stringifySchedule(getSchedule())
          << ") ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false,
                      /*printBlockTerminators=*/false);
  printer.printOptionalAttrDict((*this)->getAttrs(), {getScheduleAttrName()});
}

LogicalResult WorkLoopOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 1 || !block.getArgument(0).getType().isIndex())
    return emitOpError("body takes one work item of type index");
  auto isOver = [](scf::ForallOp loop, auto isKind) {
    ArrayAttr mapping = loop ? loop.getMappingAttr() : ArrayAttr();
    return mapping && mapping.size() == 1 && isKind(mapping[0]);
  };
  auto parent = (*this)->getParentOfType<scf::ForallOp>();
  if (isOver(parent, llvm::IsaPred<ThreadMappingAttr>))
    parent = parent->getParentOfType<scf::ForallOp>();
  if (!isOver(parent, llvm::IsaPred<BlockMappingAttr>))
    return emitOpError("stands in an scf.forall mapped to #smash.block, or in "
                       "one mapped to #smash.thread within it");
  return success();
}

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

LogicalResult CreateAccumulatorOp::verify() {
  auto type = getAccumulator().getType();
  if (int64_t(getFillLimit()) < 1 || int64_t(getFillLimit()) > 100)
    return emitOpError("fill_limit ")
           << int64_t(getFillLimit()) << " is not between 1 and 100 percent";
  bool listsPairs = type.getKind() == AccumulatorKind::Sort ||
                    type.getKind() == AccumulatorKind::Merge;
  if (listsPairs && getShared())
    return emitOpError("accumulator ")
           << stringifyAccumulatorKind(type.getKind())
           << " is not shared; dense and hash are";
  bool isTable = getShared() && type.getKind() == AccumulatorKind::Hash;
  if (!isTable && getTable() != Table::Packed)
    return emitOpError("table = fragmented is of a shared hash table");
  if (!isTable && getWriteback() != Writeback::Scan)
    return emitOpError("writeback = bulk is of a shared hash table");
  unsigned width = type.getKey().getWidth();
  if (width != 32 && width != 64)
    return emitOpError("key type ") << type.getKey() << " is not i32 or i64";
  return success();
}

void UpsertOp::build(OpBuilder &builder, OperationState &state,
                     Value accumulator, Value instance, Value bound,
                     Value lower, Value upper, Value keys, bool ordered,
                     bool atomic,
                     function_ref<void(OpBuilder &, Location, Value)> body) {
  state.addOperands({accumulator, instance, bound, lower, upper});
  if (keys)
    state.addOperands(keys);
  if (ordered)
    state.addAttribute(getOrderedAttrName(state.name), builder.getUnitAttr());
  if (atomic)
    state.addAttribute(getAtomicAttrName(state.name), builder.getUnitAttr());
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(state.addRegion(), {},
                                     builder.getIndexType(), state.location);
  body(builder, state.location, block->getArgument(0));
}

// smash.upsert %acc[%inst] bound(%n) [keys(%m)] (%p) = %lo to %hi [ordered]
// [atomic] {...}
//   : type
ParseResult UpsertOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand accumulator, instance, bound, lower, upper;
  SmallVector<OpAsmParser::UnresolvedOperand, 1> keys;
  OpAsmParser::Argument position;
  Builder &builder = parser.getBuilder();
  Type index = builder.getIndexType();
  position.type = index;
  if (parser.parseOperand(accumulator) || parser.parseLSquare() ||
      parser.parseOperand(instance) || parser.parseRSquare() ||
      parser.parseKeyword("bound") || parser.parseLParen() ||
      parser.parseOperand(bound) || parser.parseRParen())
    return failure();
  if (succeeded(parser.parseOptionalKeyword("keys")))
    if (parser.parseLParen() || parser.parseOperand(keys.emplace_back()) ||
        parser.parseRParen())
      return failure();
  if (parser.parseLParen() || parser.parseArgument(position) ||
      parser.parseRParen() || parser.parseEqual() ||
      parser.parseOperand(lower) || parser.parseKeyword("to") ||
      parser.parseOperand(upper))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("ordered")))
    result.addAttribute(getOrderedAttrName(result.name), builder.getUnitAttr());
  if (succeeded(parser.parseOptionalKeyword("atomic")))
    result.addAttribute(getAtomicAttrName(result.name), builder.getUnitAttr());
  Region *body = result.addRegion();
  Type type;
  return failure(parser.parseRegion(*body, position) ||
                 parser.parseOptionalAttrDict(result.attributes) ||
                 parser.parseColonType(type) ||
                 parser.resolveOperand(accumulator, type, result.operands) ||
                 parser.resolveOperands({instance, bound, lower, upper}, index,
                                        result.operands) ||
                 parser.resolveOperands(keys, index, result.operands));
}

void UpsertOp::print(OpAsmPrinter &printer) {
  printer << " " << getAccumulator() << "[" << getInstance() << "] bound("
          << getBound() << ") ";
  if (getKeys())
    printer << "keys(" << getKeys() << ") ";
  printer << "(" << getBody().getArgument(0) << ") = " << getLowerBound()
          << " to " << getUpperBound() << (getOrdered() ? " ordered" : "")
          << (getAtomic() ? " atomic" : "") << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
  printer.printOptionalAttrDict((*this)->getAttrs(),
                                {getOrderedAttrName(), getAtomicAttrName()});
  printer << " : " << getAccumulator().getType();
}

LogicalResult UpsertOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 1 || !block.getArgument(0).getType().isIndex())
    return emitOpError("body takes one position of type index");
  auto yield = dyn_cast<YieldOp>(block.back());
  auto type = getAccumulator().getType();
  SmallVector<Type> expected = {type.getKey()};
  if (type.hasValues())
    expected.push_back(type.getValue());
  // Perhaps a mask's decision.
  bool filtered = yield && yield.getNumOperands() == expected.size() + 1;
  if (filtered)
    expected.push_back(IntegerType::get(getContext(), 1));
  if (!yield || yield.getOperandTypes() != TypeRange(expected))
    return emitOpError("body must yield a key of type ")
           << type.getKey()
           << (type.hasValues() ? " and a value of the accumulator's type"
                                : " and nothing else")
           << ", but perhaps an i1 that keeps or drops the pair";
  return success();
}

/// Values go from an accumulator to a buffer of their own type.
static LogicalResult verifyValues(Operation *op, AccumulatorType type,
                                  Value values) {
  if (type.hasValues() != bool(values))
    return op->emitOpError(
        "writes values exactly when the accumulator has them");
  if (!values)
    return success();
  Type element = cast<MemRefType>(values.getType()).getElementType();
  if (element != type.getValue())
    return op->emitOpError("writes values of type ")
           << type.getValue() << " to a buffer of " << element;
  return success();
}

LogicalResult DrainOp::verify() {
  return verifyValues(*this, getAccumulator().getType(), getValues());
}

LogicalResult DrainWindowOp::verify() {
  return verifyValues(*this, getAccumulator().getType(), getValues());
}

LogicalResult GatherOp::verify() {
  return verifyValues(*this, getAccumulator().getType(), getValues());
}

LogicalResult CompareExchangeOp::verify() {
  Type element = cast<MemRefType>(getMemref().getType()).getElementType();
  if (element == getOld().getType())
    return success();
  unsigned parts = 1;
  Type scalar = element;
  if (auto complex = dyn_cast<ComplexType>(element)) {
    scalar = complex.getElementType();
    parts = 2;
  }
  unsigned width = getOld().getType().getIntOrFloatBitWidth();
  if (!scalar.isIntOrFloat() || scalar.getIntOrFloatBitWidth() * parts != width)
    return emitOpError("exchanges ") << getOld().getType() << " in a buffer of "
                                     << element << ", which is not as wide";
  return success();
}

void YieldOp::build(OpBuilder &, OperationState &) {}
