//===- InsertConversions.cpp - operands in the layout a dataflow needs -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/IR/Storage.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_INSERTCONVERSIONS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-insert-conversions"

/// The width of coordinates that may have to hold the other dimension's: what
/// the rows of a matrix need says nothing of its columns.
static unsigned widen(unsigned width) {
  return width == 8 || width == 16 ? 32 : width;
}

/// CSR of the rows that a matrix in DCSR stores.
static RankedTensorType compactTypeOf(RankedTensorType type) {
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  int64_t shape[] = {ShapedType::kDynamic, type.getDimSize(1)};
  return makeCompressedType(
      shape, type.getElementType(), FormatKind::Compressed, /*byColumns=*/false,
      getFormat(type)->ordered, encoding.getPosWidth(), encoding.getCrdWidth());
}

namespace {
/// An operand, in the dimensions of the product.
struct Operand {
  StringRef name;
  Value value;
  MatrixFormat format;

  RankedTensorType type() const {
    return cast<RankedTensorType>(value.getType());
  }
  bool isCompressed(bool byColumns) const {
    return format.kind == FormatKind::Compressed &&
           format.byColumns == byColumns;
  }
};

/// Rows or columns of the product that are replaced by a list of those that
/// operands have.
struct Labels {
  Value list, size;
  explicit operator bool() const { return bool(list); }
};

/// Rewrites one product to one that reads and writes CSR alone.
class Rewriter {
public:
  Rewriter(SpGEMMOp op, bool allowConversion)
      : op(op), builder(op), loc(op.getLoc()), allowConversion(allowConversion),
        dataflow(op.getSingleStrategy().getDataflow()) {}

  LogicalResult rewrite();
  /// Conversions and views that were made.
  int64_t numConversions = 0;

private:
  FailureOr<Operand> open(StringRef name, Value value, bool transposed);
  LogicalResult readRows();
  LogicalResult readInner();
  LogicalResult readMask();
  LogicalResult readColumns();
  RankedTensorType productType();
  Value emptyOf(RankedTensorType type);
  LogicalResult multiply();
  Value multiplyByPlan(Value init);
  LogicalResult writeBack(Value product);

  /// `operand` in CSR or DCSR (CSC or DCSC), as a copy.
  LogicalResult convert(Operand &operand, FormatKind kind, bool byColumns,
                        bool ordered);
  /// Its compact rows. It is in DCSR.
  Labels compact(Operand &operand);
  LogicalResult relabel(Operand &operand, const Labels &labels,
                        const Operand &cause);
  /// Says that `operand` would have to be converted; fails if it may not be.
  LogicalResult announce(const Operand &operand, StringRef needed);
  void release(Value value) { toRelease.push_back(value); }
  Value sizeOf(Value tensor, int64_t dim) {
    return builder.createOrFold<tensor::DimOp>(loc, tensor, dim);
  }

  SpGEMMOp op;
  OpBuilder builder;
  Location loc;
  bool allowConversion;
  Dataflow dataflow;
  Operand a, b;
  std::optional<Operand> mask;
  Operand columns; ///< of an inner product: B by columns, its transpose in CSR
  MatrixFormat c;
  Value rowsC, colsC;
  Labels rows, cols; ///< of C
  SmallVector<Value> toRelease;
};
} // namespace

FailureOr<Operand> Rewriter::open(StringRef name, Value value,
                                  bool transposed) {
  if (transposed) {
    auto type = cast<RankedTensorType>(value.getType());
    if (!isStoredMatrix(type))
      return failure();
    value =
        builder.createOrFold<TransposeOp>(loc, getTransposedType(type), value);
  }
  auto format = getFormat(value.getType());
  if (!format || (format->kind == FormatKind::Dense && name != "c"))
    return failure();
  return Operand{name, value, *format};
}

LogicalResult Rewriter::announce(const Operand &operand, StringRef needed) {
  if (allowConversion)
    return success();
  bool isResult = operand.name == "c";
  return op.emitOpError("operand ")
         << operand.name << " of type " << operand.type() << " is "
         << operand.format.spell() << "; " << stringifyDataflow(dataflow)
         << (isResult ? " writes " : " reads ") << needed
         << ", and conversions are not allowed";
}

