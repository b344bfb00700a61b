// RUN: smash-opt %s --split-input-file \
// RUN:   --convert-smash-to-sparse-tensor=enable-runtime-library=false \
// RUN:   | FileCheck %s --check-prefixes=CHECK,CODEGEN
// RUN: smash-opt %s --split-input-file --convert-smash-to-sparse-tensor \
// RUN:   | FileCheck %s --check-prefixes=CHECK,RUNTIME
//
// Upstream takes what comes out.
// RUN: smash-opt %s --split-input-file \
// RUN:   --convert-smash-to-sparse-tensor=enable-runtime-library=false \
// RUN:   --sparse-tensor-codegen --sparse-buffer-rewrite \
// RUN:   | FileCheck %s --check-prefix=BUFFERS
// RUN: smash-opt %s --split-input-file --convert-smash-to-sparse-tensor \
// RUN:   --sparse-tensor-conversion --canonicalize \
// RUN:   | FileCheck %s --check-prefix=POINTER

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>

// BUFFERS-LABEL: @csr(
// BUFFERS-SAME: %{{.*}}: index, %{{.*}}: index, %[[POS:[a-z0-9]+]]: memref<?xi32>,
// BUFFERS-SAME: %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>
// BUFFERS: return %[[POS]], %[[CRD]], %[[VAL]], %{{.*}}
// POINTER-LABEL: @csr(
// POINTER: %[[OBJECT:.*]] = call @newSparseTensor(
// POINTER: return %[[OBJECT]] : !llvm.ptr

// CHECK-LABEL: func.func @csr(
// CHECK-SAME: %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[POS:[a-z0-9]+]]: memref<?xi32>,
// CHECK-SAME: %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>
// A failure ends the program.
// CHECK: %[[CODE:.*]] = smash.take_error : i32
// CHECK: %[[OK:.*]] = arith.cmpi ne, %[[CODE]], %
// CHECK: cf.assert %[[OK]], "smash: out of memory in a sparse product"
// CHECK-COUNT-3: cf.assert
// CODEGEN: %[[S0:.*]] = sparse_tensor.storage_specifier.init
// CODEGEN: %[[S1:.*]] = sparse_tensor.storage_specifier.set %[[S0]] lvl_sz at 0 with %[[M]]
// CODEGEN: %[[S2:.*]] = sparse_tensor.storage_specifier.set %[[S1]] lvl_sz at 1 with %[[N]]
// CODEGEN: %[[POSITIONS:.*]] = arith.addi %[[ROWS:.*]], %{{.*}}
// CODEGEN: %[[S3:.*]] = sparse_tensor.storage_specifier.set %[[S2]] pos_mem_sz at 1 with %[[POSITIONS]]
// CODEGEN: memref.load %[[POS]][%{{.*}}]
// CODEGEN: %[[S4:.*]] = sparse_tensor.storage_specifier.set %[[S3]] crd_mem_sz at 1 with
// CODEGEN: %[[S5:.*]] = sparse_tensor.storage_specifier.set %[[S4]] val_mem_sz with
// CODEGEN: unrealized_conversion_cast %[[POS]], %[[CRD]], %[[VAL]], %[[S5]]
// RUNTIME: %[[OBJECT:.*]] = call @newSparseTensor(
// RUNTIME-DAG: memref.dealloc %[[POS]]
// RUNTIME-DAG: memref.dealloc %[[CRD]]
// RUNTIME-DAG: memref.dealloc %[[VAL]]
// RUNTIME: unrealized_conversion_cast %[[OBJECT]] : !llvm.ptr to tensor
func.func @csr(%m: index, %n: index, %pos: memref<?xi32>, %crd: memref<?xi32>,
               %val: memref<?xf64>) -> tensor<?x?xf64, #CSR> {
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xi32>, memref<?xi32>, memref<?xf64> to tensor<?x?xf64, #CSR>
  return %t : tensor<?x?xf64, #CSR>
}

// -----

// Interleaved coordinates, of levels in another order than dimensions.

#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (j : compressed(nonunique), i : singleton)
}>

// BUFFERS-LABEL: @coo(
// BUFFERS: return
// POINTER-LABEL: @coo(
// POINTER: call @newSparseTensor(

// CHECK-LABEL: func.func @coo(
// CHECK-SAME: %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[POS:[a-z0-9]+]]: memref
// CODEGEN: lvl_sz at 0 with %[[N]]
// CODEGEN: lvl_sz at 1 with %[[M]]
// CODEGEN: pos_mem_sz at 0 with
// CODEGEN: %[[NNZ:.*]] = memref.load %[[POS]]
// CODEGEN: %[[TWICE:.*]] = arith.muli %[[NNZ]], %c2
// CODEGEN: crd_mem_sz at 0 with %[[TWICE]]
// CODEGEN: val_mem_sz with
func.func @coo(%m: index, %n: index, %pos: memref<?xindex>,
               %crd: memref<?xindex>, %val: memref<?xf32>)
    -> tensor<?x?xf32, #COO> {
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf32> to tensor<?x?xf32, #COO>
  return %t : tensor<?x?xf32, #COO>
}

