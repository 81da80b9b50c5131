"""Users of a host application: made at first sight, kept apart from local ones, signed out, suspended, renewed; and keys that change."""

import asyncio
import json
import os
import re
import subprocess
import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from support.clients import API, TestUser, TestUsers, check_rejected
from support.event_stream import EventStream
from support.host_application import AUDIENCE, ISSUER, HostApplication, encode, jwk, private_pem, public_der, public_pem
from support.problems import check_error
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, eventually

# Tokens of so many seconds after an end are refused, too: the host's clock may be ahead of the server's.
LEEWAY_SECONDS = 5


@pytest.fixture(scope="module")
def application(tmp_path_factory) -> HostApplication:
    return HostApplication(tmp_path_factory.mktemp("host"))


@pytest.fixture(scope="module")
def shared_server(application, tmp_path_factory):
    """The system that these tests share knows the application by its key set."""
    from conftest import running_server

    yield from running_server(tmp_path_factory.mktemp("with-host") / "d", **application.with_key_set())


class HostUser(TestUser):
    """A user of the host application, who has a token of it instead of a password."""

    async def enter(self, application: HostApplication, subject: str | None = None, **more) -> "HostUser":
        self.access_token = application.token(subject or self.username, preferred_username=self.username, **more)
        response = await self.get("/auth/me")
        assert response.status_code == 200, response.text
        self.profile = response.json()
        return self


@pytest.fixture
async def carol(users, application):
    named = users.unregistered("carol")
    carol = HostUser(named.server, named.username)
    users.all.append(carol)
    return await carol.enter(application, name="Carol C.", email=f"{carol.username}@example.org")


async def test_a_host_user_is_a_user_like_others(carol, alice, application):
    assert (carol.profile["username"], carol.profile["display_name"]) == (carol.username, "Carol C.")
    room = (await alice.create_room("group", members=[carol]))["room_id"]
    heard = await alice.connect()
    line = await carol.connect()
    assert line.welcome.data["user"]["user_id"] == carol.user_id
    await line.send("send_message", {"room_id": room, "content": "hello"})
    await heard.expect("new_message", content="hello", user_id=carol.user_id)
    assert (await carol.post_message(room, "over REST"))["user_id"] == carol.user_id
    stream = await EventStream.open(carol)
    await alice.post_message(room, "to all")
    for listener in (line, stream):
        await listener.expect("new_message", content="to all")
    await stream.abort()
    await (await carol.connect(auth="ticket")).ping()
    export = (await carol.get("/users/me/export")).json()
    assert export["host_identity"] == {"issuer": ISSUER, "subject": carol.username} and export["email"] == f"{carol.username}@example.org"
    sessions = (await carol.get("/auth/sessions")).json()["items"]
    [session] = sessions
    assert (session["user_agent"], session["device_name"], session["current"]) == (ISSUER, ISSUER, True)
    signed_in = [entry for entry in export["audit"] if entry["action"] == "sign_in"]
    assert [(entry["actor"], entry["detail"]) for entry in signed_in] == [("self", ISSUER)]
    # There is no password and no refresh token to sign in with.
    check_error(await carol.post("/auth/login", token="", json={"username": carol.username, "password": "a long walk on the beach"}), 401)
    assert (await alice.get("/users/me/export")).json()["host_identity"] is None


async def test_no_name_makes_a_host_user_somebody_else(users, alice, application):
    for subject, name in ((alice.user_id, alice.username), ("other", alice.username.upper()), (alice.username, alice.username)):
        user = HostUser(alice.server, alice.username)
        users.all.append(user)
        await user.enter(application, f"{alice.username} {subject}", email="taken@example.org")
        assert user.user_id != alice.user_id and user.profile["username"].startswith(alice.username[:20])
        assert user.profile["username"] != alice.username, name
    # As `sub` and `sid` the ids of the account and session are names like any other.
    ours = jwt.decode(alice.access_token, options={"verify_signature": False})
    token = application.token(ours["sub"], sid=ours["sid"], jti=ours["jti"])
    assert (await alice.get("/auth/me", token=token)).json()["user_id"] != alice.user_id
    await alice.post("/auth/logout", token=token)
    assert (await alice.get("/auth/me")).json()["username"] == alice.username


