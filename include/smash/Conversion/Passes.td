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

def ConvertLinalgToSmash
    : Pass<"convert-linalg-to-smash", "::mlir::ModuleOp"> {
  let summary = "raise products of sparse tensors to smash.spgemm";
  let description = [{
    A Linalg op that is a matrix product by its maps and iterators (so
    `linalg.matmul` with any `indexing_maps`, `linalg.contract`,
    `linalg.generic`) of two sparse tensors becomes `smash.spgemm`, when what it
    computes is what the op says:

    - its body is mul and add (and and or on i1), where the zeros that are not
      stored annihilate and add nothing; or a `sparse_tensor.binary` with empty
      left and right regions and a `sparse_tensor.reduce` with the identity of a
      semiring. A plain add and minimum is none: it ranges over all elements.
    - its init is `tensor.empty` or `bufferization.alloc_tensor`, or is what the
      product is added to, where the add is plus or or;
    - all three tensors are in formats that `smash-insert-conversions` brings to
      what kernels read; C may be dense.

    Everything else stays as it is, with a missed-optimization remark that says
    why (`--remarks-filter=convert-linalg-to-smash`). Run it before
    `sparse-reinterpret-map` and `sparsification`. A sum that is zero has the
    sign of its products, where upstream's starts from +0.

    ```mlir
    // before
    %0 = linalg.matmul
      ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
      outs(%c : tensor<?x?xf64, #CSR>) -> tensor<?x?xf64, #CSR>
    // after
    %0 = smash.spgemm
      ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
      outs(%c : tensor<?x?xf64, #CSR>) semiring(plus_times)
    ```
  }];
  let dependentDialects = ["::smash::SmashDialect"];
  let statistics = [
    Statistic<"numRaised", "raised", "products raised">
  ];
}

def ConvertSmashToHost : Pass<"convert-smash-to-host", "::mlir::ModuleOp"> {
  let summary = "map the block machine to the threads of a CPU";
  let description = [{
    Loops over blocks and threads become calls of outlined functions through
    `smash.parallel_call`, or plain code where they have one iteration. A work
    loop becomes a loop with a stride (static), or takes items from a counter
    that its block loop shares (dynamic). An
    `scf.execute_region` with `no_inline` becomes a function of its own, so that
    the loops in it have the registers to themselves; a loop marked
    `smash.stream` is annotated to be vectorized. A `smash.try_alloc` of at most
    256 elements, which is freed in its own block, goes to the stack; where the
    number of elements is not known, that is decided when the code runs. An array
    as short is not shrunk by a `smash.resize`. Atomic updates become
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

def ConvertSmashToPiuma : Pass<"convert-smash-to-piuma", "::mlir::ModuleOp"> {
  let summary = "map the block machine to PIUMA";
  let description = [{
    Loops over blocks become `piuma.launch`, loops over threads `piuma.spawn` on
    the multi-threaded pipelines; accesses become uncached loads and stores,
    which `piuma-select-caching` may change; atomic updates those of the
    memories, or loops of compare-and-exchanges where these have no such
    operation. Elements that are neither of 4 nor of 8 bytes have no atomics,
    which is an error.

    The module has a `piuma.target`, and loses `smash.machine`.

    ```mlir
    // before
    scf.forall (%b) in (%n) {
      memref.store %b, %m[%b] : memref<?xindex>
    } {mapping = [#smash.block]}
    // after
    piuma.launch (%b) in (%n) {
      piuma.store %b, %m[%b] uncached : index, memref<?xindex>
    }
    ```
  }];
  let dependentDialects = [
    "::smash::piuma::PiumaDialect", "::mlir::arith::ArithDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def ConvertSmashToSparseTensor
    : Pass<"convert-smash-to-sparse-tensor", "::mlir::ModuleOp"> {
  let summary = "hand tensors that kernels made to upstream's sparse compiler";
  let description = [{
    Replaces `smash.assemble` and `smash.release`, so that upstream's
    `sparse-tensor-codegen` or `sparse-tensor-conversion`, which must come next,
    sees nothing foreign:

    - a tensor of which only buffers and sizes are read does not come into
      being: its readers get the buffers;
    - for codegen (`enable-runtime-library=false`), other tensors become a cast
      of their fields: buffers in the order of the storage layout, which
      upstream owns from then on, and a storage specifier with all sizes set;
    - for the runtime library, a call of `newSparseTensor` copies the buffers,
      which are then freed.

    Before each tensor stand assertions that no kernel has failed. The buffers
    come from malloc, as upstream's deallocations expect.

    ```mlir
    // before
    %c = smash.assemble [%m, %n] %pos, %crd, %val : ... to tensor<?x?xf64, #CSR>
    // after, with enable-runtime-library=false
    %code = smash.take_error : i32
    cf.assert ...
    %s0 = sparse_tensor.storage_specifier.init : ...
    %s1 = sparse_tensor.storage_specifier.set %s0 lvl_sz at 0 with %m : ...
    ...
    %c = builtin.unrealized_conversion_cast %pos, %crd, %val, %s5 : ...
           to tensor<?x?xf64, #CSR>
    ```
  }];
  let options = [
    Option<"enableRuntimeLibrary", "enable-runtime-library", "bool", "true",
           "make the storage objects of upstream's runtime library">
  ];
  let statistics = [
    Statistic<"numTensors", "tensors", "tensors handed over">,
    Statistic<"numForwarded", "forwarded", "tensors replaced by their buffers">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::sparse_tensor::SparseTensorDialect"
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
