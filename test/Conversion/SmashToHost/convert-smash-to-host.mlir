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

// A few elements that live no longer than the function stand on its stack, in
// its entry block whatever is around.
// CHECK-LABEL: func @local(
// CHECK:       %[[LOCAL:.*]] = memref.alloca() : memref<2xi64>
// CHECK:       scf.for
// CHECK:         memref.store %{{.*}}, %[[LOCAL]][%{{.*}}] : memref<2xi64>
// CHECK:         memref.store %{{.*}}, %[[LOCAL]][%{{.*}}] : memref<2xi64>
// CHECK:         %[[ARRAY:.*]] = memref.cast %[[LOCAL]]
// CHECK:         memref.store %{{.*}}, %[[ARRAY]]
// CHECK-NOT:     dealloc
func.func @local(%n: index, %x: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %i = %c0 to %n step %c1 {
    %m, %ok = smash.try_alloc(%c2) zeroed : memref<?xi64>
    scf.if %ok {
      memref.store %x, %m[%c1] : memref<?xi64>
    }
    memref.dealloc %m : memref<?xi64>
  }
  return
}

// Whether elements are few may be known only when the function runs.
// CHECK-LABEL: func @sized(
// CHECK-SAME:    %[[N:.*]]: index, %[[X:.*]]: i64)
// CHECK:       %[[LOCAL:.*]] = memref.alloca() : memref<256xi64>
// CHECK:       %[[FITS:.*]] = arith.cmpi ule, %[[N]], %c256
// CHECK:       %[[ARRAY:.*]]:2 = scf.if %[[FITS]]
// CHECK:         scf.for %[[I:.*]] = %c0{{.*}} to %[[N]]
// CHECK:           memref.store %c0_i64{{.*}}, %[[LOCAL]][%[[I]]]
// CHECK:         %[[SOME:.*]] = memref.reinterpret_cast %[[LOCAL]] to offset: [0], sizes: [%[[N]]]
// CHECK:         scf.yield %[[SOME]], %true
// CHECK:       } else {
// CHECK:         %[[HEAP:.*]], %[[OK:.*]] = smash.try_alloc(%[[N]]) zeroed
// CHECK:         scf.yield %[[HEAP]], %[[OK]]
// CHECK:       scf.if %[[ARRAY]]#1
// CHECK:         memref.store %[[X]], %[[ARRAY]]#0
// CHECK:       scf.if %[[FITS]] {
// CHECK-NEXT:  } else {
// CHECK-NEXT:    memref.dealloc %[[ARRAY]]#0
func.func @sized(%n: index, %x: i64) {
  %c0 = arith.constant 0 : index
  %m, %ok = smash.try_alloc(%n) zeroed : memref<?xi64>
  scf.if %ok {
    memref.store %x, %m[%c0] : memref<?xi64>
  }
  memref.dealloc %m : memref<?xi64>
  return
}

// A short array is not worth shrinking.
// CHECK-LABEL: func @shrunk(
// CHECK-SAME:    %[[A:.*]]: memref<?xf64>, %[[N:.*]]: index)
// CHECK:       %[[SIZE:.*]] = memref.dim %[[A]], %c0
// CHECK:       %[[SHORT:.*]] = arith.cmpi sle, %[[SIZE]], %c256
// CHECK:       %[[R:.*]] = scf.if %[[SHORT]]
// CHECK-NEXT:    %[[PART:.*]] = memref.reinterpret_cast %[[A]] to offset: [0], sizes: [%[[N]]]
// CHECK-NEXT:    scf.yield %[[PART]]
// CHECK-NEXT:  } else {
// CHECK-NEXT:    %[[LESS:.*]] = smash.resize %[[A]] to %[[N]]
// CHECK-NEXT:    scf.yield %[[LESS]]
// CHECK:       return %[[R]]
func.func @shrunk(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
  %b = smash.resize %a to %n : memref<?xf64>
  return %b : memref<?xf64>
}

// What leaves, is long, or is freed by somebody else, does not.
// CHECK-LABEL: func @not_local(
// CHECK-NOT:   alloca
// CHECK:       return
func.func @not_local(%n: index, %free: i1) -> memref<?xi64> {
  %c2 = arith.constant 2 : index
  %c257 = arith.constant 257 : index
  %leaves, %ok0 = smash.try_alloc(%c2) : memref<?xi64>
  %long, %ok1 = smash.try_alloc(%c257) : memref<?xi64>
  %elsewhere, %ok2 = smash.try_alloc(%c2) : memref<?xi64>
  memref.dealloc %long : memref<?xi64>
  scf.if %free {
    memref.dealloc %elsewhere : memref<?xi64>
  }
  return %leaves : memref<?xi64>
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
