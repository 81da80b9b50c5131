"""Two people chat on the page while programs are killed and tabs end: nothing is lost. The whole run is in `make soak`."""

import pytest
from Reliability.page import FAULTS, run

pytestmark = [pytest.mark.page, pytest.mark.timeout(300)]


def test_nothing_that_two_people_write_is_lost_or_doubled(tmp_path):
    outcome = run(tmp_path / "run", seconds=40, kills=2, seed=1)
    assert not outcome.faults, outcome.report()
    assert set(outcome.killed.values()) == set(outcome.happened.values()) == {2}, outcome.report()


@pytest.mark.control
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(tmp_path, fault):
    outcome = run(tmp_path / "run", seconds=10, kills=0, seed=1, fault=fault)
    assert FAULTS[fault].is_found(outcome), outcome.report()
