//===- SmashAttributes.td - semirings, strategies, machines -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SMASHATTRIBUTES_TD
#define SMASH_IR_SMASHATTRIBUTES_TD

include "Smash/IR/SmashDialect.td"
include "mlir/Dialect/SCF/IR/DeviceMappingInterface.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Smash_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::smash";
  let genSpecializedAttr = 0;
}

//===----------------------------------------------------------------------===//
// Semirings
//===----------------------------------------------------------------------===//

// The add of a semiring. Adding one: a case here, its identity and its body in
// Smash/IR/Semiring.cpp.
def Smash_Monoid : Smash_Enum<"Monoid", "the add of a semiring", [
  I32EnumAttrCase<"Plus", 0, "plus">, I32EnumAttrCase<"Min", 1, "min">,
  I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"Or", 3, "or">,
  I32EnumAttrCase<"Any", 4, "any">
]>;

def Smash_Multiply : Smash_Enum<"Multiply", "the multiply of a semiring", [
  I32EnumAttrCase<"Times", 0, "times">, I32EnumAttrCase<"Plus", 1, "plus">,
  I32EnumAttrCase<"And", 2, "and">, I32EnumAttrCase<"Pair", 3, "pair">
]>;

class Smash_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Smash_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Smash_SemiringAttr : Smash_Attr<"Semiring", "semiring"> {
  let summary = "an add and a multiply";
  let description = [{
    The semiring of a product. The short spelling joins add and multiply:
    `plus_times`, `min_plus`, `max_plus`, `max_times`, `or_and`, `plus_pair`,
    `any_pair`; the long one names them: `add = min, multiply = plus`. Both
    print as the short one.

    | add    | on floats             | on integers    | on i1         | on complex |
    |--------|-----------------------|----------------|---------------|------------|
    | `plus` | `arith.addf`          | `arith.addi`, wraps | exclusive or | by parts |
    | `min`  | `arith.minimumf`      | `arith.minsi`  | and           | illegal    |
    | `max`  | `arith.maximumf`      | `arith.maxsi`  | or            | illegal    |
    | `or`   | 1 if either is not 0  | the same       | or            | the same   |
    | `any`  | either operand        | the same       | the same      | the same   |

    `times` is the product, `and` is 1 where neither operand is 0, `pair` is
    always 1. `plus` as a multiply is the sum; with add `min` or `max` on
    integers it saturates, and the type's largest (`min`) or smallest (`max`)
    value stands for infinity: infinity plus anything is infinity.

    Example:

    ```mlir
    #smash.semiring<min_plus>
    ```
  }];
  let parameters = (ins EnumParameter<Smash_Monoid>:$add,
                        EnumParameter<Smash_Multiply>:$multiply);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// The short spelling, such as "plus_times".
    std::string spelling() const;

    /// The semiring with that short spelling, or null.
    static SemiringAttr fromSpelling(::mlir::MLIRContext *context,
                                     ::llvm::StringRef spelling);
  }];
}

//===----------------------------------------------------------------------===//
// Strategies
//===----------------------------------------------------------------------===//

