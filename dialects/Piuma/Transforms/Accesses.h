//===- Accesses.h - what memory ops touch -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_TRANSFORMS_ACCESSES_H
#define PIUMA_TRANSFORMS_ACCESSES_H

#include "Piuma/IR/Piuma.h"
#include "llvm/ADT/SetVector.h"

namespace smash::piuma {

/// The buffers that ops read and write, by the value that stands for each:
/// where casts start from.
class Accesses {
public:
  Accesses() = default;
  /// With `ofBlock`, only what orders blocks counts as order: an atomic of a
  /// scratchpad is two accesses, and a barrier of a spawn is none. Right for
  /// requests of the thread that runs a launch, whose spawns' accesses are all
  /// looked at: no other block reaches its scratchpad.
  explicit Accesses(bool ofBlock) : ofBlock(ofBlock) {}

  /// Adds what `op` does, and what stands in its regions.
  void add(mlir::Operation *op);
  void add(const Accesses &other);

  /// Whether `other` may touch what this writes, or write what this reads.
  bool conflictsWith(const Accesses &other) const;
  /// Whether a part of a scratchpad is touched.
  bool hasScratchpad() const;
  bool isEmpty() const {
    return !orders && !isUnknown && reads.empty() && writes.empty();
  }
  /// Whether an element of `buffer` may be written.
  bool mayWrite(mlir::Value buffer) const;

private:
  llvm::SetVector<mlir::Value> reads, writes;
  bool orders = false;    ///< something orders threads
  bool isUnknown = false; ///< something touches memory in unknown ways
  bool ofBlock = false;
};

/// Whether two buffers may have an element in common.
bool mayOverlap(mlir::Value a, mlir::Value b);

} // namespace smash::piuma

#endif // PIUMA_TRANSFORMS_ACCESSES_H
