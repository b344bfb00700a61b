//===- Entries.cpp - entries of matrices in any format -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entries.h"
#include "SharedLoops.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::sparse_tensor;
using namespace smash;

int64_t smash::largestPosition(Type position) {
  if (position.isIndex() || position.isInteger(64))
    return INT64_MAX;
  if (position.isInteger(32))
    return INT32_MAX;
  return (int64_t(1) << position.getIntOrFloatBitWidth()) - 1;
}

int64_t smash::largestSize(Type coordinate) {
  if (coordinate.isIndex() || coordinate.isInteger(64))
    return INT64_MAX;
  if (coordinate.isInteger(32))
    return UINT32_MAX;
  return int64_t(1) << coordinate.getIntOrFloatBitWidth();
}

Value smash::sizeOf(KernelBuilder &k, Value tensor, int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return k.idx(type.getDimSize(dim));
  return tensor::DimOp::create(k, tensor, dim);
}

OpenMatrix smash::openMatrix(KernelBuilder &k, Value tensor) {
  OpenMatrix matrix;
  matrix.type = cast<RankedTensorType>(tensor.getType());
  matrix.format = *getFormat(matrix.type);
  matrix.rows = sizeOf(k, tensor, 0);
  matrix.cols = sizeOf(k, tensor, 1);
  for (const StoragePart &part : listStorage(matrix.type)) {
    Value buffer;
    if (part.kind == SparseTensorFieldKind::PosMemRef)
      buffer = ToPositionsOp::create(k, part.type, tensor,
                                     k.getIndexAttr(part.level));
    else if (part.kind == SparseTensorFieldKind::ValMemRef)
      buffer = ToValuesOp::create(k, part.type, tensor);
    else if (matrix.format.kind == FormatKind::Coordinate &&
             !matrix.format.separate)
      buffer = ToCoordinatesBufferOp::create(k, part.type, tensor);
    else
      buffer = ToCoordinatesOp::create(k, part.type, tensor,
                                       k.getIndexAttr(part.level));
    matrix.buffers.push_back(buffer);
  }
  return matrix;
}

static Value countBlocks(KernelBuilder &k, Value size, int64_t block) {
  return k.ceildivu(size, k.idx(block));
}

Value OpenMatrix::isThere(KernelBuilder &k) const {
  Value size = memref::DimOp::create(k, buffers[0], 0);
  switch (format.kind) {
  case FormatKind::Dense:
    return k.boolean(true);
  case FormatKind::Compressed:
    return k.gt(size, outer());
  case FormatKind::DoublyCompressed:
  case FormatKind::Coordinate:
    return k.gt(size, k.idx(1));
  case FormatKind::Blocked:
    return k.gt(size, countBlocks(k, outer(), outerBlock()));
  }
  llvm_unreachable("format out of range");
}

Value OpenMatrix::bound(KernelBuilder &k) const {
  switch (format.kind) {
  case FormatKind::Dense:
    return k.mul(rows, cols);
  case FormatKind::Compressed:
    return k.loadIndex(buffers[0], outer());
  case FormatKind::DoublyCompressed:
    return k.loadIndex(buffers[2], k.loadIndex(buffers[0], k.idx(1)));
  case FormatKind::Coordinate:
    return k.loadIndex(buffers[0], k.idx(1));
  case FormatKind::Blocked:
    return k.mul(k.loadIndex(buffers[0], countBlocks(k, outer(), outerBlock())),
                 k.idx(outerBlock() * innerBlock()));
  }
  llvm_unreachable("format out of range");
}

/// The elements of block `at`, whose first is (`outer`, `inner`); those beyond
/// the matrix are passed over.
static Values forEachOfBlock(KernelBuilder &k, const OpenMatrix &matrix,
                             Value at, Value outer, Value inner,
                             ValueRange inits, EntryBody body) {
  Value outerBlock = k.idx(matrix.outerBlock());
  Value innerBlock = k.idx(matrix.innerBlock());
  Value outerEnd = k.min(outerBlock, k.sub(matrix.outer(), outer));
  Value innerEnd = k.min(innerBlock, k.sub(matrix.inner(), inner));
  Value first = k.mul(at, outerBlock);
  return k.loop(k.idx(0), outerEnd, inits, [&](Value i, ValueRange v) {
    Value row = k.mul(k.add(first, i), innerBlock);
    return k.loop(k.idx(0), innerEnd, v, [&](Value j, ValueRange v) {
      return body(k.add(outer, i), k.add(inner, j), k.add(row, j), v);
    });
  });
}

