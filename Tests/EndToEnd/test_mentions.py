"""Users mention each other."""

import json
import re
import secrets

from support.problems import check_error
from support.server import REPOSITORY

TABLE = json.loads((REPOSITORY / "Tests" / "mention_cases.json").read_text())


async def mentions(user, room_id) -> int:
    return (await user.get_room(room_id))["me"]["mentions"]


async def test_a_mention_of_bob_is_counted_until_bob_reads_it(alice, bob, mallory, lobby):
    connection = await bob.connect()
    message = await alice.post_message(
        lobby, f"Hello @{bob.username.upper()}, this is about @{mallory.username} and @nobody; @{bob.username}!"
    )
    assert message["mentions"] == [bob.user_id]
    assert (await connection.expect("new_message")).data["mentions"] == [bob.user_id]
    assert await mentions(bob, lobby) == 1 and await mentions(alice, lobby) == 0
    await alice.post_message(lobby, "nobody at all")
    assert await mentions(bob, lobby) == 1
    me = await connection.command_ok("mark", room_id=lobby, read_seq=1)
    assert (me["mentions"], me["unread"]) == (0, 1)
    assert await mentions(bob, lobby) == 0


async def test_the_mention_count_is_the_same_on_all_devices_of_bob(alice, bob, lobby):
    phone = await bob.another_session()
    first, second, alice_connection = await bob.connect(), await phone.connect(), await alice.connect()
    for _ in range(3):
        await alice.post_message(lobby, f"@{bob.username}")
    await first.command_ok("mark", room_id=lobby, read_seq=2)
    for connection in (first, second):
        event = (await connection.expect("member_updated", reason="mentions")).data
        assert (event["me"]["mentions"], event["me"]["unread"], event["user"]["user_id"]) == (1, 1, bob.user_id)
    await alice.catch_up(alice_connection)
    assert not alice_connection.received("member_updated"), "mention counts are private"


async def test_an_e_mail_address_mentions_nobody_but_a_name_at_the_end_of_a_sentence_does(alice, bob, lobby):
    assert (await alice.post_message(lobby, f"mail me@{bob.username}"))["mentions"] == []
    assert (await alice.post_message(lobby, f"Ask @{bob.username}."))["mentions"] == [bob.user_id]
    assert (await alice.post_message(lobby, f"你好@{bob.username}。"))["mentions"] == [bob.user_id]


async def test_a_text_mentions_whom_a_reader_would_say(users):
    """The table of cases, over REST and WebSocket, posted and edited."""
    zoe = await users.register("zoe")
    members = dict(zip(TABLE["members"], await users.register_all(*TABLE["members"]), strict=True))
    room = (await zoe.create_room("group", members=[*members.values()]))["room_id"]
    connection = await zoe.connect()
    # Longest first: a name may be part of another one.
    names = re.compile("@(" + "|".join(sorted(map(re.escape, members), key=len, reverse=True)) + ")(?![a-z0-9])", re.IGNORECASE)
    cases = [case for case in TABLE["cases"] if any(name in case["text"].lower() for name in members)]
    await zoe.post_message(room, "hello")
    for number, case in enumerate(cases):
        content = names.sub(lambda match: "@" + members[match[1].lower()].username, case["text"])
        expected = [members[name].user_id for name in case["mentions"]]
        match number % 3:
            case 0:
                message = await zoe.post_message(room, content)
            case 1:
                message = (await connection.command_ok("send_message", room_id=room, content=content))["message"]
            case _:
                message = (await zoe.patch(f"/rooms/{room}/messages/1", json={"content": content})).json()
        assert message["mentions"] == expected, (case, content)


async def test_an_edit_changes_the_mentions(users, alice, bob, lobby):
    carol = await users.register("carol")
    await alice.add(lobby, carol)
    connection = await carol.connect()
    await alice.post_message(lobby, f"@{bob.username}")
    edited = (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": f"no, @{carol.username}"})).json()
    assert edited["mentions"] == [carol.user_id]
    assert await mentions(bob, lobby) == 0 and await mentions(carol, lobby) == 1
    assert (await connection.expect("member_updated", reason="mentions")).data["me"]["mentions"] == 1
    await alice.delete(f"/rooms/{lobby}/messages/1")
    assert (await connection.expect("member_updated", reason="mentions")).data["me"]["mentions"] == 0
    assert (await carol.page(lobby))["messages"][0]["mentions"] == []


async def test_a_message_mentions_at_most_twenty_users(users, alice, lobby):
    members = await users.register_all(*(f"p{i}" for i in range(22)))
    for user in members:
        await alice.add(lobby, user)
    message = await alice.post_message(lobby, " ".join(f"@{user.username}" for user in members))
    assert message["mentions"] == [user.user_id for user in members[:20]]


async def test_a_user_whom_bob_has_blocked_cannot_mention_bob(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    assert (await mallory.post_message(lobby, f"@{bob.username}"))["mentions"] == [bob.user_id]
    assert (await bob.put(f"/users/{mallory.user_id}/block")).is_success
    assert (await mallory.post_message(lobby, f"@{bob.username}"))["mentions"] == []
    assert (await mallory.patch(f"/rooms/{lobby}/messages/2", json={"content": f"hey @{bob.username}"})).json()["mentions"] == []
    assert await mentions(bob, lobby) == 1


async def test_a_retry_mentions_once(alice, bob, lobby):
    client_id = secrets.token_hex(8)
    for _ in range(3):
        response = await alice.post(f"/rooms/{lobby}/messages", json={"content": f"@{bob.username}", "client_id": client_id})
        assert response.status_code in (200, 201) and response.json()["mentions"] == [bob.user_id]
    assert await mentions(bob, lobby) == 1


async def test_a_member_who_was_removed_and_added_again_has_no_mentions(alice, bob, lobby):
    await alice.post_message(lobby, f"@{bob.username}")
    await alice.remove(lobby, bob)
    check_error(await bob.get(f"/rooms/{lobby}"), 404)
    await alice.add(lobby, bob)
    me = (await bob.get_room(lobby))["me"]
    assert (me["mentions"], me["unread"]) == (0, 0)
