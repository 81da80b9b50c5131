"""People find what was said, those who may read it and nobody else."""

import asyncio
import random

from support.problems import check_refusal


async def found(person, q, **query) -> list[str]:
    answer = await person.get("/search/messages", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return [item["message"]["content"] for item in answer.json()["items"]]


async def indexed() -> None:
    """Longer than the index pauses: what is found now is found by it. That it is found earlier as well, other tests say."""
    await asyncio.sleep(1.5)


async def test_bob_finds_at_once_what_alice_said_and_mallory_never_does(alice, bob, mallory, lobby):
    await alice.write(lobby, "The zebrafish are asleep")
    for _ in range(2):
        assert await found(bob, "zebrafish") == ["The zebrafish are asleep"]
        assert await found(bob, "zebrafish", room_id=lobby) == ["The zebrafish are asleep"]
        assert await found(mallory, "zebrafish") == []
        stranger = check_refusal(await mallory.get("/search/messages", params={"q": "zebrafish", "room_id": lobby}), 404)
        absent = check_refusal(await mallory.get("/search/messages", params={"q": "zebrafish", "room_id": "nosuchroom"}), 404)
        assert stranger["detail"] == absent["detail"]
        await indexed()


async def test_an_ex_member_finds_nothing_any_more(alice, bob, lobby):
    await alice.write(lobby, "before quagga")
    assert await found(bob, "quagga") == ["before quagga"]
    await alice.remove(lobby, bob)
    assert await found(bob, "quagga") == []
    check_refusal(await bob.get("/search/messages", params={"q": "quagga", "room_id": lobby}), 404)


async def test_a_deleted_message_is_not_found_and_an_edited_one_by_its_new_words(alice, lobby):
    first = await alice.write(lobby, "axolotl")
    second = await alice.write(lobby, "pangolin")
    await indexed()
    assert await found(alice, "axolotl") == ["axolotl"]
    await alice.delete(f"/rooms/{lobby}/messages/{first['seq']}")
    await alice.patch(f"/rooms/{lobby}/messages/{second['seq']}", json={"content": "wombat"})
    for _ in range(2):
        assert await found(alice, "axolotl") == []
        assert await found(alice, "pangolin") == []
        assert await found(alice, "wombat") == ["wombat"]
        await indexed()


async def test_words_of_any_script_in_part_and_with_a_letter_wrong(alice, lobby):
    said = ["Καλημέρα σε όλους", "明日は東京タワーに行きます", "مرحباً بالجميع", "🦕 incoming", 'He said "NEAR/2 (AND) *" ^', "Kaffeehaus"]
    for text in said:
        await alice.write(lobby, text)
    wanted = {"ΚΑΛΗΜΕΡΑ": 0, "όλου": 0, "京タワ": 1, "مرحبا": 2, "🦕": 3, 'near/2 "and"': 4, "feeha": 5, "kafeehaus": 5, "incomign": 3}
    for _ in range(2):
        for query, index in wanted.items():
            assert await found(alice, query, room_id=lobby) == [said[index]], query
        await indexed()


async def test_filters_order_pages_and_highlights(alice, bob, lobby):
    for number in range(12):
        await (alice if number % 2 else bob).write(lobby, f"heron {number}" if number else "herons everywhere")
    assert await found(alice, "heron", room_id=lobby) == [f"heron {number}" for number in range(11, 0, -1)] + ["herons everywhere"]
    assert await found(alice, "heron", **{"from": bob.user_id}) == [f"heron {n}" for n in (10, 8, 6, 4, 2)] + ["herons everywhere"]
    assert await found(alice, "heron", after="2999-01-01") == []
    assert await found(alice, "heron", before="2999-01-01T00:00:00Z", sort="best", limit=1) == ["heron 11"]
    walked = await alice.walk("/search/messages", q="heron", limit=5)
    assert len(walked) == 12 and len({item["message"]["seq"] for item in walked}) == 12
    assert walked[-1]["highlights"] == [{"text": "heron", "hit": True}, {"text": "s everywhere", "hit": False}]
    for bad in ({"q": "x", "sort": "loudest"}, {"q": "x", "after": "yesterday"}, {"q": "x", "limit": "0"}, {"q": "x", "cursor": "?"}, {}):
        check_refusal(await alice.get("/search/messages", params=bad), (400, 422))
    check_refusal(await alice.get("/search/messages", params={"q": "x" * 513}), (400, 422))
    check_refusal(await alice.get("/search/messages?q=%00"), 400)
    check_refusal(await alice.get("/search/messages", params={"q": "x"}, token=""), 401)


async def test_whatever_is_typed_is_a_query(alice, lobby):
    await alice.write(lobby, 'NEAR("a b", 2) OR NOT * ^ {x} : - + \\')

    chance = random.Random(5)
    signs = '"*^():{}-+ANDORTE\\\' u1é東\U0001f389\u200d\n'
    for _ in range(150):
        query = "".join(chance.choice(signs) if chance.random() < 0.8 else chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randint(1, 40)))
        answer = await alice.get("/search/messages", params={"q": query})
        assert answer.status_code == 200, (query, answer.text)
