"""Invalid request bodies over REST get a problem response, and nothing breaks."""

import gzip
import json
import random

import pytest

from support.clients import API
from support.problems import INVALID, check_error, check_field
from support.raw_socket import JSON, bearer, check_problem_response, exchange, request

BROKEN_JSON = {
    "empty": b"",
    "blank": b" \n\t ",
    "a brace": b"{",
    "two values": b'{"content":"x"} {"content":"y"}',
    "trailing comma": b'{"content":"x",}',
    "single quotes": b"{'content':'x'}",
    "no quotes": b"{content:1}",
    "comment": b'{"content":"x"/*hi*/}',
    "unfinished string": b'{"content":"x',
    "unfinished escape": b'{"content":"\\',
    "bad escape": b'{"content":"\\x41"}',
    "short unicode escape": b'{"content":"\\u12"}',
    "raw newline in a string": b'{"content":"a\nb"}',
    "raw NUL in a string": b'{"content":"a\0b"}',
    "NaN": b'{"content":NaN}',
    "Infinity": b'{"content":-Infinity}',
    "leading zero": b'{"content":"x","reply_to":01}',
    "plus sign": b'{"content":"x","reply_to":+1}',
    "invalid UTF-8": b'{"content":"\xff\xfe"}',
    "overlong UTF-8": b'{"content":"\xc0\xaf"}',
    "UTF-8 surrogate": b'{"content":"\xed\xa0\x80"}',
    "cut UTF-8": b'{"content":"\xe2\x82',
    "beyond Unicode": b'{"content":"\xf4\x90\x80\x80"}',
    "UTF-16": '{"content":"x"}'.encode("utf-16"),
    "nested arrays": b"[" * 10_000,
    "nested closed arrays": b"[" * 10_000 + b"]" * 10_000,
    "nested objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "content nested deep": b'{"content":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "array": b"[]",
    "number": b"7",
    "huge number": b"9" * 1000,
    "string": b'"content"',
    "null": b"null",
    "true": b"true",
    "form": b"content=x",
    "a page": b"<html></html>",
    "zeros": b"\0" * 100,
}


@pytest.mark.parametrize("name", BROKEN_JSON)
async def test_an_unparsable_body_is_refused(alice, lobby, name):
    paths = ["/auth/register", "/auth/login", "/auth/refresh", "/auth/revoke", "/auth/password/change"]
    # A refresh without a body is no mistake: the token may be in a cookie.
    for path in (f"/rooms/{lobby}/messages", "/rooms", *(path for path in paths if BROKEN_JSON[name] or path != "/auth/refresh")):
        response = await alice.post(path, content=BROKEN_JSON[name], headers={"Content-Type": "application/json"})
        check_error(response, (400, 401, 422))
    assert (await alice.get_room(lobby))["last_seq"] == 0


LONE_SURROGATES = [b'"\\ud800"', b'"\\udc00"', b'"a\\ud83d"', b'"\\ude00\\ud83d"', b'"\\ud800\\u0041"', b'"\\uD83D\\uD83D"']


@pytest.mark.parametrize("value", LONE_SURROGATES, ids=lambda value: value.decode())
async def test_a_lone_surrogate_is_refused_or_replaced(alice, bob, lobby, value):
    response = await alice.post(
        f"/rooms/{lobby}/messages", content=b'{"content":' + value + b"}", headers={"Content-Type": "application/json"}
    )
    if response.status_code != 201:
        check_error(response, INVALID)
    page = await bob.get(f"/rooms/{lobby}/messages")
    assert page.status_code == 200
    page.content.decode("utf-8")
    for message in page.json()["messages"]:
        message["content"].encode("utf-8")


async def test_a_surrogate_pair_is_one_character(alice, lobby):
    response = await alice.post(
        f"/rooms/{lobby}/messages", content=b'{"content":"\\ud83d\\ude00"}', headers={"Content-Type": "application/json"}
    )
    assert response.json()["content"] == "😀"


