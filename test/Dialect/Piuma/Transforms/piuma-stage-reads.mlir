// RUN: smash-opt %s --piuma-stage-reads --split-input-file | FileCheck %s

// Rows of a matrix, by threads whose cache has a line for each of them: a value
// and a coordinate come by the DMA engine, into a part that begins behind what
// the launch has, the widest first, 1,024 bytes a thread.
// CHECK-LABEL: func @rows(
// CHECK-SAME:    %[[CRD:[a-z0-9]+]]: memref<?xi32>, %[[VAL:[a-z0-9]+]]: memref<?xf64>,
// CHECK:         piuma.launch
// CHECK-DAG:       piuma.scratchpad at 1024 : memref<8192xf64,
// CHECK-DAG:       piuma.scratchpad at 1024 : memref<16384xi32,
// CHECK:           piuma.spawn (%[[T:.*]]) in
// A half of 32 values, twice, and then the coordinates.
// CHECK:             %[[OFVAL:.*]] = arith.muli %[[T]], %c128
// CHECK:             %[[OFCRD:.*]] = arith.muli %[[T]], %c256
// CHECK:             %[[ATCRD:.*]] = arith.addi %[[OFCRD]], %c128
// CHECK:             %[[N:.*]] = arith.subi %[[HI:.*]], %[[LO:.*]] :
// CHECK:             %[[LONG:.*]] = arith.cmpi sge, %[[N]], %c32
// CHECK:             scf.if %[[LONG]] -> (f64) {
// CHECK:               %[[V0:.*]] = piuma.dma_copy %[[VAL]][%{{.*}}], %{{.*}}[%{{.*}}] count(%c32
// CHECK:               %[[C0:.*]] = piuma.dma_copy %[[CRD]][%[[LO]]], %{{.*}}[%{{.*}}] count(%c32
// CHECK:               %[[R:.*]]:4 = scf.for %[[J:.*]] = %[[LO]] to %[[HI]] step %c32
// CHECK-SAME:            iter_args(%[[SUM:.*]] = %{{.*}}, %[[HALF:.*]] = %{{.*}}, %[[V:.*]] = %[[V0]], %[[C:.*]] = %[[C0]])
// CHECK:                 %[[OTHER:.*]] = arith.subi %c32{{.*}}, %[[HALF]]
// CHECK:                 %[[NEXTV:.*]] = piuma.dma_copy %[[VAL]]
// CHECK:                 %[[NEXTC:.*]] = piuma.dma_copy %[[CRD]]
// CHECK:                 piuma.wait %[[V]]
// CHECK:                 piuma.wait %[[C]]
// CHECK:                 %[[PIECE:.*]] = scf.for %{{.*}} = %[[J]] to %{{.*}} iter_args(%{{.*}} = %[[SUM]])
// CHECK:                   piuma.load %{{.*}} uncached : memref<?xi32>
// CHECK:                   piuma.load %{{.*}} uncached : memref<?xf64>
// What does not follow the loop is read as before.
// CHECK:                   piuma.load %{{.*}} cached : memref<?xf64>
// CHECK:                 scf.yield %[[PIECE]], %[[OTHER]], %[[NEXTV]], %[[NEXTC]]
// CHECK:               piuma.wait %[[R]]#2
// CHECK:               piuma.wait %[[R]]#3
// CHECK:               scf.yield %[[R]]#0
// CHECK:             } else {
// CHECK:               scf.for %{{.*}} = %[[LO]] to %[[HI]] step
// CHECK:                 piuma.load %[[CRD]][%{{.*}}] cached
// CHECK:                 piuma.load %[[VAL]][%{{.*}}] cached
// CHECK-NOT:         scf.if
module attributes {piuma.target = #piuma.target<"piuma-1core",
    {cache_bytes = 1024 : i64, cache_ways = 1 : i64}>} {
  func.func @rows(%crd: memref<?xi32>, %val: memref<?xf64>, %x: memref<?xf64>,
                  %lo: index, %hi: index, %at: index, %n: index) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %zero = arith.constant 0.0 : f64
    %y, %ok = piuma.alloc(%n) for c : memref<?xf64>
    piuma.launch (%b) in (%n) {
      %table = piuma.scratchpad at 0
        : memref<128xi64, #piuma.space<scratchpad>>
      piuma.spawn (%t) in (%c64) on multi {
        %sum = scf.for %i = %lo to %hi step %c1 iter_args(%s = %zero) -> (f64) {
          %k = piuma.load %crd[%i] cached : memref<?xi32>, i32
          %column = arith.index_cast %k : i32 to index
          %p = arith.addi %at, %i : index
          %v = piuma.load %val[%p] cached : memref<?xf64>, f64
          %w = piuma.load %x[%column] cached : memref<?xf64>, f64
          %vw = arith.mulf %v, %w : f64
          %next = arith.addf %s, %vw : f64
          scf.yield %next : f64
        }
        piuma.store %sum, %y[%t] uncached : f64, memref<?xf64>
      }
    }
    return
  }
}

