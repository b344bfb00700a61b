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
    What was to be zeroed is filled by the DMA engine.

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
    passes on is read through the caches, whose lines bring its neighbours.

    ```mlir
    // before
    %v = piuma.load %operand[%i] uncached : memref<?xf64>, f64
    // after
    %v = piuma.load %operand[%i] cached : memref<?xf64>, f64
    ```
  }];
  let statistics = [Statistic<"numCached", "cached", "loads made cached">];
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
