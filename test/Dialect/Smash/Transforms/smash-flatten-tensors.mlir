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

#BSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j floordiv 2 : compressed, i floordiv 3 : compressed,
                   i mod 3 : dense, j mod 2 : dense),
  posWidth = 8, crdWidth = 16
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (j : compressed(nonunique), i : singleton)
}>

// Any format: the buffers of its storage, in order.
// CHECK-LABEL: func @formats(
// CHECK-SAME:    %{{.*}}: index, %[[N:.*]]: index, %{{.*}}: memref<?xi8>, %{{.*}}: memref<?xi16>, %[[POS:.*]]: memref<?xi8>, %[[CRD:.*]]: memref<?xi16>, %{{.*}}: memref<?xf32>,
// CHECK-SAME:    %{{.*}}: index, %[[N1:.*]]: index, %[[POS1:.*]]: memref<?xindex>, %[[CRD1:.*]]: memref<?xindex>, %{{.*}}: memref<?xf32>)
// CHECK-NEXT:  return %[[POS]], %[[CRD]], %[[N1]], %[[POS1]], %[[CRD1]]
func.func @formats(%t: tensor<?x?xf32, #BSC>, %u: tensor<?x?xf32, #COO>)
    -> (memref<?xi8>, memref<?xi16>, index, memref<?xindex>, memref<?xindex>) {
  %c0 = arith.constant 0 : index
  %pos = sparse_tensor.positions %t {level = 1 : index}
    : tensor<?x?xf32, #BSC> to memref<?xi8>
  %crd = sparse_tensor.coordinates %t {level = 1 : index}
    : tensor<?x?xf32, #BSC> to memref<?xi16>
  %n = sparse_tensor.lvl %u, %c0 : tensor<?x?xf32, #COO>
  %pos1 = sparse_tensor.positions %u {level = 0 : index}
    : tensor<?x?xf32, #COO> to memref<?xindex>
  %crd1 = sparse_tensor.coordinates_buffer %u
    : tensor<?x?xf32, #COO> to memref<?xindex>
  return %pos, %crd, %n, %pos1, %crd1
    : memref<?xi8>, memref<?xi16>, index, memref<?xindex>, memref<?xindex>
}

// A dense matrix: its elements row by row.
// CHECK-LABEL: func @dense(
// CHECK-SAME:    %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[X:[a-z0-9]+]]: memref<?xf64>, %[[Y:[a-z0-9]+]]: memref<?xf64>, %[[I:[a-z0-9]+]]: index)
// CHECK-NEXT:  %[[ROW:.*]] = arith.muli %[[I]], %[[N]]
// CHECK-NEXT:  %[[AT:.*]] = arith.addi %[[ROW]], %[[I]]
// CHECK-NEXT:  %[[E:.*]] = memref.load %[[X]][%[[AT]]]
// CHECK-NEXT:  return %[[E]], %[[I]], %[[I]], %[[Y]] : f64, index, index, memref<?xf64>
func.func @dense(%x: tensor<?x?xf64>, %y: memref<?xf64>, %i: index)
    -> (f64, tensor<?x?xf64>) {
  %e = tensor.extract %x[%i, %i] : tensor<?x?xf64>
  %m = memref.reinterpret_cast %y to offset: [0], sizes: [%i, %i],
    strides: [%i, 1] : memref<?xf64> to memref<?x?xf64>
  %t = bufferization.to_tensor %m restrict writable
    : memref<?x?xf64> to tensor<?x?xf64>
  return %e, %t : f64, tensor<?x?xf64>
}
