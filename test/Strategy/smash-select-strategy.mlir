// What is decided for a product, from shapes, statistics and the machine.

// RUN: smash-opt %s --smash-set-machine --smash-select-strategy | FileCheck %s
// RUN: smash-opt %s --smash-set-machine="threads-per-block=4" --smash-select-strategy | FileCheck %s --check-prefix=SHARED
// RUN: smash-opt %s --smash-set-machine --smash-select-strategy=versions=3 | FileCheck %s --check-prefix=VERSIONS
// RUN: smash-opt %s --smash-set-machine --smash-select-strategy=allow-conversion=false | FileCheck %s --check-prefix=STORED

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!any = tensor<?x?xf64, #CSR>

// VERSIONS-LABEL: @unknown
// VERSIONS: strategy([<row_wise, accumulator = hash>, <row_wise, accumulator = dense, occupancy = bitmap>, <row_wise, accumulator = dense>])
// VERSIONS-LABEL: @static
// VERSIONS: strategy(row_wise, bins

// Nothing is known: a table fits any width; or what is known later decides.
// CHECK-LABEL: @unknown
// CHECK: smash.spgemm {{.*}} strategy(row_wise, accumulator = hash)
// SHARED-LABEL: @unknown
// SHARED: strategy(row_wise, accumulator = hash, merge = atomic)
func.func @unknown(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
  return %0 : !any
}

