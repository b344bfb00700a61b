// A row-wise product becomes loops: rows are counted and cut into work, each
// block merges its rows in an accumulator of its own and drains them.
// RUN: smash-opt %s --split-input-file --smash-lower-row-wise-product \
// RUN:   --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func @exclusive(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #{{[^>]*}}>, %[[B:.*]]: tensor<8x6xf64,
// CHECK-NOT:   smash.spgemm
// Bounds of rows, one chunk at a time.
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK-NEXT:    smash.work_loop (%{{.*}}) = %{{.*}} to %{{.*}} schedule(static) {
// CHECK:       } {mapping = [#smash.block]}
// C as large as the bounds say.
// CHECK:       %[[POS:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for result : memref<?xi32>
// CHECK-NEXT:  %[[CRD:.*]], %{{.*}} = smash.try_alloc(%[[BOUND:.*]]) for result : memref<?xi32>
// CHECK:       %[[VAL:.*]], %{{.*}} = smash.try_alloc(%[[BOUND]]) for result : memref<?xf64>
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK-NEXT:    %[[ACC:.*]], %{{.*}} = smash.create_accumulator
// CHECK-SAME:      semiring(plus_times)
// CHECK-SAME:      fill_limit(50) : !smash.accumulator<hash, i32, f64>
// CHECK:         scf.forall (%{{.*}}) in (1) {
// CHECK:           smash.work_loop (%{{.*}}) = %{{.*}} to %{{.*}} schedule(dynamic) {
// CHECK:             scf.execute_region -> index no_inline {
// CHECK:               smash.upsert %[[ACC]][%{{.*}}] bound(%{{.*}}) (%{{.*}}) = %{{.*}} to %{{.*}} ordered {
// CHECK-NEXT:            %[[KEY:.*]] = memref.load
// CHECK-NEXT:            %[[X:.*]] = memref.load
// CHECK-NEXT:            %[[Y:.*]] = arith.mulf %{{.*}}, %[[X]] : f64
// CHECK-NEXT:            smash.yield %[[KEY]], %[[Y]] : i32, f64
// CHECK:               smash.drain %[[ACC]][%{{.*}}] ordered into %[[CRD]], %[[VAL]]
// CHECK:           } {mapping = [#smash.thread]}
// CHECK:         smash.destroy_accumulator %[[ACC]]
// CHECK:       } {mapping = [#smash.block]}
// What was left over between the blocks' parts is closed and given back.
// CHECK:       smash.resize %[[CRD]]
// CHECK-NEXT:  smash.resize %[[VAL]]
// CHECK:       smash.fail position_overflow
// CHECK:       smash.assemble [%{{.*}}, %{{.*}}] {{.*}} to tensor<4x6xf64,

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @exclusive(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(row_wise, accumulator = hash)
    return %r : tensor<4x6xf64, #CSR>
  }
}

// -----

// As the thesis has it: a window of rows in one table of the block, whose
// threads update it atomically; keys are row * columns + column, for columns
// that are padded to a power of two.
// CHECK-LABEL: func @atomic(
// CHECK:       %[[COLS:.*]] = arith.constant 8 : index
// CHECK:       scf.forall (%{{.*}}) in (2) {
// CHECK:       %[[ACC:.*]], %{{.*}} = smash.create_accumulator keys(%{{.*}})
// CHECK-SAME:    shared : !smash.accumulator<hash, i32, f64>
// CHECK:         scf.forall (%{{.*}}) in (2) {
// CHECK:           smash.upsert %[[ACC]][%{{.*}}] {{.*}} ordered atomic {
// CHECK:         } {mapping = [#smash.thread]}
// CHECK:         smash.drain_window %[[ACC]] row(%{{.*}}) rows(%{{.*}}) columns(%[[COLS]]) bound(%{{.*}}) threads(%{{.*}}) ordered
// CHECK:       smash.destroy_accumulator %[[ACC]]

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 2, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @atomic(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(row_wise, accumulator = hash, merge = atomic,
               window = rows(2))
    return %r : tensor<4x6xf64, #CSR>
  }
}

