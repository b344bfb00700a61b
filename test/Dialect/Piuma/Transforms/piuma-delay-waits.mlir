// RUN: smash-opt %s --allow-unregistered-dialect --piuma-delay-waits \
// RUN:   | FileCheck %s

// Requests that do not meet are under way together; a wait stands where the
// block ends, or where what was copied is used.
// CHECK-LABEL: func @independent(
// CHECK:         %[[T:.*]] = piuma.dma_copy
// CHECK-NEXT:    %[[U:.*]] = piuma.dma_fill
// CHECK-NEXT:    piuma.wait %[[T]]
// CHECK-NEXT:    piuma.wait %[[U]]
// CHECK-NEXT:    return
func.func @independent(%n: index, %v: i64, %ok: i1) {
  %c0 = arith.constant 0 : index
  %a, %aok = piuma.alloc(%n) for c : memref<?xi64>
  %b, %bok = piuma.alloc(%n) for c : memref<?xi64>
  %c, %cok = piuma.alloc(%n) for c : memref<?xi64>
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  piuma.wait %t
  %u = piuma.dma_fill %v, %c[%c0] count(%n) : i64, memref<?xi64>
  piuma.wait %u
  return
}

// CHECK-LABEL: func @used(
// CHECK:         %[[T:.*]] = piuma.dma_copy
// CHECK-NEXT:    %[[V:.*]] = piuma.load
// CHECK-NEXT:    piuma.store %[[V]]
// CHECK-NEXT:    piuma.wait %[[T]]
// CHECK-NEXT:    piuma.load
func.func @used(%n: index) -> i64 {
  %c0 = arith.constant 0 : index
  %a, %aok = piuma.alloc(%n) for c : memref<?xi64>
  %b, %bok = piuma.alloc(%n) for c : memref<?xi64>
  %c, %cok = piuma.alloc(%n) for c : memref<?xi64>
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  piuma.wait %t
  %v = piuma.load %a[%c0] uncached : memref<?xi64>, i64
  piuma.store %v, %c[%c0] uncached : i64, memref<?xi64>
  %w = piuma.load %b[%c0] uncached : memref<?xi64>, i64
  return %w : i64
}

// What is read may not be written meanwhile, nor freed.
// CHECK-LABEL: func @overwritten(
// CHECK:         piuma.dma_copy
// CHECK-NEXT:    piuma.wait
// CHECK-NEXT:    piuma.store
// CHECK:         piuma.dma_copy
// CHECK-NEXT:    piuma.wait
// CHECK-NEXT:    piuma.free
func.func @overwritten(%n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %a, %aok = piuma.alloc(%n) for c : memref<?xi64>
  %b, %bok = piuma.alloc(%n) for c : memref<?xi64>
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  piuma.wait %t
  piuma.store %v, %a[%c0] uncached : i64, memref<?xi64>
  %u = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  piuma.wait %u
  piuma.free %a : memref<?xi64>
  return
}

// Two operands may be one buffer; parts of a scratchpad meet where they do.
// CHECK-LABEL: func @aliases(
// CHECK:         piuma.dma_copy
// CHECK-NEXT:    piuma.wait
// CHECK-NEXT:    piuma.store
// CHECK:         %[[T:.*]] = piuma.dma_fill
// CHECK-NEXT:    piuma.store
// CHECK-NEXT:    piuma.wait %[[T]]
// CHECK-NEXT:    piuma.store
func.func @aliases(%n: index, %v: i64, %a: memref<?xi64>, %b: memref<?xi64>,
                   %c: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  piuma.wait %t
  piuma.store %v, %c[%c0] uncached : i64, memref<?xi64>
  piuma.launch (%block) in (%c1) {
    %p = piuma.scratchpad at 0 : memref<8xi64, #piuma.space<scratchpad>>
    %q = piuma.scratchpad at 64 : memref<8xi64, #piuma.space<scratchpad>>
    %r = piuma.scratchpad at 32 : memref<8xi64, #piuma.space<scratchpad>>
    %u = piuma.dma_fill %v, %p[%c0] count(%n)
      : i64, memref<8xi64, #piuma.space<scratchpad>>
    piuma.wait %u
    piuma.store %v, %q[%c0] uncached : i64, memref<8xi64, #piuma.space<scratchpad>>
    piuma.store %v, %r[%c0] uncached : i64, memref<8xi64, #piuma.space<scratchpad>>
  }
  return
}

// An atomic may tell others that the copy is there.
// CHECK-LABEL: func @published(
// CHECK:         piuma.dma_copy
// CHECK-NEXT:    piuma.wait
// CHECK-NEXT:    piuma.atomic
func.func @published(%n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %a, %aok = piuma.alloc(%n) for c : memref<?xi64>
  %b, %bok = piuma.alloc(%n) for c : memref<?xi64>
  %flag, %fok = piuma.alloc(%n) zeroed for c : memref<?xi64>
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  piuma.wait %t
  piuma.atomic add %flag[%c0], %v : memref<?xi64>, i64
  return
}

// Threads that do something else work while the copy is made.
// CHECK-LABEL: func @threads(
// CHECK:         %[[T:.*]] = piuma.dma_copy
// CHECK-NEXT:    piuma.spawn
// CHECK:           piuma.store
// CHECK-NEXT:    }
// CHECK-NEXT:    piuma.wait %[[T]]
// CHECK-NEXT:    piuma.spawn
func.func @threads(%n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  piuma.launch (%block) in (%c1) {
    %a, %aok = piuma.alloc(%n) for c : memref<?xi64>
    %b, %bok = piuma.alloc(%n) for c : memref<?xi64>
    %c, %cok = piuma.alloc(%n) for c : memref<?xi64>
    %t = piuma.dma_copy %a[%c0], %b[%c0] count(%n)
      : memref<?xi64>, memref<?xi64>
    piuma.wait %t
    piuma.spawn (%thread) in (%n) on multi {
      piuma.store %v, %c[%thread] uncached : i64, memref<?xi64>
    }
    piuma.spawn (%thread) in (%n) on multi {
      piuma.store %v, %b[%thread] uncached : i64, memref<?xi64>
    }
  }
  return
}

// A block without an end is left as it is.
// CHECK-LABEL: module @outside
// CHECK: %[[T:.*]] = piuma.dma_fill
// CHECK-NEXT: piuma.wait %[[T]]
// CHECK-NEXT: "test.after"
module @outside {
  %n = "test.make"() : () -> index
  %v = "test.make"() : () -> i64
  %m, %ok = piuma.alloc(%n) for partial : memref<?xi64>
  %t = piuma.dma_fill %v, %m[%n] count(%n) : i64, memref<?xi64>
  piuma.wait %t
  "test.after"() : () -> ()
}
