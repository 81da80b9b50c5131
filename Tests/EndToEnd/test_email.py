"""Accounts by e-mail, through a real SMTP server: verification, forgotten passwords, notices."""

import asyncio
import secrets

import httpx
import pytest

from support.accounts import is_signed_in, log_in, sign_up
from support.clients import PASSWORD, TestUser, TestUsers
from support.mail_database import PUBLIC_URL, execute, token
from support.problems import check_error, check_field
from support.server import Server
from support.smtp_server import ReceivedMail, SMTPServer, refuse_half

OTHER_PASSWORD = "two walks along the river"


@pytest.fixture(scope="module")
def post():
    with SMTPServer() as post:
        yield post


@pytest.fixture(scope="module")
def mail_server(post, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("mail") / "d", ECHOCHAT_SMTP_URL=post.url, ECHOCHAT_PUBLIC_URL=PUBLIC_URL) as server:
        yield server


@pytest.fixture
async def people(mail_server):
    async with TestUsers(mail_server) as people:
        yield people


def address_of(user: TestUser) -> str:
    return f"{user.username}@example.org"


async def received(post: SMTPServer, recipient: str, subject_count: int = 1) -> ReceivedMail:
    """The newest mail to an address, once it has had so many."""
    return await asyncio.to_thread(post.wait_for_mail_to, recipient, 20, subject_count)


async def verify(user: TestUser, mail: ReceivedMail) -> httpx.Response:
    return await user.post("/auth/verify-email", token="", json={"token": token(mail.link)})


async def verified(people: TestUsers, post: SMTPServer, name: str) -> TestUser:
    """A user whose address is verified, by one mail."""
    user = people.unregistered(name)
    await user.register(email=address_of(user))
    assert (await verify(user, await received(post, address_of(user)))).status_code == 204
    return user


async def me(user: TestUser) -> dict:
    response = await user.get("/auth/me")
    assert response.status_code == 200, response.text
    return {name: response.json()[name] for name in ("email", "email_verified", "pending_email")}


def check_bad_token(response: httpx.Response) -> None:
    check_field(check_error(response, 422, "invalid_field"), "token", "unknown")


# Verification


async def test_the_service_says_whether_it_sends_mails(people, server):
    async with TestUsers(server) as users:
        sites = [await user.get("") for user in (people.unregistered("carol"), users.unregistered("carol"))]
    assert [site.json()["mail"] for site in sites] == [True, False]


async def test_a_new_user_verifies_their_address_by_the_link_in_the_mail(people, post):
    carol = people.unregistered("carol")
    address = address_of(carol)
    await carol.register(email=address.upper())
    assert await me(carol) == {"email": None, "email_verified": False, "pending_email": address}
    check_error(await log_in(carol, username=address), 401, "bad_credentials")
    mail = await received(post, address)
    assert mail.recipients == [address] and carol.username in mail.part("plain") and mail.link in mail.part("html")
    assert (await verify(carol, mail)).status_code == 204
    assert await me(carol) == {"email": address, "email_verified": True, "pending_email": None}
    assert (await log_in(carol, username=address)).status_code == 200
    check_bad_token(await verify(carol, mail))


async def test_the_mail_is_sent_again_on_request_at_most_five_times_an_hour(people, post):
    carol = people.unregistered("carol")
    await carol.register(email=address_of(carol))
    first = await received(post, address_of(carol))
    for count in range(2, 6):
        response = await carol.post("/auth/verify-email/resend")
        assert response.status_code == 202 and response.json() == {}
        last = await received(post, address_of(carol), count)
    problem = check_error(await carol.post("/auth/verify-email/resend"), 429, "rate_limited")
    assert problem["limit"] == "mails" and 0 < problem["retry_after_ms"] <= 3_600_000
    assert first.link != last.link and first.message_id != last.message_id
    assert (await verify(carol, first)).status_code == 204, "an earlier mail that comes late works, too"
    check_bad_token(await verify(carol, last))
    check_error(await carol.post("/auth/verify-email/resend"), 409, "conflict")


