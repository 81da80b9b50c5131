"""Sign-in at the real cost of hashing, while one account with 48 connections of one address abuses every verb that checks a password.

Times with and without the abuse alternate. The p99 of the others' sign-in stays below twice that of the quiet times.

    python -m Reliability.password_abuse --rounds 4 --sign_ins 30
"""

import asyncio
import itertools
import json
import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from support.clients import API, PASSWORD, TestUsers
from support.server import Server

from .disturbed import main

ROUNDS, SIGN_INS = 4, 30
CONNECTIONS = 48
RATIO_MAX = 2.0
# As shipped: the cost of a hash, and all limits.
SHIPPED = dict.fromkeys(
    (
        "ECHOCHAT_PASSWORD_COST",
        "ECHOCHAT_SIGNIN_RATE",
        "ECHOCHAT_EVENT_RATE",
        "ECHOCHAT_COMMAND_RATE",
        "ECHOCHAT_CONNECTIONS_PER_ADDRESS",
    )
)
# nginx allows an address 20 password checks at once, and one every two seconds.
SIGN_INS_OF_AN_ADDRESS = 15


@dataclass
class Outcome:
    """Seconds that a sign-in of others took, and what the abuser was answered."""

    quiet: list[float] = field(default_factory=list)
    abused: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return p99(self.abused) / p99(self.quiet)

    @property
    def is_clean(self) -> bool:
        return not self.refused and self.ratio <= RATIO_MAX and self.answers.get(429, 0) > CONNECTIONS

    def report(self) -> str:
        return (
            f"p99 of sign-in: quiet {p99(self.quiet) * 1000:.0f} ms of {len(self.quiet)}, under abuse {p99(self.abused) * 1000:.0f} ms of "
            f"{len(self.abused)}: {self.ratio:.2f} times; the abuser was answered {self.answers}; others refused: {self.refused[:3]}"
        )


def p99(values: list[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]


async def _abuse(url: str, username: str, token: str) -> None:
    """Abuses every verb until standard input ends, and prints how often it got which status."""
    statuses: dict[int, int] = {}
    bearer = {"Authorization": f"Bearer {token}"}
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2", limits=httpx.Limits(max_connections=CONNECTIONS))
    end = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    async with httpx.AsyncClient(base_url=url + API, transport=transport, timeout=60) as client:

        async def attack(number: int) -> None:
            for guess in itertools.count(number):
                if end.done():
                    return
                password = f"guess {guess}"
                verbs = (
                    ("DELETE", "/users/me", {"password": password}),
                    ("POST", "/auth/password/change", {"old_password": password, "new_password": "another passphrase"}),
                    ("POST", "/auth/login", {"username": username, "password": password}),
                    ("POST", "/auth/register", {"username": username, "password": password}),
                )
                method, path, body = verbs[guess % len(verbs)]
                response = await client.request(method, path, headers=bearer, json=body)
                statuses[response.status_code] = statuses.get(response.status_code, 0) + 1

        await asyncio.gather(*(attack(number) for number in range(CONNECTIONS)))
    print(json.dumps(statuses))


async def _sign_in(server: Server, names: list[str], count: int, addresses: itertools.count, refused: list[str]) -> list[float]:
    """Signs users in, one after the other, and returns the seconds of each."""
    seconds = []
    for first in range(0, count, SIGN_INS_OF_AN_ADDRESS):
        transport = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{next(addresses)}")
        async with httpx.AsyncClient(base_url=server.url + API, transport=transport, timeout=60) as client:
            for number in range(first, min(count, first + SIGN_INS_OF_AN_ADDRESS)):
                started = time.perf_counter()
                response = await client.post("/auth/login", json={"username": names[number % len(names)], "password": PASSWORD})
                seconds.append(time.perf_counter() - started)
                if response.status_code != 200:
                    refused.append(f"{response.status_code} {response.text}")
    return seconds


async def _run(server: Server, rounds: int, sign_ins: int, outcome: Outcome) -> None:
    addresses = itertools.count(1)
    async with TestUsers(server) as users:
        mallory = await users.register("mallory")
        names = [(await users.register("person")).username for _ in range(10)]
        for _ in range(rounds):
            outcome.quiet += await _sign_in(server, names, sign_ins, addresses, outcome.refused)
            arguments = [sys.executable, "-m", "Reliability.password_abuse", "abuse", server.url, mallory.username, mallory.access_token]
            abuser = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
            try:
                await asyncio.sleep(1)
                outcome.abused += await _sign_in(server, names, sign_ins, addresses, outcome.refused)
            finally:
                answers = await asyncio.to_thread(abuser.communicate, "", 60)
            for status, count in json.loads(answers[0]).items():
                outcome.answers[int(status)] = outcome.answers.get(int(status), 0) + count


def run(data: Path, rounds: int, sign_ins: int, **settings) -> Outcome:
    outcome = Outcome()
    with Server(data, **{**SHIPPED, **settings}) as server:
        asyncio.run(_run(server, rounds, sign_ins, outcome))
    return outcome


def programme(directory: Path, options, seed: int) -> bool:
    outcome = run(directory / "d", options.rounds, options.sign_ins)
    print(outcome.report())
    # The control: without the limits the abuse shows.
    control = run(directory / "control", 1, options.sign_ins, ECHOCHAT_SIGNIN_RATE="off", ECHOCHAT_COMMAND_RATE="off")
    print("control, without limits:", control.report())
    return outcome.is_clean and not control.is_clean


if __name__ == "__main__":
    if sys.argv[1:2] == ["abuse"]:
        asyncio.run(_abuse(*sys.argv[2:]))
    else:
        sys.exit(main(__doc__, programme, rounds=ROUNDS, sign_ins=SIGN_INS))
