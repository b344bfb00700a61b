// Everything that prints also goes through bytecode.
// RUN: smash-opt %S/ops.mlir -o %t.text
// RUN: smash-opt %S/ops.mlir --emit-bytecode -o %t.bytecode
// RUN: smash-opt %t.bytecode -o %t.back
// RUN: cmp %t.text %t.back
// RUN: smash-opt %s --emit-bytecode | smash-opt | FileCheck %s

// CHECK: smash.machine = #smash.machine<blocks = 4, threads_per_block = 2,
// CHECK-SAME: strategies = [#smash.strategy<row_wise, bins = [<bound 8: sort>, <else: dense, occupancy = bitmap>]>, #smash.strategy<inner>]
module attributes {
  smash.machine = #smash.machine<blocks = 4, threads_per_block = 2,
    scratchpad_bytes = 4096, cache_bytes = 65536, memory_bytes = 1048576>,
  test.strategies = [
    #smash.strategy<row_wise,
                    bins = [<bound 8: sort>, <else: dense, occupancy = bitmap>]>,
    #smash.strategy<inner>]
} {
  // CHECK: func private @types(!smash.plan<i32, i64>, !smash.accumulator<hash, i64, none>)
  func.func private @types(!smash.plan<i32, i64>,
                           !smash.accumulator<hash, i64, none>)
}
