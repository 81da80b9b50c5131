"""problems.html has a section for every problem code that the programs or nginx can answer, and for no other. Needs no server."""

import json
import re
import subprocess

import pytest

from support.docs import DOCS, Page
from support.server import PROGRAMS, REPOSITORY


def offered() -> dict[str, tuple[int, str]]:
    """Status and title by code, as `echochat-rest --problems` prints them."""
    printed = subprocess.run([PROGRAMS / "echochat-rest", "--problems"], capture_output=True, text=True, check=True).stdout
    lines = [line.split(" ", 2) for line in printed.splitlines()]
    return {code: (int(status), title) for status, code, title in lines}


def documented(page: Page) -> dict[str, tuple[int, str]]:
    """Status and title by code, as the examples of the page have them."""
    examples = {code: json.loads(text) for code, text in page.examples.items()}
    for code, example in examples.items():
        assert example["code"] == code and example["type"] == f"/docs/problems#{code}", example
        assert {"type", "title", "status", "detail", "code", "request_id"} <= example.keys(), example
    return {code: (example["status"], example["title"]) for code, example in examples.items()}


def values(name: str) -> set[str]:
    """What a map of nginx's configuration can give."""
    text = (REPOSITORY / "nginx/echochat-http.conf").read_text()
    body = re.search(rf"^map [^\n]*\${name} \{{\n(.*?)^\}}", text, re.MULTILINE | re.DOTALL)[1]
    return {value.strip('"') for value in re.findall(r'^\s+\S+\s+("[^"]*"|[^$\s;]+);', body, re.MULTILINE)}


def test_every_code_of_the_programs_has_its_section_and_no_other():
    problems, page = offered(), Page.read("problems.html")
    assert len(problems) >= 28
    assert list(page.sections) == list(page.examples) and set(page.sections) == problems.keys()
    assert documented(page) == problems
    for code, (status, title) in problems.items():
        assert f"{status} {title}" in page.sections[code] and "What to do:" in page.sections[code], code
        assert f"#{code}" in page.links, f"{code} is missing in the table"


def test_every_code_and_title_of_nginx_is_there():
    page, problems = Page.read("problems.html"), offered()
    codes = values("echochat_code") | values("echochat_limit_code")
    titles = values("echochat_title") | values("echochat_limit_title")
    assert {"rate_limited", "uri_too_long"} <= codes and {"Precondition failed", "Too many attempts"} <= titles
    assert codes <= problems.keys()
    text = " ".join("".join(page.sections.values()).split())
    assert {title for title in titles if title not in text} == set()


def test_a_section_that_is_missing_or_wrong_is_noticed():
    text, problems = (DOCS / "problems.html").read_text(), offered()
    without = re.sub(r'<section id="rate_limited">.*?</section>', "", text, flags=re.DOTALL)
    assert documented(Page.parse(without)).keys() ^ problems.keys() == {"rate_limited"}
    assert documented(Page.parse(text.replace('"title": "Busy"', '"title": "Bus"'))) != problems
    with pytest.raises(AssertionError):
        documented(Page.parse(text.replace("/docs/problems#busy", "/docs/problems#idle")))
