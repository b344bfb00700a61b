// What the verifiers and the parsers refuse: one line, with the value at fault
// and the limit.
// RUN: smash-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{attribute 'piuma.target' must be a #piuma.target, not 1}}
module attributes {piuma.target = 1 : i64} {}

// -----

// expected-error @below {{unknown target 'piuma-2core'; one of piuma-1core, piuma-8core, piuma-sled}}
module attributes {piuma.target = #piuma.target<"piuma-2core">} {}

// -----

// expected-error @below {{a target has no number 'dram_nss'; is it 'dram_ns'?}}
module attributes {piuma.target = #piuma.target<"piuma-1core", {dram_nss = 1 : i64}>} {}

// -----

// expected-error @below {{target number dram_ns is 0; it must lie between 1 and 100000 ns}}
module attributes {piuma.target = #piuma.target<"piuma-1core", {dram_ns = 0 : i64}>} {}

// -----

// expected-error @below {{target number dram_ns is not an integer}}
module attributes {piuma.target = #piuma.target<"piuma-1core", {dram_ns = "x"}>} {}

// -----

// expected-error @below {{target number cache_line_bytes is 48; it must be a power of two}}
module attributes {piuma.target = #piuma.target<"piuma-1core", {cache_line_bytes = 48 : i64}>} {}

// -----

func.func @nested_launch(%n: index) {
  piuma.launch (%b) in (%n) {
    // expected-error @below {{stands inside another launch}}
    piuma.launch (%c) in (%n) {
    }
  }
  return
}

// -----

func.func @nested_spawn(%n: index) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      // expected-error @below {{stands inside another spawn}}
      piuma.spawn (%u) in (%n) on single {
      }
    }
  }
  return
}

// -----

func.func @unknown_pipeline(%n: index) {
  // expected-error @below {{unknown pipeline 'fast'; multi or single}}
  piuma.spawn (%t) in (%n) on fast {
  }
  return
}

// -----

func.func @barrier_in_a_block(%n: index) {
  piuma.launch (%b) in (%n) {
    // expected-error @below {{stands in a launch but not in a spawn: a block has one thread there}}
    piuma.barrier
  }
  return
}

// -----

func.func @reduction_in_a_block(%n: index, %v: i64) {
  piuma.launch (%b) in (%n) {
    // expected-error @below {{stands in a launch but not in a spawn: a block has one thread there}}
    %0 = piuma.reduce add %v : i64
  }
  return
}

// -----

func.func @alloc_in_a_scratchpad(%n: index) {
  // expected-error @below {{gives a buffer outside scratchpads, not 'memref<?xi64, #piuma.space<scratchpad>>'; piuma.scratchpad gives those}}
  %m, %ok = piuma.alloc(%n) for c : memref<?xi64, #piuma.space<scratchpad>>
  return
}

// -----

func.func @alloc_of_two_sizes(%n: index) {
  // expected-error @below {{gives a buffer whose size an operand says, not 'memref<400xi64>'}}
  %m, %ok = piuma.alloc(%n) for c : memref<400xi64>
  return
}

// -----

func.func @alloc_with_gaps(%n: index) {
  // expected-error @below {{gives a buffer of consecutive elements, not 'memref<?xi64, strided<[2]>>'}}
  %m, %ok = piuma.alloc(%n) for c : memref<?xi64, strided<[2]>>
  return
}

// -----

func.func @resize_of_two_sizes(%m: memref<400xi64>, %n: index) {
  // expected-error @below {{gives a buffer whose size an operand says, not 'memref<400xi64>'}}
  %r = piuma.resize %m to %n : memref<400xi64>
  return
}

// -----

func.func @reduce_exchange(%v: i64) {
  // expected-error @below {{combines; exchange does not}}
  %0 = piuma.reduce exchange %v : i64
  return
}

// -----

func.func @reduce_narrow(%v: i16) {
  // expected-error @below {{works on numbers of 4 or 8 bytes, not on 'i16'}}
  %0 = piuma.reduce add %v : i16
  return
}

// -----

func.func @scratchpad_space() {
  // expected-error @below {{gives a buffer in #piuma.space<scratchpad>, not 'memref<4xi64>'}}
  %0 = piuma.scratchpad at 0 : memref<4xi64>
  return
}

// -----

func.func @scratchpad_size() {
  // expected-error @below {{gives a buffer whose size is known, not}}
  %0 = piuma.scratchpad at 0 : memref<?xi64, #piuma.space<scratchpad>>
  return
}

// -----

func.func @scratchpad_offset() {
  // expected-error @below {{starts at byte 12; a multiple of 8, the bytes of an element, is needed}}
  %0 = piuma.scratchpad at 12 : memref<4xi64, #piuma.space<scratchpad>>
  return
}

// -----

// 4 MiB less 64 KiB for the system.
module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @scratchpad_fits() {
    %0 = piuma.scratchpad at 0 : memref<516096xi64, #piuma.space<scratchpad>>
    return
  }
  func.func @scratchpad_too_large() {
    // expected-error @below {{needs 516097 x 8 bytes of scratchpad from byte 0; piuma-1core has 4128768 for programs}}
    %0 = piuma.scratchpad at 0 : memref<516097xi64, #piuma.space<scratchpad>>
    return
  }
}

// -----

module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @scratchpad_behind_the_end() {
    // expected-error @below {{needs 1 x 8 bytes of scratchpad from byte 4128768; piuma-1core has 4128768 for programs}}
    %0 = piuma.scratchpad at 4128768 : memref<1xi64, #piuma.space<scratchpad>>
    return
  }
}

