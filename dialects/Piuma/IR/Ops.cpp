//===- Ops.cpp - verifiers and syntax of piuma ops ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/IR/Piuma.h"

using namespace mlir;
using namespace smash::piuma;

#define GET_OP_CLASSES
#include "Piuma/IR/PiumaOps.cpp.inc"

int64_t smash::piuma::bytesOfElement(Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.getNumElements() * bytesOfElement(vector.getElementType());
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * bytesOfElement(complex.getElementType());
  if (!type.isIntOrFloat())
    return 8;
  return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

//===----------------------------------------------------------------------===//
// Launch and spawn
//===----------------------------------------------------------------------===//

static void buildBody(OpBuilder &b, OperationState &state) {
  OpBuilder::InsertionGuard guard(b);
  Region *body = state.addRegion();
  Block *block = b.createBlock(body);
  block->addArgument(b.getIndexType(), state.location);
  b.setInsertionPointToStart(block);
  YieldOp::create(b, state.location);
}

void LaunchOp::build(OpBuilder &b, OperationState &state, Value count) {
  state.addOperands(count);
  buildBody(b, state);
}

void SpawnOp::build(OpBuilder &b, OperationState &state, Value count,
                    Pipeline pipeline) {
  state.addOperands(count);
  state.getOrAddProperties<Properties>().pipeline =
      PipelineAttr::get(b.getContext(), pipeline);
  buildBody(b, state);
}

/// (%id) in (%count) [on PIPELINE] { ... }
static ParseResult parseParallel(OpAsmParser &parser, OperationState &result,
                                 bool hasPipeline) {
  OpAsmParser::Argument id;
  OpAsmParser::UnresolvedOperand count;
  Type index = parser.getBuilder().getIndexType();
  if (parser.parseLParen() || parser.parseArgument(id) ||
      parser.parseRParen() || parser.parseKeyword("in") ||
      parser.parseLParen() || parser.parseOperand(count) ||
      parser.parseRParen() ||
      parser.resolveOperand(count, index, result.operands))
    return failure();
  if (hasPipeline) {
    StringRef name;
    SMLoc at;
    if (parser.parseKeyword("on") || parser.getCurrentLocation(&at) ||
        parser.parseKeyword(&name))
      return failure();
    auto pipeline = symbolizePipeline(name);
    if (!pipeline)
      return parser.emitError(at, "unknown pipeline '")
             << name << "'; multi or single";
    result.getOrAddProperties<SpawnOp::Properties>().pipeline =
        PipelineAttr::get(parser.getContext(), *pipeline);
  }
  id.type = index;
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, {id}) ||
      parser.parseOptionalAttrDict(result.attributes))
    return failure();
  SpawnOp::ensureTerminator(*body, parser.getBuilder(), result.location);
  return success();
}

template <typename OpTy>
static void printParallel(OpAsmPrinter &p, OpTy op, StringRef pipeline) {
  p << " (" << op.getId() << ") in (" << op.getCount() << ") ";
  if (!pipeline.empty())
    p << "on " << pipeline << " ";
  p.printRegion(op.getBody(), /*printEntryBlockArgs=*/false,
                /*printBlockTerminators=*/false);
  p.printOptionalAttrDict(op->getAttrs(), {"pipeline"});
}

ParseResult LaunchOp::parse(OpAsmParser &parser, OperationState &result) {
  return parseParallel(parser, result, /*hasPipeline=*/false);
}
void LaunchOp::print(OpAsmPrinter &p) { printParallel(p, *this, ""); }

ParseResult SpawnOp::parse(OpAsmParser &parser, OperationState &result) {
  return parseParallel(parser, result, /*hasPipeline=*/true);
}
void SpawnOp::print(OpAsmPrinter &p) {
  printParallel(p, *this, stringifyPipeline(getPipeline()));
}

static LogicalResult verifyBody(Operation *op, Region &body) {
  if (body.getNumArguments() != 1 || !body.getArgument(0).getType().isIndex())
    return op->emitOpError("has a body with one argument, an index");
  return success();
}

LogicalResult LaunchOp::verifyRegions() {
  if ((*this)->getParentOfType<LaunchOp>() ||
      (*this)->getParentOfType<SpawnOp>())
    return emitOpError("stands inside another launch");
  return verifyBody(*this, getBody());
}

