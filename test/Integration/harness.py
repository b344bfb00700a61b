"""What the integration tests share: run smash, read files with SciPy, compare.

Nothing here shares code with the compiler: files are read by SciPy, products
are SciPy's or written out in NumPy, and figures come from INDEX.md.
"""

import argparse
import glob
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy as np
import scipy.io
import scipy.sparse as sp

SMASH = None       # the driver
OWN_MATRICES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                            "matrices")
MATRIX_DIR = None  # the optional folder of further matrices
TIMEOUT_S = 300    # of one run

# No test uses or fills the user's cache of kernels.
os.environ["SMASH_CACHE_DIR"] = ""

DTYPES = {"i1": np.bool_, "i32": np.int32, "i64": np.int64, "f32": np.float32,
          "f64": np.float64, "complex<f64>": np.complex128}
# The value types of a `%%GraphBLAS type` line.
GRAPHBLAS_TYPES = {"bool": "i1", "int32_t": "i32", "int64_t": "i64",
                   "float": "f32", "double": "f64"}


class Failure(AssertionError):
    pass


def require(condition, message):
    if not condition:
        raise Failure(message)


class Result:
    def __init__(self, arguments, process):
        self.arguments = arguments
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    def __str__(self):
        return (f"smash {' '.join(self.arguments)}\n  exit {self.code}\n  "
                f"stdout: {self.out[:2000]}\n  stderr: {self.err[:2000]}")


