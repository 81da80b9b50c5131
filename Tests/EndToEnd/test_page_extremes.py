"""The web client under what it cannot choose: rubbish in the address, no storage, a wrong clock, another user at the same computer."""

import contextlib
import re

import pytest
from playwright.async_api import async_playwright, expect

from support.browser import CHROMIUM, RECOVERED_MS, BrowserUser, browsers
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


@contextlib.asynccontextmanager
async def alone(directory, init_script: str = "", name: str = "alice"):
    """A user in whose console nothing may be written but what the browser says of requests that fail."""
    async with browsers(directory, name) as (user,):
        if init_script:
            await user.page.add_init_script(init_script)
        user.page.on("console", lambda message: note(user, message))
        yield user


def note(user: BrowserUser, message) -> None:
    expected = ("Failed to load resource", "Service Worker registration blocked by Playwright")
    if message.type in ("error", "warning") and not message.text.startswith(expected):
        user.errors.append(message.text)


HASHES = [
    "#",
    "#/",
    "#/room/",
    "#/room/%",
    "#/room/..%2f..%2fadmin",
    "#/room/__proto__",
    "#/room/constructor/1",
    "#/room/a/99999999999999999999",
]
HASHES += [
    "#/room/a/0",
    "#/room/a/-1",
    "#/invite/%00",
    "#/invite/" + "x" * 5_000,
    "#/invite/../../users/me",
    "#/catch-up/1",
    "#verify=",
    "#reset=",
]
HASHES += [
    "#verify=%",
    "#register=%",
    "#reset=" + "x" * 5_000,
    "#javascript:alert(1)",
    "#<img src=x>",
    "#/room/a b c",
    "#main",
    "#\ud83d\ude00",
]


async def test_rubbish_in_the_address_breaks_nothing(server, tmp_path):
    async with alone(tmp_path) as alice:
        for address in HASHES:  # signed out
            await alice.page.goto(f"{server.url}{address}")
            await expect(alice.page.get_by_role("button", name=re.compile("sign in|set the password", re.I)).first).to_be_visible()
        await alice.page.goto(server.url)
        await alice.sign_up(server.url)
        await alice.create_room("Lobby")
        home = await alice.page.evaluate("location.hash")
        for address in HASHES:
            await alice.page.evaluate("(hash) => (location.hash = hash)", address)
            await expect(alice.page.locator("echo-main, echo-sign-in")).to_have_count(1)
            if await alice.at("confirm-no").count():
                await alice.at("confirm-no").click()
        for address in HASHES[:8]:
            await alice.page.goto(f"{server.url}{address}")
            await alice.page.reload()
            await alice.expect_online(RECOVERED_MS)
        await alice.page.goto(f"{server.url}{home}")
        await alice.post("Still here")
        await alice.expect_messages("Still here")


STORAGE = {
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    "forbidden": """for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
      Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });""",
    "refused": "IDBFactory.prototype.open = () => { throw new DOMException('refused', 'InvalidStateError'); };",
    "failing": """IDBFactory.prototype.open = () => {
      const request = new EventTarget();
      setTimeout(() => {
        request.error = new DOMException("gone", "UnknownError");
        request.onerror?.({ target: request, preventDefault() {} });
        request.dispatchEvent(new Event("error", { cancelable: true }));
      });
      return request;
    };""",
}


@pytest.mark.parametrize("kind", STORAGE)
async def test_without_storage_the_page_works(server, tmp_path, kind):
    async with alone(tmp_path, STORAGE[kind]) as alice:
        await alice.sign_up(server.url)
        await alice.create_room("Lobby")
        await alice.post("In memory")
        await alice.expect_messages("In memory")
        await alice.expect_all_sent()
        await alice.open_settings("appearance")
        await alice.at("theme-dark").check()
        await expect(alice.page.locator("html")).to_have_attribute("data-theme", "dark")
        await alice.at("close-settings").click()
        await alice.page.reload()
        await alice.expect_online(RECOVERED_MS)
        await alice.expect_messages("In memory", within=RECOVERED_MS)
        await alice.sign_out()


AUTH_REQUESTS = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/auth/')).length"

CLOCK = """const offset = YEARS * 365.25 * 86_400_000, OriginalDate = Date;
window.Date = class extends OriginalDate {
  constructor(...values) { super(...(values.length ? values : [OriginalDate.now() + offset])); }
  static now() { return OriginalDate.now() + offset; }
};"""


@pytest.mark.parametrize("years", [-3, 3])
async def test_a_clock_that_is_years_off_breaks_nothing(server, tmp_path, years):
    async with alone(tmp_path, CLOCK.replace("YEARS", str(years))) as alice:
        await alice.sign_up(server.url)
        await alice.create_room("Lobby")
        for number in range(3):
            await alice.post(f"Message {number}")
        await alice.expect_messages(*(f"Message {number}" for number in range(3)))
        await alice.expect_all_sent()
        count = await alice.page.evaluate(AUTH_REQUESTS)
        await alice.page.reload()
        await alice.expect_online(RECOVERED_MS)
        await alice.expect_messages(*(f"Message {number}" for number in range(3)), within=RECOVERED_MS)
        assert count <= 4, "tokens are not refreshed all the time"


TRACES = """async () => {
  const found = [];
  for (const [name, storage] of Object.entries({ localStorage, sessionStorage })) {
    for (const [key, value] of Object.entries(storage)) found.push(`${name} ${key} ${value}`);
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => { indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result); });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([all.getAllKeys(), all.getAll()].map((request) =>
        new Promise((resolve) => { request.onsuccess = () => resolve(request.result); })));
      for (const [n, key] of keys.entries()) found.push(`${name} ${store} ${JSON.stringify(key)} ${JSON.stringify(values[n])}`);
    }
    database.close();
  }
  return [...found, document.title, document.documentElement.outerHTML];
}"""


async def test_nothing_of_a_user_is_left_for_the_next_one_at_the_same_computer(server, tmp_path):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(service_workers="block")
        try:
            alice = BrowserUser(await context.new_page(), "alice", tmp_path)
            await alice.sign_up(server.url)
            await alice.create_room("Secret garden")
            await alice.post("Under the oak")
            await alice.expect_all_sent()
            await alice.at("composer").fill("Half a thought")
            await expect(alice.at("my-name")).to_have_text("Alice")
            user_id = await alice.page.evaluate("document.querySelector('echo-app').context.userId")
            other = BrowserUser(await context.new_page(), "other", tmp_path)
            await other.page.goto(server.url)
            await other.expect_online()
            await wait_for(other.page, f"async () => (await ({TRACES})()).join().includes('Half a thought')")
            await alice.sign_out()
            await other.expect_signed_out()
            bob = BrowserUser(await context.new_page(), "bob", tmp_path)
            await bob.sign_up(server.url)
            for page in (alice.page, other.page, bob.page):
                assert len(await page.evaluate(TRACES)) >= 3
                await wait_for(page, "() => document.querySelector('echo-main')", timeout=RECOVERED_MS)
                for trace in await page.evaluate(TRACES):
                    for word in ("Secret garden", "Under the oak", "Half a thought", alice.name, user_id):
                        assert word not in trace, trace[:300]
            assert not [*alice.errors, *other.errors, *bob.errors]
        finally:
            await browser.close()
