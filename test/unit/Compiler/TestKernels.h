//===- TestKernels.h - the kernels that are tested -------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_COMPILER_TESTKERNELS_H
#define SMASH_TEST_UNIT_COMPILER_TESTKERNELS_H

#include "smash/Compiler/Compiler.h"
#include "smash/Reference/Reference.h"
#include <vector>

namespace smash::test {

/// Products that meet every value type with every semiring it has, and every
/// strategy with many of the layouts, machines and transposes.
const std::vector<ProductOptions> &listKernels();

/// The options on one line.
std::string describe(const ProductOptions &options);

/// Whether a strategy, as compiled, adds products in ascending inner index.
bool isExclusive(llvm::StringRef strategy);

/// The product that the oracle computes for a kernel of these options.
reference::Product oracleFor(const ProductOptions &options);

} // namespace smash::test

#endif // SMASH_TEST_UNIT_COMPILER_TESTKERNELS_H
