// RUN: smash-opt %s --piuma-promote-scratchpad --split-input-file \
// RUN:   | FileCheck %s
// RUN: smash-opt %s --piuma-promote-scratchpad --split-input-file \
// RUN:   --remarks-filter=piuma-promote-scratchpad -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

module attributes {piuma.target = #piuma.target<"piuma-1core", {scratchpad_bytes = 8192 : i64, scratchpad_reserve_bytes = 0 : i64}>} {
  // Buffers of a block follow each other; the third does not fit, one more
  // does. Parts are released where they were freed.
  // CHECK-LABEL: func @promote(
  // CHECK-SAME:    %[[N:.*]]: index, %[[OUT:.*]]: memref<?xi1>
  // CHECK:         piuma.launch
  // CHECK:           %[[A:.*]] = piuma.scratchpad at 0 : memref<500xi64, #piuma.space<scratchpad>>
  // CHECK:           %[[ANY:.*]] = memref.memory_space_cast %{{.*}} : memref<?xi64, #piuma.space<scratchpad>> to memref<?xi64>
  // CHECK:           %[[TRUE:.*]] = arith.constant true
  // CHECK:           %[[F:.*]] = piuma.scratchpad at 4000 : memref<3xi8, #piuma.space<scratchpad>>
  // CHECK:           %[[BIG:.*]], %{{.*}} = piuma.alloc(%{{.*}}) for partial : memref<?xi64>
  // CHECK:           %[[D:.*]] = piuma.scratchpad at 4016 : memref<500xi64, #piuma.space<scratchpad>>
  // CHECK:           piuma.store %[[TRUE]], %[[OUT]]
  // CHECK-NEXT:      piuma.release %[[A]] : memref<500xi64, #piuma.space<scratchpad>>
  // CHECK-NEXT:      piuma.release %[[F]]
  // CHECK-NEXT:      piuma.free %[[BIG]]
  // CHECK-NEXT:      piuma.release %[[D]]
  // REMARK: a buffer of 1000 x 8 bytes does not fit the 4189 that are left of the scratchpad
  func.func @promote(%n: index, %out: memref<?xi1>) {
    %c0 = arith.constant 0 : index
    %c3 = arith.constant 3 : index
    %c500 = arith.constant 500 : index
    %c1000 = arith.constant 1000 : index
    piuma.launch (%b) in (%n) {
      %a, %ok = piuma.alloc(%c500) for partial : memref<?xi64>
      %f, %ok1 = piuma.alloc(%c3) for partial : memref<?xi8>
      %m, %ok2 = piuma.alloc(%c1000) for partial : memref<?xi64>
      %d, %ok3 = piuma.alloc(%c500) for partial : memref<?xi64>
      piuma.store %ok, %out[%c0] uncached : i1, memref<?xi1>
      piuma.free %a : memref<?xi64>
      piuma.free %f : memref<?xi8>
      piuma.free %m : memref<?xi64>
      piuma.free %d : memref<?xi64>
    }
    return
  }

  // What was zeroed is filled; what the program laid out by hand stays.
  // CHECK-LABEL: func @zeroed(
  // CHECK:         piuma.scratchpad at 0 : memref<4xi64, #piuma.space<scratchpad>>
  // CHECK:         %[[S:.*]] = piuma.scratchpad at 32 : memref<8xf32, #piuma.space<scratchpad>>
  // CHECK:         %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK:         %[[T:.*]] = piuma.dma_fill %[[ZERO]], %[[S]][%{{.*}}] count(%{{.*}})
  // CHECK:         piuma.wait %[[T]]
  func.func @zeroed(%n: index) {
    %c8 = arith.constant 8 : index
    piuma.launch (%b) in (%n) {
      %s = piuma.scratchpad at 0 : memref<4xi64, #piuma.space<scratchpad>>
      %a, %ok = piuma.alloc(%c8) zeroed for partial : memref<?xf32>
      piuma.free %a : memref<?xf32>
    }
    return
  }

  // Sizes that are not known, buffers of threads and of the program stay.
  // CHECK-LABEL: func @stay(
  // CHECK-NOT:     piuma.scratchpad
  func.func @stay(%n: index) -> memref<?xi64> {
    %c8 = arith.constant 8 : index
    %p, %okp = piuma.alloc(%c8) for c : memref<?xi64>
    piuma.launch (%b) in (%n) {
      %a, %ok = piuma.alloc(%n) for partial : memref<?xi64>
      piuma.free %a : memref<?xi64>
      piuma.spawn (%t) in (%n) on multi {
        %q, %okq = piuma.alloc(%c8) for partial : memref<?xi64>
        piuma.free %q : memref<?xi64>
      }
    }
    return %p : memref<?xi64>
  }
}
