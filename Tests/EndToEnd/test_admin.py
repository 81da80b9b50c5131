"""The operator's work over REST: what operators may do, that others may not, and that live connections hear of it within a second."""

import asyncio
import secrets
import time

import pytest

from support.clients import PASSWORD, TestUsers
from support.problems import check_error, check_field, without_request_id

ADMIN = "/admin"
HEARD_SECONDS = 1


@pytest.fixture
async def operator(server, users):
    user = await users.register("olivia")
    await asyncio.to_thread(server.run_ctl, "user", "operator", user.username)
    return user


async def hears(connection, request, event: str, **data) -> dict:
    """Sends a request, which must succeed; the connection hears of it in time."""
    response = await request
    started = time.monotonic()
    assert response.is_success, response.text
    frame = await connection.expect(event, within=HEARD_SECONDS, **data)
    assert time.monotonic() - started < HEARD_SECONDS
    return frame.data


# Who is an operator


async def test_the_first_user_of_a_new_system_is_no_operator(own_server):
    async with TestUsers(own_server()) as users:
        alice = await users.register("alice")
        check_error(await alice.get(f"{ADMIN}/users"), 404, "not_found")
        check_error(await alice.put(f"{ADMIN}/users/{alice.user_id}/operator"), 404, "not_found")


async def test_to_others_it_looks_like_what_does_not_exist_whatever_they_send(alice, bob):
    for method, path, more in (
        ("GET", f"/users/{bob.user_id}", {}),
        ("GET", "/users/nosuchuser", {}),
        ("GET", "/users?limit=x", {}),
        ("POST", "/users", {"json": {"username": 5}}),
        ("POST", "/users", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("PUT", f"/users/{bob.user_id}/password", {"json": {"password": "x"}}),
        ("DELETE", f"/users/{bob.user_id}", {}),
    ):
        refused = check_error(await alice.request(method, ADMIN + path, **more), 404, "not_found")
        unknown = check_error(await alice.get("/users/nosuchuser"), 404)
        assert without_request_id(refused) == without_request_id(unknown)
    assert (await bob.get("/auth/me")).status_code == 200


async def test_an_operator_makes_another_and_steps_down_and_each_loses_it_at_once(server, users, operator, alice):
    assert [(await user.get("/auth/me")).json()["operator"] for user in (operator, alice)] == [True, False]
    assert (await operator.put(f"{ADMIN}/users/{alice.user_id}/operator")).status_code == 204
    assert (await alice.get("/auth/me")).json()["operator"] is True
    assert (await alice.get(f"{ADMIN}/users/{operator.user_id}")).json()["operator"] is True
    assert (await alice.delete(f"{ADMIN}/users/{operator.user_id}/operator")).status_code == 204
    check_error(await operator.get(f"{ADMIN}/users"), 404)
    assert (await operator.get("/auth/me")).json()["operator"] is False
    phone = await alice.another_session()
    assert (await phone.get(f"{ADMIN}/users")).status_code == 200
    assert (await phone.post("/auth/logout")).status_code == 204
    check_error(await phone.get(f"{ADMIN}/users"), 401)
    await asyncio.to_thread(server.run_ctl, "user", "suspend", alice.username)
    check_error(await alice.get(f"{ADMIN}/users"), 403, "suspended")
    await asyncio.to_thread(server.run_ctl, "user", "unsuspend", alice.username)
    await alice.log_in()
    check_error(await alice.get(f"{ADMIN}/users"), 404)
    await asyncio.to_thread(server.run_ctl, "user", "suspend", operator.username)
    assert "suspended" in await asyncio.to_thread(server.run_ctl, "user", "operator", operator.username, status=1)


async def test_what_operators_do_is_charged(own_server):
    server = own_server(ECHOCHAT_EVENT_RATE="3/60s")
    async with TestUsers(server) as users:
        operator = await users.register("olivia")
        server.run_ctl("user", "operator", operator.username)
        for _ in range(3):
            assert (await operator.post(f"{ADMIN}/registration-codes")).status_code == 201
        refused = await operator.post(f"{ADMIN}/registration-codes")
        assert check_error(refused, 429, "rate_limited")["limit"] == "events" and refused.headers["Retry-After"]
        assert (await operator.get(f"{ADMIN}/registration-codes")).json()["next_cursor"] is None


# Accounts


async def test_every_account_is_listed_page_by_page(operator, users):
    names = {user.username for user in await users.register_all("carol", "dave", "erin")}
    listed = await operator.list_all(f"{ADMIN}/users", limit=2)
    assert names <= {account["username"] for account in listed}
    assert len(listed) == len({account["user_id"] for account in listed})
    check_field((await operator.get(f"{ADMIN}/rooms", params={"cursor": "AQAAAZwrT4nDAAAAAAAAACo"})).json(), "cursor")


async def test_an_account_is_made_renamed_suspended_and_deleted(operator, users, lobby, alice, bob):
    name = f"carol-{secrets.token_hex(4)}"
    made = await operator.post(f"{ADMIN}/users", json={"username": name, "password": PASSWORD, "email": f"{name}@example.org"})
    assert made.status_code == 201 and made.headers["Location"] == f"/api/v1/admin/users/{made.json()['user_id']}"
    check_error(await operator.post(f"{ADMIN}/users", json={"username": name}), 409, "username_taken")
    check_error(await operator.post(f"{ADMIN}/users", json={"username": name + "2", "email": f"{name}@example.org"}), 409, "email_taken")
    carol = users.unregistered("carol")
    carol.username = name
    await carol.log_in()
    await alice.add(lobby, carol)
    connection = await alice.connect()
    path = f"{ADMIN}/users/{carol.user_id}"
    renamed = await hears(
        connection, operator.patch(path, json={"username": f"support-{name[-8:]}"}), "user_updated", user_id=carol.user_id
    )
    assert renamed["username"] == f"support-{name[-8:]}"
    line = await carol.connect()
    assert (await operator.put(f"{path}/suspension")).status_code == 204
    await line.expect_close(4003, within=HEARD_SECONDS)
    assert (await operator.get(path)).json()["suspended_at"]
    assert (await operator.delete(f"{path}/suspension")).status_code == 204
    left = await hears(connection, operator.delete(path), "member_left", room_id=lobby)
    assert left["reason"] == "deleted"
    check_error(await operator.get(path), 404)


async def test_a_password_that_an_operator_sets_ends_tokens_and_connections(operator, bob):
    phone = await bob.another_session()
    connections = [await bob.connect(), await phone.connect()]
    response = await operator.put(f"{ADMIN}/users/{bob.user_id}/password", json={"password": "another long walk"})
    done = time.monotonic()
    assert response.status_code == 204
    for connection in connections:
        await connection.expect_close(4001, within=HEARD_SECONDS + 1)
        assert connection.closed_at - done < HEARD_SECONDS
    check_error(await bob.get("/auth/me"), 401)
    check_error(await phone.post("/auth/refresh", token="", json={"refresh_token": phone.refresh_token}), 401)
    bob.password = "another long walk"
    await bob.log_in()
    check_field((await operator.put(f"{ADMIN}/users/{bob.user_id}/password", json={"password": "short"})).json(), "password")


async def test_sessions_are_listed_and_ended(operator, bob):
    phone = await bob.another_session()
    connection = await phone.connect()
    [session] = [item for item in (await phone.get("/auth/sessions")).json()["items"] if item["current"]]
    path = f"{ADMIN}/users/{bob.user_id}/sessions"
    listed = await operator.list_all(path, limit=1)
    assert session["session_id"] in [item["session_id"] for item in listed] and len(listed) == 2
    assert (await operator.delete(f"{path}/{session['session_id']}")).status_code == 204
    await connection.expect_close(4001, within=HEARD_SECONDS)
    check_error(await operator.delete(f"{path}/{session['session_id']}"), 404)
    assert (await operator.delete(path)).json() == {"ended": 1}
    check_error(await bob.get("/auth/me"), 401)


# Rooms and messages


async def test_rooms_of_every_kind_are_seen_renamed_and_deleted(operator, alice, bob, lobby):
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    connection = await alice.connect()
    rooms = {room["room_id"]: room for room in await operator.list_all(f"{ADMIN}/rooms", limit=200)}
    assert rooms[lobby]["kind"] == "group" and rooms[direct]["kind"] == "direct" and rooms[lobby]["default"] is False
    assert {member["user"]["user_id"] for member in await operator.list_all(f"{ADMIN}/rooms/{direct}/members", limit=1)} == {
        alice.user_id,
        bob.user_id,
    }
    path = f"{ADMIN}/rooms/{lobby}"
    updated = await hears(connection, operator.patch(path, json={"name": "News", "topic": "Today"}), "room_updated", room_id=lobby)
    assert updated["name"] == "News" and (await operator.get(path)).json()["topic"] == "Today"
    check_error(await operator.patch(f"{ADMIN}/rooms/{direct}", json={"name": "Us"}), 409, "conflict")
    for room in (lobby, direct):
        await hears(connection, operator.delete(f"{ADMIN}/rooms/{room}"), "room_deleted", room_id=room)
    # None of it made the operator a member, who sees rooms only where operators do.
    assert (await operator.get("/rooms")).json()["items"] == []


async def test_reports_are_settled_and_messages_shown_and_deleted_and_the_audit_says_who_did(server, operator, alice, bob, lobby):
    await bob.post_message(lobby, "a zebrafish")
    assert (await alice.post(f"/rooms/{lobby}/messages/1/report")).status_code == 201
    connection = await alice.connect()
    [report] = [item for item in await operator.list_all(f"{ADMIN}/reports") if item["room_id"] == lobby]
    assert report["message"]["content"] == "a zebrafish" and report["reporter"]["user_id"] == alice.user_id
    path = f"{ADMIN}/rooms/{lobby}/messages/1"
    assert (await operator.get(path)).json()["content"] == "a zebrafish"
    deleted = await hears(connection, operator.delete(path), "message_deleted", room_id=lobby)
    assert deleted == {"room_id": lobby, "seq": 1, "deleted_by": operator.user_id}
    assert (await operator.delete(f"{ADMIN}/rooms/{lobby}/reports/1")).status_code == 204
    check_error(await operator.delete(f"{ADMIN}/rooms/{lobby}/reports/1"), 404)
    check_error(await operator.get(f"{ADMIN}/rooms/{lobby}/messages/2"), 404)
    with server.database() as database:
        rows = database.execute(
            "SELECT action, seq FROM audit JOIN users u ON u.id = audit.actor_id WHERE u.public_id = ? AND room = ? ORDER BY audit.id",
            (operator.user_id, lobby),
        ).fetchall()
    assert rows == [("message_shown_to_operator", 1), ("message_deleted_by_operator", 1), ("report_resolved_by_operator", 1)]


async def test_the_service_says_something_once(operator, alice, bob, lobby):
    connection = await bob.connect()
    path = f"{ADMIN}/rooms/{lobby}/messages"
    key = {"Idempotency-Key": secrets.token_hex(8)}
    said = await hears(connection, operator.post(path, json={"content": "Maintenance"}, headers=key), "new_message", room_id=lobby)
    again = await operator.post(path, json={"content": "Maintenance"}, headers=key)
    assert again.status_code == 200 and again.json()["seq"] == said["seq"]
    check_error(await operator.post(path, json={"content": "Other"}, headers=key), 409, "client_id_reused")
    as_alice = await operator.post(path, json={"content": "I am Alice", "user_id": alice.user_id})
    assert as_alice.status_code == 201 and as_alice.json()["user_id"] == alice.user_id
    check_error(await operator.post(path, json={"content": "x", "user_id": operator.user_id}), 409, "conflict")
    system = f"{ADMIN}/users/{said['user_id']}"
    assert (await operator.get(system)).json()["system"] is True
    for method, rest, body in (
        ("DELETE", "", None),
        ("PATCH", "", {"username": "somebody"}),
        ("PUT", "/suspension", None),
        ("DELETE", "/suspension", None),
        ("PUT", "/operator", None),
        ("PUT", "/password", {"password": "another long walk"}),
    ):
        check_error(await operator.request(method, system + rest, **({"json": body} if body else {})), 409, "conflict")
