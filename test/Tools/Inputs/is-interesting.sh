#!/bin/sh
# is-interesting.sh SMASH-OPT PATTERN FILE: status 1, as mlir-reduce wants it,
# if FILE is right and has a line with PATTERN.
"$1" "$3" >/dev/null 2>&1 || exit 0
if grep -q "$2" "$3"; then exit 1; else exit 0; fi
