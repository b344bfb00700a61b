//===- KernelSupport.cpp - the runtime that objects carry -----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Runtime/KernelSupport.h"

using namespace smash;

using Files = std::vector<std::vector<unsigned char>>;

EmbeddedFile smash::getObjectRuntime() {
  static const Files files = {
#include "ObjectRuntime.inc"
  };
  return {files.front().data(), files.front().size()};
}

std::vector<EmbeddedFile> smash::listKernelSupport() {
  static const Files files = {
#include "KernelSupport.inc"
  };
  std::vector<EmbeddedFile> result;
  for (const std::vector<unsigned char> &file : files)
    result.push_back({file.data(), file.size()});
  return result;
}
