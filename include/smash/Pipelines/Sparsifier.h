//===- Sparsifier.h - products within upstream's sparse compiler *- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Apart from Pipelines.h, because upstream's header brings namespaces into the
/// global one.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_PIPELINES_SPARSIFIER_H
#define SMASH_PIPELINES_SPARSIFIER_H

#include "mlir/Dialect/SparseTensor/Pipelines/Passes.h"
#include "smash/Pipelines/Pipelines.h"

namespace smash {

/// Every option of upstream's `sparsifier`, with its meaning, and the machine
/// for the products that are raised.
struct SparsifierPipelineOptions
    : public mlir::sparse_tensor::SparsifierOptions,
      public HostPipelineOptions {};

/// A drop-in for upstream's `sparsifier`: products of sparse tensors are raised
/// and compiled by our strategies, everything else as upstream compiles it.
void buildSparsifierPipeline(mlir::OpPassManager &pm,
                             const SparsifierPipelineOptions &options);

/// Registers `smash-sparsifier-pipeline`.
void registerSparsifierPipeline();

} // namespace smash

#endif // SMASH_PIPELINES_SPARSIFIER_H
