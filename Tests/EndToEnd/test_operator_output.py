"""What echochatctl prints: nothing that could command a terminal or forge a line, and never less than it says."""

import json
import sqlite3
import subprocess
import unicodedata

import httpx
import pytest

from support.clients import API, PASSWORD, TestUsers
from support.server import MAIL_SETTINGS, PROGRAMS, REPOSITORY, wait_until

# Titles of windows, colours (also in one C1 byte), another direction, and what would begin another line or field.
HOSTILE = "\x1b]0;owned\x07\x9b31mred\x7f\u202e\u2066\u2028forged\tcolumn\nforged line"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

# Columns in which text of users, of their devices and of mail servers is stored. The API refuses most of it today; older rows may have it.
COLUMNS = {
    "users": ["display_name"],
    "rooms": ["name", "topic"],
    "sessions": ["user_agent", "device_name"],
    "reports": ["reason"],
    "mails": ["last_error"],
    "audit": ["detail"],
}

# Commands and the number of lines that each prints.
COMMANDS = [
    ("user list", 2),
    ("user show {bob}", 9),
    ("user sessions {bob}", 1),
    ("room list", 1),
    ("room show {room}", 10),
    ("room members {room}", 2),
    ("report list", 1),
    ("mail list --all", None),
    ("audit", None),
    ("message show {room} 1", 3),
]


def control_characters(text: str) -> set[str]:
    return {character for character in text if unicodedata.category(character) in ("Cc", "Zl", "Zp") or character in "\u202e\u2066"}


@pytest.fixture
async def world(own_server):
    """A system in which whatever may be listed has hostile text."""
    server = own_server(**MAIL_SETTINGS)
    async with TestUsers(server) as users:
        alice, bob = await users.register("alice"), await users.register("bob")
        assert (await bob.patch("/users/me", json={"email": "bob@example.org", "password": PASSWORD})).is_success
        room = (await alice.create_room("group", "Hall", [bob]))["room_id"]
        await bob.post_message(room, HOSTILE)
        assert (await alice.post(f"/rooms/{room}/messages/1/report", json={"reason": "rude"})).status_code == 201
    # What has become of the first try is stored; the next one is in a minute.
    with server.database() as database:
        wait_until(lambda: database.execute("SELECT min(attempts) FROM mails").fetchone()[0], 20, "the mail was tried")
    with sqlite3.connect(server.data / "echochat.db", timeout=10) as database:
        for table, columns in COLUMNS.items():
            for column in columns:
                assert database.execute(f"UPDATE {table} SET {column} = ?", (HOSTILE,)).rowcount > 0, (table, column)
    return server, {"bob": bob.username, "room": room}


async def test_no_command_prints_what_could_command_a_terminal_or_forge_a_line(world):
    server, names = world
    shown = set()
    for words, lines in COMMANDS:
        output = server.run_ctl(*words.format(**names).split())
        assert control_characters(output) <= {"\n", "\t"}, (words, output)
        assert lines is None or len(output.splitlines()) == lines, (words, output)
        assert words.startswith("message") or "\nforged" not in output and "\tcolumn" not in output, (words, output)
        if "\ufffd]0;owned\ufffd\ufffd31mred" in output:
            shown.add(words)
    # The others print user names and ids alone, which have no such characters.
    assert {words for words, _ in COMMANDS} - shown == {"user list", "room members {room}"}


async def test_json_escapes_what_could_command_a_terminal_and_means_the_same(world):
    server, names = world
    for words, _ in COMMANDS:
        output = server.run_ctl(*words.format(**names).split(), "--json")
        assert control_characters(output) <= {"\n"}, (words, output)
        assert json.dumps(HOSTILE) in json.dumps(json.loads(output)), words


async def test_a_question_and_an_error_show_no_control_characters(world, tmp_path):
    server, names = world
    assert control_characters(server.run_ctl("room", "delete", names["room"], stdin="n\n", status=1)) <= {"\n"}
    (tmp_path / "users.csv").write_text("username,pass\x1b[31m\x9b31mword\nx,y\n")
    error = server.run_ctl("user", "import", str(tmp_path / "users.csv"), status=1)
    assert control_characters(error) <= {"\n"} and "pass?[31m?31mword" in error


async def test_sessions_are_told_by_device_network_and_time(server, alice):
    async with httpx.AsyncClient(
        base_url=server.url, transport=httpx.AsyncHTTPTransport(local_address="127.0.0.7"), headers={"User-Agent": FIREFOX}
    ) as laptop:
        for name in (None, "Alice's laptop"):
            body = {"username": alice.username, "password": PASSWORD, "device_name": name}
            assert (await laptop.post(f"{API}/auth/login", json=body)).status_code == 200
    sessions = {session["session_id"]: session for session in (await alice.get("/auth/sessions")).json()["items"]}
    rows = [line.split("\t") for line in server.run_ctl("user", "sessions", alice.username).splitlines()]
    assert len(rows) == 3
    for id, seen, began, address, name in rows:
        session = sessions[id]
        assert [seen, began, address, name] == [session[key] for key in ("last_seen_at", "created_at", "address", "device_name")]
    assert [(address, name) for _, _, _, address, name in rows][:2] == [("127.0.0.7", "Alice's laptop"), ("127.0.0.7", "Firefox on Linux")]


@pytest.mark.parametrize("words", ["user list", "user list --json", "audit --json", "version"])
def test_a_command_whose_output_is_lost_has_failed(server, words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAMS / "echochatctl", *words.split()],
            cwd=REPOSITORY,
            env=server.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=10,
        )
    assert done.returncode == 1 and "standard output cannot be written: No space left on device" in done.stderr, done
