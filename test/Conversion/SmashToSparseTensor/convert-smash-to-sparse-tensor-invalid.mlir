// RUN: smash-opt %s --split-input-file --verify-diagnostics \
// RUN:   --convert-smash-to-sparse-tensor

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
func.func @boolean(%m: index, %n: index, %pos: memref<?xindex>,
                   %crd: memref<?xindex>, %val: memref<?xi1>)
    -> tensor<?x?xi1, #CSR> {
  // expected-error @+1 {{'smash.assemble' op value type i1 is not one of the runtime library's: set enable-runtime-library=false}}
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xi1> to tensor<?x?xi1, #CSR>
  return %t : tensor<?x?xi1, #CSR>
}

// -----

#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : loose_compressed)
}>
func.func @loose(%m: index, %n: index, %pos: memref<?xindex>,
                 %crd: memref<?xindex>, %val: memref<?xf64>)
    -> tensor<?x?xf64, #Loose> {
  // expected-error-re @+1 {{'smash.assemble' op level 1 of type {{.*}} is not dense, compressed or singleton}}
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #Loose>
  return %t : tensor<?x?xf64, #Loose>
}

// -----

#BSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i floordiv 2 : dense, j floordiv 2 : compressed,
                   i mod 2 : dense, j mod 2 : dense)
}>
func.func @blocks(%m: index, %n: index, %pos: memref<?xindex>,
                  %crd: memref<?xindex>, %val: memref<?xf64>)
    -> tensor<?x?xf64, #BSR> {
  // expected-error-re @+1 {{'smash.assemble' op levels of type {{.*}} do not permute its dimensions}}
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #BSR>
  return %t : tensor<?x?xf64, #BSR>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
module {
  %n = arith.constant 4 : index
  %pos = memref.alloc(%n) : memref<?xindex>
  %crd = memref.alloc(%n) : memref<?xindex>
  %val = memref.alloc(%n) : memref<?xf64>
  // expected-error @+1 {{'smash.assemble' op stands in no func.func}}
  %t = smash.assemble [%n, %n] %pos, %crd, %val
    : memref<?xindex>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #CSR>
}