// -----

// The runtime library takes the coordinates of a COO interleaved only.

#SOA = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton(soa))
}>

// CHECK-LABEL: func.func @soa(
// CHECK-SAME: %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[POS:[a-z0-9]+]]: memref<?xindex>,
// CHECK-SAME: %[[ROWS:[a-z0-9]+]]: memref<?xindex>, %[[COLS:[a-z0-9]+]]: memref<?xindex>, %[[VAL:[a-z0-9]+]]: memref<?xf32>
// CODEGEN: unrealized_conversion_cast %[[POS]], %[[ROWS]], %[[COLS]], %[[VAL]]
// RUNTIME: %[[NNZ:.*]] = memref.load %[[POS]]
// RUNTIME: %[[BOTH:.*]], %[[OK:.*]] = smash.try_alloc
// RUNTIME: scf.if %[[OK]] {
// RUNTIME:   scf.for %[[E:.*]] = %{{.*}} to %[[NNZ]]
// RUNTIME:     %[[AT:.*]] = arith.muli %[[E]], %c2
// RUNTIME:     %[[ROW:.*]] = memref.load %[[ROWS]][%[[E]]]
// RUNTIME:     memref.store %[[ROW]], %[[BOTH]]
// RUNTIME:     %[[COL:.*]] = memref.load %[[COLS]][%[[E]]]
// RUNTIME:     memref.store %[[COL]], %[[BOTH]]
// RUNTIME-DAG: memref.dealloc %[[ROWS]]
// RUNTIME-DAG: memref.dealloc %[[COLS]]
// RUNTIME: smash.take_error
// RUNTIME: cf.assert {{.*}}out of memory
// RUNTIME: memref.extract_aligned_pointer_as_index %[[BOTH]]
// RUNTIME: call @newSparseTensor(
// RUNTIME: memref.dealloc %[[BOTH]]
func.func @soa(%m: index, %n: index, %pos: memref<?xindex>,
               %rows: memref<?xindex>, %cols: memref<?xindex>,
               %val: memref<?xf32>) -> tensor<?x?xf32, #SOA> {
  %t = smash.assemble [%m, %n] %pos, %rows, %cols, %val
    : memref<?xindex>, memref<?xindex>, memref<?xindex>, memref<?xf32>
      to tensor<?x?xf32, #SOA>
  return %t : tensor<?x?xf32, #SOA>
}

// -----

// Who reads parts only gets the buffers, and no tensor comes into being.

#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 32
}>
#Levels = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>

// CHECK-LABEL: func.func @parts(
// CHECK-SAME: %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index, %[[POS:[a-z0-9]+]]: memref<?xi32>,
// CHECK-SAME: %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>
// CHECK-NOT: unrealized_conversion_cast
// CHECK: %[[ALL:.*]] = memref.subview %[[POS]][0] [%{{.*}}] [1]
// CHECK: %[[USED:.*]] = memref.subview %[[VAL]][0] [%{{.*}}] [1]
// CHECK: memref.dealloc %[[POS]]
// CHECK: memref.dealloc %[[CRD]]
// CHECK: memref.dealloc %[[VAL]]
// CHECK: return %[[ALL]], %[[USED]], %[[M]], %[[N]]
func.func @parts(%m: index, %n: index, %pos: memref<?xi32>,
                 %crd: memref<?xi32>, %val: memref<?xf64>)
    -> (memref<?xi32>, memref<?xf64>, index, index) {
  %c0 = arith.constant 0 : index
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xi32>, memref<?xi32>, memref<?xf64> to tensor<?x?xf64, #CSC>
  %p = sparse_tensor.positions %t {level = 1 : index}
    : tensor<?x?xf64, #CSC> to memref<?xi32>
  %l = sparse_tensor.reinterpret_map %t
    : tensor<?x?xf64, #CSC> to tensor<?x?xf64, #Levels>
  %v = sparse_tensor.values %l : tensor<?x?xf64, #Levels> to memref<?xf64>
  %rows = tensor.dim %t, %c0 : tensor<?x?xf64, #CSC>
  %columns = tensor.dim %l, %c0 : tensor<?x?xf64, #Levels>
  smash.release %t : tensor<?x?xf64, #CSC>
  return %p, %v, %rows, %columns : memref<?xi32>, memref<?xf64>, index, index
}

// -----

// A release of what somebody else made is upstream's.

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>

// CHECK-LABEL: func.func @release(
// CHECK-SAME: %[[T:[a-z0-9]+]]: tensor
// CHECK: bufferization.dealloc_tensor %[[T]]
func.func @release(%t: tensor<?x?xf64, #CSR>) {
  smash.release %t : tensor<?x?xf64, #CSR>
  return
}
