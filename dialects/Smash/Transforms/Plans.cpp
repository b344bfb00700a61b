//===- Plans.cpp - what a plan was made for -------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWise.h"
#include "Smash/IR/Storage.h"

using namespace mlir;
using namespace smash;

/// The sum of a hash of each entry's row and column, modulo 2^64: the same for
/// a matrix that is stored by rows and by columns.
static Value sumEntries(KernelBuilder &k, const CsrOperand &operand,
                        bool transposed) {
  Type i64 = k.getI64Type();
  Value zero = k.integer(0, i64), half = k.integer(32, i64);
  // Odd numbers whose bits look random; the second round keeps entries of one
  // row or column from cancelling.
  Value forRow = k.integer(0x9E3779B97F4A7C15, i64);
  Value forColumn = k.integer(0xC2B2AE3D27D4EB4F, i64);
  Value again = k.integer(0xD6E8FEB86659FD93, i64);
  Value forMajor = transposed ? forColumn : forRow;
  Value forMinor = transposed ? forRow : forColumn;
  Value size = memref::DimOp::create(k, operand.pos, 0);
  // A failed product has left nothing to read.
  Value rows = k.select(k.gt(size, operand.rows), operand.rows, k.idx(0));
  return k.loop(k.idx(0), rows, {zero}, [&](Value row, ValueRange v) -> Values {
    Value major = k.mul(k.add(k.cast(row, i64), k.integer(1, i64)), forMajor);
    return k.loop(
        k.loadIndex(operand.pos, row),
        k.loadIndex(operand.pos, k.add(row, k.idx(1))), {v[0]},
        [&](Value p, ValueRange v) -> Values {
          Value column = k.cast(k.loadIndex(operand.crd, p), i64);
          Value x =
              k.add(major, k.mul(k.add(column, k.integer(1, i64)), forMinor));
          x = k.mul(arith::XOrIOp::create(k, x, k.shr(x, half)), again);
          x = arith::XOrIOp::create(k, x, k.shr(x, half));
          return {k.add(v[0], x)};
        });
  })[0];
}

Value smash::fingerprint(KernelBuilder &k, const CsrOperand &a,
                         const CsrOperand &b, bool transposedB) {
  Type i64 = k.getI64Type();
  Value factor = k.integer(0x9E3779B97F4A7C15, i64);
  Value hash = k.integer(0, i64);
  auto mix = [&](Value number) {
    hash = k.add(k.mul(hash, factor), k.cast(number, i64));
  };
  mix(a.rows);
  mix(a.cols);
  mix(sumEntries(k, a, /*transposed=*/false));
  mix(transposedB ? b.cols : b.rows);
  mix(transposedB ? b.rows : b.cols);
  mix(sumEntries(k, b, transposedB));
  return hash;
}

/// What `matrix` is a copy or a view of with the same entries, and whether of
/// its transpose.
static std::pair<Value, bool> findStored(Value matrix, bool transposed) {
  while (Operation *op = matrix.getDefiningOp()) {
    if (auto transpose = dyn_cast<TransposeOp>(op)) {
      matrix = transpose.getSource();
      transposed = !transposed;
      continue;
    }
    // Blocks get entries that their source does not have.
    auto convert = dyn_cast<ConvertOp>(op);
    auto format = convert ? getFormat(convert.getType()) : std::nullopt;
    if (!format || format->kind == FormatKind::Blocked)
      break;
    matrix = convert.getSource();
  }
  return {matrix, transposed};
}

bool smash::isPlannedInSight(SpGEMMNumericOp op) {
  auto symbolic = op.getPlan().getDefiningOp<SpGEMMSymbolicOp>();
  return symbolic &&
         findStored(op.getA(), false) == findStored(symbolic.getA(), false) &&
         findStored(op.getB(), op.getTransposeB()) ==
             findStored(symbolic.getB(), false);
}

static PlanPartsOp takeApart(KernelBuilder &k, Value plan) {
  auto type = cast<PlanType>(plan.getType());
  return PlanPartsOp::create(
      k, k.getIndexType(), k.getIndexType(), bufferOf(type.getPosition()),
      bufferOf(type.getCoordinate()), k.getI64Type(), plan);
}

Result smash::openPlan(KernelBuilder &k, Value plan) {
  PlanPartsOp parts = takeApart(k, plan);
  return Result{parts.getPositions(), parts.getCoordinates(), Value()};
}

Result smash::openPlan(KernelBuilder &k, Value plan, Value actual) {
  PlanPartsOp parts = takeApart(k, plan);
  Value fits = k.eq(actual, parts.getFingerprint());
  Values pattern = k.ifElse(
      fits, {parts.getPositions().getType(), parts.getCoordinates().getType()},
      [&]() -> Values {
        return {parts.getPositions(), parts.getCoordinates()};
      },
      [&]() -> Values {
        FailOp::create(k, ErrorCode::PlanMismatch, k.toIndex(actual),
                       k.toIndex(parts.getFingerprint()));
        auto empty = [&](Value buffer) -> Value {
          Value view = memref::SubViewOp::create(
              k, buffer, ArrayRef<OpFoldResult>{k.getIndexAttr(0)},
              ArrayRef<OpFoldResult>{OpFoldResult(k.idx(0))},
              ArrayRef<OpFoldResult>{k.getIndexAttr(1)});
          return memref::CastOp::create(k, buffer.getType(), view);
        };
        return {empty(parts.getPositions()), empty(parts.getCoordinates())};
      });
  return Result{pattern[0], pattern[1], Value()};
}
