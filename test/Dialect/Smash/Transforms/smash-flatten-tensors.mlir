// A sparse tensor at a function's boundary becomes its sizes and buffers.
// RUN: smash-opt %s --smash-flatten-tensors --canonicalize --cse | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 64
}>

// CHECK-LABEL: func @assemble(
// CHECK-SAME:    %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[POS:[a-z0-9]+]]: memref<?xi32>, %[[CRD:[a-z0-9]+]]: memref<?xi64>, %[[VAL:[a-z0-9]+]]: memref<?xf32>)
// CHECK-SAME:    -> (index, index, memref<?xi32>, memref<?xi64>, memref<?xf32>)
// CHECK-NEXT:  return %[[M]], %[[N]], %[[POS]], %[[CRD]], %[[VAL]]
func.func @assemble(%m: index, %n: index, %pos: memref<?xi32>,
                    %crd: memref<?xi64>, %val: memref<?xf32>)
    -> tensor<?x?xf32, #CSR> {
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xi32>, memref<?xi64>, memref<?xf32> to tensor<?x?xf32, #CSR>
  return %t : tensor<?x?xf32, #CSR>
}

// CHECK-LABEL: func @take_apart(
// CHECK-SAME:    %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[POS:[a-z0-9]+]]: memref<?xi32>, %[[CRD:[a-z0-9]+]]: memref<?xi64>, %[[VAL:[a-z0-9]+]]: memref<?xf32>)
// CHECK-NEXT:  return %[[N]], %[[POS]], %[[CRD]], %[[VAL]]
func.func @take_apart(%t: tensor<?x?xf32, #CSR>)
    -> (index, memref<?xi32>, memref<?xi64>, memref<?xf32>) {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %t, %c1 : tensor<?x?xf32, #CSR>
  %pos = sparse_tensor.positions %t {level = 1 : index}
    : tensor<?x?xf32, #CSR> to memref<?xi32>
  %crd = sparse_tensor.coordinates %t {level = 1 : index}
    : tensor<?x?xf32, #CSR> to memref<?xi64>
  %val = sparse_tensor.values %t : tensor<?x?xf32, #CSR> to memref<?xf32>
  return %n, %pos, %crd, %val
    : index, memref<?xi32>, memref<?xi64>, memref<?xf32>
}

// What a kernel made for itself is freed; values need not be kept.
// CHECK-LABEL: func @release(
// CHECK-NOT:   smash.release
// CHECK-DAG:   memref.dealloc %{{.*}} : memref<?xi32>
// CHECK-DAG:   memref.dealloc %{{.*}} : memref<?xi64>
// CHECK-DAG:   memref.dealloc %{{.*}} : memref<?xf32>
func.func @release(%t: tensor<?x?xf32, #CSR>) {
  smash.release %t : tensor<?x?xf32, #CSR>
  return
}
