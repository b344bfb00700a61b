//===- RunTimeCosts.h - the cost model as code -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_RUNTIMECOSTS_H
#define SMASH_LIB_STRATEGY_RUNTIMECOSTS_H

#include "CostFormulas.h"
#include "Smash/Transforms/KernelBuilder.h"
#include "smash/Strategy/CostModel.h"

namespace smash {

/// Code that computes the predicted nanoseconds of each strategy, as f64, from
/// the buffer of a smash.statistics. What a kernel does not count is expected:
/// entries of C by `formulas::expectEntries`, an empty mask.
llvm::SmallVector<mlir::Value>
buildTimes(KernelBuilder &k, const ProductFacts &facts, mlir::Value statistics,
           llvm::ArrayRef<StrategyAttr> strategies);

} // namespace smash

#endif // SMASH_LIB_STRATEGY_RUNTIMECOSTS_H
