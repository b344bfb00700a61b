//===- StorageBuilder.cpp - upstream's storage of sparse tensors ----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StorageBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SparseTensor/IR/Enums.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/SparseTensor/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::sparse_tensor;
using namespace smash;

/// The runtime library's number of a value type; none when it has none.
static std::optional<PrimaryType> primaryTypeOf(Type type) {
  if (type.isF64())
    return PrimaryType::kF64;
  if (type.isF32())
    return PrimaryType::kF32;
  if (type.isF16())
    return PrimaryType::kF16;
  if (type.isBF16())
    return PrimaryType::kBF16;
  if (type.isInteger(64))
    return PrimaryType::kI64;
  if (type.isInteger(32))
    return PrimaryType::kI32;
  if (type.isInteger(16))
    return PrimaryType::kI16;
  if (type.isInteger(8))
    return PrimaryType::kI8;
  if (auto complex = dyn_cast<ComplexType>(type)) {
    if (complex.getElementType().isF64())
      return PrimaryType::kC64;
    if (complex.getElementType().isF32())
      return PrimaryType::kC32;
  }
  return std::nullopt;
}

static OverheadType overheadTypeOf(unsigned width) {
  switch (width) {
  case 64:
    return OverheadType::kU64;
  case 32:
    return OverheadType::kU32;
  case 16:
    return OverheadType::kU16;
  case 8:
    return OverheadType::kU8;
  default:
    return OverheadType::kIndex;
  }
}

std::string StorageBuilder::whyNot(RankedTensorType type, bool runtimeLibrary) {
  auto encoding = getSparseTensorEncoding(type);
  std::string reason;
  llvm::raw_string_ostream os(reason);
  for (auto [level, levelType] : llvm::enumerate(encoding.getLvlTypes()))
    if (!levelType.isa<LevelFormat::Dense, LevelFormat::Compressed,
                       LevelFormat::Singleton>()) {
      os << "level " << level << " of type " << type
         << " is not dense, compressed or singleton";
      return reason;
    }
  if (!encoding.isPermutation() && !encoding.isIdentity()) {
    os << "levels of type " << type << " do not permute its dimensions";
    return reason;
  }
  if (runtimeLibrary && !primaryTypeOf(type.getElementType()))
    os << "value type " << type.getElementType()
       << " is not one of the runtime library's: set "
          "enable-runtime-library=false";
  return reason;
}

Value StorageBuilder::sizeOfLevel(unsigned level) const {
  return dims[toDim(getSparseTensorEncoding(type), level)];
}

std::pair<Value, unsigned> StorageBuilder::find(SparseTensorFieldKind kind,
                                                unsigned level) const {
  StorageLayout layout(getSparseTensorEncoding(type));
  auto [index, stride] = layout.getFieldIndexAndStride(kind, level);
  return {buffers[index], stride};
}

Value StorageBuilder::parents(unsigned level) const {
  auto encoding = getSparseTensorEncoding(type);
  Value nodes = k.idx(1);
  for (unsigned l = 0; l < level; ++l) {
    LevelType levelType = encoding.getLvlType(l);
    if (levelType.isa<LevelFormat::Dense>())
      nodes = k.mul(nodes, sizeOfLevel(l));
    else if (levelType.isa<LevelFormat::Compressed>())
      nodes =
          k.loadIndex(find(SparseTensorFieldKind::PosMemRef, l).first, nodes);
    // A singleton has one child for each parent.
  }
  return nodes;
}

Value StorageBuilder::entries() const {
  return parents(getSparseTensorEncoding(type).getLvlRank());
}

Value StorageBuilder::length(SparseTensorFieldKind kind, unsigned level) const {
  switch (kind) {
  case SparseTensorFieldKind::PosMemRef:
    return k.add(parents(level), k.idx(1));
  case SparseTensorFieldKind::CrdMemRef:
    return k.mul(parents(level + 1), k.idx(find(kind, level).second));
  case SparseTensorFieldKind::ValMemRef:
    return entries();
  case SparseTensorFieldKind::StorageSpec:
    break;
  }
  llvm_unreachable("a specifier has no elements");
}

Value StorageBuilder::part(SparseTensorFieldKind kind, unsigned level) const {
  Value buffer;
  if (kind == SparseTensorFieldKind::ValMemRef) {
    buffer = buffers.back();
  } else {
    LevelType levelType = getSparseTensorEncoding(type).getLvlType(level);
    bool exists = kind == SparseTensorFieldKind::PosMemRef
                      ? levelType.isWithPosLT()
                      : levelType.isWithCrdLT();
    if (!exists)
      return {};
    buffer = find(kind, level).first;
  }
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  OpFoldResult zero = k.getIndexAttr(0), one = k.getIndexAttr(1);
  return memref::SubViewOp::create(
      k, bufferOf(element), buffer, ArrayRef<OpFoldResult>{zero},
      ArrayRef<OpFoldResult>{length(kind, level)}, ArrayRef<OpFoldResult>{one});
}

