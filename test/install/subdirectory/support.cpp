//===- support.cpp - smash's matrices in a larger build -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/Matrix.h"
#include <cstdio>
#include <stdexcept>

int main() {
  // Code of the larger build may use exceptions, whatever smash does.
  try {
    auto matrix = smash::makeMatrix(2, 3, 0, smash::ValueType::F64, 32, 32);
    if (!matrix || smash::checkMatrix(*matrix))
      throw std::runtime_error("no matrix");
  } catch (const std::exception &error) {
    std::printf("%s\n", error.what());
    return 1;
  }
  std::printf("OK\n");
  return 0;
}
