//===- TensorOps.cpp - products on tensors -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Semiring.h"
#include "Smash/IR/Smash.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace smash;

namespace smash {
ParseResult parseSemiring(AsmParser &parser, SemiringAttr &attr);
ParseResult parseStrategyBody(AsmParser &parser, StrategyAttr &attr);
} // namespace smash

//===----------------------------------------------------------------------===//
// Clauses
//===----------------------------------------------------------------------===//

static void printSemiring(OpAsmPrinter &printer, Operation *,
                          SemiringAttr semiring) {
  printer << semiring.spelling();
}

// Optional clauses print the space before them, so that there is none where
// they are absent.

/// mask(%m [complement] [value] : type)
static ParseResult
parseMask(OpAsmParser &parser,
          std::optional<OpAsmParser::UnresolvedOperand> &mask, Type &type,
          UnitAttr &complement, UnitAttr &value) {
  if (failed(parser.parseOptionalKeyword("mask")))
    return success();
  mask.emplace();
  if (parser.parseLParen() || parser.parseOperand(*mask))
    return failure();
  UnitAttr unit = UnitAttr::get(parser.getContext());
  if (succeeded(parser.parseOptionalKeyword("complement")))
    complement = unit;
  if (succeeded(parser.parseOptionalKeyword("value")))
    value = unit;
  return failure(parser.parseColonType(type) || parser.parseRParen());
}

static void printMask(OpAsmPrinter &printer, Operation *, Value mask, Type type,
                      UnitAttr complement, UnitAttr value) {
  if (!mask)
    return;
  printer << " mask(" << mask << (complement ? " complement" : "")
          << (value ? " value" : "") << " : " << type << ")";
}

/// mask(%m [complement] : type)
static ParseResult
parseStructuralMask(OpAsmParser &parser,
                    std::optional<OpAsmParser::UnresolvedOperand> &mask,
                    Type &type, UnitAttr &complement) {
  UnitAttr value;
  SMLoc loc = parser.getCurrentLocation();
  if (parseMask(parser, mask, type, complement, value))
    return failure();
  if (value)
    return parser.emitError(loc, "a pattern has no values: its mask is "
                                 "structural");
  return success();
}

static void printStructuralMask(OpAsmPrinter &printer, Operation *op,
                                Value mask, Type type, UnitAttr complement) {
  printMask(printer, op, mask, type, complement, UnitAttr());
}

/// The name of an add.
static ParseResult parseMonoid(OpAsmParser &parser, MonoidAttr &attr) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  auto monoid = symbolizeMonoid(word);
  if (!monoid)
    return parser.emitError(loc, "unknown add '")
           << word << "'; one of plus, min, max, or, any";
  attr = MonoidAttr::get(parser.getContext(), *monoid);
  return success();
}

static void printMonoid(OpAsmPrinter &printer, Operation *, MonoidAttr attr) {
  printer << stringifyMonoid(attr.getValue());
}

/// KEYWORD(ADD), where it stands.
static ParseResult parseAddClause(OpAsmParser &parser, StringRef keyword,
                                  MonoidAttr &attr) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return failure(parser.parseLParen() || parseMonoid(parser, attr) ||
                 parser.parseRParen());
}

static void printAddClause(OpAsmPrinter &printer, StringRef keyword,
                           MonoidAttr attr) {
  if (attr)
    printer << " " << keyword << "(" << stringifyMonoid(attr.getValue()) << ")";
}

static ParseResult parseAccumulate(OpAsmParser &parser, MonoidAttr &attr) {
  return parseAddClause(parser, "accumulate", attr);
}
static void printAccumulate(OpAsmPrinter &printer, Operation *,
                            MonoidAttr attr) {
  printAddClause(printer, "accumulate", attr);
}

static ParseResult parseAbsent(OpAsmParser &parser, MonoidAttr &attr) {
  return parseAddClause(parser, "absent", attr);
}
static void printAbsent(OpAsmPrinter &printer, Operation *, MonoidAttr attr) {
  printAddClause(printer, "absent", attr);
}

