#!/usr/bin/env python3
"""Mutates valid IR and runs it through smash-opt: nothing may crash.

    fuzz-ir.py --smash-opt PATH [--mlir-opt PATH] [--cases N] [--seed S]
               [--batch N] [FOLDER...]

The seeds are the lit tests under FOLDER (test/), cut at `// -----`. Each case
is one of them with some tokens deleted, doubled, swapped or replaced: numbers
by nasty ones, words by others of the corpus, types by other types. A batch runs
in one process, through the passes of a test's RUN line, or through a pass or
pipeline drawn by chance. Errors are expected. A signal, a failed assertion, a
report of a sanitizer or a run past the time limit is a failure: the case is
found again alone, made smaller by lines, and printed with its command.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[%@#!^]?[A-Za-z_][\w.$-]*|'
                   r'\d+\.\d*(?:[eE][+-]?\d+)?|0x[0-9a-fA-F]+|\d+|->|::|\s+|.')
NUMBERS = ["0", "1", "-1", "2", "3", "7", "64", "255", "256", "65536",
           "2147483647", "2147483648", "4294967296", "9223372036854775807",
           "-9223372036854775808", "18446744073709551616", "0.0", "1.0e400"]
TYPES = ["f64", "f32", "f16", "bf16", "f128", "i1", "i8", "i32", "i64", "i128",
         "si32", "index", "none", "complex<f64>", "complex<i32>", "memref<?xi32>",
         "memref<?xf64>", "memref<?xindex>", "memref<4xf64>", "memref<?x?xf64>",
         "memref<*xf64>", "tensor<?x?xf64>", "tensor<?xf64>", "tensor<*xf64>",
         "vector<4xf64>", "!llvm.ptr", "!smash.plan<i32, i32>",
         "!smash.accumulator<hash, i32, f64>"]
# Passes and pipelines of ours, with options.
PIPELINES = [
    ["--smash-to-host-pipeline"],
    ["--smash-to-host-pipeline=blocks=4 threads-per-block=2"],
    ["--smash-kernel-pipeline", "--smash-expand-accumulators",
     "--smash-flatten-tensors", "--convert-smash-to-host"],
    ["--smash-configuration-pipeline=allow-conversion=false"],
    ["--smash-to-piuma-pipeline", "--piuma-to-llvm-pipeline"],
    ["--piuma-to-llvm-pipeline"],
    ["--convert-linalg-to-smash", "--smash-kernel-pipeline"],
    ["--smash-set-machine", "--smash-select-strategy", "--smash-check-strategy",
     "--smash-insert-conversions"],
    ["--smash-set-machine", "--smash-lower-conversions",
     "--smash-lower-inner-product", "--smash-lower-outer-product",
     "--smash-lower-row-wise-product"],
    ["--smash-relax-atomics", "--smash-expand-accumulators"],
    ["--smash-flatten-tensors"], ["--smash-flatten-tensors=plans-only"],
    ["--convert-smash-to-host", "--smash-attach-loop-annotations"],
    ["--convert-smash-to-piuma"], ["--piuma-promote-scratchpad"],
    ["--piuma-select-caching"], ["--piuma-outline"],
    ["--convert-smash-to-sparse-tensor"],
    ["--convert-smash-to-sparse-tensor=enable-runtime-library=false"],
    ["--smash-lower-kernels-to-host"], ["--canonicalize", "--cse"],
    ["--generate-runtime-verification"], [],
]
REPORTS = re.compile(r"Assertion|AddressSanitizer|LeakSanitizer|runtime error:|"
                     r"UNREACHABLE|LLVM ERROR|Stack dump")


class Corpus:
    def __init__(self, folders):
        self.seeds = []   # (file, text)
        self.passes = {}  # of a file's RUN lines
        words = set()
        for folder in folders:
            for root, dirs, names in os.walk(folder):
                dirs.sort()
                for name in sorted(names):
                    if name.endswith(".mlir"):
                        self.read(os.path.join(root, name))
        for _, text in self.seeds:
            words.update(re.findall(r"[%@#!]?[A-Za-z_][\w.$-]*", text))
        self.words = sorted(words)

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        runs = re.sub(r"\\\n\s*//\s*RUN:", " ", text)
        found = []
        for line in re.findall(r"//\s*RUN:.*?\bsmash-opt\b([^|\n]*)", runs):
            # Sparse code of upstream's crashes by itself.
            options = [o.replace('"', "") for o in
                       re.findall(r'--[\w-]+(?:="[^"]*"|=\S+)?', line)
                       if not re.search(r"verify-diag|split-input|sparsif|"
                                        r"remarks|sparse-tensor|mlir-|emit-|"
                                        r"allow-unreg|-o\b|verify-round", o)]
            if options:
                found.append(options)
        self.passes[path] = found
        for part in text.split("// -----"):
            lines = [line for line in part.split("\n")
                     if not line.lstrip().startswith("//")]
            body = "\n".join(lines).strip()
            if body and "// RUN" not in body:
                self.seeds.append((path, body))

    @staticmethod
    def without_function(text):
        """A function's body at the top of the module."""
        match = re.search(r"func\.func [^@\n]*@\w+\(([^{]*?)\)[^{(]*\{\n(.*?)\n"
                          r"\s*return[^\n]*\n\}", text, re.S)
        if not match:
            return text
        made = []
        for argument in re.split(r",\s*(?=%)", match.group(1)):
            name, _, kind = argument.partition(":")
            if kind:
                made.append(f'{name.strip()} = "fuzz.make"() : () -> '
                            f"({kind.strip()})")
        aliases = re.split(r"^(?:func|module|llvm)", text, maxsplit=1,
                           flags=re.M)[0]
        return aliases + "\n".join(made) + "\n" + match.group(2) + "\n"

    def mutate(self, rng, text):
        if rng.random() < 0.08:
            text = self.without_function(text)
        tokens = TOKEN.findall(text)
        for _ in range(rng.choice([1, 1, 1, 2, 3, 5])):
            solid = [i for i, t in enumerate(tokens) if t.strip()]
            if not solid:
                break
            i, j = rng.choice(solid), rng.choice(solid)
            kind = rng.randrange(8)
            if kind == 0:
                tokens[i] = ""
            elif kind == 1:
                tokens[i] += " " + tokens[i]
            elif kind == 2:
                tokens[i], tokens[j] = tokens[j], tokens[i]
            elif kind == 3:
                numbers = [k for k in solid if tokens[k][0].isdigit()]
                if numbers:
                    tokens[rng.choice(numbers)] = rng.choice(NUMBERS)
            elif kind == 4:
                types = [k for k in solid if tokens[k] in TYPES or
                         re.fullmatch(r"[fi]\d+|index|tensor|memref",
                                      tokens[k])]
                if types:
                    tokens[rng.choice(types)] = rng.choice(TYPES)
            elif kind == 5:
                sigil = tokens[i][0] if tokens[i][0] in "%@#!" else ""
                others = [tokens[k] for k in solid
                          if tokens[k].startswith(sigil or tokens[k][0])
                          and (sigil or tokens[k][0].isalpha())]
                if others:
                    tokens[i] = rng.choice(others)
            elif kind == 6:
                tokens[i] = rng.choice(self.words)
            else:
                lines = "".join(tokens).split("\n")
                at = rng.randrange(len(lines))
                if rng.random() < 0.5:
                    del lines[at]
                else:
                    lines.insert(rng.randrange(len(lines)), lines[at])
                tokens = TOKEN.findall("\n".join(lines))
        return "".join(tokens)


