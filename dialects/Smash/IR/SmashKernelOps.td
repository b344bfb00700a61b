//===- SmashKernelOps.td - kernels on buffers -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Included by SmashOps.td. The abstract machine of these ops is the block:
// threads that share a scratchpad, many blocks that share memory. A kernel is
// an scf.forall over #smash.block; see docs/architecture.md.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SMASHKERNELOPS_TD
#define SMASH_IR_SMASHKERNELOPS_TD

include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/LoopLikeInterface.td"

// Kernels address flat buffers only.
def Smash_Buffer : MemRefRankOf<[AnyType], [1]>;
def Smash_IntegerBuffer : MemRefRankOf<[AnySignlessIntegerOrIndex], [1]>;

/// `value` is of the type of the elements of `memref`.
class Smash_ElementOf<string value, string memref> : TypesMatchWith<
    value # " has the element type of " # memref, memref, value,
    "::llvm::cast<::mlir::MemRefType>($_self).getElementType()">;

//===----------------------------------------------------------------------===//
// Memory and errors
//===----------------------------------------------------------------------===//

def Smash_TryAllocOp : Smash_Op<"try_alloc", [
    Smash_NamedResults, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "allocates memory, or says that it cannot";
  let description = [{
    `size` elements, all zero bits with `zeroed`. When memory runs out or the
    size overflows, the error is recorded as `smash.fail` would, `ok` is false,
    and the buffer is empty and may be deallocated. The buffer is freed by
    `memref.dealloc`. Pages are not touched until used: an upper bound that is
    shrunk later costs address space only.

    Example:

    ```mlir
    func.func @try_alloc(%n: index) -> i1 {
      %m, %ok = smash.try_alloc(%n) zeroed : memref<?xi8>
      memref.dealloc %m : memref<?xi8>
      return %ok : i1
    }
    ```
  }];
  let arguments = (ins Index:$size, UnitAttr:$zeroed,
    DefaultValuedAttr<Smash_PurposeAttr,
                      "::smash::Purpose::Metadata">:$purpose);
  let results = (outs Smash_Buffer:$memref, I1:$ok);
  let assemblyFormat = [{
    `(` $size `)` (`zeroed` $zeroed^)? (`for` `` $purpose^)? attr-dict
    `:` type($memref)
  }];
  let hasVerifier = 1;
}

def Smash_ResizeOp : Smash_Op<"resize", [
    Smash_NamedResults, MemoryEffects<[MemAlloc, MemFree, MemRead, MemWrite]>,
    AllTypesMatch<["source", "result"]>]> {
  let summary = "shrinks a buffer in place";
  let description = [{
    Gives back what lies past `size` elements, where that pays; they must not
    exceed the size of `source`, which must not be used afterwards. Cannot fail.

    Example:

    ```mlir
    func.func @resize(%m: memref<?xi8>, %n: index) -> memref<?xi8> {
      %r = smash.resize %m to %n : memref<?xi8>
      return %r : memref<?xi8>
    }
    ```
  }];
  let arguments = (ins Smash_Buffer:$source, Index:$size);
  let results = (outs Smash_Buffer:$result);
  let assemblyFormat = "$source `to` $size attr-dict `:` type($source)";
}

def Smash_ForgetOp : Smash_Op<"forget", [MemoryEffects<[MemWrite]>]> {
  let summary = "says that a part of a buffer will be written before it is read";
  let description = [{
    Elements [`begin`, `end`) have no value any more, so that their pages may be
    given back: what bounds the memory of a kernel that moves parts of a large
    buffer together.

    Example:

    ```mlir
    func.func @forget(%m: memref<?xf64>, %lo: index, %hi: index) {
      smash.forget %m from %lo to %hi : memref<?xf64>
      return
    }
    ```
  }];
  let arguments = (ins Smash_Buffer:$memref, Index:$begin, Index:$end);
  let assemblyFormat = [{
    $memref `from` $begin `to` $end attr-dict `:` type($memref)
  }];
}

