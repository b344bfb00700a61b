//===- LowerTranspose.cpp - transposed copies to counting sorts -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_LOWERTRANSPOSE
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-lower-transpose"

/// pos[j + 1] counts, then says where column j's next entry goes, and ends as
/// where it ends: one array does all three.
static void scatter(KernelBuilder &k, const CsrOperand &source, Value pos,
                    Value crd, Value val, Value entries) {
  Value zero = k.idx(0), one = k.idx(1);
  k.loop(zero, entries, [&](Value p) {
    Value at = k.add(k.loadIndex(source.crd, p), one);
    k.storeCast(k.add(k.loadIndex(pos, at), one), pos, at);
  });
  // Begin of each column, one place to the right: scattering moves it on.
  k.loop(zero, source.cols, {zero}, [&](Value col, ValueRange v) -> Values {
    Value at = k.add(col, one);
    Value count = k.loadIndex(pos, at);
    k.storeCast(v[0], pos, at);
    return {k.add(v[0], count)};
  });
  k.loop(zero, source.rows, [&](Value row) {
    Value begin = k.loadIndex(source.pos, row);
    Value end = k.loadIndex(source.pos, k.add(row, one));
    k.loop(begin, end, [&](Value p) {
      Value at = k.add(k.loadIndex(source.crd, p), one);
      Value target = k.loadIndex(pos, at);
      k.storeCast(row, crd, target);
      k.store(k.load(source.val, p), val, target);
      k.storeCast(k.add(target, one), pos, at);
    });
  });
}

namespace {
struct LowerTransposePass
    : public smash::impl::LowerTransposeBase<LowerTransposePass> {
  void runOnOperation() override {
    WalkResult walk = getOperation()->walk([&](TransposeOp op) {
      for (Type type : {op.getSource().getType(), op.getType()})
        if (!isLowerableCSR(type)) {
          op.emitOpError("of type ")
              << type
              << " is not lowered yet; CSR with 32-bit, 64-bit or "
                 "index positions and coordinates is";
          return WalkResult::interrupt();
        }
      lower(op);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  void lower(TransposeOp op) {
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    CsrOperand source = openOperand(k, op.getSource());
    Type position = positionTypeOf(op.getType());
    Type coordinate = coordinateTypeOf(op.getType());
    Type element = cast<RankedTensorType>(op.getType()).getElementType();
    SmallVector<Type> types = {bufferOf(position), bufferOf(coordinate),
                               bufferOf(element)};
    auto nothing = [&]() -> Values {
      Values empty;
      for (Type type : {position, coordinate, element}) {
        Value ok;
        empty.push_back(k.tryAlloc(k.idx(0), type, ok));
      }
      return empty;
    };
    // A product before this one that failed leaves empty buffers.
    Value size = memref::DimOp::create(k, source.pos, 0);
    Values parts = k.ifElse(
        k.gt(size, source.rows), types,
        [&]() -> Values {
          Value entries = k.loadIndex(source.pos, source.rows);
          Value ok;
          Value pos = k.tryAlloc(k.add(source.cols, k.idx(1)), position, ok,
                                 /*zeroed=*/true);
          Value crd = k.tryAlloc(entries, coordinate, ok);
          Value val = k.tryAlloc(entries, element, ok);
          return k.ifElse(
              ok, types,
              [&]() -> Values {
                scatter(k, source, pos, crd, val, entries);
                return {pos, crd, val};
              },
              [&]() -> Values {
                for (Value buffer : {pos, crd, val})
                  k.dealloc(buffer);
                return nothing();
              });
        },
        nothing);
    Value result =
        AssembleOp::create(k, op.getType(), source.cols, source.rows, parts);
    op.replaceAllUsesWith(result);
    op.erase();
    ++numLowered;
  }
};
} // namespace
