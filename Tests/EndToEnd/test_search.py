"""Members find the messages of their rooms, and nobody else does."""

import asyncio
import random

from support.problems import check_error


async def found(user, q, **query) -> list[str]:
    response = await user.get("/search/messages", params={"q": q, **query})
    assert response.status_code == 200, response.text
    return [item["message"]["content"] for item in response.json()["items"]]


async def wait_for_index() -> None:
    """Waits longer than the index's interval, so that a search after it uses the index, and one before it does not."""
    await asyncio.sleep(1.5)


async def test_bob_finds_a_message_of_alice_at_once_and_mallory_never_does(alice, bob, mallory, lobby):
    await alice.post_message(lobby, "The zebrafish are asleep")
    for _ in range(2):
        assert await found(bob, "zebrafish") == ["The zebrafish are asleep"]
        assert await found(bob, "zebrafish", room_id=lobby) == ["The zebrafish are asleep"]
        assert await found(mallory, "zebrafish") == []
        hidden = check_error(await mallory.get("/search/messages", params={"q": "zebrafish", "room_id": lobby}), 404)
        unknown = check_error(await mallory.get("/search/messages", params={"q": "zebrafish", "room_id": "nosuchroom"}), 404)
        assert hidden["detail"] == unknown["detail"]
        await wait_for_index()


async def test_an_ex_member_finds_nothing(alice, bob, lobby):
    await alice.post_message(lobby, "before quagga")
    assert await found(bob, "quagga") == ["before quagga"]
    await alice.remove(lobby, bob)
    assert await found(bob, "quagga") == []
    check_error(await bob.get("/search/messages", params={"q": "quagga", "room_id": lobby}), 404)


async def test_a_deleted_message_is_not_found_and_an_edited_one_only_by_its_new_content(alice, lobby):
    first = await alice.post_message(lobby, "axolotl")
    second = await alice.post_message(lobby, "pangolin")
    await wait_for_index()
    assert await found(alice, "axolotl") == ["axolotl"]
    await alice.delete(f"/rooms/{lobby}/messages/{first['seq']}")
    await alice.patch(f"/rooms/{lobby}/messages/{second['seq']}", json={"content": "wombat"})
    for _ in range(2):
        assert await found(alice, "axolotl") == []
        assert await found(alice, "pangolin") == []
        assert await found(alice, "wombat") == ["wombat"]
        await wait_for_index()


async def test_words_of_any_script_are_found_in_part_and_despite_a_typo(alice, lobby):
    contents = [
        "Καλημέρα σε όλους",
        "明日は東京タワーに行きます",
        "مرحباً بالجميع",
        "🦕 incoming",
        'Bob said "NEAR/2 (AND) *" ^',
        "Kaffeehaus",
    ]
    for text in contents:
        await alice.post_message(lobby, text)
    expected = {"ΚΑΛΗΜΕΡΑ": 0, "όλου": 0, "京タワ": 1, "مرحبا": 2, "🦕": 3, 'near/2 "and"': 4, "feeha": 5, "kafeehaus": 5, "incomign": 3}
    for _ in range(2):
        for query, index in expected.items():
            assert await found(alice, query, room_id=lobby) == [contents[index]], query
        await wait_for_index()


async def test_a_word_is_found_however_it_is_typed_and_one_with_signs_only_with_them(alice, lobby):
    contents = [
        "Update to v1.2.3 today",
        "a soft\u00adhyphen",
        "an o\ufb03ce \ufb01le",
        "\uff21\uff22\uff23 \uff11\uff12\uff13",
        "pass\u200bword",
        "the co-op shop",
        "I write C++ code",
        "a cat can",
        "\U0001d407\U0001d41e\U0001d425\U0001d425\U0001d428 there",
        "see #42 and report.pdf",
        "room 42",
        "vexed",
    ]
    for text in contents:
        await alice.post_message(lobby, text)
    expected = {
        "1.2.3": [0],
        "1.2.4": [],
        "softhyphen": [1],
        "office": [2],
        "file": [2],
        "abc": [3],
        "123": [3],
        "password": [4],
        "pass\u200dword": [4],
        "coop": [5],
        "co-op": [5],
        "C++": [6],
        "c#": [],
        "hello": [8],
        "#42": [9],
        "42": [10, 9],
        ".pdf": [9],
        ".net": [],
        "ex": [11],
        '"co-op': [5],
    }
    for _ in range(2):
        for query, indices in expected.items():
            assert await found(alice, query, room_id=lobby) == [contents[index] for index in indices], query
        await wait_for_index()
    for query, hit in (("softhyphen", "soft\u00adhyphen"), ("coop", "co-op"), ("file", "\ufb01le"), ("1.2.3", "1.2.3"), ("c++", "C++")):
        item = (await alice.get("/search/messages", params={"q": query, "room_id": lobby})).json()["items"][0]
        assert [part["text"] for part in item["highlights"] if part["hit"]] == [hit], query
        assert "".join(part["text"] for part in item["highlights"]) == item["message"]["content"]


