// RUN: smash-opt %s --smash-lower-union --split-input-file --verify-diagnostics

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<4x8xf64, #CSR>
func.func @no_machine(%x: !mat) -> !mat {
  %init = tensor.empty() : !mat
  // expected-error @+1 {{needs a machine: no module around it has the attribute 'smash.machine = #smash.machine<...>'}}
  %u = smash.union ins(%x, %x : !mat, !mat) outs(%init : !mat) add(min)
  return %u : !mat
}

// -----

// Whatever else is wrong is said by smash-check-strategy, too.
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<4x8xf64, #CSR>
func.func @outs(%x: !mat) -> !mat {
  // expected-error @+1 {{overwrites outs}}
  %u = smash.union ins(%x, %x : !mat, !mat) outs(%x : !mat) add(min)
  return %u : !mat
}
