// RUN: smash-opt %s --smash-flatten-tensors --verify-diagnostics

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
// What has no parts yet is to be lowered first.
func.func @product(%a: tensor<8x8xf64, #CSR>) -> tensor<8x8xf64, #CSR> {
  // expected-error @below {{failed to legalize operation 'tensor.empty'}}
  %c = tensor.empty() : tensor<8x8xf64, #CSR>
  %0 = smash.spgemm ins(%a, %a : tensor<8x8xf64, #CSR>, tensor<8x8xf64, #CSR>)
    outs(%c : tensor<8x8xf64, #CSR>) semiring(plus_times)
  return %0 : tensor<8x8xf64, #CSR>
}
