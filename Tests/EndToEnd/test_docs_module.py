"""The examples of nginx/html/net/README.md run as they stand: on a page, in a worker, in Node, and on a page of a host application."""

import asyncio
import contextlib
import os
import shutil

import pytest

from support.browser import browsers
from support.clients import PASSWORD, TestUsers
from support.docs import markdown_section_block
from support.host_application import HostApplication
from support.server import REPOSITORY

pytestmark = [pytest.mark.page, pytest.mark.timeout(60)]

NET = REPOSITORY / "nginx/html/net"
# Where Debian's package of ws is.
DEBIAN_MODULES = "/usr/share/nodejs"
NODE_SECONDS = 10


def example(heading: str) -> str:
    return markdown_section_block(NET / "README.md", heading)


async def run_example(user, source: str) -> list[str]:
    printed: list[str] = []
    user.page.on("console", lambda message: printed.append(message.text))
    await user.page.evaluate(f"async () => {{\n{source}\n}}")
    return printed


async def test_another_page_of_the_site_imports_the_client_and_chats(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "bob") as (bob,):
        await bob.page.goto(f"{server.url}/docs/changes.html")
        # The event may come before or after the reply.
        async with bob.page.expect_console_message(lambda message: message.text == "heard 1: Hello from a module"):
            printed = await run_example(bob, example("A page of the site"))
        assert "sent 1" in printed
        # The session is the browser's: the next page goes on with it.
        await bob.page.goto(f"{server.url}/docs/problems.html")
        name = await bob.page.evaluate(
            """async () => {
              const { createClient } = await import("/net/client.js");
              const { session, api } = createClient({ site: new URL("/", location.href) });
              return (await session.restore()) && (await api.me()).username;
            }"""
        )
        assert name.startswith("bob-")
        # And so does a worker.
        await bob.page.route(
            "**/counter.js", lambda route: route.fulfill(body=example("A worker of the site"), content_type="text/javascript")
        )
        counted = await bob.page.evaluate(
            """() => new Promise((resolve, reject) => {
              const worker = new Worker("/counter.js", { type: "module" });
              worker.onmessage = ({ data }) => resolve(data);
              worker.onerror = (event) => reject(new Error(event.message));
            })"""
        )
        assert counted == {"name": name, "unread": 0}
        await bob.page.goto(server.url)
        await bob.expect_online()


async def test_an_example_that_is_broken_is_noticed(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "bob") as (bob,):
        await bob.page.goto(f"{server.url}/docs/changes.html")
        with pytest.raises(Exception, match="is not a function"):
            await run_example(bob, example("A page of the site").replace("api.createRoom", "api.makeRoom"))


async def test_a_page_of_a_host_application_uses_its_token(own_server, tmp_path):
    application = HostApplication(tmp_path)
    server = own_server(**application.with_key_set())
    token = application.token("c1", preferred_username="carol", name="Carol C.")
    async with browsers(tmp_path, "carol") as (carol,):
        await carol.page.route("**/intranet/chat-token", lambda route: route.fulfill(body=token))
        await carol.page.goto(f"{server.url}/docs/changes.html")
        assert "signed in as Carol C." in await run_example(carol, example("A page of a host application"))
        assert await carol.page.context.cookies() == []


class Echo:
    """The program of the README, in a directory of its own beside a copy of net/."""

    def __init__(self, directory, server, username: str):
        self.directory = directory
        self.variables = {"SITE": f"{server.url}/", "USERNAME": username, "NODE_PATH": DEBIAN_MODULES, "PATH": os.environ["PATH"]}
        self.process = None
        directory.mkdir()
        shutil.copytree(NET, directory / "net")
        (directory / "echo.mjs").write_text(example("A program in Node"))

    @contextlib.asynccontextmanager
    async def running(self, **variables):
        self.process = await asyncio.create_subprocess_exec(
            "node", "echo.mjs", cwd=self.directory, env={**self.variables, **variables}, stdout=asyncio.subprocess.PIPE
        )
        try:
            yield self
            self.process.terminate()
            assert await asyncio.wait_for(self.process.wait(), NODE_SECONDS) == 0
        finally:
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()

    async def prints(self, wanted: str) -> None:
        """Reads its lines up to this one."""
        async with asyncio.timeout(NODE_SECONDS):
            while (line := await self.process.stdout.readline()).decode().strip() != wanted:
                assert line, f"the program ended before it printed: {wanted}"


async def test_a_program_in_node_keeps_its_session_and_comes_back(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users:
        alice, robo = await users.register_all("alice", "robo")
        room = (await alice.create_room("group", members=[robo]))["room_id"]
        heard = await alice.connect()

        async def says(content: str) -> None:
            await alice.post_message(room, content)
            assert (await heard.expect("new_message", content=f"You said: {content}")).data["user_id"] == robo.user_id

        echo = Echo(tmp_path / "program", server, robo.username)
        async with echo.running(PASSWORD=PASSWORD):
            await echo.prints(f"{robo.username} is online")
            await says("Hello")
            server.wait_replaced(server.kill("push"))
            await echo.prints(f"{robo.username} is online")
            heard = await alice.connect()
            await says("Again")
        assert (tmp_path / "program" / "session").stat().st_mode & 0o777 == 0o600
        # Without the password: the session that it has kept is enough.
        async with echo.running():
            await echo.prints(f"{robo.username} is online")
            await says("Once more")
