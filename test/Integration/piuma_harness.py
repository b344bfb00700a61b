"""What the tests of piuma programs share: strategies, and both runtimes."""

import json

import numpy as np
import scipy.sparse as sp

from harness import Expected, Scratch, read, smash, write

STRATEGIES = {
    "inner": "inner",
    "outer": "outer",
    "hash": "row_wise, accumulator = hash",
    "dense": "row_wise, accumulator = dense, occupancy = bitmap",
    "two": "row_wise, accumulator = hash, phases = two",
    "pairs": "row_wise, bins = [<bound 9: sort>, <else: merge>]",
    "v1": "smash_v1",
    "v2": "smash_v2",
    "v3": "smash_v3",
    "best": "smash_best",
    "fragmented": "smash_v1, table = fragmented",
}
# Of a window of rows.
WINDOWS = ("v1", "v2", "v3", "best", "fragmented")
SMALL = ("--set=scratchpad_bytes=8192", "--set=scratchpad_reserve_bytes=0",
         "--set=threads_per_mtp=2")


class Piuma(Scratch):
    def simulate(self, *arguments):
        """smash simulate ... -o output --report; (path of C, report)."""
        path, report = self.path("C.mtx"), self.path("report.json")
        smash("simulate", *arguments, "-o", path, f"--report={report}",
              "--quiet")
        with open(report) as file:
            return path, json.load(file)["machine"]

    def run_functional(self, *arguments):
        path = self.path("C.mtx")
        smash("simulate", *arguments, "-o", path, "--functional", "--quiet")
        return path

    def check(self, a, b, names=STRATEGIES, flags=(), mask=None):
        """Both runtimes and a checked run agree with SciPy; the reports by
        strategy."""
        write(self.path("A.mtx"), a)
        write(self.path("B.mtx"), b)
        a, b = read(self.path("A.mtx")), read(self.path("B.mtx"))
        expected = Expected(a, b, "f64")
        operands = [self.path("A.mtx"), self.path("B.mtx")]
        reports = {}
        for name in names:
            arguments = [*operands, f"--strategy={STRATEGIES[name]}", *flags]
            with self.subTest(strategy=name, runtime="timing"):
                path, reports[name] = self.simulate(*arguments)
                self.agree(expected, path)
            for seed in (0, 1):
                with self.subTest(strategy=name, seed=seed):
                    self.agree(expected, self.run_functional(
                        *arguments, f"--seed={seed}"))
            with self.subTest(strategy=name, runtime="checking"):
                self.agree(expected, self.run_functional(
                    *arguments, "--checking", "--seed=2"))
        return reports

    def random(self, seed, rows, cols, density):
        return sp.random(rows, cols, density, "csr", random_state=seed)

    def check_colliding(self, count, name, checking=True):
        """A row of `count` keys that have one hash in `name`: a probe for each
        key before it. V1 takes high bits, which adjacent columns of a wide
        matrix share, V2 and V3 low bits, which columns 2^14 apart share."""
        high = name in ("v1", "fragmented")
        step, cols = (1, 1 << 30) if high else (1 << 14, count << 14)
        write(self.path("A.mtx"), sp.csr_matrix(np.ones((1, 1))))
        b = sp.csr_matrix((np.arange(count) % 7 + 1.0, np.arange(count) * step,
                           [0, count]), shape=(1, cols))
        write(self.path("B.mtx"), b)
        arguments = [self.path("A.mtx"), self.path("B.mtx"), "--check",
                     f"--strategy={STRATEGIES[name]}"]

        def is_b(path):
            # SciPy's product would take an array as long as C is wide.
            c = read(path)
            self.assertEqual(c.shape, b.shape)
            np.testing.assert_array_equal(c.indices, b.indices)
            np.testing.assert_array_equal(c.data, b.data)

        path, report = self.simulate(*arguments)
        is_b(path)
        self.assertEqual(report["large_rows"], 0)
        self.assertEqual(report["products"], count)
        # The i-th key to come finds i - 1 slots taken, and then its own; what
        # comes at the same time may look once more.
        self.assertGreaterEqual(report["probes_per_product"], (count + 1) / 2)
        self.assertLess(report["probes_per_product"], 0.55 * count)
        for seed in (0, 1):
            is_b(self.run_functional(*arguments, f"--seed={seed}"))
        if checking:
            is_b(self.run_functional(*arguments, "--checking"))

    def check_stand_in(self, scale, name, permute):
        """The matrix that stands for the thesis's (scale 14), smaller."""
        matrix = (f"gen:rmat,scale={scale},nnz={254211 >> 14 - scale},a=.5,"
                  f"b=.1,c=.1,permute={permute},seed=1")
        report = self.path("report.json")
        smash("simulate", matrix, "--check", "--quiet",
              f"--strategy={STRATEGIES[name]}", f"--report={report}",
              "--max-events=100000000000")
        with open(report) as file:
            report = json.load(file)
        self.assertGreater(report["machine"]["products"], report["nnz_c"])
