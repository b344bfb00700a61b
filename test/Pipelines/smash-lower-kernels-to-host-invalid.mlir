// RUN: smash-opt %s --smash-lower-kernels-to-host --verify-diagnostics

module attributes {smash.machine = #smash.machine<blocks = 1,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
func.func @escapes(%n: index) -> !smash.accumulator<hash, i32, f64> {
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
    semiring(plus_times) occupancy = list hash_function = multiplicative
    fill_limit(50) : !smash.accumulator<hash, i32, f64>
  // expected-error @below {{'func.return' op uses an accumulator in a way that cannot be expanded}}
  return %acc : !smash.accumulator<hash, i32, f64>
}
}
