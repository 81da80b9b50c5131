"""What the page may need, counted: requests and bytes of a visit. How fast it is, `make bench-page` measures."""

import asyncio
import contextlib
import re

import pytest
from playwright.async_api import Page, async_playwright, expect

from support.browser import CHROMIUM
from support.clients import TestUser, TestUsers
from support.page_visits import NOTE_INTERACTIVE, AccessLog, wait_for_shell
from support.server import REPOSITORY
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(180)]

FIRST_REQUESTS_MAX, FIRST_BYTES_MAX = 45, 100_000
# What follows while the form stands: no build step joins these files.
WHOLE_REQUESTS_MAX, WHOLE_BYTES_MAX = 230, 330_000
SECOND_REQUESTS_MAX = 5
QUIET_SECONDS = 4  # the worker looks for a new version within that


@pytest.fixture
async def server(own_server):
    return own_server()


@contextlib.asynccontextmanager
async def new_page(**settings):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(**settings)
        await context.add_init_script(NOTE_INTERACTIVE)
        yield await context.new_page()
        await browser.close()


@pytest.fixture
async def page():
    async with new_page() as page:
        yield page


@pytest.fixture
async def page_alone():
    """Without the service worker, which asks for the same files once more, for later visits."""
    async with new_page(service_workers="block") as page:
        yield page


@pytest.fixture
async def garden(server):
    """Alice and Bob, and a room in which both have written."""
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room_id = (await alice.create_room("group", "Garden club", members=[bob]))["room_id"]
        for words in ("Who waters the beans?", "I did."):
            await bob.post_message(room_id, words)
        await alice.post_message(room_id, "Thank you!")
        yield alice, bob, room_id


async def sign_in(page: Page, user: TestUser) -> None:
    await page.get_by_test_id("username").fill(user.username)
    await page.get_by_test_id("password").fill(user.password)
    await page.get_by_test_id("sign-in").click()
    await wait_for(page, "window.interactiveAt > 0", timeout=20_000)


async def test_the_first_screen_is_small_and_the_rest_comes_while_the_form_stands(server, page_alone):
    page, log = page_alone, AccessLog(server)
    # Only what the first screen needs: the rest begins 200 ms after the form is drawn, the service worker some seconds later.
    later = re.findall(r'data-rel="modulepreload" href="([^"]+)"', (REPOSITORY / "nginx" / "html" / "index.html").read_text())
    assert "elements/page.js" in later
    for path in [*later, "elements/worker.js"]:
        await page.route(f"{server.url}/{path}", lambda route: route.abort())
    await page.goto(server.url)
    await expect(page.get_by_test_id("sign-in")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    first = [request for request in log.requests() if "/api/" not in request.path]
    styles = [request for request in first if request.path.startswith("/styles/")]
    print(f"first screen: {len(first)} files, {sum(request.bytes for request in first):,} bytes")
    assert len(styles) >= 5
    await page.unroute_all()

    await page.context.clear_cookies()
    session = await page.context.new_cdp_session(page)
    await session.send("Network.clearBrowserCache")
    log.requests()
    await page.goto(server.url)
    await wait_for(page, "performance.getEntriesByName(new URL('elements/composer.js', location.href).href).length > 0", timeout=20_000)
    await page.wait_for_load_state("networkidle")
    whole = [request for request in log.requests() if "/api/" not in request.path]
    print(f"the whole page: {len(whole)} files, {sum(request.bytes for request in whole):,} bytes")
    assert len(first) <= FIRST_REQUESTS_MAX
    assert sum(request.bytes for request in first) <= FIRST_BYTES_MAX
    assert len(first) < len(whole) <= WHOLE_REQUESTS_MAX
    assert sum(request.bytes for request in whole) <= WHOLE_BYTES_MAX


async def test_a_second_visit_asks_the_server_for_little(server, page, garden):
    alice, _, room_id = garden
    await page.goto(f"{server.url}#/room/{room_id}")
    await sign_in(page, alice)
    await wait_for_shell(page)
    await page.goto("about:blank")
    log = AccessLog(server)
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket))
    await page.goto(f"{server.url}#/room/{room_id}")
    await wait_for(page, "window.interactiveAt > 0", timeout=20_000)
    await expect(page.get_by_test_id("connection-status")).to_have_attribute("data-state", "online", timeout=10_000)
    await asyncio.sleep(QUIET_SECONDS)
    asked = [f"{request.method} {request.path}" for request in log.requests()]
    assert len(sockets) == 1
    assert len(asked) + len(sockets) <= SECOND_REQUESTS_MAX, asked
