// RUN: smash-opt %s --piuma-unroll-loops=factor=2 | FileCheck %s
// RUN: smash-opt %s --piuma-unroll-loops=factor=3 \
// RUN:   | FileCheck %s --check-prefix=THREE

// Two iterations at once, and the rest. What is added to the variable is added
// first, so that iterations differ by a constant.
// CHECK-LABEL: func @sum(
// CHECK-SAME:    %[[M:.*]]: memref<?xi64>, %[[LO:.*]]: index, %[[HI:.*]]: index, %[[BASE:.*]]: index
// CHECK:         piuma.spawn
// CHECK:           %[[RAW:.*]] = arith.subi %[[HI]], %[[LO]] : index
// CHECK:           %[[COUNT:.*]] = arith.maxsi %[[RAW]], %{{.*}} : index
// CHECK:           %[[REST:.*]] = arith.andi %[[COUNT]], %{{.*}} : index
// CHECK:           %[[WHOLE:.*]] = arith.subi %[[COUNT]], %[[REST]] : index
// CHECK:           %[[MIDDLE:.*]] = arith.addi %[[LO]], %[[WHOLE]] : index
// CHECK:           %[[SUM:.*]] = scf.for %[[I:.*]] = %[[LO]] to %[[MIDDLE]] step %{{.*}} iter_args(%[[S:.*]] = %{{.*}}) -> (i64) {
// CHECK:             %[[AT:.*]] = arith.addi %[[BASE]], %[[I]] : index
// CHECK-NEXT:        %[[X:.*]] = piuma.load %[[M]][%[[AT]]]
// CHECK-NEXT:        %[[S1:.*]] = arith.addi %[[S]], %[[X]] : i64
// CHECK:             %[[NEXT:.*]] = arith.addi %[[AT]], %{{.*}} : index
// CHECK-NEXT:        %[[Y:.*]] = piuma.load %[[M]][%[[NEXT]]]
// CHECK-NEXT:        %[[S2:.*]] = arith.addi %[[S1]], %[[Y]] : i64
// CHECK-NEXT:        scf.yield %[[S2]] : i64
// CHECK:           %[[ALL:.*]] = scf.for %[[J:.*]] = %[[MIDDLE]] to %[[HI]] step %{{.*}} iter_args(%[[R:.*]] = %[[SUM]]) -> (i64) {
// CHECK:             piuma.load
// CHECK-NOT:         piuma.load
// CHECK:           piuma.atomic add %[[M]][%{{.*}}], %[[ALL]]
// THREE-LABEL: func @sum(
// THREE:         arith.remui
func.func @sum(%m: memref<?xi64>, %lo: index, %hi: index, %base: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  piuma.launch (%b) in (%c1) {
    piuma.spawn (%t) in (%c1) on multi {
      %sum = scf.for %i = %lo to %hi step %c1 iter_args(%s = %zero) -> (i64) {
        %at = arith.addi %base, %i : index
        %x = piuma.load %m[%at] uncached : memref<?xi64>, i64
        %next = arith.addi %s, %x : i64
        scf.yield %next : i64
      }
      piuma.atomic add %m[%c0], %sum : memref<?xi64>, i64
    }
  }
  return
}

// What stays: a loop around another, of steps, or outside of spawns.
// CHECK-LABEL: func @stay(
// CHECK-COUNT-3: scf.for
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @stay(%m: memref<?xindex>, %n: index) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  piuma.launch (%b) in (%c1) {
    scf.for %i = %c1 to %n step %c1 {
      piuma.store %i, %m[%i] uncached : index, memref<?xindex>
    }
    piuma.spawn (%t) in (%c1) on multi {
      scf.for %i = %c1 to %n step %c1 {
        scf.for %j = %c1 to %n step %c2 {
          piuma.store %i, %m[%j] uncached : index, memref<?xindex>
        }
      }
    }
  }
  return
}
