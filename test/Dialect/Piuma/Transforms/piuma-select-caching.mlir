// RUN: smash-opt %s --piuma-select-caching | FileCheck %s

// An operand that is only read is read through the caches, wherever.
// CHECK-LABEL: func @operand(
// CHECK:         piuma.load %{{.*}} cached : memref<?xf64>, f64
// CHECK:         piuma.store %{{.*}} uncached
// CHECK:         piuma.load %{{.*}} uncached : memref<?xi64>, i64
func.func @operand(%n: index, %a: memref<?xf64>, %c: memref<?xf64>,
                   %both: memref<?xi64>) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      %v = piuma.load %a[%t] uncached : memref<?xf64>, f64
      piuma.store %v, %c[%t] uncached : f64, memref<?xf64>
      // It is written, too.
      %w = piuma.load %both[%t] uncached : memref<?xi64>, i64
      piuma.atomic add %both[%t], %w : memref<?xi64>, i64
    }
  }
  return
}

// What goes to a function may be written there, and what a private function
// takes by its caller.
// CHECK-LABEL: func @passed(
// CHECK:         piuma.load %{{.*}} uncached
func.func @passed(%a: memref<?xf64>, %i: index) -> f64 {
  func.call @private(%a, %i) : (memref<?xf64>, index) -> ()
  %v = piuma.load %a[%i] uncached : memref<?xf64>, f64
  return %v : f64
}
// CHECK-LABEL: func private @private(
// CHECK:         piuma.load %{{.*}} uncached
func.func private @private(%a: memref<?xf64>, %i: index) {
  %v = piuma.load %a[%i] uncached : memref<?xf64>, f64
  piuma.store %v, %a[%i] uncached : f64, memref<?xf64>
  return
}

// A DMA copy from it reads, one to it writes.
// CHECK-LABEL: func @copied(
// CHECK:         piuma.load %{{.*}} cached
// CHECK:         piuma.load %{{.*}} uncached
func.func @copied(%a: memref<?xf64>, %c: memref<?xf64>, %i: index) -> (f64, f64) {
  %t = piuma.dma_copy %a[%i], %c[%i] count(%i) : memref<?xf64>, memref<?xf64>
  piuma.wait %t
  %v = piuma.load %a[%i] uncached : memref<?xf64>, f64
  %w = piuma.load %c[%i] uncached : memref<?xf64>, f64
  return %v, %w : f64, f64
}
