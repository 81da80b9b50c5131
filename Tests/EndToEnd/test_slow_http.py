"""Slow headers, slow bodies and slow reads fail nobody else's request. The whole run, which also compares p99, is in `make soak`."""

import pytest
from Reliability.slow_clients import ATTACKS, run

SECONDS = 3


@pytest.mark.timeout(90)
def test_slow_clients_fail_no_request_of_others(tmp_path, capsys):
    outcome = run(tmp_path, SECONDS)
    with capsys.disabled():
        print("\n" + outcome.report())
    assert not outcome.errors and set(outcome.delays) == {"baseline", *ATTACKS}, outcome.report()
    # They were there all the time.
    assert all(held > 100 for _, held in outcome.closed.values()), outcome.report()
