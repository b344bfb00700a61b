// What no versions can be made of.

// RUN: smash-opt %s --split-input-file --verify-diagnostics --smash-version-strategies

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>
func.func @open(%a: !any, %c: !any) -> !any {
  // expected-error @+1 {{candidate strategy row_wise names no accumulator: each needs one to be weighed}}
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times) strategy([<outer>, <row_wise>])
  return %0 : !any
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>
func.func @many(%a: !any, %c: !any) -> !any {
  // expected-error @+1 {{has 5 candidate strategies; at most 4 become versions}}
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         strategy([<outer>, <inner>, <row_wise, accumulator = hash>,
                   <row_wise, accumulator = dense>,
                   <row_wise, accumulator = dense, occupancy = bitmap>])
  return %0 : !any
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>
func.func @machine(%a: !any, %c: !any) -> !any {
  // expected-error @+1 {{needs a machine: no module around it has the attribute 'smash.machine = #smash.machine<...>'}}
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times) strategy([<outer>, <inner>])
  return %0 : !any
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>
module attributes {smash.machine = #smash.machine<blocks = 1,
  threads_per_block = 1, scratchpad_bytes = 1, cache_bytes = 1,
  memory_bytes = 1>} {
func.func @statistics(%a: !any, %c: !any) -> !any {
  // expected-error @+1 {{attribute 'smash.statistics': entry 'inner' is missing}}
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times) strategy([<outer>, <inner>])
         {smash.statistics = {rows = 1}}
  return %0 : !any
}
}
