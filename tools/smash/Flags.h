//===- Flags.h - the flags of smash's commands ------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_FLAGS_H
#define SMASH_TOOLS_SMASH_FLAGS_H

#include "Options.h"

namespace smash::driver {

/// Which commands have a flag.
enum Commands : unsigned {
  kMultiply = 1,
  kSimulate = 2,
  kExplain = 4,
  kCompile = 8,
  kCache = 16,
  kBoth = kMultiply | kSimulate,
  kOnHost = kMultiply | kExplain,
  kProducts = kBoth | kExplain,
  kAll = kProducts | kCompile
};

/// One flag: how it is spelled, told about and obeyed.
struct Flag {
  unsigned commands;
  llvm::StringRef name;
  /// What stands for the value in the help; empty when it takes none.
  llvm::StringRef value;
  /// The group of the help; empty hides the flag.
  llvm::StringRef group;
  llvm::StringRef help;
  llvm::Error (*apply)(MultiplyOptions &, llvm::StringRef flag,
                       llvm::StringRef value);
};

/// All flags; those of a group stand together.
llvm::ArrayRef<Flag> listFlags();

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_FLAGS_H
