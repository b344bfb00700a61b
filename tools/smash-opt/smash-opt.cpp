//===- smash-opt.cpp - runs passes on IR files ----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "smash/Pipelines/RegisterAll.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  smash::registerAllPasses();
  smash::registerAllPipelines();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  // gpu-module-to-binary translates kernels.
  mlir::registerAllGPUToLLVMIRTranslations(registry);
  smash::registerAllDialects(registry);
  smash::registerAllExtensions(registry);
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "smash: a compiler for sparse matrix products\n", registry));
}
