//===- RuntimeVerifiable.cpp - checks of operands while a program runs ----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckStrategy.h"
#include "RowWise.h"
#include "Smash/IR/Smash.h"
#include "Smash/Transforms/ExternalModels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/RuntimeVerifiableOpInterface.h"

using namespace mlir;
using namespace smash;

using MessageOf = function_ref<std::string(Operation *, StringRef)>;

namespace {
/// Makes the assertions of one op. Each stands on those before it: a loop over
/// positions runs only where they are in bounds.
class Checks {
public:
  Checks(Operation *op, OpBuilder &builder, Location loc, MessageOf message)
      : op(op), k(loc, builder), message(message) {}

  /// Checks the CSR tensor `tensor`, called `name`. Other encodings are left
  /// alone: no kernel reads them.
  void matrix(StringRef name, Value tensor) {
    if (!isLowerableCSR(tensor.getType()))
      return;
    CsrOperand csr = openOperand(k, tensor);
    Value size = memref::DimOp::create(k, csr.pos, 0);
    require(k.gt(size, csr.rows), name, "has fewer positions than rows + 1");
    Value one = k.idx(1);
    Value first = k.loadIndex(csr.pos, k.idx(0));
    Value positionsAscend = k.loop(k.idx(0), csr.rows, {k.eq(first, k.idx(0))},
                                   [&](Value row, ValueRange v) -> Values {
                                     Value from = k.loadIndex(csr.pos, row);
                                     Value to =
                                         k.loadIndex(csr.pos, k.add(row, one));
                                     return {k.band(v[0], k.le(from, to))};
                                   })[0];
    require(positionsAscend, name, "has positions that do not ascend from 0");
    Value entries = k.loadIndex(csr.pos, csr.rows);
    Value coordinates = memref::DimOp::create(k, csr.crd, 0);
    Value values = memref::DimOp::create(k, csr.val, 0);
    require(k.band(k.le(entries, coordinates), k.le(entries, values)), name,
            "has fewer coordinates or values than its last position says");
    Value inRange = k.loop(
        k.idx(0), entries, {k.boolean(true)},
        [&](Value p, ValueRange v) -> Values {
          // As unsigned numbers, as kernels read them.
          return {k.band(v[0], k.cmp(arith::CmpIPredicate::ult,
                                     k.loadIndex(csr.crd, p), csr.cols))};
        })[0];
    require(inRange, name, "has a coordinate past its columns");
    // Kernels take rows in any order of an unordered level, but never the same
    // coordinate twice in one that promises not to repeat.
    if (!sparse_tensor::SparseTensorType(
             cast<RankedTensorType>(tensor.getType()))
             .isOrderedLvl(1))
      return;
    Value ascend = k.loop(
        k.idx(0), csr.rows, {k.boolean(true)},
        [&](Value row, ValueRange v) -> Values {
          Value from = k.add(k.loadIndex(csr.pos, row), one);
          Value to = k.loadIndex(csr.pos, k.add(row, one));
          return k.loop(from, to, {v[0]}, [&](Value p, ValueRange v) -> Values {
            Value last = k.loadIndex(csr.crd, k.sub(p, one));
            return {k.band(v[0], k.lt(last, k.loadIndex(csr.crd, p)))};
          });
        })[0];
    require(ascend, name,
            "has coordinates that do not ascend strictly within a row");
  }

  /// Checks that the columns of op(a) are the rows of op(b).
  void innerSizes(Value a, bool transposeA, Value b, bool transposeB) {
    equal(a, transposeA ? 0 : 1, b, transposeB ? 1 : 0, "inner sizes differ");
  }

  /// Checks that `c` is as large as the product of op(a) and op(b).
  void outerSizes(Value a, bool transposeA, Value b, bool transposeB, Value c) {
    equal(a, transposeA ? 1 : 0, c, 0, "c has not the rows of the product");
    equal(b, transposeB ? 0 : 1, c, 1, "c has not the columns of the product");
  }

  void operands(Value a, Value b) {
    matrix("a", a);
    if (b != a)
      matrix("b", b);
  }

