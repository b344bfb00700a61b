// An inner product fills a plan: each entry of C is the intersection of a row
// of A and a column of B.
// RUN: smash-opt %s --smash-insert-conversions --smash-lower-inner-product \
// RUN:   --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func @inner(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
// CHECK-DAG:   %[[PLAN:.*]] = smash.spgemm_symbolic ins(%[[A]], %[[B]]
// CHECK-DAG:   %[[BT:.*]] = smash.transpose %[[B]]
// CHECK-NOT:   smash.spgemm_numeric
// CHECK:       smash.plan_parts %[[PLAN]]
// A plan of other operands is an error.
// CHECK:       smash.fail plan_mismatch
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
// CHECK-DAG:   smash.release %[[BT]]

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
}
