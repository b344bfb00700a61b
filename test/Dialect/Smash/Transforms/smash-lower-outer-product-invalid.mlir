// RUN: smash-opt %s --smash-lower-outer-product --verify-diagnostics

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<8x8xf64, #CSR>
func.func @no_machine(%a: !mat, %b: !mat) -> !mat {
  %c = tensor.empty() : !mat
  // expected-error @below {{'smash.spgemm' op needs a machine: no module around it has the attribute 'smash.machine = #smash.machine<...>'}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_a
    semiring(plus_times) strategy(outer)
  return %0 : !mat
}
