"""Goals are kept or missed by the figures of their own row, and each names a row that there is."""

import unittest

from goals import GOALS, judge, summary
from workloads import CASES


def row(label: str, path: str, system: str, **figures) -> dict:
    return {"label": label, "path": path, "system": system} | figures


class GoalTests(unittest.TestCase):
    def test_a_ratio_is_that_of_the_other_systems_row(self):
        self.assertEqual(judge(row("fanout K=16", "direct", "floor", echochat_to_this={"rate": 1.1})), ["rate ≥ 1.1: 1.1 kept"])
        self.assertEqual(judge(row("fanout K=16", "nginx", "floor", echochat_to_this={"rate": 1.09})), ["rate ≥ 1.1: 1.09 missed"])
        self.assertEqual(judge(row("fanout K=16", "nginx", "nchan", echochat_to_this={"rate": 0.5})), [])

    def test_an_own_figure_has_its_unit(self):
        self.assertEqual(judge(row("idle", "nginx", "echochat", memory={"nginx": 16 * 1024})), ["nginx ≤ 16 KB: 16 kept"])
        storm = row("storm", "direct", "echochat", latency_us={"p99": 51_000}, server_cpu_seconds=0.9)
        self.assertEqual(judge(storm), ["others' p99 ≤ 50 ms: 51 missed", "CPU ≤ 1 s: 0.9 kept"])
        self.assertEqual(summary([storm]), "1 of 2 goals kept. Missed: storm direct, others' p99 ≤ 50 ms: 51.")

    def test_a_row_without_figures_keeps_and_misses_nothing(self):
        self.assertEqual(judge(row("storm", "direct", "echochat", invalid="a message was lost")), [])
        self.assertEqual(judge(row("fanout K=1", "direct", "floor")), [])

    def test_every_goal_is_of_a_row_that_is_measured(self):
        measured = {(case.label, case.path, system) for case in CASES for system in ("echochat", *case.beside)}
        for goal in GOALS:
            for label in goal.labels:
                for path in goal.paths:
                    self.assertIn((label, path, goal.system), measured)


if __name__ == "__main__":
    unittest.main()
