// RUN: smash-opt %s --split-input-file --smash-lower-kernels-to-host \
// RUN:   | FileCheck %s

// A module without a kernel is left alone, duplicates and all.

// CHECK-LABEL: func.func @other
// CHECK: arith.addi
// CHECK: arith.addi
func.func @other(%x: index) -> (index, index) {
  %a = arith.addi %x, %x : index
  %b = arith.addi %x, %x : index
  return %a, %b : index, index
}

// -----

// CHECK-LABEL: module
// CHECK-NOT: smash.machine
module attributes {smash.machine = #smash.machine<blocks = 1,
    threads_per_block = 1, scratchpad_bytes = 524288, cache_bytes = 33554432,
    memory_bytes = 17179869184>} {
  // CHECK: func.func @kernel
  // CHECK: scf.for
  // CHECK-NOT: smash.work_loop
  func.func @kernel(%m: memref<?xindex>, %blocks: index, %items: index) {
    %c0 = arith.constant 0 : index
    scf.forall (%b) in (%blocks) {
      smash.work_loop (%w) = %c0 to %items schedule(static) {
        memref.store %b, %m[%w] : memref<?xindex>
      }
    } {mapping = [#smash.block]}
    return
  }
}
