"""Enumeration at the real cost of hashing: known and unknown accounts, interleaved, get the same answer in the same time, at sign-in, for a
forgotten password, and at registration.

    python -m Reliability.enumeration --times 200
"""

import asyncio
import os
import random
import secrets
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from support.clients import API, PASSWORD, TestUsers
from support.mail_database import set_verified
from support.problems import without_request_id
from support.server import MAIL_SETTINGS, Server

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
        median = statistics.median(self.work.values())
        return min(self.work.values()) / median if median else 1.0

    @property
    def is_clean(self) -> bool:
        return self.has_one_answer and all(self.difference(name) < DIFFERENCE_MAX for name in self.seconds)

    def report(self) -> str:
        lines = [
            f"{name}: median {statistics.median(values) * 1000:.2f} ms of {len(values)}, {self.difference(name):.1%} from all"
            for name, values in self.seconds.items()
        ]
        return "\n".join([*lines, f"different answers: {len(set().union(*self.bodies.values()))}, least work {self.least_work:.0%}"])


class Question:
    """What is asked of the system about accounts that exist and that do not: one name for each kind of account."""

    def __init__(self, users: TestUsers, control: bool):
        self.users = users
        self.server = users.server
        self.control = control

    async def prepare(self) -> list[str]:
        """Makes the accounts and returns the names of their kinds."""
        raise NotImplementedError

    def request(self, name: str, number: int) -> tuple[str, dict[str, str]]:
        """Path and body of the `number`th request about one kind."""
        raise NotImplementedError


class SignIn(Question):
    async def prepare(self) -> list[str]:
        users = self.users
        alice = users.unregistered("alice")
        await alice.register(email=f"{alice.username}@example.org")
        set_verified(self.server, alice.username)
        gone = await users.register("gone")
        assert (await gone.request("DELETE", "/users/me", json={"password": PASSWORD})).is_success
        suspended = await users.register("suspended")
        self.server.run_ctl("user", "suspend", suspended.username)
        self.names = {
            "a known username": alice.username,
            "a known e-mail address": f"{alice.username}@example.org",
            "an unknown username": f"unknown-{alice.username[-8:]}",
            "an unknown e-mail address": f"unknown-{alice.username[-8:]}@example.org",
            "a suspended account": suspended.username,
            "a deleted account": gone.username,
        }
        if self.control:
            # Refused before anything is hashed.
            self.names["no password"] = alice.username
        return list(self.names)

    def request(self, name: str, number: int) -> tuple[str, dict[str, str]]:
        body = {"username": self.names[name]} | ({} if name == "no password" else {"password": WRONG})
        return "/auth/login", body


class _Addresses(Question):
    """Accounts whose address is verified: several, since each gets a bounded number of mails."""

    COUNT = 20

    async def prepare(self) -> list[str]:
        self.known = [self.users.unregistered(f"known{number}") for number in range(self.COUNT)]
        for user in self.known:
            await user.register(email=f"{user.username}@example.org")
            if not self.control:
                set_verified(self.server, user.username)
        return ["a known e-mail address", "an unknown e-mail address"]

    def address(self, name: str, number: int) -> str:
        unknown = name.startswith("an unknown")
        return f"{f'unknown-{number % self.COUNT}' if unknown else self.known[number % self.COUNT].username}@example.org"


class ForgottenPassword(_Addresses):
    async def prepare(self) -> list[str]:
        return [*await super().prepare(), *(["no address"] if self.control else [])]

    def request(self, name: str, number: int) -> tuple[str, dict[str, str]]:
        # The control is refused.
        return "/auth/password/forgot", {"email": "no address" if name == "no address" else self.address(name, number)}


class Registration(_Addresses):
    """The control is a system without mail, which cannot but tell."""

    def request(self, name: str, number: int) -> tuple[str, dict[str, str]]:
        body = {"username": f"new-{secrets.token_hex(8)}", "password": PASSWORD, "email": self.address(name, number)}
        return "/auth/register", body


QUESTIONS: dict[str, type[Question]] = {"sign-in": SignIn, "forgotten password": ForgottenPassword, "registration": Registration}


async def _run(server: Server, question: str, times: int, control: bool, seed: int) -> Outcome:
    outcome = Outcome()
    async with TestUsers(server) as users:
        asked = QUESTIONS[question](users, control)
        names = await asked.prepare()
        rng = random.Random(seed)
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client:
            for number in range(times):
                for name in rng.sample(sorted(names), len(names)):
                    path, body = asked.request(name, number)
                    worked, started = _processor_seconds(server.pid("rest")), time.perf_counter()
                    response = await client.post(f"{API}{path}", json=body)
                    outcome.seconds.setdefault(name, []).append(time.perf_counter() - started)
                    outcome.work[name] = outcome.work.get(name, 0.0) + _processor_seconds(server.pid("rest")) - worked
                    told = (response.status_code, _comparable(response, body), sorted(response.headers.keys()))
                    outcome.bodies.setdefault(name, set()).add(repr(told))
    return outcome


def _comparable(response: httpx.Response, asked: dict[str, str]) -> list:
    """A body without what is drawn or was asked: of an account its members, of a problem all but its request_id."""
    body = response.json()
    if not response.is_success:
        return sorted(without_request_id(body).items())
    user = body.get("user", {})
    assert user.get("username") == asked.get("username")
    return [sorted(body), sorted(user), *(body.get(name) for name in ("token_type", "expires_in"))]


def _processor_seconds(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def run(data: Path, times: int, control: bool = False, seed: int = 1, question: str = "sign-in", **settings) -> Outcome:
    """`control`: also asks what is refused for another reason, or of a system that tells, which must show."""
    tells = control and question == "registration"
    with Server(data, **({} if tells else MAIL_SETTINGS), **settings) as server:
        return asyncio.run(_run(server, question, times, control, seed))


def programme(directory: Path, options, seed: int) -> bool:
    good = True
    for number, question in enumerate(QUESTIONS):
        outcome = run(directory / f"d{number}", options.times, seed=seed, question=question, ECHOCHAT_PASSWORD_COST="interactive")
        print(f"{question}:\n{outcome.report()}")
        control = run(directory / f"c{number}", 5, control=True, question=question, ECHOCHAT_PASSWORD_COST="interactive")
        print("control:", control.report())
        good = good and outcome.is_clean and not control.is_clean
    return good


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, times=TIMES))
