#!/usr/bin/env python3
"""Checks who includes whom, and that kernels are generated.

    check-layers.py [--root DIR] [--self-test]

The project is layers, and each knows only what `LAYERS` below lists:

  * lib/Support and lib/Runtime see no MLIR; dialects/ see MLIR only;
  * the two dialects never see each other; strategies know no target;
  * lib/Execution knows no dialect of ours;
  * the oracle, lib/Reference, is for the driver's --check and tests only;
  * nothing but the oracle and the embedding entry is a function from two
    matrices to a third: products are compiled, not called;
  * no OpenMP anywhere: it would meet the caller's;
  * no command-line flag (cl::opt) outside tools: it would be the caller's.

Prints one line per violation, FILE:LINE: reason, and exits 1 if there is one.
"""

import argparse
import os
import re
import sys
import tempfile

SUPPORT, RUNTIME, REFERENCE = "lib/Support", "lib/Runtime", "lib/Reference"
TARGET_MODEL = "dialects/Piuma/TargetModel"
IR_COMMON = "dialects/Common"
PIUMA_IR, PIUMA_PASSES = "dialects/Piuma/IR", "dialects/Piuma/Transforms"
SMASH_IR, SMASH_PASSES = "dialects/Smash/IR", "dialects/Smash/Transforms"
SMASH = {SMASH_IR, SMASH_PASSES}
PIUMA = {PIUMA_IR, PIUMA_PASSES, TARGET_MODEL}
STRATEGY, EXECUTION = "lib/Strategy", "lib/Execution"
COMMON = "lib/Conversion/Common"
CONVERSIONS = {COMMON, "lib/Conversion/LinalgToSmash", "lib/Conversion/SmashToHost",
               "lib/Conversion/SmashToPiuma", "lib/Conversion/SmashToSparseTensor",
               "lib/Conversion/PiumaToLLVM"}
PIPELINES, COMPILER, CAPI = "lib/Pipelines", "lib/Compiler", "lib/CAPI"
BELOW_PIPELINES = ({IR_COMMON, SUPPORT, RUNTIME, STRATEGY, EXECUTION} | SMASH | PIUMA |
                   CONVERSIONS)
LIBRARY = BELOW_PIPELINES | {PIPELINES, COMPILER, CAPI}

# What each component may include, itself aside. The longest prefix of a
# file's folder names its component.
LAYERS = {
    SUPPORT: set(),
    RUNTIME: {SUPPORT, TARGET_MODEL},
    REFERENCE: {SUPPORT},
    TARGET_MODEL: set(),
    IR_COMMON: set(),
    SMASH_IR: {IR_COMMON},
    SMASH_PASSES: {SMASH_IR},
    PIUMA_IR: {IR_COMMON, TARGET_MODEL},
    PIUMA_PASSES: {PIUMA_IR, TARGET_MODEL},
    STRATEGY: {SUPPORT} | SMASH,
    COMMON: set(),
    "lib/Conversion/LinalgToSmash": {SUPPORT} | SMASH,
    "lib/Conversion/SmashToHost": {COMMON, SUPPORT, RUNTIME} | SMASH,
    "lib/Conversion/SmashToSparseTensor": {SUPPORT} | SMASH,
    "lib/Conversion/SmashToPiuma": {SUPPORT} | SMASH | PIUMA,
    "lib/Conversion/PiumaToLLVM": {COMMON, SUPPORT, RUNTIME} | PIUMA,
    EXECUTION: {SUPPORT, RUNTIME},
    PIPELINES: BELOW_PIPELINES,
    COMPILER: BELOW_PIPELINES | {PIPELINES},
    CAPI: BELOW_PIPELINES | {PIPELINES, COMPILER},
    "tools": LIBRARY,
    "tools/smash": LIBRARY | {REFERENCE},
    "benchmark": LIBRARY,
    "test": LIBRARY | {REFERENCE},
}
NO_MLIR = {SUPPORT, RUNTIME, REFERENCE, TARGET_MODEL}
LIBRARIES = ("lib/", "include/", "dialects/")
# Where two matrices may become a third.
PRODUCTS = ("lib/Compiler", "lib/Reference", "include/smash/Compiler",
            "include/smash/Reference")
