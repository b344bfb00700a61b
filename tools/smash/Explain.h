//===- Explain.h - smash explain -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_EXPLAIN_H
#define SMASH_TOOLS_SMASH_EXPLAIN_H

#include "Operands.h"
#include "Piuma/TargetModel/TargetModel.h"

namespace smash::driver {

/// Does what `options` ask for. An error leaves no file behind.
llvm::Error explain(const ExplainOptions &options);

/// A strategy that is explained and, if asked for, measured.
struct Contender {
  std::string strategy;
  std::string refusal; ///< why selection may not take it; empty when it may
  Prediction prediction;
  bool isChosen = false;
  /// Median of the runs, and how many there were; none where it was not run.
  std::optional<double> measuredMs;
  int64_t runs = 0;
  int64_t nnzC = 0;
};

/// Runs the contenders that may be taken in turns, on the host or on `target`,
/// and compares their results with each other and, if asked for, with a plain
/// product (`check` is told). Sets what was measured.
llvm::Error measure(const ExplainOptions &options,
                    const ProductOptions &product,
                    const piuma::TargetModel *target, const Operands &operands,
                    const ProductStatistics &statistics,
                    std::vector<Contender> &contenders,
                    std::optional<reference::Comparison> &check);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_EXPLAIN_H
