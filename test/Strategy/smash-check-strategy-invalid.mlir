// What parses, and cannot be lowered as it stands: one diagnostic each.

// RUN: smash-opt %s --split-input-file --verify-diagnostics --smash-check-strategy

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{has a list of candidate strategies: run smash-version-strategies before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy([<row_wise>, <outer>])
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{has strategy auto: run smash-select-strategy before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(auto)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{dataflow inner shares no accumulator: merge = atomic is for row_wise}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(inner, merge = atomic)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{strategy row_wise names no accumulator: run smash-select-strategy before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{merge = atomic shares an accumulator of a window of rows, dense or hash; not sort}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = sort,
                                       merge = atomic)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
!loose = tensor<?x?xf64, #Loose>
func.func @f(%a: !loose, %b: !loose, %n: index) -> (!mat, !mat) {
  %c = tensor.empty(%n, %n) : !mat
  // Another accumulator takes it, and so does merge a nonordered A.
  %0 = smash.spgemm ins(%a, %b : !loose, !loose) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = sort)
  // expected-error @+1 {{accumulator merge merges ordered rows of b; 'tensor<?x?xf64, #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : dense, d1 : compressed(nonordered)), posWidth = 32, crdWidth = 32 }>>' is nonordered, which accumulator sort takes}}
  %1 = smash.spgemm ins(%a, %b : !loose, !loose) outs(%c : !mat)
         semiring(plus_times)
         strategy(row_wise, bins = [<bound 4: dense>, <else: merge>])
  return %0, %1 : !mat, !mat
}

// -----

#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!loose = tensor<?x?xf64, #Loose>
func.func @f(%a: !loose) -> !smash.plan<i32, i32> {
  // expected-error @+1 {{accumulator merge merges ordered rows of b}}
  %p = smash.spgemm_symbolic ins(%a, %a : !loose, !loose)
         strategy(row_wise, accumulator = merge) : !smash.plan<i32, i32>
  return %p : !smash.plan<i32, i32>
}

// -----

#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!loose = tensor<?x?xf64, #Loose>
func.func @f(%p: !smash.plan<i32, i32>, %a: !loose, %n: index) -> !loose {
  %c = tensor.empty(%n, %n) : !loose
  // expected-error @+1 {{accumulator merge merges ordered rows of b}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%a, %a : !loose, !loose) outs(%c : !loose)
         semiring(plus_times) strategy(row_wise, accumulator = merge)
  return %0 : !loose
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{table = fragmented is a layout of a window's hash table; it needs accumulator = hash and merge = atomic}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash, table = fragmented)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{writeback = bulk writes back a window's hash table; it needs accumulator = hash and merge = atomic}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash, writeback = bulk)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
!cplx = tensor<?x?xcomplex<f64>, #CSR>
func.func @f(%a: !cplx, %b: !cplx, %n: index) -> !cplx {
  %c = tensor.empty(%n, %n) : !cplx
  // expected-error @+1 {{merge = atomic has no atomic add for 'complex<f64>'; merge = exclusive needs none}}
  %0 = smash.spgemm ins(%a, %b : !cplx, !cplx) outs(%c : !cplx)
         semiring(plus_times) strategy(row_wise, accumulator = hash, merge = atomic)
  return %0 : !cplx
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
!other = tensor<?x?xf64, #CSC>
func.func @f(%a: !other, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{operand a of type 'tensor<?x?xf64}}
  %0 = smash.spgemm ins(%a, %b : !other, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
!other = tensor<?x?xf64, #CSC>
func.func @f(%a: !mat, %b: !other, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{operand b of type 'tensor<?x?xf64}}
  %0 = smash.spgemm ins(%a, %b : !mat, !other) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
#DCSR = #sparse_tensor.encoding<{map = (i, j) -> (i : compressed, j : compressed)}>
!other = tensor<?x?xf64, #DCSR>
func.func @f(%a: !other, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{operand a of type 'tensor<?x?xf64}}
  %0 = smash.spgemm ins(%a, %b : !other, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
#COO = #sparse_tensor.encoding<{map = (i, j) -> (i : compressed(nonunique), j : singleton)}>
!other = tensor<?x?xf64, #COO>
func.func @f(%a: !other, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{operand a of type 'tensor<?x?xf64}}
  %0 = smash.spgemm ins(%a, %b : !other, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
#DCSR = #sparse_tensor.encoding<{map = (i, j) -> (i : compressed, j : compressed)}>
!other = tensor<?x?xf64, #DCSR>
func.func @f(%a: !other, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{operand a of type 'tensor<?x?xf64}}
  %0 = smash.spgemm ins(%a, %b : !other, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> tensor<?x?xf64> {
  %c = tensor.empty(%n, %n) : tensor<?x?xf64>
  // expected-error @+1 {{operand c of type 'tensor<?x?xf64>' is not lowered yet; CSR is, and what smash-insert-conversions brings to it: CSC, DCSR, DCSC, COO, BSR and a dense c}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : tensor<?x?xf64>)
         semiring(plus_times) strategy(row_wise, accumulator = hash, merge = atomic)
  return %0 : tensor<?x?xf64>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %m: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{a mask by value is not lowered yet; by structure is}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) mask(%m complement value : !mat) replace
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %m: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{replace is not lowered yet}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) mask(%m : !mat) replace
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
#Any = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
!mask = tensor<?x?xi1, #Any>
func.func @f(%a: !mat, %b: !mat, %m: !mask, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error-re @+1 {{a mask is searched, and must be ordered; {{.*}} is nonordered}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) mask(%m : !mask)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{overwrites outs, which must be tensor.empty or bufferization.alloc_tensor}}
  %0 = smash.union ins(%a, %b : !mat, !mat) outs(%a : !mat) add(max)
  return %0 : !mat
}

// -----

#CSC = #sparse_tensor.encoding<{
  map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSC>
func.func @f(%a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error-re @+1 {{operand x of type {{.*}} is not lowered yet}}
  %0 = smash.union ins(%a, %a : !mat, !mat) outs(%c : !mat) add(max)
  return %0 : !mat
}

// -----

#Loose = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed(nonordered)), posWidth = 32,
  crdWidth = 32
}>
!mat = tensor<?x?xf64, #Loose>
func.func @f(%a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error-re @+1 {{unites sorted rows; {{.*}} is nonordered}}
  %0 = smash.union ins(%a, %a : !mat, !mat) outs(%c : !mat) add(max)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat) -> !mat {
  // expected-error @+1 {{accumulates into outs, which takes a smash.union: run smash-insert-conversions before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) accumulate(max)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %c: !mat, %n: index) -> !mat {
  
  // expected-error @+1 {{accumulates into outs, which takes a smash.union: run smash-insert-conversions before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{an inner product fills a plan: run smash-insert-conversions before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(inner)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{an outer product reads a by columns and b by rows: run smash-insert-conversions before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat, %b: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{a row-wise product reads both operands by rows: run smash-insert-conversions before lowering}}
  %0 = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat) transpose_b
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat) -> !smash.plan<i32, i32> {
  // expected-error @+1 {{a symbolic phase is row_wise; not outer}}
  %p = smash.spgemm_symbolic ins(%a, %a : !mat, !mat) strategy(outer)
         : !smash.plan<i32, i32>
  return %p : !smash.plan<i32, i32>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%a: !mat) -> !smash.plan<i32, i32> {
  // expected-error @+1 {{a symbolic phase merges exclusively; not with merge = atomic}}
  %p = smash.spgemm_symbolic ins(%a, %a : !mat, !mat) strategy(row_wise, accumulator = hash, merge = atomic)
         : !smash.plan<i32, i32>
  return %p : !smash.plan<i32, i32>
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%p: !smash.plan<i32, i32>, %a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{a numeric phase is row_wise or inner; not outer}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(outer)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%p: !smash.plan<i32, i32>, %a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{an inner product reads the columns of b, and has transpose_b}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(inner)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%p: !smash.plan<i32, i32>, %a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{a row-wise product reads the rows of b, and has no transpose_b}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%a, %a : !mat, !mat) outs(%c : !mat) transpose_b
         semiring(plus_times) strategy(row_wise, accumulator = hash)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
#ANY = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed(nonordered))}>
!any = tensor<?x?xf64, #ANY>
func.func @f(%p: !smash.plan<i32, i32>, %a: !any, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{an inner product intersects sorted rows;}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%a, %a : !any, !any) outs(%c : !mat) transpose_b
         semiring(plus_times) strategy(inner)
  return %0 : !mat
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
func.func @f(%p: !smash.plan<i32, i32>, %a: !mat, %n: index) -> !mat {
  %c = tensor.empty(%n, %n) : !mat
  // expected-error @+1 {{a numeric phase merges exclusively; not with merge = atomic}}
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
         ins(%a, %a : !mat, !mat) outs(%c : !mat)
         semiring(plus_times) strategy(row_wise, accumulator = hash, merge = atomic)
  return %0 : !mat
}
