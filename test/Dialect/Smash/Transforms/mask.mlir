// A structural mask decides what an upsert merges.
// RUN: smash-opt %s --smash-lower-row-wise-product --canonicalize --cse \
// RUN:   | FileCheck %s
// RUN: smash-opt %s --smash-lower-row-wise-product --smash-relax-atomics \
// RUN:   --smash-expand-accumulators --canonicalize --cse \
// RUN:   | FileCheck %s --check-prefix=EXPANDED

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 1,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  // CHECK-LABEL: func @plain(
  // CHECK-SAME:    %[[M:[a-z0-9]+]]: tensor<4x4xi1,
  // CHECK-DAG:     %[[MPOS:.*]] = sparse_tensor.positions %[[M]]
  // CHECK-DAG:     %[[MCRD:.*]] = sparse_tensor.coordinates %[[M]]
  // CHECK:         smash.upsert
  // CHECK:           %[[KEY:.*]] = memref.load
  // Search the row of the mask.
  // CHECK:           scf.while
  // CHECK:             memref.load %[[MCRD]]
  // CHECK:           %[[ALLOWED:.*]] = scf.if {{.*}} -> (i1)
  // CHECK:           smash.yield %[[KEY]], %{{.*}}, %[[ALLOWED]] : i32, f64, i1
  // EXPANDED-LABEL: func @plain(
  // EXPANDED:         %[[ALLOWED:.*]] = scf.if {{.*}} -> (i1)
  // EXPANDED:         scf.if %[[ALLOWED]]
  func.func @plain(%m: tensor<4x4xi1, #CSR>, %a: tensor<4x4xf64, #CSR>)
      -> tensor<4x4xf64, #CSR> {
    %c = tensor.empty() : tensor<4x4xf64, #CSR>
    %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
      outs(%c : tensor<4x4xf64, #CSR>) mask(%m : tensor<4x4xi1, #CSR>)
      semiring(plus_times) strategy(row_wise, accumulator = hash)
    return %0 : tensor<4x4xf64, #CSR>
  }

  // A dense accumulator has the row marked, and the marks taken back.
  // CHECK-LABEL: func @complement(
  // CHECK-DAG:     %[[ONE:.*]] = arith.constant 1 : i8
  // CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0 : i8
  // CHECK:         %[[MARKS:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) zeroed : memref<?xi8>
  // CHECK:         memref.store %[[ONE]], %[[MARKS]]
  // CHECK:         smash.upsert
  // CHECK:           %[[MARK:.*]] = memref.load %[[MARKS]]
  // CHECK:           %[[ALLOWED:.*]] = arith.cmpi eq, %[[MARK]], %[[ZERO]] : i8
  // CHECK:           smash.yield %{{.*}}, %{{.*}}, %[[ALLOWED]] : i32, f64, i1
  // CHECK:         memref.store %[[ZERO]], %[[MARKS]]
  // CHECK:         memref.dealloc %[[MARKS]]
  func.func @complement(%m: tensor<4x4xi1, #CSR>, %a: tensor<4x4xf64, #CSR>)
      -> tensor<4x4xf64, #CSR> {
    %c = tensor.empty() : tensor<4x4xf64, #CSR>
    %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
      outs(%c : tensor<4x4xf64, #CSR>) mask(%m complement : tensor<4x4xi1, #CSR>)
      semiring(plus_times) strategy(row_wise, accumulator = dense)
    return %0 : tensor<4x4xf64, #CSR>
  }
}
