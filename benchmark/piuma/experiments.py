#!/usr/bin/env python3
"""Tests the thesis's claim on a PIUMA-like machine with stated parameters.

    experiments.py [--smash BIN] [--scale N] [--large N] [--seeds N] [-o FOLDER]

Runs products with `smash simulate` and writes smash.md, with plots as SVG, to
FOLDER (docs/experiments). Nothing is measured on the host: the numbers are the
same on every machine. At the default scales it takes three hours of one core;
`--sweep-scale=10`, two.
What was simulated is kept in a file (--results), so that a run that was
interrupted, or that stopped after --minutes, goes on; --jobs runs several at
once.
"""

import argparse
import os
import statistics
import sys
import time

import plots
from plots import number
from runner import Runner

V3_EVEN = "V3, multiplicative hash"
VERSIONS = [
    ("inner", "inner"),
    ("outer", "outer"),
    ("row by row", "row_wise, accumulator = hash"),
    # What wins on a CPU: a fair rival of windows has it, too.
    ("row by row, array and bits",
     "row_wise, accumulator = dense, occupancy = bitmap"),
    ("V1", "smash_v1"),
    ("V2", "smash_v2"),
    ("V3", "smash_v3"),
    (V3_EVEN, "smash_v3, hash_function = multiplicative"),
    ("ours", "smash_best"),
]
STRATEGIES = dict(VERSIONS)
NAMES = [name for name, _ in VERSIONS]
RIVALS = NAMES[:NAMES.index("V3")]
THESIS = {"V1": (986.7, 0.9, 55.2), "V2": (432.5, 1.7, 73.9),
          "V3": (105.4, 2.3, 95.9)}

# One knob at a time from V1 to V3, then on to ours; and ours without a pass
# that knows the machine.
ABLATION = [
    ("V1", "smash_v1"),
    ("+ low bits", "smash_v1, hash_function = low_bits"),
    ("+ work tokens (V2)", "smash_v2"),
    ("+ fragmented table", "smash_v2, table = fragmented"),
    ("+ bulk write-back (V3)", "smash_v3"),
    ("+ multiplicative hash", "smash_v3, hash_function = multiplicative"),
    ("array and bits instead of a table (ours)", "smash_best"),
]
PASSES = ["piuma-promote-scratchpad", "piuma-select-caching",
          "piuma-fuse-spawns", "piuma-delay-waits", "piuma-carry-waits",
          "piuma-unroll-loops"]
# Does nothing on the targets that are named: their caches are large enough.
STAGING = "piuma-stage-reads"
SMALL_CACHE = "--set=cache_bytes=1024"

SWEEPS = [
    ("dram_ns", (45, 100, 200, 400)),
    ("dram_mb_per_second", (8800, 17600, 35200)),
    ("atomic_cycles", (1, 4, 16)),
    ("scratchpad_bytes", (1 << 20, 4 << 20, 16 << 20)),
    ("threads_per_mtp", (4, 16, 32)),
    ("cache_bytes", (1024, 4096, 16384)),
    ("cores", (1, 2, 4, 8)),
]

# Of test/matrices, by domain; where A is not square, A * A'.
REAL = [
    ("can_1072.mtx", "structural engineering"),
    ("gmg2d_63_A.mtx", "multigrid"),
    ("cora.mtx", "citations"),
    ("bayer10.mtx.gz", "chemical process"),
    ("lp_e226.mtx", "linear program, A A'"),
    ("ISPD98_ibm01.mtx.gz", "hypergraph, A A'"),
]
# Of the folder of further matrices, where there is one.
FURTHER = [
    ("gnn/citeseer.mtx", "graph neural network"),
    ("amg/poisson3d_20_A.mtx", "multigrid"),
    ("powergrid/matrix_ACTIVSg200_AC_renumbered_add9_01.mtx", "power grid"),
    ("dnn/n1024-l1.mtx", "sparse neural network"),
    ("graph/polblogs_sym.mtx", "social graph"),
]

# At the thesis's size these take hundreds of probes a product, billions of
# events each, and inner products as long: one seed of them. V1 on natural labels
# takes a thousand probes, and half an hour and more.
LONG = {"natural": ("inner", "V2", "V3"), "permuted": ("inner", "V1")}
TOO_LONG = {"natural": ("V1",), "permuted": ()}


