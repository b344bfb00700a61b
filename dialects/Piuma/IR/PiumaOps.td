//===- PiumaOps.td - programs for a PIUMA-like machine -*- tablegen -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_IR_PIUMAOPS_TD
#define PIUMA_IR_PIUMAOPS_TD

include "Piuma/IR/PiumaDialect.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Piuma_Op<string mnemonic, list<Trait> traits = []>
    : Op<Piuma_Dialect, mnemonic, traits>;

def Piuma_NamedResults
    : DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>;
def Piuma_NamedArguments
    : DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>;

// Programs address flat buffers only.
def Piuma_Buffer : MemRefRankOf<[AnyType], [1]>;
def Piuma_IntegerBuffer : MemRefRankOf<[AnySignlessIntegerOrIndex], [1]>;

class Piuma_ElementOf<string value, string memref> : TypesMatchWith<
    value # " has the element type of " # memref, memref, value,
    "::llvm::cast<::mlir::MemRefType>($_self).getElementType()">;

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

def Piuma_YieldOp : Piuma_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["LaunchOp", "SpawnOp"]>]> {
  let summary = "ends the body of a launch or a spawn";
  let description = [{
    Not printed: the syntax of a launch and of a spawn implies it.

    Example:

    ```mlir
    func.func @yield(%n: index) {
      piuma.launch (%block) in (%n) {
        piuma.yield
      }
      return
    }
    ```
  }];
  let assemblyFormat = "attr-dict";
}

class Piuma_ParallelOp<string mnemonic, list<Trait> traits = []>
    : Piuma_Op<mnemonic, !listconcat(traits, [
        SingleBlockImplicitTerminator<"YieldOp">, RecursiveMemoryEffects,
        Piuma_NamedArguments])> {
  let regions = (region SizedRegion<1>:$body);
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Value getId() { return getBody().getArgument(0); }
  }];
}

def Piuma_LaunchOp : Piuma_ParallelOp<"launch"> {
  let summary = "runs its body on the cores, once a block";
  let description = [{
    Block b runs on core b modulo the cores, on a single-threaded pipeline; the
    blocks of one core run one after another. Ends when all blocks have. What
    one block writes is seen by blocks of other cores only behind the launch.
    Not inside another launch, nor in a function that a block calls.

    Guaranteed: every block runs exactly once, after all that stands before the
    launch and before all that stands behind it. Not guaranteed: any order
    between blocks of different cores, nor what a scratchpad holds at the start
    of a block. Costs `spawn_cycles`, hops to the cores, and
    `barrier_cycles` at the end.

    Example:

    ```mlir
    func.func @launch(%blocks: index, %m: memref<?xindex>) {
      piuma.launch (%block) in (%blocks) {
        piuma.store %block, %m[%block] uncached : index, memref<?xindex>
      }
      return
    }
    ```
  }];
  let arguments = (ins Index:$count);
  let hasCustomAssemblyFormat = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$count)>];
  let skipDefaultBuilders = 1;
}

def Piuma_SpawnOp : Piuma_ParallelOp<"spawn"> {
  let summary = "runs its body on threads of the core, and waits for them";
  let description = [{
    Thread t of `count` runs on pipeline t modulo the core's pipelines of the
    kind that is named; where `count` exceeds the threads that these have, the
    rest waits for one to end. The end is a barrier: everything that the threads
    stored is there, save what their caches keep. Inside a launch, and not
    inside another spawn; it may stand in a function that a block calls, which
    `piuma-verify-program` sees to.

    Guaranteed: every thread runs exactly once. Not guaranteed: any order
    between threads, unless `piuma.barrier` makes one. Costs `spawn_cycles`, and
    `barrier_cycles` at the end.

    Example:

    ```mlir
    func.func @spawn(%blocks: index, %threads: index, %m: memref<?xindex>) {
      piuma.launch (%block) in (%blocks) {
        piuma.spawn (%thread) in (%threads) on multi {
          piuma.store %thread, %m[%thread] uncached : index, memref<?xindex>
        }
      }
      return
    }
    ```
  }];
  let arguments = (ins Index:$count, Piuma_PipelineAttr:$pipeline);
  let hasCustomAssemblyFormat = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$count,
                                 "Pipeline":$pipeline)>];
  let skipDefaultBuilders = 1;
}

