//===- Generators.h - matrices made from a description ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_SUPPORT_GENERATORS_H
#define SMASH_SUPPORT_GENERATORS_H

#include "smash/Support/MatrixMarket.h"

namespace smash {

/// The matrix described by `gen:KIND,key=value,...`, the same on every machine
/// for the same text. Kinds and keys are listed by `listGenerators()`. Errors
/// name the key, the value and the legal range.
llvm::Expected<Matrix> generateMatrix(llvm::StringRef description);

/// One line per kind, with its keys and defaults, for `--help`.
std::string listGenerators();

/// The matrix that `source` names: a generator when it starts with `gen:`,
/// else a Matrix Market file.
llvm::Expected<Matrix> loadMatrix(llvm::StringRef source,
                                  const ReadOptions &options = {});

} // namespace smash

#endif // SMASH_SUPPORT_GENERATORS_H
