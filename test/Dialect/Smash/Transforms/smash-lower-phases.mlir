// The symbolic phase makes a plan of patterns alone; the numeric one fills it.
// RUN: smash-opt %s --smash-lower-row-wise-product --canonicalize --cse \
// RUN:   | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  // CHECK-LABEL: func @symbolic(
  // CHECK-NOT:     sparse_tensor.values
  // CHECK:         smash.create_accumulator {{.*}} : !smash.accumulator<hash, i32, none>
  // CHECK:         smash.upsert
  // CHECK:         smash.assemble_plan
  func.func @symbolic(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> !smash.plan<i32, i32> {
    %p = smash.spgemm_symbolic
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      strategy(row_wise, accumulator = hash) : !smash.plan<i32, i32>
    return %p : !smash.plan<i32, i32>
  }

  // CHECK-LABEL: func @numeric(
  // CHECK-SAME:    %[[P:.*]]: !smash.plan<i32, i32>,
  // CHECK:         smash.plan_parts %[[P]]
  // CHECK:         smash.fail plan_mismatch
  // CHECK:         smash.create_accumulator {{.*}} : !smash.accumulator<hash, i32, f64>
  // CHECK:         smash.upsert
  // CHECK:         arith.mulf
  // CHECK:         smash.gather
  // CHECK:         smash.assemble [
  func.func @numeric(%p: !smash.plan<i32, i32>, %a: tensor<4x8xf64, #CSR>,
                     %b: tensor<8x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(row_wise, accumulator = hash)
    return %r : tensor<4x6xf64, #CSR>
  }

  // In place: into the buffers of outs, with none of C's own unless it fails.
  // CHECK-LABEL: func @in_place(
  // CHECK-SAME:    %[[POS:[^:]*]]: memref<?xi32>, %[[CRD:[^:]*]]: memref<?xi32>, %[[VAL:[^:]*]]: memref<?xf64>)
  // CHECK:         smash.gather {{.*}} into %[[VAL]]
  // CHECK:         memref.store {{.*}}, %[[POS]]
  // CHECK:         memref.store {{.*}}, %[[CRD]]
  // CHECK:         scf.yield %[[POS]], %[[CRD]], %[[VAL]]
  func.func @in_place(%p: !smash.plan<i32, i32>, %a: tensor<4x8xf64, #CSR>,
                      %b: tensor<8x6xf64, #CSR>, %pos: memref<?xi32>,
                      %crd: memref<?xi32>, %val: memref<?xf64>)
      -> tensor<4x6xf64, #CSR> {
    %m = arith.constant 4 : index
    %n = arith.constant 6 : index
    %c = smash.assemble [%m, %n] %pos, %crd, %val
      : memref<?xi32>, memref<?xi32>, memref<?xf64> to tensor<4x6xf64, #CSR>
    %r = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(row_wise, accumulator = hash) {smash.in_place}
    return %r : tensor<4x6xf64, #CSR>
  }
}
