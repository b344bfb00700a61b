//===- Passes.td - passes of the piuma dialect -*- tablegen -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_TRANSFORMS_PASSES_TD
#define PIUMA_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def SetTarget : Pass<"piuma-set-target", "::mlir::ModuleOp"> {
  let summary = "say what machine a program is made for";
  let description = [{
    Sets `piuma.target` on the module, unless it has one: a named target, or a
    JSON file (a name that ends in `.json`).

    ```mlir
    // before
    module {}
    // after piuma-set-target{target=piuma-8core}
    module attributes {piuma.target = #piuma.target<"piuma-8core">} {}
    ```
  }];
  let options = [Option<"target", "target", "std::string", "\"piuma-1core\"",
                        "a named target, or a JSON file">];
  let dependentDialects = ["::smash::piuma::PiumaDialect"];
}

def PromoteScratchpad : Pass<"piuma-promote-scratchpad", "::mlir::ModuleOp"> {
  let summary = "lay out a block's buffers in its core's scratchpad";
  let description = [{
    A buffer that a block allocates for itself, of a size that is known, becomes
    a part of the scratchpad. Buffers get offsets in the order in which they are
    allocated; one that does not fit any more stays in memory, with a remark.
    What was to be zeroed is filled by the DMA engine. Where a buffer was freed,
    its part is released.

    ```mlir
    // before
    piuma.launch (%b) in (%n) {
      %m, %ok = piuma.alloc(%c1024) for partial : memref<?xi64>
      ...
      piuma.free %m : memref<?xi64>
    }
    // after
    piuma.launch (%b) in (%n) {
      %s = piuma.scratchpad at 0 : memref<1024xi64, #piuma.space<scratchpad>>
      ...
      piuma.release %s : memref<1024xi64, #piuma.space<scratchpad>>
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"
  ];
  let statistics = [
    Statistic<"numPromoted", "promoted", "buffers laid out">,
    Statistic<"numBytes", "bytes", "bytes laid out">
  ];
}

def SelectCaching : Pass<"piuma-select-caching", "::mlir::ModuleOp"> {
  let summary = "choose the accesses that go through caches";
  let description = [{
    Caches are not coherent, so what is read through one must not be written
    meanwhile. A buffer that a program takes and never writes, gives away or
    passes on is read through the caches, whose lines bring its neighbours. So
    is, in the loops of a launch's threads, one that was made before and that
    nothing in the launch writes: each thread first drops what its pipeline's
    cache has of it, which may be from before it was written.

    ```mlir
    // before
    piuma.launch (%b) in (%n) {
      piuma.spawn (%t) in (%c64) on multi {
        scf.for %i = %t to %n step %c64 {
          %v = piuma.load %operand[%i] uncached : memref<?xf64>, f64
          %w = piuma.load %made[%i] uncached : memref<?xf64>, f64
          ...
    // after
    piuma.launch (%b) in (%n) {
      piuma.spawn (%t) in (%c64) on multi {
        piuma.invalidate %made : memref<?xf64>
        scf.for %i = %t to %n step %c64 {
          %v = piuma.load %operand[%i] cached : memref<?xf64>, f64
          %w = piuma.load %made[%i] cached : memref<?xf64>, f64
          ...
    ```
  }];
  let statistics = [
    Statistic<"numCached", "cached", "loads made cached">,
    Statistic<"numInvalidates", "invalidates", "invalidates put in">
  ];
}

def StageReads : Pass<"piuma-stage-reads", "::mlir::ModuleOp"> {
  let summary = "long runs of elements come by the DMA engine";
  let description = [{
    A loop of a thread that reads one element after the other, of buffers that
    nothing in the launch writes, has them brought to the scratchpad by the DMA
    engine, 32 elements at a time, in two halves for each thread: one is used
    while the other one is filled. Loops of fewer iterations stay as they are,
    and so does everything on a target whose caches have two lines or more for
    each thread of a pipeline: there a line that comes with a load costs less
    than a request. docs/experiments/smash.md has what it is worth with caches
    of 1 KiB.

    ```mlir
    // before
    scf.for %i = %lo to %hi step %c1 {
      %v = piuma.load %m[%i] cached : memref<?xf64>, f64
      ...
    }
    // after
    scf.if %long {
      %first = piuma.dma_copy %m[%lo], %part[%mine] count(%c32) : ...
      %last:2 = scf.for %j = %lo to %hi step %c32
          iter_args(%half = %c0, %here = %first) {
        %next = piuma.dma_copy %m[%j32], %part[%other] count(%left) : ...
        piuma.wait %here
        scf.for %i = %j to %end step %c1 {
          %v = piuma.load %part[%at] uncached : memref<?xf64>, f64
          ...
        }
        scf.yield %otherHalf, %next : index, !piuma.token
      }
      piuma.wait %last#1
    } else {
      // as before
    }
    ```
  }];
  let statistics = [Statistic<"numStaged", "staged", "loads staged">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect"
  ];
}

def DelayWaits : Pass<"piuma-delay-waits", "::mlir::ModuleOp"> {
  let summary = "await requests of the DMA engine where their data are needed";
  let description = [{
    Moves each `piuma.wait` down to the first op of its block that may touch what
    the request writes, or write what it reads, that orders threads (an atomic, a
    barrier, a queue), or that ends the block. Until then the thread goes on, and
    makes further requests: set-ups and latencies overlap, and threads work while
    a result is written back.

    ```mlir
    // before
    %t = piuma.dma_copy %from[%c0], %to[%c0] count(%n) : ...
    piuma.wait %t
    %u = piuma.dma_fill %zero, %table[%c0] count(%m) : ...
    piuma.wait %u
    // after
    %t = piuma.dma_copy %from[%c0], %to[%c0] count(%n) : ...
    %u = piuma.dma_fill %zero, %table[%c0] count(%m) : ...
    piuma.wait %t
    piuma.wait %u
    ```
  }];
  let statistics = [Statistic<"numDelayed", "delayed", "waits moved">];
}

def CarryWaits : Pass<"piuma-carry-waits", "::mlir::ModuleOp"> {
  let summary = "await a block's requests while its threads do the next work";
  let description = [{
    Moves each wait of the thread that runs a launch past spawns whose threads do
    not touch what the request moves, out of branches, and into the next
    iteration of the loop around it, which carries the token. So a window is
    written back while the next one is hashed: its table and what is written from
    are the two buffers. A wait stands once on every way, and stays where no spawn
    would be passed, or where nothing is moved to or from a scratchpad.

    Threads of a block only meet each other in its scratchpad, so that atomics
    there are accesses like others; an atomic of memory, which may tell another
    block that the data are there, stops a wait.

    ```mlir
    // before
    scf.for %i = %lo to %hi step %c1 {
      piuma.spawn (%t) in (%c64) on multi { /* uses %table */ }
      piuma.spawn (%t) in (%c64) on multi { /* from %table to %staged */ }
      %t = piuma.dma_copy %staged[%c0], %c[%i] count(%n) : ...
      piuma.wait %t
    }
    // after
    %none = piuma.done
    %last = scf.for %i = %lo to %hi step %c1 iter_args(%before = %none)
        -> (!piuma.token) {
      piuma.spawn (%t) in (%c64) on multi { /* uses %table */ }
      piuma.wait %before
      piuma.spawn (%t) in (%c64) on multi { /* from %table to %staged */ }
      %t = piuma.dma_copy %staged[%c0], %c[%i] count(%n) : ...
      scf.yield %t : !piuma.token
    }
    piuma.wait %last
    ```
  }];
  let statistics = [
    Statistic<"numMoved", "moved", "waits moved past spawns">,
    Statistic<"numCarried", "carried", "tokens that loops carry">
  ];
  let dependentDialects = ["::mlir::scf::SCFDialect"];
}

def UnrollLoops : Pass<"piuma-unroll-loops", "::mlir::ModuleOp"> {
  let summary = "several iterations of a thread's inner loops at once";
  let description = [{
    A thread issues every instruction of a loop itself: the sum, the comparison
    and the branch, and the addresses. Unrolls the loops of spawned threads that
    count by one and hold no loop that counts, `factor` times; what is left over
    runs one at a time. Indices that differ by a constant are written so: a
    constant offset is part of an access.

    ```mlir
    // before
    scf.for %i = %lo to %hi step %c1 {
      %v = piuma.load %m[%i] cached : memref<?xi64>, i64
      ...
    }
    // after
    scf.for %i = %lo to %middle step %c4 {
      %v = piuma.load %m[%i] cached : memref<?xi64>, i64
      ...
      %i1 = arith.addi %i, %c1 : index
      %v1 = piuma.load %m[%i1] cached : memref<?xi64>, i64
      ...
    }
    scf.for %i = %middle to %hi step %c1 {
      ...
    }
    ```
  }];
  let options = [
    Option<"factor", "factor", "int64_t", "4", "iterations at once, at least 2">,
    Option<"most", "most", "int64_t", "48",
           "operations of a loop that is unrolled, at most">
  ];
  let statistics = [Statistic<"numUnrolled", "unrolled", "loops unrolled">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"
  ];
}

def FuseSpawns : Pass<"piuma-fuse-spawns", "::mlir::ModuleOp"> {
  let summary = "a barrier instead of the end of threads and new ones";
  let description = [{
    A spawn that follows another one, of as many threads on the same pipelines,
    with nothing but arithmetic in between, is appended to it behind a barrier.
    Then removes the barriers that no one needs: where no phase before it touches
    what the phase behind it writes, or the other way round, and at the ends of
    a spawn, which are barriers themselves. Only for counts that are constant and
    that the target can run at once: the others could not meet.

    ```mlir
    // before
    piuma.spawn (%t) in (%c64) on multi {
      piuma.store %x, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c64) on multi {
      %y = piuma.load %m[%c0] uncached : memref<?xindex>, index
      ...
    }
    // after
    piuma.spawn (%t) in (%c64) on multi {
      piuma.store %x, %m[%t] uncached : index, memref<?xindex>
      piuma.barrier
      %y = piuma.load %m[%c0] uncached : memref<?xindex>, index
      ...
    }
    ```
  }];
  let statistics = [
    Statistic<"numFused", "fused", "spawns appended to others">,
    Statistic<"numRemoved", "removed", "barriers removed">
  ];
}

def MarkPlaces : Pass<"piuma-mark-places", "::mlir::ModuleOp"> {
  let summary = "tell the runtime where each operation stands";
  let description = [{
    Puts a `piuma.place` before each operation that the runtime may have
    something to say about: its name and its location. With `lines`, locations
    become the lines of the module as it is printed.

    ```mlir
    // before
    piuma.wait %t
    // after piuma-mark-places{lines=program}
    piuma.place "'piuma.wait' at program:1:1"
    piuma.wait %t
    ```
  }];
  let options = [Option<"lines", "lines", "std::string", "\"\"",
                        "what to call the printed module; empty: keep locations">];
}

def VerifySynchronization
    : Pass<"piuma-verify-synchronization", "::mlir::ModuleOp"> {
  let summary = "report what is surely not synchronised";
  let description = [{
    Changes nothing. An error, with a note at the other place, for
    - a request to the DMA engine that is never awaited, not on every way, again,
      or by another thread; an access to elements that a request moves before it
      is awaited, where both are known to meet; the end of a buffer before that;
    - a use of a buffer that was freed or resized, or of a part that was
      released;
    - a barrier or a reduction in a branch or a loop that depends on the thread's
      number;
    - a cached load of a buffer that the launch reads through caches, changes,
      and reads again, without an invalidate by the thread that does; a cached
      store to one that others read in the launch, without a flush.

    The last two take a buffer for one thing, as a program that keeps to it can
    be seen to be right. Everything else is reported only where it surely
    happens if the place is reached; what depends on values is found by checked
    runs (`smash simulate --functional --checking`).

    ```mlir
    // error: makes a request that is never awaited
    %t = piuma.dma_fill %v, %m[%c0] count(%n) : i64, memref<?xi64>
    return
    ```
  }];
  let statistics = [
    Statistic<"numRequests", "requests", "requests looked at">,
    Statistic<"numBarriers", "barriers", "barriers and reductions looked at">
  ];
}

def VerifyProgram : Pass<"piuma-verify-program", "::mlir::ModuleOp"> {
  let summary = "report what no machine can run";
  let description = [{
    Changes nothing. Looks at the module as a whole: a public function that
    nothing calls is called by the main thread, and a function runs where what
    calls it does. An error for
    - a launch that a block or a thread runs; a spawn that is run by the main
      thread or by a thread; a part of a scratchpad that the main thread takes
      or releases; a barrier or a reduction that the main thread or a block
      comes to;
    - a function that calls itself, by whatever way, or one that has no body or
      is not known: a thread's stack is small, and nothing guards its end;
    - an operation that is not of the dialect and allocates, frees, reads or
      writes: the machine knows no memory but what `piuma.alloc` and
      `piuma.scratchpad` give, and sees no access but those of the dialect.

    ```mlir
    // error: is no part of a piuma program
    %m = memref.alloca() : memref<20000xi64>
    // error: is run by the main thread
    func.func @main(%n: index) {
      piuma.spawn (%t) in (%n) on multi {
      }
      return
    }
    ```
  }];
  let statistics = [
    Statistic<"numFunctions", "functions", "functions that something runs">
  ];
}

def Outline : Pass<"piuma-outline", "::mlir::ModuleOp"> {
  let summary = "make functions of what launches and spawns run";
  let description = [{
    The last pass that knows the machine: the module loses `piuma.target`.

    ```mlir
    // before
    piuma.launch (%b) in (%n) {
      piuma.store %b, %m[%b] uncached : index, memref<?xindex>
    }
    // after
    piuma.call @f_block in (%n) (%m) : memref<?xindex>
    // and
    func.func private @f_block(%b: index, %m: memref<?xindex>) {
      piuma.store %b, %m[%b] uncached : index, memref<?xindex>
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

#endif // PIUMA_TRANSFORMS_PASSES_TD
