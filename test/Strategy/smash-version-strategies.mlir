// Lists of candidates become a choice at run time.

// RUN: smash-opt %s --smash-set-machine --smash-version-strategies | FileCheck %s
// RUN: smash-opt %s --smash-set-machine --smash-version-strategies \
// RUN:   --remarks-filter=smash-version-strategies -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK
// RUN: smash-opt %root/test/Tools/Inputs/versions.mlir --smash-to-host-pipeline \
// RUN:   | FileCheck %s --check-prefix=HOST

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>

// CHECK-LABEL: @two
// CHECK-SAME: (%[[A:.*]]: tensor<{{.*}}>, %[[B:.*]]: tensor<{{.*}}>, %[[C:.*]]: tensor<{{.*}}>)
// Arrays of 9 bytes to a column fit 32 KiB: nothing is counted.
// CHECK: %[[COLS:.*]] = tensor.dim %[[B]], %c1
// CHECK: %[[NARROW:.*]] = arith.cmpi sle, %[[COLS]], %c3640
// CHECK: %[[CHOICE:.*]] = scf.if %[[NARROW]] -> (index) {
// CHECK-NEXT: %[[DENSE:.*]] = arith.constant 1 : index
// CHECK-NEXT: scf.yield %[[DENSE]]
// CHECK: } else {
// CHECK:   %[[S:.*]] = smash.statistics ins(%[[A]], %[[B]] :
// CHECK:   %[[SIZE:.*]] = memref.dim %[[S]]
// CHECK:   %[[COUNTED:.*]] = arith.cmpi sgt, %[[SIZE]]
// CHECK:   %[[WEIGHED:.*]] = scf.if %[[COUNTED]] -> (index) {
// CHECK:     %[[TIMES:.*]]:2 = scf.for
// CHECK:     %[[LESS:.*]] = arith.cmpf olt, %[[TIMES]]#1, %[[TIMES]]#0
// CHECK:     %[[BEST:.*]] = arith.select %[[LESS]]
// CHECK:     scf.yield %[[BEST]]
// CHECK:   memref.dealloc %[[S]]
// CHECK:   scf.yield %[[WEIGHED]]
// CHECK: %[[R:.*]] = scf.index_switch %[[CHOICE]]
// CHECK: case 1 {
// CHECK:   %[[X:.*]] = smash.spgemm ins(%[[A]], %[[B]] {{.*}} outs(%[[C]] {{.*}} strategy(row_wise, accumulator = dense)
// CHECK:   scf.yield %[[X]]
// CHECK: default {
// CHECK:   strategy(row_wise, accumulator = hash)
// CHECK: return %[[R]]
// REMARK: remark: [Passed] Versions | Category:smash-version-strategies | Reason="the operands are not known before", Remark="chosen at run time among row_wise, accumulator = hash | row_wise, accumulator = dense"
// HOST-LABEL: llvm.func @product
// HOST: llvm.intr.ctlz
// HOST: llvm.switch
func.func @two(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times)
         strategy([<row_wise, accumulator = hash>,
                   <row_wise, accumulator = dense>,
                   <row_wise, accumulator = hash>])
  return %0 : !mat
}

// The numbers of entries choose between arrays: 8 products a row at most are
// listed, wherever arrays fit the scratchpad.
// CHECK-LABEL: @arrays
// CHECK-SAME: (%[[A:.*]]: tensor<{{.*}}>, %[[B:.*]]: tensor<{{.*}}>, %[[C:.*]]: tensor<{{.*}}>)
// CHECK: %[[COLS:.*]] = tensor.dim %[[B]], %c1
// CHECK: %[[FITS:.*]] = arith.cmpi sle, %[[COLS]], %c58254
// CHECK-DAG: %[[ROWS:.*]] = tensor.dim %[[A]], %c0
// CHECK-DAG: %[[INNER:.*]] = tensor.dim %[[A]], %c1
// CHECK-DAG: %[[VA:.*]] = sparse_tensor.values %[[A]]
// CHECK-DAG: %[[VB:.*]] = sparse_tensor.values %[[B]]
// CHECK-DAG: %[[NA:.*]] = memref.dim %[[VA]]
// CHECK-DAG: %[[NB:.*]] = memref.dim %[[VB]]
// CHECK: %[[LOW:.*]], %[[HIGH:.*]] = arith.mului_extended %[[NA]], %[[NB]]
// CHECK: arith.constant 8 : index
// CHECK: %[[LIMITLOW:.*]], %[[LIMITHIGH:.*]] = arith.mului_extended %{{.*}}, %[[INNER]]
// CHECK-DAG: %[[SAME:.*]] = arith.cmpi eq, %[[HIGH]], %[[LIMITHIGH]]
// CHECK-DAG: %[[LESS:.*]] = arith.cmpi ule, %[[LOW]], %[[LIMITLOW]]
// CHECK-DAG: %[[FAR:.*]] = arith.cmpi ult, %[[HIGH]], %[[LIMITHIGH]]
// CHECK: %[[FEW:.*]] = arith.select %[[SAME]], %[[LESS]], %[[FAR]]
// CHECK: %[[LISTED:.*]] = arith.andi %[[FITS]], %[[FEW]]
// CHECK: scf.if %[[LISTED]] -> (index) {
// CHECK-NEXT: %[[LIST:.*]] = arith.constant 2 : index
// CHECK-NEXT: scf.yield %[[LIST]]
// CHECK: } else {
// CHECK:   arith.cmpi sle, %[[COLS]], %c3640
// CHECK:   arith.constant 1 : index
// CHECK:   smash.statistics
// CHECK: scf.index_switch
func.func @arrays(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times)
         strategy([<row_wise, accumulator = hash>,
                   <row_wise, accumulator = dense, occupancy = bitmap>,
                   <row_wise, accumulator = dense>])
  return %0 : !mat
}

