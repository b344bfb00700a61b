// Every conversion that is not allowed names the operand, how it is stored, and
// what the dataflow reads.

// RUN: smash-opt %s --split-input-file --verify-diagnostics --smash-insert-conversions="allow-conversion=false"

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error-re @+1 {{operand a of type {{.*}} is CSC; row_wise reads CSR, and conversions are not allowed}}
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
  // expected-error-re @+1 {{operand b of type {{.*}} is CSC; row_wise reads CSR, and conversions are not allowed}}
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
  // expected-error-re @+1 {{operand b of type {{.*}} is CSR; inner reads CSC, and conversions are not allowed}}
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
  // expected-error-re @+1 {{operand b of type {{.*}} is CSC; inner reads CSR, and conversions are not allowed}}
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
  // expected-error-re @+1 {{operand a of type {{.*}} is CSR; outer reads CSC, and conversions are not allowed}}
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
  // expected-error-re @+1 {{operand b of type {{.*}} is CSC; outer reads CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_a transpose_b
         semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed)
}>
func.func @f(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64, #DCSR>, %n: index) -> tensor<?x?xf64, #CSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSR>
  // expected-error-re @+1 {{operand b of type {{.*}} is DCSR; row_wise reads a position for each of its rows, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #DCSR>) outs(%c : tensor<?x?xf64, #CSR>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #CSR>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton)
}>
func.func @f(%a: tensor<?x?xf64, #COO>, %b: tensor<?x?xf64, #CSR>, %n: index) -> tensor<?x?xf64, #CSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSR>
  // expected-error-re @+1 {{operand a of type {{.*}} is COO; row_wise reads CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #COO>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #CSR>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #CSR>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#BSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i floordiv 2 : dense, j floordiv 2 : compressed, i mod 2 : dense, j mod 2 : dense)
}>
func.func @f(%a: tensor<?x?xf64, #BSR>, %b: tensor<?x?xf64, #CSR>, %n: index) -> tensor<?x?xf64, #CSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSR>
  // expected-error-re @+1 {{operand a of type {{.*}} is BSR 2x2; row_wise reads CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #BSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #CSR>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #CSR>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton)
}>
func.func @f(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64, #CSR>, %n: index) -> tensor<?x?xf64, #COO> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #COO>
  // expected-error-re @+1 {{operand c of type {{.*}} is COO; row_wise writes CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #COO>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #COO>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed)
}>
func.func @f(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64, #CSR>, %n: index) -> tensor<?x?xf64, #CSC> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSC>
  // expected-error-re @+1 {{operand c of type {{.*}} is CSC; row_wise writes CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #CSC>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #CSC>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#NONE = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered))
}>
func.func @f(%a: tensor<?x?xf64, #NONE>, %b: tensor<?x?xf64, #CSR>, %n: index) -> tensor<?x?xf64, #CSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSR>
  // expected-error-re @+1 {{operand the mask of type {{.*}} is nonordered CSR; row_wise reads CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #NONE>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #CSR>) mask(%a : tensor<?x?xf64, #NONE>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #CSR>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @f(%a: tensor<?x?xf64, #CSR>, %c: tensor<?x?xf64>) -> tensor<?x?xf64> {
  // expected-error @+1 {{operand c of type 'tensor<?x?xf64>' is a dense matrix; row_wise writes CSR, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64>)
         semiring(plus_times)
         strategy(row_wise, accumulator = hash, merge = atomic)
  return %0 : tensor<?x?xf64>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @f(%a: tensor<?x?xf64, #CSR>, %c: tensor<?x?xf64, #DCSR>) -> tensor<?x?xf64, #DCSR> {
  // expected-error-re @+1 {{operand c of type {{.*}} is DCSR; accumulating unites copies of its rows, and conversions are not allowed}}
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64, #DCSR>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64, #DCSR>
}

// -----

// A dense C is no conversion, where it is written row by row.
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @f(%a: tensor<?x?xf64, #CSR>, %c: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>) outs(%c : tensor<?x?xf64>)
         semiring(plus_times) strategy(row_wise)
  return %0 : tensor<?x?xf64>
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
