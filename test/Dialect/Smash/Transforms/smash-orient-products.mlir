// A product is turned around where fewer entries are converted then.
// RUN: smash-opt %s --smash-orient-products | FileCheck %s

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
!rows = tensor<?x?xf64, #CSR>
!cols = tensor<?x?xf64, #CSC>

// All by columns: views alone.
// CHECK-LABEL: func @columns(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<{{.*}}>, %[[B:[a-z0-9]+]]: tensor<{{.*}}>, %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index)
// CHECK-DAG:   %[[E:.*]] = tensor.empty(%[[N]], %[[M]])
// CHECK-DAG:   %[[BT:.*]] = smash.transpose %[[B]]
// CHECK-DAG:   %[[AT:.*]] = smash.transpose %[[A]]
// CHECK:       %[[D:.*]] = smash.spgemm ins(%[[BT]], %[[AT]] : {{.*}} outs(%[[E]] :
// CHECK:       %[[R:.*]] = smash.transpose %[[D]]
// CHECK:       return %[[R]]
func.func @columns(%a: !cols, %b: !cols, %m: index, %n: index) -> !cols {
  %c = tensor.empty(%m, %n) : !cols
  %0 = smash.spgemm ins(%a, %b : !cols, !cols) outs(%c : !cols)
         semiring(plus_times)
  return %0 : !cols
}

// Two operands are less than C, as far as is known: it is not turned.
// CHECK-LABEL: func @one_operand(
// CHECK-NOT:   smash.transpose
// CHECK:       return
func.func @one_operand(%a: !cols, %b: !rows, %n: index) -> !rows {
  %c = tensor.empty(%n, %n) : !rows
  %0 = smash.spgemm ins(%a, %b : !cols, !rows) outs(%c : !rows)
         semiring(plus_times)
  return %0 : !rows
}

// CHECK-LABEL: func @result(
// CHECK-COUNT-3: smash.transpose
func.func @result(%a: !rows, %n: index) -> !cols {
  %c = tensor.empty(%n, %n) : !cols
  %0 = smash.spgemm ins(%a, %a : !rows, !rows) outs(%c : !cols)
         semiring(plus_times)
  return %0 : !cols
}

// It is known that C has fewer entries.
// CHECK-LABEL: func @small_result(
// CHECK-NOT:   smash.transpose
// CHECK:       return
func.func @small_result(%a: !rows, %n: index) -> !cols {
  %c = tensor.empty(%n, %n) : !cols
  %0 = smash.spgemm ins(%a, %a : !rows, !rows) outs(%c : !cols)
         semiring(plus_times)
         {smash.statistics = {nnz_a = 10 : i64, nnz_b = 10 : i64,
                              bound_c = 19 : i64}}
  return %0 : !cols
}

// An operand with a flag is by columns already.
// CHECK-LABEL: func @flags(
// CHECK-SAME:    %[[A:.*]]: tensor<{{.*}}>, %[[N:.*]]: index)
// CHECK:       smash.spgemm ins(%[[A]], %[[A]] : {{.*}}) outs
// CHECK-NOT:   transpose_
// CHECK:       smash.transpose
func.func @flags(%a: !rows, %n: index) -> !cols {
  %c = tensor.empty(%n, %n) : !cols
  %0 = smash.spgemm ins(%a, %a : !rows, !rows) outs(%c : !cols)
         transpose_a transpose_b semiring(plus_times)
  return %0 : !cols
}

// An outer product reads a column of one and a row of the other, either way.
// CHECK-LABEL: func @outer(
// CHECK-NOT:   smash.transpose
// CHECK:       return
func.func @outer(%a: !rows, %b: !cols, %n: index) -> !rows {
  %c = tensor.empty(%n, %n) : !rows
  %0 = smash.spgemm ins(%a, %b : !rows, !cols) outs(%c : !rows)
         semiring(plus_times) strategy(outer)
  return %0 : !rows
}

// What was counted is exchanged; of what was counted of rows of C only, columns
// are taken to be alike.
// CHECK-LABEL: func @statistics(
// CHECK: smash.spgemm
// CHECK-SAME: smash.statistics = {bound_c = 210 : i64, cols = 40 : i64, inner = 20 : i64, max_row_products = 7 : i64, mean_span = 40 : i64, nnz_a = 60 : i64, nnz_b = 50 : i64, nnz_c = 100 : i64, nnz_c_error = 3 : i64, products = 210 : i64, rows = 30 : i64}
func.func @statistics(%a: !cols, %b: !cols, %m: index, %n: index) -> !cols {
  %c = tensor.empty(%m, %n) : !cols
  %0 = smash.spgemm ins(%a, %b : !cols, !cols) outs(%c : !cols)
         semiring(plus_times)
         {smash.statistics = {rows = 40 : i64, inner = 20 : i64, cols = 30 : i64,
          nnz_a = 50 : i64, nnz_b = 60 : i64, products = 210 : i64,
          max_row_products = 90 : i64, bound_c = 120 : i64, mean_span = 4 : i64,
          max_row_a = 9 : i64, max_row_b = 10 : i64, nnz_c = 100 : i64,
          nnz_c_error = 3 : i64}}
  return %0 : !cols
}
