#!/usr/bin/env python3
"""Checks that every pass has its two tests.

    check-pass-tests.py [--root DIR]

For each pass of a Passes.td there is a lit test named after it, and a twin,
NAME-invalid.mlir: what it refuses, or, for one that cannot fail, what it must
leave alone. Prints the missing ones and exits 1 if there are any.
"""

import argparse
import os
import re
import sys

# What convert-linalg-to-smash does not raise is no error.
TWINS = {"convert-linalg-to-smash": "convert-linalg-to-smash-missed.mlir"}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", default=os.path.join(
        os.path.dirname(os.path.abspath(__file__)), ".."))
    root = parser.parse_args().root
    tests = {name for _, _, names in os.walk(os.path.join(root, "test"))
             for name in names}
    passes = set()
    for top in ("dialects", "include", "lib", "tools"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                if name == "Passes.td":
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        passes.update(re.findall(
                            r'^def\s+\w+\s*:\s*Pass<"([\w-]+)"', file.read(),
                            re.M))
    missing = []
    for name in sorted(passes):
        for test in (name + ".mlir", TWINS.get(name, name + "-invalid.mlir")):
            if test not in tests:
                missing.append(f"no test {test} of pass {name}")
    print("\n".join(missing + [f"{len(passes)} passes, {len(missing)} tests "
                               "missing"]))
    return 1 if missing or not passes else 0


if __name__ == "__main__":
    sys.exit(main())
