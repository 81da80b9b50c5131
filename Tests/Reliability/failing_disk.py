"""A failing disk: writes and syncs of the databases fail at random (EIO, ENOSPC, short writes) while users write.

No acknowledged message is lost or stored twice, and the programs work again by themselves once the disk does.

    python -m Reliability.failing_disk --messages 20000
"""

import asyncio
import random
import sys
from pathlib import Path

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit

from .disturbed import FAULTY, main, run_disturbed, wait_for_acknowledgements
from .shim import Shim

MESSAGES = 20_000
# Chances per million calls.
WEAR = [
    {"write_eio": 20_000, "sync_eio": 20_000},
    {"write_enospc": 50_000},
    {"write_short": 300_000},
    {"sync_eio": 200_000},
    {"write_eio": 100_000, "write_enospc": 100_000, "write_short": 200_000, "sync_eio": 100_000},
    {"write_eio": 1_000_000},
    {"write_enospc": 1_000_000},
    {"sync_eio": 1_000_000},
]
FAULTS = ("write_eio", "write_enospc", "write_short", "sync_eio")


def run(directory: Path, messages: int, seed: int = 1, **settings) -> tuple[DeliveryAudit, dict[str, int]]:
    """Returns what became of the messages, and how many faults of each kind there were."""
    shim = Shim(directory / "control")
    rng = random.Random(seed)

    async def wear_out(test: CrashTest) -> None:
        rounds = 0
        while len(test.audit.acknowledged) < messages or rounds < len(WEAR):
            chances = WEAR[rounds % len(WEAR)]
            rounds += 1
            with shim.faults(**chances):
                await asyncio.sleep(rng.uniform(0.2, 1))
            await test.measure_recovery(" and ".join(chances))
            await wait_for_acknowledgements(test, 50)

    audit = run_disturbed(shim.server(directory / "d", **settings), wear_out, seed)
    return audit, {name: shim.injected(name) for name in FAULTS}


def programme(directory: Path, options, seed: int) -> bool:
    audit, injected = run(directory, options.messages, seed)
    print(audit.report(), "\nfaults:", injected)
    (directory / "control-run").mkdir()
    control, _ = run(directory / "control-run", 500, seed, **FAULTY)
    print("control:", control.report())
    return audit.is_clean and min(injected.values()) > 0 and bool(control.lost)


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, messages=MESSAGES))
