#!/usr/bin/env python3
"""The same modules through smash's pipeline, upstream's, and plain Python.

    differential.py --smash-opt PATH --mlir-opt PATH --mlir-runner PATH
                    --libraries A.so,B.so [--cases N] [--seed S] [--case K]

Each case is a module made from the seed: products of sparse matrices of every
format, among sums, scalings, transposes and dense code, in a value type, with
static or dynamic shapes, for one of upstream's storage modes. It is compiled by
`smash-opt --smash-sparsifier-pipeline` and by `mlir-opt --sparsifier`, and run;
what it prints (values, and entries stored) is compared with a plain evaluation.

A failure is: ours prints something else than the evaluation; ours does not
compile what upstream compiles; ours crashes. The case is shrunk, and its module
printed. Where upstream is wrong, or compiles nothing, that is counted.
"""

import argparse
import copy
import random
import re
import subprocess
import sys
import time

FORMATS = {
    "CSR": "(i, j) -> (i : dense, j : compressed)",
    "CSC": "(i, j) -> (j : dense, i : compressed)",
    "DCSR": "(i, j) -> (i : compressed, j : compressed)",
    "DCSC": "(i, j) -> (j : compressed, i : compressed)",
    "COO": "(i, j) -> (i : compressed(nonunique), j : singleton)",
    "COOS": "(i, j) -> (i : compressed(nonunique), j : singleton(soa))",
}
WIDTHS = [(0, 0), (64, 64), (64, 32), (32, 64), (32, 32), (16, 16), (8, 8)]
# Those that upstream's runtime library knows of other types than f64 and f32.
EQUAL_WIDTHS = [(0, 0), (64, 64), (32, 32), (16, 16), (8, 8)]
# Where a transposed copy is nothing but the other order of levels.
SWAPPED = {"CSR": "CSC", "CSC": "CSR", "DCSR": "DCSC", "DCSC": "DCSR"}
TYPES = ["f64", "f64", "f32", "i64", "i32", "i16", "i8", "bf16", "f16",
         "complex<f64>", "complex<f32>"]
# Whole numbers up to which a type is exact in any order of summation.
EXACT = {"f32": 2 ** 24, "f16": 2 ** 11, "bf16": 2 ** 8, "f64": 2 ** 53,
         "complex<f32>": 2 ** 24, "complex<f64>": 2 ** 53}


class Matrix:
    """A value of a case: where entries stand, and what they are."""

    def __init__(self, rows, cols, fmt, widths, entries=None):
        self.rows, self.cols = rows, cols
        self.fmt, self.widths = fmt, widths
        self.entries = entries or {}


def make_case(rng):
    """Inputs, and steps over earlier values, which are numbered."""
    case = {"type": rng.choice(TYPES), "dynamic": rng.random() < 0.6,
            "runtime": rng.random() < 0.5, "inputs": [], "steps": []}
    plain = rng.random() < 0.5  # CSR alone: more of it is compiled by both

    widths = WIDTHS
    if case["runtime"] and case["type"] not in ("f64", "f32"):
        widths = EQUAL_WIDTHS[:1] if "complex" in case["type"] else EQUAL_WIDTHS

    def layout():
        if plain:
            return "CSR", rng.choice(widths)
        return rng.choice(list(FORMATS)), rng.choice(widths)

    def matrix(rows, cols):
        bound = 3 if case["type"] in ("f64", "i64", "i32") else 1
        density = rng.choice([0.0, 0.1, 0.3, 0.7])
        entries = {(i, j): rng.choice([v for v in range(-bound, bound + 1) if v])
                   for i in range(rows) for j in range(cols)
                   if rng.random() < density}
        case["inputs"].append(Matrix(rows, cols, *layout(), entries))
        return ("in", len(case["inputs"]) - 1), rows, cols

    values = []  # (name, rows, cols)
    for _ in range(rng.randint(1, 2)):
        values.append(matrix(rng.randint(1, 7), rng.randint(1, 7)))
    kinds = ["product"] + rng.choices(
        ["product", "sum", "times", "scale", "update", "transpose", "matvec",
         "plus_dense"], k=rng.randint(0, 3))
    rng.shuffle(kinds)
    for kind in kinds:
        name, rows, cols = rng.choice(values)
        step = {"kind": kind, "args": [name], "layout": layout()}
        if kind == "product":
            step["ta"], step["tb"] = rng.random() < .25, rng.random() < .25
            inner, m = (rows, cols) if step["ta"] else (cols, rows)
            n = rng.randint(1, 7)
            other = matrix(n, inner) if step["tb"] else matrix(inner, n)
            step["args"].append(other[0])
            rows, cols = m, n
        elif kind in ("sum", "times"):
            step["args"].append(matrix(rows, cols)[0])
        elif kind == "scale":
            step["factor"] = rng.choice([2, -1])
        elif kind == "update":
            # In place: nobody reads the old value afterwards.
            if name[0] == "in":
                continue
            step["factor"] = rng.choice([2, -1])
            values = [v for v in values if v[0] != name]
        elif kind == "transpose":
            old = (case["inputs"][name[1]].fmt if name[0] == "in" else
                   case["steps"][name[1]]["layout"][0])
            if old not in SWAPPED:
                continue
            step["layout"] = (SWAPPED[old], step["layout"][1])
            rows, cols = cols, rows
        case["steps"].append(step)
        if kind not in ("matvec", "plus_dense"):
            values.append((("step", len(case["steps"]) - 1), rows, cols))
    return case


