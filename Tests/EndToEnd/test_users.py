"""Users find each other by name."""

import secrets

from support.clients import PASSWORD
from support.problems import check_error


async def test_alice_finds_bob_by_the_beginning_of_the_username(alice, bob, mallory):
    found = await alice.list_all("/users", q=bob.username[:5].upper())
    assert bob.user_id in [user["user_id"] for user in found]
    assert mallory.user_id not in [user["user_id"] for user in found]

    exact = await alice.list_all("/users", q=bob.username)
    assert [user["username"] for user in exact] == [bob.username]
    # They share no room, so Alice sees no presence of Bob.
    assert (await alice.get(f"/users/{bob.user_id}")).json() == {**exact[0], "presence": "offline", "last_seen_at": None}


async def test_a_list_of_users_is_sorted_by_name_and_can_be_read_in_pages_of_one(alice, users):
    await users.register_all("carol-1", "carol-2", "carol-3")
    names = [user["username"] for user in await alice.list_all("/users", q="carol-", limit=1)]
    assert len(names) >= 3
    assert names == sorted(set(names))


def usernames(found) -> list[str]:
    return [user["username"] for user in found]


async def test_a_new_user_is_found_by_both_names_despite_typos(alice, users):
    anastasia = await users.register("anastasia", display_name="Анастасия Волкова")
    await users.register("anatoly")
    suffix = anastasia.username.rpartition("-")[2]
    for query in ("anastasia", "ANASTAS", "anastsia", "anasstasia", "anaztasia", "anastaisa", "anastazja"):
        assert usernames(await alice.list_all("/users", q=f"{query} {suffix}")) == [anastasia.username], query
    for query in ("волкова", "ВОЛК", "валкова", "анастсаия"):
        assert anastasia.username in usernames(await alice.list_all("/users", q=query)), query
    assert usernames(await alice.list_all("/users", q=f"bartholomew {suffix}")) == []


async def test_a_former_name_finds_nobody(alice, users):
    bertha = await users.register("bertha", display_name="Bertha Quetzalcoatl")
    assert usernames(await alice.list_all("/users", q="quetzalcoatl")) == [bertha.username]
    assert (await bertha.patch("/users/me", json={"display_name": "Bertha Xolotl"})).status_code == 200
    assert usernames(await alice.list_all("/users", q="quetzalcoatl")) == []
    assert usernames(await alice.list_all("/users", q="xolotl")) == [bertha.username]
    assert (await bertha.request("DELETE", "/users/me", json={"password": bertha.password})).status_code == 204
    assert usernames(await alice.list_all("/users", q="xolotl")) == []
    assert usernames(await alice.list_all("/users", q=bertha.username)) == []


async def test_search_ranks_the_exact_username_first_then_prefixes_then_similar_names(alice, users):
    mark = secrets.token_hex(4).translate(str.maketrans("0123456789", "ghijklmnop"))
    profiles = {}
    for username, display_name in ((f"{mark}z", "Z"), (f"x{mark[:-1]}", "X"), (f"y-{mark}", "Y"), (mark, "W"), (f"v{mark}", mark)):
        token = await alice.post(
            "/auth/register", token="", json={"username": username, "password": PASSWORD, "display_name": display_name}
        )
        assert token.status_code == 201, token.text
        profiles[username] = token.json()["user"]
    found = await alice.list_all("/users", q=mark.upper(), limit=2)
    assert found == [profiles[name] for name in (mark, f"v{mark}", f"{mark}z", f"y-{mark}")]


async def test_a_user_search_is_bounded_and_any_text_is_valid(alice):
    check_error(await alice.get("/users", params={"q": "x" * 513}), (400, 422))
    check_error(await alice.get("/rooms/public", params={"q": "x" * 513}), (400, 422))
    check_error(await alice.get("/users", params={"q": "a", "cursor": "BQAAAAAAAAAB"}), (400, 422))
    for query in ('"', "a AND b", "NEAR(", "*", "{x}:", "-", " ", "é\u0301" * 90):
        for path in ("/users", "/rooms/public"):
            assert (await alice.get(path, params={"q": query})).status_code == 200, (path, query)


async def test_a_search_for_no_name_finds_nobody_and_a_search_needs_authentication(alice):
    assert await alice.list_all("/users", q="%") == []
    assert await alice.list_all("/users", q="\x7f") == []
    check_error(await alice.get("/users", token=""), 401)
