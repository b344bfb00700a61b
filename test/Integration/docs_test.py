"""Every code block of README.md and docs/ is what it says it is.

A block's language says how it is checked:

  console   `$ ` lines are run, in one folder a page, which holds links to the
            project's files; what follows is compared, numbers aside but for
            those that no machine changes (EXACT). Of other programs than
            RUNNABLE only is seen whether they are there
  sh        commands that are not run: each must exist, and so must the options
            of the project's scripts
  mlir      parsed and verified by smash-opt
  c, cpp    compiled; with `main.c` and the like behind the language, kept for
            the console blocks that follow (any language may be kept so)
  cmake, tablegen, json, python   parsed, as far as there is a parser
  text      no code: diagrams and layouts

A block without a language is console where it has `$ ` lines, else text.
"""

import difflib
import json
import os
import re
import shutil
import subprocess

import harness
from harness import Scratch

ROOT = os.path.normpath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
BLOCK = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.S | re.M)


def pages():
    found = ["README.md"]
    for folder, _, files in sorted(os.walk(os.path.join(ROOT, "docs"))):
        found += [os.path.relpath(os.path.join(folder, name), ROOT)
                  for name in sorted(files) if name.endswith(".md")]
    return found


def blocks(page):
    """(line, language, file to keep or None, text) of each block."""
    with open(os.path.join(ROOT, page)) as file:
        text = file.read()
    for match in BLOCK.finditer(text):
        indent, head, body = match.groups()
        words = head.split() + ["", ""]
        line = text.count("\n", 0, match.start()) + 1
        body = re.sub(f"^{indent}", "", body, flags=re.M)
        yield line, words[0], words[1] or None, body


# Lines of smash's summaries that are the same on every machine.
EXACT = re.compile(r"(A|B|C|products|semiring|product|functions|files) {2,}")


def normalise(line):
    """A line without what differs from run to run."""
    if EXACT.match(line):
        return " ".join(line.split())
    line = re.sub(r"\d[\d,.]*(e[+-]?\d+)?", "#", line)
    line = re.sub(r"\b(ms|s|us)\b", "TIME", line)
    line = re.sub(r"\b(block|thread|kernel)s\b", r"\1", line)
    return " ".join(line.split())


# Programs that change nothing outside the folder that they run in.
RUNNABLE = re.compile(r"(build/bin/[\w-]+|gcc|g\+\+|cc|tail|head|cat|ls|"
                      r"/usr/lib/llvm-\d+/bin/[\w-]+)$")


