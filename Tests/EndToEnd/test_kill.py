"""Programs are killed with signal 9 while eight people write and four listen: nothing is lost, doubled, invented or out of order."""

import asyncio

import pytest

from support.kill_programme import Programme, Tally
from support.server import DEBUG_PROGRAMS

KILLS = 30
BACK_WITHIN_SECONDS = 2.0
CONTROL_KILLS = 6
CONTROL_ROUNDS = 3


@pytest.mark.kills
@pytest.mark.timeout(240)
def test_thirty_kills_cost_nobody_a_word(own_server, capsys):
    tally = asyncio.run(Programme(own_server(), seed=1).run(KILLS))
    with capsys.disabled():
        print("\n" + tally.report())
    assert len(tally.recoveries) == KILLS
    assert len(tally.acknowledged) > 100 * KILLS, tally.report()
    assert not tally.lost, tally.report()
    assert not tally.duplicated, tally.report()
    assert not tally.phantom, tally.report()
    assert not tally.out_of_order, tally.report()
    assert not tally.not_resumed and not tally.refused and not tally.unfinished and tally.integrity == "ok", tally.report()
    assert tally.slowest_recovery < BACK_WITHIN_SECONDS, tally.report()


@pytest.mark.kills
@pytest.mark.control
@pytest.mark.timeout(240)
def test_a_build_that_acknowledges_before_it_commits_is_caught(own_server, capsys):
    """The control: the same programme must report losses, or its zeros mean nothing."""
    assert (DEBUG_PROGRAMS / "echochat-rest").exists(), "the control needs the debug programs: swift build"
    for round_number in range(CONTROL_ROUNDS):
        server = own_server(programs=DEBUG_PROGRAMS, ECHOCHAT_FAULT="acknowledge-before-commit")
        tally = asyncio.run(Programme(server, seed=2 + round_number).run(CONTROL_KILLS))
        with capsys.disabled():
            print("\ncontrol: " + tally.report())
        if tally.lost:
            return
    raise AssertionError(f"no loss was seen in {CONTROL_ROUNDS * CONTROL_KILLS} kills of a build that loses")


# The checker itself, on stories made up: each kind of harm is seen for what it is.


def told(**changes) -> Tally:
    heard = [(10, "r", 1, "a"), (11, "r", 2, "b"), (12, "r", 3, "c")]
    story = {
        "attempted": dict.fromkeys("abc", "r"),
        "acknowledged": {"a": ("r", 1), "b": ("r", 2), "c": ("r", 3)},
        "stored": [(1 << 32 | 1, "a"), (1 << 32 | 2, "b"), (1 << 32 | 3, "c")],
        "delivered": [heard, list(heard)],
        "integrity": "ok",
    }
    return Tally(**{**story, **changes}).compare()


def test_the_checker_is_content_with_a_good_story():
    assert told().is_clean


@pytest.mark.parametrize(
    "kind, changes",
    [
        ("lost", {"stored": [(1 << 32 | 1, "a"), (1 << 32 | 2, "b")], "delivered": [[(10, "r", 1, "a"), (11, "r", 2, "b")]]}),
        ("lost", {"delivered": [[(10, "r", 1, "a"), (12, "r", 3, "c")]]}),
        ("lost", {"acknowledged": {"a": ("r", 1), "b": ("r", 9)}}),
        ("duplicated", {"delivered": [[(10, "r", 1, "a"), (11, "r", 2, "b"), (11, "r", 2, "b"), (12, "r", 3, "c")]]}),
        ("duplicated", {"stored": [(1 << 32 | 1, "a"), (1 << 32 | 2, "b"), (1 << 32 | 3, "c"), (1 << 32 | 4, "c")]}),
        ("phantom", {"attempted": {"a": "r", "b": "r"}}),
        ("phantom", {"delivered": [[(10, "r", 1, "a"), (11, "r", 2, "b"), (12, "r", 3, "c"), (13, "r", 4, "d")]]}),
        ("out_of_order", {"delivered": [[(11, "r", 2, "b"), (10, "r", 1, "a"), (12, "r", 3, "c")]]}),
        ("out_of_order", {"delivered": [[(10, "r", 1, "a"), (11, "r", 3, "c"), (12, "r", 2, "b")]]}),
        ("out_of_order", {"stored": [(1 << 32 | 1, "a"), (1 << 32 | 2, "b"), (1 << 32 | 5, "c")]}),
    ],
)
def test_the_checker_sees_each_kind_of_harm(kind, changes):
    tally = told(**changes)
    assert getattr(tally, kind), tally.report()
    assert not tally.is_clean
