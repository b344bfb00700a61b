"""Multiplies the small matrices of a folder as piuma programs, by every
strategy, on threads of the host and on the simulated machine.

C = A*A, or A*A^T when A is not square. For each run smash's own check agrees,
and the written C has SciPy's structure and values within the rounding bound.

    piuma_matrices_test.py --smash PATH (--folder DIR | --matrix-dir DIR)
                           [--shard I/N] [--quick] [--only NAME]

With --quick, the smallest files run by every sixth strategy, each file by
others than its neighbours.
"""

import os
import sys
import tempfile
import time

import harness
import piuma_harness
from harness import require

STRATEGIES = {
    **piuma_harness.STRATEGIES,
    "list": "row_wise, accumulator = dense, occupancy = list",
    "sort": "row_wise, accumulator = sort",
    "merge": "row_wise, accumulator = merge",
}
# Non-zeros of a file, at most, and products of one with --quick.
MOST_NONZEROS, QUICK_PRODUCTS = 20_000, 2_000
# A simulation of more events (some 12 s) is skipped and counted. A product this
# small has no excuse.
MOST_EVENTS, SMALL_PRODUCTS = 100_000_000, 100_000
RUNTIMES = {"timing": [f"--max-events={MOST_EVENTS}"],
            "functional": ["--functional"]}
# Values that no atomic of 4 or 8 bytes adds, and who needs one.
NO_ATOMIC = {"i1", "complex<f64>"}
MERGE_ATOMICALLY = {"v1", "v2", "v3", "best", "fragmented"}


class Tally:
    def __init__(self):
        self.ran = {(name, runtime): 0 for name in STRATEGIES
                    for runtime in RUNTIMES}
        self.skipped = []  # (file, strategy, runtime, why)


def run_matrix(path, name, strategies, scratch, tally):
    value_type = harness.value_type_of(path)
    a = harness.read(path)
    square = a.shape[0] == a.shape[1]
    b = a if square else a.T.tocsr()
    expected = harness.Expected(a, b, value_type)
    arguments = ["simulate", path, "--check", "--quiet"]
    if not square:
        arguments.append("--transpose-b")
    if value_type == "i1":
        # What `+` of two truth values is, this test leaves to others.
        arguments.append("--semiring=or_and")
    output = os.path.join(scratch, "C.mtx")
    report = os.path.join(scratch, "report.json")
    agreed = set()  # digests of those C that SciPy agreed with
    for strategy, (runtime, flags) in ((s, r) for s in strategies
                                       for r in RUNTIMES.items()):
        def fail(message):
            raise harness.Failure(f"{strategy}, {runtime}: {message}")
        flags = [*flags, f"--strategy={STRATEGIES[strategy]}", "-o", output]
        if runtime == "timing":
            flags.append(f"--report={report}")
        result = harness.smash(*arguments, *flags, expect=None)
        if result.code != 0:
            if "does not end within" in result.err:
                require(expected.products > SMALL_PRODUCTS,
                        f"{strategy}: {expected.products} products: {result}")
                tally.skipped.append((name, strategy, runtime,
                                      f"more than {MOST_EVENTS} events"))
                continue
            if "merge = exclusive needs none" in result.err:
                require(value_type in NO_ATOMIC and
                        strategy in MERGE_ATOMICALLY, result)
                tally.skipped.append((name, strategy, runtime,
                                      f"no atomic of {value_type}"))
                continue
            fail(result)
        found = harness.digest(output)
        if found not in agreed:
            message = expected.compare(output)
            if message:
                fail(f"against SciPy: {message}")
            agreed.add(found)
        if runtime == "timing":
            said = harness.load_json(report)
            if said["nnz_c"] != expected.nnz:
                fail(f"nnz_c = {said['nnz_c']}, expected {expected.nnz}")
        tally.ran[strategy, runtime] += 1
        os.remove(output)
    return expected.products


def main():
    options, folder, index, names = harness.configure_folder("--quick")
    names = harness.shard_of(options, index, [
        n for n in names if n in index and index[n]["nnz"] <= MOST_NONZEROS
        and (not options.quick or index[n]["products"] <= QUICK_PRODUCTS)])
    tally = Tally()
    failures = 0
    for number, name in enumerate(names):
        strategies = [s for i, s in enumerate(STRATEGIES)
                      if not options.quick or (i + number) % 6 == 0]
        start = time.time()
        with tempfile.TemporaryDirectory(prefix="smash-test-") as scratch:
            try:
                products = run_matrix(os.path.join(folder, name), name,
                                      strategies, scratch, tally)
                verdict = f"ok, {products} products"
            except Exception as failure:  # reported, and the next file runs
                failures += 1
                verdict = f"FAILED: {type(failure).__name__}: {failure}"
        print(f"{name}: {time.time() - start:.1f} s, {verdict}", flush=True)
    for skipped in tally.skipped:
        print("skipped: " + ", ".join(skipped))
    idle = [f"{s} on {r}" for (s, r), count in tally.ran.items() if not count]
    if idle and not options.only:
        failures += 1
        print(f"never ran: {', '.join(idle)}")
    print(f"{len(names)} matrices, {sum(tally.ran.values())} runs, "
          f"{len(tally.skipped)} skipped, {failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