  void equal(Value a, int64_t dimA, Value b, int64_t dimB, StringRef what) {
    auto typeA = cast<RankedTensorType>(a.getType());
    auto typeB = cast<RankedTensorType>(b.getType());
    // The op's verifier has compared static sizes.
    if (!typeA.isDynamicDim(dimA) && !typeB.isDynamicDim(dimB))
      return;
    Value sizeA = tensor::DimOp::create(k, a, dimA);
    Value sizeB = tensor::DimOp::create(k, b, dimB);
    cf::AssertOp::create(k, k.eq(sizeA, sizeB), message(op, what));
  }

private:
  void require(Value condition, StringRef name, const Twine &what) {
    cf::AssertOp::create(k, condition, message(op, (name + " " + what).str()));
  }

  Operation *op;
  KernelBuilder k;
  MessageOf message;
};

struct SpGEMMModel
    : public RuntimeVerifiableOpInterface::ExternalModel<SpGEMMModel,
                                                         SpGEMMOp> {
  void generateRuntimeVerification(Operation *op, OpBuilder &builder,
                                   Location loc, MessageOf message) const {
    auto product = cast<SpGEMMOp>(op);
    Checks checks(op, builder, loc, message);
    Value a = product.getA(), b = product.getB(), c = product.getC();
    checks.innerSizes(a, product.getTransposeA(), b, product.getTransposeB());
    checks.outerSizes(a, product.getTransposeA(), b, product.getTransposeB(),
                      c);
    checks.operands(a, b);
    if (Value mask = product.getMask()) {
      checks.equal(mask, 0, c, 0, "the mask has not the rows of c");
      checks.equal(mask, 1, c, 1, "the mask has not the columns of c");
      checks.matrix("the mask", mask);
    }
  }
};

struct SymbolicModel
    : public RuntimeVerifiableOpInterface::ExternalModel<SymbolicModel,
                                                         SpGEMMSymbolicOp> {
  void generateRuntimeVerification(Operation *op, OpBuilder &builder,
                                   Location loc, MessageOf message) const {
    auto product = cast<SpGEMMSymbolicOp>(op);
    Checks checks(op, builder, loc, message);
    Value a = product.getA(), b = product.getB();
    checks.innerSizes(a, false, b, false);
    checks.operands(a, b);
  }
};

struct NumericModel
    : public RuntimeVerifiableOpInterface::ExternalModel<NumericModel,
                                                         SpGEMMNumericOp> {
  void generateRuntimeVerification(Operation *op, OpBuilder &builder,
                                   Location loc, MessageOf message) const {
    auto product = cast<SpGEMMNumericOp>(op);
    Checks checks(op, builder, loc, message);
    Value a = product.getA(), b = product.getB();
    checks.innerSizes(a, false, b, product.getTransposeB());
    checks.outerSizes(a, false, b, product.getTransposeB(), product.getC());
    checks.operands(a, b);
  }
};

struct TransposeModel
    : public RuntimeVerifiableOpInterface::ExternalModel<TransposeModel,
                                                         TransposeOp> {
  void generateRuntimeVerification(Operation *op, OpBuilder &builder,
                                   Location loc, MessageOf message) const {
    Checks(op, builder, loc, message)
        .matrix("the source", cast<TransposeOp>(op).getSource());
  }
};
} // namespace

void smash::registerRuntimeVerifiableOpModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, SmashDialect *) {
    SpGEMMOp::attachInterface<SpGEMMModel>(*context);
    SpGEMMSymbolicOp::attachInterface<SymbolicModel>(*context);
    SpGEMMNumericOp::attachInterface<NumericModel>(*context);
    TransposeOp::attachInterface<TransposeModel>(*context);
    // What the checks are made of.
    context->loadDialect<arith::ArithDialect, cf::ControlFlowDialect,
                         memref::MemRefDialect, scf::SCFDialect,
                         sparse_tensor::SparseTensorDialect,
                         tensor::TensorDialect>();
  });
}