def Smash_Dataflow : Smash_Enum<"Dataflow", "the loop order of a product", [
  I32EnumAttrCase<"Auto", 0, "auto">, I32EnumAttrCase<"Inner", 1, "inner">,
  I32EnumAttrCase<"Outer", 2, "outer">,
  I32EnumAttrCase<"RowWise", 3, "row_wise">
]>;
def Smash_AccumulatorKind : Smash_Enum<"AccumulatorKind",
    "how partial products are merged", [
  I32EnumAttrCase<"Dense", 0, "dense">, I32EnumAttrCase<"Hash", 1, "hash">,
  I32EnumAttrCase<"Sort", 2, "sort">, I32EnumAttrCase<"Merge", 3, "merge">
]>;
def Smash_Occupancy : Smash_Enum<"Occupancy",
    "how a dense accumulator remembers its keys", [
  I32EnumAttrCase<"List", 0, "list">, I32EnumAttrCase<"Bitmap", 1, "bitmap">
]>;
def Smash_HashFunction : Smash_Enum<"HashFunction", "a key's first slot", [
  I32EnumAttrCase<"Multiplicative", 0, "multiplicative">,
  I32EnumAttrCase<"LowBits", 1, "low_bits">,
  I32EnumAttrCase<"HighBits", 2, "high_bits">
]>;
def Smash_Schedule : Smash_Enum<"Schedule", "who takes which work item", [
  I32EnumAttrCase<"Dynamic", 0, "dynamic">,
  I32EnumAttrCase<"Static", 1, "static">
]>;
def Smash_Table : Smash_Enum<"Table", "the layout of a hash table", [
  I32EnumAttrCase<"Packed", 0, "packed">,
  I32EnumAttrCase<"Fragmented", 1, "fragmented">
]>;
def Smash_Writeback : Smash_Enum<"Writeback", "how a table is drained", [
  I32EnumAttrCase<"Scan", 0, "scan">, I32EnumAttrCase<"Bulk", 1, "bulk">
]>;
def Smash_MergeMode : Smash_Enum<"MergeMode", "who merges a row", [
  I32EnumAttrCase<"Exclusive", 0, "exclusive">,
  I32EnumAttrCase<"Atomic", 1, "atomic">
]>;
def Smash_Phases : Smash_Enum<"Phases", "passes over the products", [
  I32EnumAttrCase<"One", 1, "one">, I32EnumAttrCase<"Two", 2, "two">
]>;

def Smash_BinAttr : Smash_Attr<"Bin", "bin"> {
  let summary = "rows up to a bound, and their accumulator";
  let description = [{
    The rows of C whose bound (the smaller of the row's products and C's
    columns) is at most `bound` and in no earlier bin; `else` takes the rest.

    ```mlir
    #smash.bin<bound 32: hash>
    #smash.bin<else: dense, occupancy = bitmap>
    ```

    (`bound <= 32` would read better, but angle brackets must balance inside a
    dialect attribute.)
  }];
  let parameters = (ins
    "int64_t":$bound, // no limit: INT64_MAX
    EnumParameter<Smash_AccumulatorKind>:$accumulator,
    EnumParameter<Smash_Occupancy>:$occupancy);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// What stands between `<` and `>`.
    std::string spelling() const;
  }];
}

def Smash_StrategyAttr : Smash_Attr<"Strategy", "strategy"> {
  let summary = "how a product is computed";
  let description = [{
    A dataflow and its knobs. `auto` lets `smash-select-strategy` decide. A knob
    at its default is not printed.

    | knob | values | default | meaning |
    |---|---|---|---|
    | `accumulator` | `dense`, `hash`, `sort`, `merge` | chosen | one bin for all rows |
    | `occupancy` | `list`, `bitmap` | `list` | of a `dense` accumulator; follows it |
    | `bins` | `[<bound N: KIND>, ..., <else: KIND>]` | | instead of `accumulator` |
    | `hash_function` | `multiplicative`, `low_bits`, `high_bits` | `multiplicative` | first slot of a key |
    | `fill_limit` | 1 to 100 | 50 | percent of a table's slots in use |
    | `schedule` | `dynamic`, `static` | `dynamic` | work items by shared counter, or round-robin |
    | `table` | `packed`, `fragmented` | `packed` | of a window: tags and values by slot, or slots that number keys and values in order of insertion |
    | `writeback` | `scan`, `bulk` | `scan` | of a window: each thread writes its rows, or sorted rows are copied in bulk |
    | `merge` | `exclusive`, `atomic` | `exclusive` | one thread merges a row, or all threads of a block a window |
    | `window` | rows(N), `fit` | `fit` | rows merged together under `merge = atomic` |
    | `phases` | `one`, `two` | `one` | `two`: count the entries of C, then merge |

    Under `merge = atomic`, a `dense` accumulator that a scratchpad cannot hold
    for even one row becomes `hash, table = fragmented, writeback = bulk`.

    `smash_v1`, `smash_v2` and `smash_v3`, the thesis's versions (arXiv
    2105.14156; knobs reported, unverified), and `smash_best`, ours, are aliases
    that print as their primary spelling.

    Example:

    ```mlir
    #smash.strategy<row_wise, accumulator = hash, hash_function = low_bits>
    ```
  }];
  let parameters = (ins
    EnumParameter<Smash_Dataflow>:$dataflow,
    ArrayRefParameter<"BinAttr">:$bins,
    EnumParameter<Smash_HashFunction>:$hash_function,
    "int64_t":$fill_limit,
    EnumParameter<Smash_Schedule>:$schedule,
    EnumParameter<Smash_Table>:$table,
    EnumParameter<Smash_Writeback>:$writeback,
    EnumParameter<Smash_MergeMode>:$merge,
    "int64_t":$window, // rows; 0: as many as fit
    EnumParameter<Smash_Phases>:$phases);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// `auto`, all knobs at their defaults.
    static StrategyAttr getAuto(::mlir::MLIRContext *context);

    /// Parses what stands between `<` and `>` (no brackets); null after a
    /// diagnostic at `loc`.
    static StrategyAttr fromText(::mlir::Location loc, ::llvm::StringRef text);

    /// What stands between `<` and `>`.
    std::string spelling() const;
  }];
}

