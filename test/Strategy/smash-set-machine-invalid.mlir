// RUN: not smash-opt %s --smash-set-machine=blocks=0 2>&1 \
// RUN:   | FileCheck %s --check-prefix=BLOCKS --implicit-check-not=error:
// BLOCKS: error: smash-set-machine: blocks 0 is not positive
//
// RUN: not smash-opt %s --smash-set-machine=scratchpad-bytes=-1 2>&1 \
// RUN:   | FileCheck %s --check-prefix=BYTES --implicit-check-not=error:
// BYTES: error: smash-set-machine: scratchpad_bytes -1 is not positive
//
// RUN: not smash-opt %s --smash-set-machine=blocks=many 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NUMBER
// NUMBER: 'many' value invalid
module {}
