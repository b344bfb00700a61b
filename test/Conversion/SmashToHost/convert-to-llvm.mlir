// What is left of the dialect becomes calls of the runtime library and atomics.
// RUN: smash-opt %s --convert-to-llvm | FileCheck %s

// CHECK-DAG: llvm.func @smash_rt_fail(i32, i64, i64)
// CHECK-DAG: llvm.func @smash_rt_forget(!llvm.ptr, i64, i64, i64)
// CHECK-DAG: llvm.func @smash_rt_resize(!llvm.ptr, i64, i64) -> !llvm.ptr
// CHECK-DAG: llvm.func @smash_rt_alloc(i64, i64, i32) -> !llvm.ptr
// CHECK-DAG: llvm.func @smash_rt_parallel(!llvm.ptr, !llvm.ptr, i64, i64) -> i32

// CHECK-LABEL: llvm.func @memory(
// CHECK:         %[[P:.*]] = llvm.call @smash_rt_alloc(%{{.*}}, %{{.*}}, %{{.*}})
// CHECK:         llvm.icmp "ne" %[[P]]
// CHECK:         llvm.call @smash_rt_resize(
// CHECK:         llvm.call @smash_rt_forget(
// CHECK:         llvm.call @smash_rt_fail(
func.func @memory(%n: index) -> i1 {
  %m, %ok = smash.try_alloc(%n) zeroed : memref<?xf64>
  %r = smash.resize %m to %n : memref<?xf64>
  smash.forget %r from %n to %n : memref<?xf64>
  smash.fail position_overflow, %n, %n
  return %ok : i1
}

// CHECK-LABEL: llvm.func @exchange(
// CHECK:         %[[PAIR:.*]] = llvm.cmpxchg %{{.*}}, %{{.*}}, %{{.*}} seq_cst seq_cst : !llvm.ptr, i32
// CHECK:         llvm.extractvalue %[[PAIR]][0]
func.func @exchange(%t: memref<?xi32>, %n: index, %a: i32, %b: i32) -> i32 {
  %old = smash.compare_exchange %t[%n], %a, %b : memref<?xi32>, i32
  return %old : i32
}

func.func private @body(%b: index, %t: index, %m: memref<?xindex>) {
  memref.store %t, %m[%b] : memref<?xindex>
  return
}
// CHECK-LABEL: llvm.func @parallel(
// CHECK:         llvm.mlir.addressof @[[ENTRY:.*]] : !llvm.ptr
// CHECK:         llvm.call @smash_rt_parallel(
// CHECK:       llvm.func internal @[[ENTRY]](%{{.*}}: !llvm.ptr, %[[B:.*]]: i64, %[[T:.*]]: i64)
// CHECK:         llvm.call @body(%[[B]], %[[T]],
func.func @parallel(%m: memref<?xindex>, %n: index) {
  smash.parallel_call @body blocks(%n) threads(%n) (%m) : memref<?xindex>
  return
}
