//===- Passes.td - passes that decide ----------------------*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_STRATEGY_PASSES_TD
#define SMASH_STRATEGY_PASSES_TD

include "mlir/Pass/PassBase.td"

def SetMachine : Pass<"smash-set-machine", "::mlir::ModuleOp"> {
  let summary = "say what machine the kernels are made for";
  let description = [{
    Sets `smash.machine` on the module, unless it has one. The defaults are
    those of a common CPU core; a caller that knows its machine says so.

    ```mlir
    // before
    module {}
    // after smash-set-machine{blocks=2}
    module attributes {smash.machine = #smash.machine<blocks = 2,
        threads_per_block = 1, scratchpad_bytes = 524288,
        cache_bytes = 33554432, memory_bytes = 17179869184>} {}
    ```
  }];
  let options = [
    Option<"blocks", "blocks", "int64_t", "1",
           "groups of threads that run at once">,
    Option<"threadsPerBlock", "threads-per-block", "int64_t", "1",
           "threads that share one scratchpad">,
    Option<"scratchpadBytes", "scratchpad-bytes", "int64_t", "524288",
           "fast memory of a block">,
    Option<"cacheBytes", "cache-bytes", "int64_t", "33554432",
           "the last-level cache that all blocks share">,
    Option<"memoryBytes", "memory-bytes", "int64_t", "17179869184",
           "memory that one program may have">,
    Option<"narrowestAtomic", "narrowest-atomic", "int64_t", "1",
           "bytes of the narrowest number that memory updates atomically">,
    Option<"bulkCopy", "bulk-copy", "bool", "false",
           "long copies are somebody else's work">
  ];
  let dependentDialects = ["::smash::SmashDialect"];
}

def SelectStrategy : Pass<"smash-select-strategy", "::mlir::ModuleOp"> {
  let summary = "decide how each product is computed";
  let description = [{
    Writes a whole strategy on each `smash.spgemm`, `smash.spgemm_symbolic` and
    `smash.spgemm_numeric` that has `auto`, or a dataflow without an
    accumulator; what the program says is kept. Reads the machine, static
    shapes, and the product's `smash.statistics` where it has them
    (see smash/Strategy/Statistics.h):

    - dataflow: `row_wise`;
    - accumulator: `dense` where an array as long as C's rows pays, with keys in
      a list for rows that fill little of it and found by a scan for rows that
      fill much; else `hash`, also where the width of C is unknown;
    - merge: `atomic` where the threads of a block share a scratchpad and the
      value type has atomics, unless `deterministic`;
    - phases: `two` where an upper bound of C would take over half of the
      machine's memory.

    ```mlir
    // before
    smash.spgemm ins(...) outs(...) semiring(plus_times)
    // after
    smash.spgemm ins(...) outs(...) semiring(plus_times)
      strategy(row_wise, bins = [<bound 15: dense>,
                                 <else: dense, occupancy = bitmap>])
    ```
  }];
  let options = [
    Option<"deterministic", "deterministic", "bool", "false",
           "the same bits whatever the number of threads">
  ];
  let statistics = [
    Statistic<"numSelected", "selected", "products decided">
  ];
  let dependentDialects = ["::smash::SmashDialect"];
}

def CheckStrategies : Pass<"smash-check-strategy", "::mlir::ModuleOp"> {
  let summary = "fail on a product that cannot be lowered as its strategy says";
  let description = [{
    One diagnostic for the first clause, format or knob of a product that is
    not lowered yet, or that its strategy is at odds with. Changes nothing.

    ```mlir
    // error: 'smash.spgemm' op dataflow outer is not lowered yet; row_wise is
    smash.spgemm ins(...) outs(...) semiring(plus_times) strategy(outer)
    ```
  }];
}

#endif // SMASH_STRATEGY_PASSES_TD