SOURCES = (".h", ".hpp", ".inc", ".def", ".cpp", ".cc", ".c", ".td")

INCLUDE = re.compile(r'^\s*#?\s*include\s+["<]([^">]+)[">]')
OPENMP = re.compile(r'#\s*pragma\s+omp\b|[<"]omp\.h[">]|Dialect/OpenMP|'
                    r'find_package\(OpenMP|OpenMP::|-fopenmp')
FLAGS = re.compile(r"\bcl::(?:opt|list|bits|alias)\b")
MATRIX = r"(?:(?:::)?smash\s*::\s*)?Matrix"
# A function whose result is a matrix, or that fills one, given two.
RETURNS = re.compile(
    r"(?<![\w<:])((?:llvm::)?(?:Expected|FailureOr|ErrorOr)\s*<\s*" + MATRIX +
    r"\s*>|(?:std::)?optional\s*<\s*" + MATRIX + r"\s*>|" + MATRIX +
    r"|(?:llvm::)?Error|(?:llvm::|mlir::)?LogicalResult|void|bool|int)\s+"
    r"((?:\w+::)*\w+)\s*\(([^(){};]*)\)\s*(?:const\b)?\s*(?:noexcept\b)?\s*"
    r"[{;]")
READS = re.compile(r"\bconst\s+" + MATRIX + r"\s*[&*]|\b" + MATRIX +
                   r"\s+const\s*[&*]|(?:^|,)\s*" + MATRIX + r"\s+\w+\s*(?=,|$)")
WRITES = re.compile(r"(?:^|,)\s*" + MATRIX + r"\s*[&*](?!&)")


def component_of(folder):
    """The component of a folder relative to the root, or None."""
    best = None
    for name in LAYERS:
        if (folder + "/").startswith(name + "/"):
            if best is None or len(name) > len(best):
                best = name
    return best


def file_component(path):
    folder = os.path.dirname(path)
    if folder.startswith("include/smash/"):
        folder = "lib/" + folder[len("include/smash/"):]
    elif folder.startswith("include/smash-c"):
        folder = CAPI
    return component_of(folder)


def target_component(included, path, root):
    """What `#include "included"` in `path` reaches; "mlir" for upstream."""
    if included.startswith("mlir/") or included.startswith("mlir-c/"):
        return "mlir"
    if included.startswith("smash/"):
        return component_of("lib/" + os.path.dirname(included)[len("smash/"):])
    if included.startswith("smash-c/"):
        return CAPI
    if included.startswith(("Smash/", "Piuma/", "Common/")):
        return component_of("dialects/" + os.path.dirname(included))
    near = os.path.normpath(os.path.join(os.path.dirname(path), included))
    if os.path.exists(os.path.join(root, near)):
        return file_component(near)
    return None


