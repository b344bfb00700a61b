//===- Compile.h - smash compile --------------------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_COMPILE_H
#define SMASH_TOOLS_SMASH_COMPILE_H

#include "Options.h"

namespace smash::driver {

/// Does what `options` ask for. An error leaves no file behind.
llvm::Error compile(const CompileOptions &options);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_COMPILE_H
