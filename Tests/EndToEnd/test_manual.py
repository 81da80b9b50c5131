"""The manual pages, the completion and the units follow from the tables and files that they are made of."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.server import PROGRAMS, REPOSITORY

CTL = PROGRAMS / "echochatctl"
needs_scdoc = pytest.mark.skipif(shutil.which("scdoc") is None, reason="scdoc is not installed")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
# Of systemd-analyze security: 0 is closed, 10 open.
EXPOSURE_MAX = 2.0


def printed(*words: str | Path) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=30).stdout


def completed(script: Path, *words: str) -> set[str]:
    """What bash offers after these words, the last of which is being typed."""
    line = (
        f'source "{script}"; COMP_WORDS=({" ".join(words)} ""); COMP_CWORD={len(words)}; _echochatctl; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    return set(printed("bash", "-c", line).split())


@needs_scdoc
def test_every_page_is_made_and_read_without_a_warning(tmp_path):
    subprocess.run([REPOSITORY / "debian/man/make.sh", CTL, tmp_path / "man"], check=True, timeout=60)
    pages = sorted(path.name for path in (tmp_path / "man").glob("*.[58]"))
    assert pages == ["echochat-outbound.8", "echochat-push.8", "echochat-rest.8", "echochat.conf.5", "echochatctl.8"]
    commands = set(re.findall(r"^  ([a-z]+(?: [a-z]+)*)", printed(CTL, "help"), re.MULTILINE))
    text = (tmp_path / "man" / "echochatctl.8").read_text()
    assert commands and {name for name in commands if f"\\fB{name}\\fR" not in text} == set()
    settings = set(re.findall(r"^\| `(ECHOCHAT_[A-Z_]+)`", (REPOSITORY / "README.md").read_text(), re.MULTILINE))
    page = (tmp_path / "man" / "echochat.conf.5").read_text()
    assert settings and {name for name in settings if f"\\fB{name}\\fR" not in page} == set()


def test_the_shell_completes_commands_and_their_options(tmp_path):
    script = tmp_path / "echochatctl.bash"
    script.write_text(printed(CTL, "completion"))
    assert {"serve", "user", "room", "migrate"} <= completed(script, "echochatctl")
    assert {"make", "list", "password"} <= completed(script, "echochatctl", "user")
    assert completed(script, "echochatctl", "user", "make", "alice") == {"--email", "--operator"}
    assert completed(script, "echochatctl", "user", "code", "list") == {"--json"}


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    directory = tmp_path_factory.mktemp("units")
    subprocess.run([REPOSITORY / "debian/systemd/install.sh", directory, "/opt/bin"], check=True)
    return directory


@needs_systemd
@pytest.mark.parametrize("name", ["rest", "push", "outbound", "backup"])
def test_every_service_is_closed(units, name):
    out = printed("systemd-analyze", "security", "--offline=yes", units / f"echochat-{name}.service")
    [level] = re.findall(r"exposure level for \S+: ([0-9.]+)", out)
    assert float(level) <= EXPOSURE_MAX


def test_the_templates_are_the_units_of_another_site(units):
    plain = {path.name for path in units.iterdir() if "@" not in path.name}
    assert {path.name for path in units.iterdir()} == plain | {re.sub(r"\.", "@.", name) for name in plain}
    for path in units.glob("*@.*"):
        text = "".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("#"))
        assert not re.search(r"(/run|/var/lib|/var/backups)/echochat(?!-%i)|echochat\.conf|echochat-\w+\.(socket|service)", text), path
        assert "/usr/bin/echochat" not in text
