// A format that there are no loops for.
// RUN: smash-opt %s --smash-lower-conversions --split-input-file \
// RUN:   --verify-diagnostics

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#LOOSE = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : loose_compressed)
}>
func.func @loose(%a: tensor<4x8xf64, #LOOSE>) -> tensor<4x8xf64, #CSR> {
  // expected-error-re @below {{'smash.convert' op of type {{.*}}loose_compressed{{.*}} is not lowered yet; CSR, CSC, DCSR, DCSC, COO and BSR are}}
  %t = smash.convert %a : tensor<4x8xf64, #LOOSE> to tensor<4x8xf64, #CSR>
  return %t : tensor<4x8xf64, #CSR>
}

// -----

// An entry twice is no matrix.
#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#TWICE = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonunique))
}>
func.func @twice(%a: tensor<4x8xf64, #CSR>) -> tensor<4x8xf64, #TWICE> {
  // expected-error-re @below {{'smash.convert' op of type {{.*}}nonunique{{.*}} is not lowered yet}}
  %t = smash.convert %a : tensor<4x8xf64, #CSR> to tensor<4x8xf64, #TWICE>
  return %t : tensor<4x8xf64, #TWICE>
}
