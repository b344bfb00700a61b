// A union counts the entries of each row, then writes them: two cursors, moved
// without a branch on the columns.
// RUN: smash-opt %s --smash-lower-union --canonicalize --cse | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
// CHECK-LABEL: func @union(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf64, {{.*}}>, %[[Y:.*]]: tensor<4x8xf64, {{.*}}>)
// CHECK-DAG:   %[[VX:.*]] = sparse_tensor.values %[[X]]
// CHECK-DAG:   %[[VY:.*]] = sparse_tensor.values %[[Y]]
// CHECK:       %[[POS:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for result : memref<?xi32>
// The rows of both blocks' tiles are counted.
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:         smash.work_loop
// CHECK:           scf.while
// CHECK:           memref.store %{{.*}}, %[[POS]]
// CHECK:       } {mapping = [#smash.block]}
// C is as long as it is.
// CHECK:       %[[CRD:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for result : memref<?xi32>
// CHECK:       %[[VAL:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for result : memref<?xf64>
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:           scf.while
// CHECK:             %[[P:.*]] = memref.load %[[VX]]
// CHECK:             %[[Q:.*]] = memref.load %[[VY]]
// CHECK:             arith.minimumf %[[P]], %[[Q]] : f64
// CHECK:             memref.store %{{.*}}, %[[CRD]]
// CHECK:             memref.store %{{.*}}, %[[VAL]]
// CHECK:           } {smash.stream}
// CHECK:       } {mapping = [#smash.block]}
// CHECK:       smash.fail position_overflow
// CHECK:       smash.assemble
func.func @union(%x: tensor<4x8xf64, #CSR>, %y: tensor<4x8xf64, #CSR>)
    -> tensor<4x8xf64, #CSR> {
  %init = tensor.empty() : tensor<4x8xf64, #CSR>
  %u = smash.union ins(%x, %y : tensor<4x8xf64, #CSR>, tensor<4x8xf64, #CSR>)
    outs(%init : tensor<4x8xf64, #CSR>) add(min)
  return %u : tensor<4x8xf64, #CSR>
}
}
