// Products among code that upstream compiles, in both of upstream's storage
// modes, of static and of dynamic shape, serial and on threads.
//
// REQUIRES: no-sanitizer
//
// RUN: sed -e 's/[MN]x/4x/g' -e 's/(SIZES*)/()/' %s > %t.static
// RUN: sed -e 's/[MN]x/?x/g' -e 's/(SIZES)/(%%m, %%n)/' \
// RUN:   -e 's/(SIZE)/(%%m)/' %s > %t.dynamic
//
// RUN: smash-opt %t.static --smash-sparsifier-pipeline \
// RUN:   | %run-host | FileCheck %s
// RUN: smash-opt %t.static \
// RUN:   --smash-sparsifier-pipeline=enable-runtime-library=false \
// RUN:   | %run-host | FileCheck %s
// RUN: smash-opt %t.dynamic \
// RUN:   --smash-sparsifier-pipeline="enable-runtime-library=false blocks=3 threads-per-block=2 vl=4" \
// RUN:   | %run-host | FileCheck %s
//
// What is allocated is freed, once: LeakSanitizer sees malloc and free.
// RUN: smash-opt %t.dynamic --smash-sparsifier-pipeline -o %t.runtime
// RUN: %python %S/Inputs/run-sanitized.py %t.runtime \
// RUN:   --tools %llvm-tools %runtime-libraries \
// RUN:   | FileCheck %s
// RUN: smash-opt %t.dynamic -o %t.codegen \
// RUN:   --smash-sparsifier-pipeline=enable-runtime-library=false
// RUN: %python %S/Inputs/run-sanitized.py %t.codegen \
// RUN:   --tools %llvm-tools %runtime-libraries \
// RUN:   | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
#SOA = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton(soa))
}>
!mat = tensor<MxNxf64, #CSR>
!soa = tensor<MxNxf64, #SOA>
!vec = tensor<Mxf64>
#elementwise = {
  indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                   affine_map<(i, j) -> (i, j)>],
  iterator_types = ["parallel", "parallel"]
}
#update = {
  indexing_maps = [affine_map<(i, j) -> (i, j)>],
  iterator_types = ["parallel", "parallel"]
}

// A function boundary on both sides.
func.func @product(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(SIZES) : !mat
  %c = linalg.matmul ins(%a, %b : !mat, !mat) outs(%init : !mat) -> !mat
  return %c : !mat
}

// Coordinates in an array for each level, which upstream reads.
func.func @product_in_arrays(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(SIZES) : !soa
  %c = linalg.matmul ins(%a, %b : !mat, !mat) outs(%init : !soa) -> !soa
  %d = sparse_tensor.convert %c : !soa to !mat
  bufferization.dealloc_tensor %c : !soa
  return %d : !mat
}

// A' B: one operand is transposed, and that copy freed.
func.func @transposed_product(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c1 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(SIZES) : !mat
  %c = linalg.generic {
      indexing_maps = [affine_map<(i, j, k) -> (k, i)>,
                       affine_map<(i, j, k) -> (k, j)>,
                       affine_map<(i, j, k) -> (i, j)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : !mat, !mat) outs(%init : !mat) {
  ^bb0(%x: f64, %y: f64, %sum: f64):
    %p = arith.mulf %x, %y : f64
    %q = arith.addf %sum, %p : f64
    linalg.yield %q : f64
  } -> !mat
  return %c : !mat
}

// An inner product: a plan between its phases.
func.func @inner_product(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(SIZES) : !mat
  %c = smash.spgemm ins(%a, %b : !mat, !mat) outs(%init : !mat)
    semiring(plus_times) strategy(inner)
  return %c : !mat
}

// Of upstream's: a sum of sparse matrices.
func.func @sum(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %a, %c1 : !mat
  %init = tensor.empty(SIZES) : !mat
  %c = linalg.generic #elementwise
      ins(%a, %b : !mat, !mat) outs(%init : !mat) {
  ^bb0(%x: f64, %y: f64, %z: f64):
    %s = arith.addf %x, %y : f64
    linalg.yield %s : f64
  } -> !mat
  return %c : !mat
}

// The product, and what becomes of it in place.
func.func @scaled_product(%a: !mat, %b: !mat, %factor: f64) -> !mat {
  %c = call @product(%a, %b) : (!mat, !mat) -> !mat
  %s = linalg.generic #update outs(%c : !mat) {
  ^bb0(%x: f64):
    %y = arith.mulf %x, %factor : f64
    linalg.yield %y : f64
  } -> !mat
  return %s : !mat
}

// The product is read by a dense operation only: no sparse tensor is made.
func.func @row_sums(%a: !mat, %b: !mat) -> !vec {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(SIZES) : !mat
  %c = linalg.matmul ins(%a, %b : !mat, !mat) outs(%init : !mat) -> !mat
  %empty = tensor.empty(SIZE) : !vec
  %cleared = linalg.fill ins(%zero : f64) outs(%empty : !vec) -> !vec
  %sums = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>,
                       affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%c : !mat) outs(%cleared : !vec) {
  ^bb0(%x: f64, %sum: f64):
    %s = arith.addf %sum, %x : f64
    linalg.yield %s : f64
  } -> !vec
  bufferization.dealloc_tensor %c : !mat
  return %sums : !vec
}

