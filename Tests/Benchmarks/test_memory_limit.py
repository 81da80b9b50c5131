"""A limited system is in a control group of its own, which is gone afterwards; where none can be made, the row is not available."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import memory_limit
from load import NotAvailable
from memory_limit import MemoryLimit, place


class MemoryLimitTests(unittest.TestCase):
    def test_the_group_is_below_ours_in_the_first_version_and_beside_it_in_the_second(self):
        first = "5:cpu,cpuacct:/\n4:memory:/user/7\n0::/\n"
        self.assertEqual(place(first), (Path("/sys/fs/cgroup/memory/user/7"), "memory.limit_in_bytes"))
        self.assertEqual(place("0::/user.slice/session-3.scope\n"), (Path("/sys/fs/cgroup/user.slice"), "memory.max"))
        self.assertEqual(place("0::/\n"), (Path("/sys/fs/cgroup"), "memory.max"))

    def test_a_program_is_in_the_group(self):
        with tempfile.TemporaryDirectory() as data:
            try:
                with MemoryLimit(Path(data)) as limit:
                    group = limit.group
                    done = subprocess.run([*limit.prefix, "cat", "/proc/self/cgroup"], capture_output=True, text=True, check=True)
                    self.assertIn(f"/{group.name}\n", done.stdout)
            except NotAvailable as reason:
                self.skipTest(str(reason))
            self.assertFalse(group.exists())

    def test_without_a_hierarchy_there_is_no_limit(self):
        with tempfile.TemporaryDirectory() as data, mock.patch.object(memory_limit, "HIERARCHY", Path(data) / "absent"):
            with self.assertRaises(NotAvailable):
                MemoryLimit(Path(data)).__enter__()


if __name__ == "__main__":
    unittest.main()
