#!/usr/bin/env python3
"""The manual page and the completions, where they were installed.

    describe_test.py --tree DIR

The page tells of every flag that --help tells of, and groff finds nothing wrong
with it; bash completes commands, flags and values.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

COMPLETE = r"""
source "$1"
COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<< "${COMP_LINE//=/ = }"
[[ $COMP_LINE == *[\ =] ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_smash
printf '%s\n' "${COMPREPLY[@]}"
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", required=True)
    tree = parser.parse_args().tree
    smash = os.path.join(tree, "bin", "smash")
    share = os.path.join(tree, "share")
    failures = []

    def expect(good, text):
        if not good:
            failures.append(text)

    page = os.path.join(share, "man", "man1", "smash.1")
    with open(page, encoding="utf-8") as file:
        source = file.read().replace("\\-", "-").replace("\\&", "")
    flags = 0
    commands = re.findall(r"^  ([a-z]+)\b(?!.*not there yet)",
                          subprocess.run([smash, "--help"], check=True,
                                         capture_output=True, text=True).stdout
                          .split("Commands:\n")[1].split("\n\n")[0], re.M)
    expect("multiply" in commands, f"no command multiply in {commands}")
    for command in commands:
        text = subprocess.run([smash, command, "--help"], capture_output=True,
                              text=True, check=True).stdout
        section = source.split(f".SH SMASH {command.upper()}\n")
        expect(len(section) == 2, f"no section about {command}")
        body = section[-1].split(".SH ")[0]
        for flag in re.findall(r"^  (--?[a-z][\w-]*)", text, re.M):
            expect(f"\\fB{flag}" in body, f"{command} {flag} is not in the page")
            flags += 1
    expect(flags > 30, f"only {flags} flags")
    groff = shutil.which("groff")
    if groff:
        done = subprocess.run([groff, "-man", "-ww", "-Tutf8", page],
                              capture_output=True, text=True, check=False)
        expect(done.returncode == 0 and not done.stderr,
               f"groff: {done.stderr[:500]}")

    script = os.path.join(share, "bash-completion", "completions", "smash")

    def complete(line):
        return subprocess.run(
            ["bash", "-c", COMPLETE, "bash", script, line], cwd=tree,
            capture_output=True, text=True, check=True).stdout.split()

    expect(complete("smash mul") == ["multiply"], complete("smash mul"))
    expect(set(commands) <= set(complete("smash ")), complete("smash "))
    expect(complete("smash multiply A.mtx --transpose-") ==
           ["--transpose-a", "--transpose-b"],
           complete("smash multiply A.mtx --transpose-"))
    expect(complete("smash multiply --duplicates=") == ["sum", "reject"],
           complete("smash multiply --duplicates="))
    expect(complete("smash multiply --emit=llvm-i") == ["llvm-ir"],
           complete("smash multiply --emit=llvm-i"))
    expect(complete("smash simulate --emit=p") == ["piuma"],
           complete("smash simulate --emit=p"))
    expect("bin/smash" in complete("smash multiply bin/sma"),
           complete("smash multiply bin/sma"))
    for name in ("zsh/site-functions/_smash",
                 "fish/vendor_completions.d/smash.fish"):
        with open(os.path.join(share, name), encoding="utf-8") as file:
            text = file.read()
        expect(all(word in text for word in commands + ["duplicates", "reject"]),
               f"{name} lacks a command or a flag")
    for failure in failures:
        print("FAILED:", failure)
    print(f"{len(commands)} commands, {flags} flags, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
