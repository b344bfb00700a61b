// Products absorb transpositions and drop what says nothing.
// RUN: smash-opt %s --canonicalize | FileCheck %s

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>

// CHECK-LABEL: func @fold_transpose(
// CHECK-SAME:    %[[A:.*]]: tensor<8x4xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
func.func @fold_transpose(%a: tensor<8x4xf64, #CSR>, %b: tensor<8x6xf64, #CSR>,
                          %c: tensor<4x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
  // CHECK-NOT: smash.transpose
  // CHECK: smash.spgemm ins(%[[A]], %[[B]] : {{.*}}) transpose_a semiring(plus_times){{$}}
  %t = smash.transpose %a : tensor<8x4xf64, #CSR> to tensor<4x8xf64, #CSR>
  %r = smash.spgemm ins(%t, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
  return %r : tensor<4x6xf64, #CSR>
}

// A transposition of a transposed operand cancels.
// CHECK-LABEL: func @cancel(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
func.func @cancel(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>,
                  %c: tensor<4x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
  // CHECK: smash.spgemm ins(%[[A]], %[[B]] : {{.*}}) outs({{[^)]*}}) semiring(plus_times)
  %t = smash.transpose %b : tensor<8x6xf64, #CSR> to tensor<6x8xf64, #CSR>
  %r = smash.spgemm ins(%a, %t : tensor<4x8xf64, #CSR>, tensor<6x8xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) transpose_b semiring(plus_times)
  return %r : tensor<4x6xf64, #CSR>
}

// To another layout, it is a conversion, which stays.
// CHECK-LABEL: func @other_layout(
func.func @other_layout(%a: tensor<8x4xf64, #CSC>, %b: tensor<8x6xf64, #CSR>,
                        %c: tensor<4x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
  // CHECK: %[[T:.*]] = smash.transpose
  // CHECK: smash.spgemm ins(%[[T]],
  %t = smash.transpose %a : tensor<8x4xf64, #CSC> to tensor<4x8xf64, #CSR>
  %r = smash.spgemm ins(%t, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
  return %r : tensor<4x6xf64, #CSR>
}

// CHECK-LABEL: func @accumulate(
func.func @accumulate(%a: tensor<4x4xf64, #CSR>)
    -> (tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>) {
  // CHECK: smash.spgemm {{.*}} accumulate(max) semiring(plus_times)
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%a : tensor<4x4xf64, #CSR>) accumulate(max) semiring(plus_times)
  // CHECK: smash.spgemm
  // CHECK-NOT: accumulate
  // CHECK-SAME: semiring(plus_times)
  %1 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%a : tensor<4x4xf64, #CSR>) accumulate(plus) semiring(plus_times)
  return %0, %1 : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>
}

// Products that nobody uses are no work at all.
// CHECK-LABEL: func @unused(
// CHECK-NEXT:    return
func.func @unused(%a: tensor<4x4xf64, #CSR>) {
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%a : tensor<4x4xf64, #CSR>) semiring(plus_times)
  return
}
