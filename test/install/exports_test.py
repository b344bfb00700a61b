#!/usr/bin/env python3
"""Shared objects of smash show names of smash's own, and nothing else.

    exports_test.py --nm FILE [--only-c] OBJECT...

With --only-c, C names alone: what a C interface or a plugin shows.
"""

import argparse
import re
import subprocess
import sys

C_NAMES = re.compile(r"(smash|piuma)[A-Za-z_]\w*$|mlirGetDialectHandle__\w+__$|"
                     r"mlirRegisterSmash\w+$|mlirGet(Dialect|Pass)PluginInfo$")
OURS = re.compile(r"(typeinfo( name)? for |vtable for |VTT for |"
                  r"guard variable for |(non-)?virtual thunk to )?smash::")
# What MLIR knows a type of smash by: one in a process.
IDENTITY = re.compile(r"mlir::detail::TypeIDResolver<smash::")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--only-c", action="store_true")
    parser.add_argument("objects", nargs="+")
    options = parser.parse_args()
    failures = 0
    for path in options.objects:
        text = subprocess.run(
            [options.nm, "-D", "-C", "--defined-only", "--format=just-symbols",
             path], capture_output=True, text=True, check=True).stdout
        names = [line for line in text.split("\n") if line]
        foreign = [name for name in names if not C_NAMES.match(name) and
                   (options.only_c or
                    not (OURS.match(name) or IDENTITY.match(name)))]
        for name in foreign[:10]:
            print(f"FAILED: {path} shows {name}")
        print(f"{path}: {len(names)} names, {len(foreign)} foreign")
        failures += len(foreign) + (not names)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