def Smash_FailOp : Smash_Op<"fail", [MemoryEffects<[MemWrite]>]> {
  let summary = "records a run-time error";
  let description = [{
    Hands a code and two numbers (the actual value and the limit) to the runtime
    library's handler, and goes on: the kernel returns an empty result. The
    first error of a call stands.

    Example:

    ```mlir
    func.func @fail(%got: index, %limit: index) {
      smash.fail position_overflow, %got, %limit
      return
    }
    ```
  }];
  let arguments = (ins Smash_ErrorCodeAttr:$code,
                       Index:$got, Index:$limit);
  // An enum prints the space before it.
  let assemblyFormat = "`` $code `,` $got `,` $limit attr-dict";
}

def Smash_TakeErrorOp : Smash_Op<"take_error", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "asks whether a run-time error was recorded";
  let description = [{
    The code of the error that this thread's kernels recorded since the last
    time, 0 if there was none, and forgets it. How a program that has no caller
    to tell finds out that a result is not one.

    Example:

    ```mlir
    func.func @take_error() -> i32 {
      %code = smash.take_error : i32
      return %code : i32
    }
    ```
  }];
  let results = (outs I32:$code);
  let assemblyFormat = "attr-dict `:` type($code)";
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

def Smash_WorkLoopOp : Smash_Op<"work_loop",
    [SingleBlockImplicitTerminator<"YieldOp">, RecursiveMemoryEffects,
     Smash_NamedArguments,
     DeclareOpInterfaceMethods<LoopLikeOpInterface, ["getLoopRegions"]>]> {
  let summary = "hands each work item to exactly one block or thread";
  let description = [{
    Runs its body for each item in [`lowerBound`, `upperBound`), each on one
    worker: a block of the enclosing `scf.forall` over `#smash.block`, or, where
    the loop stands in an `scf.forall` over `#smash.thread` within that, a thread
    of a block. With `schedule(static)` item w goes to worker w modulo the
    workers, thread t of block b being worker b * threads + t; with
    `schedule(dynamic)` a worker takes the next item when it is done with its
    last. Items of one worker run in ascending order, and it waits for no other.

    Example:

    ```mlir
    func.func @work_loop(%m: memref<?xindex>, %blocks: index, %items: index) {
      %c0 = arith.constant 0 : index
      scf.forall (%b) in (%blocks) {
        smash.work_loop (%w) = %c0 to %items schedule(dynamic) {
          memref.store %b, %m[%w] : memref<?xindex>
        }
      } {mapping = [#smash.block]}
      return
    }
    ```
  }];
  let arguments = (ins Index:$lowerBound, Index:$upperBound,
    Smash_ScheduleAttr:$schedule);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$lowerBound,
    "::mlir::Value":$upperBound, "Schedule":$schedule,
    "::llvm::function_ref<void(::mlir::OpBuilder &, ::mlir::Location, ::mlir::Value)>":$body)>];
  let extraClassDeclaration = [{
    ::mlir::Value getInductionVar() { return getBody().getArgument(0); }
  }];
}

