"""People call each other by name."""

import secrets

from support.problems import check_refusal


async def mentions(person, room_id) -> int:
    return (await person.see_room(room_id))["me"]["mentions"]


async def test_alice_calls_bob_and_he_is_counted_until_he_reads(alice, bob, mallory, lobby):
    line = await bob.connect()
    message = await alice.write(lobby, f"Hello @{bob.username.upper()}, this is about @{mallory.username} and @nobody; @{bob.username}!")
    assert message["mentions"] == [bob.user_id]
    assert (await line.expect("new_message")).data["mentions"] == [bob.user_id]
    assert await mentions(bob, lobby) == 1 and await mentions(alice, lobby) == 0
    await alice.write(lobby, "nobody at all")
    assert await mentions(bob, lobby) == 1
    me = await line.done("mark", room_id=lobby, read_seq=1)
    assert (me["mentions"], me["unread"]) == (0, 1)
    assert await mentions(bob, lobby) == 0


async def test_the_count_is_the_same_on_all_of_bobs_devices_at_once(alice, bob, lobby):
    phone = await bob.on_another_device()
    here, there, hers = await bob.connect(), await phone.connect(), await alice.connect()
    for _ in range(3):
        await alice.write(lobby, f"@{bob.username}")
    await here.done("mark", room_id=lobby, read_seq=2)
    for line in (here, there):
        told = (await line.expect("member_updated", reason="mentions")).data
        assert (told["me"]["mentions"], told["me"]["unread"], told["user"]["user_id"]) == (1, 1, bob.user_id)
    await alice.catch_up(hers)
    assert not hers.heard("member_updated"), "his count is his alone"


async def test_an_address_calls_nobody_and_a_name_at_the_end_of_a_sentence_does(alice, bob, lobby):
    assert (await alice.write(lobby, f"mail me@{bob.username}"))["mentions"] == []
    assert (await alice.write(lobby, f"Ask @{bob.username}."))["mentions"] == [bob.user_id]
    assert (await alice.write(lobby, f"你好@{bob.username}。"))["mentions"] == [bob.user_id]


async def test_an_edit_calls_anew(people, alice, bob, lobby):
    carol = await people.register("carol")
    await alice.add(lobby, carol)
    line = await carol.connect()
    await alice.write(lobby, f"@{bob.username}")
    edited = (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": f"no, @{carol.username}"})).json()
    assert edited["mentions"] == [carol.user_id]
    assert await mentions(bob, lobby) == 0 and await mentions(carol, lobby) == 1
    assert (await line.expect("member_updated", reason="mentions")).data["me"]["mentions"] == 1
    await alice.delete(f"/rooms/{lobby}/messages/1")
    assert (await line.expect("member_updated", reason="mentions")).data["me"]["mentions"] == 0
    assert (await carol.page(lobby))["messages"][0]["mentions"] == []


async def test_a_crowd_is_called_only_so_far(people, alice, lobby):
    crowd = await people.registered(*(f"p{i}" for i in range(22)))
    for person in crowd:
        await alice.add(lobby, person)
    message = await alice.write(lobby, " ".join(f"@{person.username}" for person in crowd))
    assert message["mentions"] == [person.user_id for person in crowd[:20]]


async def test_whom_bob_has_blocked_cannot_call_him(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    assert (await mallory.write(lobby, f"@{bob.username}"))["mentions"] == [bob.user_id]
    assert (await bob.put(f"/users/{mallory.user_id}/block")).is_success
    assert (await mallory.write(lobby, f"@{bob.username}"))["mentions"] == []
    assert (await mallory.patch(f"/rooms/{lobby}/messages/2", json={"content": f"hey @{bob.username}"})).json()["mentions"] == []
    assert await mentions(bob, lobby) == 1


async def test_a_retry_calls_once(alice, bob, lobby):
    name = secrets.token_hex(8)
    for _ in range(3):
        answer = await alice.post(f"/rooms/{lobby}/messages", json={"content": f"@{bob.username}", "client_id": name})
        assert answer.status_code in (200, 201) and answer.json()["mentions"] == [bob.user_id]
    assert await mentions(bob, lobby) == 1


async def test_who_is_removed_and_comes_back_begins_without_mentions(alice, bob, lobby):
    await alice.write(lobby, f"@{bob.username}")
    await alice.remove(lobby, bob)
    check_refusal(await bob.get(f"/rooms/{lobby}"), 404)
    await alice.add(lobby, bob)
    me = (await bob.see_room(lobby))["me"]
    assert (me["mentions"], me["unread"]) == (0, 0)