# --- evaluation --------------------------------------------------------------

def wrap(value, element):
    if element.startswith("i"):
        bits = int(element[1:])
        value = (value + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))
    elif abs(value) > EXACT[element]:
        raise OverflowError
    return value


def transposed(entries):
    return {(j, i): v for (i, j), v in entries.items()}


def evaluate(case):
    """[(values by row, entries stored or None)] of all steps."""
    element, results, printed = case["type"], {}, []
    for number, matrix in enumerate(case["inputs"]):
        results["in", number] = (matrix.entries, matrix.rows, matrix.cols)
    for number, step in enumerate(case["steps"]):
        x, rows, cols = results[step["args"][0]]
        kind, out = step["kind"], {}
        if kind == "product":
            y, r2, c2 = results[step["args"][1]]
            if step["ta"]:
                x, rows, cols = transposed(x), cols, rows
            if step["tb"]:
                y, r2, c2 = transposed(y), c2, r2
            cols = c2
            for (i, k), a in x.items():
                for j in range(cols):
                    if (k, j) in y:
                        out[i, j] = wrap(out.get((i, j), 0) + a * y[k, j],
                                         element)
        elif kind == "sum":
            y = results[step["args"][1]][0]
            out = {p: wrap(x.get(p, 0) + y.get(p, 0), element)
                   for p in {**x, **y}}
        elif kind == "times":
            y = results[step["args"][1]][0]
            out = {p: wrap(x[p] * y[p], element) for p in x if p in y}
        elif kind in ("scale", "update"):
            out = {p: wrap(v * step["factor"], element) for p, v in x.items()}
        elif kind == "transpose":
            out, rows, cols = transposed(x), cols, rows
        elif kind == "plus_dense":
            printed.append(([[wrap(x.get((i, j), 0) + 1, element)
                              for j in range(cols)] for i in range(rows)],
                            None))
            continue
        elif kind == "matvec":
            printed.append(([[wrap(sum(x.get((i, j), 0) for j in range(cols)),
                                   element)] for i in range(rows)], None))
            continue
        results["step", number] = (out, rows, cols)
        printed.append(([[out.get((i, j), 0) for j in range(cols)]
                         for i in range(rows)], len(out)))
    return printed


# --- modules -----------------------------------------------------------------

