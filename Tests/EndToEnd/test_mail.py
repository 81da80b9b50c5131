"""Mails leave through a real SMTP server, once each, whatever fails, and nothing that they are made of can do harm."""

import json
import re
import signal
import socket
import stat
import subprocess
import time
from collections import Counter
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from support.outbound import SITE, Outbound
from support.server import DEBUG_PROGRAMS, MAIL_SETTINGS, PROGRAMS, wait_until
from support.smtp_server import Certificates, SMTPServer, refuse, refuse_half

NOBODY = MAIL_SETTINGS["ECHOCHAT_SMTP_URL"]
HEADERS = {
    *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
    # Of aiosmtpd.
    *("X-Peer", "X-MailFrom", "X-RcptTo"),
}


@pytest.fixture
def data(tmp_path):
    return tmp_path / "d"


@pytest.fixture
def smtp():
    with SMTPServer() as server:
        yield server


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def test_a_test_mail_arrives_within_a_second_and_says_so(data, smtp):
    with Outbound(data, smtp.url, ECHOCHAT_NAME="Gespräch", ECHOCHAT_MAIL_FROM="chat@example.net") as outbound:
        assert outbound.ctl("mail", "test", "warm-up@example.org")
        started = time.monotonic()
        said = outbound.ctl("mail", "test", "op@example.org")
        assert time.monotonic() - started < 2
        mail = smtp.wait_for(2)[-1]
        assert said == f"smtp://127.0.0.1:{smtp.port} has taken a mail from chat@example.net to op@example.org\n"
        assert (mail.sender, mail.recipients) == ("chat@example.net", ["op@example.org"])
        message = mail.message
        assert set(message.keys()) <= HEADERS
        assert message["Subject"] == "A test of mail from Gespräch" and message["From"] == "Gespräch <chat@example.net>"
        assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"].endswith("@example.net>")
        assert abs(parsedate_to_datetime(message["Date"]).timestamp() - time.time()) < 60
        assert message.get_content_type() == "multipart/alternative"
        for subtype in ("plain", "html"):
            assert "Gespräch" in mail.part(subtype) and SITE in mail.part(subtype) and "op@example.org" in mail.part(subtype)


@pytest.mark.timeout(300)
def test_fifty_mails_arrive_once_each_though_the_server_was_down_and_then_refuses_half_of_its_commands(data, smtp):
    smtp.stop()
    with Outbound(data, smtp.url) as outbound:
        recipients = [f"user{number}@example.org" for number in range(50)]
        ids = {outbound.insert(recipient, username="user") for recipient in recipients}
        wait_until(lambda: all(mail["attempts"] >= 1 for mail in outbound.mails()), 20, "each has failed once", every=0.2)
        assert all("connect" in mail["last_error"].lower() or "server" in mail["last_error"] for mail in outbound.mails())
        smtp.refusal = refuse_half(7, "EHLO", "HELO", "MAIL", "RCPT", "DATA", ".")
        smtp.start()
        smtp.wait_for(50, within=240)
        sent = outbound.wait_for_state("sent", 50)
        assert {mail["id"] for mail in sent} == ids
        assert outbound.stop() == 0
    assert Counter(mail.recipients[0] for mail in smtp.mails) == Counter(recipients)
    refused = sum(command in ("MAIL", "RCPT", "DATA") for command, _ in smtp.commands) - 3 * 50
    assert refused > 50


@pytest.mark.parametrize("kills", [1, 2])
def test_killed_between_the_servers_answer_and_its_record_a_mail_comes_once_more_and_no_more(data, smtp, kills):
    outbound = Outbound(data, smtp.url)
    outbound.insert("alice@example.org", username="alice")
    for number in range(kills):
        outbound.start(DEBUG_PROGRAMS, ECHOCHAT_FAULT="stop-before-mail-is-recorded")
        smtp.wait_for(number + 1)
        wait_until(outbound.is_stopped, 10, "it has stopped itself before it records the answer")
        outbound.kill()
    with outbound:
        mail = outbound.wait_for_state("sent" if kills == 1 else "given_up")[0]
        assert outbound.ctl("mail", "test", "later@example.org")
    assert kills == 1 or "may have arrived" in mail["last_error"]
    copies = [mail for mail in smtp.mails if mail.recipients == ["alice@example.org"]]
    assert len(copies) == 2 and copies[0].message_id == copies[1].message_id and copies[0].raw == copies[1].raw