def Piuma_CallOp : Piuma_Op<"call", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "a launch or a spawn of a function";
  let description = [{
    What `piuma-outline` makes of a launch (without `pipeline`) or a spawn:
    calls `callee`(id, operands...) for each id below `count`. Threads that
    `meet` have barriers or reductions. Guaranteed, not guaranteed, and costs:
    what `piuma.launch` and `piuma.spawn` say.

    Example:

    ```mlir
    func.func private @body(%id: index, %m: memref<?xindex>) {
      piuma.store %id, %m[%id] uncached : index, memref<?xindex>
      return
    }
    func.func @call(%n: index, %m: memref<?xindex>) {
      piuma.call @body in (%n) (%m) : memref<?xindex>
      return
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Index:$count,
                       OptionalAttr<Piuma_PipelineAttr>:$pipeline,
                       UnitAttr:$meet, Variadic<AnyType>:$arguments);
  let assemblyFormat = [{
    $callee `in` `(` $count `)` (`on` `` $pipeline^)?
    (`meet` $meet^)? (`(` $arguments^ `)` `:` type($arguments))? attr-dict
  }];
}

def Piuma_BarrierOp : Piuma_Op<"barrier",
    [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits for all threads of the spawn";
  let description = [{
    Returns when every thread of the innermost spawn has arrived; what they
    stored before is there. All threads pass the same barriers: a barrier in
    control flow that depends on the thread's number is an error of
    `piuma-verify-synchronization`, and a thread that ends without arriving one
    at run time; so are more threads than the pipelines have. A block and the
    main thread have nobody to wait for: an error there, and in a function that
    one of them calls. Costs `barrier_cycles` after the last arrival.

    Example:

    ```mlir
    func.func @barrier(%n: index) {
      piuma.launch (%block) in (%n) {
        piuma.spawn (%thread) in (%n) on multi {
          piuma.barrier
        }
      }
      return
    }
    ```
  }];
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

def Piuma_ReduceOp : Piuma_Op<"reduce", [
    MemoryEffects<[MemRead, MemWrite]>, AllTypesMatch<["value", "result"]>]> {
  let summary = "combines a value of every thread of the spawn";
  let description = [{
    A barrier of the collective engine that gives every thread the combination
    of all values. The order of the combination is that of the threads' numbers,
    so that a floating-point sum is the same on every run. 4 or 8 bytes.

    Guaranteed: all that `piuma.barrier` guarantees, whose rules it obeys; every
    thread gets the same bits. Not guaranteed: the combination that another
    number of threads would have, where rounding depends on order. Costs
    `barrier_cycles` after the last arrival, as a barrier does.

    Example:

    ```mlir
    func.func @reduce(%n: index, %v: i64, %m: memref<?xi64>) {
      piuma.launch (%block) in (%n) {
        piuma.spawn (%thread) in (%n) on multi {
          %sum = piuma.reduce add %v : i64
          piuma.store %sum, %m[%thread] uncached : i64, memref<?xi64>
        }
      }
      return
    }
    ```
  }];
  let arguments = (ins Piuma_AtomicKindAttr:$kind,
                       AnyTypeOf<[AnySignlessInteger, AnyFloat]>:$value);
  let results = (outs AnyTypeOf<[AnySignlessInteger, AnyFloat]>:$result);
  let assemblyFormat = "`` $kind $value attr-dict `:` type($value)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

def Piuma_AllocOp : Piuma_Op<"alloc", [Piuma_NamedResults,
    MemoryEffects<[MemAlloc, MemWrite]>]> {
  let summary = "allocates memory outside scratchpads, or says that it cannot";
  let description = [{
    `size` elements, all zero bits with `zeroed`, interleaved over the channels
    of all cores by `interleave_bytes`; the type says neither how many nor
    scratchpad. When memory runs out, the error is
    recorded as `piuma.fail` would, `ok` is false, and the buffer is empty and
    may be freed. Without `zeroed` the content is undefined: what is read before
    it is written must not matter. Caches may have lines of what was there
    before: a pipeline invalidates the buffer before it loads from it through
    its cache. `purpose` is what a report calls the traffic. Costs nothing.

    Example:

    ```mlir
    func.func @alloc(%n: index) -> i1 {
      %m, %ok = piuma.alloc(%n) zeroed for partial : memref<?xi64>
      piuma.free %m : memref<?xi64>
      return %ok : i1
    }
    ```
  }];
  let arguments = (ins Index:$size, UnitAttr:$zeroed,
                       Piuma_PurposeAttr:$purpose);
  let results = (outs Piuma_Buffer:$memref, I1:$ok);
  let hasVerifier = 1;
  let assemblyFormat = [{
    `(` $size `)` (`zeroed` $zeroed^)? `for` `` $purpose attr-dict
    `:` type($memref)
  }];
}

def Piuma_ResizeOp : Piuma_Op<"resize", [Piuma_NamedResults,
    MemoryEffects<[MemAlloc, MemFree, MemRead, MemWrite]>,
    AllTypesMatch<["source", "result"]>]> {
  let summary = "shrinks a buffer in place";
  let description = [{
    Gives back what lies past `size` elements, which must not exceed the size of
    `source`; `source` must not be used afterwards. The buffer keeps its place
    or moves; for caches it is like a new one. Costs nothing.

    Example:

    ```mlir
    func.func @resize(%m: memref<?xi8>, %n: index) -> memref<?xi8> {
      %r = piuma.resize %m to %n : memref<?xi8>
      return %r : memref<?xi8>
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$source, Index:$size);
  let results = (outs Piuma_Buffer:$result);
  let hasVerifier = 1;
  let assemblyFormat = "$source `to` $size attr-dict `:` type($source)";
}

def Piuma_FreeOp : Piuma_Op<"free", [MemoryEffects<[MemFree]>]> {
  let summary = "gives back a buffer of piuma.alloc";
  let description = [{
    Costs nothing. No access to the buffer may be under way.

    Example: see `piuma.alloc`.
  }];
  let arguments = (ins Piuma_Buffer:$memref);
  let assemblyFormat = "$memref attr-dict `:` type($memref)";
}

def Piuma_ScratchpadOp : Piuma_Op<"scratchpad", [Piuma_NamedResults]> {
  let summary = "a part of the core's scratchpad";
  let description = [{
    The buffer that starts `offset` bytes into the scratchpad of the core that
    the enclosing launch runs on; its type says how long it is. Its content is
    undefined: an element must be written before it is read. Lives until
    `piuma.release` or the end of the block. Parts that overlap alias. A part
    that does not fit the target's scratchpad is an error, as is an offset that
    does not divide by the size of an element, and a part that the main thread
    takes. Costs nothing.

    Example:

    ```mlir
    func.func @scratchpad(%blocks: index, %v: i64) {
      %c0 = arith.constant 0 : index
      piuma.launch (%block) in (%blocks) {
        %m = piuma.scratchpad at 64 : memref<128xi64, #piuma.space<scratchpad>>
        piuma.store %v, %m[%c0] uncached
          : i64, memref<128xi64, #piuma.space<scratchpad>>
      }
      return
    }
    ```
  }];
  let arguments = (ins I64Attr:$offset);
  let results = (outs Piuma_Buffer:$memref);
  let assemblyFormat = "`at` $offset attr-dict `:` type($memref)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Bytes of the part.
    int64_t getBytes();
  }];
}

