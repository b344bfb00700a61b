// The pass cannot fail, and takes no options.
//
// RUN: not smash-opt %s --smash-relax-atomics=all=true 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPTION
// OPTION: no such option all
//
// An accumulator that comes from elsewhere may be anybody's.
// RUN: smash-opt %s --smash-relax-atomics | FileCheck %s
// CHECK-LABEL: func.func @foreign(
// CHECK: smash.upsert {{.*}} atomic {
func.func @foreign(%acc: !smash.accumulator<hash, i32, f64>, %n: index,
                   %key: i32, %x: f64) {
  %c0 = arith.constant 0 : index
  scf.forall (%t) in (1) {
    smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n atomic {
      smash.yield %key, %x : i32, f64
    } : !smash.accumulator<hash, i32, f64>
  } {mapping = [#smash.thread]}
  return
}
