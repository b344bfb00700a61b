// Upserts lose their atomics where one thread has the accumulator to itself.
// RUN: smash-opt %s --smash-relax-atomics | FileCheck %s

// CHECK-LABEL: func @one_thread(
// CHECK: smash.upsert
// CHECK-NOT: atomic
// CHECK: return
func.func @one_thread(%n: index, %key: i32, %x: f64) {
  %c0 = arith.constant 0 : index
  scf.forall (%b) in (1) {
    %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
      semiring(plus_times) occupancy = list hash_function = multiplicative
      fill_limit(50) shared : !smash.accumulator<hash, i32, f64>
    scf.forall (%t) in (1) {
      smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n atomic {
        smash.yield %key, %x : i32, f64
      } : !smash.accumulator<hash, i32, f64>
    } {mapping = [#smash.thread]}
    smash.destroy_accumulator %acc : !smash.accumulator<hash, i32, f64>
  } {mapping = [#smash.block]}
  return
}

// CHECK-LABEL: func @two_threads(
// CHECK: smash.upsert {{.*}} atomic {
func.func @two_threads(%n: index, %key: i32, %x: f64) {
  %c0 = arith.constant 0 : index
  scf.forall (%b) in (1) {
    %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
      semiring(plus_times) occupancy = list hash_function = multiplicative
      fill_limit(50) shared : !smash.accumulator<hash, i32, f64>
    scf.forall (%t) in (2) {
      smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n atomic {
        smash.yield %key, %x : i32, f64
      } : !smash.accumulator<hash, i32, f64>
    } {mapping = [#smash.thread]}
    smash.destroy_accumulator %acc : !smash.accumulator<hash, i32, f64>
  } {mapping = [#smash.block]}
  return
}

// Blocks do not share what each of them makes.
// CHECK-LABEL: func @created_inside(
// CHECK: smash.upsert
// CHECK-NOT: atomic
// CHECK: return
func.func @created_inside(%n: index, %key: i32, %x: f64) {
  %c0 = arith.constant 0 : index
  scf.forall (%b) in (2) {
    %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
      semiring(plus_times) occupancy = list hash_function = multiplicative
      fill_limit(50) shared : !smash.accumulator<hash, i32, f64>
    scf.forall (%t) in (1) {
      smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n atomic {
        smash.yield %key, %x : i32, f64
      } : !smash.accumulator<hash, i32, f64>
    } {mapping = [#smash.thread]}
    smash.destroy_accumulator %acc : !smash.accumulator<hash, i32, f64>
  } {mapping = [#smash.block]}
  return
}

// The number of threads is not known.
// CHECK-LABEL: func @unknown(
// CHECK: smash.upsert {{.*}} atomic {
func.func @unknown(%n: index, %key: i32, %x: f64) {
  %c0 = arith.constant 0 : index
  %acc, %ok = smash.create_accumulator keys(%n) capacity(%n) instances(%n)
    semiring(plus_times) occupancy = list hash_function = multiplicative
    fill_limit(50) shared : !smash.accumulator<hash, i32, f64>
  scf.forall (%t) in (%n) {
    smash.upsert %acc[%c0] bound(%n) (%p) = %c0 to %n atomic {
      smash.yield %key, %x : i32, f64
    } : !smash.accumulator<hash, i32, f64>
  } {mapping = [#smash.thread]}
  return
}