// Without a candidate that merges into arrays, width tells nothing.
// CHECK-LABEL: @no_arrays
// CHECK-NOT: tensor.dim
// CHECK: smash.statistics
// CHECK: scf.index_switch
func.func @no_arrays(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times)
         strategy([<row_wise, accumulator = hash>, <outer>])
  return %0 : !mat
}

// What is known is decided at once.
// CHECK-LABEL: @known
// CHECK-NOT: scf.index_switch
// CHECK: strategy(row_wise, accumulator = dense, occupancy = bitmap)
// REMARK: Reason="the cheapest of the candidates, by its statistics", Remark="computed as row_wise, accumulator = dense, occupancy = bitmap"
func.func @known(%a: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times)
         strategy([<outer>, <row_wise, accumulator = hash>,
                   <row_wise, accumulator = dense, occupancy = bitmap>])
         {smash.statistics = {rows = 64000, inner = 64000, cols = 64000,
           nnz_a = 192000, nnz_b = 192000, products = 576000,
           max_row_products = 9, bound_c = 576000, mean_span = 65}}
  return %0 : !mat
}

// What cannot be counted at run time is chosen by its width alone.
// CHECK-LABEL: @transposed
// CHECK-NOT: smash.statistics
// CHECK: %[[COLS:.*]] = tensor.dim %{{.*}}, %c0
// CHECK: %[[NARROW:.*]] = arith.cmpi sle, %[[COLS]], %c3640
// CHECK: %[[CHOICE:.*]] = scf.if %[[NARROW]] -> (index) {
// CHECK-NEXT: %[[DENSE:.*]] = arith.constant 1 : index
// CHECK-NEXT: scf.yield %[[DENSE]]
// CHECK-NEXT: } else {
// CHECK-NEXT: %[[HASH:.*]] = arith.constant 0 : index
// CHECK-NEXT: scf.yield %[[HASH]]
// CHECK: scf.index_switch %[[CHOICE]]
// CHECK: transpose_b semiring(plus_times) strategy(row_wise, accumulator = dense)
// CHECK: default
// CHECK: transpose_b semiring(plus_times) strategy(row_wise, accumulator = hash)
func.func @transposed(%a: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         transpose_b semiring(plus_times)
         strategy([<row_wise, accumulator = hash>,
                   <row_wise, accumulator = dense>])
  return %0 : !mat
}

// Without arrays among the candidates, it is the first.
// CHECK-LABEL: @transposed_no_arrays
// CHECK-NOT: scf.index_switch
// CHECK: transpose_b semiring(plus_times) strategy(row_wise, accumulator = hash)
// REMARK: remark: [Missed] Versions | Category:smash-version-strategies | Reason="an operand is transposed", Remark="computed as row_wise, accumulator = hash"
func.func @transposed_no_arrays(%a: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         transpose_b semiring(plus_times)
         strategy([<row_wise, accumulator = hash>, <outer>])
  return %0 : !mat
}

// CHECK-LABEL: @one
// CHECK-NOT: scf.index_switch
// CHECK: strategy(outer)
// REMARK: Reason="there is one candidate", Remark="computed as outer"
func.func @one(%a: !mat, %c: !mat) -> !mat {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy([<outer>])
  return %0 : !mat
}
