// RUN: smash-opt %s \
// RUN:   --smash-sparsification-and-bufferization=enable-runtime-library=false \
// RUN:   | FileCheck %s --check-prefixes=CHECK,CODEGEN
// RUN: smash-opt %s --smash-sparsification-and-bufferization \
// RUN:   | FileCheck %s --check-prefixes=CHECK,RUNTIME

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
!mat = tensor<?x?xf64, #CSR>

// What is assembled may be updated in place: no copy.

// CHECK-LABEL: func.func @update(
// CODEGEN-SAME: %{{.*}}: index, %{{.*}}: index, %[[POS:[a-z0-9]+]]: memref<?xindex>,
// CODEGEN-SAME: %[[CRD:[a-z0-9]+]]: memref<?xindex>, %[[VAL:[a-z0-9]+]]: memref<?xf64>
// CHECK-NOT: memref.alloc(
// RUNTIME: call @newSparseTensor
// RUNTIME: call @sparseValuesF64
// CHECK: memref.store
// CODEGEN: return %[[POS]], %[[CRD]], %[[VAL]]
// RUNTIME: return %{{.*}} : !llvm.ptr
func.func @update(%m: index, %n: index, %pos: memref<?xindex>,
                  %crd: memref<?xindex>, %val: memref<?xf64>) -> !mat {
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf64> to !mat
  %s = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} outs(%t : !mat) {
  ^bb0(%x: f64):
    %y = arith.addf %x, %x : f64
    linalg.yield %y : f64
  } -> !mat
  return %s : !mat
}

// A loop may carry what each round makes.

// CHECK-LABEL: func.func @carried(
// CHECK: scf.for
// RUNTIME-SAME: -> (!llvm.ptr)
func.func @carried(%a: !mat, %n: index) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %last = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> (!mat) {
    %pos = memref.alloc(%n) : memref<?xindex>
    %crd = memref.alloc(%n) : memref<?xindex>
    %val = memref.alloc(%n) : memref<?xf64>
    %t = smash.assemble [%n, %n] %pos, %crd, %val
      : memref<?xindex>, memref<?xindex>, memref<?xf64> to !mat
    scf.yield %t : !mat
  }
  return %last : !mat
}
