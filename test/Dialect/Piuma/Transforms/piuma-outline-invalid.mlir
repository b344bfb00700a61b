// RUN: smash-opt %s --piuma-outline --verify-diagnostics

module {
  %n = arith.constant 4 : index
  // expected-error @below {{'piuma.launch' op is to become a function, and stands in no func.func}}
  piuma.launch (%b) in (%n) {
  }
}