SmallVector<Value> StorageBuilder::fields() const {
  SmallVector<Type> types;
  LogicalResult converted =
      SparseTensorTypeToBufferConverter().convertType(type, types);
  assert(succeeded(converted) && types.size() == buffers.size() + 1 &&
         "whyNot() asked");
  (void)converted;
  auto encoding = getSparseTensorEncoding(type);
  Value specifier = StorageSpecifierInitOp::create(k, types.back());
  auto set = [&](StorageSpecifierKind kind, std::optional<Level> level,
                 Value size) {
    specifier = SetStorageSpecifierOp::create(
        k, specifier, kind,
        level ? IntegerAttr::get(k.getIndexType(), *level) : IntegerAttr(),
        size);
  };
  for (Level level = 0, rank = encoding.getLvlRank(); level < rank; ++level)
    set(StorageSpecifierKind::LvlSize, level, sizeOfLevel(level));
  SmallVector<Value> fields;
  foreachFieldInSparseTensor(encoding, [&](FieldIndex index,
                                           SparseTensorFieldKind kind,
                                           Level level, LevelType) {
    if (kind == SparseTensorFieldKind::StorageSpec)
      return true;
    bool isValue = kind == SparseTensorFieldKind::ValMemRef;
    set(toSpecifierKind(kind),
        isValue ? std::nullopt : std::optional<Level>(level),
        length(kind, level));
    Value buffer = buffers[index];
    if (buffer.getType() != types[index])
      buffer = memref::CastOp::create(k, types[index], buffer);
    fields.push_back(buffer);
    return true;
  });
  fields.push_back(specifier);
  return fields;
}

Value StorageBuilder::onStack(ValueRange values) const {
  Type element = values.front().getType();
  Value array;
  {
    // Once a call, not once a round of a loop around.
    OpBuilder::InsertionGuard guard(k);
    Operation *parent = k.getInsertionBlock()->getParentOp();
    auto function = dyn_cast<func::FuncOp>(parent);
    if (!function)
      function = parent->getParentOfType<func::FuncOp>();
    k.setInsertionPointToStart(&function.front());
    array = memref::AllocaOp::create(
        k, MemRefType::get({static_cast<int64_t>(values.size())}, element));
  }
  for (auto [i, value] : llvm::enumerate(values))
    k.store(value, array, k.idx(i));
  return memref::CastOp::create(k, bufferOf(element), array);
}

bool StorageBuilder::interleave() {
  auto encoding = getSparseTensorEncoding(type);
  for (const COOSegment &segment : encoding.getCOOSegments()) {
    if (!segment.isSoA)
      continue;
    auto [first, last] = segment.lvlRange;
    StorageLayout layout(encoding);
    SmallVector<FieldIndex> fields;
    for (Level level = first; level < last; ++level)
      fields.push_back(
          layout.getFieldIndexAndStride(SparseTensorFieldKind::CrdMemRef, level)
              .first);
    SmallVector<Value> apart;
    for (FieldIndex field : fields)
      apart.push_back(buffers[field]);
    Value count = parents(last), stride = k.idx(apart.size());
    Type element = cast<MemRefType>(apart.front().getType()).getElementType();
    Value ok;
    Value together = k.tryAlloc(k.mulSize(count, stride), element, ok);
    k.ifThen(ok, [&] {
      k.loop(k.idx(0), count, [&](Value entry) {
        Value at = k.mul(entry, stride);
        for (auto [i, coordinates] : llvm::enumerate(apart))
          k.store(k.load(coordinates, entry), together,
                  k.add(at, k.idx(int64_t(i))));
      });
    });
    for (Value coordinates : apart)
      k.dealloc(coordinates);
    // Last to first: what stands behind moves.
    for (FieldIndex field : llvm::reverse(ArrayRef(fields).drop_front()))
      buffers.erase(buffers.begin() + field);
    buffers[fields.front()] = together;
    // A segment ends with the last level.
    return true;
  }
  return false;
}

Value StorageBuilder::newObject() const {
  auto encoding = getSparseTensorEncoding(type);
  unsigned rank = encoding.getLvlRank();
  // By levels, as upstream does it after sparse-reinterpret-map: the object
  // knows of no dimensions.
  SmallVector<Value> sizes, levelTypes, identity, pointers;
  for (unsigned level = 0; level < rank; ++level) {
    sizes.push_back(sizeOfLevel(level));
    levelTypes.push_back(k.integer(
        static_cast<uint64_t>(encoding.getLvlType(level)), k.getI64Type()));
    identity.push_back(k.idx(level));
  }
  for (Value buffer : buffers)
    pointers.push_back(
        memref::ExtractAlignedPointerAsIndexOp::create(k, buffer));
  auto pointer = LLVM::LLVMPointerType::get(k.getContext());
  Value list =
      memref::ExtractAlignedPointerAsIndexOp::create(k, onStack(pointers));
  list = LLVM::IntToPtrOp::create(k, pointer, k.cast(list, k.getI64Type()));
  auto number = [&](auto value) {
    return k.integer(static_cast<uint32_t>(value), k.getI32Type());
  };
  Value levelSizes = onStack(sizes), map = onStack(identity);
  SmallVector<Value> operands = {levelSizes,
                                 levelSizes,
                                 onStack(levelTypes),
                                 map,
                                 map,
                                 number(overheadTypeOf(encoding.getPosWidth())),
                                 number(overheadTypeOf(encoding.getCrdWidth())),
                                 number(*primaryTypeOf(type.getElementType())),
                                 number(Action::kPack),
                                 list};

  constexpr StringLiteral name = "newSparseTensor";
  auto module =
      k.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  if (!module.lookupSymbol<func::FuncOp>(name)) {
    auto declaration = func::FuncOp::create(
        k.getLoc(), name,
        k.getFunctionType(ValueRange(operands).getTypes(), pointer));
    declaration.setPrivate();
    declaration->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                         k.getUnitAttr());
    module.push_back(declaration);
  }
  return func::CallOp::create(k, StringRef(name), TypeRange{pointer}, operands)
      .getResult(0);
}

void StorageBuilder::freeBuffers() const {
  for (Value buffer : buffers)
    k.dealloc(buffer);
}
