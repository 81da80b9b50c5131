"""Guessing passwords is slowed down by account and network, and locks no owner out. nginx's own limit by address is off here."""

import asyncio
import json
import os
import shutil
import signal

import pytest

from support.accounts import log_in
from support.clients import API, PASSWORD, TestUsers
from support.problems import check_error
from support.server import REPOSITORY, eventually, wait_until

HOME, ELSEWHERE = "127.0.0.1", "127.9.9.9"
WAIT_SECONDS_MAX = 600


@pytest.fixture
def guarded_server(own_server, tmp_path):
    """With the programs' limit, and without nginx's."""
    nginx = shutil.copytree(REPOSITORY / "nginx", tmp_path / "nginx")
    file = nginx / "echochat-server.conf"
    lines = file.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.strip().startswith("limit_req ")]
    assert len(kept) < len(lines)
    file.write_text("".join(kept))
    return own_server(nginx=nginx, ECHOCHAT_SIGNIN_RATE="on")


async def attempt(server, address: str, login: str, password: str) -> tuple[int, dict, dict]:
    """Signs in from an address of the loopback network: status, headers and body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, local_addr=(address, 0))
    body = json.dumps({"username": login, "password": password}).encode()
    lines = [f"POST {API}/auth/login HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers, json.loads(body)


async def guess(server, login: str, addresses: range) -> list[tuple[int, dict, dict]]:
    """One wrong password from each of many addresses, some at a time."""
    slots = asyncio.Semaphore(32)

    async def one(number: int):
        async with slots:
            return await attempt(server, f"127.1.{number // 250}.{number % 250 + 1}", login, f"guess {number}")

    return await asyncio.gather(*(one(number) for number in addresses))


async def test_a_thousand_wrong_tries_from_many_addresses_do_not_keep_the_owner_out(guarded_server):
    server = guarded_server
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        answers = await guess(server, alice.username, range(1000))
        statuses = [status for status, _, _ in answers]
        assert set(statuses) == {401, 429} and 5 <= statuses.count(401) <= 12, {status: statuses.count(status) for status in set(statuses)}
        for status, headers, body in answers:
            if status == 429:
                assert body["code"] == "rate_limited" and body["limit"] == "password_checks"
                assert 0 < int(headers["retry-after"]) <= WAIT_SECONDS_MAX and 0 < body["retry_after_ms"] <= 1000 * int(
                    headers["retry-after"]
                )
        # At home, at once.
        status, _, body = await attempt(server, HOME, alice.username, PASSWORD)
        assert status == 200, body
        # In a new place, after the stated time, although others go on guessing.
        status, headers, body = await attempt(server, ELSEWHERE, alice.username, PASSWORD)
        assert status == 429, body
        stated = int(headers["retry-after"])
        assert stated <= 60
        wait = asyncio.create_task(asyncio.sleep(stated))
        number = 1000
        while not wait.done():
            await guess(server, alice.username, range(number, number + 20))
            number += 20
            await asyncio.sleep(0.05)
        status, _, body = await attempt(server, ELSEWHERE, alice.username, PASSWORD)
        assert status == 200, body
        # Now that place is known, too.
        await guess(server, alice.username, range(number, number + 20))
        assert (await attempt(server, ELSEWHERE, alice.username, PASSWORD))[0] == 200
        # After a restart, what is known still is.
        before = server.pid("rest")
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: server.pid("rest") not in (None, before), 10, "the worker is replaced")

        async def guessed():
            statuses = [status for status, _, _ in await guess(server, alice.username, range(number + 20, number + 60))]
            assert 429 in statuses, statuses

        await eventually(guessed, 10)
        assert (await attempt(server, HOME, alice.username, PASSWORD))[0] == 200
        # The record of the failures is bounded, and complete.
        entries = json.loads(server.run_ctl("audit", "--action", "sign_in_failed", "--json", "--limit", "1000"))
        checked = statuses.count(401)
        assert sum(entry["count"] for entry in entries) >= checked
        assert all(entry["username"] == alice.username and entry["actor_kind"] == "nobody" for entry in entries)


async def test_an_account_that_does_not_exist_is_throttled_like_one_that_does(guarded_server):
    server = guarded_server
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        for login in (alice.username, "ghost"):
            # One after the other, so that both get the same answers in the same order.
            answers = [await attempt(server, f"127.2.0.{number + 1}", login, "wrong") for number in range(12)]
            assert [status for status, _, _ in answers] == [401] * 5 + [429] * 7, login
            for _, _, body in answers:
                body.pop("request_id"), body.pop("retry_after_ms", None)
            names = [sorted(headers) for _, headers, _ in answers]
            bodies = [{**body, "detail": body["detail"].split(" in ")[0]} for _, _, body in answers]
            if login == alice.username:
                first = (names, bodies)
        assert (names, bodies) == first


async def test_guesses_of_one_address_for_many_accounts_are_slowed_down(guarded_server):
    statuses = [(await attempt(guarded_server, "127.3.0.1", f"user{number}", "Summer 2026!"))[0] for number in range(40)]
    assert statuses[:20] == [401] * 20 and set(statuses[22:]) == {429}, statuses


async def test_without_the_limit_nobody_waits(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        for _ in range(30):
            check_error(await log_in(alice, password="wrong"), 401, "bad_credentials")
        assert (await log_in(alice)).status_code == 200
