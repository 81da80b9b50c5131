"""The Debian package on a booted Debian: what an operator does with it, in this order."""

import io
import threading
import time
from pathlib import Path

import machine as machines
import pytest
from PIL import Image
from visitor import Visitor

SERVICES = ("echochat-rest", "echochat-push")
REQUESTS = 300
# Before they say anything else.
SETTINGS = "ECHOCHAT_MESSAGE_RATE=off\nECHOCHAT_COMMAND_RATE=off\nECHOCHAT_ROOM_RATE=off\nECHOCHAT_SIGNIN_RATE=off\n"
LINK = "ln -s ../sites-available/echochat /etc/nginx/sites-enabled/echochat"
KEPT: dict[str, Visitor] = {}


@pytest.fixture
def network(machine):
    with machine.network():
        yield machine


def active(machine, *units: str) -> list[str]:
    return machine.run("systemctl", "is-active", *units, check=False).stdout.split()


def during(script: str, machine, requests: int):
    """The statuses of the requests of a new user while a script runs inside, and the user."""
    visitor = Visitor()
    done: list = []
    thread = threading.Thread(target=lambda: done.append(machine.shell(script)))
    thread.start()
    statuses = visitor.visit(requests)
    thread.join(60)
    assert done, "the script failed"
    return statuses, visitor


def check_messages(visitor: Visitor) -> None:
    stored = visitor.stored()
    assert visitor.said and visitor.said <= set(stored), "an acknowledged message is lost"
    assert max(stored.values()) == 1, "a message is there twice"


def test_it_is_installed_beside_nginx_and_runs(machine, package, tmp_path):
    machine.install(machines.repacked(package, "0.0.9", tmp_path))
    assert active(machine, *(f"{name}.socket" for name in SERVICES), *SERVICES, "echochat-backup.timer") == ["active"] * 5
    machine.run("systemctl", "is-enabled", *SERVICES, "echochat-outbound")
    # There is no mail to be sent.
    assert active(machine, "echochat-outbound") == ["inactive"]
    assert machine.run("systemctl", "list-units", "--failed", "--no-legend", "echochat*").stdout == ""
    assert not (machine.tree / "etc/nginx/sites-enabled/echochat").exists()
    machine.run("nginx", "-t")


def test_users_sign_up_and_chat_through_nginx(network):
    with (network.tree / "etc/echochat/echochat.conf").open("a") as settings:
        settings.write(SETTINGS)
    network.run("systemctl", "restart", *SERVICES)
    network.shell(f"{LINK}; nginx -t && systemctl reload nginx")
    time.sleep(1)
    visitor = KEPT["first"] = Visitor()
    page = visitor.client.get("/")
    assert page.status_code == 200 and "<!doctype html" in page.text.lower()
    assert visitor.client.get("/readyz").status_code == 200
    assert visitor.hears_itself()


def test_files_are_stored_made_small_and_sent(network):
    """The hardening leaves vipsthumbnail its work, and nginx reads the files."""
    visitor = KEPT["first"]
    out = io.BytesIO()
    Image.linear_gradient("L").resize((2000, 1000)).convert("RGB").save(out, "PNG")
    file = visitor.upload(out.getvalue())
    assert file["thumbnail_url"], "no thumbnail was made"
    for url in (file["url"], file["thumbnail_url"]):
        answer = visitor.client.get(url)
        assert answer.status_code == 200 and Image.open(io.BytesIO(answer.content)).width in (2000, *range(1, 1000)), answer.text


def test_others_read_neither_the_data_nor_the_settings(machine):
    files = ["/var/lib/echochat/echochat.db", "/var/lib/echochat/keys/access-tokens", "/etc/echochat/echochat.conf"]
    for user in ("nobody", "www-data"):
        for file in files:
            assert "Permission denied" in machine.run("runuser", "-u", user, "--", "cksum", file, check=False).stderr, (user, file)
    assert "Permission denied" in machine.run("runuser", "-u", "nobody", "--", "ls", "/var/lib/echochat", check=False).stderr
    for file in files:
        machine.run("runuser", "-u", "echochat", "--", "cksum", file)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_refused_while_a_program_is_restarted(network, service):
    statuses, visitor = during(f"for i in 1 2 3; do sleep 1.5; systemctl restart {service}; done", network, REQUESTS)
    assert set(statuses) == {"POST 201", "GET 200"}, statuses
    check_messages(visitor)


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_program_is_replaced_and_loses_nothing(network, service):
    """nginx repeats what was in flight: a POST under its key, which is answered with 200 if it was done."""
    statuses, visitor = during(f"for i in 1 2 3; do sleep 1.5; systemctl kill -s KILL {service}; done", network, REQUESTS)
    assert statuses["POST 201"] and set(statuses) <= {"POST 201", "POST 200", "GET 200"}, statuses
    check_messages(visitor)
    assert active(network, *SERVICES) == ["active"] * 2


