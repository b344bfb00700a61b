// RUN: smash-opt %s --piuma-outline | FileCheck %s

// CHECK:       func.func private @[[THREAD:.*]](%[[T:.*]]: index, %[[B:.*]]: index, %[[M:.*]]: memref<?xindex>) {
// CHECK-NEXT:    piuma.store %[[B]], %[[M]][%[[T]]]
// CHECK-NEXT:    return
// CHECK:       func.func private @[[MEET:.*]](%{{.*}}: index) {
// CHECK-NEXT:    piuma.barrier
// CHECK-NEXT:    return
// CHECK:       func.func private @[[BLOCK:.*]](%[[B:.*]]: index, %[[N:.*]]: index, %[[M:.*]]: memref<?xindex>) {
// CHECK-NEXT:    piuma.call @[[THREAD]] in(%[[N]]) on multi(%[[B]], %[[M]]) : index, memref<?xindex>
// Threads that meet are told apart.
// CHECK-NEXT:    piuma.call @[[MEET]] in(%[[N]]) on single meet{{$}}
// CHECK-NEXT:    return
// CHECK:       func.func @two_levels(%[[N:.*]]: index, %[[M:.*]]: memref<?xindex>) {
// CHECK-NEXT:    piuma.call @[[BLOCK]] in(%[[N]])(%[[N]], %[[M]]) : index, memref<?xindex>
// CHECK-NEXT:    return
func.func @two_levels(%n: index, %m: memref<?xindex>) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      piuma.store %b, %m[%t] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%n) on single {
      piuma.barrier
    }
  }
  return
}
