//===- smash-reduce.cpp - makes IR that shows a bug smaller ---------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../RegisterEverything.h"
#include "ReduceOperations.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  // Upstream's erases operations whose results others use, and then crashes
  // where these print their operands' types.
  for (llvm::StringRef argument : llvm::ArrayRef(argv, argc).drop_front())
    if (argument.ltrim('-').starts_with("reduction-tree")) {
      llvm::errs() << "smash-reduce: 'reduction-tree' makes IR that cannot be "
                      "printed; use 'smash-reduce-operations'\n";
      return 1;
    }
  mlir::DialectRegistry registry;
  smash::registerEverything(registry);
  smash::reduce::registerSmashReducePasses();
  mlir::MLIRContext context(registry);
  return failed(mlir::mlirReduceMain(argc, argv, context));
}
