"""The pages of nginx/html/docs: their blocks of code with the output that each is to print, their links and their ids."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from .server import REPOSITORY

DOCS = REPOSITORY / "nginx" / "html" / "docs"
LANGUAGES = ("bash", "python", "javascript")


@dataclass
class Block:
    """A block of code: the section it is in, its text as a reader copies it, and what it prints, as a regular expression."""

    section: str
    text: str
    needs: str | None = None
    output: re.Pattern | None = None


@dataclass
class Page(HTMLParser):
    """What the tests need of one page."""

    blocks: dict[str, list[Block]] = field(default_factory=lambda: {language: [] for language in LANGUAGES})
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str) -> "Page":
        return cls.parse((DOCS / name).read_text())

    @classmethod
    def parse(cls, text: str) -> "Page":
        page = cls()
        HTMLParser.__init__(page, convert_charrefs=True)
        page._section, page._pre, page._text, page._in_var = "", None, [], False
        page.feed(text)
        return page

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if name := attributes.get("id"):
            self.ids.append(name)
        for name in ("href", "src"):
            if attributes.get(name):
                self.links.append(attributes[name])
        if tag == "section":
            self._section = attributes["id"]
            self.sections[self._section] = ""
        elif tag == "pre":
            self._pre, self._text = attributes, []
        elif tag == "var":
            self._in_var = True

    def handle_data(self, data):
        if self._section:
            self.sections[self._section] += data
        if self._pre is not None:
            self._text.append((data, self._in_var))

    def handle_endtag(self, tag):
        if tag == "var":
            self._in_var = False
        elif tag == "section":
            self._section = ""
        elif tag == "pre":
            words = self._pre.get("class", "").split()
            needs = self._pre.get("data-needs")
            if words[:1] == ["output"]:
                self.examples[self._section] = "".join(text for text, _ in self._text)
                pattern = re.compile("".join(alike(text) if is_var else re.escape(text) for text, is_var in self._text))
                for language in words[1:] or LANGUAGES:
                    if self.blocks[language]:
                        self.blocks[language][-1].output = pattern
            else:
                (language,) = words
                self.blocks[language].append(Block(self._section, "".join(text for text, _ in self._text), needs))
            self._pre = None


def alike(sample: str) -> str:
    """What stands for a sample that differs from run to run: a number, a name with the same beginning, an id that is not much shorter."""
    if sample.isdigit():
        return r"\d+"
    beginning, hyphen, _ = sample.rpartition("-")
    return rf"{re.escape(beginning)}-\w+" if hyphen else rf"\w{{{len(sample) // 2},}}"


def markdown_block(path: Path, language: str) -> str:
    """The one block of code of this language in a Markdown file."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL)
    return block


def markdown_section_block(path: Path, heading: str) -> str:
    """The one block of code below a heading of a Markdown file."""
    (section,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", path.read_text(), re.MULTILINE | re.DOTALL)
    (block,) = re.findall(r"^```\w+\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return block
