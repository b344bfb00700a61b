// Copies that a dataflow needs stand in the IR, and are freed.

// RUN: smash-opt %s --smash-insert-conversions | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>

// CHECK-LABEL: @row_wise(
// CHECK-SAME: %[[A:.*]]: tensor<?x?xf64, #{{.*}}>, %[[B:.*]]: tensor<?x?xf64, #{{.*}}>, %[[C:.*]]: tensor
// CHECK-DAG: %[[AT:.*]] = smash.transpose %[[A]]
// CHECK-DAG: %[[BT:.*]] = smash.transpose %[[B]]
// CHECK-DAG: %[[AR:.*]] = smash.convert %[[AT]]
// CHECK-DAG: %[[BR:.*]] = smash.convert %[[BT]]
// CHECK: smash.spgemm ins(%[[AR]], %[[BR]] :
// CHECK-NOT: transpose_
// CHECK: smash.release %[[BR]]
// CHECK: smash.release %[[AR]]
func.func @row_wise(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         transpose_a transpose_b semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// Nothing to do.
// CHECK-LABEL: @by_rows(
// CHECK-NOT: smash.transpose
// CHECK-NOT: smash.convert
// CHECK: return
func.func @by_rows(%a: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// The pattern of C by rows, then A by rows and B by columns.
// CHECK-LABEL: @inner(
// CHECK-SAME: %[[A:.*]]: tensor<?x?xf64, #{{.*}}>, %[[B:.*]]: tensor<?x?xf64, #{{.*}}>, %[[C:.*]]: tensor
// CHECK: %[[BC:.*]] = smash.convert %[[B]]
// CHECK: %[[BT:.*]] = smash.transpose %[[BC]]
// CHECK: %[[P:.*]] = smash.spgemm_symbolic ins(%[[A]], %[[B]] : {{.*}}) strategy(row_wise)
// CHECK-SAME: !smash.plan<i32, i32>
// CHECK: smash.spgemm_numeric plan(%[[P]] : !smash.plan<i32, i32>) ins(%[[A]], %[[BT]] : {{.*}} transpose_b semiring(min_plus) strategy(inner)
// CHECK-DAG: smash.release %[[P]]
// CHECK-DAG: smash.release %[[BC]]
func.func @inner(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(min_plus) strategy(inner)
  return %0 : !mat
}

// B is stored by columns: the pattern needs its rows.
// CHECK-LABEL: @inner_transposed(
// CHECK-SAME: %[[A:.*]]: tensor<?x?xf64, #{{.*}}>, %[[B:.*]]: tensor<?x?xf64, #{{.*}}>, %[[C:.*]]: tensor
// CHECK: %[[BT:.*]] = smash.transpose %[[B]]
// CHECK: %[[BR:.*]] = smash.convert %[[BT]]
// CHECK: smash.spgemm_symbolic ins(%[[A]], %[[BR]] :
// CHECK: smash.spgemm_numeric {{.*}} ins(%[[A]], %[[B]] :
func.func @inner_transposed(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_b
         semiring(plus_times) strategy(inner)
  return %0 : !mat
}

// CHECK-LABEL: @outer(
// CHECK-SAME: %[[A:.*]]: tensor<?x?xf64, #{{.*}}>, %[[B:.*]]: tensor<?x?xf64, #{{.*}}>, %[[C:.*]]: tensor
// CHECK: %[[AC:.*]] = smash.convert %[[A]]
// CHECK: %[[AT:.*]] = smash.transpose %[[AC]]
// CHECK: smash.spgemm ins(%[[AT]], %[[B]] : {{.*}} transpose_a semiring
// CHECK: smash.release %[[AC]]
func.func @outer(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// The mask of an inner product is its pattern's.
// CHECK-LABEL: func @masked_inner(
// CHECK:         smash.spgemm_symbolic {{.*}} mask(%{{.*}} complement :
// CHECK:         smash.spgemm_numeric
// CHECK-NOT:     mask(
func.func @masked_inner(%a: tensor<?x?xf64, #CSR>, %m: tensor<?x?xf64, #CSR>, %n: index) -> tensor<?x?xf64, #CSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSR>
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #CSR>)
         mask(%m complement : tensor<?x?xf64, #CSR>) semiring(plus_times) strategy(inner)
  return %0 : tensor<?x?xf64, #CSR>
}

#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), posWidth = 32, crdWidth = 32
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton)
}>
#BSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i floordiv 2 : dense, j floordiv 3 : compressed,
                   i mod 2 : dense, j mod 3 : dense)
}>

