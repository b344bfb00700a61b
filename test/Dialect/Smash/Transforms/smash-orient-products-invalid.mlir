// What has no known format is left as it is: its lowering says so.
// RUN: smash-opt %s --smash-orient-products > %t
// RUN: smash-opt %s | diff - %t
// RUN: not smash-opt %s --smash-kernel-pipeline 2>&1 | FileCheck %s

// CHECK: operand a of type {{.*}}loose_compressed{{.*}} is not lowered yet

#LOOSE = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : loose_compressed)
}>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
func.func @loose(%a: tensor<?x?xf64, #LOOSE>, %n: index)
    -> tensor<?x?xf64, #CSC> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSC>
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #LOOSE>,
                                 tensor<?x?xf64, #LOOSE>)
         outs(%c : tensor<?x?xf64, #CSC>) semiring(plus_times)
  return %0 : tensor<?x?xf64, #CSC>
}