async def test_a_change_of_address_takes_effect_with_the_link_and_the_old_address_is_told(people, post):
    carol = await verified(people, post, "carol")
    old, new = address_of(carol), f"new-{address_of(carol)}"
    check_field(check_error(await carol.patch("/users/me", json={"email": new}), 422), "password", "missing")
    check_error(await carol.patch("/users/me", json={"email": new, "password": "the wrong password"}), 401, "bad_credentials")
    assert (await me(carol))["pending_email"] is None
    response = await carol.patch("/users/me", json={"email": new, "password": PASSWORD})
    assert response.status_code == 200 and response.json()["pending_email"] == new and response.json()["email"] == old
    assert (await log_in(carol, username=old)).status_code == 200
    check_error(await log_in(carol, username=new), 401)
    assert (await verify(carol, await received(post, new))).status_code == 204
    assert await me(carol) == {"email": new, "email_verified": True, "pending_email": None}
    notice = await received(post, old, 2)
    assert new in notice.part("plain"), notice.part("plain")
    check_error(await log_in(carol, username=old), 401)


async def test_used_expired_foreign_and_garbled_tokens_are_refused_alike(people, post, mail_server):
    carol = people.unregistered("carol")
    await carol.register(email=address_of(carol))
    verification = token((await received(post, address_of(carol))).link)
    await carol.post("/auth/password/forgot", token="", json={"email": address_of(carol)})
    reset = token((await received(post, address_of(carol), 2)).link)
    bad = ["", "x", verification[:-1], verification + "A", verification[::-1], "A" * 43, "é" * 43, carol.refresh_token, carol.access_token]
    answers = set()
    for text in [*bad, reset]:
        response = await carol.post("/auth/verify-email", token="", json={"token": text})
        check_bad_token(response)
        answers.add(response.json()["detail"])
    for text in [*bad, verification]:
        response = await carol.post("/auth/password/reset", token="", json={"token": text, "password": OTHER_PASSWORD})
        check_bad_token(response)
        answers.add(response.json()["detail"])
    execute(mail_server, "UPDATE account_tokens SET expires_at = 1 WHERE email = ?", address_of(carol))
    for path, text in (("verify-email", verification), ("password/reset", reset)):
        response = await carol.post(f"/auth/{path}", token="", json={"token": text, "password": OTHER_PASSWORD})
        check_bad_token(response)
        answers.add(response.json()["detail"])
    assert len(answers) == 1
    assert (await me(carol))["email"] is None and await is_signed_in(carol)


async def test_a_registration_with_a_taken_address_looks_like_any_other_and_the_owner_is_told(people, post):
    alice = await verified(people, post, "alice")
    mallory, trent = people.unregistered("mallory"), people.unregistered("trent")
    taken, free = await sign_up(mallory, email=address_of(alice)), await sign_up(trent, email=address_of(trent))
    assert taken.status_code == free.status_code == 201
    assert taken.json().keys() == free.json().keys() and taken.headers.keys() == free.headers.keys()
    mallory.accept_tokens(taken.json())
    assert await me(mallory) == {"email": None, "email_verified": False, "pending_email": address_of(alice)}
    notice = await received(post, address_of(alice), 2)
    text = notice.part("plain")
    assert alice.username in text and mallory.username not in text and "#verify=" not in text, text
    check_error(await log_in(mallory, username=address_of(alice), password="a password of mallory's"), 401)
    check_error(await sign_up(mallory), 409, "username_taken")


async def test_the_user_s_other_connections_hear_that_the_address_is_verified_or_another_one(people, post):
    carol = people.unregistered("carol")
    await carol.register(email=address_of(carol))
    dave = await people.register("dave")
    room = await carol.create_room(members=[dave])
    cursor = (await carol.get("/sync")).json()["cursor"]
    phone = await carol.another_session()
    own, narrow, other = await phone.connect(), await carol.connect(room=room["room_id"]), await dave.connect()
    new = f"new-{address_of(carol)}"
    assert (await verify(carol, await received(post, address_of(carol)))).status_code == 204
    await own.expect("user_updated", user_id=carol.user_id, email=address_of(carol), email_verified=True, pending_email=None)
    assert (await carol.patch("/users/me", json={"email": new, "password": PASSWORD})).status_code == 200
    await own.expect("user_updated", email=address_of(carol), pending_email=new)
    assert (await verify(carol, await received(post, new))).status_code == 204
    await own.expect("user_updated", email=new, email_verified=True, pending_email=None)
    # Nobody else hears of it, nor does a connection of one room; a device that was away gets the newest alone.
    back = await phone.connect(since=cursor)
    await carol.post_message(room["room_id"], "Hello")
    for connection, told in ((narrow, []), (other, []), (back, [new])):
        await connection.expect("new_message")
        assert [frame.data["email"] for frame in connection.received("user_updated")] == told


