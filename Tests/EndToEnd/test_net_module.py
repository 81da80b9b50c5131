"""nginx/html/net in a browser: what it says of a server that it cannot reach, and sessions that survive hasty reloads."""

import asyncio
import re

import pytest

from support.browser import LIVE_MS, browsers
from support.http_proxy import HeadProxy
from support.server import eventually
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(90)]

# Signs a new user up and keeps the states of the connection in `window.states`, each as "name" or "name reason".
START = """async () => {
  const { createClient, uuid } = await import("/net/client.js");
  const client = createClient({
    site: new URL("/", location.href),
    async resync() {
      const state = await client.api.sync();
      return { cursor: state.cursor, epoch: state.epoch, userId: state.me.user_id };
    },
  });
  window.client = client;
  window.states = [];
  client.connection.addEventListener("state", ({ detail: { name, reason } }) => states.push(reason ? `${name} ${reason}` : name));
  await client.session.register({ username: `alice-${uuid().slice(0, 8)}`, password: "a long walk on the beach" });
  client.connection.start();
}"""


async def start(user, url: str) -> None:
    await user.page.goto(f"{url}/docs/changes.html")
    await user.page.evaluate(START)


async def expect_state(user, state: str, within: int = LIVE_MS) -> None:
    await wait_for(user.page, "(state) => states[states.length - 1] === state", arg=state, timeout=within)


def rewrite_host(head: bytes) -> bytes:
    return re.sub(rb"(?m)^Host: [^\r]*", b"Host: internal:8080", head)


def drop_upgrade(head: bytes) -> bytes:
    return re.sub(rb"(?m)^(Upgrade|Connection): [^\r]*\r\n", b"", head)


@pytest.mark.parametrize(("change", "reason"), [(rewrite_host, "origin"), (drop_upgrade, "handshake")])
async def test_behind_a_proxy_that_spoils_the_handshake_the_client_says_what_is_wrong(own_server, tmp_path, change, reason):
    server = own_server()
    async with HeadProxy(server.port, change) as proxy, browsers(tmp_path, "alice") as (alice,):
        await start(alice, proxy.url)
        await expect_state(alice, f"waiting {reason}", within=3 * LIVE_MS)


async def test_behind_a_proxy_that_changes_nothing_the_client_is_online(own_server, tmp_path):
    server = own_server()
    async with HeadProxy(server.port, lambda head: head) as proxy, browsers(tmp_path, "alice") as (alice,):
        await start(alice, proxy.url)
        await expect_state(alice, "online")


async def test_a_lost_network_is_said_at_once_and_the_way_back_is_short(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await start(alice, server.url)
        await expect_state(alice, "online")
        await alice.page.context.set_offline(True)
        await expect_state(alice, "waiting offline", within=1_000)
        await alice.page.context.set_offline(False)
        await expect_state(alice, "online")


# What Safari 15.4, Chrome 100 or Firefox 100 lack, and what is missing on plain http.
OLD_BROWSER = """
  for (const [owner, ...names] of [
    [URL, "canParse", "parse"], [AbortSignal, "timeout", "any"], [Promise, "withResolvers", "try"], [Object, "groupBy"], [Response, "json"],
    [Array.prototype, "toSorted", "toReversed", "toSpliced", "with", "findLast", "findLastIndex"], [Intl, "Segmenter"],
    [Crypto.prototype, "randomUUID"], [Navigator.prototype, "locks"], [Iterator.prototype, "map", "filter"], [Set.prototype, "union"],
  ]) for (const name of names) delete owner[name];
"""


async def test_the_client_works_in_a_browser_of_2022_and_on_plain_http(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        loaded: list[str] = []
        alice.page.on("request", lambda request: loaded.append(request.url.rsplit("/", 1)[-1]))
        await alice.page.add_init_script(OLD_BROWSER)
        await start(alice, server.url)
        await expect_state(alice, "online")
        assert await alice.page.evaluate("[typeof URL.canParse, typeof navigator.locks, typeof crypto.randomUUID]") == ["undefined"] * 3
        # A refresh goes through the lock of plain http.
        assert await alice.page.evaluate("client.session.refresh().then((token) => token === client.session.currentToken)")
        assert "lease-lock.js" in loaded
        assert await alice.page.evaluate("localStorage.length") == 0


async def reload_twice(tab) -> None:
    """The second time while the page is still at its refresh."""
    async with tab.expect_request("**/auth/refresh"):
        await tab.reload(wait_until="commit")

    async def again() -> None:
        await tab.reload()  # Chromium refuses it for a moment while the new page takes the place of the old one

    await eventually(again, 5)


async def test_hasty_reloads_and_many_tabs_keep_the_session(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await start(alice, server.url)
        await alice.page.context.add_init_script(
            """window.restored = import("/net/client.js").then(({ createClient }) =>
              createClient({ site: new URL("/", location.href) }).session.restore());"""
        )
        tabs = [alice.page, *[await alice.page.context.new_page() for _ in range(2)]]
        for tab in tabs[1:]:
            await tab.goto(f"{server.url}/docs/changes.html")
        for _ in range(10):
            await asyncio.gather(*(reload_twice(tab) for tab in tabs))
            assert await asyncio.gather(*(tab.evaluate("window.restored") for tab in tabs)) == [True] * 3
