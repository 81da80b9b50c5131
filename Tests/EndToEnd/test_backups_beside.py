"""Backups while programs, and backups, are killed: each is whole and has what was acknowledged before it began."""

import pytest
from Reliability.backups import run


@pytest.mark.crash
@pytest.mark.timeout(120)
def test_backups_of_programs_that_are_killed_are_whole(tmp_path):
    outcome = run(tmp_path / "d", kills=6)
    print(outcome.report())
    assert outcome.is_clean and outcome.made == 6 and outcome.cut == 2, outcome.report()
    assert any(outcome.control), "a copy of the file alone is as good: nothing was tried"