// a^(n + 1): products in a loop, each of the last one's result.
func.func @power(%a: !mat, %n: index) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %first = call @product(%a, %a) : (!mat, !mat) -> !mat
  %last = scf.for %i = %c1 to %n step %c1 iter_args(%x = %first) -> (!mat) {
    %y = func.call @product(%x, %a) : (!mat, !mat) -> !mat
    bufferization.dealloc_tensor %x : !mat
    scf.yield %y : !mat
  }
  return %last : !mat
}

func.func @print_and_free(%a: !mat) {
  sparse_tensor.print %a : !mat
  bufferization.dealloc_tensor %a : !mat
  return
}

func.func @main() {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant 0.0 : f64
  %two = arith.constant 2.0 : f64
  %da = arith.constant sparse<[[0, 0], [0, 2], [1, 1], [3, 0], [3, 3]],
                              [1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<4x4xf64>
  %db = arith.constant sparse<[[0, 1], [1, 3], [2, 0], [2, 1]],
                              [1.0, 2.0, 3.0, -0.5]> : tensor<4x4xf64>
  %a = sparse_tensor.convert %da : tensor<4x4xf64> to !mat
  %b = sparse_tensor.convert %db : tensor<4x4xf64> to !mat

  // An entry that cancels stays.
  // CHECK:      nse = 4
  // CHECK-NEXT: dim = ( 4, 4 )
  // CHECK-NEXT: lvl = ( 4, 4 )
  // CHECK-NEXT: pos[1] : ( 0, 2, 3, 3, 4 )
  // CHECK-NEXT: crd[1] : ( 0, 1, 3, 1 )
  // CHECK-NEXT: values : ( 6, 0, 6, 4 )
  %c = call @product(%a, %b) : (!mat, !mat) -> !mat
  call @print_and_free(%c) : (!mat) -> ()

  // CHECK:      pos[1] : ( 0, 2, 3, 3, 4 )
  // CHECK-NEXT: crd[1] : ( 0, 1, 3, 1 )
  // CHECK-NEXT: values : ( 6, 0, 6, 4 )
  %s = call @product_in_arrays(%a, %b) : (!mat, !mat) -> !mat
  call @print_and_free(%s) : (!mat) -> ()

  // CHECK:      pos[1] : ( 0, 1, 2, 3, 3 )
  // CHECK-NEXT: crd[1] : ( 1, 3, 1 )
  // CHECK-NEXT: values : ( 1, 6, 2 )
  %t = call @transposed_product(%a, %b) : (!mat, !mat) -> !mat
  call @print_and_free(%t) : (!mat) -> ()

  // CHECK:      pos[1] : ( 0, 2, 3, 3, 4 )
  // CHECK-NEXT: crd[1] : ( 0, 1, 3, 1 )
  // CHECK-NEXT: values : ( 6, 0, 6, 4 )
  %i = call @inner_product(%a, %b) : (!mat, !mat) -> !mat
  call @print_and_free(%i) : (!mat) -> ()

  // A product's result in a sum, and in a second product.
  // CHECK:      values : ( 7, 0, 2, 3, 6, 4, 4, 5 )
  %c2 = call @product(%a, %b) : (!mat, !mat) -> !mat
  %sum = call @sum(%a, %c2) : (!mat, !mat) -> !mat
  call @print_and_free(%sum) : (!mat) -> ()
  // CHECK:      values : ( 6, 0, 12, 24, 30, 12 )
  %c3p = call @product(%c2, %a) : (!mat, !mat) -> !mat
  call @print_and_free(%c3p) : (!mat) -> ()
  bufferization.dealloc_tensor %c2 : !mat

  // CHECK:      values : ( 12, 0, 12, 8 )
  %scaled = call @scaled_product(%a, %b, %two) : (!mat, !mat, f64) -> !mat
  call @print_and_free(%scaled) : (!mat) -> ()

  // CHECK: ( 6, 6, 0, 4 )
  %sums = call @row_sums(%a, %b) : (!mat, !mat) -> !vec
  %v = vector.transfer_read %sums[%c0], %zero : !vec, vector<4xf64>
  vector.print %v : vector<4xf64>
  bufferization.dealloc_tensor %sums : !vec

  // CHECK:      pos[1] : ( 0, 2, 3, 3, 6 )
  // CHECK-NEXT: crd[1] : ( 0, 2, 1, 0, 2, 3 )
  // CHECK-NEXT: values : ( 1, 2, 81, 624, 248, 625 )
  %p = call @power(%a, %c3) : (!mat, index) -> !mat
  call @print_and_free(%p) : (!mat) -> ()

  bufferization.dealloc_tensor %a : !mat
  bufferization.dealloc_tensor %b : !mat
  return
}