LogicalResult SpawnOp::verifyRegions() {
  if ((*this)->getParentOfType<SpawnOp>())
    return emitOpError("stands inside another spawn");
  return verifyBody(*this, getBody());
}

void LaunchOp::getAsmBlockArgumentNames(Region &region,
                                        OpAsmSetValueNameFn setName) {
  if (!region.empty() && region.getNumArguments() == 1)
    setName(region.getArgument(0), "block");
}
void SpawnOp::getAsmBlockArgumentNames(Region &region,
                                       OpAsmSetValueNameFn setName) {
  if (!region.empty() && region.getNumArguments() == 1)
    setName(region.getArgument(0), "thread");
}

/// Of what threads of a spawn do together. A function may be called by them:
/// piuma-verify-program knows.
static LogicalResult verifyMeeting(Operation *op) {
  if (op->getParentOfType<LaunchOp>() && !op->getParentOfType<SpawnOp>())
    return op->emitOpError("stands in a launch but not in a spawn: a block has "
                           "one thread there");
  return success();
}

LogicalResult BarrierOp::verify() { return verifyMeeting(*this); }

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void AllocOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getMemref(), "buffer");
  setName(getOk(), "ok");
}
void ResizeOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "resized");
}
void ScratchpadOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getMemref(), "scratchpad");
}
void CompareExchangeOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getOld(), "old");
}

void QueueCreateOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getQueue(), "queue");
}
void QueuePushOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getPushed(), "pushed");
}
void QueuePopOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getValue(), "value");
  setName(getPopped(), "popped");
}

/// What an allocation gives: elements one after the other, as many as its
/// operand says, outside scratchpads.
static LogicalResult verifyAllocated(Operation *op, Type memref) {
  auto type = cast<MemRefType>(memref);
  auto space = dyn_cast_or_null<SpaceAttr>(type.getMemorySpace());
  if (space && space.getValue() == Space::Scratchpad)
    return op->emitOpError("gives a buffer outside scratchpads, not ")
           << type << "; piuma.scratchpad gives those";
  if (type.hasStaticShape())
    return op->emitOpError("gives a buffer whose size an operand says, not ")
           << type;
  if (!type.getLayout().isIdentity())
    return op->emitOpError("gives a buffer of consecutive elements, not ")
           << type;
  return success();
}

LogicalResult AllocOp::verify() {
  return verifyAllocated(*this, getMemref().getType());
}
LogicalResult ResizeOp::verify() {
  return verifyAllocated(*this, getResult().getType());
}

int64_t ScratchpadOp::getBytes() {
  auto type = cast<MemRefType>(getMemref().getType());
  return type.getNumElements() * bytesOfElement(type.getElementType());
}

LogicalResult ScratchpadOp::verify() {
  auto type = cast<MemRefType>(getMemref().getType());
  auto space = dyn_cast_or_null<SpaceAttr>(type.getMemorySpace());
  if (!space || space.getValue() != Space::Scratchpad)
    return emitOpError("gives a buffer in #piuma.space<scratchpad>, not ")
           << type;
  if (!type.hasStaticShape())
    return emitOpError("gives a buffer whose size is known, not ") << type;
  int64_t element = bytesOfElement(type.getElementType());
  int64_t offset = getOffset();
  if (offset < 0 || offset % element)
    return emitOpError("starts at byte ")
           << offset << "; a multiple of " << element
           << ", the bytes of an element, is needed";
  TargetAttr target = getTarget(*this);
  if (!target)
    return success();
  TargetModel model = target.getModel();
  int64_t limit = model.usableScratchpadBytes();
  int64_t bytes;
  if (__builtin_mul_overflow(type.getNumElements(), element, &bytes) ||
      offset > limit || bytes > limit - offset)
    return emitOpError("needs ")
           << type.getNumElements() << " x " << element
           << " bytes of scratchpad from byte " << offset << "; "
           << model.name() << " has " << limit << " for programs";
  return success();
}

