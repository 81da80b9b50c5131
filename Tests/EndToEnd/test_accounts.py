"""People sign up, sign in, stay signed in, look over their devices, change passwords and sign out."""

import asyncio
import http.cookies
import re
import statistics
import time

import httpx
import jwt
import pytest

from support.people import API, PASSWORD, People, Person
from support.problems import INVALID, anonymous, check_refusal

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
USER = {"user_id", "username", "display_name", "avatar_url", "status_text", "created_at"}


def claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


async def sign_up(person: Person, **body) -> httpx.Response:
    return await person.post("/auth/register", token="", json={"username": person.username, "password": PASSWORD, **body})


async def log_in(person: Person, **body) -> httpx.Response:
    return await person.post("/auth/login", token="", json={"username": person.username, "password": person.password, **body})


async def is_signed_in(person: Person) -> bool:
    answer = await person.get("/auth/me")
    if answer.status_code == 200:
        return True
    check_refusal(answer, 401)
    return False


# Signing up


async def test_alice_signs_up_and_is_signed_in(people):
    alice = people.somebody("alice")
    answer = await sign_up(alice, display_name="Alice Ångström")
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    grant = answer.json()
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

    alice.take(grant)
    me = await alice.get("/auth/me")
    assert me.status_code == 200
    assert set(me.json()) >= USER
    assert me.json()["user_id"] == user["user_id"]


async def test_an_access_token_says_whose_it_is_and_until_when(alice):
    header = jwt.get_unverified_header(alice.access_token)
    assert header["alg"] == "HS256" and header["kid"]
    said = claims(alice.access_token)
    assert {"sub", "sid", "jti", "iat", "exp", "iss", "aud"} <= set(said)
    assert said["sub"] == alice.user_id
    assert said["exp"] - said["iat"] == 900
    assert abs(said["iat"] - time.time()) < 10


async def test_two_tokens_of_alice_never_have_the_same_id(alice):
    first = claims(alice.access_token)
    await alice.refresh()
    second = claims(alice.access_token)
    assert first["jti"] != second["jti"]
    assert first["sid"] == second["sid"]


async def test_a_username_is_taken_once_regardless_of_case(people, alice):
    answer = await sign_up(alice)
    check_refusal(answer, 409, "username_taken")
    shouted = await people.somebody("x").post("/auth/register", token="", json={"username": alice.username.upper(), "password": PASSWORD})
    check_refusal(shouted, 409, "username_taken")


async def test_an_e_mail_address_is_taken_once(people):
    alice, bob = people.somebody("alice"), people.somebody("bob")
    address = f"{alice.username}@example.org"
    assert (await sign_up(alice, email=address)).status_code == 201
    check_refusal(await sign_up(bob, email=address), 409, "email_taken")
    check_refusal(await sign_up(bob, email=address.replace("example.org", "EXAMPLE.ORG")), 409, "email_taken")


async def test_of_ten_who_want_one_name_at_once_one_gets_it(people):
    name = people.somebody("wanted").username
    crowd = [people.somebody("crowd") for _ in range(10)]
    for person in crowd:
        person.username = name
    answers = await asyncio.gather(*(sign_up(person) for person in crowd))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9, [answer.text for answer in answers]


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
async def test_a_username_that_cannot_be_is_refused_by_name(people, username):
    answer = await people.somebody("x").post("/auth/register", token="", json={"username": username, "password": PASSWORD})
    problem = check_refusal(answer, INVALID)
    assert any(error["field"] == "username" for error in problem["errors"]), problem


@pytest.mark.parametrize("password", ["", "short7!", "x" * 129, "password", "12345678", "iloveyou", None, 12345678, []])
async def test_a_weak_or_impossible_password_is_refused_by_name(people, password):
    person = people.somebody("weak")
    answer = await person.post("/auth/register", token="", json={"username": person.username, "password": password})
    problem = check_refusal(answer, INVALID)
    assert any(error["field"] == "password" for error in problem["errors"]), problem


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@", "@b", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "a" * 300 + "@example.org", 5]
)
async def test_an_e_mail_address_that_cannot_be_is_refused(people, address):
    check_refusal(await sign_up(people.somebody("mail"), email=address), INVALID)