def is_upstream(options, stack, text):
    """Whether upstream crashed while it parsed or verified its own ops: by the
    stack, or since its own tool crashes, too."""
    if options.mlir_opt:
        run = subprocess.run(
            [options.mlir_opt, "--allow-unregistered-dialect", "-o",
             os.devnull], input=text, capture_output=True, encoding="utf-8",
            errors="replace", check=False, timeout=60)
        if run.returncode not in (0, 1):
            return True
    return "smash::" not in stack and re.search(
        r"mlir::(sparse_tensor|linalg|scf|memref|tensor|func|vector|arith|"
        r"bufferization|LLVM)::\w+::(verify|parse|build)|mlir::verify\(|"
        r"mlir::parseAsmSourceFile", stack) is not None


def crash_of(options, passes, texts):
    """What went wrong, or None."""
    command = [options.smash_opt, "--split-input-file",
               "--allow-unregistered-dialect", *passes, "-o", os.devnull]
    try:
        run = subprocess.run(command, input="\n// -----\n".join(texts),
                             capture_output=True, encoding="utf-8",
                             errors="replace", check=False,
                             timeout=20 + 3 * len(texts))
    except subprocess.TimeoutExpired:
        return "it does not end"
    if run.returncode in (0, 1) and not REPORTS.search(run.stderr):
        return None
    report = REPORTS.search(run.stderr)
    if len(texts) == 1 and is_upstream(options, run.stderr, texts[0]):
        return None
    start = run.stderr.rfind("\n", 0, report.start()) + 1 if report else 0
    return f"status {run.returncode}: {run.stderr[start:start + 3000]}"