class Writer:
    """Writes cases as functions of one module."""

    def __init__(self):
        self.aliases, self.functions, self.lines = {}, [], []
        self.count = 0

    def new(self, text):
        self.count += 1
        self.lines.append(f"  %v{self.count} = {text}")
        return f"%v{self.count}"

    def do(self, text):
        self.lines.append("  " + text)

    def encoding(self, fmt, widths):
        name = f"#{fmt}_{widths[0]}_{widths[1]}"
        self.aliases[name] = (
            f"{name} = #sparse_tensor.encoding<{{ map = {FORMATS[fmt]}, "
            f"posWidth = {widths[0]}, crdWidth = {widths[1]} }}>")
        return name

    def shape(self, case, rows, cols):
        return "?x?x" if case["dynamic"] else f"{rows}x{cols}x"

    def constant(self, value, element):
        if element.startswith("complex"):
            part = element[len("complex<"):-1]
            return self.new(f"complex.constant [{value}.0 : {part}, 0.0 : "
                            f"{part}] : {element}")
        return self.new(f"arith.constant {self.literal(value, element)} : "
                        f"{element}")

    @staticmethod
    def literal(value, element):
        if element.startswith("complex"):
            return f"({value}.0, 0.0)"
        return str(value) if element.startswith("i") else f"{value}.0"

    def operation(self, name, element, *operands):
        prefix, suffix = (("complex.", "") if element.startswith("complex") else
                          ("arith.", "i" if element.startswith("i") else "f"))
        return f"{prefix}{name}{suffix} {', '.join(operands)} : {element}"

    def generic(self, maps, iterators, ins, outs, element, body):
        """ins and outs are (name, type); body maps block arguments to text."""
        names = [f"%x{i}" for i in range(len(ins) + 1)]
        inputs = (f" ins({', '.join(n for n, _ in ins)} : "
                  f"{', '.join(t for _, t in ins)})" if ins else "")
        header = (f"linalg.generic {{ indexing_maps = ["
                  + ", ".join(f"affine_map<{m}>" for m in maps)
                  + "], iterator_types = ["
                  + ", ".join(f'"{i}"' for i in iterators) + "] }" + inputs +
                  f" outs({outs[0]} : {outs[1]}) {{")
        result = self.new(header)
        self.do("^bb0(" + ", ".join(f"{n}: {element}" for n in names) + "):")
        last = names[0]
        for i, line in enumerate(body(names)):
            last = f"%y{i}"
            self.do(f"  {last} = {line}")
        self.do(f"  linalg.yield {last} : {element}")
        self.do(f"}} -> {outs[1]}")
        return result

    def dims(self, case, rows, cols):
        """Operands of an empty tensor: those that the type leaves open."""
        if not case["dynamic"]:
            return ""
        return ", ".join(self.size(n) for n in (rows, cols))

    def size(self, value):
        """A size that is not known before the program runs."""
        known = self.new(f"arith.constant {value} : index")
        return self.new(f"call @opaque({known}) : (index) -> index")

    def print_dense(self, value, kind, rows, cols, element):
        for i in range(rows):
            for j in range(cols):
                at = [self.new(f"arith.constant {k} : index") for k in (i, j)]
                item = self.new(f"tensor.extract {value}[{', '.join(at)}] : "
                                f"{kind}")
                shown = element
                if element.startswith("complex"):
                    shown = element[len("complex<"):-1]
                    item = self.new(f"complex.re {item} : {element}")
                elif element in ("f16", "bf16"):
                    item = self.new(f"arith.extf {item} : {element} to f32")
                    shown = "f32"
                self.do(f"vector.print {item} : {shown}")

    def case(self, number, case):
        element, values, dead = case["type"], {}, set()
        plain = "(i, j) -> (i, j)"
        parallel = ["parallel", "parallel"]
        self.do(f'vector.print str "case {number}\\n"')
        for index, matrix in enumerate(case["inputs"]):
            entries = sorted(matrix.entries.items())
            dense = f"tensor<{matrix.rows}x{matrix.cols}x{element}>"
            if entries:
                data = (f"sparse<[{', '.join(f'[{i}, {j}]' for (i, j), _ in entries)}],"
                        f" [{', '.join(self.literal(v, element) for _, v in entries)}]>")
            else:
                data = f"dense<{self.literal(0, element)}>"
            d = self.new(f"arith.constant {data} : {dense}")
            kind = (f"tensor<{self.shape(case, matrix.rows, matrix.cols)}"
                    f"{element}, {self.encoding(matrix.fmt, matrix.widths)}>")
            values["in", index] = (self.new(f"sparse_tensor.convert {d} : "
                                            f"{dense} to {kind}"),
                                   kind, matrix.rows, matrix.cols)
        for index, step in enumerate(case["steps"]):
            name, kind, rows, cols = values[step["args"][0]]
            what, maps, iterators = step["kind"], [plain] * 3, parallel
            ins = [(name, kind)]
            if len(step["args"]) == 2:
                ins.append(values[step["args"][1]][:2])
            shown = None
            if what in ("plus_dense", "matvec"):
                # Static: dense code is not what is tested.
                start, columns = (1, cols) if what == "plus_dense" else (0, 1)
                # The output has the open shape of the matrix.
                open_type = (f"tensor<{self.shape(case, rows, columns)}"
                             f"{element}>")
                if what == "matvec":
                    open_type = open_type.replace("?x?x", "?x1x")
                sizes = self.dims(case, rows, columns)
                if what == "matvec":
                    sizes = sizes.split(", ")[0]
                out = self.new(f"tensor.empty({sizes}) : {open_type}")
                value = self.constant(start, element)
                out = self.new(f"linalg.fill ins({value} : {element}) "
                               f"outs({out} : {open_type}) -> {open_type}")
                if what == "matvec":
                    maps = [plain, "(i, j) -> (i, 0)"]
                    iterators = ["parallel", "reduction"]
                else:
                    maps = [plain] * 2
                r = self.generic(maps, iterators, ins, (out, open_type), element,
                                 lambda x: [self.operation("add", element, x[0],
                                                           x[1])])
                self.print_dense(r, open_type, rows, columns, element)
                continue
            if what == "product":
                if step["ta"]:
                    rows, cols = cols, rows
                cols = (values[step["args"][1]][2 if step["tb"] else 3])
            elif what == "transpose":
                rows, cols = cols, rows
            fmt, widths = step["layout"]
            result = (f"tensor<{self.shape(case, rows, cols)}{element}, "
                      f"{self.encoding(fmt, widths)}>")
            if what == "update":
                factor = self.constant(step["factor"], element)
                result = kind
                shown = self.generic([plain], parallel, [], (name, kind),
                                     element, lambda x: [self.operation(
                                         "mul", element, x[0], factor)])
                dead.add(name)
            else:
                if what == "scale":
                    factor = self.constant(step["factor"], element)
                out = self.new(f"tensor.empty({self.dims(case, rows, cols)}) : "
                               f"{result}")
                if what == "product" and not step["ta"] and not step["tb"]:
                    shown = self.new(
                        f"linalg.matmul ins({ins[0][0]}, {ins[1][0]} : "
                        f"{ins[0][1]}, {ins[1][1]}) outs({out} : {result}) -> "
                        f"{result}")
                elif what == "product":
                    a = "k, i" if step["ta"] else "i, k"
                    b = "j, k" if step["tb"] else "k, j"
                    maps = [f"(i, j, k) -> ({m})" for m in (a, b, "i, j")]
                    shown = self.generic(
                        maps, parallel + ["reduction"], ins, (out, result),
                        element, lambda x: [
                            self.operation("mul", element, x[0], x[1]),
                            self.operation("add", element, x[2], "%y0")])
                elif what in ("sum", "times"):
                    verb = "add" if what == "sum" else "mul"
                    shown = self.generic(
                        maps, parallel, ins, (out, result), element,
                        lambda x: [self.operation(verb, element, x[0], x[1])])
                elif what == "scale":
                    shown = self.generic(
                        maps[:2], parallel, ins, (out, result), element,
                        lambda x: [self.operation("mul", element, x[0],
                                                  factor)])
                else:
                    shown = self.generic(
                        ["(i, j) -> (j, i)", plain], parallel, ins,
                        (out, result), element, lambda x: [])
            values["step", index] = (shown, result, rows, cols)
            entries = self.new(f"sparse_tensor.number_of_entries {shown} : "
                               f"{result}")
            self.do(f"vector.print {entries} : index")
            dense = f"tensor<{self.shape(case, rows, cols)}{element}>"
            d = self.new(f"sparse_tensor.convert {shown} : {result} to {dense}")
            self.print_dense(d, dense, rows, cols, element)
        for name, kind, _, _ in values.values():
            if name not in dead:
                self.do(f"bufferization.dealloc_tensor {name} : {kind}")
        self.do("return")
        self.functions.append(f"func.func @case{number}() {{\n" +
                              "\n".join(self.lines) + "\n}")
        self.lines = []

    def module(self, cases):
        for number, case in cases:
            self.case(number, case)
        main = "\n".join(f"  call @case{number}() : () -> ()"
                         for number, _ in cases)
        opaque = ("func.func private @opaque(%x: index) -> index "
                  "attributes { no_inline } {\n  return %x : index\n}")
        return "\n".join(list(self.aliases.values()) + [opaque] + self.functions +
                         [f"func.func @main() {{\n{main}\n  return\n}}\n"])