def Piuma_ReleaseOp : Piuma_Op<"release", [MemoryEffects<[MemFree]>]> {
  let summary = "gives back a part of a scratchpad";
  let description = [{
    Nothing may access the part any more, until `piuma.scratchpad` gives out its
    bytes again; then their content is undefined. What a block does not release
    is given back when the block ends. Costs nothing.

    Example:

    ```mlir
    func.func @release(%blocks: index) {
      piuma.launch (%block) in (%blocks) {
        %m = piuma.scratchpad at 64 : memref<128xi64, #piuma.space<scratchpad>>
        piuma.release %m : memref<128xi64, #piuma.space<scratchpad>>
      }
      return
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$memref);
  let assemblyFormat = "$memref attr-dict `:` type($memref)";
}

def Piuma_LoadOp : Piuma_Op<"load", [MemoryEffects<[MemRead]>]> {
  let summary = "reads an element";
  let description = [{
    The element at `index`, or the 8 bytes from there on as a vector. The thread
    goes on when the value is there. Uncached, from DRAM: `dram_access_bytes` a
    time; `cached`: by lines, through the cache of the pipeline, which does not
    see what other pipelines store unless it is invalidated.

    Guaranteed: the thread's own earlier stores of the same caching are seen; an
    element of 8 bytes or fewer comes whole; an uncached load that sees what a
    `piuma.compare_exchange` or an exchange stored sees what its thread stored
    before. Not guaranteed: any other order with accesses of other threads.
    Costs `scratchpad_cycles`, or
    `dram_ns` (and `hop_ns` each way from another core), or `cache_hit_cycles`.

    Example:

    ```mlir
    func.func @load(%m: memref<?xf64>, %i: index) -> f64 {
      %v = piuma.load %m[%i] cached : memref<?xf64>, f64
      return %v : f64
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$memref, Index:$index,
                       Piuma_CachingAttr:$caching);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $memref `[` $index `]` `` $caching attr-dict `:` type($memref) `,`
    type($result)
  }];
  let hasVerifier = 1;
}

