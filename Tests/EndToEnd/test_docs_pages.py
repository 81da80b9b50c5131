"""The pages at /docs/ in a real browser, under the policy as shipped: viewers work, links lead somewhere, nothing comes from outside."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import httpx
import pytest
from playwright.async_api import expect

from support.browser import VIEWER_MS, browsers, execute_in_swagger_ui, get_me_in_swagger_ui
from support.clients import TestUsers
from support.docs import DOCS, Page
from support.problems import check_error
from support.server import REPOSITORY

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

PAGES = ("index.html", "api.html", "events.html", "problems.html", "changes.html")


class Watched:
    """What a page did that it must not: messages of errors (a violated policy is one), failed requests, requests to other sites."""

    def __init__(self, page, origin: str):
        self.faults: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", lambda response: response.status < 400 or self.faults.append(f"{response.status}: {response.url}"))
        page.on("request", lambda request: self._request(request, origin))

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def _failed(self, request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the reader has gone to another page
            self.faults.append(f"{request.failure}: {request.url}")

    def _request(self, request, origin: str) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((f"{origin}/", "data:", "blob:")):
            self.faults.append(f"outside: {request.url}")


@contextlib.asynccontextmanager
async def reader(server, directory):
    """A browser in which every page must be without fault, and what was requested."""
    async with browsers(directory, "reader") as (user,):
        watched = Watched(user.page, server.origin)
        yield user.page, watched
        assert watched.faults == []


async def test_swagger_ui_signs_in_by_the_form_and_sends_a_request(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, reader(server, tmp_path) as (page, watched):
        alice = await users.register("alice")
        await page.goto(f"{server.url}/docs/api.html")
        await get_me_in_swagger_ui(page, alice.username)
        assert f"{server.origin}/api/v1/auth/me" in watched.requests
        # Without the examples of optional parameters, such as the cursor of somebody else's list.
        await execute_in_swagger_ui(page, "/api/v1/rooms")
        (sent,) = [url for url in watched.requests if url.startswith(f"{server.origin}/api/v1/rooms")]
        assert "cursor" not in sent
        await page.screenshot(path=tmp_path / "api.png")


async def test_the_viewer_shows_commands_and_events(own_server, tmp_path):
    server = own_server()
    document = json.loads((DOCS / "asyncapi.json").read_text())
    async with reader(server, tmp_path) as (page, _):
        await page.goto(f"{server.url}/docs/events.html")
        viewer = page.locator("asyncapi-viewer")
        for word in ("send_message", "typing", "new_message", "user_typing", document["info"]["title"]):
            await expect(viewer.get_by_text(word).first).to_be_attached(timeout=VIEWER_MS)


async def test_the_type_of_a_problem_leads_to_its_section(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, reader(server, tmp_path) as (page, _):
        alice = await users.register("alice")
        problem = check_error(await alice.get("/rooms/nothing"), 404)
        for type_ in (problem["type"], "/docs/problems#rate_limited", "/docs/problems.html#rate_limited"):
            await page.goto(server.origin + type_)
            section = page.locator("section:target")
            await expect(section.locator("h2")).to_have_text(type_.partition("#")[2])
            top, height = await section.evaluate("element => [element.getBoundingClientRect().top, innerHeight]")
            assert 0 <= top < height / 2, (type_, top)


async def test_a_reader_on_a_phone_chooses_a_language_without_a_script(own_server, tmp_path):
    server = own_server()
    async with reader(server, tmp_path) as (page, _):
        await page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        await page.set_viewport_size({"width": 360, "height": 700})
        for name in PAGES:
            await page.goto(f"{server.url}/docs/{name}")
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, f"{name} is {width} wide on a phone"
        await page.goto(f"{server.url}/docs/")
        for chosen in ("python", "javascript", "bash"):
            await page.locator(f"label:has(#show-{chosen})").click()
            for language in ("bash", "python", "javascript"):
                shown = await page.locator(f"pre.{language}:not(.output):visible").count()
                assert (shown > 10) == (language == chosen), (chosen, language, shown)


async def test_the_start_page_copies_a_block_and_remembers_the_language(own_server, tmp_path):
    server = own_server()
    async with reader(server, tmp_path) as (page, _):
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(f"{server.url}/docs/")
        await page.locator("label:has(#show-python)").click()
        block = page.locator("pre.python:not(.output)").first
        await block.hover()
        await block.get_by_role("button", name="Copy").click()
        await expect(block.get_by_role("button")).to_have_text("Copied")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == Page.read("index.html").blocks["python"][0].text
        await page.reload()
        await expect(page.locator("#show-python")).to_be_checked()


async def test_the_web_page_links_to_the_documentation(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(server.url)
        await alice.at("docs").click()
        await expect(alice.page).to_have_url(f"{server.url}/docs/")
        await alice.sign_up(server.url)
        await alice.open_settings("data")
        async with alice.page.context.expect_page() as opened:
            await alice.at("docs-in-profile").click()
        await expect((await opened.value).locator("h1")).to_have_text("From nothing to a message in five minutes")


def test_every_link_of_every_page_leads_somewhere(server):
    with httpx.Client(base_url=server.url, trust_env=False) as http:
        ids: dict[str, list[str]] = {}
        for name in PAGES:
            url = f"{server.url}/docs/{name}"
            assert len(set(Page.read(name).ids)) == len(Page.read(name).ids), name
            for link in Page.read(name).links:
                target = urllib.parse.urlsplit(urllib.parse.urljoin(url, link))
                assert f"{target.scheme}://{target.netloc}" == server.url, f"{name} links outside: {link}"
                response = http.get(target.path)
                assert response.status_code == 200, f"{name}: {link} gives {response.status_code}"
                if target.fragment:
                    if target.path not in ids:
                        ids[target.path] = Page.parse(response.text).ids
                    assert target.fragment in ids[target.path], f"{name}: {link}"


def test_every_page_has_the_same_navigation_in_which_it_is_the_current_one():
    navigations = set()
    for name in PAGES:
        navigation = re.search(r"<nav .*?</nav>", (DOCS / name).read_text(), re.DOTALL)[0]
        current = re.findall(r'href="([^"]*)" aria-current="page"', navigation)
        assert current == ["./" if name == "index.html" else name]
        navigations.add(navigation.replace(' aria-current="page"', ""))
    assert len(navigations) == 1


def test_the_headers_of_the_documentation(server):
    with httpx.Client(base_url=server.url, trust_env=False) as http:
        for path, kind in (
            ("", "text/html; charset=utf-8"),
            ("api", "text/html; charset=utf-8"),
            ("docs.css", "text/css; charset=utf-8"),
            ("api.js", "application/javascript; charset=utf-8"),
            ("openapi.json", "application/json"),
            ("asyncapi.json", "application/json"),
        ):
            response = http.get(f"/docs/{path}")
            headers = response.headers
            assert response.status_code == 200 and headers["content-type"] == kind, (path, headers)
            policy = dict(directive.split(" ", 1) for directive in headers["content-security-policy"].split("; "))
            assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'", (
                policy
            )
            assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'", policy
            assert "unsafe" not in headers["content-security-policy"] and "http" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-cache" and headers["content-encoding"] == "gzip", (path, headers)
            unchanged = http.get(f"/docs/{path}", headers={"If-None-Match": headers["etag"]})
            assert unchanged.status_code == 304, path
        for path in ("/docs", "/docs?x=1"):
            redirect = http.get(path)
            assert (
                redirect.status_code == 301
                and urllib.parse.urljoin(f"{server.url}/docs", redirect.headers["location"]) == f"{server.url}/docs/"
            )
        for path in ("/docs/nothing", "/docs/vendor/", "/docs/../docs/nothing.html"):
            check_error(http.get(path), 404, "not_found")
        check_error(http.post("/docs/"), 405, "method_not_allowed")
        # The pages around it have their own policy.
        assert "require-trusted-types-for 'script'" in http.get("/").headers["content-security-policy"]


@contextlib.contextmanager
def pages_without(directory, *names: str):
    """A copy of nginx's directory that lacks files of the documentation, and the options of `serve` that have it used."""
    copy = directory / "nginx"
    shutil.copytree(REPOSITORY / "nginx", copy)
    for name in names:
        path = copy / "html/docs" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    yield copy


