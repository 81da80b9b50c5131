"""Each way to end a session or a membership, several times, with and without a doorbell. The whole run is in `make soak`."""

import pytest
from Reliability.revocation import KINDS, control, run

TIMES = 4


def test_whoever_is_revoked_hears_nothing_more_and_is_told_within_a_second(tmp_path):
    outcomes = run(tmp_path / "d", TIMES)
    assert set(outcomes) == set(KINDS)
    assert all(outcome.is_clean and outcome.times == TIMES for outcome in outcomes.values()), {
        kind: outcome.report() for kind, outcome in outcomes.items()
    }


@pytest.mark.control
def test_whoever_is_not_revoked_is_found_to_hear_more(tmp_path):
    outcome = control(tmp_path / "d")
    assert outcome.late and outcome.heard, outcome.report()