LogicalResult Rewriter::convert(Operand &operand, FormatKind kind,
                                bool byColumns, bool ordered) {
  MatrixFormat wanted;
  wanted.kind = kind;
  wanted.byColumns = byColumns;
  if (failed(announce(operand, wanted.spell())))
    return failure();
  RankedTensorType type = operand.type();
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  unsigned posWidth = encoding.getPosWidth(), crdWidth = encoding.getCrdWidth();
  // Blocks are fewer than entries, and than rows.
  if (operand.format.kind == FormatKind::Blocked)
    posWidth = 0;
  if (!operand.format.isHypersparse())
    crdWidth = widen(crdWidth);
  auto converted =
      makeCompressedType(type.getShape(), type.getElementType(), kind,
                         byColumns, ordered, posWidth, crdWidth);
  operand.value = ConvertOp::create(builder, loc, converted, operand.value,
                                    /*take=*/false, /*absent=*/MonoidAttr());
  operand.format = *getFormat(converted);
  release(operand.value);
  ++numConversions;
  return success();
}

Labels Rewriter::compact(Operand &operand) {
  RankedTensorType result = compactTypeOf(operand.type());
  auto compact = CompactOp::create(
      builder, loc, result, listStorage(operand.type())[1].type, operand.value);
  operand.value = compact.getResult();
  operand.format = *getFormat(result);
  ++numConversions;
  return {compact.getList(), sizeOf(operand.value, 0)};
}

LogicalResult Rewriter::relabel(Operand &operand, const Labels &labels,
                                const Operand &cause) {
  if (failed(announce(cause, "a position for each of its rows")))
    return failure();
  RankedTensorType type = operand.type();
  auto result = type.clone({type.getDimSize(0), ShapedType::kDynamic});
  operand.value = RelabelOp::create(builder, loc, result, operand.value,
                                    labels.list, labels.size);
  release(operand.value);
  ++numConversions;
  return success();
}

/// A by rows, compact where nothing else has a place for each of them.
LogicalResult Rewriter::readRows() {
  bool hasRows = c.isDenseIn(0);
  bool isDoubly =
      a.format.kind == FormatKind::DoublyCompressed && !a.format.byColumns;
  // What is added to, or written row by row, has rows of its own.
  bool mayCompact = !writesDense(op) &&
                    (isEmptyInit(op.getC()) || c.kind == FormatKind::Dense);
  bool isCompact =
      mayCompact &&
      (isDoubly ||
       (!hasRows && (a.format.isHypersparse() ||
                     (c.isHypersparse() && !a.format.isDenseIn(0)))));
  if (isCompact) {
    if ((!isDoubly || !a.format.ordered) &&
        failed(convert(a, FormatKind::DoublyCompressed, false, true)))
      return failure();
    rows = compact(a);
    return success();
  }
  // An outer product reads columns; those of A, if they are there.
  if (dataflow == Dataflow::Outer && a.isCompressed(true))
    return success();
  if (!a.isCompressed(false) ||
      (dataflow == Dataflow::Inner && !a.format.ordered))
    return convert(a, FormatKind::Compressed, false, true);
  return success();
}

/// B by rows, compact where A has no place for each of them.
LogicalResult Rewriter::readInner() {
  bool isDoubly =
      b.format.kind == FormatKind::DoublyCompressed && !b.format.byColumns;
  auto typeA = getFormat(op.getA().getType());
  MatrixFormat formatA = op.getTransposeA() ? typeA->transposed() : *typeA;
  bool hasInner = formatA.isDenseIn(1);
  bool isCompact =
      isDoubly ||
      (!hasInner && (b.format.isHypersparse() ||
                     (formatA.isHypersparse() && !b.format.isDenseIn(0))));
  if (isCompact) {
    Operand stored = b;
    if ((!isDoubly || !b.format.ordered) &&
        failed(convert(b, FormatKind::DoublyCompressed, false, true)))
      return failure();
    Labels inner = compact(b);
    if (!a.isCompressed(false) &&
        failed(convert(a, FormatKind::Compressed, false, true)))
      return failure();
    return relabel(a, inner, stored);
  }
  if (!b.isCompressed(false) ||
      (dataflow == Dataflow::Inner && !b.format.ordered)) {
    // An inner product reads the columns too: they need no copy if they are
    // there.
    if (dataflow == Dataflow::Inner && b.isCompressed(true) && b.format.ordered)
      columns = b;
    return convert(b, FormatKind::Compressed, false, true);
  }
  return success();
}

