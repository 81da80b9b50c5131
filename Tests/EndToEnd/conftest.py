"""Fixtures: a system shared by ordinary tests, separate systems for tests that break something, and Alice, Bob and Mallory."""

import secrets

import pytest

from support import api_document, event_document
from support.clients import TestUsers
from support.server import Server, is_alive


def pytest_addoption(parser):
    parser.addoption("--random-runs", type=int, default=12, help="runs of test_model_based.py on each system, fifty random steps each")
    parser.addoption("--stops", type=int, default=10, help="clean stops in test_data_directory.py, after each of which one file is whole")
    parser.addoption("--openapi-seconds", type=int, default=60, help="how long test_openapi_fuzz.py fuzzes the API")
    parser.addoption("--random-seed", type=int, default=1, help="the seed of these runs")


def pytest_generate_tests(metafunc):
    """Runs each test marked `loops` with one event loop and with three."""
    if metafunc.definition.get_closest_marker("loops"):
        systems = {"shared_server": "one loop", "shared_server_of_three_loops": "three loops"}
        metafunc.parametrize("server", systems, ids=systems.values(), indirect=True)


@pytest.fixture(autouse=True)
def everything_is_as_documented(request):
    """Fails a test that received an answer of the API, or a frame, that its document does not describe, also where the test looks away.

    A control runs a system with a planted fault.
    """
    api_document.disagreements.clear()
    event_document.faults.clear()
    yield
    if request.node.get_closest_marker("control"):
        return
    assert api_document.disagreements == []
    assert not event_document.faults, "not as asyncapi.json says:\n" + "\n".join(event_document.faults[:5])


def running_server(data, **settings):
    """A system that ordinary tests share; no test may break it."""
    server = Server(data, **settings).start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    yield from running_server(tmp_path_factory.mktemp("shared") / "d")


@pytest.fixture(scope="session")
def shared_server_of_three_loops(tmp_path_factory):
    yield from running_server(tmp_path_factory.mktemp("loops") / "d", ECHOCHAT_LOOPS="3")


@pytest.fixture
def server(request):
    """A shared system; after each test it must still run the same processes, so nothing crashed."""
    shared_server = request.getfixturevalue(getattr(request, "param", "shared_server"))
    before = shared_server.pids()
    yield shared_server
    assert shared_server.pids() == before, "a program crashed and was restarted\n" + shared_server.logs()
    assert all(is_alive(pid) for pid in before.values())


@pytest.fixture
def own_server(tmp_path):
    """Starts systems with their own settings, for one test only."""
    made = []

    def make(**settings) -> Server:
        server = Server(tmp_path / f"d{len(made)}", **settings)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.stop()


@pytest.fixture
async def users(server):
    async with TestUsers(server) as users:
        yield users


@pytest.fixture
async def alice(users):
    return await users.register("alice")


@pytest.fixture
async def bob(users):
    return await users.register("bob")


@pytest.fixture
async def mallory(users):
    return await users.register("mallory")


@pytest.fixture
async def lobby(alice, bob):
    """A group that Alice owns and Bob is a member of. Mallory is not a member."""
    return (await alice.create_room("group", f"Lobby {secrets.token_hex(4)}", members=[bob]))["room_id"]