@pytest.mark.control
def test_without_a_kill_it_comes_once(data, smtp):
    with Outbound(data, smtp.url) as outbound:
        outbound.insert("alice@example.org", username="alice")
        outbound.wait_for_state("sent")
        outbound.kill()
        outbound.start()
        assert outbound.ctl("mail", "test", "later@example.org")
    assert [mail.recipients for mail in smtp.mails] == [["alice@example.org"], ["later@example.org"]]


# TLS and login


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_a_mail_and_a_login_go_over_tls_alone(data, certificates, tls):
    login = ("chat@example.net", "p:/@ ß")
    with SMTPServer(tls, certificates, login) as smtp, Outbound(data, smtp.url, ECHOCHAT_SMTP_CA=str(certificates.authority)) as outbound:
        outbound.ctl("mail", "test", "op@example.org")
        assert smtp.wait_for(1)[0].is_encrypted
        clear = [command for command, is_encrypted in smtp.commands if not is_encrypted]
        assert clear == (["EHLO", "STARTTLS"] if tls == "starttls" else []) and ("AUTH", True) in smtp.commands
        assert "p%3A" not in outbound.log.read_text() and "p:/@" not in outbound.log.read_text()


def failing_test(outbound: Outbound) -> str:
    done = outbound.run_ctl("mail", "test", "op@example.org")
    assert done.returncode == 1 and done.stdout == "", done
    return done.stderr


def test_a_server_without_starttls_gets_nothing(data, smtp):
    with Outbound(data, smtp.url.removesuffix("?tls=none")) as outbound:
        assert "TLS" in failing_test(outbound)
    assert smtp.mails == [] and {command for command, _ in smtp.commands} <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_a_server_that_cannot_prove_itself_gets_nothing(data, certificates, tls):
    with SMTPServer(tls, certificates, login=("u", "p")) as smtp, Outbound(data, smtp.url) as outbound:
        assert "certificate" in failing_test(outbound)
        assert smtp.mails == [] and {command for command, _ in smtp.commands} <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_a_certificate_of_another_host_is_none(data, tmp_path, tls):
    certificates = Certificates(tmp_path / "c", name="DNS:mail.example.org")
    with SMTPServer(tls, certificates) as smtp, Outbound(data, smtp.url, ECHOCHAT_SMTP_CA=str(certificates.authority)) as outbound:
        assert "certificate" in failing_test(outbound)
        assert smtp.mails == [] and {command for command, _ in smtp.commands} <= {"EHLO", "STARTTLS"}


def test_a_wrong_login_is_told_plainly_and_is_not_the_mails_fault(data, certificates):
    with SMTPServer("starttls", certificates, login=("u", "right")) as smtp:
        with Outbound(data, smtp.url.replace("right", "wrong"), ECHOCHAT_SMTP_CA=str(certificates.authority)) as outbound:
            assert "AUTH: 535" in failing_test(outbound)
            outbound.insert("alice@example.org", username="alice")
            wait_until(
                lambda: any("535" in (mail["last_error"] or "") for mail in outbound.mails() if mail["state"] == "waiting"), 5, "it waits"
            )
            assert ":wrong@" not in outbound.log.read_text()
        assert smtp.mails == []


# Refusals


