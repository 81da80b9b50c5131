"""A failing and a full disk, no descriptors, clock jumps, contention: no message is lost. Short forms of the programmes of `make soak`."""

import pytest
from Reliability import clock_jumps, contention, descriptors, failing_disk, full_disk
from Reliability.disturbed import FAULTY

from support.delivery_audit import DeliveryAudit


def check_nothing_is_lost(audit: DeliveryAudit, capsys) -> None:
    with capsys.disabled():
        print("\n" + audit.report())
    assert audit.is_clean and len(audit.acknowledged) > 100 and audit.recoveries, audit.report()


@pytest.mark.timeout(120)
def test_a_failing_disk_loses_and_duplicates_no_acknowledged_message(tmp_path, capsys):
    audit, injected = failing_disk.run(tmp_path, messages=500)
    check_nothing_is_lost(audit, capsys)
    assert min(injected.values()) > 0, injected


@pytest.mark.control
@pytest.mark.timeout(120)
def test_on_a_failing_disk_a_build_that_acknowledges_before_it_commits_is_caught(tmp_path, capsys):
    audit, _ = failing_disk.run(tmp_path, messages=200, **FAULTY)
    with capsys.disabled():
        print("\ncontrol: " + audit.report())
    assert audit.lost, audit.report()


@pytest.mark.timeout(120)
def test_a_full_disk_loses_no_acknowledged_message_and_is_recovered_from(tmp_path, capsys):
    try:
        audit = full_disk.run(tmp_path, rounds=2)
    except full_disk.CannotMount as error:
        pytest.skip(f"needs to mount a small file system: {error}")
    check_nothing_is_lost(audit, capsys)


@pytest.mark.timeout(120)
def test_without_descriptors_no_message_is_lost_and_no_program_ends(tmp_path, capsys):
    audit, refused = descriptors.run(tmp_path / "d", rounds=2)
    check_nothing_is_lost(audit, capsys)
    assert refused > 0, "no connection met the limit"


@pytest.mark.timeout(120)
def test_clock_jumps_lose_no_message_and_invert_no_order(tmp_path, capsys):
    audit, jumps = clock_jumps.run(tmp_path, rounds=6)
    check_nothing_is_lost(audit, capsys)
    assert jumps > 0, "the programs did not see the clock jump"


@pytest.mark.timeout(120)
def test_two_programs_write_beside_a_long_reader_and_nobody_hears_that_the_database_is_busy(tmp_path, capsys):
    outcome = contention.run(tmp_path / "d", seconds=8, snapshot_seconds=4)
    with capsys.disabled():
        print("\n" + outcome.report())
    assert outcome.is_clean, outcome.report()
