"""Sessions: refresh, the refresh cookie of browsers, logout and password changes."""

import asyncio
import http.cookies
import time

import httpx
import pytest

from support.accounts import claims, is_signed_in, log_in
from support.clients import API, PASSWORD, TestUser, TestUsers
from support.problems import INVALID, check_error, without_request_id

# Refresh


async def test_a_refresh_returns_a_new_pair_of_tokens(alice):
    before = alice.refresh_token
    response = await alice.post("/auth/refresh", token="", json={"refresh_token": before})
    assert response.status_code == 200, response.text
    grant = response.json()
    assert grant["refresh_token"] != before
    assert grant["token_type"] == "bearer" and grant["expires_in"] == 900
    assert await is_signed_in(alice.accept_tokens(grant))
    await alice.refresh()
    assert await is_signed_in(alice)


@pytest.mark.parametrize("token", ["", "x", "0" * 5000, None, 7, "💥"])
async def test_an_invalid_refresh_token_is_refused(users, token):
    check_error(await users.unregistered("x").post("/auth/refresh", token="", json={"refresh_token": token}), (400, 401, 422))


async def test_access_and_refresh_tokens_are_not_interchangeable(alice):
    check_error(await alice.post("/auth/refresh", token="", json={"refresh_token": alice.access_token}), 401)
    check_error(await alice.get("/auth/me", token=alice.refresh_token), 401)
    assert await is_signed_in(alice)


# The refresh token as a cookie, for browsers


def refresh_cookie(response: httpx.Response) -> http.cookies.Morsel:
    jar = http.cookies.SimpleCookie()
    for line in response.headers.get_list("set-cookie"):
        jar.load(line)
    assert len(jar) == 1, response.headers
    return next(iter(jar.values()))


def as_header(cookie: http.cookies.Morsel) -> dict:
    return {"Cookie": f"{cookie.key}={cookie.coded_value}"}


async def sign_in_with_cookie(user: TestUser, endpoint: str = "register") -> http.cookies.Morsel:
    wanted = {"username": user.username, "password": PASSWORD, "refresh": "cookie"}
    refused = await user.post(f"/auth/{endpoint}", token="", json=wanted)
    check_error(refused, 403, "forbidden")
    assert "set-cookie" not in refused.headers
    response = await user.post(f"/auth/{endpoint}", token="", json=wanted, headers={"X-EchoChat": "1"})
    assert response.is_success, response.text
    assert not response.json().get("refresh_token")
    user.accept_tokens(response.json())
    user.http.cookies.clear()
    return refresh_cookie(response)


async def test_a_browser_gets_the_refresh_token_only_as_an_http_only_cookie(users):
    alice = users.unregistered("alice")
    for endpoint in ("register", "login"):
        cookie = await sign_in_with_cookie(alice, endpoint)
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert cookie["path"] == f"{API}/auth"
        assert cookie.value


async def test_a_browser_refreshes_by_cookie_only_with_the_header_that_other_sites_cannot_send(users):
    alice = users.unregistered("alice")
    cookie = await sign_in_with_cookie(alice)
    check_error(await alice.post("/auth/refresh", token="", headers=as_header(cookie)), (400, 401, 403))
    response = await alice.post("/auth/refresh", token="", headers={**as_header(cookie), "X-EchoChat": "1"})
    alice.http.cookies.clear()
    assert response.status_code == 200, response.text
    assert not response.json().get("refresh_token")
    renewed = refresh_cookie(response)
    assert renewed.value != cookie.value
    assert await is_signed_in(alice.accept_tokens(response.json()))
    # Once the new one was used, a second use of the old one ends the session.
    response = await alice.post("/auth/refresh", token="", headers={**as_header(renewed), "X-EchoChat": "1"})
    assert response.status_code == 200, response.text
    alice.http.cookies.clear()
    check_error(await alice.post("/auth/refresh", token="", headers={**as_header(cookie), "X-EchoChat": "1"}), 401)
    alice.http.cookies.clear()
    assert not await is_signed_in(alice)


