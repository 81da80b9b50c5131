"""Accounts that exist are not told from those that do not, by the answer or by the work done. `make soak` compares times as well."""

import pytest
from Reliability.enumeration import run

TIMES = 3


def test_known_and_unknown_accounts_get_the_same_answer_after_the_same_work(tmp_path):
    outcome = run(tmp_path / "d", TIMES, ECHOCHAT_PASSWORD_COST="interactive")
    assert outcome.has_one_answer and outcome.least_work > 0.5, outcome.report()
    # The control: what is refused without a hash shows.
    control = run(tmp_path / "control", TIMES, control=True, ECHOCHAT_PASSWORD_COST="interactive")
    assert not control.has_one_answer and control.least_work < 0.2, control.report()


@pytest.mark.parametrize("question", ["forgotten password", "registration"])
def test_a_known_and_an_unknown_address_get_the_same_answer(tmp_path, question):
    outcome = run(tmp_path / "d", TIMES, question=question)
    assert outcome.has_one_answer, outcome.bodies
    # The control: a request that is refused, and a system without mail, which tells.
    control = run(tmp_path / "control", TIMES, control=True, question=question)
    assert not control.has_one_answer, control.bodies
