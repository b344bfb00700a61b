// What cannot be counted, and what is no product.

// RUN: smash-opt %s --split-input-file --verify-diagnostics --smash-lower-statistics

#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
func.func @columns(%a: tensor<?x?xf64, #CSC>) -> memref<?xi64> {
  // expected-error @+1 {{of an operand of type 'tensor<?x?xf64}}
  %s = smash.statistics ins(%a, %a : tensor<?x?xf64, #CSC>,
                                     tensor<?x?xf64, #CSC>) : memref<?xi64>
  return %s : memref<?xi64>
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @shapes(%a: tensor<3x4xf64, #CSR>) -> memref<?xi64> {
  // expected-error @+1 {{inner sizes differ: a is 3x4, b is 3x4}}
  %s = smash.statistics ins(%a, %a : tensor<3x4xf64, #CSR>,
                                     tensor<3x4xf64, #CSR>) : memref<?xi64>
  return %s : memref<?xi64>
}
