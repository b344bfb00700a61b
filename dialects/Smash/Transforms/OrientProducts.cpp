//===- OrientProducts.cpp - by rows, or by columns -*- C++ -*-===//
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
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace smash {
#define GEN_PASS_DEF_ORIENTPRODUCTS
#include "Smash/Transforms/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-orient-products"

/// What is thought of C's entries where nothing is known: so many times an
/// operand's.
static constexpr int64_t kResultWeight = 3;

namespace {
/// Entries to convert, one operand after the other.
struct Weights {
  int64_t a = 1, b = 1, mask = 1, c = kResultWeight;
};

/// Formats as the product sees them.
struct Formats {
  MatrixFormat a, b, c;
  std::optional<MatrixFormat> mask;
};
} // namespace

/// Entries that are known from the product's statistics.
static Weights weigh(SpGEMMOp op) {
  Weights weights;
  auto statistics = op->getAttrOfType<DictionaryAttr>(kStatisticsAttrName);
  if (!statistics)
    return weights;
  auto entry = [&](StringRef name) {
    auto number = statistics.getAs<IntegerAttr>(name);
    return number ? std::optional<int64_t>(number.getInt()) : std::nullopt;
  };
  auto a = entry("nnz_a"), b = entry("nnz_b"), c = entry("bound_c");
  // A mask has about as many entries as C.
  if (a && b && c)
    weights = {*a, *b, *c, *c};
  return weights;
}

static std::optional<Formats> formatsOf(SpGEMMOp op) {
  auto one = [](Value value, bool transposed) {
    auto format = getFormat(value.getType());
    return format && transposed ? format->transposed() : format;
  };
  auto a = one(op.getA(), op.getTransposeA());
  auto b = one(op.getB(), op.getTransposeB());
  auto c = getFormat(op.getType());
  // A dense matrix has no view of its transpose, and is written either way.
  if (!a || !b || !c || !isStoredMatrix(op.getType()))
    return std::nullopt;
  Formats formats{*a, *b, *c, std::nullopt};
  if (Value mask = op.getMask()) {
    formats.mask = getFormat(mask.getType());
    if (!formats.mask)
      return std::nullopt;
  }
  return formats;
}

/// Entries to convert for a dataflow that reads or writes a matrix by rows, if
/// the product is (not) turned around. Where that makes no difference it is 0:
/// blocks are converted, dense matrices written, either way.
static int64_t costOf(const MatrixFormat &format, bool turned, int64_t weight) {
  if (format.kind == FormatKind::Dense || format.kind == FormatKind::Blocked)
    return 0;
  return format.byColumns != turned ? weight : 0;
}

static int64_t costOf(const Formats &formats, const Weights &weights,
                      Dataflow dataflow, bool turned) {
  int64_t cost = costOf(formats.c, turned, weights.c);
  if (formats.mask)
    cost += costOf(*formats.mask, turned, weights.mask);
  // An outer product reads columns of A and rows of B, an inner product rows of
  // A and columns of B (and the rows or columns of one of them): turned around,
  // they are the same.
  if (dataflow == Dataflow::RowWise || dataflow == Dataflow::Auto)
    cost += costOf(formats.a, turned, weights.a) +
            costOf(formats.b, turned, weights.b);
  return cost;
}

/// What is known of C' = B' A' from what was counted of C = A B: what was
/// counted of rows does not hold of columns, which are taken to be alike. Null
/// where a count is missing.
static DictionaryAttr turnStatistics(DictionaryAttr statistics) {
  MLIRContext *context = statistics.getContext();
  auto count = [&](StringRef name) {
    auto number = statistics.getAs<IntegerAttr>(name);
    return number ? number.getInt() : int64_t(-1);
  };
  int64_t rows = count("rows"), cols = count("cols");
  int64_t products = count("products");
  if (rows < 0 || cols < 0 || products < 0)
    return {};
  Type i64 = IntegerType::get(context, 64);
  SmallVector<NamedAttribute> entries;
  auto add = [&](StringRef name, int64_t number) {
    entries.push_back(
        {StringAttr::get(context, name), IntegerAttr::get(i64, number)});
  };
  add("rows", cols);
  add("cols", rows);
  for (auto [from, to] :
       {std::make_pair("inner", "inner"), std::make_pair("nnz_a", "nnz_b"),
        std::make_pair("nnz_b", "nnz_a"),
        std::make_pair("products", "products"),
        std::make_pair("nnz_mask", "nnz_mask"),
        std::make_pair("nnz_c", "nnz_c"),
        std::make_pair("nnz_c_error", "nnz_c_error")})
    if (int64_t number = count(from); number >= 0)
      add(to, number);
  int64_t mean = cols ? products / cols + (products % cols != 0) : 0;
  // No more than min(mean, rows) of each; and what there is.
  int64_t most = 0;
  if (__builtin_mul_overflow(cols, std::min(mean, rows), &most))
    most = products;
  add("max_row_products", mean);
  add("bound_c",
      std::max(std::min(products, most), std::min(count("nnz_c"), products)));
  add("mean_span", rows);
  return DictionaryAttr::get(context, entries);
}

namespace {
struct OrientProductsPass
    : public smash::impl::OrientProductsBase<OrientProductsPass> {
  void runOnOperation() override {
    SmallVector<SpGEMMOp> found;
    getOperation()->walk([&](SpGEMMOp op) { found.push_back(op); });
    for (SpGEMMOp op : found) {
      auto formats = formatsOf(op);
      StrategyAttr strategy = op.getSingleStrategy();
      if (!formats || !strategy)
        continue;
      Weights weights = weigh(op);
      Dataflow dataflow = strategy.getDataflow();
      if (costOf(*formats, weights, dataflow, true) <
          costOf(*formats, weights, dataflow, false))
        turn(op);
    }
  }

  /// C' = B' A'. The multiply commutes, and sums keep their order.
  void turn(SpGEMMOp op) {
    OpBuilder builder(op);
    Location loc = op.getLoc();
    auto transpose = [&](Value value) -> Value {
      auto type = cast<RankedTensorType>(value.getType());
      return builder.createOrFold<TransposeOp>(loc, getTransposedType(type),
                                               value);
    };
    // Without its own flag an operand is turned by a view.
    auto turned = [&](Value value, bool transposed) {
      return transposed ? value : transpose(value);
    };
    auto type = cast<RankedTensorType>(op.getType());
    Value c = op.getC();
    if (isEmptyInit(c)) {
      auto empty = c.getDefiningOp<tensor::EmptyOp>();
      SmallVector<OpFoldResult> sizes =
          empty ? empty.getMixedSizes()
                : tensor::getMixedSizes(builder, loc, c);
      std::swap(sizes[0], sizes[1]);
      c = tensor::EmptyOp::create(builder, loc, sizes, type.getElementType(),
                                  getTransposedType(type).getEncoding());
    } else {
      c = transpose(c);
    }
    Value mask = op.getMask();
    if (mask)
      mask = transpose(mask);
    auto product = SpGEMMOp::create(
        builder, loc, c.getType(), turned(op.getB(), op.getTransposeB()),
        turned(op.getA(), op.getTransposeA()), c, mask, op.getMaskComplement(),
        op.getMaskValue(), op.getReplace(), op.getAccumulateAttr(),
        /*transpose_a=*/false, /*transpose_b=*/false, op.getSemiring(),
        op.getStrategy());
    if (auto statistics =
            op->getAttrOfType<DictionaryAttr>(kStatisticsAttrName))
      if (DictionaryAttr turned = turnStatistics(statistics))
        product->setAttr(kStatisticsAttrName, turned);
    op.replaceAllUsesWith(transpose(product.getResult()));
    op.erase();
    ++numTurned;
  }
};
} // namespace
