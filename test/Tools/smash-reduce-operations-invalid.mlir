// RUN: not smash-reduce %s -smash-reduce-operations='test=/nonexistent/script' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=SCRIPT
// SCRIPT: error: test='/nonexistent/script' is no script that can be run
// RUN: not smash-reduce %s -smash-reduce-operations='test=%S/Inputs/is-interesting.sh test-arg=%smash-opt,nowhere' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=DULL
// DULL: error: '{{.*}}is-interesting.sh' does not find the module interesting: it ends with status 0

func.func @f(%x: f64) -> f64 {
  return %x : f64
}