def test_a_recipient_that_is_refused_for_good_is_given_up_at_once_and_tried_again_when_the_operator_says_so(data, smtp):
    smtp.refusal = refuse("RCPT", reply="550 5.1.1 No such user")
    with Outbound(data, smtp.url) as outbound:
        number = outbound.insert("alice@example.org", username="alice")
        mail = outbound.wait_for_state("given_up")[0]
        assert (mail["attempts"], mail["last_error"]) == (1, "RCPT: 550 5.1.1 No such user")
        assert f"{number}\tgiven_up\tpassword_changed\talice@example.org" in outbound.ctl("mail", "list")
        smtp.refusal = refuse()
        assert outbound.ctl("mail", "retry", str(number)) == "1 mail is tried again now\n"
        smtp.wait_for(1)
        outbound.wait_for_state("sent")
        done = outbound.run_ctl("mail", "retry", str(number))
        assert done.returncode == 1 and "was sent" in done.stderr


@pytest.mark.parametrize("command", ["EHLO", "MAIL"])
def test_a_sender_that_is_refused_for_good_waits_until_the_operator_has_mended_it(data, smtp, command):
    smtp.refusal = refuse(command, "HELO", reply="550 5.7.1 Sender refused")
    with Outbound(data, smtp.url) as outbound:
        outbound.insert("alice@example.org", username="alice")
        wait_until(lambda: any(mail["attempts"] >= 2 for mail in outbound.mails()), 10, "it is tried again", every=0.1)
        assert [mail["state"] for mail in outbound.mails()] == ["waiting"]
        smtp.refusal = refuse()
        smtp.wait_for(1)


def test_what_cannot_be_sent_is_given_up_in_the_end(data):
    with Outbound(data, NOBODY, ECHOCHAT_MAIL_GIVE_UP="2s") as outbound:
        outbound.insert("alice@example.org", username="alice")
        mail = outbound.wait_for_state("given_up")[0]
        assert mail["attempts"] >= 2 and "127.0.0.1" in mail["last_error"]
        assert "is given up" in outbound.log.read_text()


# What mails are made of


HOSTILE = "x\r\nBcc: mallory@example.org\r\n\r\n.\r\nMAIL FROM:<mallory@example.org>\r\n<script>alert(1)</script>"


