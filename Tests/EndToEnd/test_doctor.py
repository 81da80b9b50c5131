"""`echochatctl doctor`: a sound system passes, and each fault that was planted is named with what to do."""

import datetime
import json
import os
import shutil
import signal
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.disks import fill, small_disk
from support.server import PROGRAMS, REPOSITORY, Server

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")


def doctor(server: Server, *words: str, **settings: str) -> tuple[int, list[tuple[str, str, str]]]:
    """The exit status, and level, subject and text of what was found."""
    command = [str(PROGRAMS / "echochatctl"), "doctor", *words]
    done = subprocess.run(command, env=server.environment() | settings, capture_output=True, text=True, timeout=60)
    return done.returncode, [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def failures(server: Server, *words: str, **settings: str) -> dict[str, str]:
    """What does not work, by its subject. The exit status says the same."""
    status, findings = doctor(server, *words, **settings)
    failed = {subject: text for level, subject, text in findings if level == "fail"}
    assert status == (1 if failed else 0), findings
    return failed


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("doctor") / "d", ECHOCHAT_WATCHDOG="off") as server:
        yield server


@pytest.fixture
def nginx(system, tmp_path):
    """A configuration as in /etc/nginx, of which a test changes words."""

    def make(main: str = "events { worker_connections 16384; }", **replaced: str) -> str:
        folder = tmp_path / "etc"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "sites-enabled").mkdir(parents=True)
        (folder / "nginx.conf").write_text(f"worker_processes 2; {main} http {{ include sites-enabled/*; }}\n")
        text = (REPOSITORY / "nginx/echochat-http.conf").read_text()
        for old, new in replaced.items():
            text = text.replace(f"{old} 16", f"{old} {new}")
        (folder / "echochat-http.conf").write_text((REPOSITORY / "nginx/echochat-http.conf").read_text())
        (folder / "echochat-team-http.conf").write_text(text.replace("/run/echochat", str(system.data / "run")))
        return str(folder)

    return make


def certificate(path, days: float) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chat.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - datetime.timedelta(days=90)).not_valid_after(now + datetime.timedelta(days=days))
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


# A sound system


def test_a_sound_system_passes(system):
    status, findings = doctor(system)
    assert status == 0 and [finding for finding in findings if finding[0] == "fail"] == []
    subjects = {subject for _, subject, _ in findings}
    wanted = {"settings", "data", "disk", "database", "clock", "programs", "sockets", "nginx", "public URL", "mail", "backup", "thumbnails"}
    assert subjects == wanted
    assert ("warn", "backup", "there is none yet: `echochatctl help backup`") in findings


def test_json_says_the_same(system):
    status, findings = doctor(system)
    command = [str(PROGRAMS / "echochatctl"), "doctor", "--json"]
    done = subprocess.run(command, env=system.environment(), capture_output=True, text=True, timeout=60)
    said = [(entry["level"], entry["subject"]) for entry in json.loads(done.stdout)]
    assert (done.returncode, said) == (status, [(level, subject) for level, subject, _ in findings])


def test_it_changes_nothing(tmp_path):
    server = Server(tmp_path / "d")
    with server:
        pass
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(server.data.rglob("*")) if path.is_file()}
    assert "programs" in failures(server)
    assert before == {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(server.data.rglob("*")) if path.is_file()}


# Planted faults


def test_settings(system):
    assert "ECHOCHAT_MESSAGE_RATE" in failures(system, ECHOCHAT_MESAGE_RATE="1/1s")["settings"]
    assert failures(system, ECHOCHAT_LOOPS="many") == {"settings": "ECHOCHAT_LOOPS=many: wanted a whole number from 1 to 64"}


def test_the_mode_of_the_data_directory(system):
    mode = system.data.stat().st_mode
    system.data.chmod(0o755)
    try:
        assert "chmod o=" in failures(system)["data"]
    finally:
        system.data.chmod(mode)


@needs_root
def test_files_of_another_owner(system):
    os.chown(system.data / "echochat.identity", 65534, 65534)
    try:
        assert "echochat.identity is nobody's, not root's" in failures(system)["data"]
    finally:
        os.chown(system.data / "echochat.identity", 0, 0)


def test_a_program_that_does_not_answer(system):
    system.signal("push", signal.SIGSTOP)
    try:
        assert "push does not answer" in failures(system)["programs"]
    finally:
        system.signal("push", signal.SIGCONT)


@needs_root
def test_sockets_that_the_user_of_nginx_cannot_reach(system, tmp_path):
    assert "www-data cannot use" in failures(system, "--nginx-user", "www-data")["sockets"]
    assert "there is no user nginx-nobody" in failures(system, "--nginx-user", "nginx-nobody")["sockets"]


