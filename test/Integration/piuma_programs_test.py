"""Programs in piuma IR that use every engine in every way, on the simulated
machine, on threads of the host and checked, against values computed here.

A program holds many cases and returns one digest; where that differs, halves of
it run until a case is found.
"""

import itertools
import math
import struct

import harness
from harness import Scratch, smash

MODES = ((), ("--functional",), ("--functional", "--checking"))
INTEGERS, FLOATS = ("i32", "i64"), ("f32", "f64")
KINDS = ("add", "min", "max", "and", "or", "xor", "exchange")
SPACE = "#piuma.space<scratchpad>"
LENGTH = 200  # of a buffer: some indices of 8 bits are above 127
MASK = (1 << 64) - 1
PRIME = 1_000_003


def kinds_of(element):
    """The operations that there are on `element`."""
    return [k for k in KINDS if element in INTEGERS or
            k not in ("and", "or", "xor")]


def bits_of(element):
    return int(element[1:])


def wrap(value, bits):
    """`value` as a signed integer of so many bits."""
    value &= (1 << bits) - 1
    return value - (value >> (bits - 1) << bits)


def to_bits(value, element):
    """What stands in memory, as a non-negative integer."""
    if element in FLOATS:
        code = {"f32": ("<f", "<I"), "f64": ("<d", "<Q")}[element]
        return struct.unpack(code[1], struct.pack(code[0], value))[0]
    return value & ((1 << bits_of(element)) - 1)


def rounded(value, element):
    code = {"f32": "<f", "f64": "<d"}[element]
    return struct.unpack(code, struct.pack(code, value))[0]


def combine(kind, old, value, element):
    """`old` after it was combined with `value`, as arith does."""
    if kind in (None, "exchange"):
        return value
    if kind in ("min", "max"):
        if element in FLOATS:
            if math.isnan(old) or math.isnan(value):
                return math.nan
            if old == value:  # -0 below +0
                is_less = math.copysign(1, old) < math.copysign(1, value)
            else:
                is_less = old < value
            return old if is_less == (kind == "min") else value
        return min(old, value) if kind == "min" else max(old, value)
    if kind == "add":
        total = old + value
        return (rounded(total, element) if element in FLOATS
                else wrap(total, bits_of(element)))
    return {"and": old & value, "or": old | value, "xor": old ^ value}[kind]


def digest(digests, start=0):
    for value in digests:
        start = (start * PRIME + value) & MASK
    return start


def literal(value, element):
    """A constant of `element`, exactly."""
    if element in FLOATS:
        return f"0x{to_bits(value, element):0{bits_of(element) // 4}X}"
    return str(value)


class Case:
    """Lines of IR; `value` is the i64 that is added to the digest, which is
    `expected`. Names in `lines` are its own: @ stands for a number."""

    def __init__(self, name, lines, value, expected):
        self.name, self.lines = name, lines
        self.value, self.expected = value, expected


def fold(memref_type, element, buffer, count, result):
    """Lines that digest the bits of `count` elements of `buffer`."""
    if element in INTEGERS:
        as_bits = "%b@ = arith.addi %x@, %zero_{e} : {e}"
    else:
        as_bits = "%b@ = arith.bitcast %x@ : {e} to i{w}"
    widen = ("%w@ = arith.extui %b@ : i32 to i64" if bits_of(element) == 32
             else "%w@ = arith.addi %b@, %zero_i64 : i64")
    return f"""
      {result} = scf.for %j@ = %c0 to {count} step %c1
          iter_args(%sum@ = %zero_i64) -> i64 {{
        %x@ = piuma.load {buffer}[%j@] uncached : {memref_type}, {element}
        {as_bits.format(e=element, w=bits_of(element))}
        {widen}
        %product@ = arith.muli %sum@, %prime : i64
        %next@ = arith.addi %product@, %w@ : i64
        scf.yield %next@ : i64
      }}"""


PRELUDE = f"""
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero_i32 = arith.constant 0 : i32
  %zero_i64 = arith.constant 0 : i64
  %prime = arith.constant {PRIME} : i64
  %length = arith.constant {LENGTH} : index"""


