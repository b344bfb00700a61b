"""Simulates products, each once, and keeps what came out."""

import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import time

# Of a report, what documents are made of.
KEPT = ("time_ms", "ipc", "instructions", "dram_bytes", "dram_utilization",
        "probes_per_product", "products", "windows", "large_rows",
        "thread_utilization_mean", "thread_utilization", "phase_cycles",
        "timeline", "events", "target")

# Hash functions that fail take hundreds of probes a product.
MOST_EVENTS = "--max-events=100000000000"


class Runner:
    """Products that are wanted, in order of importance, and their reports.

    `results` is a file with a line for each, under the digest of the compiler
    that made it (its code generator and its machine included), so that an
    interrupted run goes on, and another build starts anew. Nothing is started
    after `deadline` (of time.monotonic)."""

    def __init__(self, smash, results, jobs=1, deadline=None):
        self.smash, self.results = smash, results
        self.jobs, self.deadline = jobs, deadline
        with open(smash, "rb") as file:
            self.build = hashlib.sha256(file.read()).hexdigest()[:16]
        self.reports, self.wanted = {}, {}
        if os.path.exists(results):
            with open(results) as file:
                for line in file:
                    build, key, report = json.loads(line)
                    if build == self.build:
                        self.reports[tuple(key)] = report

    def want(self, matrix, strategy, *flags):
        self.wanted[(matrix, strategy, *flags)] = None

    def report(self, matrix, strategy, *flags):
        """The machine's report of one checked product; None where it was not
        simulated."""
        return self.reports.get((matrix, strategy, *flags))

    def simulate_all(self):
        """Simulates what is wanted and not there yet; how many are left."""
        missing = [key for key in self.wanted if key not in self.reports]
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.simulate, missing))
        return sum(1 for key in self.wanted if key not in self.reports)

    def simulate(self, key):
        if self.deadline and time.monotonic() > self.deadline:
            return
        matrix, strategy, *flags = key
        start = time.monotonic()
        result = subprocess.run(
            [self.smash, "simulate", *matrix.split(" * "),
             f"--strategy={strategy}", "--report=-", "--check", MOST_EVENTS,
             *flags],
            capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"experiments: {matrix}, {strategy}: "
                             f"{result.stderr.strip()}")
        whole = json.loads(result.stdout)["machine"]
        report = {name: whole[name] for name in KEPT if name in whole}
        with open(self.results, "a") as file:
            file.write(json.dumps([self.build, key, report]) + "\n")
        self.reports[key] = report
        print(f"{matrix} {strategy} {' '.join(flags)}: "
              f"{report['time_ms']:.3f} ms, simulated in "
              f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
