"""The operator's commands: exit status, output, and that live connections hear of what they change within a second."""

import asyncio
import json
import os
import pty
import re
import secrets
import subprocess
import time

import pytest

from support.clients import PASSWORD, TestUsers
from support.problems import check_error
from support.server import PROGRAMS, REPOSITORY, Server

HEARD_SECONDS = 1
NEW_PASSWORD = "another long walk on the beach"


async def ctl(server, *words: str, **more) -> str:
    return await asyncio.to_thread(server.run_ctl, *words, **more)


def as_json(text: str):
    return json.loads(text)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory):
    """A system of this file's own: some commands change what every new user gets."""
    with Server(tmp_path_factory.mktemp("commands") / "d") as server:
        yield server


class Listener:
    """A connection that must hear of a command in time."""

    def __init__(self, connection):
        self.connection = connection

    async def after(self, server, *words: str, event: str, **data) -> dict:
        """Runs a command and waits for the event it causes; the command's own run is not counted."""
        await ctl(server, *words)
        started = time.monotonic()
        frame = await self.connection.expect(event, within=HEARD_SECONDS, **data)
        assert time.monotonic() - started < HEARD_SECONDS
        return frame.data


@pytest.fixture
async def listener(alice):
    return Listener(await alice.connect())


# Every command: 0, 1 and 64


@pytest.fixture
async def world(server, alice, bob, lobby):
    """Placeholders of the commands below: a group with two messages, of which one is reported; a public room; a code."""
    await alice.post_message(lobby, "first")
    await bob.post_message(lobby, "second")
    assert (await bob.post(f"/rooms/{lobby}/messages/1/report")).status_code == 201
    market = await alice.create_room("public", f"Market {secrets.token_hex(4)}")
    phone = await bob.another_session()
    [session] = [item for item in (await phone.get("/auth/sessions")).json()["items"] if item["current"]]
    return {
        "bob": bob.username,
        "group": lobby,
        "public": market["name"],
        "new": f"new-{secrets.token_hex(4)}",
        "code": (await ctl(server, "user", "code")).strip(),
        "session": session["session_id"],
    }


# Words, standard input, and for each the words with which the command fails.
COMMANDS = [
    ("user list", "", None),
    ("user list --json", "", None),
    ("user show {bob}", "", "user show nobody-at-all"),
    ("user show {bob} --json", "", "user show nobody-at-all --json"),
    ("user make {new}", "", "user make {bob}"),
    ("user make {new} --email {new}@example.org --operator", "", "user make {new} --email nonsense"),
    ("user password {bob} --stdin", NEW_PASSWORD + "\n", "user password {bob} --stdin"),
    ("user password {bob} --link", "", "user password nobody-at-all --link"),
    ("user rename {bob} {new}", "", "user rename nobody-at-all {new}"),
    ("user delete {bob} --yes", "", "user delete nobody-at-all --yes"),
    ("user delete {bob}", "y\n", "user delete {bob}"),
    ("user suspend {bob}", "", "user suspend nobody-at-all"),
    ("user unsuspend {bob}", "", "user unsuspend nobody-at-all"),
    ("user operator {bob}", "", "user operator nobody-at-all"),
    ("user operator {bob} --off", "", "user operator nobody-at-all --off"),
    ("user sessions {bob}", "", "user sessions nobody-at-all"),
    ("user sessions {bob} --json", "", "user sessions nobody-at-all --json"),
    ("user sessions {bob} --end", "", "user sessions nobody-at-all --end"),
    ("user sessions {bob} --end {session}", "", "user sessions {bob} --end nosuchsession"),
    ("user code", "", "user code --uses 10001"),
    ("user code --uses 3 --expires 12h --json", "", "user code --expires 1s"),
    ("user code list", "", None),
    ("user code list --json", "", None),
    ("user code revoke {code}", "", "user code revoke nosuchcode"),
    ("room list", "", None),
    ("room list --json", "", None),
    ("room show {group}", "", "room show nosuchroom"),
    ("room show {public} --json", "", "room show nosuchroom --json"),
    ("room members {group}", "", "room members nosuchroom"),
    ("room members {group} --json", "", "room members nosuchroom --json"),
    ("room rename {group} {new}", "", "room rename nosuchroom {new}"),
    ("room delete {group} --yes", "", "room delete nosuchroom --yes"),
    ("room delete {public}", "yes\n", "room delete {public}"),
    ("room retention {group} 90d", "", "room retention nosuchroom 90d"),
    ("room default {public}", "", "room default nosuchroom"),
    ("room default {public} --off", "", "room default nosuchroom --off"),
    ("room default {new} --make", "", "room default {public} --make"),
    ("room owner {group} {bob}", "", "room owner {group} nobody-at-all"),
    ("report list", "", None),
    ("report list --json", "", None),
    ("report resolve {group} 1", "", "report resolve {group} 2"),
    ("message show {group} 1", "", "message show {group} 3"),
    ("message show {group} 1 --json", "", "message show {group} 3 --json"),
    ("message delete {group} 1", "", "message delete {group} 3"),
    ("say {group} hello", "", "say nosuchroom hello"),
    ("say {group} hello --as {bob} --json", "", "say {public} hello --as {bob}"),
    ("version", "", None),
    ("help", "", None),
]


