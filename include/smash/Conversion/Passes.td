//===- Passes.td - conversions between dialects ------------*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_CONVERSION_PASSES_TD
#define SMASH_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertSmashToHost : Pass<"convert-smash-to-host", "::mlir::ModuleOp"> {
  let summary = "map the block machine to the threads of a CPU";
  let description = [{
    Loops over blocks and threads become calls of outlined functions through
    `smash.parallel_call`, or plain code where they have one iteration. A work
    loop becomes a loop with a stride (static), or takes items from a counter
    that its block loop shares (dynamic). An
    `scf.execute_region` with `no_inline` becomes a function of its own, so that
    the loops in it have the registers to themselves; a loop marked
    `smash.stream` is annotated to be vectorized. Atomic updates become
    `memref.atomic_rmw` where the hardware or LLVM has the operation, else a
    compare-and-exchange loop on the integer bits.

    The module loses `smash.machine`. What is left of the dialect (`try_alloc`,
    `resize`, `forget`, `fail`, `compare_exchange`, `parallel_call`) is lowered
    by `convert-to-llvm`, through the dialect's ConvertToLLVM interface, to calls
    of the runtime library.
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::mlir::complex::ComplexDialect",
    "::mlir::LLVM::LLVMDialect"
  ];
  let statistics = [
    Statistic<"numOutlined", "outlined", "loop bodies outlined">
  ];
}

def AttachLoopAnnotations
    : Pass<"smash-attach-loop-annotations", "::mlir::ModuleOp"> {
  let summary = "put loop annotations where the translation to LLVM IR reads them";
  let description = [{
    `convert-scf-to-cf` and `convert-to-llvm` carry an `llvm.loop_annotation` of
    a loop along as a discardable attribute of its branch. This makes it the
    branch's own, without which it is lost.

    ```mlir
    // before
    llvm.br ^bb1 {llvm.loop_annotation = #loop}
    // after
    llvm.br ^bb1 {loop_annotation = #loop}
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SMASH_CONVERSION_PASSES_TD
