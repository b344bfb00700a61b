// What the pipeline cannot compile is one line.
//
// RUN: not smash-opt %s --smash-sparsifier-pipeline 2>&1 \
// RUN:   | FileCheck %s --check-prefix=RUNTIME --implicit-check-not=error:
// RUNTIME: error: 'smash.assemble' op value type i1 is not one of the runtime library's: set enable-runtime-library=false
//
// RUN: smash-opt %s -o /dev/null \
// RUN:   --smash-sparsifier-pipeline=enable-runtime-library=false
//
// RUN: not smash-opt %s --smash-sparsifier-pipeline=blocks=0 2>&1 \
// RUN:   | FileCheck %s --check-prefix=BLOCKS
// BLOCKS: error: {{.*}}blocks
//
// RUN: not smash-opt %s --smash-sparsifier-pipeline=vl=many 2>&1 \
// RUN:   | FileCheck %s --check-prefix=VL
// VL: 'many' value invalid for integer argument
//
// RUN: not smash-opt %S/Inputs/neighbours.mlir 2>&1 \
// RUN:   --smash-sparsifier-pipeline=sparse-emit-strategy=debug-interface \
// RUN:   | FileCheck %s --check-prefix=DEBUG --implicit-check-not=error:
// DEBUG: error: sparse-emit-strategy=debug-interface: upstream's sparsification of MLIR 22.1 crashes with it

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
!mat = tensor<8x8xi1, #CSR>
func.func @logical(%a: !mat, %b: !mat) -> !mat {
  %init = tensor.empty() : !mat
  %c = linalg.matmul ins(%a, %b : !mat, !mat) outs(%init : !mat) -> !mat
  return %c : !mat
}
