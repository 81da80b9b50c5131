"""Revocation, many times: each way to end a session or a membership, with live sockets, in a stream of messages.

The socket is closed (or the member told of leaving) within a second, and no event of the room comes after, also without a doorbell.

    python -m Reliability.revocation --times 100
"""

import asyncio
import contextlib
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import jwt

from support.clients import TestUser, TestUsers
from support.server import Server
from support.ws_client import Connection

from .disturbed import main

TIMES = 100
WITHIN_SECONDS = 1.0
SECRETS = 5


@dataclass
class Case:
    """Alice writes in a room of Bob's; what happens ends Bob's session or his membership."""

    server: Server
    alice: TestUser
    bob: TestUser
    phone: TestUser
    room: str


async def log_out(case: Case) -> None:
    _check(await case.bob.post("/auth/logout"))


async def change_password(case: Case) -> None:
    old, case.phone.password = case.phone.password, "quite another walk " + secrets.token_hex(4)
    _check(await case.phone.post("/auth/password/change", json={"old_password": old, "new_password": case.phone.password}))
    case.bob.password = case.phone.password


async def suspend(case: Case) -> None:
    await asyncio.to_thread(case.server.run_ctl, "user", "suspend", case.bob.username)


async def end_session(case: Case) -> None:
    session = jwt.decode(case.bob.access_token, options={"verify_signature": False})["sid"]
    _check(await case.phone.delete(f"/auth/sessions/{session}"))


async def remove(case: Case) -> None:
    await case.alice.remove(case.room, case.bob)


async def ban(case: Case) -> None:
    _check(await case.alice.put(f"/rooms/{case.room}/bans/{case.bob.user_id}", json={}))


async def nothing(case: Case) -> None:
    """The control: who was not revoked must be found to hear more."""


def _check(response) -> None:
    assert response.is_success, response.text


Revoke = Callable[[Case], Awaitable[None]]
# What revokes, and the close codes that tell; None: the connection stays, and hears `member_left`.
KINDS: dict[str, tuple[Revoke, tuple[int, ...] | None]] = {
    "logout": (log_out, (4001,)),
    "password change": (change_password, (4001,)),
    "suspension": (suspend, (4003,)),
    "session deleted": (end_session, (4001,)),
    "removal": (remove, None),
    "ban": (ban, None),
}


@dataclass
class Outcome:
    times: int = 0
    slowest: float = 0.0
    late: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return self.times > 0 and not self.late and not self.heard

    def report(self) -> str:
        return (
            f"{self.times} times, slowest {self.slowest * 1000:.0f} ms, late {len(self.late)} {self.late[:3]}, "
            f"events afterwards {len(self.heard)} {self.heard[:3]}"
        )


async def once(case: Case, kind: str, revoke: Revoke, codes: tuple[int, ...] | None, outcome: Outcome) -> None:
    connections = [await case.bob.connect(), await case.bob.connect(auth="ticket"), await case.bob.connect(room=case.room)]
    await case.alice.post_message(case.room, "can you hear me?")
    for connection in connections:
        await connection.expect("new_message", room_id=case.room, content="can you hear me?")
    await revoke(case)
    revoked = time.monotonic()
    word = f"secret {secrets.token_hex(4)}"
    await asyncio.gather(*(case.alice.post_message(case.room, f"{word} {i}") for i in range(SECRETS)))
    # The narrowed connection of a removed member is told nothing, or closed.
    for connection in connections[: 2 if codes is None else 3]:
        at = await _end(connection, case, codes)
        outcome.slowest = max(outcome.slowest, (at or revoked) - revoked)
        if at is None or at - revoked > WITHIN_SECONDS:
            outcome.late.append(f"{kind}: {'never' if at is None else f'{at - revoked:.3f} s'}")
    if codes is None:
        # Whatever was on its way has arrived: events come in order.
        await case.bob.catch_up(connections[0])
    for connection in connections:
        outcome.heard += [f"{kind}: {frame.text[:120]}" for frame in connection.history if word in frame.text]
        if not connection.is_closed:
            await connection.close()
    outcome.times += 1


async def _end(connection: Connection, case: Case, codes: tuple[int, ...] | None) -> float | None:
    """When the connection was closed with such a code, or told that its user has left the room; None: not in time."""
    with contextlib.suppress(AssertionError):
        if codes is None:
            return (await connection.expect("member_left", within=WITHIN_SECONDS + 1, room_id=case.room)).at
        await connection.expect_close(*codes, within=WITHIN_SECONDS + 1)
        return connection.closed_at
    return None


async def _run(server: Server, kinds: dict, times: int) -> dict[str, Outcome]:
    outcomes = {kind: Outcome() for kind in kinds}
    doorbell = server.data / "run" / "doorbell.sock"
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        for kind, (revoke, codes) in kinds.items():
            bob = None
            for number in range(times):
                if bob is None or kind in ("suspension",):
                    bob = await users.register("bob")
                    room = (await alice.create_room("group", members=[bob]))["room_id"]
                elif codes is None:
                    with contextlib.suppress(AssertionError):
                        _check(await alice.delete(f"/rooms/{room}/bans/{bob.user_id}"))
                    await alice.add(room, bob)
                else:
                    await bob.log_in()
                phone = await bob.another_session()
                # Half of the times nobody rings; the daemon looks by itself.
                with contextlib.suppress(FileNotFoundError):
                    if number % 2:
                        doorbell.unlink()
                await once(Case(server, alice, bob, phone, room), kind, revoke, codes, outcomes[kind])
    return outcomes


def run(data: Path, times: int, kinds: dict | None = None, **settings) -> dict[str, Outcome]:
    with Server(data, **settings) as server:
        return asyncio.run(_run(server, kinds or KINDS, times))


def control(data: Path) -> Outcome:
    return run(data, 1, {"nothing": (nothing, (4001,))})["nothing"]


def programme(directory: Path, options, seed: int) -> bool:
    outcomes = run(directory / "d", options.times)
    for kind, outcome in outcomes.items():
        print(f"{kind}: {outcome.report()}")
    unrevoked = control(directory / "control")
    print("control, nobody revoked:", unrevoked.report())
    return all(outcome.is_clean for outcome in outcomes.values()) and bool(unrevoked.late and unrevoked.heard)


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, times=TIMES))