async def test_people_and_rooms_are_found_however_their_names_are_typed(alice, bob, lobby):
    await bob.patch("/users/me", json={"display_name": "Jean-Luc \ufb01x"})
    for query in ("jeanluc", "Jean-Luc", "luc", "fix", "\uff2a\uff45\uff41\uff4e"):
        users = (await alice.get("/users", params={"q": query})).json()["items"]
        assert [user["user_id"] for user in users] == [bob.user_id], query
    room = await alice.create_room("public", name="Co-op C++ guild")
    await alice.create_room("public", name="Cats and dogs")
    for query in ("coop", "co-op guild", "c++"):
        rooms = (await alice.get("/rooms/public", params={"q": query})).json()["items"]
        assert [found["room_id"] for found in rooms] == [room["room_id"]], query


async def test_extreme_texts_are_found_or_not_at_once(alice, lobby):
    for text in ("a-" * 2000, "+" * 4000, "c" + "+" * 3999, "\u200bx" * 2000, "\U0001f469\u200d\U0001f4bb" * 300):
        await alice.post_message(lobby, text)
    for _ in range(2):
        for query in ("a-" * 256, "+" * 512, "c" + "+" * 511, '"' * 512, "a" + "\u0301" * 511, "\u200d" * 512, "x_" * 256, "1." * 256):
            response = await alice.get("/search/messages", params={"q": query})
            assert response.status_code in (200, 414, 422), (query, response.text)
        assert await found(alice, "c++") == ["c" + "+" * 3999]
        await wait_for_index()


async def test_filters_order_pages_and_highlights(alice, bob, lobby):
    for number in range(12):
        await (alice if number % 2 else bob).post_message(lobby, f"heron {number}" if number else "herons everywhere")
    assert await found(alice, "heron", room_id=lobby) == [f"heron {number}" for number in range(11, 0, -1)] + ["herons everywhere"]
    assert await found(alice, "heron", **{"from": bob.user_id}) == [f"heron {n}" for n in (10, 8, 6, 4, 2)] + ["herons everywhere"]
    assert await found(alice, "heron", after="2999-01-01") == []
    assert await found(alice, "heron", before="2999-01-01T00:00:00Z", sort="best", limit=1) == ["heron 11"]
    items = await alice.list_all("/search/messages", q="heron", limit=5)
    assert len(items) == 12 and len({item["message"]["seq"] for item in items}) == 12
    assert items[-1]["highlights"] == [{"text": "heron", "hit": True}, {"text": "s everywhere", "hit": False}]
    for params in (
        {"q": "x", "sort": "nonsense"},
        {"q": "x", "after": "yesterday"},
        {"q": "x", "limit": "0"},
        {"q": "x", "cursor": "?"},
        {},
    ):
        check_error(await alice.get("/search/messages", params=params), (400, 422))
    check_error(await alice.get("/search/messages", params={"q": "x" * 513}), (400, 422))
    check_error(await alice.get("/search/messages?q=%00"), 400)
    check_error(await alice.get("/search/messages", params={"q": "x"}, token=""), 401)


async def test_any_text_is_a_valid_query(alice, lobby):
    await alice.post_message(lobby, 'NEAR("a b", 2) OR NOT * ^ {x} : - + \\')

    rng = random.Random(5)
    characters = "\"*^():{}-+ANDORTE\\' u1é東\U0001f389\u200d\n"
    for _ in range(150):
        query = "".join(rng.choice(characters) if rng.random() < 0.8 else chr(rng.randrange(1, 0xD7FF)) for _ in range(rng.randint(1, 40)))
        response = await alice.get("/search/messages", params={"q": query})
        assert response.status_code == 200, (query, response.text)
