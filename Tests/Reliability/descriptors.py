"""No descriptors left (EMFILE): the limit of a running program is lowered to what it has open, and raised again, while users write.

No acknowledged message is lost, no program ends, and everything works again by itself once there are descriptors.

    python -m Reliability.descriptors --rounds 10
"""

import asyncio
import contextlib
import os
import resource
import sys
from pathlib import Path

import httpx

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit
from support.server import Server

from .disturbed import main, run_disturbed, wait_for_acknowledgements

ROUNDS = 10
SCARCE_SECONDS = 1.5
CONNECTIONS = 20


def run(data: Path, rounds: int, seed: int = 1, **settings) -> tuple[DeliveryAudit, int]:
    """Returns what became of the messages, and how many connections found no descriptor."""
    server = Server(data, **settings)
    refused = 0

    async def lower_the_limit(test: CrashTest) -> None:
        nonlocal refused
        for number in range(rounds):
            program = ("push", "rest")[number % 2]
            await wait_for_acknowledgements(test, 60)
            pids = server.pids()
            before = resource.prlimit(pids[program], resource.RLIMIT_NOFILE)
            # Descriptors above the limit stay open; no lower one is free.
            resource.prlimit(pids[program], resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pids[program]}/fd")), before[1]))
            try:
                refused += sum(await asyncio.gather(*(_is_refused(server, program) for _ in range(CONNECTIONS))))
            finally:
                resource.prlimit(pids[program], resource.RLIMIT_NOFILE, before)
            await test.measure_recovery(f"{program} without descriptors")
            assert server.pids() == pids, f"a program ended for want of descriptors\n{server.logs()}"

    return run_disturbed(server, lower_the_limit, seed), refused


async def _is_refused(server: Server, program: str) -> bool:
    """Whether a new connection gets no answer."""
    path = "/readyz" if program == "rest" else "/ws"
    with contextlib.suppress(httpx.TransportError):
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=SCARCE_SECONDS) as client:
            response = await client.get(path)
            return response.status_code >= 500
    return True


def programme(directory: Path, options, seed: int) -> bool:
    audit, refused = run(directory / "d", options.rounds, seed)
    print(audit.report(), f"\nconnections refused: {refused}")
    return audit.is_clean and refused > 0


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, rounds=ROUNDS))
