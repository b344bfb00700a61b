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
  %t = smash.transpose %a : tensor<8x4xf64, #CSR> to tensor<4x8xf64, #CSC>
  %r = smash.spgemm ins(%t, %b : tensor<4x8xf64, #CSC>, tensor<8x6xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
  return %r : tensor<4x6xf64, #CSR>
}

// A transposition of a transposed operand cancels.
// CHECK-LABEL: func @cancel(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
func.func @cancel(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>,
                  %c: tensor<4x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
  // CHECK: smash.spgemm ins(%[[A]], %[[B]] : {{.*}}) outs({{[^)]*}}) semiring(plus_times)
  %t = smash.transpose %b : tensor<8x6xf64, #CSR> to tensor<6x8xf64, #CSC>
  %r = smash.spgemm ins(%a, %t : tensor<4x8xf64, #CSR>, tensor<6x8xf64, #CSC>)
    outs(%c : tensor<4x6xf64, #CSR>) transpose_b semiring(plus_times)
  return %r : tensor<4x6xf64, #CSR>
}

// A conversion stays.
// CHECK-LABEL: func @convert(
func.func @convert(%a: tensor<4x8xf64, #CSC>, %b: tensor<8x6xf64, #CSR>,
                   %c: tensor<4x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
  // CHECK: %[[T:.*]] = smash.convert
  // CHECK: smash.spgemm ins(%[[T]],
  %t = smash.convert %a : tensor<4x8xf64, #CSC> to tensor<4x8xf64, #CSR>
  %r = smash.spgemm ins(%t, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
  return %r : tensor<4x6xf64, #CSR>
}

// The transpose of the transpose is the matrix.
// CHECK-LABEL: func @twice(
// CHECK-SAME:    %[[A:.*]]: tensor
// CHECK-NEXT:  return %[[A]]
func.func @twice(%a: tensor<4x8xf64, #CSR>) -> tensor<4x8xf64, #CSR> {
  %t = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf64, #CSC>
  %u = smash.transpose %t : tensor<8x4xf64, #CSC> to tensor<4x8xf64, #CSR>
  return %u : tensor<4x8xf64, #CSR>
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

#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton)
}>
#SoA = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton(soa)), crdWidth = 8
}>

// Reads of an assembled tensor are reads of its buffers.
// CHECK-LABEL: func @read_assembled(
// CHECK-SAME:    %[[M:.*]]: index, %[[N:.*]]: index, %[[POS:.*]]: memref<?xindex>, %[[CRD:.*]]: memref<?xindex>, %[[VAL:.*]]: memref<?xf64>)
// CHECK-NEXT:  return %[[N]], %[[POS]], %[[CRD]], %[[VAL]]
func.func @read_assembled(%m: index, %n: index, %pos: memref<?xindex>,
                          %crd: memref<?xindex>, %val: memref<?xf64>)
    -> (index, memref<?xindex>, memref<?xindex>, memref<?xf64>) {
  %c1 = arith.constant 1 : index
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #COO>
  %cols = tensor.dim %t, %c1 : tensor<?x?xf64, #COO>
  %p = sparse_tensor.positions %t {level = 0 : index}
    : tensor<?x?xf64, #COO> to memref<?xindex>
  %c = sparse_tensor.coordinates_buffer %t
    : tensor<?x?xf64, #COO> to memref<?xindex>
  %v = sparse_tensor.values %t : tensor<?x?xf64, #COO> to memref<?xf64>
  return %cols, %p, %c, %v
    : index, memref<?xindex>, memref<?xindex>, memref<?xf64>
}

// CHECK-LABEL: func @read_levels(
// CHECK-SAME:    %[[I:[a-z0-9]+]]: memref<?xi8>, %[[J:[a-z0-9]+]]: memref<?xi8>
// CHECK-NEXT:  return %[[I]], %[[J]]
func.func @read_levels(%m: index, %pos: memref<?xindex>, %i: memref<?xi8>,
                       %j: memref<?xi8>, %val: memref<?xf64>)
    -> (memref<?xi8>, memref<?xi8>) {
  %t = smash.assemble [%m, %m] %pos, %i, %j, %val
    : memref<?xindex>, memref<?xi8>, memref<?xi8>, memref<?xf64>
      to tensor<?x?xf64, #SoA>
  %0 = sparse_tensor.coordinates %t {level = 0 : index}
    : tensor<?x?xf64, #SoA> to memref<?xi8>
  %1 = sparse_tensor.coordinates %t {level = 1 : index}
    : tensor<?x?xf64, #SoA> to memref<?xi8>
  return %0, %1 : memref<?xi8>, memref<?xi8>
}

// What is assembled and released is freed.
// CHECK-LABEL: func @release_assembled(
// CHECK-SAME:    %{{.*}}: index, %[[POS:.*]]: memref<?xindex>, %[[CRD:.*]]: memref<?xindex>, %[[VAL:.*]]: memref<?xf64>,
// CHECK-DAG:   memref.dealloc %[[POS]]
// CHECK-DAG:   memref.dealloc %[[CRD]]
// CHECK-DAG:   memref.dealloc %[[VAL]]
// CHECK-NOT:   smash.
func.func @release_assembled(%m: index, %pos: memref<?xindex>,
                             %crd: memref<?xindex>, %val: memref<?xf64>,
                             %ppos: memref<?xi32>, %pcrd: memref<?xi32>,
                             %f: i64) -> i64 {
  %t = smash.assemble [%m, %m] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #CSR>
  smash.release %t : tensor<?x?xf64, #CSR>
  %p = smash.assemble_plan [%m, %m] %ppos, %pcrd, %f
    : memref<?xi32>, memref<?xi32> to !smash.plan<i32, i32>
  %0, %1, %2, %3, %g = smash.plan_parts %p : !smash.plan<i32, i32>
    to memref<?xi32>, memref<?xi32>
  smash.release %p : !smash.plan<i32, i32>
  return %g : i64
}