// -----

func.func @load_type(%m: memref<?xf64>, %i: index) {
  // expected-error @below {{moves 'f32'; an element of 'memref<?xf64>', or a vector of 8 bytes of them, can be}}
  %0 = piuma.load %m[%i] cached : memref<?xf64>, f32
  return
}

// -----

func.func @load_long_vector(%m: memref<?xi8>, %i: index) {
  // expected-error @below {{moves 'vector<16xi8>'}}
  %0 = piuma.load %m[%i] uncached : memref<?xi8>, vector<16xi8>
  return
}

// -----

func.func @atomic_narrow(%m: memref<?xi8>, %i: index, %v: i8) {
  // expected-error @below {{works on numbers of 4 or 8 bytes, not on 'i8'}}
  piuma.atomic add %m[%i], %v : memref<?xi8>, i8
  return
}

// -----

func.func @atomic_and_of_floats(%m: memref<?xf64>, %i: index, %v: f64) {
  // expected-error @below {{and works on integers, not on 'f64'}}
  piuma.atomic and %m[%i], %v : memref<?xf64>, f64
  return
}

// -----

func.func @atomic_result(%m: memref<?xf64>, %i: index, %v: f64) {
  // expected-error @below {{gives 'i64'; the element is 'f64'}}
  %0 = piuma.atomic add %m[%i], %v : memref<?xf64>, f64 -> i64
  return
}

// -----

func.func @compare_width(%m: memref<?xf64>, %i: index, %v: i32) {
  // expected-error @below {{compares 'i32' with an element of 'f64'; an integer as wide is needed}}
  %0 = piuma.compare_exchange %m[%i], %v, %v : memref<?xf64>, i32
  return
}

// -----

func.func @dma_types(%a: memref<?xf64>, %b: memref<?xf32>, %i: index) {
  // expected-error @below {{moves elements of 'f64' to a buffer of 'f32'}}
  %0 = piuma.dma_copy %a[%i], %b[%i] count(%i) : memref<?xf64>, memref<?xf32>
  return
}

// -----

func.func @dma_combine(%a: memref<?xi8>, %i: index) {
  // expected-error @below {{works on numbers of 4 or 8 bytes, not on 'i8'}}
  %0 = piuma.dma_copy %a[%i], %a[%i] count(%i) combine(add)
    : memref<?xi8>, memref<?xi8>
  return
}

// -----

func.func @dma_fill(%a: memref<?xcomplex<f64>>, %i: index, %v: complex<f64>) {
  // expected-error @below {{fills with elements of 1, 2, 4 or 8 bytes, not of 'complex<f64>'}}
  %0 = piuma.dma_fill %v, %a[%i] count(%i) : complex<f64>, memref<?xcomplex<f64>>
  return
}

// -----

// expected-error @below {{queues hold numbers of 4 or 8 bytes, not 'i16'}}
func.func private @narrow_queue(!piuma.queue<i16>)

// -----

func.func @queue_element(%m: memref<?xf64>) {
  // expected-error @below {{keeps elements of 'i64' in a buffer of 'f64'}}
  %q = piuma.queue_create %m : memref<?xf64> -> !piuma.queue<i64>
  return
}

// -----

module attributes {piuma.target = #piuma.target<"piuma-1core", {queue_entries = 32 : i64}>} {
  func.func @queue_fits(%m: memref<32xi64>) {
    %q = piuma.queue_create %m : memref<32xi64> -> !piuma.queue<i64>
    return
  }
  func.func @queue_too_long(%m: memref<33xi64>) {
    // expected-error @below {{keeps a queue of 33 elements; a queue of piuma-1core has at most 32}}
    %q = piuma.queue_create %m : memref<33xi64> -> !piuma.queue<i64>
    return
  }
}
