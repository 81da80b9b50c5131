"""Files: uploaded, attached, read by exactly those who may read the message, and gone with it."""

import hashlib
import os
import shutil
import sqlite3

import pytest

from support.pictures import MEDIA_TYPES, ORIENTATION, WORDS, jpeg, media_type, movie, opened, pictures, plain_png, says_secret, upright
from support.server import wait_until
from support.uploads import download, rows, stored, try_upload, try_upload_form, upload

FILE = {"file_id", "name", "media_type", "size", "width", "height", "url", "thumbnail_url"}
# Erases and sweeps at once.
SWEPT = {"ECHOCHAT_ERASE_WITHIN": "1s"}


async def test_an_uploaded_file_comes_back_as_it_was(alice):
    content = os.urandom(300_000)
    file = await upload(alice, content, "Menü der Woche.bin")
    assert set(file) == FILE
    assert (file["name"], file["media_type"], file["size"]) == ("Menü der Woche.bin", "application/octet-stream", len(content))
    assert (file["width"], file["height"], file["thumbnail_url"]) == (None, None, None)
    response = await download(alice, file["url"])
    assert response.status_code == 200 and response.content == content
    assert response.headers["Content-Disposition"].startswith('attachment; filename="Men_')
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-cache"
    head = await alice.request("HEAD", file["url"].removeprefix("/api/v1"))
    assert head.status_code == 200 and head.headers["Content-Length"] == str(len(content))


async def test_a_form_and_the_bytes_alone_are_the_same_upload(alice):
    content = jpeg()
    by_form = await try_upload_form(alice, content, "photo.jpg", "image/jpeg")
    assert by_form.status_code == 201, by_form.text
    alone = await upload(alice, content, "photo.jpg", "image/jpeg")
    both = [
        {key: value for key, value in file.items() if key not in ("file_id", "url", "thumbnail_url")} for file in (by_form.json(), alone)
    ]
    assert both[0] == both[1]