# Forgotten passwords


async def test_a_forgotten_password_is_reset_by_the_link_which_ends_every_session(people, post):
    carol = await verified(people, post, "carol")
    phone = await carol.another_session()
    connections = [await carol.connect(), await phone.connect()]
    answers = [await carol.post("/auth/password/forgot", token="", json={"email": address_of(carol)}) for _ in range(2)]
    answers.append(await carol.post("/auth/password/forgot", token="", json={"email": f"nobody-{address_of(carol)}"}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, "{}")}
    last = token((await received(post, address_of(carol), 3)).link)
    first = token([mail for mail in post.mails if address_of(carol) in mail.recipients][1].link)

    check_field(check_error(await reset(carol, first, "password"), 422), "password", "common")
    response = await reset(carol, first, OTHER_PASSWORD)
    assert response.status_code == 204, response.text
    for connection in connections:
        await connection.expect_close(4001, within=2)
    for device in (carol, phone):
        assert not await is_signed_in(device)
        check_error(await device.post("/auth/refresh", token="", json={"refresh_token": device.refresh_token}), 401)
    check_bad_token(await reset(carol, first, PASSWORD))
    check_bad_token(await reset(carol, last, PASSWORD))
    check_error(await log_in(carol), 401)
    assert (await log_in(carol, password=OTHER_PASSWORD, username=address_of(carol))).status_code == 200
    assert "password" in (await received(post, address_of(carol), 4)).part("plain")


async def reset(user: TestUser, token: str, password: str) -> httpx.Response:
    return await user.post("/auth/password/reset", token="", json={"token": token, "password": password})


# Notices


async def test_a_new_device_and_a_changed_password_are_told(people, post):
    carol = await verified(people, post, "carol")
    login = {"username": carol.username, "password": PASSWORD}
    for _ in range(2):
        response = await carol.post("/auth/login", token="", json=login, headers={"User-Agent": "Lynx <b>2.9</b>"})
        assert response.status_code == 200
    notice = await received(post, address_of(carol), 2)
    assert "Device: Lynx\n" in notice.part("plain").replace("\r\n", "\n") and "127.0.0.1" in notice.part("plain")
    assert "2.9" not in notice.part("plain") + notice.part("html"), "what the client calls itself is not repeated"
    change = await carol.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": OTHER_PASSWORD})
    assert change.status_code == 204
    await received(post, address_of(carol), 3)
    kinds = [mail.message["Subject"] for mail in post.mails if address_of(carol) in mail.recipients]
    assert len(kinds) == 3 == len(set(kinds)), "the second sign-in from there is no news"


# The SMTP server


# Of 16 tries one gets through all four commands, and the unluckiest of 50 mails needs five times as many.
@pytest.mark.timeout(300)
async def test_fifty_people_sign_up_while_the_smtp_server_is_down_and_then_fails_at_random(own_server):
    post = SMTPServer().start()
    post.stop()
    server = own_server(ECHOCHAT_SMTP_URL=post.url, ECHOCHAT_PUBLIC_URL=PUBLIC_URL, ECHOCHAT_MAIL_RETRY="1s-1s")
    async with TestUsers(server) as people:
        everybody = [people.unregistered("person") for _ in range(50)]
        # Ten at a time: of more that wait for the password hasher, some may be refused.
        for start in range(0, 50, 10):
            await asyncio.gather(*(user.register(email=address_of(user)) for user in everybody[start : start + 10]))
        post.refusal = refuse_half(7, "MAIL", "RCPT", "DATA", ".")
        with post:
            await asyncio.to_thread(post.wait_for, 50, 240)
            post.refusal = lambda _: None
            sentinel = people.unregistered("sentinel")
            await sentinel.register(email=address_of(sentinel))
            await received(post, address_of(sentinel))
            recipients = [recipient for mail in post.mails for recipient in mail.recipients]
            assert sorted(recipients) == sorted(map(address_of, [*everybody, sentinel])), "each once"
            for user in everybody[:5]:
                assert (await verify(user, await received(post, address_of(user)))).status_code == 204


# What users are called

NAMES = [
    "Bcc: mallory@example.net",
    "=?utf-8?q?a=0D=0ABcc:_mallory@example.net?=",
    '"><script>alert(1)</script>',
    "%0d%0aBcc:mallory@example.net",
    "{{link}} ${link} <%= link %>",
    "Ünïcödé ☃ 👩‍👩‍👧",
    ".",
]


