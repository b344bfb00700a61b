// A strategy prints what differs from the defaults; the versions of the thesis
// are short spellings of knobs.
// RUN: smash-opt %s --split-input-file | FileCheck %s
// RUN: smash-opt %s --split-input-file | smash-opt --split-input-file \
// RUN:   | FileCheck %s

// CHECK: auto = #smash.strategy<auto>
module attributes {test.s = {auto = #smash.strategy<auto>}} {}

// -----

// CHECK: best = #smash.strategy<row_wise, accumulator = dense, occupancy = bitmap, merge = atomic>
// CHECK-SAME: v1 = #smash.strategy<row_wise, accumulator = hash, hash_function = high_bits, schedule = static, merge = atomic>
// CHECK-SAME: v2 = #smash.strategy<row_wise, accumulator = hash, hash_function = low_bits, merge = atomic>
// CHECK-SAME: v3 = #smash.strategy<row_wise, accumulator = hash, hash_function = low_bits, table = fragmented, writeback = bulk, merge = atomic>
module attributes {test.s = {v1 = #smash.strategy<smash_v1>,
                             v2 = #smash.strategy<smash_v2>,
                             v3 = #smash.strategy<smash_v3>,
                             best = #smash.strategy<smash_best>}} {}

// -----

// A knob after a version changes it.
// CHECK: #smash.strategy<row_wise, accumulator = hash, hash_function = high_bits, fill_limit = 75, merge = atomic, window = rows(16)>
module attributes {
  test.s = #smash.strategy<smash_v1, schedule = dynamic, fill_limit = 75,
                           window = rows(16)>} {}

// -----

// CHECK: #smash.strategy<row_wise, bins = [<bound 8: sort>, <bound 64: hash>, <else: dense, occupancy = bitmap>], phases = two>
module attributes {
  test.s = #smash.strategy<row_wise,
    bins = [<bound 8: sort>, <bound 64: hash>,
            <else: dense, occupancy = bitmap>], phases = two>} {}

// -----

// What is the default is not printed.
// CHECK: #smash.strategy<row_wise, accumulator = dense>
module attributes {
  test.s = #smash.strategy<row_wise, accumulator = dense, occupancy = list,
    hash_function = multiplicative, fill_limit = 50, schedule = dynamic,
    table = packed, writeback = scan, merge = exclusive, window = fit,
    phases = one>} {}

// -----

// CHECK: long = #smash.semiring<min_plus>
// CHECK-SAME: short = #smash.semiring<any_pair>
module attributes {
  test.s = {long = #smash.semiring<add = min, multiply = plus>,
            short = #smash.semiring<any_pair>}} {}
