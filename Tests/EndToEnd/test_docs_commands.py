"""The start page of the documentation, and the README's three requests: every command runs as it stands, and prints what the page says."""

import asyncio
import json
import os
import shutil
import subprocess
import sys

import pytest

from support.browser import browsers
from support.docs import LANGUAGES, Block, Page, markdown_block
from support.server import REPOSITORY

pytestmark = pytest.mark.timeout(120)

# Printed after each block.
SEPARATOR = "\x1e"
# As a reader's server has them; only the password hash is cheap.
SHIPPED = {
    f"ECHOCHAT_{name}": None
    for name in (
        "MESSAGE_RATE",
        "EVENT_RATE",
        "COMMAND_RATE",
        "CONNECTIONS_PER_ADDRESS",
        "SIGNIN_RATE",
        "CONNECTIONS_PER_USER",
        "ROOM_RATE",
        "ADDING_RATE",
        "ROOMS_PER_USER",
        "OWNED_ROOMS_PER_USER",
        "UNOPENED_ROOMS_PER_USER",
    )
}
NODE = shutil.which("node")


def run(command: list[str], server, directory) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {"BASE": server.url}
    done = subprocess.run(command, env=environment, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def run_file(command: list[str], name: str, blocks: list[Block], separate: str, server, directory) -> str:
    """Runs the blocks as one program, as a reader does who puts them into a file one after another."""
    (directory / name).write_text("".join(f"{block.text}\n{separate}\n" for block in blocks))
    return run([*command, name], server, directory)


def run_bash(blocks, server, directory) -> str:
    return run_file(["bash"], "start.sh", blocks, r"printf '\x1e'", server, directory)


def run_python(blocks, server, directory) -> str:
    return run_file([sys.executable], "start.py", blocks, r'print(end="\x1e")', server, directory)


def run_node(blocks, server, directory) -> str:
    # Before version 22 a WebSocket is there on demand alone.
    flags = ["--experimental-websocket"] if int(run([NODE, "--version"], server, directory)[1:].split(".")[0]) < 22 else []
    return run_file([NODE, *flags], "start.mjs", blocks, r'process.stdout.write("\x1e");', server, directory)


async def run_chromium(blocks, server, directory) -> str:
    """Runs the blocks in a page of the site, as in the console of the browser."""
    printed: list[str] = []
    async with browsers(directory, "reader") as (reader,):
        await reader.page.goto(f"{server.url}/docs/")
        reader.page.on("console", lambda message: printed.append(message.text) if message.type == "log" else None)
        source = "".join(f"{block.text}\nconsole.log({json.dumps(SEPARATOR)});\n" for block in blocks)
        async with asyncio.timeout(60):
            await reader.page.evaluate(f"async () => {{\n{source}}}")
    return "".join(text if text == SEPARATOR else f"{text}\n" for text in printed)


def check_output(blocks: list[Block], printed: str) -> None:
    """Checks that each block printed what the page shows below it."""
    parts = printed.split(SEPARATOR)
    assert len(parts) == len(blocks) + 1 and parts[-1].strip() == "", printed
    for block, part in zip(blocks, parts, strict=False):
        assert block.output, f"no output is shown for a block of {block.section}"
        assert block.output.fullmatch(part.strip()), f"{block.section} printed:\n{part}\nand not {block.output.pattern}"


async def check(language: str, blocks: list[Block], server, directory, where: str = "") -> None:
    match where or language:
        case "bash":
            printed = run_bash(blocks, server, directory)
        case "python":
            printed = run_python(blocks, server, directory)
        case "node":
            printed = run_node(blocks, server, directory)
        case _:
            printed = await run_chromium(blocks, server, directory)
    check_output(blocks, printed)


def test_each_step_is_there_in_each_language():
    page = Page.read("index.html")
    steps = {language: [block.section for block in page.blocks[language]] for language in LANGUAGES}
    assert len(steps["bash"]) > 12 and steps["bash"] == steps["python"] == steps["javascript"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_commands_of_the_start_page_run_as_they_stand(own_server, tmp_path, language):
    await check(language, Page.read("index.html").blocks[language], own_server(**SHIPPED), tmp_path)


@pytest.mark.skipif(not NODE, reason="Node is not installed")
async def test_the_commands_of_the_start_page_run_in_node(own_server, tmp_path):
    server = own_server(**SHIPPED)
    blocks = Page.read("index.html").blocks["javascript"]
    missing = {
        name for name in {block.needs for block in blocks} - {None} if "undefined" in run([NODE, "-p", f"typeof {name}"], server, tmp_path)
    }
    await check("javascript", [block for block in blocks if block.needs not in missing], server, tmp_path, "node")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("right", "wrong"), [("/auth/register", "/auth/registre"), ("Good morning", "Good evening"), ("auth/login", "auth/me")]
)
async def test_a_broken_command_is_noticed(server, tmp_path, language, right, wrong):
    """Broken in the code alone, not in the output that the page shows."""
    blocks = [block for block in Page.read("index.html").blocks[language] if block.section in ("sign-up", "room", "post")]
    await check(language, blocks, server, tmp_path)
    broken = [
        Block(block.section, block.text.replace(right.removeprefix("/"), wrong.removeprefix("/")), None, block.output) for block in blocks
    ]
    assert broken != blocks
    with pytest.raises(Exception, match="."):  # whatever it is: a reader is stuck
        await check(language, broken, server, tmp_path)


def test_the_requests_of_the_readme_say_something(server, tmp_path):
    (tmp_path / "readme.sh").write_text(markdown_block(REPOSITORY / "README.md", "bash"))
    message = json.loads(run(["bash", "readme.sh"], server, tmp_path))
    assert message["content"] == "Hello" and message["seq"] == 1
