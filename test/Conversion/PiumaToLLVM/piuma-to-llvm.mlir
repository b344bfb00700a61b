// Ops become calls of smash/Runtime/Piuma.h, whoever implements it.
// RUN: smash-opt %s --piuma-to-llvm-pipeline | FileCheck %s

// The enums of the dialect are numbers of the interface.
// CHECK-DAG: llvm.func @piuma_rt_load(!llvm.ptr, i64, i32) -> !llvm.ptr
// CHECK-DAG: llvm.func @piuma_rt_atomic(!llvm.ptr, i64, i32, i32, i32) -> i64
// CHECK-DAG: llvm.func @piuma_rt_dma_start(!llvm.ptr) -> i64
// CHECK-DAG: llvm.func @piuma_rt_spawn(!llvm.ptr, !llvm.ptr, i64, i32)

// An access is told before it is made, where the runtime says.
// CHECK-LABEL: llvm.func @accesses(
// CHECK:         %[[AT:.*]] = llvm.getelementptr
// CHECK:         %[[FOUR:.*]] = llvm.mlir.constant(4 : i64) : i64
// CHECK:         %[[CACHED:.*]] = llvm.mlir.constant(1 : i32) : i32
// CHECK:         %[[THERE:.*]] = llvm.call @piuma_rt_load(%[[AT]], %[[FOUR]], %[[CACHED]])
// CHECK:         %[[V:.*]] = llvm.load %[[THERE]]
// CHECK:         %[[TO:.*]] = llvm.call @piuma_rt_store(
// CHECK:         llvm.store %[[V]], %[[TO]]
func.func @accesses(%m: memref<?xf32>, %i: index) {
  %v = piuma.load %m[%i] cached : memref<?xf32>, f32
  piuma.store %v, %m[%i] uncached : f32, memref<?xf32>
  return
}

// Numbers travel as bits; 16 says that they are floats.
// CHECK-LABEL: llvm.func @atomics(
// CHECK:         %[[BITS:.*]] = llvm.bitcast %{{.*}} : f32 to i32
// CHECK:         %[[WIDE:.*]] = llvm.zext %[[BITS]] : i32 to i64
// CHECK:         %[[MIN:.*]] = llvm.mlir.constant(17 : i32) : i32
// CHECK:         %[[OLD:.*]] = llvm.call @piuma_rt_atomic(%{{.*}}, %[[WIDE]], %[[MIN]],
// CHECK:         %[[NARROW:.*]] = llvm.trunc %[[OLD]] : i64 to i32
// CHECK:         llvm.bitcast %[[NARROW]] : i32 to f32
// CHECK:         llvm.call @piuma_rt_compare_exchange(
func.func @atomics(%m: memref<?xf32>, %i: index, %v: f32, %e: i32) -> (f32, i32) {
  %old = piuma.atomic min %m[%i], %v : memref<?xf32>, f32 -> f32
  %was = piuma.compare_exchange %m[%i], %e, %e : memref<?xf32>, i32
  return %old, %was : f32, i32
}

// Blocks would call it, and not the main thread.
// CHECK-LABEL: llvm.func @scratchpad(
// CHECK:         llvm.call @piuma_rt_scratchpad(
// CHECK:         llvm.call @piuma_rt_dma_start(
// CHECK:         llvm.call @piuma_rt_wait(
func.func private @scratchpad(%v: i64) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %m = piuma.scratchpad at 64 : memref<8xi64, #piuma.space<scratchpad>>
  %t = piuma.dma_fill %v, %m[%c0] count(%c8)
    : i64, memref<8xi64, #piuma.space<scratchpad>>
  piuma.wait %t
  return
}

// A queue is an address; answers become bits.
// CHECK-LABEL: llvm.func @queue(
// CHECK-SAME:    %[[V:arg[0-9]+]]: f32)
// CHECK:         %[[ROOM:.*]] = llvm.alloca %{{.*}} x i64
// CHECK:         %[[Q:.*]] = llvm.call @piuma_rt_queue_create(%{{.*}}, %{{.*}}, %{{.*}}) : (!llvm.ptr, i64, i32) -> !llvm.ptr
// CHECK:         %[[BITS:.*]] = llvm.bitcast %[[V]] : f32 to i32
// CHECK:         %[[WIDE:.*]] = llvm.zext %[[BITS]] : i32 to i64
// CHECK:         %[[PUSHED:.*]] = llvm.call @piuma_rt_queue_push(%[[Q]], %[[WIDE]])
// CHECK:         llvm.icmp "ne" %[[PUSHED]]
// CHECK:         %[[POPPED:.*]] = llvm.call @piuma_rt_queue_pop(%[[Q]], %[[ROOM]])
// CHECK:         %[[OLD:.*]] = llvm.load %[[ROOM]] : !llvm.ptr -> i64
// CHECK:         %[[NARROW:.*]] = llvm.trunc %[[OLD]] : i64 to i32
// CHECK:         llvm.bitcast %[[NARROW]] : i32 to f32
// CHECK:         llvm.icmp "ne" %[[POPPED]]
// CHECK:         llvm.call @piuma_rt_queue_destroy(%[[Q]])
func.func @queue(%m: memref<?xf32>, %v: f32) -> (i1, f32, i1) {
  %q = piuma.queue_create %m : memref<?xf32> -> !piuma.queue<f32>
  %pushed = piuma.queue_push %q, %v : !piuma.queue<f32>
  %value, %popped = piuma.queue_pop %q : !piuma.queue<f32>
  piuma.queue_destroy %q : !piuma.queue<f32>
  return %pushed, %value, %popped : i1, f32, i1
}

// Equal texts are one constant.
// CHECK-LABEL: llvm.func @places(
// CHECK:         %[[TEXT:.*]] = llvm.mlir.addressof @[[NAME:piuma_place_[0-9a-f]+]]
// CHECK:         llvm.call @piuma_rt_place(%[[TEXT]])
// CHECK:         llvm.mlir.addressof @[[NAME]]
func.func private @places() {
  piuma.place "here"
  piuma.barrier
  piuma.place "here"
  piuma.barrier
  return
}

// CHECK-LABEL: llvm.func @release(
// CHECK:         %[[EIGHT:.*]] = llvm.mlir.constant(32 : i64)
// CHECK:         llvm.call @piuma_rt_scratchpad(%{{.*}}, %[[EIGHT]])
// CHECK:         llvm.call @piuma_rt_release(
func.func private @release() {
  %m = piuma.scratchpad at 64 : memref<4xi64, #piuma.space<scratchpad>>
  piuma.release %m : memref<4xi64, #piuma.space<scratchpad>>
  return
}

// CHECK-LABEL: llvm.func @launch(
// CHECK:         llvm.call @piuma_rt_launch(
// CHECK:       llvm.func internal @launch_thread_entry(
// CHECK:         llvm.call @launch_thread(
func.func @launch(%n: index) {
  piuma.launch (%b) in (%n) {
    piuma.spawn (%t) in (%n) on multi {
      piuma.barrier
    }
  }
  return
}
