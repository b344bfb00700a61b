// RUN: smash-opt %s --smash-attach-loop-annotations | FileCheck %s
// RUN: smash-opt %s --smash-attach-loop-annotations \
// RUN:   | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM

#vectorize = #llvm.loop_vectorize<disable = false, width = 4 : i64>
#loop = #llvm.loop_annotation<vectorize = #vectorize>
// CHECK-LABEL: llvm.func @loop(
// CHECK:         llvm.br ^bb1 {loop_annotation = #
// CHECK-NOT:     llvm.loop_annotation =
// LLVM:          br label %{{.*}}, !llvm.loop ![[LOOP:[0-9]+]]
// LLVM:          ![[LOOP]] = distinct !{![[LOOP]],
// LLVM:          !{!"llvm.loop.vectorize.width", i32 4}
llvm.func @loop(%c: i1) {
  llvm.br ^bb1
^bb1:
  llvm.cond_br %c, ^bb2, ^bb3
^bb2:
  llvm.br ^bb1 {llvm.loop_annotation = #loop}
^bb3:
  llvm.return
}
