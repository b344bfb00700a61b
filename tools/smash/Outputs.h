//===- Outputs.h - files that a command writes -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_OUTPUTS_H
#define SMASH_TOOLS_SMASH_OUTPUTS_H

#include "Options.h"
#include <system_error>

namespace smash::driver {

/// The message of `code` as part of a line: lower-case.
std::string describe(std::error_code code);

/// A file that a command is asked to write.
struct OutputFile {
  llvm::StringRef flag;
  llvm::StringRef path;  ///< empty: none; "-": standard output
  bool replaced = false; ///< by another file, once that is whole
};

/// Finds out before the work whether files can be written, and are different
/// ones.
llvm::Error checkOutputs(llvm::ArrayRef<OutputFile> files);

/// Writes all files (path, bytes), or none of them.
llvm::Error
writeFiles(llvm::ArrayRef<std::pair<std::string, std::string>> files);

/// Writes a small file as a whole; an error leaves none behind.
llvm::Error writeText(llvm::StringRef path, llvm::StringRef text);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_OUTPUTS_H
