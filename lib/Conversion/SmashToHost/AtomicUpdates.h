//===- AtomicUpdates.h - adds of a semiring in one atomic step -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_CONVERSION_SMASHTOHOST_ATOMICUPDATES_H
#define SMASH_LIB_CONVERSION_SMASHTOHOST_ATOMICUPDATES_H

#include "Smash/IR/Smash.h"

namespace smash {

/// Replaces `op` by an atomic that LLVM has, or by a compare-and-exchange loop.
void expandAtomicUpdate(AtomicUpdateOp op);

} // namespace smash

#endif // SMASH_LIB_CONVERSION_SMASHTOHOST_ATOMICUPDATES_H