async def test_a_new_name_reaches_others_and_an_old_token_does_not_bring_the_old_one_back(carol, alice, application):
    room = (await alice.create_room("group", members=[carol]))["room_id"]
    heard = await alice.connect()
    old = application.token(carol.username, age=60, name="Older")
    new = application.token(carol.username, age=-2, name="Carol D.")
    assert (await carol.get("/auth/me", token=new)).json()["display_name"] == "Carol D."
    await heard.expect("user_updated", display_name="Carol D.", user_id=carol.user_id)
    for token in (old, new, carol.access_token):
        assert (await carol.get("/auth/me", token=token)).json()["display_name"] == "Carol D."
    await alice.post_message(room, "the end")
    await heard.expect("new_message", content="the end")
    assert [frame.event for frame in heard.history].count("user_updated") == 1


async def test_requests_with_the_same_token_write_nothing(carol, server):
    def rows():
        with server.database() as database:
            tables = ("users", "sessions", "host_users", "host_sessions", "journal")
            return [database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]

    before = rows()
    for _ in range(20):
        assert (await carol.get("/auth/me")).status_code == 200
    assert rows() == before


async def test_logout_ends_every_token_of_the_session_and_its_sockets(carol, application):
    second = application.token(carol.username, age=30)
    line, other = await carol.connect(), await carol.connect(token=second, auth="query")
    stream = await EventStream.open(carol)
    assert (await carol.post("/auth/logout")).status_code == 204
    for connection in (line, other):
        await connection.expect_close(4001, within=1)
    await stream.expect_end(4001, within=1)
    for token in (carol.access_token, second, application.token(carol.username)):
        check_error(await carol.get("/auth/me", token=token), 401)
        await check_rejected(carol, (4001,), token=token)

    async def sign_in_again():
        user = application.token(carol.username)
        response = await carol.get("/auth/me", token=user)
        assert response.status_code == 200
        return response.json()

    assert (await eventually(sign_in_again, LEEWAY_SECONDS + 3))["user_id"] == carol.user_id
    check_error(await carol.get("/auth/me"), 401)
    check_error(await carol.get("/auth/me", token=second), 401)


async def test_sessions_that_the_application_names_are_ended_one_by_one(carol, application):
    desk, phone = (application.token(carol.username, sid=name) for name in ("desk", "phone"))
    line = await carol.connect(token=phone)
    sessions = (await carol.get("/auth/sessions", token=desk)).json()["items"]
    assert len(sessions) == 3
    ended = line.welcome.data["session_id"]
    assert ended in [session["session_id"] for session in sessions]
    assert (await carol.delete(f"/auth/sessions/{ended}", token=desk)).status_code == 204
    await line.expect_close(4001, within=1)
    check_error(await carol.get("/auth/me", token=phone), 401)
    assert (await carol.get("/auth/me", token=desk)).status_code == 200
    assert (await carol.post("/auth/revoke", token="", json={"token": desk})).status_code == 200
    check_error(await carol.get("/auth/me", token=desk), 401)
    assert (await carol.get("/auth/me")).status_code == 200


async def test_a_connection_lives_until_its_token_expires_and_a_fresh_one_extends_it(carol, application):
    line = await carol.connect(token=application.token(carol.username, lifetime=3))
    extended = await carol.connect(token=application.token(carol.username, lifetime=3), auth="frame")
    stream = await EventStream.open(carol, token=application.token(carol.username, lifetime=3))
    reply = await extended.command("authenticate", token=application.token(carol.username, lifetime=600))
    assert reply.event in ("ok", "welcome"), reply.text
    started = time.monotonic()
    await line.expect_close(4009, within=5)
    await stream.expect_end(4009, within=5)
    assert time.monotonic() - started < 4.5
    await extended.ping()


async def test_a_connection_is_not_extended_by_another_users_token(carol, users, application):
    line = await carol.connect()
    problem = await line.command_error("authenticate", token=application.token("somebody else"))
    assert problem["code"] == "forbidden"
    await line.ping()


@pytest.mark.parametrize("turn", range(10))
async def test_who_is_suspended_is_out_within_a_second(carol, application, server, turn):
    line = await carol.connect()
    stream = await EventStream.open(carol)
    server.run_ctl("user", "suspend", carol.username)
    await line.expect_close(4003, within=1)
    await stream.expect_end(4003, within=1)
    for token in (carol.access_token, application.token(carol.username, sid="another")):
        check_error(await carol.get("/auth/me", token=token), 403)
        await check_rejected(carol, (4003,), token=token)
    server.run_ctl("user", "unsuspend", carol.username)
    check_error(await carol.get("/auth/me"), 401)


