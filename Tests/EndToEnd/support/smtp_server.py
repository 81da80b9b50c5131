"""A real SMTP server (aiosmtpd) on a thread of its own, which keeps what it receives and fails as it is told."""

import asyncio
import email
import email.policy
import random
import re
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult

from support.server import wait_until


@dataclass(frozen=True)
class ReceivedMail:
    sender: str
    recipients: list[str]
    raw: bytes
    is_encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        return self.message["Message-ID"]

    def part(self, subtype: str) -> str:
        """The text of the part `plain` or `html`."""
        return self.message.get_body((subtype,)).get_content()

    @property
    def link(self) -> str:
        """The only link of the text."""
        (link,) = set(re.findall(r"https?://\S+[?#]\S+", self.part("plain")))
        return link


class Certificates:
    """A private authority and a certificate of it, for 127.0.0.1 or another name."""

    def __init__(self, directory: Path, name: str = "IP:127.0.0.1"):
        directory.mkdir(parents=True, exist_ok=True)
        self.authority = directory / "authority.pem"
        self._key, self._certificate = directory / "server.key", directory / "server.pem"
        authority_key, request, names = directory / "authority.key", directory / "server.csr", directory / "names"
        names.write_text(f"subjectAltName={name}\n")

        def openssl(*words: object) -> None:
            subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        openssl("req", "-x509", *new, "-keyout", authority_key, "-out", self.authority, "-days", 2, "-subj", "/CN=Test authority")
        openssl("req", *new, "-keyout", self._key, "-out", request, "-subj", "/CN=test")
        signer = ("-CA", self.authority, "-CAkey", authority_key, "-CAcreateserial", "-extfile", names)
        openssl("x509", "-req", "-in", request, *signer, "-out", self._certificate, "-days", 2)

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificate, self._key)
        return context


# What a command is answered instead of being obeyed; None: it is obeyed. The commands are SMTP's verbs, and "." for the end of a mail.
Refusal = Callable[[str], str | None]


def obey(_: str) -> str | None:
    return None


def refuse(*commands: str, reply: str = "451 4.3.0 Try again later") -> Refusal:
    """Refuses these commands."""
    return lambda command: reply if command in commands else None


def refuse_half(seed: int, *commands: str, reply: str = "451 4.3.0 Try again later") -> Refusal:
    """Refuses every second of these commands on average, at random."""
    chance = random.Random(seed)
    return lambda command: reply if command in commands and chance.random() < 0.5 else None


class SMTPServer:
    """`tls`: `none`, `starttls` (required) or `smtps`; the latter two need `certificates`. `login`: the user and password it wants."""

    def __init__(self, tls: str = "none", certificates: Certificates | None = None, login: tuple[str, str] | None = None):
        self.tls, self.certificates, self.login = tls, certificates, login
        self.port = 0
        self.refusal: Refusal = obey
        # The verbs of all commands, in order, and whether each came encrypted.
        self.commands: list[tuple[str, bool]] = []
        self.connections = 0
        self._mails: list[ReceivedMail] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._sessions: set[SMTP] = set()

    @property
    def url(self) -> str:
        """The value of ECHOCHAT_SMTP_URL."""
        login = f"{quote(self.login[0], safe='')}:{quote(self.login[1], safe='')}@" if self.login else ""
        scheme, query = ("smtps", "") if self.tls == "smtps" else ("smtp", "?tls=none" if self.tls == "none" else "")
        return f"{scheme}://{login}127.0.0.1:{self.port}{query}"

    @property
    def mails(self) -> list[ReceivedMail]:
        """What was received and acknowledged, in order."""
        with self._lock:
            return list(self._mails)

    def wait_for(self, count: int, within: float = 10) -> list[ReceivedMail]:
        """Waits for so many mails in all."""
        wait_until(lambda: len(self.mails) >= count, within, f"{count} mails, of which {len(self.mails)} are there")
        return self.mails

    def wait_for_mail_to(self, recipient: str, within: float = 10, count: int = 1) -> ReceivedMail:
        """The newest mail to an address, once so many have come there."""

        def found():
            mails = [mail for mail in self.mails if recipient in mail.recipients]
            return mails if len(mails) >= count else None

        return wait_until(found, within, f"{count} mails to {recipient}")[-1]

    # Start and stop

    def start(self) -> "SMTPServer":
        """Listens, at the port of before if there is one."""
        started = threading.Event()

        async def serve() -> None:
            context = self.certificates.context() if self.tls == "smtps" else None
            server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", self.port, ssl=context)
            self.port = server.sockets[0].getsockname()[1]
            self._server, self._stopped = server, asyncio.Event()
            started.set()
            await self._stopped.wait()
            server.close()
            for session in list(self._sessions):
                if session.transport:
                    session.transport.abort()

        def run() -> None:
            self._loop = asyncio.new_event_loop()
            try:
                self._loop.run_until_complete(serve())
            finally:
                for task in asyncio.all_tasks(self._loop):
                    task.cancel()
                self._loop.run_until_complete(asyncio.sleep(0))
                self._loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert started.wait(5), "the SMTP server does not start"
        return self

    def stop(self) -> None:
        """Refuses connections, and breaks those that are open."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._loop.call_soon_threadsafe(self._stopped.set)
        thread.join(5)

    def __enter__(self) -> "SMTPServer":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    # Internals

    def _session(self) -> SMTP:
        self.connections += 1
        context = self.certificates.context() if self.tls == "starttls" else None
        return _Session(
            self,
            hostname="smtp.test",
            tls_context=context,
            require_starttls=context is not None,
            auth_required=self.login is not None,
            auth_require_tls=self.tls == "starttls",
            authenticator=self._authenticate,
        )

    def _authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        return AuthResult(success=login == self.login, handled=False)

    # Of aiosmtpd's handlers.
    async def handle_DATA(self, server, _session, envelope) -> str:
        if refusal := self.refusal("."):
            return refusal
        mail = ReceivedMail(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content, server.is_encrypted)
        with self._lock:
            self._mails.append(mail)
        return "250 2.0.0 OK"


class _Session(SMTP):
    """One connection, whose commands can be refused."""

    def __init__(self, owner: SMTPServer, **options):
        self.owner = owner
        super().__init__(owner, **options)

    @property
    def is_encrypted(self) -> bool:
        return self.owner.tls == "smtps" or self._tls_protocol is not None

    def connection_made(self, transport) -> None:
        self.owner._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error) -> None:
        self.owner._sessions.discard(self)
        super().connection_lost(error)

    async def _unless_refused(self, command: str, obeyed, argument) -> None:
        self.owner.commands.append((command, self.is_encrypted))
        if refusal := self.owner.refusal(command):
            await self.push(refusal)
            if refusal.startswith("421"):
                self.transport.close()
        else:
            await obeyed(argument)

    async def smtp_EHLO(self, argument):
        await self._unless_refused("EHLO", super().smtp_EHLO, argument)

    async def smtp_HELO(self, argument):
        await self._unless_refused("HELO", super().smtp_HELO, argument)

    async def smtp_STARTTLS(self, argument):
        await self._unless_refused("STARTTLS", super().smtp_STARTTLS, argument)

    async def smtp_AUTH(self, argument):
        await self._unless_refused("AUTH", super().smtp_AUTH, argument)

    async def smtp_MAIL(self, argument):
        await self._unless_refused("MAIL", super().smtp_MAIL, argument)

    async def smtp_RCPT(self, argument):
        await self._unless_refused("RCPT", super().smtp_RCPT, argument)

    async def smtp_DATA(self, argument):
        await self._unless_refused("DATA", super().smtp_DATA, argument)
