"""Registration: accounts, usernames, e-mail addresses and passwords."""

import asyncio
import re
import time

import jwt
import pytest

from support.accounts import claims, is_signed_in, sign_up
from support.clients import PASSWORD
from support.problems import INVALID, check_error

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

USER = {"user_id", "username", "display_name", "avatar_url", "status_text", "created_at"}


async def test_alice_signs_up_and_is_signed_in(users):
    alice = users.unregistered("alice")
    response = await sign_up(alice, display_name="Alice Ångström")
    assert response.status_code == 201, response.text
    assert response.headers["content-type"].startswith("application/json")
    grant = response.json()
    assert {"user", "access_token", "token_type", "expires_in", "refresh_token"} <= set(grant)
    assert grant["token_type"] == "bearer"
    assert grant["expires_in"] == 900
    user = grant["user"]
    assert set(user) == USER
    assert user["username"] == alice.username
    assert user["display_name"] == "Alice Ångström"
    assert user["avatar_url"] is None
    assert re.fullmatch(r"[A-Za-z0-9]{8,64}", user["user_id"])
    assert TIME.fullmatch(user["created_at"])

    alice.accept_tokens(grant)
    me = await alice.get("/auth/me")
    assert me.status_code == 200
    assert set(me.json()) >= USER
    assert me.json()["user_id"] == user["user_id"]


async def test_an_access_token_names_its_user_and_its_expiry(alice):
    header = jwt.get_unverified_header(alice.access_token)
    assert header["alg"] == "HS256" and header["kid"]
    token = claims(alice.access_token)
    assert {"sub", "sid", "jti", "iat", "exp", "iss", "aud"} <= set(token)
    assert token["sub"] == alice.user_id
    assert token["exp"] - token["iat"] == 900
    assert abs(token["iat"] - time.time()) < 10


async def test_two_tokens_of_alice_never_have_the_same_id(alice):
    first = claims(alice.access_token)
    await alice.refresh()
    second = claims(alice.access_token)
    assert first["jti"] != second["jti"]
    assert first["sid"] == second["sid"]


async def test_a_username_is_taken_once_regardless_of_case(users, alice):
    response = await sign_up(alice)
    check_error(response, 409, "username_taken")
    in_capitals = await users.unregistered("x").post(
        "/auth/register", token="", json={"username": alice.username.upper(), "password": PASSWORD}
    )
    check_error(in_capitals, 409, "username_taken")


async def test_an_e_mail_address_is_taken_once(users):
    alice, bob = users.unregistered("alice"), users.unregistered("bob")
    address = f"{alice.username}@example.org"
    assert (await sign_up(alice, email=address)).status_code == 201
    check_error(await sign_up(bob, email=address), 409, "email_taken")
    check_error(await sign_up(bob, email=address.replace("example.org", "EXAMPLE.ORG")), 409, "email_taken")


async def test_of_ten_simultaneous_registrations_of_one_username_one_succeeds(users):
    name = users.unregistered("wanted").username
    candidates = [users.unregistered("candidate") for _ in range(10)]
    for user in candidates:
        user.username = name
    responses = await asyncio.gather(*(sign_up(user) for user in candidates))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 9, [response.text for response in responses]


@pytest.mark.parametrize(
    "username",
    [
        "",
        "ab",
        "a" * 33,
        "has space",
        "slash/ed",
        "new\nline",
        "nul\x00",
        "åsa",
        "ｆｕｌｌ",
        "a\u200bb",
        "<script>",
        None,
        7,
        ["alice"],
        {},
    ],
)
async def test_an_invalid_username_is_refused_and_the_error_names_the_field(users, username):
    response = await users.unregistered("x").post("/auth/register", token="", json={"username": username, "password": PASSWORD})
    problem = check_error(response, INVALID)
    assert any(error["field"] == "username" for error in problem["errors"]), problem


@pytest.mark.parametrize("password", ["", "short7!", "x" * 129, "password", "12345678", "iloveyou", None, 12345678, []])
async def test_a_weak_or_invalid_password_is_refused_and_the_error_names_the_field(users, password):
    user = users.unregistered("weak")
    response = await user.post("/auth/register", token="", json={"username": user.username, "password": password})
    problem = check_error(response, INVALID)
    assert any(error["field"] == "password" for error in problem["errors"]), problem


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@", "@b", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "a" * 300 + "@example.org", 5]
)
async def test_an_invalid_e_mail_address_is_refused(users, address):
    check_error(await sign_up(users.unregistered("mail"), email=address), INVALID)


@pytest.mark.parametrize("password", ["8 chars!", "ünïcödé påsswörd ☃", "𝄞" * 32, "x" * 128, " leading and trailing "])
async def test_any_other_password_of_8_to_128_characters_is_accepted(users, password):
    user = users.unregistered("any")
    user.password = password
    await user.register()
    await user.log_in()
    assert await is_signed_in(user)


@pytest.mark.parametrize(
    "name", ["admin", "ADMIN", "system", "all", "here", "everyone", "channel", "echochat", "support", "root", "moderator"]
)
async def test_a_username_that_could_pass_for_the_service_is_reserved(users, name):
    carol = users.unregistered("carol")
    carol.username = name
    problem = check_error(await sign_up(carol), 422, "invalid_field")
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("username", "reserved")]
    check_error(await carol.post("/auth/login", token="", json={"username": name, "password": PASSWORD}), 401)