def smaller(options, passes, text):
    """`text` without the lines that its crash does not need."""
    lines, size = text.split("\n"), 8
    while size:
        at = 0
        while at < len(lines):
            fewer = lines[:at] + lines[at + size:]
            if crash_of(options, passes, ["\n".join(fewer)]):
                lines = fewer
            else:
                at += size
        size //= 2
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--smash-opt", required=True)
    parser.add_argument("--mlir-opt", help="upstream's: what crashes it, too, "
                        "is no failure of ours")
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=25)
    parser.add_argument("--seconds", type=float,
                        help="begin no more cases after so many seconds")
    parser.add_argument("--limit", type=int, default=5,
                        help="failures to look for")
    parser.add_argument("folders", nargs="*",
                        default=[os.path.join(HERE, "..", "test")])
    options = parser.parse_args()
    corpus = Corpus(options.folders)
    if len(corpus.seeds) < 50:
        sys.exit(f"fuzz-ir: only {len(corpus.seeds)} seeds")
    # What stands in a test, unchanged, must not crash either.
    failures, tried, start = set(), 0, time.monotonic()
    for number in range((options.cases + options.batch - 1) // options.batch):
        if (options.seconds is not None and tried and
                time.monotonic() - start > options.seconds):
            print(f"fuzz-ir: stopped after {options.seconds:.0f} s")
            break
        rng = random.Random(f"{options.seed}/{number}")
        path = rng.choice(corpus.seeds)[0]
        passes, seeds = rng.choice(PIPELINES), corpus.seeds
        if corpus.passes[path] and rng.random() < 0.5:
            passes = rng.choice(corpus.passes[path])
            seeds = [s for s in seeds if s[0] == path]
        texts = [corpus.mutate(rng, rng.choice(seeds)[1])
                 for _ in range(options.batch)]
        tried += len(texts)
        if crash_of(options, passes, texts) is None:
            continue
        for text in texts:
            reason = crash_of(options, passes, [text])
            if reason is None:
                continue
            kind = re.sub(r"0x[0-9a-f]+|\d+", "N", reason)[:160]
            if kind in failures:
                continue
            failures.add(kind)
            print(f"fuzz-ir: {reason}\n"
                  f"fuzz-ir: smash-opt {' '.join(map(repr, passes))}, batch "
                  f"{number} of seed {options.seed}, on\n"
                  f"{smaller(options, passes, text)}\n", flush=True)
        if len(failures) >= options.limit:
            break
    print(f"fuzz-ir: {tried} cases of seed {options.seed} from "
          f"{len(corpus.seeds)} tests, {len(failures)} kinds of failure")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
