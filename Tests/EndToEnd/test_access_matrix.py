"""The access matrix: every REST operation and WebSocket command, by every kind of caller, in every kind of room.

The programs print their operations, so an operation without a row in the table fails. A refused request changes nothing, and outsiders
cannot tell a hidden thing from one that does not exist.
"""

import subprocess

import pytest
import pytest_asyncio

from support.access_matrix import SECRET, AccessMatrix, with_unknown
from support.access_table import ANSWERED, DONE, FORBIDDEN, OUTSIDERS, Row, rows
from support.server import PROGRAMS, Server, is_alive

pytestmark = pytest.mark.asyncio(loop_scope="module")

# = success without a write      u unauthenticated      s suspended
# + success with a write         f forbidden            - not found
#                                i invalid field        c conflict
#
# The first two letters stand for an anonymous and a suspended caller (a member). Then, without a room: any authenticated user. With a room,
# in a public room and in a group: non-member, ex-member, banned user, member, moderator, owner; in a direct room: non-member, ex-member,
# member. Below /api/v1/admin the last letter is an operator's; in all other rows an operator gets what a non-member gets. SEND is a
# WebSocket command, OPEN a WebSocket connection or an event stream. In a path: bystander = a member, newcomer = a user who was never a
# member, colleague = a second moderator, partner = a second owner, outcast = a banned user, invitation = a room that invites the caller,
# target = a user whom operators do something to.
TABLE = """
# The service
GET    /healthz                                                    == =
GET    /health                                                     == =
GET    /readyz                                                     == =
GET    /metrics                                                    == =
GET    /api/v1                                                     == =

# Accounts
POST   /api/v1/auth/register                                       ++ +  {"username": "{unused_name}", "password": "{password}"}
POST   /api/v1/auth/login                                          us +  {"username": "{username}", "password": "{password}"}
POST   /api/v1/auth/proxy                                          -- -
POST   /api/v1/auth/refresh                                        us +  {"refresh_token": "{refresh_token}"}
POST   /api/v1/auth/revoke                                         == +  {"token": "{refresh_token}"}
POST   /api/v1/auth/logout                                         us +
GET    /api/v1/auth/me                                             us =
POST   /api/v1/auth/verify-email                                   ii i  {"token": "{token}"}
POST   /api/v1/auth/verify-email/resend                            us c
POST   /api/v1/auth/password/forgot                                == =  {"email": "nobody@example.org"}
POST   /api/v1/auth/password/reset                                 ii i  {"token": "{token}", "password": "a short swim"}
POST   /api/v1/auth/password/change                                us +  {"old_password": "{password}", "new_password": "a short swim"}
GET    /api/v1/auth/sessions                                       us =
DELETE /api/v1/auth/sessions                                       us +
DELETE /api/v1/auth/sessions/{session}                             us +
DELETE /api/v1/auth/sessions/{others_session}                      us -
POST   /api/v1/auth/ws-ticket                                      us +
SEND   authenticate                                                us =  {"token": "{token}"}
SEND   ping                                                        =s =
OPEN   /ws                                                         us =
OPEN   /api/v1/events                                              us =

# People
GET    /api/v1/users                                               us =
GET    /api/v1/users/me                                            us =
PATCH  /api/v1/users/me                                            us +  {"status_text": "busy"}
GET    /api/v1/users/me/export                                     us =
GET    /api/v1/users/me/badges                                     us =
GET    /api/v1/users/me/blocks                                     us =
GET    /api/v1/users/me/preferences                                us =
PATCH  /api/v1/users/me/preferences                                us +  {"added_by": "everyone"}
GET    /api/v1/users/me/invitations                                us =
POST   /api/v1/users/me/invitations/{invitation}/accept            us +
POST   /api/v1/users/me/invitations/{invitation}/decline           us +
POST   /api/v1/users/me/invitations/{room}/accept                  us ------ ------ ---
POST   /api/v1/users/me/invitations/{room}/decline                 us ------ ------ ---
GET    /api/v1/users/online                                        us =
GET    /api/v1/users/{bystander}                                   us =
PUT    /api/v1/users/me/avatar                                     us +
DELETE /api/v1/users/me/avatar                                     us =
GET    /api/v1/users/{bystander}/avatar                            us =
PUT    /api/v1/users/{bystander}/block                             us +
DELETE /api/v1/users/{bystander}/block                             us =
SEND   set_presence                                                us =  {"state": "idle"}

# Rooms
GET    /api/v1/rooms                                               us =
POST   /api/v1/rooms                                               us +  {"kind": "direct", "members": ["{bystander}"]}
POST   /api/v1/rooms                                               us +  {"kind": "group", "name": "Club", "members": ["{bystander}"]}
POST   /api/v1/rooms                                               us +  {"kind": "public", "name": "Market"}
GET    /api/v1/rooms/public                                        us =
GET    /api/v1/rooms/{room}                                        us ====== ---=== --=
PATCH  /api/v1/rooms/{room}                                        us ffff++ ---f++ --f  {"topic": "changed"}
OPEN   /ws?room={room}                                             us ---=== ---=== --=
OPEN   /api/v1/events?room={room}                                  us ---=== ---=== --=
GET    /api/v1/sync                                                us =

# Members
POST   /api/v1/rooms/{room}/join                                   us ++f=== ---=== --=
POST   /api/v1/rooms/{room}/leave                                  us fff+++ ---+++ --+
GET    /api/v1/rooms/{room}/members                                us fff=== ---=== --=
PUT    /api/v1/rooms/{room}/members/{newcomer}                     us ffff++ ---f++ --f
PUT    /api/v1/rooms/{room}/members/{newcomer}                     us fffff+ ---ff+ --f  {"role": "moderator"}
PUT    /api/v1/rooms/{room}/members/{outcast}                      us ffffff ---fff --f
PUT    /api/v1/rooms/{room}/members/{bystander}                    us fffff+ ---ff+ --f  {"role": "moderator"}
PUT    /api/v1/rooms/{room}/members/{self}                         us fffff= ---ff= --f  {"role": "owner"}
DELETE /api/v1/rooms/{room}/members/{bystander}                    us ffff++ ---f++ --f
DELETE /api/v1/rooms/{room}/members/{colleague}                    us fffff+ ---ff+ --f
DELETE /api/v1/rooms/{room}/members/{partner}                      us ffffff ---fff --f
DELETE /api/v1/rooms/{room}/members/{self}                         us fff+++ ---+++ --+

# Bans and invites
GET    /api/v1/rooms/{room}/bans                                   us ffff== ---f== --f
GET    /api/v1/rooms/{room}/bans/{outcast}                         us ffff== ---f== --f
PUT    /api/v1/rooms/{room}/bans/{newcomer}                        us ffff++ ---f++ --f
PUT    /api/v1/rooms/{room}/bans/{bystander}                       us ffff++ ---f++ --f
PUT    /api/v1/rooms/{room}/bans/{colleague}                       us fffff+ ---ff+ --f
PUT    /api/v1/rooms/{room}/bans/{partner}                         us ffffff ---fff --f
DELETE /api/v1/rooms/{room}/bans/{outcast}                         us ffff++ ---f++ --f
GET    /api/v1/rooms/{room}/invites                                us ffff== ---f== --f
POST   /api/v1/rooms/{room}/invites                                us ffff++ ---f++ --f
DELETE /api/v1/rooms/{room}/invites/{code}                         us ffff++ ---f++ --f
GET    /api/v1/invites/{code}                                      == ====== ====== -----
POST   /api/v1/invites/{code}/accept                               us ++f=== ++-=== ---

# Reading
GET    /api/v1/rooms/{room}/messages                               us ==f=== ---=== --=
GET    /api/v1/rooms/{room}/messages?before=2                      us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{own}                         us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{foreign}                     us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{foreign}/receipts            us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{foreign}/replies             us fff=== ---=== --=
GET    /api/v1/rooms/{room}/pins                                   us fff=== ---=== --=
GET    /api/v1/users/me/saved                                      us =
PUT    /api/v1/users/me/saved/{room}/{foreign}                     us fff+++ ---+++ --+
DELETE /api/v1/users/me/saved/{room}/{foreign}                     us fff=== ---=== --=
GET    /api/v1/search/messages?q=zebrafish                         us =
GET    /api/v1/search/messages?q=zebrafish&room_id={room}          us fff=== ---=== --=
PUT    /api/v1/rooms/{room}/markers                                us fff+++ ---+++ --+  {"read_seq": "{foreign}"}
SEND   mark                                                        us fff+++ ---+++ --+  {"room_id": "{room}", "read_seq": "{foreign}"}
PUT    /api/v1/rooms/{room}/notify                                 us fff+++ ---+++ --+  {"level": "none"}
PUT    /api/v1/rooms/{room}/unread                                 us fff+++ ---+++ --+  {"seq": "{foreign}"}
DELETE /api/v1/rooms/{room}/unread                                 us fff=== ---=== --=
DELETE /api/v1/rooms/{room}/draft                                  us fff=== ---=== --=
PUT    /api/v1/rooms/{room}/draft                                  us fff+++ ---+++ --+  {"content": "not yet"}

# Posting
POST   /api/v1/rooms/{room}/messages                               us fff+++ ---+++ --+  {"content": "hello"}
SEND   send_message                                                us fff+++ ---+++ --+  {"room_id": "{room}", "content": "hello"}
SEND   typing                                                      us ---=== ---=== --=  {"room_id": "{room}"}
PATCH  /api/v1/rooms/{room}/messages/{own}                         us fff+++ ---+++ --+  {"content": "changed"}
SEND   edit_message                   us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{own}", "content": "changed"}
PATCH  /api/v1/rooms/{room}/messages/{foreign}                     us ffffff ---fff --f  {"content": "changed"}
SEND   edit_message                   us ffffff ---fff --f  {"room_id": "{room}", "seq": "{foreign}", "content": "changed"}
DELETE /api/v1/rooms/{room}/messages/{own}                         us fff+++ ---+++ --+
SEND   delete_message                                              us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{own}"}
DELETE /api/v1/rooms/{room}/messages/{foreign}                     us ffff++ ---f++ --f
SEND   delete_message                                              us ffff++ ---f++ --f  {"room_id": "{room}", "seq": "{foreign}"}
PUT    /api/v1/rooms/{room}/messages/{foreign}/reactions/{new}     us fff+++ ---+++ --+
SEND   add_reaction                   us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{foreign}", "emoji": "{new}"}
DELETE /api/v1/rooms/{room}/messages/{foreign}/reactions/{used}    us fff+++ ---+++ --+
SEND   remove_reaction                us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{foreign}", "emoji": "{used}"}
PUT    /api/v1/rooms/{room}/pins/{foreign}                         us ffff++ ---f++ --+
DELETE /api/v1/rooms/{room}/pins/{foreign}                         us ffff== ---f== --=

# Files: one's own, then the bystander's of a message
POST   /api/v1/files                                               us +  {"any": "bytes"}
GET    /api/v1/files/{loose_file}                                  us -
DELETE /api/v1/files/{loose_file}                                  us +
GET    /api/v1/files/{file}                                        us ---=== ---=== --=
GET    /api/v1/files/{file}/thumbnail                              us ---=== ---=== --=
DELETE /api/v1/files/{file}                                        us ---fff ---fff --f

# Reports
POST   /api/v1/rooms/{room}/messages/{own}/report                  us fff+++ ---+++ --f
GET    /api/v1/rooms/{room}/reports                                us ffff== ---f== --f
DELETE /api/v1/rooms/{room}/reports/{reported}                     us ffff++ ---f++ --f

# Operators
GET    /api/v1/admin/users                                         us -=
POST   /api/v1/admin/users                                         us -+  {"username": "{unused_name}", "operator": true}
GET    /api/v1/admin/users/{target}                                us -=
PATCH  /api/v1/admin/users/{target}                                us -+  {"username": "{unused_name}"}
PUT    /api/v1/admin/users/{target}/operator                       us -+
DELETE /api/v1/admin/users/{target}/operator                       us -=
DELETE /api/v1/admin/users/{self}/operator                         us -+
PUT    /api/v1/admin/users/{target}/suspension                     us -+
DELETE /api/v1/admin/users/{target}/suspension                     us -=
PUT    /api/v1/admin/users/{target}/password                       us -+  {"password": "a short swim"}
POST   /api/v1/admin/users/{target}/password-link                  us -+
GET    /api/v1/admin/users/{target}/sessions                       us -=
DELETE /api/v1/admin/users/{target}/sessions                       us -+
DELETE /api/v1/admin/users/{target}/sessions/{targets_session}     us -+
GET    /api/v1/admin/rooms                                         us -=
GET    /api/v1/admin/rooms/{room}                                  us ------= ------= ---=
PATCH  /api/v1/admin/rooms/{room}                                  us ------+ ------+ ---c  {"name": "News"}
GET    /api/v1/admin/rooms/{room}/members                          us ------= ------= ---=
POST   /api/v1/admin/rooms/{room}/messages                         us ------+ ------+ ---+  {"content": "hello"}
GET    /api/v1/admin/rooms/{room}/messages/{foreign}               us ------+ ------+ ---+
DELETE /api/v1/admin/rooms/{room}/messages/{foreign}               us ------+ ------+ ---+
GET    /api/v1/admin/reports                                       us -=
DELETE /api/v1/admin/rooms/{room}/reports/{reported}               us ------+ ------+ ----
GET    /api/v1/admin/registration-codes                            us -=
POST   /api/v1/admin/registration-codes                            us -+
DELETE /api/v1/admin/registration-codes/{registration_code}        us -+

# Deletion: last, because the daemon purges deleted rooms and users once a minute
DELETE /api/v1/rooms/{room}                                        us fffff+ ---ff+ --f
DELETE /api/v1/users/me                                            us +  {"password": "{password}"}
DELETE /api/v1/admin/rooms/{room}                                  us ------+ ------+ ---+
DELETE /api/v1/admin/users/{target}                                us -+
"""

