// RUN: smash-opt %s --piuma-fuse-spawns --verify-diagnostics

// expected-error@+1 {{module has no 'piuma.target': run piuma-set-target before piuma-fuse-spawns}}
module {}