# --- running -----------------------------------------------------------------

class Runner:
    def __init__(self, options):
        self.options = options

    def run(self, tool, pipeline, text, runtime):
        """({case: printed lines}, error): of one of the two compilers."""
        try:
            return self.compile_and_run(tool, pipeline, text, runtime)
        except subprocess.TimeoutExpired as late:
            return {}, f"crash: no end after {late.timeout:.0f} s: {late.cmd}"

    def compile_and_run(self, tool, pipeline, text, runtime):
        flag = f"--{pipeline}=enable-runtime-library={str(runtime).lower()}"
        compiled = subprocess.run([tool, flag], input=text,
                                  capture_output=True, encoding="utf-8",
                                  check=False, timeout=300)
        if compiled.returncode:
            crash = compiled.returncode < 0
            return {}, ("crash: " if crash else "error: ") + compiled.stderr
        ran = subprocess.run(
            [self.options.mlir_runner, "-e", "main",
             "--entry-point-result=void",
             "--shared-libs=" + self.options.libraries],
            input=compiled.stdout, capture_output=True, encoding="utf-8",
            check=False, timeout=300)
        if ran.returncode:
            return {}, f"crash: running: {ran.stderr}"
        printed, lines = {}, None
        for line in ran.stdout.splitlines():
            if match := re.match(r"case (\d+)", line):
                lines = printed.setdefault(int(match.group(1)), [])
            elif line:
                lines.append(float(line) + 0.0)
        return printed, None

    def both(self, cases):
        runtime = cases[0][1]["runtime"]
        text = Writer().module(cases)
        return (self.run(self.options.smash_opt, "smash-sparsifier-pipeline",
                         text, runtime),
                self.run(self.options.mlir_opt, "sparsifier", text, runtime))


