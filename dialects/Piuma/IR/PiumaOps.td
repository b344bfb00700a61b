//===- PiumaOps.td - programs for a PIUMA-like machine -*- tablegen -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_IR_PIUMAOPS_TD
#define PIUMA_IR_PIUMAOPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Piuma_Dialect : Dialect {
  let name = "piuma";
  let cppNamespace = "::smash::piuma";
  let summary = "programs for a PIUMA-like graph processor";
  let description = [{
    A machine of cores. A core has multi-threaded pipelines, whose threads take
    turns at every cycle, and single-threaded ones; a scratchpad; a memory
    channel; and engines that copy, gather and scatter on their own. All
    memory is one address space, and every core reaches all of it. Caches are
    not coherent: each access says whether it goes through one.

    A program starts on a single-threaded pipeline of core 0. `piuma.launch`
    runs its body on the cores, once a block; `piuma.spawn` in it starts threads
    on the pipelines of the block's core and waits for them. Numbers of the
    machine (`dialects/Piuma/TargetModel`) are stated, not Intel's: see there
    for the source of each.

    A buffer without a memory space may lie anywhere; `#piuma.space<scratchpad>`
    says that it lies in the scratchpad of the core that uses it.

    What is ordered. Two accesses of an element from different threads, one of
    which writes, must be ordered, or be atomics, or be an atomic and an
    uncached load; else the program is wrong. Ordered are: what stands before
    and in a launch or a spawn, and what stands in and behind it; the blocks of
    one core; what threads do before and behind a `piuma.barrier` or
    `piuma.reduce` that both pass; a push and the pop of its element; a request
    to the DMA engine between its start and its wait; and what a thread did
    before a `piuma.compare_exchange` or `piuma.atomic exchange` and what
    another one does after it saw what that stored, in such an op or in an
    uncached load. Other atomics order nothing but themselves.

    Caches belong to pipelines, know nothing of each other, and are left alone
    by launches, spawns and barriers. A cached store may stay in its cache until
    `piuma.flush`, whatever else may write it back earlier; a cached load may
    give what an element was when the pipeline last read its line, until
    `piuma.invalidate`. Everything else, the engines included, works on memory.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    /// The version of the dialect that is written into bytecode.
    static constexpr uint64_t kBytecodeVersion = 1;

    /// Registers the attributes; called once, by the constructor.
    void registerAttributes();
  }];
}

class Piuma_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::smash::piuma";
  let genSpecializedAttr = 0;
}
class Piuma_EnumAttr<EnumAttrInfo info, string mnemonic>
    : EnumAttr<Piuma_Dialect, info, mnemonic>;

//===----------------------------------------------------------------------===//
// Attributes and types
//===----------------------------------------------------------------------===//

def Piuma_Space : Piuma_Enum<"Space", "where a buffer lies", [
  I32EnumAttrCase<"Dram", 0, "dram">,
  I32EnumAttrCase<"Scratchpad", 1, "scratchpad">
]>;
def Piuma_SpaceAttr : Piuma_EnumAttr<Piuma_Space, "space"> {
  let assemblyFormat = "`<` $value `>`";
}

def Piuma_Pipeline : Piuma_Enum<"Pipeline", "what threads run on", [
  I32EnumAttrCase<"Multi", 0, "multi">, I32EnumAttrCase<"Single", 1, "single">
]>;
def Piuma_PipelineAttr : Piuma_EnumAttr<Piuma_Pipeline, "pipeline">;

def Piuma_Caching : Piuma_Enum<"Caching",
    "whether an access goes through a cache", [
  I32EnumAttrCase<"Uncached", 0, "uncached">,
  I32EnumAttrCase<"Cached", 1, "cached">
]>;
def Piuma_CachingAttr : Piuma_EnumAttr<Piuma_Caching, "caching">;

