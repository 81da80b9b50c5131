"""`echochatctl nginx`: the two files for a machine and a site, for several sites on one nginx, and below a path."""

import contextlib
import re
import subprocess

import httpx
import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, browsers
from support.own_nginx import Site, answers, nginx, write_configuration
from support.server import PROGRAMS, REPOSITORY, free_port, wait_until

SHIPPED = REPOSITORY / "nginx"
ACCOUNT = {"username": "carol", "password": "correct-horse-battery", "refresh": "cookie"}


def command(*words: str, status: int = 0, **settings: str) -> str:
    done = subprocess.run(
        [PROGRAMS / "echochatctl", "nginx", *words], cwd="/", env={"PATH": "/usr/bin:/bin", **settings}, capture_output=True, text=True
    )
    assert done.returncode == status, done
    return done.stdout if status == 0 else done.stderr


def directives(text: str) -> list[str]:
    """The lines without comments and spaces."""
    return [line for line in (re.sub(r"(^|\s+)#.*", "", line).strip() for line in text.splitlines()) if line]


def test_without_options_the_files_are_the_shipped_ones():
    printed = command("--workers", "2", "--html", "/usr/share/echochat/html")
    shipped = "".join((SHIPPED / f"echochat-{part}.conf").read_text() for part in ("http", "server"))
    assert directives(printed) == directives(shipped)
    assert "# ---- echochat-http.conf ----" in printed and "# ---- echochat-server.conf ----" in printed


def test_the_files_have_the_settings_of_the_machine():
    page = command("--name", "team-2")
    assert f'"{SHIPPED}/html/"' in page and "/run/echochat-team-2/rest.sock" in page and "/var/lib/echochat-team-2/files/" in page
    assert "/var/log/nginx/echochat-team-2-access.log" in page
    assert set(re.findall(r"echochat_\w+", page)) == {
        name for name in re.findall(r"echochat_\w+", page) if name.startswith("echochat_team_2__") or name == "echochat_team_2"
    }
    own = command(
        ECHOCHAT_RUN="/srv/echo_chat/run/", ECHOCHAT_DATA="/srv/echo_chat", ECHOCHAT_FILE_BYTES_MAX="1048576", ECHOCHAT_SIGNIN_RATE="off",
        ECHOCHAT_CONNECTIONS_PER_ADDRESS="7", ECHOCHAT_ORIGINS="https://app.example.org",
    )  # fmt: skip
    for part in ("/srv/echo_chat/run/push.sock", "/srv/echo_chat/files/", "client_max_body_size    1114112", "echochat_websockets 7;"):
        assert part in own
    assert '"https://app.example.org" $http_origin;' in own and "limit_req " not in own
    assert "echochat_requests" not in command(ECHOCHAT_CONNECTIONS_PER_ADDRESS="off").partition("limit_req_status")[2]


@pytest.mark.parametrize(
    ("threads", "workers", "kept"), [(64, 2, "keepalive 16;"), (64, 8, "keepalive 4;"), (160, 8, "keepalive 10;"), (2, 2, None)]
)
def test_kept_connections_leave_half_the_threads_of_the_worker(threads, workers, kept):
    printed = directives(command("--workers", str(workers), ECHOCHAT_REST_THREADS=str(threads)))
    assert [line for line in printed if line.startswith("keepalive")] == ([kept] if kept else [])


