// What the parsers and verifiers of the dialect refuse, each in one line.
// RUN: smash-opt %s --split-input-file --verify-diagnostics

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @inner_sizes(%a: tensor<4x8xf64, #CSR>, %b: tensor<7x6xf64, #CSR>,
                       %c: tensor<4x6xf64, #CSR>) {
  // expected-error @below {{'smash.spgemm' op multiplies 4x8 by 7x6: inner sizes differ}}
  %0 = smash.spgemm ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<7x6xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @inner_sizes_transposed(
    %a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>,
    %c: tensor<?x?xf64, #CSR>) {
  // expected-error @below {{'smash.spgemm' op multiplies 8x4 by 6x8: inner sizes differ}}
  %0 = smash.spgemm ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
    outs(%c : tensor<?x?xf64, #CSR>) transpose_a transpose_b
    semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @result_shape(%a: tensor<4x?xf64, #CSR>, %b: tensor<?x6xf64, #CSR>,
                        %c: tensor<4x7xf64, #CSR>) {
  // expected-error @below {{'smash.spgemm' op result of 4x? by ?x6 cannot be 4x7}}
  %0 = smash.spgemm ins(%a, %b : tensor<4x?xf64, #CSR>, tensor<?x6xf64, #CSR>)
    outs(%c : tensor<4x7xf64, #CSR>) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @element_types(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf32, #CSR>,
                         %c: tensor<?x?xf64, #CSR>) {
  // expected-error @below {{'smash.spgemm' op element types differ: a has 'f64', b has 'f32'}}
  %0 = smash.spgemm ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf32, #CSR>)
    outs(%c : tensor<?x?xf64, #CSR>) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @element_type_of_c(%a: tensor<?x?xf64, #CSR>,
                             %c: tensor<?x?xf32, #CSR>) {
  // expected-error @below {{'smash.spgemm' op element types differ: a has 'f64', c has 'f32'}}
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    outs(%c : tensor<?x?xf32, #CSR>) semiring(plus_times)
  return
}

// -----

#CSF = #sparse_tensor.encoding<{
  map = (i, j, k) -> (i : dense, j : compressed, k : compressed)}>
func.func @rank(%a: tensor<4x4x4xf64, #CSF>, %c: tensor<4x4xf64>) {
  // expected-error @below {{'smash.spgemm' op operand a has rank 3, not 2}}
  %0 = smash.spgemm
    ins(%a, %a : tensor<4x4x4xf64, #CSF>, tensor<4x4x4xf64, #CSF>)
    outs(%c : tensor<4x4xf64>) semiring(plus_times)
  return
}

// -----

func.func @not_sparse(%a: tensor<4x4xf64>) {
  // expected-error @below {{'smash.spgemm' op operand a of type 'tensor<4x4xf64>' has no sparse_tensor.encoding}}
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64>, tensor<4x4xf64>)
    outs(%a : tensor<4x4xf64>) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @mask_shape(%a: tensor<4x4xf64, #CSR>, %m: tensor<4x5xi1, #CSR>) {
  // expected-error @below {{'smash.spgemm' op mask is 4x5, the result 4x4}}
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%a : tensor<4x4xf64, #CSR>) mask(%m : tensor<4x5xi1, #CSR>)
    semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @replace_alone(%a: tensor<4x4xf64, #CSR>) {
  // expected-error @below {{'smash.spgemm' op replace needs a mask}}
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    outs(%a : tensor<4x4xf64, #CSR>) replace semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @mask_qualified(%a: tensor<4x4xf64, #CSR>) {
  // expected-error @below {{'smash.spgemm' op qualifies a mask that it does not have}}
  %0 = "smash.spgemm"(%a, %a, %a) <{
      mask_complement, operandSegmentSizes = array<i32: 1, 1, 1, 0>,
      semiring = #smash.semiring<plus_times>,
      strategy = #smash.strategy<auto>}>
    : (tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    -> tensor<4x4xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @value_type(%a: tensor<4x4xi16, #CSR>) {
  // expected-error @below {{'smash.spgemm' op value type 'i16' is not lowered yet; f64, f32, i64, i32, i1 and complex<f64> are}}
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xi16, #CSR>, tensor<4x4xi16, #CSR>)
    outs(%a : tensor<4x4xi16, #CSR>) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @order(%a: tensor<4x4xcomplex<f64>, #CSR>) {
  // expected-error @below {{'smash.spgemm' op semiring min_plus needs an order, which 'complex<f64>' has not}}
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xcomplex<f64>, #CSR>,
                                 tensor<4x4xcomplex<f64>, #CSR>)
    outs(%a : tensor<4x4xcomplex<f64>, #CSR>) semiring(min_plus)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @accumulate(%a: tensor<4x4xf64, #CSR>) {
  %0 = smash.spgemm ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    // expected-error @below {{unknown add 'times'; one of plus, min, max, or, any}}
    outs(%a : tensor<4x4xf64, #CSR>) accumulate(times) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
func.func @transpose_shape(%a: tensor<4x8xf64, #CSR>) {
  // expected-error @below {{'smash.transpose' op transposes 4x8 to 4x8}}
  %0 = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<4x8xf64, #CSC>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed)}>
func.func @transpose_type(%a: tensor<4x8xf64, #CSR>) {
  // expected-error @below {{'smash.transpose' op element types differ: source has 'f64', result has 'f32'}}
  %0 = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf32, #CSC>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @transpose_encoding(%a: tensor<4x8xf64, #CSR>) {
  // expected-error-re @below {{'smash.transpose' op has result 'tensor<8x4xf64{{.*}}d0 : dense{{.*}}'; in the same buffers it is 'tensor<8x4xf64{{.*}}d1 : dense}}
  %0 = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @convert_shape(%a: tensor<4x8xf64, #CSR>) {
  // expected-error @below {{'smash.convert' op makes 8x8 of 4x8: rows differ}}
  %0 = smash.convert %a : tensor<4x8xf64, #CSR> to tensor<8x8xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @convert_dense(%a: tensor<4x8xf64, #CSR>) {
  // expected-error @below {{'smash.convert' op result of type 'tensor<4x8xf64>' is no matrix with a storage of its own}}
  %0 = smash.convert %a : tensor<4x8xf64, #CSR> to tensor<4x8xf64>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @convert_absent(%a: tensor<4x8xf64, #CSR>) {
  // expected-error @below {{unknown add 'times'; one of plus, min, max, or, any}}
  %0 = smash.convert %a absent(times) : tensor<4x8xf64, #CSR>
    to tensor<4x8xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @compact_format(%a: tensor<4x8xf64, #CSR>) {
  // expected-error-re @below {{'smash.compact' op source of type {{.*}} is not in DCSR}}
  %0, %1 = smash.compact %a : tensor<4x8xf64, #CSR>
    to tensor<?x8xf64, #CSR>, memref<?xindex>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), crdWidth = 32
}>
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), crdWidth = 16
}>
func.func @compact_widths(%a: tensor<4x8xf64, #DCSR>) {
  // expected-error @below {{'smash.compact' op result has other positions or coordinates than}}
  %0, %1 = smash.compact %a : tensor<4x8xf64, #DCSR>
    to tensor<?x8xf64, #CSR>, memref<?xi16>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), crdWidth = 16
}>
#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), crdWidth = 16
}>
func.func @compact_list(%a: tensor<4x8xf64, #DCSR>) {
  // expected-error @below {{'smash.compact' op list is 'memref<?xindex>'; the rows of the source are 'memref<?xi16>'}}
  %0, %1 = smash.compact %a : tensor<4x8xf64, #DCSR>
    to tensor<?x8xf64, #CSR>, memref<?xindex>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @relabel_list(%a: tensor<4x8xf64, #CSR>, %l: memref<?xf64>,
                        %n: index) {
  // expected-error @below {{'smash.relabel' op list of type 'memref<?xf64>' is no list of indices}}
  %0 = smash.relabel %a by %l size %n : tensor<4x8xf64, #CSR>, memref<?xf64>
    to tensor<4x?xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @gather_columns(%a: tensor<4x8xf64, #CSR>, %l: memref<?xi8>,
                          %n: index) {
  // expected-error @below {{'smash.gather_rows' op makes ?x9 of 4x8: columns differ}}
  %0 = smash.gather_rows %a by %l size %n : tensor<4x8xf64, #CSR>, memref<?xi8>
    to tensor<?x9xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @expand_columns(%a: tensor<4x8xf64, #CSR>, %l: memref<?xi8>,
                          %n: index) {
  // expected-error @below {{'smash.expand' op makes ?x9 of 4x8: columns differ}}
  %0 = smash.expand [%n, %n] %a rows(%l : memref<?xi8>)
    : tensor<4x8xf64, #CSR> to tensor<?x9xf64, #CSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @scatter_sparse(%a: tensor<4x8xf64, #CSR>) {
  // expected-error-re @below {{'smash.scatter' op init of type {{.*}} is no dense matrix}}
  %0 = smash.scatter %a into %a add(plus)
    : tensor<4x8xf64, #CSR>, tensor<4x8xf64, #CSR>
  return
}

// -----

// expected-error @below {{unknown semiring 'plus_divide'; spelled ADD_MULTIPLY with add one of plus, min, max, or, any and multiply one of times, plus, and, pair}}
#s = #smash.semiring<plus_divide>

// -----

// expected-error @below {{unknown add 'sum'; one of plus, min, max, or, any}}
#s = #smash.semiring<add = sum, multiply = times>

// -----

// expected-error @below {{unknown multiply 'first'; one of times, plus, and, pair}}
#s = #smash.semiring<add = plus, multiply = first>

// -----

// expected-error @below {{unknown dataflow 'diagonal'; one of auto, inner, outer, row_wise, smash_v1, smash_v2, smash_v3, smash_best}}
#s = #smash.strategy<diagonal>

// -----

// expected-error @below {{unknown knob 'colour' of a strategy; one of accumulator, occupancy, bins, hash_function, fill_limit, schedule, table, writeback, merge, window, phases}}
#s = #smash.strategy<row_wise, colour = red>

// -----

// expected-error @below {{unknown accumulator 'tree'; one of dense, hash, sort, merge}}
#s = #smash.strategy<row_wise, accumulator = tree>

// -----

// expected-error @below {{knob 'merge' is given twice}}
#s = #smash.strategy<row_wise, merge = atomic, merge = exclusive>

// -----

// expected-error @below {{occupancy follows 'accumulator = dense'}}
#s = #smash.strategy<row_wise, accumulator = hash, occupancy = bitmap>

// -----

// expected-error @below {{fill_limit 101 is not between 1 and 100 percent}}
#s = #smash.strategy<row_wise, accumulator = hash, fill_limit = 101>

// -----

// expected-error @below {{window of 0 rows is not positive}}
#s = #smash.strategy<row_wise, merge = atomic, window = rows(0)>

// -----

// expected-error @below {{window = rows(4) needs merge = atomic; exclusive rows are merged one at a time}}
#s = #smash.strategy<row_wise, window = rows(4)>

// -----

// expected-error @below {{an auto strategy chooses its accumulators itself}}
#s = #smash.strategy<auto, accumulator = hash>

// -----

// expected-error @below {{bins are not exhaustive: the last must be <else: ...>, not <bound 64: ...>}}
#s = #smash.strategy<row_wise, bins = [<bound 64: hash>]>

// -----

// expected-error @below {{bound 8 of a bin does not exceed the one before it, 64}}
#s = #smash.strategy<row_wise,
                     bins = [<bound 64: hash>, <bound 8: hash>, <else: dense>]>

// -----

// expected-error @below {{bound 0 of a bin is not positive}}
#s = #smash.strategy<row_wise, bins = [<bound 0: hash>, <else: dense>]>

// -----

// expected-error @below {{occupancy = bitmap needs a dense accumulator, not hash}}
#s = #smash.strategy<row_wise, bins = [<else: hash, occupancy = bitmap>]>

// -----

// expected-error @below {{merge = atomic shares one table for a window of rows; 2 bins cannot}}
#s = #smash.strategy<row_wise, bins = [<bound 8: hash>, <else: dense>],
                     merge = atomic>

// -----

// expected-error @below {{phases = two merges exclusively; not with merge = atomic}}
#s = #smash.strategy<row_wise, merge = atomic, phases = two>

// -----

// expected-error @below {{blocks 0 is not positive}}
#m = #smash.machine<blocks = 0, threads_per_block = 1, scratchpad_bytes = 1,
                    cache_bytes = 1, memory_bytes = 1>

// -----

// expected-error @below {{'builtin.module' op attribute 'smash.machine' must be a #smash.machine, not 4 : i64}}
module attributes {smash.machine = 4} {}

// -----

// expected-error @below {{attribute 'smash.statistics' must be a dictionary, not "rows"}}
func.func private @statistics(tensor<4x4xf64> {smash.statistics = "rows"})
  attributes {smash.statistics = "rows"}

// -----

func.func @rank_of_allocation(%n: index) {
  // expected-error @below {{'smash.try_alloc' op allocates one dynamic dimension, not 'memref<4xf64>'}}
  %m, %ok = smash.try_alloc(%n) : memref<4xf64>
  return
}

// -----

func.func @flat(%m: memref<?x?xf64>, %n: index) {
  // expected-error @below {{'smash.forget' op operand #0 must be 1D memref of any type values, but got 'memref<?x?xf64>'}}
  smash.forget %m from %n to %n : memref<?x?xf64>
  return
}

// -----

func.func @outside(%n: index) {
  // expected-error @below {{'smash.work_loop' op stands in an scf.forall mapped to #smash.block, or in one mapped to #smash.thread within it}}
  smash.work_loop (%w) = %n to %n schedule(static) {
  }
  return
}

// -----

func.func @schedule(%n: index) {
  // expected-error @below {{unknown schedule 'guided'; one of dynamic, static}}
  smash.work_loop (%w) = %n to %n schedule(guided) {
  }
  return
}

// -----

func.func @kind(%n: index) {
  // expected-error @below {{'smash.create_accumulator' op accumulator sort is not shared; dense and hash are}}
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
    semiring(plus_times) occupancy = list hash_function = multiplicative
    fill_limit(50) shared : !smash.accumulator<sort, i32, f64>
  return
}

// -----

func.func @key(%n: index) {
  // expected-error @below {{'smash.create_accumulator' op key type 'i8' is not i32 or i64}}
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
    semiring(plus_times) occupancy = list hash_function = multiplicative
    fill_limit(50) : !smash.accumulator<hash, i8, f64>
  return
}

// -----

func.func @fill_limit(%n: index) {
  // expected-error @below {{'smash.create_accumulator' op fill_limit 0 is not between 1 and 100 percent}}
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
    semiring(plus_times) occupancy = list hash_function = multiplicative
    fill_limit(0) : !smash.accumulator<hash, i32, f64>
  return
}

// -----

func.func @yield(%acc: !smash.accumulator<hash, i32, f64>, %n: index,
                 %key: i32) {
  // expected-error @below {{'smash.upsert' op body must yield a key of type 'i32' and a value of the accumulator's type}}
  smash.upsert %acc[%n] bound(%n) (%p) = %n to %n {
    smash.yield %key : i32
  } : !smash.accumulator<hash, i32, f64>
  return
}

// -----

func.func @yield_filter(%acc: !smash.accumulator<hash, i32, f64>, %n: index,
                        %key: i32, %x: f64, %keep: i8) {
  // expected-error @below {{'smash.upsert' op body must yield a key of type 'i32' and a value of the accumulator's type, but perhaps an i1 that keeps or drops the pair}}
  smash.upsert %acc[%n] bound(%n) (%p) = %n to %n {
    smash.yield %key, %x, %keep : i32, f64, i8
  } : !smash.accumulator<hash, i32, f64>
  return
}

// -----

func.func @yield_keys(%acc: !smash.accumulator<hash, i32, none>, %n: index,
                      %key: i64) {
  // expected-error @below {{'smash.upsert' op body must yield a key of type 'i32' and nothing else}}
  smash.upsert %acc[%n] bound(%n) (%p) = %n to %n {
    smash.yield %key : i64
  } : !smash.accumulator<hash, i32, none>
  return
}

// -----

func.func @drain_no_values(%acc: !smash.accumulator<hash, i32, f64>, %n: index,
                           %crd: memref<?xi32>) {
  // expected-error @below {{'smash.drain' op writes values exactly when the accumulator has them}}
  %0 = smash.drain %acc[%n] into %crd at %n
    : !smash.accumulator<hash, i32, f64>, memref<?xi32>
  return
}

// -----

func.func @drain_type(%acc: !smash.accumulator<hash, i32, f64>, %n: index,
                      %crd: memref<?xi32>, %val: memref<?xf32>) {
  // expected-error @below {{'smash.drain' op writes values of type 'f64' to a buffer of 'f32'}}
  %0 = smash.drain %acc[%n] into %crd, %val at %n
    : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xf32>
  return
}

// -----

func.func @drain_coordinates(%acc: !smash.accumulator<hash, i32, none>,
                             %n: index, %crd: memref<?xf64>) {
  // expected-error @below {{'smash.drain' op operand #2 must be 1D memref of signless integer or index values, but got 'memref<?xf64>'}}
  %0 = smash.drain %acc[%n] into %crd at %n
    : !smash.accumulator<hash, i32, none>, memref<?xf64>
  return
}

// -----

func.func @gather_type(%acc: !smash.accumulator<dense, i32, i64>, %n: index,
                       %crd: memref<?xi32>, %val: memref<?xf64>) {
  // expected-error @below {{'smash.gather' op writes values of type 'i64' to a buffer of 'f64'}}
  smash.gather %acc[%n] bound(%n) keys(%crd) into %val for %n to %n
    : !smash.accumulator<dense, i32, i64>, memref<?xi32>, memref<?xf64>
  return
}

// -----

func.func @window_type(%acc: !smash.accumulator<hash, i32, none>, %n: index,
                       %crd: memref<?xi32>, %val: memref<?xf64>) {
  // expected-error @below {{'smash.drain_window' op writes values exactly when the accumulator has them}}
  %0 = smash.drain_window %acc row(%n) rows(%n) columns(%n) bound(%n) threads(%n)
    into %crd, %crd, %val at %n
    : !smash.accumulator<hash, i32, none>, memref<?xi32>, memref<?xi32>,
      memref<?xf64>
  return
}

// -----

func.func @exchange_type(%m: memref<?xi64>, %n: index, %key: i32) {
  // expected-error @below {{'smash.compare_exchange' op exchanges 'i32' in a buffer of 'i64', which is not as wide}}
  %0 = smash.compare_exchange %m[%n], %key, %key : memref<?xi64>, i32
  return
}

// -----

func.func @update_type(%m: memref<?xi64>, %n: index, %v: f64) {
  // expected-error @below {{'smash.atomic_update' op failed to verify that value has the element type of memref}}
  smash.atomic_update plus, %m[%n], %v : memref<?xi64>, f64
  return
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @symbolic_mask_shape(%a: tensor<4x8xf64, #CSR>,
    %b: tensor<8x6xf64, #CSR>, %m: tensor<4x7xi1, #CSR>) {
  // expected-error @below {{'smash.spgemm_symbolic' op mask is 4x7, the result 4x6}}
  %0 = smash.spgemm_symbolic
    ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
    mask(%m : tensor<4x7xi1, #CSR>) : !smash.plan<i32, i32>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @symbolic_mask_by_value(%a: tensor<4x4xf64, #CSR>) {
  %0 = smash.spgemm_symbolic
    ins(%a, %a : tensor<4x4xf64, #CSR>, tensor<4x4xf64, #CSR>)
    // expected-error @below {{a pattern has no values: its mask is structural}}
    mask(%a value : tensor<4x4xf64, #CSR>) : !smash.plan<i32, i32>
  return
}

// -----

#DCSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : compressed, j : compressed), posWidth = 8
}>
func.func @assemble_count(%n: index, %pos: memref<?xi8>,
                          %crd: memref<?xindex>, %val: memref<?xf64>) {
  // expected-error-re @below {{'smash.assemble' op has 3 buffers; 'tensor<?x?xf64{{.*}}' is stored in 5}}
  %0 = smash.assemble [%n, %n] %pos, %crd, %val
    : memref<?xi8>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #DCSR>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 8
}>
func.func @assemble_type(%n: index, %pos: memref<?xi16>,
                         %crd: memref<?xindex>, %val: memref<?xf64>) {
  // expected-error-re @below {{'smash.assemble' op buffer 0 is 'memref<?xi16>'; that of 'tensor<?x?xf64{{.*}}' is 'memref<?xi8>'}}
  %0 = smash.assemble [%n, %n] %pos, %crd, %val
    : memref<?xi16>, memref<?xindex>, memref<?xf64> to tensor<?x?xf64, #CSR>
  return
}

// -----

func.func @assemble_dense(%n: index, %val: memref<?xf64>) {
  // expected-error @below {{'smash.assemble' op of type 'tensor<?x?xf64>', which is no matrix with a storage of its own}}
  %0 = smash.assemble [%n, %n] %val : memref<?xf64> to tensor<?x?xf64>
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @union_shapes(%x: tensor<4x8xf64, #CSR>, %y: tensor<4x7xf64, #CSR>) {
  // expected-error @below {{'smash.union' op shapes differ: x is 4x8, y 4x7}}
  %0 = smash.union ins(%x, %y : tensor<4x8xf64, #CSR>, tensor<4x7xf64, #CSR>)
    outs(%x : tensor<4x8xf64, #CSR>) add(plus)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @union_types(%x: tensor<4x8xf64, #CSR>, %c: tensor<4x8xf32, #CSR>) {
  // expected-error @below {{'smash.union' op element types differ: x has 'f64', c has 'f32'}}
  %0 = smash.union ins(%x, %x : tensor<4x8xf64, #CSR>, tensor<4x8xf64, #CSR>)
    outs(%c : tensor<4x8xf32, #CSR>) add(plus)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @union_dense(%x: tensor<4x8xf64, #CSR>, %y: tensor<4x8xf64>) {
  // expected-error @below {{'smash.union' op operand y of type 'tensor<4x8xf64>' has no sparse_tensor.encoding}}
  %0 = smash.union ins(%x, %y : tensor<4x8xf64, #CSR>, tensor<4x8xf64>)
    outs(%x : tensor<4x8xf64, #CSR>) add(plus)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!complex = tensor<4x8xcomplex<f64>, #CSR>
func.func @union_order(%x: !complex) {
  // expected-error @below {{needs an order, which 'complex<f64>' has not}}
  %0 = smash.union ins(%x, %x : !complex, !complex) outs(%x : !complex) add(max)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
!complex = tensor<8x8xcomplex<f64>, #CSR>
func.func @accumulate_order(%x: !complex) {
  // expected-error @below {{needs an order, which 'complex<f64>' has not}}
  %0 = smash.spgemm ins(%x, %x : !complex, !complex) outs(%x : !complex)
    accumulate(min) semiring(plus_times)
  return
}

// -----

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @union_add(%x: tensor<4x8xf64, #CSR>) {
  %0 = smash.union ins(%x, %x : tensor<4x8xf64, #CSR>, tensor<4x8xf64, #CSR>)
    // expected-error @below {{unknown add 'times'; one of plus, min, max, or, any}}
    outs(%x : tensor<4x8xf64, #CSR>) add(times)
  return
}