// Nothing grows with the rows: those that are stored, labels of the columns
// of A, the mask's rows of A.
// CHECK-LABEL: func @hypersparse(
// CHECK-SAME: %[[A:.*]]: tensor<?x?xf64, #{{.*}}>, %[[B:.*]]: tensor<?x?xf64, #{{.*}}>, %[[M:.*]]: tensor<?x?xf64,
// CHECK: %[[AK:.*]], %[[I:.*]] = smash.compact %[[A]]
// CHECK: %[[BK:.*]], %[[K:.*]] = smash.compact %[[B]]
// CHECK: %[[AL:.*]] = smash.relabel %[[AK]] by %[[K]]
// CHECK: %[[MI:.*]] = smash.gather_rows %[[M]] by %[[I]]
// CHECK: %[[D:.*]] = smash.spgemm ins(%[[AL]], %[[BK]] : {{.*}} mask(%[[MI]] :
// CHECK: %[[R:.*]] = smash.expand [%{{.*}}] %[[D]] rows(%[[I]] :
// CHECK-DAG: smash.release %[[AL]]
// CHECK-DAG: smash.release %[[MI]]
// CHECK: return %[[R]]
func.func @hypersparse(%a: tensor<?x?xf64, #DCSR>, %b: tensor<?x?xf64, #DCSR>,
                       %m: tensor<?x?xf64, #DCSR>, %n: index)
    -> tensor<?x?xf64, #DCSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #DCSR>
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #DCSR>,
                                 tensor<?x?xf64, #DCSR>)
         outs(%c : tensor<?x?xf64, #DCSR>) mask(%m : tensor<?x?xf64, #DCSR>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #DCSR>
}

// Where C has a place for each row anyway, A may have one.
// CHECK-LABEL: func @coordinates(
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor
// CHECK: %[[AR:.*]] = smash.convert %[[A]] : {{.*}} to tensor<?x?xf64, #[[CSR:.*]]>
// CHECK: %[[D:.*]] = smash.spgemm ins(%[[AR]],
// CHECK: %[[R:.*]] = smash.convert take %[[D]] absent(min)
// CHECK: smash.release %[[AR]]
// CHECK: return %[[R]]
func.func @coordinates(%a: tensor<?x?xf64, #COO>, %b: !mat, %n: index)
    -> tensor<?x?xf64, #BSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #BSR>
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #COO>, !mat)
         outs(%c : tensor<?x?xf64, #BSR>) semiring(min_plus) strategy(row_wise)
  return %0 : tensor<?x?xf64, #BSR>
}

// A dense C is added to, row by row.
// CHECK-LABEL: func @dense(
// CHECK-SAME: %[[A:.*]]: tensor<{{.*}}>, %[[C:.*]]: tensor<?x?xf64>)
// CHECK-NEXT: %[[R:.*]] = smash.spgemm ins(%[[A]], %[[A]] : {{.*}} outs(%[[C]] : {{.*}} accumulate(max)
// CHECK-NEXT: return %[[R]]
func.func @dense(%a: !mat, %c: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : tensor<?x?xf64>)
         accumulate(max) semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64>
}

#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 32
}>

// Rows of another A have places, too.
// CHECK-LABEL: func @dense_converted(
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^,]*}}, #{{[a-z0-9]+}}>, %[[B:[a-z0-9]+]]: tensor<{{[^,]*}}, #{{[a-z0-9]+}}>, %[[C:[a-z0-9]+]]: tensor<?x?xf64>)
// CHECK: %[[AR:.*]] = smash.convert %[[A]]
// CHECK-NOT: smash.compact %[[AR]] :
// CHECK: %[[R:.*]] = smash.spgemm {{.*}} outs(%[[C]] :
// CHECK-NOT: smash.scatter
// CHECK: return %[[R]]
func.func @dense_converted(%a: tensor<?x?xf64, #DCSR>,
    %b: tensor<?x?xf64, #CSC>, %c: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #DCSR>, tensor<?x?xf64, #CSC>)
         outs(%c : tensor<?x?xf64>) semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64>
}