/// strategy(KNOBS), or strategy([<KNOBS>, <KNOBS>]); auto when absent.
static ParseResult parseStrategyClause(OpAsmParser &parser, Attribute &attr) {
  StrategyAttr strategy;
  if (failed(parser.parseOptionalKeyword("strategy"))) {
    attr = StrategyAttr::getAuto(parser.getContext());
    return success();
  }
  if (parser.parseLParen())
    return failure();
  if (failed(parser.parseOptionalLSquare())) {
    if (parseStrategyBody(parser, strategy) || parser.parseRParen())
      return failure();
    attr = strategy;
    return success();
  }
  SmallVector<Attribute> candidates;
  auto parseOne = [&]() -> ParseResult {
    if (parser.parseLess() || parseStrategyBody(parser, strategy) ||
        parser.parseGreater())
      return failure();
    candidates.push_back(strategy);
    return success();
  };
  if (parser.parseCommaSeparatedList(parseOne) || parser.parseRSquare() ||
      parser.parseRParen())
    return failure();
  attr = ArrayAttr::get(parser.getContext(), candidates);
  return success();
}

static void printStrategyClause(OpAsmPrinter &printer, Operation *,
                                Attribute attr) {
  if (attr == StrategyAttr::getAuto(attr.getContext()))
    return;
  printer << " strategy(";
  if (auto strategy = dyn_cast<StrategyAttr>(attr)) {
    printer << strategy.spelling();
  } else {
    printer << "[";
    llvm::interleaveComma(cast<ArrayAttr>(attr), printer, [&](Attribute a) {
      printer << "<" << cast<StrategyAttr>(a).spelling() << ">";
    });
    printer << "]";
  }
  printer << ")";
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

namespace {
/// The shape of an operand as the product sees it.
struct Shape {
  int64_t rows, cols;
};
} // namespace

static std::string spell(Shape shape) {
  auto one = [](int64_t size) {
    return ShapedType::isDynamic(size) ? std::string("?")
                                       : std::to_string(size);
  };
  return one(shape.rows) + "x" + one(shape.cols);
}

static Shape shapeOf(RankedTensorType type, bool transposed = false) {
  Shape shape{type.getDimSize(0), type.getDimSize(1)};
  if (transposed)
    std::swap(shape.rows, shape.cols);
  return shape;
}

static bool mayBeEqual(int64_t a, int64_t b) {
  return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b);
}

static LogicalResult verifyMatrix(Operation *op, StringRef name, Type type,
                                  bool sparse) {
  auto tensor = cast<RankedTensorType>(type);
  if (tensor.getRank() != 2)
    return op->emitOpError("operand ")
           << name << " has rank " << tensor.getRank() << ", not 2";
  if (sparse && !sparse_tensor::getSparseTensorEncoding(type))
    return op->emitOpError("operand ")
           << name << " of type " << type << " has no sparse_tensor.encoding";
  return success();
}

/// The rules that every form of a product shares.
static LogicalResult verifyOperands(Operation *op, Value a, Value b,
                                    bool transposeA, bool transposeB) {
  if (failed(verifyMatrix(op, "a", a.getType(), true)) ||
      failed(verifyMatrix(op, "b", b.getType(), true)))
    return failure();
  auto typeA = cast<RankedTensorType>(a.getType());
  auto typeB = cast<RankedTensorType>(b.getType());
  Shape shapeA = shapeOf(typeA, transposeA);
  Shape shapeB = shapeOf(typeB, transposeB);
  if (!mayBeEqual(shapeA.cols, shapeB.rows))
    return op->emitOpError("multiplies ")
           << spell(shapeA) << " by " << spell(shapeB)
           << ": inner sizes differ";
  if (typeA.getElementType() != typeB.getElementType())
    return op->emitOpError("element types differ: a has ")
           << typeA.getElementType() << ", b has " << typeB.getElementType();
  return success();
}

