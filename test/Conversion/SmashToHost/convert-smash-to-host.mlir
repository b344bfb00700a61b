// The block machine on the threads of a CPU.
// RUN: smash-opt %s --convert-smash-to-host | FileCheck %s

module attributes {smash.machine = #smash.machine<blocks = 4,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
// The machine has done its work.
// CHECK-NOT: smash.machine

// CHECK-LABEL: func @dynamic(
// CHECK-SAME:    %[[M:.*]]: memref<?xindex>, %[[N:.*]]: index)
// CHECK:       %[[COUNTER:.*]] = memref.alloca() : memref<1xi64>
// CHECK:       memref.store %{{.*}}, %[[COUNTER]]
// CHECK:       smash.parallel_call @dynamic_block blocks(%{{.*}}) threads(%{{.*}}) (%[[COUNTER]],
func.func @dynamic(%m: memref<?xindex>, %n: index) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  scf.forall (%b) in (%c4) {
    smash.work_loop (%w) = %c0 to %n schedule(dynamic) {
      memref.store %b, %m[%w] : memref<?xindex>
    }
  } {mapping = [#smash.block]}
  return
}

// CHECK-LABEL: func @static(
// CHECK-NOT:   alloca
// CHECK:       smash.parallel_call @static_block blocks(
func.func @static(%m: memref<?xindex>, %n: index) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  scf.forall (%b) in (%c4) {
    smash.work_loop (%w) = %c0 to %n schedule(static) {
      memref.store %b, %m[%w] : memref<?xindex>
    }
  } {mapping = [#smash.block]}
  return
}

// Threads take items from the counter that all blocks share.
// CHECK-LABEL: func @threads(
// CHECK:       %[[COUNTER:.*]] = memref.alloca() : memref<1xi64>
// CHECK:       smash.parallel_call @threads_block blocks(%{{.*}}) threads(%{{.*}}) (%[[COUNTER]],
func.func @threads(%m: memref<?xindex>, %n: index) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  scf.forall (%b) in (%c4) {
    scf.forall (%t) in (3) {
      smash.work_loop (%w) = %c0 to %n schedule(dynamic) {
        memref.store %t, %m[%w] : memref<?xindex>
      }
    } {mapping = [#smash.thread]}
  } {mapping = [#smash.block]}
  return
}

// One block is no parallel call.
// CHECK-LABEL: func @one(
// CHECK-NOT:   parallel_call
// CHECK:       scf.for
// CHECK:       return
func.func @one(%m: memref<?xindex>, %n: index) {
  %c0 = arith.constant 0 : index
  scf.forall (%b) in (1) {
    smash.work_loop (%w) = %c0 to %n schedule(dynamic) {
      memref.store %b, %m[%w] : memref<?xindex>
    }
  } {mapping = [#smash.block]}
  return
}

// CHECK-LABEL: func @updates(
// CHECK:       memref.atomic_rmw addf %{{.*}} : (f64, memref<?xf64>) -> f64
// CHECK:       memref.atomic_rmw mins %{{.*}} : (i64, memref<?xi64>) -> i64
// No such instruction: exchange until nobody came between.
// CHECK:       scf.while
// CHECK:         %[[NEW:.*]] = arith.maximumf
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[NEW]] : f64 to i64
// CHECK:         smash.compare_exchange %{{.*}}[%{{.*}}], %{{.*}}, %[[BITS]] : memref<?xf64>, i64
func.func @updates(%f: memref<?xf64>, %i: memref<?xi64>, %n: index, %x: f64,
                   %y: i64) {
  smash.atomic_update plus, %f[%n], %x : memref<?xf64>, f64
  smash.atomic_update min, %i[%n], %y : memref<?xi64>, i64
  smash.atomic_update max, %f[%n], %x : memref<?xf64>, f64
  return
}

// The body of the dynamic loop takes items from the counter.
// CHECK:       func private @dynamic_block(%[[B:[a-z0-9]+]]: index, %{{.*}}: index, %[[COUNTER:.*]]: memref<1xi64>,
// CHECK:         memref.atomic_rmw addi %{{.*}}, %[[COUNTER]]
// CHECK:         scf.while
// CHECK:           memref.store %[[B]],
// CHECK:           memref.atomic_rmw addi %{{.*}}, %[[COUNTER]]
// The static one strides.
// CHECK:       func private @static_block(%[[B:[a-z0-9]+]]: index,
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK:         scf.for %{{.*}} = %[[B]] to %{{.*}} step %[[C4]]
}