def smash(*arguments, expect=0, environment=None, folder=None):
    """Runs the driver; its exit status must be `expect` (None: any)."""
    arguments = [str(a) for a in arguments]
    process = subprocess.run(
        [SMASH, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, errors="replace", timeout=TIMEOUT_S, cwd=folder,
        env={**os.environ, **(environment or {})})
    result = Result(arguments, process)
    if expect is not None and result.code != expect:
        raise Failure(f"expected exit {expect}: {result}")
    return result


def one_line_error(*arguments, folder=None, contains=None):
    """Runs what must fail: status 1, one line on stderr, nothing on stdout."""
    result = smash(*arguments, expect=1, folder=folder)
    lines = result.err.rstrip("\n").split("\n")
    require(len(lines) == 1 and lines[0], f"not one line: {result}")
    require(result.out == "", f"output on stdout: {result}")
    # One line, lower-case, no full stop: STYLE of every diagnostic here.
    require(not lines[0].endswith("."), f"a full stop: {result}")
    for text in ([contains] if isinstance(contains, str) else contains or []):
        require(text in lines[0], f"no '{text}' in the message: {result}")
    return lines[0]


# Matrices -------------------------------------------------------------------


def open_text(path):
    return gzip.open(path, "rt") if path.endswith(".gz") else open(path)


def value_type_of(path):
    """smash's default value type of a file."""
    with open_text(path) as file:
        field = file.readline().split()[3].lower()
        for line in file:
            if not line.startswith("%"):
                break
            if line.startswith("%%GraphBLAS type"):
                return GRAPHBLAS_TYPES[line.split()[2]]
    return {"real": "f64", "integer": "i64", "pattern": "i64",
            "complex": "complex<f64>"}[field]


def read_slowly(path):
    """A coordinate general file with values SciPy's reader refuses."""
    with open_text(path) as file:
        lines = [l for l in file if l.strip() and not l.startswith("%")]
    rows, cols, _ = map(int, lines[0].split())
    entries = [l.split() for l in lines[1:]]
    return sp.coo_matrix(
        ([float(e[2]) for e in entries],
         ([int(e[0]) - 1 for e in entries], [int(e[1]) - 1 for e in entries])),
        shape=(rows, cols))


def read(path, value_type=None):
    """A CSR matrix with the values of smash's type, explicit zeros kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            matrix = scipy.io.mmread(path)
        except ValueError:
            matrix = read_slowly(path)
    matrix = sp.coo_matrix(matrix)
    dtype = DTYPES[value_type or value_type_of(path)]
    if np.iscomplexobj(matrix.data) and dtype is not np.complex128:
        raise Failure(f"{path} is complex")
    csr = sp.csr_matrix((matrix.data.astype(dtype), (matrix.row, matrix.col)),
                        shape=matrix.shape)
    require(csr.nnz == matrix.nnz, f"{path} has duplicates")
    return csr


def ones(matrix, dtype=np.int64):
    return sp.csr_matrix((np.ones(matrix.nnz, dtype), matrix.indices,
                          matrix.indptr), shape=matrix.shape)


def keys(matrix):
    """Row-major linear positions of a CSR matrix, in stored order."""
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64),
                     np.diff(matrix.indptr))
    return rows * np.int64(matrix.shape[1]) + matrix.indices


def sorted_csr(matrix):
    matrix = matrix.copy()
    matrix.sort_indices()
    return matrix


class Expected:
    """C = A*B in SciPy, with structure, counts and the rounding bound."""

    def __init__(self, a, b, value_type):
        self.value_type = value_type
        counts = sorted_csr(ones(a) @ ones(b))
        self.shape = counts.shape
        self.positions = keys(counts)
        self.counts = counts.data
        self.nnz = counts.nnz
        self.products = int(counts.data.sum())
        with np.errstate(all="ignore"):
            if value_type == "i1":
                self.values = np.ones(self.nnz, np.bool_)
                self.bound = np.zeros(self.nnz)
                return
            wide = {"f32": np.float64}.get(value_type, DTYPES[value_type])
            self.values = self.lookup(a.astype(wide) @ b.astype(wide))
            if value_type in ("i32", "i64"):
                self.bound = np.zeros(self.nnz)
                return
            size = self.lookup(abs(a).astype(np.float64) @
                               abs(b).astype(np.float64))
            eps = np.finfo(DTYPES[value_type]).eps
            self.bound = self.counts * eps * size
            if value_type == "f32":  # and one rounding to the stored type
                self.bound = self.bound + eps * abs(self.values)
            if value_type == "complex<f64>":
                # A complex product is four real ones and two sums.
                self.bound = 2 * self.bound

    def mask(self, matrix, complement):
        """Keeps the entries where `matrix` has one, or (complement) has none."""
        keep = np.isin(self.positions, keys(sorted_csr(matrix))) != complement
        self.positions, self.counts = self.positions[keep], self.counts[keep]
        self.values, self.bound = self.values[keep], self.bound[keep]
        self.nnz = int(keep.sum())
        return self

    def lookup(self, matrix):
        """Values of `matrix` at our positions; SciPy may have dropped zeros."""
        matrix = sorted_csr(matrix)
        positions = keys(matrix)
        at = np.searchsorted(positions, self.positions)
        at_in = np.minimum(at, max(len(positions) - 1, 0))
        out = np.zeros(self.nnz, matrix.data.dtype)
        if len(positions):
            found = positions[at_in] == self.positions
            out[found] = matrix.data[at_in[found]]
        return out

    def compare(self, path, in_order=True):
        """The written C against this; a message, or None when it agrees."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            c = sp.coo_matrix(scipy.io.mmread(path))
        if c.shape != self.shape:
            return f"shape {c.shape}, expected {self.shape}"
        positions = c.row.astype(np.int64) * c.shape[1] + c.col
        values = c.data
        if not in_order:
            order = np.argsort(positions, kind="stable")
            positions, values = positions[order], values[order]
        elif np.any(np.diff(positions) <= 0):
            return "entries are not in ascending order"
        if len(positions) != self.nnz or np.any(positions != self.positions):
            return (f"structure differs: {len(positions)} entries, expected "
                    f"{self.nnz}")
        return self.compare_values(values)

    def compare_values(self, values):
        with np.errstate(all="ignore"):
            if self.value_type in ("i1", "i32", "i64"):
                bad = values.astype(DTYPES[self.value_type]) != self.values
            else:
                close = abs(values - self.values) <= self.bound
                same = ((values == self.values) |
                        (np.isnan(values) & np.isnan(self.values)))
                bad = ~np.where(np.isfinite(self.bound), close | same, same)
        if np.any(bad):
            worst = int(np.argmax(bad))
            row, col = divmod(int(self.positions[worst]), self.shape[1])
            return (f"{int(bad.sum())} of {self.nnz} values differ, first at "
                    f"row {row + 1}, column {col + 1}: {values[worst]}, "
                    f"expected {self.values[worst]} within "
                    f"{self.bound[worst]}")
        return None


def write(path, matrix, field=None, comment=""):
    """A coordinate general file, with every digit, in the order stored."""
    coo = matrix.tocoo()
    field = field or {"b": "pattern", "i": "integer", "u": "integer",
                      "f": "real", "c": "complex"}[coo.data.dtype.kind]
    with open(path, "w") as file:
        file.write(f"%%MatrixMarket matrix coordinate {field} general\n")
        file.write(comment)
        file.write(f"{coo.shape[0]} {coo.shape[1]} {coo.nnz}\n")
        for row, col, value in zip(coo.row, coo.col, coo.data):
            text = ""
            if field == "integer":
                text = f" {int(value)}"
            elif field == "complex":
                text = f" {float(value.real)!r} {float(value.imag)!r}"
            elif field == "real":
                text = f" {float(value)!r}"
            file.write(f"{row + 1} {col + 1}{text}\n")


def write_entries(path, rows, cols, entries, field="real"):
    """A coordinate general file of (row, col, value), 0-based, as given."""
    with open(path, "w") as file:
        file.write(f"%%MatrixMarket matrix coordinate {field} general\n")
        file.write(f"{rows} {cols} {len(entries)}\n")
        for row, col, value in entries:
            file.write(f"{row + 1} {col + 1} {value!r}\n")


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def load_json(path):
    with open(path) as file:
        return json.load(file)


# INDEX.md -------------------------------------------------------------------


def number(text):
    return int(text.replace(",", ""))


def read_index(folder):
    """{file: {rows, cols, nnz, products, nnz_c, notes}} of folder/INDEX.md."""
    path = os.path.join(folder, "INDEX.md")
    found = {}
    if not os.path.exists(path):
        return found
    header = None
    with open(path) as file:
        for line in file:
            if not line.startswith("|"):
                header = None
                continue
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if header is None:
                header = cells
            elif header[0] == "file" and not cells[0].startswith("-"):
                row = dict(zip(header, cells))
                found[row["file"]] = {
                    "rows": number(row["rows"]), "cols": number(row["cols"]),
                    "nnz": number(row["nnz"]),
                    "products": number(row["products"]),
                    "nnz_c": number(row["nnz(C)"]),
                    "notes": row.get("notes", "")}
    return found


# Modes ----------------------------------------------------------------------


class Mode:
    """How a product is run: blocks x threads of a block, strategy, width."""

    def __init__(self, blocks=None, block_threads=None, strategy=None,
                 bits=None):
        self.blocks, self.block_threads = blocks, block_threads
        self.strategy, self.bits = strategy, bits

    def is_row_wise(self):
        return self.strategy is None or self.strategy.startswith("row_wise")

    def is_exclusive(self):
        """Whether products are added in the order of the inner index."""
        return not self.is_row_wise() or self.block_threads == 1

    def arguments(self):
        if self.blocks is None:
            return []
        return [f"--threads={self.blocks * self.block_threads}",
                f"--block-threads={self.block_threads}",
                f"--strategy={self.strategy}",
                f"--index-bits={self.bits}"]

    def __str__(self):
        if self.blocks is None:
            return "default"
        return (f"{self.blocks}x{self.block_threads} {self.strategy} "
                f"{self.bits} bits")


DEFAULT_MODE = Mode()
ALL_MODES = [Mode(blocks, threads, f"row_wise, accumulator = {kind}", bits)
             for kind in ("dense", "hash") for bits in (32, 64)
             for blocks, threads in ((1, 1), (2, 1), (1, 2), (2, 2))]
# Slower by an order of magnitude: for products that are not large.
OTHER_DATAFLOWS = [Mode(blocks, threads, dataflow, bits)
                   for dataflow in ("inner", "outer")
                   for blocks, threads, bits in ((1, 1, 64), (2, 2, 32))]


# Running --------------------------------------------------------------------


class Scratch(unittest.TestCase):
    """A test with a folder of its own, self.folder."""

    maxDiff = None
    failureException = Failure

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="smash-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def own(self, name):
        return os.path.join(OWN_MATRICES, name)

    def further(self, name):
        """A file of the optional folder; the test is skipped without it."""
        path = os.path.join(MATRIX_DIR or "", name)
        if not MATRIX_DIR or not os.path.exists(path):
            self.skipTest(f"{name}: SMASH_MATRIX_DIR "
                          + ("lacks it" if MATRIX_DIR else "not set"))
        return path

    def multiply(self, *arguments, output="C.mtx"):
        """smash multiply ... -o output --report; (path of C, report)."""
        path, report = self.path(output), self.path("report.json")
        smash("multiply", *arguments, "-o", path, f"--report={report}")
        return path, load_json(report)

    def agree(self, expected, path, in_order=True):
        message = expected.compare(path, in_order)
        self.assertIsNone(message)


def configure(argv=None, extend=None):
    """Parses the options every test takes; returns them all."""
    global SMASH, MATRIX_DIR
    parser = argparse.ArgumentParser()
    parser.add_argument("--smash", required=True, help="the driver")
    parser.add_argument("--matrix-dir", default="",
                        help="further matrices (SMASH_MATRIX_DIR)")
    if extend:
        extend(parser)
    options, rest = parser.parse_known_args(argv)
    SMASH = os.path.abspath(options.smash)
    MATRIX_DIR = options.matrix_dir or None
    if not os.path.exists(SMASH):
        sys.exit(f"no driver at {SMASH}: build the project first")
    return options, rest


def list_folder(folder):
    """The matrices in a folder and its folders, by path from there."""
    files = []
    for pattern in ("**/*.mtx", "**/*.mtx.gz"):
        files += glob.glob(os.path.join(folder, pattern), recursive=True)
    names = sorted(os.path.relpath(f, folder) for f in files)
    return [n for n in names if "malformed" not in n.split(os.sep)]


def configure_folder(kind):
    """Of a test over the matrices of a folder, which has a flag `kind`: its
    options, the folder, what INDEX.md says of it, and its matrices."""
    def extend(parser):
        parser.add_argument("--folder", default="",
                            help="matrices to multiply, instead of those of "
                            "--matrix-dir")
        parser.add_argument("--shard", default="0/1")
        parser.add_argument(kind, action="store_true")
        parser.add_argument("--only", default="", help="a file's name")
    options, _ = configure(extend=extend)
    folder = options.folder or options.matrix_dir
    return options, folder, read_index(folder), list_folder(folder)


def shard_of(options, index, names):
    """Those of `names` that --shard and --only leave: neighbours by size go to
    different shards."""
    shard, shards = map(int, options.shard.split("/"))
    names = sorted(names,
                   key=lambda n: (-index.get(n, {}).get("products", 0), n))
    if options.only:
        names = [n for n in names if options.only in n]
    return names[shard::shards]


def unittest_main(extend=None):
    """Runs the calling module's unittest cases, or a shard of them; skips are
    counted aloud."""
    def with_shard(parser):
        parser.add_argument("--shard", default="0/1",
                            help="which part of the cases, as I/N")
        if extend:
            extend(parser)
    options, rest = configure(extend=with_shard)
    sys.modules["__main__"].options = options
    shard, shards = map(int, options.shard.split("/"))
    if shards > 1:
        rest += [".".join(case.id().split(".")[1:]) for suite in
                 unittest.defaultTestLoader.loadTestsFromModule(
                     sys.modules["__main__"])
                 for case in suite][shard::shards]
    program = unittest.main(module="__main__", argv=[sys.argv[0], "-v", *rest],
                            exit=False)
    for test, reason in program.result.skipped:
        print(f"skipped: {test}: {reason}")
    sys.exit(not program.result.wasSuccessful())