// Of any other product it is a sum of entries; also where it has an encoding.
// CHECK-LABEL: func @scattered(
// CHECK-SAME: %[[A:.*]]: tensor<{{.*}}>, %[[C:.*]]: tensor<{{.*}}>)
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: %[[D:.*]] = smash.spgemm ins(%{{.*}}, %[[A]] : {{.*}} outs(%[[E]] :
// CHECK: %[[R:.*]] = smash.scatter %[[D]] into %[[C]] add(min)
// CHECK: smash.release %[[D]]
// CHECK: return %[[R]]
#Full = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : dense)}>
func.func @scattered(%a: !mat, %c: tensor<?x?xf64, #Full>)
    -> tensor<?x?xf64, #Full> {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : tensor<?x?xf64, #Full>)
         accumulate(min) semiring(plus_times) strategy(outer)
  return %0 : tensor<?x?xf64, #Full>
}

// Where C has no place for each row, the rows that are stored are united.
// CHECK-LABEL: func @accumulate_stored_rows(
// CHECK-SAME: %[[A:.*]]: tensor<{{.*}}>, %[[C:.*]]: tensor<{{.*}}>)
// CHECK: %[[P:.*]] = smash.expand
// CHECK: %[[B:.*]] = smash.convert %[[C]] : {{.*}} to tensor<?x?xf64, #[[DCSR:.*]]>
// CHECK: %[[X:.*]], %[[LX:.*]] = smash.compact %[[B]]
// CHECK: %[[NX:.*]] = tensor.dim %[[X]]
// CHECK: %[[Y:.*]], %[[LY:.*]] = smash.compact %[[P]]
// CHECK: %[[NY:.*]] = tensor.dim %[[Y]]
// CHECK: %[[L:.*]], %[[N:.*]] = smash.unite_rows %[[LX]] size %[[NX]], %[[LY]] size %[[NY]]
// CHECK: %[[GX:.*]] = smash.gather_rows %[[B]] by %[[L]] size %[[N]]
// CHECK: %[[GY:.*]] = smash.gather_rows %[[P]] by %[[L]] size %[[N]]
// CHECK: smash.release %[[P]]
// CHECK: smash.release %[[B]]
// CHECK: %[[U:.*]] = smash.union ins(%[[GX]], %[[GY]] : {{.*}} add(plus)
// CHECK: %[[S:.*]] = smash.expand {{.*}} %[[U]] rows(%[[L]] :
// CHECK: memref.dealloc %[[L]]
// CHECK: %[[R:.*]] = smash.convert take %[[S]]
// CHECK: return %[[R]]
func.func @accumulate_stored_rows(%a: tensor<?x?xf64, #DCSR>,
    %c: tensor<?x?xf64, #COO>) -> tensor<?x?xf64, #COO> {
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #DCSR>, tensor<?x?xf64, #DCSR>)
         outs(%c : tensor<?x?xf64, #COO>) semiring(plus_times)
         strategy(row_wise)
  return %0 : tensor<?x?xf64, #COO>
}

// What accumulates becomes a product that overwrites, and a union with what was
// there, which the mask has no say in.
// CHECK-LABEL: func @accumulate(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<{{[^,]*}}, #{{[a-z0-9]+}}>, %[[M:[a-z0-9]+]]: tensor<{{[^,]*}}, #{{[a-z0-9]+}}>, %[[C:[a-z0-9]+]]: tensor
// CHECK:         %[[E:.*]] = tensor.empty(
// CHECK:         %[[P:.*]] = smash.spgemm ins(%[[A]], %[[A]] : {{.*}}) outs(%[[E]] : {{.*}}) mask(%[[M]] : {{.*}}) semiring(plus_times)
// CHECK-NOT:     accumulate
// CHECK:         %[[U:.*]] = smash.union ins(%[[C]], %[[P]] : {{.*}} add(max)
// CHECK:         smash.release %[[P]]
// CHECK:         return %[[U]]
func.func @accumulate(%a: !mat, %m: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat) mask(%m : !mat)
         accumulate(max) semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// An empty C is overwritten: there is nothing to add to.
// CHECK-LABEL: func @overwrite(
// CHECK-NOT:     accumulate
// CHECK-NOT:     smash.union
// CHECK:         return
func.func @overwrite(%a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         accumulate(max) semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// Rows in no order are sorted first; the product need not be.
// CHECK-LABEL: func @nonordered(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<{{[^,]*}}, #[[SORTED:[a-z0-9]+]]>, %[[C:[a-z0-9]+]]: tensor
// CHECK:         %[[P:.*]] = smash.spgemm {{.*}} outs(%{{.*}} : tensor<?x8xf64, #[[SORTED]]>)
// CHECK:         %[[S:.*]] = smash.convert %[[C]] : {{.*}} to tensor<?x8xf64, #[[SORTED]]>
// CHECK:         smash.union ins(%[[S]], %[[P]] :
// CHECK-DAG:     smash.release %[[P]]
// CHECK-DAG:     smash.release %[[S]]
#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
func.func @nonordered(%a: !mat, %c: tensor<?x8xf64, #Loose>)
    -> tensor<?x8xf64, #Loose> {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : tensor<?x8xf64, #Loose>)
         semiring(min_plus) strategy(row_wise)
  return %0 : tensor<?x8xf64, #Loose>
}
