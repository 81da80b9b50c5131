"""Users of the web client in real browsers (Chromium, driven by Playwright)."""

import contextlib
import secrets

from playwright.async_api import Page, WebSocket, async_playwright, expect

from .clients import PASSWORD
from .event_document import FrameChecker
from .waiting import wait_for

CHROMIUM = "/usr/bin/chromium"

LIVE_MS = 8_000

RECOVERED_MS = 10_000

VIEWER_MS = 15_000

DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class BrowserUser:
    """A user in a browser of their own."""

    def __init__(self, page: Page, name: str, directory):
        self.page = page
        self.name = f"{name}-{secrets.token_hex(4)}"
        self.display_name = name.capitalize()
        self.directory = directory
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: "Content Security Policy" in message.text and self.errors.append(message.text))
        page.on("websocket", check_frames)
        page.set_default_timeout(LIVE_MS * 2)

    def at(self, test_id: str):
        return self.page.get_by_test_id(test_id)

    @property
    def contents(self):
        return self.at("messages").get_by_test_id("content")

    async def screenshot(self, what: str) -> None:
        await self.page.screenshot(path=self.directory / f"{what}.png")

    async def sign_up(self, url: str) -> None:
        await self.page.goto(url)
        await self.at("show-sign-up").click()
        await self.at("username").fill(self.name)
        await self.at("display-name").fill(self.display_name)
        await self.at("password").fill("a long walk on the beach")
        await self.at("sign-up").click()
        await self.skip_first_run()
        await expect(self.at("my-name")).to_have_text(self.display_name)
        await self.expect_online()

    async def skip_first_run(self) -> None:
        await expect(self.at("first-run")).to_be_visible(timeout=RECOVERED_MS)
        await self.at("first-skip").click()
        await self.at("first-skip").click()
        await expect(self.at("chat")).to_be_visible()

    async def sign_in(self, url: str, name: str, password: str = "a long walk on the beach") -> None:
        await self.page.goto(url)
        await self.at("username").fill(name)
        await self.at("password").fill(password)
        await self.at("sign-in").click()
        await expect(self.at("chat")).to_be_visible()
        await self.expect_online()

    async def try_to_sign_in(self, name: str, password: str) -> None:
        await self.at("username").fill(name)
        await self.at("password").fill(password)
        await self.at("sign-in").click()

    async def open_settings(self, section: str) -> None:
        await self.at("my-profile").click()
        await self.at("open-settings").click()
        await self.at(f"settings-{section}").click()

    async def sign_out(self) -> None:
        await self.at("my-profile").click()
        await self.at("sign-out").click()
        await expect(self.at("account-form")).to_be_visible()

    async def expect_signed_out(self) -> None:
        await expect(self.at("account-form")).to_be_visible(timeout=RECOVERED_MS)

    async def expect_online(self, within: int = LIVE_MS) -> None:
        await expect(self.at("connection-status")).to_have_attribute("data-state", "online", timeout=within)

    async def create_room(self, name: str) -> None:
        await self.at("new-room").click()
        await self.at("kind-public").check()
        await self.at("room-name-input").fill(name)
        await self.at("create-submit").click()
        await expect(self.at("room-name")).to_have_text(name)

    async def open_direct(self, username: str) -> None:
        await self.at("new-room").click()
        await self.at("kind-direct").check()
        await self.at("room-people-input").fill(username)
        await self.at("create-submit").click()
        await expect(self.at("room-topic")).to_contain_text(f"@{username}")

    async def join_room(self, name: str) -> None:
        await self.at("browse-rooms").click()
        await self.at("directory-item").filter(has_text=name).get_by_test_id("join-room").click()
        await expect(self.at("room-name")).to_have_text(name)

    async def post(self, content: str) -> None:
        await self.at("composer").fill(content)
        await self.at("send").click()

    async def expect_messages(self, *contents: str, within: int = LIVE_MS) -> None:
        await expect(self.contents).to_have_text(list(contents), timeout=within)

    async def expect_words_kept(self) -> None:
        """Waits until the tab would close without a question: what is not sent yet is stored."""
        await wait_for(self.page, "dispatchEvent(new Event('beforeunload', { cancelable: true }))")

    async def expect_all_sent(self) -> None:
        await self.page.evaluate(DRAWN)  # what has just been written has its row
        unsent = self.page.locator('[data-testid="message"]:not([data-state="sent"], [data-state="deleted"])')
        await expect(unsent).to_have_count(0, timeout=LIVE_MS)


def check_frames(socket: WebSocket) -> None:
    """Checks a connection of the page against the AsyncAPI document."""
    checker = FrameChecker(is_narrowed="room=" in socket.url)
    socket.on("framesent", checker.sent)
    socket.on("framereceived", checker.received)


@contextlib.asynccontextmanager
async def browsers(directory, *names: str):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        # Without a service worker: what a story says of the network would be about that worker's.
        contexts = [await browser.new_context(service_workers="block") for _ in names]
        browser_users = [BrowserUser(await context.new_page(), name, directory) for context, name in zip(contexts, names, strict=True)]
        try:
            yield browser_users
            for user in browser_users:
                assert not user.errors, user.errors
        finally:
            await browser.close()


async def get_me_in_swagger_ui(page: Page, name: str) -> None:
    """Signs in by the password form of Swagger UI and sends GET /api/v1/auth/me."""
    await page.locator(".btn.authorize").first.click(timeout=VIEWER_MS)
    await page.locator("#oauth_username").fill(name)
    await page.locator("#oauth_password").fill(PASSWORD)
    form = page.locator(".auth-container", has=page.locator("#oauth_username"))
    await form.get_by_role("button", name="Apply given OAuth2 credentials").click()
    await expect(page.locator(".modal-ux").get_by_text("Logout", exact=True)).to_have_count(1)
    await page.locator(".close-modal").click()
    await expect(await execute_in_swagger_ui(page, "/api/v1/auth/me")).to_contain_text(f'"username": "{name}"')


async def execute_in_swagger_ui(page: Page, path: str):
    """Sends a GET request as the form is at first, which must be answered with 200; returns where the answer is shown."""
    operation = page.locator(".opblock-get", has=page.locator(f'[data-path="{path}"]'))
    await operation.locator(".opblock-summary-control").click()
    await operation.locator(".execute").click()
    answer = operation.locator(".live-responses-table")
    await expect(answer.locator(".response-col_status").last).to_contain_text("200")
    return answer
