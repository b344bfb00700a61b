// RUN: smash-opt %s --piuma-stage-reads --verify-diagnostics

// expected-error @below {{module has no 'piuma.target': run piuma-set-target before piuma-stage-reads}}
module {}