def table(head, rows):
    text = "| " + " | ".join(head) + " |\n"
    text += "|" + "|".join("---" if i == 0 else "--:"
                           for i in range(len(head))) + "|\n"
    for row in rows:
        text += "| " + " | ".join(row) + " |\n"
    return text + "\n"


def ratio(slow, fast):
    return f"{slow / fast:.2f}" if slow and fast else "-"


def shown(value):
    return number(value) if value is not None else "-"


def details(rows):
    """What explains the times of {version: report}."""
    def share(report, phase):
        every = max(1, sum(report["phase_cycles"].values()))
        return f"{report['phase_cycles'][phase] / every:.0%}"
    return table(
        ["version", "ms", "probes a product", "instructions a product", "IPC",
         "DRAM MB", "DRAM utilisation", "threads busy", "distribution",
         "hashing", "write-back"],
        [[version, number(r["time_ms"]), number(r["probes_per_product"]),
          number(r["instructions"] / max(1, r["products"])), number(r["ipc"]),
          number(r["dram_bytes"] / 1e6), f"{r['dram_utilization']:.0%}",
          f"{r['thread_utilization_mean']:.0%}", share(r, "distribution"),
          share(r, "hashing"), share(r, "writeback")]
         for version, r in rows.items() if r])


class Table:
    """The median times of versions on inputs: {name: matrices, of one or more
    seeds}."""

    def __init__(self, runner, inputs, flags=()):
        self.names = list(inputs)
        self.reports, self.seeds = {}, {}
        for name, matrices in inputs.items():
            for version, strategy in VERSIONS:
                runs = [runner.report(m, strategy, *flags) for m in matrices]
                runs = sorted((r for r in runs if r),
                              key=lambda r: r["time_ms"])
                self.reports[name, version] = \
                    runs[(len(runs) - 1) // 2] if runs else None
                self.seeds[name, version] = len(runs)

    def ms(self, name, version):
        report = self.reports[name, version]
        return report["time_ms"] if report else None

    def cell(self, name, version):
        """The time; with how many seeds, where fewer than others have."""
        most = max(self.seeds[name, v] for v in NAMES)
        seeds = self.seeds[name, version]
        few = f" ({seeds} of {most})" if 0 < seeds < most else ""
        return shown(self.ms(name, version)) + few

    def ratios(self, slow, fast):
        values = [self.ms(n, slow) / self.ms(n, fast) for n in self.names
                  if self.ms(n, slow) and self.ms(n, fast)]
        if not values:
            return "not simulated"
        return (f"{number(min(values))} to {number(max(values))}, median "
                f"{number(statistics.median(values))}")

    def fastest(self, name):
        return min((self.ms(name, v), v) for v in NAMES
                   if self.ms(name, v))[1]

    def wins(self, rival, version):
        return [n for n in self.names
                if self.ms(n, rival) and self.ms(n, version)
                and self.ms(n, rival) < self.ms(n, version)]

    def text(self):
        text = table(["input", "seeds"] + NAMES,
                     [[n, str(max(self.seeds[n, v] for v in NAMES))]
                      + [self.cell(n, v) for v in NAMES] for n in self.names])
        text += "The ratio of V3 to ours, with V3's own hash and with a " \
                "multiplicative one:\n\n"
        text += table(
            ["input", "V3 / ours", "V3 multiplicative / ours", "best of all"],
            [[n, ratio(self.ms(n, "V3"), self.ms(n, "ours")),
              ratio(self.ms(n, V3_EVEN), self.ms(n, "ours")),
              self.fastest(n)] for n in self.names
             if any(self.ms(n, v) for v in NAMES)])
        return text + self.findings()

    def findings(self):
        """What the times say of the thesis's claim."""
        of = self.ratios
        text = "What that says, over these inputs, in times as fast:\n\n"
        text += f"- V3 against inner products: {of('inner', 'V3')}; against " \
                f"outer products: {of('outer', 'V3')}; against merging each " \
                f"row by one thread: {of('row by row', 'V3')} in a table, " \
                f"{of('row by row, array and bits', 'V3')} in an array.\n"
        text += f"- V3 against V1: {of('V1', 'V3')} (reported, unverified: " \
                f"9.36); V2 against V1: {of('V1', 'V2')}.\n"
        text += f"- Ours against V3: {of('V3', 'ours')}; against V3 with a " \
                f"multiplicative hash: {of(V3_EVEN, 'ours')}. Ours has no " \
                f"hash function, so that the second is what is not due to " \
                f"hashing.\n"
        for version in ("V3", V3_EVEN):
            won = 0
            for rival in RIVALS:
                names = self.wins(rival, version)
                won += bool(names)
                if names:
                    text += f"- {version} does not win: {rival} is faster on " \
                            f"{'; '.join(names)}.\n"
            compared = [r for r in RIVALS
                        if any(self.ms(n, r) and self.ms(n, version)
                               for n in self.names)]
            if compared and not won:
                text += f"- None of {'; '.join(compared)} is faster than " \
                        f"{version} on any of them.\n"
        lost = [n for n in self.names
                if self.ms(n, "ours") and self.fastest(n) != "ours"]
        text += ("- Ours is not the fastest on: " + "; ".join(lost) + ".\n"
                 if lost else "- Ours is the fastest of what was simulated on "
                 "every one of them.\n")
        return text + "\n"


def flips(key, values, series):
    """Pairs whose order over the first value is another over some other."""
    text = ""
    names = list(series)
    for i, a in enumerate(names):
        for b in names[i + 1:]:
            order = {series[a][j] < series[b][j] for j in range(len(values))
                     if series[a][j] and series[b][j]}
            if len(order) > 1:
                text += f"- The order of {a} and {b} flips.\n"
    return text or f"No order flips over `{key}`.\n"


def parse_arguments():
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--smash", default=os.path.join(root, "build/bin/smash"))
    parser.add_argument("--scale", type=int, default=11,
                        help="of the R-MAT matrices that every version "
                        "multiplies")
    parser.add_argument("--sweep-scale", type=int, default=11,
                        help="of the matrix of the ablation and the sweeps")
    parser.add_argument("--large", type=int, default=14,
                        help="of the section at the thesis's size; 0: none")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sweeps", default=",".join(k for k, _ in SWEEPS),
                        help="numbers of the machine to vary, of: %(default)s")
    parser.add_argument("--no-real", action="store_true",
                        help="leave out the matrices of files")
    parser.add_argument("--matrices", metavar="FOLDER",
                        default=os.environ.get("SMASH_MATRIX_DIR"),
                        help="further matrices (SMASH_MATRIX_DIR)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--minutes", type=float,
                        help="start no simulation after that long, and write "
                        "the document only if none is left")
    parser.add_argument("--partial", action="store_true",
                        help="write it all the same, with '-' for what is "
                        "missing")
    parser.add_argument("--results",
                        default=os.path.join(root, "build/experiments.jsonl"))
    parser.add_argument("-o", default=os.path.join(root, "docs/experiments"))
    options = parser.parse_args()
    options.root = root
    options.sweeps = [(k, v) for k, v in SWEEPS
                      if k in options.sweeps.split(",")]
    return options, parser


