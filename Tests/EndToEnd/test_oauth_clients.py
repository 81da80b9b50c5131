"""Clients of OAuth 2: the forms of RFC 6749 and RFC 7009, their words for refusals, and accounts that are known by their address."""

import secrets

import httpx
import pytest

from support.accounts import is_signed_in, log_in, sign_up
from support.clients import PASSWORD, TestUser, TestUsers
from support.problems import check_error, without_request_id

CLIENT = {"client_id": "an-app", "client_secret": "ignored", "scope": "a b"}


async def send(user: TestUser, path: str, **form) -> httpx.Response:
    return await user.post(f"/auth/{path}", token="", data=form)


def check_refusal(response: httpx.Response, status: int, error: str) -> dict:
    """Checks a problem document that also has the members of RFC 6749, section 5.2."""
    problem = check_error(response, status)
    assert problem["error"] == error, problem
    assert problem["error_description"] and all(" " <= letter <= "~" and letter not in '"\\' for letter in problem["error_description"])
    return problem


async def test_a_client_signs_in_refreshes_and_signs_out_by_forms_alone(users, alice):
    app = users.unregistered("app")
    grant = await send(app, "login", grant_type="password", username=alice.username, password=PASSWORD, **CLIENT)
    assert grant.status_code == 200 and "no-store" in grant.headers["cache-control"], grant.text
    assert {"access_token", "token_type", "expires_in", "refresh_token"} <= set(grant.json())
    app.accept_tokens(grant.json())
    for _ in range(2):
        before = app.refresh_token
        grant = await send(app, "refresh", grant_type="refresh_token", refresh_token=app.refresh_token, **CLIENT)
        assert grant.status_code == 200, grant.text
        assert await is_signed_in(app.accept_tokens(grant.json())) and app.refresh_token != before
    connection = await app.connect()
    revoked = await send(app, "revoke", token=app.refresh_token, token_type_hint="refresh_token", **CLIENT)
    assert revoked.status_code == 200, revoked.text
    await connection.expect_close(4001)
    assert not await is_signed_in(app)
    check_refusal(await send(app, "refresh", grant_type="refresh_token", refresh_token=app.refresh_token), 401, "invalid_grant")
    assert await is_signed_in(alice)


@pytest.mark.parametrize("token", ["", "unknown", "a.b.c", "0" * 5000])
async def test_a_revocation_of_an_unknown_token_is_answered_like_any_other(alice, token):
    response = await send(alice, "revoke", token=token, token_type_hint="whatever")
    assert response.status_code == 200, response.text
    assert await is_signed_in(alice)
    known = await send(alice, "revoke", token=alice.access_token)
    assert known.status_code == 200 and known.content == response.content
    assert not await is_signed_in(alice)
    assert (await send(alice, "revoke", token=alice.refresh_token)).status_code == 200


REFUSALS = [
    ("login", {"grant_type": "password", "username": "nobody-here", "password": "a wrong one"}, 401, "invalid_grant"),
    ("login", {"grant_type": "password", "username": "nobody-here"}, 422, "invalid_request"),
    ("login", {"grant_type": "password", "password": "x"}, 422, "invalid_request"),
    ("login", {"grant_type": "client_credentials"}, 422, "unsupported_grant_type"),
    ("login", {"grant_type": "authorization_code", "code": "x"}, 422, "unsupported_grant_type"),
    ("refresh", {"grant_type": "refresh_token", "refresh_token": "x"}, 401, "invalid_grant"),
    ("refresh", {"grant_type": "refresh_token"}, 422, "invalid_request"),
    ("refresh", {"grant_type": "password", "refresh_token": "x"}, 422, "unsupported_grant_type"),
    ("revoke", {"token_type_hint": "refresh_token"}, 422, "invalid_request"),
]


