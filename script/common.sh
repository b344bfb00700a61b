# shellcheck shell=bash
# Sourced by the scripts of this folder: where things are, and how they speak.

set -euo pipefail
shopt -s inherit_errexit

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
versions=$project/cmake/toolchain-versions.txt

# One line for a person.
say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

die() {
  printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# The text between the `#:` markers at a script's head is its help.
usage() { sed -n 's/^#: \{0,1\}//p' "$0"; }

# pinned KEY: the value that cmake/toolchain-versions.txt gives KEY.
pinned() {
  local value
  value=$(sed -n "s/^$1 \{1,\}//p" "$versions")
  [ -n "$value" ] || die "no '$1' in cmake/toolchain-versions.txt"
  printf '%s\n' "$value"
}

# The folder of further matrices beside the project, when there is one.
matrix_dir() {
  if [ -d "$project/../shared/matrices" ]; then
    (cd "$project/../shared/matrices" && pwd)
  fi
}
