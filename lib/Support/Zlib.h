//===- Zlib.h - zlib's memory ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_ZLIB_H
#define SMASH_LIB_SUPPORT_ZLIB_H

#include <zlib.h>

namespace smash {

/// Makes `stream`, not yet initialised, take its memory from `Buffer`, so that
/// tests can make that fail like all other memory.
void allocateThroughBuffers(z_stream &stream);

} // namespace smash

#endif // SMASH_LIB_SUPPORT_ZLIB_H
