// What is surely not ordered, with the other place.
// RUN: smash-opt %s --split-input-file --verify-diagnostics \
// RUN:   --piuma-verify-synchronization

func.func @never(%i: index, %a: memref<?xi64>, %b: memref<?xi64>) {
  // expected-error @below {{makes a request that is never awaited}}
  %t = piuma.dma_copy %a[%i], %b[%i] count(%i) : memref<?xi64>, memref<?xi64>
  return
}

// -----

func.func @again(%i: index, %a: memref<?xi64>, %v: i64) {
  %t = piuma.dma_fill %v, %a[%i] count(%i) : i64, memref<?xi64>
  // expected-note @below {{awaited before here}}
  piuma.wait %t
  // expected-error @below {{awaits a request again}}
  piuma.wait %t
  return
}

// -----

func.func @twice(%i: index, %a: memref<?xi64>, %v: i64) {
  // expected-note @below {{made here}}
  %t = piuma.dma_fill %v, %a[%i] count(%i) : i64, memref<?xi64>
  // expected-error @below {{awaits a request twice}}
  piuma.wait %t, %t
  return
}

// -----

func.func @elsewhere(%i: index, %a: memref<?xi64>, %v: i64) {
  piuma.launch (%b) in (%i) {
    // expected-note @below {{made here}}
    %t = piuma.dma_fill %v, %a[%i] count(%i) : i64, memref<?xi64>
    piuma.spawn (%thread) in (%i) on multi {
      // expected-error @below {{awaits a request of another thread}}
      piuma.wait %t
    }
  }
  return
}

// -----

func.func @sometimes(%c: i1, %i: index, %a: memref<?xi64>, %v: i64) {
  // expected-error @below {{makes a request that is not awaited on every way}}
  %t = piuma.dma_fill %v, %a[%i] count(%i) : i64, memref<?xi64>
  scf.if %c {
    // expected-note @below {{awaited here, which may run never or again}}
    piuma.wait %t
  }
  return
}

// -----

func.func @read_early(%i: index, %a: memref<?xi64>, %b: memref<?xi64>) -> i64 {
  %c4 = arith.constant 4 : index
  // expected-note @below {{made here}}
  %t = piuma.dma_copy %a[%i], %b[%i] count(%c4) : memref<?xi64>, memref<?xi64>
  // expected-error @below {{accesses what a request writes, before that is awaited}}
  %v = piuma.load %b[%i] uncached : memref<?xi64>, i64
  piuma.wait %t
  return %v : i64
}

// -----

// Up to where positions end.
func.func @changed_last(%a: memref<?xi64>, %b: memref<?xi64>, %v: i64) {
  %first = arith.constant 9223372036854775804 : index
  %second = arith.constant 9223372036854775806 : index
  %c8 = arith.constant 8 : index
  // expected-note @below {{made here}}
  %t = piuma.dma_copy %a[%first], %b[%first] count(%c8)
    : memref<?xi64>, memref<?xi64>
  // expected-error @below {{accesses what a request reads, before that is awaited}}
  piuma.store %v, %a[%second] uncached : i64, memref<?xi64>
  piuma.wait %t
  return
}

// -----

func.func @changed_early(%a: memref<?xi64>, %b: memref<?xi64>, %v: i64) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  // expected-note @below {{made here}}
  %t = piuma.dma_copy %a[%c1], %b[%c1] count(%c4)
    : memref<?xi64>, memref<?xi64>
  // expected-error @below {{accesses what a request reads, before that is awaited}}
  piuma.store %v, %a[%c2] uncached : i64, memref<?xi64>
  piuma.wait %t
  return
}

// -----

func.func @two_requests(%a: memref<?xi64>, %v: i64) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  // expected-note @below {{made here}}
  %t = piuma.dma_fill %v, %a[%c0] count(%c4) : i64, memref<?xi64>
  // expected-error @below {{accesses what a request writes, before that is awaited}}
  %u = piuma.dma_fill %v, %a[%c3] count(%c4) : i64, memref<?xi64>
  piuma.wait %t, %u
  return
}