def Smash_YieldOp : Smash_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["WorkLoopOp", "UpsertOp"]>]> {
  let summary = "ends a region of a smash op";
  let description = [{
    Yields nothing in a work loop; in an upsert a key, a value if the accumulator
    has values, and perhaps an i1 that says whether the pair is merged at all.
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins)>];
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

def Smash_CountOp : Smash_Op<"count", [MemoryEffects<[MemWrite]>]> {
  let summary = "counts an event for a report";
  let description = [{
    Changes nothing, and costs nothing: a target that reports counts, the host
    drops it.

    Example:

    ```mlir
    func.func @count() {
      smash.count probe
      return
    }
    ```
  }];
  let arguments = (ins Smash_EventAttr:$event);
  let assemblyFormat = "`` $event attr-dict";
}

def Smash_EnterPhaseOp : Smash_Op<"enter_phase", [MemoryEffects<[MemWrite]>]> {
  let summary = "tells a report what the block is at";
  let description = [{
    From here on the time of this block is that phase's. Changes nothing, and
    costs nothing.

    Example:

    ```mlir
    func.func @enter_phase() {
      smash.enter_phase hashing
      return
    }
    ```
  }];
  let arguments = (ins Smash_PhaseAttr:$phase);
  let assemblyFormat = "`` $phase attr-dict";
}

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

def Smash_CreateAccumulatorOp : Smash_Op<"create_accumulator", [
    Smash_NamedResults, MemoryEffects<[MemAlloc]>]> {
  let summary = "makes empty accumulators in a block's scratchpad";
  let description = [{
    `instances` accumulators, numbered from 0, for keys in [0, `keys`), each
    with room for `capacity` distinct keys between drains or, where every pair
    is kept until the drain (`sort`, `merge`), for `capacity` pairs. The runs
    that are upserted into `merge` are ordered. `ok` is false when memory runs
    out (the error is recorded); the accumulators may then only be
    destroyed. A `shared` accumulator may be updated by several threads at once,
    for which the instances stand: there is one set of keys. Its values start at
    the identity of `semiring`; `table` and `writeback` are as in a strategy.

    Example:

    ```mlir
    func.func @create(%n: index, %one: index) -> i1 {
      %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%one)
        semiring(plus_times) occupancy = list hash_function = multiplicative
        fill_limit(50) : !smash.accumulator<dense, i32, f64>
      smash.destroy_accumulator %acc : !smash.accumulator<dense, i32, f64>
      return %ok : i1
    }
    ```
  }];
  let arguments = (ins Index:$keys, Index:$capacity, Index:$instances,
    Smash_SemiringAttr:$semiring,
    Smash_OccupancyAttr:$occupancy,
    Smash_HashFunctionAttr:$hash_function,
    I64Attr:$fill_limit, UnitAttr:$shared,
    DefaultValuedAttr<Smash_TableAttr, "::smash::Table::Packed">:$table,
    DefaultValuedAttr<Smash_WritebackAttr,
                      "::smash::Writeback::Scan">:$writeback);
  let results = (outs Smash_AccumulatorType:$accumulator, I1:$ok);
  let assemblyFormat = [{
    `keys` `(` $keys `)` `capacity` `(` $capacity `)`
    `instances` `(` $instances `)` `semiring` `(` custom<Semiring>($semiring) `)`
    `occupancy` `=` `` $occupancy `hash_function` `=` `` $hash_function
    `fill_limit` `(` $fill_limit `)`
    (`shared` $shared^)? (`table` `=` `` $table^)?
    (`writeback` `=` `` $writeback^)? attr-dict
    `:` qualified(type($accumulator))
  }];
  let hasVerifier = 1;
}

def Smash_DestroyAccumulatorOp : Smash_Op<"destroy_accumulator", [
    MemoryEffects<[MemFree]>]> {
  let summary = "releases accumulators";
  let description = [{
    Releases all instances. See `smash.create_accumulator`.
  }];
  let arguments = (ins Smash_AccumulatorType:$accumulator);
  let assemblyFormat = "$accumulator attr-dict `:` qualified(type($accumulator))";
}

def Smash_UpsertOp : Smash_Op<"upsert", [
    SingleBlock, Smash_NamedArguments, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "merges a run of (key, value) pairs";
  let description = [{
    For p in [`lowerBound`, `upperBound`), in ascending order, merges the key
    and value that the region yields into an instance of the accumulator: a new
    key takes the value, a known one is added to with the semiring's add.

    - `bound` is an upper bound of the distinct keys that the instance holds
      before its next drain; a hash table uses no more slots than it asks for,
      so it must be the same for all upserts between two drains.
    - `keys` bounds the keys themselves until that drain, where they are fewer
      than those that the accumulator was made for.
    - `ordered` promises that the keys of this run ascend strictly.
    - A last yielded i1 keeps (true) or drops the pair: a mask.
    - `atomic` lets several threads of the block upsert into one instance at
      once: the tag is claimed by compare-and-exchange, and the value added
      atomically. `smash-relax-atomics` removes it where one thread has the
      instance to itself.

    Example:

    ```mlir
    func.func @upsert(%acc: !smash.accumulator<dense, i32, f64>,
        %inst: index, %lo: index, %hi: index, %bound: index,
        %crd: memref<?xi32>, %val: memref<?xf64>, %a: f64) {
      smash.upsert %acc[%inst] bound(%bound) (%p) = %lo to %hi ordered {
        %key = memref.load %crd[%p] : memref<?xi32>
        %b = memref.load %val[%p] : memref<?xf64>
        %v = arith.mulf %a, %b : f64
        smash.yield %key, %v : i32, f64
      } : !smash.accumulator<dense, i32, f64>
      return
    }
    ```
  }];
  let arguments = (ins Smash_AccumulatorType:$accumulator, Index:$instance,
    Index:$bound, Index:$lowerBound, Index:$upperBound,
    Optional<Index>:$keys, UnitAttr:$ordered, UnitAttr:$atomic);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$accumulator,
    "::mlir::Value":$instance, "::mlir::Value":$bound,
    "::mlir::Value":$lowerBound, "::mlir::Value":$upperBound,
    "::mlir::Value":$keys, "bool":$ordered, "bool":$atomic,
    "::llvm::function_ref<void(::mlir::OpBuilder &, ::mlir::Location, ::mlir::Value)>":$body)>];
}

