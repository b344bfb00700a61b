// Conversions become loops, views the buffers that they read.
// RUN: smash-opt %s --smash-lower-conversions --canonicalize --cse \
// RUN:   | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 32
}>
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), posWidth = 32, crdWidth = 32
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton), posWidth = 32,
  crdWidth = 32
}>

// From rows to columns: a counting sort.
// CHECK-LABEL: func @to_columns(
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
// CHECK:       scf.for %{{.*}} to %[[C4]]
// CHECK:         memref.load %[[CRD]]
// CHECK:       scf.for %{{.*}} to %[[C8]]
// CHECK:       scf.for %{{.*}} to %[[C4]]
// CHECK:         memref.store %{{.*}}, %[[TCRD]]
// CHECK:         %[[V:.*]] = memref.load %[[VAL]]
// CHECK:         memref.store %[[V]], %[[TVAL]]
// CHECK-NOT:   memref.dealloc %[[VAL]]
// CHECK:       %[[T:.*]] = smash.assemble [%[[C4]], %[[C8]]]
// CHECK-NEXT:  return %[[T]]
func.func @to_columns(%a: tensor<4x8xf64, #CSR>) -> tensor<4x8xf64, #CSC> {
  %t = smash.convert %a : tensor<4x8xf64, #CSR> to tensor<4x8xf64, #CSC>
  return %t : tensor<4x8xf64, #CSC>
}

// In the same order nothing is sorted; what both have is moved.
// CHECK-LABEL: func @take(
// CHECK-SAME:    %[[POS:[a-z0-9]+]]: memref<?xi32>, %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>)
// CHECK-NOT:   smash.sort
// CHECK:       smash.try_alloc({{.*}}) : memref<?xi32>
// CHECK-NOT:   smash.try_alloc({{.*}}) : memref<?xf64>
// CHECK:       memref.dealloc %[[POS]]
// CHECK:       %[[ROWS:.*]] = smash.resize
// CHECK:       %[[RPOS:.*]] = smash.resize
// CHECK:       scf.yield %{{.*}}, %[[ROWS]], %[[RPOS]], %[[CRD]], %[[VAL]]
// CHECK-NOT:   smash.convert
func.func @take(%pos: memref<?xi32>, %crd: memref<?xi32>, %val: memref<?xf64>)
    -> tensor<4x8xf64, #DCSR> {
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %a = smash.assemble [%c4, %c8] %pos, %crd, %val
    : memref<?xi32>, memref<?xi32>, memref<?xf64> to tensor<4x8xf64, #CSR>
  %t = smash.convert take %a : tensor<4x8xf64, #CSR> to tensor<4x8xf64, #DCSR>
  return %t : tensor<4x8xf64, #DCSR>
}

// Another order, and no place for each row: sorted by merging.
// CHECK-LABEL: func @to_rows(
// CHECK:       smash.sort
// CHECK-NOT:   smash.sort
// CHECK:       return
func.func @to_rows(%a: tensor<?x?xf64, #CSC>) -> tensor<?x?xf64, #COO> {
  %t = smash.convert %a : tensor<?x?xf64, #CSC> to tensor<?x?xf64, #COO>
  return %t : tensor<?x?xf64, #COO>
}

// Views have no loop and no memory.
// CHECK-LABEL: func @views(
// CHECK-SAME:    %[[A:.*]]: tensor
// CHECK-NOT:   smash.try_alloc
// CHECK-NOT:   scf.for
// CHECK-DAG:   %[[LIST:.*]] = sparse_tensor.coordinates %[[A]] {level = 0 : index}
// CHECK-DAG:   %[[CRD:.*]] = sparse_tensor.coordinates %[[A]] {level = 1 : index}
// CHECK:       return %[[LIST]], %[[CRD]]
func.func @views(%a: tensor<?x?xf64, #DCSR>) -> (memref<?xi32>, memref<?xi32>) {
  %c, %list = smash.compact %a
    : tensor<?x?xf64, #DCSR> to tensor<?x?xf64, #CSR>, memref<?xi32>
  %t = smash.transpose %c : tensor<?x?xf64, #CSR> to tensor<?x?xf64, #CSC>
  %crd = sparse_tensor.coordinates %t {level = 1 : index}
    : tensor<?x?xf64, #CSC> to memref<?xi32>
  return %list, %crd : memref<?xi32>, memref<?xi32>
}