def rmat(scale, kind, permuted, seed):
    """The thesis's 254,211 entries at scale 14, and as many a row elsewhere."""
    entries = round(254211 * 2**(scale - 14))
    b = .1 if kind == .5 else .19
    return (f"gen:rmat,scale={scale},nnz={entries},a={kind},b={b},c={b},"
            f"permute={permuted},seed={seed}")


class Inputs:
    """What is multiplied: {name: matrices, of one or more seeds}."""

    def __init__(self, options):
        self.options = options
        seeds = range(1, options.seeds + 1)
        of = lambda scale, kind, permuted, some=seeds: [
            rmat(scale, kind, permuted, s) for s in some]
        self.natural = "stand-in, natural labels"
        self.permuted = "stand-in, permuted labels"
        small, large = options.scale, options.large
        self.small = {
            self.natural: of(small, .5, 0),
            self.permuted: of(small, .5, 1),
            "Graph500, permuted labels, one seed": of(small, .57, 1, [1]),
            "27-point stencil, 10 x 10 x 10": ["gen:stencil27,n=10"],
            "8,000 products, C of 2,000,000 columns": [
                "gen:er,rows=2000,cols=100000,degree=2,seed=1 * "
                "gen:er,rows=100000,cols=2000000,degree=2,seed=2"],
        }
        self.large = {} if not large else {
            self.permuted: of(large, .5, 1),
            self.natural: of(large, .5, 0),
        }
        self.stress = {} if not large else {
            "Graph500, permuted labels": of(large - 1, .57, 1, [1])}
        self.real, self.skipped = {}, []
        if not options.no_real:
            self.find_real()

    def find_real(self):
        own = os.path.join(self.options.root, "test/matrices")
        for folder, files in ((own, REAL), (self.options.matrices, FURTHER)):
            for file, domain in files:
                name = os.path.basename(file).split(".")[0]
                path = os.path.join(folder or "", file)
                if folder and os.path.exists(path):
                    self.real[f"{name} ({domain})"] = [path]
                else:
                    self.skipped.append(name)

    def flags(self, name):
        return ("--transpose-b",) if name.endswith("A A')") else ()

    @property
    def source(self):
        """What the ablation and the sweeps multiply."""
        return rmat(self.options.sweep_scale, .5, 1, 1)


