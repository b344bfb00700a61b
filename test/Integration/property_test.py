"""Generated matrices, edge shapes, types and semirings, against NumPy.

Every case runs smash once or more, so there are dozens here; the hundreds are
unit tests. All is seeded.
"""

import itertools
import os

import numpy as np
import scipy.sparse as sp

import harness
from harness import (DTYPES, OTHER_DATAFLOWS, Expected, Mode, Scratch, read,
                     write, write_entries)

ACCUMULATORS = ("dense", "hash", "sort", "merge")
SERIAL_MODES = [Mode(1, 1, strategy, 32)
                for strategy in ("row_wise, accumulator = dense",
                                 "row_wise, accumulator = hash",
                                 "row_wise, accumulator = sort",
                                 "row_wise, accumulator = merge",
                                 "inner", "outer")]


def random_matrix(generator, rows, cols, nnz, dtype):
    positions = generator.choice(rows * cols, nnz, replace=False)
    if dtype is np.bool_:
        values = np.ones(nnz, dtype)
    elif np.issubdtype(dtype, np.integer):
        values = generator.randint(-9, 10, nnz).astype(dtype)
    elif dtype is np.complex128:
        values = generator.randn(nnz) + 1j * generator.randn(nnz)
    else:
        values = generator.randn(nnz).astype(dtype)
    return sp.csr_matrix((values, (positions // cols, positions % cols)),
                         shape=(rows, cols), dtype=dtype)


def semiring_product(a, b, semiring, dtype):
    """{(i, j): value}, products added in ascending inner index."""
    add, multiply = {
        "plus_times": (lambda x, y: x + y, lambda x, y: x * y),
        "min_plus": (min, lambda x, y: x + y),
        "max_plus": (max, lambda x, y: x + y),
        "max_times": (max, lambda x, y: x * y),
        "or_and": (lambda x, y: x or y, lambda x, y: x and y),
        "plus_pair": (lambda x, y: x + y, lambda x, y: dtype(1)),
        "any_pair": (lambda x, y: x, lambda x, y: dtype(1)),
    }[semiring]
    a, b = harness.sorted_csr(a), harness.sorted_csr(b)
    found = {}
    with np.errstate(all="ignore"):
        for i in range(a.shape[0]):
            for at in range(a.indptr[i], a.indptr[i + 1]):
                k, x = a.indices[at], a.data[at]
                for bt in range(b.indptr[k], b.indptr[k + 1]):
                    position = (i, int(b.indices[bt]))
                    product = dtype(multiply(x, b.data[bt]))
                    found[position] = (dtype(add(found[position], product))
                                       if position in found else product)
    return found


class Types(Scratch):
    """Every value type on the semirings it has."""

    def check(self, value_type, semiring):
        dtype = DTYPES[value_type]
        generator = np.random.RandomState(7)
        a = random_matrix(generator, 23, 31, 140, dtype)
        b = random_matrix(generator, 31, 19, 120, dtype)
        write(self.path("A.mtx"), a)
        write(self.path("B.mtx"), b)
        a = read(self.path("A.mtx"), value_type)
        b = read(self.path("B.mtx"), value_type)
        expected = semiring_product(a, b, semiring, dtype)
        size = Expected(a, b, value_type)
        bound = dict(zip(size.positions.tolist(), size.bound.tolist()))
        written = set()
        for accumulator in ACCUMULATORS:
            c, report = self.multiply(
                self.path("A.mtx"), self.path("B.mtx"), "--check",
                f"--value-type={value_type}", f"--semiring={semiring}",
                f"--strategy=row_wise, accumulator = {accumulator}")
            self.assertEqual(report["semiring"], semiring)
            found = read(c, value_type).tocoo()
            self.assertEqual(
                sorted(zip(found.row.tolist(), found.col.tolist())),
                sorted(expected))
            for i, j, value in zip(found.row, found.col, found.data):
                answer = expected[i, j]
                slack = (bound[i * b.shape[1] + j]
                         if semiring == "plus_times" else 0)
                self.assertLessEqual(
                    abs(complex(value) - complex(answer)), slack,
                    f"{value_type} {semiring} {accumulator} at {i}, {j}: "
                    f"{value}, expected {answer}")
            written.add(harness.digest(c))
        self.assertEqual(len(written), 1, "the accumulators differ in bits")


def add_type_tests():
    reals = ("f64", "f32", "i64", "i32")
    for value_type, semiring in [
            *itertools.product(reals, ("plus_times", "min_plus", "max_plus",
                                       "max_times", "plus_pair", "any_pair")),
            ("complex<f64>", "plus_times"), ("i1", "or_and"),
            ("i1", "any_pair")]:
        def test(self, value_type=value_type, semiring=semiring):
            self.check(value_type, semiring)
        name = value_type.replace("<", "_").replace(">", "")
        setattr(Types, f"test_{name}_{semiring}", test)


add_type_tests()


class Shapes(Scratch):
    """Shapes and structures at the edge, all accumulators."""

    def check(self, a, b=None, *flags, modes=None):
        write(self.path("A.mtx"), a)
        operands = [self.path("A.mtx")]
        a = read(operands[0])
        value_type = harness.value_type_of(operands[0])
        if b is not None:
            write(self.path("B.mtx"), b)
            operands.append(self.path("B.mtx"))
            b = read(operands[1])
        expected = Expected(a, a if b is None else b, value_type)
        modes = modes or SERIAL_MODES
        for mode in modes:
            c, report = self.multiply(*operands, *mode.arguments(), "--check",
                                      *flags)
            self.agree(expected, c, "--unsorted" not in flags)
            self.assertEqual(report["products"], expected.products)
            self.assertEqual(report["nnz_c"], expected.nnz)

    def test_empty(self):
        self.check(sp.csr_matrix((5, 4)), sp.csr_matrix((4, 7)))

    def test_no_rows_no_columns(self):
        self.check(sp.csr_matrix((0, 4)), sp.csr_matrix((4, 3)))
        self.check(sp.csr_matrix((3, 4)), sp.csr_matrix((4, 0)))
        self.check(sp.csr_matrix((3, 0)), sp.csr_matrix((0, 3)))

    def test_one_by_one(self):
        self.check(sp.csr_matrix([[3.5]]))

    def test_one_entry_far_away(self):
        a = sp.csr_matrix(([2.0], ([999], [4999])), shape=(1000, 5000))
        b = sp.csr_matrix(([3.0], ([4999], [7])), shape=(5000, 8))
        self.check(a, b)

    def test_one_dense_row(self):
        a = sp.lil_matrix((200, 200))
        a.setdiag(1.5)
        a[77, :] = np.arange(1, 201)
        self.check(a.tocsr(), modes=harness.ALL_MODES)

    def test_one_dense_column(self):
        a = sp.lil_matrix((200, 200))
        a.setdiag(1.5)
        a[:, 77] = np.arange(1, 201).reshape(-1, 1)
        self.check(a.tocsr(), modes=harness.ALL_MODES)

    def test_outer_and_inner_product(self):
        generator = np.random.RandomState(3)
        column = sp.csr_matrix(generator.randn(300, 1))
        self.check(column, column.T.tocsr())
        self.check(column.T.tocsr(), column)

    def test_rectangular_chain(self):
        generator = np.random.RandomState(4)
        a = random_matrix(generator, 3, 400, 300, np.float64)
        b = random_matrix(generator, 400, 5, 700, np.float64)
        c = random_matrix(generator, 5, 600, 900, np.float64)
        self.check(a, b)
        self.check(b, c)
        self.check(b, c, "--unsorted")

    def test_colliding_keys(self):
        """Columns whose low bits, and whose high bits, are all the same."""
        size = 1 << 16
        for step in (64, 1024, 4096):
            columns = np.arange(0, size, step)
            a = sp.csr_matrix((np.arange(1.0, len(columns) + 1),
                               (np.arange(len(columns)) % 7, columns)),
                              shape=(8, size))
            rows = np.repeat(columns, 3)
            b = sp.csr_matrix((np.ones(len(rows)), (
                rows, (rows + np.tile([0, step, 2 * step], len(columns)))
                % size)), shape=(size, size))
            self.check(a, b)

    def test_all_columns_of_few_rows(self):
        """Rows of C that are full: the table's limit is the column count."""
        self.check(sp.csr_matrix(np.arange(1.0, 4097).reshape(64, 64)))

    def test_seeded(self):
        for seed in range(16):
            generator = np.random.RandomState(seed)
            m, k, n = generator.randint(1, 90, 3)
            a = random_matrix(generator, m, k,
                              generator.randint(0, m * k // 2 + 1), np.float64)
            b = random_matrix(generator, k, n,
                              generator.randint(0, k * n // 2 + 1), np.float64)
            mode = harness.ALL_MODES[seed % len(harness.ALL_MODES)]
            with self.subTest(seed=seed, mode=str(mode)):
                self.check(a, b, modes=[mode])

    def test_static_shapes(self):
        generator = np.random.RandomState(11)
        self.check(random_matrix(generator, 40, 50, 300, np.float64),
                   random_matrix(generator, 50, 30, 200, np.float64),
                   "--static-shapes")

    def test_transposes(self):
        generator = np.random.RandomState(12)
        a = random_matrix(generator, 20, 30, 100, np.float64)
        b = random_matrix(generator, 40, 20, 150, np.float64)
        write(self.path("A.mtx"), a)
        write(self.path("B.mtx"), b)
        expected = Expected(read(self.path("A.mtx")).T.tocsr(),
                            read(self.path("B.mtx")).T.tocsr(), "f64")
        c, _ = self.multiply(self.path("A.mtx"), self.path("B.mtx"),
                             "--transpose-a", "--transpose-b", "--check")
        self.agree(expected, c)


class Masks(Scratch):
    """Structural masks, plain and complemented, in every dataflow and every
    form of a row-wise product."""

    MODES = [Mode(blocks, threads, "row_wise, " + knobs, bits)
             for blocks, threads, knobs, bits in (
                 (1, 1, "accumulator = dense", 32),
                 (2, 1, "accumulator = dense, occupancy = bitmap", 64),
                 (1, 1, "accumulator = hash", 64),
                 (2, 1, "bins = [<bound 8: hash>, <else: dense>]", 32),
                 (1, 1, "accumulator = sort", 32),
                 (2, 2, "bins = [<bound 4: merge>, <bound 9: sort>, "
                        "<bound 20: hash>, <else: merge>], phases = two", 64),
                 (1, 1, "accumulator = hash, phases = two", 32),
                 (1, 2, "accumulator = hash, merge = atomic", 32),
                 (2, 2, "accumulator = dense, merge = atomic", 32),
                 (2, 3, "accumulator = hash, table = fragmented, "
                        "writeback = bulk, merge = atomic", 64),
                 (2, 2, "accumulator = dense, occupancy = bitmap, "
                        "merge = atomic", 32))] + OTHER_DATAFLOWS

    def check(self, a, b, mask, *flags):
        write(self.path("A.mtx"), a)
        write(self.path("B.mtx"), b)
        write(self.path("M.mtx"), mask)
        a, b = read(self.path("A.mtx")), read(self.path("B.mtx"))
        mask = read(self.path("M.mtx"))
        for mode, complement in itertools.product(self.MODES, (False, True)):
            with self.subTest(mode=str(mode), complement=complement):
                expected = Expected(a, b, "f64").mask(mask, complement)
                c, report = self.multiply(
                    self.path("A.mtx"), self.path("B.mtx"),
                    f"--mask={self.path('M.mtx')}", *mode.arguments(),
                    "--check", *flags,
                    *(["--mask-complement"] if complement else []))
                self.agree(expected, c, "--unsorted" not in flags)
                self.assertEqual(report["nnz_c"], expected.nnz)
                self.assertEqual(report["mask_complement"], complement)

    def test_random(self):
        generator = np.random.RandomState(21)
        self.check(random_matrix(generator, 60, 50, 500, np.float64),
                   random_matrix(generator, 50, 70, 600, np.float64),
                   random_matrix(generator, 60, 70, 900, np.float64))

    def test_unsorted(self):
        generator = np.random.RandomState(22)
        self.check(random_matrix(generator, 30, 20, 200, np.float64),
                   random_matrix(generator, 20, 40, 300, np.float64),
                   random_matrix(generator, 30, 40, 300, np.float64),
                   "--unsorted", "--static-shapes")

    def test_empty_and_full(self):
        generator = np.random.RandomState(23)
        a = random_matrix(generator, 12, 12, 60, np.float64)
        self.check(a, a, sp.csr_matrix((12, 12)))
        self.check(a, a, sp.csr_matrix(np.ones((12, 12))))
        self.check(sp.csr_matrix((0, 3)), sp.csr_matrix((3, 4)),
                   sp.csr_matrix((0, 4)))

    def test_values_do_not_matter(self):
        generator = np.random.RandomState(24)
        a = random_matrix(generator, 12, 12, 60, np.float64)
        mask = sp.csr_matrix(a)
        mask.data[:] = 0
        mask.data[::3] = np.nan
        self.check(a, a, mask)

    def test_wide(self):
        cols = 2**40
        write_entries(self.path("A.mtx"), 2, 2, [(0, 0, 1), (0, 1, 1), (1, 1, 1)],
                      "integer")
        write_entries(self.path("B.mtx"), 2, cols,
                      [(0, 0, 2), (0, cols - 1, 3), (1, 7, 5),
                       (1, cols - 1, 4)], "integer")
        write_entries(self.path("M.mtx"), 2, cols,
                      [(0, cols - 1, 1), (1, 7, 1)], "integer")
        for flags, entries in (
                ([], ["1 1099511627776 7", "2 8 5"]),
                (["--mask-complement"],
                 ["1 1 2", "1 8 5", "2 1099511627776 4"])):
            c, _ = self.multiply(self.path("A.mtx"), self.path("B.mtx"),
                                 f"--mask={self.path('M.mtx')}", "--check",
                                 *flags)
            with open(c) as file:
                lines = [line.strip() for line in file
                         if not line.startswith("%")]
            self.assertEqual(lines[1:], entries)

    def test_triangles(self):
        # Zachary's karate club has 45 triangles.
        karate = self.own("karate.mtx")
        _, report = self.multiply(karate, f"--mask={karate}",
                                  "--semiring=plus_pair", "--value-type=i64")
        c = read(self.path("C.mtx"))
        self.assertEqual(int(c.sum()), 6 * 45)


class Accumulation(Scratch):
    """C += A*B, and C = op(C, A*B), by every dataflow, with and without masks:
    entries of C that the mask does not allow stay."""

    STRATEGIES = ("row_wise, accumulator = dense",
                  "row_wise, bins = [<bound 6: sort>, <bound 12: hash>, "
                  "<else: merge>]", "inner", "outer", "smash_v3")
    OPS = {"plus": lambda x, y: x + y, "min": min, "max": max,
           "or": lambda x, y: int(x != 0 or y != 0), "any": lambda x, y: x}

    def test_random(self):
        generator = np.random.RandomState(31)
        shapes = {"A": (30, 20, 120), "B": (20, 40, 160), "C": (30, 40, 200),
                  "M": (30, 40, 300)}
        matrices = {}
        for name, (rows, cols, nnz) in shapes.items():
            write(self.path(f"{name}.mtx"),
                  random_matrix(generator, rows, cols, nnz, np.int64))
            matrices[name] = read(self.path(f"{name}.mtx"), "i64")
        product = semiring_product(matrices["A"], matrices["B"], "plus_times",
                                   np.int64)

        def entries(matrix):
            matrix = matrix.tocoo()
            return dict(zip(zip(matrix.row.tolist(), matrix.col.tolist()),
                            matrix.data.tolist()))

        before, mask = entries(matrices["C"]), entries(matrices["M"])
        cases = itertools.product(self.STRATEGIES, (None, False, True))
        for (strategy, complement), op in zip(cases,
                                              itertools.cycle(self.OPS)):
            flags = [f"--strategy={strategy}", f"--accumulate-op={op}",
                     f"--accumulate={self.path('C.mtx')}"]
            kept = product
            if complement is not None:
                flags.append(f"--mask={self.path('M.mtx')}")
                kept = {at: value for at, value in product.items()
                        if (at in mask) != complement}
            if complement:
                flags.append("--mask-complement")
            with self.subTest(flags=flags):
                expected = dict(before)
                for at, value in kept.items():
                    expected[at] = (self.OPS[op](before[at], int(value))
                                    if at in before else int(value))
                c, report = self.multiply(
                    self.path("A.mtx"), self.path("B.mtx"), "--check", *flags,
                    output="R.mtx")
                self.assertEqual(entries(read(c, "i64")), expected)
                self.assertEqual(report["accumulate_op"], op)
                self.assertEqual(report["nnz_c"], len(expected))

    def test_edges(self):
        generator = np.random.RandomState(32)
        a = random_matrix(generator, 9, 9, 30, np.float64)
        write(self.path("A.mtx"), a)
        a = read(self.path("A.mtx"))
        write(self.path("E.mtx"), sp.csr_matrix((9, 9)))
        # Nothing to add to, and nothing to add.
        c, _ = self.multiply(self.path("A.mtx"), "--check", "--threads=2",
                             f"--accumulate={self.path('E.mtx')}",
                             output="R.mtx")
        self.agree(Expected(a, a, "f64"), c)
        c, _ = self.multiply(self.path("E.mtx"), "--check", "--unsorted",
                             "--value-type=f64",
                             f"--accumulate={self.path('A.mtx')}",
                             output="R.mtx")
        self.assertEqual((abs(read(c) - a)).nnz, 0)

    def test_simulated(self):
        path = self.own("west0067.mtx")
        for strategy in self.STRATEGIES:
            for mode in ([], ["--functional"]):
                with self.subTest(strategy=strategy, mode=mode):
                    harness.smash("simulate", path, f"--accumulate={path}",
                                  f"--strategy={strategy}", "--check",
                                  "--quiet", *mode)


class Values(Scratch):
    """Zeros that stay, duplicates, orders, NaN and infinity."""

    def test_explicit_zeros_stay(self):
        write_entries(self.path("A.mtx"), 3, 3,
                      [(0, 0, 0.0), (0, 1, 2.0), (1, 2, 0.0), (2, 0, 5.0)])
        c, report = self.multiply(self.path("A.mtx"), "--check")
        self.assertEqual(report["nnz_c"], 6)
        self.agree(Expected(*[read(self.path("A.mtx"))] * 2, "f64"), c)

    def test_cancellation_stays(self):
        write_entries(self.path("A.mtx"), 2, 2, [(0, 0, 1.0), (0, 1, -1.0),
                                                 (1, 0, 3.0), (1, 1, 3.0)])
        write_entries(self.path("B.mtx"), 2, 2, [(0, 0, 4.0), (1, 0, 4.0)])
        c, report = self.multiply(self.path("A.mtx"), self.path("B.mtx"))
        self.assertEqual(report["nnz_c"], 2)
        found = read(c)
        self.assertEqual((found[0, 0], found[1, 0]), (0.0, 24.0))

    def test_nan_and_infinity(self):
        nan, inf = float("nan"), float("inf")
        write_entries(self.path("A.mtx"), 3, 3, [
            (0, 0, nan), (0, 1, 1.0), (1, 0, inf), (1, 1, -inf), (2, 2, inf)])
        write_entries(self.path("B.mtx"), 3, 3, [
            (0, 0, 1.0), (1, 0, 1.0), (1, 1, 2.0), (2, 2, 0.0)])
        c, _ = self.multiply(self.path("A.mtx"), self.path("B.mtx"), "--check")
        self.agree(Expected(read(self.path("A.mtx")), read(self.path("B.mtx")),
                            "f64"), c)
        found = read(c).toarray()
        self.assertTrue(np.isnan(found[0, 0]) and np.isnan(found[1, 0]))
        self.assertEqual((found[0, 1], found[1, 1]), (2.0, -inf))
        self.assertTrue(np.isnan(found[2, 2]))

    def test_duplicates(self):
        write_entries(self.path("D.mtx"), 2, 2, [
            (0, 0, 1.5), (1, 1, 2.0), (0, 0, 2.5)])
        message = harness.one_line_error("multiply", self.path("D.mtx"))
        self.assertIn("D.mtx:5", message)
        harness.one_line_error("multiply", self.path("D.mtx"),
                               "--duplicates=reject")
        c, report = self.multiply(self.path("D.mtx"), "--duplicates=sum")
        self.assertEqual(report["nnz_a"], 2)
        np.testing.assert_array_equal(read(c).toarray(), [[16, 0], [0, 4]])

    def test_zero_based(self):
        with open(self.path("Z.mtx"), "w") as file:
            file.write("%%MatrixMarket matrix coordinate real general\n"
                       "2 2 2\n0 0 3.0\n1 0 2.0\n")
        harness.one_line_error("multiply", self.path("Z.mtx"),
                               contains="Z.mtx:3")
        c, _ = self.multiply(self.path("Z.mtx"), "--zero-based")
        np.testing.assert_array_equal(read(c).toarray(), [[9, 0], [6, 0]])

    def test_unsorted_files(self):
        generator = np.random.RandomState(5)
        a = random_matrix(generator, 50, 50, 400, np.float64).tocoo()
        order = generator.permutation(a.nnz)
        write_entries(self.path("U.mtx"), 50, 50, [
            (int(a.row[i]), int(a.col[i]), float(a.data[i])) for i in order])
        c, _ = self.multiply(self.path("U.mtx"), "--check")
        self.agree(Expected(a.tocsr(), a.tocsr(), "f64"), c)

    def test_integers_wrap(self):
        write_entries(self.path("A.mtx"), 1, 1, [(0, 0, 2**62)], "integer")
        c, _ = self.multiply(self.path("A.mtx"), "--check")
        self.assertEqual(int(read(c)[0, 0]), 0)
        write_entries(self.path("B.mtx"), 1, 1, [(0, 0, 65537)], "integer")
        c, _ = self.multiply(self.path("B.mtx"), "--check", "--value-type=i32")
        self.assertEqual(int(read(c)[0, 0]), 131073)

    def test_mixed_operands_widen(self):
        write_entries(self.path("I.mtx"), 1, 1, [(0, 0, 3)], "integer")
        write_entries(self.path("R.mtx"), 1, 1, [(0, 0, 0.5)])
        c, _ = self.multiply(self.path("I.mtx"), self.path("R.mtx"))
        self.assertEqual(harness.value_type_of(c), "f64")
        self.assertEqual(read(c)[0, 0], 1.5)

    def test_deterministic(self):
        """The same bytes from any number of threads, when asked."""
        path = self.own("bcsstk13.mtx.gz")
        digests = set()
        for blocks, threads in ((1, 1), (2, 1), (1, 2), (2, 2)):
            c, _ = self.multiply(path, "--deterministic",
                                 f"--threads={blocks * threads}",
                                 f"--block-threads={threads}")
            digests.add(harness.digest(c))
        self.assertEqual(len(digests), 1)

    def test_gzip_output(self):
        path = self.own("west0067.mtx")
        plain, _ = self.multiply(path)
        packed, _ = self.multiply(path, output="C.mtx.gz")
        with open(packed, "rb") as file:
            self.assertEqual(file.read(2), b"\x1f\x8b")
        with harness.open_text(packed) as file, open(plain) as other:
            self.assertEqual(file.read(), other.read())

    def write_wide(self, name, cols):
        with open(self.path(name), "w") as file:
            file.write("%%MatrixMarket matrix coordinate real general\n"
                       f"3 {cols} 3\n1 1 2.0\n2 {cols} 3.0\n3 {cols} 4.0\n")

    def test_huge_column_counts(self):
        """A handful of entries among 2^31, 2^40, 2^62 columns of C."""
        with open(self.path("L.mtx"), "w") as file:
            file.write("%%MatrixMarket matrix coordinate real general\n"
                       "2 3 3\n1 1 1.0\n2 2 2.0\n2 3 1.0\n")
        for bits in (31, 40, 62):
            cols = 2**bits
            self.write_wide("A.mtx", cols)
            for accumulator in ("", "hash"):
                flags = ([f"--strategy=row_wise, accumulator = {accumulator}"]
                         if accumulator else [])
                c, report = self.multiply(self.path("L.mtx"),
                                          self.path("A.mtx"), "--check",
                                          *flags)
                self.assertEqual((report["nnz_c"], report["products"]), (2, 3))
                with open(c) as file:
                    lines = [l.split() for l in file if l[0] != "%"]
                self.assertEqual(lines[0], ["2", str(cols), "2"])
                self.assertEqual([l[:2] + [float(l[2])] for l in lines[1:]],
                                 [["1", "1", 2.0], ["2", str(cols), 10.0]])

    def test_dense_accumulators_of_huge_rows(self):
        """Threads times 2^62 slots: out of memory, even where that wraps."""
        self.write_wide("A.mtx", 2**62)
        right = self.path("A.mtx")
        write_entries(self.path("L.mtx"), 2, 3, [(0, 0, 1.0), (1, 2, 1.0)])
        for threads, occupancy, mask in itertools.product(
                (1, 2, 4), ("list", "bitmap"), (False, True)):
            with self.subTest(threads=threads, occupancy=occupancy, mask=mask):
                flags = [f"--threads={threads}", f"--block-threads={threads}",
                         "--strategy=row_wise, accumulator = dense, "
                         f"occupancy = {occupancy}"]
                if mask:
                    write_entries(self.path("M.mtx"), 2, 2**62, [(0, 0, 1.0)])
                    flags.append(f"--mask={self.path('M.mtx')}")
                harness.one_line_error("multiply", self.path("L.mtx"), right,
                                       *flags, contains="out of memory")

    def test_huge_inner_dimension(self):
        """A*A^T: right, or refused in a line; A^T has 2^62 rows."""
        for bits in (31, 40, 62):
            self.write_wide("A.mtx", 2**bits)
            arguments = ["multiply", self.path("A.mtx"), "--transpose-b", "-o",
                         self.path("C.mtx")]
            if harness.smash(*arguments, "--check", expect=None).code:
                harness.one_line_error(*arguments, contains=str(2**bits))
                self.assertFalse(os.path.exists(self.path("C.mtx")))
                continue
            np.testing.assert_array_equal(
                read(self.path("C.mtx")).toarray(),
                [[4, 0, 0], [0, 9, 12], [0, 12, 16]])
            os.remove(self.path("C.mtx"))


if __name__ == "__main__":
    harness.unittest_main()