ROWS = rows(TABLE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("matrix") / "d") as server:
        before = server.pids()
        async with AccessMatrix(server) as matrix:
            yield matrix
        assert server.pids() == before and all(is_alive(pid) for pid in before.values()), server.logs()


def printed_operations(program: str, option: str) -> set[str]:
    lines = subprocess.run([PROGRAMS / program, option], capture_output=True, text=True, check=True, timeout=10).stdout.splitlines()
    assert lines and len(lines) == len(set(lines))
    return set(lines)


async def test_every_offered_operation_has_a_row_in_the_table():
    offered = (
        {line.replace("GET /api/v1/events", "OPEN /api/v1/events") for line in printed_operations("echochat-rest", "--routes")}
        | {f"SEND {command}" for command in printed_operations("echochat-push", "--commands")}
        | {"OPEN /ws"}
    )
    listed = {row.operation for row in ROWS}
    assert offered == listed, f"without a row: {sorted(offered - listed)}; no longer offered: {sorted(listed - offered)}"


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_each_caller_is_allowed_or_refused_as_the_table_says_and_a_refusal_changes_nothing(matrix, row):
    # Refusals first: no write of this row has happened yet, so any change is theirs.
    failures = []
    for kind, caller, expected in sorted(row.cells, key=lambda cell: cell[2] == DONE):
        failure = await check_cell(matrix, row, kind, caller, expected)
        if failure:
            failures.append(f"{caller}{f' of a {kind} room' if kind else ''}: {failure}")
            matrix.forget_rooms()
    assert not failures, f"{row}\n" + "\n".join(failures)


