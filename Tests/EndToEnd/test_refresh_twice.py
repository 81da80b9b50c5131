"""A refresh token that is sent twice: tabs that refresh at once and lost answers keep the session, a copied token ends it."""

import asyncio
import random

import httpx
import pytest

from support.accounts import is_signed_in
from support.clients import PASSWORD, TestUser, TestUsers
from support.problems import check_error

COOKIE = "echochat_refresh"
BROWSER = {"X-EchoChat": "1"}


class Browser:
    """Tabs that share one cookie: each sends the newest value that has arrived, and none waits for another."""

    def __init__(self, user: TestUser):
        self.user = user
        self.cookie = ""

    async def sign_in(self) -> "Browser":
        account = {"username": self.user.username, "password": PASSWORD, "refresh": "cookie"}
        self._accept(await self.user.post("/auth/register", token="", json=account, headers=BROWSER), 201)
        return self

    async def refresh_in_tab(self, after: float = 0) -> None:
        """A tab that is opened in `after` seconds. Fails if the server signs it out."""
        await asyncio.sleep(after)
        headers = {**BROWSER, "Cookie": f"{COOKIE}={self.cookie}"}
        async with httpx.AsyncClient(base_url=self.user.server.url, trust_env=False, timeout=10, verify=False) as tab:
            self._accept(await tab.post("/api/v1/auth/refresh", headers=headers), 200)

    def _accept(self, response: httpx.Response, status: int) -> None:
        assert response.status_code == status, response.text
        self.cookie = response.cookies[COOKIE]
        self.user.accept_tokens(response.json())
        self.user.http.cookies.clear()


@pytest.fixture
async def browser(users):
    return await Browser(users.unregistered("alice")).sign_in()


async def refresh(user: TestUser, token: str) -> httpx.Response:
    return await user.post("/auth/refresh", token="", json={"refresh_token": token})


async def renewed(user: TestUser, token: str) -> str:
    response = await refresh(user, token)
    assert response.status_code == 200, response.text
    user.accept_tokens(response.json())
    return response.json()["refresh_token"]


@pytest.mark.timeout(120)
async def test_sixty_reloads_with_a_second_one_up_to_40_ms_later_sign_nobody_out(browser):
    gaps = random.Random(11)
    for _ in range(60):
        await asyncio.gather(browser.refresh_in_tab(), browser.refresh_in_tab(after=gaps.uniform(0, 0.04)))
        assert await is_signed_in(browser.user)


@pytest.mark.timeout(120)
async def test_three_tabs_reloaded_together_stay_signed_in(browser):
    for _ in range(20):
        await asyncio.gather(*(browser.refresh_in_tab() for _ in range(3)))
        assert await is_signed_in(browser.user)


async def test_tabs_with_the_usual_limit_of_commands_stay_signed_in(own_server):
    async with TestUsers(own_server(ECHOCHAT_COMMAND_RATE="200/10s")) as users:
        browser = await Browser(users.unregistered("alice")).sign_in()
        await asyncio.gather(*(browser.refresh_in_tab() for _ in range(30)))
        await browser.refresh_in_tab()


async def test_a_client_that_lost_the_answer_sends_its_token_again(alice):
    token = alice.refresh_token
    lost = await renewed(alice, token)
    answer = await renewed(alice, token)
    assert lost != answer != token
    assert await is_signed_in(alice)
    # Every answer to one token is worth the same: two clients that share it go on.
    for other in (lost, answer):
        await renewed(alice, other)
        assert await is_signed_in(alice)


async def test_concurrent_refreshes_with_one_token_all_succeed_with_tokens_of_their_own(alice):
    responses = await asyncio.gather(*(refresh(alice, alice.refresh_token) for _ in range(5)))
    assert [response.status_code for response in responses] == [200] * 5
    assert len({response.json()["refresh_token"] for response in responses}) == 5
    for response in responses:
        assert await is_signed_in(alice.accept_tokens(response.json()))


async def test_a_websocket_stays_open_while_the_session_refreshes_twice(alice):
    connection = await alice.connect()
    token = alice.refresh_token
    await renewed(alice, token)
    await renewed(alice, token)
    await connection.ping()
    await connection.command_ok("authenticate", token=alice.access_token)


async def test_a_copied_token_that_is_used_after_its_successor_ends_the_session_and_closes_its_sockets(alice):
    connection = await alice.connect()
    other_session = await alice.another_session()
    copied = alice.refresh_token
    sibling = await renewed(alice, copied)
    first = await renewed(alice, copied)
    second = await renewed(alice, first)
    check_error(await refresh(alice, copied), 401, "bad_credentials")
    await connection.expect_close(4001)
    assert not await is_signed_in(alice)
    for token in (copied, sibling, first, second):
        check_error(await refresh(alice, token), 401, "bad_credentials")
    assert await is_signed_in(other_session)


async def test_logout_by_cookie_works_with_every_token_of_the_session(users):
    for refreshes in range(3):
        browser = await Browser(users.unregistered("alice")).sign_in()
        cookie = browser.cookie
        for _ in range(refreshes):
            await browser.refresh_in_tab()
        response = await browser.user.post("/auth/logout", token="", headers={**BROWSER, "Cookie": f"{COOKIE}={cookie}"})
        assert response.status_code == 204, response.text
        assert not await is_signed_in(browser.user)


async def test_a_refresh_without_cookie_and_body_is_answered_204(users):
    visitor = users.unregistered("visitor")
    for headers in ({}, BROWSER, {"Content-Type": "application/json"}):
        response = await visitor.post("/auth/refresh", token="", headers=headers)
        assert response.status_code == 204 and not response.content, response.text
