// Counting becomes loops.

// RUN: smash-opt %s --smash-lower-statistics | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#Any = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>

// CHECK-LABEL: @count
// CHECK: %[[S:.*]], %[[OK:.*]] = smash.try_alloc(%{{.*}}) zeroed
// CHECK: %[[THERE:.*]] = arith.andi
// CHECK: %[[COUNTS:.*]] = arith.andi %[[OK]], %[[THERE]]
// CHECK: scf.if %[[COUNTS]] {
// CHECK:   %[[PRODUCTS:.*]] = scf.for
// CHECK:     scf.for
// CHECK:     math.ctlz
// CHECK:   scf.for
// CHECK: return %[[S]]
func.func @count(%a: tensor<?x?xf64, #CSR>) -> memref<?xi64> {
  %s = smash.statistics ins(%a, %a : tensor<?x?xf64, #CSR>,
                                     tensor<?x?xf64, #CSR>) : memref<?xi64>
  return %s : memref<?xi64>
}

// Where rows of B are in any order, their ends tell nothing: one loop less.
// CHECK-LABEL: @any_order
// CHECK: math.ctlz
// CHECK-NOT: scf.for
// CHECK: return
func.func @any_order(%a: tensor<?x?xf64, #Any>) -> memref<?xi64> {
  %s = smash.statistics ins(%a, %a : tensor<?x?xf64, #Any>,
                                     tensor<?x?xf64, #Any>) : memref<?xi64>
  return %s : memref<?xi64>
}
