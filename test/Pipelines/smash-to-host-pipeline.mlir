// From products to the LLVM dialect, for every value type and both widths.
// Nothing else is left, and it translates to LLVM IR.
//
// RUN: sed -e 's/TYPE/f64/g' -e 's/WIDTH/32/g' %s \
// RUN:   | smash-opt --smash-to-host-pipeline > %t.f64
// RUN: FileCheck %s < %t.f64
// RUN: mlir-translate --mlir-to-llvmir %t.f64 | FileCheck %s --check-prefix=IR
// RUN: sed -e 's/TYPE/f32/g' -e 's/WIDTH/64/g' %s \
// RUN:   | smash-opt --smash-to-host-pipeline > %t.f32
// RUN: FileCheck %s < %t.f32
// RUN: mlir-translate --mlir-to-llvmir %t.f32 | FileCheck %s --check-prefix=IR
// RUN: sed -e 's/TYPE/i64/g' -e 's/WIDTH/64/g' %s \
// RUN:   | smash-opt --smash-to-host-pipeline > %t.i64
// RUN: FileCheck %s < %t.i64
// RUN: mlir-translate --mlir-to-llvmir %t.i64 | FileCheck %s --check-prefix=IR
// RUN: sed -e 's/TYPE/i32/g' -e 's/WIDTH/32/g' %s \
// RUN:   | smash-opt --smash-to-host-pipeline="blocks=4 threads-per-block=2" \
// RUN:   > %t.i32
// RUN: FileCheck %s < %t.i32
// RUN: mlir-translate --mlir-to-llvmir %t.i32 | FileCheck %s --check-prefix=IR
// RUN: sed -e 's/TYPE/i1/g' -e 's/WIDTH/32/g' -e 's/plus_times/or_and/g' %s \
// RUN:   | smash-opt --smash-to-host-pipeline="blocks=4" > %t.i1
// RUN: FileCheck %s < %t.i1
// RUN: mlir-translate --mlir-to-llvmir %t.i1 | FileCheck %s --check-prefix=IR
// RUN: sed -e 's/TYPE/complex<f64>/g' -e 's/WIDTH/32/g' %s \
// RUN:   | smash-opt --smash-to-host-pipeline="deterministic=true" > %t.complex
// RUN: FileCheck %s < %t.complex
// RUN: mlir-translate --mlir-to-llvmir %t.complex \
// RUN:   | FileCheck %s --check-prefix=IR

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = WIDTH,
  crdWidth = WIDTH
}>
!mat = tensor<?x?xTYPE, #CSR>

// CHECK-NOT: {{(smash|scf|memref|arith|tensor|func|cf)\.[a-z]}}
// CHECK:     llvm.func @automatic(
// CHECK-NOT: {{(smash|scf|memref|arith|tensor|func|cf)\.[a-z]}}
// IR:        define {{.*}} @automatic(
func.func @automatic(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%m, %n) : !mat
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
    semiring(plus_times)
  return %0 : !mat
}

// CHECK:     llvm.func @hash(
// CHECK-NOT: {{(smash|scf|memref|arith|tensor|func|cf)\.[a-z]}}
// IR:        define {{.*}} @hash(
func.func @hash(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%m, %n) : !mat
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
    semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// CHECK:     llvm.func @outer(
// CHECK-NOT: {{(smash|scf|memref|arith|tensor|func|cf)\.[a-z]}}
// IR:        define {{.*}} @outer(
func.func @outer(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%m, %n) : !mat
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
    semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// CHECK:     llvm.func @inner(
// CHECK-NOT: {{(smash|scf|memref|arith|tensor|func|cf)\.[a-z]}}
// IR:        define {{.*}} @inner(
func.func @inner(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
  %c = tensor.empty(%m, %n) : !mat
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
    semiring(plus_times) strategy(inner)
  return %0 : !mat
}
