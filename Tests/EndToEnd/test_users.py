"""People look each other up by name."""

import secrets

from support.people import PASSWORD
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


def names_of(found) -> list[str]:
    return [user["username"] for user in found]


async def test_whoever_has_just_signed_up_is_found_by_her_names_though_letters_are_wrong(alice, people):
    anastasia = await people.register("anastasia", display_name="Анастасия Волкова")
    await people.register("anatoly")
    suffix = anastasia.username.rpartition("-")[2]
    for typed in ("anastasia", "ANASTAS", "anastsia", "anasstasia", "anaztasia", "anastaisa", "anastazja"):
        assert names_of(await alice.walk("/users", q=f"{typed} {suffix}")) == [anastasia.username], typed
    for typed in ("волкова", "ВОЛК", "валкова", "анастсаия"):
        assert anastasia.username in names_of(await alice.walk("/users", q=typed)), typed
    assert names_of(await alice.walk("/users", q=f"bartholomew {suffix}")) == []


async def test_a_name_that_was_given_up_finds_nobody(alice, people):
    bertha = await people.register("bertha", display_name="Bertha Quetzalcoatl")
    assert names_of(await alice.walk("/users", q="quetzalcoatl")) == [bertha.username]
    assert (await bertha.patch("/users/me", json={"display_name": "Bertha Xolotl"})).status_code == 200
    assert names_of(await alice.walk("/users", q="quetzalcoatl")) == []
    assert names_of(await alice.walk("/users", q="xolotl")) == [bertha.username]
    assert (await bertha.request("DELETE", "/users/me", json={"password": bertha.password})).status_code == 204
    assert names_of(await alice.walk("/users", q="xolotl")) == []
    assert names_of(await alice.walk("/users", q=bertha.username)) == []


async def test_her_own_user_name_comes_first_then_names_that_begin_so_then_likeness(alice, people):
    mark = secrets.token_hex(4).translate(str.maketrans("0123456789", "ghijklmnop"))
    told = {}
    for username, shown in ((f"{mark}z", "Z"), (f"x{mark[:-1]}", "X"), (f"y-{mark}", "Y"), (mark, "W"), (f"v{mark}", mark)):
        token = await alice.post("/auth/register", token="", json={"username": username, "password": PASSWORD, "display_name": shown})
        assert token.status_code == 201, token.text
        told[username] = token.json()["user"]
    found = await alice.walk("/users", q=mark.upper(), limit=2)
    assert found == [told[name] for name in (mark, f"v{mark}", f"{mark}z", f"y-{mark}")]


async def test_a_search_is_bounded_and_says_so(alice):
    check_refusal(await alice.get("/users", params={"q": "x" * 513}), (400, 422))
    check_refusal(await alice.get("/rooms/public", params={"q": "x" * 513}), (400, 422))
    check_refusal(await alice.get("/users", params={"q": "a", "cursor": "BQAAAAAAAAAB"}), (400, 422))
    for typed in ('"', "a AND b", "NEAR(", "*", "{x}:", "-", " ", "é\u0301" * 90):
        for path in ("/users", "/rooms/public"):
            assert (await alice.get(path, params={"q": typed})).status_code == 200, (path, typed)


async def test_nobody_is_found_by_what_is_no_name_or_without_signing_in(alice):
    assert await alice.walk("/users", q="%") == []
    assert await alice.walk("/users", q="\x7f") == []
    check_refusal(await alice.get("/users", token=""), 401)
