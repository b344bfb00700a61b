"""Generated code that is instrumented (--sanitize), in a build with that
sanitizer; elsewhere it is refused in one line."""

import harness
from harness import Scratch, one_line_error, smash

# Between blocks of two cores, which nothing orders, whoever is first.
RACE = """
func.func @main() -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %rounds = arith.constant 1000 : index
  %one = arith.constant 1 : i64
  %m, %ok = piuma.alloc(%c1) for metadata : memref<?xi64>
  piuma.store %one, %m[%c0] uncached : i64, memref<?xi64>
  piuma.launch (%block) in (%c2) {
    scf.for %i = %c0 to %rounds step %c1 {
      UPDATE
    }
  }
  %sum = piuma.load %m[%c0] uncached : memref<?xi64>, i64
  piuma.free %m : memref<?xi64>
  return %sum : i64
}
"""
PLAIN = """
      %v = piuma.load %m[%c0] uncached : memref<?xi64>, i64
      %w = arith.addi %v, %one : i64
      piuma.store %w, %m[%c0] uncached : i64, memref<?xi64>
"""
ATOMIC = """
      piuma.atomic add %m[%c0], %one : memref<?xi64>, i64
"""
OUTSIDE = """
func.func @main() -> i64 {
  %c3 = arith.constant 3 : index
  %m, %ok = piuma.alloc(%c3) for metadata : memref<?xi64>
  %v = piuma.load %m[%c3] uncached : memref<?xi64>, i64
  piuma.free %m : memref<?xi64>
  return %v : i64
}
"""
STRATEGIES = ("smash_v1", "smash_v2", "smash_v3", "smash_best", "inner",
              "outer", "row_wise")
MATRIX = "gen:rmat,scale=6,nnz=300,seed=3"


class Sanitize(Scratch):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.has = [kind for kind in ("thread", "address")
                   if smash("multiply", "gen:er,rows=9", f"--sanitize={kind}",
                            "--quiet", "--no-cache", expect=None).code == 0]

    def need(self, kind):
        if kind not in self.has:
            self.skipTest(f"this build has no sanitizer of kind '{kind}'")

    def run_program(self, text, kind):
        program = self.path("program.mlir")
        with open(program, "w") as file:
            file.write(text)
        return smash("simulate", program, "--functional", "--set=cores=2",
                     f"--sanitize={kind}", expect=None)

    def test_another_builds_is_refused(self):
        for kind, preset in (("thread", "tsan"), ("address", "asan")):
            if kind in self.has:
                continue
            for command in (["multiply"], ["simulate", "--functional"]):
                one_line_error(*command, MATRIX, f"--sanitize={kind}",
                               contains=f"build smash with the preset {preset}")

    def test_a_race_is_reported(self):
        self.need("thread")
        racy = self.run_program(RACE.replace("UPDATE", PLAIN), "thread")
        self.assertIn("data race", racy.err)
        self.assertNotEqual(racy.code, 0)
        clean = self.run_program(RACE.replace("UPDATE", ATOMIC), "thread")
        self.assertNotIn("data race", clean.err)
        self.assertRegex(clean.out, r"result +2001\n")

    def test_an_access_out_of_bounds_is_reported(self):
        self.need("address")
        self.assertIn("heap-buffer-overflow",
                      self.run_program(OUTSIDE, "address").err)

    def test_kernels_are_clean(self):
        if not self.has:
            self.skipTest("this build has no sanitizer")
        for kind in self.has:
            for strategy in STRATEGIES:
                for command in (["multiply", "--threads=4", "--no-cache"],
                                ["simulate", "--functional", "--set=cores=2"]):
                    with self.subTest(kind=kind, strategy=strategy,
                                      command=command[0]):
                        smash(*command, MATRIX, f"--strategy={strategy}",
                              f"--sanitize={kind}", "--check", "--quiet")


if __name__ == "__main__":
    harness.unittest_main()