// -----

// Two phases: rows are counted exactly, without values, then computed.
// CHECK-LABEL: func @two(
// CHECK:       %[[KEYS:.*]], %{{.*}} = smash.create_accumulator {{.*}} : !smash.accumulator<dense, i32, none>
// CHECK:       smash.upsert %[[KEYS]]
// CHECK-NOT:   arith.addf
// CHECK:       smash.discard %[[KEYS]]
// CHECK:       %[[ACC:.*]], %{{.*}} = smash.create_accumulator {{.*}} : !smash.accumulator<dense, i32, f64>
// CHECK:       smash.upsert %[[ACC]]
// CHECK:       arith.addf
// CHECK:       smash.drain %[[ACC]]

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @two(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(min_plus)
      strategy(row_wise, accumulator = dense, phases = two)
    return %r : tensor<4x6xf64, #CSR>
  }
}

// -----

// Short rows are merged by one accumulator, the rest by another.
// CHECK-LABEL: func @bins(
// CHECK:       smash.create_accumulator {{.*}}!smash.accumulator<hash, i32, f64>
// CHECK:       smash.create_accumulator {{.*}}!smash.accumulator<dense, i32, f64>
// CHECK:       arith.cmpi {{.*}}, %c16
// CHECK:       smash.upsert {{.*}}
// CHECK:       : !smash.accumulator<hash, i32, f64>
// CHECK:       smash.upsert {{.*}}
// CHECK:       : !smash.accumulator<dense, i32, f64>

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @bins(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>)
      -> tensor<4x6xf64, #CSR> {
    %c = tensor.empty() : tensor<4x6xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
      outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times)
      strategy(row_wise, bins = [<bound 16: hash>, <else: dense>])
    return %r : tensor<4x6xf64, #CSR>
  }
}

// -----

// A lone thread that merges all rows into one array keeps no bound of a row,
// moves nothing, and knows positions as it writes: no array grows with the rows
// but C's positions, and all that is left after the rows is giving back.
// CHECK-LABEL: func @sequential(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<?x?xf64
// CHECK:       %[[ROWS:.*]] = tensor.dim %[[A]], %c0
// CHECK-NOT:   arith.addi %[[ROWS]],
// CHECK:       scf.for %{{.*}} to %[[ROWS]]
// CHECK:       %[[ROWS1:.*]] = arith.addi %[[ROWS]], %c1
// CHECK-NEXT:  %[[POS:.*]], %{{.*}} = smash.try_alloc(%[[ROWS1]]) for result : memref<?xi32>
// CHECK:       smash.create_accumulator
// CHECK:         schedule(static)
// CHECK:         scf.execute_region -> index no_inline {
// CHECK:           scf.for %[[ROW:.*]] = %{{.*}} to %{{.*}} iter_args(%[[CURSOR:.*]] = %{{.*}})
// CHECK:             %[[SOME:.*]] = arith.cmpi slt
// CHECK:             %[[COUNT:.*]] = scf.if %[[SOME]] -> (index) {
// CHECK:               smash.upsert
// CHECK:               smash.drain
// CHECK:             } else {
// CHECK:             %[[END:.*]] = arith.addi %[[CURSOR]], %[[COUNT]]
// CHECK:             %[[POSITION:.*]] = arith.index_castui %[[END]]
// CHECK:             memref.store %[[POSITION]], %[[POS]]
// CHECK:       smash.destroy_accumulator
// CHECK-NOT:   scf.for
// CHECK:       smash.resize
// CHECK:       return

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
module attributes {smash.machine = #smash.machine<blocks = 1,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @sequential(%a: !mat, %b: !mat, %m: index, %n: index) -> !mat {
    %c = tensor.empty(%m, %n) : !mat
    %r = smash.spgemm ins(%a, %b : !mat, !mat) outs(%c : !mat)
      semiring(plus_times) strategy(row_wise, accumulator = dense)
    return %r : !mat
  }
}