async def check_cell(matrix: AccessMatrix, row: Row, kind: str | None, caller: str, expected: str) -> str | None:
    """Checks one cell; returns what is wrong with it."""
    user = None
    if kind is None:
        user, values = await matrix.account(caller, fresh=expected == DONE and caller in ("non_member", "operator"))
    else:
        room_fixture = await matrix.room_fixture(kind, caller, fresh=expected == DONE)
        values = room_fixture.values(caller)
        if row.method == "SEND":
            await matrix.wait_for_setup(caller, room_fixture)
    matrix.write_detector.changed_tables()
    response = await matrix.request(caller, row, values, user)
    changed = matrix.write_detector.changed_tables()
    got = DONE if response.verdict == ANSWERED and changed else response.verdict
    if got != expected:
        return f"expected {expected}, got {got}: {response.text}"
    if changed and expected != DONE:
        return f"refused, but {changed} changed"
    if caller in OUTSIDERS and expected not in (DONE, ANSWERED):
        # A `forbidden` reveals a public room or an invite, but nothing inside the room.
        for name in sorted(row.addresses):
            if expected == FORBIDDEN and (name == "room" or "room" not in row.addresses):
                continue
            absent = await matrix.request(caller, row, with_unknown(values, name), user)
            if absent != response:
                return f"{name} can be told from one that does not exist:\n{response.text}\n{absent.text}"
    return None


@pytest.mark.parametrize("caller", ["non_member", "ex_member", "banned", "operator"])
async def test_no_list_shows_a_hidden_room_or_the_messages_of_a_public_one(matrix, caller):
    user = matrix.actors[caller]
    hidden = {(await matrix.room_fixture(kind, caller, fresh=False)).room_id for kind in ("group", "direct")}
    open_room = (await matrix.room_fixture("public", caller, fresh=False)).room_id
    for path in ("/rooms", "/rooms/public", "/sync", "/users/me/badges", "/users", "/users/online", f"/search/messages?q={SECRET}"):
        response = await user.get(path)
        assert response.status_code == 200, response.text
        assert not [room for room in hidden if room in response.text], (path, response.text)
        assert path == "/rooms/public" or open_room not in response.text, (path, response.text)
    assert SECRET not in (await user.get(f"/rooms/{open_room}")).text
    [listed] = [room for room in await user.list_all("/rooms/public") if room["room_id"] == open_room]
    assert listed["last_message"] is None and listed["me"] is None
    listed = (await user.get("/users/me/export")).json()
    assert {message["user_id"] for message in listed["messages"]} <= {user.user_id}
    assert not {room["room_id"] for room in listed["rooms"]} & {*hidden, open_room}
