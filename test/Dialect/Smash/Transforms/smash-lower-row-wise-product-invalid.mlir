// RUN: smash-opt %s --split-input-file --verify-diagnostics \
// RUN:   --smash-lower-row-wise-product

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @no_accumulator(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    // expected-error @below {{'smash.spgemm' op strategy row_wise names no accumulator: run smash-select-strategy before lowering}}
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(row_wise)
    return %r : tensor<4x6xf64, #CSR>
  }
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @no_machine(%a: tensor<4x4xf64, #CSR>) -> tensor<4x4xf64, #CSR> {
  %c = tensor.empty() : tensor<4x4xf64, #CSR>
  // expected-error @below {{'smash.spgemm' op needs a machine: no module around it has the attribute 'smash.machine = #smash.machine<...>'}}
  %r = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%c : tensor<4x4xf64, #CSR>) semiring(plus_times)
    strategy(row_wise, accumulator = dense)
  return %r : tensor<4x4xf64, #CSR>
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @in_place(%p: !smash.plan<i64, i64>, %a: tensor<4x4xf64, #CSR>,
                      %c: tensor<4x4xf64, #CSR>) -> tensor<4x4xf64, #CSR> {
    // expected-error @below {{'smash.spgemm_numeric' op smash.in_place needs an outs that smash.assemble makes for this op alone}}
    %r = smash.spgemm_numeric plan(%p : !smash.plan<i64, i64>)
      ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
      outs(%c : tensor<4x4xf64, #CSR>) semiring(plus_times)
      strategy(row_wise, accumulator = dense) {smash.in_place}
    return %r : tensor<4x4xf64, #CSR>
  }
}
