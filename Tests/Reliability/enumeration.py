"""Enumeration at the real cost of hashing: known and unknown accounts, interleaved, get the same answer in the same time.

    python -m Reliability.enumeration --times 200
"""

import asyncio
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from support.clients import API, PASSWORD, TestUsers
from support.problems import without_request_id
from support.server import Server

from .disturbed import main

TIMES = 200
DIFFERENCE_MAX = 0.05
WRONG = "the wrong password"


@dataclass
class Outcome:
    """Seconds, and what else told the accounts apart."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    # What the worker's processors did for it, in seconds: the hashes, whatever else the machine does.
    work: dict[str, float] = field(default_factory=dict)
    bodies: dict[str, set[str]] = field(default_factory=dict)

    def difference(self, name: str) -> float:
        """Of the median of one kind of account to that of all kinds, as a share."""
        everyone = statistics.median(value for values in self.seconds.values() for value in values)
        return abs(statistics.median(self.seconds[name]) / everyone - 1)

    @property
    def has_one_answer(self) -> bool:
        return len(set().union(*self.bodies.values())) == 1

    @property
    def least_work(self) -> float:
        """Of any account, as a share of the median."""
        return min(self.work.values()) / statistics.median(self.work.values())

    @property
    def is_clean(self) -> bool:
        return self.has_one_answer and all(self.difference(name) < DIFFERENCE_MAX for name in self.seconds)

    def report(self) -> str:
        lines = [
            f"{name}: median {statistics.median(values) * 1000:.2f} ms of {len(values)}, {self.difference(name):.1%} from all"
            for name, values in self.seconds.items()
        ]
        return "\n".join([*lines, f"different answers: {len(set().union(*self.bodies.values()))}, least work {self.least_work:.0%}"])


async def _run(server: Server, times: int, control: bool, seed: int) -> Outcome:
    outcome = Outcome()
    async with TestUsers(server) as users:
        alice = users.unregistered("alice")
        await alice.register(email=f"{alice.username}@example.org")
        gone = await users.register("gone")
        assert (await gone.request("DELETE", "/users/me", json={"password": PASSWORD})).is_success
        suspended = await users.register("suspended")
        server.run_ctl("user", "suspend", suspended.username)
        names = {
            "a known username": alice.username,
            "a known e-mail address": f"{alice.username}@example.org",
            "an unknown username": f"unknown-{alice.username[-8:]}",
            "an unknown e-mail address": f"unknown-{alice.username[-8:]}@example.org",
            "a suspended account": suspended.username,
            "a deleted account": gone.username,
        }
        if control:
            # Refused before anything is hashed.
            names["no password"] = alice.username
        rng = random.Random(seed)
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client:
            for _ in range(times):
                for name in rng.sample(sorted(names), len(names)):
                    worked, started = _processor_seconds(server.pid("rest")), time.perf_counter()
                    response = await client.post(f"{API}/auth/login", json=_credentials(name, names[name]))
                    outcome.seconds.setdefault(name, []).append(time.perf_counter() - started)
                    outcome.work[name] = outcome.work.get(name, 0.0) + _processor_seconds(server.pid("rest")) - worked
                    told = (response.status_code, sorted(without_request_id(response.json()).items()), sorted(response.headers.keys()))
                    outcome.bodies.setdefault(name, set()).add(repr(told))
    return outcome


def _credentials(name: str, username: str) -> dict[str, str]:
    return {"username": username} | ({} if name == "no password" else {"password": WRONG})


def _processor_seconds(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def run(data: Path, times: int, control: bool = False, seed: int = 1, **settings) -> Outcome:
    """`control`: also asks for an account that is refused without hashing, which must show."""
    with Server(data, **settings) as server:
        return asyncio.run(_run(server, times, control, seed))


def programme(directory: Path, options, seed: int) -> bool:
    outcome = run(directory / "d", options.times, seed=seed, ECHOCHAT_PASSWORD_COST="interactive")
    print(outcome.report())
    control = run(directory / "control", 5, control=True, ECHOCHAT_PASSWORD_COST="interactive")
    print("control, a request that needs no hash:", control.report())
    return outcome.is_clean and not control.is_clean


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, times=TIMES))
