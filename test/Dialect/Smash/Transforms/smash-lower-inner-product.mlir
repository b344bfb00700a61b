// An inner product fills a plan: each entry of C is the intersection of a row
// of A and a column of B.
// RUN: smash-opt %s --smash-insert-conversions --smash-lower-inner-product \
// RUN:   --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func @inner(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
// CHECK-DAG:   %[[PLAN:.*]] = smash.spgemm_symbolic ins(%[[A]], %[[B]]
// CHECK-DAG:   %[[BC:.*]] = smash.convert %[[B]]
// CHECK-DAG:   %[[BT:.*]] = smash.transpose %[[BC]]
// CHECK-NOT:   smash.spgemm_numeric
// CHECK:       smash.plan_parts %[[PLAN]]
// It is made of the same operands: nothing is compared.
// CHECK-NOT:   smash.fail plan_mismatch
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:         %[[TAGS:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for partial : memref<?xi32>
// CHECK:         smash.work_loop {{.*}} schedule(dynamic) {
// A row that serves several entries of C is put in a table, emptied before.
// CHECK:               memref.store %{{.*}}, %[[TAGS]]
// CHECK-NEXT:        } {smash.stream}
// Advance the side whose coordinate is smaller, until they meet.
// CHECK:           scf.while
// CHECK:             scf.condition
// CHECK:             arith.mulf
// CHECK:       } {mapping = [#smash.block]}
// CHECK:       smash.assemble
// CHECK-DAG:   smash.release %[[PLAN]]
// CHECK-DAG:   smash.release %[[BC]]

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @inner(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(inner)
    return %r : tensor<4x6xf64, #CSR>
  }

  // Who knows of what this plan is made: that of other operands is an error.
  // CHECK-LABEL: func @planned(
  // CHECK-SAME:    %[[PLAN:[a-z0-9]+]]: !smash.plan
  // CHECK:       smash.plan_parts %[[PLAN]]
  // CHECK:       smash.fail plan_mismatch
  func.func @planned(%p: !smash.plan<i32, i32>, %a: tensor<4x8xf64, #CSR>,
                     %bt: tensor<6x8xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
      ins(%a, %bt : tensor<4x8xf64, #CSR>, tensor<6x8xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) transpose_b semiring(plus_times)
      strategy(inner)
    return %r : tensor<4x6xf64, #CSR>
  }

  // Nor is it made of these if B is transposed once only.
  // CHECK-LABEL: func @planned_of_the_transpose(
  // CHECK:       smash.fail plan_mismatch
  func.func @planned_of_the_transpose(%a: tensor<8x8xf64, #CSR>,
      %b: tensor<8x8xf64, #CSR>) -> tensor<8x8xf64, #CSR> {
    %p = smash.spgemm_symbolic
      ins(%a, %b : tensor<8x8xf64, #CSR>, tensor<8x8xf64, #CSR>)
      strategy(row_wise, accumulator = hash) : !smash.plan<i32, i32>
    %c = tensor.empty() : tensor<8x8xf64, #CSR>
    %r = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
      ins(%a, %b : tensor<8x8xf64, #CSR>, tensor<8x8xf64, #CSR>)
      outs(%c : tensor<8x8xf64, #CSR>) transpose_b semiring(plus_times)
      strategy(inner)
    smash.release %p : !smash.plan<i32, i32>
    return %r : tensor<8x8xf64, #CSR>
  }
}