def Smash_DrainOp : Smash_Op<"drain", [
    Smash_NamedResults, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "writes out an accumulator and empties it";
  let description = [{
    Writes the keys of one instance to `coordinates`, and its values to `values`
    if it has any, from `offset` on, and leaves the instance empty. `count` is
    the number of keys. Keys ascend with `ordered`, else their order is
    unspecified.

    Example:

    ```mlir
    func.func @drain(%acc: !smash.accumulator<dense, i32, f64>, %inst: index,
        %crd: memref<?xi32>, %val: memref<?xf64>, %off: index) -> index {
      %n = smash.drain %acc[%inst] ordered into %crd, %val at %off
        : !smash.accumulator<dense, i32, f64>, memref<?xi32>, memref<?xf64>
      return %n : index
    }
    ```
  }];
  let arguments = (ins Smash_AccumulatorType:$accumulator, Index:$instance,
    UnitAttr:$ordered, Smash_IntegerBuffer:$coordinates,
    Optional<Smash_Buffer>:$values, Index:$offset);
  let results = (outs Index:$count);
  let assemblyFormat = [{
    $accumulator `[` $instance `]` (`ordered` $ordered^)? `into` $coordinates
    (`,` $values^)? `at` $offset attr-dict
    `:` qualified(type($accumulator)) `,` type($coordinates) (`,` type($values)^)?
  }];
  let hasVerifier = 1;
}

def Smash_DiscardOp : Smash_Op<"discard", [
    Smash_NamedResults, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "counts the keys of an accumulator and empties it";
  let description = [{
    `count` is the number of keys of one instance, which is left empty.

    Example:

    ```mlir
    func.func @discard(%acc: !smash.accumulator<hash, i32, none>, %inst: index)
        -> index {
      %n = smash.discard %acc[%inst] : !smash.accumulator<hash, i32, none>
      return %n : index
    }
    ```
  }];
  let arguments = (ins Smash_AccumulatorType:$accumulator, Index:$instance);
  let results = (outs Index:$count);
  let assemblyFormat = [{
    $accumulator `[` $instance `]` attr-dict `:` qualified(type($accumulator))
  }];
}