def want_all(runner, inputs, options):
    """What the document is made of, the most important first: an outer and an
    inner product take longest to simulate."""
    source = inputs.source
    windows = [v for v in reversed(NAMES) if v not in ("inner", "outer")]

    def want_large(versions, seeds):
        for seed in seeds:
            for name, matrices in inputs.large.items():
                kind = "permuted" if "permuted" in name else "natural"
                for version in versions:
                    if version not in TOO_LONG[kind] and (
                            seed == 0 or version not in LONG[kind]):
                        runner.want(matrices[seed], STRATEGIES[version])

    def want_sweeps(versions):
        for key, values in options.sweeps:
            for value in values:
                for version in versions:
                    runner.want(source, STRATEGIES[version],
                                f"--set={key}={value}")

    def want_versions(inputs_of, versions, seeds=slice(None)):
        for name, matrices in inputs_of.items():
            for matrix in matrices[seeds]:
                for version in versions:
                    runner.want(matrix, STRATEGIES[version],
                                *inputs.flags(name))

    want_large(["ours", V3_EVEN], [0])
    want_large(["row by row, array and bits"], [0])
    want_versions(inputs.small, windows, slice(1))
    want_knobs(runner, source)
    want_versions(inputs.small, ["outer", "inner"], slice(1))
    want_sweeps(windows)
    want_versions(inputs.real, windows)
    want_gains(runner, inputs)
    want_large(["ours", V3_EVEN], range(1, options.seeds))
    want_versions(inputs.small, windows, slice(1, None))
    want_versions(inputs.stress, ["ours", V3_EVEN])
    want_versions(inputs.real, ["outer", "inner"])
    want_large(windows, range(options.seeds))
    want_large(["outer"], range(options.seeds))
    want_sweeps(["outer", "inner"])
    want_versions(inputs.small, ["outer", "inner"])
    want_versions(inputs.stress, ["V3", "outer"])
    want_large(["inner"], [0])


def with_one_knob(inputs):
    """(name, matrix) of the inputs whose gains are told, mechanism by
    mechanism."""
    return [(name, matrices[0])
            for name, matrices in [*inputs.small.items(), *inputs.real.items()]]


def want_gains(runner, inputs):
    for name, matrix in with_one_knob(inputs):
        for _, strategy in ABLATION:
            runner.want(matrix, strategy, *inputs.flags(name))


def want_knobs(runner, source):
    for _, strategy in ABLATION:
        runner.want(source, strategy)
        runner.want(source, strategy, "--unsorted")
    for version in (V3_EVEN, "ours"):
        for name in PASSES:
            runner.want(source, STRATEGIES[version], f"--without={name}")
        runner.want(source, STRATEGIES[version], SMALL_CACHE)
        runner.want(source, STRATEGIES[version], SMALL_CACHE,
                    f"--without={STAGING}")


def time_of(report):
    return report["time_ms"] if report else None


def head(options, parser, left, wanted):
    flags = []
    for name in ("scale", "sweep_scale", "large", "seeds"):
        if getattr(options, name) != parser.get_default(name):
            flags.append(f" --{name.replace('_', '-')}="
                         f"{getattr(options, name)}")
    if len(options.sweeps) != len(SWEEPS):
        flags.append(" --sweeps=" + ",".join(k for k, _ in options.sweeps))
    if options.no_real:
        flags.append(" --no-real")
    # Where the matrices are that do not come with the project.
    folder = "SMASH_MATRIX_DIR=FOLDER " if options.matrices else ""
    missing = ""
    if left:
        flags.append(" --partial")
        missing = (f"\nThat was after {wanted - left} of {wanted} products; the "
                   f"same command goes on with the rest.")
    return f"""# SMASH on a PIUMA-like machine

Written by

    {folder}benchmark/piuma/experiments.py{"".join(flags)}

The numbers are the same on every machine. They are of a PIUMA-like model with
stated parameters (`smash simulate --help` lists each with its source), not of
PIUMA: read rankings and mechanisms, not milliseconds. Every product below was
checked against a plain one. All versions get the same scratchpad, deliver the
same sorted CSR, and pay for planning and for sorting. `-` was not simulated.{missing}

The thesis (arXiv 2105.14156) says in its abstract that its method is 9.4 times
as fast as competing approaches on PIUMA. Its run times and utilisations below
are *reported, unverified*; its input was an R-MAT matrix of 16,384 rows and
254,211 entries, of which the stand-in here (a = .5, b = c = .1) is a version.
Graph500 (a = .57, b = c = .19) is the stress case, with rows of C that are
nearly full. `row by row` merges each row by one thread, in a table or in an
array with bits that say what is there. Times are simulated ms, on one core of 64
threads unless it says otherwise; where there are several seeds, the median.

"""


