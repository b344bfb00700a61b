//===- TargetLowering.h - what conversions to targets share -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_TARGETLOWERING_H
#define SMASH_TRANSFORMS_TARGETLOWERING_H

#include "Smash/Transforms/KernelBuilder.h"
#include "mlir/IR/BuiltinOps.h"

//
// What the conversions to targets share: the parts of the block machine that
// every target expands in the same way.
//

namespace smash {

/// Whether the iterations of `loop` are the machine's blocks, or the threads of
/// one.
bool isOverBlocks(mlir::scf::ForallOp loop);
bool isOverThreads(mlir::scf::ForallOp loop);

/// The iterations of a loop over blocks or threads.
mlir::Value countOf(KernelBuilder &k, mlir::scf::ForallOp loop);

/// An error at the first op that smash-expand-accumulators should have
/// expanded before `pass`.
mlir::LogicalResult checkExpanded(mlir::ModuleOp module, llvm::StringRef pass);

/// Replaces the work loops of one loop over blocks. A dynamic one takes items
/// from a counter: one i64 that is 0, in memory that all blocks share, made by
/// `makeCounter` before the blocks start.
void expandWorkLoops(
    mlir::scf::ForallOp blockLoop,
    llvm::function_ref<mlir::Value(KernelBuilder &, mlir::scf::ForallOp)>
        makeCounter);

/// What a slot of a shared accumulator, which starts at the identity of `add`,
/// holds after `value` is merged into `old`.
mlir::Value mergeInto(KernelBuilder &k, Monoid add, mlir::Value old,
                      mlir::Value value);

/// Replaces `op` by a loop of compare-and-exchanges.
void expandAtomicUpdate(AtomicUpdateOp op);

} // namespace smash

#endif // SMASH_TRANSFORMS_TARGETLOWERING_H
