//===- SharedLoops.h - loops and sums that threads share -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the files that build kernels; not part of the interface.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_SHAREDLOOPS_H
#define SMASH_TRANSFORMS_SHAREDLOOPS_H

#include "Smash/Transforms/KernelBuilder.h"

namespace smash {

/// The threads that share a loop: so many of each of so many blocks.
struct Workers {
  int64_t blocks = 1, threads = 1;

  static Workers of(MachineAttr machine) {
    return {machine.getBlocks(), machine.getThreadsPerBlock()};
  }
  int64_t count() const { return blocks * threads; }
};

/// Calls `body` for [lo, hi), shared among the threads of the block around.
void forEachOfThread(KernelBuilder &k, const Workers &workers, mlir::Value lo,
                     mlir::Value hi,
                     llvm::function_ref<void(mlir::Value)> body);

/// Calls `body` for [0, count), shared among all threads of all blocks, which
/// take `most` numbers at a time, or as few that every block has some. Outside
/// the blocks.
void forEachInParallel(KernelBuilder &k, const Workers &workers,
                       mlir::Value count, int64_t most,
                       llvm::function_ref<void(mlir::Value)> body);

/// Makes sums of counts: counts[i + 1] of row i becomes `before` and that of
/// rows [first, i], for the rows [first, behind); the sum of all, as an index
/// whatever the type of the counts. By the threads of one block, outside the
/// blocks; `partial` has an index for each of them.
mlir::Value prefixSum(KernelBuilder &k, const Workers &workers,
                      mlir::Value counts, mlir::Value first, mlir::Value behind,
                      mlir::Value before, mlir::Value partial);

/// The same of all rows, with counts[0] made zero.
mlir::Value prefixSum(KernelBuilder &k, const Workers &workers,
                      mlir::Value counts, mlir::Value rows,
                      mlir::Value partial);

/// Indices `of` [0, count) combined, an associative and commutative operation
/// of which zero is the identity; as prefixSum.
mlir::Value
reduce(KernelBuilder &k, const Workers &workers, mlir::Value count,
       mlir::Value partial, llvm::function_ref<mlir::Value(mlir::Value)> of,
       llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);

/// The distance between arrays of `size` indices that threads own, one each: an
/// odd number of KiB. Equal places of them are apart in the sets of caches, the
/// banks of memories, and lines.
mlir::Value spread(KernelBuilder &k, mlir::Value size);
int64_t spread(int64_t size);

/// The first of `rows` rows before which `target` work stands, or more;
/// `before` tells how much stands before a row.
mlir::Value findRow(KernelBuilder &k, mlir::Value rows, mlir::Value target,
                    llvm::function_ref<mlir::Value(mlir::Value)> before);

} // namespace smash

#endif // SMASH_TRANSFORMS_SHAREDLOOPS_H
