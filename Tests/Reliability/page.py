"""Two people chat in browsers while programs are killed, tabs are closed or reloaded offline and sessions are revoked: nothing is lost.

python -m Reliability.page --seconds 300 --kills 10
"""

import asyncio
import random
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Error, async_playwright, expect

from support import event_document
from support.browser import CHROMIUM
from support.page_visits import wait_for_shell
from support.page_writer import PATIENCE_MS, PageWriter
from support.server import MAIL_SETTINGS, REPOSITORY, Server, eventually
from support.ticks import TICKS, ticks_of_the_server
from support.waiting import wait_for

from .disturbed import main

SECONDS = 300
KILLS = 10
PROGRAMS = ("rest", "push", "nginx", "outbound")
ROOM = "Garden club"
EVENTS = (PageWriter.close_the_tab, PageWriter.reload_offline, PageWriter.close_before_the_answer, PageWriter.lose_the_session)
KILLS_FOR_EVENTS = 4  # of each program, for each time that all of the above happen
# echochat-outbound runs, and the address is that of the pages.
SETTINGS = {**MAIL_SETTINGS, "ECHOCHAT_PUBLIC_URL": "http://127.0.0.1:{port}"}
LAST = 3  # messages that nobody reads


@dataclass
class Fault:
    """A fault of the page, which the run must find: `after` takes the place of `before`, and one of `signs` is in what the run says of it."""

    file: str
    before: str
    after: str
    signs: tuple[str, ...]

    def is_found(self, outcome: "Outcome") -> bool:
        return any(sign in outcome.report() for sign in self.signs)


FAULTS = {
    "the outbox stores nothing": Fault(
        "state/unsent-messages.js",
        "const stored = await this.#database.transact([TABLE, ...tables], async (tx) => {",
        "const stored = await this.#database.transact([TABLE, ...tables], async (real) => {\n"
        "          const tx = new Proxy(real, { get: (of, name) => (table, ...more) =>\n"
        "            name === 'put' && table === TABLE ? undefined : of[name](table, ...more) });",
        ('get_by_test_id("content")',),
    ),
    "each try has a client_id of its own": Fault(
        "state/outbox-sender.js",
        "const data = { room_id, content, client_id,",
        "const data = { room_id, content, client_id: crypto.randomUUID(),",
        ("2 times: ",),
    ),
    "drafts are kept in memory": Fault("state/drafts.js", "this.#records.storeSoon(roomId);", "", ('get_by_test_id("composer")',)),
}
CONTROL_PATIENCE_MS = 8_000


@dataclass
class Outcome:
    """What happened, and what is not as it must be."""

    killed: Counter = field(default_factory=Counter)
    happened: Counter = field(default_factory=Counter)
    messages: int = 0
    ticks: int = 0
    faults: list[str] = field(default_factory=list)

    def report(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in self.killed.items())
        happened = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in self.happened.items())
        lines = [f"killed: {killed}; {happened}; messages {self.messages}, ticks {self.ticks}, faults {len(self.faults)}"]
        return "\n".join([*lines, *(f"  {fault}" for fault in self.faults[:10])])


def pages_with(fault: str, directory: Path) -> Path:
    """The configuration of nginx and the pages, with a planted fault."""
    planted = FAULTS[fault]
    shutil.copytree(REPOSITORY / "nginx", directory)
    script = directory / "html" / planted.file
    text = script.read_text()
    assert text.count(planted.before) == 1, f"{planted.file} does not have what the fault takes the place of"
    script.write_text(text.replace(planted.before, planted.after))
    return directory


async def _kill(server: Server, outcome: Outcome, kills: int, until: float, chance: random.Random) -> None:
    programs = [name for name in PROGRAMS for _ in range(kills)]
    chance.shuffle(programs)
    for left in range(len(programs), 0, -1):
        await asyncio.sleep(max(0.0, (until - time.monotonic()) / (left + 1)))
        name = programs[left - 1]
        killed = await asyncio.to_thread(server.kill, name)
        await asyncio.to_thread(server.wait_replaced, killed, 20)
        outcome.killed[name] += 1


async def _live(writer: PageWriter, outcome: Outcome, rounds: int, until: float) -> None:
    """Chats, and has everything happen `rounds` times."""
    events = [event for _ in range(rounds) for event in writer.random.sample(EVENTS, len(EVENTS))]
    for left in range(len(events), 0, -1):
        await writer.chat(time.monotonic() + max(0.0, (until - time.monotonic()) / (left + 1)))
        await writer.write_in_diary()
        event = events[left - 1]
        try:
            await event(writer)
        except (AssertionError, Error) as error:
            raise AssertionError(f"{writer.name}, {event.__name__}: {error}") from error
        writer.done.append(event.__name__)
        outcome.happened[event.__name__] += 1
    await writer.chat(until)