async def test_a_nul_in_a_message_is_refused_or_stored(alice, bob, lobby):
    response = await alice.post(f"/rooms/{lobby}/messages", json={"content": "before\x00after"})
    if response.status_code == 201:
        assert (
            (await bob.page(lobby))["messages"][0]["content"]
            == response.json()["content"]
            in ("before\x00after", "beforeafter", "before\ufffdafter")
        )
    else:
        check_error(response, INVALID)


@pytest.mark.parametrize(
    "reply_to",
    [
        "1e400",
        "-1e400",
        "1e18",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "4294967296",
        "1.0000000001",
        "1E-400",
        "9" * 400,
        "-0",
        "0",
    ],
)
async def test_numbers_out_of_range_are_refused(alice, lobby, reply_to):
    response = await alice.post(
        f"/rooms/{lobby}/messages",
        content=b'{"content":"x","reply_to":%s}' % reply_to.encode(),
        headers={"Content-Type": "application/json"},
    )
    check_error(response, (400, 404, 422))


# What is no whole number of 64 bits, and the code of the field's error.
UNFIT_NUMBERS = {
    "1e400": "range",
    "-1e400": "range",
    "99999999999999999999": "range",
    "9223372036854775808": "range",
    "-9223372036854775809": "range",
    "9" * 400: "range",
    "1e99999999999999999999": "range",
    "1.5": "format",
    "-0.5": "format",
    "1e-400": "format",
    "1.0000000000000000000001": "format",
    '"1"': "type",
    "true": "type",
    "[1]": "type",
    "{}": "type",
}


@pytest.mark.parametrize("number", UNFIT_NUMBERS, ids=lambda number: number[:12])
async def test_a_number_that_does_not_fit_is_refused_with_its_field(alice, lobby, number):
    await alice.post_message(lobby, "x")
    for method, path, field in (
        ("POST", "messages", "reply_to"),
        ("POST", "invites", "expires_in"),
        ("POST", "invites", "uses"),
        ("PUT", "markers", "delivered_seq"),
        ("PUT", "markers", "preview_seq"),
        ("PUT", "markers", "read_seq"),
    ):
        body = b'{"content":"x","%s":%s}' % (field.encode(), number.encode())
        response = await alice.request(method, f"/rooms/{lobby}/{path}", content=body, headers={"Content-Type": "application/json"})
        check_field(check_error(response, 422), field, UNFIT_NUMBERS[number])
    assert (await alice.get_room(lobby))["last_seq"] == 1


@pytest.mark.parametrize("number", ["1e400", "99999999999999999999", "1.5", "-0", "1e-400"])
async def test_a_number_in_the_place_of_a_text_is_refused_with_its_field(alice, lobby, number):
    for method, path, others, field in (
        ("POST", f"/rooms/{lobby}/messages", '"client_id":"c"', "content"),
        ("POST", f"/rooms/{lobby}/messages", '"content":"x"', "client_id"),
        ("POST", "/rooms", '"kind":"group"', "name"),
        ("POST", "/rooms", '"kind":"group","name":"x"', "members"),
        ("PATCH", f"/rooms/{lobby}", '"x":1', "topic"),
        ("PATCH", "/users/me", '"x":1', "display_name"),
        ("PATCH", "/users/me", '"x":1', "hide_read_receipts"),
        ("PUT", f"/rooms/{lobby}/notify", '"x":1', "level"),
        ("POST", "/auth/login", '"password":"x"', "username"),
        ("POST", "/auth/register", '"username":"someone"', "password"),
    ):
        body = f'{{{others},"{field}":{number}}}'.encode()
        response = await alice.request(method, path, content=body, headers={"Content-Type": "application/json"})
        check_field(check_error(response, 422), field, "type")


