"""The project's papers: links lead somewhere, targets exist, the table of settings is the list the programs read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def documents():
    """The Markdown files that git tracks."""
    listing = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listing.split("\0") if name]


def broken_links(text, folder):
    """The relative targets of `[text](target)` that do not exist below `folder`."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    return [target for target in local if target and not (folder / target).exists()]


@pytest.mark.parametrize("name", documents())
def test_every_relative_link_leads_to_a_file(name):
    path = ROOT / name
    assert broken_links(path.read_text(), path.parent) == []


def test_a_broken_link_is_noticed():
    assert broken_links("[a](README.md) [b](missing.md#part) [c](https://example.org/x)", ROOT) == ["missing.md"]


@pytest.mark.parametrize("name", documents())
def test_every_make_target_named_in_a_document_exists(name):
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z][a-z-]*)", (ROOT / name).read_text(), re.MULTILINE))
    assert named - targets == set()


def test_every_test_file_named_in_the_readme_exists():
    named = set(re.findall(r"`(?:Tests/EndToEnd/)?(test_\w+\.py)`", (ROOT / "README.md").read_text()))
    assert named and {name for name in named if not (ROOT / "Tests/EndToEnd" / name).exists()} == set()


def test_the_table_of_settings_names_what_the_programs_read():
    source = "".join(path.read_text() for path in (ROOT / "Sources/Shared").rglob("Settings*.swift"))
    # ECHOCHAT_FAULT is for tests alone: debug builds heed it, and a release of `serve` hands it on to them.
    read = set(re.findall(r'"(ECHOCHAT_[A-Z_]+)"', source)) - {"ECHOCHAT_FAULT"}
    table = set(re.findall(r"^\| `(ECHOCHAT_[A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert read and table == read


def test_the_example_of_a_container_s_settings_is_that_table():
    done = subprocess.run([sys.executable, ROOT / "Tests/env_example.py"], capture_output=True, text=True, check=True)
    assert done.stdout == (ROOT / ".env.example").read_text(), "python3 Tests/env_example.py > .env.example"
    named = set(re.findall(r"^#(ECHOCHAT_[A-Z_]+)=", done.stdout, re.MULTILINE))
    table = set(re.findall(r"^\| `(ECHOCHAT_[A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named < table and {"ECHOCHAT_PUBLIC_URL", "ECHOCHAT_SMTP_URL", "ECHOCHAT_MESSAGE_RATE"} < named


@pytest.mark.parametrize(
    ("file", "words", "fault"),
    [
        ("Dockerfile", ["hadolint"], ("--no-install-recommends", "")),
        ("compose.yaml", ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"], ("read_only:", "read_onyl:")),
    ],
)
def test_the_files_of_the_container_are_sound(file, words, fault, tmp_path):
    def faults(text: str) -> str:
        (tmp_path / file).write_text(text)
        done = subprocess.run([ROOT / ".venv/bin" / words[0], *words[1:], tmp_path / file], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stdout + done.stderr

    text = (ROOT / file).read_text()
    assert faults(text) == ""
    assert faults(text.replace(*fault)), "a fault is found"