async def test_parts_and_conditions_are_answered(alice):
    content = os.urandom(10_000)
    file = await upload(alice, content, "data.bin")
    whole = await download(alice, file["url"])
    part = await download(alice, file["url"], headers={"Range": "bytes=9000-", "If-Range": whole.headers["ETag"]})
    assert part.status_code == 206 and part.content == content[9000:]
    assert part.headers["Content-Range"] == "bytes 9000-9999/10000"
    several = await download(alice, file["url"], headers={"Range": "bytes=0-0,5-9"})
    assert several.status_code == 200 and several.content == content
    same = await download(alice, file["url"], headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304 and same.content == b""
    outside = await download(alice, file["url"], headers={"Range": "bytes=20000-"})
    assert outside.status_code == 416 and outside.json()["code"] == "range_not_satisfiable"


async def test_a_file_is_read_by_those_who_may_read_the_message_and_by_nobody_else(alice, bob, mallory, lobby):
    file = await upload(alice, b"for the Lobby", "lobby.txt")
    assert (await download(alice, file["url"])).status_code == 200
    for stranger in (bob, mallory):
        assert (await download(stranger, file["url"])).json()["code"] == "not_found"
    message = await alice.post_message(lobby, "", attachments=[file["file_id"]])
    assert message["attachments"] == [file] and message["content"] == ""
    assert (await download(bob, file["url"])).content == b"for the Lobby"
    strange = await download(mallory, file["url"])
    unknown = await download(mallory, "/api/v1/files/nosuchfile")
    assert strange.status_code == unknown.status_code == 404
    assert strange.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert (await download(alice, file["url"], token="")).status_code == 401
    picture = await upload(alice, plain_png(), "a.png", "image/png")
    thumbnail = f"{picture['url']}/thumbnail"
    assert (await download(bob, thumbnail)).status_code == 404
    message = await alice.post_message(lobby, "", attachments=[picture["file_id"]])
    assert [(await download(user, thumbnail)).status_code for user in (bob, mallory)] == [200, 404]
    # The history, the event and the single message are the same.
    assert (await bob.page(lobby))["messages"][-1] == message


async def test_who_has_left_the_room_cannot_read_its_files_any_more(alice, bob, lobby):
    file = await upload(bob, b"mine", "mine.txt")
    await bob.post_message(lobby, "look", attachments=[file["file_id"]])
    assert (await download(bob, file["url"])).status_code == 200
    await bob.leave(lobby)
    assert (await download(bob, file["url"])).status_code == 404
    assert (await download(alice, file["url"])).status_code == 200
    # Nor can who looks at a public room from outside.
    public = (await alice.create_room("public"))["room_id"]
    shown = await upload(alice, b"public", "public.txt")
    await alice.post_message(public, "", attachments=[shown["file_id"]])
    assert (await download(bob, shown["url"])).status_code == 404


async def test_the_event_and_the_reply_of_the_websocket_have_the_files(alice, bob, lobby):
    connection, hearer = await alice.connect(), await bob.connect()
    file = await upload(alice, plain_png(), "dot.png", "image/png")
    reply = await connection.command("send_message", room_id=lobby, content="a dot", attachments=[file["file_id"]])
    assert reply.event == "ok" and reply.data["message"]["attachments"] == [file]
    event = await hearer.expect("new_message", room_id=lobby)
    assert event.data == reply.data["message"]
    refused = await connection.command("send_message", room_id=lobby, content="again", attachments=[file["file_id"]])
    assert refused.event == "error" and refused.data["errors"][0]["field"] == "data.attachments"


async def test_only_ones_own_unattached_files_can_be_attached_each_once_and_ten_at_most(alice, bob, lobby):
    mine = [await upload(alice, b"x", f"{number}.txt") for number in range(11)]
    theirs = await upload(bob, b"x", "bob.txt")

    async def refused(*files: str) -> str:
        response = await alice.post(f"/rooms/{lobby}/messages", json={"content": "", "attachments": list(files)})
        assert response.status_code == 422 and response.json()["errors"][0]["field"] == "attachments", response.text
        return response.json()["errors"][0]["code"]

    assert await refused(theirs["file_id"]) == "unknown"
    assert await refused("nosuchfile") == await refused("../../etc/passwd") == "unknown"
    assert await refused(mine[0]["file_id"], mine[0]["file_id"]) == "duplicate"
    assert await refused(*(file["file_id"] for file in mine)) == "count"
    message = await alice.post_message(lobby, "", attachments=[file["file_id"] for file in mine[:10]])
    assert [file["name"] for file in message["attachments"]] == [f"{number}.txt" for number in range(10)]
    assert await refused(mine[0]["file_id"]) == "unknown"
    empty = await alice.post(f"/rooms/{lobby}/messages", json={"content": "", "attachments": []})
    assert empty.status_code == 422 and empty.json()["errors"][0]["code"] == "empty"


async def test_a_message_with_files_that_is_sent_again_is_the_same_message(alice, lobby):
    file, other = await upload(alice), await upload(alice)
    body = {"content": "", "client_id": "c1", "attachments": [file["file_id"]]}
    first = await alice.post(f"/rooms/{lobby}/messages", json=body)
    again = await alice.post(f"/rooms/{lobby}/messages", json=body)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    with_another = await alice.post(f"/rooms/{lobby}/messages", json={**body, "attachments": [other["file_id"]]})
    assert with_another.json()["code"] == "client_id_reused"


async def test_an_edit_keeps_the_files_and_may_take_the_text_away(alice, bob, lobby):
    file = await upload(alice)
    seq = (await alice.post_message(lobby, "words", attachments=[file["file_id"]]))["seq"]
    edited = await alice.patch(f"/rooms/{lobby}/messages/{seq}", json={"content": ""})
    assert edited.status_code == 200 and edited.json()["attachments"] == [file] and edited.json()["content"] == ""
    plain = (await alice.post_message(lobby, "words"))["seq"]
    assert (await alice.patch(f"/rooms/{lobby}/messages/{plain}", json={"content": ""})).status_code == 422
    reacted = await bob.put(f"/rooms/{lobby}/messages/{seq}/reactions/👍")
    assert reacted.json()["attachments"] == [file]


async def test_ones_own_file_can_be_deleted_until_it_is_attached(alice, bob, mallory, lobby):
    loose, attached = await upload(alice), await upload(alice)
    assert (await bob.delete(f"/files/{loose['file_id']}")).status_code == 404
    assert (await alice.delete(f"/files/{loose['file_id']}")).status_code == 204
    assert (await download(alice, loose["url"])).status_code == 404
    await alice.post_message(lobby, "", attachments=[attached["file_id"]])
    assert (await alice.delete(f"/files/{attached['file_id']}")).json()["code"] == "conflict"
    assert (await bob.delete(f"/files/{attached['file_id']}")).json()["code"] == "forbidden"
    assert (await mallory.delete(f"/files/{attached['file_id']}")).status_code == 404


async def test_a_file_is_found_by_its_name(alice, bob, mallory, lobby):
    file = await upload(alice, b"x", "Quarterly-Zebrafish report.txt")
    seq = (await alice.post_message(lobby, "for you", attachments=[file["file_id"]]))["seq"]
    await alice.post_message(lobby, "nothing of the kind")

    async def found(user, words: str) -> list:
        response = await user.get("/search/messages", params={"q": words, "room_id": lobby})
        assert response.status_code == 200, response.text
        return response.json()["items"]

    [hit] = await found(bob, "zebrafish")
    assert hit["message"]["seq"] == seq
    assert [part["text"] for part in hit["highlights"] if part["hit"]] == ["Zebrafish"]
    assert len(await found(bob, "quarterly report")) == len(await found(bob, "for you")) == 1
    assert (await alice.delete(f"/rooms/{lobby}/messages/{seq}")).status_code == 200
    assert await found(bob, "zebrafish") == []


# Pictures


@pytest.mark.parametrize("name", pictures())
async def test_a_picture_stands_upright_and_tells_nothing(server, alice, name):
    content = pictures()[name]
    assert says_secret(content) and WORDS
    file = await upload(alice, content, name, media_type(name))
    shown = upright(content)
    assert (file["width"], file["height"]) == shown.size and file["media_type"] == MEDIA_TYPES[name.rsplit(".")[-1]]
    served = await download(alice, file["url"])
    assert served.headers["Content-Type"] == file["media_type"] and served.headers["Content-Disposition"].startswith("inline")
    assert not says_secret(served.content) and upright(served.content).size == shown.size
    assert upright(served.content).convert("RGB").tobytes() == shown.convert("RGB").tobytes()
    thumbnail = await download(alice, file["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/webp" and not says_secret(thumbnail.content)
    small = opened(thumbnail.content)
    # An orientation beside it would turn it twice.
    assert small.size == shown.size and small.getexif().get(ORIENTATION, 1) == 1
    if name == "cmyk.jpg":
        return  # its colours are converted, by a profile that is not of its kind
    corner, opposite = small.convert("RGB").getpixel((2, 2)), small.convert("RGB").getpixel((small.width - 3, small.height - 3))
    for pixel, original in ((corner, (2, 2)), (opposite, (shown.width - 3, shown.height - 3))):
        assert all(abs(a - b) < 90 for a, b in zip(pixel, shown.convert("RGB").getpixel(original), strict=True)), (name, pixel)
    # What other tests have stored there is theirs.
    paths = [path for path in stored(server) if (path.parent.name + path.name).startswith(file["file_id"])]
    assert len(paths) == 2, "the picture and its thumbnail"
    for path in paths:
        assert not says_secret(path.read_bytes()), path


async def test_a_movie_tells_no_place(alice):
    content = movie()
    assert says_secret(content)
    for declared in ("video/quicktime", "video/mp4", None):
        file = await upload(alice, content, "clip.mov", declared)
        served = await download(alice, file["url"])
        assert not says_secret(served.content) and len(served.content) == file["size"] == len(content)
        assert served.content.endswith(b"sound and pictures") and served.headers["Content-Disposition"].startswith("inline")


async def test_without_the_program_pictures_have_no_thumbnails(own_server, tmp_path):
    from support.clients import TestUsers

    programs = tmp_path / "bin"
    programs.mkdir()
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    (programs / "nginx").symlink_to(nginx)
    path = os.environ["PATH"]
    os.environ["PATH"] = str(programs)
    try:
        server = own_server()
    finally:
        os.environ["PATH"] = path
    assert "libvips-tools" in (server.data / "log" / "rest.log").read_text()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        file = await upload(alice, jpeg(), "photo.jpg", "image/jpeg")
        assert file["thumbnail_url"] is None and (file["width"], file["height"]) == (32, 48)
        assert (await download(alice, file["url"] + "/thumbnail")).status_code == 404
        picture = await alice.put("/users/me/avatar", content=jpeg(), headers={"Content-Type": "image/jpeg"})
        assert picture.status_code == 200, picture.text
        avatar = await download(alice, picture.json()["avatar_url"])
        assert avatar.headers["Content-Type"] == "image/jpeg" and not says_secret(avatar.content)


# The end of files


@pytest.fixture
async def swept(own_server):
    from support.clients import TestUsers

    server = own_server(**SWEPT)
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        yield server, alice, bob, room


async def test_the_bytes_of_a_deleted_message_leave_the_disk(swept):
    server, alice, bob, room = swept
    kept, gone = await upload(alice, b"kept", "a.txt"), await upload(alice, jpeg(), "b.jpg", "image/jpeg")
    await alice.post_message(room, "", attachments=[kept["file_id"]])
    seq = (await alice.post_message(room, "", attachments=[gone["file_id"]]))["seq"]
    assert len(stored(server)) == 3
    hearer = await bob.connect()
    deleted = await alice.delete(f"/rooms/{room}/messages/{seq}")
    assert deleted.json()["attachments"] == []
    await hearer.expect("message_deleted", room_id=room)
    assert (await download(bob, gone["url"])).status_code == (await download(alice, gone["thumbnail_url"])).status_code == 404
    wait_until(lambda: len(stored(server)) == 1, 10, "the file and its thumbnail are deleted")
    assert (await download(bob, kept["url"])).content == b"kept"
    assert totals(server) == {0: 4096, 1: 4096}


def totals(server) -> dict[int, int]:
    """Bytes on disk by user, of those that have any; of user 0: of all."""
    with sqlite3.connect(f"file:{server.data / 'echochat.db'}?mode=ro", uri=True) as database:
        return dict(database.execute("SELECT user_id, disk_bytes FROM file_totals WHERE disk_bytes > 0"))


async def test_files_go_with_their_room_and_with_the_account_of_their_uploader(swept):
    server, alice, bob, room = swept
    other = (await alice.create_room("group", members=[bob]))["room_id"]
    of_room, of_bob = await upload(alice, b"room", "a.txt"), await upload(bob, b"bob", "Wombat list.txt")
    loose = await upload(bob, b"loose", "c.txt")
    await alice.post_message(room, "", attachments=[of_room["file_id"]])
    await bob.post_message(other, "mine", attachments=[of_bob["file_id"]])
    await bob.put("/users/me/avatar", content=plain_png(), headers={"Content-Type": "image/png"})
    assert len(await alice_finds(alice, "wombat")) == 1
    assert (await alice.delete(f"/rooms/{room}")).status_code == 204
    assert (await download(alice, of_room["url"])).status_code == 404
    hearer = await alice.connect()
    assert (await bob.delete("/users/me", json={"password": bob.password})).status_code == 204
    edited = await hearer.expect("message_edited", room_id=other)
    assert (edited.data["attachments"], edited.data["content"], edited.data["display_name"]) == ([], "mine", "Deleted user")
    assert (await download(alice, of_bob["url"])).status_code == (await download(alice, loose["url"])).status_code == 404
    wait_until(lambda: stored(server) == [] and rows(server) == [], 10, "all files are deleted")
    wait_until(lambda: totals(server) == {}, 5, "nothing is counted")
    assert await alice_finds(alice, "wombat") == []
    # Neither the names nor the bytes are anywhere.
    wait_until(lambda: not names_in(server, b"Wombat"), 20, "the name is in no file")


async def alice_finds(user, words: str) -> list:
    return (await user.get("/search/messages", params={"q": words})).json()["items"]


def names_in(server, word: bytes) -> list:
    from support.files import entries, read

    return [path for path in entries(server.data) if path.is_file() and path.parent.name != "log" and word.lower() in read(path).lower()]


async def test_what_is_in_no_message_is_deleted_after_a_time(own_server):
    from support.clients import TestUsers

    server = own_server(**SWEPT, ECHOCHAT_UNATTACHED_KEEP="1s")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        attached = await upload(alice, b"kept", "kept.txt")
        await alice.post_message(room, "", attachments=[attached["file_id"]])
        await alice.put("/users/me/avatar", content=plain_png(), headers={"Content-Type": "image/png"})
        kept = len(stored(server))
        loose = await upload(alice)
        wait_until(lambda: len(rows(server)) == 2 and len(stored(server)) == kept, 15, "the loose file is deleted")
        assert (await download(alice, loose["url"])).status_code == 404
        assert (await download(alice, attached["url"])).status_code == 200


async def test_the_export_lists_files(alice, lobby):
    file = await upload(alice, b"data", "data.txt")
    await alice.put("/users/me/avatar", content=plain_png(), headers={"Content-Type": "image/png"})
    listed = (await alice.get("/users/me/export")).json()["files"]
    assert [(each["name"], each["purpose"], each["url"]) for each in listed] == [
        ("data.txt", "attachment", file["url"]),
        ("avatar", "avatar", None),
    ]


async def test_what_is_stored_is_named_by_chance_and_closed_to_strangers(server, alice):
    file = await upload(alice, b"x", "../../etc/passwd")
    assert file["name"] == "passwd"
    [path] = [path for path in stored(server) if path.parent.name + path.name == file["file_id"]]
    assert path.parent.parent == server.data / "files"
    assert path.stat().st_mode & 0o777 == 0o640 and path.parent.stat().st_mode & 0o777 == 0o750
    assert (server.data / "files").stat().st_mode & 0o777 == 0o750
    # No path leads past the worker.
    for target in (f"/echochat-files/{path.parent.name}/{path.name}", "/echochat-files/", "/echochat-files/../echochat.db"):
        assert (await alice.http.get(target)).status_code == 404, target
    assert hashlib.sha256(path.read_bytes()).digest() in rows(server, "SELECT sha256 FROM files")


async def test_a_name_that_is_no_percent_encoded_text_is_refused(alice):
    for name in ("%zz", "%ff", "%00"):
        response = await alice.post("/files", content=b"x", headers={"X-Filename": name})
        assert response.status_code == 400, (name, response.text)
    assert (await try_upload(alice, b"", "empty.txt")).json()["errors"][0]["code"] == "empty"
