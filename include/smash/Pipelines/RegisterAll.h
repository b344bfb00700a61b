//===- RegisterAll.h - everything of smash by name --------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What a tool or another compiler calls to know smash: the dialects in its
/// registry, the passes and pipelines by name. May be called together with
/// upstream's registerAll..., in any order, and more than once.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_PIPELINES_REGISTERALL_H
#define SMASH_PIPELINES_REGISTERALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace smash {

/// Adds the dialects `smash` and `piuma`, and those of upstream that products
/// are written in.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Adds what other passes ask the dialects for: how products bufferize, what
/// can be verified at run time, and how all that the pipelines leave is lowered
/// by `convert-to-llvm`.
void registerAllExtensions(mlir::DialectRegistry &registry);

/// Registers every pass of smash by name.
void registerAllPasses();

/// Registers every pipeline of smash by name.
void registerAllPipelines();

} // namespace smash

#endif // SMASH_PIPELINES_REGISTERALL_H
