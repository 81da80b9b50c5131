"""Clock jumps: the wall clock of all programs goes forward and back by minutes while users write.

No acknowledged message is lost, no program crashes, and no order is inverted: not of seqs, positions or what listeners receive.

    python -m Reliability.clock_jumps --rounds 20
"""

import asyncio
import json
import random
import sys
from datetime import datetime
from pathlib import Path

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit
from support.stored_messages import STORED

from .disturbed import main, run_disturbed, wait_for_acknowledgements
from .shim import Shim

ROUNDS = 20
JUMP_SECONDS = (600, -600, 3000, 0, -20, 60)


def run(directory: Path, rounds: int, seed: int = 1, **settings) -> tuple[DeliveryAudit, int]:
    """Returns what became of the messages, and how many jumps their times show. Times need not go back with the clock."""
    shim = Shim(directory / "control")
    server = shim.server(directory / "d", ECHOCHAT_ACCESS_TOKEN_TTL="24h", **settings)
    rng = random.Random(seed)
    # The tokens are from here: from an hour ago, once the jumps begin.
    shim.set(clock_offset=-3600 * 10**9)

    async def jump(test: CrashTest) -> None:
        for number in range(rounds):
            seconds = JUMP_SECONDS[number % len(JUMP_SECONDS)]
            shim.set(clock_offset=seconds * 10**9)
            await asyncio.sleep(rng.uniform(0.1, 1))
            await test.measure_recovery(f"a jump to {seconds} s")
            await wait_for_acknowledgements(test, 50)

    audit = run_disturbed(server, jump, seed)
    with server.database() as database:
        rows = database.execute(f"SELECT json FROM {STORED} ORDER BY position").fetchall()
    times = [datetime.fromisoformat(json.loads(text)["created_at"]) for (text,) in rows]
    return audit, sum(abs((after - before).total_seconds()) > 10 for before, after in zip(times, times[1:], strict=False))


def programme(directory: Path, options, seed: int) -> bool:
    audit, jumps = run(directory, options.rounds, seed)
    print(audit.report(), f"\njumps in the stored times: {jumps}")
    return audit.is_clean and jumps > 0


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, rounds=ROUNDS))
