// The pass cannot fail; it takes one option.
//
// RUN: not smash-opt %s --piuma-mark-places=line=program 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPTION
// OPTION: no such option line
module {}