Values OpenMatrix::forEach(KernelBuilder &k, ValueRange inits,
                           EntryBody body) const {
  Value zero = k.idx(0), one = k.idx(1);
  auto run = [&](Value pos, Value crd, Value at, Value major, ValueRange v) {
    return k.loop(k.loadIndex(pos, at), k.loadIndex(pos, k.add(at, one)), v,
                  [&](Value p, ValueRange v) {
                    return body(major, k.loadIndex(crd, p), p, v);
                  });
  };
  switch (format.kind) {
  case FormatKind::Dense:
    return k.loop(zero, outer(), inits, [&](Value i, ValueRange v) {
      return k.loop(zero, inner(), v, [&](Value j, ValueRange v) {
        return body(i, j, k.add(k.mul(i, inner()), j), v);
      });
    });
  case FormatKind::Compressed:
    return k.loop(zero, outer(), inits, [&](Value i, ValueRange v) {
      return run(buffers[0], buffers[1], i, i, v);
    });
  case FormatKind::DoublyCompressed:
    return k.loop(zero, k.loadIndex(buffers[0], one), inits,
                  [&](Value at, ValueRange v) {
                    return run(buffers[2], buffers[3], at,
                               k.loadIndex(buffers[1], at), v);
                  });
  case FormatKind::Coordinate:
    return forEachOf(k, zero, bound(k), inits, body);
  case FormatKind::Blocked:
    return k.loop(zero, countBlocks(k, outer(), outerBlock()), inits,
                  [&](Value i, ValueRange v) {
                    Value lo = k.loadIndex(buffers[0], i);
                    Value hi = k.loadIndex(buffers[0], k.add(i, one));
                    return k.loop(lo, hi, v, [&](Value at, ValueRange v) {
                      Value j = k.loadIndex(buffers[1], at);
                      return forEachOfBlock(
                          k, *this, at, k.mul(i, k.idx(outerBlock())),
                          k.mul(j, k.idx(innerBlock())), v, body);
                    });
                  });
  }
  llvm_unreachable("format out of range");
}

bool OpenMatrix::isNumbered() const {
  return format.kind == FormatKind::Compressed ||
         format.kind == FormatKind::DoublyCompressed ||
         format.kind == FormatKind::Coordinate;
}

std::pair<Value, Value> OpenMatrix::at(KernelBuilder &k, Value p) const {
  if (format.separate)
    return {k.loadIndex(buffers[1], p), k.loadIndex(buffers[2], p)};
  Value first = k.mul(p, k.idx(2));
  return {k.loadIndex(buffers[1], first),
          k.loadIndex(buffers[1], k.add(first, k.idx(1)))};
}

Values OpenMatrix::forEachOf(KernelBuilder &k, Value lo, Value hi,
                             ValueRange inits, EntryBody body) const {
  assert(isNumbered() && "places are not entries");
  if (format.kind == FormatKind::Coordinate)
    return k.loop(lo, hi, inits, [&](Value p, ValueRange v) {
      auto [outer, inner] = at(k, p);
      return body(outer, inner, p, v);
    });
  Value one = k.idx(1);
  bool isFull = format.kind == FormatKind::Compressed;
  Value pos = buffers[isFull ? 0 : 2], crd = buffers[isFull ? 1 : 3];
  Value rows = isFull ? outer() : k.loadIndex(buffers[0], one);
  // From the row that `lo` is in to the last that begins before `hi`.
  auto begin = [&](Value row) { return k.loadIndex(pos, row); };
  auto end = [&](Value row) { return k.loadIndex(pos, k.add(row, one)); };
  return k.loop(findRow(k, rows, k.add(lo, one), end),
                findRow(k, rows, hi, begin), inits,
                [&](Value row, ValueRange v) {
                  Value major = isFull ? row : k.loadIndex(buffers[1], row);
                  return k.loop(k.max(begin(row), lo), k.min(end(row), hi), v,
                                [&](Value p, ValueRange v) {
                                  return body(major, k.loadIndex(crd, p), p, v);
                                });
                });
}
