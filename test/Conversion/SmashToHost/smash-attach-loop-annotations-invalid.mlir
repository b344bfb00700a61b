// The pass cannot fail, and takes no options.
//
// RUN: not smash-opt %s --smash-attach-loop-annotations=all=true 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPTION
// OPTION: no such option all
//
// What is no annotation tells nobody anything.
// RUN: smash-opt %s --smash-attach-loop-annotations | FileCheck %s
// CHECK: llvm.br ^bb1{{$}}
llvm.func @note() {
  llvm.br ^bb1 {llvm.loop_annotation = "none"}
^bb1:
  llvm.return
}
