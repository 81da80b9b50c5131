"""Kills programs with signal 9 while eight users write and four listen: no message is lost, duplicated, invented or reordered."""

import asyncio

import pytest

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit
from support.server import DEBUG_PROGRAMS

KILLS = 30
BACK_WITHIN_SECONDS = 2.0
CONTROL_KILLS = 6
CONTROL_ROUNDS = 3


@pytest.mark.crash
@pytest.mark.timeout(240)
def test_thirty_kills_lose_duplicate_and_reorder_no_message(own_server, capsys):
    audit = asyncio.run(CrashTest(own_server(), seed=1).run(KILLS))
    with capsys.disabled():
        print("\n" + audit.report())
    assert len(audit.recoveries) == KILLS
    assert len(audit.acknowledged) > 100 * KILLS, audit.report()
    assert not audit.lost, audit.report()
    assert not audit.duplicated, audit.report()
    assert not audit.phantom, audit.report()
    assert not audit.out_of_order, audit.report()
    assert not audit.not_resumed and not audit.refused and not audit.unfinished and audit.integrity == "ok", audit.report()
    assert audit.slowest_recovery < BACK_WITHIN_SECONDS, audit.report()


@pytest.mark.crash
@pytest.mark.control
@pytest.mark.timeout(240)
def test_a_build_that_acknowledges_before_it_commits_is_caught(own_server, capsys):
    """The control: the same test must report losses, otherwise its zeros prove nothing."""
    assert (DEBUG_PROGRAMS / "echochat-rest").exists(), "the control needs the debug programs: swift build"
    for round_number in range(CONTROL_ROUNDS):
        server = own_server(programs=DEBUG_PROGRAMS, ECHOCHAT_FAULT="acknowledge-before-commit")
        audit = asyncio.run(CrashTest(server, seed=2 + round_number).run(CONTROL_KILLS))
        with capsys.disabled():
            print("\ncontrol: " + audit.report())
        if audit.lost:
            return
    raise AssertionError(f"no loss was seen in {CONTROL_ROUNDS * CONTROL_KILLS} kills of a build that loses")


# The audit itself, on invented observations: it recognises each kind of error.


def audit_of(**changes) -> DeliveryAudit:
    received = [(10, "r", 1, "a"), (11, "r", 2, "b"), (12, "r", 3, "c")]
    observed = {
        "attempted": dict.fromkeys("abc", "r"),
        "acknowledged": {"a": ("r", 1), "b": ("r", 2), "c": ("r", 3)},
        "stored": [(1 << 32 | 1, "a"), (1 << 32 | 2, "b"), (1 << 32 | 3, "c")],
        "delivered": [received, list(received)],
        "integrity": "ok",
    }
    return DeliveryAudit(**{**observed, **changes}).compare()


def test_the_audit_accepts_a_correct_run():
    assert audit_of().is_clean


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
def test_the_audit_detects_each_kind_of_error(kind, changes):
    audit = audit_of(**changes)
    assert getattr(audit, kind), audit.report()
    assert not audit.is_clean
