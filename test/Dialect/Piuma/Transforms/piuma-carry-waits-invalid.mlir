// The pass cannot fail, and takes no options.
//
// RUN: not smash-opt %s --piuma-carry-waits=all=true 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OPTION
// OPTION: no such option all
module {}
