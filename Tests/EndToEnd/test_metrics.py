"""Metrics: one address for all programs, right figures, and nobody else reads them."""

import contextlib
import json
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import httpx
import pytest

from support.clients import TestUsers
from support.metrics import get, promtool, rise, scrape, tool
from support.server import MAIL_SETTINGS, free_port, wait_until

MAIL = {"ECHOCHAT_SMTP_URL": MAIL_SETTINGS["ECHOCHAT_SMTP_URL"], "ECHOCHAT_PUBLIC_URL": "http://127.0.0.1:{port}"}


def test_prometheus_tool_finds_nothing_wrong(own_server):
    server = own_server(**MAIL)
    text = get(server).text
    done = promtool("check", "metrics", stdin=text)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    for broken in ("echochat_up one", "echochat_up{program=} 1", "# TYPE echochat_up gauge"):
        assert promtool("check", "metrics", stdin=f"{text}{broken}\n").returncode != 0, broken
    assert scrape(server)['echochat_up{program="outbound"}'] == 1


async def test_counters_rise_by_what_was_done(server, alice, bob, lobby):
    connection = await bob.connect()
    before = scrape(server)
    for number in range(100):
        await alice.post_message(lobby, f"message {number}", client_id=f"c{number}")
    # The same again is no other message.
    assert (await alice.post(f"/rooms/{lobby}/messages", json={"content": "message 1", "client_id": "c1"})).status_code == 200
    assert (await alice.post("/rooms/nowhere/messages", json={"content": "x"})).status_code == 404
    await connection.expect_messages(lobby, 100)
    for number in range(30):
        await connection.send_message(lobby, f"reply {number}")
    await connection.command_error("send_message", room_id="nowhere", content="x")
    risen = rise(before, after := scrape(server))
    assert risen['echochat_messages_total{program="rest"}'] == 100
    assert risen['echochat_messages_total{program="push"}'] == 30
    assert risen['echochat_http_requests_total{status="201"}'] == 100
    assert risen['echochat_http_route_requests_total{method="POST",route="/api/v1/rooms/{room_id}/messages"}'] == 102
    assert 0 < risen['echochat_http_route_seconds_total{method="POST",route="/api/v1/rooms/{room_id}/messages"}'] < 60
    assert risen['echochat_http_request_seconds_count{status="4xx"}'] == 1
    assert risen['echochat_refusals_total{program="rest",code="not_found"}'] == 1
    assert risen['echochat_refusals_total{program="push",code="not_found"}'] == 1
    assert risen["echochat_commands_total"] == 31
    assert risen["echochat_published_events_total"] >= 130
    assert risen["echochat_deliveries_total"] >= 130
    assert risen['echochat_commits_total{program="rest"}'] == risen['echochat_commit_seconds_count{program="rest"}'] >= 100
    assert after["echochat_journal_position"] == after["echochat_published_position"]
    assert risen["echochat_journal_position"] == sum(value for name, value in risen.items() if name.startswith("echochat_events_total"))
    assert after["echochat_disk_free_bytes"] > 1e6 and after["echochat_database_bytes"] > 4096 and after["echochat_wal_bytes"] >= 0
    assert abs(time.time() - after['echochat_start_time_seconds{program="push"}']) < 7200


