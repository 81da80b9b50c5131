"""The list of devices: names, addresses, when they were seen; signing others out."""

import datetime
import sqlite3

import httpx

from support.accounts import claims, is_signed_in, log_in
from support.clients import API, PASSWORD, TestUsers
from support.problems import check_error, check_field
from support.server import eventually

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def device_of(sessions: list[dict], user) -> dict:
    return next(session for session in sessions if session["session_id"] == claims(user.access_token)["sid"])


async def test_alice_recognises_the_devices_by_name_address_and_time(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        async with httpx.AsyncClient(
            base_url=server.url, transport=httpx.AsyncHTTPTransport(local_address="127.0.0.7"), headers={"User-Agent": FIREFOX}
        ) as laptop:
            body = {"username": alice.username, "password": PASSWORD}
            answer = await laptop.post(f"{API}/auth/login", json=body)
            named = await laptop.post(f"{API}/auth/login", json={**body, "device_name": "Alice's laptop"})
            form = await laptop.post(f"{API}/auth/login", data={**body, "device_name": "By the form"})
            assert answer.status_code == named.status_code == form.status_code == 200, (answer.text, named.text, form.text)
        sessions = await alice.list_all("/auth/sessions")
        assert {session["device_name"] for session in sessions} == {"Firefox on Linux", "Alice's laptop", "By the form", "python-httpx"}
        assert {session["address"] for session in sessions} == {"127.0.0.1", "127.0.0.7"}
        mine = device_of(sessions, alice)
        assert mine["current"] and mine["device_name"] == "python-httpx" and mine["address"] == "127.0.0.1"
        assert sum(session["current"] for session in sessions) == 1
        seen = datetime.datetime.fromisoformat(mine["last_seen_at"])
        assert abs((datetime.datetime.now(datetime.UTC) - seen).total_seconds()) < 60
        # A device that moves is seen where it is.
        async with httpx.AsyncClient(base_url=server.url, transport=httpx.AsyncHTTPTransport(local_address="127.0.0.9")) as moved:
            refreshed = await moved.post(f"{API}/auth/refresh", json={"refresh_token": alice.refresh_token})
            assert refreshed.status_code == 200
        alice.accept_tokens(refreshed.json())
        assert device_of(await alice.list_all("/auth/sessions"), alice)["address"] == "127.0.0.9"


async def test_a_device_that_only_opens_a_websocket_was_seen_then(own_server):
    """The time is written with others, as often as expired data are swept: at most once in five minutes."""
    server = own_server(ECHOCHAT_ERASE_WITHIN="1")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        phone = await alice.another_session()
        sid = claims(phone.access_token)["sid"]

        def set_back():
            with sqlite3.connect(server.data / "echochat.db", timeout=10) as database:
                database.execute("UPDATE sessions SET used_at = used_at - 3600000, seen_at = seen_at - 3600000 WHERE public_id = ?", (sid,))

        set_back()
        before = device_of(await alice.list_all("/auth/sessions"), phone)["last_seen_at"]
        await phone.connect()

        async def seen_again():
            after = device_of(await alice.list_all("/auth/sessions"), phone)
            assert after["last_seen_at"] > before and after["used_at"] == before, after

        await eventually(seen_again, 10)


async def test_the_name_of_a_device_is_checked(alice):
    for name in ("", " ", "\u200b", "two\nlines", "x" * 65):
        check_field(check_error(await log_in(alice, device_name=name), 422, "invalid_field"), "device_name")
    check_field(check_error(await log_in(alice, device_name=7), 422, "invalid_field"), "device_name", "type")
    assert (await log_in(alice, device_name=None)).status_code == 200


async def test_ending_a_device_or_all_others_closes_their_connections_within_a_second(alice):
    phone, tablet, watch = [await alice.another_session() for _ in range(3)]
    connections = {user: await user.connect() for user in (alice, phone, tablet, watch)}

    assert (await alice.delete(f"/auth/sessions/{claims(phone.access_token)['sid']}")).status_code == 204
    await connections[phone].expect_close(4001, within=1)
    assert await is_signed_in(tablet)
    response = await alice.delete("/auth/sessions")
    assert response.status_code == 204 and response.content == b""
    for user in (tablet, watch):
        await connections[user].expect_close(4001, within=1)
    assert not connections[alice].is_closed
    for user in (phone, tablet, watch):
        assert not await is_signed_in(user)
        check_error(await user.post("/auth/refresh", token="", json={"refresh_token": user.refresh_token}), 401)
    assert await is_signed_in(alice)
    assert [session["current"] for session in await alice.list_all("/auth/sessions")] == [True]
    assert (await alice.delete("/auth/sessions")).status_code == 204, "again, with nothing to end"


async def test_a_new_password_closes_the_connections_of_other_devices(alice):
    phone = await alice.another_session()
    connection = await phone.connect()
    response = await alice.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "a longer walk on the beach"})
    assert response.status_code == 204
    await connection.expect_close(4001, within=1)
    alice.password = "a longer walk on the beach"