def Smash_DrainWindowOp : Smash_Op<"drain_window", [
    Smash_NamedResults, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "writes out an accumulator that holds a window of rows";
  let description = [{
    Stands at block level, between thread loops, and becomes phases of its own.
    The keys of instance 0 are `row` * `columns` + column, for rows counted from
    the window's first row `firstRow`; in a hash table `columns` is a power of
    two. Writes row after row from `offset` on:
    columns to `coordinates`, values to `values`, and the number of entries of
    row i of the matrix to `positions`[i + 1], for the `rows` rows of the
    window. `count` is the number of entries. Columns ascend within a row with
    `ordered`. `bound` is that of the upserts.

    Example:

    ```mlir
    func.func @drain_window(%acc: !smash.accumulator<hash, i32, f64>,
        %r: index, %rows: index, %n: index, %pos: memref<?xi32>,
        %crd: memref<?xi32>, %val: memref<?xf64>, %off: index, %threads: index)
        -> index {
      %count = smash.drain_window %acc row(%r) rows(%rows) columns(%n)
        bound(%n) threads(%threads) ordered into %pos, %crd, %val at %off
        : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xi32>,
          memref<?xf64>
      return %count : index
    }
    ```
  }];
  let arguments = (ins Smash_AccumulatorType:$accumulator, Index:$firstRow,
    Index:$rows, Index:$columns, Index:$bound, Index:$threads,
    UnitAttr:$ordered,
    Smash_IntegerBuffer:$positions, Smash_IntegerBuffer:$coordinates,
    Smash_Buffer:$values, Index:$offset);
  let results = (outs Index:$count);
  let assemblyFormat = [{
    $accumulator `row` `(` $firstRow `)` `rows` `(` $rows `)`
    `columns` `(` $columns `)` `bound` `(` $bound `)`
    `threads` `(` $threads `)` (`ordered` $ordered^)?
    `into` $positions `,` $coordinates `,` $values `at` $offset attr-dict
    `:` qualified(type($accumulator)) `,` type($positions) `,` type($coordinates) `,`
    type($values)
  }];
  let hasVerifier = 1;
}

def Smash_GatherOp : Smash_Op<"gather", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "writes out an accumulator by a known pattern and empties it";
  let description = [{
    For p in [`lowerBound`, `upperBound`), writes the value of key
    `coordinates`[p] to `values`[p], and leaves the instance empty. The
    coordinates ascend strictly, and each is a key of the instance; keys that
    are not among them are dropped.

    Example:

    ```mlir
    func.func @gather(%acc: !smash.accumulator<dense, i32, f64>, %inst: index,
        %bound: index, %crd: memref<?xi32>, %val: memref<?xf64>, %lo: index,
        %hi: index) {
      smash.gather %acc[%inst] bound(%bound) keys(%crd) into %val for %lo to %hi
        : !smash.accumulator<dense, i32, f64>, memref<?xi32>, memref<?xf64>
      return
    }
    ```
  }];
  let arguments = (ins Smash_AccumulatorType:$accumulator, Index:$instance,
    Index:$bound, Smash_IntegerBuffer:$coordinates, Smash_Buffer:$values,
    Index:$lowerBound, Index:$upperBound);
  let assemblyFormat = [{
    $accumulator `[` $instance `]` `bound` `(` $bound `)`
    `keys` `(` $coordinates `)` `into` $values
    `for` $lowerBound `to` $upperBound attr-dict
    `:` qualified(type($accumulator)) `,` type($coordinates) `,` type($values)
  }];
  let hasVerifier = 1;
}

def Smash_SortOp : Smash_Op<"sort", [
    MemoryEffects<[MemRead, MemWrite]>,
    AllTypesMatch<["keys", "scratchKeys"]>,
    AllTypesMatch<["slots", "scratchSlots"]>]> {
  let summary = "sorts a run of keys, and a slot with each";
  let description = [{
    Sorts elements [`begin`, `end`) of `keys` as unsigned integers, ascending,
    and moves those of `slots` along. Equal keys keep their order. The same
    elements of the scratch arrays are overwritten.

    Example:

    ```mlir
    func.func @sort(%keys: memref<?xi32>, %slots: memref<?xi64>,
        %keys2: memref<?xi32>, %slots2: memref<?xi64>, %lo: index, %hi: index) {
      smash.sort %keys, %slots from %lo to %hi scratch(%keys2, %slots2)
        : memref<?xi32>, memref<?xi64>
      return
    }
    ```
  }];
  let arguments = (ins Smash_IntegerBuffer:$keys, Smash_IntegerBuffer:$slots,
                       Index:$begin, Index:$end,
                       Smash_IntegerBuffer:$scratchKeys,
                       Smash_IntegerBuffer:$scratchSlots);
  let assemblyFormat = [{
    $keys `,` $slots `from` $begin `to` $end
    `scratch` `(` $scratchKeys `,` $scratchSlots `)` attr-dict
    `:` type($keys) `,` type($slots)
  }];
}

