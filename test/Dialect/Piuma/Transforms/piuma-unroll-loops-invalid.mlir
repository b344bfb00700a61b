// RUN: smash-opt %s --piuma-unroll-loops=factor=1 --verify-diagnostics

// expected-error @below {{factor of piuma-unroll-loops is 1, not within 2 to 64}}
module {}
