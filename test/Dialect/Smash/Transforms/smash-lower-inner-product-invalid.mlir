// RUN: smash-opt %s --smash-lower-inner-product --verify-diagnostics

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<8x8xf64, #CSR>
func.func @no_machine(%a: !mat, %b: !mat, %p: !smash.plan<i32, i32>) -> !mat {
  %c = tensor.empty() : !mat
  // expected-error @below {{'smash.spgemm_numeric' op needs a machine: no module around it has the attribute 'smash.machine = #smash.machine<...>'}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
    ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_b semiring(plus_times)
    strategy(inner)
  return %0 : !mat
}
