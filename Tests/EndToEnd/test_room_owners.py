"""Every room has an owner who can act: another member takes over when the last one leaves, is suspended or deletes the account."""

import secrets

import pytest

from support.clients import TestUser, TestUsers
from support.problems import check_error
from support.rooms import members_of
from support.server import wait_until


@pytest.fixture
async def carol(users):
    return await users.register("carol")


@pytest.fixture
async def dave(users):
    return await users.register("dave")


async def check_rights(owner: TestUser, room_id: str) -> None:
    """The owner has the rights, and the database agrees with the events."""
    assert (await owner.get_room(room_id))["me"]["role"] == "owner"
    renamed = await owner.patch(f"/rooms/{room_id}", json={"name": f"Renamed {secrets.token_hex(4)}"})
    assert renamed.is_success, renamed.text


@pytest.mark.parametrize("kind", ["group", "public"])
@pytest.mark.parametrize("how", ["leaves", "deletes the account", "is suspended"])
async def test_the_longest_standing_moderator_takes_over_from_the_last_owner(server, alice, bob, carol, dave, kind, how):
    room = (await alice.create_room(kind))["room_id"]
    for user in (dave, carol, bob):
        await alice.add(room, user)
    for user in (bob, carol):
        await alice.add(room, user, role="moderator")
    connections = [await user.connect() for user in (bob, carol, dave)]
    match how:
        case "leaves":
            await alice.leave(room)
        case "deletes the account":
            assert (await alice.request("DELETE", "/users/me", json={"password": alice.password})).is_success
        case _:
            assert "suspended" in server.run_ctl("user", "suspend", alice.username)
    for connection in connections:
        updated = await connection.expect("member_updated", room_id=room)
        assert updated.data["user"]["user_id"] == carol.user_id
        assert (updated.data["role"], updated.data["reason"]) == ("owner", "inherited")
    await check_rights(carol, room)


async def test_of_members_without_moderators_the_longest_standing_one_who_is_not_suspended_takes_over(server, alice, bob, carol):
    room = (await alice.create_room("group", members=[bob]))["room_id"]
    await alice.add(room, carol)
    server.run_ctl("user", "suspend", bob.username)
    server.run_ctl("user", "suspend", alice.username)
    await check_rights(carol, room)
    # Nobody loses a role by a suspension: afterwards both are owners.
    server.run_ctl("user", "unsuspend", alice.username)
    await alice.log_in()
    assert await members_of(alice, room) == {alice.user_id: "owner", bob.user_id: "member", carol.user_id: "owner"}


async def test_while_another_owner_can_act_a_suspension_changes_no_role(server, alice, bob, carol):
    room = (await alice.create_room("group", members=[bob, carol]))["room_id"]
    await alice.add(room, bob, role="owner")
    connection = await carol.connect()
    server.run_ctl("user", "suspend", alice.username)
    await carol.catch_up(connection)
    assert not connection.received("member_updated")
    # Bob is the last one who can act: he may not step down.
    check_error(await bob.put(f"/rooms/{room}/members/{bob.user_id}", json={"role": "member"}), 409, "conflict")
    await bob.leave(room)
    assert (await connection.expect("member_updated", room_id=room)).data["user"]["user_id"] == carol.user_id
    await check_rights(carol, room)


async def test_where_nobody_is_left_to_act_the_first_one_who_can_becomes_owner(server, alice, bob, carol):
    room = (await alice.create_room("public"))["room_id"]
    await bob.join(room)
    server.run_ctl("user", "suspend", bob.username)
    server.run_ctl("user", "suspend", alice.username)
    await carol.join(room)
    await check_rights(carol, room)

    group = (await carol.create_room("group"))["room_id"]
    server.run_ctl("user", "unsuspend", bob.username)
    await bob.log_in()
    await carol.add(group, bob)
    server.run_ctl("user", "suspend", bob.username)
    await carol.leave(group)
    server.run_ctl("user", "unsuspend", bob.username)
    await bob.log_in()
    await check_rights(bob, group)


async def test_the_operator_appoints_an_owner_of_any_group_or_public_room(server, alice, bob, carol):
    connection = await alice.connect()
    for kind in ("group", "public"):
        room = (await alice.create_room(kind, members=[bob]))["room_id"]
        assert room in server.run_ctl("room", "owner", room, bob.username)
        updated = await connection.expect("member_updated", room_id=room)
        assert (updated.data["user"]["user_id"], updated.data["role"]) == (bob.user_id, "owner")
        server.run_ctl("room", "owner", room, carol.username)
        assert (await connection.expect("member_joined", room_id=room)).data["role"] == "owner"
        await check_rights(carol, room)


async def test_the_operator_is_told_why_somebody_cannot_be_the_owner(server, users, alice, bob):
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    assert "direct room" in server.run_ctl("room", "owner", direct, alice.username, status=1)
    assert "no room" in server.run_ctl("room", "owner", "nosuchroom", alice.username, status=1)
    group = (await alice.create_room("group"))["room_id"]
    assert "no such user" in server.run_ctl("room", "owner", group, "nobody-at-all", status=1)
    mallory, gone = await users.register_all("mallory", "gone")
    server.run_ctl("user", "suspend", mallory.username)
    assert "suspended" in server.run_ctl("room", "owner", group, mallory.username, status=1)
    assert (await gone.request("DELETE", "/users/me", json={"password": gone.password})).is_success
    deleted = (await alice.get(f"/users/{gone.user_id}")).json()
    if "username" in deleted:
        assert "no such user" in server.run_ctl("room", "owner", group, deleted["username"], status=1)
    assert await members_of(alice, group) == {alice.user_id: "owner"}


async def test_rooms_that_an_older_program_left_without_an_owner_get_one_at_the_next_start(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        rooms = [(await alice.create_room(kind, members=[bob]))["room_id"] for kind in ("group", "public")]
    server.stop()
    with server.database() as database:
        database.execute("PRAGMA query_only = OFF")
        database.execute("UPDATE users SET suspended_at = 1 WHERE username = ?", (alice.username,))
        database.commit()
    server.start()

    def mended() -> bool:
        with server.database() as database:
            return database.execute("SELECT count(*) FROM memberships WHERE role = 3").fetchone()[0] == 4

    wait_until(mended, 10, "both rooms have an owner who can act")
    async with TestUsers(server) as users:
        users.all.append(again := TestUser(server, bob.username))
        await again.log_in()
        for room in rooms:
            await check_rights(again, room)
