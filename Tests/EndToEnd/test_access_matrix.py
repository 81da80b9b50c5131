"""Who may do what: every operation and every command, asked for by everyone, in every kind of room.

The programs print what they offer, so nothing can be offered that is not in the table. What is refused changes nothing, and outsiders
cannot tell what they may not see from what does not exist.
"""

import subprocess

import pytest
import pytest_asyncio

from support.access_table import ANSWERED, DONE, FORBIDDEN, OUTSIDERS, Row, rows
from support.server import PROGRAMS, Server, is_alive
from support.stage import SECRET, Stage, elsewhere

pytestmark = pytest.mark.asyncio(loop_scope="module")

# = answered, and nothing is stored      u unauthenticated      s suspended
# + done, and something is stored        f forbidden            - not found
#
# Without a room: nobody and suspended, then anyone signed in. With a room: nobody and suspended (who was a member); then of a public
# room, and of a group: stranger, who has left, who is banned, member, moderator, owner; then of a direct room: stranger, who has left,
# who is in it. SAY is a command over a line, OPEN a line itself. Bystander and newcomer are a member and one who never was; colleague and
# partner are a second moderator and a second owner; the outcast is banned.
TABLE = """
# The service
GET    /healthz                                                    == =
GET    /readyz                                                     == =
GET    /api/v1                                                     == =

# Accounts
POST   /api/v1/auth/register                                       ++ +  {"username": "{nobodys_name}", "password": "{password}"}
POST   /api/v1/auth/login                                          us +  {"username": "{username}", "password": "{password}"}
POST   /api/v1/auth/refresh                                        us +  {"refresh_token": "{refresh_token}"}
POST   /api/v1/auth/logout                                         us +
GET    /api/v1/auth/me                                             us =
POST   /api/v1/auth/password/change                                us +  {"old_password": "{password}", "new_password": "a short swim"}
GET    /api/v1/auth/sessions                                       us =
DELETE /api/v1/auth/sessions/{device}                              us +
DELETE /api/v1/auth/sessions/{others_device}                       us -
POST   /api/v1/auth/ws-ticket                                      us +
SAY    authenticate                                                us =  {"token": "{token}"}
SAY    ping                                                        =s =
OPEN   /ws                                                         us =

# People
GET    /api/v1/users                                               us =
GET    /api/v1/users/me                                            us =
PATCH  /api/v1/users/me                                            us +  {"status_text": "busy"}
GET    /api/v1/users/me/export                                     us =
GET    /api/v1/users/me/badges                                     us =
GET    /api/v1/users/me/blocks                                     us =
GET    /api/v1/users/online                                        us =
GET    /api/v1/users/{bystander}                                   us =
PUT    /api/v1/users/{bystander}/block                             us +
DELETE /api/v1/users/{bystander}/block                             us =
SAY    set_presence                                                us =  {"state": "idle"}

# Rooms
GET    /api/v1/rooms                                               us =
POST   /api/v1/rooms                                               us +  {"kind": "direct", "members": ["{bystander}"]}
POST   /api/v1/rooms                                               us +  {"kind": "group", "name": "Club", "members": ["{bystander}"]}
POST   /api/v1/rooms                                               us +  {"kind": "public", "name": "Market"}
GET    /api/v1/rooms/public                                        us =
GET    /api/v1/rooms/{room}                                        us ====== ---=== --=
PATCH  /api/v1/rooms/{room}                                        us ffff++ ---f++ --f  {"topic": "changed"}
OPEN   /ws?room={room}                                             us ---=== ---=== --=
GET    /api/v1/sync                                                us =

# Coming and going
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

# Keeping out and letting in
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
POST   /api/v1/invites/{code}/accept                               us ++f=== ++-=== ---

# Reading
GET    /api/v1/rooms/{room}/messages                               us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{own}                         us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{foreign}                     us fff=== ---=== --=
GET    /api/v1/rooms/{room}/messages/{foreign}/receipts            us fff=== ---=== --=
GET    /api/v1/search/messages?q=zebrafish                         us =
GET    /api/v1/search/messages?q=zebrafish&room_id={room}          us fff=== ---=== --=
PUT    /api/v1/rooms/{room}/markers                                us fff+++ ---+++ --+  {"read_seq": "{foreign}"}
SAY    mark                                                        us fff+++ ---+++ --+  {"room_id": "{room}", "read_seq": "{foreign}"}
PUT    /api/v1/rooms/{room}/notify                                 us fff+++ ---+++ --+  {"level": "none"}

# Saying
POST   /api/v1/rooms/{room}/messages                               us fff+++ ---+++ --+  {"content": "hello"}
SAY    send_message                                                us fff+++ ---+++ --+  {"room_id": "{room}", "content": "hello"}
SAY    typing                                                      us ---=== ---=== --=  {"room_id": "{room}"}
PATCH  /api/v1/rooms/{room}/messages/{own}                         us fff+++ ---+++ --+  {"content": "changed"}
SAY    edit_message                   us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{own}", "content": "changed"}
PATCH  /api/v1/rooms/{room}/messages/{foreign}                     us ffffff ---fff --f  {"content": "changed"}
SAY    edit_message                   us ffffff ---fff --f  {"room_id": "{room}", "seq": "{foreign}", "content": "changed"}
DELETE /api/v1/rooms/{room}/messages/{own}                         us fff+++ ---+++ --+
SAY    delete_message                                              us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{own}"}
DELETE /api/v1/rooms/{room}/messages/{foreign}                     us ffff++ ---f++ --f
SAY    delete_message                                              us ffff++ ---f++ --f  {"room_id": "{room}", "seq": "{foreign}"}
PUT    /api/v1/rooms/{room}/messages/{foreign}/reactions/{new}     us fff+++ ---+++ --+
SAY    add_reaction                   us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{foreign}", "emoji": "{new}"}
DELETE /api/v1/rooms/{room}/messages/{foreign}/reactions/{used}    us fff+++ ---+++ --+
SAY    remove_reaction                us fff+++ ---+++ --+  {"room_id": "{room}", "seq": "{foreign}", "emoji": "{used}"}

# Reports
POST   /api/v1/rooms/{room}/messages/{own}/report                  us fff+++ ---+++ --f
GET    /api/v1/rooms/{room}/reports                                us ffff== ---f== --f
DELETE /api/v1/rooms/{room}/reports/{reported}                     us ffff++ ---f++ --f

# Ends: they stand last, because once a minute the daemon takes away what is left of them
DELETE /api/v1/rooms/{room}                                        us fffff+ ---ff+ --f
DELETE /api/v1/users/me                                            us +  {"password": "{password}"}
"""

