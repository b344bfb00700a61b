// What is chosen, and why, as remarks; and what may be chosen.

// RUN: smash-opt %s --smash-set-machine --smash-select-strategy \
// RUN:   --remarks-filter=smash-select-strategy -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK
// RUN: smash-opt %s --smash-set-machine \
// RUN:   --smash-select-strategy=allow-conversion=false \
// RUN:   --remarks-filter=smash-select-strategy -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=KEPT
// RUN: smash-opt %s --smash-set-machine=memory-bytes=160000 \
// RUN:   --smash-select-strategy --remarks-filter=smash-select-strategy \
// RUN:   -o /dev/null 2>&1 | FileCheck %s --check-prefix=TIGHT

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!any = tensor<?x?xf64, #CSR>

// REMARK: remark: [Passed] Strategy | Category:smash-select-strategy | Reason="nothing is known of the operands: a table fits any width", Remark="computed as row_wise, accumulator = hash"
func.func @unknown(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
  return %0 : !any
}

// The next best is named, and what it would take.
// REMARK: remark: [Passed] Strategy | Category:smash-select-strategy | Reason="predicted {{[0-9.]+}} us; next, at {{[0-9.]+}} us, is row_wise, accumulator = dense, which needs {{[0-9.]+}} us for entries sorted{{.*}}", Remark="computed as row_wise, accumulator = dense, occupancy = bitmap"
// A machine whose memory holds no array of 10000 columns.
// TIGHT: accumulator = hash
// TIGHT: predicted {{.*}}; next, at {{.*}}, is row_wise, accumulator = hash, phases = two, which
func.func @known(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         semiring(plus_times)
         {smash.statistics = {rows = 1000, inner = 1000, cols = 10000,
           nnz_a = 9000, nnz_b = 9000, products = 81000, max_row_products = 90,
           bound_c = 81000, mean_span = 100}}
  return %0 : !any
}

// Nothing may be converted, and both operands would have to be; what is chosen
// then is told by the pass that inserts conversions.
// KEPT: computed as row_wise, accumulator = hash
// KEPT: next, at {{.*}} is row_wise
// KEPT: nothing is known of the operands: a table fits any width
func.func @transposed(%a: !any, %c: !any) -> !any {
  %0 = smash.spgemm ins(%a, %a : !any, !any) outs(%c : !any)
         transpose_a transpose_b semiring(plus_times)
         {smash.statistics = {rows = 1000, inner = 1000, cols = 1000,
           nnz_a = 9000, nnz_b = 9000, products = 81000, max_row_products = 90,
           bound_c = 81000, mean_span = 1000}}
  return %0 : !any
}
