"""Fails the k-th allocation of a product, for every k, until none is left.

Each is one line on stderr, exit status 1 and no output file; when k is past
the last allocation the product is right.
"""

import os

import harness
from harness import Expected, Scratch, one_line_error, read, smash

LIMIT = 200  # allocations a product may need before this test gives up


class Allocation(Scratch):
    def check(self, *arguments, value_type="f64", mask=None):
        path = self.own("west0067.mtx")
        a = read(path)
        expected = Expected(a, a, value_type)
        if mask:
            arguments += (f"--mask={mask}",)
            expected.mask(read(mask), "--mask-complement" in arguments)
        output = self.path("C.mtx")
        for k in range(1, LIMIT):
            result = smash("multiply", path, *arguments, "-o", output,
                           f"--inject-allocation-failure={k}", expect=None)
            if result.code == 0:
                break
            self.assertEqual(result.code, 1, str(result))
            lines = result.err.strip().split("\n")
            self.assertEqual(len(lines), 1, str(result))
            self.assertIn("memory", lines[0], str(result))
            self.assertEqual(os.listdir(self.folder), [], str(result))
        else:
            self.fail(f"still failing at allocation {LIMIT}")
        # A product needs memory: a k that never fails tests nothing.
        self.assertGreater(k, 3, "hardly any allocation failed")
        self.agree(expected, output, "--unsorted" not in arguments)
        os.remove(output)
        print(f"{' '.join(arguments) or 'default'}: {k - 1} allocations")

    def test_default(self):
        self.check()

    def test_dense(self):
        self.check("--strategy=row_wise, accumulator = dense")

    def test_hash(self):
        self.check("--strategy=row_wise, accumulator = hash")

    def test_dataflows(self):
        self.check("--strategy=inner")
        self.check("--strategy=outer")

    def test_masks(self):
        mask = self.own("west0067.mtx")
        self.check("--strategy=row_wise, accumulator = dense", mask=mask)
        self.check("--strategy=row_wise, accumulator = hash",
                   "--mask-complement", "--threads=2", mask=mask)

    def test_unsorted(self):
        self.check("--unsorted")

    def test_threads(self):
        self.check("--threads=4", "--block-threads=2")


if __name__ == "__main__":
    harness.unittest_main()
