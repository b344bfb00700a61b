// RUN: smash-opt %s --piuma-mark-places | FileCheck %s
// RUN: smash-opt %s --piuma-mark-places=lines=program | FileCheck %s --check-prefix=LINES

// CHECK-LABEL: func.func @places(
// CHECK:         piuma.place "'piuma.launch' at {{.*}}piuma-mark-places.mlir:[[# @LINE + 10]]:3"
// CHECK-NEXT:    piuma.launch
// A count, a phase and an error are no accesses.
// CHECK-NEXT:      piuma.count probe
// CHECK-NEXT:      piuma.place "'piuma.store' at {{.*}}piuma-mark-places.mlir:[[# @LINE + 8]]:5"
// CHECK-NEXT:      piuma.store
// As the module prints.
// LINES: piuma.place "'piuma.launch' at program:3:4"
// LINES: piuma.place "'piuma.store' at program:5:6"
func.func @places(%n: index, %m: memref<?xindex>) {
  piuma.launch (%b) in (%n) {
    piuma.count probe
    piuma.store %b, %m[%b] uncached : index, memref<?xindex>
  }
  return
}