async def test_without_the_viewers_the_pages_say_what_is_missing(own_server, tmp_path, monkeypatch):
    with pages_without(tmp_path, "vendor") as nginx:
        server = own_server(nginx=nginx)
        async with browsers(tmp_path, "reader") as (user,):
            for name, document in (("api.html", "openapi.json"), ("events.html", "asyncapi.json")):
                await user.page.goto(f"{server.url}/docs/{name}")
                await expect(user.page.locator("#missing")).to_contain_text("make docs")
                await user.page.locator(f'#missing a[href="{document}"]').click()
                await expect(user.page).to_have_url(f"{server.url}/docs/{document}")
        watched_pages = ("index.html", "problems.html", "changes.html")
        async with reader(server, tmp_path) as (page, _):
            for name in watched_pages:
                await page.goto(f"{server.url}/docs/{name}")


def test_make_docs_does_nothing_if_the_viewers_are_there():
    done = subprocess.run(["make", "--question", "nginx/html/docs/vendor/made"], cwd=REPOSITORY)
    assert done.returncode == 0, "run `make docs`"


def test_make_docs_without_network_says_so_and_leaves_nothing(tmp_path):
    shutil.copytree(REPOSITORY / "nginx", tmp_path / "nginx", ignore=shutil.ignore_patterns("vendor"))
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    environment = os.environ | {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(["make", "docs"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode != 0 and "cannot be fetched" in done.stderr and "Everything else works without them" in done.stderr, done
    assert not (tmp_path / "nginx/html/docs/vendor").exists()


async def test_a_page_that_breaks_the_policy_is_noticed(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "reader") as (user,):
        watched = Watched(user.page, server.origin)
        inline = (DOCS / "changes.html").read_text().replace("</body>", "<script>1</script><img src='https://example.org/x.png'></body>")
        headers = httpx.get(f"{server.url}/docs/changes.html", trust_env=False).headers
        policy = {"content-security-policy": headers["content-security-policy"], "content-type": "text/html"}
        await user.page.route("**/changes.html", lambda route: route.fulfill(body=inline, headers=policy))
        await user.page.goto(f"{server.url}/docs/changes.html")
        faults = " ".join(watched.faults)
        assert "script-src" in faults and "img-src" in faults, watched.faults
        user.errors.clear()  # they are what this test wants
