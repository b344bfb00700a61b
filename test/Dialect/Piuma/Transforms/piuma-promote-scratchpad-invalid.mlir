// RUN: smash-opt %s --piuma-promote-scratchpad --verify-diagnostics

// expected-error @below {{module has no 'piuma.target': run piuma-set-target before piuma-promote-scratchpad}}
module {}
