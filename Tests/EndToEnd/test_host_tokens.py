"""Tokens of a host application: those of each algorithm sign in at every door, and no forged one does at any."""

import contextlib
import json

import pytest
from httpx_sse import EventSource

from support.clients import API, UNAUTHENTICATED, TestUser, TestUsers
from support.forged_host_tokens import confused_with_ours, forged_by_claims, forged_by_header, forged_by_key, forged_by_shape, own_key
from support.forged_tokens import forged_tokens, mismatched_tokens
from support.host_application import HostApplication
from support.raw_socket import check_problem_response, exchange, request
from support.server import Server
from support.ws_client import ConnectionRejected

BY_KEY_SET = ("rsa", "ec", "ed", "unnamed")
SUBPROTOCOL = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%*+")
DOORS = ("rest", "header", "subprotocol", "query", "frame", "stream", "stream query")


@pytest.fixture(scope="module")
def application(tmp_path_factory) -> HostApplication:
    return HostApplication(tmp_path_factory.mktemp("host"))


@contextlib.contextmanager
def serving(folder, settings):
    with Server(folder / "d", **settings) as server:
        before = server.pids()
        yield server
        assert server.pids() == before, "a program crashed and was restarted\n" + server.logs()


@pytest.fixture(scope="module")
def with_key_set(application, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("set"), application.with_key_set()) as server:
        yield server


@pytest.fixture(scope="module")
def with_pem(application, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("pem"), application.with_pem()) as server:
        yield server


@pytest.fixture(scope="module")
def with_secret(application, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("secret"), application.with_secret()) as server:
        yield server


@contextlib.asynccontextmanager
async def visitor(server: Server, token: str = ""):
    """Somebody with a token of the host application."""
    async with TestUsers(server) as users:
        user = users.unregistered("visitor")
        user.access_token = token
        yield user


async def enter(user: TestUser, door: str, token: str) -> str | None:
    """Signs in at a door. The user_id, or nil if the token was refused as a bad one is."""
    if door == "rest":
        response = await exchange(user.server.port, request("GET", f"{API}/auth/me", [("Authorization", f"Bearer {token}")]))
        if response.status == 200:
            return json.loads(response.body)["user_id"]
        check_problem_response(response, (400, 401))
        return None
    if door.startswith("stream"):
        headers, query = ({"Authorization": f"Bearer {token}"}, {}) if door == "stream" else ({}, {"token": token})
        async with user.http.stream("GET", f"{API}/events", headers=headers, params=query) as response:
            assert response.status_code in (200, 400, 401), await response.aread()
            if response.status_code != 200:
                return None
            welcome = await anext(EventSource(response).aiter_sse())
            return json.loads(welcome.data)["data"]["user"]["user_id"]
    try:
        connection = await user.connect(auth=door, token=token)
    except ConnectionRejected as rejected:
        # 4009: it was signed, and has expired.
        assert rejected.reason in (*UNAUTHENTICATED, 4009, 400), rejected
        return None
    return connection.welcome.data["user"]["user_id"]


async def forged_as_ours(server: Server) -> tuple[str, dict[str, str]]:
    """A good token of ours, and forged ones: they are not accepted either where there are other keys."""
    async with TestUsers(server) as users:
        mallory, alice = await users.register_all("mallory", "alice")
    forged = forged_tokens(mallory.access_token, alice.user_id)
    forged |= mismatched_tokens(server.data, mallory.access_token, alice.access_token)
    return mallory.access_token, {f"ours: {name}": token for name, token in forged.items()}


async def check_all_refused(server: Server, forged: dict[str, str], door: str) -> int:
    tried, accepted = 0, []
    async with visitor(server) as mallory:
        for name, token in forged.items():
            if door == "subprotocol" and not set(token) <= SUBPROTOCOL:
                continue  # not a name of a subprotocol: client libraries refuse to send it
            if await enter(mallory, door, token) is not None:
                accepted.append(name)
            tried += 1
    assert not accepted, f"{door}: {len(accepted)} of {tried} accepted: " + "\n".join(accepted)
    return tried


@pytest.mark.parametrize("door", DOORS)
async def test_a_token_of_each_algorithm_signs_the_same_user_in_at_every_door(application, with_key_set, with_pem, with_secret, door):
    for server, keys in ((with_key_set, BY_KEY_SET), (with_pem, ("rsa", "ec", "ed")), (with_secret, ("secret",))):
        async with visitor(server) as user:
            seen = {await enter(user, door, application.token("carol", by=key, preferred_username="carol")) for key in keys}
            assert len(seen) == 1 and None not in seen, (door, keys, seen)


@pytest.mark.parametrize("door", DOORS)
async def test_no_forged_token_is_accepted_where_a_key_set_verifies(application, with_key_set, door):
    own, forged = await forged_as_ours(with_key_set)
    forged |= forged_by_key(application)
    by = {"rest": BY_KEY_SET[:3]}.get(door, ("ed",))
    for key in by:
        made = (
            forged_by_claims(application, key)
            | forged_by_header(application, key, own_key(with_key_set.data)[0])
            | forged_by_shape(application, key)
            | confused_with_ours(application, key, with_key_set.data, own)
        )
        forged |= {f"{key}: {name}": token for name, token in made.items()}
    tried = await check_all_refused(with_key_set, forged, door)
    assert tried >= 260
    await check_nobody_was_made(with_key_set)


@pytest.mark.parametrize("door", DOORS)
async def test_no_forged_token_is_accepted_where_a_secret_verifies(application, with_secret, door):
    own, forged = await forged_as_ours(with_secret)
    forged |= forged_by_claims(application, "secret") | forged_by_header(application, "secret", own_key(with_secret.data)[0])
    forged |= forged_by_shape(application, "secret") | confused_with_ours(application, "secret", with_secret.data, own)
    for key in ("rsa", "ec", "ed"):
        forged[f"{key}, of which there is no key here"] = application.token("victim", by=key)
    assert await check_all_refused(with_secret, forged, door) >= 200
    await check_nobody_was_made(with_secret)


async def test_tokens_of_a_host_application_sign_nobody_in_where_there_is_none(application, server):
    async with visitor(server) as user:
        for key in application.algorithms:
            for door in DOORS:
                assert await enter(user, door, application.token("carol", by=key)) is None


async def check_nobody_was_made(server: Server) -> None:
    """A forged token has left no trace: of all names that were tried, only the control's became users."""
    with server.database() as database:
        subjects = {subject for (subject,) in database.execute("SELECT subject FROM host_users")}
    assert subjects <= {"carol"}, subjects
