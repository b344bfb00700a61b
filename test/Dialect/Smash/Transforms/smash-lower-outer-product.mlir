// An outer product becomes rank-one updates that are counted, scattered to
// bundles of rows, sorted and merged.
// RUN: smash-opt %s --smash-insert-conversions --smash-lower-outer-product \
// RUN:   --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func @outer(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
// A by columns.
// CHECK:       %[[AC:.*]] = smash.convert %[[A]]
// CHECK:       %[[AT:.*]] = smash.transpose %[[AC]]
// CHECK-NOT:   smash.spgemm
// Count the products of each row.
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:         smash.work_loop {{.*}} schedule(dynamic) {
// CHECK:           smash.atomic_update plus,
// CHECK:       } {mapping = [#smash.block]}
// Multiply.
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:         arith.mulf
// CHECK:       } {mapping = [#smash.block]}
// Merge.
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:         smash.sort %{{.*}}, %{{.*}} from %{{.*}} to %{{.*}} scratch(
// CHECK:         arith.addf
// CHECK:       } {mapping = [#smash.block]}
// CHECK:       smash.resize
// CHECK:       smash.fail position_overflow
// CHECK:       smash.assemble
// CHECK-NEXT:  smash.release %[[AC]]

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @outer(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(outer)
    return %r : tensor<4x6xf64, #CSR>
  }
}