@pytest.mark.parametrize("name", NAMES)
async def test_no_name_becomes_a_header_a_recipient_or_markup(people, post, name):
    carol = people.unregistered("carol")
    await carol.register(email=address_of(carol), display_name=name)
    first = await received(post, address_of(carol))
    assert (await verify(carol, first)).status_code == 204
    login = {"username": carol.username, "password": PASSWORD}
    await carol.post("/auth/login", token="", json=login, headers={"User-Agent": name.encode("ascii", "replace")})
    for mail in (first, await received(post, address_of(carol), 2)):
        assert mail.recipients == [address_of(carol)]
        assert "Bcc" not in mail.message and "Cc" not in mail.message
        for header in ("From", "To", "Subject", "Message-ID", "Date"):
            assert len(mail.message.get_all(header)) == 1, header
        assert mail.message["To"].addresses[0].addr_spec == address_of(carol)
        assert "<script" not in mail.part("html")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85"])
async def test_no_line_break_reaches_a_mail(people, post, end):
    injection = f"x{end}Bcc: mallory@example.net"
    carol = people.unregistered("carol")
    check_error(await sign_up(carol, email=address_of(carol), display_name=injection), 422)
    for address in (f"a{end}@example.org", f"a@example.org{end}Bcc: b@example.org", f"{end}a@example.org", f"<{address_of(carol)}>"):
        check_field(check_error(await sign_up(carol, email=address), 422), "email", "format")
        check_field(check_error(await carol.post("/auth/password/forgot", token="", json={"email": address}), 422), "email", "format")
    carol.username = f"carol{end}bcc"
    check_error(await sign_up(carol), 422)
    assert not any("mallory" in mail.raw.decode() for mail in post.mails if "carol" + end in mail.raw.decode())


# Without mail


async def test_without_mail_everything_else_works_and_nothing_is_queued(own_server):
    server = own_server()
    async with TestUsers(server) as people:
        carol = people.unregistered("carol")
        await carol.register(email=address_of(carol))
        assert await me(carol) == {"email": address_of(carol), "email_verified": False, "pending_email": None}
        assert (await log_in(carol, username=address_of(carol))).status_code == 200
        forgot = await carol.post("/auth/password/forgot", token="", json={"email": address_of(carol)})
        assert forgot.status_code == 202 and forgot.json() == {}
        check_error(await carol.post("/auth/verify-email/resend"), 409, "conflict")
        check_error(await sign_up(people.unregistered("dave"), email=address_of(carol)), 409, "email_taken")
        dave = await people.register("dave")
        check_error(await dave.patch("/users/me", json={"email": address_of(carol), "password": PASSWORD}), 409, "email_taken")
        changed = await dave.patch("/users/me", json={"email": address_of(dave), "password": PASSWORD})
        assert changed.status_code == 200 and changed.json()["email"] == address_of(dave)
        room = await carol.create_room(members=[dave])
        await dave.post_message(room["room_id"], f"Hello {secrets.token_hex(4)}")
        change = await carol.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": OTHER_PASSWORD})
        assert change.status_code == 204
    with server.database() as database:
        assert database.execute("SELECT count(*) FROM mails").fetchone() == (0,)
    assert "mail is off" in "".join(server.output) + server.logs(tail=100_000)


def test_mail_without_the_site_s_url_is_refused_at_start_with_a_sentence(tmp_path):
    with pytest.raises(AssertionError, match="ECHOCHAT_PUBLIC_URL"):
        Server(tmp_path / "d", ECHOCHAT_SMTP_URL="smtp://127.0.0.1:9").start()
    with pytest.raises(AssertionError, match="nobody can verify an address"):
        Server(tmp_path / "e", ECHOCHAT_REQUIRE_VERIFIED="1").start()


async def test_a_host_header_leads_no_link_elsewhere(people, post, mail_server):
    carol = people.unregistered("carol")
    json = {"username": carol.username, "password": PASSWORD, "email": address_of(carol)}
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert (await carol.post("/auth/register", token="", json=json, headers=headers)).status_code == 201
    mail = await received(post, address_of(carol))
    assert mail.link.startswith(f"{PUBLIC_URL}/#verify=") and "evil" not in mail.raw.decode()
    token_text = token(mail.link)
    assert (await verify(carol, mail)).status_code == 204
    assert token_text not in mail_server.logs(tail=10_000_000) + "".join(mail_server.output), "a token is a secret"