class Programs(Scratch):
    def run_text(self, text, mode):
        program = self.path("program.mlir")
        with open(program, "w") as file:
            file.write(text)
        result = smash("simulate", program, *mode).out
        for line in result.splitlines():
            if line.startswith("result"):
                return int(line.split()[-1]) & MASK
        raise harness.Failure(f"no result: {result}")

    def run_cases(self, prelude, cases, postlude="", launched=False):
        """All of `cases` in one program, in each mode. `launched`: by the
        thread of a block, which has a scratchpad."""
        def text(chosen):
            lines = ["func.func @main() -> i64 {", PRELUDE,
                     "%out, %okOut = piuma.alloc(%c1) for c : memref<?xi64>"]
            if launched:
                lines.append("piuma.launch (%block) in (%c1) {")
            lines.append(prelude)
            total = "%zero_i64"
            for number, case in enumerate(chosen):
                lines.append(case.lines.replace("@", f"_{number}"))
                value = case.value.replace("@", f"_{number}")
                lines.append(f"""
  %scaled_{number} = arith.muli {total}, %prime : i64
  %total_{number} = arith.addi %scaled_{number}, {value} : i64""")
                total = f"%total_{number}"
            lines.append(f"piuma.store {total}, %out[%c0] uncached : i64, "
                         "memref<?xi64>")
            lines.append(postlude)
            if launched:
                lines.append("}")
            lines.append("""
  %result = piuma.load %out[%c0] uncached : memref<?xi64>, i64
  piuma.free %out : memref<?xi64>
  return %result : i64
}""")
            return "\n".join(lines)

        def differs(chosen, mode):
            return (self.run_text(text(chosen), mode) !=
                    digest(case.expected for case in chosen))

        self.assertTrue(cases)
        for mode in MODES:
            with self.subTest(mode=mode):
                if not differs(cases, mode):
                    continue
                while len(cases) > 1:
                    half = len(cases) // 2
                    cases = (cases[:half] if differs(cases[:half], mode)
                             else cases[half:])
                self.fail(cases[0].name if differs(cases, mode)
                          else f"{cases[0].name}, only behind others")

    # The DMA engine ---------------------------------------------------------

    def source(self, element):
        """What the source of a request holds, and IR that computes it."""
        values = [i * 7 % 40 - 20 for i in range(LENGTH)]
        lines = """
    %ramp = arith.muli %i, %c7 : index
    %saw = arith.remui %ramp, %c40 : index
    %unsigned = arith.index_cast %saw : index to i64
    %signed = arith.subi %unsigned, %twenty : i64"""
        if element == "i32":
            # Sums wrap.
            scale = 107_000_001
            return [v * scale for v in values], f"""{lines}
    %narrow = arith.trunci %signed : i64 to i32
    %scale = arith.constant {scale} : i32
    %value = arith.muli %narrow, %scale : i32"""
        if element == "i64":
            scale = 460_000_000_000_000_003
            return [v * scale for v in values], f"""{lines}
    %scale = arith.constant {scale} : i64
    %value = arith.muli %signed, %scale : i64"""
        # Exact in both types.
        return [v * 0.25 for v in values], f"""{lines}
    %float = arith.sitofp %signed : i64 to {element}
    %scale = arith.constant 0.25 : {element}
    %value = arith.mulf %float, %scale : {element}"""

    def request(self, way, kind, element, width, at_memref):
        """(operation, [(destination, source)]) of a request."""
        memref, bits = f"memref<?x{element}>", f"memref<?xi{width}>"
        suffix = f"combine({kind}) " if kind else ""
        count = 37
        ix = [self.index(i) for i in range(LENGTH)]
        if way == "copy":
            return (f"piuma.dma_copy %m[%c3], %o[%c40] count(%c37) {suffix}: "
                    f"{memref}, {at_memref}",
                    [(40 + i, 3 + i) for i in range(count)])
        if way == "strided":
            return (f"piuma.dma_copy %m[%c1], %o[%c7] count(%c37) "
                    f"strides(%c5, %c3) {suffix}: {memref}, {at_memref}",
                    [(7 + 3 * i, 1 + 5 * i) for i in range(count)])
        if way == "gather":
            return (f"piuma.dma_gather %m[%ix{width}[%c5]], %o[%c3] "
                    f"count(%c37) {suffix}: {memref}, {bits}, {at_memref}",
                    [(3 + i, ix[5 + i]) for i in range(count)])
        assert way == "scatter"
        return (f"piuma.dma_scatter %m[%c5], %o[%ix{width}[%c3]] count(%c37) "
                f"{suffix}: {memref}, {bits}, {at_memref}",
                [(ix[3 + i], 5 + i) for i in range(count)])

    @staticmethod
    def index(i):
        """Distinct below LENGTH, in no order."""
        return i * 73 % LENGTH

    def dma(self, element, widths, launched):
        memref = f"memref<?x{element}>"
        out = f"memref<{LENGTH}x{element}, {SPACE}>" if launched else memref
        values, lines = self.source(element)
        prelude = [f"  %c{i} = arith.constant {i} : index"
                   for i in (3, 5, 7, 37, 40, 73)]
        prelude.append("  %twenty = arith.constant 20 : i64")
        before = values[11]  # of every element of the destination
        prelude.append(f"""
  %before = arith.constant {literal(before, element)} : {element}
  %m, %ok = piuma.alloc(%length) for a : {memref}
  scf.for %i = %c0 to %length step %c1 {{ {lines}
    piuma.store %value, %m[%i] uncached : {element}, {memref}
  }}""")
        postlude = [f"piuma.free %m : {memref}"]
        if launched:
            prelude.append(f"  %o = piuma.scratchpad at 0 : {out}")
        else:
            prelude.append(f"  %o, %okO = piuma.alloc(%length) for c : {out}")
            postlude.append(f"piuma.free %o : {out}")
        for width in widths:
            cast = (f"%index = arith.index_cast %spread : index to i{width}")
            prelude.append(f"""
  %ix{width}, %okI{width} = piuma.alloc(%length) for b : memref<?xi{width}>
  scf.for %i = %c0 to %length step %c1 {{
    %far = arith.muli %i, %c73 : index
    %spread = arith.remui %far, %length : index
    {cast}
    piuma.store %index, %ix{width}[%i] uncached : i{width}, memref<?xi{width}>
  }}""")
            postlude.append(f"piuma.free %ix{width} : memref<?xi{width}>")
        fill = (f"%f@ = piuma.dma_fill %before, %o[%c0] count(%length) : "
                f"{element}, {out}\n  piuma.wait %f@")
        read = fold(out, element, "%o", "%length", "%d@")
        cases = [Case("fill", fill + read, "%d@",
                      digest([to_bits(before, element)] * LENGTH))]
        for way, kind in itertools.product(
                ("copy", "strided", "gather", "scatter"),
                (None, *kinds_of(element))):
            for width in widths if way in ("gather", "scatter") else (0,):
                operation, moves = self.request(way, kind, element, width, out)
                held = [before] * LENGTH
                for to, source in moves:
                    held[to] = combine(kind, held[to], values[source], element)
                cases.append(Case(
                    f"{way} {kind} {element} by i{width}",
                    f"{fill}\n  %t@ = {operation}\n  piuma.wait %t@{read}",
                    "%d@", digest(to_bits(v, element) for v in held)))
        self.run_cases("\n".join(prelude), cases, "\n".join(postlude), launched)

    def test_dma(self):
        for element in (*INTEGERS, *FLOATS):
            with self.subTest(element=element):
                self.dma(element, (8, 16, 32, 64), launched=False)

    def test_dma_to_the_scratchpad(self):
        for element in (*INTEGERS, *FLOATS):
            with self.subTest(element=element):
                self.dma(element, (32,), launched=True)

    def test_dma_combines_where_indices_repeat(self):
        """Into few elements, by several requests at once."""
        repeats, requests = 64, 3
        prelude = f"""
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %n = arith.constant {repeats} : index
  %ix, %okI = piuma.alloc(%n) for b : memref<?xi16>
  scf.for %i = %c0 to %n step %c1 {{
    %few = arith.remui %i, %c4 : index
    %index = arith.index_cast %few : index to i16
    piuma.store %index, %ix[%i] uncached : i16, memref<?xi16>
  }}"""
        postlude = ["piuma.free %ix : memref<?xi16>"]
        cases = []
        for element in (*INTEGERS, *FLOATS):
            memref = f"memref<?x{element}>"
            convert = {"i32": "arith.index_cast %i : index to i32",
                       "i64": "arith.index_cast %i : index to i64",
                       "f32": "arith.uitofp %wide : i64 to f32",
                       "f64": "arith.uitofp %wide : i64 to f64"}[element]
            prelude += f"""
  %one_{element} = arith.constant {literal(1, element)} : {element}
  %m_{element}, %okM_{element} = piuma.alloc(%n) for a : {memref}
  %o_{element}, %okO_{element} = piuma.alloc(%c8) for c : {memref}
  scf.for %i = %c0 to %n step %c1 {{
    %wide = arith.index_cast %i : index to i64
    %value = {convert}
    piuma.store %value, %m_{element}[%i] uncached : {element}, {memref}
  }}"""
            postlude += [f"piuma.free %{b}_{element} : {memref}" for b in "mo"]
            for kind in kinds_of(element):
                if kind == "exchange":  # which one is last, nobody knows
                    continue
                buffer = f"%o_{element}"
                lines = [f"%f@ = piuma.dma_fill %one_{element}, {buffer}[%c0] "
                         f"count(%c8) : {element}, {memref}",
                         "piuma.wait %f@"]
                lines += [f"%t{r}@ = piuma.dma_scatter %m_{element}[%c0], "
                          f"{buffer}[%ix[%c0]] count(%n) combine({kind}) : "
                          f"{memref}, memref<?xi16>, {memref}"
                          for r in range(requests)]
                lines.append("piuma.wait " + ", ".join(
                    f"%t{r}@" for r in range(requests)))
                held = [1 if element in INTEGERS else 1.0] * 8
                for i in list(range(repeats)) * requests:
                    held[i % 4] = combine(kind, held[i % 4], i, element)
                cases.append(Case(
                    f"{kind} {element}", "\n".join(lines) + fold(
                        memref, element, buffer, "%c8", "%d@"), "%d@",
                    digest(to_bits(v, element) for v in held)))
        self.run_cases(prelude, cases, "\n".join(postlude))

    def test_dma_of_nothing_and_far_away(self):
        """No element; and an index of 16 bits above 2^15."""
        far = 40_001
        memref, ix = "memref<?xi64>", "memref<?xi16>"
        prelude = f"""
  %far = arith.constant {far} : index
  %many = arith.constant {far + 1} : index
  %five = arith.constant 5 : i64
  %index = arith.constant {wrap(far, 16)} : i16
  %m, %okM = piuma.alloc(%many) zeroed for a : {memref}
  %o, %okO = piuma.alloc(%c1) for c : {memref}
  %ix, %okI = piuma.alloc(%c1) for b : {ix}
  piuma.store %index, %ix[%c0] uncached : i16, {ix}
  piuma.store %zero_i64, %o[%c0] uncached : i64, {memref}
  piuma.store %five, %m[%far] uncached : i64, {memref}"""
        read = f"piuma.load %o[%c0] uncached : {memref}, i64"
        cases = []
        for name, op in (
                ("copy", f"dma_copy %m[%far], %o[%c0] count(%c0) : "
                 f"{memref}, {memref}"),
                ("fill", f"dma_fill %five, %o[%c0] count(%c0) : i64, {memref}"),
                ("gather", f"dma_gather %m[%ix[%c0]], %o[%c0] count(%c0) : "
                 f"{memref}, {ix}, {memref}"),
                ("scatter", f"dma_scatter %m[%far], %o[%ix[%c0]] count(%c0) : "
                 f"{memref}, {ix}, {memref}")):
            cases.append(Case(f"{name} of nothing", f"""
  %t@ = piuma.{op}
  piuma.wait %t@
  %d@ = {read}""", "%d@", 0))
        cases.append(Case("far gather", f"""
  %t@ = piuma.dma_gather %m[%ix[%c0]], %o[%c0] count(%c1)
    : {memref}, {ix}, {memref}
  piuma.wait %t@
  %d@ = {read}
  piuma.store %zero_i64, %o[%c0] uncached : i64, {memref}""", "%d@", 5))
        cases.append(Case("far scatter", f"""
  piuma.store %prime, %o[%c0] uncached : i64, {memref}
  %t@ = piuma.dma_scatter %o[%c0], %m[%ix[%c0]] count(%c1)
    : {memref}, {ix}, {memref}
  piuma.wait %t@
  %d@ = piuma.load %m[%far] uncached : {memref}, i64""", "%d@", PRIME))
        self.run_cases(prelude, cases, "\n".join(
            f"piuma.free %{b} : {t}" for b, t in
            (("m", memref), ("o", memref), ("ix", ix))))

    # Atomics ----------------------------------------------------------------

    def atomics(self, launched):
        prelude, postlude, cases = [], [], []
        most = {"i32": (1 << 31) - 1, "i64": (1 << 63) - 1}
        for element in (*INTEGERS, *FLOATS):
            memref = f"memref<?x{element}>"
            if launched:
                memref = f"memref<2x{element}, {SPACE}>"
                at = 16 * (*INTEGERS, *FLOATS).index(element)
                prelude.append(f"%m_{element} = piuma.scratchpad at {at} : "
                               f"{memref}")
            else:
                prelude.append(f"%m_{element}, %ok_{element} = "
                               f"piuma.alloc(%c2) for c : {memref}")
                postlude.append(f"piuma.free %m_{element} : {memref}")
            if element in INTEGERS:
                pairs = [(-5, 3), (most[element], 1), (-1 - most[element], -1)]
            else:
                # NaNs apart, whose bits nobody promises.
                pairs = [(-5.5, 3.25), (0.0, -0.0), (-0.0, 0.0),
                         (math.inf, 1.5), (-math.inf, 1e30)]
                if element == "f32":
                    pairs[-1] = (-math.inf, 1024.0)
            for kind, (old, value), gives in itertools.product(
                    kinds_of(element), pairs, (False, True)):
                buffer = f"%m_{element}"
                result, of = (("%old@ = ", f" -> {element}") if gives
                              else ("", ""))
                lines = f"""
  %a@ = arith.constant {literal(old, element)} : {element}
  %v@ = arith.constant {literal(value, element)} : {element}
  piuma.store %a@, {buffer}[%c0] uncached : {element}, {memref}
  piuma.store %a@, {buffer}[%c1] uncached : {element}, {memref}
  {result}piuma.atomic {kind} {buffer}[%c1], %v@ : {memref}, {element}{of}"""
                if gives:
                    # What stood there takes the neighbour's place.
                    lines += (f"\n  piuma.store %old@, {buffer}[%c0] uncached "
                              f": {element}, {memref}")
                lines += fold(memref, element, buffer, "%c2", "%d@")
                cases.append(Case(
                    f"{kind} {element} {old} {value} {gives}", lines, "%d@",
                    digest([to_bits(old, element), to_bits(
                        combine(kind, old, value, element), element)])))
            bits = f"i{bits_of(element)}"
            back = ("arith.addi %old@, %zero_{0} : {0}" if element in INTEGERS
                    else "arith.bitcast %old@ : {1} to {0}").format(element,
                                                                    bits)
            one, two = pairs[0]
            for hits in (False, True):
                expected = to_bits(one if hits else two, element)
                cases.append(Case(
                    f"compare_exchange {element} {hits}", f"""
  %a@ = arith.constant {literal(one, element)} : {element}
  %e@ = arith.constant {wrap(expected, bits_of(element))} : {bits}
  %v@ = arith.constant {wrap(to_bits(two, element), bits_of(element))} : {bits}
  piuma.store %a@, %m_{element}[%c1] uncached : {element}, {memref}
  %old@ = piuma.compare_exchange %m_{element}[%c1], %e@, %v@ : {memref}, {bits}
  %back@ = {back}
  piuma.store %back@, %m_{element}[%c0] uncached : {element}, {memref}
  {fold(memref, element, f"%m_{element}", "%c2", "%d@")}""", "%d@",
                    digest([to_bits(one, element),
                            to_bits(two if hits else one, element)])))
        prelude.insert(0, "%c2 = arith.constant 2 : index")
        self.run_cases("\n".join(prelude), cases, "\n".join(postlude), launched)

    def test_atomics(self):
        self.atomics(launched=False)

    def test_atomics_of_the_scratchpad(self):
        self.atomics(launched=True)

    def test_not_a_number(self):
        """Minimum and maximum give one where one goes in."""
        for element, kind, first in itertools.product(
                FLOATS, ("min", "max"), (False, True)):
            memref = f"memref<?x{element}>"
            pair = (math.nan, 1.0) if first else (1.0, math.nan)
            text = f"""
func.func @main() -> i64 {{ {PRELUDE}
  %a = arith.constant {literal(pair[0], element)} : {element}
  %v = arith.constant {literal(pair[1], element)} : {element}
  %m, %ok = piuma.alloc(%c1) for c : {memref}
  piuma.store %a, %m[%c0] uncached : {element}, {memref}
  piuma.atomic {kind} %m[%c0], %v : {memref}, {element}
  %x = piuma.load %m[%c0] uncached : {memref}, {element}
  piuma.free %m : {memref}
  %is = arith.cmpf uno, %x, %x : {element}
  %wide = arith.extui %is : i1 to i64
  return %wide : i64
}}"""
            for mode in MODES:
                with self.subTest(element=element, kind=kind, mode=mode):
                    self.assertEqual(self.run_text(text, mode), 1)

    # The collective engine --------------------------------------------------

    def test_reduce(self):
        """A value of each thread, of every type and kind: all of them get the
        same, combined in the order of their numbers."""
        threads = 11
        prelude = [f"%threads = arith.constant {threads} : index"]
        cases, postlude = [], []
        for element in (*INTEGERS, *FLOATS):
            memref = f"memref<?x{element}>"
            prelude.append(f"""
  %o_{element}, %ok_{element} = piuma.alloc(%threads) for c : {memref}""")
            postlude.append(f"piuma.free %o_{element} : {memref}")
            for kind, pipeline in itertools.product(kinds_of(element),
                                                    ("multi", "single")):
                if kind == "exchange":
                    continue
                if element in INTEGERS:
                    values = [i * 5 % threads - 4 for i in range(threads)]
                    make = f"""
      %t@ = arith.muli %thread@, %five@ : index
      %r@ = arith.remui %t@, %threads : index
      %u@ = arith.index_cast %r@ : index to {element}
      %four@ = arith.constant 4 : {element}
      %v@ = arith.subi %u@, %four@ : {element}"""
                else:
                    # A sum that depends on its order.
                    third = rounded(1 / 3, element)
                    values = [combine("add", third, i, element)
                              for i in range(threads)]
                    third = literal(third, element)
                    make = f"""
      %u@ = arith.index_cast %thread@ : index to i64
      %f@ = arith.sitofp %u@ : i64 to {element}
      %third@ = arith.constant {third} : {element}
      %v@ = arith.addf %third@, %f@ : {element}"""
                total = values[0]
                for value in values[1:]:
                    total = combine(kind, total, value, element)
                text = f"""
  %n@ = arith.constant {threads if pipeline == "multi" else 2} : index
  piuma.launch (%block@) in (%c1) {{
    piuma.spawn (%thread@) in (%n@) on {pipeline} {{
      %five@ = arith.constant 5 : index {make}
      %all@ = piuma.reduce {kind} %v@ : {element}
      piuma.store %all@, %o_{element}[%thread@] uncached : {element}, {memref}
    }}
  }}
  {fold(memref, element, f"%o_{element}", "%n@", "%d@")}"""
                count = threads
                if pipeline == "single":
                    count = 2
                    total = combine(kind, values[0], values[1], element)
                cases.append(Case(f"{kind} {element} {pipeline}", text, "%d@",
                                  digest([to_bits(total, element)] * count)))
        self.run_cases("\n".join(prelude), cases, "\n".join(postlude))

    # The queue engine -------------------------------------------------------

    def queue_in_turn(self, element, launched):
        """One thread: order, room for so many, and none when it is empty."""
        room = 4
        memref = (f"memref<{room}x{element}, {SPACE}>" if launched
                  else f"memref<?x{element}>")
        queue = f"!piuma.queue<{element}>"
        if launched:
            prelude = f"%m = piuma.scratchpad at 0 : {memref}"
            postlude = ""
        else:
            prelude = f"""
  %room = arith.constant {room} : index
  %m, %ok = piuma.alloc(%room) for c : {memref}"""
            postlude = f"piuma.free %m : {memref}"
        bits = f"i{bits_of(element)}"
        values = [-3, 1 << 20, 7, 9, 11, 13]
        if element in FLOATS:
            values = [v / 4 for v in values]
        lines = [f"%q@ = piuma.queue_create %m : {memref} -> {queue}"]
        held, seen = [], []
        total = "%zero_i64"
        number = 0

        def see(value, of):
            """Folds a value of i1 or `element`."""
            nonlocal total, number
            number += 1
            source = value
            if of in FLOATS:
                lines.append(f"%z{number}@ = arith.bitcast {value} : {of} to "
                             f"{bits}")
                source, of = f"%z{number}@", bits
            if of != "i64":
                lines.append(f"%w{number}@ = arith.extui {source} : {of} to "
                             "i64")
                source = f"%w{number}@"
            lines.append(f"%p{number}@ = arith.muli {total}, %prime : i64")
            lines.append(f"%s{number}@ = arith.addi %p{number}@, {source} : "
                         "i64")
            total = f"%s{number}@"

        # Around the end of the buffer twice.
        for step, action in enumerate("rwwrwwwwrrwwrrrrrwwwwwwrrrrrr"):
            if action == "w":
                value = values[step % len(values)]
                lines.append(f"%v{step}@ = arith.constant "
                             f"{literal(value, element)} : {element}")
                lines.append(f"%y{step}@ = piuma.queue_push %q@, %v{step}@ : "
                             f"{queue}")
                see(f"%y{step}@", "i1")
                seen.append(int(len(held) < room))
                if len(held) < room:
                    held.append(value)
            else:
                lines.append(f"%x{step}@, %y{step}@ = piuma.queue_pop %q@ : "
                             f"{queue}")
                see(f"%y{step}@", "i1")
                see(f"%x{step}@", element)
                seen.append(int(bool(held)))
                seen.append(to_bits(held.pop(0) if held else 0, element))
        lines.append(f"piuma.queue_destroy %q@ : {queue}")
        self.run_cases(prelude, [Case(f"queue of {element}", "\n".join(lines),
                                      total, digest(seen))],
                       postlude, launched)

    def test_queues_in_turn(self):
        for element, launched in itertools.product((*INTEGERS, *FLOATS),
                                                   (False, True)):
            with self.subTest(element=element, launched=launched):
                self.queue_in_turn(element, launched)

    def test_queues_of_many_threads(self):
        """Each element is popped once, whoever pushes: with room for all, and
        with room for some, where the rest is added by who found none. On two
        cores, each with a queue, or with one between them."""
        threads, each = 12, 5
        count = threads * each
        for room, shared in itertools.product((count * 2, 3), (False, True)):
            space = ("memref<?xi64>" if shared
                     else f"memref<{room}xi64, {SPACE}>")
            queue = "!piuma.queue<i64>"
            make = f"""
  %room = arith.constant {room} : index
  %m, %okM = piuma.alloc(%room) for c : {space}
  %q = piuma.queue_create %m : {space} -> {queue}"""
            destroy = f"piuma.queue_destroy %q : {queue}"
            if not shared:
                make = f"""
  %m = piuma.scratchpad at 0 : {space}
  %q = piuma.queue_create %m : {space} -> {queue}"""
            text = f"""
func.func @main() -> i64 {{ {PRELUDE}
  %c2 = arith.constant 2 : index
  %threads = arith.constant {threads} : index
  %each = arith.constant {each} : index
  %many = arith.constant {2 * count} : index
  %sum, %ok = piuma.alloc(%c1) zeroed for c : memref<?xi64>
  {make if shared else ""}
  piuma.launch (%block) in (%c2) {{
    {"" if shared else make}
    piuma.spawn (%thread) in (%threads) on multi {{
      scf.for %i = %c0 to %each step %c1 {{
        %a = arith.muli %block, %threads : index
        %b = arith.addi %a, %thread : index
        %c = arith.muli %b, %each : index
        %d = arith.addi %c, %i : index
        %value = arith.index_cast %d : index to i64
        %square = arith.muli %value, %value : i64
        %pushed = piuma.queue_push %q, %square : {queue}
        scf.if %pushed {{
        }} else {{
          piuma.atomic add %sum[%c0], %square : memref<?xi64>, i64
        }}
        %x, %any = piuma.queue_pop %q : {queue}
        scf.if %any {{
          piuma.atomic add %sum[%c0], %x : memref<?xi64>, i64
        }}
      }}
    }}
    {"" if shared else destroy}
  }}
  {destroy if shared else ""}
  {f"piuma.free %m : {space}" if shared else ""}
  %all = piuma.load %sum[%c0] uncached : memref<?xi64>, i64
  piuma.free %sum : memref<?xi64>
  return %all : i64
}}"""
            # Each thread pops as often as it pushes, after it pushed: none is
            # left.
            expected = sum(i * i for i in range(2 * count))
            for mode, seeds in zip(MODES, ((), (0, 1), (0, 1, 2))):
                for flags in ([f"--seed={seed}"] for seed in seeds) \
                        if seeds else ([],):
                    with self.subTest(room=room, shared=shared, mode=mode,
                                      flags=flags):
                        self.assertEqual(self.run_text(
                            text, (*mode, *flags, "--set=cores=2")), expected)


if __name__ == "__main__":
    harness.unittest_main()
