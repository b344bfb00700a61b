//===- Prediction.h - what a strategy is expected to cost -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_STRATEGY_PREDICTION_H
#define SMASH_STRATEGY_PREDICTION_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace smash {

/// One term of a predicted time.
struct CostPart {
  llvm::StringRef key;     ///< as in the table of terms
  llvm::StringRef meaning; ///< what is counted
  double count = 0;
  double ns = 0;
};

/// A predicted time, and its parts that are not zero.
struct Prediction {
  double ns = 0;
  std::vector<CostPart> parts;
};

/// A strategy that a product could be computed with.
struct PredictedStrategy {
  std::string strategy; ///< what stands inside #smash.strategy<...>
  std::string refusal;  ///< why it may not be taken; empty when it may
  Prediction prediction;
};

} // namespace smash

#endif // SMASH_STRATEGY_PREDICTION_H
