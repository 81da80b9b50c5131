"""A typed Python client, generated from the API's document by openapi-python-client, registers, chats, searches and reads a problem."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from support.api_document import PATH
from support.clients import PASSWORD

PACKAGE = "echochat_client"


def generate(document: Path, target: Path) -> subprocess.CompletedProcess:
    """Generates the client of a document. A part of it that the generator cannot use fails this."""
    settings = target.with_suffix(".yaml")
    # Without the formatters that it runs over what it has generated.
    # It knows bytes by one name: a file may be of any type.
    settings.write_text('post_hooks: []\ncontent_type_overrides: {"*/*": application/octet-stream}\n')
    options = ["--path", document, "--output-path", target, "--config", settings, "--meta", "none", "--fail-on-warning"]
    command = [sys.executable, "-m", "openapi_python_client", "generate", *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def client_package(tmp_path_factory):
    """The generated package; `client_package("api.rooms.create_room")` is a module of it."""
    directory = tmp_path_factory.mktemp("generated")
    done = generate(PATH, directory / PACKAGE)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in (directory / PACKAGE / "api").rglob("*.py"):
        # Version 0.29.1 forgets a name where a body may have two types and nothing else may be left out.
        path.write_text(path.read_text().replace("types import Response, UNSET\n", "types import Response, UNSET, Unset\n"))
    sys.path.insert(0, str(directory))
    yield lambda name="": importlib.import_module(f"{PACKAGE}.{name}".rstrip("."))
    sys.path.remove(str(directory))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_the_generator_has_a_function_for_each_operation(client_package):
    api = Path(client_package("api").__file__).parent
    functions = {path.stem for path in api.rglob("*.py") if path.stem != "__init__"}
    assert len(functions) >= 60
    for path in api.rglob("*/[a-z]*.py"):
        module = client_package(f"api.{path.parent.name}.{path.stem}")
        assert module.asyncio_detailed and module.sync_detailed, path


def test_a_part_that_the_generator_cannot_use_is_noticed(tmp_path):
    document = tmp_path / "broken.json"
    document.write_text(PATH.read_text().replace('"items": {', '"item": {'))
    assert generate(document, tmp_path / "broken").returncode != 0


async def test_a_generated_client_chats(users, client_package):
    package, models = client_package(), client_package("models")

    async def call(operation: str, *arguments, client, **more):
        return await client_package(f"api.{operation}").asyncio(*arguments, client=client, **more)

    alice, bob = users.unregistered("alice"), users.unregistered("bob")
    visitor = package.Client(base_url=alice.server.url)
    tokens = {}
    for user in (alice, bob):
        body = models.Registration(username=user.username, password=PASSWORD)
        grant = await call("accounts.register", client=visitor, body=body)
        assert isinstance(grant, models.SignIn) and grant.user.username == user.username
    for user in (alice, bob):
        grant = await call("accounts.login", client=visitor, body=models.LoginRequest(username=user.username, password=PASSWORD))
        tokens[user] = grant.access_token
    ours, theirs = (package.AuthenticatedClient(base_url=alice.server.url, token=tokens[user]) for user in (alice, bob))

    new_room = models.NewRoom(kind=models.RoomKind.GROUP, name="Lunch", members=[bob.username])
    room = await call("rooms.create_room", client=ours, body=new_room)
    assert isinstance(room, models.CreatedRoom) and room.me.role == models.Role.OWNER and room.last_message is None
    first = await call("messages.post_message", room.room_id, client=ours, body=models.NewMessage(content="zebrafish for lunch"))
    answer = models.NewMessage(content="Fine with me", reply_to=first.seq)
    second = await call("messages.post_message", room.room_id, client=theirs, body=answer)
    assert isinstance(second, models.Message) and second.reply_to == first.seq and second.created_at.tzinfo
    edited = await call("messages.edit_message", room.room_id, 1, client=ours, body=models.MessageUpdate(content="zebrafish at one"))
    assert edited.content == "zebrafish at one" and edited.edited_at > first.created_at
    await call("messages.add_reaction", room.room_id, 1, "🎉", client=theirs)
    page = await call("messages.list_messages", room.room_id, client=ours, limit=10)
    assert [message.content for message in page.messages] == ["zebrafish at one", "Fine with me"] and not page.has_before
    assert page.messages[0].reactions.additional_properties == {"🎉": [second.user_id]}
    found = await call("messages.search_messages", client=theirs, q="zebrafish", room_id=room.room_id)
    assert [hit.message.seq for hit in found.items] == [1] and found.items[0].highlights[0].hit is True
    (listed,) = (await call("rooms.list_rooms", client=ours)).items
    assert listed.me.unread == 1 and listed.last_message.seq == 2

    problem = await call("rooms.get_room", "nowhere", client=ours)
    assert isinstance(problem, models.Problem) and problem.code == models.ProblemCode.NOT_FOUND and problem.status == 404
    problem = await call("messages.post_message", room.room_id, client=ours, body=models.NewMessage(content=" "))
    assert problem.code == models.ProblemCode.INVALID_FIELD and [error.field for error in problem.errors] == ["content"]
    problem = await call("accounts.get_me", client=package.AuthenticatedClient(base_url=alice.server.url, token="x"))
    assert isinstance(problem, models.Problem) and problem.code == models.ProblemCode.UNAUTHENTICATED
