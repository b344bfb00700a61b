// Programs that break no rule are left as they are.
// RUN: smash-opt %s > %t.before
// RUN: smash-opt %s --piuma-verify-synchronization | cmp %t.before -

// Requests that are awaited on every way, in either branch, and by way of a
// loop that takes them along.
func.func @requests(%c: i1, %n: index, %a: memref<?xi64>, %b: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%c4) : memref<?xi64>, memref<?xi64>
  scf.if %c {
    piuma.wait %t
  } else {
    piuma.wait %t
  }
  %first = piuma.dma_copy %a[%c0], %b[%c0] count(%n)
    : memref<?xi64>, memref<?xi64>
  %last = scf.for %i = %c0 to %n step %c1 iter_args(%before = %first)
      -> (!piuma.token) {
    %next = piuma.dma_copy %a[%i], %b[%i] count(%c4)
      : memref<?xi64>, memref<?xi64>
    piuma.wait %before
    scf.yield %next : !piuma.token
  }
  piuma.wait %last
  return
}

// Other elements than a request moves, reads of what it reads, and what may be
// no element at all.
func.func @halves(%n: index, %a: memref<?xi64>, %b: memref<?xi64>) -> i64 {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %t = piuma.dma_copy %a[%c0], %b[%c0] count(%c4) : memref<?xi64>, memref<?xi64>
  %v = piuma.load %b[%c4] uncached : memref<?xi64>, i64
  %w = piuma.load %a[%c0] uncached : memref<?xi64>, i64
  piuma.store %w, %b[%c4] uncached : i64, memref<?xi64>
  piuma.wait %t
  %u = piuma.dma_copy %a[%c0], %b[%c0] count(%n) : memref<?xi64>, memref<?xi64>
  %x = piuma.load %b[%c0] uncached : memref<?xi64>, i64
  piuma.wait %u
  %s = piuma.dma_copy %a[%c0], %b[%c0] count(%c4) combine(add)
    : memref<?xi64>, memref<?xi64>
  piuma.atomic add %b[%c0], %v : memref<?xi64>, i64
  piuma.wait %s
  return %x : i64
}

// Barriers that all threads pass: what the condition reads may be the same for
// all.
func.func @barriers(%n: index, %m: memref<?xi1>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      %c = piuma.load %m[%c0] uncached : memref<?xi1>, i1
      scf.if %c {
        piuma.barrier
      }
      scf.for %i = %b to %n step %c1 {
        piuma.barrier
      }
    }
  }
  return
}

// A part that is released in a loop is another one in its next round.
func.func @parts(%n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  piuma.launch (%b) in (%n) {
    scf.for %i = %c0 to %n step %c1 {
      %m = piuma.scratchpad at 0 : memref<4xi64, #piuma.space<scratchpad>>
      piuma.store %v, %m[%c0] uncached
        : i64, memref<4xi64, #piuma.space<scratchpad>>
      piuma.release %m : memref<4xi64, #piuma.space<scratchpad>>
    }
  }
  return
}

// Read, changed, and invalidated; read through a cache only later; stored
// through a cache and flushed, or read by nobody.
func.func @caches(%n: index, %a: memref<?xi64>, %b: memref<?xi64>,
    %d: memref<?xi64>, %e: memref<?xi64>, %v: i64) {
  piuma.launch (%block) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      %0 = piuma.load %a[%t] cached : memref<?xi64>, i64
      piuma.store %0, %d[%t] cached : i64, memref<?xi64>
      piuma.store %0, %e[%t] cached : i64, memref<?xi64>
      piuma.flush %d : memref<?xi64>
    }
    piuma.spawn (%t) in (%n) on multi {
      piuma.store %v, %a[%t] uncached : i64, memref<?xi64>
      piuma.store %v, %b[%t] uncached : i64, memref<?xi64>
    }
    piuma.spawn (%t) in (%n) on multi {
      piuma.invalidate %a : memref<?xi64>
      %0 = piuma.load %a[%t] cached : memref<?xi64>, i64
      %1 = piuma.load %b[%t] cached : memref<?xi64>, i64
      %2 = piuma.load %d[%t] uncached : memref<?xi64>, i64
    }
  }
  return
}