// CHECK-LABEL: func @scatter(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<4x8xf64, #{{.*}}>, %[[D:[a-z0-9]+]]: tensor<4x8xf64>)
// CHECK:       tensor.extract %[[D]]
// CHECK:       arith.addf
// CHECK:       bufferization.to_tensor %{{.*}} restrict writable
func.func @scatter(%a: tensor<4x8xf64, #CSR>, %d: tensor<4x8xf64>)
    -> tensor<4x8xf64> {
  %r = smash.scatter %a into %d add(plus)
    : tensor<4x8xf64, #CSR>, tensor<4x8xf64>
  return %r : tensor<4x8xf64>
}

// CHECK-LABEL: func @compact_matrices(
// CHECK-NOT:   smash.relabel
// CHECK-NOT:   smash.gather_rows
// CHECK-NOT:   smash.expand
// CHECK-COUNT-3: smash.assemble
func.func @compact_matrices(%a: tensor<?x?xf64, #CSR>, %l: memref<?xi32>,
                            %n: index)
    -> (tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>, tensor<?x?xf64, #DCSR>) {
  %r = smash.relabel %a by %l size %n : tensor<?x?xf64, #CSR>, memref<?xi32>
    to tensor<?x?xf64, #CSR>
  %g = smash.gather_rows %a by %l size %n
    : tensor<?x?xf64, #CSR>, memref<?xi32> to tensor<?x?xf64, #CSR>
  %e = smash.expand [%n, %n] %a rows(%l : memref<?xi32>)
    : tensor<?x?xf64, #CSR> to tensor<?x?xf64, #DCSR>
  return %r, %g, %e
    : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>, tensor<?x?xf64, #DCSR>
}

// Two lists are walked together.
// CHECK-LABEL: func @unite_rows(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: memref<?xi64>, %[[M:[a-z0-9]+]]: index, %[[Y:[a-z0-9]+]]: memref<?xi64>, %[[N:[a-z0-9]+]]: index)
// CHECK:       %[[SUM:.*]] = arith.addi %[[M]], %[[N]]
// CHECK:       %[[L:.*]], %[[OK:.*]] = smash.try_alloc(%[[SUM]])
// CHECK:       %[[S:.*]] = scf.if %[[OK]]
// CHECK:         scf.while
// CHECK-DAG:       memref.load %[[X]]
// CHECK-DAG:       memref.load %[[Y]]
// CHECK:           memref.store %{{.*}}, %[[L]]
// CHECK:       return %[[L]], %[[S]]
func.func @unite_rows(%x: memref<?xi64>, %m: index, %y: memref<?xi64>,
                      %n: index) -> (memref<?xi64>, index) {
  %l, %s = smash.unite_rows %x size %m, %y size %n : memref<?xi64>
  return %l, %s : memref<?xi64>, index
}

// Of several threads each counts its share of the entries, apart; each row of
// the result is summed over the threads; then each moves its share.
module attributes {
  smash.machine = #smash.machine<blocks = 2, threads_per_block = 4,
    scratchpad_bytes = 4096, cache_bytes = 65536, memory_bytes = 1048576>
} {
  // CHECK-LABEL: func @to_columns_together(
  // CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64,
  // CHECK-DAG:   %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG:   %[[C8:.*]] = arith.constant 8 : index
  // CHECK-DAG:   %[[C128:.*]] = arith.constant 128 : index
  // CHECK:       %[[CRD:.*]] = sparse_tensor.coordinates %[[A]]
  // CHECK:       %[[VAL:.*]] = sparse_tensor.values %[[A]]
  // As many parts as there are threads, or fewer: 8 counters for each entry.
  // CHECK:       %[[ROOM:.*]] = arith.muli %[[NNZ:.*]], %[[C8]] : index
  // CHECK:       %[[MOST:.*]] = arith.divui %[[ROOM]], %[[C8]] : index
  // CHECK:       %[[SOME:.*]] = arith.maxsi %[[MOST]], %[[C1]] : index
  // CHECK:       %{{.*}} = arith.minsi %[[SOME]], %[[C8]] : index
  // CHECK:       %[[COUNTS:.*]], %{{.*}} = smash.try_alloc(%[[ALL:.*]]) zeroed : memref<?xindex>
  // CHECK:       %[[TPOS:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) : memref<?xi32>
  // CHECK:       %[[TCRD:.*]], %{{.*}} = smash.try_alloc(%[[NNZ]]) : memref<?xi32>
  // CHECK:       %[[TVAL:.*]], %{{.*}} = smash.try_alloc(%[[NNZ]]) : memref<?xf64>
  // CHECK:       scf.forall (%{{.*}}) in (2) {
  // CHECK:         scf.forall (%{{.*}}) in (4) {
  // CHECK:           memref.load %[[CRD]]
  // CHECK:           memref.store %{{.*}}, %[[COUNTS]]
  // CHECK:         } {mapping = [#smash.thread]}
  // CHECK:       scf.forall (%{{.*}}) in (2) {
  // Those of a row are an odd number of KiB apart.
  // CHECK:           scf.for %{{.*}} to %[[ALL]] step %[[C128]] iter_args
  // CHECK:             memref.store %{{.*}}, %[[COUNTS]]
  // CHECK:           memref.store %{{.*}}, %[[TPOS]]
  // CHECK:         } {mapping = [#smash.thread]}
  // CHECK:       scf.forall (%{{.*}}) in (1) {
  // CHECK:           memref.store %{{.*}}, %[[TPOS]]
  // CHECK:       scf.forall (%{{.*}}) in (2) {
  // CHECK:         scf.forall (%{{.*}}) in (4) {
  // CHECK:           memref.load %[[CRD]]
  // CHECK:           memref.store %{{.*}}, %[[TCRD]]
  // CHECK:           %[[V:.*]] = memref.load %[[VAL]]
  // CHECK:           memref.store %[[V]], %[[TVAL]]
  // CHECK:         } {mapping = [#smash.thread]}
  // CHECK:       memref.dealloc %[[COUNTS]]
  func.func @to_columns_together(%a: tensor<4x8xf64, #CSR>)
      -> tensor<4x8xf64, #CSC> {
    %t = smash.convert %a : tensor<4x8xf64, #CSR> to tensor<4x8xf64, #CSC>
    return %t : tensor<4x8xf64, #CSC>
  }
}
