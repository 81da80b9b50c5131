"""Headers that say where things are: Location of what was made, Link to further pages, RateLimit, and who may read them."""

import re

import pytest

from support.accounts import sign_up
from support.clients import API, TestUsers
from support.problems import check_error

LINK = re.compile(r'<([^>]+)>; rel="(\w+)"')


def links(response) -> dict[str, str]:
    return {relation: target for target, relation in LINK.findall(response.headers.get("link", ""))}


async def follow(user, path: str, **query) -> list[dict]:
    """Reads a list by its links alone, and checks that they say what the body says."""
    items = []
    response = await user.get(path, params=query)
    for _ in range(100):
        assert response.status_code == 200, response.text
        items += response.json()["items"]
        target = links(response).get("next")
        assert (target is None) == (response.json()["next_cursor"] is None), response.headers
        if target is None:
            return items
        response = await user.request("GET", target.removeprefix(API))
    raise AssertionError(f"{path} does not end")


async def test_every_201_says_where_the_new_thing_is(users, alice, bob, mallory, lobby):
    created = {
        "register": await sign_up(users.unregistered("carol")),
        "room": await alice.post("/rooms", json={"kind": "group", "name": "Club"}),
        "direct": await alice.post("/rooms", json={"kind": "direct", "members": [mallory.user_id]}),
        "message": await alice.post(f"/rooms/{lobby}/messages", json={"content": "hello"}),
        "member": await alice.put(f"/rooms/{lobby}/members/{mallory.user_id}", json={}),
        "report": await bob.post(f"/rooms/{lobby}/messages/1/report", json={"reason": "x"}),
        "invite": await alice.post(f"/rooms/{lobby}/invites"),
        "ban": await alice.put(f"/rooms/{lobby}/bans/{mallory.user_id}"),
    }
    for name, response in created.items():
        assert response.status_code == 201, (name, response.text)
        assert response.headers["location"].startswith(f"{API}/"), (name, response.headers)
    for name in ("room", "direct", "message", "ban", "register", "invite"):
        target = created[name].headers["location"].removeprefix(API)
        response = await alice.get(target)
        assert response.status_code == 200, (name, target, response.text)
    assert created["member"].headers["location"] == f"{API}/rooms/{lobby}/members/{mallory.user_id}"
    assert created["report"].headers["location"] == f"{API}/rooms/{lobby}/reports/1"
    again = await alice.post("/rooms", json={"kind": "direct", "members": [mallory.user_id]})
    assert again.status_code == 200 and "location" not in again.headers


async def test_a_client_reads_every_list_by_its_links(users, alice, bob, lobby):
    for number in range(3):
        assert (await alice.post(f"/rooms/{lobby}/invites")).status_code == 201
        await alice.create_room("public", f"{alice.username} {number}")
        await alice.another_session()
        await alice.post_message(lobby, f"zebrafish & <{number}> é")
        await bob.post(f"/rooms/{lobby}/messages/{number + 1}/report")
        other = await users.register(f"other-{alice.username[-8:]}")
        assert (await alice.put(f"/users/{other.user_id}/block")).is_success
        assert (await alice.put(f"/rooms/{lobby}/bans/{other.user_id}")).is_success
    lists = [
        ("/rooms", {}),
        ("/rooms/public", {"q": alice.username}),
        ("/rooms/public", {}),
        (f"/rooms/{lobby}/members", {}),
        (f"/rooms/{lobby}/bans", {}),
        (f"/rooms/{lobby}/invites", {}),
        (f"/rooms/{lobby}/reports", {}),
        (f"/rooms/{lobby}/messages/1/receipts", {}),
        ("/users", {"q": f"other-{alice.username[-8:]}"}),
        ("/users/me/blocks", {}),
        ("/auth/sessions", {}),
        ("/search/messages", {"q": "zebrafish", "after": "2020-01-01", "room_id": lobby}),
    ]
    for path, query in lists:
        limit = 50 if path == "/rooms/public" and not query else 1
        everything = await alice.list_all(path, limit=limit, **query)
        assert everything, path
        assert await follow(alice, path, limit=limit, **query) == everything, path


async def test_a_page_of_messages_links_to_both_sides(alice, lobby):
    for number in range(1, 8):
        await alice.post_message(lobby, f"m{number}")
    page = await alice.get(f"/rooms/{lobby}/messages", params={"around": 4, "limit": 3})
    assert [message["seq"] for message in page.json()["messages"]] == [3, 4, 5]
    after = await alice.request("GET", links(page)["next"].removeprefix(API))
    assert [message["seq"] for message in after.json()["messages"]] == [6, 7] and set(links(after)) == {"prev"}
    before = await alice.request("GET", links(page)["prev"].removeprefix(API))
    assert [message["seq"] for message in before.json()["messages"]] == [1, 2] and set(links(before)) == {"next"}
    assert links(await alice.get(f"/rooms/{lobby}/messages")) == {}
    tag = page.headers["etag"]
    unchanged = await alice.get(f"/rooms/{lobby}/messages", params={"around": 4, "limit": 3}, headers={"If-None-Match": tag})
    assert unchanged.status_code == 304 and links(unchanged) == links(page)


EXPOSED = {"etag", "link", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"}


async def test_a_page_of_a_listed_origin_may_read_the_headers(own_server):
    server = own_server(ECHOCHAT_ORIGINS="https://app.example", ECHOCHAT_COMMAND_RATE="3/10s")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        origin = {"Origin": "https://app.example"}
        responses = [await alice.post("/rooms", json={"kind": "group", "name": "x"}, headers=origin) for _ in range(4)]
        assert responses[0].status_code == 201 and responses[0].headers["location"]
        check_error(responses[3], 429, "rate_limited")
        assert responses[3].headers["ratelimit"].startswith('"commands";r=0') and responses[3].headers["ratelimit-policy"]
        responses.append(await alice.post("/rooms", content=b"x" * 70_000, headers=origin))
        check_error(responses[-1], 413, "payload_too_large")
        for response in responses:
            exposed = {name.strip().lower() for name in response.headers["access-control-expose-headers"].split(",")}
            assert exposed >= EXPOSED, response.headers
            assert response.headers["access-control-allow-origin"] == "https://app.example"
        for foreign in ("https://evil.example", "https://app.example.evil", "null"):
            for response in (
                await alice.get("/rooms", headers={"Origin": foreign}),
                await alice.post("/rooms", content=b"x" * 70_000, headers={"Origin": foreign}),
            ):
                assert not any(name.startswith("access-control") for name in response.headers), response.headers


@pytest.mark.parametrize("path", ["/healthz", "/health"])
async def test_both_names_of_the_health_check_answer(alice, path):
    response = await alice.http.get(path)
    assert response.status_code == 200 and response.json() == {"status": "ok"}
    assert (await alice.http.head(path)).status_code == 200


async def test_what_anybody_may_read_can_be_revalidated(alice, lobby):
    code = (await alice.post(f"/rooms/{lobby}/invites", json={})).json()["code"]
    for path in ("", f"/invites/{code}"):
        first = await alice.get(path, token="")
        assert first.status_code == 200, first.text
        tag = first.headers["etag"]
        unchanged = await alice.get(path, token="", headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", tag)
        assert (await alice.get(path, token="", headers={"If-None-Match": 'W/"another"'})).status_code == 200
    before = (await alice.get(f"/invites/{code}", token="")).headers["etag"]
    assert (await alice.patch(f"/rooms/{lobby}", json={"topic": "changed"})).is_success
    assert (await alice.get(f"/invites/{code}", token="", headers={"If-None-Match": before})).status_code == 200
