"""The pictures of users: square, in two sizes, told to whom it concerns, kept by content."""

import pytest

from support.pictures import jpeg, opened, plain_png, png, says_secret
from support.uploads import download, rows, stored, try_upload


async def put_avatar(user, content: bytes, media_type: str = "image/jpeg"):
    return await user.put("/users/me/avatar", content=content, headers={"Content-Type": media_type})


async def set_avatar(user, content: bytes, media_type: str = "image/jpeg") -> str:
    response = await put_avatar(user, content, media_type)
    assert response.status_code == 200, response.text
    return response.json()["avatar_url"]


async def test_a_picture_is_a_square_in_two_sizes_upright_and_without_words(server, alice, bob):
    url = await set_avatar(alice, jpeg(6))
    for size in (64, 256):
        served = await download(bob, f"{url}&size={size}")
        assert served.headers["Content-Type"] == "image/webp" and not says_secret(served.content)
        assert served.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert served.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert opened(served.content).size == (size, size)
    # Of the scene, turned as orientation 6 says, blue is in the upper right corner.
    image = opened(served.content).convert("RGB")
    assert image.getpixel((250, 5))[2] > 150 > image.getpixel((5, 250))[2]
    assert (await download(bob, url)).content == served.content
    bare = await download(bob, url.partition("?")[0])
    assert bare.content == served.content and bare.headers["Cache-Control"] == "private, no-cache"
    assert (await download(bob, url, headers={"If-None-Match": served.headers["ETag"]})).status_code == 304
    assert (await download(bob, f"{url}&size=65")).json()["errors"][0]["field"] == "size"
    assert (await download(bob, url, token="")).status_code == 401
    # What was uploaded is not kept.
    file = url.rpartition("=")[2]
    assert sorted(path.name for path in stored(server) if path.parent.name + path.name.partition(".")[0] == file) == [
        f"{file[2:]}.256",
        f"{file[2:]}.64",
    ]


async def test_those_who_share_a_room_are_told_and_the_same_picture_again_tells_nobody(alice, bob, mallory, lobby):
    hearer, stranger = await bob.connect(), await mallory.connect()
    url = await set_avatar(alice, jpeg())
    event = await hearer.expect("user_updated", user_id=alice.user_id)
    assert event.data["avatar_url"] == url == (await alice.get("/users/me")).json()["avatar_url"]
    assert (await bob.get(f"/users/{alice.user_id}")).json()["avatar_url"] == url
    assert await set_avatar(alice, jpeg()) == url
    await bob.catch_up(hearer)
    assert len(hearer.received("user_updated")) == 1
    other = await set_avatar(alice, png(), "image/png")
    assert other != url and (await hearer.expect("user_updated", avatar_url=other)).data["user_id"] == alice.user_id
    # The old URL shows the present picture, which may not be kept under that name.
    old = await download(bob, url)
    assert old.status_code == 200 and old.headers["Cache-Control"] == "private, no-cache"
    removed = await alice.delete("/users/me/avatar")
    assert removed.status_code == 200 and removed.json()["avatar_url"] is None
    await hearer.expect("user_updated", avatar_url=None)
    assert (await download(bob, url)).status_code == 404
    assert (await alice.delete("/users/me/avatar")).status_code == 200
    await mallory.catch_up(stranger)
    assert not stranger.received("user_updated")


async def test_a_name_that_changes_keeps_the_picture(alice):
    url = await set_avatar(alice, plain_png(), "image/png")
    changed = await alice.patch("/users/me", json={"display_name": "Alice L."})
    assert changed.json()["avatar_url"] == url
    form = await alice.put("/users/me/avatar", files={"file": ("me.jpg", jpeg(), "image/jpeg")})
    assert form.status_code == 200 and form.json()["avatar_url"] not in (None, url)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"hello", "text/plain"), (b"<svg/>", "image/svg+xml"), (b"%PDF-1.7\n", "application/pdf"), (plain_png(), "image/gif")],
)
async def test_what_is_no_picture_is_refused(server, alice, content, media_type):
    before = stored(server)
    assert (await put_avatar(alice, content, media_type)).json()["code"] == "file_type_mismatch"
    assert stored(server) == before and (await alice.get("/users/me")).json()["avatar_url"] is None


async def test_a_picture_is_no_file_of_a_message(server, alice, lobby):
    file = (await set_avatar(alice, plain_png(), "image/png")).rpartition("=")[2]
    assert file in rows(server)
    assert (await alice.get(f"/files/{file}")).status_code == 404
    posted = await alice.post(f"/rooms/{lobby}/messages", json={"content": "", "attachments": [file]})
    assert posted.json()["errors"][0]["code"] == "unknown"
    assert (await alice.delete(f"/files/{file}")).status_code == 404


async def test_an_avatar_counts_as_a_change_of_the_profile(own_server):
    from support.clients import TestUsers

    server = own_server(ECHOCHAT_EVENT_RATE="20/10s")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        pictures = [plain_png(), jpeg(1), jpeg(3), jpeg(6), jpeg(8), png(), png(3), png(6), png(8), jpeg(2), jpeg(4)]
        statuses = []
        for content in pictures:
            media_type = "image/png" if content.startswith(b"\x89") else "image/jpeg"
            statuses.append((await put_avatar(alice, content, media_type)).status_code)
        assert statuses.count(200) == 10 and statuses[-1] == 429
        assert len(rows(server)) == 1, "a picture that was refused is not kept"
        assert (await try_upload(alice, b"x")).status_code == 201
