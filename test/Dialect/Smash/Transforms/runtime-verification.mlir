// What the verifier cannot see of an operand is asserted while the program runs.
// RUN: split-file %s %t
// RUN: smash-opt %t/sizes.mlir --generate-runtime-verification \
// RUN:   | FileCheck %s --check-prefix=IR
//
// A good operand passes every assertion, a bad one stops at its own.
// RUN: sed -e 's/CRD/0, 2, 1, 0/' -e 's/POS/0, 2, 3, 4/' %t/run.mlir > %t/good.mlir
// RUN: smash-opt %t/good.mlir --generate-runtime-verification --canonicalize \
// RUN:   --smash-flatten-tensors --convert-scf-to-cf --convert-to-llvm \
// RUN:   --reconcile-unrealized-casts \
// RUN:   | mlir-runner --entry-point-result=i32 | FileCheck %s --check-prefix=GOOD
// GOOD: 7
// RUN: sed -e 's/CRD/0, 3, 1, 0/' -e 's/POS/0, 2, 3, 4/' %t/run.mlir > %t/range.mlir
// RUN: smash-opt %t/range.mlir --generate-runtime-verification --canonicalize \
// RUN:   --smash-flatten-tensors --convert-scf-to-cf --convert-to-llvm \
// RUN:   --reconcile-unrealized-casts > %t/range.llvm
// RUN: not --crash stdbuf -o0 mlir-runner %t/range.llvm --entry-point-result=i32 2>&1 \
// RUN:   | FileCheck %s --check-prefix=RANGE
// RANGE: a has a coordinate past its columns
// RUN: sed -e 's/CRD/2, 0, 1, 0/' -e 's/POS/0, 2, 3, 4/' %t/run.mlir > %t/order.mlir
// RUN: smash-opt %t/order.mlir --generate-runtime-verification --canonicalize \
// RUN:   --smash-flatten-tensors --convert-scf-to-cf --convert-to-llvm \
// RUN:   --reconcile-unrealized-casts > %t/order.llvm
// RUN: not --crash stdbuf -o0 mlir-runner %t/order.llvm --entry-point-result=i32 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ORDER
// ORDER: a has coordinates that do not ascend strictly within a row
// RUN: sed -e 's/CRD/0, 2, 1, 0/' -e 's/POS/0, 3, 2, 4/' %t/run.mlir > %t/positions.mlir
// RUN: smash-opt %t/positions.mlir --generate-runtime-verification \
// RUN:   --canonicalize --smash-flatten-tensors --convert-scf-to-cf \
// RUN:   --convert-to-llvm --reconcile-unrealized-casts > %t/positions.llvm
// RUN: not --crash stdbuf -o0 mlir-runner %t/positions.llvm --entry-point-result=i32 2>&1 \
// RUN:   | FileCheck %s --check-prefix=POSITIONS
// POSITIONS: a has positions that do not ascend from 0
// RUN: sed -e 's/CRD/0, 2, 1, 0/' -e 's/POS/0, 2, 3, 5/' %t/run.mlir > %t/short.mlir
// RUN: smash-opt %t/short.mlir --generate-runtime-verification --canonicalize \
// RUN:   --smash-flatten-tensors --convert-scf-to-cf --convert-to-llvm \
// RUN:   --reconcile-unrealized-casts > %t/short.llvm
// RUN: not --crash stdbuf -o0 mlir-runner %t/short.llvm --entry-point-result=i32 2>&1 \
// RUN:   | FileCheck %s --check-prefix=SHORT
// SHORT: a has fewer coordinates or values than its last position says

//--- sizes.mlir
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>

// IR-LABEL: func @sizes(
// IR:         cf.assert %{{.*}}inner sizes differ
// IR:         cf.assert %{{.*}}c has not the rows of the product
// IR:         cf.assert %{{.*}}c has not the columns of the product
// IR:         cf.assert %{{.*}} a has fewer positions than rows + 1
// IR:         cf.assert %{{.*}} b has fewer positions than rows + 1
// IR:         smash.spgemm
func.func @sizes(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64, #CSR>,
                 %n: index) -> tensor<?x?xf64, #CSR> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64, #CSR>
  %r = smash.spgemm ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    outs(%c : tensor<?x?xf64, #CSR>) semiring(plus_times)
  return %r : tensor<?x?xf64, #CSR>
}

//--- run.mlir
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>

memref.global "private" constant @pos : memref<4xi32> = dense<[POS]>
memref.global "private" constant @crd : memref<4xi32> = dense<[CRD]>
memref.global "private" constant @val : memref<4xf64> = dense<1.0>
func.func @main() -> i32 {
  %c3 = arith.constant 3 : index
  %pos = memref.get_global @pos : memref<4xi32>
  %crd = memref.get_global @crd : memref<4xi32>
  %val = memref.get_global @val : memref<4xf64>
  %p = memref.cast %pos : memref<4xi32> to memref<?xi32>
  %i = memref.cast %crd : memref<4xi32> to memref<?xi32>
  %x = memref.cast %val : memref<4xf64> to memref<?xf64>
  %a = smash.assemble [%c3, %c3] %p, %i, %x
    : memref<?xi32>, memref<?xi32>, memref<?xf64> to tensor<3x3xf64, #CSR>
  %c = tensor.empty() : tensor<3x3xf64, #CSR>
  // The product itself is not used: only its assertions run.
  %r = smash.spgemm ins(%a, %a : tensor<3x3xf64, #CSR>, tensor<3x3xf64, #CSR>)
    outs(%c : tensor<3x3xf64, #CSR>) semiring(plus_times)
  %seven = arith.constant 7 : i32
  return %seven : i32
}