static LogicalResult verifyAccess(Operation *op, Type memref, Type value) {
  Type element = cast<MemRefType>(memref).getElementType();
  if (value == element)
    return success();
  if (isa<VectorType>(value) && bytesOfElement(value) == 8 &&
      cast<VectorType>(value).getElementType() == element)
    return success();
  return op->emitOpError("moves ")
         << value << "; an element of " << memref
         << ", or a vector of 8 bytes of them, can be";
}
LogicalResult LoadOp::verify() {
  return verifyAccess(*this, getMemref().getType(), getResult().getType());
}
LogicalResult StoreOp::verify() {
  return verifyAccess(*this, getMemref().getType(), getValue().getType());
}

/// Engines and memories know numbers of 4 and 8 bytes.
static LogicalResult verifyWidth(Operation *op, Type type) {
  if ((type.isIntOrFloat() && (type.getIntOrFloatBitWidth() == 32 ||
                               type.getIntOrFloatBitWidth() == 64)) ||
      type.isIndex())
    return success();
  return op->emitOpError("works on numbers of 4 or 8 bytes, not on ") << type;
}
static LogicalResult verifyKind(Operation *op, AtomicKind kind, Type type) {
  if (failed(verifyWidth(op, type)))
    return failure();
  bool bitwise = kind == AtomicKind::And || kind == AtomicKind::Or ||
                 kind == AtomicKind::Xor;
  if (bitwise && isa<FloatType>(type))
    return op->emitOpError() << stringifyAtomicKind(kind)
                             << " works on integers, not on " << type;
  return success();
}

LogicalResult AtomicOp::verify() {
  if (getOld() && getOld().getType() != getValue().getType())
    return emitOpError("gives ")
           << getOld().getType() << "; the element is " << getValue().getType();
  return verifyKind(*this, getKind(), getValue().getType());
}
LogicalResult ReduceOp::verify() {
  if (getKind() == AtomicKind::Exchange)
    return emitOpError("combines; exchange does not");
  if (failed(verifyMeeting(*this)))
    return failure();
  return verifyKind(*this, getKind(), getValue().getType());
}
LogicalResult CompareExchangeOp::verify() {
  Type element = cast<MemRefType>(getMemref().getType()).getElementType();
  if (failed(verifyWidth(*this, element)))
    return failure();
  if (bytesOfElement(element) * 8 !=
      getExpected().getType().getIntOrFloatBitWidth())
    return emitOpError("compares ")
           << getExpected().getType() << " with an element of " << element
           << "; an integer as wide is needed";
  return success();
}

//===----------------------------------------------------------------------===//
// Queues
//===----------------------------------------------------------------------===//

LogicalResult QueueCreateOp::verify() {
  auto type = cast<MemRefType>(getMemref().getType());
  Type element = cast<QueueType>(getQueue().getType()).getElementType();
  if (type.getElementType() != element)
    return emitOpError("keeps elements of ")
           << element << " in a buffer of " << type.getElementType();
  TargetAttr target = getTarget(*this);
  if (!target || !type.hasStaticShape())
    return success();
  TargetModel model = target.getModel();
  if (int64_t limit = model[Parameter::QueueEntries];
      type.getNumElements() > limit)
    return emitOpError("keeps a queue of ")
           << type.getNumElements() << " elements; a queue of " << model.name()
           << " has at most " << limit;
  return success();
}

//===----------------------------------------------------------------------===//
// DMA
//===----------------------------------------------------------------------===//

static LogicalResult verifyDma(Operation *op, Type source, Type destination,
                               std::optional<AtomicKind> combine) {
  Type from = cast<MemRefType>(source).getElementType();
  Type to = cast<MemRefType>(destination).getElementType();
  if (from != to)
    return op->emitOpError("moves elements of ")
           << from << " to a buffer of " << to;
  if (!combine)
    return success();
  return verifyKind(op, *combine, from);
}

LogicalResult DmaCopyOp::verify() {
  return verifyDma(*this, getSource().getType(), getDestination().getType(),
                   getCombine());
}
LogicalResult DmaGatherOp::verify() {
  return verifyDma(*this, getSource().getType(), getDestination().getType(),
                   getCombine());
}
LogicalResult DmaScatterOp::verify() {
  return verifyDma(*this, getSource().getType(), getDestination().getType(),
                   getCombine());
}
LogicalResult DmaFillOp::verify() {
  if (int64_t bytes = bytesOfElement(getValue().getType());
      bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
    return emitOpError("fills with elements of 1, 2, 4 or 8 bytes, not of ")
           << getValue().getType();
  return success();
}
