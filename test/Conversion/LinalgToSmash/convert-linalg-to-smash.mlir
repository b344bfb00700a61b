// Products of sparse tensors become smash.spgemm, whatever their spelling.
// RUN: smash-opt %s --convert-linalg-to-smash --split-input-file | FileCheck %s
// RUN: smash-opt %s --convert-linalg-to-smash --smash-to-host-pipeline \
// RUN:   --split-input-file | FileCheck %s --check-prefix=LLVM

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
// CHECK-LABEL: func @matmul(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<?x?xf64, #{{[a-z0-9]+}}>, %[[B:[a-z0-9]+]]: tensor
// CHECK:         %[[C:.*]] = tensor.empty
// CHECK-NEXT:    %[[R:.*]] = smash.spgemm ins(%[[A]], %[[B]] : {{.*}}) outs(%[[C]] : tensor<?x?xf64, #{{[a-z0-9]+}}>) semiring(plus_times){{$}}
// CHECK-NEXT:    return %[[R]]
// LLVM: llvm.func @matmul(
func.func @matmul(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%m, %n) : !mat
  %0 = linalg.matmul ins(%a, %b : !mat, !mat) outs(%c : !mat) -> !mat
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xi32, #CSR>
// Transposed by its maps.
// CHECK-LABEL: func @maps(
// CHECK:         smash.spgemm ins(%arg0, %arg1 : {{.*}}) transpose_a transpose_b semiring(plus_times)
// LLVM: llvm.func @maps(
func.func @maps(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%m, %n) : !mat
  %0 = linalg.matmul
    indexing_maps = [affine_map<(i, j, k) -> (k, i)>,
                     affine_map<(i, j, k) -> (j, k)>,
                     affine_map<(i, j, k) -> (i, j)>]
    ins(%a, %b : !mat, !mat) outs(%c : !mat) -> !mat
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf32, #CSR>
// C is written transposed: its rows come from the second input.
// CHECK-LABEL: func @swapped(
// CHECK:         smash.spgemm ins(%arg1, %arg0 : {{.*}}) transpose_a transpose_b semiring(plus_times)
// LLVM: llvm.func @swapped(
func.func @swapped(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%n, %m) : !mat
  %0 = linalg.contract
    indexing_maps = [affine_map<(i, j, k) -> (i, k)>,
                     affine_map<(i, j, k) -> (k, j)>,
                     affine_map<(i, j, k) -> (j, i)>]
    ins(%a, %b : !mat, !mat) outs(%c : !mat) -> !mat
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi1, #CSR>
// CHECK-LABEL: func @boolean(
// CHECK:         smash.spgemm {{.*}} semiring(or_and)
// LLVM: llvm.func @boolean(
func.func @boolean(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i1, %y: i1, %s: i1):
    %p = arith.andi %y, %x : i1
    %t = arith.ori %p, %s : i1
    linalg.yield %t : i1
  } -> !mat
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 64, crdWidth = 64
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
// On stored entries only, any semiring.
// CHECK-LABEL: func @min_plus(
// CHECK:         smash.spgemm {{.*}} semiring(min_plus)
// LLVM: llvm.func @min_plus(
func.func @min_plus(%a: !mat) -> !mat {
  %inf = arith.constant 0x7FF0000000000000 : f64
  %c = bufferization.alloc_tensor() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = sparse_tensor.binary %x, %y : f64, f64 to f64
      overlap = {
      ^bb0(%u: f64, %v: f64):
        %q = arith.addf %u, %v : f64
        sparse_tensor.yield %q : f64
      }
      left = {}
      right = {}
    %t = sparse_tensor.reduce %s, %p, %inf : f64 {
      ^bb0(%u: f64, %v: f64):
        %q = arith.minimumf %u, %v : f64
        sparse_tensor.yield %q : f64
    }
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 64, crdWidth = 64
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi64, #CSR>
// CHECK-LABEL: func @plus_pair(
// CHECK:         smash.spgemm {{.*}} semiring(plus_pair)
// LLVM: llvm.func @plus_pair(
func.func @plus_pair(%a: !mat) -> !mat {
  %one = arith.constant 1 : i64
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i64, %y: i64, %s: i64):
    %p = sparse_tensor.binary %x, %y : i64, i64 to i64
      overlap = {
      ^bb0(%u: i64, %v: i64):
        sparse_tensor.yield %one : i64
      }
      left = {}
      right = {}
    %t = arith.addi %s, %p : i64
    linalg.yield %t : i64
  } -> !mat
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 64, crdWidth = 64
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi64, #CSR>
// CHECK-LABEL: func @any_pair(
// CHECK:         smash.spgemm {{.*}} semiring(any_pair)
// LLVM: llvm.func @any_pair(
func.func @any_pair(%a: !mat) -> !mat {
  %one = arith.constant 1 : i64
  %zero = arith.constant 0 : i64
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i64, %y: i64, %s: i64):
    %p = sparse_tensor.binary %x, %y : i64, i64 to i64
      overlap = {
      ^bb0(%u: i64, %v: i64):
        sparse_tensor.yield %one : i64
      }
      left = {}
      right = {}
    %t = sparse_tensor.reduce %s, %p, %zero : i64 {
      ^bb0(%u: i64, %v: i64):
        sparse_tensor.yield %v : i64
    }
    linalg.yield %t : i64
  } -> !mat
  return %0 : !mat
}
// The operands of the sum in the other order.
// CHECK-LABEL: func @any_pair_swapped(
// CHECK:         smash.spgemm {{.*}} semiring(any_pair)
// LLVM: llvm.func @any_pair_swapped(
func.func @any_pair_swapped(%a: !mat) -> !mat {
  %one = arith.constant 1 : i64
  %zero = arith.constant 0 : i64
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i64, %y: i64, %s: i64):
    %p = sparse_tensor.binary %x, %y : i64, i64 to i64
      overlap = {
      ^bb0(%u: i64, %v: i64):
        sparse_tensor.yield %one : i64
      }
      left = {}
      right = {}
    %t = sparse_tensor.reduce %p, %s, %zero : i64 {
      ^bb0(%u: i64, %v: i64):
        sparse_tensor.yield %u : i64
    }
    linalg.yield %t : i64
  } -> !mat
  return %0 : !mat
}

