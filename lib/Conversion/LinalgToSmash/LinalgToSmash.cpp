//===- LinalgToSmash.cpp - products of sparse tensors, recognized ---------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Semiring.h"
#include "Smash/IR/Smash.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "smash/Conversion/Passes.h"

namespace smash {
#define GEN_PASS_DEF_CONVERTLINALGTOSMASH
#include "smash/Conversion/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "convert-linalg-to-smash"

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

/// Whether the operands of `op` are `x` and `y`, in any order.
static bool combines(Operation *op, Value x, Value y) {
  return op->getNumOperands() == 2 &&
         ((op->getOperand(0) == x && op->getOperand(1) == y) ||
          (op->getOperand(0) == y && op->getOperand(1) == x));
}

static bool isBoolean(Operation *op) {
  return op->getNumResults() == 1 && op->getResult(0).getType().isInteger(1);
}

/// The multiply that `op` is, on values at the same place of both operands.
static std::optional<Multiply> multiplyOf(Operation *op) {
  if (isa<arith::MulFOp, complex::MulOp>(op))
    return Multiply::Times;
  // On i1 they would be the operations of a field of two elements.
  if (isBoolean(op))
    return isa<arith::AndIOp>(op) ? std::optional(Multiply::And) : std::nullopt;
  if (isa<arith::MulIOp>(op))
    return Multiply::Times;
  if (isa<arith::AddFOp, arith::AddIOp, complex::AddOp>(op))
    return Multiply::Plus;
  return std::nullopt;
}

/// The add that `op` is.
static std::optional<Monoid> addOf(Operation *op) {
  if (isa<arith::AddFOp, complex::AddOp>(op))
    return Monoid::Plus;
  if (isBoolean(op))
    return isa<arith::OrIOp>(op) ? std::optional(Monoid::Or) : std::nullopt;
  if (isa<arith::AddIOp>(op))
    return Monoid::Plus;
  // minnumf, or a comparison and a select, treat NaN and -0 otherwise.
  if (isa<arith::MinimumFOp, arith::MinSIOp>(op))
    return Monoid::Min;
  if (isa<arith::MaximumFOp, arith::MaxSIOp>(op))
    return Monoid::Max;
  return std::nullopt;
}

/// Whether `value` is a constant e with e `add` x = x.
static bool isIdentity(Value value, Monoid add) {
  Attribute attr;
  if (!matchPattern(value, m_Constant(&attr))) {
    // A complex constant is an array.
    auto constant = value.getDefiningOp<complex::ConstantOp>();
    if (!constant || add != Monoid::Plus)
      return false;
    return llvm::all_of(constant.getValue(), [](Attribute part) {
      return cast<FloatAttr>(part).getValue().isZero();
    });
  }
  if (auto real = dyn_cast<FloatAttr>(attr)) {
    const APFloat &number = real.getValue();
    switch (add) {
    case Monoid::Plus:
      return number.isZero();
    case Monoid::Min:
      return number.isPosInfinity();
    case Monoid::Max:
      return number.isNegInfinity();
    default:
      return false;
    }
  }
  if (auto integer = dyn_cast<IntegerAttr>(attr)) {
    const APInt &number = integer.getValue();
    switch (add) {
    case Monoid::Plus:
    case Monoid::Or:
      return number.isZero();
    case Monoid::Min:
      return number.isMaxSignedValue();
    case Monoid::Max:
      return number.isMinSignedValue();
    default:
      return false;
    }
  }
  return false;
}

/// The only op of a block beside its terminator, which yields its result.
static Operation *onlyOp(Block &block) {
  if (!llvm::hasNItems(block, 2))
    return nullptr;
  Operation *op = &block.front();
  Operation *yield = block.getTerminator();
  return yield->getNumOperands() == 1 && op->getNumResults() == 1 &&
                 yield->getOperand(0) == op->getResult(0)
             ? op
             : nullptr;
}

/// The multiply of a sparse_tensor.binary of the factors `x` and `y`, which
/// must give nothing where one of them has nothing.
static std::optional<Multiply> multiplyOf(sparse_tensor::BinaryOp op, Value x,
                                          Value y) {
  if (!combines(op, x, y) || op.getLeftIdentity() || op.getRightIdentity() ||
      !op.getLeftRegion().empty() || !op.getRightRegion().empty() ||
      op.getOverlapRegion().empty())
    return std::nullopt;
  Block &overlap = op.getOverlapRegion().front();
  Value result = overlap.getTerminator()->getOperand(0);
  if (matchPattern(result, m_One()) || matchPattern(result, m_OneFloat()))
    return Multiply::Pair;
  Operation *only = onlyOp(overlap);
  if (!only || !combines(only, overlap.getArgument(0), overlap.getArgument(1)))
    return std::nullopt;
  return multiplyOf(only);
}

/// The add of a sparse_tensor.reduce into `sum`.
static std::optional<Monoid> addOf(sparse_tensor::ReduceOp op, Value sum) {
  Block &block = op.getRegion().front();
  Value x = block.getArgument(0), y = block.getArgument(1);
  Value result = block.getTerminator()->getOperand(0);
  // The product, whatever came before. What came first is the identity, so that
  // a sum that yields itself never takes a product.
  if (result == (op.getX() == sum ? y : x))
    return Monoid::Any;
  Operation *only = onlyOp(block);
  if (!only || !combines(only, x, y))
    return std::nullopt;
  auto add = addOf(only);
  if (!add || !isIdentity(op.getIdentity(), *add))
    return std::nullopt;
  return add;
}

/// The semiring that `body` computes with; null when it is none of ours.
static SemiringAttr semiringOf(Block &body) {
  Value x = body.getArgument(0), y = body.getArgument(1);
  Value sum = body.getArgument(2);
  Operation *last = body.getTerminator()->getOperand(0).getDefiningOp();
  if (!last || last->getBlock() != &body || last->getNumOperands() < 2)
    return {};
  auto reduce = dyn_cast<sparse_tensor::ReduceOp>(last);
  auto add = reduce ? addOf(reduce, sum) : addOf(last);
  // The first two operands; the identity is another one of a reduce.
  bool isFirst = last->getOperand(0) == sum;
  Value product = last->getOperand(isFirst ? 1 : 0);
  if (!add || last->getOperand(isFirst ? 0 : 1) != sum)
    return {};
  Operation *factor = product.getDefiningOp();
  if (!factor || factor->getBlock() != &body)
    return {};
  MLIRContext *context = body.getParentOp()->getContext();
  if (auto binary = dyn_cast<sparse_tensor::BinaryOp>(factor)) {
    auto multiply = multiplyOf(binary, x, y);
    // A plain minimum also ranges over what neither operand stores.
    bool absentAddsNothing =
        reduce || *add == Monoid::Plus || *add == Monoid::Or;
    if (!multiply || !absentAddsNothing)
      return {};
    // The last product is not any of them, unless they are all the same.
    if (*add == Monoid::Any && *multiply != Multiply::Pair)
      return {};
    return SemiringAttr::get(context, *add, *multiply);
  }
  // Without regions, zeros count: they must annihilate, and add nothing.
  auto multiply = multiplyOf(factor);
  if (!multiply || reduce || !combines(factor, x, y))
    return {};
  bool isArithmetic = *add == Monoid::Plus && *multiply == Multiply::Times;
  bool isLogic = *add == Monoid::Or && *multiply == Multiply::And;
  if (!isArithmetic && !isLogic)
    return {};
  return SemiringAttr::get(context, *add, *multiply);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

namespace {
/// A product that was recognized, or why it was not.
struct Match {
  Value a, b;
  bool transposeA = false, transposeB = false;
  SemiringAttr semiring;
  std::string reason; ///< empty when the op is a product
};
} // namespace

/// Whether `op` multiplies two sparse tensors at all: what users would expect
/// to be raised, and hear about when it is not.
static bool isCandidate(linalg::LinalgOp op) {
  auto isSparse = [](Value value) {
    return bool(sparse_tensor::getSparseTensorEncoding(value.getType()));
  };
  return op.hasPureTensorSemantics() && op.getNumDpsInputs() == 2 &&
         op.getNumDpsInits() == 1 && op.getNumReductionLoops() > 0 &&
         llvm::all_of(op.getDpsInputs(), isSparse);
}

static std::string describe(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static Match match(linalg::LinalgOp op) {
  Match found;
  auto missed = [&](const Twine &reason) {
    found.reason = reason.str();
    return found;
  };
  auto dims = linalg::inferContractionDims(op);
  if (failed(dims) || op.getNumLoops() != 3 || !dims->batch.empty() ||
      dims->m.size() != 1 || dims->n.size() != 1 || dims->k.size() != 1)
    return missed("its loops are not those of a matrix product, m x n x k");
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (AffineMap map : maps)
    if (map.getNumResults() != 2 || !map.isProjectedPermutation())
      return missed("an operand is not a matrix");
  // Rows of C come from a. Where they come from the second input, C' = B'A'.
  unsigned rows = maps[2].getDimPosition(0), cols = maps[2].getDimPosition(1);
  unsigned inner = dims->k.front();
  unsigned first = rows == dims->m.front() ? 0 : 1;
  OpOperand *a = op.getDpsInputOperand(first);
  OpOperand *b = op.getDpsInputOperand(1 - first);
  found.a = a->get();
  found.b = b->get();
  found.transposeA = maps[first].getDimPosition(0) == inner;
  found.transposeB = maps[1 - first].getDimPosition(0) == cols;
  Value c = op.getDpsInitOperand(0)->get();
  const std::pair<StringRef, Value> operands[] = {
      {"a", found.a}, {"b", found.b}, {"c", c}};
  for (auto [name, value] : operands) {
    if (!sparse_tensor::getSparseTensorEncoding(value.getType()))
      return missed(name + " is dense");
    if (!isLowerableCSR(value.getType()))
      return missed(name + " of type " + describe(value.getType()) +
                    " is not CSR with 32-bit, 64-bit or index positions and "
                    "coordinates");
  }
  Type element = getElementTypeOrSelf(c.getType());
  if (getElementTypeOrSelf(found.a.getType()) != element ||
      getElementTypeOrSelf(found.b.getType()) != element)
    return missed("element types differ");
  if (!isLegalValueType(element))
    return missed("value type " + describe(element) + " is not lowered yet");
  found.semiring = semiringOf(*op.getBlock());
  if (!found.semiring)
    return missed("its body is no semiring's: a mul and an add, or "
                  "sparse_tensor.binary and sparse_tensor.reduce of one");
  // Infinity saturates in our integer min_plus; here it wraps.
  if (isa<IntegerType>(element) &&
      found.semiring.getMultiply() == Multiply::Plus &&
      (found.semiring.getAdd() == Monoid::Min ||
       found.semiring.getAdd() == Monoid::Max))
    return missed("its integers wrap where those of " +
                  found.semiring.spelling() + " saturate");
  // What the verifier says of the types is checked here without a diagnostic.
  bool needsOrder = found.semiring.getAdd() == Monoid::Min ||
                    found.semiring.getAdd() == Monoid::Max;
  if (needsOrder && isa<ComplexType>(element))
    return missed("semiring " + found.semiring.spelling() +
                  " needs an order, which " + describe(element) + " has not");
  // What an init does not store is zero to Linalg, and nothing to us.
  if (!isEmptyInit(c) && found.semiring.getAdd() != Monoid::Plus &&
      found.semiring.getAdd() != Monoid::Or)
    return missed(
        "it accumulates into its init, whose zeros count in semiring " +
        found.semiring.spelling());
  return found;
}

namespace {
struct ConvertLinalgToSmashPass
    : public smash::impl::ConvertLinalgToSmashBase<ConvertLinalgToSmashPass> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> candidates;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (isCandidate(op))
        candidates.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : candidates) {
      Match found = match(op);
      auto options = remark::RemarkOpts::name("Product").category(DEBUG_TYPE);
      if (!found.reason.empty()) {
        remark::missed(op.getLoc(), options)
            << "product of sparse tensors not raised: "
            << remark::reason("{0}", found.reason);
        continue;
      }
      remark::passed(op.getLoc(), options)
          << "raised to smash.spgemm with semiring "
          << found.semiring.spelling();
      rewriter.setInsertionPoint(op);
      Value c = op.getDpsInitOperand(0)->get();
      auto product = SpGEMMOp::create(
          rewriter, op.getLoc(), c.getType(), found.a, found.b, c,
          /*mask=*/Value(), /*mask_complement=*/false, /*mask_value=*/false,
          /*replace=*/false, /*accumulate=*/MonoidAttr(), found.transposeA,
          found.transposeB, found.semiring,
          StrategyAttr::getAuto(&getContext()));
      rewriter.replaceOp(op, product);
      ++numRaised;
    }
  }
};
} // namespace