def test_too_few_connections_and_too_many_kept_ones(system, nginx):
    assert failures(system, "--nginx", nginx(), "--nginx-user", "root") == {}
    found = failures(system, "--nginx", nginx(main="events { worker_connections 768; }"), "--nginx-user", "root")
    assert "worker_connections 768 lets 768 clients in" in found["nginx"]
    found = failures(system, "--nginx", nginx(keepalive="64"), "--nginx-user", "root")
    assert "keep 64 connections each" in found["nginx"] and "echochat-team-http.conf" in found["nginx"]


@needs_root
def test_a_full_disk(tmp_path):
    with small_disk(tmp_path / "disk", 100) as disk, Server(disk / "d") as server:
        assert "disk" not in failures(server)
        ballast = fill(disk)
        assert "make room" in failures(server)["disk"]
        ballast.unlink()


def test_a_log_that_grows_a_newer_schema_and_a_clock_that_was_set_back(tmp_path):
    server = Server(tmp_path / "d")
    with server:
        pass
    database, log = server.data / "echochat.db", server.data / "echochat.db-wal"
    log.touch()
    os.truncate(log, 300 << 20)
    assert "has 300 MiB" in failures(server)["database"]
    log.unlink()
    with open(database, "r+b") as file:
        file.seek(60)
        file.write((999).to_bytes(4, "big"))
    assert "schema 999 is of a newer EchoChat" in failures(server)["database"]
    database.write_bytes(b"no database")
    assert "no database of EchoChat" in failures(server)["database"]
    tomorrow = time.time() + 86400
    os.utime(server.data / "echochat.identity", (tomorrow, tomorrow))
    assert "it was set back" in failures(server)["clock"]


def test_the_public_url(system):
    assert "is not https" in failures(system, ECHOCHAT_PUBLIC_URL="http://chat.example.org")["public URL"]
    assert "cannot be reached" in failures(system, ECHOCHAT_PUBLIC_URL="https://127.0.0.1:1")["public URL"]
    assert "has no address" in failures(system, ECHOCHAT_PUBLIC_URL="https://nowhere.invalid")["public URL"]
    assert failures(system, ECHOCHAT_PUBLIC_URL=f"https://127.0.0.1:{system.port}") == {}


@pytest.mark.parametrize(("days", "level", "words"), [(-1, "fail", "is over"), (7, "warn", "renewed"), (60, "ok", "is valid until")])
def test_certificates(system, nginx, tmp_path, days, level, words):
    folder = nginx()
    certificate(tmp_path / "etc" / "chat.pem", days)
    site = f"server {{ # ssl_certificate /nowhere.pem;\n ssl_certificate {folder}/chat.pem; ssl_certificate_key chat.key; }}"
    (tmp_path / "etc/sites-enabled/chat").write_text(site)
    _, findings = doctor(system, "--nginx", folder, "--nginx-user", "root")
    (found,) = [finding for finding in findings if finding[1] == "certificate"]
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    assert found[0] == level and words in found[2] and f"{end:%Y-%m-%dT%H}" in found[2], found


def test_certificates_of_other_sites_are_not_this_ones(system, nginx, tmp_path):
    folder = nginx()
    for name, days in {"127.0.0.1": 60, "shop.example": -1}.items():
        certificate(tmp_path / "etc" / f"{name}.pem", days)
        (tmp_path / "etc/sites-enabled" / name).write_text(f"server {{ server_name www.{name} {name}; ssl_certificate {name}.pem; }}")
    _, findings = doctor(system, "--nginx", folder, "--nginx-user", "root", ECHOCHAT_PUBLIC_URL=f"https://127.0.0.1:{system.port}")
    assert [level for level, subject, _ in findings if subject == "certificate"] == ["ok"], findings
    _, findings = doctor(system, "--nginx", folder, "--nginx-user", "root")
    assert [level for level, subject, _ in findings if subject == "certificate"] == ["ok", "fail"], findings


def test_a_mail_server_that_cannot_be_reached(system):
    mail = {"ECHOCHAT_SMTP_URL": "smtp://127.0.0.1:1?tls=none", "ECHOCHAT_PUBLIC_URL": f"https://127.0.0.1:{system.port}"}
    found = failures(system, **mail)
    assert "smtp://127.0.0.1:1 cannot be reached: Connection refused" in found["mail"]
    assert "outbound does not answer" in found["programs"]


@pytest.mark.parametrize(("days", "level"), [(0, "ok"), (3, "warn")])
def test_the_age_of_the_newest_backup(system, days, level):
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    (system.data / "last-backup").write_text(json.dumps({"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "path": "/srv/backup", "bytes": 5}))
    try:
        _, findings = doctor(system)
        (found,) = [finding for finding in findings if finding[1] == "backup"]
        assert found[0] == level and "/srv/backup" in found[2]
    finally:
        (system.data / "last-backup").unlink()