async def test_a_long_run_of_combining_marks_is_refused_with_its_field(alice, lobby):
    marks = "e" + "\u0301" * 200
    for path, body, field in (
        (f"/rooms/{lobby}/messages", {"content": marks}, "content"),
        ("/rooms", {"kind": "group", "name": marks}, "name"),
        ("/rooms", {"kind": "group", "name": "x", "members": ["a", marks]}, "members.1"),
        ("/auth/register", {"username": marks, "password": "a long walk"}, "username"),
        ("/auth/login", {"username": "x", "password": marks}, "password"),
        (f"/rooms/{lobby}/messages", {"content": "x", "unknown": {"deep": [marks]}}, "unknown.deep.0"),
    ):
        for ascii in (True, False):
            content = json.dumps(body, ensure_ascii=ascii).encode()
            response = await alice.post(path, content=content, headers={"Content-Type": "application/json"})
            check_field(check_error(response, 422), field, "characters")
    form = {"username": "e" + "\u0301" * 200, "password": "x"}
    check_field(check_error(await alice.post("/auth/login", token="", data=form), 422), "username", "characters")
    check_field(check_error(await alice.get("/users", params={"q": marks}), 422), "q", "characters")
    await alice.post_message(lobby, "x")
    check_field(check_error(await alice.put(f"/rooms/{lobby}/messages/1/reactions/{marks}"), 422), "emoji", "characters")


@pytest.mark.parametrize("number", ["1e400", "99999999999999999999", "1.5", "-0", "-1", "+1", "1e3", ""])
async def test_a_number_of_a_query_that_does_not_fit_is_refused_with_its_name(alice, lobby, number):
    for name in ("before", "after", "around", "limit"):
        response = await alice.get(f"/rooms/{lobby}/messages", params={name: number})
        check_field(check_error(response, 422), name)
    check_field(check_error(await alice.get("/rooms", params={"cursor": number or "x"}), 422), "cursor")
    check_field(check_error(await alice.get("/search/messages", params={"q": "x", "after": number or "x"}), 422), "after")


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", "deflate", "br", "identity, gzip", "nonsense"])
async def test_a_body_in_a_coding_is_refused_and_told_what_is_accepted(alice, lobby, coding):
    body = gzip.compress(b'{"content":"x"}')
    for path in (f"/rooms/{lobby}/messages", "/rooms", "/auth/login"):
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        response = await alice.post(path, content=body, headers=headers)
        check_error(response, 415, "unsupported_content_encoding")
        assert response.headers["accept-encoding"] == "identity"
    assert (await alice.get_room(lobby))["last_seq"] == 0


async def test_a_body_that_is_sent_as_it_is_may_say_so(alice, lobby):
    for coding in ("identity", "Identity"):
        response = await alice.post(f"/rooms/{lobby}/messages", json={"content": "x"}, headers={"Content-Encoding": coding})
        assert response.status_code == 201, response.text


async def test_malformed_json_is_told_with_its_place_and_not_called_bad_utf_8(alice, lobby):
    for body, part in (
        (b'{"content":"a\nb"}', "control character at byte 13"),
        (b'{"content":"x",}', "from byte 15 on"),
        (b"[" * 40, "within each other"),
        (b'{"content":"\xff"}', "UTF-8"),
    ):
        response = await alice.post(f"/rooms/{lobby}/messages", content=body, headers={"Content-Type": "application/json"})
        detail = check_error(response, 400, "malformed_json")["detail"]
        assert part in detail and ("UTF-8" in detail) == (part == "UTF-8"), detail


@pytest.mark.parametrize("client_id", [7, True, [], {}, "x" * 10_000, "a\x00b"], ids=lambda value: f"{value!a}"[:12])
async def test_an_invalid_client_id_is_refused(alice, lobby, client_id):
    check_error(await alice.post(f"/rooms/{lobby}/messages", json={"content": "x", "client_id": client_id}), INVALID)


async def test_unknown_fields_are_ignored(alice, lobby):
    message = await alice.post_message(
        lobby, "x", seq=99, user_id="somebody", deleted=True, created_at="1970-01-01T00:00:00.000Z", sudo=True
    )
    assert (message["seq"], message["user_id"], message["deleted"]) == (1, alice.user_id, False)
    assert not message["created_at"].startswith("1970")


