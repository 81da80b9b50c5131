"""Reloads, restarts and renewed tokens under load fail no request and lose no event. The whole run is in `make soak`."""

import pytest
from Reliability.restarts import RESTARTS, kill_pool, run

TIMES = 3


@pytest.mark.parametrize("restart", [*RESTARTS.values(), None], ids=[*RESTARTS, "renewal of tokens"])
def test_restarts_under_load_fail_no_request_and_lose_no_event(tmp_path, restart):
    outcome = run(tmp_path / "d", restart, TIMES)
    assert outcome.is_clean, outcome.report()
    assert restart is not None or outcome.renewals == TIMES * len(outcome.received) * 2


@pytest.mark.control
def test_a_killed_worker_fails_requests(tmp_path):
    outcome = run(tmp_path / "d", kill_pool, 5)
    assert outcome.failed and not outcome.missed, outcome.report()
