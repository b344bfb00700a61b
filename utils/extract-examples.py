#!/usr/bin/env python3
#
# Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Collect the MLIR examples of the op definitions in a folder of .td files.

Examples are written to one file, split by "// -----". With --missing, the names
of the ops whose definition has none, nor is used in another's, are printed.
"""

import argparse
import pathlib
import re
import sys
import textwrap

EXAMPLE = re.compile(r"```mlir\n(.*?)```", re.S)
OP = re.compile(r'^def \w+ : (\w+)_Op<"(\w+)"', re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("-o", dest="output", type=pathlib.Path)
    parser.add_argument("--missing", action="store_true")
    args = parser.parse_args()

    examples, ops = [], []
    for path in sorted(args.folder.glob("*.td")):
        text = path.read_text()
        ops += [f"{dialect.lower()}.{name}" for dialect, name in OP.findall(text)]
        # An op or a type on its own is not a file; functions are.
        examples += [block for block in map(textwrap.dedent, EXAMPLE.findall(text))
                     if "func.func" in block]
    if not ops:
        sys.exit(f"{args.folder}: no op definitions")
    if args.missing:
        shown = "\n".join(examples)
        for op in ops:
            if not re.search(rf"\b{re.escape(op)}\b", shown):
                print(op)
    if args.output:
        args.output.write_text("\n// -----\n\n".join(examples))


if __name__ == "__main__":
    main()