// The values are those of piuma_rt_operation (include/smash/Runtime/Piuma.h).
def Piuma_AtomicKind : Piuma_Enum<"AtomicKind", "what an atomic does", [
  I32EnumAttrCase<"Add", 0, "add">, I32EnumAttrCase<"Min", 1, "min">,
  I32EnumAttrCase<"Max", 2, "max">, I32EnumAttrCase<"And", 3, "and">,
  I32EnumAttrCase<"Or", 4, "or">, I32EnumAttrCase<"Xor", 5, "xor">,
  I32EnumAttrCase<"Exchange", 6, "exchange">
]>;
def Piuma_AtomicKindAttr : Piuma_EnumAttr<Piuma_AtomicKind, "atomic_kind">;

// The values are those of piuma_rt_purpose.
def Piuma_Purpose : Piuma_Enum<"Purpose", "what a buffer is for", [
  I32EnumAttrCase<"Metadata", 0, "metadata">, I32EnumAttrCase<"A", 1, "a">,
  I32EnumAttrCase<"B", 2, "b">, I32EnumAttrCase<"C", 3, "c">,
  I32EnumAttrCase<"Partial", 4, "partial">
]>;
def Piuma_PurposeAttr : Piuma_EnumAttr<Piuma_Purpose, "purpose">;

// The values are those of piuma_rt_event.
def Piuma_Event : Piuma_Enum<"Event", "what a report counts", [
  I32EnumAttrCase<"Product", 0, "product">,
  I32EnumAttrCase<"Probe", 1, "probe">,
  I32EnumAttrCase<"Window", 2, "window">,
  I32EnumAttrCase<"LargeRow", 3, "large_row">
]>;
def Piuma_EventAttr : Piuma_EnumAttr<Piuma_Event, "event">;

// The values are those of piuma_rt_phase_kind.
def Piuma_Phase : Piuma_Enum<"Phase", "what a block is at", [
  I32EnumAttrCase<"Other", 0, "other">,
  I32EnumAttrCase<"Distribution", 1, "distribution">,
  I32EnumAttrCase<"Hashing", 2, "hashing">,
  I32EnumAttrCase<"Writeback", 3, "writeback">
]>;
def Piuma_PhaseAttr : Piuma_EnumAttr<Piuma_Phase, "phase">;