async def test_users_that_come_at_once_are_made_once(users, server, application):
    tokens = [application.token(f"crowd {number}", by=("rsa", "ec", "ed")[number % 3]) for number in range(30)]
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, limits=httpx.Limits(max_connections=30)) as http:
        answers = await asyncio.gather(
            *(http.get(f"{API}/auth/me", headers={"Authorization": f"Bearer {token}"}) for token in tokens for _ in range(4))
        )
    ids = [answer.json()["user_id"] for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert len(set(ids)) == 30 and all(len(set(ids[4 * n : 4 * n + 4])) == 1 for n in range(30))


# Keys


async def test_changed_keys_count_without_a_restart(own_server, tmp_path):
    application, next_application = HostApplication(tmp_path / "host"), HostApplication(tmp_path / "next")
    server = own_server(**application.with_key_set())
    before = server.pids()
    async with TestUsers(server) as users:
        user = users.unregistered("visitor")
        old, new = application.token("carol"), next_application.token("carol")
        first = (await user.get("/auth/me", token=old)).json()
        check_error(await user.get("/auth/me", token=new), 401)
        await check_rejected(user, (4001,), token=new)

        async def is_accepted():
            assert (await user.get("/auth/me", token=new)).json()["user_id"] == first["user_id"]
            await (await user.connect(token=new)).ping()

        application.write("keys.json", b"{", 0o644)
        application.write("keys.json", next_application.key_set(), 0o644)
        await eventually(is_accepted, 4)
        check_error(await user.get("/auth/me", token=old), 401)
        # A file that cannot be used changes nothing, and the log says why.
        application.write("keys.json", b"{", 0o644)
        await eventually(lambda: asyncio.to_thread(check_log, server, "JSON Web Key Set"), 4)
        await is_accepted()
    assert server.pids() == before


def check_log(server, words: str) -> None:
    assert words in (server.data / "log" / "rest.log").read_text()


def refusal(tmp_path, program: str = "echochat-rest", status: int = 78, **settings) -> str:
    """What a program says that does not start."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")} | TEST_SETTINGS
    environment |= {"ECHOCHAT_DATA": str(tmp_path / "refused"), **settings}
    command = [PROGRAMS / program, *(["serve"] if program == "echochatctl" else [])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done
    return done.stderr + done.stdout


async def test_keys_that_cannot_be_trusted_stop_the_start_with_a_sentence(application, tmp_path):
    def rsa_key(bits: int, exponent: int = 65537) -> bytes:
        return public_pem(rsa.generate_private_key(exponent, bits))

    pem = public_pem(application.ec)
    symmetric = json.dumps({"keys": [{"kty": "oct", "k": encode(application.secret)}]}).encode()
    private = json.dumps({"keys": [jwk(application.ec) | {"d": "AA"}]}).encode()
    twisted = jwk(application.ec) | {"x": jwk(application.ec)["y"]}
    bad = {
        "1024.pem": (rsa_key(1024), "2048"),
        "exponent.pem": (rsa_key(2048, 3), "exponent"),
        "p384.pem": (public_pem(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        "secp256k1.pem": (public_pem(ec.generate_private_key(ec.SECP256K1())), "P-256"),
        "private.pem": (private_pem(application.rsa), "private"),
        "second-private.pem": (pem + private_pem(application.ed), "key 2 is private"),
        "certificate.pem": (pem.replace(b"PUBLIC KEY", b"CERTIFICATE"), "CERTIFICATE"),
        "cut.pem": (pem[:-10], "no end"),
        "garbage.pem": (pem.replace(b"MFkw", b"!!!!"), "base64"),
        "wrong.pem": (pem.replace(b"MFkw", b"MFkx"), "libcrypto"),
        "many.pem": (pem * 17, "at most 16"),
        "empty.pem": (b"", "no key"),
        "empty.json": (b"", "Key Set"),
        "none.json": (b'{"keys": []}', "no key"),
        "pem.json": (pem, "Key Set"),
        "symmetric.json": (symmetric, "secret"),
        "private.json": (private, "secret"),
        "twisted.json": (json.dumps({"keys": [twisted]}).encode(), "key 1"),
        "twice.json": (application.key_set().replace(b'"kid"', b'"kty": "RSA", "kid"', 1), "Key Set"),
        "short": (b"too short", "32 to 1024"),
        "placeholder": (b"changemechangeme" * 3, "placeholder") if len(set(b"changeme")) < 8 else (b"x" * 40, "placeholder"),
        "pem-as-secret": (pem, "public key"),
        "der-as-secret": (public_der(application.rsa), "public key"),
        "ed25519-as-secret": (public_der(application.ed), "public key"),
        "set-as-secret": (application.key_set(), "public key"),
    }
    for name, (content, word) in bad.items():
        mode = 0o644 if "." in name else 0o600
        said = refusal(tmp_path, **application.settings(application.write(name, content, mode)))
        assert word in said and name in said and "ECHOCHAT_HOST_KEYS" in said, (name, said)
    for mode in (0o640, 0o604, 0o620):
        assert "chmod" in refusal(tmp_path, **application.settings(application.write("open", application.secret, mode)))
    assert "chmod" in refusal(tmp_path, **application.settings(application.write("open.pem", pem, 0o666)))
    assert "No such file" in refusal(tmp_path, **application.settings(tmp_path / "missing.pem"))
    assert "not a regular file" in refusal(tmp_path, **application.settings(tmp_path))
    os.mkfifo(tmp_path / "pipe.pem")
    assert "not a regular file" in refusal(tmp_path, **application.settings(tmp_path / "pipe.pem"))
    # The daemon and `serve` say the same.
    short = application.settings(application.write("short", b"too short"))
    for program in ("echochat-push", "echochatctl"):
        assert "32 to 1024" in refusal(tmp_path, program, **short)


async def test_our_own_keys_are_never_the_applications(application, tmp_path):
    keys = tmp_path / "refused" / "keys" / "access-tokens"
    keys.parent.mkdir(parents=True)
    keys.write_text(f"ours {encode(application.secret)}\n")
    keys.chmod(0o600)
    assert "one of EchoChat's own keys" in refusal(tmp_path, **application.with_secret())
    assert "file of EchoChat's own keys" in refusal(tmp_path, **application.settings(keys))
    (tmp_path / "link").symlink_to(keys)
    assert "file of EchoChat's own keys" in refusal(tmp_path, **application.settings(tmp_path / "link"))
    named = json.dumps({"keys": [jwk(application.ed, kid="ours")]}).encode()
    assert "called ours" in refusal(tmp_path, **application.settings(application.write("ours.json", named, 0o644)))


async def test_half_a_host_application_stops_the_start(application, tmp_path):
    good = application.with_pem()
    for name in good:
        said = refusal(tmp_path, **{key: value for key, value in good.items() if key != name})
        assert all(word in said for word in good), said
    assert "another issuer" in refusal(tmp_path, **good | {"ECHOCHAT_HOST_ISSUER": "echochat"})
    assert "visible ASCII" in refusal(tmp_path, **good | {"ECHOCHAT_HOST_AUDIENCE": f"{AUDIENCE} {AUDIENCE}"})


async def test_the_token_of_the_readme_is_accepted(own_server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    readme = (REPOSITORY / "README.md").read_text()
    _, _, part = readme.partition("## Your application's users")
    settings = dict(re.findall(r"^    (ECHOCHAT_HOST_\w+)=(\S+)", part, re.MULTILINE))
    for command in re.findall(r"`(openssl [^`]*)`", part):
        subprocess.run(command.split(), check=True, capture_output=True)
    example: dict = {}
    exec(re.search(r"```python\n(.*?)```", part, re.DOTALL)[1], example)
    server = own_server(**settings | {"ECHOCHAT_HOST_KEYS": str(tmp_path / "host.pem")})
    async with TestUsers(server) as users:
        user = users.unregistered("visitor")
        assert (await user.get("/auth/me", token=example["token"])).json()["username"] == "carol"
        await (await user.connect(token=example["token"])).ping()


async def test_keys_of_a_pem_file_are_told_apart_by_their_algorithm(own_server, tmp_path):
    application = HostApplication(tmp_path / "host")
    others = [rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()]
    server = own_server(**application.with_pem(*others, application.unnamed, application.ec, application.ed))
    async with TestUsers(server) as users:
        user = users.unregistered("visitor")
        for by in ("unnamed", "ec", "ed"):
            assert (await user.get("/auth/me", token=application.token("carol", by=by))).status_code == 200
        check_error(await user.get("/auth/me", token=application.token("carol", by="rsa")), 401)