async def test_a_browser_logs_out_by_cookie_with_the_header(users):
    alice = users.unregistered("alice")
    cookie = await sign_in_with_cookie(alice)
    check_error(await alice.post("/auth/logout", token="", headers=as_header(cookie)), (400, 401, 403))
    assert await is_signed_in(alice)
    response = await alice.post("/auth/logout", token="", headers={**as_header(cookie), "X-EchoChat": "1"})
    assert response.status_code == 204, response.text
    deleted = refresh_cookie(response)
    assert not deleted.value or deleted["max-age"] == "0"
    alice.http.cookies.clear()
    assert not await is_signed_in(alice)


# Sessions


async def test_alice_lists_the_sessions_and_ends_one(alice):
    phone = await alice.another_session()
    sessions = await alice.list_all("/auth/sessions")
    ids = {session["session_id"] for session in sessions}
    assert ids == {claims(alice.access_token)["sid"], claims(phone.access_token)["sid"]}
    assert (await alice.delete(f"/auth/sessions/{claims(phone.access_token)['sid']}")).status_code == 204
    assert not await is_signed_in(phone)
    check_error(await phone.post("/auth/refresh", token="", json={"refresh_token": phone.refresh_token}), 401)
    assert await is_signed_in(alice)
    assert [session["session_id"] for session in await alice.list_all("/auth/sessions")] == [claims(alice.access_token)["sid"]]


async def test_alice_pages_through_the_sessions(alice):
    for _ in range(4):
        await alice.another_session()
    ids = [session["session_id"] for session in await alice.list_all("/auth/sessions", limit=2)]
    assert len(ids) == len(set(ids)) == 5


async def test_mallory_cannot_end_a_session_of_alice(alice, mallory):
    foreign = await mallory.delete(f"/auth/sessions/{claims(alice.access_token)['sid']}")
    unknown = await mallory.delete("/auth/sessions/doesnotexist")
    assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown, 404))
    assert await is_signed_in(alice)


async def test_after_logout_every_token_of_that_session_is_invalid_and_other_sessions_work(alice):
    phone = await alice.another_session()
    response = await alice.post("/auth/logout")
    assert response.status_code == 204
    assert not await is_signed_in(alice)
    check_error(await alice.post("/auth/refresh", token="", json={"refresh_token": alice.refresh_token}), 401)
    check_error(await alice.post("/auth/ws-ticket"), 401)
    check_error(await alice.get("/rooms"), 401)
    assert await is_signed_in(phone)


async def test_a_new_password_ends_all_other_sessions_and_replaces_the_old_one(alice):
    phone = await alice.another_session()
    response = await alice.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "a longer walk on the beach"})
    assert response.is_success, response.text
    assert await is_signed_in(alice)
    assert not await is_signed_in(phone)
    check_error(await log_in(alice), 401, "bad_credentials")
    alice.password = "a longer walk on the beach"
    assert (await log_in(alice)).status_code == 200


async def test_a_password_change_needs_the_old_password(alice):
    phone = await alice.another_session()
    response = await alice.post(
        "/auth/password/change", json={"old_password": "not it, really", "new_password": "a longer walk on the beach"}
    )
    check_error(response, (400, 401, 403, 422))
    check_error(await alice.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "short"}), INVALID)
    check_error(
        await alice.post("/auth/password/change", token="", json={"old_password": PASSWORD, "new_password": "a longer walk on the beach"}),
        401,
    )
    assert await is_signed_in(phone)
    assert (await log_in(alice)).status_code == 200


async def test_an_access_token_is_invalid_after_its_expiry(own_server):
    async with TestUsers(own_server(ECHOCHAT_ACCESS_TOKEN_TTL="1")) as users:
        alice = await users.register("alice")
        assert await is_signed_in(alice)
        expiry = claims(alice.access_token)["exp"]
        await asyncio.sleep(max(0, expiry - time.time()) + 0.1)
        assert not await is_signed_in(alice)
        await alice.refresh()
        assert await is_signed_in(alice)
