"""Invalid paths and unknown rooms over REST get a problem response, and nothing breaks."""

import secrets

import httpx
import pytest

from support.clients import API
from support.problems import INVALID, check_error, without_request_id
from support.raw_socket import JSON, bearer, check_problem_response, exchange, request


@pytest.mark.parametrize(
    "room",
    [
        "x",
        "0",
        "-1",
        "null",
        "undefined",
        "A" * 22,
        "A" * 1000,
        "%F0%9F%98%80",
        "a%20b",
        "'%20OR%201=1--",
        "*",
        "%25",
        "lobby.json",
        ";a=b",
    ],
)
async def test_a_room_that_does_not_exist_is_not_found(alice, room):
    for method, rest in (
        ("GET", ""),
        ("GET", "/messages"),
        ("POST", "/messages"),
        ("POST", "/join"),
        ("GET", "/members"),
        ("GET", "/messages/1"),
    ):
        headers = [bearer(alice), JSON]
        raw = request(method, f"{API}/rooms/{room}{rest}", headers, b'{"content":"x"}' if method == "POST" else b"")
        check_problem_response(await exchange(alice.server.port, raw), (404,))


@pytest.mark.parametrize(
    "seq",
    ["0", "-1", "abc", "1.0", "1e3", "+1", "%201", "01x", "9223372036854775807", "9223372036854775808", "9" * 50, "0x1", "%31%00", "١"],
)
async def test_a_message_that_does_not_exist_is_not_found(alice, lobby, seq):
    await alice.post_message(lobby, "the only one")
    for method in ("GET", "PATCH", "DELETE"):
        raw = request(
            method, f"{API}/rooms/{lobby}/messages/{seq}".encode(), [bearer(alice), JSON], b'{"content":"x"}' if method == "PATCH" else b""
        )
        check_problem_response(await exchange(alice.server.port, raw), (400, 404, 422))
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["the only one"]


MALFORMED_PATHS = [
    "/api/v1//rooms",
    "//api/v1/rooms",
    "/api//v1/rooms",
    "/api/v1/rooms/",
    "/api/v1/rooms//",
    "/api/v1/./rooms",
    "/api/v1/../v1/rooms",
    "/api/v1/rooms/..",
    "/api/v1/x/../rooms",
    "/api/v1/%2e%2e/v1/rooms",
    "/api/v1/%2E/rooms",
    "/api/v1/.%2e/v1/rooms",
    "/../../../../etc/passwd",
    "/api/v1/..%2f..%2fetc/passwd",
    "/api/v1/rooms%00",
    "/api/v1/%00/rooms",
    "/api/v1/rooms%2Fpublic",
    "/api/v1%2frooms",
    "/api%2Fv1%2Frooms",
    "/api/v1/rooms%0a",
    "/api/v1/%0d%0aSet-Cookie:x=1/rooms",
    "/api/v1/rooms%ff",
    "/api/v1/rooms/%c0%af",
    "/api/v1/rooms/%ed%a0%80",
    "/api/v1/rooms/%80",
    "/api/v1/rooms%",
    "/api/v1/rooms%2",
    "/api/v1/rooms%zz",
    "/api/v1/%72ooms%20",
    "/api/v1/rooms;x=1",
    "/api/v1/rooms\\",
    "/api/v1\\rooms",
    "/API/V1/rooms",
    "/api/v1/ROOMS",
    "/api/v1/rooms.json",
    "/api/v2/rooms",
    "/api/v1/" + "a" * 3000,
    "/api/v1/" + "a/" * 1000,
    "/api/v1/" + "%41" * 1000,
    "/api/v1/rooms/%252e%252e",
    "/api/v1/auth/me/extra",
    "/api/v1/auth",
    "/api/v1/auth/%6de%00",
]


@pytest.mark.parametrize("path", MALFORMED_PATHS, ids=lambda path: path[:40])
async def test_a_malformed_path_is_not_found(alice, path):
    check_problem_response(await exchange(alice.server.port, request("GET", path, [bearer(alice)])), (400, 404, 414))


