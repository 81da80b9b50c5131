"""A run in which a message is lost, doubled, moved or changed has no figures, and the benchmark fails: shown by a wire that lies once.

    python3 -m unittest discover Tests/Benchmarks
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BENCH = Path(__file__).with_name("bench.py")
RESULTS = BENCH.parents[2] / "bench-results"
WORKLOADS = {"fanout": "K=16 direct", "rooms": "direct", "send": "send direct", "storm": "direct"}
# What a liar does to one message, and what is noticed of it.
OUT_OF_ORDER = r"connection \d+ heard id \d+, seq \d+ after id \d+, seq \d+"
CHANGED = r"a message arrived changed|connection \d+ did not hear seq \d+ as others did|connection \d+ heard seq \d+ changed"
LIES = {"lose": OUT_OF_ORDER, "double": OUT_OF_ORDER, "move": OUT_OF_ORDER, "change": CHANGED}


class AFlawedRunIsVoid(unittest.TestCase):
    def test_every_lie_about_a_message_voids_the_run(self):
        for workload, only in WORKLOADS.items():
            for lie, noticed in LIES.items():
                with self.subTest(workload=workload, lie=lie):
                    done = bench(workload, only, "--sabotage", lie)
                    self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                    self.assertRegex(done.stdout, f"VOID: ({noticed})")

    def test_an_honest_run_has_figures(self):
        for workload, only in WORKLOADS.items():
            with self.subTest(workload=workload):
                done = bench(workload, only)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertNotIn("VOID", done.stdout)


def bench(workload: str, only: str, *more: str) -> subprocess.CompletedProcess:
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS) as results:
        command = [sys.executable, str(BENCH), workload, "--short", "--only", only, "--results", results, *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
