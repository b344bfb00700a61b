"""Tests that would catch a facade: the kernel is what is compiled and run.

  * the emitted object calls only what a language runtime holds: every
    undefined symbol is listed in allowed-symbols.txt;
  * kernel IR edited by this script (the multiply becomes an add) and run with
    --from=kernel gives the edited product.
"""

import os
import re
import subprocess

import numpy as np

import harness
from harness import Expected, Scratch, ones, read, smash

HERE = os.path.dirname(os.path.abspath(__file__))
STRATEGIES = ("auto", "row_wise, accumulator = dense",
              "row_wise, accumulator = hash",
              "row_wise, bins = [<bound 9: sort>, <else: merge>]", "inner",
              "outer")


def allowed_symbols():
    with open(os.path.join(HERE, "allowed-symbols.txt")) as file:
        lines = [line.split("#")[0].strip() for line in file]
    return {line for line in lines if line}


FUNCTION = """
#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed),
                                 posWidth = 32, crdWidth = 32 }>
!mat = tensor<?x?xf64, #csr>
func.func @square(%a: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : !mat
  %init = tensor.empty(%n, %n) : !mat
  %c = smash.spgemm ins(%a, %a : !mat, !mat) outs(%init : !mat)
    semiring(plus_times)
  return %c : !mat
}
"""
PROGRAM = "func.func @main() -> i64 {\n  %c = arith.constant 7 : i64\n" \
          "  return %c : i64\n}\n"


class Examples(Scratch):
    """Every line under `Examples:` of --help does what it says: it runs."""

    def examples(self, *command):
        text = smash(*command, "--help").out.split("Examples:\n")[1]
        lines = [line[2:] for line in text.split("\n\n")[0].split("\n")]
        # An explanation may stand behind, after two spaces.
        return [re.split(r"  +", line)[0] for line in lines]

    def test_examples(self):
        for name, source in (("A", "karate"), ("B", "karate"), ("M", "karate")):
            os.symlink(self.own(source + ".mtx"), self.path(name + ".mtx"))
        os.mkdir(self.path("lib"))
        for name, text in (("product", FUNCTION), ("program", PROGRAM)):
            with open(self.path(name + ".mlir"), "w") as file:
                file.write(text)
        os.mkdir(self.path("bin"))
        os.symlink(harness.SMASH, self.path("bin/smash"))
        path = self.path("bin") + ":" + os.environ["PATH"]
        count = 0
        for command in ([], ["multiply"], ["simulate"], ["explain"],
                        ["compile"]):
            for line in self.examples(*command):
                with self.subTest(line=line):
                    self.assertTrue(line.startswith("smash "), line)
                    done = subprocess.run(
                        ["bash", "-c", "set -o pipefail; " + line],
                        cwd=self.folder, capture_output=True, text=True,
                        env={**os.environ, "PATH": path}, timeout=120)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    # What is printed as IR is a program, too.
                    if line.endswith("> product.mlir"):
                        self.assertGreater(
                            os.path.getsize(self.path("product.mlir")), 100)
                        with open(self.path("product.mlir"), "w") as file:
                            file.write(FUNCTION)
                count += 1
        self.assertGreater(count, 20)


