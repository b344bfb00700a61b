"""Piuma programs that take thousands of probes for a product, or many events.

    piuma_slow_test.py --smash PATH [TEST...]
"""

import harness
from piuma_harness import Piuma

# V1 on natural labels takes its time.
harness.TIMEOUT_S = 3000


class Slow(Piuma):
    def test_4096_keys_that_collide(self):
        """As many as an implementation must stand."""
        for name in ("v1", "v2", "v3", "fragmented"):
            with self.subTest(strategy=name):
                # A step at a time, only what takes seconds.
                self.check_colliding(4096, name, checking=False)

    def stand_in(self, name):
        """A quarter of the stand-in, with natural and with permuted labels."""
        for permute in (0, 1):
            with self.subTest(permute=permute):
                self.check_stand_in(12, name, permute)

    def test_stand_in_v1(self):
        self.stand_in("v1")

    def test_stand_in_v2(self):
        self.stand_in("v2")

    def test_stand_in_v3(self):
        self.stand_in("v3")

    def test_stand_in_best(self):
        self.stand_in("best")


if __name__ == "__main__":
    harness.unittest_main()
