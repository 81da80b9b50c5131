"""`echochatctl status`: what runs, and by its exit status whether all is well."""

import json
import os
import signal
import subprocess

from support.server import MAIL_SETTINGS, PROGRAMS, wait_until

MAIL = {"ECHOCHAT_SMTP_URL": MAIL_SETTINGS["ECHOCHAT_SMTP_URL"], "ECHOCHAT_PUBLIC_URL": "http://127.0.0.1:{port}"}


def run(server, *words: str) -> subprocess.CompletedProcess:
    command = [str(PROGRAMS / "echochatctl"), "status", *words]
    return subprocess.run(command, env=server.environment(), capture_output=True, text=True, timeout=30)


def test_all_is_well(own_server):
    server = own_server(**MAIL)
    done = run(server)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("rest", "push", "outbound", "nginx"):
        assert any(line.startswith(f"{name} ") and " up" in line for line in done.stdout.splitlines()), done.stdout
    assert (run(server, "--quiet").returncode, run(server, "--quiet").stdout) == (0, "")
    status = json.loads(run(server, "--json").stdout)
    assert status["ok"] is True and status["problems"] == []
    assert [program["name"] for program in status["programs"]] == ["rest", "push", "outbound", "nginx"]
    assert all(program["up"] for program in status["programs"])
    assert {program["version"] for program in status["programs"][:3]} == {status["version"]}
    assert status["connections"] == 1, "that of the worker, which asks"
    assert status["journal_position"] == status["published_position"] and status["disk_free_bytes"] > 1e6
    assert (status["mails_waiting"], status["mails_given_up"], status["newest_backup_at"]) == (0, 0, None)


def test_what_is_down_is_named_by_whoever_is_left(own_server):
    server = own_server(**MAIL, ECHOCHAT_WATCHDOG="off")
    for program, others in (
        ("push", {"rest", "outbound", "nginx"}),
        ("rest", {"push", "outbound"}),
        ("outbound", {"rest", "push", "nginx"}),
    ):
        server.signal(program, signal.SIGSTOP)
        done = run(server, "--json")
        status = json.loads(done.stdout)
        assert done.returncode == 1 and f"{program} does not answer" in done.stderr
        assert status["ok"] is False and f"{program} does not answer" in status["problems"]
        up = {entry["name"] for entry in status["programs"] if entry["up"]}
        assert program not in up and others <= up
        quiet = run(server, "--quiet")
        assert (quiet.returncode, quiet.stdout, quiet.stderr) == (1, "", "")
        server.signal(program, signal.SIGCONT)
        wait_until(lambda: run(server, "--quiet").returncode == 0, 10, f"{program} answers again")


def test_where_nothing_runs_nothing_is_well_and_nothing_is_made(own_server):
    server = own_server()
    assert server.stop() == 0
    before = sorted(os.listdir(server.data))
    done = run(server)
    assert done.returncode == 1 and "rest does not answer" in done.stderr and "push does not answer" in done.stderr
    assert sorted(os.listdir(server.data)) == before
    server.settings["ECHOCHAT_DATA"] = str(server.data)
    server.data = server.data / "nowhere"
    assert "is ECHOCHAT_DATA right?" in run(server).stderr
