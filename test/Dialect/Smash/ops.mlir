// Every op of the dialect in its printed form, which parses again, and in the
// generic form.
// RUN: smash-opt %s | FileCheck %s
// RUN: smash-opt %s | smash-opt | FileCheck %s
// RUN: smash-opt %s --mlir-print-op-generic | smash-opt | FileCheck %s

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>

//===----------------------------------------------------------------------===//
// Tensor level
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @spgemm(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #[[$CSR:[a-z0-9_]+]]>,
// CHECK-SAME:    %[[B:.*]]: tensor<8x6xf64, #[[$CSR]]>,
// CHECK-SAME:    %[[C:.*]]: tensor<4x6xf64, #[[$CSR]]>)
func.func @spgemm(%a: tensor<4x8xf64, #CSR>, %b: tensor<8x6xf64, #CSR>,
                  %c: tensor<4x6xf64, #CSR>) -> tensor<4x6xf64, #CSR> {
  // An absent clause prints nothing, nor does strategy(auto).
  // CHECK-NEXT: %[[R:.*]] = smash.spgemm
  // CHECK-SAME:   ins(%[[A]], %[[B]] : tensor<4x8xf64, #[[$CSR]]>, tensor<8x6xf64, #[[$CSR]]>)
  // CHECK-SAME:   outs(%[[C]] : tensor<4x6xf64, #[[$CSR]]>) semiring(plus_times){{$}}
  %r = smash.spgemm
    ins(%a, %b : tensor<4x8xf64, #CSR>, tensor<8x6xf64, #CSR>)
    outs(%c : tensor<4x6xf64, #CSR>) semiring(plus_times) strategy(auto)
  // CHECK-NEXT: return %[[R]]
  return %r : tensor<4x6xf64, #CSR>
}

// CHECK-LABEL: func @spgemm_clauses(
// CHECK-SAME:    %[[A:.*]]: tensor<8x4xf32, #[[$CSR]]>,
// CHECK-SAME:    %[[B:.*]]: tensor<6x8xf32, #[[$CSR]]>,
// CHECK-SAME:    %[[C:.*]]: tensor<4x6xf32, #[[$CSR]]>,
// CHECK-SAME:    %[[M:.*]]: tensor<4x6xi1, #[[$CSR]]>)
func.func @spgemm_clauses(
    %a: tensor<8x4xf32, #CSR>, %b: tensor<6x8xf32, #CSR>,
    %c: tensor<4x6xf32, #CSR>, %m: tensor<4x6xi1, #CSR>) {
  // CHECK: smash.spgemm ins({{.*}}) outs({{[^)]*}})
  // CHECK-SAME: {{^}} mask(%[[M]] complement value : tensor<4x6xi1, #[[$CSR]]>)
  // CHECK-SAME: {{^}} replace accumulate(max) transpose_a transpose_b
  // CHECK-SAME: {{^}} semiring(min_plus)
  // CHECK-SAME: {{^}} strategy(row_wise, accumulator = hash) {note = 1 : i32}
  %0 = smash.spgemm
    ins(%a, %b : tensor<8x4xf32, #CSR>, tensor<6x8xf32, #CSR>)
    outs(%c : tensor<4x6xf32, #CSR>)
    mask(%m complement value : tensor<4x6xi1, #CSR>) replace accumulate(max)
    transpose_a transpose_b semiring(min_plus)
    strategy(row_wise, accumulator = hash) {note = 1 : i32}
  // CHECK: mask(%[[M]] : tensor<4x6xi1, #[[$CSR]]>) transpose_a transpose_b semiring(or_and)
  %1 = smash.spgemm
    ins(%a, %b : tensor<8x4xf32, #CSR>, tensor<6x8xf32, #CSR>)
    outs(%c : tensor<4x6xf32, #CSR>) mask(%m : tensor<4x6xi1, #CSR>)
    transpose_a transpose_b semiring(or_and)
  // CHECK: mask(%[[M]] complement : tensor<
  %2 = smash.spgemm
    ins(%a, %b : tensor<8x4xf32, #CSR>, tensor<6x8xf32, #CSR>)
    outs(%c : tensor<4x6xf32, #CSR>) mask(%m complement : tensor<4x6xi1, #CSR>)
    transpose_a transpose_b semiring(or_and)
  // CHECK: mask(%[[M]] value : tensor<
  %3 = smash.spgemm
    ins(%a, %b : tensor<8x4xf32, #CSR>, tensor<6x8xf32, #CSR>)
    outs(%c : tensor<4x6xf32, #CSR>) mask(%m value : tensor<4x6xi1, #CSR>)
    transpose_a transpose_b semiring(or_and)
  return
}

// Candidates keep their order.
// CHECK-LABEL: func @spgemm_candidates(
func.func @spgemm_candidates(
    %a: tensor<?x?xf64, #CSR>, %c: tensor<?x?xf64, #CSR>) {
  // CHECK: strategy([<outer>, <row_wise, accumulator = dense, occupancy = bitmap>, <auto>]){{$}}
  %0 = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    outs(%c : tensor<?x?xf64, #CSR>) semiring(plus_times)
    strategy([<outer>, <row_wise, accumulator = dense, occupancy = bitmap>,
              <auto>])
  return
}

// CHECK-LABEL: func @phases(
// CHECK-SAME:    %[[A:.*]]: tensor<?x?xf64, #[[$CSR]]>,
// CHECK-SAME:    %[[C:.*]]: tensor<?x?xf64, #[[$CSR]]>)
func.func @phases(%a: tensor<?x?xf64, #CSR>, %c: tensor<?x?xf64, #CSR>) {
  // CHECK: %[[P:.*]] = smash.spgemm_symbolic ins(%[[A]], %[[A]] : tensor<?x?xf64, #[[$CSR]]>, tensor<?x?xf64, #[[$CSR]]>) strategy(row_wise, accumulator = dense) : !smash.plan<i32, i64>
  %p = smash.spgemm_symbolic
    ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    strategy(row_wise, accumulator = dense) : !smash.plan<i32, i64>
  // CHECK: smash.spgemm_symbolic ins({{.*}}) mask(%[[A]] complement : tensor<?x?xf64, #[[$CSR]]>) : !smash.plan<i32, i32>
  smash.spgemm_symbolic
    ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    mask(%a complement : tensor<?x?xf64, #CSR>) : !smash.plan<i32, i32>
  // CHECK: smash.spgemm_numeric plan(%[[P]] : !smash.plan<i32, i64>) ins(%[[A]], %[[A]] : tensor<?x?xf64, #[[$CSR]]>, tensor<?x?xf64, #[[$CSR]]>) outs(%[[C]] : tensor<?x?xf64, #[[$CSR]]>) semiring(plus_times) strategy(row_wise)
  %0 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i64>)
    ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    outs(%c : tensor<?x?xf64, #CSR>) semiring(plus_times) strategy(row_wise)
  // CHECK: outs(%[[C]] : tensor<?x?xf64, #[[$CSR]]>) transpose_b semiring(plus_times) strategy(inner)
  %1 = smash.spgemm_numeric plan(%p : !smash.plan<i32, i64>)
    ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
    outs(%c : tensor<?x?xf64, #CSR>) transpose_b semiring(plus_times)
    strategy(inner)
  // CHECK: smash.release %[[P]] : !smash.plan<i32, i64>
  smash.release %p : !smash.plan<i32, i64>
  return
}

// CHECK-LABEL: func @formats(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf64, #[[$CSR]]>, %[[D:.*]]: tensor<?x8xf64, #[[$DCSR:.*]]>, %[[X:.*]]: tensor<4x8xf64>, %[[N:.*]]: index)
func.func @formats(
    %a: tensor<4x8xf64, #CSR>,
    %d: tensor<?x8xf64, #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed, j : compressed), posWidth = 32,
      crdWidth = 32}>>,
    %x: tensor<4x8xf64>, %n: index) {
  // CHECK: %[[T:.*]] = smash.transpose %[[A]] : tensor<4x8xf64, #[[$CSR]]> to tensor<8x4xf64, #[[$CSC:.*]]>
  %t = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf64,
    #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed),
                             posWidth = 32, crdWidth = 32}>>
  // CHECK: %[[C:.*]] = smash.convert %[[T]] absent(min) : tensor<8x4xf64, #[[$CSC]]> to tensor<8x4xf64, #[[$CSR]]>
  %c = smash.convert %t absent(min) : tensor<8x4xf64,
      #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed),
                               posWidth = 32, crdWidth = 32}>>
    to tensor<8x4xf64, #CSR>
  // CHECK: %[[K:.*]], %[[L:.*]] = smash.compact %[[D]] : tensor<?x8xf64, #[[$DCSR]]> to tensor<?x8xf64, #[[$CSR]]>, memref<?xi32>
  %k, %l = smash.compact %d : tensor<?x8xf64, #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed, j : compressed), posWidth = 32,
      crdWidth = 32}>>
    to tensor<?x8xf64, #CSR>, memref<?xi32>
  // CHECK: %[[R:.*]] = smash.relabel %[[A]] by %[[L]] size %[[N]] : tensor<4x8xf64, #[[$CSR]]>, memref<?xi32> to tensor<4x?xf64, #[[$CSR]]>
  %r = smash.relabel %a by %l size %n : tensor<4x8xf64, #CSR>, memref<?xi32>
    to tensor<4x?xf64, #CSR>
  // CHECK: %[[G:.*]] = smash.gather_rows %[[A]] by %[[L]] size %[[N]] : tensor<4x8xf64, #[[$CSR]]>, memref<?xi32> to tensor<?x8xf64, #[[$CSR]]>
  %g = smash.gather_rows %a by %l size %n
    : tensor<4x8xf64, #CSR>, memref<?xi32> to tensor<?x8xf64, #CSR>
  // CHECK: smash.expand [%[[N]], %[[N]]] %[[G]] rows(%[[L]] : memref<?xi32>) columns(%[[L]] : memref<?xi32>) : tensor<?x8xf64, #[[$CSR]]> to tensor<?x?xf64, #[[$DCSR]]>
  %e = smash.expand [%n, %n] %g rows(%l : memref<?xi32>)
    columns(%l : memref<?xi32>) : tensor<?x8xf64, #CSR>
    to tensor<?x?xf64, #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed, j : compressed), posWidth = 32,
      crdWidth = 32}>>
  // CHECK: smash.scatter %[[A]] into %[[X]] add(plus) : tensor<4x8xf64, #[[$CSR]]>, tensor<4x8xf64>
  %s = smash.scatter %a into %x add(plus)
    : tensor<4x8xf64, #CSR>, tensor<4x8xf64>
  // CHECK: smash.convert take %[[C]] : tensor<8x4xf64, #[[$CSR]]> to tensor<8x4xf64, #[[$CSC]]>
  %u = smash.convert take %c : tensor<8x4xf64, #CSR> to tensor<8x4xf64,
    #sparse_tensor.encoding<{map = (i, j) -> (j : dense, i : compressed),
                             posWidth = 32, crdWidth = 32}>>
  // CHECK: smash.release %[[R]] : tensor<4x?xf64, #[[$CSR]]>
  smash.release %r : tensor<4x?xf64, #CSR>
  return
}

// CHECK-LABEL: func @union(
// CHECK-SAME:    %[[X:.*]]: tensor<4x8xf64, {{.*}}>, %[[Y:.*]]: tensor<?x8xf64, {{.*}}>, %[[C:.*]]: tensor
func.func @union(%x: tensor<4x8xf64, #CSR>, %y: tensor<?x8xf64, #CSR>,
                 %c: tensor<4x?xf64, #CSR>) -> tensor<4x?xf64, #CSR> {
  // CHECK: smash.union ins(%[[X]], %[[Y]] : tensor<4x8xf64, #{{.*}}>, tensor<?x8xf64, #{{.*}}>) outs(%[[C]] : tensor<4x?xf64, #{{.*}}>) add(any)
  %0 = smash.union ins(%x, %y : tensor<4x8xf64, #CSR>, tensor<?x8xf64, #CSR>)
    outs(%c : tensor<4x?xf64, #CSR>) add(any)
  return %0 : tensor<4x?xf64, #CSR>
}

// CHECK-LABEL: func @assemble(
// CHECK-SAME:    %[[M:.*]]: index, %[[N:.*]]: index, %[[POS:.*]]: memref<?xi32>, %[[CRD:.*]]: memref<?xi64>, %[[VAL:.*]]: memref<?xf64>, %[[F:.*]]: i64)
func.func @assemble(%m: index, %n: index, %pos: memref<?xi32>,
                    %crd: memref<?xi64>, %val: memref<?xf64>, %f: i64) {
  // CHECK: smash.assemble [%[[M]], %[[N]]] %[[POS]], %[[CRD]], %[[VAL]] : memref<?xi32>, memref<?xi64>, memref<?xf64> to tensor<?x?xf64, #sparse{{.*}}>
  %t = smash.assemble [%m, %n] %pos, %crd, %val
    : memref<?xi32>, memref<?xi64>, memref<?xf64> to tensor<?x?xf64,
        #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed),
                                 posWidth = 32, crdWidth = 64}>>
  // CHECK: %[[P:.*]] = smash.assemble_plan [%[[M]], %[[N]]] %[[POS]], %[[CRD]], %[[F]] : memref<?xi32>, memref<?xi64> to !smash.plan<i32, i64>
  %p = smash.assemble_plan [%m, %n] %pos, %crd, %f
    : memref<?xi32>, memref<?xi64> to !smash.plan<i32, i64>
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} = smash.plan_parts %[[P]] : !smash.plan<i32, i64> to memref<?xi32>, memref<?xi64>
  %0, %1, %2, %3, %4 = smash.plan_parts %p : !smash.plan<i32, i64>
    to memref<?xi32>, memref<?xi64>
  return
}

//===----------------------------------------------------------------------===//
// Kernel level: memory and errors
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @memory(
// CHECK-SAME:    %[[N:.*]]: index)
func.func @memory(%n: index) {
  // CHECK: %[[B:.*]], %{{.*}} = smash.try_alloc(%[[N]]) : memref<?xf64>
  %m, %ok = smash.try_alloc(%n) : memref<?xf64>
  // CHECK: smash.try_alloc(%[[N]]) zeroed : memref<?xi8>
  %z, %ok2 = smash.try_alloc(%n) zeroed : memref<?xi8>
  // CHECK: smash.forget %[[B]] from %[[N]] to %[[N]] : memref<?xf64>
  smash.forget %m from %n to %n : memref<?xf64>
  // CHECK: %{{.*}} = smash.resize %[[B]] to %[[N]] : memref<?xf64>
  %r = smash.resize %m to %n : memref<?xf64>
  return
}

// CHECK-LABEL: func @fail(
// CHECK-SAME:    %[[GOT:.*]]: index, %[[LIMIT:.*]]: index)
func.func @fail(%got: index, %limit: index) {
  // CHECK: smash.fail out_of_memory, %[[GOT]], %[[LIMIT]]
  smash.fail out_of_memory, %got, %limit
  // CHECK: smash.fail position_overflow, %[[GOT]], %[[LIMIT]]
  smash.fail position_overflow, %got, %limit
  // CHECK: smash.fail plan_mismatch, %[[GOT]], %[[LIMIT]]
  smash.fail plan_mismatch, %got, %limit
  // CHECK: smash.fail threads, %[[GOT]], %[[LIMIT]]
  smash.fail threads, %got, %limit
  return
}

//===----------------------------------------------------------------------===//
// Kernel level: work
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @work_loop(
// CHECK-SAME:    %[[M:.*]]: memref<?xindex>, %[[BLOCKS:.*]]: index, %[[N:.*]]: index)
func.func @work_loop(%m: memref<?xindex>, %blocks: index, %n: index) {
  %c0 = arith.constant 0 : index
  // CHECK: scf.forall (%[[B:.*]]) in (%[[BLOCKS]]) {
  scf.forall (%b) in (%blocks) {
    // CHECK: smash.work_loop (%[[W:.*]]) = %{{.*}} to %[[N]] schedule(dynamic) {
    smash.work_loop (%w) = %c0 to %n schedule(dynamic) {
      // CHECK-NEXT: scf.forall (%{{.*}}) in (2) {
      scf.forall (%t) in (2) {
        // CHECK-NEXT: memref.store %[[B]], %[[M]][%[[W]]]
        memref.store %b, %m[%w] : memref<?xindex>
      // CHECK-NEXT: } {mapping = [#smash.thread]}
      } {mapping = [#smash.thread]}
    // CHECK-NEXT: }{{$}}
    }
    // CHECK-NEXT: smash.work_loop (%{{.*}}) = %{{.*}} to %[[N]] schedule(static) {
    // CHECK-NEXT: } {note}
    smash.work_loop (%w) = %c0 to %n schedule(static) {
    } {note}
    // Of the threads of all blocks.
    // CHECK-NEXT: scf.forall (%[[T:.*]]) in (2) {
    scf.forall (%t) in (2) {
      // CHECK-NEXT: smash.work_loop (%{{.*}}) = %{{.*}} to %[[N]] schedule(static) {
      // CHECK-NEXT: }{{$}}
      smash.work_loop (%w) = %c0 to %n schedule(static) {
      }
    // CHECK-NEXT: } {mapping = [#smash.thread]}
    } {mapping = [#smash.thread]}
  // CHECK-NEXT: } {mapping = [#smash.block]}
  } {mapping = [#smash.block]}
  return
}

// CHECK-LABEL: func @parallel_call(
// CHECK-SAME:    %[[M:.*]]: memref<?xindex>, %[[N:.*]]: index)
func.func @parallel_call(%m: memref<?xindex>, %n: index) {
  // CHECK: smash.parallel_call @two_arguments blocks(%[[N]]) threads(%[[N]]){{$}}
  smash.parallel_call @two_arguments blocks(%n) threads(%n)
  // CHECK: smash.parallel_call @four_arguments blocks(%[[N]]) threads(%[[N]]) (%[[M]], %[[N]]) : memref<?xindex>, index
  smash.parallel_call @four_arguments blocks(%n) threads(%n) (%m, %n)
    : memref<?xindex>, index
  return
}
func.func private @two_arguments(index, index)
func.func private @four_arguments(index, index, memref<?xindex>, index)

//===----------------------------------------------------------------------===//
// Kernel level: accumulators
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @create(
// CHECK-SAME:    %[[N:.*]]: index, %[[ONE:.*]]: index)
func.func @create(%n: index, %one: index) {
  // CHECK: %[[D:.*]], %{{.*}} = smash.create_accumulator keys(%[[N]]) capacity(%[[N]]) instances(%[[ONE]]) semiring(plus_times) occupancy = bitmap hash_function = multiplicative fill_limit(50) : !smash.accumulator<dense, i32, f64>
  %d, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%one)
    semiring(plus_times) occupancy = bitmap hash_function = multiplicative
    fill_limit(50) : !smash.accumulator<dense, i32, f64>
  // CHECK: smash.destroy_accumulator %[[D]] : !smash.accumulator<dense, i32, f64>
  smash.destroy_accumulator %d : !smash.accumulator<dense, i32, f64>
  // CHECK: semiring(any_pair) occupancy = list hash_function = low_bits fill_limit(75) shared : !smash.accumulator<hash, i64, none>
  %h, %ok2 = smash.create_accumulator keys(%n) capacity(%n) instances(%one)
    semiring(any_pair) occupancy = list hash_function = low_bits
    fill_limit(75) shared : !smash.accumulator<hash, i64, none>
  return
}

// CHECK-LABEL: func @upsert(
// CHECK-SAME:    %[[ACC:.*]]: !smash.accumulator<dense, i32, f64>, %[[KEYS:.*]]: !smash.accumulator<hash, i32, none>,
// CHECK-SAME:    %[[LO:.*]]: index, %[[HI:.*]]: index, %[[N:.*]]: index, %[[CRD:.*]]: memref<?xi32>, %[[V:.*]]: f64)
func.func @upsert(%acc: !smash.accumulator<dense, i32, f64>,
                  %keys: !smash.accumulator<hash, i32, none>, %lo: index,
                  %hi: index, %n: index, %crd: memref<?xi32>, %v: f64) {
  // CHECK: smash.upsert %[[ACC]][%[[LO]]] bound(%[[N]]) (%[[P:.*]]) = %[[LO]] to %[[HI]] ordered atomic {
  smash.upsert %acc[%lo] bound(%n) (%p) = %lo to %hi ordered atomic {
    // CHECK-NEXT: %[[K:.*]] = memref.load %[[CRD]][%[[P]]]
    %k = memref.load %crd[%p] : memref<?xi32>
    // CHECK-NEXT: smash.yield %[[K]], %[[V]] : i32, f64
    smash.yield %k, %v : i32, f64
  // CHECK-NEXT: } : !smash.accumulator<dense, i32, f64>
  } : !smash.accumulator<dense, i32, f64>
  // CHECK-NEXT: smash.upsert %[[KEYS]][%[[LO]]] bound(%[[N]]) (%[[P:.*]]) = %[[LO]] to %[[HI]] {
  smash.upsert %keys[%lo] bound(%n) (%p) = %lo to %hi {
    // CHECK-NEXT: %[[K:.*]] = memref.load %[[CRD]][%[[P]]]
    %k = memref.load %crd[%p] : memref<?xi32>
    // CHECK-NEXT: smash.yield %[[K]] : i32
    smash.yield %k : i32
  // CHECK-NEXT: } {note} : !smash.accumulator<hash, i32, none>
  } {note} : !smash.accumulator<hash, i32, none>
  return
}

// CHECK-LABEL: func @drain(
// CHECK-SAME:    %[[ACC:.*]]: !smash.accumulator<hash, i32, f64>, %[[KEYS:.*]]: !smash.accumulator<dense, i64, none>,
// CHECK-SAME:    %[[I:.*]]: index, %[[CRD:.*]]: memref<?xi32>, %[[VAL:.*]]: memref<?xf64>)
func.func @drain(%acc: !smash.accumulator<hash, i32, f64>,
                 %keys: !smash.accumulator<dense, i64, none>, %i: index,
                 %crd: memref<?xi32>, %val: memref<?xf64>) {
  // CHECK: smash.drain %[[ACC]][%[[I]]] ordered into %[[CRD]], %[[VAL]] at %[[I]] : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xf64>
  %0 = smash.drain %acc[%i] ordered into %crd, %val at %i
    : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xf64>
  // CHECK: smash.drain %[[KEYS]][%[[I]]] into %[[CRD]] at %[[I]] : !smash.accumulator<dense, i64, none>, memref<?xi32>{{$}}
  %1 = smash.drain %keys[%i] into %crd at %i
    : !smash.accumulator<dense, i64, none>, memref<?xi32>
  // CHECK: smash.discard %[[KEYS]][%[[I]]] : !smash.accumulator<dense, i64, none>
  %2 = smash.discard %keys[%i] : !smash.accumulator<dense, i64, none>
  // CHECK: smash.gather %[[ACC]][%[[I]]] bound(%[[I]]) keys(%[[CRD]]) into %[[VAL]] for %[[I]] to %[[I]] : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xf64>
  smash.gather %acc[%i] bound(%i) keys(%crd) into %val for %i to %i
    : !smash.accumulator<hash, i32, f64>, memref<?xi32>, memref<?xf64>
  return
}

// CHECK-LABEL: func @drain_window(
// CHECK-SAME:    %[[ACC:.*]]: !smash.accumulator<hash, i32, f64>,
// CHECK-SAME:    %[[I:.*]]: index, %[[POS:.*]]: memref<?xi64>, %[[CRD:.*]]: memref<?xi32>, %[[VAL:.*]]: memref<?xf64>)
func.func @drain_window(%acc: !smash.accumulator<hash, i32, f64>, %i: index,
    %pos: memref<?xi64>, %crd: memref<?xi32>, %val: memref<?xf64>) {
  // CHECK: smash.drain_window %[[ACC]] row(%[[I]]) rows(%[[I]]) columns(%[[I]]) bound(%[[I]]) threads(%[[I]]) ordered into %[[POS]], %[[CRD]], %[[VAL]] at %[[I]] : !smash.accumulator<hash, i32, f64>, memref<?xi64>, memref<?xi32>, memref<?xf64>
  %0 = smash.drain_window %acc row(%i) rows(%i) columns(%i) bound(%i) threads(%i) ordered
    into %pos, %crd, %val at %i : !smash.accumulator<hash, i32, f64>,
      memref<?xi64>, memref<?xi32>, memref<?xf64>
  // CHECK: threads(%[[I]]) into
  %1 = smash.drain_window %acc row(%i) rows(%i) columns(%i) bound(%i) threads(%i)
    into %pos, %crd, %val at %i : !smash.accumulator<hash, i32, f64>,
      memref<?xi64>, memref<?xi32>, memref<?xf64>
  return
}

// CHECK-LABEL: func @sort(
// CHECK-SAME:    %[[K:.*]]: memref<?xi32>, %[[S:.*]]: memref<?xi64>, %[[I:.*]]: index)
func.func @sort(%k: memref<?xi32>, %s: memref<?xi64>, %i: index) {
  // CHECK: smash.sort %[[K]], %[[S]] from %[[I]] to %[[I]] scratch(%[[K]], %[[S]]) : memref<?xi32>, memref<?xi64>
  smash.sort %k, %s from %i to %i scratch(%k, %s)
    : memref<?xi32>, memref<?xi64>
  return
}

// CHECK-LABEL: func @atomics(
// CHECK-SAME:    %[[TAGS:.*]]: memref<?xi64>, %[[VAL:.*]]: memref<?xf64>, %[[I:.*]]: index, %[[X:.*]]: i64, %[[V:.*]]: f64)
func.func @atomics(%tags: memref<?xi64>, %val: memref<?xf64>, %i: index,
                   %x: i64, %v: f64) {
  // CHECK: %{{.*}} = smash.compare_exchange %[[TAGS]][%[[I]]], %[[X]], %[[X]] : memref<?xi64>, i64
  %0 = smash.compare_exchange %tags[%i], %x, %x : memref<?xi64>, i64
  // CHECK: smash.atomic_update min, %[[VAL]][%[[I]]], %[[V]] : memref<?xf64>, f64
  smash.atomic_update min, %val[%i], %v : memref<?xf64>, f64
  return
}
