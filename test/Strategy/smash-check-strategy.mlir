// What can be lowered passes, unchanged.

// RUN: smash-opt %s > %t.before
// RUN: smash-opt %s --smash-check-strategy > %t.after
// RUN: diff %t.before %t.after
// RUN: smash-opt %s --smash-check-strategy | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>

// CHECK: strategy(row_wise, accumulator = hash)
// CHECK: transpose_a
// CHECK-SAME: strategy(outer)
func.func @products(%a: !mat, %n: index) -> (!mat, !mat) {
  %c = tensor.empty(%n, %n) : !mat
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  %1 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat) transpose_a
         semiring(plus_times) strategy(outer)
  return %0, %1 : !mat, !mat
}