// A row that fills a 64th of the width is scanned for.
// CHECK-LABEL: @static
// CHECK: strategy(row_wise, bins = [<bound 100: dense>, <else: dense, occupancy = bitmap>])
func.func @static(%a: tensor<9x6400xf64, #CSR>, %b: tensor<6400x6400xf64, #CSR>,
    %c: tensor<9x6400xf64, #CSR>) -> tensor<9x6400xf64, #CSR> {
  %0 = smash.spgemm ins(%a, %b : tensor<9x6400xf64, #CSR>,
                                 tensor<6400x6400xf64, #CSR>)
         outs(%c : tensor<9x6400xf64, #CSR>) semiring(plus_times)
  return %0 : tensor<9x6400xf64, #CSR>
}

// A narrow C: one bin.
// CHECK-LABEL: @narrow
// CHECK: strategy(row_wise, accumulator = dense, occupancy = bitmap)
func.func @narrow(%a: tensor<9x64xf64, #CSR>, %b: tensor<64x100xf64, #CSR>,
    %c: tensor<9x100xf64, #CSR>) -> tensor<9x100xf64, #CSR> {
  %0 = smash.spgemm ins(%a, %b : tensor<9x64xf64, #CSR>,
                                 tensor<64x100xf64, #CSR>)
         outs(%c : tensor<9x100xf64, #CSR>) semiring(plus_times)
  return %0 : tensor<9x100xf64, #CSR>
}

// To clear an array of C's width would take longer than the product: a table.
// CHECK-LABEL: @wide
// CHECK: strategy(row_wise, accumulator = hash)
func.func @wide(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         {smash.statistics = {rows = 1000, inner = 1000, cols = 100000000,
           nnz_a = 9000, nnz_b = 9000, products = 81000, max_row_products = 90,
           bound_c = 81000, mean_span = 90000000}}
  return %0 : !any
}

// Thin rows that are scattered: a list. Rows of a band are wide in all, and
// narrow each: a bitmap. Both in one product: a bin of each, the short rows
// merged from the few rows of B that they have.
// CHECK-LABEL: @spans
// CHECK: strategy(row_wise, accumulator = dense) {
// CHECK: strategy(row_wise, accumulator = dense, occupancy = bitmap) {
// CHECK: strategy(row_wise, bins = [<bound 8: merge>, <else: dense, occupancy = bitmap>]) {
func.func @spans(%a: !any, %c: !any) -> (!any, !any, !any) {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         {smash.statistics = {rows = 64000, inner = 64000, cols = 64000,
           nnz_a = 192000, nnz_b = 192000, products = 576000,
           max_row_products = 9, bound_c = 576000, mean_span = 60000}}
  %1 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         {smash.statistics = {rows = 64000, inner = 64000, cols = 64000,
           nnz_a = 192000, nnz_b = 192000, products = 576000,
           max_row_products = 9, bound_c = 576000, mean_span = 65}}
  %2 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         {smash.statistics = {rows = 64000, inner = 64000, cols = 64000,
           nnz_a = 192000, nnz_b = 192000, products = 1856000,
           max_row_products = 900, bound_c = 1856000, mean_span = 10000,
           histogram = array<i64: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
             62000, 496000, 400000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
             2000, 1360000, 900000>}}
  return %0, %1, %2 : !any, !any, !any
}

// A bound of C over half of the memory: count first.
// CHECK-LABEL: @large
// CHECK: strategy(row_wise, {{.*}}, phases = two)
// SHARED-LABEL: @large
// SHARED-NOT: merge = atomic
// SHARED: phases = two
func.func @large(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         {smash.statistics = {rows = 2000000, inner = 100000, cols = 6400,
           nnz_a = 20000000, nnz_b = 50000000, products = 10000000000,
           max_row_products = 6400, bound_c = 10000000000, mean_span = 6400}}
  return %0 : !any
}

// What the program says is kept; other dataflows are not touched; candidates
// wait for another pass.
// CHECK-LABEL: @kept
// CHECK: strategy(row_wise, accumulator = dense, merge = atomic)
// CHECK: strategy(row_wise, accumulator = hash, fill_limit = 25, schedule = static)
// CHECK: strategy(inner)
// CHECK: strategy([<row_wise>, <outer>])
func.func @kept(%a: !any, %c: !any) -> (!any, !any) {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         strategy(row_wise, accumulator = dense, merge = atomic)
  %1 = smash.spgemm ins(%a, %a : !any, !any) outs(%0 : !any)
         semiring(plus_times)
         strategy(row_wise, fill_limit = 25, schedule = static)
  %2 = smash.spgemm ins(%a, %a : !any, !any) outs(%1 : !any)
         semiring(plus_times) strategy(inner)
  %3 = smash.spgemm ins(%a, %a : !any, !any) outs(%2 : !any)
         semiring(plus_times) strategy([<row_wise>, <outer>])
  return %2, %3 : !any, !any
}

// There is no atomic add of complex numbers, and phases merge exclusively.
// SHARED-LABEL: @exclusive
// SHARED-NOT: merge = atomic
// SHARED: return
func.func @exclusive(%a: tensor<?x?xcomplex<f64>, #CSR>, %m: !any, %c: !any,
    %d: tensor<?x?xcomplex<f64>, #CSR>)
    -> (tensor<?x?xcomplex<f64>, #CSR>, !any) {
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xcomplex<f64>, #CSR>,
                                 tensor<?x?xcomplex<f64>, #CSR>)
         outs(%d : tensor<?x?xcomplex<f64>, #CSR>) semiring(plus_times)
  %p = smash.spgemm_symbolic ins(%m, %m : !any, !any) : !smash.plan<i32, i32>
  %1 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%m, %m : !any, !any) outs(%c : !any) semiring(plus_times)
  return %0, %1 : tensor<?x?xcomplex<f64>, #CSR>, !any
}

// A by columns and B by rows are what an outer product reads: it alone needs no
// conversion, and is not charged one.
// STORED-LABEL: @by_columns
// STORED: strategy(outer)
#ByColumns = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 32
}>
func.func @by_columns(%a: tensor<?x?xf64, #ByColumns>, %b: tensor<?x?xf64, #CSR>,
                      %c: tensor<?x?xf64, #CSR>) -> tensor<?x?xf64, #CSR> {
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #ByColumns>,
                                 tensor<?x?xf64, #CSR>)
         outs(%c : tensor<?x?xf64, #CSR>) semiring(plus_times)
         {smash.statistics = {rows = 64000, inner = 64000, cols = 64000,
           nnz_a = 192000, nnz_b = 192000, products = 576000,
           max_row_products = 9, bound_c = 576000, mean_span = 65}}
  return %0 : tensor<?x?xf64, #CSR>
}
