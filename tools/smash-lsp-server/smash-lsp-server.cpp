//===- smash-lsp-server.cpp - what an editor asks of IR files -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../RegisterEverything.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  smash::registerEveryDialect(registry);
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
