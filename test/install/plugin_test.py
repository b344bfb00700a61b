#!/usr/bin/env python3
"""The plugin in a stock mlir-opt: every pass, every pipeline.

    plugin_test.py --plugin FILE --mlir-opt FILE --smash-opt FILE

Every pass and pipeline that smash-opt has beyond mlir-opt must be known by the
plugin, run there on a module with a product (or refuse it with a diagnostic of
its own), and print the same bytes as in smash-opt.
"""

import argparse
import re
import subprocess
import sys

PRODUCT = """
#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed),
                                 posWidth = 32, crdWidth = 32 }>
#csc = #sparse_tensor.encoding<{ map = (i, j) -> (j : dense, i : compressed),
                                 posWidth = 32, crdWidth = 32 }>
func.func @product(%a: tensor<?x?xf64, #csr>, %b: tensor<?x?xf64, #csr>)
    -> tensor<?x?xf64, #csr> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %rows = tensor.dim %a, %zero : tensor<?x?xf64, #csr>
  %cols = tensor.dim %b, %one : tensor<?x?xf64, #csr>
  %empty = tensor.empty(%rows, %cols) : tensor<?x?xf64, #csr>
  %c = linalg.matmul ins(%a, %b : tensor<?x?xf64, #csr>, tensor<?x?xf64, #csr>)
                     outs(%empty : tensor<?x?xf64, #csr>)
                     -> tensor<?x?xf64, #csr>
  return %c : tensor<?x?xf64, #csr>
}
"""


def run(command, text):
    done = subprocess.run(command, input=text, capture_output=True, text=True,
                          timeout=120)
    return done.returncode, done.stdout, done.stderr


def list_passes(tool, *flags):
    """The names of a tool's passes and pipelines, from its help."""
    _, out, _ = run([tool, *flags, "--help"], "")
    return set(re.findall(r"^ {2,8}--([a-z][\w-]*) ", out, re.M))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("plugin", "mlir-opt", "smash-opt"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    stock = [options.mlir_opt, "--load-dialect-plugin=" + options.plugin,
             "--load-pass-plugin=" + options.plugin]
    ours = [options.smash_opt]
    failures = []

    def expect(good, text):
        if not good:
            failures.append(text)

    names = sorted(name for name in list_passes(options.smash_opt)
                   if re.match(r"(convert-)?(smash|piuma)-|convert-.*-to-smash$",
                               name))
    passes = [n for n in names if not n.endswith("-pipeline")]
    pipelines = [n for n in names if n.endswith("-pipeline")]
    expect(len(passes) >= 15, f"only {len(passes)} passes: {passes}")
    expect(len(pipelines) >= 5, f"only {len(pipelines)} pipelines: {pipelines}")

    # What upstream's own sparsifier takes, smash takes in the same program.
    code, _, err = run([options.mlir_opt, "--sparsifier"], PRODUCT)
    expect(code == 0, f"the sparsifier refuses the product: {err}")
    raise_it = "--pass-pipeline=builtin.module(convert-linalg-to-smash)"
    code, raised, err = run(stock + [raise_it], PRODUCT)
    expect(code == 0 and "smash.spgemm" in raised, f"not raised: {err}")
    to_llvm = ("--pass-pipeline=builtin.module(convert-linalg-to-smash,"
               "smash-to-host-pipeline{blocks=2 threads-per-block=1})")
    code, lowered, err = run(stock + [to_llvm], PRODUCT)
    expect(code == 0 and "llvm.func @product" in lowered, f"not lowered: {err}")
    expect("smash.spgemm" not in lowered and "linalg." not in lowered,
           "the product is still there after smash-to-host-pipeline")

    ran = 0
    for name in names:
        for text in (PRODUCT, raised):
            # Anchored on the module or on what is in it.
            for anchor in ("builtin.module({})",
                           "builtin.module(func.func({}))"):
                flag = "--pass-pipeline=" + anchor.format(name)
                code, out, err = run(stock + [flag], text)
                if "trying to schedule" in err or "can only be" in err:
                    continue
                ours_code, ours_out, ours_err = run(ours + [flag], text)
                # Which of several values upstream's conversion names first
                # differs from run to run.
                unresolved = "failed to legalize unresolved materialization"
                if unresolved in err and unresolved in ours_err:
                    err = ours_err = unresolved
                expect((code, out, err) == (ours_code, ours_out, ours_err),
                       f"{name}: mlir-opt says {code} {err}, smash-opt says "
                       f"{ours_code} {ours_err}")
                expect(code in (0, 1), f"{name}: status {code}: {err}")
                expect("does not refer to a registered" not in err,
                       f"{name} is unknown: {err}")
                ran += 1
                break
            else:
                expect(False, f"{name} runs on no operation: {err}")
    for failure in failures:
        print("FAILED:", failure)
    print(f"{len(passes)} passes, {len(pipelines)} pipelines, {ran} runs, "
          f"{len(failures)} failures")
    return 1 if failures or ran != 2 * len(names) else 0


if __name__ == "__main__":
    sys.exit(main())
