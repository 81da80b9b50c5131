"""A page of another origin, in a real browser: its forms cannot sign the visitor in, and cannot use the visitor's cookie."""

import contextlib
import http.server
import json
import threading

import pytest
from playwright.async_api import expect

from support.browser import browsers
from support.clients import PASSWORD, TestUsers

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

COOKIE = "echochat_refresh"


class ForeignPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>foreign</title>")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def foreign_site():
    """A web server whose pages are of another site than EchoChat's: `localhost` is not `127.0.0.1`."""
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ForeignPage)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{site.server_port}/"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


SUBMIT = """([action, enctype, fields]) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action, enctype });
    for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    form.submit();
}"""


async def submit(user, foreign: str, action: str, enctype: str, fields) -> int:
    """Opens the foreign page in a tab of the user's browser, where it submits a form; returns the status of the response."""
    page = await user.page.context.new_page()
    await page.goto(foreign)
    # Not before the response is shown: Chromium may never close a page that navigates.
    async with page.expect_navigation(), page.expect_response(action) as response:
        await page.evaluate(SUBMIT, [action, enctype, list(fields)])
    status = (await response.value).status
    await page.close()
    return status


def as_text(document: dict) -> list[tuple[str, str]]:
    """A field whose text/plain form, `name=value`, is a JSON document."""
    return [(json.dumps(document)[:-1] + ', "x": "', '"}')]


async def cookies(page, server) -> list[str]:
    return [cookie["name"] for cookie in await page.context.cookies(f"{server.url}/api/v1/auth/refresh")]


async def test_a_form_of_a_foreign_page_signs_nobody_in(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        mallory = await users.register("mallory")
        account = {"username": mallory.username, "password": PASSWORD, "refresh": "cookie"}
        with foreign_site() as foreign:
            for path, document in (("login", account), ("register", account | {"username": f"{mallory.username}2"})):
                action = f"{server.url}/api/v1/auth/{path}"
                for enctype, fields in (
                    ("application/x-www-form-urlencoded", [("grant_type", "password"), *document.items()]),
                    ("text/plain", as_text(document)),
                    ("multipart/form-data", document.items()),
                ):
                    status = await submit(alice, foreign, action, enctype, fields)
                    assert 400 <= status < 500, (path, enctype, status)
                    assert await cookies(alice.page, server) == [], (path, enctype)
        await alice.page.goto(server.url)
        await expect(alice.at("sign-in")).to_be_visible()
        # The control: the page's own sign-in gets the cookie, in the same browser.
        await alice.sign_in(server.url, mallory.username, PASSWORD)
        assert await cookies(alice.page, server) == [COOKIE]


async def test_a_form_of_a_foreign_page_signs_nobody_out_and_refreshes_nothing(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        # Of the site itself but of another origin, so that SameSite=Strict sends the cookie along.
        with foreign_site() as foreign:
            same_site = foreign.replace("localhost", "127.0.0.1")
            form = "application/x-www-form-urlencoded"
            for path, fields in (("refresh", []), ("refresh", [("grant_type", "refresh_token")]), ("logout", []), ("revoke", [])):
                status = await submit(alice, same_site, f"{server.url}/api/v1/auth/{path}", form, fields)
                assert status in (401, 403, 422), (path, status)
                assert await cookies(alice.page, server) == [COOKIE], path
        await alice.page.goto(server.url)
        await expect(alice.at("chat")).to_be_visible()
        await alice.expect_online()
