// RUN: smash-opt %s --smash-lower-transpose --verify-diagnostics

#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : loose_compressed)
}>
func.func @loose(%a: tensor<4x8xf64, #Loose>) -> tensor<8x4xf64, #Loose> {
  // expected-error-re @below {{'smash.transpose' op {{.*}}is not lowered yet}}
  %t = smash.transpose %a : tensor<4x8xf64, #Loose> to tensor<8x4xf64, #Loose>
  return %t : tensor<8x4xf64, #Loose>
}