static LogicalResult verifyResult(Operation *op, Value a, Value b, Value c,
                                  bool transposeA, bool transposeB,
                                  SemiringAttr semiring) {
  if (failed(verifyMatrix(op, "c", c.getType(), false)))
    return failure();
  auto typeA = cast<RankedTensorType>(a.getType());
  auto typeC = cast<RankedTensorType>(c.getType());
  Shape shapeA = shapeOf(typeA, transposeA);
  Shape shapeB = shapeOf(cast<RankedTensorType>(b.getType()), transposeB);
  Shape shapeC = shapeOf(typeC);
  if (!mayBeEqual(shapeA.rows, shapeC.rows) ||
      !mayBeEqual(shapeB.cols, shapeC.cols))
    return op->emitOpError("result of ")
           << spell(shapeA) << " by " << spell(shapeB) << " cannot be "
           << spell(shapeC);
  if (typeC.getElementType() != typeA.getElementType())
    return op->emitOpError("element types differ: a has ")
           << typeA.getElementType() << ", c has " << typeC.getElementType();
  return verifySemiring([&] { return op->emitOpError(); }, semiring,
                        typeA.getElementType());
}

/// The mask of a product of that shape.
static LogicalResult verifyMask(Operation *op, Value mask, Shape shapeC) {
  if (failed(verifyMatrix(op, "mask", mask.getType(), true)))
    return failure();
  Shape shapeM = shapeOf(cast<RankedTensorType>(mask.getType()));
  if (!mayBeEqual(shapeM.rows, shapeC.rows) ||
      !mayBeEqual(shapeM.cols, shapeC.cols))
    return op->emitOpError("mask is ")
           << spell(shapeM) << ", the result " << spell(shapeC);
  return success();
}

/// That values of `type` can be added by `add`.
static LogicalResult verifyAdd(Operation *op, Monoid add, Type type) {
  // A multiply that every type has.
  return verifySemiring(
      [&] { return op->emitOpError(); },
      SemiringAttr::get(op->getContext(), add, Multiply::Pair), type);
}

LogicalResult SpGEMMOp::verify() {
  if (failed(verifyOperands(*this, getA(), getB(), getTransposeA(),
                            getTransposeB())) ||
      failed(verifyResult(*this, getA(), getB(), getC(), getTransposeA(),
                          getTransposeB(), getSemiring())))
    return failure();
  if (auto add = getAccumulate();
      add &&
      failed(verifyAdd(*this, *add, getElementTypeOrSelf(getC().getType()))))
    return failure();
  if (!getMask()) {
    if (getMaskComplement() || getMaskValue())
      return emitOpError("qualifies a mask that it does not have");
    if (getReplace())
      return emitOpError("replace needs a mask");
    return success();
  }
  return verifyMask(*this, getMask(),
                    shapeOf(cast<RankedTensorType>(getC().getType())));
}

LogicalResult SpGEMMSymbolicOp::verify() {
  if (failed(verifyOperands(*this, getA(), getB(), false, false)))
    return failure();
  if (!getMask()) {
    if (getMaskComplement())
      return emitOpError("qualifies a mask that it does not have");
    return success();
  }
  return verifyMask(*this, getMask(),
                    {shapeOf(cast<RankedTensorType>(getA().getType())).rows,
                     shapeOf(cast<RankedTensorType>(getB().getType())).cols});
}

LogicalResult SpGEMMNumericOp::verify() {
  if (failed(verifyOperands(*this, getA(), getB(), false, getTransposeB())))
    return failure();
  return verifyResult(*this, getA(), getB(), getC(), false, getTransposeB(),
                      getSemiring());
}

