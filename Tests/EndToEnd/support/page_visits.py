"""Visits of the web client, as the server's access log counts them."""

import re
from dataclasses import dataclass

from playwright.async_api import Page

from .server import Server
from .waiting import wait_for

SHELL_MS = 15_000
LINE = re.compile(r'(?P<method>[A-Z]+) "(?P<path>[^"]*)" (?P<status>\d+) (?P<bytes>\d+) ')

# Whether the service worker has all that the page has loaded, in its newest version.
HAS_SHELL = r"""async () => {
  if (!navigator.serviceWorker.controller) return false;
  const site = location.href.replace(/#.*/, "");
  const version = (await caches.match(site))?.headers.get("X-EchoChat-Version");
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name.replace(/#.*/, ""));
  const files = loaded.filter((url) => url.startsWith(site) && !url.startsWith(`${site}api/`));
  const kept = files.map((url) => url.replace(/shell\/\d+\//, "").replace(site, `${site}shell/${version}/`));
  const found = await Promise.all(kept.map((url) => caches.match(url)));
  return Boolean(version) && found.every((response) => response);
}"""

# Whether the user may write: the messages of the open room and the composer are drawn.
NOTE_INTERACTIVE = """
new MutationObserver((_, observer) => {
  const form = document.querySelector('[data-testid="composer-form"]');
  if (!form || form.hidden || !document.querySelector("echo-message")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.interactiveAt = performance.now())));
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
"""


async def wait_for_shell(page: Page) -> None:
    await wait_for(page, HAS_SHELL, timeout=SHELL_MS)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    status: int
    bytes: int


class AccessLog:
    """The requests that a server has answered since the last call."""

    def __init__(self, server: Server):
        self._file = server.data / "log" / "echochat-access.log"
        self._read = 0
        self.requests()

    def requests(self) -> list[Request]:
        lines = self._file.read_text().splitlines()
        new, self._read = lines[self._read :], len(lines)
        found = [LINE.search(line) for line in new]
        return [Request(line["method"], line["path"], int(line["status"]), int(line["bytes"])) for line in found if line]
