#!/usr/bin/env python3
"""The Debian packages: made, installed into a root of their own, and tried.

    package_test.py --build DIR --cpack FILE --scratch DIR --matrix FILE
                    --mlir-opt FILE --llvm-lib DIR

Everything that they say they depend on must be installed here; what is in them
must run from where it was put.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

PROGRAM = r"""
#include <smash-c/Smash.h>
#include <stdio.h>
int main(int argc, char **argv) {
  SmashMatrix *a;
  SmashCsr view;
  if (argc != 2 || smashMatrixRead(argv[1], &a))
    return 1;
  smashMatrixGetCsr(a, &view);
  printf("%s %lld\n", smashGetVersion(), (long long)view.entries);
  smashMatrixDestroy(a);
  return 0;
}
"""


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          **more)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(command)}\n{done.stdout[-2000:]}"
                 f"{done.stderr[-2000:]}")
    return done.stdout


def field(package, name):
    return run("dpkg-deb", "-f", package, name).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("build", "cpack", "scratch", "matrix", "mlir-opt", "llvm-lib"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    shutil.rmtree(options.scratch, ignore_errors=True)
    packages, root = (os.path.join(options.scratch, n) for n in ("deb", "root"))
    os.makedirs(packages)
    run(options.cpack, "-G", "DEB", "-B", packages,
        "--config", os.path.join(options.build, "CPackConfig.cmake"))
    made = sorted(glob.glob(os.path.join(packages, "*.deb")))
    names = [field(package, "Package") for package in made]
    if names != ["libsmash-dev", "smash"]:
        sys.exit(f"FAILED: the packages are {names}")

    for package in made:
        for alternatives in field(package, "Depends").split(", "):
            found = False
            for one in alternatives.split(" | "):
                name = re.match(r"\S+", one).group(0).split(":")[0]
                status = subprocess.run(
                    ["dpkg-query", "-W", "-f", "${db:Status-Status}", name],
                    capture_output=True, text=True, check=False).stdout
                found |= name in names or status.startswith("installed")
            if not found:
                sys.exit(f"FAILED: {package} needs {alternatives}")
    if "libmlir" not in field(made[1], "Depends") + field(made[0], "Depends"):
        sys.exit("FAILED: no package needs libmlir")

    # A root of its own; nothing there to depend on, and no script to run.
    for folder in ("info", "updates"):
        os.makedirs(os.path.join(root, "var/lib/dpkg", folder))
    open(os.path.join(root, "var/lib/dpkg/status"), "w").close()
    run("dpkg", f"--root={root}", f"--log={options.scratch}/log",
        "--force-depends", "--force-not-root", "--force-script-chrootless",
        "--no-triggers", "-i", *made)
    if "install ok installed" not in run(
            "dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W",
            "-f", "${Status}", "smash"):
        sys.exit("FAILED: smash is not installed in the root")

    usr = os.path.join(root, "usr")
    binaries = {n: os.path.join(usr, "bin", n) for n in os.listdir(usr + "/bin")}
    out = run(binaries["smash"], "multiply", options.matrix, "--check")
    if "equal" not in out:
        sys.exit(f"FAILED: {out}")
    run(binaries["smash"], "simulate", options.matrix, "--check")
    run(binaries["smash-lsp-server"], "--help")
    run(binaries["smash-reduce"], "--help")
    ir = run(binaries["smash"], "multiply", options.matrix, "--emit=smash")
    plugin = os.path.join(usr, "lib/libSmashPlugin.so")
    flag = "--pass-pipeline=builtin.module(smash-to-host-pipeline)"
    lowered = run(options.mlir_opt, "--load-dialect-plugin=" + plugin,
                  "--load-pass-plugin=" + plugin, flag, input=ir)
    if lowered != run(binaries["smash-opt"], flag, input=ir):
        sys.exit("FAILED: plugin and smash-opt differ")

    # The C library, with a compiler and nothing else.
    source = os.path.join(options.scratch, "program.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    program = os.path.join(options.scratch, "program")
    run("gcc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", source,
        f"-I{usr}/include", f"-L{usr}/lib", "-lsmash-c",
        f"-Wl,-rpath,{usr}/lib", f"-Wl,-rpath-link,{options.llvm_lib}",
        "-o", program)
    version, entries = run(program, options.matrix).split()
    if version != field(made[1], "Version") or int(entries) <= 0:
        sys.exit(f"FAILED: version {version}, {entries} entries")
    run("dpkg", f"--root={root}", f"--log={options.scratch}/log",
        "--force-not-root", "--force-script-chrootless", "--no-triggers",
        "--force-depends", "-r", *names)
    left = [n for n in glob.glob(usr + "/**", recursive=True)
            if os.path.isfile(n)]
    if left:
        sys.exit(f"FAILED: removal leaves {left[:5]}")
    print("OK:", ", ".join(os.path.basename(package) for package in made))


if __name__ == "__main__":
    main()
