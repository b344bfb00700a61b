//===- SmashToSparseTensor.cpp - tensors that kernels made ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "StorageBuilder.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "smash/Conversion/Passes.h"

namespace smash {
#define GEN_PASS_DEF_CONVERTSMASHTOSPARSETENSOR
#include "smash/Conversion/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace mlir::sparse_tensor;
using namespace smash;

#define DEBUG_TYPE "convert-smash-to-sparse-tensor"

/// The part of the tensor that `op` reads; none when it reads no buffer.
static std::optional<std::pair<SparseTensorFieldKind, unsigned>>
partOf(Operation *op) {
  if (auto positions = dyn_cast<ToPositionsOp>(op))
    return {{SparseTensorFieldKind::PosMemRef, positions.getLevel()}};
  if (auto coordinates = dyn_cast<ToCoordinatesOp>(op))
    return {{SparseTensorFieldKind::CrdMemRef, coordinates.getLevel()}};
  if (auto buffer = dyn_cast<ToCoordinatesBufferOp>(op))
    return {{SparseTensorFieldKind::CrdMemRef,
             getSparseTensorEncoding(buffer.getTensor().getType())
                 .getAoSCOOStart()}};
  if (isa<ToValuesOp>(op))
    return {{SparseTensorFieldKind::ValMemRef, 0}};
  return std::nullopt;
}

/// Whether all uses of `tensor`, whose storage is laid out as `encoding` says,
/// are reads of buffers and sizes, or its end. Lists them in program order.
static bool onlyPartsAreRead(Value tensor, SparseTensorEncodingAttr encoding,
                             SmallVectorImpl<Operation *> &users) {
  for (Operation *user : tensor.getUsers()) {
    if (auto map = dyn_cast<ReinterpretMapOp>(user)) {
      if (!onlyPartsAreRead(map.getDest(), encoding, users))
        return false;
    } else if (auto dim = dyn_cast<tensor::DimOp>(user)) {
      if (!dim.getConstantIndex())
        return false;
    } else if (auto level = dyn_cast<LvlOp>(user)) {
      if (!level.getConstantLvlIndex())
        return false;
    } else if (auto part = partOf(user)) {
      // Interleaved coordinates have no buffer of their own.
      auto type = dyn_cast<MemRefType>(user->getResult(0).getType());
      if (!type || !type.getLayout().isIdentity())
        return false;
    } else if (!isa<NumberOfEntriesOp, ReleaseOp,
                    bufferization::DeallocTensorOp>(user)) {
      return false;
    }
    users.push_back(user);
  }
  return true;
}

namespace {
struct ConvertSmashToSparseTensorPass
    : public smash::impl::ConvertSmashToSparseTensorBase<
          ConvertSmashToSparseTensorPass> {
  using ConvertSmashToSparseTensorBase::ConvertSmashToSparseTensorBase;

  void runOnOperation() override {
    SmallVector<smash::AssembleOp> tensors;
    getOperation()->walk([&](smash::AssembleOp op) { tensors.push_back(op); });
    for (smash::AssembleOp op : tensors) {
      auto type = cast<RankedTensorType>(op.getType());
      if (!op->getParentOfType<func::FuncOp>()) {
        op.emitOpError("stands in no func.func");
        return signalPassFailure();
      }
      std::string reason = StorageBuilder::whyNot(type, enableRuntimeLibrary);
      if (!reason.empty()) {
        op.emitOpError(reason);
        return signalPassFailure();
      }
      convert(op);
    }
    getOperation()->walk([](ReleaseOp op) {
      if (!isa<RankedTensorType>(op.getValue().getType()))
        return;
      OpBuilder builder(op);
      bufferization::DeallocTensorOp::create(builder, op.getLoc(),
                                             op.getValue());
      op.erase();
    });
  }

  /// Ends the program when a kernel has failed: there is nobody to tell.
  static void requireSuccess(KernelBuilder &k) {
    const std::pair<ErrorCode, StringRef> errors[] = {
        {ErrorCode::OutOfMemory, "smash: out of memory in a sparse product"},
        {ErrorCode::PositionOverflow,
         "smash: a sparse product has more entries than its positions count"},
        {ErrorCode::PlanMismatch,
         "smash: a plan was used for operands of another pattern"},
        {ErrorCode::Threads, "smash: the threads of a sparse product could not "
                             "run"}};
    Value code = TakeErrorOp::create(k, k.getI32Type());
    for (auto [error, text] : errors)
      cf::AssertOp::create(
          k, k.ne(code, k.integer(static_cast<int64_t>(error), k.getI32Type())),
          text);
  }

  void convert(smash::AssembleOp op) {
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    requireSuccess(k);
    auto type = cast<RankedTensorType>(op.getType());
    StorageBuilder storage(k, op);
    Value tensor = op.getResult();
    SmallVector<Operation *> users;
    if (onlyPartsAreRead(tensor, getSparseTensorEncoding(type), users)) {
      for (Operation *user : users)
        forward(user, op);
      if (users.empty())
        storage.freeBuffers();
      op.erase();
      ++numForwarded;
      return;
    }
    SmallVector<Value> fields;
    if (enableRuntimeLibrary) {
      if (storage.interleave())
        requireSuccess(k);
      fields.push_back(storage.newObject());
      storage.freeBuffers();
    } else {
      fields = storage.fields();
    }
    auto cast = UnrealizedConversionCastOp::create(k, TypeRange{type}, fields);
    tensor.replaceAllUsesWith(cast.getResult(0));
    op.erase();
    ++numTensors;
  }

  /// Replaces a reader of a tensor that does not come into being, or what ends
  /// its life.
  static void forward(Operation *user, smash::AssembleOp op) {
    OpBuilder builder(user);
    KernelBuilder k(user->getLoc(), builder);
    StorageBuilder storage(k, op);
    Value replacement;
    if (auto part = partOf(user))
      replacement = storage.part(part->first, part->second);
    else if (auto dim = dyn_cast<tensor::DimOp>(user))
      // The type may have other dimensions than that of the storage.
      replacement = storage.sizeOfLevel(
          toLvl(getSparseTensorEncoding(dim.getSource().getType()),
                *dim.getConstantIndex()));
    else if (auto level = dyn_cast<LvlOp>(user))
      replacement = storage.sizeOfLevel(*level.getConstantLvlIndex());
    else if (isa<NumberOfEntriesOp>(user))
      replacement = storage.entries();
    else if (!isa<ReinterpretMapOp>(user))
      storage.freeBuffers();
    if (replacement)
      user->getResult(0).replaceAllUsesWith(replacement);
    user->erase();
  }
};
} // namespace