def without_comments(text):
    """Comments and string literals blanked, line numbers kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', blank, text,
                  flags=re.S)


def check_file(path, root):
    with open(os.path.join(root, path), encoding="utf-8",
              errors="replace") as file:
        text = file.read()
    component = file_component(path)
    code = re.sub(r"//[^\n]*", "", text)
    for number, line in enumerate(code.split("\n"), 1):
        if OPENMP.search(line):
            yield number, "OpenMP is not used: it would meet the caller's"
        if FLAGS.search(line) and path.startswith(LIBRARIES):
            yield number, "a library owns no command-line flag"
        match = INCLUDE.match(line)
        if not match or component is None:
            continue
        target = target_component(match.group(1), path, root)
        if target == "mlir":
            if component in NO_MLIR:
                yield number, f"{component} sees no MLIR"
        elif (target is not None and target != component and
              target not in LAYERS[component]):
            yield number, f"{component} may not include {target}"
    if (path.startswith(("lib/", "tools/", "include/", "dialects/")) and
            not path.startswith(tuple(p + "/" for p in PRODUCTS))):
        code = without_comments(text)
        for match in RETURNS.finditer(code):
            result, name, parameters = match.groups()
            gives = (re.search(MATRIX, result) or WRITES.search(parameters))
            if gives and len(READS.findall(parameters)) >= 2:
                yield (code.count("\n", 0, match.start()) + 1,
                       f"{name} makes a matrix of two: products are compiled, "
                       "only lib/Reference may compute one")


def check_cmake(path, root):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = re.sub(r"#[^\n]*", "", file.read())
    allowed = path.startswith((REFERENCE + "/", "tools/smash/", "test/"))
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"\bSmashReference\b", line) and not allowed:
            yield number, "only tools/smash and tests may link SmashReference"
        if OPENMP.search(line):
            yield number, "OpenMP is not used: it would meet the caller's"


def check(root):
    """(path, line, reason) of every violation under root."""
    for top in ("dialects", "include", "lib", "tools", "test", "benchmark",
                "cmake", "examples", "CMakeLists.txt"):
        start = os.path.join(root, top)
        walk = os.walk(start) if os.path.isdir(start) else [(root, [], [top])]
        for folder, folders, files in walk:
            folders.sort()
            for name in sorted(files):
                full = os.path.join(folder, name)
                path = os.path.relpath(full, root)
                if not os.path.exists(full):
                    continue
                if name == "CMakeLists.txt" or name.endswith(".cmake"):
                    found = check_cmake(path, root)
                elif name.endswith(SOURCES):
                    found = check_file(path, root)
                else:
                    continue
                for line, reason in found:
                    yield path, line, reason


# Each planted file must be reported, with a reason that holds the text.
PLANTED = [
    ("lib/Support/A.cpp", '#include "mlir/IR/Builders.h"\n', "sees no MLIR"),
    ("lib/Runtime/A.cpp", '#include "mlir/IR/Builders.h"\n', "sees no MLIR"),
    ("include/smash/Support/A.h", '#include "smash/Compiler/Compiler.h"\n',
     "lib/Support may not include lib/Compiler"),
    ("dialects/Smash/IR/A.cpp", '#include "smash/Support/Matrix.h"\n',
     "may not include lib/Support"),
    ("dialects/Common/A.h", '#include "Smash/IR/Smash.h"\n',
     "may not include dialects/Smash/IR"),
    ("dialects/Smash/IR/B.td", 'include "Piuma/IR/Piuma.td"\n',
     "may not include dialects/Piuma/IR"),
    ("dialects/Smash/IR/C.h", '#include "Smash/Transforms/Passes.h"\n',
     "may not include dialects/Smash/Transforms"),
    ("dialects/Piuma/Transforms/A.cpp", '#include "Smash/IR/Smash.h"\n',
     "may not include dialects/Smash/IR"),
    ("lib/Strategy/A.cpp", '#include "Piuma/TargetModel/TargetModel.h"\n',
     "may not include dialects/Piuma/TargetModel"),
    ("lib/Conversion/SmashToHost/A.cpp", '#include "Piuma/IR/Piuma.h"\n',
     "may not include dialects/Piuma/IR"),
    ("lib/Execution/A.cpp", '#include "Smash/IR/Smash.h"\n',
     "may not include dialects/Smash/IR"),
    ("lib/Execution/B.cpp", '#include "../Pipelines/Near.h"\n',
     "may not include lib/Pipelines"),
    ("lib/Compiler/A.cpp", '#include "smash/Reference/Reference.h"\n',
     "may not include lib/Reference"),
    ("lib/Reference/A.cpp", '#include "smash/Compiler/Compiler.h"\n',
     "may not include lib/Compiler"),
    ("tools/smash-opt/A.cpp", '#include "smash/Reference/Reference.h"\n',
     "may not include lib/Reference"),
    ("benchmark/A.cpp", '#include "smash/Reference/Reference.h"\n',
     "may not include lib/Reference"),
    ("lib/Runtime/B.cpp", "#pragma omp parallel\n", "OpenMP"),
    ("lib/Runtime/C.cpp", "#include <omp.h>\n", "OpenMP"),
    ("lib/Pipelines/D.cpp", '#include "mlir/Dialect/OpenMP/OpenMPDialect.h"\n',
     "OpenMP"),
    ("lib/Strategy/Flag.cpp", "static llvm::cl::opt<bool> fast(\"fast\");\n",
     "no command-line flag"),
    ("dialects/Smash/IR/Flag.cpp", "cl::list<int> sizes;\n",
     "no command-line flag"),
    ("lib/Support/B.cpp", "llvm::Expected<Matrix>\nproduct(const Matrix &a, "
     "const Matrix &b) {\n", "products are compiled"),
    ("tools/smash/A.cpp", "static Matrix f(const smash::Matrix &a,\n"
     "                const smash::Matrix &b, bool fast);\n",
     "products are compiled"),
    ("lib/Execution/C.cpp", "void spgemm(const Matrix &a, const Matrix &b, "
     "Matrix &c) {\n", "products are compiled"),
    ("lib/Support/C.cpp", "Matrix f(Matrix a, Matrix b) {\n",
     "products are compiled"),
    ("lib/Compiler/CMakeLists.txt", "target_link_libraries(SmashCompiler "
     "SmashReference)\n", "may link SmashReference"),
]
# None of these may be reported.
CLEAN = [
    ("lib/Support/Fine.cpp", '#include "smash/Support/Matrix.h"\n'
     '#include "llvm/ADT/StringRef.h"\n#include "Near.h"\n'
     "llvm::Expected<Matrix> transpose(const Matrix &matrix) {\n"
     "bool equal(const Matrix &a, const Matrix &b) {\n"
     "// Matrix f(const Matrix &a, const Matrix &b);\n"),
    ("dialects/Smash/Transforms/Fine.cpp", '#include "Smash/IR/Smash.h"\n'
     '#include "mlir/IR/Builders.h"\n'),
    ("lib/Compiler/Fine.cpp", "llvm::Expected<Matrix> CompiledProduct::run("
     "const Matrix &a, const Matrix &b) const {\n"),
    ("tools/smash-opt/Flag.cpp", "static cl::opt<bool> fast;\n"),
    ("include/smash/Pipelines/Fine.h", "Option<int> n{*this, \"n\", "
     "llvm::cl::init(1), llvm::cl::desc(\"n\")};\n"),
    ("tools/smash/Fine.cpp", '#include "smash/Reference/Reference.h"\n'),
    ("lib/Conversion/SmashToPiuma/Fine.cpp", '#include "Piuma/IR/Piuma.h"\n'
     '#include "Smash/IR/Smash.h"\n'),
]


def self_test():
    with tempfile.TemporaryDirectory() as root:
        def write(path, text):
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        write("lib/Pipelines/Near.h", "")
        for path, text in CLEAN:
            write(path, text)
        failures = [f"reported, but allowed: {v}" for v in check(root)]
        for path, text, reason in PLANTED:
            write(path, text)
        found = list(check(root))
        for path, text, reason in PLANTED:
            if not any(p == path and reason in r for p, _, r in found):
                failures.append(f"not caught: {path}: {text!r}")
    for failure in failures:
        print(failure)
    print(f"self-test: {len(PLANTED)} planted violations, {len(failures)} "
          "failures")
    return not failures


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", default=os.path.join(
        os.path.dirname(os.path.abspath(__file__)), ".."))
    parser.add_argument("--self-test", action="store_true",
                        help="plant violations and see them caught")
    options = parser.parse_args()
    if options.self_test:
        return 0 if self_test() else 1
    found = list(check(os.path.normpath(options.root)))
    for path, line, reason in found:
        print(f"{path}:{line}: {reason}")
    print(f"layers: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