async def test_connections_are_counted_by_how_they_begin_and_end(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        before = scrape(server)
        first = await alice.connect()
        assert rise(before, scrape(server))["echochat_connections"] == 1
        cursor = first.welcome.data["cursor"]
        await first.close()
        second = await alice.connect(since=cursor)
        third = await alice.connect(since=cursor + 1_000_000_000)
        await second.abort()
        assert (await alice.post("/auth/logout")).status_code == 204
        await third.expect_close(4001)
        wanted = {'resumes_total{outcome="no_cursor"}': 1, 'resumes_total{outcome="resumed"}': 1, 'resumes_total{outcome="refused"}': 1}
        wanted |= {'connections_closed_total{reason="4001"}': 1, 'connections_closed_total{reason="peer"}': 1}
        wanted |= {'connections_closed_total{reason="lost"}': 1}

        def risen():
            found = rise(before, scrape(server))
            return all(found.get(f"echochat_{name}") == count for name, count in wanted.items()) and "echochat_connections" not in found

        wait_until(risen, 5, "each connection has ended once")
        after = rise(before, scrape(server))
        ended = sum(value for name, value in after.items() if name.startswith("echochat_connections_closed_total"))
        # Each reading of the metrics is a connection, too, which ends after it has counted: that of the first one is in here instead.
        assert ended == after["echochat_connections_accepted_total"], after


def test_other_addresses_are_refused_unless_the_operator_names_them(own_server, server):
    assert get(server).status_code == 200
    for refused in (get(server, source="127.0.0.2"), get(server, **{"X-Forwarded-For": "192.0.2.1"})):
        assert refused.status_code == 403 and refused.json()["code"] == "forbidden"
    assert httpx.post(server.url + "/metrics", trust_env=False).status_code == 405
    address = "http://{}:{}/metrics".format(*server.daemon_address())
    with pytest.raises(urllib.error.HTTPError, match="404"):  # the daemon tells the worker alone
        plain_get(address)
    named = own_server(ECHOCHAT_METRICS_FROM="127.0.0.2, 127.0.3.0/24 2001:db8::/32")
    for source, status in (("127.0.0.1", 200), ("127.0.0.2", 200), ("127.0.3.9", 200), ("127.0.0.3", 403)):
        assert get(named, source=source).status_code == status, source


def test_a_program_that_does_not_answer_is_told_as_down_beside_the_others(own_server):
    server = own_server(**MAIL, ECHOCHAT_WATCHDOG="off")
    down = {program: f'echochat_up{{program="{program}"}}' for program in ("rest", "push", "outbound")}
    assert {name: scrape(server)[name] for name in down.values()} == dict.fromkeys(down.values(), 1)
    for program in ("push", "outbound"):
        server.signal(program, signal.SIGSTOP)
    values = scrape(server)
    assert (values[down["rest"]], values[down["push"]], values[down["outbound"]]) == (1, 0, 0)
    assert "echochat_connections" not in values and values["echochat_journal_position"] >= 0
    for program in ("push", "outbound"):
        server.signal(program, signal.SIGCONT)
    assert scrape(server)[down["push"]] == 1
    wait_until(lambda: scrape(server)[down["outbound"]] == 1, 5, "the mail program answers again")
    server.signal("rest", signal.SIGKILL)


def plain_get(url: str) -> bytes:
    """The answer of something else than the API."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as response:
        return response.read()


def ask(url: str, query: str) -> list[dict]:
    return json.loads(plain_get(f"{url}/query?{urllib.parse.urlencode({'query': query})}"))["data"]["result"]


@pytest.fixture
def prometheus(tmp_path, server):
    """A Prometheus that reads the metrics every second."""
    port = free_port()
    (tmp_path / "prometheus.yml").write_text(
        json.dumps(
            {
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
                "scrape_configs": [{"job_name": "echochat", "static_configs": [{"targets": [f"127.0.0.1:{server.port}"]}]}],
            }
        )
    )
    command = [tool("prometheus"), f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data"]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield f"http://127.0.0.1:{port}/api/v1"
        process.terminate()


def test_a_prometheus_scrapes_it(prometheus):
    def scraped_twice():
        with contextlib.suppress(OSError):
            counts = ask(prometheus, "count_over_time(up[1m])")
            return counts and int(counts[0]["value"][1]) >= 2
        return False

    wait_until(scraped_twice, 30, "it has scraped twice", every=0.2)
    assert [sample["value"][1] for sample in ask(prometheus, "min_over_time(up[1m])")] == ["1"]
    programs = {sample["metric"]["program"]: sample["value"][1] for sample in ask(prometheus, "echochat_up")}
    assert programs == {"rest": "1", "push": "1"}
