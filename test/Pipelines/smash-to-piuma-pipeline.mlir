// A product on sparse tensors becomes a piuma program: nothing of smash, and no
// plain access, is left.
// RUN: smash-opt %s --smash-to-piuma-pipeline \
// RUN:   | FileCheck %s --implicit-check-not=smash. --implicit-check-not=memref.load --implicit-check-not=memref.store
// RUN: smash-opt %s --smash-to-piuma-pipeline=target=piuma-8core \
// RUN:   | FileCheck %s --check-prefix=EIGHT
// RUN: smash-opt %s --smash-to-piuma-pipeline --piuma-to-llvm-pipeline \
// RUN:   | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM
// RUN: not smash-opt %s --smash-to-piuma-pipeline=target=piuma 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TARGET

// CHECK:       module attributes {piuma.target = #piuma.target<"piuma-1core">}
// CHECK-LABEL: func.func @product(
// Threads of a block count the products of rows, reading A through caches.
// CHECK:         piuma.launch (%{{.*}}) in (%{{.*}}) {
// CHECK:           piuma.spawn (%{{.*}}) in (%{{.*}}) on multi {
// CHECK:             piuma.load %{{.*}} cached : memref<?xi32>, i32
// The window's table lies in the scratchpad, and is filled by the DMA engine.
// CHECK:           piuma.scratchpad at {{[0-9]+}} : memref<131072xi32, #piuma.space<scratchpad>>
// CHECK:           piuma.dma_fill %{{.*}} : i32,
// CHECK:           piuma.enter_phase hashing
// CHECK:           piuma.spawn (%{{.*}}) in (%{{.*}}) on multi {
// CHECK:             piuma.compare_exchange %{{.*}} : memref<?xi32>, i32
// CHECK:             piuma.atomic add %{{.*}} : memref<?xf64>, f64{{$}}
// CHECK:           piuma.enter_phase writeback

// Tiles of several blocks are copied together by their engines.
// EIGHT: #piuma.target<"piuma-8core">
// EIGHT: piuma.dma_copy

// LLVM: call void @piuma_rt_launch(

// TARGET: error: piuma-set-target: unknown target 'piuma'

#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
func.func @product(%a: tensor<64x64xf64, #CSR>, %b: tensor<64x64xf64, #CSR>)
    -> tensor<64x64xf64, #CSR> {
  %c = tensor.empty() : tensor<64x64xf64, #CSR>
  %r = smash.spgemm
    ins(%a, %b : tensor<64x64xf64, #CSR>, tensor<64x64xf64, #CSR>)
    outs(%c : tensor<64x64xf64, #CSR>) semiring(plus_times)
    strategy(row_wise, accumulator = hash, merge = atomic)
  return %r : tensor<64x64xf64, #CSR>
}