@pytest.mark.parametrize("path", ["/nowhere", "/rooms/", "//rooms", "/auth", "/rooms.json", "/ROOMS", "/rooms/x/y/z", "/rooms/%2e%2e"])
async def test_a_path_of_no_route_names_the_documents_and_what_is_hidden_does_not(alice, mallory, lobby, path):
    for headers in ([], [bearer(alice)]):
        for method in ("GET", "POST"):
            response = await exchange(alice.server.port, request(method, f"{API}{path}", headers))
            check_problem_response(response, (404,))
            assert response.problem()["code"] == "not_found" and "/docs" in response.problem()["detail"], response.body
    file = await exchange(alice.server.port, request("GET", "/nowhere.html"))
    assert file.status == 404 and "/docs" in file.problem()["detail"]
    hidden = check_error(await mallory.get(f"/rooms/{lobby}"), 404, "not_found")
    assert "/docs" not in hidden["detail"]
    wrong = await alice.request("PUT", "/rooms")
    check_error(wrong, 405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]


@pytest.mark.parametrize(
    "path, part", [("a%01b", "control character"), ("%7f", "control character"), ("%ff", "UTF-8"), ("%ed%a0%80", "UTF-8")]
)
async def test_a_control_character_in_a_path_is_not_called_bad_utf_8(alice, path, part):
    response = await exchange(alice.server.port, request("GET", f"{API}/rooms/{path}", [bearer(alice)]))
    check_problem_response(response, (400,))
    detail = response.problem()["detail"]
    assert part in detail and ("UTF-8" in detail) == (part == "UTF-8"), detail


@pytest.mark.parametrize("path", [b"/api/v1/rooms\xff", b"/api/v1/\xc3\xa9", b"/api/v1/rooms/\x80\x81"])
async def test_a_path_of_raw_bytes_is_not_found(alice, path):
    check_problem_response(await exchange(alice.server.port, request("GET", path, [bearer(alice)])), (400, 404))


@pytest.mark.parametrize("size", [9_000, 40_000])
async def test_an_overlong_path_or_query_is_refused(alice, size):
    for target in ("/api/v1/" + "a" * size, "/api/v1/rooms?q=" + "a" * size):
        check_problem_response(await exchange(alice.server.port, request("GET", target, [bearer(alice)])), (400, 404, 414))


@pytest.mark.parametrize(
    "path",
    [
        "/..",
        "/../",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/echochat.db",
        "/.git/config",
        "/nginx.conf",
        "/%2fetc/passwd",
        "/run/rest.sock",
        "/html/../../nginx.conf",
    ],
)
async def test_no_file_outside_the_web_client_is_served(alice, path):
    response = await exchange(alice.server.port, request("GET", path))
    assert response.status in (400, 403, 404, 200), response.status
    if response.status == 200:
        assert b"<!doctype html" in response.body.lower(), response.body[:200]
    assert b"root:" not in response.body and b"SQLite format" not in response.body


async def test_hidden_and_unknown_rooms_get_the_same_response_everywhere(alice, bob, mallory, lobby):
    await alice.post_message(lobby, "x")
    unknown = secrets.token_hex(len(lobby))[: len(lobby)]
    for method, rest, body in (
        ("GET", "", None),
        ("GET", "/members", None),
        ("GET", "/messages", None),
        ("GET", "/messages/1", None),
        ("POST", "/messages", {"content": "x"}),
        ("POST", "/messages", {"content": ""}),
        ("PATCH", "/messages/1", {"content": "x"}),
        ("PATCH", "/messages/1", {}),
        ("DELETE", "/messages/1", None),
        ("POST", "/join", None),
        ("POST", "/leave", None),
        ("PUT", f"/members/{bob.user_id}", {"role": "member"}),
        ("PUT", f"/members/{bob.user_id}", {"role": "x"}),
        ("DELETE", f"/members/{bob.user_id}", None),
    ):
        responses: list[httpx.Response] = [await mallory.request(method, f"/rooms/{room}{rest}", json=body) for room in (lobby, unknown)]
        first, second = (without_request_id(response.json()) for response in responses)
        assert responses[0].status_code == responses[1].status_code and responses[0].status_code in (404, *INVALID), (
            method,
            rest,
            responses[0].text,
        )
        assert first == second, (method, rest)
        hidden = ("content-length", "date", "x-request-id")
        assert {k: v for k, v in responses[0].headers.items() if k not in hidden} == {
            k: v for k, v in responses[1].headers.items() if k not in hidden
        }