@pytest.mark.parametrize("password", ["8 chars!", "ünïcödé påsswörd ☃", "𝄞" * 32, "x" * 128, " leading and trailing "])
async def test_any_other_password_of_eight_to_128_characters_will_do(people, password):
    person = people.somebody("any")
    person.password = password
    await person.register()
    await person.log_in()
    assert await is_signed_in(person)


# Signing in


async def test_alice_logs_in_with_json(alice):
    answer = await log_in(alice)
    assert answer.status_code == 200
    assert answer.json()["user"]["user_id"] == alice.user_id
    assert claims(answer.json()["access_token"])["sid"] != claims(alice.access_token)["sid"]


async def test_alice_logs_in_with_the_oauth2_password_form(alice):
    answer = await alice.post(
        "/auth/login", token="", data={"grant_type": "password", "username": alice.username, "password": PASSWORD, "scope": ""}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["token_type"] == "bearer"
    assert await is_signed_in(alice.take(answer.json()))


async def test_the_form_carries_signs_and_letters_of_all_kinds(people):
    person = people.somebody("form")
    person.password = "100% +plus &amp= ü ☃"
    await person.register()
    answer = await person.post("/auth/login", token="", data={"username": person.username, "password": person.password})
    assert answer.status_code == 200, answer.text


async def test_alice_logs_in_with_her_e_mail_address_or_her_name_in_capitals(people):
    alice = people.somebody("alice")
    await alice.register(email=f"{alice.username}@example.org")
    assert (await log_in(alice, username=f"{alice.username}@example.org")).status_code == 200
    assert (await log_in(alice, username=alice.username.upper())).status_code == 200


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(people, alice):
    wrong = check_refusal(await log_in(alice, password="not her password"), 401, "bad_credentials")
    unknown = check_refusal(await log_in(people.somebody("nobody")), 401, "bad_credentials")
    assert anonymous(wrong) == anonymous(unknown)


async def test_an_unknown_name_is_refused_no_sooner_than_a_wrong_password(people, alice):
    nobody = people.somebody("nobody")
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(15):
        for name, person in (("known", alice), ("unknown", nobody)):
            start = time.perf_counter()
            answer = await log_in(person, password="not her password")
            took[name].append(time.perf_counter() - start)
            assert answer.status_code == 401
    known, unknown = statistics.median(took["known"]), statistics.median(took["unknown"])
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
async def test_a_login_that_lacks_something_is_refused(people, body):
    answer = await people.somebody("x").post("/auth/login", token="", json=body)
    check_refusal(answer, (400, 401, 422))


async def test_nobody_reads_me_without_a_token(people):
    answer = await people.somebody("nobody").get("/auth/me", token="")
    check_refusal(answer, 401)
    assert answer.headers["www-authenticate"].lower().startswith("bearer")


async def test_alice_need_not_read_again_what_has_not_changed(alice):
    first = await alice.get("/auth/me")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = await alice.get("/auth/me", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    other = await alice.get("/auth/me", headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


async def test_no_cache_keeps_an_answer_that_bears_tokens(people):
    """RFC 6749, 5.1."""
    alice = people.somebody("alice")
    answers = [await sign_up(alice), await log_in(alice)]
    answers.append(await alice.post("/auth/refresh", token="", json={"refresh_token": answers[0].json()["refresh_token"]}))
    alice.take(answers[1].json())
    answers.append(await alice.post("/auth/ws-ticket"))
    for answer in answers:
        assert answer.is_success
        assert "no-store" in answer.headers.get("cache-control", ""), (answer.request.url, answer.headers)


# Staying signed in


async def test_a_refresh_gives_a_new_pair(alice):
    before = alice.refresh_token
    answer = await alice.post("/auth/refresh", token="", json={"refresh_token": before})
    assert answer.status_code == 200, answer.text
    grant = answer.json()
    assert grant["refresh_token"] != before
    assert grant["token_type"] == "bearer" and grant["expires_in"] == 900
    assert await is_signed_in(alice.take(grant))
    await alice.refresh()
    assert await is_signed_in(alice)


async def test_a_refresh_token_used_twice_ends_the_whole_session(people, alice):
    elsewhere = await alice.on_another_device()
    stolen = alice.refresh_token
    await alice.refresh()
    check_refusal(await alice.post("/auth/refresh", token="", json={"refresh_token": stolen}), 401)
    assert not await is_signed_in(alice)
    check_refusal(await alice.post("/auth/refresh", token="", json={"refresh_token": alice.refresh_token}), 401)
    assert await is_signed_in(elsewhere)


async def test_of_five_refreshes_with_one_token_at_most_one_succeeds(alice):
    answers = await asyncio.gather(*(alice.post("/auth/refresh", token="", json={"refresh_token": alice.refresh_token}) for _ in range(5)))
    assert sum(answer.status_code == 200 for answer in answers) <= 1
    for answer in answers:
        if answer.status_code != 200:
            check_refusal(answer, 401)


@pytest.mark.parametrize("token", ["", "x", "0" * 5000, None, 7, "💥"])
async def test_what_is_no_refresh_token_refreshes_nothing(people, token):
    check_refusal(await people.somebody("x").post("/auth/refresh", token="", json={"refresh_token": token}), (400, 401, 422))


async def test_an_access_token_does_not_refresh_and_a_refresh_token_does_not_open(alice):
    check_refusal(await alice.post("/auth/refresh", token="", json={"refresh_token": alice.access_token}), 401)
    check_refusal(await alice.get("/auth/me", token=alice.refresh_token), 401)
    assert await is_signed_in(alice)


# The refresh token as a cookie, for browsers


def refresh_cookie(answer: httpx.Response) -> http.cookies.Morsel:
    jar = http.cookies.SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    assert len(jar) == 1, answer.headers
    return next(iter(jar.values()))


def as_header(cookie: http.cookies.Morsel) -> dict:
    return {"Cookie": f"{cookie.key}={cookie.coded_value}"}


async def with_cookie(person: Person, how: str = "register") -> http.cookies.Morsel:
    answer = await person.post(f"/auth/{how}", token="", json={"username": person.username, "password": PASSWORD, "refresh": "cookie"})
    assert answer.is_success, answer.text
    assert not answer.json().get("refresh_token")
    person.take(answer.json())
    person.http.cookies.clear()
    return refresh_cookie(answer)


async def test_a_browser_is_given_the_refresh_token_only_as_a_cookie_it_cannot_read(people):
    alice = people.somebody("alice")
    for how in ("register", "login"):
        cookie = await with_cookie(alice, how)
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert cookie["path"] == f"{API}/auth"
        assert cookie.value


async def test_a_browser_refreshes_by_cookie_only_with_the_header_that_other_sites_cannot_send(people):
    alice = people.somebody("alice")
    cookie = await with_cookie(alice)
    check_refusal(await alice.post("/auth/refresh", token="", headers=as_header(cookie)), (400, 401, 403))
    answer = await alice.post("/auth/refresh", token="", headers={**as_header(cookie), "X-EchoChat": "1"})
    alice.http.cookies.clear()
    assert answer.status_code == 200, answer.text
    assert not answer.json().get("refresh_token")
    fresh = refresh_cookie(answer)
    assert fresh.value != cookie.value
    assert await is_signed_in(alice.take(answer.json()))
    # The old one was used up: whoever brings it again ends the session.
    check_refusal(await alice.post("/auth/refresh", token="", headers={**as_header(cookie), "X-EchoChat": "1"}), 401)
    alice.http.cookies.clear()
    assert not await is_signed_in(alice)


async def test_a_browser_logs_out_by_cookie_alone_with_the_header(people):
    alice = people.somebody("alice")
    cookie = await with_cookie(alice)
    check_refusal(await alice.post("/auth/logout", token="", headers=as_header(cookie)), (400, 401, 403))
    assert await is_signed_in(alice)
    answer = await alice.post("/auth/logout", token="", headers={**as_header(cookie), "X-EchoChat": "1"})
    assert answer.status_code == 204, answer.text
    gone = refresh_cookie(answer)
    assert not gone.value or gone["max-age"] == "0"
    alice.http.cookies.clear()
    assert not await is_signed_in(alice)


# Devices


async def test_alice_sees_her_devices_and_signs_one_out(alice):
    phone = await alice.on_another_device()
    sessions = await alice.walk("/auth/sessions")
    ids = {session["session_id"] for session in sessions}
    assert ids == {claims(alice.access_token)["sid"], claims(phone.access_token)["sid"]}
    assert (await alice.delete(f"/auth/sessions/{claims(phone.access_token)['sid']}")).status_code == 204
    assert not await is_signed_in(phone)
    check_refusal(await phone.post("/auth/refresh", token="", json={"refresh_token": phone.refresh_token}), 401)
    assert await is_signed_in(alice)
    assert [session["session_id"] for session in await alice.walk("/auth/sessions")] == [claims(alice.access_token)["sid"]]


async def test_alice_pages_through_her_devices(alice):
    for _ in range(4):
        await alice.on_another_device()
    ids = [session["session_id"] for session in await alice.walk("/auth/sessions", limit=2)]
    assert len(ids) == len(set(ids)) == 5


async def test_mallory_cannot_sign_alices_device_out(alice, mallory):
    hers = await mallory.delete(f"/auth/sessions/{claims(alice.access_token)['sid']}")
    none = await mallory.delete("/auth/sessions/doesnotexist")
    assert anonymous(check_refusal(hers, 404)) == anonymous(check_refusal(none, 404))
    assert await is_signed_in(alice)


async def test_after_logout_every_token_of_that_session_is_dead_and_others_live(alice):
    phone = await alice.on_another_device()
    answer = await alice.post("/auth/logout")
    assert answer.status_code == 204
    assert not await is_signed_in(alice)
    check_refusal(await alice.post("/auth/refresh", token="", json={"refresh_token": alice.refresh_token}), 401)
    check_refusal(await alice.post("/auth/ws-ticket"), 401)
    check_refusal(await alice.get("/rooms"), 401)
    assert await is_signed_in(phone)


async def test_a_new_password_ends_all_other_sessions_and_only_it_opens(alice):
    phone = await alice.on_another_device()
    answer = await alice.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "a longer walk on the beach"})
    assert answer.is_success, answer.text
    assert await is_signed_in(alice)
    assert not await is_signed_in(phone)
    check_refusal(await log_in(alice), 401, "bad_credentials")
    alice.password = "a longer walk on the beach"
    assert (await log_in(alice)).status_code == 200


async def test_a_password_is_not_changed_by_one_who_does_not_know_the_old_one(alice):
    phone = await alice.on_another_device()
    answer = await alice.post(
        "/auth/password/change", json={"old_password": "not it, really", "new_password": "a longer walk on the beach"}
    )
    check_refusal(answer, (400, 401, 403, 422))
    check_refusal(await alice.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "short"}), INVALID)
    check_refusal(
        await alice.post("/auth/password/change", token="", json={"old_password": PASSWORD, "new_password": "a longer walk on the beach"}),
        401,
    )
    assert await is_signed_in(phone)
    assert (await log_in(alice)).status_code == 200


async def test_an_access_token_lives_no_longer_than_it_says(own_server):
    async with People(own_server(ECHOCHAT_ACCESS_TOKEN_TTL="1")) as people:
        alice = await people.register("alice")
        assert await is_signed_in(alice)
        expiry = claims(alice.access_token)["exp"]
        await asyncio.sleep(max(0, expiry - time.time()) + 0.1)
        assert not await is_signed_in(alice)
        await alice.refresh()
        assert await is_signed_in(alice)


async def test_the_service_says_its_name_and_its_version_to_anyone(people):
    answer = await people.somebody("x").get("", token="")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert "version" in said and any("echochat" in str(value).lower() for value in said.values())
