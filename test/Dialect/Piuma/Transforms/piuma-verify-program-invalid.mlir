// What no machine can run, and why.
// RUN: smash-opt %s --split-input-file --verify-diagnostics \
// RUN:   --piuma-verify-program

func.func @spawn_in_main(%n: index) {
  // expected-error @below {{'piuma.spawn' op is run by the main thread; only a block of a launch can spawn threads}}
  piuma.spawn (%t) in (%n) on multi {
  }
  return
}

// -----

func.func private @helper(%n: index) {
  // expected-error @below {{'piuma.spawn' op is run by a thread of a spawn; only a block of a launch can spawn threads}}
  piuma.spawn (%t) in (%n) on multi {
  }
  return
}
func.func @spawn_in_a_thread(%n: index) {
  piuma.launch (%b) in (%n) {
    func.call @helper(%n) : (index) -> ()
    piuma.spawn (%t) in (%n) on multi {
      func.call @helper(%n) : (index) -> ()
    }
  }
  return
}

// -----

func.func private @inner(%n: index) {
  // expected-error @below {{'piuma.launch' op is run by a block of a launch; only the main thread can launch blocks}}
  piuma.launch (%b) in (%n) {
  }
  return
}
func.func private @outer(%n: index) {
  func.call @inner(%n) : (index) -> ()
  return
}
func.func @launch_in_a_block(%n: index) {
  piuma.launch (%b) in (%n) {
    func.call @outer(%n) : (index) -> ()
  }
  return
}

// -----

func.func @scratchpad_in_main() {
  // expected-error @below {{'piuma.scratchpad' op is run by the main thread; only blocks of a launch and their threads have a scratchpad}}
  %s = piuma.scratchpad at 0 : memref<8xi64, #piuma.space<scratchpad>>
  return
}

// -----

func.func @barrier_in_main() {
  // expected-error @below {{'piuma.barrier' op is run by the main thread; only threads of a spawn have others to wait for}}
  piuma.barrier
  return
}

// -----

func.func private @block(%b: index, %v: i64) {
  // expected-error @below {{'piuma.reduce' op is run by a block of a launch; only threads of a spawn have others to wait for}}
  %sum = piuma.reduce add %v : i64
  return
}
func.func @outlined(%n: index, %v: i64) {
  piuma.call @block in (%n) (%v) : i64
  return
}

// -----

func.func @outlined_spawn(%n: index) {
  // expected-error @below {{'piuma.call' op is run by the main thread; only a block of a launch can spawn threads}}
  piuma.call @thread in (%n) on single
  return
}
func.func private @thread(%t: index) {
  return
}

// -----

func.func private @itself(%n: index) {
  // expected-error @below {{'func.call' op calls '@itself' while that runs: a thread's stack has no room for recursion}}
  func.call @itself(%n) : (index) -> ()
  return
}
func.func @main(%n: index) {
  func.call @itself(%n) : (index) -> ()
  return
}

// -----

func.func private @even(%n: index) {
  func.call @odd(%n) : (index) -> ()
  return
}
func.func private @odd(%n: index) {
  // expected-error @below {{'func.call' op calls '@even' while that runs}}
  func.call @even(%n) : (index) -> ()
  return
}

// -----

func.func private @nowhere(%n: index)
func.func @external(%n: index) {
  // expected-error @below {{'func.call' op calls '@nowhere', which is no function with a body}}
  func.call @nowhere(%n) : (index) -> ()
  return
}

// -----

func.func @outlined_nowhere(%n: index) {
  // expected-error @below {{'piuma.call' op calls '@nowhere', which is no function with a body}}
  piuma.call @nowhere in (%n)
  return
}

// -----

func.func @indirect(%f: (index) -> (), %n: index) {
  // expected-error @below {{'func.call_indirect' op is no part of a piuma program}}
  func.call_indirect %f(%n) : (index) -> ()
  return
}

// -----

func.func @stack(%n: index) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      // expected-error @below {{'memref.alloca' op is no part of a piuma program, whose memory piuma.alloc and piuma.scratchpad give, and piuma ops access}}
      %a = memref.alloca() : memref<20000xi64>
    }
  }
  return
}

// -----

func.func @heap(%n: index) {
  // expected-error @below {{'memref.alloc' op is no part of a piuma program}}
  %a = memref.alloc(%n) : memref<?xi64>
  return
}

// -----

func.func @unseen(%m: memref<?xi64>, %i: index) -> i64 {
  // expected-error @below {{'memref.load' op is no part of a piuma program}}
  %v = memref.load %m[%i] : memref<?xi64>
  return %v : i64
}

// -----

// expected-error @below {{'memref.global' op is no part of a piuma program}}
memref.global "private" constant @table : memref<2xi64> = dense<[1, 2]>

// -----

func.func @pointer(%i: i64) {
  // expected-error @below {{'llvm.inttoptr' op is no part of a piuma program}}
  %p = llvm.inttoptr %i : i64 to !llvm.ptr
  return
}