@pytest.mark.parametrize(("words", "stdin", "failing"), COMMANDS, ids=[words for words, _, _ in COMMANDS])
async def test_each_command_ends_with_0_1_or_64(server, world, words, stdin, failing):
    def filled(text: str) -> list[str]:
        # Names of rooms have spaces.
        return [word.format(**world) for word in text.split()]

    if failing:
        error = await ctl(server, *filled(failing), status=1)
        assert "Fatal" not in error and error.strip().startswith(("error:", "Delete the")), error
    for wrong in ([*filled(words), "--nonsense"], [*filled(words), "one", "two", "three"]):
        assert "echochatctl help" in await ctl(server, *wrong, status=64)
    output = await ctl(server, *filled(words), stdin=stdin)
    assert output.endswith("\n") or "list" in words
    if "--json" in words:
        as_json(output)


def test_every_command_of_the_help_is_tested_above(server):
    """The synopsis of each is a line of the help, and has a row in the table."""
    tested = {tuple(re.sub(r"[{<].*|--.*", "", words).split()) for words, _, _ in COMMANDS}
    listed = set()
    for line in server.run_ctl("help").splitlines():
        if synopsis := re.match(r"  ([a-z]+(?: [a-z]+)*)(?: [A-Z\[].*)?$", line):
            listed.add(tuple(synopsis[1].split()))
    # These have tests of their own; "1" and "hello" are operands.
    elsewhere = {("serve",), ("migrate",), ("audit",), ("user", "import"), ("mail", "list"), ("mail", "retry"), ("mail", "test")}
    assert elsewhere <= listed
    tested = {tuple(word for word in words if word.isalpha() and word != "hello") for words in tested}
    assert listed - elsewhere == tested


def synopses(text: str) -> list[str]:
    return re.findall(r"^  ([a-z]+.*)$", text.partition("\n--json")[0], re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("--help", ""),
        ("help report", "report"),
        ("report --help", "report"),
        ("help user make", "user make"),
        ("user make alice --email x --help", "user make"),
        ("say Lobby -h", "say"),
    ],
)
def test_help_on_all_commands_on_some_and_on_one(server, words, name):
    found = [line for line in synopses(server.run_ctl("help")) if line.startswith(name)]
    assert found and synopses(server.run_ctl(*words.split())) == found


def test_a_group_of_commands_names_them(server):
    assert "one of list, resolve: try `echochatctl help report`" in server.run_ctl("report", status=64)
    assert server.run_ctl("--version") == server.run_ctl("version")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["help", "nonsense"],
        ["nonsense", "--help"],
        ["user"],
        ["user", "code", "nonsense"],
        ["room", "list", "--json", "--json"],
    ],
)
def test_what_is_no_command_ends_with_64(server, words):
    assert "echochatctl help" in server.run_ctl(*words, status=64)


def test_a_setting_that_makes_no_sense_ends_with_78(own_server):
    server = own_server()
    server.settings["ECHOCHAT_REGISTRATION"] = "sometimes"
    assert "ECHOCHAT_REGISTRATION=sometimes: wanted open, invite or closed" in server.run_ctl("user", "list", status=78)


# Accounts


