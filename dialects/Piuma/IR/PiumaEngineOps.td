//===- PiumaEngineOps.td - requests to the engines of a core -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Included by PiumaOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_IR_PIUMAENGINEOPS_TD
#define PIUMA_IR_PIUMAENGINEOPS_TD

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
    read and written, never a cache. The thread's own stores are done before the
    request starts. Costs `dma_setup_cycles`, and moves `dma_accesses_in_flight`
    times 8 bytes a memory latency at most; an access every `dma_access_cycles`,
    of `dma_piece_bytes` where neither has strides, else of an element.

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

#endif // PIUMA_IR_PIUMAENGINEOPS_TD