/// The mask by rows, those of A.
LogicalResult Rewriter::readMask() {
  if (!mask)
    return success();
  bool isCSR = mask->isCompressed(false) && mask->format.ordered;
  if (!rows)
    return isCSR ? success()
                 : convert(*mask, FormatKind::Compressed, false, true);
  Operand stored = *mask;
  bool isDCSR = mask->format.kind == FormatKind::DoublyCompressed &&
                !mask->format.byColumns && mask->format.ordered;
  if (!isCSR && !isDCSR &&
      failed(convert(*mask, FormatKind::DoublyCompressed, false, true)))
    return failure();
  if (failed(announce(stored, "the rows that a stores")))
    return failure();
  RankedTensorType type = mask->type();
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  int64_t shape[] = {ShapedType::kDynamic, type.getDimSize(1)};
  auto gathered = makeCompressedType(
      shape, type.getElementType(), FormatKind::Compressed, false, true,
      encoding.getPosWidth(), encoding.getCrdWidth());
  mask->value = GatherRowsOp::create(builder, loc, gathered, mask->value,
                                     rows.list, rows.size);
  mask->format = *getFormat(gathered);
  release(mask->value);
  ++numConversions;
  return success();
}

/// What an inner or outer product reads by columns.
LogicalResult Rewriter::readColumns() {
  auto view = [&](Operand &operand) {
    operand.value = builder.createOrFold<TransposeOp>(
        loc, getTransposedType(operand.type()), operand.value);
    operand.format = *getFormat(operand.value.getType());
  };
  if (dataflow == Dataflow::Outer) {
    if (!a.isCompressed(true) &&
        failed(convert(a, FormatKind::Compressed, true, a.format.ordered)))
      return failure();
    view(a);
    return success();
  }
  if (dataflow != Dataflow::Inner)
    return success();
  if (!columns.value) {
    auto stored = getFormat(op.getB().getType());
    bool isHypersparse = stored->isHypersparse();
    columns = b;
    if (failed(convert(columns,
                       isHypersparse ? FormatKind::DoublyCompressed
                                     : FormatKind::Compressed,
                       true, true)))
      return failure();
    if (isHypersparse) {
      view(columns);
      cols = compact(columns);
      if (failed(relabel(b, cols, b)) ||
          (mask && failed(relabel(*mask, cols, b))))
        return failure();
      return success();
    }
  }
  view(columns);
  return success();
}

/// The type that the product is computed in: C's own where that can be.
RankedTensorType Rewriter::productType() {
  auto type = cast<RankedTensorType>(op.getType());
  bool isCSR = c.kind == FormatKind::Compressed && !c.byColumns;
  if (isCSR && !rows && !cols)
    return type;
  int64_t shape[] = {rows ? ShapedType::kDynamic : type.getDimSize(0),
                     cols ? ShapedType::kDynamic : type.getDimSize(1)};
  // Of C's coordinates, those of columns; what holds rows says nothing.
  unsigned posWidth = 0, crdWidth = 0;
  bool ordered = true;
  if (c.kind != FormatKind::Dense && c.kind != FormatKind::Blocked) {
    auto encoding = sparse_tensor::getSparseTensorEncoding(type);
    posWidth = encoding.getPosWidth();
    if (!c.byColumns || c.isHypersparse())
      crdWidth = encoding.getCrdWidth();
    ordered = c.ordered || c.byColumns || cols;
  }
  return makeCompressedType(shape, type.getElementType(),
                            FormatKind::Compressed, false, ordered, posWidth,
                            crdWidth);
}

