//===- KernelSupport.h - the runtime that objects carry ---------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_RUNTIME_KERNELSUPPORT_H
#define SMASH_RUNTIME_KERNELSUPPORT_H

#include <cstddef>
#include <vector>

namespace smash {

/// A file in memory that lives as long as the program.
struct EmbeddedFile {
  const unsigned char *data;
  size_t size;
};

/// Memory and errors of smash/Runtime/Runtime.h, as LLVM bitcode: what an
/// emitted object that has one thread carries. Refers to the C library only.
std::vector<EmbeddedFile> listKernelSupport();

/// libsmash_runtime.a: all of smash/Runtime/Runtime.h on the C library and
/// pthreads, for objects that have several threads.
EmbeddedFile getObjectRuntime();

} // namespace smash

#endif // SMASH_RUNTIME_KERNELSUPPORT_H
