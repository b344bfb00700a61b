// RUN: not smash-opt %s --piuma-set-target=target=piuma-0core 2>&1 \
// RUN:   | FileCheck %s --check-prefix=UNKNOWN
// RUN: not smash-opt %s --piuma-set-target=target=%t.none.json 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NOFILE
// UNKNOWN: error: piuma-set-target: unknown target 'piuma-0core'; one of piuma-1core, piuma-8core, piuma-sled, or a file that ends in .json
// NOFILE: error: piuma-set-target: cannot read '{{.*}}.none.json': no such file or directory
module {}
