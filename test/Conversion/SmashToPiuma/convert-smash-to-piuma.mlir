// RUN: smash-opt %s --convert-smash-to-piuma | FileCheck %s

// CHECK: module attributes {piuma.target = #piuma.target<"piuma-1core">}
module attributes {piuma.target = #piuma.target<"piuma-1core">,
    smash.machine = #smash.machine<blocks = 2, threads_per_block = 4,
    scratchpad_bytes = 4096, cache_bytes = 4096, memory_bytes = 65536>} {

// CHECK-LABEL: func @loops(
// CHECK-SAME:    %[[M:.*]]: memref<?xi64>
func.func @loops(%m: memref<?xi64>, %n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  // A dynamic loop takes items from a counter in memory.
  // CHECK: %[[COUNTER:.*]], %{{.*}} = piuma.alloc(%{{.*}}) zeroed for metadata : memref<?xi64>
  // CHECK: piuma.launch (%[[B:.*]]) in (%{{.*}}) {
  scf.forall (%b) in (2) {
    // CHECK: %[[TAKEN:.*]] = piuma.atomic add %[[COUNTER]][%{{.*}}], %{{.*}} : memref<?xi64>, i64 -> i64
    smash.work_loop (%w) = %c0 to %n schedule(dynamic) {
      // CHECK: piuma.spawn (%[[T:.*]]) in (%{{.*}}) on multi {
      scf.forall (%t) in (4) {
        // CHECK: %[[X:.*]] = piuma.load %[[M]][%[[T]]] uncached : memref<?xi64>, i64
        %x = memref.load %m[%t] : memref<?xi64>
        // CHECK: piuma.store %[[X]], %[[M]][%{{.*}}] uncached : i64, memref<?xi64>
        memref.store %x, %m[%w] : memref<?xi64>
        // CHECK: piuma.atomic min %[[M]][%[[T]]], %{{.*}} : memref<?xi64>, i64{{$}}
        smash.atomic_update min, %m[%t], %v : memref<?xi64>, i64
        // CHECK: piuma.count probe
        smash.count probe
      } {mapping = [#smash.thread]}
      // CHECK: piuma.enter_phase hashing
      smash.enter_phase hashing
    }
  } {mapping = [#smash.block]}
  // CHECK: piuma.free %[[COUNTER]]
  return
}

// Thread t of block b is worker 4 * b + t of 8.
// CHECK-LABEL: func @workers(
func.func @workers(%m: memref<?xi64>, %n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  // CHECK: piuma.launch (%[[B:.*]]) in (%{{.*}}) {
  scf.forall (%b) in (2) {
    // CHECK: piuma.spawn (%[[T:.*]]) in (%{{.*}}) on multi {
    scf.forall (%t) in (4) {
      // CHECK: %[[OTHERS:.*]] = arith.muli %[[B]], %{{.*}} : index
      // CHECK: %[[WORKER:.*]] = arith.addi %[[OTHERS]], %[[T]] : index
      // CHECK: scf.for %[[W:.*]] = %[[WORKER]] to
      // CHECK: piuma.store %{{.*}}, %{{.*}}[%[[W]]]
      smash.work_loop (%w) = %c0 to %n schedule(static) {
        memref.store %v, %m[%w] : memref<?xi64>
      }
    } {mapping = [#smash.thread]}
  } {mapping = [#smash.block]}
  return
}

// An add that no memory has becomes a loop of compare-and-exchanges.
// CHECK-LABEL: func @update_or(
func.func @update_or(%m: memref<?xf64>, %i: index, %v: f64) {
  // CHECK: scf.while
  // CHECK: piuma.compare_exchange %{{.*}} : memref<?xf64>, i64
  smash.atomic_update or, %m[%i], %v : memref<?xf64>, f64
  return
}

// CHECK-LABEL: func @memory(
func.func @memory(%n: index) -> memref<?xf32> {
  // CHECK: %[[BUFFER:.*]], %{{.*}} = piuma.alloc(%{{.*}}) for c : memref<?xf32>
  %m, %ok = smash.try_alloc(%n) for result : memref<?xf32>
  // CHECK: %[[P:.*]], %{{.*}} = piuma.alloc(%{{.*}}) zeroed for partial : memref<?xi8>
  %p, %ok1 = smash.try_alloc(%n) zeroed for partial : memref<?xi8>
  // CHECK-NEXT: piuma.fail 2, %{{.*}}, %{{.*}}
  smash.forget %m from %n to %n : memref<?xf32>
  smash.fail position_overflow, %n, %n
  // A vector goes word by word.
  // CHECK: %[[LOW:.*]] = piuma.load %[[P]][%{{.*}}] uncached : memref<?xi8>, vector<8xi8>
  // CHECK: %[[HIGH:.*]] = piuma.load %[[P]][%{{.*}}] uncached : memref<?xi8>, vector<8xi8>
  // CHECK: vector.bitcast %{{.*}} : vector<2xi64> to vector<16xi8>
  %v = vector.load %p[%n] : memref<?xi8>, vector<16xi8>
  // CHECK-COUNT-2: piuma.store %{{.*}}, %[[P]][%{{.*}}] uncached : vector<8xi8>, memref<?xi8>
  vector.store %v, %p[%n] : memref<?xi8>, vector<16xi8>
  // CHECK-NEXT: piuma.free %[[P]]
  memref.dealloc %p : memref<?xi8>
  // CHECK-NEXT: %[[R:.*]] = piuma.resize %[[BUFFER]] to
  %r = smash.resize %m to %n : memref<?xf32>
  // CHECK-NEXT: return %[[R]]
  return %r : memref<?xf32>
}
}
