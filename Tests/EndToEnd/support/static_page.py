"""Serves nginx/html, with an empty page at `/`, to test parts of the web client in Chromium without the programs."""

import contextlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from playwright.async_api import Browser, Page

from .server import REPOSITORY

HTML = REPOSITORY / "nginx" / "html"
STYLES = ["styles/tokens.css", "styles/base.css", "styles/controls.css", "styles/floating.css", "styles/markup.css", "support/rows.css"]
STYLES += ["styles/composer.css", "styles/attachments.css", "styles/completer.css"]
STYLES += ["styles/picture.css", "styles/panel.css"]
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    + '<title>parts</title><link rel="icon" href="icon.svg">'
    + "".join(f'<link rel="stylesheet" href="{style}">' for style in STYLES)
    + "<body></body></html>"
).encode()
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; connect-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


class Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript", ".mjs": "text/javascript"}

    def end_headers(self):
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def translate_path(self, path):
        path = path.split("?")[0]
        if path.startswith("/support/"):
            return str(REPOSITORY / "Tests" / "WebClient" / path.lstrip("/"))
        return str(HTML / path.lstrip("/"))

    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)
        return None

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def static_server():
    """The address of the server, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.asynccontextmanager
async def static_page(browser: Browser, url: str, init_script: str = "", **settings):
    """A page of its own; nothing may be written to its console but what is expected there, and nothing may break the CSP."""
    context = await browser.new_context(**{"viewport": {"width": 800, "height": 600}, **settings})
    page: Page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(6_000)
    if init_script:
        await page.add_init_script(init_script)
    await page.goto(url)
    try:
        yield page
        assert not said, said
    finally:
        await context.close()
