"""Users write and listen while something breaks, and every message is accounted for: the parts that such programmes share."""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit
from support.server import DEBUG_PROGRAMS, Server

# The control: programs that acknowledge what they have not committed.
FAULTY = {"programs": DEBUG_PROGRAMS, "ECHOCHAT_FAULT": "acknowledge-before-commit"}
STALLED_SECONDS = 30.0

Disturb = Callable[[CrashTest], Awaitable[None]]


def run_disturbed(
    server: Server, disturb: Disturb, seed: int = 1, pace: float = 0.01, prepare: Callable[[CrashTest], None] = lambda test: None
) -> DeliveryAudit:
    """Runs `disturb` while eight users write and four listen. The server is started and stopped here."""
    with server:
        test = CrashTest(server, seed, pace)
        prepare(test)
        return asyncio.run(test.run(disturb=disturb))


async def wait_for_acknowledgements(run: CrashTest, count: int) -> None:
    """Waits until `count` more messages were acknowledged."""
    wanted = len(run.audit.acknowledged) + count
    last, last_at = 0, time.monotonic()
    while (now := len(run.audit.acknowledged)) < wanted:
        if now != last:
            last, last_at = now, time.monotonic()
        assert time.monotonic() - last_at < STALLED_SECONDS, f"no message was acknowledged for {STALLED_SECONDS} s"
        await asyncio.sleep(0.02)


def main(description: str, programme: Callable[[Path, argparse.Namespace, int], bool], **defaults: int) -> int:
    """The command line of a programme: one option for each of `defaults`, and --seed. `programme` returns whether all went well."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=None, help="repeats an earlier run; random by default")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="echochat-") as directory:
        good = programme(Path(directory), options, seed)
    print(f"{'passed' if good else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return 0 if good else 1
