// Functions, bodies, operations, arguments, results and attributes that the
// script does not ask for go.
// RUN: smash-reduce %s -smash-reduce-operations='test=%S/Inputs/is-interesting.sh test-arg=%smash-opt,mask(' \
// RUN:   | FileCheck %s --implicit-check-not=func.func --implicit-check-not=smash. --implicit-check-not=note
// RUN: smash-reduce %s -smash-reduce-operations='test=%S/Inputs/is-interesting.sh test-arg=%smash-opt,scf.for' \
// RUN:   | FileCheck %s --check-prefix=LOOP --implicit-check-not=func.func --implicit-check-not=smash. --implicit-check-not=arith.mul
// Upstream's way is refused, not a crash.
// RUN: not smash-reduce %s --reduction-tree='test=%S/Inputs/is-interesting.sh' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TREE
// TREE: 'reduction-tree' makes IR that cannot be printed; use 'smash-reduce-operations'

#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
!mat = tensor<8x8xf64, #csr>

func.func @unrelated(%a: !mat) -> !mat {
  %e = tensor.empty() : !mat
  %c = smash.spgemm ins(%a, %a : !mat, !mat) outs(%e : !mat)
    semiring(plus_times)
  return %c : !mat
}

// CHECK:      func.func @masked(
// CHECK:        smash.spgemm {{.*}} mask(
// CHECK:        return
// LOOP:       func.func @masked(
// LOOP:         scf.for
// LOOP:         return
func.func @masked(%a: !mat, %b: !mat, %n: index) -> (!mat, index) attributes {note = "x"} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %e = tensor.empty() : !mat
  %sum = scf.for %i = %zero to %n step %one iter_args(%s = %zero) -> index {
    %square = arith.muli %i, %i : index
    %next = arith.addi %s, %square : index
    scf.yield %next : index
  }
  %u = smash.spgemm ins(%a, %b : !mat, !mat) outs(%e : !mat)
    semiring(plus_times)
  %c = smash.spgemm ins(%u, %b : !mat, !mat) outs(%e : !mat)
    mask(%a : !mat) semiring(plus_times) {note}
  return %c, %sum : !mat, index
}

func.func @caller(%a: !mat, %n: index) -> !mat {
  %b = call @unrelated(%a) : (!mat) -> !mat
  %c, %sum = call @masked(%a, %b, %n) : (!mat, !mat, index) -> (!mat, index)
  return %c : !mat
}
