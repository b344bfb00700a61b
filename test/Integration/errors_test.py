"""What must fail: one line on stderr, exit status 1, no output file."""

import os
import stat

import harness
from harness import Scratch, one_line_error, smash, write_entries


class Errors(Scratch):
    def setUp(self):
        super().setUp()
        write_entries(self.path("A.mtx"), 2, 3, [(0, 0, 1.0), (1, 2, 2.0)])
        write_entries(self.path("S.mtx"), 2, 2, [(0, 0, 1.0), (1, 1, 2.0)])

    def fails(self, *arguments, contains=None, command="multiply"):
        """Fails, and leaves nothing behind."""
        before = set(os.listdir(self.folder))
        message = one_line_error(command, *arguments, "-o", self.path("C.mtx"),
                                 f"--report={self.path('r.json')}",
                                 contains=contains)
        self.assertEqual(set(os.listdir(self.folder)), before,
                         "a file was left behind")
        return message

    def test_shapes_do_not_match(self):
        self.fails(self.path("A.mtx"), contains=["2", "3"])
        self.fails(self.path("A.mtx"), self.path("A.mtx"))
        self.fails(self.path("S.mtx"), self.path("A.mtx"), "--transpose-b",
                   contains=["2", "3"])

    def test_flags_of_what_does_not_run(self):
        """A flag that would do nothing is refused, not ignored."""
        matrix, out = self.path("S.mtx"), self.path("C.mtx")
        for flags, contains in [
                (["--sweep=dram_ns=5,50", "-o", out], ["'--sweep'", "'-o'"]),
                (["--sweep=dram_ns=5", "--emit=piuma"], ["--emit", "--sweep"]),
                (["--emit=piuma", "--check"], ["'--emit'", "'--check'"]),
                (["--emit=piuma", f"--trace={out}"], ["'--emit'", "'--trace'"]),
                (["--functional", "--host-times"],
                 ["'--functional'", "'--host-times'"])]:
            with self.subTest(flags=flags):
                one_line_error("simulate", matrix, *flags, contains=contains)
                self.assertFalse(os.path.exists(out))
        for flags, contains in [(["--emit=kernel", "--check"], "'--check'"),
                                (["--emit=kernel", "--repeat=2"],
                                 "'--repeat'")]:
            with self.subTest(flags=flags):
                one_line_error("multiply", matrix, *flags, contains=contains)

    def test_missing_file(self):
        self.fails(self.path("none.mtx"), contains="none.mtx")
        self.fails(self.path("S.mtx"), self.path("none.mtx"),
                   contains="none.mtx")

    def test_folder_as_file(self):
        self.fails(self.folder, contains=self.folder)

    def test_no_operand(self):
        one_line_error("multiply")

    def test_too_many_operands(self):
        one_line_error("multiply", *[self.path("S.mtx")] * 3)

    def test_no_command(self):
        result = smash(expect=None)
        self.assertNotEqual(result.code, 0)

    def test_unknown_command(self):
        one_line_error("multiplly", self.path("S.mtx"), contains="multiplly")

    def test_unknown_flag(self):
        self.fails(self.path("S.mtx"), "--thread=2", contains="--thread")

    def test_bad_values_of_flags(self):
        for flag, text in [("--value-type", "f63"), ("--index-bits", "16"),
                           ("--semiring", "plus_minus"), ("--threads", "-1"),
                           ("--threads", "two"), ("--block-threads", "0"),
                           ("--strategy", "row_wise, accumulator = hush"),
                           ("--strategy", "("), ("--repeat", "0"),
                           ("--duplicates", "drop"), ("--emit", "ptx"),
                           ("--from", "nowhere:x"),
                           ("--inject-allocation-failure", "x")]:
            with self.subTest(flag=flag, text=text):
                self.fails(self.path("S.mtx"), f"{flag}={text}")

    def test_strategy_that_cannot_be(self):
        for strategy in ("row_wise, accumulator = merge, merge = atomic",
                         "row_wise, accumulator = sort, merge = atomic"):
            with self.subTest(strategy=strategy):
                self.fails(self.path("S.mtx"), f"--strategy={strategy}",
                           contains="dense or hash; not")

    def test_mask_of_another_shape(self):
        write_entries(self.path("M.mtx"), 1, 9, [(0, 0, 1)], "integer")
        self.fails(self.path("S.mtx"), f"--mask={self.path('M.mtx')}",
                   contains="the mask is 1 x 9 and C is")

    def test_accumulation_that_does_not_fit(self):
        write_entries(self.path("M.mtx"), 1, 9, [(0, 0, 1)], "integer")
        self.fails(self.path("S.mtx"), f"--accumulate={self.path('M.mtx')}",
                   contains="what is accumulated into is 1 x 9 and C is")
        self.fails(self.path("S.mtx"), "--accumulate-op=min",
                   contains="'--accumulate-op' needs '--accumulate'")
        self.fails(self.path("S.mtx"), f"--accumulate={self.path('S.mtx')}",
                   "--accumulate-op=times", contains="unknown add 'times'")

    def test_mask_that_is_missing(self):
        self.fails(self.path("S.mtx"), f"--mask={self.path('no.mtx')}",
                   contains="no.mtx")

    def test_semiring_without_that_type(self):
        write_entries(self.path("I.mtx"), 1, 1, [(0, 0, 1)], "integer")
        self.fails(self.path("I.mtx"), "--value-type=complex<f64>",
                   "--semiring=min_plus", contains="complex<f64>")

    def test_value_that_the_type_cannot_hold(self):
        write_entries(self.path("H.mtx"), 1, 1, [(0, 0, 0.5)])
        self.fails(self.path("H.mtx"), "--value-type=i64", contains="0.5")

    def test_malformed_file(self):
        for text, line in [
                ("%%MatrixMarket matrix coordinate real general\n"
                 "2 2 1\n3 1 1.0\n", 3),
                ("%%MatrixMarket matrix coordinate real general\n"
                 "2 2 2\n1 1 1.0\n", 4),
                ("%%MatrixMarket matrix coordinate real spd\n"
                 "1 1 1\n1 1 1.0\n", 1),
                ("%%MatrixMarket matrix coordinate real general\n"
                 "2 2 1\n1 1 one\n", 3),
                ("<html>\n", 1)]:
            with self.subTest(text=text):
                with open(self.path("bad.mtx"), "w") as file:
                    file.write(text)
                message = self.fails(self.path("bad.mtx"), contains="bad.mtx")
                if line < 4:
                    self.assertIn(f"bad.mtx:{line}", message)

    def test_count_that_lies(self):
        """Nothing is allocated from a declared count."""
        with open(self.path("lie.mtx"), "w") as file:
            file.write("%%MatrixMarket matrix coordinate real general\n"
                       "2 2 4000000000000\n1 1 1.0\n")
        self.fails(self.path("lie.mtx"), contains="lie.mtx")

    def test_truncated_gzip(self):
        with open(self.own("rajat01.mtx.gz"), "rb") as file:
            half = file.read()[:50000]
        with open(self.path("half.mtx.gz"), "wb") as file:
            file.write(half)
        self.fails(self.path("half.mtx.gz"), contains="half.mtx.gz")

    def test_bad_generator(self):
        self.fails("gen:nothing,n=3", contains="nothing")
        self.fails("gen:er,rows=-3")

    def test_unwritable_output(self):
        output = self.path("nowhere/C.mtx")
        one_line_error("multiply", self.path("S.mtx"), "-o", output,
                       contains="nowhere")
        self.assertFalse(os.path.exists(self.path("nowhere")))
        one_line_error("multiply", self.path("S.mtx"),
                       f"--report={self.path('nowhere/r.json')}",
                       contains="nowhere")

    def test_unwritable_folder(self):
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        folder = self.path("locked")
        os.mkdir(folder)
        os.chmod(folder, stat.S_IRUSR | stat.S_IXUSR)
        one_line_error("multiply", self.path("S.mtx"), "-o",
                       os.path.join(folder, "C.mtx"), contains="locked")

    def test_output_stays_when_the_product_fails(self):
        """A failure does not harm what stood there before."""
        with open(self.path("C.mtx"), "w") as file:
            file.write("mine")
        one_line_error("multiply", self.path("A.mtx"), "-o",
                       self.path("C.mtx"))
        with open(self.path("C.mtx")) as file:
            self.assertEqual(file.read(), "mine")

    def test_entries_past_32_bits(self):
        """65537 x 65537 full: more entries of C than 32-bit positions hold."""
        n = 65537
        with open(self.path("L.mtx"), "w") as file:
            file.write("%%MatrixMarket matrix coordinate pattern general\n"
                       f"{n} 1 {n}\n")
            file.write("".join(f"{i} 1\n" for i in range(1, n + 1)))
        self.fails(self.path("L.mtx"), "--transpose-b", "--index-bits=32",
                   "--threads=1", contains=str(2**31 - 1))

    def test_columns_past_32_bits(self):
        with open(self.path("W.mtx"), "w") as file:
            file.write("%%MatrixMarket matrix coordinate real general\n"
                       f"1 {2**40} 1\n1 {2**40} 1.0\n")
        self.fails(self.path("W.mtx"), "--transpose-b", "--index-bits=32",
                   contains=str(2**40))

    def test_messages_are_lower_case(self):
        for arguments in ([self.path("none.mtx")], [self.path("A.mtx")],
                          [self.path("S.mtx"), "--semiring=plus_minus"]):
            message = one_line_error("multiply", *arguments)
            message = message.replace(self.folder, "")
            self.assertRegex(message, r"^smash: (error: )?[^A-Z]")

    def test_quiet_and_pipes(self):
        """No bar and no summary where nobody looks."""
        result = smash("multiply", self.own("bcsstk13.mtx.gz"), "--quiet")
        self.assertEqual((result.out, result.err), ("", ""))
        result = smash("multiply", self.own("bcsstk13.mtx.gz"))
        self.assertEqual(result.err, "")
        self.assertNotIn("\r", result.out)
        self.assertIn("4554541", result.out.replace(",", ""))

    def test_help(self):
        for arguments in (["--help"], ["multiply", "--help"]):
            result = smash(*arguments)
            self.assertIn("multiply", result.out)
            self.assertEqual(result.err, "")


if __name__ == "__main__":
    harness.unittest_main()
