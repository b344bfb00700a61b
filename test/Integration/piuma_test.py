"""Piuma programs, on threads of the host and on the simulated machine, against
SciPy."""

import itertools
import json
import subprocess

import numpy as np
import scipy.sparse as sp

import harness
from harness import read, smash, write, write_entries
from piuma_harness import SMALL, STRATEGIES, WINDOWS, Piuma

MODES = ((), ("--functional",), ("--functional", "--checking"))


class Products(Piuma):
    def test_random(self):
        self.check(self.random(1, 40, 30, 0.2), self.random(2, 30, 50, 0.2))

    def test_cores(self):
        """More cores than rows, and fewer."""
        a, b = self.random(3, 9, 20, 0.3), self.random(4, 20, 15, 0.3)
        for cores in (8, 20):
            self.check(a, b, flags=(f"--set=cores={cores}",
                                    "--set=threads_per_mtp=1"))

    def test_more_cores_divide_the_planning(self):
        """What precedes a product of few rows grows with the cores at most, not
        with tiles times threads: cycles, which are the same on every run."""
        write(self.path("A.mtx"), self.random(9, 30, 30, 0.2))
        for name in ("inner", "outer", "hash", "v3"):
            with self.subTest(strategy=name):
                cycles = {
                    cores: self.simulate(
                        self.path("A.mtx"), f"--set=cores={cores}",
                        f"--strategy={STRATEGIES[name]}")[1]["cycles"]
                    for cores in (1, 8)
                }
                self.assertLess(cycles[8], 4 * cycles[1])

    def test_operands_in_the_other_order(self):
        """What outer and inner products transpose, shared among threads that
        are more than rows, columns or entries; a full row, a full column."""
        full = self.random(17, 40, 40, 0.05).tolil()
        full[7, :] = full[:, 11] = 2
        full[20:30, :] = 0
        few = sp.csr_matrix((np.ones(3), ([0, 7, 7], [250, 0, 299])), (20, 300))
        tall = self.random(16, 300, 20, 0.1)
        for a, b, cores in ((full.tocsr(), full.tocsr(), 3), (few, tall, 1)):
            self.check(a, b, names=("inner", "outer"),
                       flags=(f"--set=cores={cores}",))

    def test_other_formats(self):
        """Conversions on the machine, too, before the product and behind it."""
        a, b = self.random(19, 25, 30, 0.1), self.random(20, 30, 35, 0.1)
        self.check(a, b, names=("outer", "v3"),
                   flags=("--format-a=dcsc", "--format-b=coo,soa",
                          "--format-c=csc,nonordered"))
        self.check(a, b, names=("inner",),
                   flags=("--format-a=csc", "--format-b=dcsr",
                          "--format-c=coo"))
        # What comes from the simulator has that many elements, each as wide.
        dense = self.simulate(self.path("A.mtx"), self.path("B.mtx"),
                              "--format-a=bsr:2x3", "--format-c=dense")[0]
        self.assertEqual(read(dense).shape, (25, 35))
        expected = (a @ b).toarray()
        np.testing.assert_allclose(read(dense).toarray(), expected, rtol=1e-12)

    def test_operands_are_transposed_by_all_threads(self):
        """Beside an empty matrix there is little else to do: 64 threads take
        less than a sixth of the cycles of one, or a third where B is
        transposed. Were it one that transposes they would take more."""
        write(self.path("A.mtx"), self.random(18, 400, 400, 0.04))
        write(self.path("B.mtx"), sp.csr_matrix((400, 400)))
        for name, first, second, times in (("outer", "A.mtx", "B.mtx", 6),
                                           ("inner", "B.mtx", "A.mtx", 3)):
            with self.subTest(strategy=name):
                cycles = [
                    self.simulate(self.path(first), self.path(second),
                                  f"--strategy={STRATEGIES[name]}",
                                  *flags)[1]["cycles"]
                    for flags in ((), ("--set=mtps_per_core=1",
                                       "--set=threads_per_mtp=1"))
                ]
                self.assertLess(times * cycles[0], cycles[1])

    def test_events_are_predicted(self):
        """Within a factor of four, for every strategy and unlike matrices."""
        for matrix in ("gen:rmat,scale=8,nnz=2000,permute=1,seed=1",
                       "gen:er,rows=700,degree=5", "gen:poisson2d,n=24"):
            for name in ("inner", "outer", "hash", "dense", "v2", "v3", "best"):
                with self.subTest(matrix=matrix, strategy=name):
                    path = self.path("report.json")
                    smash("simulate", matrix, f"--report={path}", "--quiet",
                          f"--strategy={STRATEGIES[name]}")
                    with open(path) as file:
                        report = json.load(file)
                    events = report["machine"]["modelled_events"]
                    predicted = report["predicted_events"]
                    self.assertLess(events, 4 * predicted)
                    self.assertLess(predicted, 4 * events)

    def test_partial_products_are_told(self):
        """An outer product writes and reads them, more than all else."""
        path = self.path("report.json")
        smash("simulate", "gen:rmat,scale=8,nnz=3000,seed=1", "--strategy=outer",
              f"--report={path}", "--quiet")
        with open(path) as file:
            machine = json.load(file)["machine"]
        causes = machine["dram_bytes_by_cause"]
        self.assertEqual(sum(causes.values()), machine["dram_bytes"])
        self.assertGreater(causes["partial_products"], sum(causes.values()) / 2)

    def test_reports_do_not_depend_on_addresses(self):
        """The same bytes, wherever the process lies in its address space."""
        matrix = "gen:rmat,scale=6,nnz=300,permute=1,seed=1"
        for name in ("v2", "v3", "best", "outer"):
            with self.subTest(strategy=name):
                command = [harness.SMASH, "simulate", matrix, "--report=-",
                           f"--strategy={STRATEGIES[name]}", "--set=cores=2"]
                fixed = subprocess.run(["setarch", "-R", *command],
                                       capture_output=True, text=True)
                if fixed.returncode != 0:
                    self.skipTest("setarch -R: " + fixed.stderr.strip())
                for _ in range(2):
                    self.assertEqual(smash(*command[1:]).out, fixed.stdout)

    def test_one_thread(self):
        self.check(self.random(5, 20, 20, 0.2), self.random(6, 20, 20, 0.2),
                   flags=("--set=mtps_per_core=1", "--set=threads_per_mtp=1"))

    def test_small(self):
        for rows, inner, cols in ((1, 1, 1), (5, 3, 1), (1, 3, 5)):
            self.check(sp.csr_matrix(np.ones((rows, inner))),
                       sp.csr_matrix(np.ones((inner, cols))))

    def test_empty(self):
        for rows, inner, cols in ((4, 4, 4), (1, 1, 1)):
            self.check(sp.csr_matrix((rows, inner)),
                       sp.csr_matrix((inner, cols)))

    def test_windows_of_a_small_scratchpad(self):
        """Many windows, and rows that no window holds: each is counted."""
        a, b = self.random(7, 60, 40, 0.1), self.random(8, 40, 900, 0.1)
        a = a.tolil()
        a[5, :] = 1  # a row of C that is nearly full
        reports = self.check(a.tocsr(), b, names=WINDOWS, flags=SMALL)
        for name in WINDOWS:
            self.assertGreater(reports[name]["windows"], 5, name)
        # An array of one row does not fit: "best" has tables, too.
        for name in ("v1", "v2", "v3", "best"):
            self.assertGreaterEqual(reports[name]["large_rows"], 1, name)

    def test_arrays_that_fit_a_small_scratchpad(self):
        write(self.path("A.mtx"), self.random(7, 60, 40, 0.1))
        write(self.path("B.mtx"), self.random(8, 40, 200, 0.1))
        _, report = self.simulate(self.path("A.mtx"), self.path("B.mtx"),
                                  "--strategy=smash_best", *SMALL)
        self.assertEqual(report["large_rows"], 0)
        self.assertLess(report["windows"], 60)

    def test_long_rows_and_full_segments_are_shared(self):
        """By all threads of a block: more long rows of B than a window lists,
        and a row of C with most of its window's entries."""
        long = sp.csr_matrix((np.arange(1, 524) / 8, (
            np.array([0] * 520 + [1] * 3), np.array([*range(520), 0, 7, 599]))),
            shape=(2, 600))
        met = sp.csr_matrix(np.ones((260, 2)))
        one = sp.csr_matrix((np.ones(40), (range(40), [0] + [1] * 39)),
                            shape=(40, 2))
        for a in (met, one):
            self.check(a, long, names=("best",),
                       flags=("--set=threads_per_mtp=2",))
        # One entry of A and a full row of B: cycles, the same on every run.
        write(self.path("A.mtx"), sp.csr_matrix(np.ones((1, 1))))
        write(self.path("B.mtx"), sp.csr_matrix(np.ones((1, 20000))))
        cycles = [self.simulate(self.path("A.mtx"), self.path("B.mtx"),
                                "--strategy=smash_best", *flags)[1]["cycles"]
                  for flags in ((), ("--set=threads_per_mtp=1",
                                     "--set=mtps_per_core=1"))]
        self.assertLess(cycles[0], cycles[1] / 4)

    def test_threads_and_cores_are_kept_busy(self):
        """By matrices whose rows and columns are as uneven as can be: shares
        and ratios, which are the same on every run."""
        def best(matrix, *flags):
            return self.simulate(matrix, "--strategy=smash_best", *flags)[1]
        uneven = best("gen:powerlaw,rows=2000,degree=10,seed=1")
        self.assertGreater(uneven["thread_utilization_mean"], 0.62)
        # The columns of low numbers are the full ones.
        stand_in = ("gen:rmat,scale=12,nnz=63552,a=.5,b=.1,c=.1,seed=1,"
                    "permute=")
        natural, permuted = (best(stand_in + kind)["cycles"] for kind in "01")
        self.assertLess(natural, 1.1 * permuted)
        small = "gen:rmat,scale=10,nnz=15888,a=.5,b=.1,c=.1,seed=1"
        alone, shared = (best(small, f"--set=cores={n}")["cycles"]
                         for n in (1, 8))
        self.assertLess(shared, 0.33 * alone)

    def test_rows_that_the_dma_engine_brings(self):
        """Small caches: rows of B shorter than, as long as and longer than what
        a thread asks for at a time, and twice that."""
        lengths = [0, 1, 31, 32, 33, 63, 64, 65, 96, 200]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        columns = np.concatenate([np.arange(n) for n in lengths])
        values = np.arange(1, starts[-1] + 1) / 8
        b = sp.csr_matrix((values, columns, starts), shape=(10, 200))
        a = self.random(18, 30, 10, 0.4)
        small = ("--set=cache_bytes=1024", "--set=cache_ways=2")
        names = ("hash", "pairs", "v3", "best")
        staged = self.check(a, b, names=names, flags=small)
        left_out = self.check(a, b, names=names, flags=(
            *small, "--without=piuma-stage-reads"))
        for name in names:
            self.assertGreater(staged[name]["dma_requests"],
                               left_out[name]["dma_requests"], name)

    def test_keys_that_collide(self):
        """Columns a power of two apart: low bits put all in one slot. A small
        scratchpad."""
        step, count = 1024, 40
        columns = np.arange(count) * step
        b = sp.csr_matrix((np.ones(count), (np.zeros(count, int), columns)),
                          shape=(1, count * step))
        a = sp.csr_matrix(np.ones((3, 1)))
        reports = self.check(a, b, names=("v2", "v3", "fragmented"),
                             flags=SMALL)
        self.assertGreater(reports["v2"]["probes_per_product"], count / 4)

    def test_256_keys_that_collide(self):
        for name in ("v1", "v2", "v3", "fragmented"):
            with self.subTest(strategy=name):
                self.check_colliding(256, name)

    def test_an_unforeseen_length_is_told(self):
        """A run that turns out longer than predicted says so under way."""
        count, step = 1024, 1 << 14
        write(self.path("A.mtx"), sp.csr_matrix(np.ones((1, 1))))
        write(self.path("B.mtx"), sp.csr_matrix(
            (np.ones(count), np.arange(count) * step, [0, count]),
            shape=(1, count * step)))
        arguments = ["simulate", self.path("A.mtx"), self.path("B.mtx"),
                     "--strategy=smash_v2", "--report=-",
                     "--many-events=600000"]
        result = smash(*arguments)
        report = json.loads(result.out)
        self.assertLess(report["predicted_events"], 600000)
        self.assertGreater(report["machine"]["modelled_events"], 900000)
        self.assertRegex(result.err,
                         r"^smash: more than 0 million events simulated, for "
                         r"[0-9]+ of 1024 products\n$")
        self.assertEqual(smash(*arguments, "--quiet").err, "")

    def test_a_window_that_is_just_full(self):
        """The longest row that a window holds, and one more entry. An array is
        as long as C is wide, so there it is the width that counts."""
        def row(name, length):
            stride, cols = (1, length) if name == "best" else (3, 3000)
            return sp.csr_matrix(
                (np.ones(length), np.arange(length) * stride, [0, length]),
                shape=(1, cols))

        def fits(name, length):
            write(self.path("B.mtx"), row(name, length))
            _, report = self.simulate(
                self.path("A.mtx"), self.path("B.mtx"),
                f"--strategy={STRATEGIES[name]}", *SMALL)
            return report["large_rows"] == 0

        a = sp.csr_matrix(np.ones((1, 1)))
        write(self.path("A.mtx"), a)
        for name, too_many in (("v1", 512), ("v2", 512), ("v3", 512),
                               ("best", 1024)):
            with self.subTest(strategy=name):
                most = 8
                self.assertTrue(fits(name, most))
                self.assertFalse(fits(name, too_many))
                while too_many - most > 1:
                    middle = (most + too_many) // 2
                    if fits(name, middle):
                        most = middle
                    else:
                        too_many = middle
                for length, large in ((most, 0), (most + 1, 1)):
                    reports = self.check(a, row(name, length), names=(name,),
                                         flags=SMALL)
                    self.assertEqual(reports[name]["large_rows"], large)

    def test_products_are_counted(self):
        a = self.random(9, 30, 30, 0.2)
        counted = int((a != 0).astype(int).sum(0) @ (a != 0).sum(1))
        reports = self.check(a, a, names=(*WINDOWS, "hash"))
        for name, report in reports.items():
            self.assertEqual(report["products"], counted, name)

    def test_masked_products_are_not_formed(self):
        """In every dataflow: those that the mask drops are not counted."""
        a, mask = self.random(13, 30, 30, 0.2), self.random(14, 30, 30, 0.1)
        write(self.path("A.mtx"), a)
        write(self.path("M.mtx"), mask)
        ones, allowed = (a != 0).astype(int), (mask != 0).astype(int)
        products = ones @ ones
        kept = int(products.multiply(allowed).sum())
        self.assertLess(0, kept)
        for name in (*WINDOWS, "hash", "dense", "inner", "outer"):
            for complement in (False, True):
                with self.subTest(strategy=name, complement=complement):
                    _, report = self.simulate(
                        self.path("A.mtx"), f"--mask={self.path('M.mtx')}",
                        f"--strategy={STRATEGIES[name]}", "--check",
                        *(["--mask-complement"] if complement else []))
                    # An inner product forms its pattern first, by keys alone.
                    expected = products.sum() - kept if complement else kept
                    self.assertEqual(report["products"],
                                     expected * (2 if name == "inner" else 1))

    def test_not_a_number(self):
        write_entries(self.path("A.mtx"), 2, 2, [
            (0, 0, np.nan), (0, 1, 1.0), (1, 0, np.inf), (1, 1, -1.0)])
        a = read(self.path("A.mtx"))
        self.check(a, a, names=("v2", "v3", "best"))

    def test_types_and_semirings(self):
        a = self.random(10, 25, 25, 0.2)
        a.data = np.round(a.data * 9)
        write(self.path("A.mtx"), a)
        for name, (kind, semiring) in itertools.product(
                ("v3", "best", "outer"),
                (("f32", "plus_times"), ("i32", "min_plus"),
                 ("i64", "max_plus"), ("f64", "or_and"), ("i64", "any_pair"))):
            for mode in MODES:
                with self.subTest(strategy=name, type=kind, semiring=semiring):
                    smash("simulate", self.path("A.mtx"), "--check", "--quiet",
                          f"--strategy={STRATEGIES[name]}",
                          f"--value-type={kind}", f"--semiring={semiring}",
                          *mode)

    def test_masks(self):
        a, mask = self.random(11, 30, 30, 0.2), self.random(12, 30, 30, 0.3)
        write(self.path("A.mtx"), a)
        write(self.path("M.mtx"), mask)
        for name, flags in itertools.product(
                ("v2", "v3", "best", "hash", "inner", "outer"),
                ((), ("--mask-complement",))):
            for mode in MODES:
                with self.subTest(strategy=name, flags=flags, mode=mode):
                    smash("simulate", self.path("A.mtx"), "--check", "--quiet",
                          f"--mask={self.path('M.mtx')}",
                          f"--strategy={STRATEGIES[name]}", *flags, *mode)

    def test_stand_in(self):
        for name in ("v3", "best"):
            with self.subTest(strategy=name):
                self.check_stand_in(11, name, permute=1)

    def test_real_matrix(self):
        matrix = self.own("bcsstk13.mtx.gz")
        smash("simulate", matrix, "--check", "--functional", "--quiet",
              "--strategy=smash_v3")
        _, report = self.simulate(matrix, "--check", "--strategy=smash_best")
        self.assertEqual(report["products"], 4554541)


if __name__ == "__main__":
    harness.unittest_main()