async def test_a_user_who_is_made_is_a_member_of_the_default_rooms_and_signs_in_with_the_password_that_is_set(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = await alice.create_room("public", "Everyone")
        await ctl(server, "room", "default", "Everyone")
        listener = Listener(await alice.connect())
        joined = await listener.after(server, "user", "make", "support", "--email", "help@example.org", event="member_joined")
        assert joined["room_id"] == room["room_id"] and joined["user"]["username"] == "support"
        account = as_json(await ctl(server, "user", "show", "support", "--json"))
        assert account["email"] == "help@example.org" and not account["operator"] and account["rooms"] == 1
        support = users.unregistered("support")
        support.username = "support"
        check_error(await support.post("/auth/login", token="", json={"username": "support", "password": PASSWORD}), 401)
        await ctl(server, "user", "password", "support", "--stdin", stdin=PASSWORD + "\n")
        await support.log_in()
        assert "support" in (await ctl(server, "user", "list"))


async def test_the_new_password_ends_old_tokens_and_connections(server, alice, bob, lobby):
    phone = await bob.another_session()
    connections = [await bob.connect(), await phone.connect(), await phone.connect(room=lobby)]
    started = time.monotonic()
    await ctl(server, "user", "password", bob.username, "--stdin", stdin=NEW_PASSWORD + "\n")
    done = time.monotonic()
    for connection in connections:
        await connection.expect_close(4001, within=HEARD_SECONDS + 1)
        assert connection.closed_at - done < HEARD_SECONDS, connection.closed_at - started
    for user in (bob, phone):
        check_error(await user.get("/auth/me"), 401, "unauthenticated")
        check_error(await user.post("/auth/refresh", token="", json={"refresh_token": user.refresh_token}), 401)
    check_error(await bob.post("/auth/login", token="", json={"username": bob.username, "password": PASSWORD}), 401, "bad_credentials")
    bob.password = NEW_PASSWORD
    await bob.log_in()
    assert (await alice.get("/auth/me")).status_code == 200


async def test_a_link_lets_bob_set_a_password_once_which_ends_his_sessions(server, bob):
    await ctl(server, "user", "password", bob.username, "--link")
    link = (await ctl(server, "user", "password", bob.username, "--link")).strip()
    site, _, token = link.partition("/#reset=")
    assert site == server.url and len(token) == 43
    connection = await bob.connect()
    assert (await bob.get("/auth/me")).status_code == 200, "a link that is not used ends nothing"
    reset = {"token": token, "password": NEW_PASSWORD}
    assert (await bob.post("/auth/password/reset", token="", json=reset)).is_success
    await connection.expect_close(4001, within=HEARD_SECONDS)
    check_error(await bob.get("/auth/me"), 401)
    bob.password = NEW_PASSWORD
    await bob.log_in()
    check_error(await bob.post("/auth/password/reset", token="", json=reset), 422)
    with server.database() as database:
        query = "SELECT t.expires_at - t.created_at FROM account_tokens t JOIN users u ON u.id = t.user_id WHERE u.public_id = ?"
        assert {milliseconds for (milliseconds,) in database.execute(query, (bob.user_id,))} == {24 * 3600 * 1000}
    await ctl(server, "user", "password", bob.username, "--link", "--stdin", status=64)


def test_a_password_is_asked_for_twice_and_not_shown(server, tmp_path):
    name = f"carol-{secrets.token_hex(4)}"
    server.run_ctl("user", "make", name)

    def ask(*answers: str) -> tuple[int, str]:
        """Runs the command on a terminal; returns its exit status and everything that the terminal showed."""
        ours, theirs = pty.openpty()
        command = [str(PROGRAMS / "echochatctl"), "user", "password", name]
        program = subprocess.Popen(
            command, cwd=REPOSITORY, env=server.environment(), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        shown = b""
        for prompt, answer in zip((b"New password: ", b"again: "), answers, strict=True):
            while prompt not in shown:
                shown += os.read(ours, 4096)
            os.write(ours, answer.encode() + b"\n")
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # the other side is closed
            pass
        os.close(ours)
        return program.wait(10), shown.decode()

    status, shown = ask(NEW_PASSWORD, NEW_PASSWORD)
    assert status == 0 and NEW_PASSWORD not in shown and "the password is set" in shown, shown
    status, shown = ask(NEW_PASSWORD, PASSWORD)
    assert status == 1 and "not the same" in shown and NEW_PASSWORD not in shown
    status, shown = ask("short", "short")
    assert status == 1 and "8 characters" in shown
    assert "--stdin" in server.run_ctl("user", "password", name, status=64)


@pytest.mark.parametrize("url", ["", "https://chat.example.org"])
def test_a_link_leads_to_the_site_or_a_warning_says_that_it_does_not(server, bob, url):
    command = [PROGRAMS / "echochatctl", "user", "password", bob.username, "--link"]
    environment = server.environment() | ({"ECHOCHAT_PUBLIC_URL": url} if url else {})
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and done.stdout.startswith((url or server.url) + "/#reset="), done
    assert ("ECHOCHAT_PUBLIC_URL is not set" in done.stderr) == (not url)


def test_a_password_that_is_not_utf8_is_refused(server):
    """From a terminal of another encoding: it would be stored as one that nobody can enter."""
    name = f"carol-{secrets.token_hex(4)}"
    server.run_ctl("user", "make", name)
    command = [PROGRAMS / "echochatctl", "user", "password", name, "--stdin"]
    password = "grüße aus Köln\n".encode("latin-1")
    done = subprocess.run(command, cwd=REPOSITORY, env=server.environment(), input=password, capture_output=True, timeout=10)
    assert done.returncode == 1 and b"not UTF-8" in done.stderr, done


async def test_a_renamed_user_is_heard_of(server, alice, bob, lobby, listener):
    new = f"admin-{secrets.token_hex(4)}"
    updated = await listener.after(server, "user", "rename", bob.username, new, event="user_updated", user_id=bob.user_id)
    assert updated["username"] == new
    bob.username = new
    await bob.log_in()
    assert "taken" in await ctl(server, "user", "rename", new, alice.username.upper(), status=1)


async def test_a_new_owner_and_a_suspension_are_heard_of(server, alice, bob, lobby, listener):
    updated = await listener.after(server, "room", "owner", lobby, bob.username, event="member_updated", room_id=lobby)
    assert (updated["user"]["user_id"], updated["role"]) == (bob.user_id, "owner")
    connection = await bob.connect()
    await ctl(server, "user", "suspend", bob.username)
    await connection.expect_close(4003, within=HEARD_SECONDS)
    check_error(await bob.get("/auth/me"), 403, "suspended")
    await ctl(server, "user", "unsuspend", bob.username)
    await bob.log_in()


async def test_an_imported_user_is_heard_of_in_the_default_rooms(own_server, tmp_path):
    server = own_server()
    (tmp_path / "users.csv").write_text("username,email\nzelda,zelda@example.org\n")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = await alice.create_room("public", "Everyone")
        await ctl(server, "room", "default", "Everyone")
        listener = Listener(await alice.connect())
        joined = await listener.after(server, "user", "import", str(tmp_path / "users.csv"), event="member_joined")
        assert (joined["room_id"], joined["user"]["username"]) == (room["room_id"], "zelda")


async def test_a_deleted_user_leaves_the_rooms(server, bob, lobby, listener):
    connection = await bob.connect()
    left = await listener.after(server, "user", "delete", bob.username, "--yes", event="member_left", room_id=lobby)
    assert left["user"]["user_id"] == bob.user_id and left["reason"] == "deleted"
    await connection.expect_close(4001, within=HEARD_SECONDS)
    check_error(await bob.get("/auth/me"), 401)
    assert "no such user" in await ctl(server, "user", "show", bob.username, status=1)


async def test_a_session_of_bob_is_ended_and_the_other_is_not(server, bob):
    phone = await bob.another_session()
    connections = [await bob.connect(), await phone.connect()]
    sessions = as_json(await ctl(server, "user", "sessions", bob.username, "--json"))
    assert len(sessions) == 2 and not any(session["current"] for session in sessions)
    [session] = [item for item in (await phone.get("/auth/sessions")).json()["items"] if item["current"]]
    assert "1 session" in await ctl(server, "user", "sessions", bob.username, "--end", session["session_id"])
    await connections[1].expect_close(4001, within=HEARD_SECONDS)
    check_error(await phone.get("/auth/me"), 401)
    assert (await bob.get("/auth/me")).status_code == 200
    assert "1 session" in await ctl(server, "user", "sessions", bob.username, "--end")
    await connections[0].expect_close(4001, within=HEARD_SECONDS)
    assert as_json(await ctl(server, "user", "sessions", bob.username, "--json")) == []
    # An id without --end would be ignored, and --json with --end prints nothing that there is.
    await ctl(server, "user", "sessions", bob.username, session["session_id"], status=64)
    await ctl(server, "user", "sessions", bob.username, "--end", "--json", status=64)


def test_nothing_is_deleted_unless_the_operator_agrees(server):
    name = f"carol-{secrets.token_hex(4)}"
    server.run_ctl("user", "make", name)
    for answer in ("", "n\n", "\n", "yesterday\n"):
        assert "nothing was done" in server.run_ctl("user", "delete", name, status=1, stdin=answer)
    assert name in server.run_ctl("user", "show", name)


# Rooms and messages


async def test_rooms_of_every_kind_are_listed_shown_and_deleted(server, alice, bob, lobby, listener):
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    public = await alice.create_room("public", f"Market {secrets.token_hex(4)}")
    listed = {room["room_id"]: room["kind"] for room in as_json(await ctl(server, "room", "list", "--json"))}
    kinds = {lobby: "group", direct: "direct", public["room_id"]: "public"}
    assert kinds.items() <= listed.items()
    for room in (lobby, direct):
        members = as_json(await ctl(server, "room", "members", room, "--json"))
        assert {member["user"]["user_id"] for member in members} == {alice.user_id, bob.user_id}
    assert as_json(await ctl(server, "room", "show", public["name"], "--json"))["room_id"] == public["room_id"]
    group = (await alice.get_room(lobby))["name"]
    assert "no public room of this name" in await ctl(server, "room", "show", group, status=1)
    for room, words in ((lobby, lobby), (direct, direct), (public["room_id"], public["name"])):
        await listener.after(server, "room", "delete", words, "--yes", event="room_deleted", room_id=room)
        check_error(await alice.get(f"/rooms/{room}"), 404)


async def test_a_renamed_room_is_heard_of(server, alice, bob, lobby, listener):
    updated = await listener.after(server, "room", "rename", lobby, "News of the day", event="room_updated", room_id=lobby)
    assert updated["name"] == "News of the day"
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    assert "direct room" in await ctl(server, "room", "rename", direct, "Us", status=1)


async def test_the_service_says_something(server, alice, bob, lobby, listener):
    message = await listener.after(server, "say", lobby, f"Maintenance at six, @{alice.username}", event="new_message", room_id=lobby)
    assert message["username"].startswith("system") and message["mentions"] == [alice.user_id]
    assert (await bob.get_room(lobby))["me"]["unread"] == 1
    assert (await alice.get_room(lobby))["me"]["mentions"] == 1
    system = (await alice.get(f"/users/{message['user_id']}")).json()
    assert system["username"] == message["username"]
    check_error(await alice.post("/auth/login", token="", json={"username": system["username"], "password": ""}), 401, "bad_credentials")
    for words in (["password", "--stdin"], ["delete", "--yes"], ["rename"], ["suspend"], ["operator"]):
        more = ["elsewhere"] if words == ["rename"] else words[1:]
        assert "stays as it is" in await ctl(server, "user", words[0], system["username"], *more, status=1, stdin=NEW_PASSWORD)
    said = await listener.after(server, "say", lobby, "--as", bob.username, "--", "--yes, it is me", event="new_message", room_id=lobby)
    assert said["user_id"] == bob.user_id and said["content"] == "--yes, it is me"
    assert "not a member" in await ctl(server, "say", lobby, "x", "--as", system["username"], status=1)


async def test_a_message_is_shown_without_what_could_command_a_terminal(server, alice, lobby):
    await alice.post_message(lobby, "red \x1b[31malert\u202e\nsecond line")
    shown = await ctl(server, "message", "show", lobby, "1")
    assert shown.endswith("red \ufffd[31malert\ufffd\nsecond line\n") and alice.username in shown
    assert as_json(await ctl(server, "message", "show", lobby, "1", "--json"))["content"] == "red \x1b[31malert\u202e\nsecond line"


async def test_a_reported_message_is_listed_shown_and_deleted(server, alice, bob, lobby, listener):
    await bob.post_message(lobby, "a zebrafish")
    assert (await alice.post(f"/rooms/{lobby}/messages/1/report", json={"reason": "rude"})).status_code == 201
    [report] = [report for report in as_json(await ctl(server, "report", "list", "--json")) if report["room_id"] == lobby]
    assert report["reason"] == "rude" and report["message"]["content"] == "a zebrafish"
    assert f"{lobby}\t1\t{alice.username}" in await ctl(server, "report", "list")
    deleted = await listener.after(server, "message", "delete", lobby, "1", event="message_deleted", room_id=lobby)
    assert deleted["seq"] == 1
    assert "(deleted)" in await ctl(server, "message", "show", lobby, "1")
    await ctl(server, "report", "resolve", lobby, "1")
    assert lobby not in await ctl(server, "report", "list")
    await ctl(server, "message", "show", lobby, "one", status=64)


async def test_the_audit_names_who_ran_a_command(server, bob):
    await ctl(server, "user", "suspend", bob.username)
    with server.database() as database:
        rows = database.execute(
            "SELECT action, actor_kind, actor_name FROM audit JOIN users u ON u.id = audit.user_id WHERE u.public_id = ?", (bob.user_id,)
        ).fetchall()
    operators = [row for row in rows if row[0] == "user_suspended"]
    assert len(operators) == 1 and operators[0][1] == 2 and operators[0][2], rows
