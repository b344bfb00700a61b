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
           "long copies are somebody else's work">,
    Option<"plainUpdateCost", "plain-update-cost", "int64_t", "500",
           "picoseconds of an add to a value in fast memory">,
    Option<"atomicCost", "atomic-cost", "int64_t", "6000",
           "picoseconds of an atomic add">,
    Option<"cacheAccessCost", "cache-access-cost", "int64_t", "20000",
           "picoseconds that a random access to the shared cache adds">,
    Option<"memoryAccessCost", "memory-access-cost", "int64_t", "60000",
           "picoseconds that a random access to memory adds">,
    Option<"bytesPerSecond", "bytes-per-second", "int64_t", "16000000000",
           "what memory delivers">
  ];
  let dependentDialects = ["::smash::SmashDialect"];
}

def SelectStrategy : Pass<"smash-select-strategy", "::mlir::ModuleOp"> {
  let summary = "decide how each product is computed";
  let description = [{
    Writes a whole strategy on each `smash.spgemm`, `smash.spgemm_symbolic` and
    `smash.spgemm_numeric` that has `auto`, or a dataflow without an
    accumulator; what the program says is kept.

    Where the product has `smash.statistics` (see smash/Strategy/Statistics.h),
    every dataflow with every accumulator, and the best accumulators by bins of
    rows, is weighed by the cost model (smash/Strategy/CostModel.h) on the
    module's machine, conversions included. Strategies that may not be are left
    out: `merge = atomic` under `deterministic` or where the machine has no
    atomic add of the values, arrays that take over half of its memory,
    conversions without `allow-conversion`. Entries of C are counted first
    (`phases = two`) where their bound would take over half of the memory.

    Elsewhere the width of C decides: up to 64 MiB of arrays are `dense`, with
    keys in a list for rows that fill less than a 64th of it; else, and where
    the width is unknown, `hash` it is; or, with `versions`, a list of
    candidates for `smash-version-strategies`.

    A remark (category `smash-select-strategy`) says what was chosen and why.

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
           "the same bits whatever the number of threads">,
    Option<"versions", "versions", "int64_t", "1",
           "candidates, at most, to be chosen from at run time where nothing "
           "is known; 1 to 4">,
    Option<"allowConversion", "allow-conversion", "bool", "true",
           "weigh strategies that need operands in another layout">
  ];
  let statistics = [
    Statistic<"numSelected", "selected", "products decided">
  ];
  let dependentDialects = ["::smash::SmashDialect"];
}

def VersionStrategies : Pass<"smash-version-strategies", "::mlir::ModuleOp"> {
  let summary = "turn a list of candidate strategies into a choice at run time";
  let description = [{
    A `smash.spgemm` with a list of up to four candidates becomes as many clones
    in an `scf.index_switch`, in front of which `smash.statistics` counts what
    the cost model needs, and the model's formulas, as code, find the candidate
    that takes the least time. Counting would take a small product longer than
    multiplying. So, where arrays as long as C is wide fit the fastest memory (a
    16th of the scratchpad), its width alone decides for the first candidate that
    merges into such arrays. Of one that lists what is in the arrays and one that
    searches for it, the list is taken wherever the arrays fit the scratchpad and
    the numbers of entries let expect 8 products a row at most, and the search
    elsewhere. The first candidate stands where nothing can be counted at run
    time: memory ran out, or an operand is transposed or not CSR and C is wide. A
    mask is left out of what is counted: entries that it forbids weigh on every
    candidate alike. A product whose `smash.statistics` attribute is known is
    decided at once.

    ```mlir
    // before
    %c = smash.spgemm ins(%a, %b) outs(%init) semiring(plus_times)
           strategy([<row_wise, accumulator = hash>,
                     <row_wise, accumulator = dense>])
    // after
    %narrow = ... // tensor.dim %b, 1 at most 3640
    %choice = scf.if %narrow {
      scf.yield %c1
    } else {
      %s = smash.statistics ins(%a, %b)
      ... // times of both, from %s
      memref.dealloc %s
      scf.yield %cheapest
    }
    %c = scf.index_switch %choice
    case 1 {
      %d = smash.spgemm ins(%a, %b) outs(%init) semiring(plus_times)
             strategy(row_wise, accumulator = dense)
      scf.yield %d
    }
    default {
      %h = smash.spgemm ins(%a, %b) outs(%init) semiring(plus_times)
             strategy(row_wise, accumulator = hash)
      scf.yield %h
    }
    ```
  }];
  let statistics = [
    Statistic<"numVersioned", "versioned", "products with versions">,
    Statistic<"numVersions", "versions", "versions of products">
  ];
  let dependentDialects = ["::smash::SmashDialect", "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
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
