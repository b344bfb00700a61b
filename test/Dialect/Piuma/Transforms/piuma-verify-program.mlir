// What a machine can run stays as it is.
// RUN: smash-opt %s -o %t.before
// RUN: smash-opt %s --piuma-verify-program | cmp - %t.before

// A function of a block, and one that blocks and threads share.
func.func @block(%n: index, %m: memref<?xi64>, %v: i64) {
  %s = piuma.scratchpad at 0 : memref<8xi64, #piuma.space<scratchpad>>
  piuma.spawn (%t) in (%n) on multi {
    func.call @thread(%t, %m, %v) : (index, memref<?xi64>, i64) -> ()
  }
  func.call @shared(%n, %m, %v) : (index, memref<?xi64>, i64) -> ()
  piuma.release %s : memref<8xi64, #piuma.space<scratchpad>>
  return
}

func.func private @thread(%t: index, %m: memref<?xi64>, %v: i64) {
  piuma.barrier
  %sum = piuma.reduce add %v : i64
  func.call @shared(%t, %m, %sum) : (index, memref<?xi64>, i64) -> ()
  return
}

func.func private @shared(%i: index, %m: memref<?xi64>, %v: i64) {
  piuma.store %v, %m[%i] uncached : i64, memref<?xi64>
  return
}

func.func @main(%n: index, %v: i64) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m, %ok = piuma.alloc(%n) for c : memref<?xi64>
  // The same twice is no recursion.
  func.call @shared(%c0, %m, %v) : (index, memref<?xi64>, i64) -> ()
  func.call @shared(%c1, %m, %v) : (index, memref<?xi64>, i64) -> ()
  scf.for %i = %c0 to %n step %c1 {
    piuma.launch (%b) in (%n) {
      func.call @block(%n, %m, %v) : (index, memref<?xi64>, i64) -> ()
    }
  }
  // What piuma-outline makes.
  piuma.call @main_block in (%n) (%n, %m) : index, memref<?xi64>
  // What only computes is as legal as what the dialect has.
  %size = memref.dim %m, %c0 : memref<?xi64>
  %old = piuma.load %m[%c0] uncached : memref<?xi64>, i64
  piuma.free %m : memref<?xi64>
  return %old : i64
}

func.func private @main_block(%b: index, %n: index, %m: memref<?xi64>) {
  piuma.call @main_thread in (%n) on multi meet (%m) : memref<?xi64>
  return
}

func.func private @main_thread(%t: index, %m: memref<?xi64>) {
  piuma.barrier
  return
}

// Of these nothing is known: nobody calls it, and nobody outside can.
func.func private @unknown(%n: index) {
  piuma.spawn (%t) in (%n) on multi {
  }
  return
}

// A second way in.
func.func @other(%n: index) {
  piuma.launch (%b) in (%n) {
  }
  return
}