def large_section(runner, inputs, options):
    times = Table(runner, inputs.large)
    text = f"""## At the thesis's size

Scale {options.large}. Of what takes billions of events to simulate there is one
seed: inner products, V1, and V2 and V3 on natural labels, whose hashes keep bits
of a key that many labels share, and take hundreds of probes a product. V1 on
natural labels, which would take a thousand, is left out: the smaller scale below
has it.

"""
    text += times.text()
    for name in inputs.large:
        text += f"On {name}, the median seed:\n\n"
        text += details({v: times.reports[name, v] for v in NAMES})
    text += "The thesis's numbers (*reported, unverified*; the times and " \
            "the utilisations cannot both hold for any plausible peak):\n\n"
    text += table(["version", "ms", "IPC", "DRAM utilisation"],
                  [[v, str(ms), str(ipc), f"{share} %"]
                   for v, (ms, ipc, share) in THESIS.items()])
    stress = Table(runner, inputs.stress)
    for name in inputs.stress:
        if not any(stress.seeds[name, v] for v in NAMES):
            continue
        text += f"### Dense rows\n\n{name}, scale {options.large - 1}, one " \
                f"seed:\n\n"
        text += details({v: stress.reports[name, v] for v in NAMES})
    return text


def small_section(runner, inputs, options, save):
    times = Table(runner, inputs.small)
    text = f"## All versions\n\nScale {options.scale}, where probes are " \
           f"few enough for every version.\n\n"
    text += times.text()
    chosen = inputs.permuted
    save("versions.svg", plots.bars(
        f"Simulated time, {chosen}", "ms",
        {v: times.ms(chosen, v) for v in NAMES if times.ms(chosen, v)}))
    text += "![versions](versions.svg)\n\n"
    for name in (inputs.natural, chosen):
        text += f"On {name}:\n\n"
        text += details({v: times.reports[name, v] for v in NAMES})
    rows = {v: times.reports[chosen, v] for v in NAMES
            if times.reports[chosen, v]}

    def over_time(report, values, scale):
        cycles = report["timeline"]["interval_cycles"]
        return [value / cycles * scale for value in report["timeline"][values]]
    mhz = next(iter(rows.values()))["target"]["clock_mhz"]
    save("ipc.svg", plots.timelines(
        f"IPC over the run, {chosen}", "instructions a cycle",
        {v: over_time(r, "instructions", 1) for v, r in rows.items()}))
    save("bandwidth.svg", plots.timelines(
        f"DRAM bandwidth over the run, {chosen}", "GB/s",
        {v: over_time(r, "dram_bytes", mhz * 1e-3) for v, r in rows.items()}))
    save("threads.svg", plots.histograms(
        chosen, {v: r["thread_utilization"] for v, r in rows.items()}))
    return text + "![IPC over time](ipc.svg)\n\n![bandwidth over time]" \
                  "(bandwidth.svg)\n\n![threads](threads.svg)\n\n"


def real_section(runner, inputs):
    times = Table(runner, {})
    for name, matrices in inputs.real.items():
        part = Table(runner, {name: matrices}, inputs.flags(name))
        times.names.append(name)
        times.reports.update(part.reports)
        times.seeds.update(part.seeds)
    text = "## Real matrices\n\n" + times.text()
    if inputs.skipped:
        text += "Skipped, since the file is not there: " \
                f"{', '.join(inputs.skipped)}.\n\n"
    return text


