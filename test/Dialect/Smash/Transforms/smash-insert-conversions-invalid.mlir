// Every conversion that is not allowed names the operand, how it is stored, and
// what the dataflow reads.

// RUN: smash-opt %s --split-input-file --verify-diagnostics --smash-insert-conversions="allow-conversion=false"

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand a of type {{.*}} is stored by columns; row_wise reads rows, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_a
         semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand b of type {{.*}} is stored by columns; row_wise reads rows, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_b
         semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand b of type {{.*}} is stored by rows; inner reads columns, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(inner)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand b of type {{.*}} is stored by columns; inner reads rows, for the pattern of C, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_b
         semiring(plus_times) strategy(inner)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand a of type {{.*}} is stored by rows; outer reads columns, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand b of type {{.*}} is stored by columns; outer reads rows, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_a transpose_b
         semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// -----

#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!mat = tensor<?x?xf64, #Loose>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{outs of type {{.*}} is nonordered; accumulating unites sorted rows, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}
