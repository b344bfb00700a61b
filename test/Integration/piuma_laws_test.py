"""Micro-kernels in piuma IR land on the laws of the simulated machine."""

import json

import harness
from harness import Scratch, smash

IDEAL = ("--set=dram_banks=0",)  # no bank of the memory is ever busy


class Laws(Scratch):
    def simulate(self, text, *flags):
        """The report of the program `text`, and what it returned."""
        program = self.path("program.mlir")
        with open(program, "w") as file:
            file.write(text)
        report = json.loads(
            smash("simulate", program, "--report=-", *flags).out)
        return report["machine"], report.get("result")

    def test_pointer_chase(self):
        """A load whose address is the last one's value waits for it: a step
        takes the memory's latency, and a few cycles for the loop."""
        steps, ring = 4000, 61
        text = f"""
        func.func @main() -> index {{
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %c7 = arith.constant 7 : index
          %ring = arith.constant {ring} : index
          %steps = arith.constant {steps} : index
          %m, %ok = piuma.alloc(%ring) for metadata : memref<?xindex>
          scf.for %i = %c0 to %ring step %c1 {{
            %sum = arith.addi %i, %c7 : index
            %next = arith.remui %sum, %ring : index
            piuma.store %next, %m[%i] uncached : index, memref<?xindex>
          }}
          %end = scf.for %i = %c0 to %steps step %c1
              iter_args(%at = %c0) -> index {{
            %next = piuma.load %m[%at] uncached : memref<?xindex>, index
            scf.yield %next : index
          }}
          piuma.free %m : memref<?xindex>
          return %end : index
        }}"""
        for latency in (45, 100, 200, 400):
            with self.subTest(latency=latency):
                report, result = self.simulate(
                    text, *IDEAL, f"--set=dram_ns={latency}")
                self.assertEqual(int(result), steps * 7 % ring)
                self.assertEqual(report["dram_read_bytes"], 8 * steps)
                step = report["cycles"] / steps
                self.assertGreaterEqual(step, latency)
                self.assertLess(step, latency + 8)

    def test_demand_loads(self):
        """64 threads with one load each in flight reach 64 * 8 bytes in the
        time of a load and of its instructions, or the channel's bandwidth."""
        rounds, unroll = 64, 32
        loads = "\n".join(
            f"%k{i} = arith.constant {i} : index\n"
            f"%o{i} = arith.addi %base, %k{i} : index\n"
            f"%v{i} = piuma.load %m[%o{i}] uncached : memref<?xi64>, i64"
            for i in range(unroll))
        # Carried, so that nobody spends instructions on them.
        carried = ", ".join(f"%x{i} = %zero" for i in range(unroll))
        types = ", ".join(["i64"] * unroll)
        stores = "\n".join(
            f"piuma.store %end#{i}, %m[%thread] uncached : i64, memref<?xi64>"
            for i in range(unroll))
        text = f"""
        func.func @main() {{
          %zero = arith.constant 0 : i64
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %threads = arith.constant 64 : index
          %unroll = arith.constant {unroll} : index
          %each = arith.constant {rounds * unroll} : index
          %size = arith.constant {64 * rounds * unroll} : index
          %m, %ok = piuma.alloc(%size) for metadata : memref<?xi64>
          piuma.launch (%block) in (%c1) {{
            piuma.spawn (%thread) in (%threads) on multi {{
              %first = arith.muli %thread, %each : index
              %last = arith.addi %first, %each : index
              %end:{unroll} = scf.for %base = %first to %last step %unroll
                  iter_args({carried}) -> ({types}) {{
                {loads}
                scf.yield {", ".join(f"%v{i}" for i in range(unroll))} : {types}
              }}
              {stores}
            }}
          }}
          piuma.free %m : memref<?xi64>
          return
        }}"""
        for latency, peak in ((45, 17.6), (45, 8.8), (100, 17.6), (200, 17.6),
                              (400, 17.6), (100, 4.4)):
            with self.subTest(latency=latency, peak=peak):
                report, _ = self.simulate(
                    text, *IDEAL, f"--set=dram_ns={latency}",
                    f"--set=dram_mb_per_second={int(peak * 1000)}")
                count = report["instruction_mix"]["load"]
                self.assertEqual(count, 64 * rounds * unroll)
                issue = report["instructions"] / count
                self.assertLess(issue, 1.5)
                law = min(peak, 64 * 8 / (latency + issue))
                got = report["dram_gb_per_second"]
                self.assertLess(abs(got / law - 1), 0.03, f"{got}, {law}")

    def test_dma_stream(self):
        """A stream of copies reaches the bytes in flight in a latency, or the
        channel's bandwidth."""
        size, requests = 32768, 8
        copies = "\n".join(
            f"%t{i} = piuma.dma_copy %m[%c0], %s[%c0] count(%size) : "
            f"memref<?xi64>, memref<{size}xi64, #piuma.space<scratchpad>>"
            for i in range(requests))
        waits = "\n".join(f"piuma.wait %t{i}" for i in range(requests))
        text = f"""
        func.func @main() {{
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %size = arith.constant {size} : index
          %m, %ok = piuma.alloc(%size) for metadata : memref<?xi64>
          piuma.launch (%block) in (%c1) {{
            %s = piuma.scratchpad at 0
              : memref<{size}xi64, #piuma.space<scratchpad>>
            {copies}
            {waits}
          }}
          piuma.free %m : memref<?xi64>
          return
        }}"""
        for flying, latency in ((64, 100), (256, 100), (256, 200), (512, 200),
                                (256, 400), (1024, 400), (128, 45)):
            with self.subTest(flying=flying, latency=latency):
                report, _ = self.simulate(
                    text, *IDEAL, f"--set=dram_ns={latency}",
                    f"--set=dma_accesses_in_flight={flying}")
                self.assertEqual(report["dma_bytes"], 8 * size * requests)
                law = min(17.6, flying * 8 / latency)
                got = report["dram_gb_per_second"]
                self.assertLess(abs(got / law - 1), 0.05, f"{got}, {law}")

    def test_dense_work_is_bound_by_issue(self):
        """A product of small dense blocks in the scratchpad, four by four in
        registers: the pipelines issue in nearly every cycle, and the memory is
        idle."""
        depth, space = 256, "#piuma.space<scratchpad>"
        part = f"memref<{4 * depth}xf64, {space}>"
        body = ["%at = arith.muli %k, %c4 : index"]
        for i in range(4):
            body.append(f"%o{i} = arith.addi %at, %c{i} : index")
            for name in "ab":
                body.append(f"%{name}{i} = piuma.load %{name}[%o{i}] uncached "
                            f": {part}, f64")
        for i in range(4):
            for j in range(4):
                body.append(f"%p{i}{j} = arith.mulf %a{i}, %b{j} : f64")
                body.append(f"%n{i}{j} = arith.addf %s{i}{j}, %p{i}{j} : f64")
        names = [f"{i}{j}" for i in range(4) for j in range(4)]
        text = f"""
        func.func @main() {{
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %c2 = arith.constant 2 : index
          %c3 = arith.constant 3 : index
          %c4 = arith.constant 4 : index
          %zero = arith.constant 0.0 : f64
          %threads = arith.constant 64 : index
          %depth = arith.constant {depth} : index
          %out, %ok = piuma.alloc(%threads) for c : memref<?xf64>
          piuma.launch (%block) in (%c1) {{
            %a = piuma.scratchpad at 0 : {part}
            %b = piuma.scratchpad at {32 * depth} : {part}
            piuma.spawn (%thread) in (%threads) on multi {{
              %r:16 = scf.for %k = %c0 to %depth step %c1
                  iter_args({", ".join(f"%s{n} = %zero" for n in names)})
                  -> ({", ".join(["f64"] * 16)}) {{
                {chr(10).join(body)}
                scf.yield {", ".join(f"%n{n}" for n in names)}
                  : {", ".join(["f64"] * 16)}
              }}
              %u0 = arith.addf %r#0, %r#1 : f64
              {chr(10).join(f"%u{i} = arith.addf %u{i - 1}, %r#{i + 1} : f64"
                            for i in range(1, 15))}
              piuma.store %u14, %out[%thread] uncached : f64, memref<?xf64>
            }}
          }}
          piuma.free %out : memref<?xf64>
          return
        }}"""
        report, _ = self.simulate(text)
        self.assertGreater(report["ipc"], 0.95 * 4)
        self.assertLess(report["dram_utilization"], 0.05)

    def test_programs_run_on_both_runtimes(self):
        text = """
        func.func @main() -> i64 {
          %c1 = arith.constant 1 : index
          %c0 = arith.constant 0 : index
          %n = arith.constant 100 : index
          %three = arith.constant 3 : i64
          %m, %ok = piuma.alloc(%c1) zeroed for c : memref<?xi64>
          piuma.launch (%block) in (%c1) {
            piuma.spawn (%thread) in (%n) on multi {
              %old = piuma.atomic add %m[%c0], %three : memref<?xi64>, i64 -> i64
            }
          }
          %sum = piuma.load %m[%c0] uncached : memref<?xi64>, i64
          piuma.free %m : memref<?xi64>
          return %sum : i64
        }"""
        report, result = self.simulate(text)
        self.assertEqual(result, "300")
        self.assertEqual(report["atomics"], 100)
        self.assertIn("300", smash("simulate", self.path("program.mlir"),
                                   "--functional").out)


if __name__ == "__main__":
    harness.unittest_main()
