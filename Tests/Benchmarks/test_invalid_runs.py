"""A run in which a message is lost, duplicated, reordered or changed is invalid, and the benchmark fails: shown by injected faults.

    python3 -m unittest discover Tests/Benchmarks
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BENCH = Path(__file__).with_name("bench.py")
RESULTS = BENCH.parents[2] / "bench-results"
WORKLOADS = [("fanout", "K=16 direct"), ("rooms", "direct"), ("send", "send direct"), ("send", "2,000 rooms direct"), ("storm", "direct")]
OUT_OF_ORDER = r"connection \d+ received id \d+, seq \d+ after id \d+, seq \d+|connection \d+, after seq \d+, received"
# What a lost or moved message shows as when none of its connection follows it.
MISSING = r"connection \d+ received no seq after \d+"
CHANGED = r"a message arrived changed|connection \d+ received seq \d+ with other bytes|connection \d+ received seq \d+ changed"
# The fault injected into one message, and the error that the load generator reports.
FAULTS = {"lose": f"{OUT_OF_ORDER}|{MISSING}", "double": OUT_OF_ORDER, "move": f"{OUT_OF_ORDER}|{MISSING}", "change": CHANGED}


class InvalidRunTests(unittest.TestCase):
    def test_every_fault_makes_the_run_invalid(self):
        for workload, only in WORKLOADS:
            for fault, expected in FAULTS.items():
                with self.subTest(workload=workload, only=only, fault=fault):
                    done = bench(workload, only, "--sabotage", fault)
                    self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                    self.assertRegex(done.stdout, f"INVALID: ({expected})")

    def test_a_run_without_a_fault_has_figures(self):
        for workload, only in WORKLOADS:
            with self.subTest(workload=workload, only=only):
                done = bench(workload, only)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn("INVALID", done.stdout)


def bench(workload: str, only: str, *more: str) -> subprocess.CompletedProcess:
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS) as results:
        command = [sys.executable, str(BENCH), workload, "--short", "--only", only, "--results", results, *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
