//===- CostModel.h - what strategies cost, and which is cheapest -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_STRATEGY_COSTMODEL_H
#define SMASH_STRATEGY_COSTMODEL_H

#include "Smash/IR/Smash.h"
#include "smash/Strategy/Prediction.h"
#include "smash/Strategy/Statistics.h"

namespace smash {

/// What is known of a product and of the machine before it runs.
struct ProductFacts {
  MachineAttr machine;
  mlir::Type element; ///< of the values; none for a pattern
  unsigned positionBits = 64, coordinateBits = 64;
  bool transposeA = false, transposeB = false;
  bool masked = false;
  bool sortedC = true;
  bool sortedOperands = true; ///< rows of A and of B ascend
  /// One phase of an inner product, or of a plan: exclusive and row by row.
  bool isPhase = false;
  std::optional<int64_t> cols; ///< of C

  /// Bytes of a value; 0 for a pattern.
  int64_t valueBytes() const;
};

/// What may be chosen.
struct SelectionLimits {
  bool deterministic = false;
  bool allowConversion = true;
};

/// A strategy and what it is expected to cost.
struct Candidate {
  StrategyAttr strategy;
  Prediction prediction;
  std::string refusal; ///< why it may not be chosen; empty when it may
};

/// What is known of `op`; fails after a diagnostic when no module around it
/// names a machine. `op` is smash.spgemm, spgemm_symbolic or spgemm_numeric.
mlir::FailureOr<ProductFacts> collectFacts(mlir::Operation *op);

/// The predicted time of a whole strategy.
Prediction predict(const ProductFacts &facts,
                   const ProductStatistics &statistics, StrategyAttr strategy);

/// Every dataflow with every accumulator, and the best accumulators by bins:
/// those that may be chosen first, the cheapest first.
llvm::SmallVector<Candidate> rankCandidates(const ProductFacts &facts,
                                            const ProductStatistics &statistics,
                                            const SelectionLimits &limits);

/// The cheapest of `candidates` and why, in a line: by how much it is ahead of
/// what, and for which term.
std::string explainChoice(llvm::ArrayRef<Candidate> candidates);

} // namespace smash

#endif // SMASH_STRATEGY_COSTMODEL_H
