// RUN: smash-opt %s --convert-smash-to-host --split-input-file --verify-diagnostics

module attributes {smash.machine = #smash.machine<blocks = 1,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
func.func @accumulator(%n: index) {
  // expected-error @below {{'smash.create_accumulator' op is still there: run smash-expand-accumulators before convert-smash-to-host}}
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
    semiring(plus_times) occupancy = list hash_function = multiplicative
    fill_limit(50) : !smash.accumulator<hash, i32, f64>
  smash.destroy_accumulator %acc : !smash.accumulator<hash, i32, f64>
  return
}
}

// -----

// What becomes a function stands in one.
module {
  %n = arith.constant 4 : index
  // expected-error @below {{'scf.forall' op is to become a function, and stands in no func.func}}
  scf.forall (%b) in (%n) {
  } {mapping = [#smash.block]}
}