def expected(case):
    lines = []
    for rows, entries in evaluate(case):
        if entries is not None:
            lines.append(float(entries))
        lines += [float(v) for row in rows for v in row]
    return lines


def judge(case, number, ours, theirs):
    """(verdict, why) of one case that ran alone or in a batch."""
    want = expected(case)
    (our_lines, our_error), (their_lines, their_error) = ours, theirs
    right = their_error is None and their_lines.get(number) == want
    if our_error is not None:
        if our_error.startswith("crash") and not (
                their_error or "").startswith("crash"):
            return "failed", "ours crashes: " + our_error
        if their_error is None:
            return "failed", "only upstream compiles it: " + our_error
        return "neither", our_error
    got = our_lines.get(number)
    if got != want:
        # Code of upstream's that is wrong is wrong in both.
        if their_error is None and their_lines.get(number) == got:
            return "both wrong", ""
        return "failed", f"ours prints {got}, not {want}"
    if their_error is not None:
        return "ours alone", their_error
    return ("same" if right else "upstream wrong"), ""


# --- shrinking ---------------------------------------------------------------

def used(case):
    """Drops inputs that no step reads."""
    names = [a for s in case["steps"] for a in s["args"] if a[0] == "in"]
    keep = sorted({index for _, index in names})
    case["inputs"] = [case["inputs"][i] for i in keep]
    for step in case["steps"]:
        step["args"] = [("in", keep.index(a[1])) if a[0] == "in" else a
                        for a in step["args"]]
    return case


