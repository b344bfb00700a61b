// RUN: smash-opt %s --piuma-carry-waits | FileCheck %s

// A window is written back while the next one is hashed: the loop carries the
// token, and waits where threads touch again what is copied from.
// CHECK-LABEL: func @windows(
// CHECK:         piuma.launch
// CHECK:           %[[TABLE:.*]] = piuma.scratchpad at 0
// CHECK:           %[[STAGED:.*]] = piuma.scratchpad at 512
// CHECK:           %[[NONE:.*]] = piuma.done
// CHECK:           %[[LAST:.*]] = scf.for {{.*}} iter_args(%[[BEFORE:.*]] = %[[NONE]]) -> (!piuma.token) {
// CHECK-NEXT:        piuma.spawn
// CHECK-NEXT:          piuma.atomic add %[[TABLE]]
// CHECK:             piuma.wait %[[BEFORE]]
// CHECK-NEXT:        piuma.spawn
// CHECK:               piuma.store %{{.*}}, %[[STAGED]]
// CHECK:             %[[T:.*]] = piuma.dma_copy
// CHECK-NEXT:        scf.yield %[[T]] : !piuma.token
// CHECK-NEXT:      }
// CHECK-NEXT:      piuma.wait %[[LAST]]
func.func @windows(%c: memref<?xi64>, %n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  piuma.launch (%b) in (%c1) {
    %table = piuma.scratchpad at 0 : memref<64xi64, #piuma.space<scratchpad>>
    %part = piuma.scratchpad at 512 : memref<64xi64, #piuma.space<scratchpad>>
    %sized = memref.cast %part : memref<64xi64, #piuma.space<scratchpad>>
      to memref<?xi64, #piuma.space<scratchpad>>
    scf.for %i = %c0 to %n step %c64 {
      piuma.spawn (%t) in (%c64) on multi {
        piuma.atomic add %table[%t], %v
          : memref<64xi64, #piuma.space<scratchpad>>, i64
        piuma.barrier
      }
      piuma.spawn (%t) in (%c64) on multi {
        %x = piuma.load %table[%t] uncached
          : memref<64xi64, #piuma.space<scratchpad>>, i64
        piuma.store %x, %part[%t] uncached
          : i64, memref<64xi64, #piuma.space<scratchpad>>
      }
      %copy = piuma.dma_copy %sized[%c0], %c[%i] count(%c64)
        : memref<?xi64, #piuma.space<scratchpad>>, memref<?xi64>
      piuma.wait %copy
    }
  }
  return
}

// Out of a branch, around a loop that does not count, and into the branches of
// the next iteration: once on every way.
// CHECK-LABEL: func @branches(
// CHECK:           %[[NONE:.*]] = piuma.done
// CHECK:           %[[LOOP:.*]]:2 = scf.while (%{{.*}} = %{{.*}}, %[[A:.*]] = %[[NONE]])
// CHECK:             scf.condition(%{{.*}}) %{{.*}}, %[[A]] : index, !piuma.token
// CHECK:           ^bb0(%{{.*}}: index, %[[BEFORE:.*]]: !piuma.token):
// CHECK:             %[[MADE:.*]] = scf.if
// CHECK-NEXT:          piuma.spawn
// CHECK:               piuma.wait %[[BEFORE]]
// CHECK-NEXT:          piuma.store
// CHECK-NEXT:          %[[T:.*]] = piuma.dma_copy
// CHECK-NEXT:          scf.yield %[[T]] : !piuma.token
// CHECK-NEXT:        } else {
// CHECK-NEXT:          piuma.spawn
// CHECK:               %[[D:.*]] = piuma.done
// CHECK-NEXT:          piuma.wait %[[BEFORE]]
// CHECK-NEXT:          scf.yield %[[D]] : !piuma.token
// CHECK-NEXT:        }
// CHECK:             scf.yield %{{.*}}, %[[MADE]] : index, !piuma.token
// CHECK:           piuma.wait %[[LOOP]]#1
func.func @branches(%c: memref<?xi64>, %n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  piuma.launch (%b) in (%c1) {
    %part = piuma.scratchpad at 0 : memref<64xi64, #piuma.space<scratchpad>>
    %end = scf.while (%i = %c0) : (index) -> index {
      %more = arith.cmpi slt, %i, %n : index
      scf.condition(%more) %i : index
    } do {
    ^bb0(%i: index):
      %small = arith.cmpi slt, %i, %c64 : index
      scf.if %small {
        piuma.spawn (%t) in (%c64) on multi {
          piuma.count product
        }
        piuma.store %v, %part[%c0] uncached
          : i64, memref<64xi64, #piuma.space<scratchpad>>
        %copy = piuma.dma_copy %part[%c0], %c[%i] count(%c64)
          : memref<64xi64, #piuma.space<scratchpad>>, memref<?xi64>
        piuma.wait %copy
      } else {
        piuma.spawn (%t) in (%c64) on multi {
          piuma.count product
        }
      }
      %next = arith.addi %i, %c1 : index
      scf.yield %next : index
    }
  }
  return
}

// What stays: nothing to do meanwhile; an atomic of memory, which may tell
// another block; threads that read what is copied; a wait of a thread.
// CHECK-LABEL: func @stay(
// CHECK:         %[[A:.*]] = piuma.dma_fill
// CHECK-NEXT:    piuma.wait %[[A]]
// CHECK-NEXT:    piuma.load
// CHECK:         %[[B:.*]] = piuma.dma_fill
// CHECK-NEXT:    piuma.wait %[[B]]
// CHECK-NEXT:    piuma.spawn
// CHECK-NEXT:      piuma.atomic
// CHECK:         %[[C:.*]] = piuma.dma_fill
// CHECK-NEXT:    piuma.wait %[[C]]
// CHECK-NEXT:    piuma.spawn
// CHECK:           piuma.load
// CHECK:           %[[D:.*]] = piuma.dma_fill
// CHECK-NEXT:      piuma.wait %[[D]]
func.func @stay(%c: memref<?xi64>, %n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  piuma.launch (%b) in (%c1) {
    %p = piuma.scratchpad at 0 : memref<64xi64, #piuma.space<scratchpad>>
    %q = piuma.scratchpad at 512 : memref<64xi64, #piuma.space<scratchpad>>
    %t0 = piuma.dma_fill %v, %p[%c0] count(%n)
      : i64, memref<64xi64, #piuma.space<scratchpad>>
    piuma.wait %t0
    %x = piuma.load %q[%c0] uncached
      : memref<64xi64, #piuma.space<scratchpad>>, i64
    piuma.store %x, %p[%c0] uncached
      : i64, memref<64xi64, #piuma.space<scratchpad>>
    %t1 = piuma.dma_fill %v, %p[%c0] count(%n)
      : i64, memref<64xi64, #piuma.space<scratchpad>>
    piuma.wait %t1
    piuma.spawn (%t) in (%n) on multi {
      piuma.atomic add %c[%t], %v : memref<?xi64>, i64
    }
    %t2 = piuma.dma_fill %v, %p[%c0] count(%n)
      : i64, memref<64xi64, #piuma.space<scratchpad>>
    piuma.wait %t2
    piuma.spawn (%t) in (%n) on multi {
      %y = piuma.load %p[%t] uncached
        : memref<64xi64, #piuma.space<scratchpad>>, i64
      piuma.store %y, %q[%t] uncached
        : i64, memref<64xi64, #piuma.space<scratchpad>>
      %t3 = piuma.dma_fill %v, %c[%t] count(%n) : i64, memref<?xi64>
      piuma.wait %t3
    }
  }
  return
}