@pytest.mark.parametrize(("path", "form", "status", "error"), REFUSALS)
async def test_a_refusal_bears_the_words_of_oauth(users, path, form, status, error):
    visitor = users.unregistered("visitor")
    problem = check_refusal(await send(visitor, path, **form), status, error)
    assert problem["error_description"] == problem["detail"]
    if "grant_type" not in form or error != "unsupported_grant_type":
        as_json = {name: value for name, value in form.items() if name != "grant_type"}
        same = check_refusal(await visitor.post(f"/auth/{path}", token="", json=as_json), status, error)
        assert without_request_id(same) == without_request_id(problem)


async def test_refusals_by_nginx_bear_the_words_and_the_headers_of_the_limit(own_server):
    async with TestUsers(own_server(ECHOCHAT_SIGNIN_RATE="on")) as users:
        visitor = users.unregistered("visitor")
        for _ in range(60):
            response = await send(visitor, "login", grant_type="password", username=visitor.username, password="wrong")
            if response.status_code == 429:
                break
        problem = check_refusal(response, 429, "temporarily_unavailable")
        assert problem["limit"] == "password_checks" and response.headers["ratelimit"].startswith('"password_checks";r=0')
        assert response.headers["ratelimit-policy"].startswith('"password_checks";q=') and response.headers["retry-after"]
        assert (await visitor.request("OPTIONS", "/auth/login")).status_code == 204, "a preflight is no attempt"
        check_refusal(await visitor.post("/auth/refresh", token="", content=b"x" * 70_000), 413, "invalid_request")
        other = check_error(await visitor.post("/auth/register", token="", content=b"x" * 70_000), 413)
        assert "error" not in other


# Accounts that are known by their address


async def test_an_address_is_enough_to_register_and_to_log_in(users):
    local = f"Dana.{secrets.token_hex(4)}"
    user = users.unregistered("dana")
    account = {"email": f"{local}+chat@example.org", "password": PASSWORD}
    response = await user.post("/auth/register", token="", json={**account, "name": "Dana D."})
    assert response.status_code == 201, response.text
    assert response.json()["user"]["username"] == local.lower() and response.json()["user"]["display_name"] == "Dana D."
    for fields in (account, {**account, "email": account["email"].upper()}, {"username": account["email"], "password": PASSWORD}):
        login = await user.post("/auth/login", token="", json=fields)
        assert login.status_code == 200 and login.json()["user"] == response.json()["user"], login.text
    assert (await send(user, "login", grant_type="password", **account)).status_code == 200
    check_error(await user.post("/auth/register", token="", json=account), 409, "email_taken")
    # Another address that looks alike gets another name.
    other = await user.post("/auth/register", token="", json={**account, "email": f"{local}@example.net"})
    assert other.status_code == 201 and other.json()["user"]["username"].startswith(f"{local.lower()}-"), other.text


async def test_a_repeated_registration_by_address_signs_in_to_the_same_account(users):
    user = users.unregistered("dana")
    account = {"email": f"{user.username}@example.org", "password": PASSWORD}
    responses = [await user.post("/auth/register", token="", json=account, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [response.status_code for response in responses] == [201, 201]
    assert responses[0].json()["user"] == responses[1].json()["user"]


@pytest.mark.parametrize("local", ["x", "admin", "support", "everyone", "!!", "-", "a" * 64])
async def test_a_name_is_made_from_any_address(users, local):
    user = users.unregistered("x")
    for _ in range(2):
        address = f"{local}@{secrets.token_hex(4)}.example.org"
        response = await user.post("/auth/register", token="", json={"email": address, "password": PASSWORD})
        assert response.status_code == 201, response.text
        username = response.json()["user"]["username"]
        assert 3 <= len(username) <= 32 and username not in ("admin", "support", "everyone")


async def test_without_username_and_address_the_username_is_missing(users):
    user = users.unregistered("x")
    for response in (await sign_up(user, username=None), await log_in(user, username=None)):
        assert [error["field"] for error in check_error(response, 422, "invalid_field")["errors"]] == ["username"]