def Piuma_StoreOp : Piuma_Op<"store", [MemoryEffects<[MemWrite]>]> {
  let summary = "writes an element";
  let description = [{
    Writes `value` at `index`, or 8 bytes from there on. Posted: the thread goes
    on while at most `posted_stores` of its stores are under way. A `cached`
    store updates the line of its own pipeline, and reaches memory when that is
    flushed at the latest.

    Guaranteed: done, if uncached, when the thread's spawn ends, before its next
    barrier is passed, and before what its next `piuma.compare_exchange` or
    exchange stores is seen. Not guaranteed: any other order with accesses of
    other threads. Costs a cycle to issue, and the way to the memory that
    nobody waits for: the model's caches write through, so that a cached store
    costs what an uncached one does.

    Example:

    ```mlir
    func.func @store(%m: memref<?xf64>, %i: index, %v: f64) {
      piuma.store %v, %m[%i] uncached : f64, memref<?xf64>
      return
    }
    ```
  }];
  let arguments = (ins AnyType:$value, Piuma_Buffer:$memref, Index:$index,
                       Piuma_CachingAttr:$caching);
  let assemblyFormat = [{
    $value `,` $memref `[` $index `]` `` $caching attr-dict `:` type($value)
    `,` type($memref)
  }];
  let hasVerifier = 1;
}

