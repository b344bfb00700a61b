//===- FormatOps.cpp - matrices from one format to another -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Semiring.h"
#include "Smash/IR/Smash.h"
#include "Smash/IR/Storage.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace smash;

static std::string spellShape(RankedTensorType type) {
  auto one = [](int64_t size) {
    return ShapedType::isDynamic(size) ? std::string("?")
                                       : std::to_string(size);
  };
  return one(type.getDimSize(0)) + "x" + one(type.getDimSize(1));
}

static bool mayBeEqual(int64_t a, int64_t b) {
  return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b);
}

/// The format of an operand or result, which must be one of `kinds` and, but
/// for `anyOrder`, by rows.
static std::optional<MatrixFormat> verifyFormat(Operation *op, StringRef name,
                                                Type type,
                                                ArrayRef<FormatKind> kinds,
                                                StringRef wanted) {
  auto format = getFormat(type);
  if (format && llvm::is_contained(kinds, format->kind) && !format->byColumns)
    return format;
  op->emitOpError() << name << " of type " << type << " is not in " << wanted;
  return std::nullopt;
}

static LogicalResult verifyElements(Operation *op, Value source, Value result) {
  Type from = getElementTypeOrSelf(source), to = getElementTypeOrSelf(result);
  if (from == to)
    return success();
  return op->emitOpError("element types differ: source has ")
         << from << ", result has " << to;
}

/// Whether sizes `dim` of the two may be equal.
static LogicalResult verifySize(Operation *op, Value source, Value result,
                                unsigned dim) {
  auto from = cast<RankedTensorType>(source.getType());
  auto to = cast<RankedTensorType>(result.getType());
  if (mayBeEqual(from.getDimSize(dim), to.getDimSize(dim)))
    return success();
  return op->emitOpError("makes ")
         << spellShape(to) << " of " << spellShape(from) << ": "
         << (dim == 0 ? "rows" : "columns") << " differ";
}

static LogicalResult verifyList(Operation *op, Value list) {
  if (!list)
    return success();
  auto type = cast<MemRefType>(list.getType());
  if (type.getRank() == 1 && (type.getElementType().isIndex() ||
                              type.getElementType().isSignlessInteger()))
    return success();
  return op->emitOpError("list of type ") << type << " is no list of indices";
}

//===----------------------------------------------------------------------===//
// Transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::verify() {
  auto source = cast<RankedTensorType>(getSource().getType());
  auto result = cast<RankedTensorType>(getType());
  for (auto [name, type] :
       {std::make_pair("source", source), std::make_pair("result", result)})
    if (!isStoredMatrix(type))
      return emitOpError() << name << " of type " << type
                           << " is no matrix with a storage of its own";
  if (failed(verifyElements(*this, getSource(), getResult())))
    return failure();
  if (!mayBeEqual(source.getDimSize(0), result.getDimSize(1)) ||
      !mayBeEqual(source.getDimSize(1), result.getDimSize(0)))
    return emitOpError("transposes ")
           << spellShape(source) << " to " << spellShape(result);
  RankedTensorType expected = getTransposedType(source);
  if (expected.getEncoding() != result.getEncoding())
    return emitOpError("has result ")
           << result << "; in the same buffers it is " << expected;
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  auto inner = getSource().getDefiningOp<TransposeOp>();
  if (inner && inner.getSource().getType() == getType())
    return inner.getSource();
  return {};
}

//===----------------------------------------------------------------------===//
// Convert
//===----------------------------------------------------------------------===//

LogicalResult ConvertOp::verify() {
  for (auto [name, type] : {std::make_pair("source", getSource().getType()),
                            std::make_pair("result", getResult().getType())})
    if (!isStoredMatrix(type))
      return emitOpError() << name << " of type " << type
                           << " is no matrix with a storage of its own";
  if (failed(verifyElements(*this, getSource(), getResult())) ||
      failed(verifySize(*this, getSource(), getResult(), 0)) ||
      failed(verifySize(*this, getSource(), getResult(), 1)))
    return failure();
  return success();
}

void ConvertOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  if (getTake())
    effects.emplace_back(MemoryEffects::Free::get(), &getSourceMutable());
}

//===----------------------------------------------------------------------===//
// Compact matrices
//===----------------------------------------------------------------------===//

LogicalResult CompactOp::verify() {
  if (!verifyFormat(*this, "source", getSource().getType(),
                    FormatKind::DoublyCompressed, "DCSR") ||
      !verifyFormat(*this, "result", getResult().getType(),
                    FormatKind::Compressed, "CSR") ||
      failed(verifyElements(*this, getSource(), getResult())) ||
      failed(verifySize(*this, getSource(), getResult(), 1)))
    return failure();
  auto source = cast<RankedTensorType>(getSource().getType());
  auto from = listStorage(source);
  auto to = listStorage(cast<RankedTensorType>(getResult().getType()));
  if (from[2].type != to[0].type || from[3].type != to[1].type)
    return emitOpError("result has other positions or coordinates than ")
           << source;
  if (getList().getType() != from[1].type)
    return emitOpError("list is ")
           << getList().getType() << "; the rows of the source are "
           << from[1].type;
  return success();
}

LogicalResult RelabelOp::verify() {
  if (!verifyFormat(*this, "source", getSource().getType(),
                    FormatKind::Compressed, "CSR") ||
      failed(verifyElements(*this, getSource(), getResult())) ||
      failed(verifySize(*this, getSource(), getResult(), 0)))
    return failure();
  if (cast<RankedTensorType>(getSource().getType()).getEncoding() !=
      cast<RankedTensorType>(getType()).getEncoding())
    return emitOpError("encodings of source and result differ");
  return verifyList(*this, getList());
}

LogicalResult GatherRowsOp::verify() {
  if (!verifyFormat(*this, "source", getSource().getType(),
                    {FormatKind::Compressed, FormatKind::DoublyCompressed},
                    "CSR or DCSR") ||
      !verifyFormat(*this, "result", getResult().getType(),
                    FormatKind::Compressed, "CSR") ||
      failed(verifyElements(*this, getSource(), getResult())) ||
      failed(verifySize(*this, getSource(), getResult(), 1)))
    return failure();
  return verifyList(*this, getList());
}

LogicalResult UniteRowsOp::verify() { return verifyList(*this, getList()); }

LogicalResult ExpandOp::verify() {
  if (!verifyFormat(*this, "source", getSource().getType(),
                    FormatKind::Compressed, "CSR") ||
      !verifyFormat(*this, "result", getResult().getType(),
                    {FormatKind::Compressed, FormatKind::DoublyCompressed},
                    "CSR or DCSR") ||
      failed(verifyElements(*this, getSource(), getResult())) ||
      (!getList() && failed(verifySize(*this, getSource(), getResult(), 0))) ||
      (!getColumns() &&
       failed(verifySize(*this, getSource(), getResult(), 1))) ||
      failed(verifyList(*this, getList())))
    return failure();
  return verifyList(*this, getColumns());
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

LogicalResult ScatterOp::verify() {
  if (!isStoredMatrix(getSource().getType()))
    return emitOpError("source of type ")
           << getSource().getType()
           << " is no matrix with a storage of its own";
  Type type = getType();
  if (auto format = getFormat(type);
      !format || format->kind != FormatKind::Dense)
    return emitOpError("init of type ") << type << " is no dense matrix";
  if (failed(verifyElements(*this, getSource(), getResult())) ||
      failed(verifySize(*this, getSource(), getResult(), 0)) ||
      failed(verifySize(*this, getSource(), getResult(), 1)))
    return failure();
  return success();
}
