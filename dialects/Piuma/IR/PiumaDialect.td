//===- PiumaDialect.td - the dialect, its attributes and types -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_IR_PIUMADIALECT_TD
#define PIUMA_IR_PIUMADIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

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
    which writes, must be ordered, or be atomics, or be an uncached load and a
    `piuma.compare_exchange` or `piuma.atomic exchange`; else the program is
    wrong: what a load gives of a sum under way depends on time. Ordered are:
    what stands before and in a launch or a spawn, and what stands in and behind
    it; the blocks of one core; what threads do before and behind a
    `piuma.barrier` or `piuma.reduce` that both pass; a push and the pop of its
    element; a request to the DMA engine between its start and its wait; and
    what a thread did before a `piuma.compare_exchange` or `piuma.atomic
    exchange` and what another one does after it saw what that stored, in such
    an op or in an uncached load. Other atomics order nothing but themselves.

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

#endif // PIUMA_IR_PIUMADIALECT_TD