Value Rewriter::emptyOf(RankedTensorType type) {
  SmallVector<Value> sizes;
  if (type.isDynamicDim(0))
    sizes.push_back(rows ? rows.size : rowsC);
  if (type.isDynamicDim(1))
    sizes.push_back(cols ? cols.size : colsC);
  return tensor::EmptyOp::create(builder, loc, type, sizes);
}

/// A plan, made by rows, and an inner product that fills it.
Value Rewriter::multiplyByPlan(Value init) {
  StrategyAttr strategy = op.getSingleStrategy();
  auto type = cast<RankedTensorType>(init.getType());
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  auto width = [&](unsigned bits) {
    return builder.getIntegerType(bits ? std::max(bits, 32u) : 64);
  };
  auto plan = PlanType::get(op.getContext(), width(encoding.getPosWidth()),
                            width(encoding.getCrdWidth()));
  auto byRows = StrategyAttr::get(
      op.getContext(), Dataflow::RowWise, strategy.getBins(),
      strategy.getHashFunction(), strategy.getFillLimit(),
      strategy.getSchedule(), strategy.getTable(), strategy.getWriteback(),
      MergeMode::Exclusive, /*window=*/0, strategy.getPhases());
  auto symbolic = SpGEMMSymbolicOp::create(builder, loc, plan, a.value, b.value,
                                           mask ? mask->value : Value(),
                                           op.getMaskComplement(), byRows);
  if (Attribute statistics = op->getAttr(kStatisticsAttrName);
      statistics && !rows && !cols)
    symbolic->setAttr(kStatisticsAttrName, statistics);
  auto numeric = SpGEMMNumericOp::create(
      builder, loc, type, symbolic.getPlan(), a.value, columns.value, init,
      /*transpose_b=*/true, op.getSemiring(), strategy);
  ReleaseOp::create(builder, loc, symbolic.getPlan());
  return numeric.getResult();
}

LogicalResult Rewriter::multiply() {
  RankedTensorType type = productType();
  bool isDense = c.kind == FormatKind::Dense;
  Value init = op.getC();
  if (writesDense(op)) {
    type = cast<RankedTensorType>(op.getType());
  } else if (type != op.getType()) {
    if (isDense || isEmptyInit(init)) {
      init = emptyOf(type);
    } else {
      Operand stored{"c", init, c};
      if (failed(announce(stored, "CSR")))
        return failure();
      init = ConvertOp::create(builder, loc, type, init, /*take=*/false,
                               /*absent=*/MonoidAttr());
      release(init);
      ++numConversions;
    }
  }
  if (dataflow == Dataflow::Inner)
    return writeBack(multiplyByPlan(init));
  auto product = SpGEMMOp::create(
      builder, loc, type, a.value, b.value, init, mask ? mask->value : Value(),
      op.getMaskComplement(), op.getMaskValue(), op.getReplace(),
      writesDense(op) ? op.getAccumulateAttr() : MonoidAttr(),
      /*transpose_a=*/dataflow == Dataflow::Outer, /*transpose_b=*/false,
      op.getSemiring(), op.getStrategy());
  if (Attribute statistics = op->getAttr(kStatisticsAttrName))
    product->setAttr(kStatisticsAttrName, statistics);
  return writeBack(product.getResult());
}

