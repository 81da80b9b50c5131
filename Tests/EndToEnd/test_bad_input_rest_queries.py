"""Invalid methods and query parameters over REST get a problem response, and nothing breaks."""

import pytest

from support.clients import API
from support.problems import INVALID, check_error
from support.raw_socket import bearer, check_problem_response, exchange, request

ALLOWED = {
    "/auth/register": {"POST"},
    "/auth/login": {"POST"},
    "/auth/refresh": {"POST"},
    "/auth/revoke": {"POST"},
    "/auth/logout": {"POST"},
    "/auth/me": {"GET"},
    "/auth/ws-ticket": {"POST"},
    "/auth/sessions": {"GET", "DELETE"},
    "/auth/password/change": {"POST"},
    "/rooms": {"GET", "POST"},
    "/rooms/public": {"GET"},
    "/rooms/{room}/join": {"POST"},
    "/rooms/{room}/leave": {"POST"},
    "/rooms/{room}/members": {"GET"},
    "/rooms/{room}/messages": {"GET", "POST"},
    "/rooms/{room}/messages/1": {"GET", "PATCH", "DELETE"},
    "/sync": {"GET"},
}


@pytest.mark.parametrize("path", ALLOWED)
async def test_a_wrong_method_gets_the_list_of_allowed_ones(alice, lobby, path):
    await alice.post_message(lobby, "x")
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "BREW", "PROPFIND"):
        if method in ALLOWED[path]:
            continue
        response = await alice.request(method, path.replace("{room}", lobby), json={} if method in ("POST", "PUT", "PATCH") else None)
        check_error(response, 405)
        allowed = {word.strip() for word in response.headers["allow"].split(",")}
        assert allowed - {"HEAD", "OPTIONS"} == ALLOWED[path], (method, allowed)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", "G" * 500, "GET\x00"])
async def test_an_unknown_method_is_refused(alice, method):
    response = await exchange(alice.server.port, request(method, f"{API}/rooms", [bearer(alice)]))
    check_problem_response(response, (400, 405, 501))


@pytest.mark.parametrize(
    "limit",
    ["0", "201", "abc", "-1", "99999999999999999999", "9223372036854775808", "1.5", "", "0x10", "%00", "+5", "1e1", "٥", "null", "[]"],
)
async def test_an_invalid_limit_is_refused(alice, lobby, limit):
    for path in ("/rooms", "/rooms/public", f"/rooms/{lobby}/members", f"/rooms/{lobby}/messages", "/auth/sessions"):
        raw = request("GET", f"{API}{path}?limit={limit}".encode(), [bearer(alice)])
        check_problem_response(await exchange(alice.server.port, raw), INVALID)


@pytest.mark.parametrize(
    "cursor", ["x", "-1", "AAAA", "!!!!", "%00", "%ff%fe", "0" * 3000, "eyJhIjoxfQ", "9223372036854775808", "../..", "null"]
)
async def test_an_invalid_cursor_is_refused(alice, lobby, cursor):
    for path in ("/rooms", "/rooms/public", f"/rooms/{lobby}/members", "/auth/sessions"):
        raw = request("GET", f"{API}{path}?cursor={cursor}", [bearer(alice)])
        check_problem_response(await exchange(alice.server.port, raw), INVALID)


@pytest.mark.parametrize("name", ["before", "after", "around"])
@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "99999999999999999999", "9223372036854775808", "", "%00", "1,2", "٥"])
async def test_an_invalid_history_position_is_refused(alice, lobby, name, value):
    raw = request("GET", f"{API}/rooms/{lobby}/messages?{name}={value}".encode(), [bearer(alice)])
    check_problem_response(await exchange(alice.server.port, raw), INVALID)


async def test_two_history_positions_at_once_are_refused(alice, lobby):
    check_error(await alice.get(f"/rooms/{lobby}/messages", params={"before": 5, "after": 1}), INVALID)


@pytest.mark.parametrize("value", ["9223372036854775807", "4294967296", "4294967295", "2147483648"])
async def test_a_position_far_beyond_the_end_of_history_returns_nothing_or_the_end(alice, lobby, value):
    """A message's row id packs room and seq: a seq that is too large must not reach into another room."""
    await alice.post_message(lobby, "the only one")
    for name, count in (("before", 1), ("after", 0), ("around", None)):
        response = await alice.get(f"/rooms/{lobby}/messages", params={name: value})
        if response.status_code != 200:
            check_error(response, INVALID)
            continue
        messages = response.json()["messages"]
        assert all(message["room_id"] == lobby for message in messages)
        assert count is None or len(messages) == count


@pytest.mark.parametrize("query", ["?", "?&&&", "?=", "?%ff=%fe", "?limit", "?q=%00", "?a=" + "b" * 5000, "?%6cimit=5&limit=5"])
async def test_a_malformed_query_is_never_a_server_error(alice, query):
    response = await exchange(alice.server.port, request("GET", f"{API}/rooms{query}", [bearer(alice)]))
    if response.status != 200:
        check_problem_response(response, (400, 414, 422))