// Any formats, and a dense C with values.
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed)
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (j : compressed(nonunique), i : singleton(soa))
}>
// CHECK-LABEL: func @formats(
// CHECK-SAME:    %[[A:.*]]: tensor<{{.*}}>, %[[B:.*]]: tensor<{{.*}}>, %[[C:.*]]: tensor<8x8xf64>)
// CHECK:         smash.spgemm ins(%[[A]], %[[B]] : {{.*}} outs(%[[C]] : tensor<8x8xf64>) semiring(plus_times)
// LLVM: llvm.func @formats(
func.func @formats(%a: tensor<8x8xf64, #DCSR>, %b: tensor<8x8xf64, #COO>,
                   %c: tensor<8x8xf64>) -> tensor<8x8xf64> {
  %0 = linalg.matmul ins(%a, %b : tensor<8x8xf64, #DCSR>,
                                  tensor<8x8xf64, #COO>)
    outs(%c : tensor<8x8xf64>) -> tensor<8x8xf64>
  return %0 : tensor<8x8xf64>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<8x8xf64, #CSR>
// What C holds is kept, and added to.
// CHECK-LABEL: func @accumulate(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<8x8xf64, #{{[a-z0-9]+}}>, %[[C:[a-z0-9]+]]: tensor
// CHECK-NEXT:    smash.spgemm ins(%[[A]], %[[A]] : {{.*}}) outs(%[[C]] : tensor<8x8xf64, #{{[a-z0-9]+}}>) semiring(plus_times){{$}}
// LLVM: llvm.func @accumulate(
func.func @accumulate(%a: !mat, %c: !mat) -> !mat {
  %0 = linalg.matmul ins(%a, %a : !mat, !mat) outs(%c : !mat) -> !mat
  return %0 : !mat
}
