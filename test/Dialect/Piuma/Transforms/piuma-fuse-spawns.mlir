// RUN: smash-opt %s --piuma-fuse-spawns | FileCheck %s

module attributes {piuma.target = #piuma.target<"piuma-1core">} {

// One phase reads what the other wrote: a barrier stands for the end.
// CHECK-LABEL: func @dependent(
// CHECK:         %[[X:.*]] = arith.addi
// CHECK-NEXT:    piuma.spawn (%[[T:.*]]) in (%{{.*}}) on multi {
// CHECK-NEXT:      piuma.store %[[T]], %[[M:.*]][%[[T]]]
// CHECK-NEXT:      piuma.barrier
// CHECK-NEXT:      %[[V:.*]] = piuma.load %[[M]][%[[X]]]
// CHECK-NEXT:      piuma.store %[[V]], %{{.*}}[%[[T]]]
// CHECK-NEXT:    }
// CHECK-NOT:     piuma.spawn
func.func @dependent(%m: memref<?xindex>, %k: index) {
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  piuma.launch (%b) in (%c1) {
    %out, %ok = piuma.alloc(%c64) for c : memref<?xindex>
    piuma.spawn (%t) in (%c64) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    %x = arith.addi %k, %c1 : index
    piuma.spawn (%t) in (%c64) on multi {
      %v = piuma.load %m[%x] uncached : memref<?xindex>, index
      piuma.store %v, %out[%t] uncached : index, memref<?xindex>
    }
  }
  return
}

// Phases that do not meet need no barrier; one that does behind them does.
// CHECK-LABEL: func @independent(
// CHECK:         piuma.spawn
// CHECK-NEXT:      piuma.store
// CHECK-NEXT:      piuma.store
// CHECK-NEXT:      piuma.barrier
// CHECK-NEXT:      piuma.load
// CHECK-NEXT:      piuma.store
// CHECK-NEXT:    }
// CHECK-NOT:     piuma.spawn
func.func @independent(%k: index) {
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  piuma.launch (%b) in (%c1) {
    %m, %mok = piuma.alloc(%c64) for c : memref<?xindex>
    %n, %nok = piuma.alloc(%c64) for c : memref<?xindex>
    piuma.spawn (%t) in (%c64) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c64) on multi {
      piuma.store %t, %n[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c64) on multi {
      %v = piuma.load %m[%k] uncached : memref<?xindex>, index
      piuma.store %v, %n[%t] uncached : index, memref<?xindex>
    }
  }
  return
}

// The ends of a spawn are barriers, and two in a row are one; atomics order
// threads.
// CHECK-LABEL: func @redundant(
// CHECK:         piuma.spawn
// CHECK-NEXT:      piuma.atomic
// CHECK-NEXT:      piuma.barrier
// CHECK-NEXT:      piuma.atomic
// CHECK-NEXT:    }
func.func @redundant(%m: memref<?xindex>, %k: index) {
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  piuma.launch (%b) in (%c1) {
    piuma.spawn (%t) in (%c64) on multi {
      piuma.barrier
      piuma.atomic add %m[%k], %c1 : memref<?xindex>, index
      piuma.barrier
      piuma.barrier
      piuma.atomic add %m[%k], %c1 : memref<?xindex>, index
      piuma.barrier
    }
  }
  return
}

// Not fused: another number of threads or kind of pipeline, one that is not
// known, more than meet, or something done in between.
// CHECK-LABEL: func @apart(
// CHECK-COUNT-8: piuma.spawn
// CHECK-NOT:     piuma.barrier
func.func @apart(%m: memref<?xindex>, %k: index) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c64 = arith.constant 64 : index
  %c65 = arith.constant 65 : index
  piuma.launch (%b) in (%c1) {
    piuma.spawn (%t) in (%c64) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c2) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c2) on single {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.store %k, %m[%k] uncached : index, memref<?xindex>
    piuma.spawn (%t) in (%c2) on single {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%k) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%k) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c65) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c65) on multi {
      piuma.store %t, %m[%t] uncached : index, memref<?xindex>
    }
  }
  return
}
}
