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
    // That an unordered row has no column twice would take memory to see.
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

  /// Checks that a size of `a` is one of `b`.
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

/// What the forms of a product differ in.
struct Form {
  Value a, b, c, mask; ///< c and mask may be null
  bool transposeA = false, transposeB = false;
};
} // namespace

static Form formOf(SpGEMMOp op) {
  return {op.getA(),    op.getB(),          op.getC(),
          op.getMask(), op.getTransposeA(), op.getTransposeB()};
}
static Form formOf(SpGEMMSymbolicOp op) {
  return {op.getA(), op.getB(), Value(), op.getMask(), false, false};
}
static Form formOf(SpGEMMNumericOp op) {
  return {op.getA(), op.getB(), op.getC(), Value(), false, op.getTransposeB()};
}

namespace {
template <typename Op>
struct ProductModel
    : public RuntimeVerifiableOpInterface::ExternalModel<ProductModel<Op>, Op> {
  void generateRuntimeVerification(Operation *op, OpBuilder &builder,
                                   Location loc, MessageOf message) const {
    Form form = formOf(cast<Op>(op));
    Checks checks(op, builder, loc, message);
    checks.equal(form.a, form.transposeA ? 0 : 1, form.b,
                 form.transposeB ? 1 : 0, "inner sizes differ");
    if (form.c) {
      checks.equal(form.a, form.transposeA ? 1 : 0, form.c, 0,
                   "c has not the rows of the product");
      checks.equal(form.b, form.transposeB ? 0 : 1, form.c, 1,
                   "c has not the columns of the product");
    }
    checks.matrix("a", form.a);
    if (form.b != form.a)
      checks.matrix("b", form.b);
    if (!form.mask)
      return;
    // A pattern has no c to compare with.
    checks.equal(form.mask, 0, form.c ? form.c : form.a, 0,
                 "the mask has not the rows of c");
    checks.equal(form.mask, 1, form.c ? form.c : form.b, 1,
                 "the mask has not the columns of c");
    checks.matrix("the mask", form.mask);
  }
};

struct UnionModel
    : public RuntimeVerifiableOpInterface::ExternalModel<UnionModel, UnionOp> {
  void generateRuntimeVerification(Operation *op, OpBuilder &builder,
                                   Location loc, MessageOf message) const {
    auto sum = cast<UnionOp>(op);
    Checks checks(op, builder, loc, message);
    for (int64_t dim : {0, 1})
      for (auto [name, other] :
           {std::make_pair("y", sum.getY()), std::make_pair("c", sum.getC())})
        checks.equal(sum.getX(), dim, other, dim,
                     std::string(name) + " has not the " +
                         (dim == 0 ? "rows" : "columns") + " of x");
    checks.matrix("x", sum.getX());
    if (sum.getY() != sum.getX())
      checks.matrix("y", sum.getY());
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
    SpGEMMOp::attachInterface<ProductModel<SpGEMMOp>>(*context);
    SpGEMMSymbolicOp::attachInterface<ProductModel<SpGEMMSymbolicOp>>(*context);
    SpGEMMNumericOp::attachInterface<ProductModel<SpGEMMNumericOp>>(*context);
    TransposeOp::attachInterface<TransposeModel>(*context);
    UnionOp::attachInterface<UnionModel>(*context);
    // What the checks are made of.
    context->loadDialect<arith::ArithDialect, cf::ControlFlowDialect,
                         memref::MemRefDialect, scf::SCFDialect,
                         sparse_tensor::SparseTensorDialect,
                         tensor::TensorDialect>();
  });
}