/// Brings the product to C's rows, columns and format.
LogicalResult Rewriter::writeBack(Value product) {
  auto type = cast<RankedTensorType>(op.getType());
  auto current = [&] { return cast<RankedTensorType>(product.getType()); };
  bool isDense = c.kind == FormatKind::Dense;
  Operand stored{"c", op.getC(), c};
  if ((rows || cols || current() != type) && failed(announce(stored, "CSR")))
    return failure();
  if (rows || cols) {
    bool isCSR = c.kind == FormatKind::Compressed && !c.byColumns;
    auto encoding = sparse_tensor::getSparseTensorEncoding(current());
    // A row that no coordinate of C holds needs one that does, in between.
    unsigned crdWidth = isCSR || c.isHypersparse() ? encoding.getCrdWidth() : 0;
    auto format = getFormat(current());
    RankedTensorType expanded =
        isCSR ? type
              : makeCompressedType(type.getShape(), type.getElementType(),
                                   FormatKind::DoublyCompressed, false,
                                   format->ordered, encoding.getPosWidth(),
                                   crdWidth);
    product = ExpandOp::create(builder, loc, expanded, rowsC, colsC, product,
                               rows.list, cols.list);
    ++numConversions;
  }
  if (isDense && current() != type) {
    MonoidAttr add = op.getAccumulateAttr();
    // What is overwritten holds nothing that was accumulated.
    if (!add || isEmptyInit(op.getC()))
      add = MonoidAttr::get(op.getContext(), op.getSemiring().getAdd());
    Value sparse = product;
    product = ScatterOp::create(builder, loc, type, sparse, op.getC(), add);
    ReleaseOp::create(builder, loc, sparse);
    ++numConversions;
  } else if (current() != type) {
    bool fills = c.kind == FormatKind::Blocked;
    auto absent = MonoidAttr::get(op.getContext(), op.getSemiring().getAdd());
    product = ConvertOp::create(builder, loc, type, product, /*take=*/true,
                                fills ? absent : MonoidAttr());
    ++numConversions;
  }
  for (Value value : llvm::reverse(toRelease))
    ReleaseOp::create(builder, loc, value);
  op.replaceAllUsesWith(product);
  op.erase();
  return success();
}

LogicalResult Rewriter::rewrite() {
  auto openA = open("a", op.getA(), op.getTransposeA());
  auto openB = open("b", op.getB(), op.getTransposeB());
  auto format = getFormat(op.getType());
  // The check says what cannot be lowered.
  if (failed(openA) || failed(openB) || !format)
    return success();
  a = *openA;
  b = *openB;
  c = *format;
  if (Value value = op.getMask()) {
    auto openMask = open("the mask", value, false);
    if (failed(openMask))
      return success();
    mask = *openMask;
  }
  rowsC = sizeOf(a.value, 0);
  colsC = sizeOf(b.value, 1);
  if (failed(readRows()) || failed(readInner()) || failed(readMask()) ||
      failed(readColumns()))
    return failure();
  return multiply();
}

/// Whether `op` reads and writes what its lowering does.
static bool isInPlace(SpGEMMOp op, Dataflow dataflow) {
  auto isCSR = [](Value value) { return isLowerableCSR(value.getType()); };
  if (dataflow == Dataflow::Inner || !isCSR(op.getA()) || !isCSR(op.getB()) ||
      (!isCSR(op.getC()) && !writesDense(op)) || op.getTransposeB())
    return false;
  if (Value mask = op.getMask();
      mask && (!isCSR(mask) || !isOrdered(mask.getType())))
    return false;
  return op.getTransposeA() == (dataflow == Dataflow::Outer);
}