// -----

// A row of a dense C is its own accumulator: it starts as the identity of the
// add, and ends as what was there and the sum, where there is one.
#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 1, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
// CHECK-LABEL: func @dense(
// CHECK-SAME:    %[[C:[a-z0-9]+]]: tensor<?x?xf64>)
// CHECK-NOT:   smash.create_accumulator
// CHECK-DAG:   %[[ZERO:.*]] = arith.constant -0.000000e+00 : f64
// CHECK-DAG:   %[[VAL:.*]], %{{.*}} = smash.try_alloc(%{{.*}}) for result : memref<?xf64>
// CHECK:       smash.work_loop
// CHECK:         memref.store %[[ZERO]], %[[VAL]]
// CHECK:         arith.mulf
// CHECK:         arith.addf
// CHECK:         memref.store %{{.*}}, %[[VAL]]
// CHECK:         arith.maximumf
// CHECK:         arith.select
// CHECK:         memref.store %{{.*}}, %[[VAL]]
// CHECK:       bufferization.to_tensor
func.func @dense(%a: !mat, %c: tensor<?x?xf64>) -> tensor<?x?xf64> {
  %0 = smash.spgemm ins(%a, %a : !mat, !mat) outs(%c : tensor<?x?xf64>)
         accumulate(max) semiring(plus_times)
         strategy(row_wise, accumulator = hash)
  return %0 : tensor<?x?xf64>
}
}

// -----

// Windows of arrays, as long as C is wide, where a row of one fits the
// scratchpad of 64 KiB; else tables. A width that is not known is asked for.
// CHECK-LABEL: func @narrow(
// CHECK-NOT:     accumulator<hash
// CHECK:         smash.create_accumulator {{.*}} shared : !smash.accumulator<dense, i32, f64>
// CHECK-NOT:     accumulator<hash
// CHECK-LABEL: func @wide(
// CHECK-NOT:     accumulator<dense
// CHECK:         smash.create_accumulator {{.*}} shared{{.*}} : !smash.accumulator<hash, i32, f64>
// CHECK-NOT:     accumulator<dense
// CHECK-LABEL: func @any(
// CHECK:         %[[COLS:.*]] = tensor.dim %{{.*}}, %c1
// CHECK:         %[[FITS:.*]] = arith.cmpi sle, %{{.*}}, %c7{{[0-9]+}}
// CHECK:         scf.if %[[FITS]]
// CHECK:           !smash.accumulator<dense, i32, f64>
// CHECK:         } else {
// CHECK:           !smash.accumulator<hash, i32, f64>

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
module attributes {smash.machine = #smash.machine<blocks = 2,
    threads_per_block = 2, scratchpad_bytes = 65536, cache_bytes = 1048576,
    memory_bytes = 1073741824>} {
  func.func @narrow(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x7000xf64, #CSR>)
      -> tensor<4x7000xf64, #CSR> {
    %c = tensor.empty() : tensor<4x7000xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x7000xf64, #CSR>)
      outs(%c : tensor<4x7000xf64, #CSR>) semiring(plus_times)
      strategy(smash_best)
    return %r : tensor<4x7000xf64, #CSR>
  }
  func.func @wide(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x9000xf64, #CSR>)
      -> tensor<4x9000xf64, #CSR> {
    %c = tensor.empty() : tensor<4x9000xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x9000xf64, #CSR>)
      outs(%c : tensor<4x9000xf64, #CSR>) semiring(plus_times)
      strategy(smash_best)
    return %r : tensor<4x9000xf64, #CSR>
  }
  func.func @any(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x?xf64, #CSR>,
                 %cols: index) -> tensor<4x?xf64, #CSR> {
    %c = tensor.empty(%cols) : tensor<4x?xf64, #CSR>
    %r = smash.spgemm
      ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x?xf64, #CSR>)
      outs(%c : tensor<4x?xf64, #CSR>) semiring(plus_times)
      strategy(smash_best)
    return %r : tensor<4x?xf64, #CSR>
  }
}
