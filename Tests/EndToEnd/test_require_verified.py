"""ECHOCHAT_REQUIRE_VERIFIED: users without a verified address read only, through every route and command."""

import pytest
import pytest_asyncio

from support.access_matrix import AccessMatrix
from support.access_table import DONE, Row
from support.clients import PASSWORD, TestUsers
from support.mail_database import set_verified, stored_mails
from support.problems import check_error
from support.server import MAIL_SETTINGS, Server
from test_access_matrix import ROWS

pytestmark = pytest.mark.asyncio(loop_scope="module")

REQUIRED = {**MAIL_SETTINGS, "ECHOCHAT_REQUIRE_VERIFIED": "1"}

# What signs in or out, protects the account, or leads to a verified address; and read markers.
ALLOWED = {
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/revoke",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/password/change",
    "DELETE /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "POST /api/v1/auth/ws-ticket",
    "DELETE /api/v1/users/me",
    "PUT /api/v1/rooms/{room_id}/markers",
    "SEND mark",
}
CHANGES = [row for row in ROWS if any(letter == DONE for _, _, letter in row.cells)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("verified") / "d", **REQUIRED) as server:
        matrix = VerifiedMatrix(server)
        async with matrix:
            yield matrix


class VerifiedMatrix(AccessMatrix):
    """The same users, all of whom are verified but for the request that is tried."""

    async def __aenter__(self) -> "VerifiedMatrix":
        register = self.users.register

        async def register_verified(name: str, **more):
            user = await register(name, **more)
            set_verified(self.server, user.username)
            return user

        self.users.register = register_verified
        return await super().__aenter__()


def caller_of(row: Row) -> tuple[str | None, str]:
    """The kind of room and the caller of the row's last change: the one with the most rights."""
    return [(kind, caller) for kind, caller, letter in row.cells if letter == DONE and caller not in ("anonymous", "suspended")][-1]


@pytest.mark.parametrize("row", CHANGES, ids=str)
async def test_an_unverified_user_changes_only_what_is_allowed(matrix, row):
    kind, caller = caller_of(row)
    if kind is None:
        user, values = await matrix.account(caller, fresh=True)
    else:
        room_fixture = await matrix.room_fixture(kind, caller, fresh=True)
        user, values = matrix.actors[caller], room_fixture.values(caller)
        await matrix.wait_for_setup(caller, room_fixture)
    set_verified(matrix.server, user.username, False)
    try:
        matrix.write_detector.changed_tables()
        outcome = await matrix.request(caller, row, values, user)
        changed = matrix.write_detector.changed_tables()
    finally:
        if row.path != "/api/v1/users/me" or row.method != "DELETE":
            set_verified(matrix.server, user.username)
    # Who made a user an operator knows them.
    if row.operation in ALLOWED or row.path.startswith("/api/v1/admin/"):
        assert outcome.verdict == "=", outcome
        return
    assert outcome.verdict == "email_unverified" and not changed, (outcome, changed)
    if kind is not None:
        # The control: the address alone made the difference.
        assert (await matrix.request(caller, row, values, user)).verdict == "=", "refused for another reason, too"


async def test_a_new_user_reads_verifies_and_then_posts_on_the_connection_they_have(own_server):
    server = own_server(**REQUIRED)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        set_verified(server, alice.username)
        lobby = (await alice.create_room("public"))["room_id"]
        bob = users.unregistered("bob")
        await bob.register(email=f"{bob.username}@example.org")
        await alice.add(lobby, bob)
        hello = await alice.post_message(lobby, "Hello")
        connection = await bob.connect()
        reply = await connection.command("send_message", room_id=lobby, content="Hi")
        assert reply.event == "error" and reply.data["code"] == "email_unverified" and reply.data["status"] == 403
        reply = await connection.command("typing", room_id=lobby)
        assert reply.event == "error" and reply.data["code"] == "email_unverified"
        reply = await connection.command("mark", room_id=lobby, read_seq=hello["seq"])
        assert reply.event == "ok"
        check_error(await bob.post(f"/rooms/{lobby}/messages", json={"content": "Hi"}), 403, "email_unverified")
        check_error(await bob.post("/rooms", json={"kind": "group", "name": "Mine"}), 403, "email_unverified")
        # Not theirs to see is not theirs to see.
        secret = (await alice.create_room("group"))["room_id"]
        check_error(await bob.post(f"/rooms/{secret}/messages", json={"content": "Hi"}), 404, "not_found")

        (mail,) = stored_mails(server, "verify_email", f"{bob.username}@example.org")
        assert (await bob.post("/auth/verify-email", token="", json={"token": mail.token})).status_code == 204
        assert (await connection.command("send_message", room_id=lobby, content="Hi")).event == "ok"
        assert (await connection.command("authenticate", token=bob.access_token)).event == "ok"
        assert (await connection.command("typing", room_id=lobby)).event == "ok"
        assert (await bob.patch("/users/me", json={"status_text": "verified"})).status_code == 200


async def test_a_change_of_a_verified_address_does_not_make_a_user_read_only(own_server):
    server = own_server(**REQUIRED)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        set_verified(server, alice.username)
        response = await alice.patch("/users/me", json={"email": "new@example.org", "password": PASSWORD})
        assert response.status_code == 200 and response.json()["email_verified"] is True
        await alice.create_room()