class Docs(Scratch):
    """One test a page; see the end of the file."""

    def check_page(self, page):
        # Links to what the repository holds; `build` is the build under test.
        for name in os.listdir(ROOT):
            if name not in ("build", ".git") and not name.startswith("build-"):
                os.symlink(os.path.join(ROOT, name), self.path(name))
        build = os.path.dirname(os.path.dirname(harness.SMASH))
        os.symlink(build, self.path("build"))
        self.checked = 0
        for line, language, keep, body in blocks(page):
            with self.subTest(place=f"{page}:{line}"):
                if keep:
                    with open(self.path(keep), "w") as file:
                        file.write(body)
                check = getattr(self, f"check_{language or 'nothing'}", None)
                self.assertIsNotNone(
                    check, f"{page}:{line}: no language that is checked: "
                    f"'{language}'")
                check(f"{page}:{line}", body)
                self.checked += 1

    def check_text(self, place, body):
        pass

    def check_nothing(self, place, body):
        if body.startswith("$ "):
            self.check_console(place, body)

    def check_console(self, place, body):
        commands = []
        for line in body.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif commands and commands[-1][0].endswith("\\"):
                head, shown = commands.pop()
                commands.append((head[:-1] + line.strip(), shown))
            else:
                self.assertTrue(commands, f"{place}: output before a command")
                commands[-1][1].append(line)
        for command, shown in commands:
            if not RUNNABLE.match(command.split()[0]):
                self.check_sh(place, command)
                continue
            result = subprocess.run(["bash", "-c", command], cwd=self.folder,
                                    capture_output=True, text=True, timeout=300,
                                    env={**os.environ, "LC_ALL": "C.UTF-8"})
            actual = result.stdout + result.stderr
            failing = any(l.startswith("smash: ") for l in shown)
            self.assertEqual(result.returncode != 0, failing,
                             f"{place}: {command}: {actual}")
            self.compare(place, command, shown, actual)

    def compare(self, place, command, shown, actual):
        """Each line that is shown comes in order; `...` stands for any."""
        lines = [normalise(l) for l in actual.splitlines()]
        at = 0
        for line in shown:
            wanted = normalise(line)
            if wanted in ("", "..."):
                continue
            key = wanted.split(" ")[0]
            for i in range(at, len(lines)):
                # What is chosen depends on the machine's caches and cores.
                if EXACT.match(line):
                    if wanted != lines[i]:
                        continue
                    at = i + 1
                    break
                same = difflib.SequenceMatcher(None, wanted, lines[i]).ratio()
                if same > 0.9 or (lines[i].split(" ")[0] == key and
                                  (key in ("strategy", "run", "check") or
                                   same > 0.6)):
                    at = i + 1
                    break
            else:
                self.fail(f"{place}: '{command}' does not print '{line}':\n"
                          f"{actual}")

    def check_sh(self, place, body):
        text = re.sub(r"\\\n\s*", " ", body)
        for line in text.splitlines():
            for command in re.split(r"&&|\|", line.split("#")[0]):
                words = [w for w in command.split() if "=" not in w
                         or w.startswith("-")]
                if not words:
                    continue
                program = words[0]
                known = (os.path.exists(self.path(program)) if "/" in program
                         else shutil.which(program))
                self.assertTrue(known, f"{place}: no such command: {program}")
                if program.startswith(("script/", ".ci/")):
                    usage = subprocess.run(
                        [self.path(program), "--help"], capture_output=True,
                        text=True, check=True).stdout
                    for flag in words[1:]:
                        if flag.startswith("--") and flag != "--":
                            self.assertIn(flag.split("=")[0], usage, place)

    def smash_opt(self, place, text, *flags):
        tool = os.path.join(os.path.dirname(harness.SMASH), "smash-opt")
        result = subprocess.run([tool, "-", *flags], input=text, text=True,
                                capture_output=True, cwd=self.folder)
        self.assertEqual(result.returncode, 0, f"{place}: {result.stderr}")

    def check_mlir(self, place, body):
        if re.match(r"\s*#[\w.]+<", body):      # an attribute on its own
            body = f"module attributes {{test.attribute = {body.strip()}}} {{}}"
        elif re.match(r"\s*![\w.]+<", body):    # a type
            body = f"func.func private @f({body.strip()})"
        self.smash_opt(place, body, "--split-input-file")

    def compile(self, place, body, compiler, flags, extension):
        name = f"block{self.checked}.{extension}"
        with open(self.path(name), "w") as file:
            file.write(body)
        result = subprocess.run([compiler, *flags, "-fsyntax-only", name],
                                cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, f"{place}: {result.stderr}")

    def check_c(self, place, body):
        self.compile(place, body, "gcc", ["-std=c99", "-Wall", "-Wextra",
                                          "-pedantic", "-Werror", "-I.",
                                          f"-I{ROOT}/include"], "c")

    def check_cpp(self, place, body):
        build = os.path.dirname(os.path.dirname(harness.SMASH))
        self.compile(place, body, options.clangxx, [
            "-std=c++17", "-fno-rtti", f"-I{ROOT}/include",
            f"-I{ROOT}/dialects", f"-I{build}/include", f"-I{build}/dialects",
            f"-isystem{options.llvm_include}"], "cpp")

    def check_cmake(self, place, body):
        # `cmake -P` would run it: the parser alone is what `return()` leaves.
        with open(self.path("block.cmake"), "w") as file:
            file.write("return()\n" + body)
        result = subprocess.run(["cmake", "-P", "block.cmake"],
                                cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, f"{place}: {result.stderr}")

    def check_json(self, place, body):
        json.loads(body)

    def check_python(self, place, body):
        compile(body, place, "exec")

    def check_tablegen(self, place, body):
        # A quotation: it must stand in a definition as it is.
        wanted = " ".join(body.split())
        for top in ("dialects", "include"):
            for folder, _, files in os.walk(os.path.join(ROOT, top)):
                for name in files:
                    if name.endswith(".td"):
                        with open(os.path.join(folder, name)) as file:
                            if wanted in " ".join(file.read().split()):
                                return
        self.fail(f"{place}: stands in no .td file")


class Site(Scratch):
    def test_site(self):
        """script/docs builds a site whose links all lead somewhere."""
        result = subprocess.run([os.path.join(ROOT, "script/docs"),
                                 self.path("site")], capture_output=True,
                                text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"docs: 1\d pages in .*, 0 errors")
        with open(self.path("site/reference/smash.html")) as file:
            self.assertIn("smash.spgemm_numeric", file.read())

    def test_the_check_of_links(self):
        """A link that leads nowhere is an error."""
        os.makedirs(self.path("docs"))
        shutil.copytree(os.path.join(ROOT, "docs"), self.path("root/docs"))
        for name in ("dialects", "include", "test", "LICENSE", "benchmark"):
            os.symlink(os.path.join(ROOT, name), self.path(f"root/{name}"))
        for link in ("docs/nothing.md", "docs/architecture.md#nothing"):
            with open(self.path("root/README.md"), "w") as file:
                file.write(f"[a link]({link})\n")
            result = subprocess.run(
                ["/usr/bin/python3", os.path.join(ROOT, "utils/build-docs.py"),
                 "--root", self.path("root"), "--tblgen", options.tblgen,
                 "--include", options.llvm_include, "-o", self.path("out")],
                capture_output=True, text=True)
            self.assertEqual(result.returncode, 1, result.stdout)


def add_pages():
    for page in pages():
        name = "test_" + re.sub(r"\W", "_", page)
        setattr(Docs, name, lambda self, page=page: self.check_page(page))


def extend(parser):
    parser.add_argument("--clangxx", required=True)
    parser.add_argument("--llvm-include", required=True)
    parser.add_argument("--tblgen", required=True)


if __name__ == "__main__":
    add_pages()
    harness.unittest_main(extend)
