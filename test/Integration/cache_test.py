"""The cache of compiled kernels: shared, bounded, and never in the way."""

import os
import resource
import subprocess
import sys

import harness
from harness import Scratch, load_json, one_line_error, require, smash


class Cache(Scratch):
    def setUp(self):
        super().setUp()
        self.cache = self.path("cache")
        self.matrix = self.own("karate.mtx")

    def multiply_cached(self, *arguments, **options):
        """Whether the kernel was there, and the product's bytes."""
        smash("multiply", self.matrix, "--threads=1", *arguments,
              f"--cache={self.cache}", "-o", self.path("C.mtx"),
              f"--report={self.path('report.json')}", **options)
        with open(self.path("C.mtx"), "rb") as file:
            return load_json(self.path("report.json"))["cached"], file.read()

    def files(self):
        return sorted(os.listdir(self.cache)) if os.path.isdir(
            self.cache) else []

    def test_second_run_compiles_nothing(self):
        first, c = self.multiply_cached()
        second, again = self.multiply_cached()
        self.assertEqual((first, second), (False, True))
        self.assertEqual(c, again)
        summary = smash("multiply", self.matrix, "--threads=1",
                        f"--cache={self.cache}").out
        self.assertRegex(summary, r"(?m)^compile +[0-9.]+ ms \(cached\)$")
        # Statistics choose a strategy, and do not enter a kernel: another
        # matrix of the same kind finds it.
        other = smash("multiply", self.own("tree-example.mtx"), "--threads=1",
                      "--value-type=i64", "--report=-",
                      f"--cache={self.cache}").out
        self.assertIn('"cached": true', other)

    def test_key(self):
        """What changes the code changes the key."""
        self.multiply_cached()
        for flags in (["--semiring=min_plus"], ["--value-type=f64"],
                      ["--strategy=row_wise, accumulator = hash"],
                      ["--index-bits=64"], ["--unsorted"], ["--transpose-b"],
                      ["--static-shapes"], ["--threads=2"]):
            with self.subTest(flags=flags):
                self.assertEqual(
                    [self.multiply_cached(*flags)[0] for _ in range(2)],
                    [False, True])
        self.assertEqual(self.multiply_cached()[0], True)
        # Text is a kernel like any other.
        text = smash("multiply", self.matrix, "--threads=1",
                     "--emit=kernel").out
        with open(self.path("kernel.mlir"), "w") as file:
            file.write(text)
        flag = f"--from=kernel:{self.path('kernel.mlir')}"
        self.assertEqual([self.multiply_cached(flag)[0] for _ in range(2)],
                         [False, True])

    def test_off(self):
        for environment, flags in (({"SMASH_CACHE_DIR": ""}, []),
                                   ({"HOME": self.folder,
                                     "SMASH_CACHE_DIR": self.cache},
                                    ["--no-cache"])):
            for _ in range(2):
                out = smash("multiply", self.matrix, "--report=-", *flags,
                            environment=environment).out
                self.assertIn('"cached": false', out)
        self.assertEqual(self.files(), [])

    def test_folders(self):
        """The environment says where; XDG's rules hold."""
        environment = {**os.environ, "HOME": self.path("home")}
        environment.pop("SMASH_CACHE_DIR", None)
        environment.pop("XDG_CACHE_HOME", None)

        def path(**more):
            return subprocess.run(
                [harness.SMASH, "cache", "path"], text=True, check=True,
                capture_output=True, env={**environment, **more}).stdout.strip()
        self.assertEqual(path(), self.path("home/.cache/smash/kernels"))
        self.assertEqual(path(XDG_CACHE_HOME=self.path("xdg")),
                         self.path("xdg/smash/kernels"))
        self.assertEqual(path(XDG_CACHE_HOME="relative"),
                         self.path("home/.cache/smash/kernels"))
        self.assertEqual(path(SMASH_CACHE_DIR="/x"), "/x")

    def test_list_and_clear(self):
        flag = f"--cache={self.cache}"
        self.assertEqual(smash("cache", "list", flag).out,
                         "0 kernels, 0.0 KiB\n")
        self.multiply_cached()
        self.multiply_cached("--semiring=min_plus")
        listing = smash("cache", "list", flag).out.splitlines()
        self.assertEqual(len(listing), 3)
        # The most recent first.
        self.assertIn("min_plus on i64, 32-bit indices", listing[0])
        self.assertIn("plus_times on i64", listing[1])
        self.assertRegex(listing[2], r"^2 kernels, [0-9.]+ KiB$")
        self.assertEqual(smash("cache", "clear", flag).out,
                         "2 kernels deleted\n")
        self.assertEqual(self.files(), [])
        self.assertEqual(smash("cache", "clear", flag).out,
                         "0 kernels deleted\n")
        for arguments in (["cache"], ["cache", "empty"],
                          ["cache", "list", "--repeat=2"]):
            one_line_error(*arguments)

    def test_damage(self):
        """A damaged file is compiled again, and mended."""
        _, c = self.multiply_cached()
        name, = self.files()
        path = os.path.join(self.cache, name)
        with open(path, "rb") as file:
            whole = file.read()
        step = max(1, len(whole) // 7)
        damages = [whole[:n] for n in range(0, len(whole), step)]
        damages += [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1:]
                    for n in range(3, len(whole), step)]
        damages.append(whole + b"x")
        for number, damaged in enumerate(damages):
            with self.subTest(damage=number):
                with open(path, "wb") as file:
                    file.write(damaged)
                self.assertEqual(self.multiply_cached(), (False, c))
                self.assertEqual(self.multiply_cached(), (True, c))
        self.assertEqual(self.files(), [name])
        # Nor is a file used that others may have written.
        os.chmod(path, 0o666)
        self.assertEqual(self.multiply_cached(), (False, c))

    def test_no_room(self):
        """A disk that takes no file, and a folder that is none."""
        def starve():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        out = subprocess.run(
            [harness.SMASH, "multiply", self.matrix, "--report=-",
             f"--cache={self.cache}"], text=True, capture_output=True,
            preexec_fn=starve)
        self.assertEqual((out.returncode, out.stderr), (0, ""))
        self.assertIn('"cached": false', out.stdout)
        self.assertEqual(self.files(), [], "nothing is left behind")
        with open(self.path("file"), "w"):
            pass
        for folder in (self.path("file"), self.path("file/below"),
                       "/proc/nowhere"):
            out = smash("multiply", self.matrix, f"--cache={folder}").out
            self.assertNotIn("cached", out)

    def test_processes(self):
        """Many at once, while another clears: all right, and no scraps."""
        command = [harness.SMASH, "multiply", self.matrix, "--threads=1",
                   f"--cache={self.cache}", "--report=-"]
        clear = [harness.SMASH, "cache", "clear", f"--cache={self.cache}"]
        norms = set()
        for _ in range(3):
            started = [subprocess.Popen(line, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
                       for line in [command] * 4 + [clear] + [command] * 3]
            for process in started:
                out, err = process.communicate(timeout=120)
                self.assertEqual((process.returncode, err), (0, ""))
                norms.update(l for l in out.splitlines()
                             if "frobenius_norm" in l)
        self.assertEqual(len(norms), 1)
        self.multiply_cached()
        self.assertEqual(len(self.files()), 1)


if __name__ == "__main__":
    harness.unittest_main()
