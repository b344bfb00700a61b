// RUN: smash-opt %s --piuma-set-target | FileCheck %s --check-prefix=DEFAULT
// RUN: smash-opt %s --piuma-set-target=target=piuma-sled \
// RUN:   | FileCheck %s --check-prefix=SLED
// RUN: smash-opt %s --piuma-set-target --piuma-set-target=target=piuma-sled \
// RUN:   | FileCheck %s --check-prefix=DEFAULT

// DEFAULT: module attributes {piuma.target = #piuma.target<"piuma-1core">}
// SLED: module attributes {piuma.target = #piuma.target<"piuma-sled">}
module {}