@pytest.mark.parametrize(
    ("words", "settings", "status", "sentence"),
    [
        (["--name", "Team"], {}, 64, "a-z, 0-9"),
        (["--name", "a/b"], {}, 64, "a-z, 0-9"),
        (["--name", "-a"], {}, 64, "a-z, 0-9"),
        (["--prefix", "chat"], {}, 64, "segments of letters"),
        (["--prefix", "/a b/"], {}, 64, "segments of letters"),
        (["--prefix", "/chat/"], {"ECHOCHAT_PUBLIC_URL": "https://example.org/talk"}, 64, "another path"),
        (["--workers", "0"], {}, 64, "usage"),
        ([], {"ECHOCHAT_DATA": "var"}, 78, "from the root"),
        ([], {"ECHOCHAT_RUN": '/run/"'}, 78, "nginx cannot use"),
        (["--output", "/nowhere/at/all"], {}, 1, "/nowhere/at/all"),
        (["--nginx", "/etc"], {}, 1, "echochat-"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(words, settings, status, sentence):
    assert sentence in command(*words, status=status, **settings)


def test_the_path_is_that_of_the_public_url():
    assert command(ECHOCHAT_PUBLIC_URL="https://example.org/chat") == command("--prefix", "/chat")


def test_gixy_finds_nothing_serious(tmp_path):
    sites = [Site(tmp_path / "one"), Site(tmp_path / "two", "--name", "two", "--prefix", "/chat/")]

    def findings(more: str) -> str:
        path = tmp_path / f"nginx{len(more)}"
        http = "".join(f"include {site.http};" for site in sites)
        write_configuration(path, f"{http} server {{ {more} include {sites[0].server}; include {sites[1].server}; }}")
        gixy = [REPOSITORY / ".venv/bin/gixy", "-lll", "--format", "text", path / "nginx.conf"]
        return subprocess.run(gixy, capture_output=True, text=True).stdout

    severe = re.compile(r"Severity: HIGH")
    assert not severe.search(findings("")), findings("")
    # What it would find.
    assert severe.search(findings("location /bad { return 302 https://$host$uri; }"))


@pytest.mark.parametrize(("count", "more"), [(1, ""), (3, "variables_hash_max_size 4096;")])
def test_several_sites_in_one_nginx_need_no_other_setting_but_the_one_of_the_manual(tmp_path, count, more):
    """`nginx -t` has nothing to say of names, sizes of tables or anything else."""
    assert more in (SHIPPED / "README.md").read_text()
    sites = [
        Site(tmp_path / "one"),
        Site(tmp_path / "two", "--name", "two"),
        Site(tmp_path / "three", "--name", "three", "--prefix", "/c/"),
    ]
    servers = [f"include {site.http}; server {{ listen 127.0.0.1:{free_port()}; include {site.server}; }}" for site in sites]
    http = more + "".join(servers[:count])
    done = subprocess.run([*write_configuration(tmp_path / "nginx", http), "-t"], capture_output=True, text=True)
    assert done.returncode == 0 and "[" not in done.stderr, done.stderr


async def check_chat(user, url: str) -> None:
    """Signs up, chats and reloads the page: still signed in, everything there."""
    await user.sign_up(url)
    await user.create_room("Lobby")
    await user.post("Hello")
    await user.expect_messages("Hello")
    await user.expect_all_sent()
    await user.page.reload()
    await user.expect_online(RECOVERED_MS)
    await user.expect_messages("Hello", within=RECOVERED_MS)
    [cookie] = await user.page.context.cookies(f"{url}api/v1/auth/refresh")
    assert cookie["path"] == f"/{url.split('/', 3)[3]}api/v1/auth"


async def check_rest_below_a_path(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False, headers={"X-EchoChat": "1"}) as http:
        assert (await http.get(url.rstrip("/"))).headers["location"] == "/chat/"
        account = (await http.post("api/v1/auth/register", json=ACCOUNT)).json()
        http.headers["Authorization"] = f"Bearer {account['access_token']}"
        made = await http.post("api/v1/rooms", json={"kind": "group", "name": "Files"})
        assert made.headers["location"] == f"/chat/api/v1/rooms/{made.json()['room_id']}"
        await http.post("api/v1/rooms", json={"kind": "group", "name": "Another"})
        page = await http.get("api/v1/rooms", params={"limit": 1})
        following = await http.get(httpx.URL(url).join(re.search(r"<(.*?)>", page.headers["link"])[1]))
        assert len(following.json()["items"]) == 1 and following.json() != page.json()
        stored = await http.post("api/v1/files", files={"file": ("note.txt", b"secret words", "text/plain")})
        assert stored.status_code == 201, stored.text
        read = await http.get(stored.json()["url"].lstrip("/"))
        assert (read.status_code, read.content) == (200, b"secret words"), "nginx sends the file"
        assert (await http.get("echochat-files/x")).status_code == 404, "and nobody else gets there"
        missing = await http.get("nothing")
        assert missing.status_code == 404 and missing.json()["code"] == "not_found"
        refused = await http.post("app.js")
        assert refused.status_code == 405 and "json" in refused.headers["content-type"]
        for path in ("docs/", "docs/problems", "healthz", "readyz", "app.js"):
            assert (await http.get(path)).status_code == 200, path
        assert str((await http.get("docs", follow_redirects=True)).url) == f"{url}docs/"


@pytest.mark.page
@pytest.mark.timeout(120)
async def test_two_sites_and_one_below_a_path_live_in_one_nginx(tmp_path):
    ports = [free_port() for _ in range(3)]
    urls = [f"http://127.0.0.1:{ports[0]}/", f"http://127.0.0.1:{ports[1]}/", f"http://127.0.0.1:{ports[2]}/chat/"]
    sites = [
        Site(tmp_path / "one"),
        Site(tmp_path / "two", "--name", "team-2"),
        Site(tmp_path / "three", "--name", "club", ECHOCHAT_PUBLIC_URL=urls[2]),
    ]
    # The site around it is another's: its pages, and a rule for scripts that must not catch those of the chat.
    around = ["", "", 'location / { return 200 "the site around"; } location ~ \\.js$ { return 410; }']
    http = "".join(
        f"include {site.http}; server {{ listen 127.0.0.1:{port}; {more} include {site.server}; }}"
        for site, port, more in zip(sites, ports, around, strict=True)
    )
    with contextlib.ExitStack() as running:
        for site in sites:
            running.enter_context(site.programs())
        running.enter_context(nginx(tmp_path / "nginx", http))
        for url in urls:
            wait_until(lambda url=url: answers(f"{url}readyz"), 10, "the site is ready")
        await check_rest_below_a_path(urls[2])
        assert httpx.get(f"http://127.0.0.1:{ports[2]}/", trust_env=False).text == "the site around"
        assert httpx.get(f"http://127.0.0.1:{ports[2]}/a.js", trust_env=False).status_code == 410
        async with browsers(tmp_path, "alice", "bob", "carol") as users:
            for user, url in zip(users, urls, strict=True):
                await check_chat(user, url)
            await users[2].page.goto(f"{urls[2]}docs/")
            await expect(users[2].page.locator("h1")).to_be_visible()
    log = (sites[2].directory / "echochat-club-access.log").read_text()
    assert 'POST "/chat/api/v1/auth/register" 201' in log and "token=" not in log
