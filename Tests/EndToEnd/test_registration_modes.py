"""Who may register: open, by invitation with a code, closed; over REST and in the web page."""

import asyncio
import secrets

import pytest
from playwright.async_api import expect

from support.accounts import sign_up
from support.browser import browsers
from support.clients import PASSWORD, TestUsers
from support.problems import check_error, check_field
from support.server import Server


def make_code(server, *words: str) -> str:
    return server.run_ctl("user", "code", *words).strip()


@pytest.fixture(scope="module")
def modes(tmp_path_factory):
    """Starts the system of a mode, once."""
    servers: dict[str, Server] = {}

    def server(mode: str) -> Server:
        if mode not in servers:
            servers[mode] = Server(tmp_path_factory.mktemp(mode) / "d", ECHOCHAT_REGISTRATION=mode).start()
        return servers[mode]

    yield server
    for server in servers.values():
        assert server.stop() == 0


@pytest.mark.parametrize("mode", ["open", "invite", "closed"])
async def test_the_service_says_which_mode_holds(modes, mode):
    async with TestUsers(modes(mode)) as users:
        service = (await users.unregistered("alice").get("")).json()
        assert service["registration"] == mode and service["mail"] is False


async def test_while_registration_is_open_a_code_is_not_looked_at(modes):
    async with TestUsers(modes("open")) as users:
        code = make_code(modes("open"))
        for given in (code, "nonsense", None):
            assert (await sign_up(users.unregistered("alice"), registration_code=given)).status_code == 201
        assert f"{code}\t1 left" in modes("open").run_ctl("user", "code", "list")


async def test_while_registration_is_closed_only_the_operator_makes_accounts(modes):
    server = modes("closed")
    async with TestUsers(server) as users:
        alice = users.unregistered("alice")
        server.run_ctl("user", "make", alice.username)
        server.run_ctl("user", "password", alice.username, "--stdin", stdin=PASSWORD)
        await alice.log_in()
        code = make_code(server)
        for body in ({}, {"registration_code": code}, {"username": alice.username}, {"password": "x"}):
            check_error(await sign_up(users.unregistered("mallory"), **body), 403, "registration_closed")


async def test_a_code_lets_in_as_often_as_it_says(modes):
    server = modes("invite")
    async with TestUsers(server) as users:
        code = make_code(server, "--uses", "2")
        check_error(await sign_up(users.unregistered("mallory")), 403, "registration_closed")
        for wrong in ("", "nosuchcode", "x" * 1000, "a b", "'--"):
            check_field((await sign_up(users.unregistered("mallory"), registration_code=wrong)).json(), "registration_code", "unknown")
        check_error(await sign_up(users.unregistered("mallory"), registration_code=7), 422)
        alice = users.unregistered("alice")
        assert (await sign_up(alice, registration_code=code)).status_code == 201
        # A refusal uses nothing up, and without a code nobody learns who has an account.
        check_error(await sign_up(alice, registration_code=code), 409, "username_taken")
        check_field((await sign_up(alice, registration_code="nosuchcode")).json(), "registration_code", "unknown")
        check_error(await sign_up(alice), 403, "registration_closed")
        assert (await sign_up(users.unregistered("bob"), registration_code=code)).status_code == 201
        check_field((await sign_up(users.unregistered("mallory"), registration_code=code)).json(), "registration_code", "unknown")
        revoked = make_code(server)
        server.run_ctl("user", "code", "revoke", revoked)
        check_field((await sign_up(users.unregistered("mallory"), registration_code=revoked)).json(), "registration_code", "unknown")


async def test_of_those_who_use_a_code_at_the_same_time_one_gets_in(modes):
    server = modes("invite")
    async with TestUsers(server) as users:
        for count in (2, 2, 2, 8):
            code = make_code(server)
            responses = await asyncio.gather(*(sign_up(users.unregistered("alice"), registration_code=code) for _ in range(count)))
            assert sorted(response.status_code for response in responses) == [201] + [422] * (count - 1)


async def test_a_repeated_registration_needs_no_second_code(modes):
    server = modes("invite")
    async with TestUsers(server) as users:
        alice = users.unregistered("alice")
        body = {"username": alice.username, "password": PASSWORD, "registration_code": make_code(server)}
        key = {"Idempotency-Key": secrets.token_hex(8)}
        first, second = [await alice.post("/auth/register", token="", json=body, headers=key) for _ in range(2)]
        assert first.status_code == second.status_code == 201
        assert first.json()["user"] == second.json()["user"]


async def test_the_page_takes_a_code_where_one_is_needed(modes, tmp_path):
    server = modes("invite")
    async with browsers(tmp_path, "alice") as [alice]:
        await alice.page.goto(server.url)
        await expect(alice.at("registration-code")).to_be_hidden()
        await alice.at("show-sign-up").click()
        await alice.at("username").fill(alice.name)
        await alice.at("password").fill(PASSWORD)
        await alice.at("sign-up").click()
        await expect(alice.at("account-error")).to_contain_text("registration code")
        await alice.at("registration-code").fill("nosuchcode")
        await alice.at("sign-up").click()
        await expect(alice.at("account-error")).to_contain_text("does not work")
        await alice.at("registration-code").fill(make_code(server))
        await alice.at("sign-up").click()
        await alice.skip_first_run()


async def test_the_page_offers_no_account_where_there_is_none_to_get(modes, tmp_path):
    async with browsers(tmp_path, "alice") as [alice]:
        await alice.page.goto(modes("closed").url)
        await expect(alice.at("registration-closed")).to_be_visible()
        await expect(alice.at("show-sign-up")).to_be_hidden()
    async with browsers(tmp_path, "bob") as [bob]:
        await bob.page.goto(modes("open").url)
        await bob.at("show-sign-up").click()
        await expect(bob.at("registration-code")).to_be_hidden()
        await expect(bob.at("registration-closed")).to_be_hidden()
