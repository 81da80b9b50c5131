"""Serves the files of the repository to a browser, and takes messages as the server does: each client_id once."""

import contextlib
import functools
import http.server
import json
import threading

from .server import REPOSITORY


class StaticSite:
    """`messages`: what was sent, by client_id. While `replies` is not set, a message is stored and its sender waits."""

    def __init__(self):
        self.messages: dict[str, dict] = {}
        self.requests = 0
        self.replies = threading.Event()
        self.replies.set()
        handler = functools.partial(Handler, self, directory=REPOSITORY)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def contents(self) -> list[str]:
        return [message["content"] for message in self.messages.values()]


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".js": "text/javascript", ".html": "text/html", "": "application/octet-stream"}

    def __init__(self, site: StaticSite, *arguments, **options):
        self.site = site
        super().__init__(*arguments, **options)

    def do_GET(self):
        if self.path == "/":
            self.answer("text/html", b"<!doctype html><title>EchoChat</title>")
        elif self.path == "/favicon.ico":
            self.answer("image/png", b"")
        else:
            super().do_GET()

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.site.requests += 1
        message = self.site.messages.setdefault(message["client_id"], message)
        self.site.replies.wait()
        with contextlib.suppress(OSError):  # the tab may have ended
            self.answer("application/json", json.dumps(message).encode())

    def answer(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def static_site():
    site = StaticSite()
    threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield site
    finally:
        site.replies.set()
        site.server.shutdown()
        site.server.server_close()
