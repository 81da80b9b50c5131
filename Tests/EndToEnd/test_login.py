"""Login, with JSON or the password form, and reading the own account."""

import statistics
import time

import pytest

from support.accounts import claims, is_signed_in, log_in, sign_up
from support.clients import PASSWORD
from support.problems import check_error, check_field, without_request_id


async def test_alice_logs_in_with_json(alice):
    response = await log_in(alice)
    assert response.status_code == 200
    assert response.json()["user"]["user_id"] == alice.user_id
    assert claims(response.json()["access_token"])["sid"] != claims(alice.access_token)["sid"]


async def test_alice_logs_in_with_the_oauth2_password_form(alice):
    response = await alice.post(
        "/auth/login", token="", data={"grant_type": "password", "username": alice.username, "password": PASSWORD, "scope": ""}
    )
    assert response.status_code == 200, response.text
    assert response.json()["token_type"] == "bearer"
    assert await is_signed_in(alice.accept_tokens(response.json()))


async def test_the_password_form_accepts_characters_of_all_kinds(users):
    user = users.unregistered("form")
    user.password = "100% +plus &amp= ü ☃"
    await user.register()
    response = await user.post("/auth/login", token="", data={"username": user.username, "password": user.password})
    assert response.status_code == 200, response.text


async def test_alice_logs_in_with_the_e_mail_address_or_the_username_in_capitals(users):
    alice = users.unregistered("alice")
    await alice.register(email=f"{alice.username}@example.org")
    assert (await log_in(alice, username=f"{alice.username}@example.org")).status_code == 200
    assert (await log_in(alice, username=alice.username.upper())).status_code == 200


async def test_a_wrong_password_and_an_unknown_username_get_the_same_response(users, alice):
    wrong = check_error(await log_in(alice, password="the wrong password"), 401, "bad_credentials")
    unknown = check_error(await log_in(users.unregistered("unknown")), 401, "bad_credentials")
    assert without_request_id(wrong) == without_request_id(unknown)


async def test_an_unknown_username_is_refused_no_faster_than_a_wrong_password(users, alice):
    unknown_user = users.unregistered("unknown")
    durations: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(15):
        for name, user in (("known", alice), ("unknown", unknown_user)):
            start = time.perf_counter()
            response = await log_in(user, password="the wrong password")
            durations[name].append(time.perf_counter() - start)
            assert response.status_code == 401
    known, unknown = statistics.median(durations["known"]), statistics.median(durations["unknown"])
    assert 0.6 < unknown / known < 1.6, (known, unknown)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "alice"},
        {"password": PASSWORD},
        {"username": None, "password": None},
        {"username": ["a"], "password": {"b": 1}},
        [],
        "alice",
        7,
        None,
    ],
)
async def test_a_login_with_a_missing_field_is_refused(users, body):
    response = await users.unregistered("x").post("/auth/login", token="", json=body)
    check_error(response, (400, 401, 422))


@pytest.mark.parametrize("field", ["email", "refresh"])
async def test_a_login_with_a_field_of_the_wrong_type_is_refused_whether_or_not_the_field_counts(alice, field):
    check_field(check_error(await log_in(alice, **{field: {}}), 422), field, "type")


async def test_auth_me_needs_a_token(users):
    response = await users.unregistered("unknown").get("/auth/me", token="")
    check_error(response, 401)
    assert response.headers["www-authenticate"].lower().startswith("bearer")


async def test_auth_me_is_not_sent_again_while_unchanged(alice):
    first = await alice.get("/auth/me")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = await alice.get("/auth/me", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    other = await alice.get("/auth/me", headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


async def test_responses_with_tokens_are_not_cached(users):
    """RFC 6749, 5.1."""
    alice = users.unregistered("alice")
    responses = [await sign_up(alice), await log_in(alice)]
    responses.append(await alice.post("/auth/refresh", token="", json={"refresh_token": responses[0].json()["refresh_token"]}))
    alice.accept_tokens(responses[1].json())
    responses.append(await alice.post("/auth/ws-ticket"))
    for response in responses:
        assert response.is_success
        assert "no-store" in response.headers.get("cache-control", ""), (response.request.url, response.headers)
