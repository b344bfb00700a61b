// Analyses of bufferization know the tensor ops; none of them crashes, and an
// op that is still there says what to run first.
// RUN: smash-opt %s --split-input-file --eliminate-empty-tensors \
// RUN:   --empty-tensor-to-alloc-tensor | FileCheck %s
// RUN: not smash-opt %s --split-input-file --one-shot-bufferize 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ERROR

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
// CHECK-LABEL: func @product(
// CHECK:         %[[C:.*]] = bufferization.alloc_tensor()
// CHECK:         smash.spgemm {{.*}} outs(%[[C]] :
func.func @product(%a: tensor<4x4xf64, #CSR>) -> tensor<4x4xf64, #CSR> {
  %c = tensor.empty() : tensor<4x4xf64, #CSR>
  // ERROR: [[@LINE+1]]:8: error: 'smash.spgemm' op has no buffer of its own: run smash-configuration-pipeline and smash-kernel-pipeline before bufferization
  %r = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%c : tensor<4x4xf64, #CSR>) semiring(plus_times)
  return %r : tensor<4x4xf64, #CSR>
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
// A chain, whose inner result nobody writes to.
// CHECK-LABEL: func @chain(
// CHECK:         %[[T:.*]] = smash.transpose
// CHECK:         %[[P:.*]] = smash.spgemm {{.*}}%[[T]]
// CHECK:         smash.spgemm {{.*}}%[[P]]
func.func @chain(%a: tensor<4x8xf64, #CSR>) -> tensor<4x4xf64, #CSR> {
  // ERROR: [[@LINE+1]]:8: error: 'smash.transpose' op has no buffer of its own
  %t = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf64, #CSC>
  %c = tensor.empty() : tensor<4x4xf64, #CSR>
  %p = smash.spgemm ins(%a, %t : tensor<4x8xf64, #CSR>, tensor<8x4xf64, #CSC>)
    outs(%c : tensor<4x4xf64, #CSR>) semiring(plus_times)
  %d = tensor.empty() : tensor<4x4xf64, #CSR>
  %r = smash.spgemm ins(%p, %p : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%d : tensor<4x4xf64, #CSR>) semiring(plus_times)
  return %r : tensor<4x4xf64, #CSR>
}
