"""Compares smash-sparsifier-pipeline with upstream's sparsifier.

    compare-sparsifiers.py --smash-opt PATH --mlir-opt PATH MODULE

Checks that ours lists every option of upstream's --help with the same values,
and that both give the same bytes for MODULE, in which nothing is raised, under
many option strings. Prints what differs and exits 1 if something does.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys

# Each option at each of its values, and some together.
OPTIONS = [
    "", "enable-runtime-library=true", "enable-runtime-library=false",
    "test-bufferization-analysis-only=true",
    "enable-runtime-library=false create-sparse-deallocs=false",
    "enable-runtime-library=false enable-buffer-initialization=true",
    "vl=8", "enable-runtime-library=false vl=8",
    "vl=8 enable-arm-sve=true", "vl=8 enable-index-optimizations=false",
    "vl=8 reassociate-fp-reductions=true", "enable-amx=true",
    "enable-arm-neon=true", "enable-x86vector=true",
    "parallelization-strategy=none", "parallelization-strategy=dense-outer-loop",
    "parallelization-strategy=any-storage-outer-loop",
    "parallelization-strategy=dense-any-loop",
    "enable-runtime-library=false "
    "parallelization-strategy=any-storage-any-loop",
    "sparse-emit-strategy=functional",
    "enable-runtime-library=false sparse-emit-strategy=sparse-iterator",
    "enable-gpu-libgen=true enable-runtime-library=false",
    "gpu-triple=nvptx64-nvidia-cuda gpu-chip=sm_80 gpu-features=+ptx71 "
    "gpu-format=isa parallelization-strategy=dense-outer-loop",
    "gpu-triple=nvptx64-nvidia-cuda gpu-format=fatbin", "no-such-option=1",
    "parallelization-strategy=no-such-value", "vl=no-number",
]


# On most modules upstream crashes under its experimental iterators.
ITERATION = """
#Vector = #sparse_tensor.encoding<{ map = (i) -> (i : compressed) }>
func.func @total(%a: tensor<?xf64, #Vector>, %t: tensor<f64>) -> tensor<f64> {
  %c = linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>],
      iterator_types = ["reduction"]} ins(%a : tensor<?xf64, #Vector>)
      outs(%t : tensor<f64>) {
  ^bb0(%x: f64, %sum: f64):
    %s = arith.addf %sum, %x : f64
    linalg.yield %s : f64
  } -> tensor<f64>
  return %c : tensor<f64>
}
"""


def listed_options(tool, pipeline):
    """{option: [values]} of a pipeline, as --help lists it."""
    text = subprocess.run([tool, "--help"], stdout=subprocess.PIPE,
                          encoding="utf-8", check=True).stdout
    found, last, inside = {}, None, False
    for line in text.splitlines():
        if re.match(r" {2,6}--\S", line):
            inside = re.match(rf" +--{pipeline}\s", line) is not None
        elif inside and (match := re.match(r" {8}--([\w-]+)(\S*)", line)):
            last = match.group(1)
            found[last] = [match.group(2)]
        elif inside and (match := re.match(r" {4}=(\S+)", line)):
            found[last].append(match.group(1))
    return found


def outcome(command, pipeline, text):
    """What a tool prints of `text` and its status; without a pipeline's name."""
    run = subprocess.run(command, input=text, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, encoding="utf-8", check=False)
    errors = run.stderr.replace(pipeline, "PIPELINE")
    errors = errors.replace(os.path.basename(command[0]), "TOOL")
    # How long a translation took is no part of what it gives.
    output = re.sub(r"TimeInMs = \d+", "TimeInMs", run.stdout)
    return output, errors, run.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--smash-opt", required=True)
    parser.add_argument("--mlir-opt", required=True)
    parser.add_argument("module")
    arguments = parser.parse_args()
    failed = False

    theirs = listed_options(arguments.mlir_opt, "sparsifier")
    ours = listed_options(arguments.smash_opt, "smash-sparsifier-pipeline")
    assert len(theirs) > 10, "no options in upstream's --help"
    for option, values in theirs.items():
        if ours.get(option) != values:
            print(f"options differ: {option} {values} is {ours.get(option)}")
            failed = True
    print(f"options: {len(theirs)} of upstream's, all taken")
    # sparse-emit-strategy=debug-interface crashes upstream; ours is an error,
    # which smash-sparsifier-pipeline-invalid.mlir tests.
    untried = [o for o in theirs if not any(o + "=" in s for s in OPTIONS)]
    if untried:
        print(f"options differ: never tried: {untried}")
        failed = True

    with open(arguments.module, encoding="utf-8") as file:
        module = file.read()
    for options in OPTIONS:
        text = ITERATION if "iterator" in options else module
        pairs = []
        for tool, pipeline in ((arguments.mlir_opt, "sparsifier"),
                               (arguments.smash_opt,
                                "smash-sparsifier-pipeline")):
            pairs.append(outcome([tool, f"--{pipeline}={options}"],
                                 pipeline, text))
        if pairs[0] != pairs[1]:
            failed = True
            print(f"outputs differ with '{options}':")
            for one, other in zip(pairs[0][:2], pairs[1][:2]):
                sys.stdout.writelines(list(difflib.unified_diff(
                    one.splitlines(True), other.splitlines(True)))[:40])
        # Both crash: the module shows nothing then.
        if pairs[0][2] < 0:
            failed = True
            print(f"outputs differ: upstream crashes with '{options}'")
    print(f"outputs: {len(OPTIONS)} option strings, the same")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
