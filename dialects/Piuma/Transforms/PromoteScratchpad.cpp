//===- PromoteScratchpad.cpp - buffers in scratchpads -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"
#include "ScratchpadLayout.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Remarks.h"

namespace smash::piuma {
#define GEN_PASS_DEF_PROMOTESCRATCHPAD
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-promote-scratchpad"

/// The buffer's users that free it; none if it may live on elsewhere.
static bool collectFrees(Value buffer, SmallVectorImpl<FreeOp> &frees) {
  for (Operation *user : buffer.getUsers()) {
    if (auto free = dyn_cast<FreeOp>(user))
      frees.push_back(free);
    else if (isa<ResizeOp>(user) || user->hasTrait<OpTrait::ReturnLike>())
      return false;
  }
  return true;
}

static TypedAttr zeroOf(Builder &b, Type element) {
  return isa<IntegerType, FloatType, IndexType>(element)
             ? b.getZeroAttr(element)
             : TypedAttr();
}

namespace {
struct PromoteScratchpadPass
    : public smash::piuma::impl::PromoteScratchpadBase<PromoteScratchpadPass> {
  void runOnOperation() override {
    TargetAttr target = requireTarget(getOperation(), getArgument());
    if (!target)
      return signalPassFailure();
    int64_t limit = target.getModel().usableScratchpadBytes();
    getOperation()->walk([&](LaunchOp launch) {
      int64_t next = nextPart(launch);
      SmallVector<AllocOp> allocs;
      launch->walk([&](AllocOp alloc) { allocs.push_back(alloc); });
      for (AllocOp alloc : allocs)
        promote(alloc, limit, next);
    });
  }

  void promote(AllocOp alloc, int64_t limit, int64_t &next) {
    // A thread's own buffer would need a part for each thread.
    if (alloc->getParentOfType<SpawnOp>())
      return;
    auto type = cast<MemRefType>(alloc.getMemref().getType());
    std::optional<int64_t> size = getConstantIntValue(alloc.getSize());
    SmallVector<FreeOp> frees;
    TypedAttr zero;
    ImplicitLocOpBuilder b(alloc.getLoc(), alloc);
    if (alloc.getZeroed() && !(zero = zeroOf(b, type.getElementType())))
      return;
    if (!size || *size <= 0 || !collectFrees(alloc.getMemref(), frees))
      return;
    int64_t offset = llvm::alignTo(next, kPartAlignment), bytes;
    if (__builtin_mul_overflow(*size, bytesOfElement(type.getElementType()),
                               &bytes) ||
        offset > limit || bytes > limit - offset) {
      remark::missed(
          alloc.getLoc(),
          remark::RemarkOpts::name("NotPromoted").category(DEBUG_TYPE))
          << remark::reason("a buffer of {0} x {1} bytes does not fit the {2} "
                            "that are left of the scratchpad",
                            *size, bytesOfElement(type.getElementType()),
                            limit - next);
      return;
    }
    auto space = SpaceAttr::get(b.getContext(), Space::Scratchpad);
    auto part = ScratchpadOp::create(
        b,
        MemRefType::get({*size}, type.getElementType(),
                        MemRefLayoutAttrInterface(), space),
        offset);
    if (zero) {
      Value value = arith::ConstantOp::create(b, zero);
      Value token = DmaFillOp::create(
          b, TokenType::get(b.getContext()), value, part.getMemref(),
          arith::ConstantIndexOp::create(b, 0), alloc.getSize());
      WaitOp::create(b, token);
    }
    Value sized = memref::CastOp::create(
        b,
        MemRefType::get({ShapedType::kDynamic}, type.getElementType(),
                        MemRefLayoutAttrInterface(), space),
        part.getMemref());
    Value anywhere = memref::MemorySpaceCastOp::create(b, type, sized);
    alloc.getMemref().replaceAllUsesWith(anywhere);
    alloc.getOk().replaceAllUsesWith(
        arith::ConstantOp::create(b, b.getBoolAttr(true)));
    // From there on nobody may use the part.
    for (FreeOp free : frees) {
      b.setInsertionPoint(free);
      ReleaseOp::create(b, part.getMemref());
      free.erase();
    }
    alloc.erase();
    next = offset + bytes;
    ++numPromoted;
    numBytes += bytes;
  }
};
} // namespace
