// A deterministic product merges exclusively, however many threads a block has.

// RUN: smash-opt %s --smash-set-machine="threads-per-block=4" --smash-select-strategy="deterministic=true" | FileCheck %s

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!any = tensor<?x?xf64, #CSR>

// CHECK-LABEL: @unknown
// CHECK: strategy(row_wise, accumulator = hash){{$}}
func.func @unknown(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
  return %0 : !any
}

// CHECK-LABEL: @accumulator_given
// CHECK: strategy(row_wise, accumulator = dense){{$}}
func.func @accumulator_given(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times) strategy(row_wise, accumulator = dense)
  return %0 : !any
}
