//===- MatrixMarket.cpp - fuzzes the reader of matrix files ---------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/MatrixMarket.h"
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using namespace smash;

static void require(bool condition) {
  if (!condition)
    std::abort();
}

/// Reads any bytes as a file: an error of one line, or a matrix that is what
/// kernels take on trust.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static int file = memfd_create("fuzz.mtx", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != ssize_t(size))
    return 0;
  for (bool lenient : {false, true}) {
    ReadOptions options;
    options.zeroBased = options.sumDuplicates = lenient;
    auto matrix = readMatrixMarket(path, options);
    if (!matrix) {
      std::string message = llvm::toString(matrix.takeError());
      require(!message.empty() && message.find('\n') == std::string::npos);
      continue;
    }
    require(!bool(checkMatrix(*matrix)));
  }
  return 0;
}
