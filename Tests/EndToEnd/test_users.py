"""People look each other up by name."""

from support.problems import check_refusal


async def test_alice_finds_bob_by_the_beginning_of_his_name(alice, bob, mallory):
    found = await alice.walk("/users", q=bob.username[:5].upper())
    assert bob.user_id in [user["user_id"] for user in found]
    assert mallory.user_id not in [user["user_id"] for user in found]

    exact = await alice.walk("/users", q=bob.username)
    assert [user["username"] for user in exact] == [bob.username]
    # He shares no room with her, so that is all she learns of his coming and going.
    assert (await alice.get(f"/users/{bob.user_id}")).json() == {**exact[0], "presence": "offline", "last_seen_at": None}


async def test_a_list_of_people_is_by_name_and_can_be_walked_in_pages_of_one(alice, people):
    await people.registered("carol-1", "carol-2", "carol-3")
    names = [user["username"] for user in await alice.walk("/users", q="carol-", limit=1)]
    assert len(names) >= 3
    assert names == sorted(set(names))


async def test_nobody_is_found_by_what_is_no_name_or_without_signing_in(alice):
    assert await alice.walk("/users", q="%") == []
    assert await alice.walk("/users", q="\x7f") == []
    check_refusal(await alice.get("/users", token=""), 401)