def Piuma_FlushOp : Piuma_Op<"flush", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "writes a buffer's cached elements back";
  let description = [{
    What this pipeline's threads stored to the buffer through its cache is in
    memory when the op is done; nothing else of its lines is written.
    Not guaranteed: anything about other pipelines' caches. Costs an
    instruction: the model's caches write through, and have nothing to write
    back.

    Example:

    ```mlir
    func.func @flush(%m: memref<?xf64>) {
      piuma.flush %m : memref<?xf64>
      return
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$memref);
  let assemblyFormat = "$memref attr-dict `:` type($memref)";
}

def Piuma_InvalidateOp : Piuma_Op<"invalidate",
    [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "forgets a buffer's cached elements";
  let description = [{
    The next cached load of an element by this pipeline reads memory. What was
    stored to the buffer through this cache and not flushed is lost. Elements
    of other buffers in the same lines are kept. Costs a cycle a line that is
    cached.

    Example:

    ```mlir
    func.func @invalidate(%m: memref<?xf64>) {
      piuma.invalidate %m : memref<?xf64>
      return
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$memref);
  let assemblyFormat = "$memref attr-dict `:` type($memref)";
}

def Piuma_AtomicOp : Piuma_Op<"atomic", [
    MemoryEffects<[MemRead, MemWrite]>, Piuma_ElementOf<"value", "memref">]> {
  let summary = "updates an element in one step, at its memory";
  let description = [{
    memory = memory `kind` value, done by the scratchpad or the memory
    controller that has the element. With a result, the thread waits for the
    old value; without, the update is posted like a store. `min` and `max` are
    `arith`'s signed and `minimumf`, `maximumf`. 4 or 8 bytes; `and`, `or` and
    `xor` on integers only.

    Guaranteed: updates of one element happen one after the other, those by
    combining requests of the DMA engine included; an exchange with a result
    orders as `piuma.compare_exchange` does, and without one as what that
    stores. Not guaranteed: order with accesses of other elements, for other
    kinds. Costs the access, and `atomic_cycles` at the bank, during which no
    other access of that bank proceeds.

    Example:

    ```mlir
    func.func @atomic(%m: memref<?xf64>, %i: index, %v: f64) -> f64 {
      piuma.atomic add %m[%i], %v : memref<?xf64>, f64
      %old = piuma.atomic exchange %m[%i], %v : memref<?xf64>, f64 -> f64
      return %old : f64
    }
    ```
  }];
  let arguments = (ins Piuma_AtomicKindAttr:$kind, Piuma_Buffer:$memref,
                       Index:$index, AnyType:$value);
  let results = (outs Optional<AnyType>:$old);
  let assemblyFormat = [{
    `` $kind $memref `[` $index `]` `,` $value attr-dict `:` type($memref) `,`
    type($value) (`->` type($old)^)?
  }];
  let hasVerifier = 1;
}

def Piuma_CompareExchangeOp : Piuma_Op<"compare_exchange", [
    Piuma_NamedResults, MemoryEffects<[MemRead, MemWrite]>,
    AllTypesMatch<["expected", "desired", "old"]>]> {
  let summary = "replaces an element if it is as expected";
  let description = [{
    Stores `desired` if the element's bits are `expected`, in one step at its
    memory, and gives what stood there. 4 or 8 bytes.

    Guaranteed: what the thread stored before is there for a thread that sees
    `desired` in this op, in an exchange, or in an uncached load; and what those
    threads stored whose op this one saw is there for this thread. So data are
    published by storing them first, and claiming the place second. Costs what a
    returning `piuma.atomic` does.

    Example:

    ```mlir
    func.func @claim(%m: memref<?xi32>, %i: index, %e: i32, %d: i32) -> i32 {
      %old = piuma.compare_exchange %m[%i], %e, %d : memref<?xi32>, i32
      return %old : i32
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$memref, Index:$index,
                       AnySignlessInteger:$expected,
                       AnySignlessInteger:$desired);
  let results = (outs AnySignlessInteger:$old);
  let assemblyFormat = [{
    $memref `[` $index `]` `,` $expected `,` $desired attr-dict `:`
    type($memref) `,` type($old)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Errors and reports
//===----------------------------------------------------------------------===//

def Piuma_FailOp : Piuma_Op<"fail", [MemoryEffects<[MemWrite]>]> {
  let summary = "records a run-time error";
  let description = [{
    Hands a code and two numbers (the actual value and the limit) to the
    runtime, and goes on. The first error of a run stands. Costs nothing.

    Example:

    ```mlir
    func.func @fail(%got: index, %limit: index) {
      piuma.fail 2, %got, %limit
      return
    }
    ```
  }];
  let arguments = (ins I32Attr:$code, Index:$got, Index:$limit);
  let assemblyFormat = "$code `,` $got `,` $limit attr-dict";
}

def Piuma_PlaceOp : Piuma_Op<"place", [MemoryEffects<[MemWrite]>]> {
  let summary = "tells the runtime where the thread is";
  let description = [{
    `text` names the next operation in what a runtime reports about it.
    `piuma-mark-places` puts one before each. Costs nothing.

    Example:

    ```mlir
    func.func @place(%m: memref<?xi64>) {
      piuma.place "free at program.mlir:3"
      piuma.free %m : memref<?xi64>
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$text);
  let assemblyFormat = "$text attr-dict";
}

def Piuma_CountOp : Piuma_Op<"count", [MemoryEffects<[MemWrite]>]> {
  let summary = "counts an event for the report";
  let description = [{
    Costs nothing, and changes nothing but the report.

    Example:

    ```mlir
    func.func @count() {
      piuma.count probe
      return
    }
    ```
  }];
  let arguments = (ins Piuma_EventAttr:$event);
  let assemblyFormat = "`` $event attr-dict";
}

def Piuma_EnterPhaseOp : Piuma_Op<"enter_phase", [MemoryEffects<[MemWrite]>]> {
  let summary = "tells the report what the block is at";
  let description = [{
    From here on the time of this block is that phase's. Costs nothing.

    Example:

    ```mlir
    func.func @enter_phase() {
      piuma.enter_phase hashing
      return
    }
    ```
  }];
  let arguments = (ins Piuma_PhaseAttr:$phase);
  let assemblyFormat = "`` $phase attr-dict";
}

include "Piuma/IR/PiumaEngineOps.td"

#endif // PIUMA_IR_PIUMAOPS_TD
