#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#Any = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
!any = tensor<?x?xf64, #Any>
func.func @product(%a: !mat, %b: !mat) -> !any {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %c = tensor.empty(%m, %n) : !any
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !any)
         semiring(plus_times)
         strategy([<row_wise, accumulator = hash>,
                   <row_wise, accumulator = dense, occupancy = bitmap>])
  return %0 : !any
}