async def _compare(writers: list[PageWriter], outcome: Outcome) -> None:
    """In the end everybody and the server have the same, and every word is where it was left."""
    for writer in writers:
        await writer.user.expect_online(2 * writer.patience_ms)
        unsent = writer.user.page.locator('[data-testid="message"]:not([data-state="sent"])')
        await expect(unsent).to_have_count(0, timeout=2 * writer.patience_ms)
        # What is written last is read by nobody.
        await writer.enter(writer.diary)
    for writer in writers:
        await writer.enter(ROOM)
        for _ in range(LAST):
            await writer.post()
        await expect(writer.user.page.locator('[data-testid="message"]:not([data-state="sent"])')).to_have_count(
            0, timeout=writer.patience_ms
        )
        await writer.enter(writer.diary)
    stored = await writers[0].account.all_messages(writers[0].room_id)
    outcome.messages = len(stored)
    names = {writer.account.user_id: writer.name for writer in writers}
    counts = Counter(message["content"] for message in stored)
    for writer in writers:
        mine = [message["content"] for message in stored if names[message["user_id"]] == writer.name]
        outcome.faults += [f"lost: {words}" for words in writer.sent if words not in counts]
        outcome.faults += [f"{counts[words]} times: {words}" for words in dict.fromkeys(mine) if counts[words] > 1]
        if not outcome.faults and mine != writer.sent:
            outcome.faults.append(f"{writer.name} wrote {writer.sent} and sent {mine}")
    for writer in writers:
        expected = [(message["seq"], names[message["user_id"]] == writer.name, message["content"]) for message in stored]
        for what in ("live", "after a reload"):
            await writer.enter(ROOM)
            await writer.scroll_to(len(stored))
            await _compare_ticks(writer, stored, names, outcome)
            if (found := await writer.history()) != expected:
                differing = [pair for pair in zip(found, expected, strict=False) if pair[0] != pair[1]][:3]
                outcome.faults.append(f"{writer.name} {what}: {len(found)} of {len(expected)} messages, first {differing}")
            await writer.enter(writer.diary)
            await writer.user.page.reload()
            await writer.user.expect_online(writer.patience_ms)
            await writer.expect_draft(writer.diary)
        outcome.faults += [f"{writer.name}: {error}" for error in writer.errors]


async def _compare_ticks(writer: PageWriter, stored: list[dict], names: dict[str, str], outcome: Outcome) -> None:
    """Of all own messages that are shown."""
    shown = await writer.user.page.evaluate(TICKS)
    own = [message["seq"] for message in stored if str(message["seq"]) in shown]
    expected = await ticks_of_the_server(writer.account, writer.room_id, own, names)
    same = f"(expected) => JSON.stringify(({TICKS})()) === JSON.stringify(expected)"
    try:
        await wait_for(writer.user.page, same, arg=expected, timeout=writer.patience_ms)
    except AssertionError:
        shown = await writer.user.page.evaluate(TICKS)
        differing = {seq: (shown.get(seq), told) for seq, told in expected.items() if shown.get(seq) != told}
        outcome.faults.append(f"ticks of {writer.name}, shown and told: {dict(list(differing.items())[:3])}")
    outcome.ticks += len(expected)


async def _run(server: Server, directory: Path, seconds: float, kills: int, seed: int, patience_ms: int) -> Outcome:
    outcome = Outcome()
    chance = random.Random(seed)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        writers = [PageWriter(server, await browser.new_context(), name, ROOM, seed, directory, patience_ms) for name in ("Alice", "Bob")]
        try:
            for writer in writers:
                await writer.account.register(display_name=writer.name)
            room = await writers[0].account.create_room("group", ROOM, members=[writers[1].account])
            for writer in writers:
                writer.room_id = room["room_id"]
                await writer.account.create_room("group", writer.diary)
                await writer.begin()
                await writer.user.page.reload()
                await wait_for_shell(writer.user.page)
            until = time.monotonic() + seconds
            rounds = max(1, kills // KILLS_FOR_EVENTS)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_kill(server, outcome, kills, until, chance))
                for writer in writers:
                    tasks.create_task(_live(writer, outcome, rounds, until))
            await eventually(lambda: writers[0].account.get_room(room["room_id"]), PATIENCE_MS / 1000)
            await _compare(writers, outcome)
            outcome.faults += event_document.faults
        except* (AssertionError, Error) as errors:
            outcome.faults += [str(error)[:2_000] for error in _leaves(errors)]
            for writer in writers:
                if writer.user:
                    await writer.user.screenshot(f"{writer.name}-in-the-end")
        finally:
            for writer in writers:
                await writer.account.close()
            await browser.close()
    return outcome


def _leaves(group: BaseExceptionGroup) -> list[BaseException]:
    return [leaf for error in group.exceptions for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])]


def run(directory: Path, seconds: float, kills: int, seed: int, fault: str | None = None) -> Outcome:
    directory.mkdir(exist_ok=True)
    nginx = pages_with(fault, directory / "nginx") if fault else None
    with Server(directory / "d", nginx=nginx, **SETTINGS) as server:
        return asyncio.run(_run(server, directory, seconds, kills, seed, CONTROL_PATIENCE_MS if fault else PATIENCE_MS))


def programme(directory: Path, options, seed: int) -> bool:
    outcome = run(directory / "run", options.seconds, options.kills, seed)
    print(outcome.report(), flush=True)
    good = not outcome.faults
    for fault, planted in FAULTS.items():
        control = run(directory / fault.replace(" ", "-"), 10, 0, seed, fault)
        print(f"control, {fault}: {control.report()}", flush=True)
        good &= planted.is_found(control)
    return good


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, seconds=SECONDS, kills=KILLS))
