"""The audit: who did what, for operators (`echochatctl audit`) and, in their export, for users."""

import getpass
import json
import time

from support.accounts import log_in
from support.clients import PASSWORD, TestUsers
from support.problems import check_error
from support.server import wait_until


def audit(server, *words: str) -> list[dict]:
    return json.loads(server.run_ctl("audit", *words, "--json"))


async def test_an_operator_reads_who_did_what_the_newest_last(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register("alice"), await users.register("bob")
        room = await alice.create_room("public", "Hall", [])
        await bob.join(room["room_id"])
        await alice.add(room["room_id"], bob, "moderator")
        check_error(await log_in(bob, password="wrong"), 401)
        check_error(await log_in(bob, password="hunter2"), 401)
        check_error(await users.unregistered("ghost").post("/auth/login", token="", json={"username": "my secret", "password": "x"}), 401)
        response = await bob.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "a longer walk on the beach"})
        assert response.status_code == 204
        server.run_ctl("user", "suspend", bob.username)
        server.run_ctl("room", "default", "Hall")
        assert (await alice.delete(f"/rooms/{room['room_id']}")).status_code == 204

        entries = audit(server)
        assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
        done = {(entry["action"], entry["actor"], entry["username"]) for entry in entries}
        operator = next(entry for entry in entries if entry["action"] == "user_suspended")
        assert operator["actor_kind"] == "command_line" and operator["actor"] in (getpass.getuser(), "root")
        assert {
            ("user_made", alice.username, alice.username),
            ("sign_in", bob.username, bob.username),
            ("role_changed", alice.username, bob.username),
            ("password_changed", bob.username, bob.username),
            ("room_deleted", alice.username, None),
            ("sign_in_failed", None, bob.username),
            ("sign_in_failed", None, None),
        } <= done, done
        [failed] = [entry for entry in entries if entry["action"] == "sign_in_failed" and entry["username"]]
        assert failed["count"] == 2 and failed["address"] == "127.0.0.1"
        text = server.run_ctl("audit")
        assert len(text.splitlines()) == len(entries)
        for secret in ("hunter2", "my secret", PASSWORD, "a longer walk on the beach", alice.access_token):
            assert secret not in text

        mine = audit(server, "--user", bob.username.upper())
        assert mine and all(bob.username in (entry["actor"], entry["username"]) for entry in mine)
        assert [entry["action"] for entry in audit(server, "--action", "user_suspended", "--since", "1h")] == ["user_suspended"]
        assert audit(server, "--since", "2999-01-01T00:00:00Z") == []
        assert audit(server, "--limit", "3") == entries[-3:]
        export = (await alice.get("/users/me/export")).json()
        assert {"user_made", "sign_in", "role_changed", "room_deleted"} <= {entry["action"] for entry in export["audit"]}


def test_the_audit_says_what_is_wrong_with_its_options(own_server):
    server = own_server()
    for words in (["x"], ["--user"], ["--limit", "0"], ["--limit", "x"], ["--since", "yesterday"], ["--action", "sleep"]):
        assert server.run_ctl("audit", *words, status=64)
    assert "no such user" in server.run_ctl("audit", "--user", "nobody-here", status=1)
    assert "sign_in_failed" in server.run_ctl("audit", "--action", "sleep", status=64)
    assert server.run_ctl("audit") == "" and server.run_ctl("audit", "--json") == "[]\n"


async def test_of_an_erased_account_the_audit_keeps_no_name_address_or_device(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        bob = await users.register("bob")
        response = await log_in(bob, device_name="Bob's own phone")
        assert response.status_code == 200
        assert "Bob's own phone" in server.run_ctl("audit")
        response = await bob.request("DELETE", "/users/me", json={"password": PASSWORD})
        assert response.status_code == 204, response.text
        text = server.run_ctl("audit")
        assert "user_deleted" in text and "sign_in" in text
        for word in (bob.username, "Bob's own phone", "127.0.0.1"):
            assert word not in text, text


async def test_entries_are_kept_as_long_as_the_setting_says(own_server):
    server = own_server(ECHOCHAT_AUDIT_KEEP="3", ECHOCHAT_ERASE_WITHIN="1")
    async with TestUsers(server) as users:
        start = time.monotonic()
        await users.register("alice")
        assert audit(server)
        wait_until(lambda: audit(server) == [], 15, "the entries are deleted", every=0.2)
        assert time.monotonic() - start > 2.9
