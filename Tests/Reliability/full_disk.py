"""A full disk: the data lie on a small file system of their own, which is filled and freed while users write.

No acknowledged message is lost, no program crashes, and messages are accepted again by themselves once there is room. Needs root, to mount.
The control is that of failing_disk, whose faults include ENOSPC.

    python -m Reliability.full_disk --rounds 10
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit
from support.server import Server, wait_until

from .disturbed import main, run_disturbed, wait_for_acknowledgements

ROUNDS = 10
SIZE = "8m"
FULL_SECONDS = 1.5
ROOM_BYTES = 6 << 20


class CannotMount(Exception):
    """Only root may mount, and not in every container."""


@contextlib.contextmanager
def small_file_system(directory: Path, size: str = SIZE) -> Iterator[Path]:
    directory.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", directory], capture_output=True, text=True)
    if mounted.returncode != 0:
        raise CannotMount(mounted.stderr.strip())
    try:
        yield directory
    finally:
        subprocess.run(["umount", directory], check=True)


def make_room(directory: Path) -> None:
    """Enlarges the file system by as much as it is short of `ROOM_BYTES`: what was written in earlier rounds stays."""
    status = os.statvfs(directory)
    if (missing := ROOM_BYTES - status.f_bavail * status.f_frsize) > 0:
        size = status.f_blocks * status.f_frsize + missing
        subprocess.run(["mount", "-o", f"remount,size={size}", directory], check=True)


def fill(path: Path) -> None:
    """Takes all the room that is left."""
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            # One page is as little as a tmpfs can give.
            file.write(bytes(4096))


def run(directory: Path, rounds: int, seed: int = 1, **settings) -> DeliveryAudit:
    with small_file_system(directory / "small") as small:
        server = Server(small / "d", **settings)

        async def fill_and_free(test: CrashTest) -> None:
            for _ in range(rounds):
                make_room(small)
                await wait_for_acknowledgements(test, 60)
                refused = _refused(test)
                filler = small / "filler"
                fill(filler)
                for _ in range(int(FULL_SECONDS / 0.1)):
                    # The programs truncate and remove files of theirs: what they give back is taken again.
                    await asyncio.sleep(0.1)
                    fill(filler)
                await asyncio.to_thread(wait_until, lambda: _refused(test) > refused, 10, "a refused message on the full disk")
                filler.unlink()
                await test.measure_recovery("a full disk")

        return run_disturbed(server, fill_and_free, seed)


def _refused(test: CrashTest) -> int:
    """Messages that were not accepted, and are sent again."""
    return sum(count for why, count in test.audit.retries.items() if why in ("REST 503", "WebSocket 503"))


def programme(directory: Path, options, seed: int) -> bool:
    audit = run(directory, options.rounds, seed)
    print(audit.report())
    return audit.is_clean


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, rounds=ROUNDS))