def test_an_upgrade_keeps_the_sockets_and_every_message(network, package):
    def inodes():
        return network.run("stat", "-c", "%i", "/run/echochat/rest.sock", "/run/echochat/push.sock").stdout

    before, pid = inodes(), network.run("systemctl", "show", "-P", "MainPID", "echochat-rest").stdout
    Path(network.tree / "root" / package.name).write_bytes(package.read_bytes())
    statuses, visitor = during(f"sleep 1; DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i /root/{package.name}", network, REQUESTS)
    assert set(statuses) == {"POST 201", "GET 200"}, statuses
    assert inodes() == before and network.run("systemctl", "show", "-P", "MainPID", "echochat-rest").stdout != pid
    check_messages(visitor)
    check_messages(KEPT["first"])
    assert "ECHOCHAT_MESSAGE_RATE=off" in (network.tree / "etc/echochat/echochat.conf").read_text()


def test_systemd_reads_the_same_of_a_file_as_the_programs(machine):
    """The lines, and the values that SettingsFileTests wants of them."""
    lines = {
        "plain": ("ECHOCHAT_NAME=Example Chat", "Example Chat"),
        "spaces": ("  ECHOCHAT_NAME= a#b  ", "a#b"),
        "single": ("ECHOCHAT_NAME='$HOME `x` \\ \" # é'", '$HOME `x` \\ " # é'),
        "double": ('ECHOCHAT_NAME=" it\'s \\"so\\" \\\\ # "', ' it\'s "so" \\ # '),
    }
    for name, (line, value) in lines.items():
        (machine.tree / "root" / name).write_text(f"# A comment.\n\n{line}\n")
        unit = ["systemd-run", "--quiet", "--wait", "--pipe", f"--property=EnvironmentFile=/root/{name}"]
        assert machine.run(*unit, "printenv", "ECHOCHAT_NAME").stdout == f"{value}\n", line


def test_a_backup_is_made_by_its_unit(machine):
    machine.run("systemctl", "start", "echochat-backup.service")
    made = machine.run("ls", "/var/backups/echochat").stdout.split()
    assert len(made) == 1, machine.run("journalctl", "-u", "echochat-backup", "--no-pager").stdout
    backup = f"/var/backups/echochat/{made[0]}"
    machine.run("echochatctl", "verify", backup)
    linked = machine.run("find", f"{backup}/files", "-type", "f", "-links", "1").stdout
    assert linked == "", "files are links, not copies"


def test_a_restored_backup_is_served(network, machine):
    """nginx reads the files that a restore has put in."""
    made = machine.run("ls", "/var/backups/echochat").stdout.split()[0]
    machine.run("systemctl", "stop", "echochat-rest.socket", "echochat-push.socket", "echochat-outbound.service")
    machine.run("echochatctl", "restore", f"/var/backups/echochat/{made}")
    groups = machine.run("find", "/var/lib/echochat/files", "-type", "d", "-not", "-group", "www-data").stdout
    machine.run("systemctl", "start", "echochat-rest.service", "echochat-push.service", "echochat-outbound.service")
    assert groups == ""


def test_another_site_has_its_own_programs_and_data(machine):
    machine.shell(
        "sed 's,/echochat$,&-team,' /etc/echochat/echochat.conf > /etc/echochat/team.conf; chgrp echochat /etc/echochat/team.conf"
    )
    machine.run("systemctl", "enable", "--now", "echochat-rest@team.service", "echochat-push@team.service")
    assert active(machine, "echochat-rest@team", "echochat-push@team") == ["active"] * 2
    machine.run("test", "-S", "/run/echochat-team/rest.sock", "-a", "-f", "/var/lib/echochat-team/echochat.db")
    machine.run(
        "systemctl", "disable", "--now", *(f"echochat-{name}@team.{kind}" for name in ("rest", "push") for kind in ("service", "socket"))
    )


def test_it_is_there_after_a_reboot(machine):
    machine.halt()
    machine.boot()
    assert active(machine, *SERVICES, *(f"{name}.socket" for name in SERVICES)) == ["active"] * 4
    with machine.network():
        time.sleep(1)
        check_messages(KEPT["first"])
        assert KEPT["first"].hears_itself()


def test_removing_keeps_the_data_and_purging_removes_it(machine):
    machine.run("dpkg", "-r", "echochat")
    assert (machine.tree / "var/lib/echochat/echochat.db").exists() and (machine.tree / "etc/echochat/echochat.conf").exists()
    assert not (machine.tree / "usr/bin/echochat-rest").exists()
    machine.run("nginx", "-t")
    machine.run("dpkg", "-P", "echochat")
    for path in ("var/lib/echochat", "etc/nginx/sites-available/echochat", "etc/nginx/echochat-http.conf"):
        assert not (machine.tree / path).exists(), path
    assert not (machine.tree / "etc/nginx/sites-enabled/echochat").is_symlink()
    machine.run("nginx", "-t")
    machine.run("systemctl", "restart", "nginx")