LogicalResult StatisticsOp::verify() {
  if (failed(verifyMatrix(*this, "a", getA().getType(), true)) ||
      failed(verifyMatrix(*this, "b", getB().getType(), true)))
    return failure();
  Shape a = shapeOf(cast<RankedTensorType>(getA().getType()));
  Shape b = shapeOf(cast<RankedTensorType>(getB().getType()));
  if (!ShapedType::isDynamic(a.cols) && !ShapedType::isDynamic(b.rows) &&
      a.cols != b.rows)
    return emitOpError("inner sizes differ: a is ")
           << spell(a) << ", b is " << spell(b);
  return success();
}

LogicalResult UnionOp::verify() {
  if (failed(verifyMatrix(*this, "x", getX().getType(), true)) ||
      failed(verifyMatrix(*this, "y", getY().getType(), true)) ||
      failed(verifyMatrix(*this, "c", getC().getType(), true)))
    return failure();
  auto typeX = cast<RankedTensorType>(getX().getType());
  Shape shapeX = shapeOf(typeX);
  for (auto [name, operand] :
       {std::make_pair("y", getY()), std::make_pair("c", getC())}) {
    auto type = cast<RankedTensorType>(operand.getType());
    Shape shape = shapeOf(type);
    if (!mayBeEqual(shapeX.rows, shape.rows) ||
        !mayBeEqual(shapeX.cols, shape.cols))
      return emitOpError("shapes differ: x is ")
             << spell(shapeX) << ", " << name << " " << spell(shape);
    if (type.getElementType() != typeX.getElementType())
      return emitOpError("element types differ: x has ")
             << typeX.getElementType() << ", " << name << " has "
             << type.getElementType();
  }
  return verifyAdd(*this, getAdd(), typeX.getElementType());
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static LogicalResult reifyFromInit(OpBuilder &builder, Operation *op,
                                   Value init,
                                   ReifiedRankedShapedTypeDims &shapes) {
  shapes.assign(1, tensor::getMixedSizes(builder, op->getLoc(), init));
  return success();
}

LogicalResult SpGEMMOp::reifyResultShapes(OpBuilder &builder,
                                          ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInit(builder, *this, getC(), shapes);
}

LogicalResult
SpGEMMNumericOp::reifyResultShapes(OpBuilder &builder,
                                   ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInit(builder, *this, getC(), shapes);
}

LogicalResult UnionOp::reifyResultShapes(OpBuilder &builder,
                                         ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInit(builder, *this, getC(), shapes);
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {
/// op(transpose(X)) is X with the other transposition.
struct FoldTransposedOperand : public OpRewritePattern<SpGEMMOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SpGEMMOp op,
                                PatternRewriter &rewriter) const override {
    auto sourceOf = [](Value operand) -> Value {
      auto transpose = operand.getDefiningOp<TransposeOp>();
      return transpose ? transpose.getSource() : Value();
    };
    Value a = sourceOf(op.getA()), b = sourceOf(op.getB());
    if (!a && !b)
      return rewriter.notifyMatchFailure(op, "no operand is a transpose");
    rewriter.modifyOpInPlace(op, [&] {
      if (a) {
        op.getAMutable().assign(a);
        op.setTransposeA(!op.getTransposeA());
      }
      if (b) {
        op.getBMutable().assign(b);
        op.setTransposeB(!op.getTransposeB());
      }
    });
    return success();
  }
};

/// `accumulate` that names the semiring's own add says nothing.
struct DropDefaultAccumulate : public OpRewritePattern<SpGEMMOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SpGEMMOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getAccumulate() != op.getSemiring().getAdd())
      return rewriter.notifyMatchFailure(op, "accumulate is not the default");
    rewriter.modifyOpInPlace(op, [&] { op.removeAccumulateAttr(); });
    return success();
  }
};
} // namespace

void SpGEMMOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<FoldTransposedOperand, DropDefaultAccumulate>(context);
}

// The op classes live in SmashOps.cpp.inc, which refers to the clauses above
// and to those of the kernel ops.
#define GET_OP_CLASSES
#include "Smash/IR/SmashOps.cpp.inc"
