//===- Operands.h - the matrices to multiply ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_OPERANDS_H
#define SMASH_TOOLS_SMASH_OPERANDS_H

#include "Options.h"
#include "smash/Reference/Reference.h"

namespace smash::driver {

/// The operands, of one value type and one layout, before the transposes.
struct Operands {
  Matrix a;
  std::optional<Matrix> b; ///< A again when absent
  std::optional<Matrix> mask;
  std::optional<Matrix> accumulated; ///< what the product is added to

  const Matrix &second() const { return b ? *b : a; }
  const Matrix *third() const { return mask ? &*mask : nullptr; }
  const Matrix *before() const { return accumulated ? &*accumulated : nullptr; }
};

/// Reads the operands (and the mask, and what is accumulated into) that
/// `options` name and gives them a common value type and layout. An error when
/// their shapes do not match.
llvm::Expected<Operands> loadOperands(const MultiplyOptions &options);

/// Flags and layouts to the compiler's options, all but the threads.
ProductOptions describeProduct(const MultiplyOptions &options,
                               const Operands &operands,
                               const ProductStatistics &statistics);

/// Blocks for the work there is; threads that were asked for are taken.
int64_t chooseBlocks(const MultiplyOptions &options, int64_t products);

/// The mask as an operand of statistics.
MaskOperand maskOf(const Operands &operands, const MultiplyOptions &options);

/// Gives what is accumulated into the layout of C, once that is known.
llvm::Error layOutAccumulated(Operands &operands,
                              const ProductOptions &product);

/// Compares C with a plain product of the operands.
llvm::Expected<reference::Comparison>
compareWithReference(const Matrix &c, const Operands &operands,
                     const MultiplyOptions &options);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_OPERANDS_H
