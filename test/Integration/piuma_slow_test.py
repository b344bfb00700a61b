"""Piuma programs that take thousands of probes for a product, or many events.

    piuma_slow_test.py --smash PATH [TEST...]
"""

import harness
from piuma_harness import Piuma


class Slow(Piuma):
    def test_4096_keys_that_collide(self):
        """As many as an implementation must stand."""
        for name in ("v1", "v2", "v3", "fragmented"):
            with self.subTest(strategy=name):
                # A step at a time, only what takes seconds.
                self.check_colliding(4096, name, checking=False)


if __name__ == "__main__":
    harness.unittest_main()