async def test_a_duplicate_field_does_not_bypass_a_check(alice, lobby):
    response = await alice.post(
        f"/rooms/{lobby}/messages",
        content=b'{"content":"short","content":"%s"}' % (b"x" * 5000),
        headers={"Content-Type": "application/json"},
    )
    if response.status_code == 201:
        assert response.json()["content"] == "short"
    else:
        check_error(response, INVALID)


@pytest.mark.parametrize("size", [65_537, 70_000, 1_000_000, 30_000_000])
async def test_a_body_that_is_too_large_is_refused(alice, lobby, size):
    frame = b'{"content":"x","padding":"%s"}'
    body = frame % (b"p" * (size - len(frame) + 2))
    raw = request("POST", f"{API}/rooms/{lobby}/messages", [bearer(alice), JSON], body)
    check_problem_response(await exchange(alice.server.port, raw), (413,))


async def test_a_body_of_exactly_64_kib_is_accepted(alice, lobby):
    frame = b'{"content":"x","padding":"%s"}'
    body = frame % (b"p" * (65_536 - len(frame) + 2))
    assert len(body) == 65_536
    response = await alice.post(f"/rooms/{lobby}/messages", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 201, response.text


async def test_a_chunked_body_is_accepted_up_to_the_limit(alice, lobby):
    async def chunks(count):
        yield b'{"content":"in chunks","padding":"'
        for _ in range(count):
            yield b"p" * 1000
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    small = await alice.post(f"/rooms/{lobby}/messages", content=chunks(3), headers=headers)
    assert small.status_code == 201, small.text
    raw = request(
        "POST",
        f"{API}/rooms/{lobby}/messages",
        [bearer(alice), JSON, ("Transfer-Encoding", "chunked")],
        b"".join(b"3e8\r\n" + b"p" * 1000 + b"\r\n" for _ in range(100)) + b"0\r\n\r\n",
    )
    check_problem_response(await exchange(alice.server.port, raw), (413,))


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/html",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "image/png",
        "json",
        "💥".encode().decode("latin-1"),
        "application/jsonx",
    ],
)
async def test_a_body_of_another_media_type_is_refused(alice, lobby, kind):
    response = await alice.post(f"/rooms/{lobby}/messages", content=b'{"content":"x"}', headers=[(b"Content-Type", kind.encode("latin-1"))])
    check_error(response, (400, 415))
    assert (await alice.get_room(lobby))["last_seq"] == 0


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]
)
async def test_several_spellings_of_the_json_media_type_are_accepted(alice, lobby, kind):
    response = await alice.post(f"/rooms/{lobby}/messages", content='{"content":"ü"}'.encode(), headers={"Content-Type": kind})
    assert response.status_code == 201, response.text


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"username=alice",
        b"%",
        b"username=%ff&password=%00",
        b"&&&===",
        b"username=a&username=b&password=c",
        b"username=%zz&password=%",
        b"\xff\xfe=1",
    ],
)
async def test_an_unparsable_login_form_is_refused(users, form):
    response = await users.unregistered("x").post(
        "/auth/login", token="", content=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    check_error(response, (400, 401, 422))


async def test_a_thousand_random_bodies_are_never_a_server_error(alice, lobby):
    """Valid requests with a few bytes changed, from a fixed seed."""
    rng = random.Random(20260205)
    good = json.dumps(
        {"content": "héllo ☃", "client_id": "c", "reply_to": None, "attachments": [], "extra": {"a": [1, 2.5e3, True]}}, ensure_ascii=False
    ).encode()
    for _ in range(1000):
        body = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(body))
            match rng.randrange(3):
                case 0:
                    body[at] = rng.randrange(256)
                case 1:
                    del body[at]
                case _:
                    body.insert(at, rng.randrange(256))
        response = await alice.post(f"/rooms/{lobby}/messages", content=bytes(body), headers={"Content-Type": "application/json"})
        if response.status_code not in (200, 201):
            check_error(response, (400, 409, 422))
