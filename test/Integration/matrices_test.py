"""Multiplies every matrix of a folder, in every mode, and compares with SciPy.

C = A*A, or A*A^T when A is not square. For each run: the report's figures are
those of INDEX.md and of SciPy, smash's own check agrees, the written C reads
back with SciPy's structure and values within the rounding bound. Where rows
are merged exclusively, every mode writes the same bytes.

    matrices_test.py --smash PATH (--folder DIR | --matrix-dir DIR)
                     [--shard I/N] [--slow]

Without --slow, products above SMALL run in a sample of the modes, drawn by the
file's name.
"""

import os
import sys
import tempfile
import time
import zlib

import numpy as np

import harness
from harness import ALL_MODES, DEFAULT_MODE, OTHER_DATAFLOWS, require

# Products up to which every mode runs in the quick suite, and above which three
# sampled modes must do.
SMALL, LARGE = 1_000_000, 3_000_000


def modes_of(name, products, slow):
    if slow or products <= SMALL:
        others = OTHER_DATAFLOWS if products <= LARGE else []
        return [DEFAULT_MODE, *ALL_MODES, *others]
    generator = np.random.RandomState(zlib.crc32(name.encode()))
    count = 8 if products <= LARGE else 3
    drawn = sorted(generator.choice(len(ALL_MODES), count, replace=False))
    return [DEFAULT_MODE, *(ALL_MODES[i] for i in drawn)]


def check_report(report, a, b, expected, figures, mode):
    def same(key, value):
        require(report[key] == value,
                f"report says {key} = {report[key]}, expected {value}")
    same("rows", expected.shape[0])
    same("cols", expected.shape[1])
    same("nnz_a", a.nnz)
    same("nnz_b", b.nnz)
    same("nnz_c", expected.nnz)
    same("products", expected.products)
    if figures:
        require(a.shape == (figures["rows"], figures["cols"]) and
                a.nnz == figures["nnz"],
                f"INDEX.md says {figures}, the file {a.shape}, {a.nnz}")
        same("products", figures["products"])
        same("nnz_c", figures["nnz_c"])
    ratio = expected.products / expected.nnz if expected.nnz else None
    if ratio is not None:
        require(abs(report["compression_ratio"] - ratio) <= 1e-3 * ratio,
                f"compression ratio {report['compression_ratio']}, {ratio}")
    if mode is not DEFAULT_MODE:
        require(report["strategy"].startswith(mode.strategy),
                f"{mode.strategy} was asked, ran {report['strategy']}")
        same("threads", mode.blocks * mode.block_threads)
    for key in ("semiring", "threads", "compile_ms", "run_ms"):
        require(key in report, f"no {key} in the report")
    with np.errstate(all="ignore"):
        norm = float(np.sqrt(np.sum(np.abs(
            expected.values.astype(np.complex128)) ** 2)))
    if np.isfinite(norm) and expected.value_type != "i1":
        close = 1e-5 if expected.value_type == "f32" else 1e-9
        require(abs(report["frobenius_norm"] - norm) <= close * norm,
                f"frobenius norm {report['frobenius_norm']}, SciPy {norm}")


def run_matrix(path, name, figures, slow, scratch):
    value_type = harness.value_type_of(path)
    a = harness.read(path)
    square = a.shape[0] == a.shape[1]
    b = a if square else a.T.tocsr()
    arguments = ["multiply", path]
    if not square:
        arguments.append("--transpose-b")
    if value_type == "i1":
        # What `+` of two truth values is, this test leaves to others.
        arguments.append("--semiring=or_and")
    expected = harness.Expected(a, b, value_type)
    output = os.path.join(scratch, "C.mtx")
    report = os.path.join(scratch, "report.json")
    agreed = {}     # digest of a C that SciPy agreed with: its mode
    exclusive = {}  # the same, of modes whose rows are merged exclusively
    modes = modes_of(name, expected.products, slow)
    for mode in modes:
        def fail(message):
            raise harness.Failure(f"{name}, {mode}: {message}")
        # The driver's map-based check takes its time on large products.
        check = (["--check"] if expected.products <= LARGE or slow or
                 mode is DEFAULT_MODE else [])
        try:
            harness.smash(*arguments, *mode.arguments(), *check, "-o", output,
                          f"--report={report}")
            check_report(harness.load_json(report), a, b, expected, figures,
                         mode)
            found = harness.digest(output)
        except harness.Failure as failure:
            fail(failure)
        if found not in agreed:
            message = expected.compare(output)
            if message:
                fail(f"against SciPy: {message}")
            agreed[found] = mode
        exact = value_type in ("i1", "i32", "i64")
        if exact or mode is DEFAULT_MODE or mode.is_exclusive():
            exclusive[found] = mode
            if len(exclusive) > 1:
                other = next(iter(exclusive.values()))
                fail(f"C is not bit for bit that of {other}")
        os.remove(output)
        os.remove(report)
    return len(modes)


def main():
    options, folder, index, names = harness.configure_folder("--slow")
    if not names:
        sys.exit(f"no matrices in {folder}")
    missing = sorted(set(index) - set(names))
    if missing and options.shard.startswith("0/"):
        sys.exit(f"listed in INDEX.md, not there: {', '.join(missing)}")
    names = harness.shard_of(options, index, names)
    failures = runs = 0
    for name in names:
        start = time.time()
        with tempfile.TemporaryDirectory(prefix="smash-test-") as scratch:
            try:
                count = run_matrix(os.path.join(folder, name), name,
                                   index.get(name), options.slow, scratch)
                runs += count
                verdict = f"ok, {count} modes"
                if name not in index:
                    verdict += ", not in INDEX.md"
            except Exception as failure:  # reported, and the next file runs
                failures += 1
                verdict = f"FAILED: {type(failure).__name__}: {failure}"
        print(f"{name}: {time.time() - start:.1f} s, {verdict}", flush=True)
    print(f"{len(names)} matrices, {runs} runs, {failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