//===----------------------------------------------------------------------===//
// Primitives that accumulators expand to
//===----------------------------------------------------------------------===//

def Smash_CompareExchangeOp : Smash_Op<"compare_exchange", [
    Smash_NamedResults, MemoryEffects<[MemRead, MemWrite]>,
    AllTypesMatch<["expected", "desired", "old"]>]> {
  let summary = "claims an integer in memory atomically";
  let description = [{
    Stores `desired` at an index if `expected` stands there, in one atomic step,
    and gives the value that stood there. Sequentially consistent. Elements that
    are not integers are compared by their bits, as integers of their width.

    Example:

    ```mlir
    func.func @claim(%tags: memref<?xi32>, %i: index, %empty: i32, %key: i32)
        -> i32 {
      %old = smash.compare_exchange %tags[%i], %empty, %key : memref<?xi32>, i32
      return %old : i32
    }
    ```
  }];
  let arguments = (ins Smash_Buffer:$memref, Index:$index,
                       AnySignlessInteger:$expected,
                       AnySignlessInteger:$desired);
  let results = (outs AnySignlessInteger:$old);
  let assemblyFormat = [{
    $memref `[` $index `]` `,` $expected `,` $desired attr-dict `:`
    type($memref) `,` type($old)
  }];
  let hasVerifier = 1;
}

def Smash_AtomicUpdateOp : Smash_Op<"atomic_update", [
    MemoryEffects<[MemRead, MemWrite]>, Smash_ElementOf<"value", "memref">]> {
  let summary = "adds to a value in memory atomically";
  let description = [{
    memory[index] = memory[index] `add` value in one atomic step, with the add
    of a semiring. A target uses its own atomic where it has one, else a
    compare-and-exchange on the integer bits.

    Example:

    ```mlir
    func.func @atomic_update(%m: memref<?xf64>, %i: index, %v: f64) {
      smash.atomic_update plus, %m[%i], %v : memref<?xf64>, f64
      return
    }
    ```
  }];
  let arguments = (ins Smash_MonoidAttr:$add,
                       Smash_Buffer:$memref, Index:$index, AnyType:$value);
  let assemblyFormat = [{
    `` $add `,` $memref `[` $index `]` `,` $value attr-dict `:` type($memref) `,`
    type($value)
  }];
}

def Smash_ParallelCallOp : Smash_Op<"parallel_call", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "calls a function for each block and thread";
  let description = [{
    Calls `callee`(block, thread, operands...) for each of `blocks` x `threads`,
    possibly at once, through the runtime library's one thread entry. Made by
    `convert-smash-to-host` from loops over blocks and threads.

    Example:

    ```mlir
    func.func private @body(%b: index, %t: index, %m: memref<?xindex>) {
      memref.store %t, %m[%b] : memref<?xindex>
      return
    }
    func.func @parallel_call(%m: memref<?xindex>, %n: index, %one: index) {
      smash.parallel_call @body blocks(%n) threads(%one) (%m) : memref<?xindex>
      return
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Index:$blocks, Index:$threads,
                       Variadic<AnyType>:$arguments);
  let assemblyFormat = [{
    $callee `blocks` `(` $blocks `)` `threads` `(` $threads `)`
    (`(` $arguments^ `)` `:` type($arguments))? attr-dict
  }];
}

#endif // SMASH_IR_SMASHKERNELOPS_TD
