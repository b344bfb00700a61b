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

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

MatrixFormat MatrixFormat::transposed() const {
  MatrixFormat result = *this;
  result.byColumns = kind != FormatKind::Dense && !byColumns;
  std::swap(result.blockRows, result.blockCols);
  return result;
}

std::string MatrixFormat::spell() const {
  std::string text;
  switch (kind) {
  case FormatKind::Dense:
    return "a dense matrix";
  case FormatKind::Compressed:
    text = byColumns ? "CSC" : "CSR";
    break;
  case FormatKind::DoublyCompressed:
    text = byColumns ? "DCSC" : "DCSR";
    break;
  case FormatKind::Coordinate:
    text = byColumns ? "COO by columns" : "COO";
    break;
  case FormatKind::Blocked:
    text = (byColumns ? "BSC " : "BSR ") + std::to_string(blockRows) + "x" +
           std::to_string(blockCols);
    break;
  }
  return ordered ? text : "nonordered " + text;
}

/// The dimension whose blocks a level goes over, and their size. Division by 1
/// folds away.
static std::optional<std::pair<unsigned, int64_t>>
matchBlocks(AffineExpr level) {
  if (auto dim = dyn_cast<AffineDimExpr>(level))
    return std::make_pair(dim.getPosition(), int64_t(1));
  auto binary = dyn_cast<AffineBinaryOpExpr>(level);
  if (!binary || binary.getKind() != AffineExprKind::FloorDiv)
    return std::nullopt;
  auto dim = dyn_cast<AffineDimExpr>(binary.getLHS());
  auto size = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (!dim || !size || size.getValue() < 1)
    return std::nullopt;
  return std::make_pair(dim.getPosition(), size.getValue());
}

/// Whether a level goes over the elements of a block of `blocks`.
static bool isWithin(AffineExpr level, std::pair<unsigned, int64_t> blocks) {
  MLIRContext *context = level.getContext();
  return level == getAffineDimExpr(blocks.first, context) % blocks.second;
}

static std::optional<MatrixFormat>
getBlockedFormat(SparseTensorEncodingAttr encoding) {
  ArrayRef<LevelType> levels = encoding.getLvlTypes();
  if (!isDenseLT(levels[0]) || !isCompressedLT(levels[1]) ||
      !isUniqueLT(levels[1]) || !isDenseLT(levels[2]) || !isDenseLT(levels[3]))
    return std::nullopt;
  AffineMap map = encoding.getDimToLvl();
  auto outer = matchBlocks(map.getResult(0));
  auto inner = matchBlocks(map.getResult(1));
  if (!outer || !inner || outer->first == inner->first ||
      !isWithin(map.getResult(2), *outer) ||
      !isWithin(map.getResult(3), *inner))
    return std::nullopt;
  MatrixFormat format;
  format.kind = FormatKind::Blocked;
  format.byColumns = outer->first == 1;
  format.ordered = isOrderedLT(levels[1]);
  format.blockRows = format.byColumns ? inner->second : outer->second;
  format.blockCols = format.byColumns ? outer->second : inner->second;
  return format;
}

std::optional<MatrixFormat> smash::getFormat(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getRank() != 2)
    return std::nullopt;
  MatrixFormat format;
  if (!tensor.getEncoding()) {
    format.kind = FormatKind::Dense;
    return format;
  }
  if (!isStoredMatrix(type))
    return std::nullopt;
  SparseTensorEncodingAttr encoding = getSparseTensorEncoding(type);
  if (encoding.getLvlRank() == 4)
    return getBlockedFormat(encoding);
  if (encoding.getLvlRank() != 2 || !encoding.isPermutation())
    return std::nullopt;
  format.byColumns = encoding.getDimToLvl().getDimPosition(0) == 1;
  LevelType outer = encoding.getLvlType(0), inner = encoding.getLvlType(1);
  format.ordered = isOrderedLT(outer) && isOrderedLT(inner);
  if (!isUniqueLT(inner))
    return std::nullopt;
  if (isDenseLT(outer) && isDenseLT(inner))
    format.kind = FormatKind::Dense;
  else if (isDenseLT(outer) && isCompressedLT(inner))
    format.kind = FormatKind::Compressed;
  else if (isCompressedLT(outer) && isUniqueLT(outer) && isCompressedLT(inner))
    format.kind = FormatKind::DoublyCompressed;
  else if (isCompressedLT(outer) && !isUniqueLT(outer) && isSingletonLT(inner))
    format.kind = FormatKind::Coordinate;
  else
    return std::nullopt;
  format.separate = format.kind == FormatKind::Coordinate &&
                    encoding.getAoSCOOStart() == encoding.getLvlRank();
  return format;
}

RankedTensorType smash::getTransposedType(RankedTensorType type) {
  MLIRContext *context = type.getContext();
  int64_t shape[] = {type.getDimSize(1), type.getDimSize(0)};
  SparseTensorEncodingAttr encoding = getSparseTensorEncoding(type);
  if (!encoding)
    return RankedTensorType::get(shape, type.getElementType());
  AffineExpr swapped[] = {getAffineDimExpr(1, context),
                          getAffineDimExpr(0, context)};
  AffineMap map = encoding.getDimToLvl();
  map = map.replaceDimsAndSymbols(swapped, {}, 2, 0);
  auto transposed = SparseTensorEncodingAttr::get(
      context, encoding.getLvlTypes(), map, AffineMap(), encoding.getPosWidth(),
      encoding.getCrdWidth(), encoding.getExplicitVal(),
      encoding.getImplicitVal());
  return RankedTensorType::get(shape, type.getElementType(), transposed);
}

RankedTensorType smash::makeCompressedType(ArrayRef<int64_t> shape,
                                           Type element, FormatKind kind,
                                           bool byColumns, bool ordered,
                                           unsigned posWidth,
                                           unsigned crdWidth) {
  MLIRContext *context = element.getContext();
  LevelType compressed =
      *buildLevelType(LevelFormat::Compressed, ordered, /*unique=*/true);
  LevelType outer = kind == FormatKind::Compressed
                        ? *buildLevelType(LevelFormat::Dense, true, true)
                        : compressed;
  AffineMap map =
      byColumns
          ? AffineMap::getPermutationMap(ArrayRef<unsigned>{1, 0}, context)
          : AffineMap::getMultiDimIdentityMap(2, context);
  auto encoding = SparseTensorEncodingAttr::get(
      context, {outer, compressed}, map, AffineMap(), posWidth, crdWidth);
  return RankedTensorType::get(shape, element, encoding);
}
