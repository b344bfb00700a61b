// What is not a product of ours stays as it is, to the byte, and a remark says
// why.
// RUN: mlir-opt %s --split-input-file > %t.before
// RUN: smash-opt %s --convert-linalg-to-smash --split-input-file > %t.after
// RUN: cmp %t.before %t.after
// RUN: smash-opt %s --convert-linalg-to-smash --split-input-file \
// RUN:   --remarks-filter=convert-linalg-to-smash 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

// Zeros that are not stored count: the least sum may be one of them.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @plain_min_plus(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = arith.addf %x, %y : f64
    %t = arith.minimumf %s, %p : f64
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// The zeros of a product are less than its negative entries.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @plain_max_times(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = arith.mulf %x, %y : f64
    %t = arith.maximumf %s, %p : f64
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// minnumf ignores NaN.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @minnumf(%a: !mat) -> !mat {
  %inf = arith.constant 0x7FF0000000000000 : f64
  %c = tensor.empty() : !mat
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
        %q = arith.minnumf %u, %v : f64
        sparse_tensor.yield %q : f64
    }
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// Zero is not the identity of min.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @identity(%a: !mat) -> !mat {
  %zero = arith.constant 0.0 : f64
  %c = tensor.empty() : !mat
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
    %t = sparse_tensor.reduce %s, %p, %zero : f64 {
      ^bb0(%u: f64, %v: f64):
        %q = arith.minimumf %u, %v : f64
        sparse_tensor.yield %q : f64
    }
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// A union is no product.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @left(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = sparse_tensor.binary %x, %y : f64, f64 to f64
      overlap = {
      ^bb0(%u: f64, %v: f64):
        %q = arith.mulf %u, %v : f64
        sparse_tensor.yield %q : f64
      }
      left = identity
      right = {}
    %t = arith.addf %s, %p : f64
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// a - b is not b - a, and no multiply of ours.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @subtract(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = arith.subf %x, %y : f64
    %t = arith.addf %s, %p : f64
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// A square of one operand.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @square(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = arith.mulf %x, %x : f64
    %t = arith.addf %s, %p : f64
    linalg.yield %t : f64
  } -> !mat
  return %0 : !mat
}

// -----

// A field of two elements.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi1, #CSR>
func.func @xor(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i1, %y: i1, %s: i1):
    %p = arith.muli %x, %y : i1
    %t = arith.addi %s, %p : i1
    linalg.yield %t : i1
  } -> !mat
  return %0 : !mat
}

// -----

// Bitwise on integers.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi32, #CSR>
func.func @bits(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i32, %y: i32, %s: i32):
    %p = arith.andi %x, %y : i32
    %t = arith.ori %s, %p : i32
    linalg.yield %t : i32
  } -> !mat
  return %0 : !mat
}

// -----

// Ours saturates at infinity.
// REMARK: its integers wrap where those of min_plus saturate
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi32, #CSR>
func.func @wraps(%a: !mat) -> !mat {
  %max = arith.constant 2147483647 : i32
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i32, %y: i32, %s: i32):
    %p = sparse_tensor.binary %x, %y : i32, i32 to i32
      overlap = {
      ^bb0(%u: i32, %v: i32):
        %q = arith.addi %u, %v : i32
        sparse_tensor.yield %q : i32
      }
      left = {}
      right = {}
    %t = sparse_tensor.reduce %s, %p, %max : i32 {
      ^bb0(%u: i32, %v: i32):
        %q = arith.minsi %u, %v : i32
        sparse_tensor.yield %q : i32
    }
    linalg.yield %t : i32
  } -> !mat
  return %0 : !mat
}

// -----

// A type that is not lowered yet.
// REMARK: value type i8 is not lowered yet
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi8, #CSR>
func.func @type(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.generic {indexing_maps = #maps,
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : !mat) {
  ^bb0(%x: i8, %y: i8, %s: i8):
    %p = arith.muli %x, %y : i8
    %t = arith.addi %s, %p : i8
    linalg.yield %t : i8
  } -> !mat
  return %0 : !mat
}

// -----

// Three loops are not those of this one.
// REMARK: its loops are not those of a matrix product
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<8x8xf64, #CSR>
func.func @dot(%a: !mat) -> tensor<f64> {
  %c = tensor.empty() : tensor<f64>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>,
        affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>],
      iterator_types = ["reduction", "reduction"]}
      ins(%a, %a : !mat, !mat) outs(%c : tensor<f64>) {
  ^bb0(%x: f64, %y: f64, %s: f64):
    %p = arith.mulf %x, %y : f64
    %t = arith.addf %s, %p : f64
    linalg.yield %t : f64
  } -> tensor<f64>
  return %0 : tensor<f64>
}

// -----

// C is dense.
// REMARK: c is dense
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<8x8xf64, #CSR>
func.func @dense(%a: !mat) -> tensor<8x8xf64> {
  %c = tensor.empty() : tensor<8x8xf64>
  %0 = linalg.matmul ins(%a, %a : !mat, !mat) outs(%c : tensor<8x8xf64>)
    -> tensor<8x8xf64>
  return %0 : tensor<8x8xf64>
}

// -----

// Its formats.
// REMARK: is not CSR with 32-bit, 64-bit or index positions and coordinates
#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed)
}>
!mat = tensor<8x8xf64, #CSC>
func.func @format(%a: !mat) -> !mat {
  %c = tensor.empty() : !mat
  %0 = linalg.matmul ins(%a, %a : !mat, !mat) outs(%c : !mat) -> !mat
  return %0 : !mat
}

// -----

// C has values, and its zeros are smaller than sums.
// REMARK: it accumulates into its init, whose zeros count in semiring min_plus
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xf64, #CSR>
func.func @accumulate(%a: !mat, %c: !mat) -> !mat {
  %inf = arith.constant 0x7FF0000000000000 : f64
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

// The last product is not any product.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 64, crdWidth = 64
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi64, #CSR>
func.func @last(%a: !mat) -> !mat {
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
        %q = arith.muli %u, %v : i64
        sparse_tensor.yield %q : i64
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

// -----

// A sum that yields itself is its identity for ever.
// REMARK: its body is no semiring
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 64, crdWidth = 64
}>
#maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
         affine_map<(i, j, k) -> (i, j)>]
!mat = tensor<8x8xi64, #CSR>
func.func @itself(%a: !mat) -> !mat {
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
        sparse_tensor.yield %u : i64
    }
    linalg.yield %t : i64
  } -> !mat
  return %0 : !mat
}

// -----

// One sparse operand is another product, about which nothing is said.
// REMARK-NOT: remark:
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<8x8xf64, #CSR>
func.func @spmm(%a: !mat, %b: tensor<8x8xf64>) -> tensor<8x8xf64> {
  %c = tensor.empty() : tensor<8x8xf64>
  %0 = linalg.matmul ins(%a, %b : !mat, tensor<8x8xf64>)
    outs(%c : tensor<8x8xf64>) -> tensor<8x8xf64>
  return %0 : tensor<8x8xf64>
}