class UndefinedSymbols(Scratch):
    def undefined(self, *arguments):
        assembly = smash("multiply", *arguments, "--emit=asm").out
        with open(self.path("kernel.s"), "w") as file:
            file.write(assembly)
        subprocess.run([options.clang, "-c", "kernel.s", "-o", "kernel.o"],
                       cwd=self.folder, check=True)
        listing = subprocess.run([options.nm, "kernel.o"], cwd=self.folder,
                                 check=True, capture_output=True,
                                 text=True).stdout
        symbols = [line.split() for line in listing.split("\n") if line]
        self.assertTrue(any(s[-2] in "Tt" for s in symbols),
                        f"the object defines no function:\n{listing}")
        return {s[-1] for s in symbols if s[-2] == "U"}

    def check(self, *arguments):
        more = self.undefined(*arguments) - allowed_symbols()
        self.assertEqual(sorted(more), [], f"{arguments}: symbols that are "
                         "not in allowed-symbols.txt")

    def test_strategies(self):
        path = self.own("west0067.mtx")
        for strategy in STRATEGIES:
            for flag in ("--sorted", "--unsorted"):
                with self.subTest(strategy=strategy, flag=flag):
                    self.check(path, f"--strategy={strategy}", flag)

    def test_types_and_semirings(self):
        path = self.own("karate.mtx")
        for arguments in (
                ["--value-type=f64"], ["--value-type=f32"],
                ["--value-type=i64", "--semiring=max_times"],
                ["--value-type=i32", "--semiring=min_plus"],
                ["--value-type=f64", "--semiring=max_plus"],
                ["--value-type=i1", "--semiring=or_and"],
                ["--value-type=complex<f64>"], ["--semiring=any_pair"],
                ["--index-bits=64"]):
            with self.subTest(arguments=arguments):
                self.check(path, *arguments)

    def test_threads(self):
        path = self.own("karate.mtx")
        for arguments in (["--threads=2"],
                          ["--threads=2", "--block-threads=2"],
                          ["--threads=4", "--block-threads=2"],
                          ["--threads=2", "--block-threads=2",
                           "--value-type=f64"]):
            with self.subTest(arguments=arguments):
                self.check(path, *arguments)

    def test_the_runtime_is_called(self):
        """The list is not just empty: memory comes from the runtime."""
        found = self.undefined(self.own("west0067.mtx"))
        self.assertTrue(any(s.startswith("smash_rt_") for s in found), found)


class EditedKernel(Scratch):
    def run_text(self, text, path, strategy):
        with open(self.path("kernel.mlir"), "w") as file:
            file.write(text)
        c, _ = self.multiply(path, f"--strategy={strategy}",
                             f"--from=kernel:{self.path('kernel.mlir')}")
        return c

    def test_multiply_becomes_add(self):
        path = self.own("west0067.mtx")
        a = read(path)
        for strategy in STRATEGIES:
            with self.subTest(strategy=strategy):
                text = smash("multiply", path, f"--strategy={strategy}",
                             "--emit=kernel").out
                same = self.run_text(text, path, strategy)
                self.agree(Expected(a, a, "f64"), same)
                plain = harness.digest(same)

                edited, count = re.subn(r"\barith\.mulf\b", "arith.addf", text)
                self.assertGreater(count, 0, "the kernel multiplies nowhere")
                c = self.run_text(edited, path, strategy)
                self.assertNotEqual(harness.digest(c), plain)
                # The sum over k of a_ik + b_kj.
                expected = Expected(a, a, "f64")
                one = ones(a, np.float64)
                expected.values = expected.lookup(a @ one + one @ a)
                expected.bound = expected.lookup(
                    abs(a) @ one + one @ abs(a)) * np.finfo(float).eps
                expected.bound *= 2 * expected.counts
                self.agree(expected, c)

    def test_check_sees_the_edit(self):
        """--check is no facade either: it misses the edited kernel."""
        path = self.own("west0067.mtx")
        text = smash("multiply", path, "--emit=kernel").out
        with open(self.path("kernel.mlir"), "w") as file:
            file.write(text.replace("arith.mulf", "arith.addf"))
        result = smash("multiply", path, "--check",
                       f"--from=kernel:{self.path('kernel.mlir')}", expect=1)
        self.assertNotEqual(result.out + result.err, "")

    def test_broken_text_is_an_error(self):
        with open(self.path("kernel.mlir"), "w") as file:
            file.write("module { func.func }\n")
        harness.one_line_error("multiply", self.own("west0067.mtx"),
                               f"--from=kernel:{self.path('kernel.mlir')}")

    def test_the_same_text_twice(self):
        """Two runs print the same bytes."""
        for stage in ("smash", "kernel", "llvm-dialect", "llvm-ir", "asm"):
            with self.subTest(stage=stage):
                texts = {smash("multiply", self.own("karate.mtx"),
                               f"--emit={stage}").out for _ in range(2)}
                self.assertEqual(len(texts), 1)
                self.assertGreater(len(texts.pop()), 100)


def extend(parser):
    parser.add_argument("--clang", required=True)
    parser.add_argument("--nm", required=True)


if __name__ == "__main__":
    harness.unittest_main(extend)
