// The two halves of smash-to-host-pipeline that know no target.
// RUN: smash-opt %s --smash-configuration-pipeline="blocks=3 scratchpad-bytes=4096 cache-bytes=8192 memory-bytes=65536" \
// RUN:   | FileCheck %s --check-prefix=CONFIGURED
// RUN: smash-opt %s --smash-configuration-pipeline --smash-kernel-pipeline \
// RUN:   | FileCheck %s --check-prefix=KERNEL
// RUN: not smash-opt %s --smash-configuration-pipeline="threads=3" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPTION
// RUN: not smash-opt %s --smash-configuration-pipeline="blocks=0" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=BLOCKS

// CONFIGURED: smash.machine = #smash.machine<blocks = 3, threads_per_block = 1, scratchpad_bytes = 4096, cache_bytes = 8192, memory_bytes = 65536>
// CONFIGURED: smash.spgemm {{.*}} strategy(row_wise,
// KERNEL:     func.func @multiply(
// KERNEL-NOT: smash.spgemm
// KERNEL:     scf.forall
// KERNEL:     {mapping = [#smash.block]}
// KERNEL:     smash.assemble
// OPTION:     no such option
// BLOCKS:     blocks 0 is not positive

#CSR = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @multiply(%a: tensor<8x8xf64, #CSR>) -> tensor<8x8xf64, #CSR> {
  %c = tensor.empty() : tensor<8x8xf64, #CSR>
  %0 = smash.spgemm ins(%a, %a : tensor<8x8xf64, #CSR>, tensor<8x8xf64, #CSR>)
    outs(%c : tensor<8x8xf64, #CSR>) semiring(plus_times)
  return %0 : tensor<8x8xf64, #CSR>
}
