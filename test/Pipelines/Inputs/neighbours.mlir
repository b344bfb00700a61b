// What upstream's sparsifier compiles, and convert-linalg-to-smash leaves alone.

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed)
}>
#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 32
}>
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed)
}>
#COO = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed(nonunique), j : singleton)
}>
#sum = {
  indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                   affine_map<(i, j) -> (i, j)>],
  iterator_types = ["parallel", "parallel"]
}
#update = {
  indexing_maps = [affine_map<(i, j) -> (i, j)>],
  iterator_types = ["parallel", "parallel"]
}

func.func @sum(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64, #DCSR>)
    -> tensor<?x?xf64, #CSR> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : tensor<?x?xf64, #CSR>
  %n = tensor.dim %a, %c1 : tensor<?x?xf64, #CSR>
  %init = tensor.empty(%m, %n) : tensor<?x?xf64, #CSR>
  %c = linalg.generic #sum
      ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #DCSR>)
      outs(%init : tensor<?x?xf64, #CSR>) {
  ^bb0(%x: f64, %y: f64, %z: f64):
    %s = arith.addf %x, %y : f64
    linalg.yield %s : f64
  } -> tensor<?x?xf64, #CSR>
  return %c : tensor<?x?xf64, #CSR>
}

func.func @scale(%a: tensor<16x16xf32, #CSC>, %f: f32)
    -> tensor<16x16xf32, #CSC> {
  %c = linalg.generic #update outs(%a : tensor<16x16xf32, #CSC>) {
  ^bb0(%x: f32):
    %y = arith.mulf %x, %f : f32
    linalg.yield %y : f32
  } -> tensor<16x16xf32, #CSC>
  return %c : tensor<16x16xf32, #CSC>
}

func.func @matvec(%a: tensor<32x32xf64, #CSR>, %x: tensor<32xf64>,
                  %y: tensor<32xf64>) -> tensor<32xf64> {
  %z = linalg.matvec ins(%a, %x : tensor<32x32xf64, #CSR>, tensor<32xf64>)
    outs(%y : tensor<32xf64>) -> tensor<32xf64>
  return %z : tensor<32xf64>
}

func.func @sampled(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64>,
                   %c: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %d = linalg.matmul ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64>)
    outs(%c : tensor<?x?xf64>) -> tensor<?x?xf64>
  return %d : tensor<?x?xf64>
}

func.func @convert(%a: tensor<8x8xf64>) -> tensor<8x8xf64, #COO> {
  %b = sparse_tensor.convert %a : tensor<8x8xf64> to tensor<8x8xf64, #COO>
  return %b : tensor<8x8xf64, #COO>
}

func.func @dense(%a: tensor<?x?xf64>, %b: tensor<?x?xf64>, %c: tensor<?x?xf64>)
    -> tensor<?x?xf64> {
  %d = linalg.matmul ins(%a, %b : tensor<?x?xf64>, tensor<?x?xf64>)
    outs(%c : tensor<?x?xf64>) -> tensor<?x?xf64>
  return %d : tensor<?x?xf64>
}
