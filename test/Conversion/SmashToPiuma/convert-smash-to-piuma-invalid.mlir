// RUN: smash-opt %s --convert-smash-to-piuma --split-input-file \
// RUN:   --verify-diagnostics

// expected-error @below {{module has no 'piuma.target': run piuma-set-target before convert-smash-to-piuma}}
module {}

// -----

module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @narrow(%m: memref<?xf16>, %i: index, %v: f16) {
    // expected-error @below {{updates elements of 'memref<?xf16>' atomically; piuma has atomics of 4 and 8 bytes (merge = exclusive needs none)}}
    smash.atomic_update plus, %m[%i], %v : memref<?xf16>, f16
    return
  }
}

// -----

module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @claim(%m: memref<?xi8>, %i: index, %v: i8) {
    // expected-error @below {{updates elements of 'memref<?xi8>' atomically}}
    %0 = smash.compare_exchange %m[%i], %v, %v : memref<?xi8>, i8
    return
  }
}

// -----

module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @rank(%m: memref<4x4xf64>, %i: index) -> f64 {
    // expected-error @below {{accesses a buffer of rank 2; piuma programs have flat buffers}}
    %0 = memref.load %m[%i, %i] : memref<4x4xf64>
    return %0 : f64
  }
}

// -----

module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @accumulator(%n: index) {
    // expected-error @below {{is still there: run smash-expand-accumulators before convert-smash-to-piuma}}
    %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
      semiring(plus_times) occupancy = list hash_function = multiplicative
      fill_limit(50) : !smash.accumulator<dense, i32, f64>
    return
  }
}