namespace {
struct InsertConversionsPass
    : public smash::impl::InsertConversionsBase<InsertConversionsPass> {
  using InsertConversionsBase::InsertConversionsBase;

  void runOnOperation() override {
    SmallVector<SpGEMMOp> found;
    getOperation()->walk([&](SpGEMMOp op) { found.push_back(op); });
    for (SpGEMMOp op : found)
      if (failed(insert(op)))
        return signalPassFailure();
    WalkResult walk =
        getOperation()->walk([&](SpGEMMNumericOp op) -> WalkResult {
          if (op->hasAttr(kInPlaceAttrName))
            return success();
          return splitAccumulation(op, op.getSemiring().getAdd());
        });
    if (walk.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult insert(SpGEMMOp op) {
    StrategyAttr strategy = op.getSingleStrategy();
    // What is not lowered is said by the lowering.
    if (!strategy || strategy.getDataflow() == Dataflow::Auto ||
        op.getMaskValue() || op.getReplace())
      return success();
    // A dense C is added to as it is written.
    if (auto c = getFormat(op.getType()); c && c->kind != FormatKind::Dense) {
      if (!isEmptyInit(op.getC()) && !isLowerableCSR(op.getType()) &&
          failed(c->isHypersparse() ? accumulateInStoredRows(op, *c)
                                    : accumulateInRows(op, *c)))
        return failure();
      if (failed(splitAccumulation(
              op, op.getAccumulate().value_or(op.getSemiring().getAdd()))))
        return failure();
      op.removeAccumulateAttr();
    }
    if (isInPlace(op, strategy.getDataflow()))
      return success();
    Rewriter rewriter(op, allowConversion);
    if (failed(rewriter.rewrite()))
      return failure();
    numConversions += rewriter.numConversions;
    return success();
  }

  /// Where `op` accumulates into another format: makes it one that accumulates
  /// into CSR, which is converted there and back.
  LogicalResult accumulateInRows(SpGEMMOp op, const MatrixFormat &format) {
    auto type = cast<RankedTensorType>(op.getType());
    if (!allowConversion)
      return op.emitOpError("operand c of type ")
             << type << " is " << format.spell()
             << "; accumulating unites CSR, and conversions are not allowed";
    OpBuilder builder(op);
    RankedTensorType rows = makeCompressedType(
        type.getShape(), type.getElementType(), FormatKind::Compressed,
        /*byColumns=*/false, /*ordered=*/true, /*posWidth=*/0, /*crdWidth=*/0);
    Value before = ConvertOp::create(builder, op.getLoc(), rows, op.getC(),
                                     /*take=*/false, /*absent=*/MonoidAttr());
    op.getCMutable().assign(before);
    op.getResult().setType(rows);
    builder.setInsertionPointAfter(op);
    auto absent = MonoidAttr::get(op.getContext(), op.getSemiring().getAdd());
    auto after = ConvertOp::create(
        builder, op.getLoc(), type, op.getResult(), /*take=*/true,
        format.kind == FormatKind::Blocked ? absent : MonoidAttr());
    op.getResult().replaceAllUsesExcept(after.getResult(), after);
    ReleaseOp::create(builder, op.getLoc(), before);
    numConversions += 2;
    return success();
  }

  /// Where `op` accumulates into a format without a place for each row: makes
  /// it a product that overwrites, and unites the rows that are stored, of
  /// either.
  LogicalResult accumulateInStoredRows(SpGEMMOp op,
                                       const MatrixFormat &format) {
    auto type = cast<RankedTensorType>(op.getType());
    if (!allowConversion)
      return op.emitOpError("operand c of type ")
             << type << " is " << format.spell()
             << "; accumulating unites copies of its rows, and conversions are "
                "not allowed";
    Location loc = op.getLoc();
    OpBuilder builder(op);
    Monoid add = op.getAccumulate().value_or(op.getSemiring().getAdd());
    auto encoding = sparse_tensor::getSparseTensorEncoding(type);
    bool isDCSR = format.kind == FormatKind::DoublyCompressed &&
                  !format.byColumns && format.ordered;
    RankedTensorType stored =
        isDCSR ? type
               : makeCompressedType(type.getShape(), type.getElementType(),
                                    FormatKind::DoublyCompressed,
                                    /*byColumns=*/false, /*ordered=*/true,
                                    encoding.getPosWidth(),
                                    encoding.getCrdWidth());
    Value before = op.getC();
    Value rows = builder.createOrFold<tensor::DimOp>(loc, before, 0);
    Value cols = builder.createOrFold<tensor::DimOp>(loc, before, 1);
    auto empty = [&](RankedTensorType of, Value rows) -> Value {
      SmallVector<Value> sizes;
      if (of.isDynamicDim(0))
        sizes.push_back(rows);
      if (of.isDynamicDim(1))
        sizes.push_back(cols);
      return tensor::EmptyOp::create(builder, loc, of, sizes);
    };
    op.getCMutable().assign(empty(stored, rows));
    op.getResult().setType(stored);

    builder.setInsertionPointAfter(op);
    SmallVector<Value> made = {op.getResult()};
    if (!isDCSR) {
      before = ConvertOp::create(builder, loc, stored, before, /*take=*/false,
                                 /*absent=*/MonoidAttr());
      made.push_back(before);
      ++numConversions;
    }
    RankedTensorType compact = compactTypeOf(stored);
    Type listType = listStorage(stored)[1].type;
    SmallVector<Value> lists;
    SmallVector<Operation *> readers;
    for (Value matrix : {before, Value(op.getResult())}) {
      auto view = CompactOp::create(builder, loc, compact, listType, matrix);
      readers.push_back(view);
      lists.push_back(view.getList());
      lists.push_back(
          builder.createOrFold<tensor::DimOp>(loc, view.getResult(), 0));
    }
    auto united =
        UniteRowsOp::create(builder, loc, listType, builder.getIndexType(),
                            lists[0], lists[1], lists[2], lists[3]);
    SmallVector<Value> gathered;
    for (Value matrix : {before, Value(op.getResult())}) {
      gathered.push_back(GatherRowsOp::create(
          builder, loc, compact, matrix, united.getList(), united.getSize()));
      readers.push_back(gathered.back().getDefiningOp());
    }
    for (Value value : made)
      readers.push_back(ReleaseOp::create(builder, loc, value));
    Value sum = UnionOp::create(builder, loc, compact, gathered[0], gathered[1],
                                empty(compact, united.getSize()), add);
    for (Value value : gathered)
      ReleaseOp::create(builder, loc, value);
    Value result = ExpandOp::create(builder, loc, stored, rows, cols, sum,
                                    united.getList(), /*columns=*/Value());
    memref::DeallocOp::create(builder, loc, united.getList());
    if (!isDCSR)
      result = ConvertOp::create(builder, loc, type, result, /*take=*/true,
                                 /*absent=*/MonoidAttr());
    SmallPtrSet<Operation *, 8> kept(readers.begin(), readers.end());
    op.getResult().replaceUsesWithIf(
        result, [&](OpOperand &use) { return !kept.contains(use.getOwner()); });
    numConversions += 5;
    ++numUnions;
    return success();
  }

  /// Where `op` accumulates: makes it a product that overwrites, and adds what
  /// outs holds by a union.
  template <typename Op>
  LogicalResult splitAccumulation(Op op, Monoid add) {
    Value before = op.getC();
    auto type = cast<RankedTensorType>(op.getType());
    if (isEmptyInit(before) || !isLowerableCSR(type))
      return success();
    bool sorts = !isOrdered(type);
    if (sorts && !allowConversion)
      return op.emitOpError("outs of type ")
             << type
             << " is nonordered; accumulating unites sorted rows, and "
                "conversions are not allowed";
    RankedTensorType ordered = sorts ? orderedTypeOf(type) : type;
    Location loc = op.getLoc();
    OpBuilder builder(op);
    SmallVector<Value> sizes;
    for (int64_t dim : {0, 1})
      if (type.isDynamicDim(dim))
        sizes.push_back(tensor::DimOp::create(builder, loc, before, dim));
    auto empty = [&](RankedTensorType of) -> Value {
      return tensor::EmptyOp::create(builder, loc, of, sizes);
    };
    op.getCMutable().assign(empty(ordered));
    op.getResult().setType(ordered);

    builder.setInsertionPointAfter(op);
    SmallVector<Value> made = {op.getResult()};
    if (sorts) {
      before = ConvertOp::create(builder, loc, ordered, before, /*take=*/false,
                                 /*absent=*/MonoidAttr());
      made.push_back(before);
      ++numConversions;
    }
    auto sum = UnionOp::create(builder, loc, type, before, op.getResult(),
                               empty(type), add);
    op.getResult().replaceAllUsesExcept(sum.getResult(), sum);
    for (Value value : made)
      ReleaseOp::create(builder, loc, value);
    ++numUnions;
    return success();
  }

  /// The type with its rows sorted.
  static RankedTensorType orderedTypeOf(RankedTensorType type) {
    using namespace sparse_tensor;
    auto encoding = getSparseTensorEncoding(type);
    SmallVector<LevelType> levels(encoding.getLvlTypes());
    levels[1] = *buildLevelType(LevelFormat::Compressed, /*ordered=*/true,
                                /*unique=*/true);
    return type.cloneWithEncoding(SparseTensorEncodingAttr::get(
        type.getContext(), levels, encoding.getDimToLvl(),
        encoding.getLvlToDim(), encoding.getPosWidth(),
        encoding.getCrdWidth()));
  }
};
} // namespace
