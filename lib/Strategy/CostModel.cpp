//===- CostModel.cpp - what strategies cost -------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Strategy/CostModel.h"
#include "CostTotals.h"
#include "Smash/IR/Storage.h"
#include "StrategyTerms.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace smash;
using formulas::Formulas;
using formulas::Group;
using formulas::Layout;
using formulas::Operands;

/// Bytes of a value, or 0 for a pattern.
static int64_t sizeOf(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * sizeOf(complex.getElementType());
  return element.isIntOrFloat()
             ? int64_t(llvm::divideCeil(element.getIntOrFloatBitWidth(), 8))
             : 0;
}

int64_t ProductFacts::valueBytes() const { return sizeOf(element); }

/// Whether a matrix is stored in ascending order.
static bool isSorted(Type type) {
  auto encoding = sparse_tensor::getSparseTensorEncoding(type);
  return !encoding || llvm::all_of(encoding.getLvlTypes(), [](auto level) {
    return sparse_tensor::isOrderedLT(level);
  });
}

/// Whether the outer level of a matrix goes over its columns.
static bool isByColumns(Type type) {
  std::optional<MatrixFormat> format = getFormat(type);
  return format && format->byColumns;
}

FailureOr<ProductFacts> smash::collectFacts(Operation *op) {
  ProductFacts facts;
  facts.machine = getMachine(op);
  if (!facts.machine)
    return failure();
  auto product = dyn_cast<SpGEMMOp>(op);
  auto numeric = dyn_cast<SpGEMMNumericOp>(op);
  auto symbolic = dyn_cast<SpGEMMSymbolicOp>(op);
  Value right = product   ? product.getB()
                : numeric ? numeric.getB()
                          : symbolic.getB();
  auto b = cast<RankedTensorType>(right.getType());
  facts.element =
      symbolic ? NoneType::get(op->getContext()) : b.getElementType();
  if (auto encoding = sparse_tensor::getSparseTensorEncoding(b)) {
    facts.positionBits = encoding.getPosWidth() ? encoding.getPosWidth() : 64;
    facts.coordinateBits = encoding.getCrdWidth() ? encoding.getCrdWidth() : 64;
  }
  facts.isPhase = !product;
  facts.masked =
      (product && product.getMask()) || (symbolic && symbolic.getMask());
  if (product) {
    // What is stored by columns is its transpose by rows, which costs nothing.
    facts.transposeA =
        product.getTransposeA() != isByColumns(product.getA().getType());
    facts.transposeB = product.getTransposeB() != isByColumns(b);
    facts.sortedC = isSorted(product.getResult().getType());
    facts.sortedOperands = isSorted(product.getA().getType()) &&
                           isSorted(product.getB().getType());
  }
  int64_t cols = b.getDimSize(product && product.getTransposeB() ? 0 : 1);
  if (!ShapedType::isDynamic(cols))
    facts.cols = cols;
  return facts;
}

Layout smash::layoutOf(const ProductFacts &facts) {
  Layout layout;
  layout.valueBytes = double(facts.valueBytes());
  layout.coordinateBytes = facts.coordinateBits / 8.0;
  layout.positionBytes = facts.positionBits / 8.0;
  layout.transposeA = facts.transposeA;
  layout.transposeB = facts.transposeB;
  layout.masked = facts.masked;
  layout.sortedC = facts.sortedC;
  return layout;
}

CostTotals::CostTotals(const ProductFacts &facts,
                       const ProductStatistics &statistics)
    : statistics(statistics),
      formulas(operandsOf(statistics), layoutOf(facts), facts.machine) {}

Operands<double> CostTotals::operandsOf(const ProductStatistics &statistics) {
  return {double(statistics.rows),     double(statistics.inner),
          double(statistics.cols),     double(statistics.nnzA),
          double(statistics.nnzB),     double(statistics.products),
          double(statistics.entriesC), double(statistics.meanSpan),
          double(statistics.nnzMask)};
}

Group<double> CostTotals::group(unsigned k) const {
  const RowHistogram::Bucket &bucket = statistics.histogram.buckets[k];
  return {double(bucket.rows), double(bucket.products), double(bucket.entries),
          k > 0 ? double(k - 1) : 0.0};
}

double CostTotals::timeOfBucket(unsigned k, BinAttr bin) const {
  TermCounts<double> terms{};
  formulas.addExclusive(terms, bin.getAccumulator(), bin.getOccupancy(),
                        group(k));
  return formulas.time(terms);
}

TermCounts<double> CostTotals::ofStrategy(StrategyAttr strategy) const {
  TermCounts<double> terms{};
  formulas::addFixed(formulas, strategy, terms);
  SmallVector<BinAttr> bins = formulas::binsOf(strategy);
  for (unsigned k = 0, size = statistics.histogram.size(); k < size; ++k) {
    BinAttr bin = bins.empty() ? BinAttr() : bins.back();
    for (BinAttr earlier : llvm::reverse(bins))
      if (formulas::isInBin(k, earlier))
        bin = earlier;
    formulas::addRows(formulas, strategy, bin, group(k), terms);
  }
  return terms;
}

Prediction CostTotals::toPrediction(const TermCounts<double> &terms) const {
  Prediction prediction;
  for (const TermInfo &info : costTerms()) {
    double count = terms[unsigned(info.term)];
    if (count == 0)
      continue;
    TermCounts<double> one{};
    one[unsigned(info.term)] = count;
    double ns = formulas.time(one);
    prediction.parts.push_back({info.key, info.meaning, count, ns});
    prediction.ns += ns;
  }
  return prediction;
}

Prediction smash::predict(const ProductFacts &facts,
                          const ProductStatistics &statistics,
                          StrategyAttr strategy) {
  CostTotals totals(facts, statistics);
  return totals.toPrediction(totals.ofStrategy(strategy));
}