def simpler(case):
    """Cases with less in them."""
    for index in reversed(range(len(case["steps"]))):
        if any(("step", index) in s["args"] for s in case["steps"]):
            continue
        smaller = copy.deepcopy(case)
        del smaller["steps"][index]
        for step in smaller["steps"]:
            step["args"] = [("step", a[1] - 1)
                            if a[0] == "step" and a[1] > index else a
                            for a in step["args"]]
        if smaller["steps"]:
            yield used(smaller)
    for index, matrix in enumerate(case["inputs"]):
        for position in list(matrix.entries):
            smaller = copy.deepcopy(case)
            del smaller["inputs"][index].entries[position]
            yield smaller
        if matrix.fmt != "CSR" or matrix.widths != (0, 0):
            smaller = copy.deepcopy(case)
            smaller["inputs"][index].fmt = "CSR"
            smaller["inputs"][index].widths = (0, 0)
            yield smaller
    for index, step in enumerate(case["steps"]):
        if step["layout"] != ("CSR", (0, 0)):
            smaller = copy.deepcopy(case)
            smaller["steps"][index]["layout"] = ("CSR", (0, 0))
            yield smaller
    for key, value in (("type", "f64"), ("dynamic", False), ("runtime", False)):
        if case[key] != value:
            yield {**copy.deepcopy(case), key: value}


def shrink(runner, case, kind):
    """The smallest case found that fails in the same way."""
    changed = True
    while changed:
        changed = False
        for smaller in simpler(case):
            try:
                verdict, why = judge(smaller, 0, *runner.both([(0, smaller)]))
            except OverflowError:
                continue
            if verdict == "failed" and why[:12] == kind[:12]:
                case, changed = smaller, True
                break
    return case


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for tool in ("smash-opt", "mlir-opt", "mlir-runner", "libraries"):
        parser.add_argument("--" + tool, required=True)
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="this one alone")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seconds", type=float,
                        help="begin no more cases after so many seconds")
    parser.add_argument("--limit", type=int, default=5,
                        help="failures to look for")
    parser.add_argument("--verbose", action="store_true",
                        help="say why a case was not compared with upstream")
    options = parser.parse_args()
    runner, start_time = Runner(options), time.monotonic()

    # By storage mode, which is a module's; the next batch is of either.
    batches, waiting = [], {True: [], False: []}
    numbers = range(options.cases) if options.case is None else [options.case]
    for number in numbers:
        case = make_case(random.Random(f"{options.seed}/{number}"))
        try:
            expected(case)
        except OverflowError:
            continue
        batch = waiting[case["runtime"]]
        batch.append((number, case))
        if len(batch) == options.batch:
            batches.append(batch)
            waiting[case["runtime"]] = []
    batches += [batch for batch in waiting.values() if batch]
    counts, failures = {}, 0
    for batch in batches:
        if (options.seconds is not None and counts and
                time.monotonic() - start_time > options.seconds):
            print(f"differential: stopped after {options.seconds:.0f} s")
            break
        ours, theirs = runner.both(batch)
        for number, case in batch:
            mine, other = ours, theirs
            if ours[1] is not None or theirs[1] is not None:
                mine, other = runner.both([(number, case)])
            verdict, why = judge(case, number, mine, other)
            counts[verdict] = counts.get(verdict, 0) + 1
            if options.verbose and verdict != "same":
                print(f"case {number}: {verdict}: {why[:300]}")
            if verdict == "failed":
                failures += 1
                small = shrink(runner, case, why)
                print(f"differential: case {number} of seed {options.seed}, "
                      f"runtime library {small['runtime']}: {why[:2000]}\n"
                      f"{Writer().module([(0, small)])}", flush=True)
        if failures >= options.limit:
            break
    print(f"differential: of {sum(counts.values())} cases of seed "
          f"{options.seed}, " + ", ".join(
              f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    if not counts.get("same"):
        print("differential: nothing was compared")
        failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