def Piuma_TargetAttr : AttrDef<Piuma_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "the machine that a program is made for";
  let description = [{
    A named target, and the numbers in which the machine differs from it; on the
    module as `piuma.target`. Names and numbers are those of the target model;
    an unknown one, or one out of range, is an error.

    Example:

    ```mlir
    module attributes {piuma.target = #piuma.target<"piuma-1core",
        {dram_ns = 200 : i64}>} {}
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name,
                        OptionalParameter<"::mlir::DictionaryAttr">:$changes);
  let assemblyFormat = "`<` $name (`,` $changes^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The numbers: those of the named target, changed.
    ::smash::piuma::TargetModel getModel();
    /// The attribute for `model`.
    static TargetAttr get(::mlir::MLIRContext *context,
                          const ::smash::piuma::TargetModel &model);
  }];
}

def Piuma_TokenType : TypeDef<Piuma_Dialect, "Token"> {
  let mnemonic = "token";
  let summary = "a request to an engine that may not be done";
  let description = [{
    Made by the ops of the DMA engine, and awaited by `piuma.wait`, by the
    thread that made it.

    ```mlir
    !piuma.token
    ```
  }];
}

def Piuma_QueueType : TypeDef<Piuma_Dialect, "Queue"> {
  let mnemonic = "queue";
  let summary = "a queue that an engine keeps in a buffer";
  let description = [{
    Made by `piuma.queue_create`. Elements are numbers of 4 or 8 bytes.

    ```mlir
    !piuma.queue<i64>
    ```
  }];
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

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
    Not inside another launch.

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
    inside another spawn.

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
    `meet` have barriers or reductions.

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
    at run time; so are more threads than the pipelines have. Costs
    `barrier_cycles` after the last arrival.

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
    of all cores by `interleave_bytes`. When memory runs out, the error is
    recorded as `piuma.fail` would, `ok` is false, and the buffer is empty and
    may be freed. Without `zeroed` the content is undefined: what is read before
    it is written must not matter. No cache has any of it. `purpose` is what a
    report calls the traffic. Costs nothing.

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
    or moves; caches forget it. Costs nothing.

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
    does not divide by the size of an element. Costs nothing.

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
// The DMA engine
//===----------------------------------------------------------------------===//

def Piuma_DmaCopyOp : Piuma_Op<"dma_copy", [
    AttrSizedOperandSegments, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "copies elements in the background";
  let description = [{
    destination[to + i * toStride] = source[from + i * fromStride] for i in
    [0, `count`), or combines the two by `combine`. Strides are 1 when left out.

    Guaranteed: done when `piuma.wait` of the token returns; a combination of
    4 or 8 bytes is one step, as a `piuma.atomic` is. Not guaranteed: any order
    of the elements or of requests before that. Source and destination must not
    overlap; until the wait nobody may write the source, nor access the
    destination, save that requests and atomics may combine into it. Memory is
    read and written, never a cache. Costs `dma_setup_cycles`, and
    moves `dma_accesses_in_flight` times 8 bytes a memory latency at most.

    Example:

    ```mlir
    func.func @dma_copy(%from: memref<?xf64>, %to: memref<?xf64>, %i: index,
        %n: index, %s: index) {
      %t = piuma.dma_copy %from[%i], %to[%i] count(%n)
        : memref<?xf64>, memref<?xf64>
      %u = piuma.dma_copy %from[%i], %to[%i] count(%n) strides(%s, %s)
        combine(add) : memref<?xf64>, memref<?xf64>
      piuma.wait %t, %u
      return
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$source, Index:$from,
    Piuma_Buffer:$destination, Index:$to, Index:$count,
    Optional<Index>:$fromStride, Optional<Index>:$toStride,
    OptionalAttr<Piuma_AtomicKindAttr>:$combine);
  let results = (outs Piuma_TokenType:$token);
  let assemblyFormat = [{
    $source `[` $from `]` `,` $destination `[` $to `]` `count` `(` $count `)`
    (`strides` `(` $fromStride^ `,` $toStride `)`)?
    (`combine` `(` `` $combine^ `)`)? attr-dict
    `:` type($source) `,` type($destination)
  }];
  let hasVerifier = 1;
}

class Piuma_DmaIndexedOp<string mnemonic> : Piuma_Op<mnemonic, [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let arguments = (ins Piuma_Buffer:$source, Piuma_IntegerBuffer:$indices,
    Index:$first, Piuma_Buffer:$destination, Index:$at, Index:$count,
    OptionalAttr<Piuma_AtomicKindAttr>:$combine);
  let results = (outs Piuma_TokenType:$token);
  let hasVerifier = 1;
}

def Piuma_DmaGatherOp : Piuma_DmaIndexedOp<"dma_gather"> {
  let summary = "collects elements in the background";
  let description = [{
    destination[at + i] = source[indices[first + i]] for i in [0, `count`), or
    combines the two. Indices are unsigned. Guarantees and costs as
    `piuma.dma_copy`; an access an element, and those of the indices.

    Example:

    ```mlir
    func.func @dma_gather(%from: memref<?xf64>, %ix: memref<?xi32>,
        %to: memref<?xf64>, %i: index, %n: index) {
      %t = piuma.dma_gather %from[%ix[%i]], %to[%i] count(%n)
        : memref<?xf64>, memref<?xi32>, memref<?xf64>
      piuma.wait %t
      return
    }
    ```
  }];
  let assemblyFormat = [{
    $source `[` $indices `[` $first `]` `]` `,` $destination `[` $at `]`
    `count` `(` $count `)` (`combine` `(` `` $combine^ `)`)? attr-dict
    `:` type($source) `,` type($indices) `,` type($destination)
  }];
}

def Piuma_DmaScatterOp : Piuma_DmaIndexedOp<"dma_scatter"> {
  let summary = "spreads elements in the background";
  let description = [{
    destination[indices[first + i]] = source[at + i] for i in [0, `count`), or
    combines the two; then indices may repeat. Indices are unsigned. Guarantees
    and costs as `piuma.dma_copy`.

    Example:

    ```mlir
    func.func @dma_scatter(%from: memref<?xf64>, %ix: memref<?xi32>,
        %to: memref<?xf64>, %i: index, %n: index) {
      %t = piuma.dma_scatter %from[%i], %to[%ix[%i]] count(%n) combine(add)
        : memref<?xf64>, memref<?xi32>, memref<?xf64>
      piuma.wait %t
      return
    }
    ```
  }];
  let assemblyFormat = [{
    $source `[` $at `]` `,` $destination `[` $indices `[` $first `]` `]`
    `count` `(` $count `)` (`combine` `(` `` $combine^ `)`)? attr-dict
    `:` type($source) `,` type($indices) `,` type($destination)
  }];
}

def Piuma_DmaFillOp : Piuma_Op<"dma_fill", [MemoryEffects<[MemWrite]>,
    Piuma_ElementOf<"value", "destination">]> {
  let summary = "fills elements in the background";
  let description = [{
    destination[to + i] = `value` for i in [0, `count`). Guarantees and costs as
    `piuma.dma_copy`, without reads. Elements of 1, 2, 4 or 8 bytes.

    Example:

    ```mlir
    func.func @dma_fill(%to: memref<?xf64>, %i: index, %n: index, %v: f64) {
      %t = piuma.dma_fill %v, %to[%i] count(%n) : f64, memref<?xf64>
      piuma.wait %t
      return
    }
    ```
  }];
  let arguments = (ins AnyType:$value, Piuma_Buffer:$destination, Index:$to,
                       Index:$count);
  let results = (outs Piuma_TokenType:$token);
  let assemblyFormat = [{
    $value `,` $destination `[` $to `]` `count` `(` $count `)` attr-dict
    `:` type($value) `,` type($destination)
  }];
  let hasVerifier = 1;
}

def Piuma_WaitOp : Piuma_Op<"wait", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits for requests of the DMA engine";
  let description = [{
    Returns when the requests are done and what they wrote is there for this
    thread. A token is awaited once, by the thread that made it, before that
    ends. Costs an instruction, and the time that is left.

    Example: see `piuma.dma_copy`.
  }];
  let arguments = (ins Variadic<Piuma_TokenType>:$tokens);
  let assemblyFormat = "$tokens attr-dict";
}