def test_nothing_can_be_injected_through_fields_names_and_templates(data, smtp, tmp_path):
    """The table is written to directly: even what the programs never store does no harm."""
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "new_device.txt").write_text("Subject: {{username}} {{device}} {{site}}\n\n{{username}}\n{{device}}\n")
    (templates / "new_device.html").write_text("<p title='{{device}}'>{{username}}</p>")
    with Outbound(data, smtp.url, ECHOCHAT_MAIL_TEMPLATES=str(templates)) as outbound:
        fields = dict.fromkeys(("username", "display_name", "device", "address", "new_email"), HOSTILE)
        for kind in ("new_device", "password_changed", "email_changed"):
            outbound.insert("alice@example.org", kind, **fields)
        for recipient in ("a\r\nRCPT TO:<mallory@example.org>", "a@b>\r\nDATA", "alice@example.org, mallory@example.org", "a b@c"):
            outbound.insert(recipient, username="x")
        mails = smtp.wait_for(3)
        waiting = outbound.wait_for_state("given_up", 4)
        assert all("address" in mail["last_error"] for mail in waiting)
        outbound.ctl("mail", "test", "last@example.org")
    assert len(smtp.mails) == 4 and sum(command == "MAIL" for command, _ in smtp.commands) == 4
    for mail in mails:
        assert mail.recipients == ["alice@example.org"] and mail.sender == "echochat@chat.example.net"
        assert set(mail.message.keys()) <= HEADERS and len(mail.message.keys()) == len(set(mail.message.keys()))
        assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
        assert [part.get_content_type() for part in mail.message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        assert "<script" not in mail.part("html") and "mallory@example.org" in mail.part("plain")


def test_a_link_is_in_the_mail_and_nowhere_else_afterwards(data, smtp):
    link = f"{SITE}/#verify?token=THESECRET"
    smtp.refusal = refuse(".", reply=f"451 4.7.1 I do not like {link} at all")
    with Outbound(data, smtp.url) as outbound:
        outbound.insert("alice@example.org", "verify_email", 86_400, username="alice", link=link)
        wait_until(lambda: any(mail["last_error"] for mail in outbound.mails()), 5, "it is refused")
        assert "I do not like (a link) at all" in outbound.mails()[0]["last_error"]
        smtp.refusal = refuse()
        mail = smtp.wait_for(1)[0]
        assert mail.link == link and f'href="{link}"' in mail.part("html") and "24 hours" in mail.part("plain")
        outbound.wait_for_state("sent")
        assert "THESECRET" not in json.dumps(outbound.mails()) + outbound.ctl("mail", "list", "--all") + outbound.log.read_text()
        outbound.insert("bob@example.org", "reset_password", -1, username="bob", link=link)
        assert outbound.wait_for_state("given_up")[0]["last_error"] == "its link works no more"
    assert len(smtp.mails) == 1


def test_the_operator_writes_the_mails(data, smtp, tmp_path):
    templates = tmp_path / "templates"
    command = [PROGRAMS / "echochat-outbound", "--write-templates", templates]
    subprocess.run(command, check=True)
    # Root may have written them, and the service's user must read them.
    assert {stat.S_IMODE(path.stat().st_mode) for path in (templates, *templates.iterdir())} == {0o755, 0o644}
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 1 and "File exists" in again.stderr
    text = templates / "test.txt"
    text.write_text(text.read_text().replace("It does.", "Aye."))
    (templates / "test.html").write_text("<p>{{nonsense}}</p>")
    (templates / "new_device.txt").unlink()
    with Outbound(data, smtp.url, ECHOCHAT_MAIL_TEMPLATES=str(templates)) as outbound:
        outbound.ctl("mail", "test", "op@example.org")
        mail = smtp.wait_for(1)[0]
        assert "Aye." in mail.part("plain") and "It does." in mail.part("html")
        log = outbound.log.read_text()
        assert "test.html: {{nonsense}} is none of" in log and "lacks new_device.txt" in log
        text.write_text(text.read_text().replace("Aye.", "Changed."))
        outbound.ctl("mail", "test", "op@example.org")
        assert "Changed." in smtp.wait_for(2)[1].part("plain")


# The program and the commands


def test_it_stops_at_once_though_the_server_says_nothing(data):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with Outbound(data, f"smtp://127.0.0.1:{port}?tls=none") as outbound:
            number = outbound.insert("alice@example.org", username="alice")
            silent.settimeout(10)
            connection, _ = silent.accept()
            started = time.monotonic()
            assert outbound.stop() == 0
            assert time.monotonic() - started < 3
            connection.close()
            # It has not failed: it was broken off.
            assert [(mail["id"], mail["state"], mail["attempts"]) for mail in outbound.mails()] == [(number, "waiting", 0)]


def test_the_url_may_be_in_a_file(data, smtp, tmp_path):
    secret = tmp_path / "url"
    secret.write_text(smtp.url + "\n")
    with Outbound(data, "", ECHOCHAT_SMTP_URL_FILE=str(secret)) as outbound:
        outbound.ctl("mail", "test", "op@example.org")
        smtp.wait_for(1)


def test_nonsense_stops_the_start_and_no_mail_is_no_error(data, tmp_path):
    outbound = Outbound(data, NOBODY)

    def start(**settings: str) -> subprocess.CompletedProcess:
        program = PROGRAMS / "echochat-outbound"
        return subprocess.run([program], env=outbound.environment(**settings), capture_output=True, text=True, timeout=10)

    secret = tmp_path / "url"
    secret.write_text("smtp://u:thepassword@x y")
    for settings in (
        {"ECHOCHAT_SMTP_URL": "smtp://u:thepassword@h?tls=none"},
        {"ECHOCHAT_SMTP_URL": "", "ECHOCHAT_SMTP_URL_FILE": str(secret)},
        {"ECHOCHAT_SMTP_URL": "", "ECHOCHAT_SMTP_URL_FILE": "/nowhere"},
        {"ECHOCHAT_SMTP_CA": "/nowhere"},
        {"ECHOCHAT_MAIL_TEMPLATES": "/nowhere"},
        {"ECHOCHAT_PUBLIC_URL": ""},
    ):
        done = start(**settings)
        assert done.returncode == 78 and "ECHOCHAT_" in done.stderr and "thepassword" not in done.stderr, done
    done = start(ECHOCHAT_SMTP_URL="")
    assert done.returncode == 0 and "mail is off" in done.stderr
    assert subprocess.run([PROGRAMS / "echochat-outbound", "--nonsense"], capture_output=True).returncode == 64
    with outbound:
        wait_until((data / "run" / "outbound.sock").exists, 10, "it runs")
        second = start()
        assert second.returncode == 1 and f"process {outbound.process.pid}" in second.stderr


def test_the_commands_say_by_their_status_how_it_went(data, smtp):
    with Outbound(data, smtp.url) as outbound:
        for words, status in (
            (("mail",), 64),
            (("mail", "nonsense"), 64),
            (("mail", "list", "--nonsense"), 64),
            (("mail", "retry"), 64),
            (("mail", "retry", "x"), 64),
            (("mail", "test"), 64),
            (("mail", "test", "nonsense"), 1),
            (("mail", "retry", "77"), 1),
            (("mail", "retry", "all"), 0),
            (("mail", "list"), 0),
            (("mail", "list", "--json"), 0),
            (("mail", "test", "op@example.org"), 0),
        ):
            done = outbound.run_ctl(*words)
            assert done.returncode == status and (status == 0) == (done.stderr == ""), (words, done)
        assert json.loads(outbound.ctl("mail", "list", "--json")) == []
        (mail,) = outbound.mails()
        assert mail["state"] == "sent" and mail["due_at"] is None and re.fullmatch(r"\d{4}-.*Z", mail["ended_at"])
    outbound.settings["ECHOCHAT_SMTP_URL"] = ""
    assert "mail is off" in failing_test(outbound)


# Under serve


def mail_settings(smtp: SMTPServer) -> dict[str, str]:
    return {"ECHOCHAT_SMTP_URL": smtp.url, "ECHOCHAT_PUBLIC_URL": "http://127.0.0.1:1", "ECHOCHAT_MAIL_RETRY": "1s-1s"}


def test_serve_starts_it_replaces_it_and_stops_it(own_server, smtp):
    server = own_server(**mail_settings(smtp), ECHOCHAT_WATCHDOG="3s")
    server.run_ctl("mail", "test", "op@example.org")
    server.wait_replaced(server.kill("outbound"))
    server.run_ctl("mail", "test", "op@example.org")
    # It is watched from its first answer on.
    time.sleep(3)
    hung = {"outbound": server.signal("outbound", signal.SIGSTOP)}
    server.wait_replaced(hung, within=15)
    server.run_ctl("mail", "test", "op@example.org")
    before = {"outbound": server.pid("outbound")}
    server.process.send_signal(signal.SIGHUP)
    server.wait_replaced(before)
    server.run_ctl("mail", "test", "op@example.org")
    assert smtp.wait_for(4) and smtp.url not in "".join(server.output) + server.logs()
    assert smtp.url not in Path(f"/proc/{server.pid('nginx')}/environ").read_text()
    assert smtp.url in Path(f"/proc/{server.pid('rest')}/environ").read_text()
    started = time.monotonic()
    assert server.stop() == 0 and time.monotonic() - started < 10
    assert len(smtp.mails) == 4


def test_without_a_server_serve_says_that_mail_is_off(own_server):
    server = own_server()
    assert any("mail is off" in line for line in server.output) and server.pid("outbound") is None
    assert not (server.data / "log" / "outbound.log").exists()


def test_a_setting_of_mail_that_makes_no_sense_stops_serve(tmp_path):
    outbound = Outbound(tmp_path / "d", NOBODY)
    environment = outbound.environment(ECHOCHAT_SMTP_URL="", ECHOCHAT_SMTP_URL_FILE="/nowhere")
    done = subprocess.run([PROGRAMS / "echochatctl", "serve"], env=environment, capture_output=True, text=True, timeout=20)
    assert done.returncode == 78 and "ECHOCHAT_SMTP_URL_FILE=/nowhere" in done.stderr