// -----

func.func @freed_early(%n: index, %v: i64) {
  %m, %ok = piuma.alloc(%n) for partial : memref<?xi64>
  // expected-note @below {{made here, and not yet awaited}}
  %t = piuma.dma_fill %v, %m[%n] count(%n) : i64, memref<?xi64>
  // expected-error @below {{ends the life of a buffer that a request still uses}}
  piuma.free %m : memref<?xi64>
  piuma.wait %t
  return
}

// -----

func.func @released(%n: index, %v: i64) {
  %c0 = arith.constant 0 : index
  piuma.launch (%b) in (%n) {
    %m = piuma.scratchpad at 0 : memref<4xi64, #piuma.space<scratchpad>>
    %any = memref.cast %m : memref<4xi64, #piuma.space<scratchpad>>
      to memref<?xi64, #piuma.space<scratchpad>>
    // expected-note @below {{ended here}}
    piuma.release %m : memref<4xi64, #piuma.space<scratchpad>>
    piuma.spawn (%t) in (%n) on multi {
      // expected-error @below {{uses a buffer whose life has ended}}
      piuma.store %v, %any[%t] uncached
        : i64, memref<?xi64, #piuma.space<scratchpad>>
    }
  }
  return
}

// -----

func.func @freed_again(%m: memref<?xi64>) {
  // expected-note @below {{ended here}}
  piuma.free %m : memref<?xi64>
  // expected-error @below {{ends the life of a buffer again}}
  piuma.free %m : memref<?xi64>
  return
}

// -----

func.func @diverging_branch(%n: index) {
  %c1 = arith.constant 1 : index
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      %u = arith.addi %t, %c1 : index
      %c = arith.cmpi slt, %u, %n : index
      // expected-note @below {{this depends on the thread's number}}
      scf.if %c {
        // expected-error @below {{stands where not all threads of its spawn come by}}
        piuma.barrier
      }
    }
  }
  return
}

// -----

func.func @diverging_loop(%n: index, %v: i64) {
  %c1 = arith.constant 1 : index
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      // expected-note @below {{this depends on the thread's number}}
      scf.for %i = %t to %n step %c1 {
        // expected-error @below {{stands where not all threads of its spawn come by}}
        %sum = piuma.reduce add %v : i64
      }
    }
  }
  return
}

// -----

func.func @stale(%n: index, %a: memref<?xi64>, %v: i64) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      %0 = piuma.load %a[%t] cached : memref<?xi64>, i64
    }
    piuma.spawn (%t) in (%n) on multi {
      // expected-note @below {{changed here}}
      piuma.store %v, %a[%t] uncached : i64, memref<?xi64>
    }
    piuma.spawn (%t) in (%n) on multi {
      // expected-error @below {{reads through a cache what the launch has changed since it was cached, without an invalidate}}
      %0 = piuma.load %a[%t] cached : memref<?xi64>, i64
    }
  }
  return
}

// -----

func.func @stale_in_a_loop(%n: index, %a: memref<?xi64>, %v: i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  piuma.launch (%b) in (%n) {
    scf.for %i = %c0 to %n step %c1 {
      piuma.spawn (%t) in (%n) on multi {
        // expected-error @below {{reads through a cache what the launch has changed}}
        %0 = piuma.load %a[%t] cached : memref<?xi64>, i64
      }
      piuma.spawn (%t) in (%n) on multi {
        // expected-note @below {{changed here}}
        piuma.atomic add %a[%t], %v : memref<?xi64>, i64
      }
    }
  }
  return
}

// -----

func.func @not_flushed(%n: index, %a: memref<?xi64>, %v: i64) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      // expected-error @below {{stores through a cache what others read, and no flush follows}}
      piuma.store %v, %a[%t] cached : i64, memref<?xi64>
    }
    piuma.spawn (%t) in (%n) on multi {
      // expected-note @below {{read here}}
      %0 = piuma.load %a[%t] uncached : memref<?xi64>, i64
    }
  }
  return
}
