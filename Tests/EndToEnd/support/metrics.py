"""Reads /metrics as Prometheus does, and has promtool look at it."""

import re
import shutil
import subprocess

import httpx

from .server import REPOSITORY, Server

SAMPLE = re.compile(r"([a-z_]+)((?:\{.*\})?) (\S+)")


def tool(name: str) -> str:
    """The path of `prometheus` or `promtool`: what `make test` has unpacked, or the machine's own."""
    unpacked = REPOSITORY / ".prometheus" / "usr" / "bin" / name
    found = str(unpacked) if unpacked.exists() else shutil.which(name)
    assert found, f"{name} is missing: make .prometheus/made"
    return found


def get(server: Server, source: str = "127.0.0.1", **headers: str) -> httpx.Response:
    """Asks for /metrics from an address of this machine."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source), trust_env=False) as client:
        return client.get(server.url + "/metrics", headers=headers)


def scrape(server: Server) -> dict[str, float]:
    """All samples, by name and labels as they are written."""
    response = get(server)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [SAMPLE.fullmatch(line) for line in response.text.splitlines() if not line.startswith("#")]
    values = {match[1] + match[2]: float(match[3]) for match in samples}
    assert len(values) == len(samples), "each sample is there once"
    return values


def rise(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """By how much samples have changed."""
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


def promtool(*words: str, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([tool("promtool"), *words], input=stdin, capture_output=True, text=True, timeout=30)