// -----

// What the launch writes, loops that hold others or that have a barrier, wide
// elements, and threads whose number is not known.
// CHECK-LABEL: func @others(
// CHECK-NOT:     piuma.dma_copy
module attributes {piuma.target = #piuma.target<"piuma-1core",
    {cache_bytes = 1024 : i64, cache_ways = 1 : i64}>} {
  func.func @others(%a: memref<?xf64>, %z: memref<?xcomplex<f64>>,
                    %wide: memref<?xi32>, %lo: index, %hi: index, %n: index,
                    %yes: i1) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %y, %ok = piuma.alloc(%n) zeroed for c : memref<?xf64>
    piuma.launch (%b) in (%n) {
      piuma.spawn (%t) in (%c64) on multi {
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %y[%i] uncached : memref<?xf64>, f64
          piuma.store %v, %y[%t] uncached : f64, memref<?xf64>
        }
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %a[%i] cached : memref<?xf64>, f64
          scf.if %yes {
            scf.for %j = %lo to %hi step %c64 {
              piuma.store %v, %y[%j] uncached : f64, memref<?xf64>
            }
          }
        }
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %a[%i] cached : memref<?xf64>, f64
          piuma.barrier
        }
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %z[%i] cached : memref<?xcomplex<f64>>, complex<f64>
          %k = piuma.load %wide[%i] cached : memref<?xi32>, i32
        }
        scf.for %i = %lo to %hi step %c64 {
          %v = piuma.load %a[%i] cached : memref<?xf64>, f64
        }
      }
      piuma.spawn (%t) in (%n) on multi {
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %a[%i] cached : memref<?xf64>, f64
        }
      }
    }
    return
  }
}

// -----

// Caches with lines enough, or a scratchpad without room.
// CHECK-LABEL: func @cached(
// CHECK-NOT:     piuma.dma_copy
module attributes {piuma.target = #piuma.target<"piuma-1core">} {
  func.func @cached(%a: memref<?xf64>, %lo: index, %hi: index, %n: index) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    piuma.launch (%b) in (%n) {
      piuma.spawn (%t) in (%c64) on multi {
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %a[%i] cached : memref<?xf64>, f64
        }
      }
    }
    return
  }
}

// -----

// CHECK-LABEL: func @full(
// CHECK-NOT:     piuma.dma_copy
module attributes {piuma.target = #piuma.target<"piuma-1core",
    {cache_bytes = 1024 : i64, cache_ways = 1 : i64,
     scratchpad_bytes = 131072 : i64}>} {
  func.func @full(%a: memref<?xf64>, %lo: index, %hi: index, %n: index) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    piuma.launch (%b) in (%n) {
      %table = piuma.scratchpad at 0 : memref<8xi64, #piuma.space<scratchpad>>
      piuma.spawn (%t) in (%c64) on multi {
        scf.for %i = %lo to %hi step %c1 {
          %v = piuma.load %a[%i] cached : memref<?xf64>, f64
        }
      }
    }
    return
  }
}