//===----------------------------------------------------------------------===//
// Machines
//===----------------------------------------------------------------------===//

def Smash_MachineAttr : Smash_Attr<"Machine", "machine"> {
  let summary = "the block machine that a kernel is made for";
  let description = [{
    What selection and strategies may know of a target, on the module as
    `smash.machine`: the pipeline for a target fills it in. Every entry must be
    given.

    - `blocks`: groups of threads that run at once;
    - `threads_per_block`: threads that share one scratchpad;
    - `scratchpad_bytes`: fast memory of a block (on a CPU, its share of L2);
    - `cache_bytes`: the last-level cache that all blocks share;
    - `memory_bytes`: memory that one program may have;
    - `narrowest_atomic`: bytes of the narrowest number that memory updates
      atomically; 1 when it is left out;
    - `bulk_copy`: whether long copies are somebody else's work (a DMA engine),
      so that it pays to copy where one could compute in place; 0 when left out;
    - `plain_update_cost`: picoseconds that a thread takes to add to a value in
      fast memory, all threads busy: the unit of the cost model's operations;
    - `atomic_cost`: the same, atomically;
    - `cache_access_cost`, `memory_access_cost`: what a random access takes
      longer when the cache that blocks share, or memory, has to serve it;
    - `bytes_per_second`: what memory delivers to all blocks together.

    The costs are those of the host that the cost model was calibrated on where
    they are left out.

    ```mlir
    module attributes {smash.machine = #smash.machine<blocks = 2,
        threads_per_block = 1, scratchpad_bytes = 524288,
        cache_bytes = 33554432, memory_bytes = 17179869184>} {}
    ```
  }];
  let parameters = (ins "int64_t":$blocks, "int64_t":$threads_per_block,
                        "int64_t":$scratchpad_bytes, "int64_t":$cache_bytes,
                        "int64_t":$memory_bytes,
                        DefaultValuedParameter<"int64_t", "1">:$narrowest_atomic,
                        DefaultValuedParameter<"int64_t", "0">:$bulk_copy,
                        DefaultValuedParameter<"int64_t", "500">:$plain_update_cost,
                        DefaultValuedParameter<"int64_t", "6000">:$atomic_cost,
                        DefaultValuedParameter<"int64_t", "20000">:$cache_access_cost,
                        DefaultValuedParameter<"int64_t", "60000">:$memory_access_cost,
                        DefaultValuedParameter<"int64_t", "16000000000">:$bytes_per_second);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Enums as attributes of kernel-level ops
//===----------------------------------------------------------------------===//

// The values are those of smash_rt_code (include/smash/Runtime/Runtime.h).
def Smash_ErrorCode : Smash_Enum<"ErrorCode", "why a kernel fails", [
  I32EnumAttrCase<"OutOfMemory", 1, "out_of_memory">,
  I32EnumAttrCase<"PositionOverflow", 2, "position_overflow">,
  I32EnumAttrCase<"PlanMismatch", 3, "plan_mismatch">,
  I32EnumAttrCase<"Threads", 4, "threads">,
  I32EnumAttrCase<"CoordinateOverflow", 7, "coordinate_overflow">
]>;

// What reports tell apart.
def Smash_Event : Smash_Enum<"Event", "what a report counts", [
  I32EnumAttrCase<"Product", 0, "product">,
  I32EnumAttrCase<"Probe", 1, "probe">,
  I32EnumAttrCase<"Window", 2, "window">,
  I32EnumAttrCase<"LargeRow", 3, "large_row">
]>;
def Smash_Phase : Smash_Enum<"Phase", "what a block is at", [
  I32EnumAttrCase<"Other", 0, "other">,
  I32EnumAttrCase<"Distribution", 1, "distribution">,
  I32EnumAttrCase<"Hashing", 2, "hashing">,
  I32EnumAttrCase<"Writeback", 3, "writeback">
]>;
def Smash_Purpose : Smash_Enum<"Purpose", "what a buffer is for", [
  I32EnumAttrCase<"Metadata", 0, "metadata">,
  I32EnumAttrCase<"Result", 1, "result">,
  I32EnumAttrCase<"Partial", 2, "partial">
]>;

def Smash_EventAttr : EnumAttr<Smash_Dialect, Smash_Event, "event">;
def Smash_PhaseAttr : EnumAttr<Smash_Dialect, Smash_Phase, "phase">;
def Smash_PurposeAttr : EnumAttr<Smash_Dialect, Smash_Purpose, "purpose">;
def Smash_ErrorCodeAttr
    : EnumAttr<Smash_Dialect, Smash_ErrorCode, "error_code">;
def Smash_MonoidAttr : EnumAttr<Smash_Dialect, Smash_Monoid, "monoid">;
def Smash_OccupancyAttr
    : EnumAttr<Smash_Dialect, Smash_Occupancy, "occupancy">;
def Smash_HashFunctionAttr
    : EnumAttr<Smash_Dialect, Smash_HashFunction, "hash_function">;
def Smash_TableAttr : EnumAttr<Smash_Dialect, Smash_Table, "table">;
def Smash_WritebackAttr
    : EnumAttr<Smash_Dialect, Smash_Writeback, "writeback">;
def Smash_ScheduleAttr : EnumAttr<Smash_Dialect, Smash_Schedule, "schedule">;

class Smash_MappingAttr<string name, string attrMnemonic, string level>
    : Smash_Attr<name, attrMnemonic,
        [DeclareAttrInterfaceMethods<DeviceMappingAttrInterface>]> {
  let parameters = (ins);
  let summary = "an scf.forall whose iterations are " # level;
}
def Smash_BlockMappingAttr
    : Smash_MappingAttr<"BlockMapping", "block", "the blocks of the machine"> {
  let description = [{
    Each iteration is one block: its threads share a scratchpad. What one block
    writes is visible to others only after the loop.

    ```mlir
    scf.forall (%b) in (%blocks) { } {mapping = [#smash.block]}
    ```
  }];
}
def Smash_ThreadMappingAttr
    : Smash_MappingAttr<"ThreadMapping", "thread", "the threads of a block"> {
  let description = [{
    Each iteration is one thread of the enclosing block. The end of the loop is
    a barrier of the block; iterations may run at once or one after the other.

    ```mlir
    scf.forall (%t) in (%threads) { } {mapping = [#smash.thread]}
    ```
  }];
}

#endif // SMASH_IR_SMASHATTRIBUTES_TD
