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

// What was made before a launch and is not written in it, too, in the loops of
// threads, each of which forgets first what its pipeline may have.
// CHECK-LABEL: func @settled(
// CHECK:         %[[MADE:.*]], %{{.*}} = piuma.alloc
// CHECK:         piuma.launch
// CHECK:           piuma.load %[[MADE]][%{{.*}}] uncached
// CHECK:           piuma.spawn
// CHECK-NEXT:        piuma.invalidate %[[MADE]] : memref<?xi64>
// CHECK-NOT:         piuma.invalidate
// CHECK:             piuma.load %[[MADE]][%{{.*}}] uncached
// CHECK:             scf.for
// CHECK:               piuma.load %[[MADE]][%{{.*}}] cached
// CHECK:               piuma.load %[[MADE]][%{{.*}}] cached
// CHECK:               piuma.load %[[SUMS:.*]][%{{.*}}] uncached
// CHECK:               piuma.store %{{.*}}, %[[SUMS]]
// CHECK:           piuma.spawn
// CHECK-NEXT:        piuma.invalidate %[[MADE]] : memref<?xi64>
// CHECK:             scf.while
// CHECK:               piuma.load %[[MADE]][%{{.*}}] cached
func.func @settled(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %made, %ok = piuma.alloc(%n) for metadata : memref<?xi64>
  %sums, %ok2 = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      scf.for %i = %t to %n step %n {
        %v = piuma.load %sums[%i] uncached : memref<?xi64>, i64
        piuma.store %v, %made[%i] uncached : i64, memref<?xi64>
      }
    }
  }
  piuma.launch (%b) in (%n) {
    // Once, by a thread that does nothing else.
    %first = piuma.load %made[%c0] uncached : memref<?xi64>, i64
    piuma.spawn (%t) in (%n) on multi {
      %once = piuma.load %made[%t] uncached : memref<?xi64>, i64
      scf.for %i = %c0 to %n step %c1 {
        %next = arith.addi %i, %c1 : index
        %v = piuma.load %made[%i] uncached : memref<?xi64>, i64
        %w = piuma.load %made[%next] uncached : memref<?xi64>, i64
        %s = piuma.load %sums[%t] uncached : memref<?xi64>, i64
        %x = arith.addi %v, %w : i64
        %y = arith.addi %x, %s : i64
        piuma.store %y, %sums[%t] uncached : i64, memref<?xi64>
      }
    }
    piuma.spawn (%t) in (%n) on multi {
      %end = scf.while (%i = %c0) : (index) -> index {
        %v = piuma.load %made[%i] uncached : memref<?xi64>, i64
        %k = arith.index_cast %v : i64 to index
        %more = arith.cmpi slt, %k, %t : index
        scf.condition(%more) %k : index
      } do {
      ^bb0(%k: index):
        scf.yield %k : index
      }
    }
  }
  piuma.free %made : memref<?xi64>
  piuma.free %sums : memref<?xi64>
  return
}

// Through branches, to where it comes from: another buffer may be written, but
// not one of those that it may be.
// CHECK-LABEL: func @branches(
// CHECK:         %[[ANY:.*]] = scf.if
// CHECK:         piuma.launch
// CHECK:           piuma.invalidate %[[ANY]]
// CHECK:           piuma.load %[[ANY]][%{{.*}}] cached
// CHECK:         piuma.launch
// CHECK-NOT:       piuma.invalidate
// CHECK:           piuma.load %[[ANY]][%{{.*}}] uncached
func.func @branches(%n: index, %yes: i1, %c: memref<?xi64>) {
  %c1 = arith.constant 1 : index
  %one, %ok = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
  %other, %ok2 = piuma.alloc(%n) for metadata : memref<?xi64>
  %any = scf.if %yes -> (memref<?xi64>) {
    %less = piuma.resize %one to %c1 : memref<?xi64>
    scf.yield %less : memref<?xi64>
  } else {
    %two, %ok3 = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
    scf.yield %two : memref<?xi64>
  }
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      scf.for %i = %t to %n step %c1 {
        %v = piuma.load %any[%i] uncached : memref<?xi64>, i64
        piuma.store %v, %other[%t] uncached : i64, memref<?xi64>
        piuma.atomic add %c[%t], %v : memref<?xi64>, i64
      }
    }
  }
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      scf.for %i = %t to %n step %c1 {
        %v = piuma.load %any[%i] uncached : memref<?xi64>, i64
        piuma.store %v, %one[%t] uncached : i64, memref<?xi64>
      }
    }
  }
  return
}

// What a thread allocates is its own, and what a queue does not known to be
// harmless.
// CHECK-LABEL: func @own(
// CHECK-NOT:     piuma.invalidate
// CHECK-NOT:     {{\]}} cached
// CHECK:         return
func.func @own(%n: index, %v: i64) {
  %c1 = arith.constant 1 : index
  %made, %ok = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
  %ring, %ok2 = piuma.alloc(%n) for metadata : memref<?xi64>
  %queue = piuma.queue_create %ring : memref<?xi64> -> !piuma.queue<i64>
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      %own, %ok3 = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
      scf.for %i = %t to %n step %c1 {
        %x = piuma.load %own[%i] uncached : memref<?xi64>, i64
      }
      piuma.free %own : memref<?xi64>
    }
  }
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      scf.for %i = %t to %n step %c1 {
        %x = piuma.load %made[%i] uncached : memref<?xi64>, i64
        %room = piuma.queue_push %queue, %x : !piuma.queue<i64>
      }
    }
  }
  return
}

// A function that a thread calls may write what it is given, and no more.
func.func private @sort(%m: memref<?xi64>)
// CHECK-LABEL: func @calls(
// CHECK:         piuma.invalidate %[[MADE:.*]] : memref<?xi64>
// CHECK:         piuma.load %[[MADE]][%{{.*}}] cached
// CHECK:         piuma.load %{{.*}} uncached
// CHECK:         call @sort
func.func @calls(%n: index) {
  %c1 = arith.constant 1 : index
  %made, %ok = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
  %given, %ok2 = piuma.alloc(%n) zeroed for metadata : memref<?xi64>
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      scf.for %i = %t to %n step %c1 {
        %x = piuma.load %made[%i] uncached : memref<?xi64>, i64
        %y = piuma.load %given[%i] uncached : memref<?xi64>, i64
        func.call @sort(%given) : (memref<?xi64>) -> ()
      }
    }
  }
  return
}
