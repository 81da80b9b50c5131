"""The fixtures: one system shared by ordinary tests, systems of their own for tests that do harm, and the usual three people."""

import secrets

import pytest

from support.people import People
from support.server import Server, is_alive


def pytest_addoption(parser):
    parser.addoption("--lives", type=int, default=12, help="random lives on each system in test_life.py, of fifty steps each")
    parser.addoption("--life-seed", type=int, default=1, help="which lives these are")


def pytest_generate_tests(metafunc):
    """What is marked `loops` holds with one event loop and with several."""
    if metafunc.definition.get_closest_marker("loops"):
        systems = {"shared_server": "one loop", "shared_server_of_three_loops": "three loops"}
        metafunc.parametrize("server", systems, ids=systems.values(), indirect=True)


def shared(data, **settings):
    """A system that ordinary tests share. Nobody may harm it."""
    server = Server(data, **settings).start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    yield from shared(tmp_path_factory.mktemp("shared") / "d")


@pytest.fixture(scope="session")
def shared_server_of_three_loops(tmp_path_factory):
    yield from shared(tmp_path_factory.mktemp("loops") / "d", ECHOCHAT_LOOPS="3")


@pytest.fixture
def server(request):
    """A shared system, which after each test must still consist of the same processes: nothing crashed."""
    shared_server = request.getfixturevalue(getattr(request, "param", "shared_server"))
    before = shared_server.pids()
    yield shared_server
    assert shared_server.pids() == before, "a program died and was started again\n" + shared_server.logs()
    assert all(is_alive(pid) for pid in before.values())


@pytest.fixture
def own_server(tmp_path):
    """Makes systems with settings of their own, for one test alone."""
    made = []

    def make(**settings) -> Server:
        server = Server(tmp_path / f"d{len(made)}", **settings)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.stop()


@pytest.fixture
async def people(server):
    async with People(server) as people:
        yield people


@pytest.fixture
async def alice(people):
    return await people.register("alice")


@pytest.fixture
async def bob(people):
    return await people.register("bob")


@pytest.fixture
async def mallory(people):
    return await people.register("mallory")


@pytest.fixture
async def lobby(alice, bob):
    """A group that Alice owns and Bob belongs to. Mallory has not been let in."""
    return (await alice.create_room("group", f"Lobby {secrets.token_hex(4)}", members=[bob]))["room_id"]