def knobs_section(runner, source, scale):
    text = f"## One knob at a time\n\nThe stand-in with permuted labels, " \
           f"scale {scale}, seed 1, in ms, and each as a multiple of the one " \
           f"above; and without sorting C's rows.\n\n"
    rows, last = [], None
    for name, strategy in ABLATION:
        ms = time_of(runner.report(source, strategy))
        unsorted = time_of(runner.report(source, strategy, "--unsorted"))
        rows.append([name, shown(ms), ratio(last, ms) if last else "",
                     shown(unsorted)])
        last = ms
    text += table(["version", "sorted", "times as fast", "unsorted"], rows)
    text += "What a pass that knows the machine is worth, as the ratio of the " \
            "time without it (`piuma-carry-waits` is what overlaps the " \
            "write-back of a window with the hashing of the next; ours writes " \
            "back by threads, and has nothing to overlap):\n\n"
    def worth(name, *flags):
        return [ratio(time_of(runner.report(source, STRATEGIES[version], *flags,
                                            f"--without={name}")),
                      time_of(runner.report(source, STRATEGIES[version],
                                            *flags)))
                for version in (V3_EVEN, "ours")]
    return text + table(
        ["pass"] + [V3_EVEN, "ours"],
        [[f"`{name}`"] + worth(name) for name in PASSES]
        + [[f"`{STAGING}`, caches of 1 KiB"] + worth(STAGING, SMALL_CACHE)])


def gains_section(runner, inputs):
    """What each mechanism is worth on each input."""
    rows = []
    for name, matrix in with_one_knob(inputs):
        times = [time_of(runner.report(matrix, strategy, *inputs.flags(name)))
                 for _, strategy in ABLATION]
        rows.append([name] + [ratio(a, b) if a and b else "-"
                              for a, b in zip(times, times[1:])])
    text = "The same on every input (one seed): how many times as fast each " \
           "step is as the one before it.\n\n"
    return text + table(["input"] + [step for step, _ in ABLATION[1:]], rows)


def sweeps_section(runner, source, sweeps, save):
    text = "## Sensitivity\n\nThe same input; one number of the machine at a " \
           "time, in ms. An order that flips within the range is no finding " \
           "about PIUMA.\n\n"
    for key, values in sweeps:
        series = {v: [time_of(runner.report(source, STRATEGIES[v],
                                            f"--set={key}={value}"))
                      for value in values] for v in NAMES}
        rows = [[v] + [shown(t) for t in times] for v, times in series.items()]
        rows.append(["V3 / V3 multiplicative"] + [
            ratio(a, b) for a, b in zip(series["V3"], series[V3_EVEN])])
        rows.append(["V3 multiplicative / ours"] + [
            ratio(a, b) for a, b in zip(series[V3_EVEN], series["ours"])])
        text += table([f"`{key}`"] + [str(v) for v in values], rows)
        text += flips(key, values, series) + "\n"
        whole = {v: times for v, times in series.items() if all(times)}
        if key == "cores" and whole:
            text += "As a multiple of one core:\n\n" + table(
                ["`cores`"] + [str(v) for v in values],
                [[v] + [ratio(times[0], t) for t in times]
                 for v, times in whole.items()])
        if whole:
            save(f"{key}.svg", plots.lines(f"Simulated time over {key}", "ms",
                                           values, whole))
            text += f"![{key}]({key}.svg)\n\n"
    return text


def main():
    options, parser = parse_arguments()
    deadline = options.minutes and time.monotonic() + 60 * options.minutes
    runner = Runner(options.smash, options.results, options.jobs, deadline)
    inputs = Inputs(options)
    want_all(runner, inputs, options)
    left = runner.simulate_all()
    if left:
        print(f"experiments: {left} of {len(runner.wanted)} products are left; "
              "run again to go on", file=sys.stderr)
        if not options.partial:
            return 3
    os.makedirs(options.o, exist_ok=True)

    def save(name, text):
        with open(os.path.join(options.o, name), "w") as file:
            file.write(text)

    text = head(options, parser, left, len(runner.wanted))
    if options.large:
        text += large_section(runner, inputs, options)
    text += small_section(runner, inputs, options, save)
    if inputs.real or inputs.skipped:
        text += real_section(runner, inputs)
    text += knobs_section(runner, inputs.source, options.sweep_scale)
    text += gains_section(runner, inputs)
    text += sweeps_section(runner, inputs.source, options.sweeps, save)
    save("smash.md", text.rstrip("\n") + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
