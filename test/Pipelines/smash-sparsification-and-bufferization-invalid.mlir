// RUN: smash-opt %s --verify-diagnostics \
// RUN:   --smash-sparsification-and-bufferization
// RUN: not smash-opt %S/Inputs/neighbours.mlir 2>&1 \
// RUN:   --smash-sparsification-and-bufferization=sparse-emit-strategy=debug-interface \
// RUN:   | FileCheck %s --implicit-check-not=error:
// CHECK: error: sparse-emit-strategy=debug-interface: upstream's sparsification of MLIR 22.1 crashes with it

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
// A product must be a kernel by then.
func.func @product(%a: tensor<8x8xf64, #CSR>) -> tensor<8x8xf64, #CSR> {
  %c = tensor.empty() : tensor<8x8xf64, #CSR>
  // expected-error @below {{'smash.spgemm' op is no kernel yet: run smash-configuration-pipeline and the passes that lower products before smash-sparsification-and-bufferization}}
  %0 = smash.spgemm ins(%a, %a : tensor<8x8xf64, #CSR>, tensor<8x8xf64, #CSR>)
    outs(%c : tensor<8x8xf64, #CSR>) semiring(plus_times)
  return %0 : tensor<8x8xf64, #CSR>
}
