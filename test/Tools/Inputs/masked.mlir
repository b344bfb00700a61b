#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
#csc = #sparse_tensor.encoding<{ map = (i, j) -> (j : dense, i : compressed) }>
!mat = tensor<8x8xf64, #csr>
func.func @unrelated(%a: !mat) -> !mat {
  %e = tensor.empty() : !mat
  %c = smash.spgemm ins(%a, %a : !mat, !mat) outs(%e : !mat)
    semiring(plus_times)
  return %c : !mat
}
func.func @masked(%a: !mat, %b: !mat) -> !mat {
  %e = tensor.empty() : !mat
  %t = smash.transpose %a : !mat to tensor<8x8xf64, #csc>
  %u = smash.spgemm ins(%a, %b : !mat, !mat) outs(%e : !mat)
    semiring(plus_times)
  %c = smash.spgemm ins(%u, %b : !mat, !mat) outs(%e : !mat)
    mask(%a : !mat) semiring(plus_times)
    strategy(row_wise, accumulator = hash)
  return %c : !mat
}
