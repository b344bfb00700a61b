// What selection refuses.

// RUN: smash-opt %s --split-input-file --verify-diagnostics --smash-select-strategy="deterministic=true"
// RUN: echo 'module {}' | not smash-opt - --smash-select-strategy=versions=5 2>&1 \
// RUN:   | FileCheck %s
// CHECK: error: smash-select-strategy: versions 5 is not between 1 and 4

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>
func.func @no_machine(%a: !any, %c: !any) -> !any {
  // expected-error @+1 {{needs a machine: no module around it has the attribute 'smash.machine = #smash.machine<...>'}}
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
  return %0 : !any
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>
func.func @any_order(%a: !any, %c: !any) -> !any {
  // expected-error @+1 {{merge = atomic adds in any order; deterministic needs merge = exclusive}}
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         strategy(row_wise, accumulator = hash, merge = atomic)
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
         semiring(plus_times) {smash.statistics = {rows = 1}}
  return %0 : !any
}
}
