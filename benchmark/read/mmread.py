#!/usr/bin/python3
#===- mmread.py - how fast a Matrix Market file is read ----------------------===#
#
# Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Reads one file by scipy.io.mmread and by smash, in turn, and compares.

  mmread.py path/to/smash-read-bench [--megabytes 100] [--rounds 3]

The file, about 100 MB, is made in a temporary directory: a uniform random
matrix with real values of up to 17 digits. MB is 10^6 bytes of the file. Both
readers find the file in the page cache; each round times both, and the best
time of each counts, so that a busy machine disturbs the ratio little.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

import scipy
import scipy.io


def make_file(bench, path, megabytes):
    """Writes a file of about that size; returns its size in bytes."""
    bytes_per_entry = 33  # two indices of 6 digits, and a value
    degree = 8
    rows = int(megabytes * 1e6 / (bytes_per_entry * degree))
    subprocess.run(
        [bench, f"gen:er,rows={rows},degree={degree}", "-o", path],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return os.path.getsize(path)


def time_scipy(path):
    start = time.perf_counter()
    matrix = scipy.io.mmread(path)
    return time.perf_counter() - start, (*matrix.shape, matrix.nnz)


def time_smash(bench, path):
    output = subprocess.run(
        [bench, path], check=True, capture_output=True, text=True
    ).stdout
    words = output.split()
    return float(words[3]), tuple(int(word) for word in words[:3])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", help="the program smash-read-bench")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "random.mtx")
        size = make_file(options.bench, path, options.megabytes)
        print(f"file: {size / 1e6:.1f} MB, scipy {scipy.__version__}")
        best = {}
        for round_number in range(options.rounds):
            scipy_time, scipy_shape = time_scipy(path)
            smash_time, smash_shape = time_smash(options.bench, path)
            if scipy_shape != smash_shape:
                sys.exit(f"scipy read {scipy_shape}, smash {smash_shape}")
            for name, seconds in ("scipy", scipy_time), ("smash", smash_time):
                best[name] = min(best.get(name, seconds), seconds)
                print(
                    f"round {round_number + 1}: {name} {seconds:.3f} s "
                    f"{size / seconds / 1e6:.1f} MB/s"
                )
    for name in "scipy", "smash":
        print(f"best: {name} {size / best[name] / 1e6:.1f} MB/s")
    print(f"ratio: {best['scipy'] / best['smash']:.1f}")


if __name__ == "__main__":
    main()
