// A transposed copy is a counting sort by column.
// RUN: smash-opt %s --smash-lower-transpose --canonicalize --cse \
// RUN:   --split-input-file --verify-diagnostics | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
// CHECK-LABEL: func @transpose(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64,
// CHECK-DAG:   %[[C4:.*]] = arith.constant 4 : index
// CHECK-DAG:   %[[C8:.*]] = arith.constant 8 : index
// CHECK-DAG:   %[[C9:.*]] = arith.constant 9 : index
// CHECK:       %[[POS:.*]] = sparse_tensor.positions %[[A]]
// CHECK:       %[[CRD:.*]] = sparse_tensor.coordinates %[[A]]
// CHECK:       %[[VAL:.*]] = sparse_tensor.values %[[A]]
// CHECK:       %[[N:.*]] = memref.load %[[POS]][%[[C4]]]
// CHECK:       %[[NNZ:.*]] = arith.index_castui %[[N]] : i32 to index
// CHECK:       %[[TPOS:.*]], %{{.*}} = smash.try_alloc(%[[C9]]) zeroed : memref<?xi32>
// CHECK:       %[[TCRD:.*]], %{{.*}} = smash.try_alloc(%[[NNZ]]) : memref<?xi32>
// CHECK:       %[[TVAL:.*]], %{{.*}} = smash.try_alloc(%[[NNZ]]) : memref<?xf64>
// Count the entries of each column, sum up, and move.
// CHECK:       scf.for %{{.*}} = %{{.*}} to %[[NNZ]]
// CHECK:         memref.load %[[CRD]]
// CHECK:       scf.for %{{.*}} = %{{.*}} to %[[C8]]
// CHECK:       scf.for %{{.*}} = %{{.*}} to %[[C4]]
// CHECK:         memref.store %{{.*}}, %[[TCRD]]
// CHECK:         %[[V:.*]] = memref.load %[[VAL]]
// CHECK:         memref.store %[[V]], %[[TVAL]]
// CHECK:       %[[T:.*]] = smash.assemble [%[[C8]], %[[C4]]]
// CHECK-NEXT:  return %[[T]]
func.func @transpose(%a: tensor<4x8xf64, #CSR>) -> tensor<8x4xf64, #CSR> {
  %t = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf64, #CSR>
  return %t : tensor<8x4xf64, #CSR>
}

// -----

#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @format(%a: tensor<4x8xf64, #DCSR>) -> tensor<8x4xf64, #DCSR> {
  // expected-error-re @below {{'smash.transpose' op of type {{.*}} is not lowered yet; CSR with 32-bit, 64-bit or index positions and coordinates is}}
  %t = smash.transpose %a : tensor<4x8xf64, #DCSR> to tensor<8x4xf64, #DCSR>
  return %t : tensor<8x4xf64, #DCSR>
}