ROWS = rows(TABLE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("matrix") / "d") as server:
        before = server.pids()
        async with Stage(server) as stage:
            yield stage
        assert server.pids() == before and all(is_alive(pid) for pid in before.values()), server.logs()


def printed(program: str, option: str) -> set[str]:
    lines = subprocess.run([PROGRAMS / program, option], capture_output=True, text=True, check=True, timeout=10).stdout.splitlines()
    assert lines and len(lines) == len(set(lines))
    return set(lines)


async def test_nothing_is_offered_that_is_not_in_the_table():
    offered = printed("echochat-rest", "--routes") | {f"SAY {word}" for word in printed("echochat-push", "--commands")} | {"OPEN /ws"}
    told = {row.operation for row in ROWS}
    assert offered == told, f"without a row: {sorted(offered - told)}; offered no more: {sorted(told - offered)}"


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_who_may_does_it_and_who_may_not_changes_nothing(stage, row):
    # Refusals first: nothing has happened yet that could hide in what they must leave as it is.
    complaints = []
    for kind, caller, wanted in sorted(row.cells, key=lambda cell: cell[2] == DONE):
        complaint = await tried(stage, row, kind, caller, wanted)
        if complaint:
            complaints.append(f"{caller}{f' of a {kind} room' if kind else ''}: {complaint}")
            stage.tear_down()
    assert not complaints, f"{row}\n" + "\n".join(complaints)


async def tried(stage: Stage, row: Row, kind: str | None, caller: str, wanted: str) -> str | None:
    """One cell: what was wrong with it."""
    person = None
    if kind is None:
        person, values = await stage.account(caller, fresh=wanted == DONE and caller == "stranger")
    else:
        scene = await stage.scene(kind, caller, fresh=wanted == DONE)
        values = scene.values(caller)
        if row.method == "SAY":
            await stage.be_heard(caller, scene)
    stage.ledger.changes()
    answer = await stage.ask(caller, row, values, person)
    changed = stage.ledger.changes()
    got = DONE if answer.verdict == ANSWERED and changed else answer.verdict
    if got != wanted:
        return f"wanted {wanted}, got {got}: {answer.said}"
    if changed and wanted != DONE:
        return f"refused, but now there is something else in {changed}"
    if caller in OUTSIDERS and wanted not in (DONE, ANSWERED):
        # Who is told that she may not knows of an open room, or of a link into one; of what is in the room she is told nothing.
        for name in sorted(row.addresses):
            if wanted == FORBIDDEN and (name == "room" or "room" not in row.addresses):
                continue
            absent = await stage.ask(caller, row, elsewhere(values, name), person)
            if absent != answer:
                return f"{name} can be told from one that does not exist:\n{answer.said}\n{absent.said}"
    return None


@pytest.mark.parametrize("caller", ["stranger", "ex_member", "banned"])
async def test_no_list_names_a_room_that_is_hidden_or_tells_what_was_said_in_an_open_one(stage, caller):
    person = stage.cast[caller]
    hidden = {(await stage.scene(kind, caller, fresh=False)).room_id for kind in ("group", "direct")}
    open_room = (await stage.scene("public", caller, fresh=False)).room_id
    for path in ("/rooms", "/rooms/public", "/sync", "/users/me/badges", "/users", "/users/online", f"/search/messages?q={SECRET}"):
        answer = await person.get(path)
        assert answer.status_code == 200, answer.text
        assert not [room for room in hidden if room in answer.text], (path, answer.text)
        assert path == "/rooms/public" or open_room not in answer.text, (path, answer.text)
    assert SECRET not in (await person.get(f"/rooms/{open_room}")).text
    [listed] = [room for room in await person.walk("/rooms/public") if room["room_id"] == open_room]
    assert listed["last_message"] is None and listed["me"] is None
    told = (await person.get("/users/me/export")).json()
    assert {message["user_id"] for message in told["messages"]} <= {person.user_id}
    assert not {room["room_id"] for room in told["rooms"]} & {*hidden, open_room}
