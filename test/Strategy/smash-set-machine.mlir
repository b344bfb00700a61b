// The machine of a module: set from the options, kept where there is one.

// RUN: smash-opt %s --split-input-file --smash-set-machine="blocks=3 threads-per-block=2 scratchpad-bytes=1000 cache-bytes=2000 memory-bytes=3000" | FileCheck %s
// RUN: smash-opt %s --split-input-file --smash-set-machine | FileCheck %s --check-prefix=DEFAULT
// RUN: not smash-opt %s --split-input-file --smash-set-machine="blocks=0" 2>&1 | FileCheck %s --check-prefix=ZERO

// CHECK: module attributes {smash.machine = #smash.machine<blocks = 3, threads_per_block = 2, scratchpad_bytes = 1000, cache_bytes = 2000, memory_bytes = 3000>}
// DEFAULT: module attributes {smash.machine = #smash.machine<blocks = 1, threads_per_block = 1, scratchpad_bytes = 524288, cache_bytes = 33554432, memory_bytes = 17179869184>}
// ZERO: error: smash-set-machine: blocks 0 is not positive
module {}

// -----

// CHECK: module attributes {smash.machine = #smash.machine<blocks = 8, threads_per_block = 1, scratchpad_bytes = 1, cache_bytes = 1, memory_bytes = 1>}
// DEFAULT: module attributes {smash.machine = #smash.machine<blocks = 8, threads_per_block = 1, scratchpad_bytes = 1, cache_bytes = 1, memory_bytes = 1>}
module attributes {smash.machine = #smash.machine<blocks = 8,
  threads_per_block = 1, scratchpad_bytes = 1, cache_bytes = 1,
  memory_bytes = 1>} {}