def Piuma_DoneOp : Piuma_Op<"done", [Pure]> {
  let summary = "a token of nothing to wait for";
  let description = [{
    What a loop carries before its first iteration has made a request, or a
    branch yields that makes none. May be awaited by anyone, any number of times.
    Costs nothing.

    Example:

    ```mlir
    func.func @done(%from: memref<?xf64>, %to: memref<?xf64>, %n: index) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %none = piuma.done
      %last = scf.for %i = %c0 to %n step %c1 iter_args(%before = %none)
          -> (!piuma.token) {
        piuma.wait %before
        %t = piuma.dma_copy %from[%c0], %to[%c0] count(%i)
          : memref<?xf64>, memref<?xf64>
        scf.yield %t : !piuma.token
      }
      piuma.wait %last
      return
    }
    ```
  }];
  let results = (outs Piuma_TokenType:$token);
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// The queue engine
//===----------------------------------------------------------------------===//

class Piuma_QueueElement<string value> : TypesMatchWith<
    value # " has the element type of queue", "queue", value,
    "::llvm::cast<::smash::piuma::QueueType>($_self).getElementType()">;

def Piuma_QueueCreateOp : Piuma_Op<"queue_create", [Piuma_NamedResults,
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "hands a buffer to a queue engine";
  let description = [{
    An empty queue that the engine at the buffer's memory keeps in `memref`, of
    as many elements as that has, at most `queue_entries`; a buffer that is
    known to be longer is an error. The buffer is the engine's until
    `piuma.queue_destroy`: nobody else may access it, and it must not be freed.
    Any thread of any core may push and pop. Costs nothing.

    Example:

    ```mlir
    func.func @queue(%blocks: index, %n: index, %out: memref<?xi64>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : i64
      piuma.launch (%block) in (%blocks) {
        %m = piuma.scratchpad at 0 : memref<64xi64, #piuma.space<scratchpad>>
        %q = piuma.queue_create %m
          : memref<64xi64, #piuma.space<scratchpad>> -> !piuma.queue<i64>
        piuma.spawn (%thread) in (%n) on multi {
          %room = piuma.queue_push %q, %c1 : !piuma.queue<i64>
          %v, %any = piuma.queue_pop %q : !piuma.queue<i64>
          scf.if %any {
            piuma.atomic add %out[%c0], %v : memref<?xi64>, i64
          }
        }
        piuma.queue_destroy %q : !piuma.queue<i64>
      }
      return
    }
    ```
  }];
  let arguments = (ins Piuma_Buffer:$memref);
  let results = (outs Piuma_QueueType:$queue);
  let assemblyFormat = "$memref attr-dict `:` type($memref) `->` type($queue)";
  let hasVerifier = 1;
}

def Piuma_QueuePushOp : Piuma_Op<"queue_push", [Piuma_NamedResults,
    MemoryEffects<[MemRead, MemWrite]>, Piuma_QueueElement<"value">]> {
  let summary = "appends to a queue, if there is room";
  let description = [{
    `pushed` says whether there was room; where there was none, nothing
    happened. Never waits for room. The thread goes on when the engine has
    answered.

    Guaranteed: pushes and pops of a queue happen one after the other, and
    elements leave in the order in which they came. What the thread stored
    before is there for the thread that pops the element. Not guaranteed: which
    of two threads is first. Costs what a returning `piuma.atomic` of the
    buffer's first element does, where the engine keeps its cursors:
    `atomic_cycles` at that bank, and the way there.

    Example: see `piuma.queue_create`.
  }];
  let arguments = (ins Piuma_QueueType:$queue, AnyType:$value);
  let results = (outs I1:$pushed);
  let assemblyFormat = "$queue `,` $value attr-dict `:` type($queue)";
}

def Piuma_QueuePopOp : Piuma_Op<"queue_pop", [Piuma_NamedResults,
    MemoryEffects<[MemRead, MemWrite]>, Piuma_QueueElement<"value">]> {
  let summary = "takes the oldest element of a queue, if there is one";
  let description = [{
    `popped` says whether there was an element; where there was none, `value` is
    0. Never waits for one: a loop that does must know who will push. Guarantees
    and costs as `piuma.queue_push`; each element is popped once.

    Example: see `piuma.queue_create`.
  }];
  let arguments = (ins Piuma_QueueType:$queue);
  let results = (outs AnyType:$value, I1:$popped);
  let assemblyFormat = "$queue attr-dict `:` type($queue)";
}

def Piuma_QueueDestroyOp : Piuma_Op<"queue_destroy",
    [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "takes a buffer back from a queue engine";
  let description = [{
    What was not popped is lost, and the buffer's content is undefined. No push
    or pop may be under way or follow. Costs nothing.

    Example: see `piuma.queue_create`.
  }];
  let arguments = (ins Piuma_QueueType:$queue);
  let assemblyFormat = "$queue attr-dict `:` type($queue)";
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
    func.func @place() {
      piuma.place "barrier at program.mlir:3"
      piuma.barrier
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

#endif // PIUMA_IR_PIUMAOPS_TD
