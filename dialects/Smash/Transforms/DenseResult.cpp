//===- DenseResult.cpp - dense matrices that loops write -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DenseResult.h"
#include "Smash/IR/Storage.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"

using namespace mlir;
using namespace smash;

DenseResult::DenseResult(KernelBuilder &k, RankedTensorType type, Value start,
                         Value rows, Value cols, Value &ok)
    : size(k.mulSize(rows, cols)), k(k), type(type), rows(rows), cols(cols),
      byColumns(getFormat(type)->byColumns) {
  Type element = type.getElementType();
  if (!isEmptyInit(start)) {
    if (type.getEncoding())
      init = sparse_tensor::ToValuesOp::create(k, bufferOf(element), start);
    else
      init = bufferization::ToBufferOp::create(
          k, MemRefType::get(type.getShape(), element), start,
          /*read_only=*/true);
  }
  values = k.tryAlloc(size, element, ok, /*zeroed=*/false, Purpose::Result);
}

Value DenseResult::place(Value i, Value j) {
  return byColumns ? k.add(k.mul(j, rows), i) : k.add(k.mul(i, cols), j);
}

Value DenseResult::before(Value i, Value j) {
  if (type.getEncoding())
    return k.load(init, place(i, j));
  return memref::LoadOp::create(k, init, ValueRange{i, j});
}

Value DenseResult::assemble(Value ok) {
  if (type.getEncoding())
    return AssembleOp::create(k, type, rows, cols, values);
  Type element = type.getElementType();
  auto matrix = MemRefType::get(type.getShape(), element);
  auto plain =
      MemRefType::get({ShapedType::kDynamic, ShapedType::kDynamic}, element);
  Value count = k.select(ok, rows, k.idx(0));
  Value view = memref::ReinterpretCastOp::create(
      k, plain, values, OpFoldResult(k.getIndexAttr(0)),
      ArrayRef<OpFoldResult>{count, cols},
      ArrayRef<OpFoldResult>{cols, k.getIndexAttr(1)});
  if (plain != matrix)
    view = memref::CastOp::create(k, matrix, view);
  return bufferization::ToTensorOp::create(k, type, view, /*restrict=*/true,
                                           /*writable=*/true);
}
