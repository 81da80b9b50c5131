"""Power cuts, replayed from what the programs wrote and synced: no acknowledged message is lost. The whole run is `make powercut`."""

import random

import pytest
from Reliability.power_cut import cut, normal_syncs, record
from Reliability.recording import DIRECTORY, MADE, Disk, Kind, Record

CUTS = 60
RECORDED_SECONDS = 3
STARTS = 2


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return record(tmp_path_factory.mktemp("power"), RECORDED_SECONDS)


def test_sixty_power_cuts_lose_duplicate_and_reorder_no_acknowledged_message(recording, capsys):
    outcome = cut(recording, CUTS, programs=STARTS)
    with capsys.disabled():
        print("\n" + outcome.report())
    assert outcome.cuts == CUTS and outcome.checkpoints_cut >= 10 and outcome.acknowledged > 50, outcome.report()
    assert outcome.resumed == STARTS and not outcome.faults, outcome.report()


@pytest.mark.control
def test_the_same_cuts_lose_messages_if_only_checkpoints_sync(recording, capsys):
    """The control: PRAGMA synchronous=NORMAL."""
    outcome = cut(recording, CUTS, lies=normal_syncs)
    with capsys.disabled():
        print("\ncontrol: " + outcome.report())
    assert outcome.cuts_with_losses > CUTS / 4, outcome.report()


# The disk itself: what it holds after a cut.

A, DIRECTORY_NUMBER = 7, 1


def disk_with(*records: Record) -> Disk:
    disk = Disk()
    for fed in (Record(Kind.OPEN, DIRECTORY_NUMBER, DIRECTORY, b""), Record(Kind.OPEN, A, MADE, b"a"), *records):
        disk.feed(fed)
    return disk


def sync(file: int, number: int = 1) -> tuple[Record, Record]:
    return Record(Kind.SYNC_BEGIN, file, number, b""), Record(Kind.SYNC_END, file, number, b"")


def write(offset: int, data: bytes) -> Record:
    return Record(Kind.WRITE, A, offset, data)


def after(disk: Disk, variant: str) -> dict[str, bytes]:
    return disk.after_a_cut(variant, random.Random(1))


def test_synced_writes_stay_and_unsynced_ones_may_not():
    disk = disk_with(write(0, b"safe"), *sync(A), write(4, b"more"))
    assert after(disk, "none") == {"a": b"safe"}
    assert after(disk, "all") == {"a": b"safemore"}


def test_a_write_that_comes_while_a_sync_runs_is_not_synced_by_it():
    begin, end = sync(A)
    assert after(disk_with(write(0, b"safe"), begin, write(0, b"late"), end), "none") == {"a": b"safe"}


def test_sectors_of_a_write_are_torn():
    disk = disk_with(write(0, bytes(4096)), *sync(A), write(0, b"x" * 4096))
    content = after(disk, "sectors")["a"]
    pieces = {content[start : start + 512] for start in range(0, 4096, 512)}
    assert pieces == {bytes(512), b"x" * 512}
    assert after(disk, "pages")["a"] in (bytes(4096), b"x" * 4096)


def test_a_name_is_safe_once_its_file_or_its_directory_is_synced():
    assert after(disk_with(write(0, b"x")), "none") == {}
    renamed = Record(Kind.RENAME, 0, 0, b"a\0b")
    assert after(disk_with(write(0, b"x"), *sync(A), renamed), "none") == {"a": b"x"}
    assert after(disk_with(write(0, b"x"), *sync(A), renamed, *sync(DIRECTORY_NUMBER, 2)), "none") == {"b": b"x"}
