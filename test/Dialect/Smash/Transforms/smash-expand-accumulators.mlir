// Accumulators become loops over memory.
// RUN: smash-opt %s --smash-expand-accumulators --canonicalize --cse \
// RUN:   | FileCheck %s

module attributes {smash.machine = #smash.machine<blocks = 1,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {

// CHECK-LABEL: func @hash(
// CHECK-SAME:    %[[IN:[a-z0-9]+]]: memref<?xi32>, %[[V:[a-z0-9]+]]: memref<?xf64>, %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>
// CHECK-DAG:   %[[GOLD:.*]] = arith.constant -7046029254386353131 : i64
// CHECK-DAG:   %[[EMPTY:.*]] = arith.constant -1 : i32
// A power of two of slots, at most half of them full, all empty at first.
// CHECK:       math.ctlz
// CHECK:       %[[SLOTS:.*]] = arith.index_castui %{{.*}} : i64 to index
// CHECK:       %[[TAGS:.*]], %{{.*}} = smash.try_alloc(%[[SLOTS]]) for partial : memref<?xi32>
// CHECK:       %[[SUMS:.*]], %{{.*}} = smash.try_alloc(%[[SLOTS]]) for partial : memref<?xf64>
// CHECK:       scf.for %[[I:.*]] = %{{.*}} to %[[SLOTS]]
// CHECK-NEXT:    memref.store %[[EMPTY]], %[[TAGS]][%[[I]]]
// CHECK-NEXT:  } {smash.stream}
// The merge: hash, probe, then take the value or add it, without a branch.
// CHECK:       scf.for
// CHECK:         %[[KEY:.*]] = memref.load %[[IN]]
// CHECK:         %[[X:.*]] = memref.load %[[V]]
// CHECK:         arith.muli %{{.*}}, %[[GOLD]] : i64
// CHECK:         %[[SLOT:.*]] = scf.while
// CHECK:           arith.cmpi ne, %{{.*}}, %[[KEY]] : i32
// CHECK:           arith.cmpi ne, %{{.*}}, %[[EMPTY]] : i32
// CHECK:         memref.store %[[KEY]], %[[TAGS]][%[[SLOT]]]
// CHECK:         %[[OLD:.*]] = memref.load %[[SUMS]][%[[SLOT]]]
// CHECK-NEXT:    %[[SUM:.*]] = arith.addf %[[OLD]], %[[X]] : f64
// CHECK-NEXT:    %[[NEW:.*]] = arith.select %{{.*}}, %[[X]], %[[SUM]] : f64
// CHECK-NEXT:    memref.store %[[NEW]], %[[SUMS]][%[[SLOT]]]
// The drain leaves the slots empty.
// CHECK:       scf.for
// CHECK:         memref.store %{{.*}}, %[[CRD]]
// CHECK:         memref.store %{{.*}}, %[[VAL]]
// CHECK-NEXT:    memref.store %[[EMPTY]], %[[TAGS]]
// CHECK-DAG:   memref.dealloc %[[TAGS]]
// CHECK-DAG:   memref.dealloc %[[SUMS]]
// CHECK-NOT:   smash.{{(upsert|drain|create_acc|destroy)}}
func.func @hash(%in: memref<?xi32>, %v: memref<?xf64>, %crd: memref<?xi32>,
                %val: memref<?xf64>, %keys: index, %cap: index, %n: index)
    -> index {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %acc, %ok = smash.create_accumulator keys(%keys) capacity(%cap)
    instances(%c1) semiring(plus_times) occupancy = list
    hash_function = multiplicative fill_limit(50)
    : !smash.accumulator<hash, i32, f64>
  smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n {
    %key = memref.load %in[%p] : memref<?xi32>
    %x = memref.load %v[%p] : memref<?xf64>
    smash.yield %key, %x : i32, f64
  } : !smash.accumulator<hash, i32, f64>
  %count = smash.drain %acc[%c0] into %crd, %val at %c0
    : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xf64>
  smash.destroy_accumulator %acc : !smash.accumulator<hash, i32, f64>
  return %count : index
}

// A window is sorted by buckets of neighbouring columns, by all threads: counted,
// summed, grouped; then a bucket of a word's bits by counting those below.
// CHECK-LABEL: func @window(
// CHECK-DAG:   %[[ONE:.*]] = arith.constant 1 : i64
// CHECK-DAG:   %[[C6:.*]] = arith.constant 6 : index
// CHECK:       %[[SHIFT:.*]] = arith.minsi
// CHECK:       scf.forall
// CHECK:         %[[BUCKET:.*]] = arith.shrui %{{.*}}, %[[SHIFT]] : index
// CHECK:         memref.atomic_rmw addi %[[ONE]], %[[COUNTS:.*]][%[[BUCKET]]]
// CHECK:       } {mapping = [#smash.thread]}
// CHECK:       scf.forall
// CHECK:         memref.atomic_rmw addi %[[ONE]], %[[COUNTS]][
// CHECK:       } {mapping = [#smash.thread]}
// CHECK:       %[[WORD:.*]] = arith.cmpi sle, %[[SHIFT]], %[[C6]]
// CHECK:       scf.if %[[WORD]]
// CHECK:         math.ctpop
// CHECK:       } else {
// CHECK:         call @smash_sort_i32_i64(
func.func @window(%pos: memref<?xi32>, %crd: memref<?xi32>, %val: memref<?xf64>,
                  %keys: index, %cap: index, %rows: index, %cols: index,
                  %threads: index) -> index {
  %c0 = arith.constant 0 : index
  %acc, %ok = smash.create_accumulator keys(%keys) capacity(%cap)
    instances(%threads) semiring(plus_times) occupancy = list
    hash_function = multiplicative fill_limit(50) shared
    : !smash.accumulator<hash, i32, f64>
  %count = smash.drain_window %acc row(%c0) rows(%rows) columns(%cols)
    bound(%cap) threads(%threads) ordered into %pos, %crd, %val at %c0
    : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xi32>,
      memref<?xf64>
  smash.destroy_accumulator %acc : !smash.accumulator<hash, i32, f64>
  return %count : index
}

// The tag is claimed by compare-and-exchange, the value added atomically.
// CHECK-LABEL: func @shared(
// CHECK:       scf.forall
// CHECK:         smash.compare_exchange %{{.*}}[%{{.*}}], %{{.*}}, %{{.*}} : memref<?xi64>, i64
// CHECK:         smash.atomic_update min, %{{.*}}[%{{.*}}], %{{.*}} : memref<?xi32>, i32
func.func @shared(%n: index, %key: i64, %x: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%c1)
    semiring(min_plus) occupancy = list hash_function = low_bits
    fill_limit(50) shared : !smash.accumulator<hash, i64, i32>
  scf.forall (%t) in (%n) {
    smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n atomic {
      smash.yield %key, %x : i64, i32
    } : !smash.accumulator<hash, i64, i32>
  } {mapping = [#smash.thread]}
  smash.destroy_accumulator %acc : !smash.accumulator<hash, i64, i32>
  return
}

// A dense accumulator is addressed by the key: no probing.
// CHECK-LABEL: func @dense(
// CHECK-SAME:    %[[N:[a-z0-9]+]]: index
// CHECK-NOT:   scf.while
// CHECK:       scf.for
// CHECK:         arith.maximumf
// CHECK-NOT:   scf.while
// CHECK:       return
func.func @dense(%n: index, %in: memref<?xi32>, %v: memref<?xf64>,
                 %crd: memref<?xi32>, %val: memref<?xf64>) -> index {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%c1)
    semiring(max_plus) occupancy = list hash_function = multiplicative
    fill_limit(50) : !smash.accumulator<dense, i32, f64>
  smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n {
    %key = memref.load %in[%p] : memref<?xi32>
    %x = memref.load %v[%p] : memref<?xf64>
    smash.yield %key, %x : i32, f64
  } : !smash.accumulator<dense, i32, f64>
  %count = smash.drain %acc[%c0] into %crd, %val at %c0
    : !smash.accumulator<dense, i32, f64>, memref<?xi32>, memref<?xf64>
  smash.destroy_accumulator %acc : !smash.accumulator<dense, i32, f64>
  return %count : index
}

// Every pair is written out; then equal keys are brought together, and a sum
// begins anew where the key is another than the one before.
// CHECK-LABEL: func @sort(
// CHECK-SAME:    %[[IN:[a-z0-9]+]]: memref<?xi32>, %[[V:[a-z0-9]+]]: memref<?xf64>, %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>, %{{[a-z0-9]+}}: index, %[[CAP:[a-z0-9]+]]: index
// CHECK:       %[[ROOM:.*]] = arith.addi %[[CAP]], %{{.*}} : index
// CHECK:       %[[KEYS:.*]], %{{.*}} = smash.try_alloc(%[[ROOM]]) for partial : memref<?xi32>
// CHECK:       %[[AUX:.*]], %{{.*}} = smash.try_alloc(%[[ROOM]]) for partial : memref<?xi32>
// CHECK:       %[[VALUES:.*]], %{{.*}} = smash.try_alloc(%[[ROOM]]) for partial : memref<?xf64>
// CHECK:       %[[AUXV:.*]], %{{.*}} = smash.try_alloc(%[[ROOM]]) for partial : memref<?xf64>
// CHECK:       scf.for
// CHECK:         memref.store %{{.*}}, %[[KEYS]]
// CHECK:         memref.store %{{.*}}, %[[VALUES]]
// CHECK:       } {smash.stream}
// CHECK:       call @smash_sort_i32_f64(%[[KEYS]], %[[VALUES]], %{{.*}}, %{{.*}}, %[[AUX]], %[[AUXV]])
// CHECK:       scf.for
// CHECK:         %[[KEY:.*]] = memref.load %[[KEYS]]
// CHECK:         %[[X:.*]] = memref.load %[[VALUES]]
// CHECK:         %[[NEW:.*]] = arith.cmpi ne, %[[KEY]], %{{.*}} : i32
// CHECK:         %[[SUM:.*]] = arith.addf %{{.*}}, %[[X]] : f64
// CHECK:         %[[NEXT:.*]] = arith.select %[[NEW]], %[[X]], %[[SUM]] : f64
// CHECK:         memref.store %[[KEY]], %[[CRD]]
// CHECK:         memref.store %[[NEXT]], %[[VAL]]
func.func @sort(%in: memref<?xi32>, %v: memref<?xf64>, %crd: memref<?xi32>,
                %val: memref<?xf64>, %keys: index, %cap: index, %n: index)
    -> index {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %acc, %ok = smash.create_accumulator keys(%keys) capacity(%cap)
    instances(%c1) semiring(plus_times) occupancy = list
    hash_function = multiplicative fill_limit(50)
    : !smash.accumulator<sort, i32, f64>
  smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n {
    %key = memref.load %in[%p] : memref<?xi32>
    %x = memref.load %v[%p] : memref<?xf64>
    smash.yield %key, %x : i32, f64
  } : !smash.accumulator<sort, i32, f64>
  %count = smash.drain %acc[%c0] into %crd, %val at %c0
    : !smash.accumulator<sort, i32, f64>, memref<?xi32>, memref<?xf64>
  smash.destroy_accumulator %acc : !smash.accumulator<sort, i32, f64>
  return %count : index
}

// A run that does not descend from the one before is a part of it. Keys alone
// are merged without values, and a symbol has no brackets.
// CHECK-LABEL: func @merge(
// CHECK:       %[[STARTS:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for partial : memref<?xindex>
// CHECK:       } {smash.stream}
// CHECK:       arith.cmpi ult, %{{.*}}, %{{.*}} : i64
// CHECK:       memref.store %{{.*}}, %[[STARTS]]
// CHECK:       call @smash_merge_i64(
// CHECK:       call @smash_merge_i64_complex_f64_(
func.func @merge(%in: memref<?xi64>, %v: memref<?xcomplex<f64>>,
                 %crd: memref<?xi64>, %val: memref<?xcomplex<f64>>, %n: index)
    -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n)
    instances(%c1) semiring(plus_times) occupancy = list
    hash_function = multiplicative fill_limit(50)
    : !smash.accumulator<merge, i64, complex<f64>>
  smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n ordered {
    %key = memref.load %in[%p] : memref<?xi64>
    %x = memref.load %v[%p] : memref<?xcomplex<f64>>
    smash.yield %key, %x : i64, complex<f64>
  } : !smash.accumulator<merge, i64, complex<f64>>
  %count = smash.discard %acc[%c0] : !smash.accumulator<merge, i64, complex<f64>>
  %more = smash.drain %acc[%c0] into %crd, %val at %c0
    : !smash.accumulator<merge, i64, complex<f64>>, memref<?xi64>,
      memref<?xcomplex<f64>>
  smash.destroy_accumulator %acc : !smash.accumulator<merge, i64, complex<f64>>
  return %count, %more : index, index
}
}
