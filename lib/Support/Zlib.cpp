//===- Zlib.cpp - zlib's memory -------------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Zlib.h"
#include "smash/Support/Matrix.h"
#include <new>

using namespace smash;

/// The owning Buffer stands in front of the bytes it owns.
static constexpr size_t front =
    (sizeof(Buffer) + alignof(std::max_align_t) - 1) &
    ~(alignof(std::max_align_t) - 1);

static voidpf allocate(voidpf, uInt items, uInt size) {
  llvm::Expected<Buffer> buffer =
      Buffer::allocate(size_t(items) * size + front);
  if (!buffer) {
    llvm::consumeError(buffer.takeError());
    return nullptr;
  }
  char *data = buffer->as<char>();
  new (data) Buffer(std::move(*buffer));
  return data + front;
}

static void release(voidpf, voidpf address) {
  auto *stored =
      reinterpret_cast<Buffer *>(static_cast<char *>(address) - front);
  // Out of the memory that goes with it.
  Buffer owner(std::move(*stored));
}

void smash::allocateThroughBuffers(z_stream &stream) {
  stream.zalloc = allocate;
  stream.zfree = release;
}
